//! `POST /v1/orders/{id}/refunds`: give back what was paid for an order, whole or in parts.
//!
//! Phases: the refund's row in the directory, numbered after the last one · one posting: the amount back to the payer, the fee's share
//! back to the shop, the amount into 8002 with a guard at what was captured, a claim on (payment, number). A row is written only
//! when the outcome of the one before is known; whoever comes across a row without outcome posts it. So every refund's share of the
//! fee has one answer, two refunds at once cannot exceed the payment, and a repeat finds what the first send did, also "no".

use qianbao_api::ProblemCode;
use qianbao_api::orders::{CreateRefund, RefundView};
use qianbao_core::amount::AmountError;
use qianbao_core::id::OrderId;
use qianbao_core::money::{FeeBackError, Rounding, fee_back};
use qianbao_core::posting::{Owner, PostingError, PostingId, PostingRef};
use qianbao_core::text::{Description, TextError};
use qianbao_core::{Currency, Money, PositiveAmount, Timestamp};
use qianbao_ledger::{Answer, Outcome};
use sha2::{Digest, Sha256};

use super::rows::{self, Order};
use super::state::{self, State};
use crate::directory::DirectoryError;
use crate::failure::{FailureError, failures};
use crate::merchants::rows::Shop;
use crate::payments::details::OrderRef;
use crate::payments::outcome::{self, Paid};
use crate::payments::pay::submit;
use crate::payments::posting::Refund;
use crate::payments::rows::{RefundRow, insert_refund, last_refund, refund_of};
use crate::problem::Refuses;
use crate::realm::Realm;

/// Most refunds asked for of one order, refused ones included.
pub const REFUNDS_MAX: u32 = 200;

/// How often a number is drawn again because another refund took it.
const TRIES_MAX: usize = 16;

