//! `PUT /v1/pin`: the first payment PIN of a person, or another one, which also unlocks.
//!
//! It asks for a [confirmed](crate::identity::confirm) session: by a passkey, or by the password with a one-time code where the person has them
//! on. Both are stronger than a PIN, so nobody who guesses it can make it theirs.

use qianbao_api::ProblemCode;
use qianbao_core::id::PersonId;
use qianbao_core::pin::{self as rule, PinError};

use super::pin::note;
use super::rows;
use crate::clock::Sources;
use crate::directory::{DirectoryError, Write};
use crate::door::{Call, Signed};
use crate::identity::confirm::{self, ConfirmError};
use crate::identity::password::{HashError, Workers};
use crate::problem::Refuses;
use crate::realm::Realm;

/// The PIN was not set.
#[derive(Debug, thiserror::Error)]
pub enum SetPinError {
    /// It cannot be used.
    #[error(transparent)]
    Pin(#[from] PinError),
    /// It could not be hashed.
    #[error(transparent)]
    Hash(#[from] HashError),
    /// The session is not fresh any more.
    #[error(transparent)]
    Confirm(#[from] ConfirmError),
    /// The directory.
    #[error(transparent)]
    Directory(#[from] DirectoryError),
}

impl Refuses for SetPinError {
    fn code(&self) -> ProblemCode {
        match self {
            Self::Pin(PinError::Form) => ProblemCode::PinInvalid,
            Self::Pin(PinError::Trivial) => ProblemCode::PinTrivial,
            Self::Hash(error) => error.code(),
            Self::Confirm(error) => error.code(),
            Self::Directory(error) => error.code(),
        }
    }

    fn param(&self) -> Option<String> {
        matches!(self, Self::Pin(_)).then(|| "pin".to_owned())
    }

    fn retry_after_s(&self) -> Option<u32> {
        (self.code() == ProblemCode::Overloaded).then_some(1)
    }
}

/// Sets the PIN of the signed-in person.
///
/// # Errors
/// [`SetPinError`]; then it is what it was.
pub async fn set(call: &Call, signed: &Signed, typed: &str) -> Result<(), SetPinError> {
    confirm::require(call, signed).await?;
    let phc = hash(&call.realm, &call.app.pin_workers, &call.app.sources, typed).await?;
    let mut write = call.realm.directory.begin().await?;
    confirm::require_in(&mut write, call, signed).await?;
    put(&mut write, &call.app.sources, signed.person, &phc).await?;
    Ok(write.commit().await?)
}

/// Gives somebody of the demo their PIN.
///
/// # Errors
/// [`SetPinError`].
pub async fn enrol(realm: &Realm, sources: &Sources, person: PersonId, typed: &str) -> Result<(), SetPinError> {
    let phc = hash(realm, &Workers::new(1), sources, typed).await?;
    let mut write = realm.directory.begin().await?;
    put(&mut write, sources, person, &phc).await?;
    Ok(write.commit().await?)
}

async fn hash(realm: &Realm, workers: &Workers, sources: &Sources, typed: &str) -> Result<String, SetPinError> {
    rule::check(typed)?;
    Ok(workers.hash(&realm.pin_pepper, typed, sources.bytes()).await?)
}

async fn put(write: &mut Write, sources: &Sources, person: PersonId, phc: &str) -> Result<(), DirectoryError> {
    rows::put_pin(write, person, phc, sources.now()).await?;
    note(write, sources, "pin.set", person).await
}
