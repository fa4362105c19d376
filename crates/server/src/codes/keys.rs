//! The operator's Ed25519 keys: one signs, the one before it still verifies.
//!
//! Files `operator-N.key` in the keys folder (see [`super::secrets`]); the largest N is current, the one below it previous, older
//! ones are kept and no longer published. A key's id is the first 8 hex digits of the SHA-256 of the raw public key. What is signed is `WORD\n`
//! followed by the bytes, so a signature for one purpose is never one for another.

use std::path::{Path, PathBuf};

use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use ed25519_dalek::{Signer, SigningKey};
use qianbao_api::keys::{KeySet, PublicKey};
use qianbao_core::Timestamp;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::secrets::{self, SecretFileError};
use crate::clock::Sources;

/// What a signature is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// A receipt.
    Receipt,
    /// A code that a shop shows.
    Code,
}

impl Purpose {
    /// The word in front of the signed bytes.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Receipt => "qianbao/receipt/1",
            Self::Code => "qianbao/code/1",
        }
    }
}

/// The keys folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyFolderError {
    /// The folder.
    #[error("expected a readable folder at {path}")]
    Folder {
        /// The folder.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// A key.
    #[error(transparent)]
    Key(#[from] SecretFileError),
}

/// The current key and the one before it.
pub struct OperatorKeys {
    current: Key,
    previous: Option<Key>,
    /// Of all keys in the folder, newest first.
    fingerprints: Vec<String>,
}

struct Key {
    signing: SigningKey,
    id: String,
    created_at: Timestamp,
}

impl Key {
    fn fingerprint(&self) -> String {
        HEXLOWER.encode(&Sha256::digest(self.signing.verifying_key().as_bytes()))
    }
}

/// A signature and which key made it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    /// Id of the key.
    pub key: String,
    /// The raw signature.
    pub signature: [u8; 64],
}

impl OperatorKeys {
    /// The keys in `folder`; a first one is made when there is none.
    ///
    /// # Errors
    /// When the folder or a key cannot be used.
    pub fn open(folder: &Path, sources: &Sources) -> Result<Self, KeyFolderError> {
        let mut numbers = numbers(folder)?;
        if numbers.is_empty() {
            make(folder, 1, sources)?;
            numbers.push(1);
        }
        let mut newest = numbers.iter().rev();
        let current = load(folder, *newest.next().expect("a first key was made when there was none"))?;
        let previous = newest.next().map(|number| load(folder, *number)).transpose()?;
        // Older ones sign and verify nothing any more: one that cannot be read does no harm.
        let older = newest.filter_map(|number| load(folder, *number).ok()).map(|key| key.fingerprint());
        let fingerprints = [&current].into_iter().chain(&previous).map(Key::fingerprint).chain(older).collect();
        Ok(Self { current, previous, fingerprints })
    }

    /// Makes the next key in `folder`. A running server signs with it from its next start on.
    ///
    /// # Errors
    /// When the folder or a key cannot be used.
    pub fn rotate(folder: &Path, sources: &Sources) -> Result<Self, KeyFolderError> {
        let next = numbers(folder)?.last().map_or(1, |number| number + 1);
        make(folder, next, sources)?;
        Self::open(folder, sources)
    }

    /// Whether a realm's keys still lie in `folder`: one that signs, the pepper, the bank's.
    pub fn are_in(folder: &Path) -> bool {
        let is_there = |name: &str| folder.join(name).exists();
        numbers(folder).is_ok_and(|numbers| !numbers.is_empty()) && is_there("pepper.key") && is_there("bank.key")
    }

    /// Signs `bytes` for `purpose` with the current key.
    pub fn sign(&self, purpose: Purpose, bytes: &[u8]) -> Signed {
        let message = [purpose.word().as_bytes(), b"\n", bytes].concat();
        Signed { key: self.current.id.clone(), signature: self.current.signing.sign(&message).to_bytes() }
    }

    /// SHA-256 of the public half of every key in the folder, newest first, hex.
    pub fn fingerprints(&self) -> &[String] {
        &self.fingerprints
    }

