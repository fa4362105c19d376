//! The table `halts`.

use qianbao_core::Timestamp;
use sqlx::AnyPool;

use super::{Halted, Reason};
use crate::directory::{DirectoryError, Write};

/// Every reason that stands, the oldest first.
pub async fn all(readers: &AnyPool) -> Result<Vec<Halted>, DirectoryError> {
    let rows: Vec<(String, String, i64)> =
        sqlx::query_as("SELECT reason, detail, since FROM halts ORDER BY since, reason").fetch_all(readers).await?;
    let read = |(reason, detail, since): (String, String, i64)| {
        let reason = Reason::ALL.into_iter().find(|known| known.word() == reason);
        let reason = reason.ok_or(DirectoryError::Damaged { column: "halts.reason" })?;
        Ok(Halted { reason, detail, since: Timestamp(since) })
    };
    rows.into_iter().map(read).collect()
}

/// Raises the flag; one that is up for this reason stays as it is. Answers whether it is new.
pub async fn insert(write: &mut Write, halted: &Halted) -> Result<bool, DirectoryError> {
    let inserted =
        sqlx::query("INSERT INTO halts (reason, detail, since) VALUES ($1, $2, $3) ON CONFLICT (reason) DO NOTHING")
            .bind(halted.reason.word())
            .bind(halted.detail.clone())
            .bind(halted.since.0)
            .execute(write.sql())
            .await?;
    Ok(inserted.rows_affected() == 1)
}

/// Takes the flag of one reason down. Answers whether it was up.
pub async fn delete(write: &mut Write, reason: Reason) -> Result<bool, DirectoryError> {
    let deleted = sqlx::query("DELETE FROM halts WHERE reason = $1").bind(reason.word()).execute(write.sql()).await?;
    Ok(deleted.rows_affected() == 1)
}
