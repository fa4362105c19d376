//! The limits and rates of a wallet: one dated table in a file, each value with its source; nothing of it stands in the code around.
//!
//! The built-in table (`crates/server/limits.toml`, printed by `qianbao limits`) holds unless `--limits FILE` names another of the same
//! form. It is read and checked once, at the start: a server with a table that cannot hold does not start.

use std::path::{Path, PathBuf};

use jiff::civil::Date;
use qianbao_core::amount::AMOUNT_MAX_MINOR;
use qianbao_core::money::{BasisPoints, ParseMoneyError};
use qianbao_core::{Currency, Money, Timestamp};
use serde::Deserialize;

use crate::realm::ZONE;

/// The built-in table, as text.
pub const BUILT_IN: &str = include_str!("../limits.toml");

/// The currency of the amounts.
const CURRENCY: Currency = Currency::CNY;

/// Limits and rates. Amounts are minor units of the wallet's currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Since when they hold.
    pub since: Date,
    /// Largest payment, order and static-code payment.
    pub payment_max: i64,
    /// Most that a personal wallet may hold that opens now.
    pub wallet_ceiling: i64,
    /// Largest payment of somebody who came back by a recovery a while ago.
    pub recovered_payment_max: i64,
    /// Most of all their payments of a day.
    pub recovered_day_max: i64,
    /// What a shop that opens now pays of each payment.
    pub shop_fee: BasisPoints,
    /// What people let go without being asked, each time, until they choose themselves.
    pub free_limit: i64,
    /// What they may choose at most.
    pub free_limit_max: i64,
    /// How many payments of a person go without asking in a day.
    pub free_count_max: u32,
    /// Above this only a passkey approves.
    pub passkey_above: i64,
}

/// The table cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum LimitsError {
    /// The file could not be read.
    #[error("expected a readable file with limits at {path}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// Something in it is wrong.
    #[error("the limits in {path} cannot be used")]
    Table {
        /// The file.
        path: PathBuf,
        /// What.
        #[source]
        source: EntryError,
    },
}

/// An entry of the table is not what it should be.
#[derive(Debug, thiserror::Error)]
pub enum EntryError {
    /// No TOML, an entry that is missing, or one that no table has.
    #[error("expected a table as `qianbao limits` prints it")]
    Form(#[from] Box<toml::de::Error>),
    /// The date is none.
    #[error("since: expected a day such as \"2026-11-01\", found {found:?}")]
    Since {
        /// What was found.
        found: String,
    },
    /// The table does not hold yet.
    #[error("since: expected {today} or before, found {since}: start with this table when its day has come")]
    NotYet {
        /// The table's day.
        since: Date,
        /// Today in the ledger's zone.
        today: Date,
    },
    /// A text is no amount.
    #[error("{entry}.amount: expected an amount in {CURRENCY} such as \"50000.00\", found {found:?}")]
    Amount {
        /// Which entry.
        entry: &'static str,
        /// What was found.
        found: String,
        /// Why.
        #[source]
        source: ParseMoneyError,
    },
    /// An amount is out of range.
    #[error("{entry}.amount: expected {least} to {most}, found {found}")]
    Range {
        /// Which entry.
        entry: &'static str,
        /// Smallest.
        least: Money,
        /// Largest.
        most: Money,
        /// What was found.
        found: Money,
    },
    /// A rate is above the whole.
    #[error("{entry}.basis_points: expected 0 to {}, found {found}; one basis point is 0.01 %", BasisPoints::WHOLE)]
    Rate {
        /// Which entry.
        entry: &'static str,
        /// What was found.
        found: u16,
    },
    /// Nobody could tell where the value comes from.
    #[error("{entry}.source: expected where the value comes from, found nothing")]
    Source {
        /// Which entry.
        entry: &'static str,
    },
}

impl Limits {
    /// The built-in table. It always holds: a machine whose clock is behind still has limits.
    pub fn built_in() -> Self {
        parse(BUILT_IN).expect("a test reads the built-in table, which is part of the program")
    }

