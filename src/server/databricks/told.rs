//! The shapes that the workspace's errors come in: `{"error_code", "message"}`, SCIM's `{"detail"}`, the oldest API's
//! `{"error"}`, and `CODE: message` as plain text.

use serde::Deserialize;
use serde_json::Value;

/// What a failed call's body says.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Told {
    /// Empty where the body says nothing.
    pub message: String,
    /// `"error_code": 403`: how credentials are refused.
    pub numeric_code: bool,
    /// It has one of the API's shapes; a proxy or a sign-in page has none of them.
    pub by_api: bool,
}

#[derive(Deserialize)]
struct Body {
    error_code: Option<Value>,
    message: Option<String>,
    /// SCIM
    detail: Option<String>,
    /// API 1.2
    error: Option<Value>,
}

pub(super) fn read(body: &[u8]) -> Told {
    if let Ok(body) = serde_json::from_slice::<Body>(body) {
        let numeric_code = body.error_code.as_ref().is_some_and(Value::is_number);
        let error = || body.error.as_ref().and_then(Value::as_str).map(|text| coded(text).unwrap_or(text).to_owned());
        let message = body.message.or(body.detail).or_else(error).unwrap_or_default();
        return Told { message, numeric_code, by_api: true };
    }
    let text = std::str::from_utf8(body).unwrap_or_default().trim();
    match coded(text) {
        Some(message) => Told { message: message.to_owned(), numeric_code: false, by_api: true },
        None => Told::default(),
    }
}

/// The message of `CODE: message`.
fn coded(text: &str) -> Option<&str> {
    let (code, message) = text.split_once(": ")?;
    let fine = code.len() > 3 && code.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_');
    fine.then_some(message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shape_gives_its_message() {
        for (body, message) in [
            (r#"{"error_code":"X","message":"one"}"#, "one"),
            (r#"{"detail":"two","status":"404"}"#, "two"),
            (r#"{"error":"three"}"#, "three"),
            (r#"{"error":"SOME_CODE: four"}"#, "four"),
            ("SOME_CODE: five: six", "five: six"),
            (r#"{"error":{"a":1}}"#, ""),
            ("{}", ""),
        ] {
            assert_eq!(
                read(body.as_bytes()),
                Told { message: message.into(), by_api: true, ..Told::default() },
                "{body}"
            );
        }
        for body in ["", "<html>Error: no</html>", "Error: no", "\u{fffd}"] {
            assert_eq!(read(body.as_bytes()), Told::default(), "{body}");
        }
        assert!(read(br#"{"error_code":403,"message":"x"}"#).numeric_code);
    }
}
