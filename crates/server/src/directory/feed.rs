//! Reading the changes of an owner, for the mirror.

use std::str::FromStr;

use sqlx::AnyPool;

use super::{DirectoryError, DocumentKind, Owner};

/// A document that changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The owner's number of the change; only the latest change of a document is kept.
    pub number: i64,
    /// What kind of document.
    pub kind: DocumentKind,
    /// Its key within the kind.
    pub id: String,
}

/// Changes of `owner` after `number`, oldest first, at most `limit`.
pub async fn changes_after(
    readers: &AnyPool,
    owner: Owner,
    number: i64,
    limit: i64,
) -> Result<Vec<Change>, DirectoryError> {
    let rows: Vec<(i64, String, String)> = sqlx::query_as(
        "SELECT number, kind, id FROM changes WHERE owner = $1 AND number > $2 ORDER BY number LIMIT $3",
    )
    .bind(owner.to_string())
    .bind(number)
    .bind(limit)
    .fetch_all(readers)
    .await?;
    rows.into_iter().map(|(number, kind, id)| Ok(Change { number, kind: kind.parse()?, id })).collect()
}

/// The number of the owner's last changed document; 0 when none ever changed.
pub async fn last_change(readers: &AnyPool, owner: Owner) -> Result<i64, DirectoryError> {
    let row: Option<(i64,)> = sqlx::query_as("SELECT change_number FROM owners WHERE owner = $1")
        .bind(owner.to_string())
        .fetch_optional(readers)
        .await?;
    Ok(row.map_or(0, |(number,)| number))
}

impl FromStr for DocumentKind {
    type Err = DirectoryError;

    fn from_str(word: &str) -> Result<Self, DirectoryError> {
        let known = Self::ALL.into_iter().find(|kind| kind.word() == word);
        known.ok_or(DirectoryError::Damaged { column: "changes.kind" })
    }
}
