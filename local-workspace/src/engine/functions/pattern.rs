//! Date patterns as Java's `DateTimeFormatter` has them and Databricks takes them: `yyyy-MM-dd HH:mm:ss`.

use crate::engine::error::SqlError;
use chrono::{Datelike, NaiveDate, NaiveDateTime, NaiveTime, Timelike};

pub(super) struct Pattern {
    text: String,
    items: Vec<Item>,
}

enum Item {
    /// A letter and how many of it.
    Field(char, usize),
    Text(String),
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const DAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

impl Pattern {
    /// # Errors
    /// A letter that has no meaning, or none that Databricks takes.
    pub(super) fn new(text: &str) -> Result<Self, SqlError> {
        let mut items = Vec::new();
        let mut rest = text.chars().peekable();
        while let Some(letter) = rest.next() {
            match letter {
                '\'' if rest.next_if_eq(&'\'').is_some() => items.push(Item::Text("'".to_owned())),
                '\'' => {
                    let quoted: String = rest.by_ref().take_while(|next| *next != '\'').collect();
                    items.push(Item::Text(quoted));
                }
                letter if letter.is_ascii_alphabetic() => {
                    let mut count = 1;
                    while rest.next_if_eq(&letter).is_some() {
                        count += 1;
                    }
                    if !"yMLdDEaHhKkmsSQqzVZXxO".contains(letter) || count > 9 {
                        return Err(SqlError::wrong_date_pattern(text));
                    }
                    items.push(Item::Field(letter, count));
                }
                '[' | ']' | '{' | '}' | '#' => return Err(SqlError::wrong_date_pattern(text)),
                other => items.push(Item::Text(other.to_string())),
            }
        }
        Ok(Self { text: text.to_owned(), items })
    }

    pub(super) fn format(&self, moment: NaiveDateTime) -> String {
        let item = |item: &Item| match item {
            Item::Text(text) => text.clone(),
            Item::Field(letter, count) => field(*letter, *count, moment),
        };
        self.items.iter().map(item).collect()
    }

