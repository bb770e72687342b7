//! Parquet files as tables: types, compressions, and that only what is needed is read.

use crate::support::TestWorkspace;
use datafusion::arrow::array::{
    ArrayRef, Decimal128Array, Int32Array, Int64Array, ListBuilder, RecordBatch, StringArray, StringBuilder,
    StructArray, TimestampNanosecondArray, UInt16Array,
};
use datafusion::arrow::datatypes::{DataType, Field};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, GzipLevel, ZstdLevel};
use parquet::file::properties::WriterProperties;
use parquet::file::reader::{FileReader, SerializedFileReader};
use serde_json::json;
use std::fs::{File, OpenOptions};
use std::io::{Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::Arc;

/// One row group for each batch.
fn write(path: &Path, compression: Compression, batches: &[RecordBatch]) {
    let properties = WriterProperties::builder().set_compression(compression).build();
    let mut writer = ArrowWriter::try_new(File::create(path).unwrap(), batches[0].schema(), Some(properties)).unwrap();
    for batch in batches {
        writer.write(batch).unwrap();
        writer.flush().unwrap();
    }
    writer.close().unwrap();
}

fn batch(columns: Vec<(&str, ArrayRef)>) -> RecordBatch {
    RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(name, column)| (name, column, true))).unwrap()
}

fn numbers(range: std::ops::Range<i64>) -> ArrayRef {
    Arc::new(Int64Array::from_iter_values(range))
}

#[tokio::test(flavor = "multi_thread")]
async fn types_are_those_of_databricks() {
    let folder = tempfile::tempdir().unwrap();
    let mut tags = ListBuilder::new(StringBuilder::new());
    tags.append_value([Some("a"), None, Some("c")]);
    tags.append_null();
    let place = StructArray::from(vec![
        (
            Arc::new(Field::new("zip", DataType::Int32, true)),
            Arc::new(Int32Array::from(vec![Some(10_003), None])) as ArrayRef,
        ),
        (
            Arc::new(Field::new("name", DataType::Utf8, true)),
            Arc::new(StringArray::from(vec![Some("Union Square"), None])),
        ),
    ]);
    let price = Decimal128Array::from(vec![Some(1_250), None]).with_precision_and_scale(10, 2).unwrap();
    let at = TimestampNanosecondArray::from(vec![Some(1_453_543_200_123_456_789), None]).with_timezone("UTC");
    let all = batch(vec![
        ("VendorID", numbers(1..3)),
        ("price", Arc::new(price)),
        ("at", Arc::new(at)),
        ("tags", Arc::new(tags.finish())),
        ("place", Arc::new(place)),
        ("small", Arc::new(UInt16Array::from(vec![Some(65_535), None]))),
    ]);
    write(&folder.path().join("Trips.parquet"), Compression::SNAPPY, &[all]);
    let workspace = TestWorkspace::with(&["--data", folder.path().to_str().unwrap()]).await;
    let session = workspace.sign_in("carol").await;

    let answer = session.sql("SELECT * FROM local.default.trips ORDER BY VendorID").await;
    let columns = answer["manifest"]["schema"]["columns"].as_array().unwrap();
    let types: Vec<_> = columns.iter().map(|column| (column["name"].clone(), column["type_text"].clone())).collect();
    let expected = [
        ("vendorid", "BIGINT"),
        ("price", "DECIMAL(10,2)"),
        ("at", "TIMESTAMP"),
        ("tags", "ARRAY<STRING>"),
        ("place", "STRUCT<zip: INT, name: STRING>"),
        ("small", "INT"),
    ];
    assert_eq!(types, expected.map(|(name, kind)| (json!(name), json!(kind))));
    let second = answer["result"]["data_array"][1].as_array().unwrap();
    assert_eq!(second[..4], [json!("2"), json!(null), json!(null), json!(null)]);
    let sql = "SELECT VENDORID, price * 2, unix_micros(at), tags[2], array_size(tags), place.zip, place.name, small \
               FROM local.default.trips WHERE at IS NOT NULL";
    let row = json!([["1", "25.00", "1453543200123456", "c", "3", "10003", "Union Square", "65535"]]);
    assert_eq!(session.rows(sql).await, row);
    // The order of the columns is the statement's.
    let sql = "SELECT small, vendorid FROM local.default.trips WHERE price > 0";
    assert_eq!(session.rows(sql).await, json!([["65535", "1"]]));
}

#[tokio::test(flavor = "multi_thread")]
async fn usual_compressions_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let kinds = [
        ("plain", Compression::UNCOMPRESSED),
        ("snappy", Compression::SNAPPY),
        ("gzip", Compression::GZIP(GzipLevel::default())),
        ("zstd", Compression::ZSTD(ZstdLevel::default())),
        ("lz4", Compression::LZ4_RAW),
    ];
    for (name, compression) in kinds {
        let batches = [batch(vec![("n", numbers(0..5_000))]), batch(vec![("n", numbers(5_000..10_000))])];
        write(&folder.path().join(format!("{name}.parquet")), compression, &batches);
    }
    let workspace = TestWorkspace::with(&["--data", folder.path().to_str().unwrap()]).await;
    let session = workspace.sign_in("bob").await;
    for (name, _) in kinds {
        let sql = format!("SELECT sum(n), count(*), max(n) FROM local.default.{name}");
        assert_eq!(session.rows(&sql).await, json!([["49995000", "10000", "9999"]]), "{name}");
        assert_eq!(session.rows(&format!("SELECT count(*) FROM local.default.{name}")).await, json!([["10000"]]));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_columns_and_row_groups_that_a_statement_needs_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("damaged.parquet");
    let group = || batch(vec![("good", numbers(0..10_000)), ("bad", numbers(0..10_000)), ("late", numbers(0..10_000))]);
    write(&path, Compression::UNCOMPRESSED, &[group(), group()]);
    // Overwritten: all of `bad`, and `late` in the second row group.
    let metadata = SerializedFileReader::new(File::open(&path).unwrap()).unwrap().metadata().clone();
    let mut file = OpenOptions::new().write(true).open(&path).unwrap();
    for (group, column) in [(0, 1), (1, 1), (1, 2)] {
        let (begin, length) = metadata.row_group(group).column(column).byte_range();
        file.seek(SeekFrom::Start(begin)).unwrap();
        file.write_all(&vec![0xff; usize::try_from(length).unwrap()]).unwrap();
    }
    drop(file);
    let workspace = TestWorkspace::with(&["--data", folder.path().to_str().unwrap()]).await;
    let session = workspace.sign_in("ada").await;
    assert_eq!(session.rows("SELECT count(good) FROM local.default.damaged").await, json!([["20000"]]));
    let first = session.rows("SELECT late FROM local.default.damaged LIMIT 2").await;
    assert_eq!(first, json!([["0"], ["1"]]));
    session.failure("SELECT count(bad) FROM local.default.damaged").await;
    session.failure("SELECT count(late) FROM local.default.damaged").await;

    // A file that took its place since the start, with other columns.
    write(&path, Compression::UNCOMPRESSED, &[batch(vec![("other", numbers(0..1))])]);
    let message = session.failure("SELECT count(late) FROM local.default.damaged").await;
    assert!(message.contains("start the local workspace again"), "{message}");
}
