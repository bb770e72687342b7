//! Our cookies: names, attributes, and the session cut into chunks.
//!
//! A browser drops a cookie whose name and value exceed 4,096 bytes without a word, so a long session is spread over
//! `session`, `session.1`, … The first chunk begins with their number (`2~…`). The chunks are authenticated as a set:
//! one sealed text is cut, so a dropped, swapped or foreign chunk leaves nothing that opens.

use axum::http::{HeaderMap, HeaderValue, header};
use cookie::{Cookie, SameSite, time::Duration};

/// The `__Host-Http-` prefix makes the browser insist on Secure, HttpOnly, Path=/ and no Domain.
pub const SESSION: &str = "__Host-Http-session";
/// Followed by `.` and a tag that is made from the state.
pub const SIGN_IN_ATTEMPT: &str = "__Host-Http-oauth_challenge_cfg";

/// Name and value of a chunk stay below the browsers' 4,096 bytes.
const CHUNK_LENGTH: usize = 3_900;
/// Sessions of more chunks are refused: servers and proxies bound the Cookie header as a whole.
const MOST_CHUNKS: usize = 3;

/// The session is larger than browsers and proxies can be trusted to carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the sealed session has {length} bytes; {} is the most", CHUNK_LENGTH * MOST_CHUNKS)]
pub struct TooLarge {
    pub length: usize,
}

/// All cookies of a request, in order; pairs that are no ASCII are passed over. They share one line, in which other
/// programs on the host may write what they like.
pub fn all(headers: &HeaderMap) -> impl Iterator<Item = (&str, &str)> {
    headers
        .get_all(header::COOKIE)
        .into_iter()
        .flat_map(|line| line.as_bytes().split(|byte| *byte == b';'))
        .filter_map(|pair| std::str::from_utf8(pair).ok().filter(|pair| pair.is_ascii()))
        .filter_map(|pair| pair.trim().split_once('='))
}

fn one<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    all(headers).find(|(found, _)| *found == name).map(|(_, value)| value)
}

fn chunk_name(index: usize) -> String {
    if index == 0 { SESSION.to_owned() } else { format!("{SESSION}.{index}") }
}

fn is_session_name(name: &str) -> bool {
    name == SESSION
        || name
            .strip_prefix(SESSION)
            .and_then(|rest| rest.strip_prefix('.'))
            .is_some_and(|n| n.bytes().all(|b| b.is_ascii_digit()))
}

/// The session as a request carries it.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Carried {
    /// The sealed text, put together; `None` if a chunk is missing or there is none.
    pub sealed: Option<String>,
    /// Chunks that belong to no session: to be expired.
    pub leftovers: Vec<String>,
}

pub fn read_session(headers: &HeaderMap) -> Carried {
    let count = one(headers, SESSION)
        .and_then(|first| first.split_once('~'))
        .and_then(|(count, _)| count.parse::<usize>().ok())
        .filter(|count| (1..=MOST_CHUNKS).contains(count));
    let sealed = count.and_then(|count| {
        let mut text = one(headers, SESSION)?.split_once('~')?.1.to_owned();
        for index in 1..count {
            text.push_str(one(headers, &chunk_name(index))?);
        }
        Some(text)
    });
    let kept = if sealed.is_some() { count.unwrap_or_default() } else { 0 };
    let used = |name: &str| (0..kept).any(|index| chunk_name(index) == name);
    let mut leftovers: Vec<String> = all(headers)
        .map(|(name, _)| name)
        .filter(|name| is_session_name(name) && !used(name))
        .map(str::to_owned)
        .collect();
    leftovers.dedup();
    Carried { sealed, leftovers }
}

/// Whether browsers can be trusted to carry a sealed session.
pub fn fits(sealed: &str) -> bool {
    sealed.len() <= CHUNK_LENGTH * MOST_CHUNKS
}

/// The `Set-Cookie` values that store a sealed session.
///
/// # Errors
/// [`TooLarge`]
pub fn write_session(sealed: &str, max_age_seconds: i64) -> Result<Vec<HeaderValue>, TooLarge> {
    let too_large = TooLarge { length: sealed.len() };
    if !fits(sealed) {
        return Err(too_large);
    }
    let chunks: Vec<&[u8]> = sealed.as_bytes().chunks(CHUNK_LENGTH).collect();
    let mut cookies = Vec::with_capacity(chunks.len());
    for (index, chunk) in chunks.iter().enumerate() {
        let text = std::str::from_utf8(chunk).map_err(|_| too_large)?;
        let value = if index == 0 { format!("{}~{text}", chunks.len()) } else { text.to_owned() };
        cookies.extend(set_cookie(chunk_name(index), value, SameSite::Strict, max_age_seconds));
    }
    Ok(cookies)
}

