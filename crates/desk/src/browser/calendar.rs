//! Days and hours as people read them, by the browser's own calendar.

use js_sys::{Array, Date, Intl, Object, Reflect};
use qianbao_core::Timestamp;
use wasm_bindgen::JsValue;

use crate::texts::Locale;

/// How much of a moment is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// `09:12`.
    Time,
    /// `09:12:30`.
    TimeSeconds,
    /// `11月23日 09:12`.
    DayTime,
    /// `2026年11月23日 09:12:30`.
    Full,
}

impl Shape {
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
        }
    }
}

/// Writes `at` in the device's own zone.
pub fn written(locale: Locale, at: Timestamp, shape: Shape) -> String {
    let options = Object::new();
    for (name, value) in shape.options() {
        // Setting a plain field of a fresh object cannot fail.
        let _ = Reflect::set(&options, &JsValue::from_str(name), &JsValue::from_str(value));
    }
    let tag = match locale {
        Locale::zh => "zh-CN",
        Locale::en => "en-GB",
    };
    let format = Intl::DateTimeFormat::new(&Array::of1(&JsValue::from_str(tag)), &options);
    let written = format.format().call1(&JsValue::UNDEFINED, &date(at));
    written.ok().and_then(|text| text.as_string()).unwrap_or_default()
}

/// The beginning of the day of `at`, in the device's own zone.
pub fn day_begin(at: Timestamp) -> Timestamp {
    let day = date(at);
    day.set_hours(0);
    day.set_minutes(0);
    day.set_seconds(0);
    day.set_milliseconds(0);
    #[expect(clippy::cast_possible_truncation, reason = "a date of this century in milliseconds")]
    Timestamp::from_millis(day.get_time() as i64)
}

fn date(at: Timestamp) -> Date {
    #[expect(clippy::cast_precision_loss, reason = "milliseconds stay below 2^53 for 285,000 years")]
    Date::new(&JsValue::from_f64(at.millis() as f64))
}
