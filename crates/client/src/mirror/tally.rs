//! A sum over the records that may be rewritten, kept in the head: that all of them are of the same moment.
//!
//! A sealed record tells that it is genuine and where it belongs, not that it is the newest one: who can write to the device's disk can put an older
//! balance back. So the head counts the documents, the block that is being filled and the hot block together. A full block is never rewritten, and its
//! key bears the moment at which the copy began, so an older one of the same place does not fit.
//!
//! A mark is 128 bits of key and bytes, mixed so that each of their bits changes half of it; the sum is modulo 2^128. It need not be a digest that
//! stands up to somebody who knows what it is made of: the sum lies sealed in the head, and so do the bytes. Who has neither cannot look for older records
//! with the same sum, and to meet it by chance takes 2^128 tries. (SHA-256 was 3 kB of the first load.)

/// The mark of a record: its length, key and bytes go through two lanes of 64 bits.
fn mark(key: &str, packed: &[u8]) -> u128 {
    let mut lanes = [key.len() as u64, packed.len() as u64];
    for bytes in [key.as_bytes(), packed] {
        for part in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..part.len()].copy_from_slice(part);
            let word = u64::from_le_bytes(word);
            lanes = [mixed(lanes[0] ^ word), mixed(lanes[1].rotate_left(32).wrapping_add(word))];
        }
    }
    u128::from(mixed(lanes[0])) << 64 | u128::from(mixed(lanes[1] ^ lanes[0]))
}

/// Every number becomes another one, and a change of one bit changes half of them (`SplitMix64`, Steele, Lea and Flood 2014).
fn mixed(number: u64) -> u64 {
    let number = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
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
    fn each_bit_of_a_record_changes_about_half_of_its_mark() {
        let packed: Vec<u8> = (0..40).collect();
        let before = mark("CNY", &packed);
        for bit in 0..packed.len() * 8 {
            let mut other = packed.clone();
            other[bit / 8] ^= 1 << (bit % 8);
            let changed = (mark("CNY", &other) ^ before).count_ones();
            assert!((30..=98).contains(&changed), "bit {bit} changes {changed} of 128");
        }
        assert_ne!(mark("CNY", b"1"), mark("CNY1", b""), "where the key ends counts");
        assert_ne!(mark("CNY", b"1"), mark("CNY", b"1\0"), "and how long the bytes are");
    }

    #[test]
    fn two_balances_that_change_places_are_noticed() {
        let sum = |ming: &[u8], lan: &[u8]| {
            let mut tally = Tally::default();
            tally.put("CNY", ming);
            tally.put("USD", lan);
            tally.sum()
        };
        assert_ne!(sum(b"100", b"080"), sum(b"080", b"100"));
    }

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
