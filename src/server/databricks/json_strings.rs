//! Where the strings of a JSON text are, while its bytes arrive.

/// Tells structure from what is quoted, a byte at a time.
#[derive(Default)]
pub struct JsonStrings {
    within: bool,
    escaped: bool,
}

impl JsonStrings {
    /// Whether this byte, the next one, is structure (or blank), not a part of a string. A string's quotes are a part of it.
    pub fn is_structure(&mut self, byte: u8) -> bool {
        if self.within {
            self.within = byte != b'"' || self.escaped;
            self.escaped = byte == b'\\' && !self.escaped;
            return false;
        }
        self.within = byte == b'"';
        !self.within
    }

    /// The text so far ends in the middle of a string.
    pub fn is_open(&self) -> bool {
        self.within
    }
}
