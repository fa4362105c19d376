//! Ledger days: dates in the ledger's zone, counted without a calendar library.

use std::fmt;

/// A date of the proleptic Gregorian calendar, kept as days since 1970-01-01. Which moments belong to it depends on
/// the zone fixed when the ledger was created; the ledger tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LedgerDay(i32);

impl LedgerDay {
    /// The day this many days after 1970-01-01 (before it when negative).
    pub const fn from_epoch_days(days: i32) -> Self {
        Self(days)
    }

    /// Days since 1970-01-01.
    pub const fn epoch_days(self) -> i32 {
        self.0
    }

    /// Year, month (1–12) and day of the month (1–31), by Howard Hinnant's `civil_from_days`.
    pub fn civil(self) -> (i32, u8, u8) {
        let days = i64::from(self.0) + 719_468;
        let era = days.div_euclid(146_097);
        let day_of_era = days.rem_euclid(146_097);
        let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted_month = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
        let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
        let year = year_of_era + era * 400 + i64::from(month <= 2);
        let narrow = |value: i64| u8::try_from(value).expect("months and days of a month are below 32");
        (i32::try_from(year).expect("i32 days span less than i32 years"), narrow(month), narrow(day))
    }
}

impl fmt::Display for LedgerDay {
    /// `2026-11-23`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.civil();
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_days() {
        for (days, text) in [
            (0, "1970-01-01"),
            (-1, "1969-12-31"),
            (59, "1970-03-01"),
            (11_016, "2000-02-29"),
            (20_780, "2026-11-23"),
            (47_540, "2100-02-28"),
            (47_541, "2100-03-01"),
        ] {
            assert_eq!(LedgerDay::from_epoch_days(days).to_string(), text);
        }
    }

    #[test]
    fn each_day_follows_the_one_before() {
        let (mut year, mut month, mut day) = LedgerDay::from_epoch_days(-1_000).civil();
        for days in -999..60_000 {
            let next = LedgerDay::from_epoch_days(days).civil();
            let in_month = next == (year, month, day + 1);
            let in_year = day >= 28 && next == (year, month + 1, 1);
            let new_year = (month, day) == (12, 31) && next == (year + 1, 1, 1);
            assert!(in_month || in_year || new_year, "{next:?} after {year}-{month}-{day}");
            (year, month, day) = next;
        }
    }
}