/// Nothing was given back by this request.
#[derive(Debug, thiserror::Error)]
pub enum RefundError {
    /// The shop has no such order.
    #[error("expected an order of this shop, found none with this id")]
    NotFound,
    /// The id is no `UUIDv7`.
    #[error(transparent)]
    Id(PostingError),
    /// The amount cannot be given back at once.
    #[error(transparent)]
    Amount(#[from] AmountError),
    /// Another currency than the order's.
    #[error("expected an amount in {expected}, the order's currency, found {found}")]
    Currency {
        /// The order's.
        expected: Currency,
        /// The request's.
        found: Currency,
    },
    /// The reason cannot be used.
    #[error("the reason cannot be used: {0}")]
    Reason(#[from] TextError),
    /// The order was not paid.
    #[error("expected a paid order, found one that is not paid")]
    NotPaid,
    /// More than what is left.
    #[error("expected at most {left} minor units, what is left of the payment, found {found}")]
    Exceeds {
        /// What is left.
        left: i64,
        /// What was asked for.
        found: i64,
    },
    /// The id was used for another refund.
    #[error("this id was used before for another refund: nothing happened, make a new id")]
    IdReused,
    /// The ledger refused it for good.
    #[error("the refund was refused: {0:?}; a new try needs a new id")]
    Refused(ProblemCode),
    /// Other refunds of the order took every number.
    #[error("other refunds of this order were faster: try again")]
    Contended,
    /// Too many refunds of one order.
    #[error("expected at most {REFUNDS_MAX} refunds of one order")]
    TooMany,
    /// Something below failed.
    #[error(transparent)]
    Failure(FailureError),
}

failures!(RefundError);

impl Refuses for RefundError {
    fn code(&self) -> ProblemCode {
        match self {
            Self::NotFound => ProblemCode::NotFound,
            Self::Id(_) => ProblemCode::MalformedRequest,
            Self::Amount(AmountError::NotPositive { .. }) => ProblemCode::AmountNotPositive,
            Self::Amount(AmountError::TooLarge { .. }) | Self::Exceeds { .. } => ProblemCode::RefundExceeds,
            Self::Currency { .. } => ProblemCode::CurrencyMismatch,
            Self::Reason(TextError::CardNumber) => ProblemCode::CardNumberInText,
            Self::Reason(_) => ProblemCode::NoteInvalid,
            Self::NotPaid | Self::TooMany => ProblemCode::OrderState,
            Self::IdReused => ProblemCode::IdReused,
            Self::Refused(code) => *code,
            Self::Contended => ProblemCode::Overloaded,
            Self::Failure(failure) => failure.code(),
        }
    }

    fn param(&self) -> Option<String> {
        match self {
            Self::Id(_) | Self::IdReused => Some("id".to_owned()),
            Self::Amount(_) | Self::Currency { .. } | Self::Exceeds { .. } => Some("amount".to_owned()),
            Self::Reason(_) => Some("reason".to_owned()),
            _ => None,
        }
    }
}

/// Gives back, once.
///
/// # Errors
/// [`RefundError`]; no money moved by this id then.
pub async fn refund(
    realm: &Realm,
    shop: &Shop,
    id: OrderId,
    request: &CreateRefund,
    now: Timestamp,
) -> Result<RefundView, RefundError> {
    let readers = realm.directory.readers();
    PostingId::of(request.id).map_err(RefundError::Id)?;
    let order = rows::order_of(readers, shop.view.id, id).await?.ok_or(RefundError::NotFound)?;
    let reason = Description::new(&request.reason)?.into_string();
    let amount = PositiveAmount::new(request.amount)?.money();
    if amount.currency != order.currency {
        return Err(RefundError::Currency { expected: order.currency, found: amount.currency });
    }
    let digest = digest(id, request);
    for _ in 0..TRIES_MAX {
        if let Some(row) = refund_of(readers, shop.view.id, request.id).await? {
            if row.digest != digest {
                return Err(RefundError::IdReused);
            }
            let paid = paid(realm, &order, now).await?;
            return drive(realm, &order, &paid, &row).await;
        }
        let paid = paid(realm, &order, now).await?;
        let number = next_number(realm, &order, &paid).await?;
        let left = paid.amount.minor - paid.refunded(realm).await?.minor;
        if amount.minor > left {
            // What is missing may have been given back by another send of this very refund.
            if refund_of(readers, shop.view.id, request.id).await?.is_some() {
                continue;
            }
            return Err(RefundError::Exceeds { left, found: amount.minor });
        }
        let row = RefundRow {
            id: request.id,
            shop: shop.view.id,
            order: id,
            number,
            amount: amount.minor,
            reason: reason.clone(),
            digest,
            created_at: now,
        };
        match insert(realm, &row).await {
            Ok(()) => return drive(realm, &order, &paid, &row).await,
            Err(DirectoryError::Taken { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(RefundError::Contended)
}

async fn insert(realm: &Realm, row: &RefundRow) -> Result<(), DirectoryError> {
    let mut write = realm.directory.begin().await?;
    insert_refund(&mut write, row).await?;
    write.commit().await
}

async fn paid(realm: &Realm, order: &Order, now: Timestamp) -> Result<Box<Paid>, RefundError> {
    match state::of(realm, order, now).await?.state {
        State::Paid(paid) => Ok(paid),
        State::Open | State::Cancelled | State::Expired => Err(RefundError::NotPaid),
    }
}

/// The number after the last refund of the order, whose outcome is known when this answers.
async fn next_number(realm: &Realm, order: &Order, paid: &Paid) -> Result<u32, RefundError> {
    let Some(last) = last_refund(realm.directory.readers(), order.id).await? else { return Ok(1) };
    match drive(realm, order, paid, &last).await {
        // A refusal is an outcome too.
        Ok(_) | Err(RefundError::Refused(_)) => {}
        Err(error) => return Err(error),
    }
    if last.number >= REFUNDS_MAX { Err(RefundError::TooMany) } else { Ok(last.number + 1) }
}

/// Posts the refund of a row, or finds what became of it.
async fn drive(realm: &Realm, order: &Order, paid: &Paid, row: &RefundRow) -> Result<RefundView, RefundError> {
    let name = PostingRef { owner: Owner::of(row.shop), id: PostingId::of(row.id)? };
    let view = |sequence, committed_at| RefundView {
        id: row.id,
        payment: paid.id,
        amount: Money::new(row.amount, order.currency),
        sequence,
        committed_at,
    };
    match realm.ledger.posting(name).await? {
        Some(Answer::Posted(record)) => return Ok(view(record.sequence, record.time)),
        Some(Answer::Refused(refused)) => return Err(RefundError::Refused(outcome::reason(realm, &refused).await?)),
        None => {}
    }
    let refunded = paid.refunded(realm).await?;
    let posting = posting_of(realm, order, paid, row, refunded).posting()?;
    match submit(&realm.ledger, posting).await? {
        Outcome::Posted { sequence, time } => Ok(view(sequence, time)),
        Outcome::Refused { reason, .. } => {
            Err(RefundError::Refused(outcome::reason_of(realm, &reason, None, None).await?))
        }
    }
}

/// The parts of the posting, when `refunded` has been given back by the refunds before it.
fn posting_of(realm: &Realm, order: &Order, paid: &Paid, row: &RefundRow, refunded: Money) -> Refund {
    let version = paid.details.order.map_or(1, |reference| reference.version);
    Refund {
        id: row.id,
        number: row.number,
        shop: row.shop,
        order: OrderRef { order: order.id, version },
        payment: paid.id,
        payer: paid.details.payer,
        captured: paid.amount.minor,
        amount: Money::new(row.amount, order.currency),
        fee_back: fee_share(paid, refunded, row.amount),
        digest: row.digest,
        wallet_ceiling: realm.limits.wallet_ceiling,
    }
}

/// What of the fee comes back with a refund of `amount` after `refunded`. Of one that exceeds the payment nothing: its guard refuses it.
fn fee_share(paid: &Paid, refunded: Money, amount: i64) -> i64 {
    let share = || -> Result<i64, FeeBackError> {
        let fee = Money::new(paid.shop_fee, paid.amount.currency);
        let nothing = Money::zero(fee.currency);
        let returned = fee_back(fee, paid.amount, refunded, nothing, Rounding::HalfUp)?;
        let refunded = refunded.checked_add(Money::new(amount, fee.currency))?;
        Ok(fee_back(fee, paid.amount, refunded, returned, Rounding::HalfUp)?.minor)
    };
    share().unwrap_or(0)
}

/// SHA-256 of the request: what makes a repeat the same.
fn digest(order: OrderId, request: &CreateRefund) -> [u8; 32] {
    let text = serde_json::to_vec(request).expect("a request has only text keys and no failing values");
    let hash = Sha256::new().chain_update(b"qianbao/refund-request/1\n").chain_update(order.uuid().as_bytes());
    hash.chain_update(text).finalize().into()
}
