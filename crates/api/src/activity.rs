//! Records: what moved in or out of a wallet.

use qianbao_core::id::{OrderId, PaymentId, RefundId, TopupId};
use qianbao_core::{Money, Timestamp};
use serde::{Deserialize, Serialize};

use crate::payments::PayeeView;

/// What kind of movement an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum EntryKind {
    /// A payment to or from a shop.
    Payment,
    /// A payment between people.
    Transfer,
    /// A refund.
    Refund,
    /// Money in from a bank.
    Topup,
    /// The shop's fee.
    Fee,
}

/// One movement of one wallet: never changes. `GET /v1/activity` lists them, newest first; `/v1/sync` sends them in order.
///
/// Filters of `GET /v1/activity`: `limit` 1–100, `starting_after` (an entry id), `q` (text in name or note, or an amount
/// such as `18.00`), `kind`, `direction` (`in`, `out`), `from` and `to` (moments in microseconds).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Entry {
    /// `sequence` and index of the leg: `120-0`.
    pub id: String,
    /// Place in the ledger.
    pub sequence: u64,
    /// When, ledger time.
    pub at: Timestamp,
    /// What kind.
    pub kind: EntryKind,
    /// Negative: out of the wallet.
    pub amount: Money,
    /// The wallet's balance after it.
    pub balance_after: Money,
    /// The other side.
    pub counterparty: PayeeView,
    /// The payer's note.
    pub note: Option<String>,
    /// The payment it belongs to; for a refund the refunded one.
    pub payment: Option<PaymentId>,
    /// The refund.
    pub refund: Option<RefundId>,
    /// The order.
    pub order: Option<OrderId>,
    /// The top-up.
    pub topup: Option<TopupId>,
}
