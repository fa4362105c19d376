//! Paying: what is shown before, the request, its one outcome, the receipt.

use qianbao_core::id::{LinkId, OrderId, PaymentId, PersonId, RefundId, ShopId};
use qianbao_core::{Currency, Money, Timestamp};
use serde::{Deserialize, Serialize};

use crate::ProblemCode;
use crate::approvals::ApprovalNeed;
use crate::merchants::ShopView;
use crate::orders::OrderLine;

/// Whom or what a payment is for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Target {
    /// A shop's order at the version that the payer saw.
    Order {
        /// The order.
        order: OrderId,
        /// Its version.
        version: u32,
    },
    /// A shop's static code; the payer types the amount.
    ShopCode {
        /// The code.
        link: LinkId,
    },
    /// A person's receive code or payment link.
    PersonLink {
        /// The code.
        link: LinkId,
    },
    /// A person by handle.
    Person {
        /// The handle.
        handle: String,
    },
}

/// `POST /v1/payments/preview`: what the confirm sheet shows. Nothing is stored.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PreviewRequest {
    /// Whom or what for.
    pub target: Target,
    /// The amount, where the payer chooses it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Money>,
}

/// Answer to [`PreviewRequest`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Preview {
    /// Who gets the money.
    pub payee: PayeeView,
    /// The amount, unless the payer has yet to type it.
    pub amount: Option<Money>,
    /// Whether the payer may change the amount.
    pub amount_fixed: bool,
    /// What the payer pays on top.
    pub fee: Money,
    /// Currency in which an amount has to be typed.
    pub currency: Currency,
    /// Largest amount of one payment, minor units of `currency`.
    pub amount_max: Money,
    /// What the order holds, for orders.
    pub order: Option<OrderSummary>,
    /// What the payee asked to be noted (personal links).
    pub note: Option<String>,
    /// What the payer has now.
    pub available: Money,
    /// Whether nothing goes out of the payer's wallet.
    #[serde(default)]
    pub is_frozen: bool,
    /// Why less than usual can be paid, and until when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lowered: Option<LoweredLimits>,
    /// Until when the target can be paid, if it ends.
    pub expires_at: Option<Timestamp>,
    /// What the payer has to show, once the amount is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approval: Option<ApprovalNeed>,
    /// The server's clock.
    pub server_time: Timestamp,
}

/// Lower limits for a while after a recovery.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LoweredLimits {
    /// Until when.
    pub until: Timestamp,
    /// Largest payment.
    pub payment_max: Money,
    /// Most of all payments of a day.
    pub day_max: Money,
    /// What of it is left today.
    pub day_left: Money,
}

/// An order as its payer sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OrderSummary {
    /// The order.
    pub id: OrderId,
    /// Its version.
    pub version: u32,
    /// What it is for.
    pub description: String,
    /// Its lines; may be empty for a typed amount.
    pub lines: Vec<OrderLine>,
}

/// The other side of a payment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case", try_from = "crate::read::PayeeFields")]
pub enum PayeeView {
    /// A shop, known to the operator.
    Shop(ShopView),
    /// A person.
    Person {
        /// The person.
        id: PersonId,
        /// Handle.
        handle: String,
        /// Name shown to others: free text, never a proof.
        display_name: String,
        /// Masked legal name, as the person gave it: nobody has checked it.
        legal_name_masked: String,
    },
    /// A bank account outside.
    Bank {
        /// Name of the bank.
        name: String,
        /// Last four digits of the account, if known.
        last4: Option<String>,
    },
}

/// `POST /v1/payments`: pay. Answer: [`PaymentView`], also when refused for good (`status` says so).
///
/// The id is made by the payer's device and stored there before the first send. The same id with the same body answers
/// as the first did; with another body it is refused with `id_reused`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PayRequest {
    /// Made by the payer before the first send, at most 10 minutes before it arrives.
    pub id: PaymentId,
    /// Whom or what for.
    pub target: Target,
    /// The amount the payee gets, before the shop's own fee.
    pub amount: Money,
    /// What the payer pays on top, as shown by the preview.
    pub fee: Money,
    /// Note to the payee, at most 100 bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// After this moment of the server's clock the id is finally not paid; at most 10 minutes ahead.
    pub not_after: Timestamp,
    /// SHA-256 of the canonical intent (`qianbao_core::intent`), 64 lower-case hex digits.
    pub intent: String,
    /// What `POST /v1/approvals` answered, where the preview says that something is needed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approval: Option<String>,
}

