//! What follows from the ledger: each projection reads the log from its own durable cursor and writes to the directory.
//!
//! Phases of a turn: hold the lease · read the records after the cursor · in one transaction apply them and move the cursor. The cursor
//! moves by compare-and-set with the lease's fencing number, so a holder that was paused and replaced undoes its work instead of doing
//! it twice. Records from which nothing follows are passed without a transaction; the cursor is moved over them with the next one, when
//! there are many, or when the lease is prolonged, so a crash reads some of them again. A record that cannot be applied is parked, with the
//! reason, and the rest moves on. After a restore (another epoch) the log is read again from its beginning.
//!
//! A projection's effect happens once for each record, in the order of the log. What it does beside the transaction (a message, a call) is not
//! promised; hence it does nothing beside it.

mod documents;
mod lease;
mod rows;
mod turn;

#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use qianbao_ledger::Record;

use crate::clock::Sources;
use crate::directory::{DirectoryError, Write};
use crate::failure::FailureError;
use crate::realm::Realm;

pub use documents::Documents;
pub use lease::{Lease, LeaseError, free, free_all};
pub use turn::{RECORDS_MAX, turn};

/// Looked at least this often, for what no hint told.
const LOOK_EVERY: Duration = Duration::from_secs(5);
/// Longest time of a turn; a database that fell silent answers no more.
pub(crate) const TURN_MAX: Duration = Duration::from_mins(1);
/// After a failure.
const PAUSE: Duration = Duration::from_millis(500);

/// Something that follows the ledger.
pub trait Projection: Send + Sync + 'static {
    /// Its name in the directory; never changes.
    const NAME: &'static str;

    /// Whether anything follows from `record`. Records from which nothing follows cost no transaction: most payments are such.
    fn concerns(&self, record: &Record) -> bool;

    /// Writes what follows from `record`. Called once for each record, in order, as far as can be seen from what is committed.
    ///
    /// # Errors
    /// An error that another try may cure (`overloaded`) is tried again; any other parks the record.
    fn apply(&self, write: &mut Write, record: &Record) -> impl Future<Output = Result<(), FailureError>> + Send;
}

/// A turn was not done; nothing of it happened.
#[derive(Debug, thiserror::Error)]
pub enum ProjectionError {
    /// Somebody else holds the lease now.
    #[error(transparent)]
    Lease(#[from] LeaseError),
    /// The ledger could not be read, or something else is in the way that another try may cure.
    #[error(transparent)]
    Failure(#[from] FailureError),
}

impl From<DirectoryError> for ProjectionError {
    fn from(error: DirectoryError) -> Self {
        Self::Failure(error.into())
    }
}

/// How many postings of the ledger a projection has yet to follow.
///
/// # Errors
/// When the directory fails.
pub async fn behind(realm: &Realm, name: &'static str) -> Result<u64, DirectoryError> {
    let epoch = realm.ledger.epoch().0.to_string();
    let reached = rows::position(realm.directory.readers(), name, &epoch).await?;
    let head = *realm.ledger.head().borrow();
    Ok(head.saturating_sub(u64::try_from(reached).unwrap_or(0)))
}

/// Follows the ledger until the task is dropped.
pub async fn run<P: Projection>(realm: Arc<Realm>, sources: Sources, projection: P) {
    let holder = realm.directory.process().to_owned();
    let mut head = realm.ledger.head();
    let mut lease = None;
    loop {
        head.borrow_and_update();
        let step = tokio::time::timeout(TURN_MAX, step(&realm, &sources, &holder, &mut lease, &projection)).await;
        match step.unwrap_or_else(|_| Err(DirectoryError::silence().into())) {
            Ok(true) => continue,
            Ok(false) => {}
            Err(error) => {
                tracing::warn!(realm = %realm.name, projection = P::NAME, %error, "a turn was not done");
                lease = None;
                tokio::time::sleep(PAUSE).await;
            }
        }
        // An error says that the ledger has stopped; then only the time is left to wait for.
        if let Ok(Err(_)) = tokio::time::timeout(LOOK_EVERY, head.changed()).await {
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }
}

/// One turn with the lease, taken where it is free. Whether more may be there.
async fn step<P: Projection>(
    realm: &Realm,
    sources: &Sources,
    holder: &str,
    lease: &mut Option<Lease>,
    projection: &P,
) -> Result<bool, ProjectionError> {
    let now = sources.now();
    let Some(held) = Lease::hold(lease.take(), &realm.directory, P::NAME, holder, realm.ledger.epoch(), now).await?
    else {
        return Ok(false);
    };
    let held = lease.insert(held);
    Ok(turn(realm, held, projection, now).await? == RECORDS_MAX)
}
