//! The server program: reads the command line and hands over.

use std::{io::Write as _, process::ExitCode};

use clap::{Parser, Subcommand};
use lakefront::server::{check_queries, serve, settings::cookie_keys};

#[derive(Parser)]
#[command(version, about)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the app. Settings come from the environment and from `.env`; see .env.example.
    Serve,
    /// Compare the files in `queries/` with what the workspace answers, as the owner of `DATABRICKS_TOKEN`.
    CheckQueries,
    /// Print a new key for `COOKIE_KEYS`.
    Keygen,
}

#[tokio::main]
async fn main() -> ExitCode {
    let outcome = match Arguments::parse().command.unwrap_or(Command::Serve) {
        Command::Serve => match read_dot_env() {
            Ok(()) => serve::serve().await.map_err(|error| error.to_string()),
            Err(error) => Err(error),
        },
        Command::CheckQueries => match read_dot_env() {
            Ok(()) => check_queries::run().await.and_then(|lines| print(&lines)),
            Err(error) => Err(error),
        },
        Command::Keygen => cookie_keys::generate().map_err(|error| error.to_string()).and_then(|key| print(&key)),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(lines) => {
            for line in lines.lines() {
                let _ = writeln!(std::io::stderr(), "lakefront: {line}");
            }
            ExitCode::FAILURE
        }
    }
}

/// What is set in the environment counts more than `.env`; a missing file is fine, a broken one is not.
fn read_dot_env() -> Result<(), String> {
    match dotenvy::dotenv() {
        Err(error) if !error.not_found() => Err(format!(".env: {error}")),
        _ => Ok(()),
    }
}

fn print(text: &str) -> Result<(), String> {
    writeln!(std::io::stdout(), "{}", text.trim_end()).map_err(|error| error.to_string())
}
