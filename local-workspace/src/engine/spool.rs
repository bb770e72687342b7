//! Where a result waits to be fetched: small ones in memory, larger ones in a file without a name, which the operating
//! system removes with the last handle, even when the program is killed. `TMPDIR` says where.

use std::fs::File;
use std::io;
use std::ops::Range;
use std::os::unix::fs::FileExt;

/// Up to here a file is not worth it.
const IN_MEMORY: usize = 256 * 1024;

#[derive(Default)]
pub(super) struct Spool {
    memory: Vec<u8>,
    /// Once there, it holds everything and `memory` is empty.
    file: Option<File>,
    length: u64,
}

impl Spool {
    /// Where the bytes can be read again.
    pub(super) fn append(&mut self, bytes: &[u8]) -> io::Result<Range<u64>> {
        if self.file.is_none() && self.memory.len() + bytes.len() > IN_MEMORY {
            let file = tempfile::tempfile()?;
            file.write_all_at(&self.memory, 0)?;
            self.memory = Vec::new();
            self.file = Some(file);
        }
        match &self.file {
            Some(file) => file.write_all_at(bytes, self.length)?,
            None => self.memory.extend_from_slice(bytes),
        }
        let begin = self.length;
        self.length += bytes.len() as u64;
        Ok(begin..self.length)
    }

    pub(super) fn read(&self, place: &Range<u64>) -> io::Result<Vec<u8>> {
        let size = |number: u64| usize::try_from(number).map_err(io::Error::other);
        if let Some(file) = &self.file {
            let mut bytes = vec![0; size(place.end - place.start)?];
            file.read_exact_at(&mut bytes, place.start)?;
            return Ok(bytes);
        }
        let range = size(place.start)?..size(place.end)?;
        self.memory.get(range).map(<[u8]>::to_vec).ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_appended_is_read_back_from_memory_and_from_the_file() {
        let mut spool = Spool::default();
        let small = spool.append(b"small").unwrap();
        assert!(spool.file.is_none());
        assert_eq!(spool.read(&small).unwrap(), b"small");
        let large = vec![7; IN_MEMORY];
        let place = spool.append(&large).unwrap();
        let last = spool.append(b"last").unwrap();
        assert!(spool.file.is_some() && spool.memory.is_empty());
        assert_eq!(spool.read(&small).unwrap(), b"small");
        assert_eq!(spool.read(&place).unwrap(), large);
        assert_eq!(spool.read(&last).unwrap(), b"last");
    }
}
