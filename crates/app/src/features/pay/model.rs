//! What the sheet says of the time that is left, and of a text that cannot be paid.

use qianbao_client::Stop;
use qianbao_core::Timestamp;

/// Longest piece of foreign text that is shown, in characters.
const SHOWN_MAX: usize = 200;

/// What the text itself says, where it is another one's: nobody has checked it, so it is shown and never opened.
pub fn foreign_text(stop: &Stop) -> String {
    let text = match stop {
        Stop::Foreign(code) => &code.name,
        Stop::OtherWallet(link) => link.origin.as_str(),
        Stop::Text(text) => text,
        _ => "",
    };
    text.chars().take(SHOWN_MAX).collect()
}

/// Whole seconds until `end`, as `m:ss`; nothing when it is over or further away than an hour.
pub fn countdown(end: Timestamp, now: Timestamp) -> Option<String> {
    let left = (end.0 - now.0).div_euclid(1_000_000);
    if !(0..=3_600).contains(&left) {
        return None;
    }
    let seconds = left % 60;
    let pad = if seconds < 10 { "0" } else { "" };
    Some([&(left / 60).to_string(), ":", pad, &seconds.to_string()].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_text_is_shown_in_part_only() {
        assert_eq!(foreign_text(&Stop::Text("茶".repeat(9_000))).chars().count(), SHOWN_MAX);
        assert_eq!(foreign_text(&Stop::Text("hello".to_owned())), "hello");
        assert_eq!(foreign_text(&Stop::Forged), "", "what is forged says nothing");
    }

    #[test]
    fn the_time_left_is_said_in_minutes_and_seconds() {
        let left = |seconds: i64| countdown(Timestamp(seconds * 1_000_000), Timestamp(0));
        assert_eq!(left(65).as_deref(), Some("1:05"));
        assert_eq!(left(0).as_deref(), Some("0:00"));
        assert_eq!(left(-1), None);
        assert_eq!(left(4_000), None);
    }
}
