//! A second implementation of the check of signatures, natively.

use ed25519_dalek::{Signature, VerifyingKey};
use futures::future::LocalBoxFuture;
use qianbao_client::verify::{Verifier, VerifyError};

/// Checks signatures.
pub struct Dalek;

impl Verifier for Dalek {
    fn verify(
        &self,
        public: [u8; 32],
        message: Vec<u8>,
        signature: [u8; 64],
    ) -> LocalBoxFuture<'static, Result<(), VerifyError>> {
        let key = VerifyingKey::from_bytes(&public).map_err(|_| VerifyError::Forged);
        let checked = key.and_then(|key| {
            key.verify_strict(&message, &Signature::from_bytes(&signature)).map_err(|_| VerifyError::Forged)
        });
        Box::pin(std::future::ready(checked))
    }
}
