//! Runs the server: binds, says that it is ready, stops on SIGINT or SIGTERM when open requests are answered.

use std::{io::Write as _, time::Duration};

use leptos::config::get_configuration;
use tokio::net::TcpListener;

use super::{clock::Clock, router::build_router, settings::Settings, state::AppState, telemetry};

/// Databricks Apps sends SIGKILL 15 s after SIGTERM.
const GRACE: Duration = Duration::from_secs(10);

/// Why the server does not start, in one line for the operator.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("{0}")]
    Settings(String),
    #[error("{addr} is in use by another program. Stop it, or set LISTEN_ADDR (and PUBLIC_URL) to another port")]
    PortInUse { addr: std::net::SocketAddr },
    #[error("cannot listen on {addr}: {error}")]
    Listen { addr: std::net::SocketAddr, error: std::io::Error },
    #[error("{0}")]
    Other(String),
}

/// # Errors
/// See [`StartError`].
pub async fn serve() -> Result<(), StartError> {
    let settings = Settings::from_env().map_err(|problems| {
        StartError::Settings(problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
    })?;
    telemetry::start(settings.web.log_format);
    let other = |error: &dyn std::fmt::Display| StartError::Other(error.to_string());
    let leptos = get_configuration(None).map_err(|error| other(&error))?.leptos_options;
    let (addr, public_url) = (settings.web.listen_addr, settings.web.public_url.clone());
    let (redirect_uri, host) = (settings.web.redirect_uri(), settings.workspace.host.clone());
    let state = AppState::new(settings, leptos, Clock::default()).map_err(|error| other(&error))?;
    let discovery = state.discovery.clone();
    let router = build_router(state).map_err(|error| other(&error))?;
    let listener = TcpListener::bind(addr).await.map_err(|error| match error.kind() {
        std::io::ErrorKind::AddrInUse => StartError::PortInUse { addr },
        _ => StartError::Listen { addr, error },
    })?;
    tracing::info!(%addr, workspace = host, %redirect_uri, "listening; the app connection must name this redirect URI to the letter");
    // Beside the start, not before it: the first sign-in finds the endpoints known.
    tokio::spawn(async move {
        if let Err(error) = discovery.provider().await {
            tracing::warn!(%error, "the workspace's sign-in service was not found; it is asked again at the next sign-in");
        }
    });
    let address = public_url.as_str().trim_end_matches('/');
    if let Err(error) = writeln!(std::io::stdout(), "Lakefront is ready: {address}") {
        tracing::warn!(%error, "standard output is closed");
    }
    let served = axum::serve(listener, router).with_graceful_shutdown(stop_signal());
    tokio::select! {
        result = served => result.map_err(|error| other(&error)),
        () = async { stop_signal().await; tokio::time::sleep(GRACE).await } => {
            tracing::warn!("some requests were not answered in time");
            Ok(())
        }
    }
}

async fn stop_signal() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = tokio::signal::ctrl_c() => {}
            }
        }
        Err(error) => {
            tracing::warn!(%error, "SIGTERM cannot be heard; SIGINT stops the server");
            let _ = tokio::signal::ctrl_c().await;
        }
    }
}
