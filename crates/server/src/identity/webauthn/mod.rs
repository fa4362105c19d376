//! What an authenticator says, and whether it is true (Web Authentication Level 3, sections 7.1 and 7.2).
//!
//! ```text
//! credential.toJSON()
//!  ├─ clientDataJSON ───── client_data: kind, challenge, origin; no frame of another origin
//!  ├─ authenticatorData ── authenticator: site, present and verified, counter, backup; at creation the public key
//!  └─ signature ────────── key: over the authenticator data and the hash of the client data
//! ```
//!
//! Our own, not a library's: approvals will bind an assertion to a payment by its challenge, which the libraries make themselves, and want any
//! `topOrigin` refused, which they do not ask about. One verifier for signing in and for approving cannot disagree with itself. Reading
//! CBOR and checking signatures is left to libraries (`ciborium`, `ring`).
//!
//! Nothing here knows persons, databases or the clock. Who made the authenticator is not asked (attestation `none`), so its statement is not read.

mod authenticator;
mod client_data;
pub mod key;
#[cfg(test)]
mod tests;

use data_encoding::BASE64URL_NOPAD;
use qianbao_api::passkeys::{Assertion, Registration};

pub use client_data::{ClientData, Kind};
pub use key::PublicKey;

use self::authenticator::{AuthenticatorData, Flags};

/// The longest credential id, in bytes (Level 3, section 4).
pub const CREDENTIAL_BYTES_MAX: usize = 1_023;

/// The page that the answer has to come from.
#[derive(Clone, Copy, Debug)]
pub struct Site<'a> {
    /// Such as `https://wallet.example.org`.
    pub origin: &'a str,
    /// Its host: what the authenticator knows the site by.
    pub rp_id: &'a str,
}

/// An answer that is not to be believed.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum AnswerError {
    /// A member is not what its type says.
    #[error("expected {expected} in `{member}`")]
    Unreadable {
        /// The member of the answer.
        member: &'static str,
        /// What should be there.
        expected: &'static str,
    },
    /// It answers another question.
    #[error("expected client data of the type {expected:?}, found {found:?}")]
    Kind {
        /// The type.
        expected: &'static str,
        /// What was found, cut to 40 characters.
        found: String,
    },
    /// It was given to another page.
    #[error("expected the origin {expected:?}, found {found:?}")]
    Origin {
        /// The page.
        expected: String,
        /// What was found, cut to 120 characters.
        found: String,
    },
    /// The page was within another one.
    #[error("expected a page of its own, found one within a page of another origin")]
    Framed,
    /// The authenticator was asked by another site.
    #[error("expected an answer for the site {expected:?}, found one for another")]
    Site {
        /// The site.
        expected: String,
    },
    /// Nobody touched it.
    #[error("expected a person at the authenticator, found none")]
    Absent,
    /// It did not check who touched it.
    #[error("expected the authenticator to have verified its person by fingerprint, face or code")]
    Unverified,
    /// Its flags contradict each other, or those of the passkey's making.
    #[error(
        "expected a passkey that may be copied if it has been, and for ever or never, found flags that say otherwise"
    )]
    Flags,
    /// A key of a kind that was not asked for.
    #[error("expected a public key for ES256 or RS256")]
    KeyKind,
    /// The key is not the one that signed, or something was changed.
    #[error("expected a signature of this passkey over this answer")]
    Signature,
    /// The answer names one credential and holds another.
    #[error("expected the credential that the answer names")]
    OtherCredential,
}

/// A passkey that was just made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewCredential {
    /// Its credential id.
    pub id: Vec<u8>,
    /// Its public key in COSE form.
    pub public_key: Vec<u8>,
    /// Signatures it has made, where it counts them.
    pub sign_count: u32,
    /// Whether its authenticator may copy it to other devices.
    pub can_sync: bool,
    /// Whether it has.
    pub is_synced: bool,
}

