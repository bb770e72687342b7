//! Runs the server: binds, says that it is ready, stops on SIGINT or SIGTERM when open requests are answered.

use std::{io::Write as _, time::Duration};

use axum::{Router, body::Body};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::{conn::auto, graceful::GracefulShutdown},
};
use leptos::config::get_configuration;
use tokio::{net::TcpListener, sync::watch};
use tower::Service as _;

use super::{client::Peer, clock::Clock, reload, router::build_router, settings::Settings, state::AppState, telemetry};

/// Databricks Apps sends SIGKILL 15 s after SIGTERM.
const GRACE: Duration = Duration::from_secs(10);
/// For the first request of a connection.
const HEADER_PATIENCE: Duration = Duration::from_secs(10);
/// For the next one. Proxies keep connections to us for 60 s: whoever closes first may not be the one that is about to be
/// asked, or a request is lost in between.
const NEXT_REQUEST_PATIENCE: Duration = Duration::from_secs(75);
/// An HTTP/2 connection that is still is asked this often whether anybody is there.
const PING_EVERY: Duration = Duration::from_secs(20);
const MOST_HEADERS: usize = 100;
/// What is read at all. `limits::header_bytes` allows less, but not less of sign-in attempts: of those that begin at the
/// same instant a browser keeps all until the next answer, and that answer must be possible.
const MOST_HEADER_BYTES: usize = 128 * 1024;

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
    let watch = reload::watch(state.clone());
    let router = build_router(state.clone()).map_err(|error| other(&error))?;
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
    tokio::spawn(watch);
    let keep = {
        let state = state.clone();
        tokio::spawn(async move { state.running.keep(&state).await })
    };
    let address = public_url.as_str().trim_end_matches('/');
    if let Err(error) = writeln!(std::io::stdout(), "Lakefront is ready: {address}") {
        tracing::warn!(%error, "standard output is closed");
    }
    if tokio::time::timeout(GRACE, accept(listener, router, stop_signal()).await).await.is_err() {
        tracing::warn!("some requests were not answered in time");
    }
    keep.abort();
    state.running.cancel_all(&state).await;
    Ok(())
}

/// Takes connections until `stop`; then gives a future that ends when the last open request is answered. Every request
/// learns who sent it ([`Peer`]); headers are bounded in number, size and time (431; a slow sender is cut off, and so is a
/// connection that asks nothing).
pub async fn accept(listener: TcpListener, router: Router, stop: impl Future<Output = ()>) -> impl Future<Output = ()> {
    let mut http = auto::Builder::new(TokioExecutor::new());
    http.http1()
        .timer(TokioTimer::new())
        .header_read_timeout(NEXT_REQUEST_PATIENCE)
        .max_headers(MOST_HEADERS)
        .max_buf_size(MOST_HEADER_BYTES);
    http.http2()
        .timer(TokioTimer::new())
        .max_header_list_size(MOST_HEADER_BYTES as u32)
        .max_concurrent_streams(100)
        .keep_alive_interval(PING_EVERY)
        .keep_alive_timeout(HEADER_PATIENCE);
    let connections = GracefulShutdown::new();
    tokio::pin!(stop);
    loop {
        let (stream, peer) = tokio::select! {
            () = &mut stop => break,
            accepted = listener.accept() => match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    // Too many open files, for instance: later there is room again.
                    tracing::error!(%error, "a connection cannot be taken");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                    continue;
                }
            },
        };
        let router = router.clone();
        let (asks, mut asked) = watch::channel(false);
        let service = hyper::service::service_fn(move |request: hyper::Request<hyper::body::Incoming>| {
            asks.send_replace(true);
            let mut request = request.map(Body::new);
            request.extensions_mut().insert(Peer(peer.ip().to_canonical()));
            router.clone().call(request)
        });
        let connection = http.serve_connection(TokioIo::new(stream), service).into_owned();
        let connection = connections.watch(connection);
        tokio::spawn(async move {
            tokio::pin!(connection);
            let first = async { asked.wait_for(|asked| *asked).await.is_ok() };
            let first = tokio::time::timeout(HEADER_PATIENCE, first);
            let ended = tokio::select! {
                ended = &mut connection => ended,
                first = first => match first {
                    // It was asked, or it is about to end.
                    Ok(_) => connection.await,
                    Err(_) => return tracing::debug!("a connection that asks nothing is cut off"),
                },
            };
            if let Err(error) = ended {
                tracing::debug!(error, "a connection ended badly");
            }
        });
    }
    connections.shutdown()
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
