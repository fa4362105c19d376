//! Coming back: for who has lost every way in and has a recovery code.
//!
//! ```text
//!  code ──► waiting ───────────────────────────► ready ─────────────────► finished: a new way in, lower limits
//!              │   a day or more, every device      │ a week to come back
//!              │   of the person is told            │
//!              ├──────────── "that was not me" ─────┴──► cancelled
//!              ├──────────── another code ─────────────► replaced
//!              └──────────── nobody came ──────────────► lapsed
//! ```
//!
//! Routes: `POST /v1/recovery-codes` ([`codes`]); `POST /v1/recovery` ([`start`]); `GET /v1/recovery` ([`state`]); `DELETE /v1/recovery`
//! ([`cancel`]); `POST /v1/recovery/passkey-options` and `POST /v1/recovery/finish` ([`finish`]).
//!
//! A code alone opens nothing: it begins a time in which everybody who is signed in is told and can stop it. The browser that began it keeps a
//! ticket in a cookie, without which nothing can be finished; who loses it begins again with another code. Finishing ends all sessions, leaves the
//! other ways in as they were unless they are replaced, and lowers what can be paid for a while ([`crate::payments::lowered`]). The server's clock
//! decides all of it: one that is set back makes everybody wait longer.

pub mod cancel;
pub mod codes;
pub mod finish;
pub mod start;
pub mod state;

use qianbao_api::ProblemCode;
use qianbao_core::Timestamp;
use qianbao_core::id::{PersonId, RecoveryId};
use qianbao_core::password::PasswordError;

use super::passkeys::PasskeyError;
use super::password::HashError;
use super::rows::recoveries;
use super::tries::TryError;
use crate::directory::{DirectoryError, NewEvent, Write};
use crate::door::Call;
use crate::problem::Refuses;

/// How long a recovery can be finished once it is ready.
pub const READY_S: i64 = 7 * 24 * 3_600;
/// How long it is remembered after its end.
const REMEMBERED_S: i64 = 90 * 24 * 3_600;

/// Nothing was begun or finished.
#[derive(Debug, thiserror::Error)]
pub enum RecoveryError {
    /// Handle and code do not belong together.
    #[error("expected a handle and a recovery code of it that was not used; check both")]
    Wrong,
    /// Too many tries, or too many recoveries.
    #[error(transparent)]
    Tries(#[from] TryError),
    /// The browser has no ticket of a recovery.
    #[error("expected the ticket of a recovery in the cookie; begin with a recovery code in this browser")]
    Missing,
    /// It has to wait.
    #[error("expected a recovery that has waited until {ready_at:?}, the server's time is {now:?}; come back then")]
    Waiting {
        /// From when on it can be finished.
        ready_at: Timestamp,
        /// The server's time.
        now: Timestamp,
    },
    /// It was ended.
    #[error(
        "expected a recovery that is open, found one that was cancelled, replaced, finished or too late; begin again"
    )]
    Over,
    /// No new way in was given.
    #[error("expected `password`, `passkey` or both")]
    Factor,
    /// The new password cannot be used.
    #[error(transparent)]
    Password(#[from] PasswordError),
    /// It could not be hashed.
    #[error(transparent)]
    Hash(#[from] HashError),
    /// The new passkey.
    #[error(transparent)]
    Passkey(#[from] PasskeyError),
    /// A recovery without a person, which the tables forbid.
    #[error("expected the person of a recovery in the directory")]
    Gone,
    /// The directory.
    #[error(transparent)]
    Directory(#[from] DirectoryError),
}

impl Refuses for RecoveryError {
    fn code(&self) -> ProblemCode {
        match self {
            Self::Wrong => ProblemCode::RecoveryFailed,
            Self::Tries(TryError::Spent { .. }) => ProblemCode::TooManyRequests,
            Self::Missing => ProblemCode::NotFound,
            Self::Waiting { .. } => ProblemCode::RecoveryWaiting,
            Self::Over => ProblemCode::RecoveryOver,
            Self::Factor => ProblemCode::MalformedRequest,
            Self::Password(PasswordError::Length { .. }) => ProblemCode::PasswordLength,
            Self::Password(PasswordError::Common) => ProblemCode::PasswordCommon,
            Self::Hash(error) => error.code(),
            Self::Passkey(error) => error.code(),
            Self::Gone => ProblemCode::Internal,
            Self::Tries(TryError::Directory(error)) | Self::Directory(error) => error.code(),
        }
    }

    fn param(&self) -> Option<String> {
        match self {
            Self::Password(_) | Self::Factor => Some("password".to_owned()),
            Self::Passkey(error) => error.param(),
            _ => None,
        }
    }

    fn retry_after_s(&self) -> Option<u32> {
        match self {
            Self::Tries(TryError::Spent { retry_after_s }) => Some(*retry_after_s),
            _ => (self.code() == ProblemCode::Overloaded).then_some(1),
        }
    }
}

/// Ends recoveries that nobody finished in time, and forgets old ones. A job runs it.
///
/// # Errors
/// When the directory fails.
pub async fn sweep(write: &mut Write, sources: &crate::clock::Sources) -> Result<(), DirectoryError> {
    let now = sources.now();
    for (recovery, person) in recoveries::lapse(write, now).await? {
        let (subject, body) = (person.to_string(), body_of(recovery));
        write
            .event(NewEvent { id: sources.id(), kind: "recovery.lapsed", subject: &subject, body: &body, at: now })
            .await?;
    }
    recoveries::forget(write, now.plus_seconds(-REMEMBERED_S)).await
}

/// Cancels every recovery that is running. A restore does: one that was cancelled since the backup would live again.
///
/// # Errors
/// When the directory fails.
pub async fn end_all(write: &mut Write, now: Timestamp) -> Result<(), DirectoryError> {
    recoveries::cancel_all(write, now).await.map(drop)
}

/// The moment until which limits are lowered for who comes back at `now`.
fn lowered_until(call: &Call) -> Timestamp {
    call.now.plus_seconds(i64::from(call.app.config.recovery_limits_hours) * 3_600)
}

/// Writes into the event log what happened to a recovery.
async fn note(
    write: &mut Write,
    call: &Call,
    kind: &str,
    person: PersonId,
    recovery: RecoveryId,
) -> Result<(), DirectoryError> {
    let (subject, body) = (person.to_string(), body_of(recovery));
    write.event(NewEvent { id: call.id(), kind, subject: &subject, body: &body, at: call.now }).await?;
    Ok(())
}

fn body_of(recovery: RecoveryId) -> String {
    format!(r#"{{"recovery":"{recovery}"}}"#)
}

/// Whether a freeze of `person`'s wallet at `frozen_at` was somebody's answer to a recovery that was then finished: then the wallet stays frozen
/// until limits are no longer lowered.
///
/// # Errors
/// When the directory fails.
pub async fn keeps_frozen(
    write: &mut Write,
    person: PersonId,
    frozen_at: Timestamp,
    now: Timestamp,
) -> Result<bool, DirectoryError> {
    let lowered = super::rows::limits_lowered_until(write, person).await?;
    if lowered.is_none_or(|until| until <= now) {
        return Ok(false);
    }
    let finished = recoveries::last_finished(write, person).await?;
    Ok(finished.is_some_and(|(started_at, ended_at)| (started_at..=ended_at).contains(&frozen_at)))
}
