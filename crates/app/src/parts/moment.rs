//! Moments as people say them.

use qianbao_core::Timestamp;

use crate::browser::calendar::{Style, day, written};
use crate::words::{Words, said};

/// `今天 09:12`, `昨天 20:40`, `11月23日 09:12`; for another year the year as well. `now` is the server's clock.
pub fn when(words: Words, at: Timestamp, now: Timestamp) -> String {
    let locale = words.get_locale();
    let (then, today) = (day(at), day(now));
    if then == today {
        said!(words, moment_today, time = written(at, Style::Time, locale))
    } else if then == today.before() {
        said!(words, moment_yesterday, time = written(at, Style::Time, locale))
    } else if then.year == today.year {
        written(at, Style::DayTime, locale)
    } else {
        written(at, Style::Full, locale)
    }
}

/// How long ago `seconds` are: just now, minutes, hours, days.
pub fn age(words: Words, seconds: i64) -> String {
    match seconds {
        ..60 => said!(words, age_now),
        60..3_600 => said!(words, age_minutes, count = seconds / 60),
        3_600..86_400 => said!(words, age_hours, count = seconds / 3_600),
        _ => said!(words, age_days, count = seconds / 86_400),
    }
}
