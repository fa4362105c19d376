//! Signatures of the operator: order codes, static shop codes and receipts.
//!
//! The key set is fetched at sign-in and kept, so that verification works without a network. A key id that is not in the
//! kept set is asked for once more; the operator may have begun a new key.

mod keys;
mod operations;

use futures::future::LocalBoxFuture;

use crate::error::ClientError;

pub(crate) use keys::KeyRing;
pub use operations::CheckedReceipt;

/// Why a text is not known to come from the operator.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VerifyError {
    /// The signature does not belong to the text: somebody changed it, or it never came from the operator.
    #[error("the signature does not belong to this text")]
    Forged,
    /// No key of this id is known, also after asking the server.
    #[error("expected a key of the operator, found the unknown key {0:?}")]
    UnknownKey(String),
    /// The key is not on the device, and the operator's keys could not be fetched now: nothing is known of the signature.
    #[error("the operator's keys could not be fetched, try again: {0}")]
    KeysUnreached(ClientError),
    /// This browser cannot check Ed25519 signatures.
    #[error("this browser cannot check signatures")]
    Unsupported,
    /// The signed text is not what it should be.
    #[error("expected {0}, found something else")]
    Unreadable(&'static str),
}

impl VerifyError {
    /// Whether nothing was found out about the signature: that is no suspicion.
    pub fn is_unchecked(&self) -> bool {
        match self {
            Self::UnknownKey(_) | Self::KeysUnreached(_) | Self::Unsupported => true,
            Self::Forged | Self::Unreadable(_) => false,
        }
    }
}

/// Checks Ed25519 signatures (RFC 8032).
pub trait Verifier {
    /// Whether `signature` over `message` was made with the key whose public half is `public`.
    fn verify(
        &self,
        public: [u8; 32],
        message: Vec<u8>,
        signature: [u8; 64],
    ) -> LocalBoxFuture<'static, Result<(), VerifyError>>;
}

/// A verifier that can check nothing, for platforms without cryptography.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoVerifier;

impl Verifier for NoVerifier {
    fn verify(
        &self,
        _public: [u8; 32],
        _message: Vec<u8>,
        _signature: [u8; 64],
    ) -> LocalBoxFuture<'static, Result<(), VerifyError>> {
        Box::pin(std::future::ready(Err(VerifyError::Unsupported)))
    }
}
