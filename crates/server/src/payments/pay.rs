//! `POST /v1/payments`: pay.
//!
//! Phases: check the request · find out what the target means (directory, read only) · recompute the intent and compare · decide whether what was
//! shown for it is enough ([`crate::approvals::enforce`]) · one posting in the ledger. The posting is the only thing that is written; whatever follows from a payment follows the log. Of several sends of one
//! id the ledger posts at most one, and all get the same answer, also "no"; another request under the same id is refused.
//!
//! What could make the order unpayable (paid, cancelled, edited, over) is not looked at here: its claims and `not_after` decide, in
//! the posting's own commit, so no race passes. A check that fails before the posting stores nothing and leaves the id open, so it first
//! asks whether the id has an outcome already: a late repeat must not be told that it is late.

use std::time::Duration;

use qianbao_api::ProblemCode;
use qianbao_api::payments::{PaidView, PayRequest, PaymentView};
use qianbao_core::amount::{AmountError, PositiveAmount};
use qianbao_core::approval::SessionUse;
use qianbao_core::id::{PaymentId, PersonId};
use qianbao_core::intent::{IntentError, Payee};
use qianbao_core::money::Rounding;
use qianbao_core::posting::{Owner, Posting, PostingError, PostingId, PostingRef};
use qianbao_core::text::{Note, TextError};
use qianbao_core::{Currency, Money, Timestamp};
use qianbao_ledger::{Answer, Ledger, Outcome, SubmitError};
use sha2::{Digest, Sha256};

use super::intended::{Intended, intended};
use super::lowered::Lowered;
use super::outcome::{self, Paid, refunded_of};
use super::parties::Parties;
use super::posting::{FreeCount, Payment};
use super::rows;
use super::target::{Payable, PayableOrder, TargetError};
use crate::approvals::enforce::{EnforceError, enforce};
use crate::approvals::need::Moving;
use crate::clock::Sources;
use crate::failure::{FailureError, failures};
use crate::problem::Refuses;
use crate::realm::Realm;

/// How far ahead `not_after` may lie, seconds.
pub const VALIDITY_S_MAX: i64 = 600;
/// How long before its request arrives an id may have been made, by the time that it bears itself, seconds. Together with
/// [`VALIDITY_S_MAX`] it gives every id an end that the id alone tells.
pub const ID_AGE_S_MAX: i64 = 600;

