//! `POST /v1/recovery-codes`: a set of recovery codes in the place of the one before.
//!
//! It asks for a [confirmed](super::super::confirm) session, as every change of the ways in does. The codes are told once; what is kept of each is
//! its HMAC-SHA-256 with its person, under a key that comes of the realm's pepper.

use axum::Json;
use data_encoding::HEXLOWER;
use hmac::{Hmac, KeyInit, Mac};
use qianbao_api::recovery::RecoveryCodes;
use qianbao_core::id::PersonId;
use qianbao_core::recovery::RecoveryCode;
use sha2::Sha256;

use super::super::confirm::{self, ConfirmError};
use super::super::rows::recovery_codes;
use crate::codes::secrets::{Secret, derived};
use crate::directory::NewEvent;
use crate::door::{Call, Signed};
use crate::problem::Refusal;

/// Codes of a set.
pub const CODES: usize = 10;

/// What a realm hashes the codes of its people with.
#[derive(Clone)]
pub struct RecoveryKey(Secret);

impl RecoveryKey {
    /// The key that goes with a realm's pepper.
    pub fn of_pepper(pepper: &Secret) -> Self {
        Self(derived(pepper, "qianbao recovery codes 1"))
    }

    /// What is kept of `code` of `person`.
    pub fn hash(&self, person: PersonId, code: RecoveryCode) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.0.as_slice()).expect("HMAC takes keys of any length");
        mac.update(person.uuid().as_bytes());
        mac.update(&code.bytes());
        HEXLOWER.encode(&mac.finalize().into_bytes())
    }
}

impl std::fmt::Debug for RecoveryKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RecoveryKey")
    }
}

/// Makes a set of codes.
#[utoipa::path(post, path = "/v1/recovery-codes", tag = "identity", responses((status = 200, body = RecoveryCodes)))]
pub async fn make_codes(call: Call, signed: Signed) -> Result<Json<RecoveryCodes>, Refusal> {
    Ok(Json(make(&call, &signed).await?))
}

/// Makes a set of codes for the signed-in person; the set before is of no use any more.
///
/// # Errors
/// [`ConfirmError`]; then the set before is what it was.
pub async fn make(call: &Call, signed: &Signed) -> Result<RecoveryCodes, ConfirmError> {
    let person = signed.person;
    let codes: Vec<RecoveryCode> = (0..CODES).map(|_| RecoveryCode::from_random(call.random())).collect();
    let hashes: Vec<String> = codes.iter().map(|code| call.realm.recovery_key.hash(person, *code)).collect();
    let mut write = call.realm.directory.begin().await?;
    confirm::require_in(&mut write, call, signed).await?;
    recovery_codes::replace(&mut write, person, &hashes, call.now).await?;
    let subject = person.to_string();
    let event = NewEvent { id: call.id(), kind: "recovery_codes.made", subject: &subject, body: "{}", at: call.now };
    write.event(event).await?;
    write.commit().await?;
    Ok(RecoveryCodes { codes: codes.iter().map(ToString::to_string).collect() })
}

#[cfg(test)]
mod tests {
    use zeroize::Zeroizing;

    use super::*;

    #[test]
    fn what_is_kept_of_a_code_is_of_its_person_and_realm() {
        let key = |byte| RecoveryKey::of_pepper(&Zeroizing::new([byte; 32]));
        let person = |byte| PersonId::from_parts(1, [byte; 10]);
        let (code, other) = (RecoveryCode::from_random([1; 16]), RecoveryCode::from_random([2; 16]));
        let kept = key(1).hash(person(1), code);
        assert_eq!(kept, key(1).hash(person(1), code));
        assert_eq!(kept.len(), 64);
        for foreign in [key(2).hash(person(1), code), key(1).hash(person(2), code), key(1).hash(person(1), other)] {
            assert_ne!(kept, foreign);
        }
    }
}
