//! The table `used_challenges`.

use qianbao_core::Timestamp;
use sqlx::AnyPool;

use crate::directory::{DirectoryError, Write};

/// Notes that a challenge was answered; false when it was before.
///
/// # Errors
/// When the directory fails.
pub async fn spend(write: &mut Write, hash: &str, expires_at: Timestamp) -> Result<bool, DirectoryError> {
    let inserted =
        sqlx::query("INSERT INTO used_challenges (hash, expires_at) VALUES ($1, $2) ON CONFLICT (hash) DO NOTHING")
            .bind(hash.to_owned())
            .bind(expires_at.0)
            .execute(write.sql())
            .await?;
    Ok(inserted.rows_affected() > 0)
}

/// Whether a challenge was answered: a look that costs no write. Only [`spend`] decides.
///
/// # Errors
/// When the directory fails.
pub async fn is_spent(readers: &AnyPool, hash: &str) -> Result<bool, DirectoryError> {
    let row: Option<(String,)> = sqlx::query_as("SELECT hash FROM used_challenges WHERE hash = $1")
        .bind(hash.to_owned())
        .fetch_optional(readers)
        .await?;
    Ok(row.is_some())
}

/// Removes challenges that are over.
///
/// # Errors
/// When the directory fails.
pub async fn sweep(write: &mut Write, now: Timestamp) -> Result<(), DirectoryError> {
    sqlx::query("DELETE FROM used_challenges WHERE expires_at <= $1").bind(now.0).execute(write.sql()).await?;
    Ok(())
}
