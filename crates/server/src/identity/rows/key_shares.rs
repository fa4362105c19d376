//! The column `devices.key_share`.

use qianbao_core::Timestamp;
use qianbao_core::id::{DeviceId, SessionId};

use crate::directory::{Directory, DirectoryError, Write};
use crate::hosts::Audience;

const SELECT: &str = "SELECT devices.id, devices.key_share FROM devices JOIN sessions ON sessions.device = devices.id
    WHERE sessions.id = $1 AND sessions.expires_at > $2 AND devices.ended_at IS NULL";

type Columns = Option<(String, String)>;

/// Device and seed of a live session; the seed is empty before [`begin`].
///
/// # Errors
/// When the directory fails.
pub async fn of_session(
    directory: &Directory,
    session: SessionId,
    now: Timestamp,
) -> Result<Option<(DeviceId, String)>, DirectoryError> {
    read(sqlx::query_as(SELECT).bind(session.to_string()).bind(now.0).fetch_optional(directory.readers()).await?)
}

/// As [`of_session`], within a write.
///
/// # Errors
/// When the directory fails.
pub async fn of_session_in(
    write: &mut Write,
    session: SessionId,
    now: Timestamp,
) -> Result<Option<(DeviceId, String)>, DirectoryError> {
    read(sqlx::query_as(SELECT).bind(session.to_string()).bind(now.0).fetch_optional(write.sql()).await?)
}

/// Gives a device its seed, unless it has one.
///
/// # Errors
/// When the directory fails.
pub async fn begin(write: &mut Write, device: DeviceId, seed: &str) -> Result<(), DirectoryError> {
    sqlx::query("UPDATE devices SET key_share = $1 WHERE id = $2 AND key_share = '' AND ended_at IS NULL")
        .bind(seed.to_owned())
        .bind(device.to_string())
        .execute(write.sql())
        .await?;
    Ok(())
}

/// Deletes the seed of the device that a session's token is of.
///
/// # Errors
/// When the directory fails.
pub async fn forget(write: &mut Write, token_hash: &str, audience: Audience) -> Result<(), DirectoryError> {
    sqlx::query(
        "UPDATE devices SET key_share = ''
         WHERE id = (SELECT device FROM sessions WHERE token_hash = $1 AND audience = $2)",
    )
    .bind(token_hash.to_owned())
    .bind(audience.label())
    .execute(write.sql())
    .await?;
    Ok(())
}

fn read(row: Columns) -> Result<Option<(DeviceId, String)>, DirectoryError> {
    let Some((id, seed)) = row else { return Ok(None) };
    let id = id.parse().map_err(|_| DirectoryError::Damaged { column: "devices.id" })?;
    Ok(Some((id, seed)))
}
