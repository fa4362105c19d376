//! The stop flag: nothing goes out of a realm while it is up. One row for each reason, in the directory, so that it outlives the process and
//! is seen by all of them.
//!
//! ```text
//! the audit finds a difference ──► books      until an operator has repaired the ledger: `qianbao resume` audits again and takes it down
//! `qianbao restore`            ──► restored   until the bank's list of credits has been read to its end and all of it is booked
//! ```
//!
//! Whatever sends money out asks [`Halt::check`] right before its posting: today that is giving back ([`crate::payments::refund`]). Paying,
//! money that comes in and everything that only reads go on: a wrong balance of one account is no reason to stop a whole city, but what has left
//! cannot be called back.

pub mod resume;
pub mod rows;

use qianbao_api::ProblemCode;
use qianbao_core::Timestamp;

use crate::directory::{Directory, DirectoryError};
use crate::problem::Refuses;
use crate::realm::Realm;

/// After how many seconds it makes sense to try again: somebody has to act first.
const RETRY_AFTER_S: u32 = 60;

/// Why nothing goes out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reason {
    /// What is stored differs from what the log says.
    Books,
    /// The realm was restored from a backup and has not heard of what came since.
    Restored,
}

impl Reason {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Books, Self::Restored];

    /// The word for it in the database, in metrics and in what operators read.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Books => "books",
            Self::Restored => "restored",
        }
    }
}

/// A flag that is up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Halted {
    /// Why.
    pub reason: Reason,
    /// What the operator should know. No name, no amount of a person: it is logged.
    pub detail: String,
    /// Since when.
    pub since: Timestamp,
}

/// Nothing may go out, or it could not be found out.
#[derive(Debug, thiserror::Error)]
pub enum HaltError {
    /// The flag is up.
    #[error("payouts and refunds are stopped ({}): nothing happened, try again when the operator has looked", reason.word())]
    Raised {
        /// Why.
        reason: Reason,
    },
    /// The directory.
    #[error(transparent)]
    Directory(#[from] DirectoryError),
}

impl Refuses for HaltError {
    fn code(&self) -> ProblemCode {
        match self {
            Self::Raised { .. } => ProblemCode::PayoutsHalted,
            Self::Directory(error) => error.code(),
        }
    }

    fn retry_after_s(&self) -> Option<u32> {
        match self {
            Self::Raised { .. } => Some(RETRY_AFTER_S),
            Self::Directory(error) => error.retry_after_s(),
        }
    }
}

/// The stop flag of one realm.
#[derive(Clone, Copy, Debug)]
pub struct Halt<'a>(&'a Directory);

impl Realm {
    /// The stop flag.
    pub fn halt(&self) -> Halt<'_> {
        Halt::of(&self.directory)
    }
}

impl<'a> Halt<'a> {
    /// The flag in a directory.
    pub const fn of(directory: &'a Directory) -> Self {
        Self(directory)
    }

    /// Lets what sends money out pass, unless the flag is up.
    ///
    /// # Errors
    /// [`HaltError`]; nothing may go out then.
    pub async fn check(self) -> Result<(), HaltError> {
        match self.reasons().await?.first() {
            Some(halted) => Err(HaltError::Raised { reason: halted.reason }),
            None => Ok(()),
        }
    }

    /// The flags that are up, the oldest first.
    ///
    /// # Errors
    /// When the directory fails.
    pub async fn reasons(self) -> Result<Vec<Halted>, DirectoryError> {
        rows::all(self.0.readers()).await
    }

    /// Raises the flag. Answers whether it was down.
    ///
    /// # Errors
    /// When the directory fails.
    pub async fn raise(self, halted: &Halted) -> Result<bool, DirectoryError> {
        let mut write = self.0.begin().await?;
        let is_new = rows::insert(&mut write, halted).await?;
        write.commit().await?;
        Ok(is_new)
    }

    /// Takes the flag of one reason down. Answers whether it was up.
    ///
    /// # Errors
    /// When the directory fails.
    pub async fn lower(self, reason: Reason) -> Result<bool, DirectoryError> {
        let mut write = self.0.begin().await?;
        let was_up = rows::delete(&mut write, reason).await?;
        write.commit().await?;
        Ok(was_up)
    }
}
