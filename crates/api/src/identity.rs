//! Sign-up, sign-in, sessions, devices, and the ways in.

pub use qianbao_core::Locale;
use qianbao_core::Timestamp;
use qianbao_core::id::{DeviceId, PasskeyId, PersonId, SessionId};
use serde::{Deserialize, Serialize};

use crate::passkeys::{Assertion, Registration};
use crate::recovery::RecoveryNotice;

/// `POST /v1/people`: make a person with a wallet and sign in. Answer: [`SessionView`] and the session cookie.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SignUp {
    /// Public name to be found by: 3–30 characters of a–z, 0–9, dot and underscore.
    pub handle: String,
    /// Name shown to others, 1–40 characters.
    pub display_name: String,
    /// Legal name, 1–60 characters; others see it masked before they pay.
    pub legal_name: String,
    /// 15–128 characters, not a common one. This or a passkey.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
    /// The authenticator's answer to the options of `POST /v1/people/passkey-options`. This or a password.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub passkey: Option<Registration>,
    /// Language.
    pub locale: Locale,
}

/// `POST /v1/people/passkey-options`: who is to be made. Answer: [`crate::passkeys::CreationOptions`]; nobody is made yet.
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

/// `POST /v1/session`: sign in. Answer: [`SessionView`] and the session cookie.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    /// Handle.
    pub handle: String,
    /// Password.
    pub password: String,
    /// What the app for one-time codes shows, 6 digits, when the answer without it was `one_time_code_required`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub one_time_code: Option<String>,
}

/// `POST /v1/session/confirmation`: the signed-in person proves anew who they are, by one of the two. Answer: [`SessionView`] and the cookie
/// of a session in the place of the one that asked.
#[derive(Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Confirmation {
    /// The password.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
    /// A one-time code with it, for who has them on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub one_time_code: Option<String>,
    /// The authenticator's answer to the options of `POST /v1/session/confirmation-options`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub passkey: Option<Assertion>,
}

/// `PUT /v1/password`: the first password, or another one in its place. All other sessions of the person end.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewPassword {
    /// 15–128 characters, not a common one; from 8 on for who has one-time codes on.
    pub password: String,
}

/// `POST /v1/one-time-codes`: what an app for one-time codes (TOTP, RFC 6238) is told. Nothing is asked for yet: `POST
/// /v1/one-time-codes/activation` turns them on. Answered once; a second request makes another secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OneTimeCodes {
    /// 160 bits in base32, to be typed.
    pub secret: String,
    /// The same as `otpauth://totp/…`, to be scanned.
    pub uri: String,
}

/// `POST /v1/one-time-codes/activation`: the app shows this, so it has the secret. From now on it is asked for with the password.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct OneTimeCode {
    /// 6 digits.
    pub code: String,
}

/// `GET /v1/session`: who is signed in. `DELETE /v1/session` signs out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SessionView {
    /// The session.
    pub id: SessionId,
    /// The person.
    pub person: PersonView,
    /// When the session ends at the latest.
    pub expires_at: Timestamp,
    /// The server's clock, so that a browser can correct its own.
    pub server_time: Timestamp,
}

/// A person, as seen by themselves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PersonView {
    /// The person.
    pub id: PersonId,
    /// Handle.
    pub handle: String,
    /// Name shown to others.
    pub display_name: String,
    /// Own legal name, masked (`*明`).
    pub legal_name_masked: String,
    /// Language.
    pub locale: Locale,
    /// When the wallet was opened.
    pub created_at: Timestamp,
    /// Somebody is coming back with a recovery code; if it is not the person, `DELETE /v1/recovery` cancels it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recovery: Option<RecoveryNotice>,
    /// Until when payments have lower limits, since the person came back by a recovery; may be over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limits_lowered_until: Option<Timestamp>,
}

/// `PATCH /v1/person`: change what is given. Answer: [`PersonView`].
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PersonChange {
    /// New name shown to others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// New language.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locale: Option<Locale>,
}

/// `GET /v1/devices`: a browser that the person signed in with, as seen by themselves. `DELETE /v1/devices/{id}` ends it with its sessions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DeviceView {
    /// The device.
    pub id: DeviceId,
    /// Where it is used.
    pub host: DeviceHost,
    /// The browser's family, such as `Firefox`, by what it says of itself; empty when it is not known.
    pub browser: String,
    /// The system, such as `Android`; empty when it is not known.
    pub system: String,
    /// What the person calls it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// When they first signed in with it.
    pub created_at: Timestamp,
    /// When it was last used, to the minute.
    pub seen_at: Timestamp,
    /// Whether somebody is signed in with it.
    pub is_signed_in: bool,
    /// Whether it is the one that asks.
    pub is_current: bool,
}

/// `GET /v1/session/key-share`: the server's part of the key to what this device keeps. Not to be kept.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct KeyShare {
    /// 32 bytes in base64url.
    pub share: String,
}

/// Where a device is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum DeviceHost {
    /// The wallet.
    Wallet,
    /// The shop's desk.
    Desk,
}

/// `PATCH /v1/devices/{id}`: name it. Answer: [`DeviceView`].
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct DeviceChange {
    /// What the person calls it, 1–40 characters.
    pub name: String,
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
    /// When the present set of recovery codes was made; nothing when there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recovery_codes_made_at: Option<Timestamp>,
    /// How many of them were not used yet.
    #[serde(default)]
    pub recovery_codes_left: u32,
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
