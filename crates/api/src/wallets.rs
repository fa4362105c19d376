//! Balances.

use qianbao_core::Money;
use serde::{Deserialize, Serialize};

/// One currency of a wallet. `GET /v1/wallets` answers a list of these; also a document of `/v1/sync`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WalletView {
    /// What is there, without what is reserved and not yet settled.
    pub available: Money,
    /// What is reserved by pending postings.
    pub reserved: Money,
    /// Whether nothing goes out: its person has frozen it (`PUT /v1/freeze`). Money still comes in.
    #[serde(default)]
    pub is_frozen: bool,
    /// The ledger sequence this balance is of.
    pub sequence: u64,
}
