//! What kind of statement it is, as far as its words tell.

/// What plain queries begin with whose rows another one can read.
const QUERIES: [&str; 5] = ["SELECT", "WITH", "VALUES", "TABLE", "FROM"];
/// What only tells something, too, and stands in no other statement.
const TELLS: [&str; 4] = ["SHOW", "DESCRIBE", "DESC", "EXPLAIN"];
/// What may follow behind `WITH …` or `FROM …` and writes.
const WRITES: [&str; 4] = ["INSERT", "UPDATE", "DELETE", "MERGE"];

/// Whether a statement only reads: then it can be run once more without doing anything twice. True only if nothing in it can
/// write; of what cannot be told, false.
pub fn is_plain_query(sql: &str) -> bool {
    begins_with(sql, &TELLS) && !writes(sql) || stands_in_brackets(sql)
}

/// Whether another query can read its rows: `SELECT … FROM (…)`.
pub fn stands_in_brackets(sql: &str) -> bool {
    begins_with(sql, &QUERIES) && !writes(sql)
}

/// Whether all that it changes is the session that it runs in.
pub fn is_for_its_session(sql: &str) -> bool {
    let mut words = Words(sql);
    let first = words.next().unwrap_or_default();
    if is_one_of(first, &["CREATE"]) {
        let kind = words.find(|word| !is_one_of(word, &["OR", "REPLACE", "GLOBAL"]));
        return kind.is_some_and(|word| is_one_of(word, &["TEMP", "TEMPORARY"]));
    }
    // `SET` and `SET -v` alone list what is set.
    let lists = is_one_of(first, &["SET"]) && words.next().is_none_or(|word| matches!(word, "-" | ";"));
    !lists && is_one_of(first, &["USE", "SET", "RESET", "DECLARE"])
}

fn begins_with(sql: &str, list: &[&str]) -> bool {
    Words(sql).next().is_some_and(|first| is_one_of(first, list))
}

fn writes(sql: &str) -> bool {
    Words(sql).any(|word| is_one_of(word, &WRITES))
}

fn is_one_of(word: &str, list: &[&str]) -> bool {
    list.iter().any(|known| known.eq_ignore_ascii_case(word))
}

/// The words outside of strings, quoted names and comments; every other sign but blanks and brackets is a word, too.
struct Words<'a>(&'a str);

impl<'a> Iterator for Words<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        loop {
            self.0 = self.0.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '(' | ')'));
            let first = self.0.chars().next()?;
            let is_word = |c: char| c.is_alphanumeric() || c == '_';
            let (length, counts) = match first {
                '-' if self.0.starts_with("--") => (self.0.find('\n').unwrap_or(self.0.len()), false),
                '/' if self.0.starts_with("/*") => (comment(self.0), false),
                '\'' | '"' | '`' => (quoted(self.0, first), true),
                c if is_word(c) => (self.0.find(|c| !is_word(c)).unwrap_or(self.0.len()), true),
                c => (c.len_utf8(), true),
            };
            let (word, rest) = self.0.split_at_checked(length)?;
            self.0 = rest;
            if counts {
                return Some(word);
            }
        }
    }
}

/// The length of a comment; comments may hold others.
fn comment(text: &str) -> usize {
    let (mut depth, mut before) = (0_usize, ' ');
    for (at, c) in text.char_indices() {
        match (before, c) {
            ('/', '*') => depth += 1,
            ('*', '/') => depth -= 1,
            _ => {
                before = c;
                continue;
            }
        }
        if depth == 0 {
            return at + 1;
        }
        // `/*/` opens and does not close.
        before = ' ';
    }
    text.len()
}

/// The length of what is between quotation marks, with them.
fn quoted(text: &str, mark: char) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        if c == mark && !escaped {
            return at + c.len_utf8();
        }
        escaped = c == '\\' && !escaped && mark != '`';
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_only_reads_is_told_from_the_rest() {
        for sql in [
            "SELECT 1",
            "  -- a comment; DROP\n /* and /* another */ INSERT */ (( select 'INSERT INTO x' AS `DELETE`, \"it\\\"s UPDATE\" ))",
            "WITH a AS (SELECT 1) SELECT * FROM a",
            "VALUES (1), (2)",
            "show tables",
            "DESC t",
            "EXPLAIN SELECT 1",
            "TABLE t",
            "FROM t |> SELECT a",
            "SELECT updated, insert_time FROM t -- UPDATE",
        ] {
            assert!(is_plain_query(sql), "{sql}");
        }
        for sql in [
            "",
            "-- only a comment",
            "/* SELECT",
            "INSERT INTO t SELECT 1",
            "WITH a AS (SELECT 1) INSERT INTO t SELECT * FROM a",
            "FROM a INSERT INTO b SELECT *",
            "BEGIN SELECT 1; END",
            "EXECUTE IMMEDIATE 'SELECT 1'",
            "'SELECT' 1",
            "`SELECT`",
            "CREATE TABLE t AS SELECT 1",
            "/*/ SELECT 1",
            "SELECTED 1",
            "EXPLAIN INSERT INTO t SELECT 1",
        ] {
            assert!(!is_plain_query(sql), "{sql}");
        }
    }

    #[test]
    fn rows_of_queries_can_be_counted() {
        for (sql, can) in
            [("SELECT 1", true), ("(TABLE t)", true), ("SHOW TABLES", false), ("DESC t", false), ("CALL p()", false)]
        {
            assert_eq!(stands_in_brackets(sql), can, "{sql}");
        }
    }

    #[test]
    fn what_is_for_its_session_alone() {
        for (sql, is) in [
            ("USE CATALOG samples", true),
            ("-- first\nset ansi_mode = true;", true),
            ("DECLARE OR REPLACE VARIABLE x INT", true),
            ("RESET", true),
            ("CREATE OR REPLACE GLOBAL TEMPORARY VIEW v AS SELECT 1", true),
            ("CREATE TEMP FUNCTION f() RETURNS INT RETURN 1", true),
            ("SET", false),
            ("SET -v", false),
            ("SET;", false),
            ("CREATE TABLE temp AS SELECT 1", false),
            ("CREATE OR REPLACE VIEW v AS SELECT 1", false),
            ("SELECT 1 AS use", false),
            ("", false),
        ] {
            assert_eq!(is_for_its_session(sql), is, "{sql}");
        }
    }
}
