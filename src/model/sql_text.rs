//! What can be read from a statement's text without knowing the language: where strings and comments are.

use std::collections::HashSet;

/// The names of the `:name` markers, each once, in their order.
///
/// A colon behind a name, a bracket or another colon is a path or a cast (`a:b`, `a::INT`), not a marker.
pub fn markers(sql: &str) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    let mut known = HashSet::new();
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
            if name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') && known.insert(name) {
                names.push(name.to_owned());
            }
        }
        before = first;
    }
    names
}

/// A statement without the semicolon at its end and what is said behind that, to stand inside of another.
pub fn bare(sql: &str) -> &str {
    let (mut end, mut at) = (None, 0);
    while let Some(rest) = sql.get(at..).filter(|rest| !rest.is_empty()) {
        let is_comment = rest.starts_with("--") || rest.starts_with("/*");
        let skipped = not_code(rest);
        if rest.starts_with(';') {
            end = end.or(Some(at));
        } else if !is_comment && !rest.starts_with(char::is_whitespace) {
            end = None;
        }
        at += skipped.max(rest.chars().next().map_or(1, char::len_utf8));
    }
    sql.get(..end.unwrap_or(sql.len())).unwrap_or(sql).trim()
}

/// What the result of a statement may be called: the comment that it begins with, else the first table behind FROM.
pub fn title(sql: &str) -> Option<String> {
    let comment = sql.trim_start().strip_prefix("--").and_then(|rest| rest.lines().next()).map(str::trim);
    comment.filter(|comment| !comment.is_empty()).or_else(|| first_table(sql)).map(str::to_owned)
}

/// The last part of its name.
fn first_table(sql: &str) -> Option<&str> {
    let mut tokens = Tokens(sql).peekable();
    while let Some(token) = tokens.next() {
        if !token.eq_ignore_ascii_case("from") {
            continue;
        }
        let mut table = None;
        while let Some(name) = tokens.next_if(|token| token.starts_with(|c| is_word(c) || c == '`')) {
            table = Some(name.trim_matches('`'));
            if tokens.next_if_eq(&".").is_none() {
                break;
            }
        }
        // A query in brackets has a table of its own; rows that are written out have none.
        if table.is_some_and(|table| !table.eq_ignore_ascii_case("values")) {
            return table;
        }
    }
    None
}

/// Words, quoted names and single signs; strings, comments and blanks are left out.
struct Tokens<'a>(&'a str);

impl<'a> Iterator for Tokens<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        loop {
            let first = self.0.chars().next()?;
            let skipped = not_code(self.0);
            let length = match skipped {
                0 if is_word(first) => self.0.find(|c| !is_word(c)).unwrap_or(self.0.len()),
                0 => first.len_utf8(),
                skipped => skipped,
            };
            let (token, rest) = self.0.split_at_checked(length)?;
            self.0 = rest;
            if !first.is_whitespace() && (skipped == 0 || first == '`') {
                return Some(token);
            }
        }
    }
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
    fn results_are_called_by_comment_or_table() {
        for (sql, title_) in [
            ("SELECT 'x FROM y' FROM samples.nyctaxi.trips WHERE 1", Some("trips")),
            ("-- Trips by day\nSELECT 1 FROM t", Some("Trips by day")),
            ("--\nSELECT 1 FROM t", Some("t")),
            ("SELECT * FROM (SELECT * /* FROM no */ FROM `my table`) x", Some("my table")),
            ("SELECT * FROM `a`.`b` . `c d`", Some("c d")),
            ("SELECT count(*) from range(10)", Some("range")),
            ("SELECT ä FROM größe", Some("größe")),
            ("SELECT * FROM VALUES (1), (2)", None),
            ("SHOW TABLES", None),
            ("SELECT 1 FROM", None),
            ("SELECT '", None),
            ("", None),
        ] {
            assert_eq!(title(sql).as_deref(), title_, "{sql}");
        }
    }

    #[test]
    fn very_many_markers_are_found_without_looking_through_all_for_each() {
        let sql: String = (0..300_000).map(|number| format!(":m{number},")).collect();
        assert_eq!(markers(&sql).len(), 300_000);
    }

    #[test]
    fn a_statement_stands_inside_of_another_without_its_end() {
        for (sql, inside) in [
            ("SELECT 1", "SELECT 1"),
            (" SELECT 1 ;; \n", "SELECT 1"),
            ("SELECT 1; -- note; one\n/* more; */", "SELECT 1"),
            ("SELECT ';' -- note;", "SELECT ';' -- note;"),
            ("SELECT 1; SELECT 'ä'; -- two", "SELECT 1; SELECT 'ä'"),
            (";", ""),
            ("", ""),
        ] {
            assert_eq!(bare(sql), inside, "{sql}");
        }
    }

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
