//! Moments in the person's calendar and language.

use qianbao_core::Timestamp;
pub use qianbao_ui::calendar::Style;

use crate::state::calendar::Day;
use crate::words::Locale;

/// The tag of a language as browsers know it.
pub const fn tag(locale: Locale) -> &'static str {
    match locale {
        Locale::zh => "zh-CN",
        Locale::en => "en",
    }
}

/// `at` written in `style`.
pub fn written(at: Timestamp, style: Style, locale: Locale) -> String {
    qianbao_ui::calendar::written(at, style, tag(locale))
}

/// The day of `at` in the person's time zone.
pub fn day(at: Timestamp) -> Day {
    let (year, month, day) = qianbao_ui::calendar::day(at);
    Day { year, month, day }
}

/// Noon of `day` in the person's time zone: a moment that lies on that day whatever the clocks do.
pub fn noon(day: Day) -> Timestamp {
    qianbao_ui::calendar::noon(day.year, day.month, day.day)
}
