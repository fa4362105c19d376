//! The table `devices`.

use qianbao_core::Timestamp;
use qianbao_core::id::{DeviceId, PersonId, SessionId};

use super::super::visitor::Visitor;
use super::read_audience;
use crate::directory::{Directory, DirectoryError, Outdated, Write};
use crate::hosts::Audience;

/// A device that was not ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device {
    /// The device.
    pub id: DeviceId,
    /// On which kind of host.
    pub audience: Audience,
    /// Browser and system; empty when they are not known.
    pub browser: String,
    /// The system.
    pub system: String,
    /// What its person calls it; empty when they do not.
    pub name: String,
    /// When they first signed in with it.
    pub created_at: Timestamp,
    /// When it was last noted to be in use.
    pub seen_at: Timestamp,
    /// Whether somebody is signed in with it.
    pub is_signed_in: bool,
}

/// A device to be written down.
#[derive(Clone, Copy, Debug)]
pub struct NewDevice<'a> {
    /// The device.
    pub id: DeviceId,
    /// What is kept of its token.
    pub token_hash: &'a str,
    /// Whose it is.
    pub person: PersonId,
    /// On which kind of host.
    pub audience: Audience,
    /// The browser.
    pub visitor: Visitor<'a>,
    /// When it is first seen.
    pub now: Timestamp,
}

/// Writes a device down.
///
/// # Errors
/// When the directory fails.
pub async fn insert(write: &mut Write, device: NewDevice<'_>) -> Result<(), DirectoryError> {
    sqlx::query(
        "INSERT INTO devices (id, token_hash, person, audience, browser, system, name, created_at, seen_at)
         VALUES ($1, $2, $3, $4, $5, $6, '', $7, $7)",
    )
    .bind(device.id.to_string())
    .bind(device.token_hash.to_owned())
    .bind(device.person.to_string())
    .bind(device.audience.label())
    .bind(device.visitor.browser())
    .bind(device.visitor.system())
    .bind(device.now.0)
    .execute(write.sql())
    .await?;
    Ok(())
}

/// Notes that `person` signs in again with the device of a token; nothing when it is not theirs, or was ended.
///
/// # Errors
/// When the directory fails.
pub async fn greet(
    write: &mut Write,
    token_hash: &str,
    person: PersonId,
    audience: Audience,
    visitor: Visitor<'_>,
    now: Timestamp,
) -> Result<Option<DeviceId>, DirectoryError> {
    let row: Option<(String,)> = sqlx::query_as(
        "UPDATE devices SET browser = $1, system = $2, seen_at = $3
         WHERE token_hash = $4 AND person = $5 AND audience = $6 AND ended_at IS NULL RETURNING id",
    )
    .bind(visitor.browser())
    .bind(visitor.system())
    .bind(now.0)
    .bind(token_hash.to_owned())
    .bind(person.to_string())
    .bind(audience.label())
    .fetch_optional(write.sql())
    .await?;
    row.map(|(id,)| read_id(&id)).transpose()
}

/// Forgets the device of a token that nobody is signed in with and that was not ended: its browser gets another cookie.
///
/// # Errors
/// When the directory fails.
pub async fn leave(write: &mut Write, token_hash: &str, audience: Audience) -> Result<(), DirectoryError> {
    sqlx::query(
        "DELETE FROM devices WHERE token_hash = $1 AND audience = $2 AND ended_at IS NULL
         AND NOT EXISTS (SELECT 1 FROM sessions WHERE sessions.device = devices.id)",
    )
    .bind(token_hash.to_owned())
    .bind(audience.label())
    .execute(write.sql())
    .await?;
    Ok(())
}

/// Keeps the `devices_max` devices of `person` that were used last, and of those that were ended the `ended_max` last ones; the others are
/// forgotten unless somebody is signed in with them.
///
/// # Errors
/// When the directory fails.
pub async fn keep_newest(
    write: &mut Write,
    person: PersonId,
    devices_max: i64,
    ended_max: i64,
) -> Result<(), DirectoryError> {
    let live = "DELETE FROM devices WHERE person = $1 AND ended_at IS NULL AND id NOT IN (
            SELECT id FROM devices WHERE person = $1 AND ended_at IS NULL ORDER BY seen_at DESC, id DESC LIMIT $2)
         AND NOT EXISTS (SELECT 1 FROM sessions WHERE sessions.device = devices.id)";
    let ended = "DELETE FROM devices WHERE person = $1 AND ended_at IS NOT NULL AND id NOT IN (
            SELECT id FROM devices WHERE person = $1 AND ended_at IS NOT NULL ORDER BY ended_at DESC, id DESC LIMIT $2)";
    for (sql, kept_max) in [(live, devices_max), (ended, ended_max)] {
        sqlx::query(sql).bind(person.to_string()).bind(kept_max).execute(write.sql()).await?;
    }
    Ok(())
}

type Columns = (String, String, String, String, String, i64, i64, i64);

