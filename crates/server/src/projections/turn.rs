//! One turn of a projection.

use qianbao_core::Timestamp;
use qianbao_ledger::Record;

use super::{Lease, Projection, ProjectionError};
use crate::failure::FailureError;
use crate::realm::Realm;

/// Most records of one turn, and of one transaction.
pub const RECORDS_MAX: usize = 128;

/// Applies the records after the lease's cursor, at most [`RECORDS_MAX`]; answers how many.
///
/// # Errors
/// [`ProjectionError`]; then nothing happened beyond the lease's cursor.
pub async fn turn<P: Projection>(
    realm: &Realm,
    lease: &mut Lease,
    projection: &P,
    now: Timestamp,
) -> Result<usize, ProjectionError> {
    let after = u64::try_from(lease.position()).unwrap_or(0);
    let records = realm.ledger.tail(after, RECORDS_MAX).await.map_err(FailureError::from)?;
    if records.is_empty() {
        return Ok(0);
    }
    let last = records.last().map_or(lease.position(), position);
    if lease.may_pass(last) && !records.iter().any(|record| projection.concerns(record)) {
        lease.pass(last);
        return Ok(records.len());
    }
    match apply_all(realm, lease, projection, &records).await {
        Err(ProjectionError::Failure(error)) if !error.is_passing() => {
            // One of them cannot be applied: each for itself, so that only that one is left behind.
            for record in &records {
                apply_or_park(realm, lease, projection, record, now).await?;
            }
        }
        outcome => outcome?,
    }
    Ok(records.len())
}

async fn apply_all<P: Projection>(
    realm: &Realm,
    lease: &mut Lease,
    projection: &P,
    records: &[Record],
) -> Result<(), ProjectionError> {
    let mut write = realm.directory.begin().await?;
    for record in records {
        projection.apply(&mut write, record).await?;
    }
    let last = records.last().map_or(lease.position(), position);
    let moved = lease.advanced(&mut write, last).await??;
    write.commit().await?;
    *lease = moved;
    Ok(())
}

async fn apply_or_park<P: Projection>(
    realm: &Realm,
    lease: &mut Lease,
    projection: &P,
    record: &Record,
    now: Timestamp,
) -> Result<(), ProjectionError> {
    let reason = match apply_all(realm, lease, projection, std::slice::from_ref(record)).await {
        Err(ProjectionError::Failure(error)) if !error.is_passing() => error.to_string(),
        outcome => return outcome,
    };
    tracing::error!(realm = %realm.name, projection = P::NAME, sequence = record.sequence, reason, "parked a record");
    let mut write = realm.directory.begin().await?;
    lease.park(&mut write, position(record), &reason, now).await?;
    let moved = lease.advanced(&mut write, position(record)).await??;
    write.commit().await?;
    *lease = moved;
    Ok(())
}

fn position(record: &Record) -> i64 {
    i64::try_from(record.sequence).unwrap_or(i64::MAX)
}
