//! What a backend has to be: a writer that loads what a batch touches and stores what came out, and a reader.
//!
//! The engine calls a writer in one order, on one thread: `begin`, the loads, then either `commit` with what was
//! decided or `rollback`. Loads answer for the state that the batch will be applied to; nobody else writes in between.
//! What a failure means is in the error: the same batch runs again ([`StorageError::is_passing`]), or the writer is
//! unusable, the engine stops and a restart reads what is on disk.

use qianbao_core::Timestamp;
use qianbao_core::posting::{AccountId, ClaimKey, Owner, PostingId, PostingRef};

use crate::account::Account;
use crate::apply::{Decision, Holder, Known, Pending, Target};
use crate::history::{Cursor, Entry, Page};
use crate::record::{Answer, Record};

/// The backend could not do its work.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StorageError {
    /// Somebody else holds the database's lock for longer than a batch waits (an operator's shell, a backup). Nothing
    /// has begun; the postings of the batch are answered as busy.
    #[error("the ledger's database is locked by somebody else")]
    Locked,
    /// Another writer was in the way. Nothing of the batch was stored; the same batch may run again.
    #[error("another writer of the ledger's database was in the way: {message}")]
    Conflict {
        /// The database's words.
        message: String,
    },
    /// The database cannot be reached, is starting or ending, or has no room. Nothing of the batch was stored; the same
    /// batch may run again.
    #[error("the ledger's database cannot be worked with now: {message}")]
    Unreachable {
        /// The database's words.
        message: String,
    },
    /// The connection was lost at the commit. Whether the batch was stored is open until the same batch runs again.
    #[error("the ledger's database did not say whether it has stored a batch: {message}")]
    Unknown {
        /// The database's words.
        message: String,
    },
    /// The ledger was restored from a backup while this process had it open.
    #[error("the ledger was restored beneath this process: expected epoch {expected}, found {found}; start it again")]
    Restored {
        /// The epoch that the process began with.
        expected: i64,
        /// The epoch that stands in the database.
        found: i64,
    },
    /// The database refused or failed.
    #[error("the ledger's database failed while it {doing}: {message}")]
    Database {
        /// What was being done.
        doing: &'static str,
        /// The database's words.
        message: String,
    },
    /// What is stored cannot be read back: the file is damaged or from a newer version.
    #[error("the ledger's database holds {what} that cannot be read: {message}")]
    Damaged {
        /// Which thing.
        what: &'static str,
        /// What is wrong with it.
        message: String,
    },
}

impl StorageError {
    /// Whether the same batch may get through when it runs again.
    pub const fn is_passing(&self) -> bool {
        matches!(self, Self::Locked | Self::Conflict { .. } | Self::Unreachable { .. } | Self::Unknown { .. })
    }
}

/// The last posting of the ledger.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tip {
    /// Its sequence; 0 in an empty ledger.
    pub sequence: u64,
    /// Its commit time.
    pub time: Timestamp,
}

