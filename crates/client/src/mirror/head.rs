//! The head of the mirror: up to where the device's copy goes. Written in the same step as what it counts.

use qianbao_core::Timestamp;
use qianbao_core::id::PersonId;

use super::rows::Place;
use crate::pack::{Packer, Unpacker};

/// Where the copy ends.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Head {
    /// Whose copy it is. A page that another person's session asked for meets another head and is dropped.
    pub(crate) owner: Option<PersonId>,
    /// Where to go on; nothing before the first page.
    pub(crate) token: Option<String>,
    /// The server's clock when the newest page was made.
    pub(crate) as_of: Option<Timestamp>,
    /// When the first page was made: the numbered blocks of another copy have other keys.
    pub(crate) since: Timestamp,
    /// Sum over the records that may be rewritten; see [`Tally`](super::tally::Tally).
    pub(crate) tally: u128,
    /// Entries in numbered blocks.
    pub(crate) in_blocks: usize,
    /// Entries in the hot block.
    pub(crate) in_hot: usize,
    /// Place of the newest entry; an entry at or before it is there already.
    pub(crate) newest: Option<Place>,
    /// How far the server's clock was ahead of the device's, microseconds.
    pub(crate) ahead_us: i64,
}

impl Head {
    /// All entries.
    pub(crate) fn count(&self) -> usize {
        self.in_blocks + self.in_hot
    }

    pub(crate) fn pack(&self) -> Vec<u8> {
        let mut packer = Packer::default();
        packer.byte(u8::from(self.owner.is_some()));
        packer.id(self.owner.unwrap_or(PersonId::from_uuid(uuid::Uuid::nil())));
        packer.byte(u8::from(self.token.is_some()));
        packer.text(self.token.as_deref().unwrap_or_default());
        packer.byte(u8::from(self.as_of.is_some()));
        packer.moment(self.as_of.unwrap_or_default());
        packer.moment(self.since);
        packer.bytes(&self.tally.to_le_bytes());
        packer.count(self.in_blocks);
        packer.count(self.in_hot);
        packer.byte(u8::from(self.newest.is_some()));
        let newest = self.newest.unwrap_or_default();
        packer.number(newest.sequence);
        packer.number(u64::from(newest.leg));
        packer.signed(self.ahead_us);
        packer.done()
    }

    pub(crate) fn unpack(packed: &[u8]) -> Option<Self> {
        let mut unpacker = Unpacker::new(packed);
        let (has_owner, owner) = (unpacker.byte()? == 1, unpacker.id()?);
        let (has_token, token) = (unpacker.byte()? == 1, unpacker.text()?);
        let (has_as_of, as_of) = (unpacker.byte()? == 1, unpacker.moment()?);
        let since = unpacker.moment()?;
        let tally = u128::from_le_bytes(unpacker.bytes()?.try_into().ok()?);
        let (in_blocks, in_hot) = (unpacker.count()?, unpacker.count()?);
        let has_newest = unpacker.byte()? == 1;
        let newest = Place { sequence: unpacker.number()?, leg: u32::try_from(unpacker.number()?).ok()? };
        let head = Self {
            owner: has_owner.then_some(owner),
            token: has_token.then_some(token),
            as_of: has_as_of.then_some(as_of),
            since,
            tally,
            in_blocks,
            in_hot,
            newest: has_newest.then_some(newest),
            ahead_us: unpacker.signed()?,
        };
        unpacker.is_done().then_some(head)
    }
}
