//! The table `passkeys`.

use qianbao_core::Timestamp;
use qianbao_core::id::{PasskeyId, PersonId};
use sqlx::AnyPool;

use super::read_audience;
use crate::directory::{DirectoryError, Write};
use crate::hosts::Audience;

/// A passkey.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passkey {
    /// The passkey.
    pub id: PasskeyId,
    /// Its authenticator's name for it, base64url.
    pub credential: String,
    /// Whose it is.
    pub person: PersonId,
    /// On which kind of host.
    pub audience: Audience,
    /// A COSE key, base64url.
    pub public_key: String,
    /// Signatures it has made by its own count.
    pub sign_count: i64,
    /// Whether its authenticator may copy it to other devices.
    pub can_sync: bool,
    /// Whether it had when it was last used.
    pub is_synced: bool,
    /// How its authenticator was reached, words with spaces between.
    pub transports: String,
    /// What it was made with; empty when it is not known.
    pub browser: String,
    /// The system; empty when it is not known.
    pub system: String,
    /// What its person calls it; empty when they do not.
    pub name: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last used.
    pub used_at: Option<Timestamp>,
}

type Row = (String, String, String, String, String, i64, i64, i64, String, String, String, String, i64, Option<i64>);

/// `SELECT` of whole rows, with what follows it.
macro_rules! rows {
    ($rest:literal) => {
        concat!(
            "SELECT id, credential, person, audience, public_key, sign_count, can_sync, is_synced, transports, browser, system, name, ",
            "created_at, used_at FROM passkeys ",
            $rest
        )
    };
}

/// Writes a passkey down. Its credential may be known already.
///
/// # Errors
/// When the directory fails.
pub async fn insert(write: &mut Write, passkey: &Passkey) -> Result<(), DirectoryError> {
    sqlx::query(
        "INSERT INTO passkeys (id, credential, person, audience, public_key, sign_count, can_sync, is_synced, transports, browser, system, name,
            created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
    )
    .bind(passkey.id.to_string())
    .bind(&passkey.credential)
    .bind(passkey.person.to_string())
    .bind(passkey.audience.label())
    .bind(&passkey.public_key)
    .bind(passkey.sign_count)
    .bind(i64::from(passkey.can_sync))
    .bind(i64::from(passkey.is_synced))
    .bind(&passkey.transports)
    .bind(&passkey.browser)
    .bind(&passkey.system)
    .bind(&passkey.name)
    .bind(passkey.created_at.0)
    .execute(write.sql())
    .await?;
    Ok(())
}

/// The passkey with this credential on this kind of host.
///
/// # Errors
/// When the directory fails.
pub async fn by_credential(
    readers: &AnyPool,
    credential: &str,
    audience: Audience,
) -> Result<Option<Passkey>, DirectoryError> {
    let row: Option<Row> = sqlx::query_as(rows!("WHERE credential = $1 AND audience = $2"))
        .bind(credential.to_owned())
        .bind(audience.label())
        .fetch_optional(readers)
        .await?;
    row.map(read).transpose()
}

/// The passkeys of a person, the newest first, at most `passkeys_max`.
///
/// # Errors
/// When the directory fails.
pub async fn of(readers: &AnyPool, person: PersonId, passkeys_max: i64) -> Result<Vec<Passkey>, DirectoryError> {
    let rows: Vec<Row> = sqlx::query_as(rows!("WHERE person = $1 ORDER BY created_at DESC, id DESC LIMIT $2"))
        .bind(person.to_string())
        .bind(passkeys_max)
        .fetch_all(readers)
        .await?;
    rows.into_iter().map(read).collect()
}

/// How many passkeys a person has on this kind of host, within a write.
///
/// # Errors
/// When the directory fails.
pub async fn count(write: &mut Write, person: PersonId, audience: Audience) -> Result<i64, DirectoryError> {
    let (count,): (i64,) = sqlx::query_as("SELECT COUNT(*) FROM passkeys WHERE person = $1 AND audience = $2")
        .bind(person.to_string())
        .bind(audience.label())
        .fetch_one(write.sql())
        .await?;
    Ok(count)
}

/// Notes a use of a passkey; answers the count that it had, or nothing when it is gone meanwhile.
///
/// # Errors
/// When the directory fails.
pub async fn mark_used(
    write: &mut Write,
    id: PasskeyId,
    sign_count: i64,
    is_synced: bool,
    now: Timestamp,
) -> Result<Option<i64>, DirectoryError> {
    let row: Option<(i64,)> = sqlx::query_as("SELECT sign_count FROM passkeys WHERE id = $1")
        .bind(id.to_string())
        .fetch_optional(write.sql())
        .await?;
    let Some((before,)) = row else { return Ok(None) };
    sqlx::query("UPDATE passkeys SET sign_count = $1, is_synced = $2, used_at = $3 WHERE id = $4")
        .bind(sign_count)
        .bind(i64::from(is_synced))
        .bind(now.0)
        .bind(id.to_string())
        .execute(write.sql())
        .await?;
    Ok(Some(before))
}

/// Names a passkey of `person`; false when there is none.
///
/// # Errors
/// When the directory fails.
pub async fn name(write: &mut Write, id: PasskeyId, person: PersonId, name: &str) -> Result<bool, DirectoryError> {
    let changed = sqlx::query("UPDATE passkeys SET name = $1 WHERE id = $2 AND person = $3")
        .bind(name.to_owned())
        .bind(id.to_string())
        .bind(person.to_string())
        .execute(write.sql())
        .await?;
    Ok(changed.rows_affected() > 0)
}

/// Removes a passkey of `person`; answers where it signed in, or nothing when there is none.
///
/// # Errors
/// When the directory fails.
pub async fn remove(write: &mut Write, id: PasskeyId, person: PersonId) -> Result<Option<Audience>, DirectoryError> {
    let row: Option<(String,)> =
        sqlx::query_as("DELETE FROM passkeys WHERE id = $1 AND person = $2 RETURNING audience")
            .bind(id.to_string())
            .bind(person.to_string())
            .fetch_optional(write.sql())
            .await?;
    row.map(|(audience,)| read_audience(&audience, "passkeys.audience")).transpose()
}

fn read(row: Row) -> Result<Passkey, DirectoryError> {
    let (
        id,
        credential,
        person,
        audience,
        public_key,
        sign_count,
        can_sync,
        is_synced,
        transports,
        browser,
        system,
        name,
        created_at,
        used_at,
    ) = row;
    Ok(Passkey {
        id: id.parse().map_err(|_| DirectoryError::Damaged { column: "passkeys.id" })?,
        credential,
        person: person.parse().map_err(|_| DirectoryError::Damaged { column: "passkeys.person" })?,
        audience: read_audience(&audience, "passkeys.audience")?,
        public_key,
        sign_count,
        can_sync: can_sync != 0,
        is_synced: is_synced != 0,
        transports,
        browser,
        system,
        name,
        created_at: Timestamp(created_at),
        used_at: used_at.map(Timestamp),
    })
}
