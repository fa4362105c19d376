//! `POST /v1/payments/{id}/refunds`: give back a payment that the shop got, whole or in parts, whether it paid an order or came by the
//! printed code. `POST /v1/orders/{id}/refunds` ends here as well.
//!
//! Phases: whether what was shown for it is enough ([`crate::approvals::enforce`]) · the refund's row in the directory, numbered after the last one of the same payment · one posting: the amount back to the payer, the
//! fee's share back to the shop, the amount into 8002 with a guard at what was captured, a claim on (payment, number). A row is written only
//! when the outcome of the one before is known; whoever comes across a row without outcome posts it. So every refund's share of the
//! fee has one answer, two refunds at once cannot exceed the payment, and a repeat finds what the first send did, also "no".

use qianbao_api::ProblemCode;
use qianbao_api::orders::RefundView;
use qianbao_api::payments::CreatePaymentRefund;
use qianbao_core::approval::SessionUse;
use qianbao_core::id::{PaymentId, PersonId, RefundId};
use qianbao_core::intent::Payee;
use qianbao_core::money::{FeeBackError, Rounding, fee_back};
use qianbao_core::posting::{Owner, PostingError, PostingId, PostingRef};
use qianbao_core::refund::{RefundIntent, RefundedThing};
use qianbao_core::text::{Description, TextError};
use qianbao_core::{Currency, Money, Timestamp};
use qianbao_ledger::{Answer, Outcome};
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::outcome::{self, Paid};
use super::pay::submit;
use super::posting::{REFUND, Refund};
use super::rows::{self, RefundRow};
use crate::approvals::enforce::{EnforceError, enforce};
use crate::approvals::need::Moving;
use crate::directory::{DirectoryError, again};
use crate::failure::{FailureError, failures};
use crate::halt::HaltError;
use crate::merchants::rows::Shop;
use crate::problem::Refuses;
use crate::realm::Realm;

/// Most refunds asked for of one payment, refused ones included.
pub const REFUNDS_MAX: u32 = 200;

/// How often a number is drawn again because another refund took it.
const TRIES_MAX: usize = 16;

/// Nothing was given back by this request.
#[derive(Debug, thiserror::Error)]
pub enum RefundError {
    /// The shop got no such payment.
    #[error("expected a payment to this shop by this payer, found none with this id")]
    NotFound,
    /// The id is no `UUIDv7`.
    #[error(transparent)]
    Id(PostingError),
    /// Nothing is to be given back, or less.
    #[error("expected an amount above zero, found {found} minor units")]
    NotPositive {
        /// Minor units found.
        found: i64,
    },
    /// Another currency than the payment's.
    #[error("expected an amount in {expected}, the payment's currency, found {found}")]
    Currency {
        /// The payment's.
        expected: Currency,
        /// The request's.
        found: Currency,
    },
    /// The reason cannot be used.
    #[error("the reason cannot be used: {0}")]
    Reason(#[from] TextError),
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
    /// Other refunds of the payment took every number.
    #[error("other refunds of this payment were faster: try again")]
    Contended,
    /// Too many refunds of one payment.
    #[error("expected at most {REFUNDS_MAX} refunds of one payment")]
    TooMany,
    /// It is not approved, or not by enough.
    #[error(transparent)]
    Approval(#[from] EnforceError),
    /// Nothing goes out now.
    #[error(transparent)]
    Halted(#[from] HaltError),
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
            Self::NotPositive { .. } => ProblemCode::AmountNotPositive,
            Self::Exceeds { .. } => ProblemCode::RefundExceeds,
            Self::Currency { .. } => ProblemCode::CurrencyMismatch,
            Self::Reason(TextError::CardNumber) => ProblemCode::CardNumberInText,
            Self::Reason(_) => ProblemCode::NoteInvalid,
            Self::TooMany => ProblemCode::OrderState,
            Self::IdReused => ProblemCode::IdReused,
            Self::Refused(code) => *code,
            Self::Contended => ProblemCode::Overloaded,
            Self::Approval(error) => error.code(),
            Self::Halted(error) => error.code(),
            Self::Failure(failure) => failure.code(),
        }
    }

    fn param(&self) -> Option<String> {
        match self {
            Self::Id(_) | Self::IdReused => Some("id".to_owned()),
            Self::NotPositive { .. } | Self::Currency { .. } | Self::Exceeds { .. } => Some("amount".to_owned()),
            Self::Reason(_) => Some("reason".to_owned()),
            Self::Approval(error) => error.param(),
            _ => None,
        }
    }

    fn retry_after_s(&self) -> Option<u32> {
        match self {
            Self::Approval(error) => error.retry_after_s(),
            Self::Halted(error) => error.retry_after_s(),
            Self::Failure(failure) => failure.retry_after_s(),
            _ => None,
        }
    }
}

/// What a shop asks for.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// Made by the shop.
    pub id: RefundId,
    /// What is given back, as the desk named it.
    pub of: RefundedThing,
    /// How much is to be given back.
    pub amount: Money,
    /// Why; may be empty.
    pub reason: &'a str,
    /// SHA-256 of the whole request: what makes a repeat the same.
    pub digest: [u8; 32],
    /// What was shown for it.
    pub approval: Option<&'a str>,
}