const SELECT: &str = "SELECT id, audience, browser, system, name, created_at, seen_at,
        (SELECT COUNT(*) FROM sessions WHERE sessions.device = devices.id AND sessions.expires_at > $1)
    FROM devices WHERE person = $2 AND ended_at IS NULL ORDER BY seen_at DESC, id DESC LIMIT $3";

/// The devices of `person`, the last used first, at most `devices_max`.
///
/// # Errors
/// When the directory fails.
pub async fn of(
    directory: &Directory,
    person: PersonId,
    now: Timestamp,
    devices_max: i64,
) -> Result<Vec<Device>, DirectoryError> {
    let rows = sqlx::query_as(SELECT).bind(now.0).bind(person.to_string()).bind(devices_max);
    let rows: Vec<Columns> = rows.fetch_all(directory.readers()).await?;
    rows.into_iter().map(read).collect()
}

/// Names a device of `person`; false when there is none.
///
/// # Errors
/// When the directory fails.
pub async fn name(write: &mut Write, id: DeviceId, person: PersonId, name: &str) -> Result<bool, DirectoryError> {
    let changed = sqlx::query("UPDATE devices SET name = $1 WHERE id = $2 AND person = $3 AND ended_at IS NULL")
        .bind(name.to_owned())
        .bind(id.to_string())
        .bind(person.to_string())
        .execute(write.sql())
        .await?;
    Ok(changed.rows_affected() > 0)
}

/// Ends a device of `person` with its sessions; false when there is none.
///
/// # Errors
/// When the directory fails.
pub async fn end(write: &mut Write, id: DeviceId, person: PersonId, now: Timestamp) -> Result<bool, DirectoryError> {
    let changed = sqlx::query(
        "UPDATE devices SET ended_at = $1, key_share = '' WHERE id = $2 AND person = $3 AND ended_at IS NULL",
    )
    .bind(now.0)
    .bind(id.to_string())
    .bind(person.to_string())
    .execute(write.sql())
    .await?;
    if changed.rows_affected() == 0 {
        return Ok(false);
    }
    let ended: Vec<(String, String)> =
        sqlx::query_as("DELETE FROM sessions WHERE device = $1 RETURNING token_hash, audience")
            .bind(id.to_string())
            .fetch_all(write.sql())
            .await?;
    for (token_hash, audience) in ended {
        write.outdates(Outdated::Session { audience: read_audience(&audience, "devices.audience")?, token_hash });
    }
    Ok(true)
}

/// Whether the device of a token was ended by its person.
///
/// # Errors
/// When the directory fails.
pub async fn is_ended(directory: &Directory, token_hash: &str, audience: Audience) -> Result<bool, DirectoryError> {
    let row: Option<(String,)> =
        sqlx::query_as("SELECT id FROM devices WHERE token_hash = $1 AND audience = $2 AND ended_at IS NOT NULL")
            .bind(token_hash.to_owned())
            .bind(audience.label())
            .fetch_optional(directory.readers())
            .await?;
    Ok(row.is_some())
}

/// The device of a session.
///
/// # Errors
/// When the directory fails.
pub async fn of_session(directory: &Directory, session: SessionId) -> Result<Option<DeviceId>, DirectoryError> {
    let row: Option<(Option<String>,)> = sqlx::query_as("SELECT device FROM sessions WHERE id = $1")
        .bind(session.to_string())
        .fetch_optional(directory.readers())
        .await?;
    row.and_then(|(device,)| device).map(|id| read_id(&id)).transpose()
}

/// Notes that the device of a session was used at `now`, unless a later use is noted.
///
/// # Errors
/// When the directory fails.
pub async fn mark_seen(write: &mut Write, session: SessionId, now: Timestamp) -> Result<(), DirectoryError> {
    sqlx::query(
        "UPDATE devices SET seen_at = $1 WHERE id = (SELECT device FROM sessions WHERE id = $2) AND seen_at < $1",
    )
    .bind(now.0)
    .bind(session.to_string())
    .execute(write.sql())
    .await?;
    Ok(())
}

/// Forgets devices that were not used since `before`: their cookies are over.
///
/// # Errors
/// When the directory fails.
pub async fn sweep(write: &mut Write, before: Timestamp) -> Result<(), DirectoryError> {
    sqlx::query(
        "DELETE FROM devices WHERE seen_at < $1
         AND NOT EXISTS (SELECT 1 FROM sessions WHERE sessions.device = devices.id)",
    )
    .bind(before.0)
    .execute(write.sql())
    .await?;
    Ok(())
}

fn read(row: Columns) -> Result<Device, DirectoryError> {
    let (id, audience, browser, system, name, created_at, seen_at, sessions) = row;
    Ok(Device {
        id: read_id(&id)?,
        audience: read_audience(&audience, "devices.audience")?,
        browser,
        system,
        name,
        created_at: Timestamp(created_at),
        seen_at: Timestamp(seen_at),
        is_signed_in: sessions > 0,
    })
}

fn read_id(id: &str) -> Result<DeviceId, DirectoryError> {
    id.parse().map_err(|_| DirectoryError::Damaged { column: "devices.id" })
}
