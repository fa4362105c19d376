//! The tables `topups`, `bank_credits` and `bank_cursors`.

use data_encoding::HEXLOWER;
use qianbao_connectors::bank::{CollectionAccount, Credit, Cursor};
use qianbao_core::id::{PersonId, TopupId};
use qianbao_core::{Currency, Money, Timestamp};
use qianbao_ledger::Epoch;
use sha2::{Digest, Sha256};
use sqlx::AnyPool;
use sqlx::any::AnyRow;
use sqlx::{FromRow, Row};

use super::reference::Reference;
use crate::directory::{DirectoryError, Write};
use crate::hosts::RealmName;

/// A top-up that was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TopupRow {
    /// Whose.
    pub person: PersonId,
    /// Its id.
    pub id: TopupId,
    /// The text of the transfer, stored form.
    pub reference: String,
    /// How much was meant to come.
    pub amount: Money,
    /// To which account.
    pub account: CollectionAccount,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// What has come.
    pub received: Option<Money>,
}

/// A credit that the bank told of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreditRow {
    /// SHA-256 of the bank's id of the entry.
    pub digest: [u8; 32],
    /// The bank's id of the entry.
    pub entry: String,
    /// On which account.
    pub account_number: String,
    /// How much.
    pub amount: Money,
    /// The text of the transfer.
    pub reference: String,
    /// Who sent it.
    pub payer_name: String,
    /// Last digits of the sender's account.
    pub payer_last4: Option<String>,
    /// When the bank booked it.
    pub booked_at: Timestamp,
    /// Whose it is, as the reference says.
    pub owner: Option<(PersonId, TopupId)>,
    /// Its place in the ledger and the life of the ledger in which it counts, once that is known.
    pub sequence: Option<(Epoch, u64)>,
    /// Whether it stands in unidentified receipts.
    pub held: bool,
}

/// Most rows of the list of held credits.
pub const HELD_MAX: i64 = 10_000;

impl CreditRow {
    /// A line of the operator's list: tabs between fields; what strangers wrote is stripped of whatever would break the line or
    /// a spreadsheet. The state is `held` or `not_booked`.
    pub fn line(&self, realm: RealmName) -> String {
        let plain = |text: &str| {
            let text: String = text.chars().filter(|letter| !letter.is_control()).collect();
            if text.starts_with(['=', '+', '-', '@']) { format!("'{text}") } else { text }
        };
        let booked_at = jiff::Timestamp::from_microsecond(self.booked_at.0).unwrap_or_default();
        let last4 = self.payer_last4.as_deref().unwrap_or_default();
        [
            realm.to_string(),
            if self.sequence.is_some() { "held" } else { "not_booked" }.to_owned(),
            booked_at.to_string(),
            self.amount.to_string(),
            plain(&self.entry),
            plain(&self.reference),
            plain(&self.payer_name),
            plain(last4),
        ]
        .join("\t")
    }

    /// The credit as the bank told it, of a person or nobody, not booked yet.
    pub fn new(credit: &Credit, owner: Option<(PersonId, TopupId)>) -> Self {
        Self {
            digest: Sha256::digest(credit.entry.as_bytes()).into(),
            entry: credit.entry.clone(),
            account_number: credit.account_number.clone(),
            amount: credit.amount,
            reference: credit.reference.clone(),
            payer_name: credit.payer_name.clone(),
            payer_last4: credit.payer_last4.clone(),
            booked_at: credit.booked_at,
            owner,
            sequence: None,
            held: false,
        }
    }
}

