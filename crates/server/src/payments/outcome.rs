//! What became of a payment, as the wire says it.
//!
//! ```text
//! id ──► posted ─────────────────────────────► paid
//!   ├──► refused by the engine ──────────────► refused, with the reason
//!   └──► absent ── ledger time past not_after ► not_paid
//!                └─ before ───────────────────► unknown
//! ```

use qianbao_api::ProblemCode;
use qianbao_api::payments::{OrderSummary, PaidView, PaymentStatus, PaymentView};
use qianbao_core::id::{PaymentId, PersonId};
use qianbao_core::posting::PostingKind;
use qianbao_core::{Currency, Money, Timestamp};
use qianbao_ledger::{Record, Refusal, Refused};

use super::details::{Details, OrderRef, PaymentDetails};
use super::parties::Parties;
use super::posting::{FREE_GUARD, PAYMENT, REFUND, TRANSFER};
use super::target::summary;
use crate::failure::FailureError;
use crate::orders::posting::{ORDER_CANCEL, ORDER_EDIT, ORDER_EXPIRE};
use crate::orders::rows as orders;
use crate::realm::Realm;
use crate::wallets::accounts;

/// A payment that happened: its facts and what moved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paid {
    /// The id.
    pub id: PaymentId,
    /// Its place in the ledger.
    pub sequence: u64,
    /// Commit time.
    pub committed_at: Timestamp,
    /// What the payee got before the shop's fee.
    pub amount: Money,
    /// What the shop paid of it, minor units.
    pub shop_fee: i64,
    /// The rest.
    pub details: PaymentDetails,
}

impl Paid {
    /// The payment in a record; `None` when the record is something else.
    ///
    /// # Errors
    /// When the details cannot be read.
    pub fn of(record: &Record) -> Result<Option<Self>, FailureError> {
        let head = &record.posting.head;
        if head.kind != PAYMENT && head.kind != TRANSFER {
            return Ok(None);
        }
        let Details::Payment(details) = Details::decode(&head.details)? else { return Ok(None) };
        let missing = FailureError::Inconsistent("a payment to move money in its first leg");
        // What is counted beside the money is of another asset.
        let mut money = record.posting.legs.iter().filter(|leg| leg.asset.money().is_some());
        let first = money.next().ok_or(missing)?;
        let currency = first.asset.money().ok_or(FailureError::Inconsistent("a payment to move money"))?;
        Ok(Some(Self {
            id: PaymentId::from_uuid(head.id.uuid()),
            sequence: record.sequence,
            committed_at: record.time,
            amount: Money::new(first.amount, currency),
            shop_fee: money.next().map_or(0, |leg| leg.amount),
            details,
        }))
    }

    /// What has been given back so far.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn refunded(&self, realm: &Realm) -> Result<Money, FailureError> {
        refunded_of(realm, self.details.payer, self.id, self.amount.currency).await
    }

    /// As payer and payee see it; `refunded` has been given back so far.
    ///
    /// # Errors
    /// When the directory fails.
    pub async fn view(
        &self,
        realm: &Realm,
        parties: &mut Parties<'_>,
        refunded: Money,
    ) -> Result<PaidView, FailureError> {
        let order = match self.details.order {
            Some(reference) => Some(order_summary(realm, reference).await?),
            None => None,
        };
        Ok(PaidView {
            sequence: self.sequence,
            committed_at: self.committed_at,
            payee: parties.payee(self.details.payee).await?,
            amount: self.amount,
            fee: Money::zero(self.amount.currency),
            note: parties.note(self.details.payer, self.id, self.details.note.as_deref()).await?,
            order,
            refunded,
        })
    }
}

/// What has been given back so far of a payment.
///
/// # Errors
/// When the ledger cannot be read.
pub async fn refunded_of(
    realm: &Realm,
    payer: PersonId,
    payment: PaymentId,
    currency: Currency,
) -> Result<Money, FailureError> {
    let key = accounts::refunded_so_far(payer, payment, currency);
    let account = realm.ledger.account(key.id()).await?;
    Ok(Money::new(account.map_or(0, |account| account.balance()), currency))
}

