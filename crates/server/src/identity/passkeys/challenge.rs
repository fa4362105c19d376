//! Challenges: what an authenticator has to sign, so that its answer is good for one question, once, for five minutes.
//!
//! ```text
//! 56 bytes = made at (µs, 8) ‖ random (16) ‖ HMAC-SHA256 (32) over purpose, host, made at and random
//! ```
//!
//! A challenge needs no row: the seal says that this realm made it, for what, and when. So whoever asks for many fills no table. Only one that was
//! answered is noted ([`Challenge::spend`]), in the transaction that does what it was asked for.

use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use hmac::{Hmac, KeyInit, Mac};
use qianbao_core::Timestamp;
use qianbao_core::id::{PersonId, RecoveryId, SessionId};
use sha2::{Digest, Sha256};
use sqlx::AnyPool;

use super::super::rows::challenges;
use crate::codes::secrets::{Secret, derived};
use crate::directory::{DirectoryError, Write};
use crate::door::Call;
use crate::hosts::Audience;

/// How long a challenge can be answered.
pub const CHALLENGE_S: i64 = 5 * 60;
/// How far the clock of another process of this server may be ahead.
const CLOCK_AHEAD_S: i64 = 60;
const SEAL: usize = 32;
const LENGTH: usize = 8 + 16 + SEAL;

/// What a realm seals its challenges with.
#[derive(Clone)]
pub struct ChallengeKey(Secret);

/// What is to be done with the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Making a person.
    SignUp,
    /// Signing in.
    SignIn,
    /// Giving a person another passkey.
    Add(PersonId),
    /// Proving who sits at a session.
    Confirm(SessionId),
    /// Giving who comes back by a recovery a passkey.
    Recover(RecoveryId),
}

/// A challenge of this realm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Challenge {
    bytes: [u8; LENGTH],
}

/// The answer is to no challenge of this realm that can still be answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChallengeError {
    /// It was not made here, or for something else.
    #[error("expected the answer to a challenge of this host for this purpose")]
    Foreign,
    /// It is too late.
    #[error("expected an answer within {} minutes; begin again", CHALLENGE_S / 60)]
    Over,
    /// It was answered before.
    #[error("expected a challenge that was not answered before; begin again")]
    Spent,
}

impl ChallengeKey {
    /// The key that goes with a realm's pepper.
    pub fn of_pepper(pepper: &Secret) -> Self {
        Self(derived(pepper, "qianbao passkey challenges 1"))
    }

    /// A fresh challenge for `purpose` on the call's host.
    pub fn make(&self, call: &Call, purpose: Purpose) -> Challenge {
        self.seal(call.now, call.random(), purpose, call.audience)
    }

    /// The challenge in `bytes`, if it was made for `purpose` on the call's host and is not over.
    ///
    /// # Errors
    /// [`ChallengeError`].
    pub fn check(&self, call: &Call, purpose: Purpose, bytes: &[u8]) -> Result<Challenge, ChallengeError> {
        self.known(call.now, purpose, call.audience, bytes)
    }

    fn known(
        &self,
        now: Timestamp,
        purpose: Purpose,
        audience: Audience,
        bytes: &[u8],
    ) -> Result<Challenge, ChallengeError> {
        let bytes: [u8; LENGTH] = bytes.try_into().map_err(|_| ChallengeError::Foreign)?;
        let found = Challenge { bytes };
        // The seal is compared by the library, in the same time whatever is wrong with it.
        let sealed = self.mac(found.made_at(), found.random(), purpose, audience);
        sealed.verify_slice(&bytes[LENGTH - SEAL..]).map_err(|_| ChallengeError::Foreign)?;
        if found.made_at() > now.plus_seconds(CLOCK_AHEAD_S) {
            return Err(ChallengeError::Foreign);
        }
        if found.expires_at() <= now { Err(ChallengeError::Over) } else { Ok(found) }
    }

    fn seal(&self, now: Timestamp, random: [u8; 16], purpose: Purpose, audience: Audience) -> Challenge {
        let seal: [u8; SEAL] = self.mac(now, random, purpose, audience).finalize().into_bytes().into();
        let mut bytes = [0; LENGTH];
        bytes[..8].copy_from_slice(&now.0.to_be_bytes());
        bytes[8..24].copy_from_slice(&random);
        bytes[24..].copy_from_slice(&seal);
        Challenge { bytes }
    }

    fn mac(&self, made_at: Timestamp, random: [u8; 16], purpose: Purpose, audience: Audience) -> Hmac<Sha256> {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.0.as_slice()).expect("HMAC takes keys of any length");
        mac.update(purpose.text().as_bytes());
        // No purpose and no audience holds a line end.
        mac.update(b"\n");
        mac.update(audience.label().as_bytes());
        mac.update(b"\n");
        mac.update(&made_at.0.to_be_bytes());
        mac.update(&random);
        mac
    }
}

impl std::fmt::Debug for ChallengeKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ChallengeKey")
    }
}

impl Purpose {
    fn text(self) -> String {
        match self {
            Self::SignUp => "sign_up".to_owned(),
            Self::SignIn => "sign_in".to_owned(),
            Self::Add(person) => format!("add {person}"),
            Self::Confirm(session) => format!("confirm {session}"),
            Self::Recover(recovery) => format!("recover {recovery}"),
        }
    }
}

