//! What the device keeps: four tables of small records, written in one atomic step.
//!
//! Backends: [`memory`] (tests, private windows) and `IndexedDB` in the browser. Both pass the same conformance suite.
//! A backend knows nothing of entries, documents or payments; it keeps bytes under text keys in key order. It may lose
//! everything at any moment (the browser evicts), never a part of one [`Write`].

pub mod memory;
pub(crate) mod seal;

use futures::future::LocalBoxFuture;

/// A table of the device's store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Table {
    /// Single values: owner, sync token, counts, key set.
    Facts,
    /// Packed blocks of entries.
    Blocks,
    /// Documents, one a record.
    Documents,
    /// Requests that move value, kept until their outcome is known and seen.
    Outbox,
}

impl Table {
    /// All tables.
    pub const ALL: [Self; 4] = [Self::Facts, Self::Blocks, Self::Documents, Self::Outbox];

    /// Name of the table in the store.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Facts => "facts",
            Self::Blocks => "blocks",
            Self::Documents => "documents",
            Self::Outbox => "outbox",
        }
    }
}

/// One change of a [`Write`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Puts `value` under `key`, in place of what was there.
    Put(Table, String, Vec<u8>),
    /// Removes what is under `key`, if anything.
    Delete(Table, String),
    /// Empties the table.
    Clear(Table),
}

/// How much the device has to promise before a write counts as done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// May be lost in a power cut: what the server has too.
    Relaxed,
    /// Flushed to the disk: what must be there before a request is sent.
    Strict,
}

/// Changes that happen together or not at all, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Write {
    /// The record that has to stand as given (`None`: absent), or nothing is written: [`StorageError::Changed`].
    ///
    /// This keeps two tabs from applying the same page twice, also where the browser has no locks.
    pub only_if: Option<(Table, String, Option<Vec<u8>>)>,
    /// The changes.
    pub changes: Vec<Change>,
    /// The promise.
    pub durability: Durability,
}

/// A record: key and value.
pub type Record = (String, Vec<u8>);

/// The store failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StorageError {
    /// The precondition of the write does not hold (any more); nothing was written.
    #[error("the record was changed by another tab")]
    Changed,
    /// The device has no room.
    #[error("the device has no room left")]
    Full,
    /// The browser closed the store, and it cannot be opened again: a newer page has another one.
    #[error("the browser closed the store")]
    Closed,
    /// The browser refused the store, or gave up an operation.
    #[error("the store of the browser failed: {0}")]
    Failed(String),
    /// A record cannot be read: it was written by another version or is damaged.
    #[error("expected a record of {0}, found something else")]
    Unreadable(&'static str),
}

/// A store on the device.
pub trait Storage {
    /// The value under `key`.
    fn get(&self, table: Table, key: &str) -> LocalBoxFuture<'static, Result<Option<Vec<u8>>, StorageError>>;
    /// The records with `from ≤ key < until` in key order, at most `limit`.
    fn range(
        &self,
        table: Table,
        from: &str,
        until: &str,
        limit: u32,
    ) -> LocalBoxFuture<'static, Result<Vec<Record>, StorageError>>;
    /// Does all changes in one step, or none.
    fn write(&self, write: Write) -> LocalBoxFuture<'static, Result<(), StorageError>>;
    /// Whether what is written outlives the page. A private window may have memory only; the app says so.
    fn is_lasting(&self) -> bool;
}
