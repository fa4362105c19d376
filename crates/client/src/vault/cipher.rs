//! What the vault asks of the platform's cryptography. The browser's body is `WebCrypto`; keys stay where scripts cannot read them.

use std::rc::Rc;

use futures::future::LocalBoxFuture;
use zeroize::Zeroizing;

/// Bytes that no log may show; emptied when they are let go.
#[derive(Clone)]
pub struct Secret(Zeroizing<Vec<u8>>);

impl Secret {
    /// Keeps `bytes`.
    pub fn new(bytes: Vec<u8>) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// The bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret")
    }
}

/// Nothing was sealed or opened.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CipherError {
    /// The bytes were not sealed with this key for this place, or were changed since.
    #[error("expected bytes that this key has sealed for this place")]
    Foreign,
    /// The platform refused.
    #[error("the browser's cryptography failed: {0}")]
    Failed(String),
}

/// The answer of a cipher.
pub type Ciphered<T> = LocalBoxFuture<'static, Result<T, CipherError>>;

/// Makes keys.
pub trait Cipher {
    /// 32 fresh random bytes.
    fn random(&self) -> Secret;
    /// The key that comes of `secret`, `salt` and `purpose` by HKDF-SHA-256 (RFC 5869).
    fn key(&self, secret: &Secret, salt: &[u8], purpose: &'static str) -> Ciphered<Rc<dyn SealingKey>>;
    /// `share` mixed with a key of this device that no script can read (HMAC-SHA-256). The key is made when it is first asked for.
    fn bind(&self, share: &Secret) -> Ciphered<Secret>;
}

/// A key that seals (AES-256-GCM, a fresh nonce each time) and names (HMAC-SHA-256).
pub trait SealingKey {
    /// Seals `plain` for `place`: nonce, ciphertext, tag.
    fn seal(&self, place: Vec<u8>, plain: Vec<u8>) -> Ciphered<Vec<u8>>;
    /// Opens what was sealed for `place`.
    fn open(&self, place: Vec<u8>, sealed: Vec<u8>) -> Ciphered<Vec<u8>>;
    /// 32 bytes that only this key makes of `text`.
    fn name(&self, text: Vec<u8>) -> Ciphered<Vec<u8>>;
}

/// No cryptography, for platforms that keep nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoCipher;

impl NoCipher {
    fn none<T: 'static>() -> Ciphered<T> {
        Box::pin(std::future::ready(Err(CipherError::Failed("there is none".to_owned()))))
    }
}

impl Cipher for NoCipher {
    fn random(&self) -> Secret {
        Secret::new(Vec::new())
    }
    fn key(&self, _secret: &Secret, _salt: &[u8], _purpose: &'static str) -> Ciphered<Rc<dyn SealingKey>> {
        Self::none()
    }
    fn bind(&self, _share: &Secret) -> Ciphered<Secret> {
        Self::none()
    }
}
