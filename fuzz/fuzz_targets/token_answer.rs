//! An answer of the token endpoint of any bytes gives tokens that live a sensible time, or an error.
#![no_main]

use axum::http::StatusCode;
use lakefront::server::oauth::tokens::{read_answer, read_failure};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    if let Ok(tokens) = read_answer(data) {
        assert!((1..=30 * 86_400).contains(&tokens.expires_in));
        assert!(tokens.refresh_expires_in.is_none_or(|seconds| seconds > 0));
    }
    for status in [StatusCode::BAD_REQUEST, StatusCode::TOO_MANY_REQUESTS, StatusCode::BAD_GATEWAY] {
        let error = read_failure(status, None, data).to_string();
        assert!(error.len() < 300 && !error.chars().any(char::is_control));
    }
});
