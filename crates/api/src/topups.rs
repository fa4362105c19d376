//! Money in, by bank transfer with a reference.

use qianbao_core::id::TopupId;
use qianbao_core::{Money, Timestamp};
use serde::{Deserialize, Serialize};

/// `POST /v1/topups`: ask for a reference. Answer: [`TopupView`]. `GET /v1/topups` lists, newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CreateTopup {
    /// Made by the person's device before the first send.
    pub id: TopupId,
    /// How much is meant to come; what really comes is booked.
    pub amount: Money,
}

/// How a top-up stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum TopupStatus {
    /// The bank has not told of a transfer yet.
    Waiting,
    /// Booked.
    Done,
}

/// A top-up. Also a document of `/v1/sync`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TopupView {
    /// The top-up.
    pub id: TopupId,
    /// How it stands.
    pub status: TopupStatus,
    /// How much was meant to come.
    pub amount: Money,
    /// What has come.
    pub received: Option<Money>,
    /// The text to put into the transfer.
    pub reference: String,
    /// To which account: name of the holder.
    pub account_name: String,
    /// To which account: number, in groups of four.
    pub account_number: String,
    /// Name of the bank.
    pub bank_name: String,
    /// Where the sandbox bank lets one make the transfer; only in a demo.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub demo_bank_url: Option<String>,
    /// When it was asked for.
    pub created_at: Timestamp,
}
