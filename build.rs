//! Turns every `queries/*.sql` into a typed Rust query, so that a wrong parameter name or column type does not compile.
//!
//! A file starts with comment lines: free text (the documentation), `-- @param NAME TYPE [text]` and
//! `-- @column NAME TYPE [NULL]`. The file runs as it stands in any SQL editor, too.

#[path = "build/query.rs"]
mod query;
/// The app finds markers in what people write with this, too.
#[allow(dead_code, reason = "the app uses the rest")]
#[path = "src/model/sql_text.rs"]
mod sql_text;

use std::{env, error::Error, fmt::Write as _, fs, path::Path};

use query::Query;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=queries");
    let mut files: Vec<_> = fs::read_dir("queries")?
        .collect::<Result<Vec<_>, _>>()?
        .into_iter()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "sql"))
        .collect();
    files.sort();

    let (mut code, mut names) = (String::new(), Vec::<String>::new());
    for file in files {
        let text = fs::read_to_string(&file)?;
        let name = file.file_stem().and_then(|stem| stem.to_str()).ok_or("a file's name is not UTF-8")?;
        // The path and the line come first, as compilers write them.
        let query = Query::parse(name, &text).map_err(|problem| format!("{}:{problem}", file.display()))?;
        let type_name = query.type_name();
        if let Some(other) = names.iter().find(|other| {
            **other == type_name || **other == format!("{type_name}Row") || format!("{other}Row") == type_name
        }) {
            return Err(format!("{}: {type_name} clashes with {other} of another file", file.display()).into());
        }
        write(&query, &mut code)?;
        names.push(type_name);
    }
    let all: Vec<_> = names.iter().map(|name| format!("{name}::FILE")).collect();
    writeln!(code, "/// Every file in `queries/`.\npub const FILES: &[QueryFile] = &[{}];", all.join(", "))?;
    fs::write(Path::new(&env::var("OUT_DIR")?).join("queries.rs"), code)?;
    Ok(())
}

/// The Rust code of a query.
fn write(query: &Query, code: &mut String) -> Result<(), Box<dyn Error>> {
    let type_name = query.type_name();
    let derives = "#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]";

    for line in &query.docs {
        writeln!(code, "/// {line}")?;
    }
    writeln!(code, "///\n/// Source: `queries/{}.sql`.\n{derives}\npub struct {type_name} {{", query.name)?;
    for param in &query.params {
        writeln!(code, "    /// `{}`\n    pub {}: {},", param.sql_type, param.rust_name(), param.rust_type()?)?;
    }
    writeln!(code, "}}\n\n/// A row of [`{type_name}`].\n{derives}\npub struct {type_name}Row {{")?;
    for column in &query.columns {
        writeln!(code, "    /// `{}`\n    pub {}: {},", column.sql_type, column.rust_name(), column.rust_type()?)?;
    }
    writeln!(code, "}}\n\nimpl TypedQuery for {type_name} {{\n    type Row = {type_name}Row;")?;
    writeln!(code, "    const NAME: &'static str = {:?};\n    const SQL: &'static str = {:?};", query.name, query.sql)?;
    let columns: Vec<_> = query.columns.iter().map(|c| (c.name.as_str(), c.base_type())).collect();
    writeln!(code, "    const COLUMNS: &'static [(&'static str, &'static str)] = &{columns:?};")?;
    writeln!(code, "    fn parameters(&self) -> Vec<Parameter> {{\n        vec![")?;
    for param in &query.params {
        writeln!(
            code,
            "            Parameter::new({:?}, {:?}, &self.{}),",
            param.name,
            param.sql_type,
            param.rust_name()
        )?;
    }
    writeln!(code, "        ]\n    }}")?;
    writeln!(
        code,
        "    fn row(cells: &mut Cells<'_>) -> Result<Self::Row, CellError> {{\n        Ok({type_name}Row {{"
    )?;
    for column in &query.columns {
        writeln!(code, "            {}: cells.next({:?})?,", column.rust_name(), column.name)?;
    }
    writeln!(code, "        }})\n    }}\n}}\n")?;
    let parameters: Vec<_> = query.params.iter().map(|p| (p.name.as_str(), p.sql_type.as_str())).collect();
    writeln!(
        code,
        "impl {type_name} {{\n    /// What the file says.\n    pub const FILE: QueryFile = QueryFile {{ name: Self::NAME, sql: Self::SQL, parameters: &{parameters:?}, columns: Self::COLUMNS }};\n}}\n"
    )?;
    Ok(())
}
