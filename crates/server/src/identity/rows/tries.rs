//! The table `try_budgets`: one window of tries for each subject.

use qianbao_core::Timestamp;

use crate::directory::{DirectoryError, Write};

/// Counts a try of `subject`. A window that began at `over_at` or before is over and starts anew. Answers the tries of the
/// window and when it began.
///
/// # Errors
/// When the directory fails.
pub async fn spend(
    write: &mut Write,
    subject: &str,
    now: Timestamp,
    over_at: Timestamp,
) -> Result<(i64, Timestamp), DirectoryError> {
    let (tries, started_at): (i64, i64) = sqlx::query_as(
        "INSERT INTO try_budgets (subject, window_started_at, tries) VALUES ($1, $2, 1)
         ON CONFLICT (subject) DO UPDATE SET
            tries = CASE WHEN try_budgets.window_started_at <= $3 THEN 1 ELSE try_budgets.tries + 1 END,
            window_started_at = CASE WHEN try_budgets.window_started_at <= $3 THEN excluded.window_started_at
                ELSE try_budgets.window_started_at END
         RETURNING tries, window_started_at",
    )
    .bind(subject.to_owned())
    .bind(now.0)
    .bind(over_at.0)
    .fetch_one(write.sql())
    .await?;
    Ok((tries, Timestamp(started_at)))
}

/// Gives one try of `subject` back.
///
/// # Errors
/// When the directory fails.
pub async fn give_back(write: &mut Write, subject: String) -> Result<(), DirectoryError> {
    sqlx::query("UPDATE try_budgets SET tries = tries - 1 WHERE subject = $1 AND tries > 0")
        .bind(subject)
        .execute(write.sql())
        .await?;
    Ok(())
}

/// Removes windows that began at `over_at` or before.
///
/// # Errors
/// When the directory fails.
pub async fn sweep(write: &mut Write, over_at: Timestamp) -> Result<(), DirectoryError> {
    sqlx::query("DELETE FROM try_budgets WHERE window_started_at <= $1").bind(over_at.0).execute(write.sql()).await?;
    Ok(())
}
