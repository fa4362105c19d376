//! The browser's mirror: pages of changes, and a stream that says there are some.

use qianbao_core::Timestamp;
use serde::{Deserialize, Serialize};

use crate::activity::Entry;
use crate::identity::PersonView;
use crate::merchants::ShopView;
use crate::orders::OrderView;
use crate::topups::TopupView;
use crate::wallets::WalletView;

/// `GET /v1/sync?after=TOKEN&limit=256`: what changed since the token. Without a token: everything, oldest first.
///
/// The token is opaque. One taken before a restore of the ledger answers `reset: true` with the first page of everything:
/// the mirror is to be emptied before the page is applied.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SyncPage {
    /// Whether the mirror has to be emptied first.
    pub reset: bool,
    /// New entries of the wallet (on the desk: of the shop), in ledger order.
    pub entries: Vec<Entry>,
    /// Documents that changed.
    pub documents: Vec<Document>,
    /// Where to go on.
    pub next: String,
    /// Whether more is there already.
    pub more: bool,
    /// The server's clock.
    pub server_time: Timestamp,
}

/// A document that the mirror keeps by (`kind`, `id`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Document {
    /// Key within its kind, such as `CNY` or `ord_…`.
    pub id: String,
    /// What it is now, or nothing when it is gone.
    pub body: DocumentBody,
}

/// What a document holds.
///
/// On the wire `kind` stands before `value`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", content = "value", rename_all = "snake_case")]
pub enum DocumentBody {
    /// The person.
    Person(PersonView),
    /// A balance; id is the currency.
    Wallet(WalletView),
    /// A top-up.
    Topup(TopupView),
    /// The shop (desk only).
    Shop(ShopView),
    /// An order (desk only).
    Order(OrderView),
    /// The document is gone.
    Gone,
}

/// Data of the event `changed` of `GET /v1/events` (SSE). The event's id says where things stood: `epoch:sequence:change`, opaque to
/// clients, who send the last one back as `Last-Event-ID`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Changed {
    /// The ledger sequence that is there now.
    pub sequence: u64,
}
