//! The table `sessions`.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use qianbao_core::Timestamp;
use qianbao_core::approval::SessionUse;
use qianbao_core::id::{DeviceId, PersonId, SessionId};

use super::read_audience;
use crate::directory::{Directory, DirectoryError, Outdated, Write};
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
    /// With which device.
    pub device: DeviceId,
    /// When it begins.
    pub now: Timestamp,
    /// When it ends at the latest.
    pub expires_at: Timestamp,
}

/// A session as it is kept in memory. Clones share the moment of the last use.
#[derive(Clone, Debug)]
pub struct Session {
    /// Whose, and until when.
    pub signed: Signed,
    seen_at: Arc<AtomicI64>,
}

impl Session {
    /// When it was last noted to be in use.
    pub fn seen_at(&self) -> Timestamp {
        Timestamp(self.seen_at.load(Ordering::Relaxed))
    }

    /// Notes a use at `now` in the place of the one at `seen_at`. False when another request was first.
    pub fn see(&self, seen_at: Timestamp, now: Timestamp) -> bool {
        self.seen_at.compare_exchange(seen_at.0, now.0, Ordering::Relaxed, Ordering::Relaxed).is_ok()
    }
}

/// Writes a session down.
///
/// # Errors
/// When the directory fails.
pub async fn insert(write: &mut Write, session: NewSession<'_>) -> Result<(), DirectoryError> {
    sqlx::query(
        "INSERT INTO sessions (id, token_hash, person, audience, created_at, seen_at, expires_at, device)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(session.id.to_string())
    .bind(session.token_hash.to_owned())
    .bind(session.person.to_string())
    .bind(session.audience.label())
    .bind(session.now.0)
    .bind(session.now.0)
    .bind(session.expires_at.0)
    .bind(session.device.to_string())
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
    let ended: Vec<(String,)> = sqlx::query_as(
        "DELETE FROM sessions WHERE person = $1 AND audience = $2 AND id NOT IN (
            SELECT id FROM sessions WHERE person = $1 AND audience = $2 ORDER BY created_at DESC, id DESC LIMIT $3)
         RETURNING token_hash",
    )
    .bind(person.to_string())
    .bind(audience.label())
    .bind(sessions_max)
    .fetch_all(write.sql())
    .await?;
    for (token_hash,) in ended {
        write.outdates(Outdated::Session { audience, token_hash });
    }
    Ok(())
}

/// The live session of a token.
///
/// # Errors
/// When the directory fails.
pub async fn find(
    directory: &Directory,
    token_hash: &str,
    audience: Audience,
    now: Timestamp,
) -> Result<Option<Session>, DirectoryError> {
    let row: Option<(String, String, i64, i64)> = sqlx::query_as(
        "SELECT id, person, expires_at, seen_at FROM sessions
         WHERE token_hash = $1 AND audience = $2 AND expires_at > $3",
    )
    .bind(token_hash.to_owned())
    .bind(audience.label())
    .bind(now.0)
    .fetch_optional(directory.readers())
    .await?;
    let Some((id, person, expires_at, seen_at)) = row else { return Ok(None) };
    let session = id.parse().map_err(|_| DirectoryError::Damaged { column: "sessions.id" })?;
    let person = person.parse().map_err(|_| DirectoryError::Damaged { column: "sessions.person" })?;
    // Whoever finds it says how lately it was used.
    let session_use = SessionUse::Idle;
    let signed = Signed { person, session, expires_at: Timestamp(expires_at), session_use };
    Ok(Some(Session { signed, seen_at: Arc::new(AtomicI64::new(seen_at)) }))
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
    if row.is_some() {
        write.outdates(Outdated::Session { audience, token_hash: token_hash.to_owned() });
    }
    Ok(row)
}

/// Notes that a session was used at `now`, unless a later use is noted.
///
/// # Errors
/// When the directory fails.
pub async fn mark_seen(write: &mut Write, session: SessionId, now: Timestamp) -> Result<(), DirectoryError> {
    sqlx::query("UPDATE sessions SET seen_at = $1 WHERE id = $2 AND seen_at < $1")
        .bind(now.0)
        .bind(session.to_string())
        .execute(write.sql())
        .await?;
    Ok(())
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

/// When a session was opened.
///
/// # Errors
/// When the directory fails.
pub async fn opened_at(directory: &Directory, session: SessionId) -> Result<Option<Timestamp>, DirectoryError> {
    let row: Option<(i64,)> = sqlx::query_as("SELECT created_at FROM sessions WHERE id = $1")
        .bind(session.to_string())
        .fetch_optional(directory.readers())
        .await?;
    Ok(row.map(|(created_at,)| Timestamp(created_at)))
}

/// When a session was opened, within a write; nothing when it has ended meanwhile.
///
/// # Errors
/// When the directory fails.
pub async fn opened_at_in(write: &mut Write, session: SessionId) -> Result<Option<Timestamp>, DirectoryError> {
    let row: Option<(i64,)> = sqlx::query_as("SELECT created_at FROM sessions WHERE id = $1")
        .bind(session.to_string())
        .fetch_optional(write.sql())
        .await?;
    Ok(row.map(|(created_at,)| Timestamp(created_at)))
}

/// Removes all sessions of `person` but one, if one is kept; answers how many.
///
/// # Errors
/// When the directory fails.
pub async fn keep_only(write: &mut Write, person: PersonId, kept: Option<SessionId>) -> Result<usize, DirectoryError> {
    let ended: Vec<(String, String)> =
        sqlx::query_as("DELETE FROM sessions WHERE person = $1 AND id <> $2 RETURNING token_hash, audience")
            .bind(person.to_string())
            .bind(kept.map(|kept| kept.to_string()).unwrap_or_default())
            .fetch_all(write.sql())
            .await?;
    let count = ended.len();
    for (token_hash, audience) in ended {
        write.outdates(Outdated::Session { audience: read_audience(&audience, "sessions.audience")?, token_hash });
    }
    Ok(count)
}

/// Removes sessions that are over.
///
/// # Errors
/// When the directory fails.
pub async fn sweep(write: &mut Write, now: Timestamp) -> Result<(), DirectoryError> {
    sqlx::query("DELETE FROM sessions WHERE expires_at <= $1").bind(now.0).execute(write.sql()).await?;
    Ok(())
}

/// Removes all sessions; answers how many.
///
/// # Errors
/// When the directory fails.
pub async fn remove_all(write: &mut Write) -> Result<u64, DirectoryError> {
    Ok(sqlx::query("DELETE FROM sessions").execute(write.sql()).await?.rows_affected())
}