/// Gives back a payment of the shop, once.
///
/// # Errors
/// [`RefundError`]; no money moved by this id then.
pub async fn refund(
    realm: &Realm,
    shop: &Shop,
    payment: PaymentId,
    request: &CreatePaymentRefund,
    now: Timestamp,
) -> Result<RefundView, RefundError> {
    // No id but a `UUIDv7` was ever posted.
    let id = PostingId::of(payment).map_err(|_| RefundError::NotFound)?;
    let paid = match realm.ledger.posting(PostingRef { owner: Owner::of(request.payer), id }).await? {
        Some(Answer::Posted(record)) => Paid::of(&record)?,
        Some(Answer::Refused(_)) | None => None,
    };
    let paid = paid.filter(|paid| paid.details.payee == Payee::Shop(shop.view.id)).ok_or(RefundError::NotFound)?;
    let digest = digest(b"qianbao/payment-refund-request/1\n", payment.uuid().as_bytes(), request);
    let of = RefundedThing::Payment { payer: request.payer, payment };
    let approval = request.approval.as_deref();
    let asked = Asked { id: request.id, of, amount: request.amount, reason: &request.reason, digest, approval };
    give_back(realm, shop, &paid, asked, now).await
}

/// Gives back what the shop got by `paid`, once.
///
/// # Errors
/// [`RefundError`]; no money moved by this id then.
pub async fn give_back(
    realm: &Realm,
    shop: &Shop,
    paid: &Paid,
    asked: Asked<'_>,
    now: Timestamp,
) -> Result<RefundView, RefundError> {
    let (readers, by, shop) = (realm.directory.readers(), shop.owner, shop.view.id);
    PostingId::of(asked.id).map_err(RefundError::Id)?;
    let reason = Description::new(asked.reason)?.into_string();
    let amount = asked.amount;
    if amount.minor <= 0 {
        return Err(RefundError::NotPositive { found: amount.minor });
    }
    if amount.currency != paid.amount.currency {
        return Err(RefundError::Currency { expected: paid.amount.currency, found: amount.currency });
    }
    for _ in 0..TRIES_MAX {
        if let Some(row) = rows::refund_of(readers, shop, asked.id).await? {
            if row.digest != asked.digest {
                return Err(RefundError::IdReused);
            }
            return drive(realm, paid, &row).await;
        }
        // Before a row is written: one that cannot be posted would stand in the way of all refunds of the payment.
        realm.halt().check().await?;
        let number = next_number(realm, paid).await?;
        let left = paid.amount.minor - paid.refunded(realm).await?.minor;
        if amount.minor > left {
            // What is missing may have been given back by another send of this very refund.
            if rows::refund_of(readers, shop, asked.id).await?.is_some() {
                continue;
            }
            return Err(RefundError::Exceeds { left, found: amount.minor });
        }
        approved(realm, by, asked, now).await?;
        let row = RefundRow {
            id: asked.id,
            shop,
            subject: subject(paid),
            number,
            amount: amount.minor,
            reason: reason.clone(),
            digest: asked.digest,
            created_at: now,
        };
        match again(|| insert(realm, &row)).await {
            Ok(()) => return drive(realm, paid, &row).await,
            Err(DirectoryError::Taken { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(RefundError::Contended)
}

/// Whether the refund carries what it needs. Asked only while it has no row: a repeat is answered by what the first send did.
async fn approved(realm: &Realm, by: PersonId, asked: Asked<'_>, now: Timestamp) -> Result<(), EnforceError> {
    let Asked { id, of, amount, approval, .. } = asked;
    // A till is left alone for hours: there is no idle limit at the desk. What is given back goes to who paid it, so nobody is new.
    let moving = Moving { person: by, amount: amount.minor, payee: None, session: SessionUse::Lately };
    let digest = |not_after| RefundIntent { refund: id, by, of, amount, not_after }.digest();
    enforce(realm, moving, approval, digest, now).await.map(drop)
}

/// Whose refunds are numbered together: the order's, or those of a payment without order. A payment's id is unique only with its payer.
fn subject(paid: &Paid) -> String {
    match paid.details.order {
        Some(reference) => reference.order.to_string(),
        None => format!("{}/{}", paid.details.payer, paid.id),
    }
}

async fn insert(realm: &Realm, row: &RefundRow) -> Result<(), DirectoryError> {
    let mut write = realm.directory.begin().await?;
    rows::insert_refund(&mut write, row).await?;
    write.commit().await
}

/// The number after the last refund of the payment, whose outcome is known when this answers.
async fn next_number(realm: &Realm, paid: &Paid) -> Result<u32, RefundError> {
    let Some(last) = rows::last_refund(realm.directory.readers(), &subject(paid)).await? else { return Ok(1) };
    match drive(realm, paid, &last).await {
        // A refusal is an outcome too.
        Ok(_) | Err(RefundError::Refused(_)) => {}
        Err(error) => return Err(error),
    }
    if last.number >= REFUNDS_MAX { Err(RefundError::TooMany) } else { Ok(last.number + 1) }
}

/// Posts the refund of a row, or finds what became of it.
async fn drive(realm: &Realm, paid: &Paid, row: &RefundRow) -> Result<RefundView, RefundError> {
    let name = PostingRef { owner: Owner::of(row.shop), id: PostingId::of(row.id)? };
    let view = |sequence, committed_at| RefundView {
        id: row.id,
        payment: paid.id,
        amount: Money::new(row.amount, paid.amount.currency),
        sequence,
        committed_at,
    };
    match realm.ledger.posting(name).await? {
        Some(Answer::Posted(record)) => return Ok(view(record.sequence, record.time)),
        Some(Answer::Refused(refused)) => return Err(RefundError::Refused(outcome::reason(realm, &refused).await?)),
        None => realm.halt().check().await?,
    }
    let refunded = paid.refunded(realm).await?;
    let posting = posting_of(realm, paid, row, refunded).posting()?;
    match submit(&realm.ledger, posting).await? {
        Outcome::Posted { sequence, time } => Ok(view(sequence, time)),
        Outcome::Refused { reason, .. } => {
            Err(RefundError::Refused(outcome::reason_of(realm, &reason, REFUND, None, None).await?))
        }
    }
}

/// The parts of the posting, when `refunded` has been given back by the refunds before it.
fn posting_of(realm: &Realm, paid: &Paid, row: &RefundRow, refunded: Money) -> Refund {
    Refund {
        id: row.id,
        number: row.number,
        shop: row.shop,
        order: paid.details.order,
        payment: paid.id,
        payer: paid.details.payer,
        captured: paid.amount.minor,
        amount: Money::new(row.amount, paid.amount.currency),
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

/// SHA-256 of a request for a refund of what `subject` names: what makes a repeat the same.
pub fn digest(word: &[u8], subject: &[u8; 16], request: &impl Serialize) -> [u8; 32] {
    let text = serde_json::to_vec(request).expect("a request has only text keys and no failing values");
    Sha256::new().chain_update(word).chain_update(subject).chain_update(text).finalize().into()
}
