//! The table `one_time_codes`.

use qianbao_core::Timestamp;
use qianbao_core::id::PersonId;
use sqlx::AnyPool;

use crate::directory::{DirectoryError, Write};

/// A person's secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Sealed, base64url.
    pub sealed: String,
    /// Since when codes are asked for.
    pub on_since: Option<Timestamp>,
}

/// The secret of `person`.
///
/// # Errors
/// When the directory fails.
pub async fn of(readers: &AnyPool, person: PersonId) -> Result<Option<Row>, DirectoryError> {
    let row: Option<(String, Option<i64>)> =
        sqlx::query_as("SELECT sealed, on_since FROM one_time_codes WHERE person = $1")
            .bind(person.to_string())
            .fetch_optional(readers)
            .await?;
    Ok(row.map(|(sealed, on_since)| Row { sealed, on_since: on_since.map(Timestamp) }))
}

/// Whether codes are on, within a write.
///
/// # Errors
/// When the directory fails.
pub async fn are_on(write: &mut Write, person: PersonId) -> Result<bool, DirectoryError> {
    let row: Option<(Option<i64>,)> = sqlx::query_as("SELECT on_since FROM one_time_codes WHERE person = $1")
        .bind(person.to_string())
        .fetch_optional(write.sql())
        .await?;
    Ok(row.is_some_and(|(on_since,)| on_since.is_some()))
}

/// Writes a secret that is not on yet, in the place of another one that is not; false when they are on.
///
/// # Errors
/// When the directory fails.
pub async fn begin(write: &mut Write, person: PersonId, sealed: &str, now: Timestamp) -> Result<bool, DirectoryError> {
    let changed = sqlx::query(
        "INSERT INTO one_time_codes (person, sealed, created_at, last_step) VALUES ($1, $2, $3, 0)
         ON CONFLICT (person) DO UPDATE SET sealed = excluded.sealed, created_at = excluded.created_at, last_step = 0
         WHERE one_time_codes.on_since IS NULL",
    )
    .bind(person.to_string())
    .bind(sealed.to_owned())
    .bind(now.0)
    .execute(write.sql())
    .await?;
    Ok(changed.rows_affected() > 0)
}

/// Turns codes on with the secret that was looked at; false when there is another one, or they are on.
///
/// # Errors
/// When the directory fails.
pub async fn turn_on(
    write: &mut Write,
    person: PersonId,
    sealed: &str,
    step: i64,
    now: Timestamp,
) -> Result<bool, DirectoryError> {
    let changed = sqlx::query(
        "UPDATE one_time_codes SET on_since = $1, last_step = $2 WHERE person = $3 AND sealed = $4 AND on_since IS NULL",
    )
    .bind(now.0)
    .bind(step)
    .bind(person.to_string())
    .bind(sealed.to_owned())
    .execute(write.sql())
    .await?;
    Ok(changed.rows_affected() > 0)
}

/// Takes the code of `step`; false when it or a later one was taken before.
///
/// # Errors
/// When the directory fails.
pub async fn take(write: &mut Write, person: PersonId, step: i64) -> Result<bool, DirectoryError> {
    let changed = sqlx::query(
        "UPDATE one_time_codes SET last_step = $1 WHERE person = $2 AND last_step < $1 AND on_since IS NOT NULL",
    )
    .bind(step)
    .bind(person.to_string())
    .execute(write.sql())
    .await?;
    Ok(changed.rows_affected() > 0)
}

/// Forgets the secret of `person`; false when there is none.
///
/// # Errors
/// When the directory fails.
pub async fn forget(write: &mut Write, person: PersonId) -> Result<bool, DirectoryError> {
    let gone = sqlx::query("DELETE FROM one_time_codes WHERE person = $1")
        .bind(person.to_string())
        .execute(write.sql())
        .await?;
    Ok(gone.rows_affected() > 0)
}