/// The writing side of a backend.
pub trait Writer: Send + 'static {
    /// Whether other processes may write to the same ledger: then a batch may have to run again, and the head moves by itself.
    const IS_SHARED: bool = false;

    /// Opens the batch and answers the last posting, or [`StorageError::Locked`], and then nothing has begun. On a shared database this takes the lock that orders all writers.
    fn begin(&mut self) -> Result<Tip, StorageError>;

    /// The time of the batch that has begun, when the database tells it; `clock` is the process's own.
    fn time(&self, clock: Timestamp) -> Timestamp {
        clock
    }

    /// The last sequence, read between batches. None where nobody else can have moved it.
    fn look(&mut self) -> Result<Option<u64>, StorageError> {
        Ok(None)
    }

    /// Waits before the batch runs for the `tries`-th time, so that those who are in each other's way part.
    fn pause(&mut self, _tries: u32) {}

    /// What is known about ids, in the order asked.
    fn known(&mut self, refs: &[PostingRef]) -> Result<Vec<Option<Known>>, StorageError>;

    /// The postings that should be settled or voided, in the order asked. None for what is not there.
    fn targets(&mut self, refs: &[PostingRef]) -> Result<Vec<Option<Target>>, StorageError>;

    /// Up to `limit` pending postings whose expiry is at or before `time`, oldest expiry first.
    fn due(&mut self, time: Timestamp, limit: usize) -> Result<Vec<PostingRef>, StorageError>;

    /// Who holds the keys, in the order asked.
    fn holders(&mut self, keys: &[ClaimKey]) -> Result<Vec<Option<Holder>>, StorageError>;

    /// The accounts, in the order asked.
    fn accounts(&mut self, ids: &[AccountId]) -> Result<Vec<Option<Account>>, StorageError>;

    /// Stores what was decided, durably. When this returns, everything in it survives a power cut.
    fn commit(&mut self, decision: &Decision) -> Result<(), StorageError>;

    /// Ends a batch that stores nothing.
    fn rollback(&mut self) -> Result<(), StorageError>;

    /// Does what can wait until nothing comes: called between batches, when the queue was empty for a second, and at the end.
    fn rest(&mut self) -> Result<(), StorageError> {
        Ok(())
    }
}

/// The reading side of a backend; each call sees one state of the ledger and is short.
pub trait Reader: Send + Sync + 'static {
    /// The last posting.
    fn tip(&self) -> Result<Tip, StorageError>;

    /// The accounts, in the order asked, all at one sequence, which is answered too.
    fn accounts(&self, ids: &[AccountId]) -> Result<(u64, Vec<Option<Account>>), StorageError>;

    /// Accounts of an owner in order of code, up to `limit`.
    fn accounts_of(&self, owner: Owner, limit: usize) -> Result<Vec<Account>, StorageError>;

    /// Up to `limit` accounts after an id, in order of id, and the sequence that they were read at.
    fn accounts_after(&self, after: Option<AccountId>, limit: usize) -> Result<(u64, Vec<Account>), StorageError>;

    /// Up to `limit` held claims after a key, in order of key, each with the sequence of its holder; and the sequence that
    /// they were read at.
    fn claims_after(&self, after: Option<ClaimKey>, limit: usize) -> Result<(u64, Vec<(ClaimKey, u64)>), StorageError>;

    /// The sequences of the holders of claims, in the order asked. None for what nobody holds.
    fn claim_sequences(&self, keys: &[ClaimKey]) -> Result<Vec<Option<u64>>, StorageError>;

    /// What is known about an id.
    fn answer(&self, posting: PostingRef) -> Result<Option<Answer>, StorageError>;

    /// Posted postings with this id, whoever started them, up to `limit`, in order of owner.
    fn with_id(&self, id: PostingId, limit: usize) -> Result<Vec<Record>, StorageError>;

    /// The sequences that ids lead to, in the order asked. None for what is not there and for what was refused.
    fn sequences_of(&self, postings: &[PostingRef]) -> Result<Vec<Option<u64>>, StorageError>;

    /// Records after a sequence, oldest first, up to `limit`.
    fn tail(&self, after: u64, limit: usize) -> Result<Vec<Record>, StorageError>;

    /// The records with these sequences, in the order asked. None for what is not there.
    fn records(&self, sequences: &[u64]) -> Result<Vec<Option<Record>>, StorageError>;

    /// Who holds a key.
    fn holder(&self, key: ClaimKey) -> Result<Option<Holder>, StorageError>;

    /// What became of a pending posting. None when it is not there or was never pending.
    fn pending(&self, posting: PostingRef) -> Result<Option<Pending>, StorageError>;

    /// Up to `limit` lines of an account's history before a cursor, newest first.
    fn history(&self, account: AccountId, before: Option<Cursor>, limit: usize) -> Result<Page, StorageError>;

    /// The next lines of an account's history after a sequence, oldest first: those of whole postings, of at least one
    /// posting where there is one and of at most 256 (every fourth mark).
    fn history_after(&self, account: AccountId, after: u64) -> Result<Vec<Entry>, StorageError>;
}
