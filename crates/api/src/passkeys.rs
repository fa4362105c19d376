//! What passkeys ask and answer (Web Authentication, W3C Level 3).
//!
//! Options and answers have the W3C's own JSON forms, named as there: options are what `PublicKeyCredential.parseCreationOptionsFromJSON()`
//! and `parseRequestOptionsFromJSON()` read, answers what `credential.toJSON()` prints. Of an answer only the members below are read. Bytes are
//! base64url without padding.

use serde::{Deserialize, Serialize};

/// What a passkey is to be made for (`PublicKeyCredentialCreationOptionsJSON`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct CreationOptions {
    /// The site.
    pub rp: RelyingParty,
    /// The person.
    pub user: PasskeyUser,
    /// What the authenticator's answer has to bear; good once, for five minutes.
    pub challenge: String,
    /// Kinds of keys that are taken, the preferred first: ES256 (−7) and RS256 (−257).
    pub pub_key_cred_params: Vec<KeyKind>,
    /// Milliseconds that the browser waits for the person.
    pub timeout: u32,
    /// Passkeys that the person has here already: their authenticators make no second one.
    pub exclude_credentials: Vec<KnownPasskey>,
    /// What kind of passkey.
    pub authenticator_selection: Selection,
    /// Always `none`: who made the authenticator is not asked.
    pub attestation: String,
}

/// The site that a passkey is of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RelyingParty {
    /// Its host, such as `wallet.example.org`.
    pub id: String,
    /// Its name, for people.
    pub name: String,
}

/// Whose a passkey is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct PasskeyUser {
    /// The person's id, in bytes.
    pub id: String,
    /// Handle.
    pub name: String,
    /// Name shown to others.
    pub display_name: String,
}

/// A kind of key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct KeyKind {
    /// Always `public-key`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Number of the algorithm in the COSE registry.
    pub alg: i32,
}

/// A passkey that exists.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct KnownPasskey {
    /// Always `public-key`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Its credential id.
    pub id: String,
    /// How its authenticator was reached when it was made, such as `internal` or `hybrid`.
    pub transports: Vec<String>,
}

/// What kind of passkey is to be made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Selection {
    /// Always `required`: it is found without a handle being typed.
    pub resident_key: String,
    /// The same, as older browsers call it.
    pub require_resident_key: bool,
    /// Always `required`: a fingerprint, a face or the device's code.
    pub user_verification: String,
}

/// `POST /v1/passkeys`, and in [`crate::identity::SignUp`]: a passkey that was just made (`RegistrationResponseJSON`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Registration {
    /// The credential id, at most 1,023 bytes.
    pub id: String,
    /// What the authenticator says.
    pub response: Attestation,
}

/// What an authenticator says of a passkey that it made (`AuthenticatorAttestationResponseJSON`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Attestation {
    /// What the browser told it, in the browser's own bytes.
    #[serde(rename = "clientDataJSON")]
    pub client_data_json: String,
    /// The public key with its circumstances, in CBOR.
    pub attestation_object: String,
    /// How it was reached.
    #[serde(default)]
    pub transports: Vec<String>,
}

/// `POST /v1/session/passkey-options` and `POST /v1/session/confirmation-options`: what a passkey is to sign
/// (`PublicKeyCredentialRequestOptionsJSON`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct RequestOptions {
    /// What the authenticator's answer has to bear; good once, for five minutes.
    pub challenge: String,
    /// Milliseconds that the browser waits for the person.
    pub timeout: u32,
    /// The site's host.
    pub rp_id: String,
    /// The passkeys that are taken; empty when any of this site is.
    pub allow_credentials: Vec<KnownPasskey>,
    /// Always `required`.
    pub user_verification: String,
}

/// `POST /v1/session/passkey`: signs in. In [`crate::identity::Confirmation`]: proves who is there (`AuthenticationResponseJSON`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Assertion {
    /// The credential id.
    pub id: String,
    /// What the authenticator says.
    pub response: AssertionResponse,
}

/// What an authenticator says when a passkey is used (`AuthenticatorAssertionResponseJSON`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct AssertionResponse {
    /// What the browser told it, in the browser's own bytes.
    #[serde(rename = "clientDataJSON")]
    pub client_data_json: String,
    /// Site, flags and counter.
    pub authenticator_data: String,
    /// Over both.
    pub signature: String,
    /// The person's id, in bytes, where the authenticator knows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_handle: Option<String>,
}
