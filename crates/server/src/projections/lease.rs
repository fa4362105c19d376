//! Who runs a projection or job, and how far it has come: one row each.
//!
//! The lease ends by itself; whoever takes it next gets a higher fencing number, and the cursor only moves for the present number.

use qianbao_core::Timestamp;
use qianbao_ledger::Epoch;

use super::rows::{self, Claim};
use crate::directory::{Directory, DirectoryError, Write};

/// A lease ends after this time, unless it is prolonged.
const LEASE_S: i64 = 10;
/// It is prolonged when less than this is left.
const PROLONG_S: i64 = 5;
/// Most records that are passed without a word to the directory. It has to stay far below what a server may be behind and still be ready
/// ([`crate::health`]): the directory's cursor is what readiness and metrics know.
pub const UNNOTED_MAX: i64 = 4_096;

/// A lease that is held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    name: &'static str,
    fence: i64,
    epoch: Epoch,
    /// How far the holder has come.
    position: i64,
    /// How far the directory knows that it has come.
    noted: i64,
    ends_at: Timestamp,
}

/// The lease is not held any more; what was to be written with it is undone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected to hold the lease of {name} with the fencing number {fence}, found another holder")]
pub struct LeaseError {
    /// Whose lease.
    pub name: &'static str,
    /// The number that is over.
    pub fence: i64,
}

impl Lease {
    /// The lease `held` prolonged, or a free one taken; nothing while somebody else holds it.
    ///
    /// # Errors
    /// When the directory fails.
    pub async fn hold(
        held: Option<Self>,
        directory: &Directory,
        name: &'static str,
        holder: &str,
        epoch: Epoch,
        now: Timestamp,
    ) -> Result<Option<Self>, DirectoryError> {
        let is_good = |held: &Self| held.epoch == epoch && held.ends_at > now.plus_seconds(PROLONG_S);
        if held.as_ref().is_some_and(is_good) {
            return Ok(held);
        }
        let ends_at = now.plus_seconds(LEASE_S);
        let epoch_text = epoch.0.to_string();
        let passed = held.map(|held| (held.fence, held.position));
        let claim = Claim { name, holder, epoch: &epoch_text, ends_at, now, passed };
        let row = rows::take(directory, claim).await?;
        Ok(row.map(|(fence, position)| Self { name, fence, epoch, position, noted: position, ends_at }))
    }

    /// How far the holder has come: a ledger sequence, or whatever a job counts.
    pub const fn position(&self) -> i64 {
        self.position
    }

    /// Whether what needs nothing up to `position` may be passed without a word to the directory.
    pub const fn may_pass(&self, position: i64) -> bool {
        position - self.noted < UNNOTED_MAX
    }

    /// Goes on to `position` over what needed nothing. The directory hears of it with the next step, or when the lease is prolonged.
    pub const fn pass(&mut self, position: i64) {
        self.position = position;
    }

    /// Moves the cursor to `position` in the transaction of what was done up to there. The caller keeps the answer once it is committed.
    ///
    /// # Errors
    /// [`LeaseError`] inside when another holder came; the transaction is then to be dropped.
    pub async fn advanced(&self, write: &mut Write, position: i64) -> Result<Result<Self, LeaseError>, DirectoryError> {
        if rows::advance(write, self.name, self.fence, self.noted, position).await? {
            return Ok(Ok(Self { position, noted: position, ..self.clone() }));
        }
        Ok(Err(LeaseError { name: self.name, fence: self.fence }))
    }

    /// Notes that the record at `position` could not be applied.
    ///
    /// # Errors
    /// When the directory fails.
    pub async fn park(
        &self,
        write: &mut Write,
        position: i64,
        reason: &str,
        now: Timestamp,
    ) -> Result<(), DirectoryError> {
        rows::park(write, self.name, self.epoch.0.to_string(), position, reason, now).await
    }
}

/// Ends the leases of this process, for a server that stops: another one goes on at once.
///
/// # Errors
/// When the directory fails.
pub async fn free(directory: &Directory) -> Result<(), DirectoryError> {
    rows::free(directory).await
}

/// Ends all leases: for whoever has just locked the ledger for itself, since no other process can be at work then.
///
/// # Errors
/// When the directory fails.
pub async fn free_all(directory: &Directory) -> Result<(), DirectoryError> {
    rows::free_all(directory).await
}
