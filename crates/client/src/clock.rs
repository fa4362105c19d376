//! Time: the device's clock as a trait, and the server's clock as the device sees it.
//!
//! A device's clock may be wrong by hours. Whatever the server compares with its own clock (`not_after`, expiry) is
//! computed from [`ServerClock`], which learns the difference from the answers. Ages and countdowns use it as well.

use std::cell::Cell;

use futures::future::LocalBoxFuture;
use qianbao_core::Timestamp;

/// The device's clock.
pub trait Clock {
    /// What the device believes the time is.
    fn now(&self) -> Timestamp;
    /// Waits at least `ms` milliseconds.
    fn sleep(&self, ms: u32) -> LocalBoxFuture<'static, ()>;
}

/// The difference between the server's clock and the device's.
///
/// An answer that left the server at `server` and was asked for at `sent` and read at `received` (device) puts the server
/// at the middle of the two; the error is at most half the time between. The newest sample counts, because the device's
/// clock may be set at any moment.
#[derive(Debug, Default)]
pub struct ServerClock {
    /// Server minus device, microseconds.
    ahead_us: Cell<i64>,
    is_known: Cell<bool>,
}

impl ServerClock {
    /// A clock that knows nothing and believes the device.
    pub fn new() -> Self {
        Self::default()
    }

    /// Learns from a moment that the server wrote exactly (microseconds).
    pub fn learn(&self, sent: Timestamp, server: Timestamp, received: Timestamp) {
        self.ahead_us.set(server.0.saturating_sub(middle(sent, received)));
        self.is_known.set(true);
    }

    /// Learns from a `Date` header, which is cut to whole seconds: only what contradicts it by more than its own error is
    /// given up.
    pub fn learn_coarse(&self, sent: Timestamp, date: Timestamp, received: Timestamp) {
        let ahead_us = date.0.saturating_add(DATE_ERROR_US).saturating_sub(middle(sent, received));
        let error_us = DATE_ERROR_US.saturating_add(received.0.saturating_sub(sent.0).max(0) / 2);
        if !self.is_known.get() || ahead_us.abs_diff(self.ahead_us.get()) > error_us.unsigned_abs() {
            self.ahead_us.set(ahead_us);
            self.is_known.set(true);
        }
    }

    /// The server's time at the device's `now`.
    pub fn at(&self, now: Timestamp) -> Timestamp {
        Timestamp(now.0.saturating_add(self.ahead_us.get()))
    }

    /// How far the server is ahead of the device, in microseconds; negative when the device is ahead.
    pub fn ahead_us(&self) -> i64 {
        self.ahead_us.get()
    }

    /// Starts from what an earlier visit learned, unless this one has learned already.
    pub fn restore_if_unknown(&self, ahead_us: i64) {
        if !self.is_known.get() {
            self.ahead_us.set(ahead_us);
        }
    }
}

/// Half a second: what a `Date` header is wrong by at most, after half a second was added to it. Microseconds.
const DATE_ERROR_US: i64 = 500_000;

fn middle(sent: Timestamp, received: Timestamp) -> i64 {
    sent.0.saturating_add(received.0.saturating_sub(sent.0) / 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: i64 = 1_000_000;

    #[test]
    fn a_clock_wrong_by_hours_is_put_right_by_one_answer() {
        let clock = ServerClock::new();
        let server = Timestamp(1_800_000_000 * SECOND);
        let device = server.plus_seconds(-5 * 3600);
        clock.learn(device, server, Timestamp(device.0 + 80_000));
        assert_eq!(clock.at(Timestamp(device.0 + 40_000)), server);
    }

    #[test]
    fn a_date_header_does_not_spoil_an_exact_sample_but_notices_a_changed_clock() {
        let clock = ServerClock::new();
        let now = Timestamp(1_800_000_000 * SECOND + 700_000);
        clock.learn(now, now, now);
        clock.learn_coarse(now, Timestamp(1_800_000_000 * SECOND), now);
        assert_eq!(clock.ahead_us(), 0);
        let moved = now.plus_seconds(-3600);
        clock.learn_coarse(moved, Timestamp(1_800_000_000 * SECOND), moved);
        assert_eq!(clock.ahead_us(), 3600 * SECOND - 200_000);
    }
}