/// How a payment stands. All but `unknown` are final.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum PaymentStatus {
    /// Money has moved.
    Paid,
    /// Refused for good; `reason` says why. No money moved.
    Refused,
    /// The id never arrived in time. No money moved, none will.
    NotPaid,
    /// Not arrived yet; final at `unknown_until`.
    Unknown,
}

/// The one outcome of a payment id. `GET /v1/payments/{id}?not_after=…` answers the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PaymentView {
    /// The id.
    pub id: PaymentId,
    /// How it stands.
    pub status: PaymentStatus,
    /// Why it was refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<ProblemCode>,
    /// Until when an `unknown` is open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unknown_until: Option<Timestamp>,
    /// What was paid, when `paid`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paid: Option<PaidView>,
    /// The server's clock.
    pub server_time: Timestamp,
}

/// A payment that happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PaidView {
    /// Its place in the ledger.
    pub sequence: u64,
    /// When it was committed, ledger time.
    pub committed_at: Timestamp,
    /// Who got it.
    pub payee: PayeeView,
    /// The amount.
    pub amount: Money,
    /// What the payer paid on top.
    pub fee: Money,
    /// The payer's note.
    pub note: Option<String>,
    /// The order it paid.
    pub order: Option<OrderSummary>,
    /// What has come back so far.
    pub refunded: Money,
}

/// `GET /v1/payments/{id}/receipt`: a receipt signed by the operator, for payer and payee.
///
/// `body` is the exact text that was signed: a JSON document of [`Receipt`]. Verify the signature over
/// `"qianbao/receipt/1\n" + body` before parsing it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SignedReceipt {
    /// The signed text.
    pub body: String,
    /// Which key signed, as in `/.well-known/qianbao-keys`.
    pub key: String,
    /// Ed25519 signature, base64url without padding.
    pub signature: String,
}

/// Everything a dispute needs. All of it was fixed by the payment, so every request for a receipt gives the same text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Receipt {
    /// The payment.
    pub payment: PaymentId,
    /// Place in the ledger.
    pub sequence: u64,
    /// When, ledger time.
    pub committed_at: Timestamp,
    /// Masked legal name of the payer.
    pub payer: String,
    /// The payer. A payment's id is unique only with them.
    pub payer_id: PersonId,
    /// Who got it: name of the shop, or masked legal name of the person.
    pub payee: String,
    /// The person who got it, for people.
    pub payee_id: Option<PersonId>,
    /// The shop, for shops.
    pub shop: Option<ShopId>,
    /// The order at the version that was paid, as its payer saw it.
    pub order: Option<OrderSummary>,
    /// The amount.
    pub amount: Money,
    /// What the payer paid on top.
    pub fee: Money,
    /// The payer's note, which payer and payee know.
    pub note: Option<String>,
    /// SHA-256 of the approved intent, hex.
    pub intent: String,
    /// The end that the payer approved. With it the intent can be made again from this receipt; payments from before it was kept have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approved_until: Option<Timestamp>,
}

/// `POST /v1/payments/{id}/refunds` (desk): give back what is left of a payment to the shop, whether it paid an order or came by the
/// printed code. Answer: [`RefundView`](crate::orders::RefundView).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CreatePaymentRefund {
    /// Made by the shop before the first send.
    pub id: RefundId,
    /// Who paid, as the shop's records name them: a payment's id is made by its payer, and unique only with them.
    pub payer: PersonId,
    /// Amount; at most what is left.
    pub amount: Money,
    /// Why, at most 80 characters; may be empty.
    #[serde(default)]
    pub reason: String,
    /// What `POST /v1/approvals` answered, where something is needed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approval: Option<String>,
}
