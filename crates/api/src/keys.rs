//! The operator's public keys, and personal receive codes.

use qianbao_core::id::LinkId;
use qianbao_core::{Money, Timestamp};
use serde::{Deserialize, Serialize};

/// `GET /.well-known/qianbao-keys`: the keys that sign codes and receipts, current first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct KeySet {
    /// The keys.
    pub keys: Vec<PublicKey>,
}

/// A public key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PublicKey {
    /// Short id: first 8 hex digits of the SHA-256 of the raw key.
    pub id: String,
    /// Always `Ed25519`.
    pub algorithm: String,
    /// Raw public key, base64url without padding.
    pub public: String,
    /// When it began to sign.
    pub created_at: Timestamp,
}

/// `POST /v1/links`: a personal receive code. Without amount it is the person's static one, made once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CreateLink {
    /// Fixed amount; such a code ends after 24 hours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Money>,
    /// Note that the payer sees, at most 100 bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// A personal receive code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LinkView {
    /// The code.
    pub link: LinkId,
    /// The text of the code: an address of the wallet's own origin with the link in its fragment.
    pub url: String,
    /// Fixed amount.
    pub amount: Option<Money>,
    /// Note.
    pub note: Option<String>,
    /// When it ends.
    pub expires_at: Option<Timestamp>,
}
