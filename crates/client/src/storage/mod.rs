//! What the device keeps: five tables of small records, written in one atomic step.
//!
//! Backends: [`memory`] (tests, private windows) and `IndexedDB` in the browser. Both pass the same conformance suite.
//! A backend knows nothing of entries, documents or payments; it keeps bytes under text keys in key order. It may lose
//! everything at any moment (the browser evicts), never a part of one [`Write`]. What lies in a backend that outlives the page is
//! sealed (`sealed`).

pub(crate) mod format;
pub mod memory;
pub(crate) mod sealed;

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
    /// How the key to the other tables is come by; the only one that is not sealed.
    Locks,
}

impl Table {
    /// All tables.
    pub const ALL: [Self; 5] = [Self::Facts, Self::Blocks, Self::Documents, Self::Outbox, Self::Locks];
    /// The tables of the copy, which comes again from the server.
    pub const COPY: [Self; 3] = [Self::Facts, Self::Blocks, Self::Documents];

    /// Name of the table in the store.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Facts => "facts",
            Self::Blocks => "blocks",
            Self::Documents => "documents",
            Self::Outbox => "outbox",
            Self::Locks => "locks",
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

/// A key and what stands there (`None`: nothing).
pub type Expected = (Table, String, Option<Vec<u8>>);

/// Changes that happen together or not at all, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Write {
    /// The records that have to stand as given, or nothing is written: [`StorageError::Changed`].
    ///
    /// This keeps two tabs from applying the same page twice, also where the browser has no locks.
    pub only_if: Vec<Expected>,
    /// The changes.
    pub changes: Vec<Change>,
    /// The promise.
    pub durability: Durability,
}

/// A record of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Its key as it lies on the device: good for going on after it, and for nothing else where keys are hashed.
    pub key: String,
    /// Its bytes, or [`StorageError::Unreadable`].
    pub value: Result<Vec<u8>, StorageError>,
}

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
    /// The store is sealed, and its key is not here: see [`Client::unlock_by_passkey`](crate::Client::unlock_by_passkey).
    #[error("expected an unlocked store; unlock with a passkey or sign in")]
    Locked,
    /// A record cannot be read: it was written by another version, is damaged, or does not belong where it lies.
    #[error("expected a record of {0}, found something else")]
    Unreadable(&'static str),
}

/// A store on the device.
pub trait Storage {
    /// The value under `key`.
    fn get(&self, table: Table, key: &str) -> LocalBoxFuture<'static, Result<Option<Vec<u8>>, StorageError>>;
    /// The records after the key `after` (all: `None`), in the order of the keys that the store has, at most `limit`.
    fn list(
        &self,
        table: Table,
        after: Option<&str>,
        limit: u32,
    ) -> LocalBoxFuture<'static, Result<Vec<Record>, StorageError>>;
    /// Does all changes in one step, or none.
    fn write(&self, write: Write) -> LocalBoxFuture<'static, Result<(), StorageError>>;
    /// Whether what is written outlives the page. A private window may have memory only; the app says so.
    fn is_lasting(&self) -> bool;
}