    /// The public keys, current first.
    pub fn public(&self) -> KeySet {
        let keys = std::iter::once(&self.current).chain(&self.previous).map(|key| PublicKey {
            id: key.id.clone(),
            algorithm: "Ed25519".to_owned(),
            public: BASE64URL_NOPAD.encode(key.signing.verifying_key().as_bytes()),
            created_at: key.created_at,
        });
        KeySet { keys: keys.collect() }
    }
}

impl std::fmt::Debug for OperatorKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OperatorKeys").field("current", &self.current.id).finish_non_exhaustive()
    }
}

fn numbers(folder: &Path) -> Result<Vec<u32>, KeyFolderError> {
    let error = |source| KeyFolderError::Folder { path: folder.to_path_buf(), source };
    let files = match std::fs::read_dir(folder) {
        Err(source) if source.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        files => files.map_err(error)?,
    };
    let mut numbers = Vec::new();
    for file in files {
        let name = file.map_err(error)?.file_name();
        let number: Option<u32> =
            name.to_str().and_then(|name| name.strip_prefix("operator-")?.strip_suffix(".key")?.parse().ok());
        numbers.extend(number);
    }
    numbers.sort_unstable();
    Ok(numbers)
}

fn path(folder: &Path, number: u32) -> PathBuf {
    folder.join(format!("operator-{number}.key"))
}

fn make(folder: &Path, number: u32, sources: &Sources) -> Result<(), KeyFolderError> {
    Ok(secrets::write_new(&path(folder, number), &Zeroizing::new(sources.bytes()))?)
}

fn load(folder: &Path, number: u32) -> Result<Key, KeyFolderError> {
    let path = path(folder, number);
    let signing = SigningKey::from_bytes(&*secrets::read(&path)?);
    let digest = Sha256::digest(signing.verifying_key().as_bytes());
    let error = |source| KeyFolderError::Folder { path: path.clone(), source };
    let modified = path.metadata().and_then(|file| file.modified()).map_err(error)?;
    let since = modified.duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    Ok(Key {
        id: HEXLOWER.encode(&digest[..4]),
        created_at: Timestamp(i64::try_from(since.as_micros()).unwrap_or(i64::MAX)),
        signing,
    })
}

#[cfg(test)]
mod tests {
    use ed25519_dalek::{Signature, Verifier, VerifyingKey};

    use super::*;

    fn verifies(public: &PublicKey, message: &[u8], signed: &Signed) -> bool {
        let raw = BASE64URL_NOPAD.decode(public.public.as_bytes()).expect("base64url");
        let key = VerifyingKey::from_bytes(raw.as_slice().try_into().expect("32 bytes")).expect("a point");
        key.verify(message, &Signature::from_bytes(&signed.signature)).is_ok()
    }

    #[test]
    fn a_signature_verifies_for_its_purpose_and_bytes_only() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let keys = OperatorKeys::open(folder.path(), &Sources::system()).expect("made");
        let signed = keys.sign(Purpose::Receipt, b"body");
        let public = &keys.public().keys[0];
        assert_eq!((&public.id, public.id.len()), (&signed.key, 8));
        assert!(verifies(public, b"qianbao/receipt/1\nbody", &signed));
        assert!(!verifies(public, b"qianbao/code/1\nbody", &signed));
        assert!(!verifies(public, b"qianbao/receipt/1\nbody.", &signed));
    }

    #[test]
    fn after_a_rotation_the_new_key_signs_and_the_old_one_is_still_published() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let first = OperatorKeys::open(folder.path(), &Sources::system()).expect("made").public().keys;
        let second = OperatorKeys::rotate(folder.path(), &Sources::system()).expect("rotated").public().keys;
        assert_eq!((second.len(), &second[1].id), (2, &first[0].id));
        let third = OperatorKeys::rotate(folder.path(), &Sources::system()).expect("rotated");
        assert_eq!(third.public().keys.len(), 2);
        assert_eq!(third.public().keys[1].id, second[0].id);
        assert_eq!(third.sign(Purpose::Code, b"x").key, third.public().keys[0].id);
    }
}
