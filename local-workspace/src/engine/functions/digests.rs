//! Digests as hexadecimal text: `md5`, `sha`, `sha1`, `sha2`.

use super::shim::{bytes, integers, shim};
use aws_lc_rs::digest::{Algorithm, SHA1_FOR_LEGACY_USE_ONLY, SHA224, SHA256, SHA384, SHA512, digest};
use datafusion::arrow::array::{ArrayRef, StringArray};
use datafusion::arrow::datatypes::DataType;
use datafusion::common::Result;
use datafusion::logical_expr::ScalarUDF;
use md5::{Digest, Md5};
use std::fmt::Write;
use std::sync::Arc;

pub(super) fn functions() -> Vec<ScalarUDF> {
    vec![
        shim("md5", &[1], DataType::Utf8, md5),
        shim("sha", &[1], DataType::Utf8, sha1),
        shim("sha1", &[1], DataType::Utf8, sha1),
        shim("sha2", &[2], DataType::Utf8, sha2),
    ]
}

fn md5(arguments: &[ArrayRef]) -> Result<ArrayRef> {
    let values = bytes(arguments, 0)?;
    let digests = values.iter().map(|value| value.map(|value| hex(&Md5::digest(value))));
    Ok(Arc::new(digests.collect::<StringArray>()))
}

fn sha1(arguments: &[ArrayRef]) -> Result<ArrayRef> {
    let values = bytes(arguments, 0)?;
    let digests = values.iter().map(|value| value.map(|value| of(&SHA1_FOR_LEGACY_USE_ONLY, value)));
    Ok(Arc::new(digests.collect::<StringArray>()))
}

/// The second argument is the length in bits; 0 is 256, and for a length that there is not the answer is NULL.
fn sha2(arguments: &[ArrayRef]) -> Result<ArrayRef> {
    let (values, lengths) = (bytes(arguments, 0)?, integers(arguments, 1)?);
    let digests = values.iter().zip(lengths.iter()).map(|(value, bits)| Some(of(algorithm(bits?)?, value?)));
    Ok(Arc::new(digests.collect::<StringArray>()))
}

fn algorithm(bits: i64) -> Option<&'static Algorithm> {
    match bits {
        224 => Some(&SHA224),
        0 | 256 => Some(&SHA256),
        384 => Some(&SHA384),
        512 => Some(&SHA512),
        _ => None,
    }
}

fn of(algorithm: &'static Algorithm, value: &[u8]) -> String {
    hex(digest(algorithm, value).as_ref())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        // Writing into a text does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
