//! What the clock starts: orders that run out of time, sessions and try windows that are over.
//!
//! Each job may be repeated at any point without harm. The sweep of orders holds a lease, so that several processes do not do it all at once;
//! how far it has come is a moment in microseconds. What a job cannot do is [`postponed`].

pub mod postponed;
mod rows;

use std::sync::Arc;
use std::time::Duration;

use crate::clock::Sources;
use crate::directory::DirectoryError;
use crate::identity::{session, tries};
use crate::orders::expire::{ORDER_EXPIRY, Swept, sweep};
use crate::projections::{Lease, ProjectionError};
use crate::realm::Realm;

/// Time between two sweeps of orders.
const ORDERS_EVERY: Duration = Duration::from_secs(1);
/// Time between two sweeps of sessions and try windows.
const IDENTITY_EVERY: Duration = Duration::from_mins(10);
/// After a failure.
const PAUSE: Duration = Duration::from_secs(5);

/// Ends orders whose time has run out, until the task is dropped.
pub async fn end_orders(realm: Arc<Realm>, sources: Sources) {
    let holder = data_encoding::HEXLOWER.encode(&sources.bytes::<16>());
    let mut state = None;
    loop {
        let swept = end_orders_once(&realm, &sources, &holder, &mut state).await;
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

/// Forgets sessions and try windows that are over, until the task is dropped.
pub async fn forget(realm: Arc<Realm>, sources: Sources) {
    loop {
        if let Err(error) = forget_once(&realm, &sources).await {
            tracing::warn!(realm = %realm.name, %error, "sessions were not swept");
        }
        tokio::time::sleep(IDENTITY_EVERY).await;
    }
}

async fn forget_once(realm: &Realm, sources: &Sources) -> Result<(), DirectoryError> {
    let now = sources.now();
    let mut write = realm.directory.begin().await?;
    session::sweep(&mut write, now).await?;
    tries::sweep(&mut write, now).await?;
    write.commit().await
}
