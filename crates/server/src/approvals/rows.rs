//! The tables `pins` and `free_limits`.

use qianbao_core::Timestamp;
use qianbao_core::id::PersonId;
use sqlx::AnyPool;

use crate::directory::{DirectoryError, Outdated, Write};

/// What is known of a PIN beside its hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PinRow {
    /// When it was set.
    pub set_at: Timestamp,
    /// Tries since it was last right or set.
    pub tries: i64,
}

/// A try that was counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CountedTry {
    /// The PIN's hash.
    pub phc: String,
    /// Tries with this one.
    pub tries: i64,
}

/// The PIN of `person`.
///
/// # Errors
/// When the directory fails.
pub async fn pin(readers: &AnyPool, person: PersonId) -> Result<Option<PinRow>, DirectoryError> {
    let row: Option<(i64, i64)> = sqlx::query_as("SELECT set_at, tries FROM pins WHERE person = $1")
        .bind(person.to_string())
        .fetch_optional(readers)
        .await?;
    Ok(row.map(|(set_at, tries)| PinRow { set_at: Timestamp(set_at), tries }))
}

/// Writes the PIN of `person`, in the place of the one before; its tries begin anew.
///
/// # Errors
/// When the directory fails.
pub async fn put_pin(write: &mut Write, person: PersonId, phc: &str, now: Timestamp) -> Result<(), DirectoryError> {
    sqlx::query(
        "INSERT INTO pins (person, phc, set_at, tries) VALUES ($1, $2, $3, 0)
         ON CONFLICT (person) DO UPDATE SET phc = excluded.phc, set_at = excluded.set_at, tries = 0",
    )
    .bind(person.to_string())
    .bind(phc.to_owned())
    .bind(now.0)
    .execute(write.sql())
    .await?;
    Ok(())
}

/// Counts a try; nothing when there is no PIN, or no try is left.
///
/// # Errors
/// When the directory fails.
pub async fn count_try(
    write: &mut Write,
    person: PersonId,
    tries_max: i64,
) -> Result<Option<CountedTry>, DirectoryError> {
    let row: Option<(String, i64)> =
        sqlx::query_as("UPDATE pins SET tries = tries + 1 WHERE person = $1 AND tries < $2 RETURNING phc, tries")
            .bind(person.to_string())
            .bind(tries_max)
            .fetch_optional(write.sql())
            .await?;
    Ok(row.map(|(phc, tries)| CountedTry { phc, tries }))
}

/// Forgets the tries of a PIN that was right, if it is still this one; false when it is another.
///
/// # Errors
/// When the directory fails.
pub async fn forget_tries(write: &mut Write, person: PersonId, phc: &str) -> Result<bool, DirectoryError> {
    let changed = sqlx::query("UPDATE pins SET tries = 0 WHERE person = $1 AND phc = $2")
        .bind(person.to_string())
        .bind(phc.to_owned())
        .execute(write.sql())
        .await?;
    Ok(changed.rows_affected() > 0)
}

/// Gives one try back that compared nothing.
///
/// # Errors
/// When the directory fails.
pub async fn give_back_try(write: &mut Write, person: PersonId, phc: &str) -> Result<(), DirectoryError> {
    sqlx::query("UPDATE pins SET tries = tries - 1 WHERE person = $1 AND phc = $2 AND tries > 0")
        .bind(person.to_string())
        .bind(phc.to_owned())
        .execute(write.sql())
        .await?;
    Ok(())
}

/// What `person` lets go without being asked, in minor units, where they chose it.
///
/// # Errors
/// When the directory fails.
pub async fn free_limit(readers: &AnyPool, person: PersonId) -> Result<Option<i64>, DirectoryError> {
    let row: Option<(i64,)> = sqlx::query_as("SELECT minor FROM free_limits WHERE person = $1")
        .bind(person.to_string())
        .fetch_optional(readers)
        .await?;
    Ok(row.map(|(minor,)| minor))
}

/// The same within a write.
///
/// # Errors
/// When the directory fails.
pub async fn free_limit_in(write: &mut Write, person: PersonId) -> Result<Option<i64>, DirectoryError> {
    let row: Option<(i64,)> = sqlx::query_as("SELECT minor FROM free_limits WHERE person = $1")
        .bind(person.to_string())
        .fetch_optional(write.sql())
        .await?;
    Ok(row.map(|(minor,)| minor))
}

/// Writes what `person` chose.
///
/// # Errors
/// When the directory fails.
pub async fn put_free_limit(
    write: &mut Write,
    person: PersonId,
    minor: i64,
    now: Timestamp,
) -> Result<(), DirectoryError> {
    sqlx::query(
        "INSERT INTO free_limits (person, minor, changed_at) VALUES ($1, $2, $3)
         ON CONFLICT (person) DO UPDATE SET minor = excluded.minor, changed_at = excluded.changed_at",
    )
    .bind(person.to_string())
    .bind(minor)
    .bind(now.0)
    .execute(write.sql())
    .await?;
    write.outdates(Outdated::Person(person));
    Ok(())
}
