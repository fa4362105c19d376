//! The table `postponed`.

use qianbao_core::Timestamp;
use sqlx::AnyPool;

use super::postponed::{Item, Postponed};
use crate::directory::{DirectoryError, Write};

/// Writes an item that failed for the first time; one that is there already keeps its turn.
pub async fn insert(
    write: &mut Write,
    item: Item<'_>,
    reason: &str,
    next_at: Timestamp,
    now: Timestamp,
) -> Result<(), DirectoryError> {
    sqlx::query(
        "INSERT INTO postponed (job, item, body, reason, tries, next_at, since) VALUES ($1, $2, $3, $4, 1, $5, $6)
         ON CONFLICT (job, item) DO NOTHING",
    )
    .bind(item.job)
    .bind(item.id.to_owned())
    .bind(item.body.to_owned())
    .bind(reason.to_owned())
    .bind(next_at.0)
    .bind(now.0)
    .execute(write.sql())
    .await?;
    Ok(())
}

/// Notes that an item failed again.
pub async fn delay(
    write: &mut Write,
    job: &'static str,
    postponed: &Postponed,
    reason: &str,
    next_at: Timestamp,
) -> Result<(), DirectoryError> {
    sqlx::query("UPDATE postponed SET reason = $1, tries = $2, next_at = $3 WHERE job = $4 AND item = $5")
        .bind(reason.to_owned())
        .bind(postponed.tries + 1)
        .bind(next_at.0)
        .bind(job)
        .bind(postponed.id.clone())
        .execute(write.sql())
        .await?;
    Ok(())
}

/// Removes an item that is done.
pub async fn remove(write: &mut Write, job: &'static str, id: &str) -> Result<(), DirectoryError> {
    sqlx::query("DELETE FROM postponed WHERE job = $1 AND item = $2")
        .bind(job)
        .bind(id.to_owned())
        .execute(write.sql())
        .await?;
    Ok(())
}

/// Items of a job whose turn it is, the longest waiting first.
pub async fn due(
    readers: &AnyPool,
    job: &'static str,
    now: Timestamp,
    limit: i64,
) -> Result<Vec<Postponed>, DirectoryError> {
    let rows: Vec<(String, String, i64)> = sqlx::query_as(
        "SELECT item, body, tries FROM postponed WHERE job = $1 AND next_at <= $2 ORDER BY next_at, item LIMIT $3",
    )
    .bind(job)
    .bind(now.0)
    .bind(limit)
    .fetch_all(readers)
    .await?;
    Ok(rows.into_iter().map(|(id, body, tries)| Postponed { id, body, tries }).collect())
}

/// Whether an item of a job that failed first at or after `since` is there.
pub async fn is_any_since(readers: &AnyPool, job: &'static str, since: Timestamp) -> Result<bool, DirectoryError> {
    let row: Option<(String,)> =
        sqlx::query_as("SELECT item FROM postponed WHERE job = $1 AND since >= $2 ORDER BY item LIMIT 1")
            .bind(job)
            .bind(since.0)
            .fetch_optional(readers)
            .await?;
    Ok(row.is_some())
}
