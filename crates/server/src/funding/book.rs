//! A credit at the bank → the ledger, once.
//!
//! Phases, each repeatable: the credit's row, in which it is decided whose it is · the posting, 1001 → 2001, or 1001 → 2104 when nobody
//! is known or the wallet cannot take it · the row's place in the ledger, the changed document, and for money that is held an
//! event. Two writes to the directory and one to the ledger for a new credit; one read for a known one.
//!
//! The limits of requests are not asked here: what the bank says has come is there, however much it is, and 1001 must say what the bank's
//! statement says. A credit that even 2104 cannot take (a sum beyond 2^61) keeps its row, which the operator's list shows.

use qianbao_api::ProblemCode;
use qianbao_connectors::bank::{CollectionAccount, Credit};
use qianbao_core::id::PersonId;
use qianbao_core::{Money, Timestamp};
use qianbao_ledger::{Outcome, Refusal};

use super::posting::{Into, posting};
use super::reference::Reference;
use super::rows::{self, CreditRow, TopupRow};
use super::{BANK_NAME, CURRENCY};
use crate::clock::Sources;
use crate::directory::{DocumentKind, NewEvent, Owner};
use crate::failure::{FailureError, failures};
use crate::payments::details::Details;
use crate::payments::pay::submit;
use crate::problem::Refuses;
use crate::realm::Realm;

/// Longest id of an entry at the bank, bytes.
const ENTRY_BYTES_MAX: usize = 64;
/// Longest text of a transfer or name of a payer that is kept, characters.
const TEXT_CHARACTERS_MAX: usize = 140;

/// Where a credit stands in the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Booked {
    /// Place in the ledger.
    pub sequence: u64,
    /// Whether it stands in unidentified receipts.
    pub held: bool,
}

/// The credit was not booked.
#[derive(Debug, thiserror::Error)]
pub enum BookError {
    /// The bank's id of the entry is empty or too long, or holds a character that no database keeps.
    #[error("expected an entry id of 1 to {ENTRY_BYTES_MAX} bytes other than NUL, found {found}")]
    Entry {
        /// Bytes found.
        found: usize,
    },
    /// The amount is no money that came.
    #[error("expected an amount above zero, found {found}")]
    NotPositive {
        /// What was found.
        found: Money,
    },
    /// The bank told of this entry before, with another amount.
    #[error("expected {expected} for entry {entry} as the bank said before, found {found}: ask the bank")]
    EntryChanged {
        /// The entry.
        entry: String,
        /// What was booked.
        expected: Money,
        /// What is said now.
        found: Money,
    },
    /// Something below failed; the same credit may come again.
    #[error(transparent)]
    Failure(FailureError),
}

failures!(BookError);

impl Refuses for BookError {
    fn code(&self) -> ProblemCode {
        match self {
            Self::Entry { .. } => ProblemCode::MalformedRequest,
            Self::NotPositive { .. } => ProblemCode::AmountNotPositive,
            Self::EntryChanged { .. } => ProblemCode::IdReused,
            Self::Failure(failure) => failure.code(),
        }
    }
}

/// Books the credit, or finds that it is booked.
///
/// # Errors
/// [`BookError`]. After [`BookError::Failure`] the credit is to be told again; the others will not go away.
pub async fn book(realm: &Realm, sources: &Sources, credit: &Credit, now: Timestamp) -> Result<Booked, BookError> {
    if !(1..=ENTRY_BYTES_MAX).contains(&credit.entry.len()) || credit.entry.contains('\0') {
        return Err(BookError::Entry { found: credit.entry.len() });
    }
    if credit.amount.minor <= 0 {
        return Err(BookError::NotPositive { found: credit.amount });
    }
    let row = known(realm, credit, now).await?;
    if row.amount != credit.amount {
        let (expected, found) = (row.amount, credit.amount);
        return Err(BookError::EntryChanged { entry: row.entry, expected, found });
    }
    if let Some((epoch, sequence)) = row.sequence
        && epoch == realm.ledger.epoch()
    {
        return Ok(Booked { sequence, held: row.held });
    }
    let booked = post(realm, &row).await?;
    finish(realm, sources, &row, booked, now).await?;
    Ok(booked)
}

/// The credit's row; a new one says whose it is.
async fn known(realm: &Realm, credit: &Credit, now: Timestamp) -> Result<CreditRow, FailureError> {
    let readers = realm.directory.readers();
    // Postgres keeps no NUL in a text, and money is not to wait for that.
    let cut = |text: &str| text.chars().filter(|sign| *sign != '\0').take(TEXT_CHARACTERS_MAX).collect::<String>();
    let credit = Credit {
        account_number: cut(&credit.account_number),
        reference: cut(&credit.reference),
        payer_name: cut(&credit.payer_name),
        payer_last4: credit.payer_last4.as_deref().map(cut),
        ..credit.clone()
    };
    let fresh = CreditRow::new(&credit, None);
    if let Some(row) = rows::credit(readers, &fresh.digest).await? {
        return Ok(row);
    }
    let owner = match Reference::find(&credit.reference) {
        Some(reference) => rows::owner_of(readers, &reference).await?,
        None => None,
    };
    let owner = owner.filter(|(_, _, currency)| *currency == credit.amount.currency);
    let fresh = CreditRow { owner: owner.map(|(person, topup, _)| (person, topup)), ..fresh };
    let mut write = realm.directory.begin().await?;
    rows::insert_credit(&mut write, &fresh, now).await?;
    write.commit().await?;
    // Another process may have written the row first; the one that stands is what counts.
    let row = rows::credit(readers, &fresh.digest).await?;
    row.ok_or(FailureError::Inconsistent("the row of a credit that was just written"))
}

