//! One file of `queries/`: what its comment lines say, checked against its SQL.

use crate::sql_text;

/// A query as its file describes it.
#[derive(Debug)]
pub struct Query {
    pub name: String,
    pub docs: Vec<String>,
    pub params: Vec<Field>,
    pub columns: Vec<Field>,
    pub sql: String,
}

/// One name with its SQL type, as written behind `@param` or `@column`.
#[derive(Debug)]
pub struct Field {
    pub name: String,
    /// Without blanks: `DECIMAL(18,2)`.
    pub sql_type: String,
    pub nullable: bool,
    /// Where it is written, from 1.
    line: usize,
}

impl Query {
    /// Reads a file; `name` is its name without the ending.
    ///
    /// # Errors
    /// `LINE: what is wrong`.
    pub fn parse(name: &str, text: &str) -> Result<Self, String> {
        check_name(name).map_err(|problem| format!("1: {problem}"))?;
        if TAKEN.contains(&camel_case(name).as_str()) {
            let type_name = camel_case(name);
            return Err(format!(
                "1: `{name}` would be called {type_name}, which means something else; rename the file"
            ));
        }
        let (mut docs, mut params, mut columns) = (Vec::new(), Vec::new(), Vec::new());
        let mut lines = text.lines().zip(1..).peekable();
        while let Some((comment, line)) = lines.next_if(|(line, _)| line.starts_with("--")) {
            let comment = comment.trim_start_matches('-').trim();
            if let Some(rest) = mark(comment, "@param") {
                params.push(Field::parse(rest, line)?);
            } else if let Some(rest) = mark(comment, "@column") {
                columns.push(Field::parse(rest, line)?);
            } else if comment.starts_with('@') {
                return Err(format!("{line}: unknown mark in `-- {comment}`: use @param or @column"));
            } else {
                docs.push(comment.to_owned());
            }
        }
        let first_line = lines.peek().map_or(1, |(_, line)| *line);
        let below: Vec<_> = lines.map(|(line, _)| line).collect();
        if below.iter().all(|line| line.trim().is_empty()) {
            return Err(format!("{first_line}: there is no SQL below the comment lines"));
        }
        if columns.is_empty() {
            return Err("1: name the columns of the result with `-- @column NAME TYPE`".into());
        }
        only_once(&params, "parameter")?;
        only_once(&columns, "column")?;
        compare(&params, &below, first_line)?;
        Ok(Self { name: name.to_owned(), docs, params, columns, sql: below.join("\n").trim().to_owned() })
    }

    /// `TripsPerDay` of `trips_per_day`.
    pub fn type_name(&self) -> String {
        camel_case(&self.name)
    }
}

/// Every marker has its `@param`, and every `@param` its marker. Markers in strings and comments are none.
fn compare(params: &[Field], sql: &[&str], first_line: usize) -> Result<(), String> {
    let markers = sql_text::markers(&sql.join("\n"));
    for marker in &markers {
        if !params.iter().any(|param| param.name == *marker) {
            // The first line with which it is there. Nothing that follows changes what came before.
            let has = |end: &usize| {
                sql_text::markers(&sql.iter().take(*end).copied().collect::<Vec<_>>().join("\n")).contains(marker)
            };
            let line = (1..=sql.len()).find(has).map_or(first_line, |end| first_line + end - 1);
            return Err(format!("{line}: `:{marker}` has no `-- @param {marker} TYPE`"));
        }
    }
    match params.iter().find(|param| !markers.contains(&param.name)) {
        Some(Field { name, line, .. }) => {
            Err(format!("{line}: parameter `{name}` does not occur in the SQL as `:{name}`"))
        }
        None => Ok(()),
    }
}

fn only_once(fields: &[Field], what: &str) -> Result<(), String> {
    for (index, field) in fields.iter().enumerate() {
        if fields.iter().take(index).any(|before| before.name == field.name) {
            return Err(format!("{}: {what} `{}` is there twice", field.line, field.name));
        }
    }
    Ok(())
}

