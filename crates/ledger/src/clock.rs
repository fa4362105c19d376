//! Ledger time: the clock that the door hands in, the zone fixed at creation, and ledger days.

use std::fmt;
use std::sync::Arc;

use jiff::tz::TimeZone;
use qianbao_core::Timestamp;
use qianbao_core::posting::LedgerDay;

/// Answers the present moment. The program's door hands it in; the ledger never reads a clock of its own.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// The zone in which ledger days begin, fixed when the ledger is created.
#[derive(Clone, PartialEq, Eq)]
pub struct Zone(TimeZone);

/// The name is not a time zone.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected an IANA time zone such as Asia/Shanghai, found {found:?}: {message}")]
pub struct ZoneError {
    /// The name.
    pub found: String,
    /// What is wrong with it.
    pub message: String,
}

impl Zone {
    /// The zone with this IANA name.
    pub fn new(name: &str) -> Result<Self, ZoneError> {
        TimeZone::get(name)
            .map(Self)
            .map_err(|error| ZoneError { found: name.chars().take(64).collect(), message: error.to_string() })
    }

    /// The IANA name.
    pub fn name(&self) -> &str {
        self.0.iana_name().unwrap_or("UTC")
    }

    /// The ledger day of a moment.
    pub fn day(&self, time: Timestamp) -> LedgerDay {
        let days = self.local_seconds(time).div_euclid(86_400);
        LedgerDay::from_epoch_days(i32::try_from(days).expect("jiff's moments span less than i32 days"))
    }

    /// The hour of the ledger day, 0–23, by the wall clock of the zone.
    pub fn hour(&self, time: Timestamp) -> u8 {
        let hour = self.local_seconds(time).rem_euclid(86_400) / 3_600;
        u8::try_from(hour).expect("a day of 86,400 seconds has 24 hours")
    }

    /// Seconds since 1970-01-01T00:00 by the wall clock of the zone.
    fn local_seconds(&self, time: Timestamp) -> i64 {
        let moment = jiff::Timestamp::from_microsecond(time.0).unwrap_or(if time.0 < 0 {
            jiff::Timestamp::MIN
        } else {
            jiff::Timestamp::MAX
        });
        moment.as_second() + i64::from(self.0.to_offset(moment).seconds())
    }
}

impl Default for Zone {
    fn default() -> Self {
        Self(TimeZone::UTC)
    }
}

impl fmt::Debug for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_begins_at_local_midnight() {
        let shanghai = Zone::new("Asia/Shanghai").expect("bundled");
        // 2026-11-22T16:00:00Z is midnight of the 23rd in Shanghai.
        let midnight = Timestamp(1_795_363_200_000_000);
        assert_eq!(shanghai.day(midnight).to_string(), "2026-11-23");
        assert_eq!(shanghai.day(Timestamp(midnight.0 - 1)).to_string(), "2026-11-22");
        assert_eq!(Zone::default().day(midnight).to_string(), "2026-11-22");
        assert_eq!((shanghai.hour(midnight), shanghai.hour(Timestamp(midnight.0 - 1))), (0, 23));
        assert_eq!(Zone::default().hour(midnight), 16);
        assert!(Zone::new("Asia/Nowhere").is_err());
    }
}