impl Challenge {
    /// As options carry it.
    pub fn text(&self) -> String {
        BASE64URL_NOPAD.encode(&self.bytes)
    }

    /// The id of the person who is made with the answer: options have to name them before they are there.
    pub fn newcomer(&self) -> PersonId {
        let unix_ms = u64::try_from(self.made_at().millis()).unwrap_or(0);
        PersonId::from_parts(unix_ms, self.part(8))
    }

    /// Looks whether it was answered before, without a write; [`Challenge::spend`] decides.
    ///
    /// # Errors
    /// When the directory fails; within, when it was answered before.
    pub async fn look(&self, readers: &AnyPool) -> Result<Result<(), ChallengeError>, DirectoryError> {
        let is_spent = challenges::is_spent(readers, &self.hash()).await?;
        Ok(if is_spent { Err(ChallengeError::Spent) } else { Ok(()) })
    }

    /// Notes that it was answered.
    ///
    /// # Errors
    /// When the directory fails; within, when it was answered before.
    pub async fn spend(&self, write: &mut Write) -> Result<Result<(), ChallengeError>, DirectoryError> {
        // A process whose clock is behind must find it as well.
        let expires_at = self.expires_at().plus_seconds(CLOCK_AHEAD_S);
        let is_first = challenges::spend(write, &self.hash(), expires_at).await?;
        Ok(if is_first { Ok(()) } else { Err(ChallengeError::Spent) })
    }

    fn hash(&self) -> String {
        HEXLOWER.encode(&Sha256::digest(self.bytes))
    }

    fn expires_at(&self) -> Timestamp {
        self.made_at().plus_seconds(CHALLENGE_S)
    }

    fn made_at(&self) -> Timestamp {
        Timestamp(i64::from_be_bytes(self.part(0)))
    }

    fn random(&self) -> [u8; 16] {
        self.part(8)
    }

    fn part<const N: usize>(&self, start: usize) -> [u8; N] {
        *self.bytes[start..].first_chunk().expect("the parts lie within the challenge")
    }
}

/// Forgets answered challenges that are over. A job runs it.
///
/// # Errors
/// When the directory fails.
pub async fn sweep(write: &mut Write, now: Timestamp) -> Result<(), DirectoryError> {
    challenges::sweep(write, now).await
}

#[cfg(test)]
mod tests {
    use zeroize::Zeroizing;

    use super::*;

    const NOW: Timestamp = Timestamp(1_800_000_000_000_000);

    fn key(byte: u8) -> ChallengeKey {
        ChallengeKey::of_pepper(&Zeroizing::new([byte; 32]))
    }

    fn person(byte: u8) -> PersonId {
        PersonId::from_parts(1, [byte; 10])
    }

    #[test]
    fn a_challenge_is_good_for_its_purpose_host_and_time_only() {
        let key_of_realm = key(1);
        let made = key_of_realm.seal(NOW, [7; 16], Purpose::Add(person(1)), Audience::Wallet);
        let known = |key: &ChallengeKey, later: i64, purpose, audience| {
            key.known(NOW.plus_seconds(later), purpose, audience, &made.bytes)
        };
        let add = Purpose::Add(person(1));
        assert_eq!(known(&key_of_realm, 0, add, Audience::Wallet), Ok(made));
        assert_eq!(known(&key_of_realm, CHALLENGE_S - 1, add, Audience::Wallet), Ok(made));
        assert_eq!(known(&key_of_realm, CHALLENGE_S, add, Audience::Wallet), Err(ChallengeError::Over));
        assert_eq!(known(&key_of_realm, -CLOCK_AHEAD_S, add, Audience::Wallet), Ok(made), "made by another process");
        let foreign = Err(ChallengeError::Foreign);
        assert_eq!(known(&key_of_realm, -CLOCK_AHEAD_S - 1, add, Audience::Wallet), foreign);
        assert_eq!(known(&key_of_realm, 0, add, Audience::Desk), foreign);
        assert_eq!(known(&key_of_realm, 0, Purpose::Add(person(2)), Audience::Wallet), foreign);
        assert_eq!(known(&key_of_realm, 0, Purpose::SignIn, Audience::Wallet), foreign);
        assert_eq!(known(&key_of_realm, 0, Purpose::SignUp, Audience::Wallet), foreign);
        assert_eq!(known(&key(2), 0, add, Audience::Wallet), foreign, "of another realm");
    }

    #[test]
    fn a_changed_challenge_is_none() {
        let key = key(1);
        let made = key.seal(NOW, [7; 16], Purpose::SignIn, Audience::Wallet);
        for place in 0..LENGTH {
            let mut bytes = made.bytes;
            bytes[place] ^= 1;
            let known = key.known(NOW, Purpose::SignIn, Audience::Wallet, &bytes);
            assert_eq!(known, Err(ChallengeError::Foreign), "byte {place}");
        }
        for bytes in [&[][..], &[0; 32], &made.bytes[1..]] {
            assert_eq!(key.known(NOW, Purpose::SignIn, Audience::Wallet, bytes), Err(ChallengeError::Foreign));
        }
    }

    #[test]
    fn a_newcomers_id_stands_in_the_challenge() {
        let made = key(1).seal(NOW, *b"abcdefghijklmnop", Purpose::SignUp, Audience::Wallet);
        assert_eq!(made.newcomer(), PersonId::from_parts(1_800_000_000_000, *b"abcdefghij"));
    }
}
