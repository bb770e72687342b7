//! The commands beside queries, read in the syntax of Databricks.

use super::reader::{Reader, Written};
use datafusion::sql::sqlparser::ast::Query;
use datafusion::sql::sqlparser::parser::ParserError;

#[derive(Debug)]
pub(super) enum Command {
    ShowCatalogs { like: Option<String> },
    ShowSchemas { of: Option<Written>, like: Option<String> },
    ShowTables { of: Option<Written>, like: Option<String> },
    ShowColumns { table: Written },
    Describe { table: Written, extended: bool },
    ShowGrants { principal: Option<String>, on: Target },
    Grant { privileges: Vec<String>, on: Target, to: String },
    Revoke { privileges: Vec<String>, on: Target, from: String },
    CreateSchema { name: Written, if_not_exists: bool, comment: Option<String> },
    DropSchema { name: Written, if_exists: bool, cascade: bool },
    CreateTable(CreateTable),
    CreateView(CreateView),
    Insert { table: Written, columns: Vec<String>, query: Box<Query>, overwrite: bool },
    Drop { kind: &'static str, name: Written, if_exists: bool },
}

/// What is granted on: the number of parts follows from its kind.
#[derive(Debug)]
pub(super) struct Target {
    pub(super) parts: usize,
    pub(super) name: Written,
}

#[derive(Debug)]
pub(super) struct CreateTable {
    pub(super) name: Written,
    pub(super) columns: Vec<NewColumn>,
    pub(super) comment: Option<String>,
    pub(super) query: Option<Box<Query>>,
    pub(super) if_not_exists: bool,
    pub(super) or_replace: bool,
}

#[derive(Debug)]
pub(super) struct NewColumn {
    pub(super) name: String,
    pub(super) kind: String,
    pub(super) comment: Option<String>,
}

#[derive(Debug)]
pub(super) struct CreateView {
    pub(super) name: Written,
    pub(super) comment: Option<String>,
    pub(super) query: Box<Query>,
    pub(super) if_not_exists: bool,
    pub(super) or_replace: bool,
}

/// `None`: something else, most likely a query.
pub(super) fn parse(sql: &str) -> Result<Option<Command>, ParserError> {
    let mut reader = Reader::new(sql)?;
    let command = match reader.take_one_of(&["SHOW", "DESCRIBE", "DESC", "GRANT", "REVOKE", "CREATE", "DROP", "INSERT"])
    {
        Some("SHOW") => show(&mut reader)?,
        Some("DESCRIBE" | "DESC") => describe(&mut reader)?,
        Some("GRANT") => Some(grant(&mut reader)?),
        Some("REVOKE") => Some(revoke(&mut reader)?),
        Some("CREATE") => create(&mut reader)?,
        Some("DROP") => remove(&mut reader)?,
        Some("INSERT") => Some(insert(&mut reader)?),
        _ => None,
    };
    if command.is_some() {
        reader.end()?;
    }
    Ok(command)
}

fn show(reader: &mut Reader) -> Result<Option<Command>, ParserError> {
    if reader.take("CATALOGS") {
        return Ok(Some(Command::ShowCatalogs { like: like(reader)? }));
    }
    if reader.take_one_of(&["SCHEMAS", "DATABASES"]).is_some() {
        let of = inside(reader)?;
        return Ok(Some(Command::ShowSchemas { of, like: like(reader)? }));
    }
    if reader.take("TABLES") {
        let of = inside(reader)?;
        return Ok(Some(Command::ShowTables { of, like: like(reader)? }));
    }
    if reader.take("COLUMNS") {
        let mut table = inside(reader)?.unwrap_or_default();
        // SHOW COLUMNS IN t IN s is s.t.
        if let Some(schema) = inside(reader)? {
            table.splice(0..0, schema);
        }
        return Ok(Some(Command::ShowColumns { table }));
    }
    if reader.take_one_of(&["GRANTS", "GRANT"]).is_some() {
        let principal = if reader.take("ON") { None } else { Some(reader.principal()?) };
        if principal.is_some() {
            reader.expect("ON")?;
        }
        return Ok(Some(Command::ShowGrants { principal, on: target(reader)? }));
    }
    Ok(None)
}

fn inside(reader: &mut Reader) -> Result<Option<Written>, ParserError> {
    reader.take_one_of(&["IN", "FROM"]).map(|_| reader.name()).transpose()
}

fn like(reader: &mut Reader) -> Result<Option<String>, ParserError> {
    reader.take("LIKE").then(|| reader.text()).transpose()
}

fn describe(reader: &mut Reader) -> Result<Option<Command>, ParserError> {
    if reader.take_one_of(&["QUERY", "HISTORY", "DETAIL", "CATALOG", "SCHEMA", "DATABASE", "FUNCTION"]).is_some() {
        return Ok(None);
    }
    let _ = reader.take("TABLE");
    let extended = reader.take_one_of(&["EXTENDED", "FORMATTED"]).is_some();
    Ok(Some(Command::Describe { table: reader.name()?, extended }))
}

fn grant(reader: &mut Reader) -> Result<Command, ParserError> {
    let privileges = privileges(reader)?;
    let on = target(reader)?;
    reader.expect("TO")?;
    Ok(Command::Grant { privileges, on, to: reader.principal()? })
}

fn revoke(reader: &mut Reader) -> Result<Command, ParserError> {
    let privileges = privileges(reader)?;
    let on = target(reader)?;
    reader.expect("FROM")?;
    Ok(Command::Revoke { privileges, on, from: reader.principal()? })
}

/// Up to and with ON.
fn privileges(reader: &mut Reader) -> Result<Vec<String>, ParserError> {
    let mut privileges = vec![String::new()];
    while !reader.take("ON") {
        if reader.comma() {
            privileges.push(String::new());
            continue;
        }
        let word = reader.identifier()?.to_ascii_uppercase();
        if let Some(privilege) = privileges.last_mut() {
            if !privilege.is_empty() {
                privilege.push(' ');
            }
            privilege.push_str(&word);
        }
    }
    Ok(privileges)
}

fn target(reader: &mut Reader) -> Result<Target, ParserError> {
    let parts = match reader.take_one_of(&["CATALOG", "SCHEMA", "DATABASE", "TABLE", "VIEW"]) {
        Some("CATALOG") => 1,
        Some("SCHEMA" | "DATABASE") => 2,
        _ => 3,
    };
    Ok(Target { parts, name: reader.name()? })
}

fn create(reader: &mut Reader) -> Result<Option<Command>, ParserError> {
    let or_replace = reader.take("OR REPLACE");
    if !or_replace && reader.take_one_of(&["SCHEMA", "DATABASE"]).is_some() {
        let if_not_exists = reader.take("IF NOT EXISTS");
        let name = reader.name()?;
        return Ok(Some(Command::CreateSchema { name, if_not_exists, comment: comment(reader)? }));
    }
    if reader.take("TABLE") {
        let if_not_exists = reader.take("IF NOT EXISTS");
        let name = reader.name()?;
        let columns = if reader.opens() { new_columns(reader)? } else { Vec::new() };
        let _ = reader.take("USING DELTA");
        let comment = comment(reader)?;
        let has_query = reader.take("AS") || columns.is_empty();
        let query = has_query.then(|| reader.query()).transpose()?;
        return Ok(Some(Command::CreateTable(CreateTable {
            name,
            columns,
            comment,
            query,
            if_not_exists,
            or_replace,
        })));
    }
    if reader.take("VIEW") {
        let if_not_exists = reader.take("IF NOT EXISTS");
        let name = reader.name()?;
        let comment = comment(reader)?;
        reader.expect("AS")?;
        let query = reader.query()?;
        return Ok(Some(Command::CreateView(CreateView { name, comment, query, if_not_exists, or_replace })));
    }
    Ok(None)
}

fn comment(reader: &mut Reader) -> Result<Option<String>, ParserError> {
    reader.take("COMMENT").then(|| reader.text()).transpose()
}

/// After the bracket, with the closing one.
fn new_columns(reader: &mut Reader) -> Result<Vec<NewColumn>, ParserError> {
    let mut columns = Vec::new();
    loop {
        let name = reader.identifier()?.to_lowercase();
        let kind = reader.data_type()?.to_string();
        columns.push(NewColumn { name, kind, comment: comment(reader)? });
        if !reader.comma() {
            reader.closes()?;
            return Ok(columns);
        }
    }
}

fn insert(reader: &mut Reader) -> Result<Command, ParserError> {
    let overwrite = reader.take("OVERWRITE");
    if !overwrite {
        reader.expect("INTO")?;
    }
    let _ = reader.take("TABLE");
    let table = reader.name()?;
    let mut columns = Vec::new();
    if !reader.at_query() && reader.opens() {
        loop {
            columns.push(reader.identifier()?.to_lowercase());
            if !reader.comma() {
                reader.closes()?;
                break;
            }
        }
    }
    Ok(Command::Insert { table, columns, query: reader.query()?, overwrite })
}

fn remove(reader: &mut Reader) -> Result<Option<Command>, ParserError> {
    let Some(kind) = reader.take_one_of(&["SCHEMA", "DATABASE", "TABLE", "VIEW"]) else { return Ok(None) };
    let if_exists = reader.take("IF EXISTS");
    let name = reader.name()?;
    Ok(Some(match kind {
        "SCHEMA" | "DATABASE" => {
            let cascade = reader.take("CASCADE");
            let _ = reader.take("RESTRICT");
            Command::DropSchema { name, if_exists, cascade }
        }
        kind => Command::Drop { kind, name, if_exists },
    }))
}