/// A use of a passkey.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UsedCredential {
    /// Signatures it has made, where it counts them.
    pub sign_count: u32,
    /// Whether its authenticator has copied it to other devices.
    pub is_synced: bool,
}

/// The bytes of a credential id as answers name it.
///
/// # Errors
/// When it is not base64url, empty or too long.
pub fn credential_id(text: &str) -> Result<Vec<u8>, AnswerError> {
    let id = bytes("id", text)?;
    let is_fit = (1..=CREDENTIAL_BYTES_MAX).contains(&id.len());
    if is_fit { Ok(id) } else { Err(AnswerError::Unreadable { member: "id", expected: "1 to 1,023 bytes" }) }
}

/// Reads what `answer`'s client data says; the caller looks at the challenge.
///
/// # Errors
/// When it answers something else, or was given to another page than `site`.
pub fn client_data(kind: Kind, site: Site<'_>, text: &str) -> Result<ClientData, AnswerError> {
    ClientData::read(bytes("response.clientDataJSON", text)?, kind, site.origin)
}

/// Takes a new passkey whose client data has been looked at.
///
/// # Errors
/// [`AnswerError`]; then it is none.
pub fn register(site: Site<'_>, answer: &Registration) -> Result<NewCredential, AnswerError> {
    let id = credential_id(&answer.id)?;
    let object = bytes("response.attestationObject", &answer.response.attestation_object)?;
    let data = authenticator::data_of_attestation(&object)?;
    let data = AuthenticatorData::read(&data)?;
    fits(site, &data)?;
    let made = data.attested.ok_or(AnswerError::Unreadable {
        member: "response.attestationObject",
        expected: "the credential that was made",
    })?;
    if made.id != id {
        return Err(AnswerError::OtherCredential);
    }
    PublicKey::read(&made.public_key)?;
    Ok(NewCredential {
        id,
        public_key: made.public_key,
        sign_count: data.sign_count,
        can_sync: data.flags.has(Flags::BACKUP_ELIGIBLE),
        is_synced: data.flags.has(Flags::BACKED_UP),
    })
}

/// Whether the holder of `key` gave this answer; its client data has been looked at. `can_sync` is what the passkey said when it was made.
///
/// # Errors
/// [`AnswerError`]; then nothing was proven.
pub fn assert(
    site: Site<'_>,
    key: &PublicKey,
    can_sync: bool,
    client_data: &ClientData,
    answer: &Assertion,
) -> Result<UsedCredential, AnswerError> {
    let raw = bytes("response.authenticatorData", &answer.response.authenticator_data)?;
    let signature = bytes("response.signature", &answer.response.signature)?;
    let data = AuthenticatorData::read(&raw)?;
    fits(site, &data)?;
    if data.flags.has(Flags::BACKUP_ELIGIBLE) != can_sync {
        return Err(AnswerError::Flags);
    }
    let mut signed = raw;
    signed.extend_from_slice(&client_data.hash());
    key.verify(&signed, &signature)?;
    Ok(UsedCredential { sign_count: data.sign_count, is_synced: data.flags.has(Flags::BACKED_UP) })
}

fn fits(site: Site<'_>, data: &AuthenticatorData) -> Result<(), AnswerError> {
    if !data.is_for(site.rp_id) {
        return Err(AnswerError::Site { expected: site.rp_id.to_owned() });
    }
    if !data.flags.has(Flags::USER_PRESENT) {
        return Err(AnswerError::Absent);
    }
    if !data.flags.has(Flags::USER_VERIFIED) {
        return Err(AnswerError::Unverified);
    }
    if data.flags.has(Flags::BACKED_UP) && !data.flags.has(Flags::BACKUP_ELIGIBLE) {
        return Err(AnswerError::Flags);
    }
    Ok(())
}

fn bytes(member: &'static str, text: &str) -> Result<Vec<u8>, AnswerError> {
    let found = BASE64URL_NOPAD.decode(text.as_bytes());
    found.map_err(|_| AnswerError::Unreadable { member, expected: "base64url without padding" })
}