    /// The table in `file`, or the built-in one.
    ///
    /// # Errors
    /// When the file cannot be read, or its table is wrong or does not hold yet at `now`.
    pub fn open(file: Option<&Path>, now: Timestamp) -> Result<Self, LimitsError> {
        let Some(path) = file else { return Ok(Self::built_in()) };
        let table = |source| LimitsError::Table { path: path.to_path_buf(), source };
        let text = std::fs::read_to_string(path)
            .map_err(|source| LimitsError::Unreadable { path: path.to_path_buf(), source })?;
        let limits = parse(&text).map_err(table)?;
        let (since, today) = (limits.since, today(now));
        if since > today { Err(table(EntryError::NotYet { since, today })) } else { Ok(limits) }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    since: String,
    payment_max: AmountEntry,
    wallet_ceiling: AmountEntry,
    recovered_payment_max: AmountEntry,
    recovered_day_max: AmountEntry,
    shop_fee: RateEntry,
    free_limit: AmountEntry,
    free_limit_max: AmountEntry,
    free_count_max: CountEntry,
    passkey_above: AmountEntry,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CountEntry {
    count: u32,
    source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AmountEntry {
    amount: String,
    source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RateEntry {
    basis_points: u16,
    source: String,
}

fn parse(text: &str) -> Result<Limits, EntryError> {
    let table: Table = toml::from_str(text).map_err(Box::new)?;
    let since: Date = table.since.parse().map_err(|_| EntryError::Since { found: table.since.clone() })?;
    let payment_max = amount("payment_max", &table.payment_max, 1)?;
    // A payment comes out of one wallet: a larger one could never be made.
    let wallet_ceiling = amount("wallet_ceiling", &table.wallet_ceiling, payment_max)?;
    let recovered_payment_max = amount("recovered_payment_max", &table.recovered_payment_max, 1)?;
    let free_limit_max = amount("free_limit_max", &table.free_limit_max, 0)?;
    Ok(Limits {
        since,
        payment_max,
        wallet_ceiling,
        recovered_payment_max,
        // A day holds at least one payment of the largest kind.
        recovered_day_max: amount("recovered_day_max", &table.recovered_day_max, recovered_payment_max)?,
        shop_fee: rate("shop_fee", &table.shop_fee)?,
        free_limit: amount_up_to("free_limit", &table.free_limit, 0, free_limit_max)?,
        free_limit_max,
        free_count_max: count("free_count_max", &table.free_count_max)?,
        passkey_above: amount("passkey_above", &table.passkey_above, 0)?,
    })
}

fn amount(entry: &'static str, written: &AmountEntry, least: i64) -> Result<i64, EntryError> {
    amount_up_to(entry, written, least, AMOUNT_MAX_MINOR)
}

fn amount_up_to(entry: &'static str, written: &AmountEntry, least: i64, most: i64) -> Result<i64, EntryError> {
    sourced(entry, &written.source)?;
    let unread = |source| EntryError::Amount { entry, found: written.amount.clone(), source };
    let found = Money::parse(&written.amount, CURRENCY).map_err(unread)?;
    if (least..=most).contains(&found.minor) {
        return Ok(found.minor);
    }
    let (least, most) = (Money::new(least, CURRENCY), Money::new(most, CURRENCY));
    Err(EntryError::Range { entry, least, most, found })
}

fn count(entry: &'static str, written: &CountEntry) -> Result<u32, EntryError> {
    sourced(entry, &written.source)?;
    Ok(written.count)
}

fn rate(entry: &'static str, written: &RateEntry) -> Result<BasisPoints, EntryError> {
    sourced(entry, &written.source)?;
    BasisPoints::new(written.basis_points).map_err(|_| EntryError::Rate { entry, found: written.basis_points })
}

fn sourced(entry: &'static str, source: &str) -> Result<(), EntryError> {
    if source.trim().is_empty() { Err(EntryError::Source { entry }) } else { Ok(()) }
}

/// The day at `now` in the ledger's zone. A zone that this machine does not know is met when the ledger is opened; UTC serves until then.
fn today(now: Timestamp) -> Date {
    let zone = jiff::tz::TimeZone::get(ZONE).unwrap_or(jiff::tz::TimeZone::UTC);
    jiff::Timestamp::from_microsecond(now.0).unwrap_or_default().to_zoned(zone).date()
}

#[cfg(test)]
mod tests {
    use std::error::Error;

    use super::*;

    #[test]
    fn the_built_in_table_holds() {
        let limits = Limits::built_in();
        assert_eq!((limits.payment_max, limits.wallet_ceiling), (5_000_000, 50_000_000));
        assert_eq!((limits.recovered_payment_max, limits.recovered_day_max), (50_000, 100_000));
        assert_eq!((limits.free_limit, limits.free_limit_max, limits.free_count_max), (20_000, 100_000, 10));
        assert_eq!(limits.passkey_above, 500_000);
        assert_eq!((limits.shop_fee.get(), limits.since), (60, Date::constant(2026, 11, 1)));
    }

    #[test]
    fn each_wrong_entry_is_named_with_what_was_expected_and_found() {
        for (right, wrong, said) in [
            (
                "\"2026-11-01\"",
                "\"first of May\"",
                "since: expected a day such as \"2026-11-01\", found \"first of May\"",
            ),
            (
                "\"50000.00\"",
                "\"much\"",
                "payment_max.amount: expected an amount in CNY such as \"50000.00\", found \"much\"",
            ),
            ("\"50000.00\"", "\"0\"", "payment_max.amount: expected CNY 0.01 to CNY 100000000.00, found CNY 0.00"),
            ("\"50000.00\"", "\"-1\"", "payment_max.amount: expected CNY 0.01"),
            ("\"50000.00\"", "\"50000.001\"", "expected at most 2 decimals in CNY, found 3"),
            ("\"500000.00\"", "\"49999.99\"", "wallet_ceiling.amount: expected CNY 50000.00 to"),
            ("\"500000.00\"", "\"100000000.01\"", "wallet_ceiling.amount: expected CNY 50000.00 to CNY 100000000.00"),
            ("\"1000.00\"", "\"499.99\"", "recovered_day_max.amount: expected CNY 500.00 to"),
            ("\"200.00\"", "\"1000.01\"", "free_limit.amount: expected CNY 0.00 to CNY 1000.00, found CNY 1000.01"),
            ("count = 10", "count = -1", "count = -1"),
            ("basis_points = 60", "basis_points = 10001", "shop_fee.basis_points: expected 0 to 10000, found 10001"),
            ("basis_points = 60", "basis_points = -1", "basis_points = -1"),
            ("basis_points = 60", "basis_pionts = 60", "basis_pionts"),
            ("[shop_fee]", "[shop_free]", "shop_free"),
            ("since = \"2026-11-01\"", "", "missing field `since`"),
            ("source = \"The operator's own price list: 0.6 %\"", "source = \" \"", "shop_fee.source: expected where"),
            ("source = \"The operator's own price list: 0.6 %\"", "", "missing field `source`"),
        ] {
            assert!(BUILT_IN.contains(right), "{right}");
            let error = parse(&BUILT_IN.replace(right, wrong)).expect_err(wrong);
            let text = error.source().map_or_else(|| error.to_string(), |cause| format!("{error}: {cause}"));
            assert!(text.contains(said), "{wrong}: {text}");
        }
    }

    #[test]
    fn a_table_begins_with_its_day_in_the_ledgers_zone() {
        let late = Timestamp(1_793_491_200_000_000 - 8 * 3_600 * 1_000_000);
        assert_eq!(today(late), Date::constant(2026, 11, 1));
        assert_eq!(today(Timestamp(late.0 - 1)), Date::constant(2026, 10, 31));
    }

    #[test]
    fn a_file_takes_the_place_of_the_built_in_table() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let file = folder.path().join("limits.toml");
        let now = Timestamp(1_795_000_000_000_000);
        assert!(matches!(Limits::open(Some(&file), now), Err(LimitsError::Unreadable { .. })));
        std::fs::write(&file, BUILT_IN.replace("50000.00", "200.00")).expect("the file is written");
        assert_eq!(Limits::open(Some(&file), now).expect("a right table").payment_max, 20_000);
        let early = Limits::open(Some(&file), Timestamp(1_793_400_000_000_000)).expect_err("its day has not come");
        let cause = early.source().map(ToString::to_string).unwrap_or_default();
        assert!(cause.contains("expected 2026-10-31 or before, found 2026-11-01"), "{cause}");
        std::fs::write(&file, "").expect("the file is written");
        let error = Limits::open(Some(&file), now).expect_err("an empty table");
        assert!(error.to_string().contains("limits.toml"), "{error}");
    }
}
