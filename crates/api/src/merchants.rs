//! Shops. All routes here are of the desk's origin and act for the signed-in person's shop.

use qianbao_core::id::{LinkId, ShopId};
use qianbao_core::{Currency, Money, Timestamp};
use serde::{Deserialize, Serialize};

/// A shop as everybody sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ShopView {
    /// The shop.
    pub id: ShopId,
    /// Chinese name.
    pub name_zh: String,
    /// English name, at most 25 characters of ASCII (it stands in EMVCo codes).
    pub name_en: String,
    /// Merchant category code of ISO 18245, four digits.
    pub category: String,
    /// City, at most 15 characters of ASCII.
    pub city: String,
}

/// `POST /v1/shop`: open a shop. Answer: [`ShopView`]. `GET /v1/shop` answers it again.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct OpenShop {
    /// Chinese name, 1–40 characters.
    pub name_zh: String,
    /// English name, 1–25 characters of ASCII.
    pub name_en: String,
    /// Merchant category code, four digits.
    pub category: String,
    /// City, 1–15 characters of ASCII.
    pub city: String,
    /// Currency it collects.
    pub currency: Currency,
}

/// `GET /v1/shop/code`: the shop's static code, to print.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StaticCodeView {
    /// The code.
    pub link: LinkId,
    /// EMVCo merchant-presented payload, signed by the operator.
    pub payload: String,
    /// When it was made.
    pub created_at: Timestamp,
}

/// `GET /v1/shop/today`: the shop's ledger day so far.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TodayView {
    /// Taken so far, refunds not subtracted.
    pub taken: Money,
    /// Number of payments.
    pub count: u32,
    /// Given back so far.
    pub refunded: Money,
    /// Number of refunds.
    pub refund_count: u32,
    /// Taken in each hour of the ledger day, 24 values in minor units of `taken.currency`.
    pub by_hour: Vec<Money>,
    /// The shop's balance.
    pub available: Money,
    /// The ledger sequence these figures are of.
    pub sequence: u64,
}
