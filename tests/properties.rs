//! Properties of everything that reads what others send: cookies, addresses, queries, token answers, settings.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::{collections::BTreeMap, sync::Arc};

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use lakefront::server::{
    oauth::{
        ReturnTo, callback,
        tokens::{read_answer, read_failure},
    },
    session::{
        KeyRing, Purpose,
        cookies::{self, SESSION},
    },
    settings::{CookieKey, PLAIN_NAMES, Settings},
};
use proptest::{collection::vec, option, prelude::*};
use secrecy::{ExposeSecret, SecretBox};
use url::Url;

fn ring() -> KeyRing {
    KeyRing::new(&[CookieKey { id: "k1".into(), bytes: Arc::new(SecretBox::new(Box::new([7; 32]))) }])
}

fn seal(text: &str) -> String {
    ring().seal(Purpose::Session, SESSION, &text).expect("sealed")
}

fn open(sealed: &str) -> Option<String> {
    ring().open(Purpose::Session, SESSION, sealed).map(|opened| opened.value)
}

/// The cookies that a browser holds after this session was stored.
fn stored(sealed: &str) -> Vec<(String, String)> {
    let pair = |value: &HeaderValue| {
        let text = value.to_str().expect("visible ASCII").to_owned();
        let (name, rest) = text.split_once('=').expect("a name");
        (name.to_owned(), rest.split(';').next().expect("a value").to_owned())
    };
    cookies::write_session(sealed, 60).expect("small enough").iter().map(pair).collect()
}

fn request(jar: &[(String, String)]) -> HeaderMap {
    let line = jar.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ");
    HeaderMap::from_iter([(header::COOKIE, HeaderValue::try_from(line).expect("visible ASCII"))])
}

/// Something that happens to the cookies of two sessions on their way.
#[derive(Clone, Debug)]
enum Harm {
    Drop(usize),
    Swap(usize, usize),
    Duplicate(usize, usize),
    /// The value of one goes under the name of another.
    Rename(usize, usize),
    Junk(usize, String),
    Cut(usize, usize),
}

fn harm() -> impl Strategy<Value = Harm> {
    let place = || 0_usize..8;
    prop_oneof![
        place().prop_map(Harm::Drop),
        (place(), place()).prop_map(|(a, b)| Harm::Swap(a, b)),
        (place(), place()).prop_map(|(a, b)| Harm::Duplicate(a, b)),
        (place(), place()).prop_map(|(a, b)| Harm::Rename(a, b)),
        (place(), "[0-9]{0,2}~?[!-+--:<-~]{0,60}").prop_map(|(a, junk)| Harm::Junk(a, junk)),
        (place(), 0_usize..4_000).prop_map(|(a, length)| Harm::Cut(a, length)),
    ]
}

fn suffer(jar: &mut Vec<(String, String)>, harm: Harm) {
    let count = jar.len();
    if count == 0 {
        return;
    }
    match harm {
        Harm::Drop(at) => {
            jar.remove(at % count);
        }
        Harm::Swap(a, b) => jar.swap(a % count, b % count),
        Harm::Duplicate(from, to) => {
            let copy = jar[from % count].clone();
            jar.insert(to % count, copy);
        }
        Harm::Rename(from, to) => jar[to % count].1 = jar[from % count].1.clone(),
        Harm::Junk(number, junk) => jar.insert(number % count, (format!("{SESSION}.{number}"), junk)),
        Harm::Cut(at, length) => jar[at % count].1.truncate(length),
    }
}

