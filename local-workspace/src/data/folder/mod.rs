//! A folder of files as the catalog `local`: `FOLDER/trips.csv` is `local.FOLDER.trips`. Names are in lower case. Files
//! are read anew by each statement, row by row, so their size does not matter; their columns are found once, here.

mod columns;
mod file;
mod table;

use datafusion::catalog::{CatalogProvider, MemoryCatalogProvider, MemorySchemaProvider, SchemaProvider};
use datafusion::common::DataFusionError;
use file::{DataFile, Format};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use table::FileTable;

/// The schema of files that lie in the folder itself.
const TOP: &str = "default";

#[derive(Debug, thiserror::Error)]
pub enum MountError {
    #[error("--data {0}: this folder cannot be read: {1}")]
    Folder(PathBuf, std::io::Error),
    #[error(
        "--data: {0} cannot be read: {1}. CSV needs a header line, JSON one object a line; move the file elsewhere or \
         give it another ending to leave it out"
    )]
    File(PathBuf, String),
    #[error("--data: {0} would be a second table {1}; rename one of the files")]
    Twice(PathBuf, String),
    #[error(transparent)]
    Catalog(#[from] DataFusionError),
}

/// # Errors
/// A folder or file that cannot be read, or two files of one name.
pub fn mount(directory: &Path) -> Result<Arc<dyn CatalogProvider>, MountError> {
    let catalog = MemoryCatalogProvider::new();
    add(&catalog, TOP, directory)?;
    for folder in entries(directory)?.into_iter().filter(|path| path.is_dir()) {
        add(&catalog, &name_of(&folder), &folder)?;
    }
    Ok(Arc::new(catalog))
}

fn add(catalog: &MemoryCatalogProvider, name: &str, directory: &Path) -> Result<(), MountError> {
    for path in entries(directory)?.into_iter().filter(|path| path.is_file()) {
        let Some(format) = Format::of(&path) else {
            tracing::info!(path = %path.display(), "not mounted: neither .csv, .json, .jsonl, .ndjson, .arrow nor .parquet");
            continue;
        };
        let schema = match catalog.schema(name) {
            Some(schema) => schema,
            None => {
                let schema: Arc<dyn SchemaProvider> = Arc::new(MemorySchemaProvider::new());
                catalog.register_schema(name, schema.clone())?;
                schema
            }
        };
        let table = name_of(&path);
        if schema.table_exist(&table) {
            return Err(MountError::Twice(path, format!("local.{name}.{table}")));
        }
        let file = DataFile::new(&path, format).map_err(|error| MountError::File(path, error.to_string()))?;
        schema.register_table(table, Arc::new(FileTable::new(file)))?;
    }
    Ok(())
}

/// In the order of their names; hidden ones are left out.
fn entries(directory: &Path) -> Result<Vec<PathBuf>, MountError> {
    let failed = |error| MountError::Folder(directory.to_owned(), error);
    let found: Result<Vec<PathBuf>, _> =
        fs::read_dir(directory).map_err(failed)?.map(|entry| entry.map(|entry| entry.path())).collect();
    let mut found = found.map_err(failed)?;
    found.retain(|path| !path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.')));
    found.sort_unstable();
    Ok(found)
}

/// The name without its ending.
fn name_of(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().to_lowercase()
}
