//! The cache of generated tables: one Arrow file each, written beside and renamed, so that a file is whole or absent.
//! The cache is a convenience. When it cannot be read the table is made anew, when it cannot be written we go on.

use super::table::SampleTable;
use crate::random;
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::error::ArrowError;
use datafusion::arrow::ipc::reader::FileReader;
use datafusion::arrow::ipc::writer::FileWriter;
use std::env;
use std::fs::{self, File};
use std::io::{BufReader, BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};

/// A change of the generators needs a new name here.
const VERSION: &str = "data-v1";

/// `${XDG_CACHE_HOME:-$HOME/.cache}/lakefront/data-v1`; `None` where neither variable is set.
pub fn default_dir() -> Option<PathBuf> {
    let set = |name: &str| env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let base = set("XDG_CACHE_HOME").or_else(|| set("HOME").map(|home| home.join(".cache")))?;
    Some(base.join("lakefront").join(VERSION))
}

pub(super) fn load_or_make(directory: &Path, table: &SampleTable, scale: f64) -> Result<Vec<RecordBatch>, ArrowError> {
    let path = directory.join(table.file_name(scale));
    match read(&path) {
        Ok(batches) if table.may_have(batches.iter().map(RecordBatch::num_rows).sum(), scale) => return Ok(batches),
        Ok(_) => tracing::warn!(path = %path.display(), "cached table has a wrong number of rows, making it anew"),
        Err(ArrowError::IoError(_, error)) if error.kind() == ErrorKind::NotFound => {
            tracing::info!(table = table.name, "making a sample table, once");
        }
        Err(error) => tracing::warn!(path = %path.display(), %error, "cached table is broken, making it anew"),
    }
    let batches = (table.make)(scale)?;
    if let Err(error) = write(&path, &batches) {
        tracing::warn!(path = %path.display(), %error, "the table could not be cached");
    }
    Ok(batches)
}

fn read(path: &Path) -> Result<Vec<RecordBatch>, ArrowError> {
    FileReader::try_new(BufReader::new(File::open(path)?), None)?.collect()
}

/// Several programs may do this at once: each has its own temporary file, and the last rename wins.
fn write(path: &Path, batches: &[RecordBatch]) -> Result<(), ArrowError> {
    let Some(first) = batches.first() else { return Ok(()) };
    if let Some(directory) = path.parent() {
        fs::create_dir_all(directory)?;
    }
    let suffix = random::hex(8).map_err(|error| ArrowError::ExternalError(error.into()))?;
    let temporary = path.with_extension(format!("{suffix}.tmp"));
    let written = write_file(&temporary, &first.schema(), batches).and_then(|()| Ok(fs::rename(&temporary, path)?));
    if written.is_err() {
        // It may not even exist; the error that matters is the first one.
        let _ = fs::remove_file(&temporary);
    }
    written
}

fn write_file(
    path: &Path,
    schema: &datafusion::arrow::datatypes::Schema,
    batches: &[RecordBatch],
) -> Result<(), ArrowError> {
    let mut writer = FileWriter::try_new(BufWriter::new(File::create(path)?), schema)?;
    for batch in batches {
        writer.write(batch)?;
    }
    writer.finish()?;
    writer.into_inner()?.flush()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use datafusion::arrow::array::{ArrayRef, Int32Array};
    use std::sync::Arc;

    const TABLE: SampleTable = SampleTable { schema: "s", name: "t", rows: 3, scales: true, make };

    fn make(_: f64) -> Result<Vec<RecordBatch>, ArrowError> {
        let numbers: ArrayRef = Arc::new(Int32Array::from(vec![1, 2, 3]));
        Ok(vec![RecordBatch::try_from_iter([("n", numbers)])?])
    }

    #[test]
    fn a_broken_file_is_made_anew() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("deeper/s.t.arrow");
        let load = || load_or_make(file.parent().unwrap(), &TABLE, 0.01).unwrap();
        assert_eq!(load(), make(0.01).unwrap());
        let whole = fs::read(&file).unwrap();
        for broken in [&b"nonsense"[..], &whole[..whole.len() / 2], b""] {
            fs::write(&file, broken).unwrap();
            assert_eq!(load(), make(0.01).unwrap());
            assert_eq!(fs::read(&file).unwrap(), whole);
        }
        assert_eq!(fs::read_dir(file.parent().unwrap()).unwrap().count(), 1, "no temporary file is left");
    }
}
