//! Where a person goes on after signing in: a path of this app, and nothing else.

use std::fmt;

use serde::{Deserialize, Serialize};
use url::Url;

/// A path with its query, always within this app. [`ReturnTo::parse`] is the only way to make one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "String")]
pub struct ReturnTo(String);

const MOST_BYTES: usize = 2_048;

/// Going on there would sign out, loop, or show raw data.
const NO_PAGES: [&str; 8] =
    ["/sign-in", "/sign-in-problem", "/signed-out", "/token", "/authorize-url", "/validate-session", "/logout", "/me"];

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

impl From<String> for ReturnTo {
    fn from(text: String) -> Self {
        Self::parse(&text)
    }
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