/// The payment was not tried: nothing moved, and the id stays open unless the variant says otherwise.
#[derive(Debug, thiserror::Error)]
pub enum PayError {
    /// The id is no `UUIDv7`.
    #[error(transparent)]
    Id(PostingError),
    /// The id was made too long ago.
    #[error(
        "expected an id made at most {ID_AGE_S_MAX} seconds before {now:?}, the server's time, found {made:?}: make a new id"
    )]
    IdAge {
        /// The server's time.
        now: Timestamp,
        /// When the id was made, as it says.
        made: Timestamp,
    },
    /// The amount cannot be paid at once.
    #[error(transparent)]
    Amount(#[from] AmountError),
    /// The currency is not the target's.
    #[error("expected an amount in {expected}, found {found}")]
    Currency {
        /// The target's currency.
        expected: Currency,
        /// The amount's.
        found: Currency,
    },
    /// The amount is not the one that the order or code fixes.
    #[error("expected {expected} minor units, the amount of the order or code, found {found}")]
    AmountMismatch {
        /// The target's amount.
        expected: i64,
        /// The request's.
        found: i64,
    },
    /// The fee is not what the payer would pay on top.
    #[error("expected a fee of {expected} minor units, found {found}: show the preview again")]
    Fee {
        /// The fee now.
        expected: i64,
        /// The request's.
        found: i64,
    },
    /// The payer came back by a recovery a while ago, and pays less until then.
    #[error(
        "expected at most {payment_max} minor units in one payment until {until:?}, after a recovery, found {found}"
    )]
    Lowered {
        /// The largest payment until then.
        payment_max: i64,
        /// Until when.
        until: Timestamp,
        /// The amount's.
        found: i64,
    },
    /// The note cannot be used.
    #[error("the note cannot be used: {0}")]
    Note(#[from] TextError),
    /// The request's validity is over or too long.
    #[error("expected not_after at most {VALIDITY_S_MAX} seconds after {now:?}, the server's time, found {found:?}")]
    NotAfter {
        /// The server's time.
        now: Timestamp,
        /// The request's.
        found: Timestamp,
    },
    /// The target cannot be paid.
    #[error(transparent)]
    Target(#[from] TargetError),
    /// The parts make no intent.
    #[error(transparent)]
    IntentParts(#[from] IntentError),
    /// What the payer approved is not what was sent.
    #[error("expected the SHA-256 of the intent that this request states, found another: show the preview again")]
    Intent,
    /// It is not approved, or not by enough.
    #[error(transparent)]
    Approval(#[from] EnforceError),
    /// The id was used for another request; that one's outcome stands.
    #[error("this id was used before for another request: nothing happened, make a new id")]
    IdReused,
    /// The ledger stopped while the posting was on its way.
    #[error("the ledger stopped before it answered: ask for the outcome by the id")]
    Unanswered {
        /// Until when it may still turn out to be paid.
        until: Timestamp,
    },
    /// Something below failed.
    #[error(transparent)]
    Failure(FailureError),
}

failures!(PayError);

impl Refuses for PayError {
    fn code(&self) -> ProblemCode {
        match self {
            Self::Id(_) => ProblemCode::MalformedRequest,
            Self::Amount(AmountError::NotPositive { .. }) => ProblemCode::AmountNotPositive,
            Self::Amount(AmountError::TooLarge { .. }) | Self::IntentParts(IntentError::Overflow) => {
                ProblemCode::AmountTooLarge
            }
            Self::Currency { .. } | Self::IntentParts(IntentError::FeeCurrency { .. }) => ProblemCode::CurrencyMismatch,
            Self::AmountMismatch { .. } => ProblemCode::AmountMismatch,
            Self::Lowered { .. } => ProblemCode::LimitsLowered,
            Self::Fee { .. } => ProblemCode::FeeChanged,
            Self::Note(TextError::CardNumber) => ProblemCode::CardNumberInText,
            Self::Note(_) => ProblemCode::NoteInvalid,
            Self::NotAfter { .. } | Self::IdAge { .. } => ProblemCode::NotAfterInvalid,
            Self::Target(error) => error.code(),
            Self::Intent => ProblemCode::IntentMismatch,
            Self::Approval(error) => error.code(),
            Self::IdReused => ProblemCode::IdReused,
            Self::Unanswered { .. } => ProblemCode::Timeout,
            Self::Failure(failure) => failure.code(),
        }
    }

    fn param(&self) -> Option<String> {
        let param = match self {
            Self::Id(_) | Self::IdReused | Self::IdAge { .. } => "id",
            Self::Amount(_)
            | Self::Currency { .. }
            | Self::AmountMismatch { .. }
            | Self::Lowered { .. }
            | Self::IntentParts(_) => "amount",
            Self::Fee { .. } => "fee",
            Self::Note(_) => "note",
            Self::NotAfter { .. } => "not_after",
            Self::Target(error) => return error.param(),
            Self::Approval(error) => return error.param(),
            Self::Intent => "intent",
            Self::Unanswered { .. } | Self::Failure(_) => return None,
        };
        Some(param.to_owned())
    }

    fn retry_after_s(&self) -> Option<u32> {
        match self {
            Self::Target(error) => error.retry_after_s(),
            Self::Approval(error) => error.retry_after_s(),
            Self::Failure(failure) => failure.retry_after_s(),
            _ => None,
        }
    }

    fn unknown_until(&self) -> Option<Timestamp> {
        if let Self::Unanswered { until } = self { Some(*until) } else { None }
    }
}

/// Who pays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Payer {
    /// The person.
    pub person: PersonId,
    /// How lately their session was used.
    pub session: SessionUse,
}

/// Pays, once.
///
/// # Errors
/// [`PayError`] when the request never became a posting; a payment that the ledger refused is an answer.
pub async fn pay(
    realm: &Realm,
    sources: &Sources,
    payer: Payer,
    request: &PayRequest,
) -> Result<PaymentView, PayError> {
    pay_into(realm, sources, payer, request, |posting| submit(&realm.ledger, posting)).await
}

/// As [`pay`], with whatever takes the posting: the bench measures what a payment costs beside the ledger's write.
///
/// # Errors
/// As [`pay`].
pub async fn pay_into<F: Future<Output = Result<Outcome, SubmitError>>>(
    realm: &Realm,
    sources: &Sources,
    payer: Payer,
    request: &PayRequest,
    submit: impl FnOnce(Posting) -> F,
) -> Result<PaymentView, PayError> {
    let now = sources.now();
    let name = PostingRef { owner: Owner::of(payer.person), id: PostingId::of(request.id).map_err(PayError::Id)? };
    let digest = digest(request);
    let Prepared { payment, payable, note } = match prepare(realm, sources, payer, request, digest, now).await {
        Ok(prepared) => prepared,
        Err(error) => return earlier(realm, name, request, digest, now).await?.ok_or(error),
    };
    match submit(payment.posting()?).await {
        Ok(Outcome::Posted { sequence, time }) => {
            // A commit before this request arrived is a repeat's: only then can something have been given back.
            let is_repeat = time < now;
            let refunded =
                if is_repeat { refunded(realm, &payment).await? } else { Money::zero(payment.amount.currency) };
            let view = PaidView {
                sequence,
                committed_at: time,
                payee: payable.view,
                amount: payment.amount,
                fee: request.fee,
                note,
                order: payable.order.as_ref().map(PayableOrder::summary),
                refunded,
            };
            Ok(outcome::paid(request.id, view, now))
        }
        Ok(Outcome::Refused { reason, .. }) => {
            let ends = payable.order.map(|order| order.order.expires_at);
            let reason = outcome::reason_of(realm, &reason, payment.kind(), Some(payment.not_after), ends).await?;
            Ok(outcome::refused(request.id, reason, now))
        }
        Err(SubmitError::IdReused) => Err(PayError::IdReused),
        Err(SubmitError::Stopped | SubmitError::Unknown) => Err(PayError::Unanswered { until: request.not_after }),
        Err(error) => Err(error.into()),
    }
}

/// A payment that can be posted.
struct Prepared {
    payment: Payment,
    payable: Payable,
    note: Option<String>,
}

/// Checks everything that can be known before the posting, and makes its parts.
async fn prepare(
    realm: &Realm,
    sources: &Sources,
    payer: Payer,
    request: &PayRequest,
    digest: [u8; 32],
    now: Timestamp,
) -> Result<Prepared, PayError> {
    if request.not_after <= now || request.not_after > now.plus_seconds(VALIDITY_S_MAX) {
        return Err(PayError::NotAfter { now, found: request.not_after });
    }
    let made = made_at(request.id);
    if made < now.plus_seconds(-ID_AGE_S_MAX) {
        return Err(PayError::IdAge { now, made });
    }
    let note = request.note.as_deref().map(Note::new).transpose()?.filter(|note| !note.as_str().is_empty());
    let PayRequest { id, ref target, amount, fee, not_after, .. } = *request;
    let parts = Intended { id, target, amount, fee, not_after };
    let (payable, intent) = intended(realm, payer.person, parts, now).await?;
    if intent.digest_hex() != request.intent {
        return Err(PayError::Intent);
    }
    let lowered = Lowered::of(realm, payer.person, now).await?;
    if let Some(Lowered { payment_max, until, .. }) = lowered.filter(|lowered| amount.minor > lowered.payment_max) {
        return Err(PayError::Lowered { payment_max, until, found: amount.minor });
    }
    let person = if let Payee::Person(person) = payable.payee { Some(person) } else { None };
    let moving = Moving { person: payer.person, amount: amount.minor, payee: person, session: payer.session };
    // The intent holds the end: an approval until another one is of another intent.
    let terms = enforce(realm, moving, request.approval.as_deref(), |_| intent.digest(), now).await?;
    let note = note.map(Note::into_string);
    let sealed = match &note {
        Some(note) => Some(seal(realm, sources, payer.person, request, note, now).await?),
        None => None,
    };
    let payment = Payment {
        id,
        payer: payer.person,
        payee: payable.payee,
        amount,
        shop_fee: payable.fee.of(amount, Rounding::HalfUp).minor,
        order: payable.order.as_ref().map(PayableOrder::reference),
        link: payable.link,
        intent: intent.digest(),
        note: sealed,
        approved_until: not_after,
        digest,
        not_after: payable.expires_at.map_or(not_after, |end| end.min(not_after)),
        wallet_ceiling: realm.limits.wallet_ceiling,
        // One posting counts for one day.
        lowered: lowered.map(|lowered| Lowered { day: terms.free_day.unwrap_or(lowered.day), ..lowered }),
        free: terms.free_day.map(|day| FreeCount { day, count_max: i64::from(realm.limits.free_count_max) }),
        is_first: terms.is_first,
    };
    Ok(Prepared { payment, payable, note })
}

/// When an id was made, as it says.
fn made_at(id: PaymentId) -> Timestamp {
    Timestamp::from_millis(i64::try_from(id.made_ms()).expect("48 bits fit"))
}

/// The latest end that a payment with this id can have: after it an id that never arrived is finally not paid, since [`pay`] takes neither
/// an older id nor a later end.
pub fn latest_end(id: PaymentId) -> Timestamp {
    made_at(id).plus_seconds(ID_AGE_S_MAX + VALIDITY_S_MAX)
}

/// Lets an amount in that one payment may have.
///
/// # Errors
/// When it is not positive or above `largest` minor units.
pub fn payable_amount(amount: Money, largest: i64) -> Result<Money, AmountError> {
    PositiveAmount::up_to(amount, largest).map(PositiveAmount::money)
}

/// Seals the note under the payer's key, which is made at the first note.
async fn seal(
    realm: &Realm,
    sources: &Sources,
    payer: PersonId,
    request: &PayRequest,
    note: &str,
    now: Timestamp,
) -> Result<Vec<u8>, PayError> {
    let known = rows::kept_note_key(realm, payer).await?;
    let key = if let Some(key) = known {
        key
    } else {
        let mut write = realm.directory.begin().await?;
        let key = rows::note_key_or(&mut write, payer, sources.bytes(), now).await?;
        write.commit().await?;
        key
    };
    let sealed = key.seal(payer, request.id, note, sources.bytes());
    sealed.map_err(|_| PayError::Failure(FailureError::Inconsistent("a checked note to be short enough to seal")))
}

/// The outcome of an id that was used before, if it was.
async fn earlier(
    realm: &Realm,
    name: PostingRef,
    request: &PayRequest,
    digest: [u8; 32],
    now: Timestamp,
) -> Result<Option<PaymentView>, PayError> {
    let (head, view) = match realm.ledger.posting(name).await? {
        None => return Ok(None),
        Some(Answer::Refused(refused)) => {
            let reason =
                if refused.head.digest == digest { Some(outcome::reason(realm, &refused).await?) } else { None };
            (refused.head, reason.map(|reason| outcome::refused(request.id, reason, now)))
        }
        Some(Answer::Posted(record)) => {
            let paid = Paid::of(&record)?;
            let view = match paid {
                Some(paid) => {
                    let refunded = paid.refunded(realm).await?;
                    Some(outcome::paid(request.id, paid.view(realm, &mut Parties::new(realm), refunded).await?, now))
                }
                None => None,
            };
            (record.posting.head.clone(), view)
        }
    };
    if head.digest == digest { Ok(view) } else { Err(PayError::IdReused) }
}

async fn refunded(realm: &Realm, payment: &Payment) -> Result<Money, FailureError> {
    refunded_of(realm, payment.payer, payment.id, payment.amount.currency).await
}

/// SHA-256 of the request: what makes a repeat the same.
fn digest(request: &PayRequest) -> [u8; 32] {
    let text = serde_json::to_vec(request).expect("a request has only text keys and no failing values");
    Sha256::new().chain_update(b"qianbao/pay-request/1\n").chain_update(text).finalize().into()
}

/// Submits, trying again a few times while the ledger is busy.
///
/// # Errors
/// What the ledger says, `Busy` only when it stays so.
pub async fn submit(ledger: &Ledger, posting: Posting) -> Result<Outcome, SubmitError> {
    for wait_ms in [5, 20, 80] {
        match ledger.submit(posting.clone()).await {
            Err(SubmitError::Busy) => tokio::time::sleep(Duration::from_millis(wait_ms)).await,
            outcome => return outcome,
        }
    }
    ledger.submit(posting).await
}