/// A sign-in attempt must come along when the authorization server sends the browser back: Lax.
pub fn write_attempt(name: String, sealed: String, max_age_seconds: i64) -> Option<HeaderValue> {
    set_cookie(name, sealed, SameSite::Lax, max_age_seconds)
}

/// The `Set-Cookie` value that ends a cookie of ours; with the attributes it was set with.
pub fn expire(name: &str) -> Option<HeaderValue> {
    let same_site = if is_session_name(name) { SameSite::Strict } else { SameSite::Lax };
    set_cookie(name.to_owned(), String::new(), same_site, 0)
}

/// Bytes of the session's cookies, names and values together.
pub fn session_bytes(headers: &HeaderMap) -> usize {
    all(headers).filter(|(name, _)| is_session_name(name)).map(|(name, value)| name.len() + value.len()).sum()
}

/// Names of all our cookies that the request carries.
pub fn ours(headers: &HeaderMap) -> Vec<String> {
    let ours = |name: &&str| is_session_name(name) || name.starts_with(SIGN_IN_ATTEMPT);
    all(headers).map(|(name, _)| name).filter(ours).map(str::to_owned).collect()
}

fn set_cookie(name: String, value: String, same_site: SameSite, max_age_seconds: i64) -> Option<HeaderValue> {
    let cookie = Cookie::build((name, value))
        .path("/")
        .secure(true)
        .http_only(true)
        .same_site(same_site)
        .max_age(Duration::seconds(max_age_seconds));
    HeaderValue::from_str(&cookie.to_string()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(cookies: &[(String, String)]) -> HeaderMap {
        let line = cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ");
        HeaderMap::from_iter([(header::COOKIE, line.parse().expect("a header value"))])
    }

    fn stored(sealed: &str) -> Vec<(String, String)> {
        let cookies = write_session(sealed, 60).expect("small enough");
        let parse = |value: &HeaderValue| Cookie::parse(value.to_str().expect("ASCII").to_owned()).expect("a cookie");
        cookies.iter().map(parse).map(|c| (c.name().to_owned(), c.value().to_owned())).collect()
    }

    #[test]
    fn s25_s26_attributes_and_size() {
        for value in write_session(&"x".repeat(11_000), 60).expect("fits") {
            let text = value.to_str().expect("ASCII");
            for part in ["; HttpOnly", "; SameSite=Strict", "; Secure", "; Path=/", "; Max-Age=60"] {
                assert!(text.contains(part), "{part} in {text}");
            }
            assert!(!text.contains("Domain"));
            assert!(text.split(';').next().is_some_and(|pair| pair.len() <= 4_096));
        }
        let expired = expire("__Host-Http-session.1").expect("a header value");
        assert!(expired.to_str().is_ok_and(|text| text.contains("Max-Age=0") && text.contains("SameSite=Strict")));
    }

    #[test]
    fn s27_growing_and_shrinking_loses_nothing() {
        let mut jar: Vec<(String, String)> = Vec::new();
        for length in [100, 9_000, 5_000, 3_900, 3_901, 11_700, 1] {
            let sealed = "a".repeat(length);
            for cookie in stored(&sealed) {
                jar.retain(|(name, _)| *name != cookie.0);
                jar.push(cookie);
            }
            let carried = read_session(&request(&jar));
            assert_eq!(carried.sealed.as_deref(), Some(sealed.as_str()), "{length}");
            jar.retain(|(name, _)| !carried.leftovers.contains(name));
            assert_eq!(jar.len(), sealed.len().div_ceil(CHUNK_LENGTH), "leftovers are expired");
        }
    }

    #[test]
    fn s28_a_missing_chunk_is_no_session_and_junk_is_expired() {
        let mut jar = stored(&"b".repeat(9_000));
        jar.push((format!("{SESSION}.9"), "junk".into()));
        assert_eq!(read_session(&request(&jar)).leftovers, [format!("{SESSION}.9")]);
        jar.remove(1);
        let carried = read_session(&request(&jar));
        assert_eq!(carried.sealed, None);
        assert_eq!(carried.leftovers.len(), 3);
    }

    #[test]
    fn a_session_that_browsers_cannot_carry_is_refused() {
        assert_eq!(write_session(&"x".repeat(12_000), 60), Err(TooLarge { length: 12_000 }));
    }
}
