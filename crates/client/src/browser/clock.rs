//! The device's clock and timers.

use futures::future::LocalBoxFuture;
use gloo_timers::future::TimeoutFuture;
use qianbao_core::Timestamp;

use crate::clock::Clock;

/// `Date.now` and `setTimeout`.
pub(crate) struct BrowserClock;

impl Clock for BrowserClock {
    fn now(&self) -> Timestamp {
        millis(js_sys::Date::now())
    }

    fn sleep(&self, ms: u32) -> LocalBoxFuture<'static, ()> {
        Box::pin(TimeoutFuture::new(ms))
    }
}

/// A moment from milliseconds as JavaScript gives them.
#[expect(clippy::cast_possible_truncation, reason = "milliseconds of dates stay far below 2^53")]
pub(super) fn millis(ms: f64) -> Timestamp {
    Timestamp::from_millis(ms as i64)
}
