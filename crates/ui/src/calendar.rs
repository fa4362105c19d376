//! Moments as people write them, by the browser's own calendar (`Intl`) and in the device's own zone.

use std::cell::RefCell;

use js_sys::{Array, Date, Intl, Object, Reflect};
use qianbao_core::Timestamp;
use wasm_bindgen::JsValue;

/// How a moment is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// `09:12`.
    Time,
    /// `09:12:30`.
    TimeSeconds,
    /// `11月23日 09:12`.
    DayTime,
    /// `2026年11月23日 09:12:30`.
    Full,
    /// `2025年11月`.
    MonthYear,
    /// `十一月` or `November`.
    Month,
    /// `11月23日`.
    Day,
}

impl Style {
    const fn options(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Time => &[("hour", "2-digit"), ("minute", "2-digit"), ("hourCycle", "h23")],
            Self::TimeSeconds => {
                &[("hour", "2-digit"), ("minute", "2-digit"), ("second", "2-digit"), ("hourCycle", "h23")]
            }
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
            Self::MonthYear => &[("year", "numeric"), ("month", "long")],
            Self::Month => &[("month", "long")],
            Self::Day => &[("month", "short"), ("day", "numeric")],
        }
    }
}

thread_local! {
    /// Making a formatter costs far more than using one. There are as many as languages and styles.
    static FORMATS: RefCell<Vec<(&'static str, Style, Intl::DateTimeFormat)>> = const { RefCell::new(Vec::new()) };
}

/// `at` written in `style` and in the language `tag` (BCP 47).
pub fn written(at: Timestamp, style: Style, tag: &'static str) -> String {
    FORMATS.with_borrow_mut(|formats| {
        let known = formats.iter().position(|(of, kind, _)| *of == tag && *kind == style);
        let place = known.unwrap_or_else(|| {
            let options = Object::new();
            for (name, value) in style.options() {
                // Setting a plain member of a fresh object cannot fail.
                let _ = Reflect::set(&options, &JsValue::from_str(name), &JsValue::from_str(value));
            }
            let format = Intl::DateTimeFormat::new(&Array::of1(&JsValue::from_str(tag)), &options);
            formats.push((tag, style, format));
            formats.len() - 1
        });
        let text = formats[place].2.format().call1(&JsValue::UNDEFINED, &date(at));
        text.ok().and_then(|text| text.as_string()).unwrap_or_default()
    })
}

/// Year, month (1–12) and day of the month (1–31) of `at`.
pub fn day(at: Timestamp) -> (u32, u32, u32) {
    let date = date(at);
    (date.get_full_year(), date.get_month() + 1, date.get_date())
}

/// The beginning of the day of `at`.
pub fn day_begin(at: Timestamp) -> Timestamp {
    let day = date(at);
    day.set_hours(0);
    day.set_minutes(0);
    day.set_seconds(0);
    day.set_milliseconds(0);
    moment(&day)
}

/// Noon of a day: a moment that lies on that day whatever the clocks do. Months count from 1.
pub fn noon(year: u32, month: u32, day: u32) -> Timestamp {
    let month = i32::try_from(month).unwrap_or(1) - 1;
    moment(&Date::new_with_year_month_day_hr(year, month, i32::try_from(day).unwrap_or(1), 12))
}

fn date(at: Timestamp) -> Date {
    #[expect(clippy::cast_precision_loss, reason = "milliseconds stay below 2^53 for 285,000 years")]
    Date::new(&JsValue::from_f64(at.millis() as f64))
}

fn moment(date: &Date) -> Timestamp {
    #[expect(clippy::cast_possible_truncation, reason = "a date of this century in milliseconds")]
    Timestamp::from_millis(date.get_time() as i64)
}
