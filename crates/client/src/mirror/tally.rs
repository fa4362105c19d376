//! A sum over the records that may be rewritten, kept in the head: that all of them are of the same moment.
//!
//! A sealed record tells that it is genuine and where it belongs, not that it is the newest one: who can write to the device's disk can put an older
//! balance back. So the head counts the documents, the block that is being filled and the hot block together. A full block is never rewritten, and its
//! key bears the moment at which the copy began, so an older one of the same place does not fit.
//!
//! A mark is 128 bits of SHA-256 over key and bytes; the sum is modulo 2^128. It lies sealed in the head, and so do the bytes that it is made of:
//! who has neither cannot look for older records with the same sum.

use sha2::{Digest, Sha256};

/// The mark of a record.
fn mark(key: &str, packed: &[u8]) -> u128 {
    let mut hash = Sha256::new();
    hash.update((key.len() as u64).to_le_bytes());
    hash.update(key.as_bytes());
    hash.update(packed);
    let digest: [u8; 32] = hash.finalize().into();
    let (low, _) = digest.split_at(16);
    low.iter().rev().fold(0, |sum, byte| sum << 8 | u128::from(*byte))
}

/// The records that count, and their sum.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    /// In the order of their keys. Not a map: another kind of one is some kilobytes of the first load.
    marks: Vec<(String, u128)>,
    sum: u128,
}

impl Tally {
    /// The sum.
    pub(crate) fn sum(&self) -> u128 {
        self.sum
    }

    /// The record at `key` is `packed` from now on.
    pub(crate) fn put(&mut self, key: &str, packed: &[u8]) {
        self.remove(key);
        let mark = mark(key, packed);
        self.sum = self.sum.wrapping_add(mark);
        let place = self.place(key).unwrap_or_else(|place| place);
        self.marks.insert(place, (key.to_owned(), mark));
    }

    /// The record at `key` does not count any more.
    pub(crate) fn remove(&mut self, key: &str) {
        if let Ok(place) = self.place(key) {
            self.sum = self.sum.wrapping_sub(self.marks.remove(place).1);
        }
    }

    /// Where the mark of `key` is, or would be.
    fn place(&self, key: &str) -> Result<usize, usize> {
        self.marks.binary_search_by(|(known, _)| known.as_str().cmp(key))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sum_is_of_what_is_there_and_not_of_how_it_came() {
        let mut one = Tally::default();
        one.put("CNY", b"100");
        one.put("hot", b"rows");
        one.put("CNY", b"80");
        one.put("ord_1", b"open");
        one.remove("ord_1");
        let mut other = Tally::default();
        other.put("hot", b"rows");
        other.put("CNY", b"80");
        assert_eq!(one, other);
        other.put("CNY", b"100");
        assert_ne!(one.sum(), other.sum());
        other.remove("CNY");
        other.remove("hot");
        assert_eq!(other.sum(), 0);
    }
}
