//! Days as people count them. Which day a moment falls on depends on the person's time zone and is asked of the browser.

/// A day in the person's time zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day {
    /// Year.
    pub year: u32,
    /// Month, 1–12.
    pub month: u32,
    /// Day of the month, 1–31.
    pub day: u32,
}

impl Day {
    /// How many days its month has.
    pub const fn days_in_month(self) -> u32 {
        match self.month {
            4 | 6 | 9 | 11 => 30,
            2 if self.year.is_multiple_of(4) && (!self.year.is_multiple_of(100) || self.year.is_multiple_of(400)) => 29,
            2 => 28,
            _ => 31,
        }
    }

    /// The day before.
    pub const fn before(self) -> Self {
        if self.day > 1 {
            return Self { day: self.day - 1, ..self };
        }
        let first = self.month_before();
        Self { day: first.days_in_month(), ..first }
    }

    /// The first day of the month before.
    pub const fn month_before(self) -> Self {
        if self.month > 1 {
            Self { year: self.year, month: self.month - 1, day: 1 }
        } else {
            Self { year: self.year.saturating_sub(1), month: 12, day: 1 }
        }
    }

    /// Whether both fall into one month.
    pub const fn is_same_month(self, other: Self) -> bool {
        self.year == other.year && self.month == other.month
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn day(year: u32, month: u32, day: u32) -> Day {
        Day { year, month, day }
    }

    #[test]
    fn months_have_their_days() {
        assert_eq!(day(2024, 2, 1).days_in_month(), 29);
        assert_eq!(day(2100, 2, 1).days_in_month(), 28);
        assert_eq!(day(2000, 2, 1).days_in_month(), 29);
        assert_eq!(day(2026, 11, 23).days_in_month(), 30);
        assert_eq!(day(2026, 12, 1).days_in_month(), 31);
    }

    #[test]
    fn the_day_before_crosses_months_and_years() {
        assert_eq!(day(2026, 1, 1).before(), day(2025, 12, 31));
        assert_eq!(day(2026, 3, 1).before(), day(2026, 2, 28));
        assert_eq!(day(2026, 3, 5).before(), day(2026, 3, 4));
    }
}
