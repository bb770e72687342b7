//! Scopes: a set of known words, kept in the order in which they were asked for.

use std::fmt;

/// What an app connection may ask for; the real metadata document lists the same six.
pub(super) const SUPPORTED: [&str; 7] =
    ["all-apis", "email", "offline_access", "openid", "profile", "sql", "unity-catalog"];

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scopes(Vec<&'static str>);

impl Scopes {
    /// `Err` holds the words that are not supported.
    pub(super) fn parse(text: &str) -> Result<Self, Vec<String>> {
        let mut known = Vec::new();
        let mut unknown = Vec::new();
        for word in text.split_ascii_whitespace() {
            match SUPPORTED.iter().find(|scope| **scope == word) {
                Some(scope) if !known.contains(scope) => known.push(*scope),
                Some(_) => {}
                None => unknown.push(word.to_owned()),
            }
        }
        if unknown.is_empty() { Ok(Self(known)) } else { Err(unknown) }
    }

    /// What a personal access token may do.
    pub fn every() -> Self {
        Self(vec!["all-apis"])
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &'static str> {
        self.0.iter().copied()
    }

    pub fn contains(&self, scope: &str) -> bool {
        self.0.contains(&scope)
    }
}

impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join(" "))
    }
}
