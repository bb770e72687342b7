//! Logs: one line an event on standard error, with the request id. `RUST_LOG` chooses the level, `LOG_FORMAT` the form.
//!
//! Never logged: tokens, codes, states, verifiers, cookie values, keys, queries of `/token`, SQL parameters.

use tracing_subscriber::{EnvFilter, fmt, prelude::*};

use super::settings::LogFormat;

pub fn start(format: LogFormat) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    let lines = fmt::layer().with_writer(std::io::stderr).with_target(false);
    let lines = match format {
        LogFormat::Text => lines.boxed(),
        LogFormat::Json => lines.json().flatten_event(true).boxed(),
    };
    tracing_subscriber::registry().with(filter).with(lines).init();
}