async fn post(realm: &Realm, row: &CreditRow) -> Result<Booked, FailureError> {
    if let Some((person, topup)) = row.owner {
        let into = Into::Wallet { person, topup, ceiling: realm.limits.wallet_ceiling };
        match submit(&realm.ledger, posting(row, into)?).await? {
            Outcome::Posted { sequence, .. } => return Ok(Booked { sequence, held: false }),
            Outcome::Refused { reason: Refusal::ClaimTaken { holder_sequence, .. }, .. } => {
                return standing(realm, holder_sequence).await;
            }
            // The wallet is full, frozen or closed: the money is here all the same.
            Outcome::Refused { reason, .. } => tracing::warn!(entry = row.entry, %reason, "a top-up is held"),
        }
    }
    match submit(&realm.ledger, posting(row, Into::Held)?).await? {
        Outcome::Posted { sequence, .. } => Ok(Booked { sequence, held: true }),
        Outcome::Refused { reason: Refusal::ClaimTaken { holder_sequence, .. }, .. } => {
            standing(realm, holder_sequence).await
        }
        Outcome::Refused { .. } => Err(FailureError::Inconsistent("unidentified receipts to take every credit")),
    }
}

/// Where the posting that holds the entry's claim put the money.
async fn standing(realm: &Realm, sequence: u64) -> Result<Booked, FailureError> {
    let missing = FailureError::Inconsistent("the posting that holds a bank entry's claim");
    let record = realm.ledger.record(sequence).await?.ok_or(missing)?;
    match Details::decode(&record.posting.head.details)? {
        Details::Topup(details) => Ok(Booked { sequence, held: details.person.is_none() }),
        _ => Err(FailureError::Inconsistent("a bank entry's claim to be held by a top-up")),
    }
}

/// Notes the place, tells the person's mirrors or the operator, once.
async fn finish(
    realm: &Realm,
    sources: &Sources,
    row: &CreditRow,
    booked: Booked,
    now: Timestamp,
) -> Result<(), FailureError> {
    let body = serde_json::json!({ "entry": row.entry, "amount": row.amount, "sequence": booked.sequence }).to_string();
    let event = NewEvent { id: sources.id(), kind: "funding.held", subject: &row.entry, body: &body, at: now };
    let place = (realm.ledger.epoch(), booked.sequence);
    let mut write = realm.directory.begin().await?;
    let first = rows::settle_credit(&mut write, &row.digest, place, booked.held).await?;
    match row.owner {
        Some((person, topup)) if first && !booked.held => {
            write.changed(Owner::Person(person), DocumentKind::Topup, &topup.to_string()).await?;
        }
        _ if first => {
            write.event(event).await?;
        }
        _ => {}
    }
    write.commit().await?;
    if first && booked.held {
        tracing::warn!(entry = row.entry, sequence = booked.sequence, "money came that nobody could be found for");
    }
    Ok(())
}

/// Books a demo transfer by the same way as a real one: asked for, told, booked.
///
/// # Errors
/// [`BookError`].
pub async fn demo_credit(
    realm: &Realm,
    sources: &Sources,
    person: PersonId,
    amount: Money,
) -> Result<Booked, BookError> {
    let now = sources.now();
    let reference = Reference::from_random(sources.bytes());
    let account = CollectionAccount {
        account_name: "钱包备付金 Qianbao Client Money".to_owned(),
        account_number: "6209120000000000000".to_owned(),
        bank_name: BANK_NAME.to_owned(),
        demo_page: None,
    };
    let topup = TopupRow {
        person,
        id: sources.id(),
        reference: reference.as_str().to_owned(),
        amount,
        account,
        created_at: now,
        received: None,
    };
    let mut write = realm.directory.begin().await?;
    rows::insert_topup(&mut write, &topup).await?;
    write.commit().await?;
    let credit = Credit {
        entry: format!("DEMO{}", topup.id),
        account_number: topup.account.account_number,
        amount,
        reference: reference.to_string(),
        payer_name: "Demo".to_owned(),
        payer_last4: None,
        booked_at: now,
    };
    debug_assert_eq!(amount.currency, CURRENCY, "the demo bank collects one currency");
    book(realm, sources, &credit, now).await
}
