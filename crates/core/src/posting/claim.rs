//! Claims: keys that may be held once in the life of the ledger.

use std::fmt;

use sha2::{Digest, Sha256};

/// The key of a one-use thing, hashed with its own domain word so that two kinds of things never meet.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClaimKey([u8; 32]);

impl ClaimKey {
    /// The key of the thing named by `parts` within `word` (such as `qianbao/claim/order/1`): SHA-256 over the word, a
    /// line feed, and each part with its length in front.
    pub fn new(word: &str, parts: &[&[u8]]) -> Self {
        let mut hash = Sha256::new();
        hash.update(word.as_bytes());
        hash.update(b"\n");
        for part in parts {
            hash.update(u64::try_from(part.len()).expect("lengths fit 64 bits").to_be_bytes());
            hash.update(part);
        }
        Self(hash.finalize().into())
    }

    /// The key with these bytes, as stored.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes.
    pub const fn bytes(self) -> [u8; 32] {
        self.0
    }
}

impl fmt::Debug for ClaimKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().take(8).try_for_each(|byte| write!(f, "{byte:02x}"))?;
        f.write_str("…")
    }
}

/// What becomes of a claim when the pending posting that holds it is voided or expires.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OnVoid {
    /// It is free again (orders, shares).
    Free,
    /// It stays taken (codes).
    Keep,
}

/// A claim on a one-use thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Claim {
    /// The thing.
    pub key: ClaimKey,
    /// What a void does.
    pub on_void: OnVoid,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_borders_of_parts_matter() {
        let keys = [
            ClaimKey::new("order", &[b"ab", b"c"]),
            ClaimKey::new("order", &[b"a", b"bc"]),
            ClaimKey::new("order", &[b"abc"]),
            ClaimKey::new("code", &[b"ab", b"c"]),
        ];
        for (index, key) in keys.iter().enumerate() {
            assert!(!keys[..index].contains(key), "{index}");
        }
    }
}
