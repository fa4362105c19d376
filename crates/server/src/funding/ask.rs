//! `POST /v1/topups`: ask for a reference. The id is the device's; a repeat answers alike, another amount under it is refused.
//!
//! The bank is asked first, outside of any transaction: it learns (again) where notices go, and names the account.

use qianbao_api::ProblemCode;
use qianbao_api::topups::{CreateTopup, TopupView};
use qianbao_connectors::bank::{Bank, BankError, CollectionAccount, Subscription};
use qianbao_core::id::PersonId;
use qianbao_core::{AmountError, Currency, PositiveAmount, Timestamp};

use super::CURRENCY;
use super::list::view;
use super::reference::Reference;
use super::rows::{self, TopupRow};
use crate::clock::Sources;
use crate::directory::{DirectoryError, DocumentKind, Owner, again};
use crate::failure::{FailureError, failures};
use crate::problem::Refuses;
use crate::realm::Realm;

/// How often a reference that somebody has is drawn again; one in 2^40 is taken.
const DRAWS_MAX: usize = 4;

/// The top-up was not made.
#[derive(Debug, thiserror::Error)]
pub enum AskError {
    /// The amount cannot be.
    #[error(transparent)]
    Amount(#[from] AmountError),
    /// The bank collects another currency.
    #[error("expected an amount in {CURRENCY}, found {found}")]
    Currency {
        /// What was found.
        found: Currency,
    },
    /// The id was used for another amount.
    #[error("this id was used before for another top-up: nothing happened, make a new id")]
    IdReused,
    /// The bank did not answer as it should.
    #[error("expected the bank to name its account")]
    Bank(#[from] BankError),
    /// Something below failed.
    #[error(transparent)]
    Failure(FailureError),
}

failures!(AskError);

impl Refuses for AskError {
    fn code(&self) -> ProblemCode {
        match self {
            Self::Amount(AmountError::NotPositive { .. }) => ProblemCode::AmountNotPositive,
            Self::Amount(AmountError::TooLarge { .. }) => ProblemCode::AmountTooLarge,
            Self::Currency { .. } => ProblemCode::CurrencyMismatch,
            Self::IdReused => ProblemCode::IdReused,
            Self::Bank(_) => ProblemCode::BankUnavailable,
            Self::Failure(failure) => failure.code(),
        }
    }

    fn param(&self) -> Option<String> {
        match self {
            Self::Amount(_) | Self::Currency { .. } => Some("amount".to_owned()),
            Self::IdReused => Some("id".to_owned()),
            Self::Bank(_) | Self::Failure(_) => None,
        }
    }

    fn retry_after_s(&self) -> Option<u32> {
        (self.code() == ProblemCode::BankUnavailable).then_some(5)
    }
}

/// Makes the top-up, or finds that it was made before.
///
/// # Errors
/// [`AskError`]; nothing was written then.
pub async fn ask(
    realm: &Realm,
    sources: &Sources,
    (bank, subscription): (&dyn Bank, &Subscription),
    person: PersonId,
    request: &CreateTopup,
    now: Timestamp,
) -> Result<TopupView, AskError> {
    let amount = PositiveAmount::up_to(request.amount, realm.limits.wallet_ceiling)?;
    if amount.currency() != CURRENCY {
        return Err(AskError::Currency { found: amount.currency() });
    }
    if let Some(made) = rows::topup(realm.directory.readers(), person, request.id).await? {
        return same(&made, request);
    }
    let account = bank.subscribe(subscription).await?;
    let topup = open(realm, sources, person, request, account, now).await?;
    same(&topup, request)
}

/// Writes the row and tells the person's mirrors; answers what stands under the id then.
async fn open(
    realm: &Realm,
    sources: &Sources,
    person: PersonId,
    request: &CreateTopup,
    account: CollectionAccount,
    now: Timestamp,
) -> Result<TopupRow, FailureError> {
    let mut topup = TopupRow {
        person,
        id: request.id,
        reference: String::new(),
        amount: request.amount,
        account,
        created_at: now,
        received: None,
    };
    for _ in 0..DRAWS_MAX {
        Reference::from_random(sources.bytes()).as_str().clone_into(&mut topup.reference);
        match again(|| insert(realm, &topup)).await {
            Ok(()) => return Ok(topup),
            Err(error @ DirectoryError::Taken { .. }) => {
                // The id was sent twice at once, or the reference is somebody's: then another is drawn.
                if let Some(made) = rows::topup(realm.directory.readers(), person, request.id).await? {
                    return Ok(made);
                }
                if !error.is_taken("topups.reference") {
                    return Err(error.into());
                }
            }
            Err(error) => return Err(error.into()),
        }
    }
    Err(FailureError::Inconsistent("a reference that nobody has among a few random ones"))
}

async fn insert(realm: &Realm, topup: &TopupRow) -> Result<(), DirectoryError> {
    let mut write = realm.directory.begin().await?;
    rows::insert_topup(&mut write, topup).await?;
    write.changed(Owner::Person(topup.person), DocumentKind::Topup, &topup.id.to_string()).await?;
    write.commit().await
}

fn same(made: &TopupRow, request: &CreateTopup) -> Result<TopupView, AskError> {
    if made.amount == request.amount { Ok(view(made)) } else { Err(AskError::IdReused) }
}
