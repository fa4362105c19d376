//! How many requests that move value are worked on at once. What is above it is refused before anything is done for it, so that those who are
//! let in are answered soon; a queue would make everybody wait and then time out.
//!
//! The limit finds itself. Every [`WINDOW`] it is compared with what was seen: when more than one in twenty took longer than [`TARGET`], or the
//! runtime itself came late by that much, it shrinks by three tenths; when it was reached and all were quick, it grows by a sixteenth. So it follows
//! the machine, the disk and the load without being told, and the time to answer stays near the target however many come (Little's law: waiting is
//! what is in flight, divided by what is done in a second).
//!
//! A refused request has touched nothing. Its id stays free, and it may be sent again after the seconds in `Retry-After`.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use qianbao_api::ProblemCode;

use crate::problem::Refuses;

/// Time to answer that the limit is set for.
const TARGET: Duration = Duration::from_millis(80);
/// Time between two looks at the limit.
const WINDOW: Duration = Duration::from_millis(100);
/// Fewest that are let in at once, however slow everything is: they share a sync of the disk, so fewer would not be quicker.
const LIMIT_MIN: u32 = 96;
/// The limit at the start.
const LIMIT_START: u32 = 256;

/// The server has enough to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected fewer than {limit} requests that move value at once; nothing happened, send the same request again")]
pub struct AdmissionError {
    /// How many are let in at once now.
    pub limit: u32,
}

impl Refuses for AdmissionError {
    fn code(&self) -> ProblemCode {
        ProblemCode::Overloaded
    }
}

/// The limit and what was seen lately. Clones share it.
#[derive(Clone, Debug)]
pub struct Admission(Arc<Counts>);

#[derive(Debug)]
struct Counts {
    max: u32,
    limit: AtomicU32,
    in_flight: AtomicU32,
    /// In this window: the most in flight at once, and how many were answered, were slow, were refused.
    peak: AtomicU32,
    answered: AtomicU32,
    slow: AtomicU32,
    refused: AtomicU32,
}

/// A request that was let in, until it is answered.
#[derive(Debug)]
pub struct Admitted {
    counts: Arc<Counts>,
    since: Instant,
}

impl Drop for Admitted {
    fn drop(&mut self) {
        self.counts.in_flight.fetch_sub(1, Ordering::AcqRel);
        self.counts.answered.fetch_add(1, Ordering::Relaxed);
        if self.since.elapsed() > TARGET {
            self.counts.slow.fetch_add(1, Ordering::Relaxed);
        }
    }
}

impl Admission {
    /// Lets in at most `max` at once, and fewer while that is too many.
    pub fn new(max: u32) -> Self {
        let max = max.max(1);
        Self(Arc::new(Counts {
            max,
            limit: AtomicU32::new(LIMIT_START.min(max)),
            in_flight: AtomicU32::new(0),
            peak: AtomicU32::new(0),
            answered: AtomicU32::new(0),
            slow: AtomicU32::new(0),
            refused: AtomicU32::new(0),
        }))
    }

    /// Lets a request in, or not.
    ///
    /// # Errors
    /// [`AdmissionError`] at the limit.
    pub fn enter(&self) -> Result<Admitted, AdmissionError> {
        let counts = &self.0;
        let limit = counts.limit.load(Ordering::Relaxed);
        let before = counts.in_flight.fetch_add(1, Ordering::AcqRel);
        if before >= limit {
            counts.in_flight.fetch_sub(1, Ordering::AcqRel);
            counts.refused.fetch_add(1, Ordering::Relaxed);
            return Err(AdmissionError { limit });
        }
        counts.peak.fetch_max(before + 1, Ordering::Relaxed);
        Ok(Admitted { counts: Arc::clone(counts), since: Instant::now() })
    }

    /// How many are let in at once now.
    pub fn limit(&self) -> u32 {
        self.0.limit.load(Ordering::Relaxed)
    }

    /// How many are in flight.
    pub fn in_flight(&self) -> u32 {
        self.0.in_flight.load(Ordering::Relaxed)
    }

