//! Reads single settings and collects what is wrong with them.

use std::{fmt, str::FromStr};

use super::LiveSecret;

/// A wrong or missing setting. Never holds the value of a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    pub name: String,
    pub text: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.name, self.text)
    }
}

/// Gives the value of a setting.
type Lookup<'a> = Box<dyn Fn(&str) -> Option<String> + 'a>;

pub struct Reader<'a> {
    lookup: Lookup<'a>,
    pub problems: Vec<Problem>,
}

impl<'a> Reader<'a> {
    pub fn new(lookup: impl Fn(&str) -> Option<String> + 'a) -> Self {
        Self { lookup: Box::new(lookup), problems: Vec::new() }
    }

    pub fn problem(&mut self, name: &str, text: impl Into<String>) {
        self.problems.push(Problem { name: name.to_owned(), text: text.into() });
    }

    /// A value that may be missing; empty counts as missing.
    pub fn optional(&mut self, name: &str) -> Option<String> {
        (self.lookup)(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
    }

    pub fn required(&mut self, name: &str, what: &str) -> Option<String> {
        let value = self.optional(name);
        if value.is_none() {
            self.problem(name, format!("is not set. Set it to {what}"));
        }
        value
    }

    /// A secret: `NAME`, or the content of the file that `NAME_FILE` names.
    pub fn secret(&mut self, name: &str) -> Option<LiveSecret> {
        let file_setting = format!("{name}_FILE");
        match (self.optional(name), self.optional(&file_setting)) {
            (Some(_), Some(_)) => {
                self.problem(name, format!("is set twice: by {name} and by {file_setting}. Keep one"));
                None
            }
            (Some(value), None) => Some(LiveSecret::fixed(value)),
            (None, Some(path)) => match LiveSecret::from_file(&path) {
                Ok(secret) => Some(secret),
                Err(wrong) => {
                    self.problem(&file_setting, wrong);
                    None
                }
            },
            (None, None) => None,
        }
    }

    /// A value with a default and a range; `unit` and the range are told when it is wrong.
    pub fn number(&mut self, name: &str, default: i64, range: std::ops::RangeInclusive<i64>, unit: &str) -> i64 {
        let Some(text) = self.optional(name) else { return default };
        match text.parse() {
            Ok(number) if range.contains(&number) => number,
            _ => {
                let (least, most) = (range.start(), range.end());
                self.problem(name, format!("is `{text}`; set it to a whole number of {unit} from {least} to {most}"));
                default
            }
        }
    }

    /// A value with a default that parses; `what` says what is expected.
    pub fn parsed<T: FromStr>(&mut self, name: &str, default: &str, what: &str) -> Option<T> {
        let text = self.optional(name).unwrap_or_else(|| default.to_owned());
        let parsed = text.parse().ok();
        if parsed.is_none() {
            self.problem(name, format!("is `{text}`; set it to {what}"));
        }
        parsed
    }
}
