//! The head of a posting: who started it, which try it is, what it is about, until when it may be committed.

use uuid::Uuid;

use super::Owner;
use super::error::PostingError;
use super::label::Label;
use crate::Timestamp;
use crate::id::{Id, Kind as IdKind};

/// The id that the starter of a posting makes before it is first sent: a UUID of version 7, unique per owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PostingId(Uuid);

impl PostingId {
    /// The posting id with these bits, which must be of version 7: time in front keeps the store fast.
    pub fn new(uuid: Uuid) -> Result<Self, PostingError> {
        if uuid.get_version_num() == 7 { Ok(Self(uuid)) } else { Err(PostingError::IdVersion { found: uuid }) }
    }

    /// The posting id of a typed id such as `pay_…`.
    pub fn of<K: IdKind>(id: Id<K>) -> Result<Self, PostingError> {
        Self::new(id.uuid())
    }

    /// An id made at `unix_ms` (milliseconds) with ten random bytes.
    pub fn from_parts(unix_ms: u64, random: [u8; 10]) -> Self {
        Self(uuid::Builder::from_unix_timestamp_millis(unix_ms, &random).into_uuid())
    }

    /// The bits.
    pub const fn uuid(self) -> Uuid {
        self.0
    }
}

/// Names one posting, posted or refused: owner and id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PostingRef {
    /// Who started it.
    pub owner: Owner,
    /// The starter's id.
    pub id: PostingId,
}

/// What a posting is, as one word of the domain: `payment`, `topup`, `order_cancel`. 1 to 24 bytes.
pub type PostingKind = Label<24>;

/// The head of a posting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// Who started it; ids are unique per owner.
    pub owner: Owner,
    /// Made by whoever starts it, before the first send.
    pub id: PostingId,
    /// What it is.
    pub kind: PostingKind,
    /// What it refers to (an order, a bank's reference), at most [`Head::REFERENCE_BYTES_MAX`] bytes; may be empty.
    pub reference: String,
    /// SHA-256 of the starter's request. A repeat must bring the same one.
    pub digest: [u8; 32],
    /// The last moment of commit, if there is one: later it is refused for good.
    pub not_after: Option<Timestamp>,
    /// What must be kept for ever (risk decision, hashes, the encrypted note), at most [`Head::DETAILS_BYTES_MAX`].
    pub details: Vec<u8>,
}

impl Head {
    /// Longest reference, in bytes of UTF-8.
    pub const REFERENCE_BYTES_MAX: usize = 128;
    /// Longest details, in bytes.
    pub const DETAILS_BYTES_MAX: usize = 512;

    /// The name of the posting.
    pub const fn posting_ref(&self) -> PostingRef {
        PostingRef { owner: self.owner, id: self.id }
    }
}
