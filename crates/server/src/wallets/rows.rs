//! The table `freezes`.

use qianbao_core::Timestamp;
use qianbao_core::id::PersonId;

use crate::directory::{DirectoryError, Write};

/// A freeze that holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Freeze {
    /// When it was made.
    pub at: Timestamp,
    /// What tells it from every other one.
    pub mark: String,
}

/// Notes that `person` freezes their wallet, in the place of the freeze before, which is answered.
///
/// # Errors
/// When the directory fails.
pub async fn freeze(write: &mut Write, person: PersonId, freeze: &Freeze) -> Result<Option<Freeze>, DirectoryError> {
    let before = find(write, person).await?;
    sqlx::query(
        "INSERT INTO freezes (person, frozen_at, mark) VALUES ($1, $2, $3)
         ON CONFLICT (person) DO UPDATE SET frozen_at = excluded.frozen_at, mark = excluded.mark",
    )
    .bind(person.to_string())
    .bind(freeze.at.0)
    .bind(freeze.mark.clone())
    .execute(write.sql())
    .await?;
    Ok(before)
}

/// The freeze of `person` that holds, within a write.
///
/// # Errors
/// When the directory fails.
pub async fn find(write: &mut Write, person: PersonId) -> Result<Option<Freeze>, DirectoryError> {
    let row: Option<(i64, String)> = sqlx::query_as("SELECT frozen_at, mark FROM freezes WHERE person = $1")
        .bind(person.to_string())
        .fetch_optional(write.sql())
        .await?;
    Ok(row.map(|(at, mark)| Freeze { at: Timestamp(at), mark }))
}

/// Notes that this freeze of `person` is over; nothing when there is another one by now.
///
/// # Errors
/// When the directory fails.
pub async fn unfreeze(write: &mut Write, person: PersonId, freeze: &Freeze) -> Result<(), DirectoryError> {
    sqlx::query("DELETE FROM freezes WHERE person = $1 AND mark = $2")
        .bind(person.to_string())
        .bind(freeze.mark.clone())
        .execute(write.sql())
        .await?;
    Ok(())
}
