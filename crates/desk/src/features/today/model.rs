//! The day as bars.

use qianbao_core::Money;
use qianbao_ui::{AmountParts, Bar};

/// Hours that have a label below their bar.
const LABELLED: [usize; 4] = [0, 6, 12, 18];

/// One bar for each hour. `name` writes an hour for the table behind the chart.
pub fn bars(by_hour: &[Money], name: impl Fn(usize) -> String) -> Vec<Bar> {
    by_hour
        .iter()
        .enumerate()
        .map(|(hour, taken)| Bar {
            name: name(hour),
            short: if LABELLED.contains(&hour) { hour.to_string() } else { String::new() },
            value: taken.minor,
            text: AmountParts::of(*taken).text(),
            past: true,
        })
        .collect()
}

/// Whether anything was taken.
pub fn is_quiet(by_hour: &[Money]) -> bool {
    by_hour.iter().all(|taken| taken.minor == 0)
}

#[cfg(test)]
mod tests {
    use qianbao_core::Currency;

    use super::*;

    #[test]
    fn each_hour_has_a_bar_and_a_row_in_the_table() {
        let mut by_hour = vec![Money::new(0, Currency::CNY); 24];
        assert!(is_quiet(&by_hour));
        by_hour[9].minor = 128_450;
        assert!(!is_quiet(&by_hour));
        let bars = bars(&by_hour, |hour| hour.to_string() + ":00");
        assert_eq!(bars.len(), 24);
        assert_eq!((bars[9].name.as_str(), bars[9].text.as_str(), bars[9].value), ("9:00", "¥1,284.50", 128_450));
        assert_eq!(bars.iter().filter(|bar| !bar.short.is_empty()).count(), LABELLED.len());
    }
}
