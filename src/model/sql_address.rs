//! The address of the SQL page holds all of its state in readable keys:
//! `/sql?sql=SELECT+:day&p.day=2016-02-01&t.day=DATE&warehouse=…&catalog=samples&schema=nyctaxi&rows=all&sort=trips&order=desc&chart=line&x=day&y=trips&statement=…`.
//! A text that stands in `queries/` is named instead: `/sql?query=trips_per_day&p.from_day=2016-02-01&p.to_day=2016-02-07`.

use std::{borrow::Cow, collections::HashMap};

use serde::{Deserialize, Serialize};

use super::{
    percent_encoded,
    queries::FILES,
    query::{Parameter, QueryFile},
    sql_text,
    statement::{Namespace, StatementRequest},
};

const PATH: &str = "/sql";
/// Proxies and browsers carry addresses of this length; longer ones leave out the SQL.
const MOST_BYTES: usize = 6_000;
/// The types that a parameter can have; the first is the default, as it is for the workspace.
pub const TYPES: [&str; 9] =
    ["STRING", "BIGINT", "DOUBLE", "DECIMAL(38,10)", "DATE", "TIMESTAMP", "TIMESTAMP_NTZ", "BOOLEAN", "INT"];

/// How the rows are looked at. Names of columns that a result does not have mean nothing for it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResultView {
    pub sort: Option<Sort>,
    pub chart: Option<Chart>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sort {
    pub column: String,
    pub descending: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chart {
    /// `line`, `bar`, `area`, `scatter` or `pie`.
    pub kind: String,
    /// Columns across and up.
    pub x: String,
    pub y: String,
}

/// What the SQL page shows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SqlAddress {
    pub sql: String,
    /// Values as they were typed; kept for markers only that the SQL has.
    pub parameters: Vec<Parameter>,
    /// `None` for the app's own warehouse.
    pub warehouse_id: Option<String>,
    #[serde(default)]
    pub namespace: Namespace,
    pub all_rows: bool,
    #[serde(default)]
    pub view: ResultView,
    /// The statement whose result is shown. Opening an address asks after it; it never runs anything.
    pub statement_id: Option<String>,
    /// Page of the result for readers without JavaScript, from 1.
    pub page: u64,
}

impl SqlAddress {
    /// Reads the pairs of an address or a form; unknown ones are left alone.
    pub fn from_pairs<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let mut first = HashMap::new();
        for (name, value) in pairs {
            first.entry(name).or_insert(value);
        }
        let get = |name: &str| first.get(name).copied();
        let given = |name: &str| get(name).filter(|value| !value.is_empty()).map(str::to_owned);
        let named = get("query").map(|name| FILES.iter().find(|file| file.name == name).ok_or(name));
        let sql = match (get("sql"), named) {
            (Some(sql), _) => sql.replace("\r\n", "\n"),
            (None, Some(Ok(file))) => file.sql.to_owned(),
            (None, Some(Err(name))) => missing(name),
            (None, None) => String::new(),
        };
        let file = of_text(&sql);
        let parameter = |name: String| {
            let wanted = get(&format!("t.{name}")).unwrap_or_else(|| declared(file, &name));
            let sql_type = TYPES.into_iter().find(|known| *known == wanted).unwrap_or(TYPES[0]);
            let null = get(&format!("n.{name}")).is_some();
            let value = (!null).then(|| get(&format!("p.{name}")).unwrap_or_default().to_owned());
            Parameter { name: Cow::Owned(name), sql_type: Cow::Borrowed(sql_type), value }
        };
        Self {
            parameters: sql_text::markers(&sql).into_iter().map(parameter).collect(),
            sql,
            warehouse_id: given("warehouse"),
            namespace: Namespace { catalog: given("catalog"), schema: given("schema") },
            all_rows: get("rows") == Some("all"),
            view: ResultView {
                sort: given("sort").map(|column| Sort { column, descending: get("order") == Some("desc") }),
                chart: given("chart").map(|kind| Chart {
                    kind,
                    x: given("x").unwrap_or_default(),
                    y: given("y").unwrap_or_default(),
                }),
            },
            statement_id: given("statement"),
            page: get("page").and_then(|page| page.parse().ok()).unwrap_or(1).max(1),
        }
    }

    /// The address of the page; a text that is too long for one is left out.
    pub fn path(&self) -> String {
        self.link().unwrap_or_else(|| self.path_with(false))
    }

    /// An address that holds everything; `None` if it is too long for one.
    pub fn link(&self) -> Option<String> {
        Some(self.path_with(true)).filter(|path| path.len() <= MOST_BYTES)
    }

    fn path_with(&self, with_sql: bool) -> String {
        let mut path = String::from(PATH);
        let mut add = |name: &str, value: &str| {
            path.push(if path.contains('?') { '&' } else { '?' });
            path.push_str(&percent_encoded(name));
            path.push('=');
            path.push_str(&percent_encoded(value));
        };
        if with_sql && !self.sql.is_empty() {
            let file = of_text(&self.sql);
            match file {
                Some(file) => add("query", file.name),
                None => add("sql", &self.sql),
            }
            for parameter in &self.parameters {
                match &parameter.value {
                    Some(value) => add(&format!("p.{}", parameter.name), value),
                    None => add(&format!("n.{}", parameter.name), "1"),
                }
                if parameter.sql_type != declared(file, &parameter.name) {
                    add(&format!("t.{}", parameter.name), &parameter.sql_type);
                }
            }
        }
        if let Some(id) = &self.warehouse_id {
            add("warehouse", id);
        }
        if let Some(catalog) = &self.namespace.catalog {
            add("catalog", catalog);
        }
        if let Some(schema) = &self.namespace.schema {
            add("schema", schema);
        }
        if self.all_rows {
            add("rows", "all");
        }
        if let Some(sort) = &self.view.sort {
            add("sort", &sort.column);
            if sort.descending {
                add("order", "desc");
            }
        }
        if let Some(chart) = &self.view.chart {
            add("chart", &chart.kind);
            add("x", &chart.x);
            add("y", &chart.y);
        }
        if let Some(id) = &self.statement_id {
            add("statement", id);
        }
        if self.page > 1 {
            add("page", &self.page.to_string());
        }
        path
    }

    /// The same with another result, or with none.
    #[must_use]
    pub fn with_statement(&self, statement_id: Option<String>) -> Self {
        Self { statement_id, page: 1, ..self.clone() }
    }

    pub fn request(&self) -> StatementRequest {
        StatementRequest {
            sql: self.sql.clone(),
            parameters: self.parameters.clone(),
            warehouse_id: self.warehouse_id.clone(),
            namespace: self.namespace.clone(),
            all_rows: self.all_rows,
        }
    }
}

