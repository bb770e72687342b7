//! Logs: one line an event on standard error, with the request id. `RUST_LOG` chooses the level, `LOG_FORMAT` the form.
//!
//! Never logged: tokens, codes, states, verifiers, cookie values, keys, queries of `/token`, SQL parameters.

use tracing_subscriber::{
    EnvFilter,
    field::MakeExt as _,
    fmt::{self, format::debug_fn},
    prelude::*,
};

use super::settings::LogFormat;

pub fn start(format: LogFormat) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    let lines = fmt::layer().with_writer(std::io::stderr).with_target(false);
    let lines = match format {
        LogFormat::Text => {
            let fields = debug_fn(|writer, field, value| match field.name() {
                "message" => writer.write_str(&on_one_line(&format!("{value:?}"))),
                name => write!(writer, "{name}={}", on_one_line(&format!("{value:?}"))),
            });
            lines.fmt_fields(fields.delimited(" ")).boxed()
        }
        LogFormat::Json => lines.json().flatten_event(true).boxed(),
    };
    tracing_subscriber::registry().with(filter).with(lines).init();
}

/// Errors quote what others sent. In the form for people a line break in it would begin a line of its own, and an escape
/// sequence would paint the terminal. JSON escapes both by itself.
fn on_one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_control() || matches!(character, '\u{2028}' | '\u{2029}') {
            line.extend(character.escape_default());
        } else {
            line.push(character);
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s65_what_others_sent_stays_on_its_line() {
        assert_eq!(on_one_line("a\nINFO forged\r\u{1b}[2J\u{2028}ü"), "a\\nINFO forged\\r\\u{1b}[2J\\u{2028}ü");
    }
}
