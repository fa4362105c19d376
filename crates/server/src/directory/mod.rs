//! The directory: what is not value. People, sessions, shops, orders; never a balance.
//!
//! One SQL text for every database (`AnyPool`; TEXT and BIGINT only; `$1` placeholders). What differs stands in two files:
//!
//! | | [`sqlite`] (default) | [`postgres`] |
//! | --- | --- | --- |
//! | where | a file, one process | a schema that several processes share |
//! | a write transaction alone | `BEGIN IMMEDIATE`, one connection | advances the row `turn` first, which everybody else waits for |
//! | acknowledged means durable | WAL with `synchronous=FULL` | `fsync`, `full_page_writes`, `synchronous_commit` |
//! | what others did | nobody else is there | [`follow`] reads it every 50 ms |
//!
//! Both settle this on every connection and refuse to go on where it cannot be had. A transaction begins with its turn, so that it never fails
//! between its first read and its first write.
//!
//! [`Directory::begin`] gives the one write transaction; [`Write::commit`] ends it, lets the [`Memory`] forget what it changed and rings
//! the [`Bell`]. No call to the outside is made while it is open.

mod again;
mod bell;
mod error;
mod feed;
mod fingerprints;
mod follow;
mod freshness;
mod open;
mod outdated;
mod owner;
mod postgres;
mod sqlite;
mod write;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use sqlx::AnyPool;

pub use again::again;
pub use bell::{Bell, Listener, Rung};
pub use error::DirectoryError;
pub use feed::{Change, changes_after, last_change};
pub use fingerprints::{Fingerprints, FingerprintsError};
pub use open::OpenDirectoryError;
pub use outdated::{Memory, Outdated};
pub use owner::Owner;
pub use write::{DocumentKind, NewEvent, Write};

use follow::Following;
use freshness::Freshness;

/// Longest wait for a connection, and for the turn to write.
const WAIT_MAX: Duration = Duration::from_secs(2);
/// Longest wait for the answer of a database that may not be there any more.
const ANSWER_MAX: Duration = Duration::from_secs(5);

/// The directory of one realm. Clones share the connections.
#[derive(Clone, Debug)]
pub struct Directory {
    backend: Backend,
    readers: AnyPool,
    writer: AnyPool,
    bell: Bell,
    freshness: Freshness,
    /// This process among those that share the database: 32 hexadecimal digits, drawn at the start.
    process: Arc<str>,
    /// Hears what other processes did; nobody else is there on SQLite.
    _following: Option<Arc<Following>>,
    shared: Arc<Shared>,
}

/// What the clones share beside the connections.
#[derive(Debug, Default)]
struct Shared {
    memory: OnceLock<Arc<dyn Memory>>,
    asked: AtomicU64,
}

impl Shared {
    fn count(&self) {
        self.asked.fetch_add(1, Ordering::Relaxed);
    }

    fn forget(&self, what: &Outdated) {
        if let Some(memory) = self.memory.get() {
            memory.forget(what);
        }
    }
}

/// Which database it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Backend {
    Sqlite,
    Postgres,
}

impl Directory {
    /// Connections for statements that only read. What one statement reads is one moment; two statements may be two.
    pub fn readers(&self) -> &AnyPool {
        self.shared.count();
        &self.readers
    }

    /// Lets `memory` hear of what becomes outdated here. The first one stays.
    pub fn remember_in(&self, memory: Arc<dyn Memory>) {
        // A second memory would be a second truth; nobody opens a directory twice in a realm.
        let _ = self.shared.memory.set(memory);
    }

    /// How often a connection was asked for since the directory was opened: at least once for every statement, so no
    /// difference between two looks means that no statement was begun between them.
    pub fn asked(&self) -> u64 {
        self.shared.asked.load(Ordering::Relaxed)
    }

    /// The bell that rings after commits, also of other processes.
    pub fn bell(&self) -> &Bell {
        &self.bell
    }

    /// This process among those that share the directory.
    pub fn process(&self) -> &str {
        &self.process
    }

    /// Says whether what was kept in memory still counts: what was read while this was `Some(n)` counts as long as it is `Some(n)`. `None`
    /// when nothing may be kept, because what other processes did was not heard for a second.
    ///
    /// Whoever changes a row that may be kept names it by [`Write::outdates`]. The process itself forgets that row before it goes on; the others
    /// forget all such rows once they have heard of it, about 50 ms after the commit.
    pub fn kept_since(&self) -> Option<u64> {
        self.freshness.kept_since()
    }

    /// Begins a write transaction, alone: whoever writes waits for its turn, at most two seconds.
    ///
    /// A statement after it cannot lose a race any more, so only beginning is tried again, at most five times, after a growing pause with chance
    /// in it.
    ///
    /// # Errors
    /// [`DirectoryError::Busy`], [`DirectoryError::Conflict`] and [`DirectoryError::Away`] when the turn did not come; nothing happened.
    pub async fn begin(&self) -> Result<Write, DirectoryError> {
        self.shared.count();
        again(|| within(self.take_turn())).await
    }

    async fn take_turn(&self) -> Result<Write, DirectoryError> {
        let (transaction, turn) = match self.backend {
            Backend::Sqlite => (sqlite::begin(&self.writer).await?, None),
            Backend::Postgres => {
                let (transaction, turn) = postgres::begin(&self.writer).await?;
                (transaction, Some(turn))
            }
        };
        Ok(Write::new(transaction, turn, self))
    }

    /// Asks the database for nothing: whether it answers.
    ///
    /// # Errors
    /// When it does not.
    pub async fn ping(&self) -> Result<(), DirectoryError> {
        within(async { Ok(sqlx::query("SELECT 1").execute(&self.readers).await.map(|_| ())?) }).await
    }

    /// Closes all connections after their statements.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}

/// What was begun before the database fell silent counts as not answered.
async fn within<T>(work: impl Future<Output = Result<T, DirectoryError>>) -> Result<T, DirectoryError> {
    tokio::time::timeout(ANSWER_MAX, work).await.unwrap_or_else(|_| Err(DirectoryError::silence()))
}
