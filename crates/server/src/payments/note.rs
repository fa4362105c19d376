//! Notes under a key per person: AES-256-GCM, so that destroying the key erases every note the person wrote.
//!
//! Sealed form: nonce (12 bytes) · ciphertext (as long as the note) · tag (16 bytes). The payment's id and the payer are
//! authenticated with it, so a sealed note cannot be moved to another payment. The nonce is drawn per note; a person writes far fewer than
//! 2^32 notes, the bound of random nonces under one key (NIST SP 800-38D, section 8.3).

use aes_gcm::aead::{Aead, Payload};
use aes_gcm::{Aes256Gcm, Key, KeyInit, Nonce};
use qianbao_core::id::{PaymentId, PersonId};
use zeroize::Zeroizing;

/// Longest note, bytes of UTF-8.
pub const NOTE_BYTES_MAX: usize = 100;

const NONCE_BYTES: usize = 12;

/// A person's note key. Cleared from memory when dropped.
#[derive(Clone)]
pub struct NoteKey(Zeroizing<[u8; 32]>);

/// The note could not be sealed: the cipher refused it, which only happens beyond its own limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected a note of at most {NOTE_BYTES_MAX} bytes, found one that the cipher refuses")]
pub struct SealError;

impl NoteKey {
    /// The key with these bytes.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// The sealed form of `note`, at most 128 bytes.
    ///
    /// # Errors
    /// [`SealError`] when the note is longer than [`NOTE_BYTES_MAX`].
    pub fn seal(
        &self,
        payer: PersonId,
        payment: PaymentId,
        note: &str,
        nonce: [u8; NONCE_BYTES],
    ) -> Result<Vec<u8>, SealError> {
        if note.len() > NOTE_BYTES_MAX {
            return Err(SealError);
        }
        let payload = Payload { msg: note.as_bytes(), aad: &bound(payer, payment) };
        let sealed = self.cipher().encrypt(&Nonce::from(nonce), payload).map_err(|_| SealError)?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    /// The note, unless the bytes are not what this key sealed for this payment.
    pub fn open(&self, payer: PersonId, payment: PaymentId, sealed: &[u8]) -> Option<String> {
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE_BYTES>()?;
        let payload = Payload { msg: sealed, aad: &bound(payer, payment) };
        let note = self.cipher().decrypt(&Nonce::from(*nonce), payload).ok()?;
        String::from_utf8(note).ok()
    }

    fn cipher(&self) -> Aes256Gcm {
        Aes256Gcm::new(&Key::<Aes256Gcm>::from(*self.0))
    }
}

fn bound(payer: PersonId, payment: PaymentId) -> [u8; 32] {
    let mut bound = [0; 32];
    bound[..16].copy_from_slice(payer.uuid().as_bytes());
    bound[16..].copy_from_slice(payment.uuid().as_bytes());
    bound
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_opens_only_with_its_key_payer_and_payment() {
        let (payer, other) = (PersonId::from_parts(1, [1; 10]), PersonId::from_parts(2, [2; 10]));
        let (payment, another) = (PaymentId::from_parts(3, [3; 10]), PaymentId::from_parts(4, [4; 10]));
        let key = NoteKey::new([7; 32]);
        let sealed = key.seal(payer, payment, "晚饭 <b>谢谢</b>", [5; 12]).expect("short enough");
        assert_eq!(key.open(payer, payment, &sealed).as_deref(), Some("晚饭 <b>谢谢</b>"));
        assert_eq!(key.open(other, payment, &sealed), None);
        assert_eq!(key.open(payer, another, &sealed), None);
        assert_eq!(NoteKey::new([8; 32]).open(payer, payment, &sealed), None);
        for place in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[place] ^= 1;
            assert_eq!(key.open(payer, payment, &changed), None, "byte {place}");
        }
        assert_eq!(key.open(payer, payment, &[]), None);
    }

    #[test]
    fn the_longest_note_fits_and_a_longer_one_does_not() {
        let (payer, payment) = (PersonId::from_parts(1, [1; 10]), PaymentId::from_parts(3, [3; 10]));
        let key = NoteKey::new([7; 32]);
        assert_eq!(key.seal(payer, payment, &"x".repeat(100), [0; 12]).map(|sealed| sealed.len()), Ok(128));
        assert_eq!(key.seal(payer, payment, &"x".repeat(101), [0; 12]), Err(SealError));
    }
}
