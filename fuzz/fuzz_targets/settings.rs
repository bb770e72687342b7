//! Settings of any text are read or refused, and no message shows a secret. One line of the input is one value.
#![no_main]

use lakefront::server::settings::{PLAIN_NAMES, Settings};
use libfuzzer_sys::fuzz_target;

const MARK: &str = "S3CRET";

fuzz_target!(|text: &str| {
    if text.contains(MARK) {
        return;
    }
    let lines: Vec<&str> = text.split('\n').collect();
    let line = |at: usize| lines.get(at).copied();
    let read = Settings::read(|name| match name {
        "DATABRICKS_CLIENT_SECRET" => Some(format!("{MARK}{}", line(14).unwrap_or_default())),
        "COOKIE_KEYS" => Some(format!("k1:{MARK}{}", line(15).unwrap_or_default().replace([',', ':'], ""))),
        name => PLAIN_NAMES.iter().position(|known| *known == name).and_then(line).map(str::to_owned),
    });
    let shown = match &read {
        Ok(settings) => format!("{settings:?}"),
        Err(problems) => problems.iter().map(ToString::to_string).collect(),
    };
    assert!(!shown.contains(MARK), "{shown}");
});