/// Writes a top-up that is not there yet.
pub async fn insert_topup(write: &mut Write, topup: &TopupRow) -> Result<(), DirectoryError> {
    sqlx::query(
        "INSERT INTO topups (person, id, reference, currency, amount, account_name, account_number, bank_name, demo_page, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind(topup.person.to_string())
    .bind(topup.id.to_string())
    .bind(topup.reference.as_str())
    .bind(topup.amount.currency.code())
    .bind(topup.amount.minor)
    .bind(topup.account.account_name.as_str())
    .bind(topup.account.account_number.as_str())
    .bind(topup.account.bank_name.as_str())
    .bind(topup.account.demo_page.clone())
    .bind(topup.created_at.0)
    .execute(write.sql())
    .await?;
    Ok(())
}

/// A top-up of a person.
pub async fn topup(readers: &AnyPool, person: PersonId, id: TopupId) -> Result<Option<TopupRow>, DirectoryError> {
    let row: Option<StoredTopup> = sqlx::query_as(
        "SELECT t.person, t.id, t.reference, t.currency, t.amount, t.account_name, t.account_number, t.bank_name, t.demo_page,
             t.created_at, CAST(COALESCE((SELECT SUM(c.amount) FROM bank_credits c
                 WHERE c.person = t.person AND c.topup = t.id AND c.sequence > 0 AND c.held = 0), 0) AS BIGINT)
         FROM topups t WHERE t.person = $1 AND t.id = $2",
    )
    .bind(person.to_string())
    .bind(id.to_string())
    .fetch_optional(readers)
    .await?;
    row.map(StoredTopup::topup).transpose()
}

/// Top-ups of a person older than `before`, newest first.
pub async fn page(
    readers: &AnyPool,
    person: PersonId,
    before: Option<&TopupRow>,
    limit: i64,
) -> Result<Vec<TopupRow>, DirectoryError> {
    let (created_at, id) = before.map_or((i64::MAX, String::new()), |topup| (topup.created_at.0, topup.id.to_string()));
    let rows: Vec<StoredTopup> = sqlx::query_as(
        "SELECT t.person, t.id, t.reference, t.currency, t.amount, t.account_name, t.account_number, t.bank_name, t.demo_page,
             t.created_at, CAST(COALESCE((SELECT SUM(c.amount) FROM bank_credits c
                 WHERE c.person = t.person AND c.topup = t.id AND c.sequence > 0 AND c.held = 0), 0) AS BIGINT)
         FROM topups t WHERE t.person = $1 AND (t.created_at < $2 OR (t.created_at = $2 AND t.id < $3))
         ORDER BY t.created_at DESC, t.id DESC LIMIT $4",
    )
    .bind(person.to_string())
    .bind(created_at)
    .bind(id)
    .bind(limit)
    .fetch_all(readers)
    .await?;
    rows.into_iter().map(StoredTopup::topup).collect()
}

/// Whose reference it is, and in which currency they want money.
pub async fn owner_of(
    readers: &AnyPool,
    reference: &Reference,
) -> Result<Option<(PersonId, TopupId, Currency)>, DirectoryError> {
    let row: Option<(String, String, String)> =
        sqlx::query_as("SELECT person, id, currency FROM topups WHERE reference = $1")
            .bind(reference.as_str())
            .fetch_optional(readers)
            .await?;
    let Some((person, id, currency)) = row else { return Ok(None) };
    Ok(Some((
        person.parse().map_err(|_| damaged("topups.person"))?,
        id.parse().map_err(|_| damaged("topups.id"))?,
        currency.parse().map_err(|_| damaged("topups.currency"))?,
    )))
}

/// Writes a credit, unless the entry is known.
pub async fn insert_credit(write: &mut Write, credit: &CreditRow, now: Timestamp) -> Result<(), DirectoryError> {
    sqlx::query(
        "INSERT INTO bank_credits (digest, entry, account_number, currency, amount, reference, payer_name, payer_last4,
             booked_at, person, topup, sequence, held, received_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 0, 0, $12) ON CONFLICT (digest) DO NOTHING",
    )
    .bind(HEXLOWER.encode(&credit.digest))
    .bind(credit.entry.as_str())
    .bind(credit.account_number.as_str())
    .bind(credit.amount.currency.code())
    .bind(credit.amount.minor)
    .bind(credit.reference.as_str())
    .bind(credit.payer_name.as_str())
    .bind(credit.payer_last4.clone())
    .bind(credit.booked_at.0)
    .bind(credit.owner.map(|(person, _)| person.to_string()))
    .bind(credit.owner.map(|(_, topup)| topup.to_string()))
    .bind(now.0)
    .execute(write.sql())
    .await?;
    Ok(())
}

/// Notes where a credit stands in this life of the ledger; true when that was not noted before.
pub async fn settle_credit(
    write: &mut Write,
    digest: &[u8; 32],
    (epoch, sequence): (Epoch, u64),
    held: bool,
) -> Result<bool, DirectoryError> {
    let sequence = i64::try_from(sequence).map_err(|_| damaged("bank_credits.sequence"))?;
    let done = sqlx::query(
        "UPDATE bank_credits SET sequence = $1, held = $2, epoch = $3
         WHERE digest = $4 AND (sequence = 0 OR epoch <> $3)",
    )
    .bind(sequence)
    .bind(i64::from(held))
    .bind(epoch.0)
    .bind(HEXLOWER.encode(digest))
    .execute(write.sql())
    .await?;
    Ok(done.rows_affected() == 1)
}

/// The credit with this digest of the bank's entry.
pub async fn credit(readers: &AnyPool, digest: &[u8; 32]) -> Result<Option<CreditRow>, DirectoryError> {
    let row: Option<StoredCredit> = sqlx::query_as(
        "SELECT digest, entry, account_number, currency, amount, reference, payer_name, payer_last4, booked_at, person, topup,
             sequence, held, epoch FROM bank_credits WHERE digest = $1",
    )
    .bind(HEXLOWER.encode(digest))
    .fetch_optional(readers)
    .await?;
    row.map(StoredCredit::credit).transpose()
}

/// Credits that wait for the operator, oldest first: those that stand in unidentified receipts, and those that could not be booked. One that
/// cannot be read hides no other.
pub async fn held(readers: &AnyPool, limit: i64) -> Result<Vec<Result<CreditRow, DirectoryError>>, DirectoryError> {
    let rows: Vec<StoredCredit> = sqlx::query_as(
        "SELECT digest, entry, account_number, currency, amount, reference, payer_name, payer_last4, booked_at, person, topup,
             sequence, held, epoch FROM bank_credits WHERE held = 1 OR sequence = 0 ORDER BY booked_at LIMIT $1",
    )
    .bind(limit)
    .fetch_all(readers)
    .await?;
    Ok(rows.into_iter().map(StoredCredit::credit).collect())
}

