//! The server program: reads the command line and hands over.

use std::{io::Write as _, process::ExitCode};

use clap::{Parser, Subcommand};
use lakefront::server::{serve, settings::cookie_keys};

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
    /// Print a new key for `COOKIE_KEYS`.
    Keygen,
}

#[tokio::main]
async fn main() -> ExitCode {
    let outcome = match Arguments::parse().command.unwrap_or(Command::Serve) {
        Command::Serve => {
            // What is set in the environment counts more than `.env`; a missing file is fine, a broken one is not.
            match dotenvy::dotenv() {
                Err(error) if !error.not_found() => Err(format!(".env: {error}")),
                _ => serve::serve().await.map_err(|error| error.to_string()),
            }
        }
        Command::Keygen => cookie_keys::generate()
            .map_err(|error| error.to_string())
            .and_then(|key| writeln!(std::io::stdout(), "{key}").map_err(|error| error.to_string())),
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
