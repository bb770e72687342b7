//! Wherever somebody is sent after signing in, it is a page of this app.
#![no_main]

use lakefront::server::oauth::ReturnTo;
use libfuzzer_sys::fuzz_target;
use url::Url;

fuzz_target!(|text: &str| {
    let path = ReturnTo::parse(text);
    let path = path.as_str();
    assert!(path.starts_with('/') && !path.starts_with("//"));
    assert!(!path.chars().any(|c| c.is_control() || c == '\\'));
    let ours = Url::parse("http://localhost:5173").expect("a URL");
    let target = ours.join(path).expect("a URL");
    assert_eq!(target.origin(), ours.origin());
    assert!(!target.path().starts_with("//"));
    assert_eq!(ReturnTo::parse(path).as_str(), path);
});