    /// `None`: the text is not of this pattern.
    pub(super) fn parse(&self, text: &str) -> Option<NaiveDateTime> {
        let mut found = Found::default();
        let mut rest = text;
        for item in &self.items {
            rest = match item {
                Item::Text(expected) => rest.strip_prefix(expected.as_str())?,
                Item::Field(letter, count) => found.take(*letter, *count, rest)?,
            };
        }
        if rest.is_empty() { found.moment() } else { None }
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }
}

fn field(letter: char, count: usize, moment: NaiveDateTime) -> String {
    let number = |value: u32| format!("{value:0count$}");
    let quarter = moment.month0() / 3 + 1;
    let name = |names: &[&str], index: u32| names.get(index as usize).copied().unwrap_or_default().to_owned();
    let short = |name: String| name.chars().take(3).collect::<String>();
    match (letter, count) {
        ('y', 2) => format!("{:02}", moment.year().rem_euclid(100)),
        ('y', _) => format!("{:0count$}", moment.year()),
        ('M' | 'L', 1 | 2) => number(moment.month()),
        ('M' | 'L', 3) => short(name(&MONTHS, moment.month0())),
        ('M' | 'L', _) => name(&MONTHS, moment.month0()),
        ('d', _) => number(moment.day()),
        ('D', _) => number(moment.ordinal()),
        ('E', 1..=3) => short(name(&DAYS, moment.weekday().num_days_from_monday())),
        ('E', _) => name(&DAYS, moment.weekday().num_days_from_monday()),
        ('a', _) => if moment.hour() < 12 { "AM" } else { "PM" }.to_owned(),
        ('H', _) => number(moment.hour()),
        ('k', _) => number(if moment.hour() == 0 { 24 } else { moment.hour() }),
        ('h', _) => number(moment.hour12().1),
        ('K', _) => number(moment.hour() % 12),
        ('m', _) => number(moment.minute()),
        ('s', _) => number(moment.second()),
        ('S', _) => format!("{:09}", moment.nanosecond()).chars().take(count).collect(),
        ('Q' | 'q', 1 | 2) => number(quarter),
        ('Q' | 'q', 3) => format!("Q{quarter}"),
        ('Q' | 'q', _) => {
            let end = ["st", "nd", "rd", "th"].get(quarter as usize - 1).copied().unwrap_or_default();
            format!("{quarter}{end} quarter")
        }
        // The session's zone is UTC.
        ('X', _) => "Z".to_owned(),
        ('Z', 1..=3) => "+0000".to_owned(),
        ('Z', 4) | ('O', _) => "GMT".to_owned(),
        ('Z', _) => "Z".to_owned(),
        ('x', 1) => "+00".to_owned(),
        ('x', 2 | 4) => "+0000".to_owned(),
        ('x', _) => "+00:00".to_owned(),
        _ => "UTC".to_owned(),
    }
}

/// What was read so far; what a pattern does not name is the first of its kind.
#[derive(Default)]
struct Found {
    year: Option<i32>,
    month: Option<u32>,
    day: Option<u32>,
    of_year: Option<u32>,
    hour: u32,
    afternoon: Option<bool>,
    minute: u32,
    second: u32,
    nanosecond: u32,
}

impl Found {
    /// Takes one field off the text; what is left of it.
    fn take<'a>(&mut self, letter: char, count: usize, text: &'a str) -> Option<&'a str> {
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        // Fields next to each other are told apart by their widths; a single letter takes whatever digits come.
        let width = if count == 1 { digits.min(9) } else { count };
        let number = || text.get(..width).filter(|_| (1..=digits).contains(&width))?.parse::<u32>().ok();
        let mut named = None;
        match (letter, count) {
            ('y', 2) => self.year = Some(2_000 + i32::try_from(number()?).ok()?),
            ('y', _) => self.year = Some(i32::try_from(number()?).ok()?),
            ('M' | 'L', 3..) => {
                let names = MONTHS.map(|name| if count == 3 { name.get(..3).unwrap_or(name) } else { name });
                let index = names.iter().position(|name| text.starts_with(name))?;
                self.month = Some(u32::try_from(index).ok()? + 1);
                named = names.get(index).map(|name| name.len());
            }
            ('M' | 'L', _) => self.month = Some(number()?),
            ('d', _) => self.day = Some(number()?),
            ('D', _) => self.of_year = Some(number()?),
            ('H' | 'h' | 'K' | 'k', _) => self.hour = number()? % if letter == 'k' { 24 } else { u32::MAX },
            ('m', _) => self.minute = number()?,
            ('s', _) => self.second = number()?,
            ('S', _) => self.nanosecond = number()?.checked_mul(10_u32.pow(9 - u32::try_from(width).ok()?))?,
            ('a', _) => {
                self.afternoon = Some(text.get(..2)?.eq_ignore_ascii_case("PM"));
                named = text.get(..2).filter(|half| ["AM", "PM"].contains(&half.to_uppercase().as_str())).map(str::len);
                named?;
            }
            ('E', _) => {
                let names = DAYS.map(|name| if count <= 3 { name.get(..3).unwrap_or(name) } else { name });
                named = names.iter().find(|name| text.starts_with(**name)).map(|name| name.len());
                named?;
            }
            ('X', _) => named = Some(text.strip_prefix('Z').map(|_| 1)?),
            _ => return None,
        }
        text.get(named.unwrap_or(width)..)
    }

    fn moment(&self) -> Option<NaiveDateTime> {
        let year = self.year.unwrap_or(1970);
        let date = match self.of_year {
            Some(day) => NaiveDate::from_yo_opt(year, day)?,
            None => NaiveDate::from_ymd_opt(year, self.month.unwrap_or(1), self.day.unwrap_or(1))?,
        };
        let hour = match self.afternoon {
            None => self.hour,
            Some(afternoon) => self.hour % 12 + if afternoon { 12 } else { 0 },
        };
        Some(date.and_time(NaiveTime::from_hms_nano_opt(hour, self.minute, self.second, self.nanosecond)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moment() -> NaiveDateTime {
        NaiveDate::from_ymd_opt(2016, 1, 5).unwrap().and_hms_micro_opt(14, 3, 9, 120_000).unwrap()
    }

    #[test]
    fn letters_mean_what_they_mean_in_java() {
        for (pattern, text) in [
            ("yyyy-MM", "2016-01"),
            ("yy/M/d", "16/1/5"),
            ("EEE, dd MMM yyyy", "Tue, 05 Jan 2016"),
            ("EEEE d MMMM", "Tuesday 5 January"),
            ("hh:mm a", "02:03 PM"),
            ("H:m:s.SSS", "14:3:9.120"),
            ("yyyy-MM-dd'T'HH:mm:ssXXX", "2016-01-05T14:03:09Z"),
            ("D Q QQQ", "5 1 Q1"),
            ("''y''", "'2016'"),
        ] {
            assert_eq!(Pattern::new(pattern).unwrap().format(moment()), text, "{pattern}");
        }
        assert!(Pattern::new("yyyy-MM-bb").is_err());
    }

    #[test]
    fn what_was_formatted_is_read_again() {
        for pattern in ["yyyy-MM-dd HH:mm:ss.SSS", "dd.MM.yyyy hh:mm:ss.SSS a", "yyyyMMddHHmmssSSS"] {
            let pattern = Pattern::new(pattern).unwrap();
            assert_eq!(pattern.parse(&pattern.format(moment())), Some(moment()), "{}", pattern.text());
        }
        assert_eq!(Pattern::new("yyyy-MM-dd").unwrap().parse("2016-02-30"), None);
        assert_eq!(Pattern::new("yyyy-MM-dd").unwrap().parse("2016-02-3"), None);
        assert_eq!(Pattern::new("yyyy-MM-dd").unwrap().parse("2016-02-03x"), None);
    }
}
