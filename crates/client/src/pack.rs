//! Packed bytes: what records on the device are made of.
//!
//! Numbers are LEB128 varints (signed ones zigzag first), texts and byte strings are length and bytes, ids are their 16
//! bytes. Nothing describes itself: writer and reader name the same things in the same order, and the record's format
//! byte (`storage::format`) says which order that is.

use qianbao_core::id::{Id, Kind};
use qianbao_core::{Currency, Money, Timestamp};
use uuid::Uuid;

/// Writes.
#[derive(Default)]
pub(crate) struct Packer {
    bytes: Vec<u8>,
}

impl Packer {
    pub(crate) fn done(self) -> Vec<u8> {
        self.bytes
    }

    pub(crate) fn byte(&mut self, byte: u8) {
        self.bytes.push(byte);
    }

    pub(crate) fn number(&mut self, mut number: u64) {
        loop {
            let low = u8::try_from(number & 0x7f).unwrap_or(0);
            number >>= 7;
            if number == 0 {
                return self.bytes.push(low);
            }
            self.bytes.push(low | 0x80);
        }
    }

    pub(crate) fn count(&mut self, count: usize) {
        self.number(count as u64);
    }

    pub(crate) fn signed(&mut self, number: i64) {
        self.number(((number << 1) ^ (number >> 63)).cast_unsigned());
    }

    pub(crate) fn bytes(&mut self, bytes: &[u8]) {
        self.count(bytes.len());
        self.bytes.extend_from_slice(bytes);
    }

    pub(crate) fn text(&mut self, text: &str) {
        self.bytes(text.as_bytes());
    }

    pub(crate) fn id<K: Kind>(&mut self, id: Id<K>) {
        self.bytes.extend_from_slice(id.uuid().as_bytes());
    }

    pub(crate) fn money(&mut self, money: Money) {
        self.signed(money.minor);
        self.number(u64::from(money.currency.numeric()));
    }

    pub(crate) fn moment(&mut self, moment: Timestamp) {
        self.signed(moment.0);
    }
}

/// Reads; every method answers nothing where the bytes end or make no sense.
pub(crate) struct Unpacker<'a> {
    rest: &'a [u8],
}

impl<'a> Unpacker<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// Whether everything was read.
    pub(crate) fn is_done(&self) -> bool {
        self.rest.is_empty()
    }

    pub(crate) fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(*first)
    }

    pub(crate) fn number(&mut self) -> Option<u64> {
        let mut number = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            let low = u64::from(byte & 0x7f);
            if shift == 63 && low > 1 {
                return None;
            }
            number |= low << shift;
            if byte & 0x80 == 0 {
                return Some(number);
            }
        }
        None
    }

    pub(crate) fn count(&mut self) -> Option<usize> {
        usize::try_from(self.number()?).ok()
    }

    pub(crate) fn signed(&mut self) -> Option<i64> {
        let number = self.number()?;
        Some((number >> 1).cast_signed() ^ -(number & 1).cast_signed())
    }

    pub(crate) fn bytes(&mut self) -> Option<&'a [u8]> {
        let count = self.count()?;
        self.take(count)
    }

    pub(crate) fn text(&mut self) -> Option<String> {
        Some(std::str::from_utf8(self.bytes()?).ok()?.to_owned())
    }

    pub(crate) fn id<K: Kind>(&mut self) -> Option<Id<K>> {
        Some(Id::from_uuid(Uuid::from_slice(self.take(16)?).ok()?))
    }

    pub(crate) fn money(&mut self) -> Option<Money> {
        let minor = self.signed()?;
        let numeric = u16::try_from(self.number()?).ok()?;
        Some(Money::new(minor, Currency::from_numeric(numeric)?))
    }

    pub(crate) fn moment(&mut self) -> Option<Timestamp> {
        self.signed().map(Timestamp)
    }

    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(count)?;
        self.rest = rest;
        Some(taken)
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_packed_is_unpacked(number: u64, signed: i64, text: String, minor: i64) {
            let money = Money::new(minor, Currency::CNY);
            let mut packer = Packer::default();
            packer.number(number);
            packer.signed(signed);
            packer.text(&text);
            packer.money(money);
            let bytes = packer.done();
            let mut unpacker = Unpacker::new(&bytes);
            prop_assert_eq!(unpacker.number(), Some(number));
            prop_assert_eq!(unpacker.signed(), Some(signed));
            prop_assert_eq!(unpacker.text(), Some(text));
            prop_assert_eq!(unpacker.money(), Some(money));
            prop_assert!(unpacker.is_done());
        }

        #[test]
        fn foreign_bytes_are_refused_and_never_panic(bytes: Vec<u8>) {
            let mut unpacker = Unpacker::new(&bytes);
            while unpacker.text().is_some() || unpacker.money().is_some() {}
        }
    }
}
