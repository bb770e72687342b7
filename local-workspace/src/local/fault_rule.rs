//! A fault as a test describes it, and which requests it meets.

use axum::http::{HeaderName, HeaderValue, StatusCode};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FaultRule {
    /// Any method unless given.
    pub method: Option<String>,
    /// The beginning of a path, or a pattern in which `*` stands for any text.
    pub path: String,
    /// The answer's status; without it the real handler answers, after the delay.
    pub status: Option<u16>,
    /// Text is sent as it is, any other JSON value as JSON.
    pub body: Option<Value>,
    pub content_type: Option<String>,
    /// Further headers of the answer, such as `retry-after`.
    pub headers: BTreeMap<String, String>,
    pub delay_ms: u64,
    /// Never answer.
    pub hang: bool,
    /// Break the connection in the middle of the body.
    pub cut: bool,
    /// Let the real handler do its work first, so that only its answer is lost.
    pub after: bool,
    /// How many requests to meet; all of them unless given.
    pub times: Option<u32>,
}

impl FaultRule {
    /// Everything that can be wrong is found when the fault is set, not when it strikes.
    pub fn check(&self) -> Result<(), String> {
        if self.path.is_empty() {
            return Err("path is missing".to_owned());
        }
        if self.status.is_none() && !self.hang && !self.cut && self.delay_ms == 0 {
            return Err("the fault does nothing: set status, delay_ms, hang or cut".to_owned());
        }
        if self.status.is_some_and(|status| StatusCode::from_u16(status).is_err() || status < 200) {
            return Err("status is not an HTTP status".to_owned());
        }
        for (name, value) in &self.headers {
            if name.parse::<HeaderName>().is_err() || HeaderValue::from_str(value).is_err() {
                return Err(format!("'{name}' is not a possible header"));
            }
        }
        match &self.content_type {
            Some(value) if HeaderValue::from_str(value).is_err() => Err("content_type is malformed".to_owned()),
            _ => Ok(()),
        }
    }

    pub fn meets(&self, method: &str, path: &str) -> bool {
        let method_fits = self.method.as_deref().is_none_or(|wanted| wanted.eq_ignore_ascii_case(method));
        method_fits && if self.path.contains('*') { fits(&self.path, path) } else { path.starts_with(&self.path) }
    }
}

/// `*` stands for any text, the empty one included.
fn fits(pattern: &str, text: &str) -> bool {
    let mut pieces = pattern.split('*');
    let first = pieces.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else { return false };
    let mut pieces: Vec<&str> = pieces.collect();
    let last = pieces.pop().unwrap_or_default();
    for piece in pieces {
        match rest.find(piece) {
            // `find` returned the beginning of `piece`, so both ends are character boundaries.
            Some(at) => rest = rest.get(at + piece.len()..).unwrap_or_default(),
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_prefixes_or_patterns() {
        let rule = |path: &str| FaultRule { path: path.to_owned(), ..FaultRule::default() };
        assert!(rule("/api/2.0/sql/statements").meets("GET", "/api/2.0/sql/statements/1"));
        assert!(rule("/api/*/cancel").meets("POST", "/api/2.0/sql/statements/1/cancel"));
        assert!(rule("/api/*/chunks/*").meets("GET", "/api/2.0/sql/statements/1/result/chunks/2"));
        assert!(!rule("/api/*/cancel").meets("POST", "/api/2.0/sql/statements/1"));
        assert!(!rule("*a*a").meets("GET", "a"));
        let post = FaultRule { method: Some("post".to_owned()), ..rule("/") };
        assert!(post.meets("POST", "/x") && !post.meets("GET", "/x"));
    }
}
