//! SQL values as the wire carries them: exact, as text where a Rust number would round.

use std::{fmt, str::FromStr};

/// A type that a cell can be read into and a parameter made from.
pub trait SqlValue: Sized {
    /// What an error message calls it.
    const NAME: &'static str;
    /// `None` if the text is not a value of this type.
    fn from_cell(cell: Option<&str>) -> Option<Self>;
    /// `None` is SQL NULL.
    fn to_cell(&self) -> Option<String>;
}

macro_rules! by_text {
    ($($type:ty => $name:literal),* $(,)?) => { $(
        impl SqlValue for $type {
            const NAME: &'static str = $name;
            fn from_cell(cell: Option<&str>) -> Option<Self> { cell?.parse().ok() }
            fn to_cell(&self) -> Option<String> { Some(self.to_string()) }
        }
    )* };
}

by_text!(String => "string", bool => "boolean", i32 => "32-bit integer", i64 => "64-bit integer", f64 => "number",
    Date => "date", Decimal => "decimal", Timestamp => "timestamp");

impl<T: SqlValue> SqlValue for Option<T> {
    const NAME: &'static str = T::NAME;
    fn from_cell(cell: Option<&str>) -> Option<Self> {
        cell.map_or(Some(None), |_| T::from_cell(cell).map(Some))
    }
    fn to_cell(&self) -> Option<String> {
        self.as_ref().and_then(SqlValue::to_cell)
    }
}

/// A text that is not what it should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a {0}")]
pub struct NotA(pub &'static str);

/// A day of the proleptic Gregorian calendar, years 1 to 9999; `2016-01-31` as text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Date {
    year: u16,
    month: u8,
    day: u8,
}

impl Date {
    pub const fn new(year: u16, month: u8, day: u8) -> Option<Self> {
        if year >= 1 && year <= 9999 && month >= 1 && month <= 12 && day >= 1 && day <= days_in(year, month) {
            Some(Self { year, month, day })
        } else {
            None
        }
    }
    pub fn month(self) -> u8 {
        self.month
    }
    pub fn day(self) -> u8 {
        self.day
    }
    pub fn year(self) -> u16 {
        self.year
    }
    /// Howard Hinnant's civil-to-days: years begin in March, so that a leap day is the last one.
    pub fn days_since_1970(self) -> i32 {
        let (month, day) = (i32::from(self.month), i32::from(self.day));
        let year = i32::from(self.year) - i32::from(month <= 2);
        let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
        let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
        era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
    }
    /// Sunday is 0. Sakamoto's method.
    pub fn weekday(self) -> u8 {
        const SHIFT: [u16; 13] = [0, 0, 3, 2, 5, 0, 3, 5, 1, 4, 6, 2, 4];
        let year = if self.month < 3 { self.year - 1 } else { self.year };
        let shift = SHIFT.get(usize::from(self.month)).copied().unwrap_or_default();
        ((year + year / 4 - year / 100 + year / 400 + shift + u16::from(self.day)) % 7) as u8
    }
}

const fn days_in(year: u16, month: u8) -> u8 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        _ => 31,
    }
}

