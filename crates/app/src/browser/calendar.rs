//! Moments in the person's calendar and language, by `Intl`.

use std::cell::RefCell;

use js_sys::{Date, Intl};
use qianbao_core::Timestamp;
use wasm_bindgen::JsValue;

use super::object;
use crate::state::calendar::Day;
use crate::words::Locale;

/// How a moment is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// `09:12`.
    Time,
    /// `11月23日 09:12`.
    DayTime,
    /// `2026年11月23日 09:12:30`.
    Full,
    /// `十一月` or `November`.
    Month,
    /// `2025年11月`.
    MonthYear,
    /// `11月23日`.
    Day,
}

impl Style {
    fn members(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Time => &[("hour", "2-digit"), ("minute", "2-digit"), ("hourCycle", "h23")],
            Self::DayTime => &[
                ("month", "short"),
                ("day", "numeric"),
                ("hour", "2-digit"),
                ("minute", "2-digit"),
                ("hourCycle", "h23"),
            ],
            Self::Full => &[
                ("year", "numeric"),
                ("month", "short"),
                ("day", "numeric"),
                ("hour", "2-digit"),
                ("minute", "2-digit"),
                ("second", "2-digit"),
                ("hourCycle", "h23"),
            ],
            Self::Month => &[("month", "long")],
            Self::MonthYear => &[("year", "numeric"), ("month", "long")],
            Self::Day => &[("month", "short"), ("day", "numeric")],
        }
    }
}

/// The tag of a language as browsers know it.
pub const fn tag(locale: Locale) -> &'static str {
    match locale {
        Locale::zh => "zh-CN",
        Locale::en => "en",
    }
}

thread_local! {
    /// Making a formatter costs far more than using one.
    static FORMATS: RefCell<Vec<(Locale, Style, Intl::DateTimeFormat)>> = const { RefCell::new(Vec::new()) };
}

fn date(at: Timestamp) -> Date {
    // Milliseconds since 1970 are far below 2^53.
    #[expect(clippy::cast_precision_loss, reason = "a moment in milliseconds fits a JavaScript number")]
    Date::new(&JsValue::from_f64(at.millis() as f64))
}

/// `at` written in `style`.
pub fn written(at: Timestamp, style: Style, locale: Locale) -> String {
    FORMATS.with_borrow_mut(|formats| {
        let known = formats.iter().position(|(of, kind, _)| *of == locale && *kind == style);
        let place = known.unwrap_or_else(|| {
            let locales = js_sys::Array::of1(&JsValue::from_str(tag(locale)));
            formats.push((locale, style, Intl::DateTimeFormat::new(&locales, &object(style.members()))));
            formats.len() - 1
        });
        let text = formats[place].2.format().call1(&JsValue::UNDEFINED, &date(at));
        text.ok().and_then(|text| text.as_string()).unwrap_or_default()
    })
}

/// The day of `at` in the person's time zone.
pub fn day(at: Timestamp) -> Day {
    let date = date(at);
    Day { year: date.get_full_year(), month: date.get_month() + 1, day: date.get_date() }
}

/// Noon of `day` in the person's time zone: a moment that lies on that day whatever the clocks do.
pub fn noon(day: Day) -> Timestamp {
    let month = i32::try_from(day.month).unwrap_or(1) - 1;
    let date = Date::new_with_year_month_day_hr(day.year, month, i32::try_from(day.day).unwrap_or(1), 12);
    // A date of the present has milliseconds far below 2^53.
    #[expect(clippy::cast_possible_truncation, reason = "a moment in milliseconds fits 64 bits")]
    Timestamp::from_millis(date.get_time() as i64)
}
