//! Passkeys: what a person signs in with instead of a password (Web Authentication, W3C Level 3).
//!
//! Options and answers have the W3C's own JSON forms, named as there: options are what `PublicKeyCredential.parseCreationOptionsFromJSON()`
//! and `parseRequestOptionsFromJSON()` read, answers what `credential.toJSON()` prints. Of an answer only the members below are read. Bytes are
//! base64url without padding.

use qianbao_core::Timestamp;
use qianbao_core::id::PasskeyId;
use serde::{Deserialize, Serialize};

use crate::identity::{DeviceHost, Locale};

/// `POST /v1/people/passkey-options`: who is to be made. Answer: [`CreationOptions`]; nobody is made yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Newcomer {
    /// Public name to be found by: 3–30 characters of a–z, 0–9, dot and underscore.
    pub handle: String,
    /// Name shown to others, 1–40 characters.
    pub display_name: String,
    /// Legal name, 1–60 characters; others see it masked before they pay.
    pub legal_name: String,
    /// Language.
    pub locale: Locale,
}

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

/// `GET /v1/factors`: how the person can sign in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Factors {
    /// When the password was set; nothing when there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password_set_at: Option<Timestamp>,
    /// Since when one-time codes are asked for with the password; nothing when they are not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub one_time_codes_since: Option<Timestamp>,
    /// Passkeys, the newest first.
    pub passkeys: Vec<PasskeyView>,
}

/// A passkey, as seen by its person. `DELETE /v1/passkeys/{id}` removes it here; what the authenticator keeps is of no use then.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PasskeyView {
    /// The passkey.
    pub id: PasskeyId,
    /// Where it signs in.
    pub host: DeviceHost,
    /// The browser's family that it was made with; empty when it is not known.
    pub browser: String,
    /// The system; empty when it is not known.
    pub system: String,
    /// What the person calls it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Whether its authenticator may copy it to the person's other devices.
    pub is_synced: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub used_at: Option<Timestamp>,
}

/// `PATCH /v1/passkeys/{id}`: name it. Answer: [`PasskeyView`].
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PasskeyChange {
    /// What the person calls it, 1–40 characters.
    pub name: String,
}
