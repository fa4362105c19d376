//! `GET /v1/topups`: what a person asked for, newest first; and one of them as a document of the mirror.

use qianbao_api::topups::{TopupStatus, TopupView};
use qianbao_api::{Page, ProblemCode};
use qianbao_core::id::{PersonId, TopupId};

use super::reference::Reference;
use super::rows::{self, TopupRow};
use crate::directory::DirectoryError;
use crate::failure::{FailureError, failures};
use crate::problem::Refuses;
use crate::realm::Realm;

/// Most rows of a page.
pub const LIMIT_MAX: u32 = 100;

/// The list cannot be given.
#[derive(Debug, thiserror::Error)]
pub enum ListTopupsError {
    /// More rows were asked for than a page has.
    #[error("expected a limit of 1 to {LIMIT_MAX}, found {found}")]
    Limit {
        /// What was found.
        found: u32,
    },
    /// The row to start after is none of this person's.
    #[error("expected a top-up of yours to start after")]
    StartingAfter,
    /// Something below failed.
    #[error(transparent)]
    Failure(FailureError),
}

failures!(ListTopupsError);

impl Refuses for ListTopupsError {
    fn code(&self) -> ProblemCode {
        match self {
            Self::Limit { .. } | Self::StartingAfter => ProblemCode::MalformedRequest,
            Self::Failure(failure) => failure.code(),
        }
    }

    fn param(&self) -> Option<String> {
        match self {
            Self::Limit { .. } => Some("limit".to_owned()),
            Self::StartingAfter => Some("starting_after".to_owned()),
            Self::Failure(_) => None,
        }
    }
}

/// A page of a person's top-ups.
///
/// # Errors
/// [`ListTopupsError`].
pub async fn list(
    realm: &Realm,
    person: PersonId,
    after: Option<TopupId>,
    limit: u32,
) -> Result<Page<TopupView>, ListTopupsError> {
    if !(1..=LIMIT_MAX).contains(&limit) {
        return Err(ListTopupsError::Limit { found: limit });
    }
    let readers = realm.directory.readers();
    let before = match after {
        Some(id) => Some(rows::topup(readers, person, id).await?.ok_or(ListTopupsError::StartingAfter)?),
        None => None,
    };
    let mut found = rows::page(readers, person, before.as_ref(), i64::from(limit) + 1).await?;
    let rows_max = usize::try_from(limit).unwrap_or(usize::MAX);
    let has_more = found.len() > rows_max;
    found.truncate(rows_max);
    Ok(Page { data: found.iter().map(view).collect(), has_more })
}

/// One top-up of a person; nothing when there is none.
///
/// # Errors
/// When the directory cannot be read.
pub async fn document(realm: &Realm, person: PersonId, id: TopupId) -> Result<Option<TopupView>, DirectoryError> {
    Ok(rows::topup(realm.directory.readers(), person, id).await?.as_ref().map(view))
}

/// The top-up as its person sees it.
pub fn view(topup: &TopupRow) -> TopupView {
    let account = &topup.account;
    let reference =
        Reference::find(&topup.reference).map_or_else(|| topup.reference.clone(), |found| found.to_string());
    let demo_bank_url = account.demo_page.as_ref().map(|page| {
        let amount = topup.amount.to_decimal();
        format!("{page}/?account={}&reference={reference}&amount={amount}", account.account_number)
    });
    TopupView {
        id: topup.id,
        status: if topup.received.is_some() { TopupStatus::Done } else { TopupStatus::Waiting },
        amount: topup.amount,
        received: topup.received,
        reference,
        account_name: account.account_name.clone(),
        account_number: grouped(&account.account_number),
        bank_name: account.bank_name.clone(),
        demo_bank_url,
        created_at: topup.created_at,
    }
}

/// Groups of four, as people compare numbers.
fn grouped(number: &str) -> String {
    let digits: Vec<char> = number.chars().collect();
    digits.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}
