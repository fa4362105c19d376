//! The operator's signatures: RFC 8032 by ed25519-dalek.

use ed25519_dalek::{Signer, SigningKey};
use qianbao_api::keys::PublicKey;
use qianbao_core::Timestamp;

/// A key of the operator.
pub struct OperatorKey {
    key: SigningKey,
    id: [u8; 4],
}

impl OperatorKey {
    /// The key of this seed, under this id.
    pub fn new(seed: u8, id: [u8; 4]) -> Self {
        Self { key: SigningKey::from_bytes(&[seed; 32]), id }
    }

    pub fn sign(&self, message: &str) -> [u8; 64] {
        self.key.sign(message.as_bytes()).to_bytes()
    }

    pub fn public(&self) -> PublicKey {
        PublicKey {
            id: data_encoding::HEXLOWER.encode(&self.id),
            algorithm: "Ed25519".to_owned(),
            public: data_encoding::BASE64URL_NOPAD.encode(self.key.verifying_key().as_bytes()),
            created_at: Timestamp(1),
        }
    }
}
