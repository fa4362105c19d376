//! Orders of a shop.

use qianbao_core::id::{OrderId, PaymentId, RefundId};
use qianbao_core::{Money, Timestamp};
use serde::{Deserialize, Serialize};

use crate::merchants::ShopView;

/// One line of an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct OrderLine {
    /// What it is, 1–60 characters.
    pub name: String,
    /// How many, 1–9999.
    pub quantity: u32,
    /// Price of one.
    pub unit_price: Money,
}

/// `POST /v1/orders` (desk): make an order. Answer: [`OrderView`]. The id is made by the shop; a repeat answers alike.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CreateOrder {
    /// Made by the shop before the first send.
    pub id: OrderId,
    /// What is to be paid; equals the sum of the lines where there are lines.
    pub amount: Money,
    /// Lines, at most 50; may be empty.
    #[serde(default)]
    pub lines: Vec<OrderLine>,
    /// What it is for, at most 80 characters; may be empty.
    #[serde(default)]
    pub description: String,
    /// How long it can be paid, in seconds, 30–86400.
    pub expires_in_s: u32,
}

/// `PATCH /v1/orders/{id}` (desk): replace what an open order is for. Old codes of it stop working.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct EditOrder {
    /// The version that is replaced.
    pub version: u32,
    /// New amount.
    pub amount: Money,
    /// New lines.
    #[serde(default)]
    pub lines: Vec<OrderLine>,
    /// New description.
    #[serde(default)]
    pub description: String,
}

/// How an order stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum OrderStatus {
    /// Can be paid.
    Open,
    /// Paid: a posted posting holds the order's claim.
    Paid,
    /// Paid, part of it given back.
    PartlyRefunded,
    /// Paid and given back whole.
    Refunded,
    /// Over without payment.
    Expired,
    /// Cancelled by the shop.
    Cancelled,
}

/// An order as its shop sees it. Also a document of `/v1/sync` on the desk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OrderView {
    /// The order.
    pub id: OrderId,
    /// Counts edits, from 1.
    pub version: u32,
    /// The shop.
    pub shop: ShopView,
    /// How it stands.
    pub status: OrderStatus,
    /// What is to be paid.
    pub amount: Money,
    /// Lines.
    pub lines: Vec<OrderLine>,
    /// What it is for.
    pub description: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// Until when it can be paid.
    pub expires_at: Timestamp,
    /// EMVCo merchant-presented payload to show, signed by the operator; while `open`.
    pub code: Option<String>,
    /// The payment that paid it.
    pub payment: Option<PaymentId>,
    /// Masked name of who paid.
    pub payer: Option<String>,
    /// When it was paid, ledger time.
    pub paid_at: Option<Timestamp>,
    /// What the shop paid as fee.
    pub shop_fee: Option<Money>,
    /// What has been given back.
    pub refunded: Money,
}

/// `POST /v1/orders/{id}/refunds` (desk): give back what is left of the payment. Answer: [`RefundView`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CreateRefund {
    /// Made by the shop before the first send.
    pub id: RefundId,
    /// Amount; at most what is left.
    pub amount: Money,
    /// Why, at most 80 characters; may be empty.
    #[serde(default)]
    pub reason: String,
    /// What `POST /v1/approvals` answered, where something is needed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approval: Option<String>,
}

/// A refund.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RefundView {
    /// The refund.
    pub id: RefundId,
    /// The payment.
    pub payment: PaymentId,
    /// The amount.
    pub amount: Money,
    /// Its place in the ledger.
    pub sequence: u64,
    /// When, ledger time.
    pub committed_at: Timestamp,
}
