//! The program: reads the command line and hands over to the library.
//!
//! Exit codes: 0 after a graceful stop, 1 when it cannot start, and with `exec` whatever the command answered.

use clap::Parser;
use local_workspace::cli::{Cli, Command};
use local_workspace::{exec, serve};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use std::io::IsTerminal;
use std::process::ExitCode;
use tracing_subscriber::EnvFilter;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn,local_workspace=info"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .init();

    if let Err(error) = more_open_files() {
        tracing::warn!(%error, "the limit of open files stays as it is");
    }
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return refuse(&error),
    };
    let code = runtime.block_on(async {
        match cli.command {
            Command::Serve(options) => serve::run(options).await.map_err(exec::ExecError::from),
            Command::Exec { options, command } => exec::run(options, command).await,
        }
    });
    // A hung or slow answer (see the faults) must not hold the program back.
    runtime.shutdown_background();
    code.unwrap_or_else(|error| refuse(&error))
}

/// Each large result keeps a file open, and the usual limit is 1,024.
fn more_open_files() -> std::io::Result<()> {
    let limit = getrlimit(Resource::Nofile);
    setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, maximum: limit.maximum })?;
    Ok(())
}

#[expect(clippy::print_stderr, reason = "one clear line for the person at the terminal")]
fn refuse(error: &dyn std::error::Error) -> ExitCode {
    eprintln!("local-workspace: {error}");
    ExitCode::from(1)
}
