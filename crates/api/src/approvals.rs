//! What has to be shown before value moves, showing it, and the payment PIN.

pub use qianbao_core::approval::{Needed, Reason};
pub use qianbao_core::refund::RefundedThing;

use qianbao_core::id::{PaymentId, RefundId};
use qianbao_core::{Money, Timestamp};
use serde::{Deserialize, Serialize};

use crate::passkeys::{Assertion, KnownPasskey};
use crate::payments::Target;

/// In [`crate::payments::Preview`], and answer to [`RefundPreview`]: what has to be shown, why, and what the person can show.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ApprovalNeed {
    /// What has to be shown.
    pub needed: Needed,
    /// Why, the weightiest first; empty when nothing is needed.
    pub reasons: Vec<Reason>,
    /// How it stands with the person's payment PIN.
    pub pin: PinState,
    /// Tries that are left of the PIN.
    pub pin_tries_left: u32,
    /// The person's passkeys on this host; any of them approves.
    pub passkeys: Vec<KnownPasskey>,
    /// The host that passkeys know the site by: what a passkey is asked with.
    pub rp_id: String,
}

/// How it stands with a payment PIN.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum PinState {
    /// There is none.
    #[default]
    None,
    /// It can be used.
    Ready,
    /// It was wrong too often: a new one has to be set, or a passkey used.
    Locked,
}

/// `POST /v1/refunds/preview` (desk): what giving back this much needs. Answer: [`ApprovalNeed`].
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RefundPreview {
    /// The amount.
    pub amount: Money,
}

/// What is approved: the parts of the canonical intent that the server does not know by itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum ApprovedAct {
    /// A payment (wallet); the intent is `qianbao_core::intent`.
    Payment {
        /// The id that the payment will have.
        id: PaymentId,
        /// Whom or what for.
        target: Target,
        /// The amount the payee gets.
        amount: Money,
        /// What the payer pays on top.
        fee: Money,
        /// The payment's own; the approval ends with it.
        not_after: Timestamp,
    },
    /// A refund (desk); the intent is `qianbao_core::refund`.
    Refund {
        /// The id that the refund will have.
        id: RefundId,
        /// What is given back.
        of: RefundedThing,
        /// How much of it.
        amount: Money,
        /// When the approval ends; at most 10 minutes ahead.
        not_after: Timestamp,
    },
}

/// `POST /v1/approvals`: approve by one of the two. Answer: [`Approved`]. A wrong PIN is `pin_wrong`, with `tries_left`.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Approve {
    /// What.
    pub act: ApprovedAct,
    /// The payment PIN, 6 digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pin: Option<String>,
    /// What a passkey of this host answers to a challenge that is the SHA-256 of the intent's canonical form.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub passkey: Option<Assertion>,
}

/// Answer to [`Approve`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Approved {
    /// Goes into the request that was approved, as `approval`; good for it alone.
    pub approval: String,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// `PUT /v1/pin`: the first payment PIN, or another one; also unlocks it. Asks for a session that began a few minutes ago.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewPin {
    /// 6 digits, without a pattern.
    pub pin: String,
}

/// `PUT /v1/free-limit`: what goes without being asked, each time. Lowering it works at once; raising it asks for a session that began a few
/// minutes ago. Answer: [`PaymentSettings`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct FreeLimit {
    /// 0 up to the operator's highest; 0 asks each time.
    pub limit: Money,
}

/// `GET /v1/payment-settings`: how the person's payments are approved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PaymentSettings {
    /// How it stands with the PIN.
    pub pin: PinState,
    /// When it was set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pin_set_at: Option<Timestamp>,
    /// What goes without being asked, each time; 0 when they are asked always.
    pub free_limit: Money,
    /// What the person may raise it to.
    pub free_limit_max: Money,
    /// How many payments a day go without being asked.
    pub free_count_max: u32,
    /// Above this only a passkey approves.
    pub passkey_above: Money,
}
