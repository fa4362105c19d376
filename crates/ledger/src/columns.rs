//! How values stand in columns, the same on every database, and the way back with every check.

use qianbao_core::chart::AccountCode;
use qianbao_core::posting::{AccountId, AccountKey, LimitName, Mode, Owner, Period, PostingId, PostingRef};

use crate::account::{Account, Sums};
use crate::apply::Pending;
use crate::record::{Record, codec, parts, refusal};
use crate::storage::StorageError;

/// A number of ours as a database keeps it. Sequences and counts stay far below 2^63.
pub(crate) fn integer(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

/// A number of a database's as we keep it.
pub(crate) fn sequence(value: i64) -> u64 {
    u64::try_from(value).unwrap_or(0)
}

/// The key of an id: id first, since its time is in front, then the owner.
pub(crate) fn name_bytes(name: PostingRef) -> [u8; 32] {
    let mut bytes = [0; 32];
    bytes[..16].copy_from_slice(name.id.uuid().as_bytes());
    bytes[16..].copy_from_slice(&name.owner.bytes());
    bytes
}

/// The id with this key.
pub(crate) fn name_of(bytes: [u8; 32]) -> Result<PostingRef, StorageError> {
    let (mut id, mut owner) = ([0; 16], [0; 16]);
    id.copy_from_slice(&bytes[..16]);
    owner.copy_from_slice(&bytes[16..]);
    let id = PostingId::new(uuid::Uuid::from_bytes(id)).map_err(|error| damaged("a posting's name", error))?;
    Ok(PostingRef { owner: Owner::from_bytes(owner), id })
}

/// The error for what cannot be read back.
pub(crate) fn damaged(what: &'static str, message: impl std::fmt::Display) -> StorageError {
    StorageError::Damaged { what, message: format!("{message}") }
}

/// The window of a budget as two numbers; 0 and 0 for what is no budget.
pub(crate) fn window_of(period: &Period) -> (u8, i32) {
    period.limit().map_or((0, 0), |_| parts::window_numbers(period.window()))
}

/// The name of a budget's limit; empty for what is no budget.
pub(crate) fn limit_of(period: &Period) -> String {
    period.limit().map_or(String::new(), |limit| limit.to_string())
}

/// An account as it stands in a row.
pub(crate) struct AccountColumns {
    pub(crate) id: [u8; 16],
    pub(crate) code: u16,
    pub(crate) owner: [u8; 16],
    pub(crate) asset: String,
    pub(crate) limit_name: String,
    pub(crate) window_kind: u8,
    pub(crate) window_day: i32,
    pub(crate) state: u8,
    pub(crate) floor: Option<i64>,
    pub(crate) ceiling: Option<i64>,
    pub(crate) sums: Sums,
    pub(crate) last_sequence: i64,
    pub(crate) postings: i64,
}

impl AccountColumns {
    /// The account, or what is wrong with the row.
    pub(crate) fn account(self) -> Result<Account, StorageError> {
        let period = if self.window_kind == 0 {
            Period::NONE
        } else {
            let window = parts::window_of(self.window_kind, self.window_day)
                .ok_or_else(|| damaged("an account", "unknown kind of window"))?;
            Period::of(LimitName::new(&self.limit_name).map_err(|error| damaged("an account", error))?, window)
        };
        let asset = self.asset.parse();
        let key = AccountKey {
            code: AccountCode::from_number(self.code).map_err(|error| damaged("an account", error))?,
            owner: Owner::from_bytes(self.owner),
            asset: asset.map_err(|error: qianbao_core::posting::AssetError| damaged("an account", error))?,
            period,
        };
        let account = Account {
            id: AccountId::from_bytes(self.id),
            key,
            state: codec::state_of(self.state).ok_or_else(|| damaged("an account", "unknown state"))?,
            floor: self.floor,
            ceiling: self.ceiling,
            sums: self.sums,
            last_sequence: sequence(self.last_sequence),
            postings: sequence(self.postings),
        };
        if account.sums.are_in_range() {
            return Ok(account);
        }
        Err(damaged("an account", format!("sums of {} are not from 0 to 2^61", account.id)))
    }
}

/// The state of a posting that was pending, from its record and the two numbers kept beside it.
pub(crate) fn pending_of(record: Record, resolution: u8, resolved_by: i64) -> Result<Pending, StorageError> {
    let number = record.sequence;
    let draft = record.posting.into_draft();
    let Mode::Pending { expires_at } = draft.mode else {
        return Err(damaged("a pending posting", format!("posting {number} was never pending")));
    };
    let resolved = refusal::resolution_of(resolution).map(|resolution| (resolution, sequence(resolved_by)));
    let posting = draft.head.posting_ref();
    Ok(Pending { posting, sequence: number, legs: draft.legs, claims: draft.claims, expires_at, resolved })
}

/// The resolution of a pending posting as two numbers; 0 and 0 while it is pending.
pub(crate) fn resolution_of(pending: &Pending) -> (u8, i64) {
    pending.resolved.map_or((0, 0), |(resolution, by)| (refusal::resolution_number(resolution), integer(by)))
}
