//! `GET /v1/activity` and `GET /v1/activity/{id}`: what moved in or out of a wallet, newest first.
//!
//! Without filters a page is one short read of the account's history. A search looks at entries one after another, because notes lie
//! encrypted and names in the directory; it looks at no more than [`LOOKED_AT_MAX`] a request. A page that ends there says that more may follow
//! when it found something; otherwise the newest so many entries hold nothing, and narrower moments (`to`) lead further back.

use qianbao_api::activity::Entry;
use qianbao_api::{Page, ProblemCode};
use qianbao_core::posting::AccountKey;
use qianbao_ledger::Cursor;

use super::entries::{cursor_of, entry};
use super::filter::{Filter, QUERY_BYTES_MAX};
use crate::failure::{FailureError, failures};
use crate::payments::parties::Parties;
use crate::problem::Refuses;
use crate::realm::Realm;

/// Most lines that one request looks at.
pub const LOOKED_AT_MAX: usize = 10_000;

/// Lines that a search reads at once.
const SEARCH_PAGE: usize = 250;

/// The entries cannot be listed.
#[derive(Debug, thiserror::Error)]
pub enum ActivityError {
    /// The wallet has no such entry.
    #[error("expected an entry of this wallet, found none with this id")]
    NotFound,
    /// The limit is out of range.
    #[error("expected a limit of 1 to 100, found {found}")]
    Limit {
        /// What was found.
        found: u32,
    },
    /// The text to look for is too long.
    #[error("expected at most {QUERY_BYTES_MAX} bytes to look for, found {found}")]
    Query {
        /// What was found.
        found: usize,
    },
    /// Something below failed.
    #[error(transparent)]
    Failure(FailureError),
}

failures!(ActivityError);

impl Refuses for ActivityError {
    fn code(&self) -> ProblemCode {
        match self {
            Self::NotFound => ProblemCode::NotFound,
            Self::Limit { .. } | Self::Query { .. } => ProblemCode::MalformedRequest,
            Self::Failure(failure) => failure.code(),
        }
    }

    fn param(&self) -> Option<String> {
        match self {
            Self::Limit { .. } => Some("limit".to_owned()),
            Self::Query { .. } => Some("q".to_owned()),
            Self::NotFound | Self::Failure(_) => None,
        }
    }
}

/// `filter` with the text to look for, if there is one.
///
/// # Errors
/// [`ActivityError::Query`] when the text is too long.
pub fn looking_for(filter: Filter, query: Option<&str>) -> Result<Filter, ActivityError> {
    match query {
        Some(query) if query.len() > QUERY_BYTES_MAX => Err(ActivityError::Query { found: query.len() }),
        Some(query) => Ok(filter.looking_for(query)),
        None => Ok(filter),
    }
}

/// Entries of the account that pass `filter`, older than `starting_after`, at most `limit`.
///
/// # Errors
/// [`ActivityError`].
pub async fn list(
    realm: &Realm,
    account: AccountKey,
    filter: &Filter,
    starting_after: Option<&str>,
    limit: u32,
) -> Result<Page<Entry>, ActivityError> {
    if !(1..=100).contains(&limit) {
        return Err(ActivityError::Limit { found: limit });
    }
    let wanted = limit as usize;
    let mut before = starting_after.map(|id| cursor_of(id).ok_or(ActivityError::NotFound)).transpose()?;
    let lines = if filter.is_empty() { wanted + 1 } else { SEARCH_PAGE };
    let mut parties = Parties::new(realm);
    let mut page = Page { data: Vec::new(), has_more: false };
    let mut looked_at = 0;
    loop {
        let read = realm.ledger.history(account.id(), before, lines).await?;
        for line in &read.entries {
            if page.data.len() == wanted {
                page.has_more = true;
                return Ok(page);
            }
            if filter.from.is_some_and(|from| line.time < from) {
                return Ok(page);
            }
            looked_at += 1;
            if filter.to.is_some_and(|to| line.time >= to) {
                continue;
            }
            let Some(entry) = entry(&mut parties, account.code, line).await? else { continue };
            if filter.matches(&entry) {
                page.data.push(entry);
            }
        }
        match read.next {
            Some(next) if looked_at < LOOKED_AT_MAX => before = Some(next),
            Some(_) => {
                page.has_more = !page.data.is_empty();
                return Ok(page);
            }
            None => return Ok(page),
        }
    }
}

/// One entry of the account.
///
/// # Errors
/// [`ActivityError::NotFound`] when it is missing or another wallet's.
pub async fn get(realm: &Realm, account: AccountKey, id: &str) -> Result<Entry, ActivityError> {
    let cursor = cursor_of(id).ok_or(ActivityError::NotFound)?;
    let after = Cursor { effect: cursor.effect.checked_add(1).ok_or(ActivityError::NotFound)?, ..cursor };
    let read = realm.ledger.history(account.id(), Some(after), 1).await?;
    let line = read.entries.into_iter().next().filter(|line| line.cursor == cursor).ok_or(ActivityError::NotFound)?;
    entry(&mut Parties::new(realm), account.code, &line).await?.ok_or(ActivityError::NotFound)
}
