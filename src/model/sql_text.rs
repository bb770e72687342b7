//! What can be read from a statement's text without knowing the language: where strings and comments are.

/// The names of the `:name` markers, each once, in their order.
///
/// A colon behind a name, a bracket or another colon is a path or a cast (`a:b`, `a::INT`), not a marker.
pub fn markers(sql: &str) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    let mut before = ' ';
    let mut rest = sql;
    while let Some(first) = rest.chars().next() {
        let skipped = not_code(rest);
        if skipped > 0 {
            before = if rest.starts_with('`') { 'a' } else { ' ' };
            rest = rest.get(skipped..).unwrap_or_default();
            continue;
        }
        rest = rest.get(first.len_utf8()..).unwrap_or_default();
        if first == ':' && !is_word(before) && !matches!(before, ':' | ')' | ']') {
            let end = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
            let name = rest.get(..end).unwrap_or_default();
            if name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
                && !names.iter().any(|known| known == name)
            {
                names.push(name.to_owned());
            }
        }
        before = first;
    }
    names
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// How many bytes at the start are a string, a quoted name or a comment; one without an end goes on to the end.
fn not_code(text: &str) -> usize {
    let until = |end: &str, from: usize| {
        text.get(from..).and_then(|rest| rest.find(end)).map_or(text.len(), |at| from + at + end.len())
    };
    match text.as_bytes() {
        [b'-', b'-', ..] => until("\n", 2),
        [b'/', b'*', ..] => until("*/", 2),
        [b'`', ..] => until("`", 1),
        [quote @ (b'\'' | b'"'), ..] => {
            let mut escaped = false;
            let end = text.bytes().enumerate().skip(1).find(|(_, byte)| {
                let ends = byte == quote && !escaped;
                escaped = *byte == b'\\' && !escaped;
                ends
            });
            end.map_or(text.len(), |(at, _)| at + 1)
        }
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markers_are_found_where_they_count() {
        for (sql, names) in [
            ("SELECT :a + :b, :a", vec!["a", "b"]),
            ("SELECT ':no', \"x:no\", `a:no`, 'it''s :no', 'a\\':no' -- :no\n, :yes /* :no */", vec!["yes"]),
            ("SELECT a::INT, raw:owner, f(x):y, b[1:2], ARRAY(1)[0]:z, `q`:w", vec![]),
            ("WHERE d>=:from_day AND d<:to_day", vec!["from_day", "to_day"]),
            ("SELECT ':open", vec![]),
            ("SELECT 'ä' || :ö || :x", vec!["x"]),
            ("", vec![]),
        ] {
            assert_eq!(markers(sql), names, "{sql}");
        }
    }
}
