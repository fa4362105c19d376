//! Reads the bank's list of credits, for what no notice told: a lost notice, a server that was down, a restored backup.
//!
//! Every [`EVERY`]: credits that were postponed, then subscribe (so that a bank that forgot learns again where notices go), then page after
//! page from the cursor. The cursor moves after a page is booked. A credit that cannot be booked now is postponed as the bank told it, and
//! the others are booked all the same; one that is no credit by its form is logged and passed over.

use std::sync::Arc;
use std::time::Duration;

use data_encoding::HEXLOWER;
use qianbao_connectors::bank::{Bank, BankError, Credit, Cursor, Subscription};
use sha2::{Digest, Sha256};

use super::book::{BookError, book};
use super::rows;
use crate::clock::Sources;
use crate::directory::DirectoryError;
use crate::failure::{FailureError, failures};
use crate::halt::Reason;
use crate::jobs::postponed::{self, Item, Postponed};
use crate::realm::Realm;

/// Name of the job of the credits it postpones.
const BANK_CREDITS: &str = "bank-credits";

/// Time between two readings.
pub const EVERY: Duration = Duration::from_secs(20);
/// Most pages of one reading; the next goes on.
const PAGES_MAX: usize = 50;

/// The list was not read to its end; the next reading goes on where this one stopped.
#[derive(Debug, thiserror::Error)]
pub enum CatchUpError {
    /// The bank.
    #[error(transparent)]
    Bank(#[from] BankError),
    /// Something below failed.
    #[error(transparent)]
    Failure(FailureError),
}

failures!(CatchUpError);

/// Reads the list again and again, until the task is dropped.
pub async fn run(realm: Arc<Realm>, sources: Sources, bank: Arc<dyn Bank>, subscription: Subscription) {
    let mut reached = true;
    loop {
        let read = catch_up(&realm, &sources, bank.as_ref(), &subscription).await;
        // Said once when it begins and once when it is over.
        match &read {
            Ok(_) if !reached => tracing::info!(realm = %realm.name, "the bank can be reached again"),
            Err(error) if reached => tracing::warn!(realm = %realm.name, %error, "the bank's list was not read"),
            _ => {}
        }
        reached = read.is_ok();
        tokio::time::sleep(EVERY).await;
    }
}

/// Reads the list once; answers how many credits were looked at.
///
/// # Errors
/// [`CatchUpError`].
pub async fn catch_up(
    realm: &Realm,
    sources: &Sources,
    bank: &dyn Bank,
    subscription: &Subscription,
) -> Result<usize, CatchUpError> {
    try_again(realm, sources).await?;
    bank.subscribe(subscription).await?;
    let (customer, epoch) = (subscription.customer.as_str(), realm.ledger.epoch());
    let mut cursor = rows::cursor(realm.directory.readers(), customer, epoch).await?;
    let (mut looked_at, mut is_at_end) = (0, false);
    for _ in 0..PAGES_MAX {
        let page = bank.credits(customer, cursor).await?;
        for credit in &page.credits {
            if let Err(failure) = book_or_pass(realm, sources, credit).await {
                postpone(realm, sources, credit, failure).await?;
            }
            looked_at += 1;
        }
        is_at_end = !page.more || page.credits.is_empty();
        let Some(last) = page.credits.last() else { break };
        cursor = Cursor(last.booked_at);
        let mut write = realm.directory.begin().await?;
        rows::move_cursor(&mut write, customer, epoch, cursor).await?;
        write.commit().await?;
        if is_at_end {
            break;
        }
    }
    if is_at_end {
        end_restore(realm).await?;
    }
    Ok(looked_at)
}

/// After a restore nothing goes out until everything that the bank says has come is booked. This is called where its list was read to the
/// end in the present life of the ledger; what was postponed meanwhile has to be booked as well.
async fn end_restore(realm: &Realm) -> Result<(), FailureError> {
    let reasons = realm.halt().reasons().await?;
    let Some(restored) = reasons.iter().find(|halted| halted.reason == Reason::Restored) else { return Ok(()) };
    if postponed::is_any_since(realm, BANK_CREDITS, restored.since).await? {
        return Ok(());
    }
    realm.halt().lower(Reason::Restored).await?;
    tracing::warn!(realm = %realm.name, "the bank was asked for what came since the backup: money may go out again");
    Ok(())
}

/// Books the credit; one that is none by its form is said and passed over.
async fn book_or_pass(realm: &Realm, sources: &Sources, credit: &Credit) -> Result<(), FailureError> {
    match book(realm, sources, credit, sources.now()).await {
        Ok(_) => Ok(()),
        Err(BookError::Failure(failure)) => Err(failure),
        Err(error) => {
            tracing::error!(entry = credit.entry, %error, "a credit cannot be booked: ask the bank");
            Ok(())
        }
    }
}

async fn postpone(
    realm: &Realm,
    sources: &Sources,
    credit: &Credit,
    failure: FailureError,
) -> Result<(), FailureError> {
    let id = HEXLOWER.encode(&Sha256::digest(credit.entry.as_bytes()));
    let body = serde_json::to_string(credit).map_err(|_| FailureError::Inconsistent("a credit that can be written"))?;
    postponed::postpone(realm, Item { job: BANK_CREDITS, id: &id, body: &body }, failure, sources.now()).await
}

/// Books postponed credits whose turn it is.
async fn try_again(realm: &Realm, sources: &Sources) -> Result<(), FailureError> {
    for postponed in postponed::due(realm, BANK_CREDITS, sources.now()).await? {
        let outcome = match read(&postponed) {
            Ok(credit) => book_or_pass(realm, sources, &credit).await,
            Err(error) => Err(error),
        };
        postponed::tried(realm, BANK_CREDITS, &postponed, outcome, sources.now()).await?;
    }
    Ok(())
}

fn read(postponed: &Postponed) -> Result<Credit, FailureError> {
    serde_json::from_str(&postponed.body).map_err(|_| DirectoryError::Damaged { column: "postponed.body" }.into())
}
