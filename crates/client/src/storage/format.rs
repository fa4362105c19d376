//! The one place where a record gets its outer form: what lies on the device is what [`seal`] made, and nothing else.
//!
//! A record is a format byte and the packed bytes. The format says how the rest is to be read; a format that this build
//! does not know counts as no record, so that an older page next to a newer one forgets rather than misreads. Encryption
//! of the device's copy will be another format here, and only here.

use super::StorageError;

/// Packed bytes in clear, first order of fields.
const PLAIN_1: u8 = 1;

/// The record of these packed bytes.
pub(crate) fn seal(mut packed: Vec<u8>) -> Vec<u8> {
    packed.insert(0, PLAIN_1);
    packed
}

/// The packed bytes of a record; `what` names it in the error.
pub(crate) fn unseal<'a>(record: &'a [u8], what: &'static str) -> Result<&'a [u8], StorageError> {
    match record.split_first() {
        Some((&PLAIN_1, packed)) => Ok(packed),
        _ => Err(StorageError::Unreadable(what)),
    }
}
