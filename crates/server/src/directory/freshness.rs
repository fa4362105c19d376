//! Whether what a process keeps in memory of the directory still counts.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// What other processes did is to have been heard within this time.
const HEARD_MAX: Duration = Duration::from_secs(1);

/// A count that grows whenever what was kept is out of date, and when that was last known.
#[derive(Clone, Debug)]
pub(super) struct Freshness(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    count: AtomicU64,
    /// Milliseconds from `began` to the last look; [`ALWAYS`] where nobody else is there.
    heard_ms: AtomicU64,
    began: Instant,
}

const ALWAYS: u64 = u64::MAX;

impl Default for Freshness {
    /// Nothing has been heard yet.
    fn default() -> Self {
        Self::heard_at(0)
    }
}

impl Freshness {
    /// Of a database that no other process writes into.
    pub(super) fn always() -> Self {
        Self::heard_at(ALWAYS)
    }

    fn heard_at(ms: u64) -> Self {
        // The count begins above zero, so that nothing kept before the first look counts.
        let inner = Inner { count: AtomicU64::new(1), heard_ms: AtomicU64::new(ms), began: Instant::now() };
        Self(Arc::new(inner))
    }

    /// The present count, unless nothing has been heard for too long.
    pub(super) fn kept_since(&self) -> Option<u64> {
        let heard_ms = self.0.heard_ms.load(Ordering::Acquire);
        let is_known = heard_ms == ALWAYS || self.now_ms().saturating_sub(heard_ms) <= ms(HEARD_MAX);
        is_known.then(|| self.0.count.load(Ordering::Acquire))
    }

    /// Everything that is kept is out of date.
    pub(super) fn outdate(&self) {
        self.0.count.fetch_add(1, Ordering::AcqRel);
    }

    /// What a look that began at `looked_at` found has been taken in.
    pub(super) fn heard(&self, looked_at: Instant) {
        let at = ms(looked_at.saturating_duration_since(self.0.began));
        self.0.heard_ms.store(at, Ordering::Release);
    }

    fn now_ms(&self) -> u64 {
        ms(self.0.began.elapsed())
    }
}

fn ms(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(ALWAYS - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_counts_until_it_is_out_of_date_or_nothing_is_heard() {
        let alone = Freshness::always();
        let first = alone.kept_since();
        assert!(first.is_some() && first == alone.kept_since());
        alone.outdate();
        assert_ne!(alone.kept_since(), first);

        let shared = Freshness::default();
        let now = Instant::now();
        shared.heard(now);
        assert!(shared.kept_since().is_some());
        let long_ago = Freshness(Arc::new(Inner {
            count: AtomicU64::new(1),
            heard_ms: AtomicU64::new(0),
            began: now.checked_sub(HEARD_MAX * 2).expect("the machine has run for some seconds"),
        }));
        assert_eq!(long_ago.kept_since(), None);
        long_ago.heard(now);
        assert!(long_ago.kept_since().is_some());
    }
}
