//! The tables `projections` (a lease and a cursor each) and `parked` (records that could not be applied).

use qianbao_core::Timestamp;
use sqlx::AnyPool;

use crate::directory::{Directory, DirectoryError, Write};

/// Who wants to hold a lease, of what, until when.
#[derive(Clone, Copy, Debug)]
pub struct Claim<'a> {
    /// The projection or job.
    pub name: &'static str,
    /// Who.
    pub holder: &'a str,
    /// The ledger's epoch, as text; another one begins at position 0.
    pub epoch: &'a str,
    /// When the lease ends by itself.
    pub ends_at: Timestamp,
    /// Now.
    pub now: Timestamp,
    /// The fencing number that the holder has, and how far it has come under it.
    pub passed: Option<(i64, i64)>,
}

/// Takes or prolongs a lease; answers its fencing number and position, or nothing while somebody else holds it.
///
/// # Errors
/// When the directory fails.
pub async fn take(directory: &Directory, claim: Claim<'_>) -> Result<Option<(i64, i64)>, DirectoryError> {
    // No lease has the number 0.
    let (fence, position) = claim.passed.unwrap_or((0, 0));
    let mut write = directory.begin().await?;
    let row: Option<(i64, i64)> = sqlx::query_as(
        "INSERT INTO projections (name, holder, fence, lease_until, epoch, position) VALUES ($1, $2, 1, $3, $4, 0)
         ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, fence = projections.fence + 1,
            lease_until = excluded.lease_until, epoch = excluded.epoch,
            position = CASE WHEN projections.epoch <> excluded.epoch THEN 0
                WHEN projections.fence = $6 THEN $7 ELSE projections.position END
         WHERE projections.holder = excluded.holder OR projections.lease_until <= $5
         RETURNING fence, position",
    )
    .bind(claim.name)
    .bind(claim.holder.to_owned())
    .bind(claim.ends_at.0)
    .bind(claim.epoch.to_owned())
    .bind(claim.now.0)
    .bind(fence)
    .bind(position)
    .fetch_optional(write.sql())
    .await?;
    write.commit().await?;
    Ok(row)
}

/// Moves the cursor from `from` to `to`, if `fence` still holds it. Answers whether it moved.
///
/// # Errors
/// When the directory fails.
pub async fn advance(
    write: &mut Write,
    name: &'static str,
    fence: i64,
    from: i64,
    to: i64,
) -> Result<bool, DirectoryError> {
    let moved = sqlx::query("UPDATE projections SET position = $1 WHERE name = $2 AND fence = $3 AND position = $4")
        .bind(to)
        .bind(name)
        .bind(fence)
        .bind(from)
        .execute(write.sql())
        .await?;
    Ok(moved.rows_affected() == 1)
}

/// How far a projection has come in a life of the ledger; 0 before it has begun.
///
/// # Errors
/// When the directory fails.
pub async fn position(readers: &AnyPool, name: &'static str, epoch: &str) -> Result<i64, DirectoryError> {
    let row: Option<(i64,)> = sqlx::query_as("SELECT position FROM projections WHERE name = $1 AND epoch = $2")
        .bind(name)
        .bind(epoch.to_owned())
        .fetch_optional(readers)
        .await?;
    Ok(row.map_or(0, |(position,)| position))
}

/// Notes a record that could not be applied.
///
/// # Errors
/// When the directory fails.
pub async fn park(
    write: &mut Write,
    name: &'static str,
    epoch: String,
    position: i64,
    reason: &str,
    now: Timestamp,
) -> Result<(), DirectoryError> {
    sqlx::query("INSERT INTO parked (projection, epoch, position, reason, parked_at) VALUES ($1, $2, $3, $4, $5)")
        .bind(name)
        .bind(epoch)
        .bind(position)
        .bind(reason.to_owned())
        .bind(now.0)
        .execute(write.sql())
        .await?;
    Ok(())
}

/// Ends the leases of this process.
///
/// # Errors
/// When the directory fails.
pub async fn free(directory: &Directory) -> Result<(), DirectoryError> {
    let mut write = directory.begin().await?;
    sqlx::query("UPDATE projections SET lease_until = 0 WHERE holder = $1")
        .bind(directory.process().to_owned())
        .execute(write.sql())
        .await?;
    write.commit().await
}

/// Ends all leases.
///
/// # Errors
/// When the directory fails.
pub async fn free_all(directory: &Directory) -> Result<(), DirectoryError> {
    let mut write = directory.begin().await?;
    sqlx::query("UPDATE projections SET lease_until = 0").execute(write.sql()).await?;
    write.commit().await
}
