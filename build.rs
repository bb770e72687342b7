//! Turns every `queries/*.sql` into a typed Rust query, so that a wrong parameter name or column type does not compile.
//!
//! A file starts with comment lines: free text (the documentation), `-- @param NAME TYPE [text]` and
//! `-- @column NAME TYPE [NULL]`. The file runs as it stands in any SQL editor, too.

use std::{env, error::Error, fmt::Write as _, fs, path::Path};

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=queries");
    let mut files: Vec<_> = fs::read_dir("queries")?
        .collect::<Result<Vec<_>, _>>()?
        .into_iter()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "sql"))
        .collect();
    files.sort();

    let (mut code, mut names) = (String::new(), Vec::new());
    for file in files {
        let text = fs::read_to_string(&file)?;
        let query = Query::parse(&file, &text).map_err(|problem| format!("{}: {problem}", file.display()))?;
        query.write(&mut code)?;
        names.push(camel_case(&query.name));
    }
    let all: Vec<_> = names.iter().map(|name| format!("{name}::FILE")).collect();
    writeln!(code, "/// Every file in `queries/`.\npub const FILES: &[QueryFile] = &[{}];", all.join(", "))?;
    fs::write(Path::new(&env::var("OUT_DIR")?).join("queries.rs"), code)?;
    Ok(())
}

/// One name with its SQL type, as written behind `@param` or `@column`.
struct Field {
    name: String,
    sql_type: String,
    nullable: bool,
}

struct Query {
    name: String,
    docs: Vec<String>,
    params: Vec<Field>,
    columns: Vec<Field>,
    sql: String,
}

impl Query {
    fn parse(file: &Path, text: &str) -> Result<Self, String> {
        let name = file.file_stem().and_then(|stem| stem.to_str()).ok_or("the file name is not UTF-8")?;
        check_name(name)?;
        let (mut docs, mut params, mut columns) = (Vec::new(), Vec::new(), Vec::new());
        let mut lines = text.lines().peekable();
        while let Some(comment) = lines.peek().and_then(|line| line.strip_prefix("--")) {
            let comment = comment.trim();
            if let Some(rest) = comment.strip_prefix("@param") {
                params.push(Field::parse(rest)?);
            } else if let Some(rest) = comment.strip_prefix("@column") {
                columns.push(Field::parse(rest)?);
            } else if comment.starts_with('@') {
                return Err(format!("unknown mark in `-- {comment}`: use @param or @column"));
            } else {
                docs.push(comment.to_owned());
            }
            lines.next();
        }
        let sql = lines.collect::<Vec<_>>().join("\n").trim().to_owned();
        if sql.is_empty() {
            return Err("there is no SQL below the comment lines".into());
        }
        if columns.is_empty() {
            return Err("name the columns of the result with `-- @column NAME TYPE`".into());
        }
        for param in &params {
            if !sql.contains(&format!(":{}", param.name)) {
                return Err(format!("parameter `{}` does not occur in the SQL as `:{}`", param.name, param.name));
            }
        }
        Ok(Self { name: name.to_owned(), docs, params, columns, sql })
    }

    fn write(&self, code: &mut String) -> Result<(), Box<dyn Error>> {
        let type_name = camel_case(&self.name);
        let derives = "#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]";

        for line in &self.docs {
            writeln!(code, "/// {line}")?;
        }
        writeln!(code, "///\n/// Source: `queries/{}.sql`.\n{derives}\npub struct {type_name} {{", self.name)?;
        for param in &self.params {
            writeln!(code, "    /// `{}`\n    pub {}: {},", param.sql_type, param.name, param.rust_type()?)?;
        }
        writeln!(code, "}}\n\n/// A row of [`{type_name}`].\n{derives}\npub struct {type_name}Row {{")?;
        for column in &self.columns {
            writeln!(code, "    /// `{}`\n    pub {}: {},", column.sql_type, column.name, column.rust_type()?)?;
        }
        writeln!(code, "}}\n\nimpl TypedQuery for {type_name} {{\n    type Row = {type_name}Row;")?;
        writeln!(
            code,
            "    const NAME: &'static str = {:?};\n    const SQL: &'static str = {:?};",
            self.name, self.sql
        )?;
        let columns: Vec<_> = self.columns.iter().map(|c| (c.name.as_str(), c.base_type())).collect();
        writeln!(code, "    const COLUMNS: &'static [(&'static str, &'static str)] = &{columns:?};")?;
        writeln!(code, "    fn parameters(&self) -> Vec<Parameter> {{\n        vec![")?;
        for param in &self.params {
            writeln!(
                code,
                "            Parameter::new({:?}, {:?}, &self.{}),",
                param.name, param.sql_type, param.name
            )?;
        }
        writeln!(code, "        ]\n    }}")?;
        writeln!(
            code,
            "    fn row(cells: &mut Cells<'_>) -> Result<Self::Row, CellError> {{\n        Ok({type_name}Row {{"
        )?;
        for column in &self.columns {
            writeln!(code, "            {}: cells.next({:?})?,", column.name, column.name)?;
        }
        writeln!(code, "        }})\n    }}\n}}\n")?;
        let parameters: Vec<_> = self.params.iter().map(|p| (p.name.as_str(), p.sql_type.as_str())).collect();
        writeln!(
            code,
            "impl {type_name} {{\n    /// What the file says.\n    pub const FILE: QueryFile = QueryFile {{ name: Self::NAME, sql: Self::SQL, parameters: &{parameters:?}, columns: Self::COLUMNS }};\n}}\n"
        )?;
        Ok(())
    }
}

impl Field {
    fn parse(rest: &str) -> Result<Self, String> {
        let mut words = rest.split_whitespace();
        let name = words.next().ok_or("a name is missing")?;
        check_name(name)?;
        let sql_type = words.next().ok_or_else(|| format!("the type of `{name}` is missing"))?;
        let field =
            Self { name: name.to_owned(), sql_type: sql_type.to_owned(), nullable: words.next() == Some("NULL") };
        field.rust_type()?;
        Ok(field)
    }

    /// The type without its arguments: `DECIMAL` of `DECIMAL(18,2)`. It is compared with what the warehouse answers.
    fn base_type(&self) -> &str {
        self.sql_type.split('(').next().unwrap_or_default()
    }

    fn rust_type(&self) -> Result<String, String> {
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

fn check_name(name: &str) -> Result<(), String> {
    let fine = name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    if fine { Ok(()) } else { Err(format!("`{name}`: names are lower case with underscores, as in `trips_per_day`")) }
}

fn camel_case(name: &str) -> String {
    name.split('_')
        .map(|word| {
            word.chars()
                .next()
                .map(|c| c.to_ascii_uppercase())
                .into_iter()
                .chain(word.chars().skip(1))
                .collect::<String>()
        })
        .collect()
}
