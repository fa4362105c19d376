//! The tables `note_keys` and `refunds`; a row of a refund is written once and never changed.

use data_encoding::HEXLOWER;
use qianbao_core::Timestamp;
use qianbao_core::id::{PersonId, RefundId, ShopId};
use sqlx::any::AnyRow;
use sqlx::{AnyPool, FromRow, Row};

use super::note::NoteKey;
use crate::directory::{DirectoryError, Write};
use crate::realm::Realm;

/// A refund that was asked for; whether it happened says the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefundRow {
    /// Its id.
    pub id: RefundId,
    /// Who gives back.
    pub shop: ShopId,
    /// What was paid: an order's id, or `payer/payment` of a payment without order.
    pub subject: String,
    /// Which refund of it, from 1.
    pub number: u32,
    /// Minor units of the payment's currency.
    pub amount: i64,
    /// Why; may be empty.
    pub reason: String,
    /// SHA-256 of the request.
    pub digest: [u8; 32],
    /// When it was asked for.
    pub created_at: Timestamp,
}

/// The key of a person, if there is one: none yet, or erased.
pub async fn note_key(readers: &AnyPool, person: PersonId) -> Result<Option<NoteKey>, DirectoryError> {
    let row: Option<(String,)> = sqlx::query_as("SELECT note_key FROM note_keys WHERE person = $1")
        .bind(person.to_string())
        .fetch_optional(readers)
        .await?;
    row.map(|(hex,)| key(&hex)).transpose()
}

/// The key of a person, from memory when it was read before.
pub async fn kept_note_key(realm: &Realm, person: PersonId) -> Result<Option<NoteKey>, DirectoryError> {
    let read = async { note_key(realm.directory.readers(), person).await };
    realm.kept.note_keys.get_since(realm.directory.kept_since(), person, read).await
}

/// The key of a person; `fresh` becomes it when there is none.
pub async fn note_key_or(
    write: &mut Write,
    person: PersonId,
    fresh: [u8; 32],
    now: Timestamp,
) -> Result<NoteKey, DirectoryError> {
    let (hex,): (String,) = sqlx::query_as(
        "INSERT INTO note_keys (person, note_key, created_at) VALUES ($1, $2, $3)
         ON CONFLICT (person) DO UPDATE SET person = excluded.person RETURNING note_key",
    )
    .bind(person.to_string())
    .bind(HEXLOWER.encode(&fresh))
    .bind(now.0)
    .fetch_one(write.sql())
    .await?;
    key(&hex)
}

/// Writes a refund that is not there yet.
pub async fn insert_refund(write: &mut Write, refund: &RefundRow) -> Result<(), DirectoryError> {
    sqlx::query(
        "INSERT INTO refunds (id, shop, subject, number, amount, reason, digest, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(refund.id.to_string())
    .bind(refund.shop.to_string())
    .bind(refund.subject.as_str())
    .bind(i64::from(refund.number))
    .bind(refund.amount)
    .bind(refund.reason.as_str())
    .bind(HEXLOWER.encode(&refund.digest))
    .bind(refund.created_at.0)
    .execute(write.sql())
    .await?;
    Ok(())
}

/// The refund with this id, if it is this shop's.
pub async fn refund_of(readers: &AnyPool, shop: ShopId, id: RefundId) -> Result<Option<RefundRow>, DirectoryError> {
    let row: Option<StoredRefund> = sqlx::query_as(
        "SELECT id, shop, subject, number, amount, reason, digest, created_at FROM refunds WHERE shop = $1 AND id = $2",
    )
    .bind(shop.to_string())
    .bind(id.to_string())
    .fetch_optional(readers)
    .await?;
    row.map(StoredRefund::refund).transpose()
}

/// The last refund asked for of what was paid.
pub async fn last_refund(readers: &AnyPool, subject: &str) -> Result<Option<RefundRow>, DirectoryError> {
    let row: Option<StoredRefund> = sqlx::query_as(
        "SELECT id, shop, subject, number, amount, reason, digest, created_at FROM refunds
         WHERE subject = $1 ORDER BY number DESC LIMIT 1",
    )
    .bind(subject.to_owned())
    .fetch_optional(readers)
    .await?;
    row.map(StoredRefund::refund).transpose()
}

struct StoredRefund {
    id: String,
    shop: String,
    subject: String,
    number: i64,
    amount: i64,
    reason: String,
    digest: String,
    created_at: i64,
}

impl<'r> FromRow<'r, AnyRow> for StoredRefund {
    fn from_row(row: &'r AnyRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            id: row.try_get("id")?,
            shop: row.try_get("shop")?,
            subject: row.try_get("subject")?,
            number: row.try_get("number")?,
            amount: row.try_get("amount")?,
            reason: row.try_get("reason")?,
            digest: row.try_get("digest")?,
            created_at: row.try_get("created_at")?,
        })
    }
}

impl StoredRefund {
    fn refund(self) -> Result<RefundRow, DirectoryError> {
        let damaged = |column| DirectoryError::Damaged { column };
        Ok(RefundRow {
            id: self.id.parse().map_err(|_| damaged("refunds.id"))?,
            shop: self.shop.parse().map_err(|_| damaged("refunds.shop"))?,
            subject: self.subject,
            number: u32::try_from(self.number).map_err(|_| damaged("refunds.number"))?,
            amount: self.amount,
            reason: self.reason,
            digest: digest(&self.digest).ok_or(damaged("refunds.digest"))?,
            created_at: Timestamp(self.created_at),
        })
    }
}

fn key(hex: &str) -> Result<NoteKey, DirectoryError> {
    let bytes = HEXLOWER.decode(hex.as_bytes()).ok().and_then(|bytes| bytes.try_into().ok());
    bytes.map(NoteKey::new).ok_or(DirectoryError::Damaged { column: "note_keys.note_key" })
}

fn digest(hex: &str) -> Option<[u8; 32]> {
    HEXLOWER.decode(hex.as_bytes()).ok()?.try_into().ok()
}
