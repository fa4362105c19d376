//! `GET /v1/sync`: one page of what changed since a token.
//!
//! Order of reading: the ledger's head, then entries, then changes of documents, then the documents themselves. A document may therefore
//! be newer than the token says; it then comes again, which changes nothing. It is never older.

use qianbao_api::ProblemCode;
use qianbao_api::activity::Entry;
use qianbao_api::sync::{Document, SyncPage};
use qianbao_core::Timestamp;

use super::documents::{document, wallets};
use super::subject::Subject;
use super::token::Token;
use crate::directory::{DocumentKind, changes_after};
use crate::failure::{FailureError, failures};
use crate::payments::parties::Parties;
use crate::problem::Refuses;
use crate::realm::Realm;
use crate::wallets::entries::entry;

/// Most rows of a page, of entries and of documents each.
pub const ROWS_MAX: u32 = 256;

/// The page cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum SyncError {
    /// The limit is out of range.
    #[error("expected a limit of 1 to {ROWS_MAX}, found {found}")]
    Limit {
        /// What was found.
        found: u32,
    },
    /// Something below failed.
    #[error(transparent)]
    Failure(FailureError),
}

failures!(SyncError);

impl Refuses for SyncError {
    fn code(&self) -> ProblemCode {
        match self {
            Self::Limit { .. } => ProblemCode::MalformedRequest,
            Self::Failure(failure) => failure.code(),
        }
    }

    fn param(&self) -> Option<String> {
        matches!(self, Self::Limit { .. }).then(|| "limit".to_owned())
    }
}

/// What changed for the subject since `after`. A token that is none, or of another life of the ledger, starts anew.
///
/// # Errors
/// [`SyncError`].
pub async fn page(
    realm: &Realm,
    subject: &Subject,
    after: Option<&str>,
    limit: u32,
    now: Timestamp,
) -> Result<SyncPage, SyncError> {
    if !(1..=ROWS_MAX).contains(&limit) {
        return Err(SyncError::Limit { found: limit });
    }
    let epoch = realm.ledger.epoch();
    let known = after.and_then(|text| text.parse::<Token>().ok()).filter(|token| token.epoch == epoch);
    let start = known.unwrap_or(Token { epoch, sequence: 0, change: 0 });
    let (entries, sequence, more_entries) = entries(realm, subject, start.sequence, limit).await?;
    let (names, change) = changed(realm, subject, start.change, limit).await?;
    let more_documents = names.len() >= limit as usize;
    let names = with_followers(names, &entries, subject);
    let mut documents = Vec::with_capacity(names.len() + 1);
    for (kind, id) in &names {
        documents.push(document(realm, subject, *kind, id, now).await?);
    }
    // A freeze changes a wallet without touching its balance; it is told with the person's document.
    let is_told = names.iter().any(|(kind, _)| *kind == DocumentKind::Person);
    if sequence > start.sequence || known.is_none() || is_told {
        documents.extend(wallets(realm, subject).await?);
    }
    if known.is_none() {
        documents.push(person(realm, subject, now).await?);
    }
    Ok(SyncPage {
        reset: after.is_some() && known.is_none(),
        entries,
        documents,
        next: Token { epoch, sequence, change }.to_string(),
        more: more_entries || more_documents,
        server_time: now,
    })
}

/// Entries after `after`, up to which sequence they are complete, and whether more are there already.
async fn entries(
    realm: &Realm,
    subject: &Subject,
    after: u64,
    limit: u32,
) -> Result<(Vec<Entry>, u64, bool), FailureError> {
    // Read before the lines: what is committed meanwhile belongs to the next page.
    let head = *realm.ledger.head().borrow();
    let Some(account) = subject.account() else { return Ok((Vec::new(), head.max(after), false)) };
    let mut lines = realm.ledger.history_after(account.id(), after).await?;
    let all = lines.len();
    // Only whole postings, at least one: the token says nothing about halves.
    if let Some(cut) = lines.get(limit as usize).map(|line| line.cursor.sequence) {
        let first = lines[0].cursor.sequence;
        lines.retain(|line| line.cursor.sequence < cut || line.cursor.sequence == first);
    }
    let mut parties = Parties::new(realm);
    let mut entries = Vec::with_capacity(lines.len());
    for line in &lines {
        entries.extend(entry(&mut parties, account.code, line).await?);
    }
    let Some(last) = lines.last().map(|line| line.cursor.sequence) else {
        return Ok((entries, head.max(after), false));
    };
    let more = lines.len() < all || !realm.ledger.history_after(account.id(), last).await?.is_empty();
    Ok((entries, if more { last } else { head.max(last) }, more))
}

/// Names of the documents that changed after `after`, and up to which number.
async fn changed(
    realm: &Realm,
    subject: &Subject,
    after: i64,
    limit: u32,
) -> Result<(Vec<(DocumentKind, String)>, i64), FailureError> {
    let Some(owner) = subject.owner() else { return Ok((Vec::new(), after)) };
    let changes = changes_after(realm.directory.readers(), owner, after, i64::from(limit)).await?;
    let change = changes.last().map_or(after, |change| change.number);
    Ok((changes.into_iter().map(|change| (change.kind, change.id)).collect(), change))
}

/// The names, and those of documents that the entries changed: the order that was paid or refunded, the top-up that came.
fn with_followers(
    mut names: Vec<(DocumentKind, String)>,
    entries: &[Entry],
    subject: &Subject,
) -> Vec<(DocumentKind, String)> {
    for entry in entries {
        let follower = match subject {
            Subject::Desk(..) => entry.order.map(|id| (DocumentKind::Order, id.to_string())),
            Subject::Wallet(_) => entry.topup.map(|id| (DocumentKind::Topup, id.to_string())),
        };
        if let Some(follower) = follower.filter(|follower| !names.contains(follower)) {
            names.push(follower);
        }
    }
    names
}

async fn person(realm: &Realm, subject: &Subject, now: Timestamp) -> Result<Document, FailureError> {
    document(realm, subject, DocumentKind::Person, &subject.person().to_string(), now).await
}