proptest! {
    #[test]
    fn sealed_text_opens_and_no_changed_byte_does(
        text in ".{0,200}",
        at in any::<prop::sample::Index>(),
        to in any::<u8>(),
    ) {
        let sealed = seal(&text);
        let opened = open(&sealed);
        prop_assert_eq!(opened.as_deref(), Some(text.as_str()));
        let mut bytes = sealed.clone().into_bytes();
        let at = at.index(bytes.len());
        bytes[at] = to;
        if let Ok(changed) = String::from_utf8(bytes) {
            prop_assert!(changed == sealed || open(&changed).is_none());
        }
        prop_assert!(ring().open::<String>(Purpose::SignInAttempt, SESSION, &sealed).is_none());
    }

    #[test]
    fn text_that_nobody_sealed_does_not_open(text in "(k1\\.)?.{0,300}") {
        prop_assert_eq!(open(&text), None);
    }

    #[test]
    fn harmed_cookies_give_one_of_their_sessions_or_none(
        sizes in (0_usize..8_000, 0_usize..8_000),
        harms in vec(harm(), 0..6),
    ) {
        let texts = ["a".repeat(sizes.0), "b".repeat(sizes.1)];
        let mut jar: Vec<_> = texts.iter().flat_map(|text| stored(&seal(text))).collect();
        for (name, value) in &jar {
            prop_assert!(name.len() + value.len() <= 4_096);
        }
        let whole = harms.is_empty();
        harms.into_iter().for_each(|harm| suffer(&mut jar, harm));
        let carried = cookies::read_session(&request(&jar));
        let opened = carried.sealed.as_deref().and_then(open);
        prop_assert!(opened.as_ref().is_none_or(|text| texts.contains(text)));
        prop_assert!(!whole || opened.is_some());
    }

    #[test]
    fn a_jar_reads_as_the_last_session_stored_in_it(sizes in vec(0_usize..8_000, 1..6)) {
        let mut jar = BTreeMap::new();
        for size in sizes {
            let sealed = seal(&"x".repeat(size));
            jar.extend(stored(&sealed));
            let carried = cookies::read_session(&request(&jar.clone().into_iter().collect::<Vec<_>>()));
            prop_assert_eq!(carried.sealed.as_deref(), Some(sealed.as_str()));
            for name in &carried.leftovers {
                jar.remove(name);
            }
            prop_assert_eq!(jar.len(), stored(&sealed).len());
        }
    }

    #[test]
    fn any_cookie_header_is_read(bytes in vec(any::<u8>(), 0..300)) {
        if let Ok(value) = HeaderValue::from_bytes(&bytes) {
            let carried = cookies::read_session(&HeaderMap::from_iter([(header::COOKIE, value)]));
            prop_assert!(carried.sealed.as_deref().and_then(open).is_none());
        }
    }

    #[test]
    fn a_return_path_stays_with_us(text in "(/|//|\\\\|https?:|[\\PC\\s]){0,4}[\\x00-\\x7f\u{3002}\u{ff0f}]{0,60}") {
        stays_with_us(&text)?;
    }

    #[test]
    fn a_return_path_made_of_tricky_parts_stays_with_us(
        parts in vec(prop::sample::select(TRICKY.to_vec()), 0..12),
    ) {
        stays_with_us(&parts.concat())?;
    }

    #[test]
    fn a_query_gives_only_what_occurs_once(query in "([a-z]{1,5}=?[ -~]{0,12}&?){0,6}", code in "[ -~\u{e9}]{0,20}") {
        for name in ["state", "iss", "error", "code"] {
            prop_assert!(callback::single(Some(&query), name).is_none_or(|value| !value.is_empty()));
        }
        let encoded: String = url::form_urlencoded::byte_serialize(code.as_bytes()).collect();
        let graphic = !code.is_empty() && code.chars().all(|c| c.is_ascii_graphic());
        prop_assert_eq!(callback::code(Some(&format!("state=1&code={encoded}"))), graphic.then_some(code));
        prop_assert_eq!(callback::code(Some(&format!("code={encoded}&code={encoded}"))), None);
    }

    #[test]
    fn any_bytes_are_a_token_answer_or_none(bytes in vec(any::<u8>(), 0..200), status in 100_u16..600) {
        lives_a_sensible_time(&bytes)?;
        let _ = read_failure(StatusCode::from_u16(status).expect("a status"), None, &bytes);
    }

    #[test]
    fn any_token_answer_has_a_sensible_lifetime(
        lifetime in prop_oneof![
            any::<i64>().prop_map(|n| n.to_string()),
            any::<f64>().prop_filter("JSON", |n| n.is_finite()).prop_map(|n| format!("{n:e}")),
            "[ -!#-\\[\\]-~]{0,12}".prop_map(|text| format!("\"{text}\"")),
            Just("null".to_owned()),
            Just("{}".to_owned()),
            Just("18446744073709551616".to_owned()),
        ],
        more in option::of("[a-z ]{0,9}"),
    ) {
        let scope = more.map(|scope| format!(",\"scope\":\"{scope}\"")).unwrap_or_default();
        lives_a_sensible_time(format!("{{\"access_token\":\"a\",\"expires_in\":{lifetime}{scope}}}").as_bytes())?;
    }

    #[test]
    fn settings_of_any_text_are_read_and_keep_their_secrets(
        values in vec(option::of(any_setting()), PLAIN_NAMES.len()),
        secret in "S3CRET[!-9;-~]{6,30}",
        key in "S3CRET[!-+--~]{6,60}",
    ) {
        let key_text = format!("k1:{key}");
        let read = Settings::read(|name| match name {
            "DATABRICKS_CLIENT_SECRET" => Some(secret.clone()),
            "COOKIE_KEYS" => Some(key_text.clone()),
            name => PLAIN_NAMES.iter().position(|known| *known == name).and_then(|at| values[at].clone()),
        });
        let shown = match &read {
            Ok(settings) => format!("{settings:?}"),
            Err(problems) => format!("{problems:?}{}", problems.iter().map(ToString::to_string).collect::<String>()),
        };
        prop_assert!(!shown.contains("S3CRET"), "{}", shown);
    }

    #[test]
    fn good_settings_keep_their_secrets(secret in "S3CRET[!-~]{6,30}", bytes in any::<[u8; 32]>()) {
        use base64::{Engine as _, engine::general_purpose::STANDARD};
        let encoded = STANDARD.encode(bytes);
        let read = Settings::read(|name| match name {
            "DATABRICKS_HOST" => Some("dbc-1.cloud.databricks.com".into()),
            "DATABRICKS_CLIENT_ID" => Some("client".into()),
            "DATABRICKS_WAREHOUSE_ID" => Some("12ab".into()),
            "DATABRICKS_CLIENT_SECRET" => Some(secret.clone()),
            "COOKIE_KEYS" => Some(format!("k1:{encoded}")),
            _ => None,
        });
        let settings = read.expect("good settings");
        let shown = format!("{settings:?}");
        prop_assert!(!shown.contains("S3CRET") && !shown.contains(&encoded), "{}", shown);
        let kept = settings.workspace.client_secret.expect("a secret").get();
        prop_assert_eq!(kept.expose_secret(), secret.as_str());
    }
}

