//! The seal that says: this person approved this, by this factor, until then.
//!
//! ```text
//! 42 bytes = version (1) ‖ factor (1) ‖ end (µs, 8) ‖ HMAC-SHA256 (32) over person, digest of the intent, factor and end
//! ```
//!
//! Nothing in it is drawn by chance: approving the same twice by the same factor gives the same text, so a repeat of a payment is the same request.
//! The digest is not in it. Whoever checks it makes the digest from the request, and so a changed payee, amount, order or end is not approved.

use data_encoding::BASE64URL_NOPAD;
use hmac::{Hmac, KeyInit, Mac};
use qianbao_core::Timestamp;
use qianbao_core::approval::Factor;
use qianbao_core::id::PersonId;
use sha2::Sha256;

use crate::codes::secrets::{Secret, derived};

const VERSION: u8 = 1;
const SEAL: usize = 32;
const LENGTH: usize = 2 + 8 + SEAL;

/// What a realm seals approvals with.
#[derive(Clone)]
pub struct ApprovalKey(Secret);

/// An approval that was read; nothing of it is believed yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Approval {
    /// By what.
    pub factor: Factor,
    /// Until when.
    pub expires_at: Timestamp,
    seal: [u8; SEAL],
}

/// The approval is none of this.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// Not the text of an approval.
    #[error("expected in `approval` what POST /v1/approvals answered")]
    Unreadable,
    /// Of another person, or of something else.
    #[error("expected an approval of this very request by this person: show the preview again and approve")]
    Foreign,
    /// Too late.
    #[error("expected an approval that is not over: show the preview again and approve")]
    Over,
}

impl ApprovalKey {
    /// The key that goes with a realm's pepper.
    pub fn of_pepper(pepper: &Secret) -> Self {
        Self(derived(pepper, "qianbao approvals 1"))
    }

    /// The approval of the intent with this digest by `person`.
    pub fn seal(&self, person: PersonId, digest: &[u8; 32], factor: Factor, expires_at: Timestamp) -> String {
        let seal = self.mac(person, digest, factor, expires_at).finalize().into_bytes();
        let mut bytes = [0; LENGTH];
        bytes[0] = VERSION;
        bytes[1] = number(factor);
        bytes[2..10].copy_from_slice(&expires_at.0.to_be_bytes());
        bytes[10..].copy_from_slice(&seal);
        BASE64URL_NOPAD.encode(&bytes)
    }

    /// Whether `person` approved the intent with this digest, at `now`.
    ///
    /// # Errors
    /// [`TokenError`].
    pub fn check(
        &self,
        approval: &Approval,
        person: PersonId,
        digest: &[u8; 32],
        now: Timestamp,
    ) -> Result<Factor, TokenError> {
        // The seal is compared by the library, in the same time whatever is wrong with it.
        let sealed = self.mac(person, digest, approval.factor, approval.expires_at);
        sealed.verify_slice(&approval.seal).map_err(|_| TokenError::Foreign)?;
        if approval.expires_at <= now { Err(TokenError::Over) } else { Ok(approval.factor) }
    }

    fn mac(&self, person: PersonId, digest: &[u8; 32], factor: Factor, expires_at: Timestamp) -> Hmac<Sha256> {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.0.as_slice()).expect("HMAC takes keys of any length");
        mac.update(b"qianbao/approval/1\n");
        mac.update(person.uuid().as_bytes());
        mac.update(digest);
        mac.update(&[number(factor)]);
        mac.update(&expires_at.0.to_be_bytes());
        mac
    }
}

impl std::fmt::Debug for ApprovalKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ApprovalKey")
    }
}

impl Approval {
    /// Reads the text of an approval.
    ///
    /// # Errors
    /// [`TokenError::Unreadable`].
    pub fn read(text: &str) -> Result<Self, TokenError> {
        let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).map_err(|_| TokenError::Unreadable)?;
        let bytes: [u8; LENGTH] = bytes.try_into().map_err(|_| TokenError::Unreadable)?;
        let factor = match (bytes[0], bytes[1]) {
            (VERSION, 1) => Factor::Pin,
            (VERSION, 2) => Factor::Passkey,
            _ => return Err(TokenError::Unreadable),
        };
        let end = *bytes[2..].first_chunk().expect("the parts lie within an approval");
        let seal = *bytes[10..].first_chunk().expect("the parts lie within an approval");
        Ok(Self { factor, expires_at: Timestamp(i64::from_be_bytes(end)), seal })
    }
}

const fn number(factor: Factor) -> u8 {
    match factor {
        Factor::Pin => 1,
        Factor::Passkey => 2,
    }
}

#[cfg(test)]
mod tests {
    use zeroize::Zeroizing;

    use super::*;

    const NOW: Timestamp = Timestamp(1_800_000_000_000_000);

    fn key(byte: u8) -> ApprovalKey {
        ApprovalKey::of_pepper(&Zeroizing::new([byte; 32]))
    }

    fn person(byte: u8) -> PersonId {
        PersonId::from_parts(1, [byte; 10])
    }

    #[test]
    fn an_approval_is_good_for_its_person_intent_and_time_only() {
        let end = NOW.plus_seconds(120);
        let text = key(1).seal(person(1), &[7; 32], Factor::Pin, end);
        assert_eq!(text, key(1).seal(person(1), &[7; 32], Factor::Pin, end), "nothing is drawn by chance");
        let approval = Approval::read(&text).expect("an approval");
        assert_eq!((approval.factor, approval.expires_at), (Factor::Pin, end));
        let check = |key: &ApprovalKey, who, digest, later| key.check(&approval, who, &digest, NOW.plus_seconds(later));
        assert_eq!(check(&key(1), person(1), [7; 32], 0), Ok(Factor::Pin));
        assert_eq!(check(&key(1), person(1), [7; 32], 119), Ok(Factor::Pin));
        assert_eq!(check(&key(1), person(1), [7; 32], 120), Err(TokenError::Over));
        assert_eq!(check(&key(1), person(2), [7; 32], 0), Err(TokenError::Foreign));
        assert_eq!(check(&key(1), person(1), [8; 32], 0), Err(TokenError::Foreign));
        assert_eq!(check(&key(2), person(1), [7; 32], 0), Err(TokenError::Foreign), "of another realm");
    }

    #[test]
    fn a_changed_approval_is_none() {
        let text = key(1).seal(person(1), &[7; 32], Factor::Pin, NOW.plus_seconds(120));
        let made = BASE64URL_NOPAD.decode(text.as_bytes()).expect("base64url");
        for place in 0..LENGTH {
            for bit in 0..8 {
                let mut bytes = made.clone();
                bytes[place] ^= 1 << bit;
                let read = Approval::read(&BASE64URL_NOPAD.encode(&bytes));
                let found = read.and_then(|approval| key(1).check(&approval, person(1), &[7; 32], NOW));
                assert!(matches!(found, Err(TokenError::Unreadable | TokenError::Foreign)), "byte {place} bit {bit}");
            }
        }
        for text in ["", "AAAA", &text[1..], &format!("{text}AAAA"), &format!("{text}="), "ä"] {
            assert_eq!(Approval::read(text), Err(TokenError::Unreadable), "{text:?}");
        }
    }
}
