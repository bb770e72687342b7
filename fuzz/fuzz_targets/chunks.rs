//! A cookie header of any bytes is read without a panic; what is written is read back, whatever else comes along.
#![no_main]

use axum::http::{HeaderMap, HeaderValue, header};
use lakefront::server::session::cookies;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    if let Ok(value) = HeaderValue::from_bytes(data) {
        let headers = HeaderMap::from_iter([(header::COOKIE, value)]);
        let carried = cookies::read_session(&headers);
        for name in carried.leftovers.iter().chain(&cookies::ours(&headers)) {
            assert!(cookies::expire(name).is_some());
        }
    }
    let Some((length, junk)) = data.split_first_chunk::<2>() else { return };
    let sealed = "x".repeat(usize::from(u16::from_be_bytes(*length)) % 12_500);
    let Ok(written) = cookies::write_session(&sealed, 60) else {
        assert!(sealed.len() > 11_700);
        return;
    };
    let mut line = String::new();
    for cookie in &written {
        let pair = cookie.to_str().expect("visible ASCII").split(';').next().expect("a pair").to_owned();
        assert!(pair.len() <= 4_096);
        line.push_str(&pair);
        line.push_str("; ");
    }
    // Of two cookies of one name the first counts, so junk behind does no harm.
    line.extend(junk.iter().map(|byte| char::from(byte & 0x7f)).filter(|c| !c.is_ascii_control()));
    let value = HeaderValue::try_from(line).expect("visible ASCII");
    let carried = cookies::read_session(&HeaderMap::from_iter([(header::COOKIE, value)]));
    if !sealed.is_empty() {
        assert_eq!(carried.sealed.as_deref(), Some(sealed.as_str()));
    }
});
