//! A clock that is set by hand.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use qianbao_core::Timestamp;

use crate::clock::Clock;

/// Microseconds that pass with each look, so that things that follow each other have different times.
const TICK_US: i64 = 1_000;

/// The clock of a story: stands where it was set, and ticks when it is looked at.
#[derive(Clone, Debug)]
pub struct SeedClock(Arc<AtomicI64>);

impl SeedClock {
    /// A clock that stands at `time`.
    pub fn at(time: Timestamp) -> Self {
        Self(Arc::new(AtomicI64::new(time.0)))
    }

    /// Sets it.
    pub fn set(&self, time: Timestamp) {
        self.0.store(time.0, Ordering::SeqCst);
    }
}

impl Clock for SeedClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.fetch_add(TICK_US, Ordering::SeqCst))
    }
}
