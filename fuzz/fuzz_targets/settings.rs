//! Settings of any text are read or refused, and no message shows a secret. One line of the input is one value.
#![no_main]

use lakefront::server::settings::Settings;
use libfuzzer_sys::fuzz_target;

const NAMES: [&str; 14] = [
    "DATABRICKS_HOST",
    "DATABRICKS_CLIENT_ID",
    "DATABRICKS_WAREHOUSE_ID",
    "OAUTH_SCOPES",
    "LISTEN_ADDR",
    "PUBLIC_URL",
    "TRUSTED_PROXIES",
    "SIGN_IN_LIMIT_PER_MINUTE",
    "LOG_FORMAT",
    "SESSION_IDLE_SECONDS",
    "SESSION_ABSOLUTE_SECONDS",
    "SESSION_EPOCH",
    "REFRESH_TOKEN_WITHIN_N_SECONDS",
    "SESSION_VALIDATION_INTERVAL_SECONDS",
];
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
        name => NAMES.iter().position(|known| *known == name).and_then(line).map(str::to_owned),
    });
    let shown = match &read {
        Ok(settings) => format!("{settings:?}"),
        Err(problems) => problems.iter().map(ToString::to_string).collect(),
    };
    assert!(!shown.contains(MARK), "{shown}");
});
