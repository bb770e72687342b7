//! A query of any text gives a parameter only if it occurs once, and a code only of visible characters.
#![no_main]

use lakefront::server::oauth::callback;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|query: &str| {
    for name in ["state", "iss", "error", "return_to"] {
        assert!(callback::single(Some(query), name).is_none_or(|value| !value.is_empty()));
    }
    let code = callback::code(Some(query));
    assert!(code.as_ref().is_none_or(|code| code.len() <= 8_192 && code.chars().all(|c| c.is_ascii_graphic())));
    assert!(callback::code(Some(&format!("{query}&code=a&code=b"))).is_none());
});
