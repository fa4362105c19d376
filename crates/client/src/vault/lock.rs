//! The one record that is not sealed: how the key to all others is come by.
//!
//! ```text
//!  content key (32 random bytes, in memory only)
//!    ▲ opened by HKDF over the passkey's PRF output            one wrapping a passkey
//!    ▲ opened by HKDF over HMAC(key of the device, share)      the share is the server's, for a live session
//! ```
//!
//! Who has this record and the device's disk still needs the person's finger or their live session.

use crate::pack::{Packer, Unpacker};
use crate::storage::StorageError;
use crate::storage::format::{formatted, packed};

/// Key of the record.
pub(crate) const LOCK: &str = "lock";
/// Passkeys at most; the oldest wrapping goes.
const PASSKEYS_MAX: usize = 8;

/// What opens a wrapping.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// The server's share, with the device's own key.
    Share,
    /// The passkey with this credential id.
    Passkey(String),
}

/// The content key, wrapped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wrapping {
    pub(crate) way: Way,
    pub(crate) salt: Vec<u8>,
    pub(crate) sealed: Vec<u8>,
}

/// The record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Lock {
    /// Which content key it is of: what is sealed is written only while this lock stands.
    pub(crate) stamp: Vec<u8>,
    /// Whether somebody locked it, or was away: then the session alone does not open it.
    pub(crate) is_locked: bool,
    /// Whether the copy was wiped after too many failed tries; what stands in the outbox is still there.
    pub(crate) is_wiped: bool,
    /// Failed tries since it was last opened.
    pub(crate) failures: u8,
    /// Requests of the outbox that were lost with a key, until their person has read of it.
    pub(crate) lost: usize,
    pub(crate) wrappings: Vec<Wrapping>,
}

impl Lock {
    /// Puts a wrapping in the place of the one of the same way.
    pub(crate) fn put(&mut self, wrapping: Wrapping) {
        self.wrappings.retain(|known| known.way != wrapping.way);
        self.wrappings.push(wrapping);
        while self.passkeys().count() > PASSKEYS_MAX {
            let oldest = self.wrappings.iter().position(|known| known.way != Way::Share);
            self.wrappings.remove(oldest.unwrap_or_default());
        }
    }

    pub(crate) fn of(&self, way: &Way) -> Option<&Wrapping> {
        self.wrappings.iter().find(|wrapping| wrapping.way == *way)
    }

    /// Credential ids of the passkeys that open it.
    pub(crate) fn passkeys(&self) -> impl Iterator<Item = &str> {
        self.wrappings.iter().filter_map(|wrapping| match &wrapping.way {
            Way::Passkey(credential) => Some(credential.as_str()),
            Way::Share => None,
        })
    }

    pub(crate) fn pack(&self) -> Vec<u8> {
        let mut packer = Packer::default();
        packer.bytes(&self.stamp);
        packer.byte(u8::from(self.is_locked));
        packer.byte(u8::from(self.is_wiped));
        packer.byte(self.failures);
        packer.count(self.lost);
        packer.count(self.wrappings.len());
        for wrapping in &self.wrappings {
            packer.text(match &wrapping.way {
                Way::Share => "",
                Way::Passkey(credential) => credential,
            });
            packer.bytes(&wrapping.salt);
            packer.bytes(&wrapping.sealed);
        }
        formatted(packer.done())
    }

    pub(crate) fn unpack(record: &[u8]) -> Result<Self, StorageError> {
        read(packed(record, "a lock")?).ok_or(StorageError::Unreadable("a lock"))
    }
}

fn read(packed: &[u8]) -> Option<Lock> {
    let mut unpacker = Unpacker::new(packed);
    let stamp = unpacker.bytes()?.to_vec();
    let (is_locked, is_wiped) = (unpacker.byte()? == 1, unpacker.byte()? == 1);
    let (failures, lost) = (unpacker.byte()?, unpacker.count()?);
    let mut lock = Lock { stamp, is_locked, is_wiped, failures, lost, wrappings: Vec::new() };
    for _ in 0..unpacker.count()? {
        let credential = unpacker.text()?;
        let way = if credential.is_empty() { Way::Share } else { Way::Passkey(credential) };
        let (salt, sealed) = (unpacker.bytes()?.to_vec(), unpacker.bytes()?.to_vec());
        lock.wrappings.push(Wrapping { way, salt, sealed });
    }
    unpacker.is_done().then_some(lock)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrapping(credential: &str) -> Wrapping {
        Wrapping { way: Way::Passkey(credential.to_owned()), salt: vec![1; 32], sealed: vec![2; 60] }
    }

    #[test]
    fn a_lock_comes_back_as_it_was() {
        let mut lock = Lock { is_locked: true, failures: 3, ..Lock::default() };
        lock.put(Wrapping { way: Way::Share, ..wrapping("") });
        lock.put(wrapping("AAEC"));
        let record = lock.pack();
        assert_eq!(Lock::unpack(&record), Ok(lock));
        for end in 0..record.len() {
            assert!(Lock::unpack(&record[..end]).is_err(), "{end}");
        }
    }

    #[test]
    fn the_newest_passkeys_and_the_share_stay() {
        let mut lock = Lock::default();
        lock.put(Wrapping { way: Way::Share, ..wrapping("") });
        for number in 0..12 {
            lock.put(wrapping(&format!("key{number}")));
        }
        assert!(lock.of(&Way::Share).is_some());
        assert_eq!(lock.passkeys().count(), PASSKEYS_MAX);
        assert_eq!(lock.passkeys().last(), Some("key11"));
    }
}
