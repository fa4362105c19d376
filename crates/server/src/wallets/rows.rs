//! The table `freezes`.

use qianbao_core::Timestamp;
use qianbao_core::id::PersonId;
use sqlx::AnyPool;

use crate::directory::{DirectoryError, Write};

/// Notes that `person` freezes their wallet at `now`.
///
/// # Errors
/// When the directory fails.
pub async fn freeze(write: &mut Write, person: PersonId, now: Timestamp) -> Result<(), DirectoryError> {
    sqlx::query(
        "INSERT INTO freezes (person, frozen_at) VALUES ($1, $2)
         ON CONFLICT (person) DO UPDATE SET frozen_at = excluded.frozen_at",
    )
    .bind(person.to_string())
    .bind(now.0)
    .execute(write.sql())
    .await?;
    Ok(())
}

/// When `person` last froze their wallet, as long as that holds.
///
/// # Errors
/// When the directory fails.
pub async fn frozen_at(readers: &AnyPool, person: PersonId) -> Result<Option<Timestamp>, DirectoryError> {
    let row: Option<(i64,)> = sqlx::query_as("SELECT frozen_at FROM freezes WHERE person = $1")
        .bind(person.to_string())
        .fetch_optional(readers)
        .await?;
    Ok(row.map(|(frozen_at,)| Timestamp(frozen_at)))
}

/// Notes that the freeze of `person` is over.
///
/// # Errors
/// When the directory fails.
pub async fn unfreeze(write: &mut Write, person: PersonId) -> Result<(), DirectoryError> {
    sqlx::query("DELETE FROM freezes WHERE person = $1").bind(person.to_string()).execute(write.sql()).await?;
    Ok(())
}
