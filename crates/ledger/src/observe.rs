//! What a ledger tells about its work, for metrics. It counts nothing itself: without an observer a batch costs one load of a
//! pointer more.

use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

/// A batch that was stored and answered, or given up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BatchDone {
    /// Postings that came with it.
    pub postings: usize,
    /// How many of them were posted now.
    pub posted: usize,
    /// How many were refused now.
    pub refused: usize,
    /// Postings that wait for the next batch.
    pub waiting: usize,
    /// From the beginning of the batch until it was on the disk.
    pub took: Duration,
    /// Whether the callers were told to try again.
    pub is_given_up: bool,
}

/// Hears of batches, on the writer's thread: it should be done at once.
pub trait Observer: Send + Sync + 'static {
    /// A batch is done. Its callers are answered before.
    fn batch(&self, done: &BatchDone);
}

/// The place of an observer; empty until one comes.
#[derive(Clone, Default)]
pub(crate) struct Observed(Arc<OnceLock<Arc<dyn Observer>>>);

impl Observed {
    /// Lets an observer hear of batches from now on. Answers false when another one does.
    pub(crate) fn set(&self, observer: Arc<dyn Observer>) -> bool {
        self.0.set(observer).is_ok()
    }

    pub(crate) fn get(&self) -> Option<&dyn Observer> {
        self.0.get().map(Arc::as_ref)
    }
}

impl fmt::Debug for Observed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Observed")
    }
}
