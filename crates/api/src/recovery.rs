//! Recovery codes, and coming back with one when every way in is lost.

use qianbao_core::Timestamp;
use serde::{Deserialize, Serialize};

use crate::passkeys::Registration;

/// `POST /v1/recovery-codes`: a set of codes in the place of the one before. They are told this once.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RecoveryCodes {
    /// The codes, in the form of `qianbao_core::recovery`. Each is good once.
    pub codes: Vec<String>,
}

/// Says nothing of the codes.
impl std::fmt::Debug for RecoveryCodes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RecoveryCodes")
    }
}

/// `POST /v1/recovery`: somebody lost every way in and has a recovery code. Answer: [`RecoveryView`] and the cookie with the ticket. A recovery
/// that was running ends with it.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct StartRecovery {
    /// Handle.
    pub handle: String,
    /// The recovery code.
    pub code: String,
}

/// `GET /v1/recovery`: the recovery of this browser's ticket, as seen by who began it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RecoveryView {
    /// Where it stands.
    pub state: RecoveryState,
    /// When it began.
    pub started_at: Timestamp,
    /// From when on it can be finished.
    pub ready_at: Timestamp,
    /// Until when.
    pub closes_at: Timestamp,
    /// Whether one-time codes are asked for with the password, once it can be finished; nobody is told before.
    pub has_one_time_codes: bool,
    /// The server's clock.
    pub server_time: Timestamp,
}

/// Where a recovery stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum RecoveryState {
    /// The person's devices were told; it can be finished from `ready_at` on.
    Waiting,
    /// It can be finished.
    Ready,
    /// Somebody signed in said that it was not them.
    Cancelled,
    /// Another one was begun since.
    Replaced,
    /// It was finished.
    Finished,
    /// Nobody finished it in time.
    Lapsed,
}

/// `POST /v1/recovery/finish`: a new way in, at least one of the two. All sessions of the person end. Answer: `SessionView` and the session's
/// cookie; for a while payments have lower limits.
#[derive(Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct FinishRecovery {
    /// A password in the place of the one before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
    /// The authenticator's answer to the options of `POST /v1/recovery/passkey-options`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub passkey: Option<Registration>,
    /// Whether one-time codes are turned off, for who has lost the app. A password that is too short without them goes with them.
    #[serde(default)]
    pub ends_one_time_codes: bool,
}

/// A recovery that is running, as the person's devices are told of it. `DELETE /v1/recovery` cancels it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RecoveryNotice {
    /// When it began.
    pub started_at: Timestamp,
    /// From when on it can be finished.
    pub ready_at: Timestamp,
    /// Until when.
    pub closes_at: Timestamp,
    /// Browser that began it; empty when it is not known.
    pub browser: String,
    /// Its system; empty when it is not known.
    pub system: String,
}