const TRICKY: [&str; 22] = [
    "/", "//", "\\", ".", "..", "/..", "%2f", "%5c", "%09", "\t", "\n", "\r", ":", "@", "?", "#", "https:", "e.com",
    "\u{ff0f}", "\u{3002}", "sign-in", "a",
];

fn any_setting() -> impl Strategy<Value = String> {
    prop_oneof!["\\PC{0,40}", any::<i64>().prop_map(|n| n.to_string()), "https?://[a-z0-9.:@/?#\\[\\]]{0,30}"]
}

fn stays_with_us(text: &str) -> Result<(), TestCaseError> {
    let path = ReturnTo::parse(text);
    let path = path.as_str();
    let ours = Url::parse("http://localhost:5173").expect("a URL");
    prop_assert!(path.starts_with('/') && !path.starts_with("//"), "{:?}", path);
    prop_assert!(!path.chars().any(|c| c.is_control() || c == '\\'), "{:?}", path);
    let target = ours.join(path).expect("a URL");
    prop_assert_eq!(target.origin(), ours.origin(), "{:?}", path);
    prop_assert!(!target.path().starts_with("//"), "{:?}", path);
    let again = ReturnTo::parse(path);
    prop_assert_eq!(again.as_str(), path);
    Ok(())
}

fn lives_a_sensible_time(answer: &[u8]) -> Result<(), TestCaseError> {
    if let Ok(tokens) = read_answer(answer) {
        prop_assert!((1..=30 * 86_400).contains(&tokens.expires_in));
        prop_assert!(tokens.refresh_expires_in.is_none_or(|seconds| seconds > 0));
    }
    Ok(())
}
