//! The one place where a record gets its outer form: what a store is given is what [`formatted`] made, and nothing else.
//!
//! A record is a format byte and the packed bytes. The format says how the rest is to be read; a format that this build
//! does not know counts as no record, so that an older page next to a newer one forgets rather than misreads. What then lies
//! on the device is that record sealed ([`sealed`](super::sealed)).

use super::StorageError;

/// First order of fields.
const PACKED_1: u8 = 1;

/// The record of these packed bytes.
pub(crate) fn formatted(mut packed: Vec<u8>) -> Vec<u8> {
    packed.insert(0, PACKED_1);
    packed
}

/// The packed bytes of a record; `what` names it in the error.
pub(crate) fn packed<'a>(record: &'a [u8], what: &'static str) -> Result<&'a [u8], StorageError> {
    match record.split_first() {
        Some((&PACKED_1, packed)) => Ok(packed),
        _ => Err(StorageError::Unreadable(what)),
    }
}
