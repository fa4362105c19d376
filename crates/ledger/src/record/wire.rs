//! Numbers and bytes of the stored form: LEB128 for unsigned numbers, zigzag before it for signed ones, a length before
//! each text. Reading never trusts a length.

use super::codec::RecordError;

/// Appends to a buffer.
#[derive(Default)]
pub(super) struct Put(pub(super) Vec<u8>);

impl Put {
    pub(super) fn byte(&mut self, byte: u8) {
        self.0.push(byte);
    }

    pub(super) fn unsigned(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.0.push(u8::try_from(value & 0x7f).unwrap_or(0) | 0x80);
            value >>= 7;
        }
        self.0.push(u8::try_from(value).unwrap_or(0));
    }

    pub(super) fn count(&mut self, value: usize) {
        self.unsigned(value as u64);
    }

    pub(super) fn signed(&mut self, value: i64) {
        self.unsigned((value.cast_unsigned() << 1) ^ (value >> 63).cast_unsigned());
    }

    pub(super) fn optional(&mut self, value: Option<i64>) {
        match value {
            None => self.byte(0),
            Some(value) => {
                self.byte(1);
                self.signed(value);
            }
        }
    }

    pub(super) fn fixed(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    pub(super) fn bytes(&mut self, bytes: &[u8]) {
        self.count(bytes.len());
        self.fixed(bytes);
    }
}

/// Takes from the front of a buffer.
pub(super) struct Take<'bytes> {
    bytes: &'bytes [u8],
    at: usize,
}

impl<'bytes> Take<'bytes> {
    pub(super) const fn new(bytes: &'bytes [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// The error that says what was expected here.
    pub(super) const fn error(&self, expected: &'static str) -> RecordError {
        RecordError { expected, at: self.at }
    }

    pub(super) fn slice(&mut self, length: usize, expected: &'static str) -> Result<&'bytes [u8], RecordError> {
        let end = self.at.checked_add(length).ok_or_else(|| self.error(expected))?;
        let found = self.bytes.get(self.at..end).ok_or_else(|| self.error(expected))?;
        self.at = end;
        Ok(found)
    }

    pub(super) fn byte(&mut self, expected: &'static str) -> Result<u8, RecordError> {
        Ok(self.slice(1, expected)?[0])
    }

    pub(super) fn unsigned(&mut self, expected: &'static str) -> Result<u64, RecordError> {
        let mut value = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte(expected)?;
            let bits = u64::from(byte & 0x7f);
            value |= bits << shift;
            if byte & 0x80 == 0 {
                // A number has one form: no bits that are lost, no empty last byte.
                let is_shortest = bits << shift >> shift == bits && (bits != 0 || shift == 0);
                return if is_shortest { Ok(value) } else { Err(self.error(expected)) };
            }
        }
        Err(self.error(expected))
    }

    /// A byte that is 0 or 1.
    pub(super) fn flag(&mut self, expected: &'static str) -> Result<bool, RecordError> {
        match self.byte(expected)? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(self.error(expected)),
        }
    }

    /// A number of things that is at most `max`.
    pub(super) fn count(&mut self, max: usize, expected: &'static str) -> Result<usize, RecordError> {
        let found = self.unsigned(expected)?;
        usize::try_from(found).ok().filter(|&count| count <= max).ok_or_else(|| self.error(expected))
    }

    pub(super) fn signed(&mut self, expected: &'static str) -> Result<i64, RecordError> {
        let value = self.unsigned(expected)?;
        Ok((value >> 1).cast_signed() ^ -(value & 1).cast_signed())
    }

    pub(super) fn optional(&mut self, expected: &'static str) -> Result<Option<i64>, RecordError> {
        if self.flag(expected)? { self.signed(expected).map(Some) } else { Ok(None) }
    }

    pub(super) fn fixed<const N: usize>(&mut self, expected: &'static str) -> Result<[u8; N], RecordError> {
        let mut bytes = [0; N];
        bytes.copy_from_slice(self.slice(N, expected)?);
        Ok(bytes)
    }

    pub(super) fn bytes(&mut self, max: usize, expected: &'static str) -> Result<&'bytes [u8], RecordError> {
        let length = self.count(max, expected)?;
        self.slice(length, expected)
    }

    pub(super) fn text(&mut self, max: usize, expected: &'static str) -> Result<&'bytes str, RecordError> {
        let bytes = self.bytes(max, expected)?;
        std::str::from_utf8(bytes).map_err(|_| self.error(expected))
    }

    /// Nothing may be left.
    pub(super) fn finish(self) -> Result<(), RecordError> {
        if self.at == self.bytes.len() { Ok(()) } else { Err(self.error("the end of the record")) }
    }
}
