//! What the clock starts: orders that run out of time, uses of sessions to write down, sessions, devices and try windows that are over, the [`audit`] of
//! the books.
//!
//! Each job may be repeated at any point without harm. The sweep of orders holds a lease, so that several processes do not do it all at once;
//! how far it has come is a moment in microseconds. What a job cannot do is [`postponed`].

pub mod audit;
pub mod postponed;
mod rows;

use std::sync::Arc;
use std::time::Duration;

use crate::clock::Sources;
use crate::directory::DirectoryError;
use crate::identity::passkeys::challenge;
use crate::identity::{devices, recovery, session, tries};
use crate::orders::expire::{ORDER_EXPIRY, Swept, sweep};
use crate::projections::{Lease, ProjectionError, TURN_MAX};
use crate::realm::Realm;

/// Time between two sweeps of orders.
const ORDERS_EVERY: Duration = Duration::from_secs(1);
/// Time between two sweeps of sessions and try windows.
const IDENTITY_EVERY: Duration = Duration::from_mins(10);
/// Time between two writings of the uses of sessions: what a killed process forgets at most.
const SEEN_EVERY: Duration = Duration::from_secs(5);
/// After a failure.
const PAUSE: Duration = Duration::from_secs(5);

/// Ends orders whose time has run out, until the task is dropped.
pub async fn end_orders(realm: Arc<Realm>, sources: Sources) {
    let holder = realm.directory.process().to_owned();
    let mut state = None;
    loop {
        let swept = tokio::time::timeout(TURN_MAX, end_orders_once(&realm, &sources, &holder, &mut state)).await;
        let swept = swept.unwrap_or_else(|_| Err(DirectoryError::silence().into()));
        if let Err(error) = &swept {
            tracing::warn!(realm = %realm.name, %error, "orders were not swept");
            state = None;
        }
        tokio::time::sleep(if swept.is_ok() { ORDERS_EVERY } else { PAUSE }).await;
    }
}

async fn end_orders_once(
    realm: &Realm,
    sources: &Sources,
    holder: &str,
    state: &mut Option<(Lease, Swept)>,
) -> Result<(), ProjectionError> {
    let now = sources.now();
    let (held, from) = state.take().map_or((None, None), |(lease, swept)| (Some(lease), Some(swept)));
    let epoch = realm.ledger.epoch();
    let Some(lease) = Lease::hold(held, &realm.directory, ORDER_EXPIRY, holder, epoch, now).await? else {
        return Ok(());
    };
    let from = from.unwrap_or_else(|| Swept::before(qianbao_core::Timestamp(lease.position())));
    let swept = sweep(realm, from.clone(), now).await?;
    let lease = if swept == from { lease } else { advanced(realm, &lease, &swept).await? };
    *state = Some((lease, swept));
    Ok(())
}

async fn advanced(realm: &Realm, lease: &Lease, swept: &Swept) -> Result<Lease, ProjectionError> {
    let mut write = realm.directory.begin().await?;
    let moved = lease.advanced(&mut write, swept.at().0).await??;
    write.commit().await?;
    Ok(moved)
}

/// Forgets sessions, devices and try windows that are over, until the task is dropped.
pub async fn forget(realm: Arc<Realm>, sources: Sources) {
    loop {
        let forgotten = tokio::time::timeout(TURN_MAX, forget_once(&realm, &sources)).await;
        if let Err(error) = forgotten.unwrap_or_else(|_| Err(DirectoryError::silence())) {
            tracing::warn!(realm = %realm.name, %error, "sessions were not swept");
        }
        tokio::time::sleep(IDENTITY_EVERY).await;
    }
}

/// Writes down which sessions were in use, until the task is dropped.
pub async fn write_seen(realm: Arc<Realm>) {
    loop {
        tokio::time::sleep(SEEN_EVERY).await;
        if let Err(error) = session::write_seen(&realm).await {
            tracing::warn!(realm = %realm.name, %error, "uses of sessions were not written down");
        }
    }
}

async fn forget_once(realm: &Realm, sources: &Sources) -> Result<(), DirectoryError> {
    let now = sources.now();
    let mut write = realm.directory.begin().await?;
    session::sweep(&mut write, now).await?;
    devices::sweep(&mut write, now).await?;
    tries::sweep(&mut write, now).await?;
    challenge::sweep(&mut write, now).await?;
    recovery::sweep(&mut write, sources).await?;
    write.sweep_rings().await?;
    write.commit().await
}