impl FromStr for Date {
    type Err = NotA;
    fn from_str(text: &str) -> Result<Self, NotA> {
        let parse = || {
            let (year, rest) = text.split_once('-')?;
            let (month, day) = rest.split_once('-')?;
            let digits = |s: &str, len| s.len() == len && s.bytes().all(|b| b.is_ascii_digit());
            if !(digits(year, 4) && digits(month, 2) && digits(day, 2)) {
                return None;
            }
            Self::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)
        };
        parse().ok_or(NotA("date"))
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

impl TryFrom<String> for Date {
    type Error = NotA;
    fn try_from(text: String) -> Result<Self, NotA> {
        text.parse()
    }
}

impl From<Date> for String {
    fn from(date: Date) -> Self {
        date.to_string()
    }
}

/// A decimal number of any precision, kept as the warehouse wrote it: a float would round cents away.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Decimal(String);

impl Decimal {
    /// For drawing only: the nearest float.
    pub fn approximately(&self) -> f64 {
        self.0.parse().unwrap_or(f64::NAN)
    }
}

impl FromStr for Decimal {
    type Err = NotA;
    fn from_str(text: &str) -> Result<Self, NotA> {
        let digits = text.strip_prefix('-').unwrap_or(text);
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
        let numeric = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        if numeric(whole) && numeric(fraction) { Ok(Self(text.to_owned())) } else { Err(NotA("decimal")) }
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A moment with its zone, kept as the warehouse wrote it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Timestamp(String);

impl Timestamp {
    /// `2016-02-29T12:00:00.5Z`, `…+01:00`, or without a zone, which then counts as UTC; digits beyond microseconds are cut.
    pub fn micros_since_1970(&self) -> Option<i64> {
        let (day, time) = self.0.split_once(['T', ' '])?;
        let day: Date = day.parse().ok()?;
        let end = time.find(['Z', '+', '-']).unwrap_or(time.len());
        let (time, zone) = time.split_at_checked(end)?;
        let (time, fraction) = time.split_once('.').unwrap_or((time, ""));
        let [hour, minute, second] = numbers(time)?;
        let offset = match zone.strip_prefix(['+', '-']) {
            None => 0,
            Some(offset) => {
                let [hours, minutes] = numbers(offset)?;
                (hours * 3_600 + minutes * 60) * if zone.starts_with('-') { -1 } else { 1 }
            }
        };
        let digits = fraction.get(..fraction.len().min(6))?;
        let micros: i64 = if digits.is_empty() { 0 } else { format!("{digits:0<6}").parse().ok()? };
        let seconds = i64::from(day.days_since_1970()) * 86_400 + hour * 3_600 + minute * 60 + second - offset;
        Some(seconds * 1_000_000 + micros)
    }
}

/// Two digits each, between colons.
fn numbers<const N: usize>(text: &str) -> Option<[i64; N]> {
    let part = |part: &str| (part.len() == 2).then(|| part.parse::<u8>().ok()).flatten().map(i64::from);
    text.split(':').map(part).collect::<Option<Vec<_>>>()?.try_into().ok()
}

impl FromStr for Timestamp {
    type Err = NotA;
    fn from_str(text: &str) -> Result<Self, NotA> {
        let day: Result<Date, NotA> = text.get(..10).unwrap_or_default().parse();
        day.map_err(|_| NotA("timestamp")).map(|_| Self(text.to_owned()))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A moment in the basic form of ISO 8601, for names of files: `20160201T093000Z`. Seconds since 1970-01-01T00:00:00Z.
pub fn utc_compact(seconds: i64) -> String {
    let (days, second) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    // Howard Hinnant's days-to-civil: years begin in March, so that a leap day is the last one.
    let shifted = days + 719_468;
    let (era, day_of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let (month, carry) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
    let year = year_of_era + era * 400 + carry;
    format!("{year:04}{month:02}{day:02}T{:02}{:02}{:02}Z", second / 3_600, second / 60 % 60, second % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_exactly() {
        for text in ["2016-02-29", "2000-02-29", "0001-01-01", "9999-12-31"] {
            assert_eq!(text.parse::<Date>().map(|d| d.to_string()).as_deref(), Ok(text));
        }
        for text in
            ["2015-02-29", "1900-02-29", "2016-13-01", "2016-1-01", "2016-01-1x", "", "2016-00-10", "+016-01-01"]
        {
            assert_eq!(text.parse::<Date>(), Err(NotA("date")), "{text}");
        }
    }

    #[test]
    fn moments_for_names_of_files() {
        for (seconds, text) in [
            (0, "19700101T000000Z"),
            (951_782_400, "20000229T000000Z"),
            (1_456_790_399, "20160229T235959Z"),
            (-1, "19691231T235959Z"),
        ] {
            assert_eq!(utc_compact(seconds), text);
        }
    }

    #[test]
    fn days_and_moments_are_counted_from_1970() {
        for (text, days) in [
            ("1970-01-01", 0),
            ("1969-12-31", -1),
            ("2016-02-29", 16_860),
            ("0001-01-01", -719_162),
            ("9999-12-31", 2_932_896),
        ] {
            assert_eq!(text.parse::<Date>().map(Date::days_since_1970), Ok(days), "{text}");
        }
        for (text, micros) in [
            ("1970-01-01T00:00:00Z", Some(0)),
            ("1970-01-01T01:00:00.000001+01:00", Some(1)),
            ("1969-12-31T23:59:59.999999999Z", Some(-1)),
            ("2016-02-29 12:00:00.5", Some(1_456_747_200_500_000)),
            ("2016-02-29", None),
            ("2016-02-29T12:00", None),
            ("2016-02-29T1:00:00Z", None),
        ] {
            assert_eq!(Timestamp(text.into()).micros_since_1970(), micros, "{text}");
        }
    }

    #[test]
    fn weekdays() {
        let weekday = |text: &str| text.parse::<Date>().map(Date::weekday);
        assert_eq!(weekday("2016-01-23"), Ok(6));
        assert_eq!(weekday("2016-02-29"), Ok(1));
        assert_eq!(weekday("2026-11-23"), Ok(1));
    }

    #[test]
    fn null_fits_only_an_option() {
        assert_eq!(<Option<i64>>::from_cell(None), Some(None));
        assert_eq!(<Option<i64>>::from_cell(Some("9223372036854775807")), Some(Some(i64::MAX)));
        assert_eq!(<Option<i64>>::from_cell(Some("x")), None);
        assert_eq!(i64::from_cell(None), None);
    }

    #[test]
    fn decimals_keep_their_digits() {
        let text = "12345678901234567890123456.70";
        assert_eq!(text.parse::<Decimal>().map(|d| d.to_string()).as_deref(), Ok(text));
        for text in ["", "-", "1.", ".5", "1e5", "NaN"] {
            assert!(text.parse::<Decimal>().is_err(), "{text}");
        }
    }
}
