//! CREATE, INSERT and DROP in the scratch catalog.

use super::parse::{CreateTable, CreateView};
use super::reader::Written;
use super::{Run, nothing, table};
use crate::engine::access::{Action, Description};
use crate::engine::collect::size;
use crate::engine::error::{Missing, SqlError};
use crate::engine::rows::Rows;
use crate::engine::scratch::{LIMIT, SCRATCH};
use datafusion::arrow::array::{ArrayRef, Int64Array, RecordBatch};
use datafusion::arrow::datatypes::{DataType, Field, SchemaRef};
use datafusion::sql::parser::Statement as DfStatement;
use datafusion::sql::sqlparser::ast::{Query as Tree, Statement};
use futures::StreamExt;
use std::sync::Arc;

impl Run<'_> {
    pub(super) fn create_schema(
        &self,
        name: Written,
        if_not_exists: bool,
        comment: Option<String>,
    ) -> Result<Rows, SqlError> {
        let name = self.names.schema(name)?;
        let [catalog, schema] = &name;
        self.writable(&name)?;
        self.query.access.allows(Action::CreateSchema, std::slice::from_ref(catalog))?;
        if self.engine.scratch().exists(&name) {
            return if if_not_exists { Ok(nothing()) } else { Err(SqlError::already_exists(&name)) };
        }
        self.engine.scratch().create_schema(schema)?;
        self.query.access.created(&name, Description { comment, ..Description::default() });
        Ok(nothing())
    }

    pub(super) fn drop_schema(&self, name: Written, if_exists: bool, cascade: bool) -> Result<Rows, SqlError> {
        let name = self.names.schema(name)?;
        self.writable(&name)?;
        if !self.engine.scratch().exists(&name) {
            return if if_exists { Ok(nothing()) } else { Err(SqlError::no_such(Missing::Schema, &name)) };
        }
        self.query.access.allows(Action::Drop, &name)?;
        self.engine.scratch().drop_schema(&name, cascade)?;
        self.query.access.dropped(&name);
        Ok(nothing())
    }

    pub(super) async fn create_table(&self, new: CreateTable) -> Result<Rows, SqlError> {
        let name = self.names.table(new.name)?;
        if self.is_there_already(&name, new.if_not_exists, new.or_replace)? {
            return Ok(nothing());
        }
        let (schema, batches) = match new.query {
            Some(query) => self.compute(query).await?,
            None => {
                let column = |column: &super::parse::NewColumn| {
                    format!("CAST(NULL AS {}) AS `{}`", column.kind, column.name.replace('`', "``"))
                };
                let columns: Vec<String> = new.columns.iter().map(column).collect();
                self.engine.schema_of(&self.session, &format!("SELECT {}", columns.join(", "))).await?
            }
        };
        self.engine.scratch().put(&name, &schema, &batches)?;
        let comments = new.columns.into_iter().filter_map(|column| Some((column.name, column.comment?)));
        let column_comments = comments.collect();
        self.query
            .access
            .created(&name, Description { comment: new.comment, column_comments, ..Description::default() });
        Ok(nothing())
    }

    pub(super) async fn create_view(&self, new: CreateView) -> Result<Rows, SqlError> {
        let name = self.names.table(new.name)?;
        if self.is_there_already(&name, new.if_not_exists, new.or_replace)? {
            return Ok(nothing());
        }
        let text = new.query.to_string();
        // The tables in the plan are those that its maker may read, so the view reads with the maker's rights.
        let plan = self.engine.plan(&self.session, statement(new.query), self.query).await?;
        self.engine.scratch().put_view(&name, plan, text.clone())?;
        let description = Description { comment: new.comment, view: Some(text), ..Description::default() };
        self.query.access.created(&name, description);
        Ok(nothing())
    }

    pub(super) async fn insert(
        &self,
        table: Written,
        columns: &[String],
        query: Box<Tree>,
        overwrite: bool,
    ) -> Result<Rows, SqlError> {
        let name = self.names.table(table)?;
        self.existing(&name)?;
        self.writable(&name)?;
        self.query.access.allows(Action::Insert, &name)?;
        let (schema, batches) = self.compute(query).await?;
        let rows = self.engine.scratch().append(&name, columns, (&schema, &batches), overwrite)?;
        affected(rows)
    }

    pub(super) fn drop_table(&self, kind: &str, name: Written, if_exists: bool) -> Result<Rows, SqlError> {
        let name = self.names.table(name)?;
        if let Err(missing) = self.existing(&name) {
            return if if_exists { Ok(nothing()) } else { Err(missing) };
        }
        self.writable(&name)?;
        self.query.access.allows(Action::Drop, &name)?;
        let is_view = self.engine.scratch().is_view(&name);
        if is_view != (kind == "VIEW") {
            return Err(SqlError::expected_kind(&name, is_view));
        }
        self.engine.scratch().drop_table(&name)?;
        self.query.access.dropped(&name);
        Ok(nothing())
    }

    /// Checks that the person may make something of this name. True: it exists, and that is fine.
    fn is_there_already(&self, name: &[String; 3], if_not_exists: bool, or_replace: bool) -> Result<bool, SqlError> {
        let [catalog, schema, _] = name;
        let place = [catalog.clone(), schema.clone()];
        self.writable(&place)?;
        self.existing(&place)?;
        self.query.access.allows(Action::CreateTable, &place)?;
        match self.engine.scratch().exists(name) {
            false => Ok(false),
            true if if_not_exists => Ok(true),
            true if or_replace => self.query.access.allows(Action::Drop, name).map(|()| false),
            true => Err(SqlError::already_exists(name)),
        }
    }

    fn writable(&self, name: &[String]) -> Result<(), SqlError> {
        match name.first() {
            Some(catalog) if catalog == SCRATCH => Ok(()),
            Some(catalog) => {
                self.existing(std::slice::from_ref(catalog))?;
                Err(SqlError::read_only(catalog))
            }
            None => Err(SqlError::no_such(Missing::Catalog, name)),
        }
    }

    async fn compute(&self, query: Box<Tree>) -> Result<(SchemaRef, Vec<RecordBatch>), SqlError> {
        let plan = self.engine.plan(&self.session, statement(query), self.query).await?;
        let mut stream = self.engine.execute(&self.session, plan, self.query).await?;
        let (mut batches, mut bytes) = (Vec::new(), 0);
        while let Some(batch) = stream.next().await {
            let batch = batch.map_err(|error| SqlError::from_datafusion(error, &self.query.sql))?;
            bytes += size(&batch);
            if bytes > LIMIT {
                return Err(SqlError::scratch_is_full(LIMIT));
            }
            if batch.num_rows() > 0 {
                batches.push(batch);
            }
        }
        Ok((stream.schema(), batches))
    }
}

fn statement(query: Box<Tree>) -> DfStatement {
    DfStatement::Statement(Box::new(Statement::Query(query)))
}

fn affected(rows: usize) -> Result<Rows, SqlError> {
    let names = ["num_affected_rows", "num_inserted_rows"];
    let count: ArrayRef = Arc::new(Int64Array::from(vec![i64::try_from(rows).ok()]));
    table(names.map(|name| Field::new(name, DataType::Int64, true)).into(), vec![count.clone(), count])
}
