//! `local-workspace exec -- COMMAND`: the workspace lives as long as the command, whose exit code becomes ours.

use crate::cli::ExecOptions;
use crate::serve::{LocalWorkspace, StartError};
use crate::settings::Settings;
use crate::warehouses::DEFAULT_WAREHOUSE;
use rustix::process::{Pid, Signal, kill_process};
use std::future::pending;
use std::io::IsTerminal;
use std::os::unix::process::ExitStatusExt;
use std::process::{ExitCode, ExitStatus};
use tokio::process::{Child, Command};
use tokio::signal::unix::{self, SignalKind, signal};

#[derive(Debug, thiserror::Error)]
pub enum ExecError {
    #[error(transparent)]
    Start(#[from] StartError),
    #[error("cannot run '{0}': {1}")]
    Spawn(String, std::io::Error),
    #[error("{0}")]
    Io(#[from] std::io::Error),
}

pub async fn run(options: ExecOptions, command: Vec<String>) -> Result<ExitCode, ExecError> {
    let settings = Settings::new(options.listen, options.common).map_err(StartError::from)?;
    let signals = Signals::catch()?;
    let server = LocalWorkspace::build(settings).await?;
    let mut child = spawn(&server, &command)?;
    let serving = tokio::spawn(server.run_until(pending()));
    let status = wait(&mut child, signals).await;
    serving.abort();
    Ok(exit_code(status?))
}

fn spawn(server: &LocalWorkspace, command: &[String]) -> Result<Child, ExecError> {
    let client = &server.settings().client;
    let (program, arguments) = command.split_first().map_or(("", &[][..]), |(first, rest)| (first.as_str(), rest));
    let mut command = Command::new(program);
    command
        .args(arguments)
        .env("DATABRICKS_HOST", server.host())
        .env("DATABRICKS_CLIENT_ID", &client.id)
        .env("DATABRICKS_WAREHOUSE_ID", DEFAULT_WAREHOUSE);
    match &client.secret {
        Some(secret) => command.env("DATABRICKS_CLIENT_SECRET", secret),
        // A secret that happens to be set would turn a public client into a refused one.
        None => command.env_remove("DATABRICKS_CLIENT_SECRET"),
    };
    if let Some(token) = server.personal_tokens()?.into_values().next() {
        command.env("DATABRICKS_TOKEN", token);
    }
    command.kill_on_drop(true).spawn().map_err(|error| ExecError::Spawn(program.to_owned(), error))
}

struct Signals {
    interrupt: unix::Signal,
    terminate: unix::Signal,
}

impl Signals {
    /// From here on, neither signal ends this program by itself.
    fn catch() -> std::io::Result<Self> {
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }
}

/// Signals are passed on; it is the command that decides when it ends.
async fn wait(child: &mut Child, mut signals: Signals) -> std::io::Result<ExitStatus> {
    // A terminal sends Ctrl-C to the command too, and many programs take a second one as "at once".
    let terminal = std::io::stdin().is_terminal();
    let pid = child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
    loop {
        let passed_on = tokio::select! {
            status = child.wait() => return status,
            _ = signals.interrupt.recv() => (!terminal).then_some(Signal::INT),
            _ = signals.terminate.recv() => Some(Signal::TERM),
        };
        if let (Some(pid), Some(passed_on)) = (pid, passed_on) {
            // It may have ended in this very moment, which the next turn of the loop sees.
            let _ = kill_process(pid, passed_on);
        }
    }
}

/// A command that a signal ended answers 128 + signal, as in a shell.
fn exit_code(status: ExitStatus) -> ExitCode {
    let code = status.code().or_else(|| status.signal().map(|signal| 128 + signal)).unwrap_or(1);
    ExitCode::from(u8::try_from(code).unwrap_or(1))
}
