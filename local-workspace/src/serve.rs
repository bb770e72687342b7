//! The life of the server: bind, build, announce, run, stop.

use crate::cli::ServeOptions;
use crate::identity::User;
use crate::router::build_router;
use crate::settings::{Settings, SettingsError};
use crate::warehouses::DEFAULT_WAREHOUSE;
use crate::workspace::{Workspace, WorkspaceError};
use serde::Serialize;
use std::collections::BTreeMap;
use std::future::Future;
use std::io::{ErrorKind, Write};
use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

/// How long open requests may go on after a stop was asked for.
const GRACE: Duration = Duration::from_secs(2);

#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error(transparent)]
    Settings(#[from] SettingsError),
    #[error(
        "{0} is in use. Stop the program that listens there (another local workspace?) or choose another port with \
         --listen 127.0.0.1:PORT"
    )]
    InUse(SocketAddr),
    #[error("cannot listen on {0}: {1}")]
    Bind(SocketAddr, std::io::Error),
    #[error(transparent)]
    Workspace(#[from] WorkspaceError),
    #[error("{0}")]
    Io(#[from] std::io::Error),
}

/// A workspace that is bound to its port and ready to run.
pub struct LocalWorkspace {
    listener: TcpListener,
    workspace: Arc<Workspace>,
    settings: Settings,
}

/// The one line that `serve` prints when it is ready.
#[derive(Serialize)]
struct Ready<'a> {
    event: &'static str,
    host: &'a str,
    client_id: &'a str,
    /// Only when it was made up at this start: nobody else knows it then.
    #[serde(skip_serializing_if = "Option::is_none")]
    client_secret: Option<&'a str>,
    warehouse_id: &'static str,
    /// By user: those that were asked for.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    personal_tokens: BTreeMap<&'static str, String>,
}

impl LocalWorkspace {
    pub async fn build(settings: Settings) -> Result<Self, StartError> {
        let listener = TcpListener::bind(settings.listen).await.map_err(|error| match error.kind() {
            ErrorKind::AddrInUse => StartError::InUse(settings.listen),
            _ => StartError::Bind(settings.listen, error),
        })?;
        let address = listener.local_addr()?;
        let (workspace, settings) = tokio::task::spawn_blocking(move || {
            Workspace::new(address, &settings).map(|workspace| (Arc::new(workspace), settings))
        })
        .await
        .map_err(std::io::Error::other)??;
        Ok(Self { listener, workspace, settings })
    }

    pub fn host(&self) -> &str {
        &self.workspace.base
    }

    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Answers requests until `stop` resolves, and a short while longer those that are under way.
    pub async fn run_until(self, stop: impl Future<Output = ()> + Send + 'static) -> Result<(), StartError> {
        let app = build_router(self.workspace).into_make_service_with_connect_info::<SocketAddr>();
        let (stopping, stopped) = tokio::sync::oneshot::channel();
        let server = axum::serve(self.listener, app).with_graceful_shutdown(async move {
            stop.await;
            // Nobody listens any more once the server has ended by itself.
            let _ = stopping.send(());
        });
        let grace_is_over = async {
            let _ = stopped.await;
            tokio::time::sleep(GRACE).await;
        };
        tokio::select! {
            ended = server => Ok(ended?),
            () = grace_is_over => Ok(()),
        }
    }

    pub fn personal_tokens(&self) -> Result<BTreeMap<&'static str, String>, StartError> {
        let (tokens, now) = (&self.workspace.personal_tokens, self.workspace.clock.now());
        let mint = |user: &&'static User| Ok((user.id, tokens.mint(user, now).map_err(std::io::Error::other)?));
        self.settings.personal_tokens.iter().map(mint).collect()
    }

    fn ready_line(&self) -> Result<String, StartError> {
        let client = &self.settings.client;
        let ready = Ready {
            event: "ready",
            host: self.host(),
            client_id: &client.id,
            client_secret: client.secret.as_deref().filter(|_| client.secret_is_new),
            warehouse_id: DEFAULT_WAREHOUSE,
            personal_tokens: self.personal_tokens()?,
        };
        Ok(serde_json::to_string(&ready).map_err(std::io::Error::other)?)
    }
}

/// `local-workspace serve`.
pub async fn run(options: ServeOptions) -> Result<ExitCode, StartError> {
    let interrupted = interrupted()?;
    let abandoned = options.end_with_stdin.then(stdin_closed).transpose()?;
    let stop = async {
        match abandoned {
            Some(abandoned) => tokio::select! {
                () = interrupted => {}
                () = abandoned => {}
            },
            None => interrupted.await,
        }
    };
    let server = LocalWorkspace::build(Settings::new(options.listen, options.common)?).await?;
    let mut stdout = std::io::stdout();
    writeln!(stdout, "{}", server.ready_line()?)?;
    stdout.flush()?;
    server.run_until(stop).await?;
    Ok(ExitCode::SUCCESS)
}

/// Resolves at SIGINT or SIGTERM. Signals are caught from the call on, not from the first poll.
fn interrupted() -> std::io::Result<impl Future<Output = ()> + Send + 'static> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// Resolves when nobody can write to the standard input any more. What is written there is ignored.
fn stdin_closed() -> std::io::Result<impl Future<Output = ()> + Send + 'static> {
    let (closing, closed) = tokio::sync::oneshot::channel();
    // A thread of its own: a read of the standard input cannot be interrupted, and must not hold the runtime.
    std::thread::Builder::new().name("stdin".to_owned()).spawn(move || {
        // An input that cannot be read is as good as closed.
        let _ = std::io::copy(&mut std::io::stdin().lock(), &mut std::io::sink());
        let _ = closing.send(());
    })?;
    Ok(async move {
        let _ = closed.await;
    })
}
