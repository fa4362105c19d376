//! Maps by account id. An id is the beginning of a SHA-256 that nobody outside chooses the input of, so its own bits are
//! the hash and need no second one.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use qianbao_core::posting::AccountId;

/// A map by account id.
pub type AccountMap<V> = HashMap<AccountId, V, BuildHasherDefault<IdHasher>>;

/// Takes the first eight bytes that are written.
#[derive(Clone, Copy, Debug, Default)]
pub struct IdHasher(u64);

impl Hasher for IdHasher {
    fn write(&mut self, bytes: &[u8]) {
        if let Some(first) = bytes.first_chunk() {
            self.0 ^= u64::from_le_bytes(*first);
        }
    }

    fn write_usize(&mut self, _length: usize) {
        // The length of an id is always the same.
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use std::hash::BuildHasher;

    use super::*;

    #[test]
    fn different_ids_have_different_hashes() {
        let map: AccountMap<u8> = AccountMap::default();
        let hash = |first: u8| map.hasher().hash_one(AccountId::from_bytes([first; 16]));
        assert_ne!(hash(1), hash(2));
        assert_eq!(hash(3), u64::from_le_bytes([3; 8]));
    }
}
