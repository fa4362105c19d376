//! The table `note_keys`.

use data_encoding::HEXLOWER;
use qianbao_core::Timestamp;
use qianbao_core::id::PersonId;
use sqlx::AnyPool;

use super::note::NoteKey;
use crate::directory::{DirectoryError, Write};

/// The key of a person, if there is one: none yet, or erased.
pub async fn note_key(readers: &AnyPool, person: PersonId) -> Result<Option<NoteKey>, DirectoryError> {
    let row: Option<(String,)> = sqlx::query_as("SELECT note_key FROM note_keys WHERE person = $1")
        .bind(person.to_string())
        .fetch_optional(readers)
        .await?;
    row.map(|(hex,)| key(&hex)).transpose()
}

/// The key of a person; `fresh` becomes it when there is none.
pub async fn note_key_or(
    write: &mut Write,
    person: PersonId,
    fresh: [u8; 32],
    now: Timestamp,
) -> Result<NoteKey, DirectoryError> {
    let (hex,): (String,) = sqlx::query_as(
        "INSERT INTO note_keys (person, note_key, created_at) VALUES ($1, $2, $3)
         ON CONFLICT (person) DO UPDATE SET person = excluded.person RETURNING note_key",
    )
    .bind(person.to_string())
    .bind(HEXLOWER.encode(&fresh))
    .bind(now.0)
    .fetch_one(write.sql())
    .await?;
    key(&hex)
}

fn key(hex: &str) -> Result<NoteKey, DirectoryError> {
    let bytes = HEXLOWER.decode(hex.as_bytes()).ok().and_then(|bytes| bytes.try_into().ok());
    bytes.map(NoteKey::new).ok_or(DirectoryError::Damaged { column: "note_keys.note_key" })
}
