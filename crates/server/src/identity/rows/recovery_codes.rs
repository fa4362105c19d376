//! The table `recovery_codes`.

use qianbao_core::Timestamp;
use qianbao_core::id::PersonId;
use sqlx::AnyPool;

use crate::directory::{DirectoryError, Write};

/// Writes a set of codes in the place of the one before.
///
/// # Errors
/// When the directory fails.
pub async fn replace(
    write: &mut Write,
    person: PersonId,
    hashes: &[String],
    now: Timestamp,
) -> Result<(), DirectoryError> {
    sqlx::query("DELETE FROM recovery_codes WHERE person = $1").bind(person.to_string()).execute(write.sql()).await?;
    for hash in hashes {
        sqlx::query("INSERT INTO recovery_codes (person, hash, made_at) VALUES ($1, $2, $3)")
            .bind(person.to_string())
            .bind(hash.clone())
            .bind(now.0)
            .execute(write.sql())
            .await?;
    }
    Ok(())
}

/// Uses a code up; false when `subject` has no such code, or it was used.
///
/// # Errors
/// When the directory fails.
pub async fn spend(write: &mut Write, subject: &str, hash: &str, now: Timestamp) -> Result<bool, DirectoryError> {
    let spent =
        sqlx::query("UPDATE recovery_codes SET used_at = $1 WHERE person = $2 AND hash = $3 AND used_at IS NULL")
            .bind(now.0)
            .bind(subject.to_owned())
            .bind(hash.to_owned())
            .execute(write.sql())
            .await?;
    Ok(spent.rows_affected() > 0)
}

/// When the set of `person` was made and how many of it are left; nothing when there is none.
///
/// # Errors
/// When the directory fails.
pub async fn left(readers: &AnyPool, person: PersonId) -> Result<Option<(Timestamp, u32)>, DirectoryError> {
    let (made_at, left): (Option<i64>, i64) = sqlx::query_as(
        "SELECT MAX(made_at), COUNT(CASE WHEN used_at IS NULL THEN 1 END) FROM recovery_codes WHERE person = $1",
    )
    .bind(person.to_string())
    .fetch_one(readers)
    .await?;
    let damaged = |_| DirectoryError::Damaged { column: "recovery_codes.used_at" };
    made_at.map(|made_at| Ok((Timestamp(made_at), u32::try_from(left).map_err(damaged)?))).transpose()
}
