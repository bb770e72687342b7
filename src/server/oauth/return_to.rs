//! Where a person goes on after signing in: a path of this app, and nothing else.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use miniz_oxide::{deflate::compress_to_vec, inflate::decompress_to_vec_with_limit};
use serde::{Deserialize, Serialize};
use url::Url;

/// A path with its query, always within this app. [`ReturnTo::parse`] is the only way to make one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct ReturnTo(String);

/// The addresses of the SQL page have 6,000 bytes at most.
const MOST_BYTES: usize = 6_400;
/// Longer ones are packed where they are stored: a cookie has little room, and SQL in an address repeats itself.
const PACKED_FROM: usize = 512;

/// Going on there would sign out, loop, or show raw data.
const NO_PAGES: [&str; 8] =
    ["/sign-in", "/sign-in-problem", "/signed-out", "/token", "/authorize-url", "/validate-session", "/logout", "/me"];

/// What only a form can be sent to, and the page that the form stands on.
const FORMS: [(&str, &str); 1] = [("/sql/run", "/sql")];

impl ReturnTo {
    /// Anything that is not plainly a path of a page of this app becomes `/`.
    pub fn parse(text: &str) -> Self {
        Self::checked(text).unwrap_or_else(Self::home)
    }

    pub fn home() -> Self {
        Self("/".to_owned())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn checked(text: &str) -> Option<Self> {
        let harmless = |c: char| !c.is_control() && !c.is_whitespace() && c != '\\';
        if text.len() > MOST_BYTES || !is_local(text) || !text.chars().all(harmless) {
            return None;
        }
        // Parsed as a browser would, then judged again: `/..//evil` is local only before its dots are resolved.
        let base = Url::parse("https://app.invalid/").ok()?;
        let url = base.join(text).ok()?;
        let mut path = url.path().to_owned();
        if url.origin() != base.origin() || !is_local(&path) {
            return None;
        }
        let page = path.trim_end_matches('/');
        if let Some((_, page)) = FORMS.iter().find(|(form, _)| *form == page) {
            return Some(Self((*page).to_owned()));
        }
        if NO_PAGES.contains(&page) || page.starts_with("/api/") || page.starts_with("/pkg/") {
            return None;
        }
        if let Some(query) = url.query() {
            path.push('?');
            path.push_str(query);
        }
        Some(Self(path))
    }
}

fn is_local(path: &str) -> bool {
    path.starts_with('/') && !path.starts_with("//") && !path.starts_with("/\\")
}

/// As it is stored: in clear, or packed, which never begins with a slash. What does not unpack is the home page.
impl From<String> for ReturnTo {
    fn from(text: String) -> Self {
        if text.starts_with('/') { Self::parse(&text) } else { unpacked(&text).unwrap_or_else(Self::home) }
    }
}

impl From<ReturnTo> for String {
    fn from(ReturnTo(path): ReturnTo) -> Self {
        if path.len() < PACKED_FROM { path } else { URL_SAFE_NO_PAD.encode(compress_to_vec(path.as_bytes(), 9)) }
    }
}

fn unpacked(text: &str) -> Option<ReturnTo> {
    let bytes = decompress_to_vec_with_limit(&URL_SAFE_NO_PAD.decode(text).ok()?, MOST_BYTES).ok()?;
    Some(ReturnTo::parse(&String::from_utf8(bytes).ok()?))
}

impl fmt::Display for ReturnTo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_with_their_query_are_kept() {
        for text in ["/", "/account", "/?from=2016-02-01&to=2016-02-07", "/a%20b?x=%2F"] {
            assert_eq!(ReturnTo::parse(text).as_str(), text);
        }
        assert_eq!(ReturnTo::parse("/a/../b").as_str(), "/b");
        assert_eq!(ReturnTo::parse("/sql/run?x=1").as_str(), "/sql");
    }

    #[test]
    fn long_addresses_are_stored_packed() {
        let select = "SELECT+day%2C+count%28*%29+AS+trips%0AFROM+samples.nyctaxi.trips%0AWHERE+fare+%3E+";
        let long = format!("/sql?sql={}", (0..70).map(|number| format!("{select}{number}%0A")).collect::<String>());
        assert!((5_500..MOST_BYTES).contains(&long.len()), "{}", long.len());
        for path in ["/account", &long] {
            let stored = String::from(ReturnTo::parse(path));
            assert!(stored.len() < PACKED_FROM * 2, "{}", stored.len());
            assert_eq!(ReturnTo::from(stored).as_str(), path);
        }
    }

    #[test]
    fn what_does_not_unpack_to_a_path_of_ours_is_the_home_page() {
        let packed = |text: &str| URL_SAFE_NO_PAD.encode(compress_to_vec(text.as_bytes(), 9));
        let bomb = format!("/{}", "a".repeat(1_000_000));
        for stored in
            [packed(&bomb), packed("https://e.com"), packed("//e.com"), packed("/logout"), "%".into(), "aaaa".into()]
        {
            assert_eq!(ReturnTo::from(stored).as_str(), "/");
        }
    }

    #[test]
    fn s08_s09_s10_everything_else_becomes_the_home_page() {
        let long = format!("/{}", "a".repeat(8_192));
        for text in [
            "",
            "account",
            "//e.com",
            "/\\e.com",
            "/\t/e.com",
            "/ /e.com",
            "\\\\e.com",
            "https:e.com",
            "https://e.com",
            "/..//e.com",
            "/.//e.com",
            "javascript:1",
            "/a\r\nSet-Cookie:x",
            "http://ok@e.com",
            "/a\\b",
            "\u{ff0f}\u{ff0f}e.com",
            "/sign-in",
            "/sign-in?x",
            "/token?code=1",
            "/logout",
            "/logout/",
            "/validate-session",
            "/api/x",
            "/x/../logout",
            &long,
        ] {
            assert_eq!(ReturnTo::parse(text).as_str(), "/", "{text:?}");
        }
    }

    #[test]
    fn s08_whatever_is_given_stays_on_our_origin() {
        let origin = Url::parse("http://localhost:5173").expect("a URL");
        for text in ["/%09/e.com", "/%2f%2fe.com", "/%5ce.com", "/\u{ff0f}e.com", "/;//e.com", "/a//b", "/?//e.com"] {
            let target = origin.join(ReturnTo::parse(text).as_str()).expect("a URL");
            assert_eq!(target.origin(), origin.origin(), "{text:?}");
        }
    }
}
