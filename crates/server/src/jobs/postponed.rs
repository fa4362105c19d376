//! Items that a job could not do. One bad row must stop neither the rows behind it nor be forgotten: it is written down with the reason,
//! the job moves on, and the item gets its turn again later and ever more rarely, until it is done or somebody repairs it.
//!
//! What another try may cure at once (the store is busy) is no item's fault: then the whole job waits.

use qianbao_core::Timestamp;

use super::rows;
use crate::directory::DirectoryError;
use crate::failure::FailureError;
use crate::realm::Realm;

/// Most items of a job that are tried again in one turn.
const TRIED_MAX: i64 = 50;
/// Pause after the first failure, seconds; doubles with each further one.
const PAUSE_S: i64 = 10;
/// Longest pause, seconds.
const PAUSE_S_MAX: i64 = 3_600;

/// An item that a job could not do.
#[derive(Clone, Copy, Debug)]
pub struct Item<'a> {
    /// The job; never changes.
    pub job: &'static str,
    /// The item among those of the job. No secret: it is logged.
    pub id: &'a str,
    /// What the job needs to try it again, beside the id.
    pub body: &'a str,
}

/// An item that was written down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Postponed {
    /// The item.
    pub id: String,
    /// What was written down with it.
    pub body: String,
    /// How often it has failed.
    pub tries: i64,
}

/// Writes down an item that failed, so that the job may move on.
///
/// # Errors
/// `error` itself when the whole job has to wait; or the directory fails. The job must not move on then.
pub async fn postpone(realm: &Realm, item: Item<'_>, error: FailureError, now: Timestamp) -> Result<(), FailureError> {
    if error.is_passing() {
        return Err(error);
    }
    tracing::error!(realm = %realm.name, job = item.job, item = item.id, %error, "postponed an item, the rest goes on");
    let mut write = realm.directory.begin().await?;
    rows::insert(&mut write, item, &error.to_string(), now.plus_seconds(PAUSE_S), now).await?;
    Ok(write.commit().await?)
}

/// Items of `job` whose turn it is.
///
/// # Errors
/// When the directory fails.
pub async fn due(realm: &Realm, job: &'static str, now: Timestamp) -> Result<Vec<Postponed>, DirectoryError> {
    rows::due(realm.directory.readers(), job, now, TRIED_MAX).await
}

/// Whether an item of `job` that failed first at or after `since` is still to be done.
///
/// # Errors
/// When the directory fails.
pub async fn is_any_since(realm: &Realm, job: &'static str, since: Timestamp) -> Result<bool, DirectoryError> {
    rows::is_any_since(realm.directory.readers(), job, since).await
}

/// Notes what came of trying an item again.
///
/// # Errors
/// As [`postpone`].
pub async fn tried(
    realm: &Realm,
    job: &'static str,
    postponed: &Postponed,
    outcome: Result<(), FailureError>,
    now: Timestamp,
) -> Result<(), FailureError> {
    let item = postponed.id.as_str();
    let mut write = match &outcome {
        Err(error) if error.is_passing() => return outcome,
        _ => realm.directory.begin().await?,
    };
    match outcome {
        Ok(()) => {
            tracing::info!(realm = %realm.name, job, item, "a postponed item is done");
            rows::remove(&mut write, job, item).await?;
        }
        Err(error) => {
            let (tries, next_at) = (postponed.tries + 1, now.plus_seconds(pause_s(postponed.tries + 1)));
            tracing::error!(realm = %realm.name, job, item, tries, %error, "a postponed item failed again");
            rows::delay(&mut write, job, postponed, &error.to_string(), next_at).await?;
        }
    }
    Ok(write.commit().await?)
}

/// The pause after the failure number `tries`, from 1.
fn pause_s(tries: i64) -> i64 {
    let doublings = u32::try_from(tries - 1).unwrap_or(0).min(20);
    (PAUSE_S << doublings).min(PAUSE_S_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_an_hour() {
        assert_eq!([1, 2, 3, 9, 10, 1_000].map(pause_s), [10, 20, 40, 2_560, 3_600, 3_600]);
    }
}