/// How far the bank's list has been read in this life of the ledger.
pub async fn cursor(readers: &AnyPool, customer: &str, epoch: Epoch) -> Result<Cursor, DirectoryError> {
    let row: Option<(i64,)> = sqlx::query_as("SELECT booked_at FROM bank_cursors WHERE customer = $1 AND epoch = $2")
        .bind(customer)
        .bind(epoch.0)
        .fetch_optional(readers)
        .await?;
    Ok(row.map_or(Cursor::START, |(booked_at,)| Cursor(Timestamp(booked_at))))
}

/// Moves the cursor forward, never back within one life of the ledger.
pub async fn move_cursor(write: &mut Write, customer: &str, epoch: Epoch, to: Cursor) -> Result<(), DirectoryError> {
    sqlx::query(
        "INSERT INTO bank_cursors (customer, booked_at, epoch) VALUES ($1, $2, $3)
         ON CONFLICT (customer) DO UPDATE SET booked_at = excluded.booked_at, epoch = excluded.epoch
         WHERE bank_cursors.epoch <> excluded.epoch OR bank_cursors.booked_at < excluded.booked_at",
    )
    .bind(customer)
    .bind(to.0.0)
    .bind(epoch.0)
    .execute(write.sql())
    .await?;
    Ok(())
}

fn damaged(column: &'static str) -> DirectoryError {
    DirectoryError::Damaged { column }
}

struct StoredTopup {
    texts: [String; 7],
    demo_page: Option<String>,
    amount: i64,
    created_at: i64,
    received: i64,
}

impl<'r> FromRow<'r, AnyRow> for StoredTopup {
    fn from_row(row: &'r AnyRow) -> Result<Self, sqlx::Error> {
        let text = |column: usize| row.try_get::<String, _>(column);
        Ok(Self {
            texts: [text(0)?, text(1)?, text(2)?, text(3)?, text(5)?, text(6)?, text(7)?],
            amount: row.try_get(4)?,
            demo_page: row.try_get(8)?,
            created_at: row.try_get(9)?,
            received: row.try_get(10)?,
        })
    }
}

impl StoredTopup {
    fn topup(self) -> Result<TopupRow, DirectoryError> {
        let [person, id, reference, currency, account_name, account_number, bank_name] = self.texts;
        let currency: Currency = currency.parse().map_err(|_| damaged("topups.currency"))?;
        Ok(TopupRow {
            person: person.parse().map_err(|_| damaged("topups.person"))?,
            id: id.parse().map_err(|_| damaged("topups.id"))?,
            reference,
            amount: Money::new(self.amount, currency),
            account: CollectionAccount { account_name, account_number, bank_name, demo_page: self.demo_page },
            created_at: Timestamp(self.created_at),
            received: (self.received > 0).then(|| Money::new(self.received, currency)),
        })
    }
}

struct StoredCredit {
    texts: [String; 6],
    payer_last4: Option<String>,
    person: Option<String>,
    topup: Option<String>,
    amount: i64,
    booked_at: i64,
    sequence: i64,
    held: i64,
    epoch: i64,
}

impl<'r> FromRow<'r, AnyRow> for StoredCredit {
    fn from_row(row: &'r AnyRow) -> Result<Self, sqlx::Error> {
        let text = |column: usize| row.try_get::<String, _>(column);
        Ok(Self {
            texts: [text(0)?, text(1)?, text(2)?, text(3)?, text(5)?, text(6)?],
            amount: row.try_get(4)?,
            payer_last4: row.try_get(7)?,
            booked_at: row.try_get(8)?,
            person: row.try_get(9)?,
            topup: row.try_get(10)?,
            sequence: row.try_get(11)?,
            held: row.try_get(12)?,
            epoch: row.try_get(13)?,
        })
    }
}

impl StoredCredit {
    fn credit(self) -> Result<CreditRow, DirectoryError> {
        let [digest, entry, account_number, currency, reference, payer_name] = self.texts;
        let digest = HEXLOWER.decode(digest.as_bytes()).ok().and_then(|bytes| bytes.try_into().ok());
        let currency: Currency = currency.parse().map_err(|_| damaged("bank_credits.currency"))?;
        let owner = match (self.person, self.topup) {
            (Some(person), Some(topup)) => Some((
                person.parse().map_err(|_| damaged("bank_credits.person"))?,
                topup.parse().map_err(|_| damaged("bank_credits.topup"))?,
            )),
            _ => None,
        };
        Ok(CreditRow {
            digest: digest.ok_or_else(|| damaged("bank_credits.digest"))?,
            entry,
            account_number,
            amount: Money::new(self.amount, currency),
            reference,
            payer_name,
            payer_last4: self.payer_last4,
            booked_at: Timestamp(self.booked_at),
            owner,
            sequence: u64::try_from(self.sequence)
                .ok()
                .filter(|&sequence| sequence > 0)
                .map(|sequence| (Epoch(self.epoch), sequence)),
            held: self.held != 0,
        })
    }
}
