//! How long a payment takes when payments come by the clock.
//!
//! Each caller has its moments, evenly apart and shifted against the others'. A payment's time runs from its moment, also when the answer
//! before it came late: what a person waits for does not begin when the server has time (no coordinated omission).

use std::fmt;
use std::time::Duration;

use qianbao_tests_bench::Failure;
use tokio::time::{Instant, sleep_until};

use crate::payers::Payers;

/// What was seen.
pub struct Latencies {
    /// How many payments.
    pub count: usize,
    /// Half took at most this, milliseconds.
    pub p50_ms: f64,
    /// 99 of 100 took at most this, milliseconds.
    pub p99_ms: f64,
    /// The longest, milliseconds.
    pub max_ms: f64,
}

impl fmt::Display for Latencies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { count, p50_ms, p99_ms, max_ms } = self;
        write!(f, "{count} payments, p50 {p50_ms:.1} ms, p99 {p99_ms:.1} ms, longest {max_ms:.1} ms")
    }
}

/// Pays `per_second` payments a second for `length`, spread over so many callers.
pub async fn measure(payers: &Payers, callers: usize, per_second: f64, length: Duration) -> Result<Latencies, Failure> {
    #[expect(clippy::cast_precision_loss, reason = "a few dozen callers")]
    let every = Duration::from_secs_f64(callers as f64 / per_second);
    let mut lines = Vec::new();
    for number in 0..callers {
        lines.push(payers.caller(number).await?);
    }
    let start = Instant::now() + Duration::from_millis(50);
    let mut tasks = Vec::new();
    for (number, mut caller) in lines.into_iter().enumerate() {
        let shift = every.mul_f64(f64::from(u32::try_from(number)?) / f64::from(u32::try_from(callers)?));
        tasks.push(tokio::spawn(async move {
            let mut taken_ms = Vec::new();
            let mut moment = start + shift;
            while moment < start + length {
                sleep_until(moment).await;
                caller.pay().await?;
                taken_ms.push(moment.elapsed().as_secs_f64() * 1e3);
                moment += every;
            }
            Ok::<_, Failure>(taken_ms)
        }));
    }
    let mut all = Vec::new();
    for task in tasks {
        all.extend(task.await??);
    }
    of(all).ok_or_else(|| "no payment was made".into())
}

/// What these times say, if there are any.
pub fn of(mut taken_ms: Vec<f64>) -> Option<Latencies> {
    taken_ms.sort_by(f64::total_cmp);
    let count = taken_ms.len();
    let max_ms = *taken_ms.last()?;
    Some(Latencies { count, p50_ms: taken_ms[count / 2], p99_ms: taken_ms[count * 99 / 100], max_ms })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles() {
        let seen = of((1..=1_000).rev().map(f64::from).collect()).expect("a thousand times");
        assert_eq!((seen.count, seen.p50_ms, seen.p99_ms, seen.max_ms), (1_000, 501.0, 991.0, 1_000.0));
        assert!(of(Vec::new()).is_none());
    }
}