/// The file in `queries/` that holds this very text.
fn of_text(sql: &str) -> Option<&'static QueryFile> {
    FILES.iter().find(|file| file.sql == sql)
}

/// The type of a marker that the address does not tell.
fn declared(file: Option<&QueryFile>, name: &str) -> &'static str {
    let of = |file: &QueryFile| file.parameters.iter().find(|(known, _)| *known == name).map(|(_, sql_type)| *sql_type);
    match file.and_then(of) {
        // Whatever its digits: the warehouse casts it.
        Some(decimal) if decimal.starts_with("DECIMAL") => "DECIMAL(38,10)",
        Some(known) => known,
        None => TYPES[0],
    }
}

/// What stands in the editor for a name that no file has. It is a comment, and a name of other signs is not repeated.
fn missing(name: &str) -> String {
    let plain = name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    format!("-- There is no query of this name{}.", if plain { format!(": {name}") } else { String::new() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(path: &str) -> Vec<(String, String)> {
        let decode = |text: &str| {
            let mut bytes = Vec::new();
            let mut rest = text.bytes();
            while let Some(byte) = rest.next() {
                bytes.push(if byte == b'%' {
                    let digits = [rest.next().unwrap(), rest.next().unwrap()];
                    u8::from_str_radix(std::str::from_utf8(&digits).unwrap(), 16).unwrap()
                } else {
                    byte
                });
            }
            String::from_utf8(bytes).unwrap()
        };
        let query = path.split_once('?').map_or("", |(_, query)| query);
        query.split('&').filter_map(|pair| pair.split_once('=')).map(|(a, b)| (decode(a), decode(b))).collect()
    }

    fn read(path: &str) -> SqlAddress {
        let pairs = pairs(path);
        SqlAddress::from_pairs(pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())))
    }

    #[test]
    fn an_address_holds_everything_and_comes_back_the_same() {
        let parameter = |name: &'static str, sql_type: &'static str, value: Option<&str>| Parameter {
            name: name.into(),
            sql_type: sql_type.into(),
            value: value.map(str::to_owned),
        };
        let address = SqlAddress {
            sql: "SELECT 'ä & b = c + 1%', :day,\n:n, :none".into(),
            parameters: vec![
                parameter("day", "DATE", Some("2016-02-01")),
                parameter("n", "STRING", Some("")),
                parameter("none", "STRING", None),
            ],
            warehouse_id: Some("abc".into()),
            namespace: Namespace { catalog: Some("my catalog".into()), schema: Some("ä".into()) },
            all_rows: true,
            view: ResultView {
                sort: Some(Sort { column: "-n & m".into(), descending: true }),
                chart: Some(Chart { kind: "line".into(), x: "Tag".into(), y: "ä".into() }),
            },
            statement_id: Some("01ef".into()),
            page: 3,
        };
        assert_eq!(read(&address.path()), address, "{}", address.path());
        assert_eq!(SqlAddress { page: 1, ..SqlAddress::default() }.path(), "/sql");
    }

    #[test]
    fn a_query_of_the_app_is_named_and_its_types_are_known() {
        let file = FILES.iter().find(|file| file.name == "trips_per_day").unwrap();
        let address = read("/sql?query=trips_per_day&p.from_day=2016-02-01&p.to_day=2016-02-07");
        assert_eq!(address.sql, file.sql);
        let known: Vec<_> = address.parameters.iter().map(|it| (it.sql_type.as_ref(), it.value.as_deref())).collect();
        assert_eq!(known, [("DATE", Some("2016-02-01")), ("DATE", Some("2016-02-07"))]);
        assert_eq!(address.path(), "/sql?query=trips_per_day&p.from_day=2016-02-01&p.to_day=2016-02-07");
        let changed = SqlAddress { sql: format!("{} LIMIT 1", file.sql), ..address };
        assert!(changed.path().starts_with("/sql?sql=SELECT"), "{}", changed.path());
        assert_eq!(read("/sql?query=no_such").sql, "-- There is no query of this name: no_such.");
        assert_eq!(read("/sql?query=x%0ADROP").sql, "-- There is no query of this name.");
    }

    #[test]
    fn a_long_statement_stays_out_of_the_address() {
        let address =
            SqlAddress { sql: "x".repeat(7_000), statement_id: Some("01ef".into()), page: 1, ..SqlAddress::default() };
        assert_eq!(address.path(), "/sql?statement=01ef");
    }

    #[test]
    fn types_are_the_known_ones() {
        assert_eq!(read("/sql?sql=%3Ax&t.x=ARRAY%3CINT%3E").parameters[0].sql_type, "STRING");
        assert_eq!(read("/sql?sql=1&p.y=2").parameters, vec![], "no marker, no parameter");
    }
}
