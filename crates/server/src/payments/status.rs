//! `GET /v1/payments/{id}`: how a payment stands. Every answer but `unknown` is final.
//!
//! An id that is absent after its `not_after` is finally not paid; so is one that is absent after the latest end that its own time allows
//! ([`latest_end`]), whatever `not_after` the asker knows. Absent alone proves nothing, since a batch may be on its way to the
//! disk; so the id is closed first: an empty posting under the payer's own id goes through the ledger's one writer, behind
//! everything that was sent before, and is refused as too late. If the payment had come first, the ledger says so instead.

use qianbao_api::ProblemCode;
use qianbao_api::payments::PaymentView;
use qianbao_core::id::{PaymentId, PersonId};
use qianbao_core::intent::Payee;
use qianbao_core::posting::{
    Draft, Head, Owner as LedgerOwner, Posting, PostingError, PostingId, PostingKind, PostingRef,
};
use qianbao_core::{Currency, Timestamp};
use qianbao_ledger::{Answer, SubmitError};
use sha2::{Digest, Sha256};

use super::outcome::{self, Paid};
use super::parties::Parties;
use super::pay::{latest_end, submit};
use crate::directory::Owner;
use crate::failure::{FailureError, failures};
use crate::problem::Refuses;
use crate::realm::Realm;
use crate::wallets::accounts;

/// Kind of the posting that closes an id.
pub const PAYMENT_CLOSE: PostingKind = PostingKind::literal("payment_close");

/// Most postings that are looked at because they have the same id under other owners.
const SAME_ID_MAX: usize = 16;

/// How the payment stands cannot be told.
#[derive(Debug, thiserror::Error)]
pub enum StatusError {
    /// There is no such payment to or from the one who asks.
    #[error("expected a payment to or from this wallet, found none with this id")]
    NotFound,
    /// The id is no `UUIDv7`.
    #[error(transparent)]
    Id(PostingError),
    /// Something below failed.
    #[error(transparent)]
    Failure(FailureError),
}

failures!(StatusError);

impl Refuses for StatusError {
    fn code(&self) -> ProblemCode {
        match self {
            Self::NotFound => ProblemCode::NotFound,
            Self::Id(_) => ProblemCode::MalformedRequest,
            Self::Failure(failure) => failure.code(),
        }
    }

    fn param(&self) -> Option<String> {
        matches!(self, Self::Id(_)).then(|| "id".to_owned())
    }
}

/// How the payment stands for `asker`, who pays or is paid. `not_after` is the one it was sent with, if it is known.
///
/// # Errors
/// [`StatusError::NotFound`] for a shop that was not paid by it; a person may ask for any id of their own.
pub async fn status(
    realm: &Realm,
    asker: Owner,
    id: PaymentId,
    not_after: Option<Timestamp>,
    now: Timestamp,
) -> Result<PaymentView, StatusError> {
    let posting = PostingId::of(id).map_err(StatusError::Id)?;
    if let Owner::Person(person) = asker {
        let name = PostingRef { owner: LedgerOwner::of(person), id: posting };
        if let Some(view) = own(realm, name, id, now).await? {
            return Ok(view);
        }
    }
    if let Some(paid) = received(realm, asker, posting).await? {
        return Ok(view(realm, &paid, now).await?);
    }
    let Owner::Person(person) = asker else { return Err(StatusError::NotFound) };
    let latest = latest_end(id);
    let until = not_after.map_or(latest, |given| given.min(latest));
    if now <= until {
        return Ok(outcome::unknown(id, until, now));
    }
    let name = PostingRef { owner: LedgerOwner::of(person), id: posting };
    match submit(&realm.ledger, closing(realm, person, posting, until)?).await {
        // A payment to the asker, under its payer's name for the id, may have been on its way as well.
        Ok(_) => match received(realm, asker, posting).await? {
            Some(paid) => Ok(view(realm, &paid, now).await?),
            None => Ok(outcome::not_paid(id, now)),
        },
        // The payment was on its way and came first.
        Err(SubmitError::IdReused) => own(realm, name, id, now).await?.ok_or(StatusError::NotFound),
        Err(error) => Err(error.into()),
    }
}

/// A payment that happened, if `asker` paid it or was paid by it.
///
/// # Errors
/// [`StatusError::NotFound`] when there is none.
pub async fn paid(realm: &Realm, asker: Owner, id: PaymentId) -> Result<Paid, StatusError> {
    let posting = PostingId::of(id).map_err(StatusError::Id)?;
    if let Owner::Person(person) = asker {
        let name = PostingRef { owner: LedgerOwner::of(person), id: posting };
        if let Some(Answer::Posted(record)) = realm.ledger.posting(name).await?
            && let Some(paid) = Paid::of(&record)?
        {
            return Ok(paid);
        }
    }
    received(realm, asker, posting).await?.ok_or(StatusError::NotFound)
}

/// What became of an id that the asker started.
async fn own(
    realm: &Realm,
    name: PostingRef,
    id: PaymentId,
    now: Timestamp,
) -> Result<Option<PaymentView>, StatusError> {
    Ok(match realm.ledger.posting(name).await? {
        None => None,
        Some(Answer::Refused(refused)) if refused.head.kind == PAYMENT_CLOSE => Some(outcome::not_paid(id, now)),
        Some(Answer::Refused(refused)) => Some(outcome::refused(id, outcome::reason(realm, &refused).await?, now)),
        Some(Answer::Posted(record)) => match Paid::of(&record)? {
            Some(paid) => Some(view(realm, &paid, now).await?),
            // The clock was turned back while the id was being closed: closed it is, and nothing moved.
            None => Some(outcome::not_paid(id, now)),
        },
    })
}

/// The payment with this id that paid the asker.
async fn received(realm: &Realm, asker: Owner, id: PostingId) -> Result<Option<Paid>, FailureError> {
    let payee = match asker {
        Owner::Person(person) => Payee::Person(person),
        Owner::Shop(shop) => Payee::Shop(shop),
    };
    for record in realm.ledger.postings_with_id(id, SAME_ID_MAX).await? {
        if let Some(paid) = Paid::of(&record)?
            && paid.details.payee == payee
        {
            return Ok(Some(paid));
        }
    }
    Ok(None)
}

async fn view(realm: &Realm, paid: &Paid, now: Timestamp) -> Result<PaymentView, FailureError> {
    let refunded = paid.refunded(realm).await?;
    let view = paid.view(realm, &mut Parties::new(realm), refunded).await?;
    Ok(outcome::paid(paid.id, view, now))
}

/// A posting that moves nothing, opens at most the payer's own wallet, and comes too late.
fn closing(realm: &Realm, payer: PersonId, id: PostingId, not_after: Timestamp) -> Result<Posting, FailureError> {
    let head = Head {
        owner: LedgerOwner::of(payer),
        id,
        kind: PAYMENT_CLOSE,
        reference: String::new(),
        digest: Sha256::digest(b"qianbao/payment-close/1\n").into(),
        not_after: Some(not_after),
        details: Vec::new(),
    };
    let wallet = accounts::open_personal_wallet(payer, Currency::CNY, realm.limits.wallet_ceiling);
    Ok(Draft::new(head).ensure(wallet).finish()?)
}
