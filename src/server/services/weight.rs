//! How much memory kept answers take.

use crate::{
    model::{
        catalog::{CatalogEntry, CatalogFolder, FoundTable, FoundTables, TableColumn, TableDetails},
        statement::{ResultColumn, ResultShape},
    },
    server::databricks::StatementId,
};

pub trait Weighs {
    /// In bytes, about.
    fn weight(&self) -> usize;
}

impl Weighs for String {
    fn weight(&self) -> usize {
        size_of::<Self>() + self.len()
    }
}

impl Weighs for () {
    fn weight(&self) -> usize {
        0
    }
}

impl<T: Weighs> Weighs for Vec<T> {
    fn weight(&self) -> usize {
        size_of::<Self>() + self.iter().map(Weighs::weight).sum::<usize>()
    }
}

impl<T: Weighs> Weighs for Option<T> {
    fn weight(&self) -> usize {
        self.as_ref().map_or(0, Weighs::weight)
    }
}

impl Weighs for CatalogEntry {
    fn weight(&self) -> usize {
        [&self.name, &self.comment, &self.owner, &self.kind].into_iter().map(Weighs::weight).sum()
    }
}

impl Weighs for CatalogFolder {
    fn weight(&self) -> usize {
        self.about.weight() + self.entries.weight()
    }
}

impl Weighs for FoundTable {
    fn weight(&self) -> usize {
        self.path.weight() + self.entry.weight()
    }
}

impl Weighs for FoundTables {
    fn weight(&self) -> usize {
        self.tables.weight()
    }
}

impl Weighs for TableColumn {
    fn weight(&self) -> usize {
        [&self.name, &self.sql_type, &self.comment].into_iter().map(Weighs::weight).sum()
    }
}

impl Weighs for TableDetails {
    fn weight(&self) -> usize {
        self.entry.weight() + self.columns.weight()
    }
}

impl Weighs for ResultColumn {
    fn weight(&self) -> usize {
        self.name.weight() + self.sql_type.weight()
    }
}

impl Weighs for ResultShape {
    fn weight(&self) -> usize {
        self.columns.weight() + self.chunks.len() * size_of::<u64>()
    }
}

impl Weighs for StatementId {
    fn weight(&self) -> usize {
        self.as_str().len()
    }
}
