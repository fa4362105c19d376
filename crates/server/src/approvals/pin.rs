//! The payment PIN: who types it, whether it is right, and how often it may be wrong.
//!
//! ```text
//!  typed ──► try counted, committed ──► Argon2id ──► right: tries forgotten
//!                 │ none left               └──────► wrong: told how many are left; the fifth locks
//!                 └──► locked
//! ```
//!
//! A try is durable before anything is compared: whoever kills the server, or asks fifty times at once, has five all the same. Only a PIN set
//! anew ([`super::set_pin`]) unlocks, and that asks for a stronger factor. Hashing runs on threads of its own, bounded as those of passwords are,
//! so that a flood of sign-ins does not keep people from paying.

use qianbao_api::ProblemCode;
use qianbao_api::approvals::PinState;
use qianbao_core::id::PersonId;
use qianbao_core::pin::{PinError, check_form};

use super::rows::{self, CountedTry, PinRow};
use crate::clock::Sources;
use crate::directory::{DirectoryError, NewEvent, Write};
use crate::identity::password::{HashError, Workers};
use crate::problem::Refuses;
use crate::realm::Realm;

/// How often in a row a PIN may be wrong. Of a million PINs, five are guessed with a chance of 5 in 1,000,000.
pub const TRIES_MAX: u32 = 5;

/// The PIN was not shown to be right.
#[derive(Debug, thiserror::Error)]
pub enum TryPinError {
    /// It is none.
    #[error(transparent)]
    Form(#[from] PinError),
    /// The person has none.
    #[error("expected a person with a payment PIN, found none: set one, or use a passkey")]
    Missing,
    /// It is wrong.
    #[error("expected the payment PIN, found another; {tries_left} tries are left")]
    Wrong {
        /// How many.
        tries_left: u32,
    },
    /// It was wrong too often.
    #[error("expected a PIN that is not locked: use a passkey, or set a new PIN")]
    Locked,
    /// It could not be compared.
    #[error(transparent)]
    Hash(#[from] HashError),
    /// The directory.
    #[error(transparent)]
    Directory(#[from] DirectoryError),
}

impl Refuses for TryPinError {
    fn code(&self) -> ProblemCode {
        match self {
            Self::Form(_) => ProblemCode::PinInvalid,
            Self::Missing => ProblemCode::PinMissing,
            Self::Wrong { .. } => ProblemCode::PinWrong,
            Self::Locked => ProblemCode::PinLocked,
            Self::Hash(error) => error.code(),
            Self::Directory(error) => error.code(),
        }
    }

    fn param(&self) -> Option<String> {
        matches!(self, Self::Form(_) | Self::Missing | Self::Wrong { .. } | Self::Locked).then(|| "pin".to_owned())
    }

    fn retry_after_s(&self) -> Option<u32> {
        (self.code() == ProblemCode::Overloaded).then_some(1)
    }

    fn tries_left(&self) -> Option<u32> {
        match self {
            Self::Wrong { tries_left } => Some(*tries_left),
            Self::Locked => Some(0),
            _ => None,
        }
    }
}

/// How it stands with a PIN, and how many tries are left.
pub fn state(row: Option<PinRow>) -> (PinState, u32) {
    let Some(row) = row else { return (PinState::None, 0) };
    match tries_left(row.tries) {
        0 => (PinState::Locked, 0),
        left => (PinState::Ready, left),
    }
}

/// Whether `typed` is the PIN of `person`, after counting the try.
///
/// # Errors
/// [`TryPinError`].
pub async fn prove(
    realm: &Realm,
    workers: &Workers,
    sources: &Sources,
    person: PersonId,
    typed: &str,
) -> Result<(), TryPinError> {
    check_form(typed)?;
    let counted = count(realm, person).await?;
    let verified = workers.verify(&realm.pin_pepper, typed, &counted.phc).await;
    let mut write = realm.directory.begin().await?;
    let outcome = match verified {
        Ok(true) if rows::forget_tries(&mut write, person, &counted.phc).await? => Ok(()),
        // Another one was set while this was compared.
        Ok(true) => Err(TryPinError::Wrong { tries_left: TRIES_MAX }),
        Ok(false) => {
            let left = tries_left(counted.tries);
            let kind = if left == 0 { "pin.locked" } else { "pin.wrong" };
            note(&mut write, sources, kind, person).await?;
            Err(if left == 0 { TryPinError::Locked } else { TryPinError::Wrong { tries_left: left } })
        }
        Err(error) => {
            rows::give_back_try(&mut write, person, &counted.phc).await?;
            Err(error.into())
        }
    };
    write.commit().await?;
    outcome
}

/// Counts a try, durably.
async fn count(realm: &Realm, person: PersonId) -> Result<CountedTry, TryPinError> {
    let mut write = realm.directory.begin().await?;
    if let Some(counted) = rows::count_try(&mut write, person, i64::from(TRIES_MAX)).await? {
        write.commit().await?;
        return Ok(counted);
    }
    drop(write);
    let found = rows::pin(realm.directory.readers(), person).await?;
    Err(if found.is_some() { TryPinError::Locked } else { TryPinError::Missing })
}

/// Writes into the event log what happened to a person's PIN.
///
/// # Errors
/// When the directory fails.
pub async fn note(write: &mut Write, sources: &Sources, kind: &str, person: PersonId) -> Result<(), DirectoryError> {
    let subject = person.to_string();
    write.event(NewEvent { id: sources.id(), kind, subject: &subject, body: "{}", at: sources.now() }).await?;
    Ok(())
}

fn tries_left(tries: i64) -> u32 {
    TRIES_MAX.saturating_sub(u32::try_from(tries).unwrap_or(0))
}
