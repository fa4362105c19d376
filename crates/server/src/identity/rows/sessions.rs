//! The table `sessions`.

use qianbao_core::Timestamp;
use qianbao_core::id::{PersonId, SessionId};
use sqlx::AnyPool;

use crate::directory::{Directory, DirectoryError, Write};
use crate::door::Signed;
use crate::hosts::Audience;

/// A session to be written down.
#[derive(Clone, Copy, Debug)]
pub struct NewSession<'a> {
    /// The session.
    pub id: SessionId,
    /// What is kept of its token.
    pub token_hash: &'a str,
    /// Whose it is.
    pub person: PersonId,
    /// On which kind of host.
    pub audience: Audience,
    /// When it begins.
    pub now: Timestamp,
    /// When it ends at the latest.
    pub expires_at: Timestamp,
}

/// Writes a session down.
///
/// # Errors
/// When the directory fails.
pub async fn insert(write: &mut Write, session: NewSession<'_>) -> Result<(), DirectoryError> {
    sqlx::query(
        "INSERT INTO sessions (id, token_hash, person, audience, created_at, seen_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(session.id.to_string())
    .bind(session.token_hash.to_owned())
    .bind(session.person.to_string())
    .bind(session.audience.label())
    .bind(session.now.0)
    .bind(session.now.0)
    .bind(session.expires_at.0)
    .execute(write.sql())
    .await?;
    Ok(())
}

/// Keeps the newest `sessions_max` sessions of `person` on this kind of host.
///
/// # Errors
/// When the directory fails.
pub async fn keep_newest(
    write: &mut Write,
    person: PersonId,
    audience: Audience,
    sessions_max: i64,
) -> Result<(), DirectoryError> {
    sqlx::query(
        "DELETE FROM sessions WHERE person = $1 AND audience = $2 AND id NOT IN (
            SELECT id FROM sessions WHERE person = $1 AND audience = $2 ORDER BY created_at DESC, id DESC LIMIT $3)",
    )
    .bind(person.to_string())
    .bind(audience.label())
    .bind(sessions_max)
    .execute(write.sql())
    .await?;
    Ok(())
}

/// The live session of a token, and when it was last seen in use.
///
/// # Errors
/// When the directory fails.
pub async fn find(
    readers: &AnyPool,
    token_hash: &str,
    audience: Audience,
    now: Timestamp,
) -> Result<Option<(Signed, Timestamp)>, DirectoryError> {
    let row: Option<(String, String, i64, i64)> = sqlx::query_as(
        "SELECT id, person, expires_at, seen_at FROM sessions
         WHERE token_hash = $1 AND audience = $2 AND expires_at > $3",
    )
    .bind(token_hash.to_owned())
    .bind(audience.label())
    .bind(now.0)
    .fetch_optional(readers)
    .await?;
    let Some((id, person, expires_at, seen_at)) = row else { return Ok(None) };
    let session = id.parse().map_err(|_| DirectoryError::Damaged { column: "sessions.id" })?;
    let person = person.parse().map_err(|_| DirectoryError::Damaged { column: "sessions.person" })?;
    Ok(Some((Signed { person, session, expires_at: Timestamp(expires_at) }, Timestamp(seen_at))))
}

/// Removes the session of a token; answers the session and its person, if it was there.
///
/// # Errors
/// When the directory fails.
pub async fn remove(
    write: &mut Write,
    token_hash: &str,
    audience: Audience,
) -> Result<Option<(String, String)>, DirectoryError> {
    let row = sqlx::query_as("DELETE FROM sessions WHERE token_hash = $1 AND audience = $2 RETURNING id, person")
        .bind(token_hash.to_owned())
        .bind(audience.label())
        .fetch_optional(write.sql())
        .await?;
    Ok(row)
}

/// Notes that a session was used at `now`.
///
/// # Errors
/// When the directory fails.
pub async fn mark_seen(directory: &Directory, session: SessionId, now: Timestamp) -> Result<(), DirectoryError> {
    let mut write = directory.begin().await?;
    sqlx::query("UPDATE sessions SET seen_at = $1 WHERE id = $2")
        .bind(now.0)
        .bind(session.to_string())
        .execute(write.sql())
        .await?;
    write.commit().await
}

/// Whether the session is there and not over.
///
/// # Errors
/// When the directory fails.
pub async fn is_open(directory: &Directory, session: SessionId, now: Timestamp) -> Result<bool, DirectoryError> {
    let row: Option<(String,)> = sqlx::query_as("SELECT id FROM sessions WHERE id = $1 AND expires_at > $2")
        .bind(session.to_string())
        .bind(now.0)
        .fetch_optional(directory.readers())
        .await?;
    Ok(row.is_some())
}

/// Removes sessions that are over.
///
/// # Errors
/// When the directory fails.
pub async fn sweep(write: &mut Write, now: Timestamp) -> Result<(), DirectoryError> {
    sqlx::query("DELETE FROM sessions WHERE expires_at <= $1").bind(now.0).execute(write.sql()).await?;
    Ok(())
}
