//! Secrets of 32 bytes, a file each: lower-case hex and a line end, readable by their owner only.
//!
//! A file that others may read is refused, not repaired: whoever could read it may have done so.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use data_encoding::HEXLOWER;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::clock::Sources;

/// A secret; cleared from memory when dropped.
pub type Secret = Zeroizing<[u8; 32]>;

/// A file with a secret cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SecretFileError {
    /// The system refused.
    #[error("expected to read or make the secret in {path}")]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// Others may read or write it.
    #[error(
        "expected mode 0600 on {path}, found {mode:04o}: make a new secret, or `chmod 600` it if nobody has read it"
    )]
    Mode {
        /// The file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// It does not hold 64 hexadecimal digits.
    #[error("expected 64 lower-case hexadecimal digits in {path}")]
    Malformed {
        /// The file.
        path: PathBuf,
    },
}

/// Another secret that comes of `secret` and nothing else (HMAC-SHA256), so that one file can serve several purposes. Whoever has one of them
/// cannot tell the others.
pub fn derived(secret: &Secret, purpose: &str) -> Secret {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_slice()).expect("HMAC takes keys of any length");
    mac.update(purpose.as_bytes());
    Zeroizing::new(mac.finalize().into_bytes().into())
}

/// The secret in `path`; a fresh one is written there when the file is missing.
///
/// # Errors
/// When the file can neither be read nor made, or others may read it.
pub fn read_or_make(path: &Path, sources: &Sources) -> Result<Secret, SecretFileError> {
    match read(path) {
        Err(SecretFileError::Io { source, .. }) if source.kind() == ErrorKind::NotFound => {
            let secret = Zeroizing::new(sources.bytes());
            write_new(path, &secret)?;
            Ok(secret)
        }
        outcome => outcome,
    }
}

/// The secret in `path`.
///
/// # Errors
/// When the file cannot be read, or others may read it.
pub fn read(path: &Path) -> Result<Secret, SecretFileError> {
    let io = |source| SecretFileError::Io { path: path.to_path_buf(), source };
    let mut file = File::open(path).map_err(io)?;
    let mode = file.metadata().map_err(io)?.mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(SecretFileError::Mode { path: path.to_path_buf(), mode });
    }
    let mut text = Zeroizing::new(String::new());
    // One byte more than is right is enough to see that a file is wrong.
    Read::take(&mut file, 66).read_to_string(&mut text).map_err(io)?;
    let malformed = || SecretFileError::Malformed { path: path.to_path_buf() };
    let digits = text.strip_suffix('\n').unwrap_or(&text);
    let bytes = Zeroizing::new(HEXLOWER.decode(digits.as_bytes()).map_err(|_| malformed())?);
    let secret = <[u8; 32]>::try_from(bytes.as_slice()).map_err(|_| malformed())?;
    Ok(Zeroizing::new(secret))
}

/// Says whether two secrets are the same, and nothing else of them: SHA-256 of 32 random bytes under a word of its own, hex.
pub fn fingerprint(secret: &Secret) -> String {
    HEXLOWER
        .encode(&Sha256::new().chain_update(b"qianbao/key-fingerprint/1\n").chain_update(secret.as_slice()).finalize())
}

/// Writes `secret` into a file that does not exist yet, durably. Its folder is made with mode 0700.
///
/// # Errors
/// When there is such a file, or the system refuses.
pub fn write_new(path: &Path, secret: &Secret) -> Result<(), SecretFileError> {
    let io = |source| SecretFileError::Io { path: path.to_path_buf(), source };
    let folder = path.parent().unwrap_or(Path::new("."));
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(io)?;
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).map_err(io)?;
    let text = Zeroizing::new(format!("{}\n", HEXLOWER.encode(secret.as_slice())));
    file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(io)?;
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(io)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_secret_is_made_once_and_read_again() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("keys/one.key");
        let made = read_or_make(&path, &Sources::system()).expect("made");
        assert_eq!(read_or_make(&path, &Sources::system()).expect("read"), made);
        assert_eq!(path.metadata().expect("there").permissions().mode() & 0o777, 0o600);
        assert!(matches!(write_new(&path, &made), Err(SecretFileError::Io { .. })), "never written over");
    }

    #[test]
    fn a_file_that_others_may_read_or_that_is_damaged_is_refused() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("one.key");
        read_or_make(&path, &Sources::system()).expect("made");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).expect("changed");
        assert!(matches!(read(&path), Err(SecretFileError::Mode { mode: 0o640, .. })));
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).expect("changed");
        for text in ["", "00", &"g".repeat(64), &"0".repeat(66)] {
            std::fs::write(&path, text).expect("written");
            assert!(matches!(read(&path), Err(SecretFileError::Malformed { .. })), "{text:?}");
        }
    }
}
