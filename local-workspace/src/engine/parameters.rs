//! Named parameters: a value as text, and the type under which it takes part in the statement.

use std::str::FromStr;

/// One entry of a statement's `parameters`.
#[derive(Clone, Debug)]
pub struct Parameter {
    pub name: String,
    /// `None` is SQL NULL.
    pub value: Option<String>,
    pub kind: ParameterType,
}

/// A type's SQL spelling. Parsing is the only way to make one, so it can be put into SQL as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParameterType(String);

#[derive(Debug, thiserror::Error)]
#[error("'{0}' is not a supported parameter type")]
pub struct UnknownType(String);

impl ParameterType {
    pub fn sql(&self) -> &str {
        &self.0
    }
}

impl Default for ParameterType {
    fn default() -> Self {
        Self("STRING".to_owned())
    }
}

impl FromStr for ParameterType {
    type Err = UnknownType;

    fn from_str(text: &str) -> Result<Self, UnknownType> {
        let name: String = text.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_ascii_uppercase();
        let sql = match name.as_str() {
            "STRING" | "DATE" | "TIMESTAMP" | "BOOLEAN" | "FLOAT" | "DOUBLE" | "BIGINT" | "SMALLINT" | "TINYINT"
            | "INT" => name,
            "LONG" => "BIGINT".to_owned(),
            "INTEGER" => "INT".to_owned(),
            "SHORT" => "SMALLINT".to_owned(),
            "BYTE" => "TINYINT".to_owned(),
            "REAL" => "FLOAT".to_owned(),
            // TIMESTAMP without a zone is the same to a session in UTC.
            "TIMESTAMP_NTZ" => "TIMESTAMP".to_owned(),
            "DECIMAL" | "NUMERIC" | "DEC" => "DECIMAL(10,0)".to_owned(),
            // A parameter that is always NULL; the text type casts to anything.
            "VOID" => "STRING".to_owned(),
            _ => decimal(&name).ok_or_else(|| UnknownType(text.to_owned()))?,
        };
        Ok(Self(sql))
    }
}

/// `DECIMAL(p)` and `DECIMAL(p,s)` with 1 ≤ p ≤ 38 and s ≤ p.
fn decimal(name: &str) -> Option<String> {
    let inner =
        ["DECIMAL(", "NUMERIC(", "DEC("].iter().find_map(|start| name.strip_prefix(start))?.strip_suffix(')')?;
    let (precision, scale) = inner.split_once(',').unwrap_or((inner, "0"));
    let (precision, scale): (u8, u8) = (precision.parse().ok()?, scale.parse().ok()?);
    ((1..=38).contains(&precision) && scale <= precision).then(|| format!("DECIMAL({precision},{scale})"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_known_words_only() {
        for (text, sql) in
            [("int", "INT"), ("LONG", "BIGINT"), ("decimal( 18, 2 )", "DECIMAL(18,2)"), ("DECIMAL", "DECIMAL(10,0)")]
        {
            assert_eq!(text.parse::<ParameterType>().unwrap().sql(), sql);
        }
        for text in ["", "ARRAY<INT>", "INT) OR (1", "DECIMAL(39,2)", "DECIMAL(5,6)", "DECIMAL(1,1"] {
            assert!(text.parse::<ParameterType>().is_err(), "{text}");
        }
    }
}
