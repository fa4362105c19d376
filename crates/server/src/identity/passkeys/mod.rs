//! Passkeys: making one, signing in with one, what a person has.
//!
//! ```text
//!  options ──► challenge ──► authenticator ──► answer ──► webauthn: is it true? ──► challenge: for this, now, once? ──► done
//! ```
//!
//! Routes: `POST /v1/people/passkey-options`, `POST /v1/passkeys/options`, `POST /v1/passkeys` ([`make`]); `POST /v1/session/passkey-options`,
//! `POST /v1/session/passkey` ([`sign_in`]); `GET /v1/factors`, `PATCH` and `DELETE /v1/passkeys/{id}` ([`owned`]). A passkey also makes a person
//! ([`super::sign_up`]) and confirms who sits at a session ([`super::confirm`]).
//!
//! A passkey is of one host: the wallet's signs in to the wallet, the desk's to the desk. It needs no handle and no second factor: its
//! authenticator has verified the person. Nobody can be locked out of it: wrong answers are not counted, since nothing can be guessed.

pub mod challenge;
pub mod make;
pub mod owned;
pub mod sign_in;

use data_encoding::BASE64URL_NOPAD;
use qianbao_api::ProblemCode;
use qianbao_api::passkeys::KnownPasskey;
use qianbao_core::id::PersonId;
use qianbao_core::text::TextError;

use self::challenge::ChallengeError;
use super::confirm::ConfirmError;
use super::rows::passkeys::Passkey;
use super::webauthn::{AnswerError, Site};
use crate::directory::DirectoryError;
use crate::door::Call;
use crate::problem::Refuses;

/// How long browsers wait for the person, in milliseconds: as long as the challenge can be answered.
const TIMEOUT_MS: u32 = 300_000;
/// The kind of every credential.
const PUBLIC_KEY: &str = "public-key";
/// Always: a fingerprint, a face or the device's code.
const REQUIRED: &str = "required";

/// A passkey was not taken, not found or not changed.
#[derive(Debug, thiserror::Error)]
pub enum PasskeyError {
    /// The authenticator's answer is not to be believed.
    #[error(transparent)]
    Answer(#[from] AnswerError),
    /// It answers no open challenge.
    #[error(transparent)]
    Challenge(#[from] ChallengeError),
    /// Nobody has it, or somebody else.
    #[error("expected a passkey that is known here; sign in another way, and remove it from its authenticator")]
    Unknown,
    /// It is here already.
    #[error("expected a passkey that is not known yet")]
    Known,
    /// The person has enough.
    #[error("expected fewer than {} passkeys of a person on this host; remove one", make::PASSKEYS_MAX)]
    Full,
    /// The name cannot be used.
    #[error(transparent)]
    Name(#[from] TextError),
    /// There is no such passkey of this person.
    #[error("expected a passkey of yours")]
    Missing,
    /// Nothing else signs in to the wallet.
    #[error("expected another way to sign in to the wallet: set a password or add another passkey first")]
    Last,
    /// The session is not fresh any more.
    #[error(transparent)]
    Confirm(Box<ConfirmError>),
    /// A session without a person, which the tables forbid.
    #[error("expected the person of a session in the directory")]
    Gone,
    /// The directory.
    #[error(transparent)]
    Directory(#[from] DirectoryError),
}

impl From<ConfirmError> for PasskeyError {
    fn from(error: ConfirmError) -> Self {
        Self::Confirm(Box::new(error))
    }
}

impl Refuses for PasskeyError {
    fn code(&self) -> ProblemCode {
        match self {
            Self::Answer(_) | Self::Challenge(_) => ProblemCode::PasskeyRefused,
            Self::Unknown => ProblemCode::PasskeyUnknown,
            Self::Known => ProblemCode::PasskeyKnown,
            Self::Full => ProblemCode::PasskeysFull,
            Self::Name(TextError::CardNumber) => ProblemCode::CardNumberInText,
            Self::Name(_) => ProblemCode::NameInvalid,
            Self::Missing => ProblemCode::NotFound,
            Self::Last => ProblemCode::LastFactor,
            Self::Confirm(error) => error.code(),
            Self::Gone => ProblemCode::Internal,
            Self::Directory(error) => error.code(),
        }
    }

    fn param(&self) -> Option<String> {
        match self {
            Self::Answer(AnswerError::Unreadable { member, .. }) => Some((*member).to_owned()),
            Self::Name(_) => Some("name".to_owned()),
            _ => None,
        }
    }
}

/// The page of a call, as authenticators know it.
pub fn site(call: &Call) -> Site<'_> {
    let host = call.origin.split_once("://").map_or(call.origin.as_str(), |(_, host)| host);
    let rp_id = host.split_once(':').map_or(host, |(name, _)| name);
    Site { origin: &call.origin, rp_id }
}

/// A person's id as authenticators keep it.
fn handle_of(person: PersonId) -> String {
    BASE64URL_NOPAD.encode(person.to_string().as_bytes())
}

/// A passkey as browsers are told of it.
pub fn known(passkey: Passkey) -> KnownPasskey {
    let transports = passkey.transports.split_whitespace().map(ToOwned::to_owned).collect();
    KnownPasskey { kind: PUBLIC_KEY.to_owned(), id: passkey.credential, transports }
}
