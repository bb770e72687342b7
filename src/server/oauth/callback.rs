//! Reads the query that the authorization server sends the browser back with. Anybody can send one.

use url::form_urlencoded;

/// No authorization server sends a longer code.
const MOST_CODE_BYTES: usize = 8_192;

/// The value of a parameter that occurs exactly once and is not empty.
pub fn single(query: Option<&str>, name: &str) -> Option<String> {
    let mut values = form_urlencoded::parse(query?.as_bytes()).filter(|(key, _)| key == name).map(|(_, value)| value);
    let value = values.next()?.into_owned();
    (values.next().is_none() && !value.is_empty()).then_some(value)
}

/// The code, if it can be one.
pub fn code(query: Option<&str>) -> Option<String> {
    single(query, "code").filter(|code| code.len() <= MOST_CODE_BYTES && code.chars().all(|c| c.is_ascii_graphic()))
}
