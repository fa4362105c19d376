//! Days and hours as people read them.

use qianbao_core::Timestamp;
pub use qianbao_ui::calendar::{Style, day_begin};

use crate::texts::Locale;

/// `at` written in `style`. English shops write the day before the month.
pub fn written(at: Timestamp, style: Style, locale: Locale) -> String {
    let tag = match locale {
        Locale::zh => "zh-CN",
        Locale::en => "en-GB",
    };
    qianbao_ui::calendar::written(at, style, tag)
}