/// What follows a mark; `@params` is not `@param`.
fn mark<'a>(comment: &'a str, mark: &str) -> Option<&'a str> {
    comment.strip_prefix(mark).filter(|rest| rest.is_empty() || rest.starts_with(char::is_whitespace))
}

impl Field {
    fn parse(rest: &str, line: usize) -> Result<Self, String> {
        let at = |problem: String| format!("{line}: {problem}");
        let rest = rest.trim();
        let (name, rest) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
        if name.is_empty() {
            return Err(at("a name is missing".into()));
        }
        check_name(name).map_err(at)?;
        let (sql_type, behind) = sql_type(rest.trim()).ok_or_else(|| at(format!("the type of `{name}` is missing")))?;
        let nullable = behind.split_whitespace().next() == Some("NULL");
        let field = Self { name: name.to_owned(), sql_type, nullable, line };
        field.rust_type().map_err(at)?;
        Ok(field)
    }

    /// The type without its arguments: `DECIMAL` of `DECIMAL(18,2)`. It is compared with what the warehouse answers.
    pub fn base_type(&self) -> &str {
        self.sql_type.split('(').next().unwrap_or_default()
    }

    /// The name as Rust takes it: a keyword as `r#type`.
    pub fn rust_name(&self) -> String {
        if KEYWORDS.contains(&self.name.as_str()) { format!("r#{}", self.name) } else { self.name.clone() }
    }

    /// # Errors
    /// There is no Rust type for it.
    pub fn rust_type(&self) -> Result<String, String> {
        let plain = match self.base_type() {
            "STRING" => "String",
            "BOOLEAN" => "bool",
            "INT" => "i32",
            "BIGINT" => "i64",
            "DOUBLE" => "f64",
            "DECIMAL" => "Decimal",
            "DATE" => "Date",
            "TIMESTAMP" => "Timestamp",
            other => {
                return Err(format!(
                    "`{}`: the type {other} is not known; use STRING, BOOLEAN, INT, BIGINT, DOUBLE, DECIMAL(p,s), DATE or TIMESTAMP",
                    self.name
                ));
            }
        };
        Ok(if self.nullable { format!("Option<{plain}>") } else { plain.to_owned() })
    }
}

/// The type at the start, without blanks, and what is behind it: of `DECIMAL(18, 2) NULL` both.
fn sql_type(text: &str) -> Option<(String, &str)> {
    let word = text.find(|c: char| c.is_whitespace() || c == '(').unwrap_or(text.len());
    let (name, rest) = text.split_at_checked(word)?;
    let (whole, rest) = match rest.trim_start().strip_prefix('(') {
        Some(inner) => inner.split_once(')').map(|(arguments, rest)| (format!("{name}({arguments})"), rest))?,
        None => (name.to_owned(), rest),
    };
    (!name.is_empty()).then(|| (whole.split_whitespace().collect(), rest))
}

fn check_name(name: &str) -> Result<(), String> {
    let fine = name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    if !fine {
        return Err(format!("`{name}`: names are lower case with underscores, as in `trips_per_day`"));
    }
    // Rust has no other spelling for these.
    if ["self", "super", "crate"].contains(&name) {
        return Err(format!("`{name}` cannot be a name in Rust; use another one, in SQL with AS"));
    }
    Ok(())
}

/// Rust's keywords, those that are kept for later, too.
const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn", "else", "enum",
    "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro", "match", "mod", "move",
    "mut", "override", "priv", "pub", "ref", "return", "static", "struct", "trait", "true", "try", "type", "typeof",
    "unsafe", "unsized", "use", "virtual", "where", "while",
];

/// What the generated code calls by these names.
const TAKEN: &[&str] = &[
    "CellError",
    "Cells",
    "Date",
    "Decimal",
    "Option",
    "Parameter",
    "QueryFile",
    "Result",
    "Self",
    "String",
    "Timestamp",
    "TypedQuery",
    "Vec",
    "Ok",
    "Clone",
];

fn camel_case(name: &str) -> String {
    let capital = |word: &str| {
        let mut letters = word.chars();
        letters.next().map(|c| c.to_ascii_uppercase()).into_iter().chain(letters).collect::<String>()
    };
    name.split('_').map(capital).collect()
}