/// The order at the version that was paid, as its payer saw it.
///
/// # Errors
/// When the directory fails, or does not know what the ledger names.
pub async fn order_summary(realm: &Realm, reference: OrderRef) -> Result<OrderSummary, FailureError> {
    let unknown = || FailureError::Inconsistent("the directory to know every order of the ledger");
    let order = orders::kept_order(realm, reference.order).await?.ok_or_else(unknown)?;
    let version = orders::kept_version(realm, &order, reference.version).await?.ok_or_else(unknown)?;
    Ok(summary(order.id, &version))
}

/// A payment that was refused for good.
pub fn refused(id: PaymentId, reason: ProblemCode, now: Timestamp) -> PaymentView {
    view(id, PaymentStatus::Refused, now, |view| view.reason = Some(reason))
}

/// A payment that happened.
pub fn paid(id: PaymentId, paid: PaidView, now: Timestamp) -> PaymentView {
    view(id, PaymentStatus::Paid, now, |view| view.paid = Some(paid))
}

/// A payment that never arrived in time.
pub fn not_paid(id: PaymentId, now: Timestamp) -> PaymentView {
    view(id, PaymentStatus::NotPaid, now, |_| {})
}

/// A payment that may still arrive until `until`.
pub fn unknown(id: PaymentId, until: Timestamp, now: Timestamp) -> PaymentView {
    view(id, PaymentStatus::Unknown, now, |view| view.unknown_until = Some(until))
}

fn view(id: PaymentId, status: PaymentStatus, now: Timestamp, fill: impl FnOnce(&mut PaymentView)) -> PaymentView {
    let mut view = PaymentView { id, status, reason: None, unknown_until: None, paid: None, server_time: now };
    fill(&mut view);
    view
}

/// Why the ledger refused a payment, in the words of the wire. The same refusal always has the same code.
///
/// # Errors
/// When the ledger or directory cannot be read.
pub async fn reason(realm: &Realm, refused: &Refused) -> Result<ProblemCode, FailureError> {
    let order = match Details::decode(&refused.head.details)?.order() {
        Some(reference) => orders::kept_order(realm, reference.order).await?,
        None => None,
    };
    let head = &refused.head;
    reason_of(realm, &refused.reason, head.kind, head.not_after, order.map(|order| order.expires_at)).await
}

/// The same for parts that are at hand: the kind of the posting, the last moment of commit, and when the order ends, if an order was to be paid.
///
/// # Errors
/// When the ledger cannot be read.
pub async fn reason_of(
    realm: &Realm,
    refusal: &Refusal,
    kind: PostingKind,
    not_after: Option<Timestamp>,
    order_expires_at: Option<Timestamp>,
) -> Result<ProblemCode, FailureError> {
    Ok(match refusal {
        Refusal::TooLate { .. } if order_expires_at.is_some() && not_after == order_expires_at => {
            ProblemCode::OrderExpired
        }
        Refusal::TooLate { .. } => ProblemCode::PaymentExpired,
        Refusal::ClaimTaken { holder_sequence, .. } => {
            let holder = realm.ledger.record(*holder_sequence).await?;
            holder.map_or(ProblemCode::Internal, |holder| taken_by(holder.posting.head.kind))
        }
        Refusal::Floor { .. } => ProblemCode::InsufficientFunds,
        Refusal::Ceiling { .. } | Refusal::Overflow { .. } => ProblemCode::PayeeCeiling,
        Refusal::State { .. } => ProblemCode::WalletBlocked,
        Refusal::AssetMismatch { .. } => ProblemCode::CurrencyMismatch,
        Refusal::Guard { .. } if kind == REFUND => ProblemCode::RefundExceeds,
        Refusal::Guard { guard: FREE_GUARD, .. } => ProblemCode::ApprovalRequired,
        Refusal::Guard { .. } => ProblemCode::LimitsLowered,
        _ => ProblemCode::Internal,
    })
}

/// What the holder of an order's claim made of the order.
fn taken_by(kind: PostingKind) -> ProblemCode {
    if kind == ORDER_EDIT {
        ProblemCode::OrderChanged
    } else if kind == ORDER_CANCEL {
        ProblemCode::OrderCancelled
    } else if kind == ORDER_EXPIRE {
        ProblemCode::OrderExpired
    } else {
        ProblemCode::OrderPaid
    }
}