    /// Ends a window: the limit follows what was seen in it. `late` is by how much the runtime came late.
    fn adjust(&self, late: Duration) {
        let counts = &self.0;
        let [peak, answered, slow, refused] = [&counts.peak, &counts.answered, &counts.slow, &counts.refused]
            .map(|count| count.swap(0, Ordering::Relaxed));
        let limit = self.limit();
        // Nothing was answered the whole window though many wait: the work stands still, and more of it would only wait as well.
        // A few alone may be slow by nature, such as the check of a password.
        let is_stalled = answered == 0 && self.in_flight() >= LIMIT_MIN;
        let next = if slow.saturating_mul(20) > answered || (late > TARGET && answered > 0) || is_stalled {
            // What was in flight was too much already, however high the limit stood.
            (limit.min(peak.max(LIMIT_MIN)) / 10 * 7).max(LIMIT_MIN)
        } else if answered > 0 && (refused > 0 || peak >= limit) {
            limit.saturating_add((limit / 16).max(1))
        } else {
            limit
        };
        counts.limit.store(next.min(counts.max), Ordering::Relaxed);
    }

    /// Adjusts the limit until the task is dropped.
    pub async fn run(self) {
        loop {
            let began = Instant::now();
            tokio::time::sleep(WINDOW).await;
            self.adjust(began.elapsed().saturating_sub(WINDOW));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(admission: &Admission, count: u32, took: Duration) {
        let all: Vec<Admitted> = (0..count).map_while(|_| admission.enter().ok()).collect();
        for mut one in all {
            one.since = one.since.checked_sub(took).expect("the process is older than that");
        }
    }

    #[test]
    fn at_the_limit_one_more_is_refused_until_one_is_answered() {
        let admission = Admission::new(2);
        let (first, second) = (admission.enter(), admission.enter());
        assert_eq!(admission.enter().expect_err("the third"), AdmissionError { limit: 2 });
        drop(first);
        assert!(admission.enter().is_ok());
        drop(second);
        assert_eq!(admission.in_flight(), 0);
    }

    #[test]
    fn slow_answers_shrink_the_limit_and_quick_ones_at_the_limit_let_it_grow() {
        let admission = Admission::new(1_000);
        answered(&admission, 10, Duration::ZERO);
        admission.adjust(Duration::ZERO);
        assert_eq!(admission.limit(), LIMIT_START, "far below the limit nothing is learnt");
        answered(&admission, 200, TARGET * 2);
        admission.adjust(Duration::ZERO);
        assert_eq!(admission.limit(), 140, "two hundred at once were too many");
        for _ in 0..100 {
            answered(&admission, 2_000, TARGET * 2);
            admission.adjust(Duration::ZERO);
        }
        assert_eq!(admission.limit(), LIMIT_MIN);
        for _ in 0..1_000 {
            answered(&admission, 2_000, Duration::ZERO);
            admission.adjust(Duration::ZERO);
        }
        assert_eq!(admission.limit(), 1_000);
    }

    #[test]
    fn a_stall_shrinks_the_limit_and_never_lets_it_grow() {
        let admission = Admission::new(1_000);
        let waiting: Vec<Admitted> = (0..LIMIT_START).map_while(|_| admission.enter().ok()).collect();
        assert!(admission.enter().is_err(), "the limit is reached");
        admission.adjust(Duration::ZERO);
        assert_eq!(admission.limit(), LIMIT_START / 10 * 7);
        for _ in 0..100 {
            assert!(admission.enter().is_err());
            admission.adjust(Duration::ZERO);
        }
        assert_eq!(admission.limit(), LIMIT_MIN);
        drop(waiting);
        answered(&admission, LIMIT_MIN, Duration::ZERO);
        admission.adjust(Duration::ZERO);
        assert!(admission.limit() > LIMIT_MIN, "it grows again once answers come");
    }

    #[test]
    fn a_runtime_that_comes_late_shrinks_the_limit_only_under_load() {
        let admission = Admission::new(1_000);
        admission.adjust(TARGET * 3);
        assert_eq!(admission.limit(), LIMIT_START);
        answered(&admission, 200, Duration::ZERO);
        admission.adjust(TARGET * 3);
        assert_eq!(admission.limit(), 140);
    }
}
