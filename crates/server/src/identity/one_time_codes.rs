//! `POST /v1/one-time-codes`, `POST /v1/one-time-codes/activation` and `DELETE /v1/one-time-codes`: the second factor beside the password.
//!
//! TOTP (RFC 6238) as every app for it does: 160 bits, SHA-1, 6 digits, steps of 30 seconds; the step before and the one after are taken too, for
//! clocks that are off, and each step once. Beginning and ending ask for a [confirmed](super::confirm) session. A passkey needs no code: it is two
//! factors by itself.
//!
//! The secret is kept sealed under a key that comes of the realm's pepper, so the database alone gives no codes.

use aes_gcm::aead::{Aead, Payload};
use aes_gcm::{Aes256Gcm, Key, KeyInit, Nonce};
use axum::Json;
use axum::response::NoContent;
use data_encoding::{BASE32_NOPAD, BASE64URL_NOPAD};
use qianbao_api::ProblemCode;
use qianbao_api::identity::{OneTimeCode, OneTimeCodes};
use qianbao_core::Timestamp;
use qianbao_core::id::PersonId;
use totp_rs::{Builder, Totp};
use zeroize::Zeroizing;

use super::confirm::{self, ConfirmError};
use super::rows::one_time_codes::Row;
use super::rows::{self, one_time_codes};
use super::tries::{Tried, Try, TryError};
use crate::codes::secrets::{Secret, derived};
use crate::directory::{DirectoryError, NewEvent, Write};
use crate::door::{Body, Call, Signed};
use crate::problem::{Refusal, Refuses};

/// What apps show as the name of the site.
const ISSUER: &str = "Qianbao";
/// RFC 4226, section 4, R6: 160 bits are recommended.
const SECRET_BYTES: usize = 20;
const NONCE_BYTES: usize = 12;

type SharedSecret = Zeroizing<[u8; SECRET_BYTES]>;

/// What a realm seals the secrets of its people with.
#[derive(Clone)]
pub struct SealKey(Secret);

/// Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum CodesError {
    /// They are on.
    #[error("expected no one-time codes yet; turn them off first")]
    On,
    /// Nobody has asked for a secret, or turned them off.
    #[error("expected one-time codes that were begun")]
    Missing,
    /// The code.
    #[error("expected the 6 digits that the app shows now, and each only once")]
    Wrong,
    /// The password would be too short without them.
    #[error("expected a password of at least 15 characters before one-time codes are turned off")]
    Short,
    /// The session is not fresh any more.
    #[error(transparent)]
    Confirm(Box<ConfirmError>),
    /// Too many tries.
    #[error(transparent)]
    Tries(#[from] TryError),
    /// A session without a person, which the tables forbid.
    #[error("expected the person of a session in the directory")]
    Gone,
    /// The directory.
    #[error(transparent)]
    Directory(#[from] DirectoryError),
}

impl From<ConfirmError> for CodesError {
    fn from(error: ConfirmError) -> Self {
        Self::Confirm(Box::new(error))
    }
}

impl Refuses for CodesError {
    fn code(&self) -> ProblemCode {
        match self {
            Self::On => ProblemCode::OneTimeCodesOn,
            Self::Missing => ProblemCode::NotFound,
            Self::Wrong => ProblemCode::OneTimeCodeWrong,
            Self::Short => ProblemCode::PasswordLength,
            Self::Confirm(error) => error.code(),
            Self::Tries(TryError::Spent { .. }) => ProblemCode::TooManyRequests,
            Self::Gone => ProblemCode::Internal,
            Self::Tries(TryError::Directory(error)) | Self::Directory(error) => error.code(),
        }
    }

    fn param(&self) -> Option<String> {
        match self {
            Self::Wrong => Some("code".to_owned()),
            Self::Short => Some("password".to_owned()),
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

/// Makes a secret for an app; nothing is asked for yet.
#[utoipa::path(post, path = "/v1/one-time-codes", tag = "identity", responses((status = 200, body = OneTimeCodes)))]
pub async fn begin(call: Call, signed: Signed) -> Result<Json<OneTimeCodes>, Refusal> {
    Ok(Json(make(&call, &signed).await?))
}

/// Turns codes on, for who shows that their app has the secret.
#[utoipa::path(post, path = "/v1/one-time-codes/activation", tag = "identity", request_body = OneTimeCode,
    responses((status = 204, description = "On.")))]
pub async fn activate(call: Call, signed: Signed, Body(request): Body<OneTimeCode>) -> Result<NoContent, Refusal> {
    turn_on(&call, &signed, &request.code).await?;
    Ok(NoContent)
}

/// Turns codes off and forgets the secret.
#[utoipa::path(delete, path = "/v1/one-time-codes", tag = "identity", responses((status = 204, description = "Off.")))]
pub async fn end(call: Call, signed: Signed) -> Result<NoContent, Refusal> {
    turn_off(&call, &signed).await?;
    Ok(NoContent)
}

/// Makes a secret for the signed-in person.
///
/// # Errors
/// [`CodesError`]; then there is none.
pub async fn make(call: &Call, signed: &Signed) -> Result<OneTimeCodes, CodesError> {
    let person = signed.person;
    let found = rows::person(call.realm.directory.readers(), person).await?.ok_or(CodesError::Gone)?;
    let secret: SharedSecret = Zeroizing::new(call.random());
    let sealed = call.realm.seal_key.seal(person, &secret, call.random());
    let mut write = call.realm.directory.begin().await?;
    confirm::require_in(&mut write, call, signed).await?;
    if !one_time_codes::begin(&mut write, person, &sealed, call.now).await? {
        return Err(CodesError::On);
    }
    write.commit().await?;
    let secret = BASE32_NOPAD.encode(secret.as_slice());
    // Handles and base32 need no escaping.
    let uri = format!("otpauth://totp/{ISSUER}:{}?secret={secret}&issuer={ISSUER}", found.handle);
    Ok(OneTimeCodes { secret, uri })
}

/// Turns codes on for the signed-in person, whose app shows `code`.
///
/// # Errors
/// [`CodesError`]; then they are off.
pub async fn turn_on(call: &Call, signed: &Signed, code: &str) -> Result<(), CodesError> {
    let person = signed.person;
    let directory = &call.realm.directory;
    confirm::require(call, signed).await?;
    let begun = one_time_codes::of(directory.readers(), person).await?.ok_or(CodesError::Missing)?;
    if begun.on_since.is_some() {
        return Err(CodesError::On);
    }
    let counted = Try::count_code(directory, person, Tried::Confirming(person), call.now).await?;
    let step = step_of(call, person, &begun, code)?.ok_or(CodesError::Wrong)?;
    let mut write = directory.begin().await?;
    confirm::require_in(&mut write, call, signed).await?;
    if !one_time_codes::turn_on(&mut write, person, &begun.sealed, step, call.now).await? {
        return Err(CodesError::Missing);
    }
    counted.give_back(&mut write).await?;
    note(&mut write, call, "one_time_codes.on", person).await?;
    Ok(write.commit().await?)
}

/// Turns codes off for the signed-in person.
///
/// # Errors
/// [`CodesError`]; then they are what they were.
pub async fn turn_off(call: &Call, signed: &Signed) -> Result<(), CodesError> {
    let person = signed.person;
    let mut write = call.realm.directory.begin().await?;
    confirm::require_in(&mut write, call, signed).await?;
    if rows::needs_second(&mut write, person).await? {
        return Err(CodesError::Short);
    }
    if !one_time_codes::forget(&mut write, person).await? {
        return Err(CodesError::Missing);
    }
    note(&mut write, call, "one_time_codes.off", person).await?;
    Ok(write.commit().await?)
}

/// What stands beside a password that is right.
#[derive(Debug)]
pub enum Second {
    /// Codes are off.
    NotAsked,
    /// They are on, and none was given.
    Missing,
    /// It is not one of now.
    Wrong,
    /// The code of this step; it may have been taken before.
    Code {
        /// The step.
        step: i64,
        /// To be given back.
        counted: Try,
    },
}

/// Looks at the code that `person` has given with their password, after counting the try.
///
/// # Errors
/// [`CodesError`] when no try is left, or the directory fails.
pub async fn second(call: &Call, person: PersonId, tried: Tried<'_>, code: Option<&str>) -> Result<Second, CodesError> {
    let directory = &call.realm.directory;
    let found = one_time_codes::of(directory.readers(), person).await?;
    let Some(found) = found.filter(|found| found.on_since.is_some()) else { return Ok(Second::NotAsked) };
    let Some(code) = code else { return Ok(Second::Missing) };
    let counted = Try::count_code(directory, person, tried, call.now).await?;
    let step = step_of(call, person, &found, code)?;
    Ok(step.map_or(Second::Wrong, |step| Second::Code { step, counted }))
}

/// Since when codes are asked for.
///
/// # Errors
/// When the directory fails.
pub async fn on_since(call: &Call, person: PersonId) -> Result<Option<Timestamp>, DirectoryError> {
    let found = one_time_codes::of(call.realm.directory.readers(), person).await?;
    Ok(found.and_then(|found| found.on_since))
}

/// The step whose code this is, now.
fn step_of(call: &Call, person: PersonId, row: &Row, code: &str) -> Result<Option<i64>, CodesError> {
    let opened = call.realm.seal_key.open(person, &row.sealed);
    let secret = opened.ok_or(DirectoryError::Damaged { column: "one_time_codes.sealed" })?;
    let seconds = u64::try_from(call.now.millis() / 1_000).unwrap_or(0);
    // People copy codes with a space in the middle.
    let digits: String = code.chars().filter(|character| !character.is_whitespace()).take(7).collect();
    Ok(codes_of(&secret).check(&digits, seconds).and_then(|step| i64::try_from(step).ok()))
}

/// What an app makes of the secret.
fn codes_of(secret: &SharedSecret) -> Totp {
    // The library checks lengths for who lets people choose; these are the standard's own.
    Builder::new().with_secret(totp_rs::Secret::new_stack(**secret)).build_noncompliant()
}

async fn note(write: &mut Write, call: &Call, kind: &str, person: PersonId) -> Result<(), DirectoryError> {
    let subject = person.to_string();
    write.event(NewEvent { id: call.id(), kind, subject: &subject, body: "{}", at: call.now }).await?;
    Ok(())
}

impl SealKey {
    /// The key that goes with a realm's pepper.
    pub fn of_pepper(pepper: &Secret) -> Self {
        Self(derived(pepper, "qianbao one-time code secrets 1"))
    }

    fn seal(&self, person: PersonId, secret: &SharedSecret, nonce: [u8; NONCE_BYTES]) -> String {
        let person = person.uuid();
        let payload = Payload { msg: secret.as_slice(), aad: person.as_bytes() };
        let sealed = self.cipher().encrypt(&Nonce::from(nonce), payload).expect("AES-GCM takes 20 bytes");
        BASE64URL_NOPAD.encode(&[nonce.as_slice(), &sealed].concat())
    }

    fn open(&self, person: PersonId, sealed: &str) -> Option<SharedSecret> {
        let bytes = BASE64URL_NOPAD.decode(sealed.as_bytes()).ok()?;
        let (nonce, sealed) = bytes.split_first_chunk::<NONCE_BYTES>()?;
        let person = person.uuid();
        let payload = Payload { msg: sealed, aad: person.as_bytes() };
        let secret = Zeroizing::new(self.cipher().decrypt(&Nonce::from(*nonce), payload).ok()?);
        Some(Zeroizing::new(secret.as_slice().try_into().ok()?))
    }

    fn cipher(&self) -> Aes256Gcm {
        Aes256Gcm::new(&Key::<Aes256Gcm>::from(*self.0))
    }
}

impl std::fmt::Debug for SealKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SealKey")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B, the lines for SHA-1, whose last six of eight digits are ours.
    #[test]
    fn codes_are_those_of_the_rfc() {
        let codes = codes_of(&Zeroizing::new(*b"12345678901234567890"));
        for (seconds, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(codes.check(code, seconds), Some(seconds / 30), "{seconds}");
            assert_eq!(codes.check(code, seconds + 30), Some(seconds / 30), "a step later");
            assert_eq!(codes.check(code, seconds + 60), None, "two steps later");
        }
        for wrong in ["", "28708", "2870820", "28708a", "２８７０８２"] {
            assert_eq!(codes.check(wrong, 59), None, "{wrong}");
        }
    }

    #[test]
    fn a_secret_opens_for_its_person_and_realm_only() {
        let key = |byte| SealKey::of_pepper(&Zeroizing::new([byte; 32]));
        let person = |byte| PersonId::from_parts(1, [byte; 10]);
        let sealed = key(1).seal(person(1), &Zeroizing::new([7; 20]), [5; 12]);
        assert_eq!(key(1).open(person(1), &sealed).as_deref(), Some(&[7; 20]));
        assert_eq!(key(2).open(person(1), &sealed), None);
        assert_eq!(key(1).open(person(2), &sealed), None);
        for broken in ["", "%", &sealed[..20]] {
            assert_eq!(key(1).open(person(1), broken), None);
        }
    }
}
