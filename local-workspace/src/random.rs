//! Random text for ids, codes and secrets, from the operating system's generator by way of aws-lc.

use aws_lc_rs::error::Unspecified;
use aws_lc_rs::rand;

/// `bytes` random bytes as lower-case hex.
pub fn hex(bytes: usize) -> Result<String, Unspecified> {
    let mut buffer = vec![0_u8; bytes];
    rand::fill(&mut buffer)?;
    Ok(to_hex(&buffer))
}

/// Lower-case hex of any bytes.
pub fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
