//! Accounts as values: whose they are, how they are named, what may be done with them.

use std::fmt;

use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::Asset;
use super::day::LedgerDay;
use super::label::Label;
use crate::chart::AccountCode;
use crate::id::{Id, Kind as IdKind};

/// Whose account or posting it is: a person, a shop, a payment, a loan, or a named part of the operator.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Owner([u8; 16]);

impl Owner {
    /// The engine itself, which voids what has expired.
    pub const ENGINE: Self = Self([0; 16]);

    /// The thing with this id.
    pub fn of<K: IdKind>(id: Id<K>) -> Self {
        Self(*id.uuid().as_bytes())
    }

    /// A named part of the operator or of the outside, such as `operator` or `bank:sandbox`. Names are at most a few
    /// dozen bytes, chosen in the source text or the configuration, never by a person.
    pub fn named(name: &str) -> Self {
        let hash = Sha256::new().chain_update(b"qianbao/owner/1\n").chain_update(name.as_bytes()).finalize();
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&hash[..16]);
        // Version 8, custom, so that a name can never meet an id of a person or a shop (version 7).
        Self(*uuid::Builder::from_custom_bytes(bytes).as_uuid().as_bytes())
    }

    /// The owner with these bytes, as stored.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The bytes.
    pub const fn bytes(self) -> [u8; 16] {
        self.0
    }
}

impl fmt::Debug for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", Uuid::from_bytes(self.0).simple())
    }
}

/// Which of several like accounts of one owner: the limit and the time that a budget counts for, or nothing.
///
/// Text form: empty, or `LIMIT`, or `LIMIT/WINDOW` such as `barcode_b/2026-11-23`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Period {
    limit: Option<LimitName>,
    window: Window,
}

/// Name of a limit, 1 to 32 bytes.
pub type LimitName = Label<32>;

/// The time that a budget counts for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Window {
    /// For ever.
    #[default]
    Always,
    /// One ledger day.
    Day(LedgerDay),
    /// The calendar month of the ledger day.
    Month(LedgerDay),
    /// The calendar year of the ledger day.
    Year(LedgerDay),
}

impl Period {
    /// An account that there is once per code, owner and asset.
    pub const NONE: Self = Self { limit: None, window: Window::Always };

    /// The account of `limit` in `window`.
    pub const fn of(limit: LimitName, window: Window) -> Self {
        Self { limit: Some(limit), window }
    }

    /// The limit, if there is one.
    pub const fn limit(&self) -> Option<LimitName> {
        self.limit
    }

    /// The time it counts for.
    pub const fn window(&self) -> Window {
        self.window
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(limit) = self.limit else { return Ok(()) };
        f.write_str(limit.as_str())?;
        match self.window {
            Window::Always => Ok(()),
            Window::Day(day) => write!(f, "/{day}"),
            Window::Month(day) => {
                let (year, month, _) = day.civil();
                write!(f, "/{year:04}-{month:02}")
            }
            Window::Year(day) => write!(f, "/{:04}", day.civil().0),
        }
    }
}

/// What an account id is derived from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AccountKey {
    /// Its place in the chart of accounts.
    pub code: AccountCode,
    /// Whose it is.
    pub owner: Owner,
    /// What it counts in.
    pub asset: Asset,
    /// Which of several like accounts.
    pub period: Period,
}

impl AccountKey {
    /// The account that there is once per code, owner and asset.
    pub fn new(code: AccountCode, owner: Owner, asset: impl Into<Asset>) -> Self {
        Self { code, owner, asset: asset.into(), period: Period::NONE }
    }

    /// The account of this key for one limit and window.
    pub const fn during(self, period: Period) -> Self {
        Self { period, ..self }
    }

    /// The id: the first 16 bytes of SHA-256 over the domain word and the parts, each text with its length in front.
    pub fn id(&self) -> AccountId {
        let asset = self.asset.to_string();
        let period = self.period.to_string();
        let mut hash = Sha256::new();
        hash.update(b"qianbao/account/1\n");
        hash.update(self.code.number().to_be_bytes());
        hash.update(self.owner.0);
        for text in [&asset, &period] {
            hash.update(u32::try_from(text.len()).expect("asset and period are short").to_be_bytes());
            hash.update(text.as_bytes());
        }
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&hash.finalize()[..16]);
        AccountId(bytes)
    }
}

/// An account's id, derived from its [`AccountKey`]: the same key names the same account in every process.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccountId([u8; 16]);

impl AccountId {
    /// The id with these bytes, as stored.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The bytes.
    pub const fn bytes(self) -> [u8; 16] {
        self.0
    }
}

impl fmt::Display for AccountId {
    /// 32 hexadecimal digits.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// What may be done with an account. It changes only through postings, so that a freeze and a payment have an order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AccountState {
    /// Anything that its floor and ceiling allow.
    #[default]
    Open,
    /// May be credited, not debited.
    NoDebit,
    /// Neither debited nor credited; what was pending before may still be settled or voided.
    Frozen,
    /// Unused for long: may be credited, not debited, until it is opened again.
    Dormant,
    /// Finally empty: no posting ever touches it again.
    Closed,
}

impl AccountState {
    /// Whether a new leg may debit such an account.
    pub const fn admits_debit(self) -> bool {
        matches!(self, Self::Open)
    }

    /// Whether a new leg may credit such an account.
    pub const fn admits_credit(self) -> bool {
        matches!(self, Self::Open | Self::NoDebit | Self::Dormant)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Currency;

    #[test]
    fn the_id_depends_on_every_part_of_the_key() {
        let owner = Owner::named("one");
        let key = AccountKey::new(AccountCode::PersonalWallet, owner, Currency::CNY);
        let day = LedgerDay::from_epoch_days(20_780);
        let limit = LimitName::literal("barcode_b");
        let others = [
            AccountKey { code: AccountCode::ShopWallet, ..key },
            AccountKey { owner: Owner::named("two"), ..key },
            AccountKey { asset: Asset::Limit(Currency::CNY), ..key },
            key.during(Period::of(limit, Window::Always)),
            key.during(Period::of(limit, Window::Day(day))),
            key.during(Period::of(limit, Window::Month(day))),
        ];
        let mut ids: Vec<_> = others.iter().map(AccountKey::id).collect();
        ids.push(key.id());
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), others.len() + 1);
    }

    #[test]
    fn a_month_is_one_account_whatever_its_day() {
        let limit = LimitName::literal("tier");
        let first = Period::of(limit, Window::Month(LedgerDay::from_epoch_days(20_780)));
        let second = Period::of(limit, Window::Month(LedgerDay::from_epoch_days(20_781)));
        let key = AccountKey::new(AccountCode::BudgetSpent, Owner::named("one"), Asset::Count);
        assert_eq!(key.during(first).id(), key.during(second).id());
        assert_eq!(first.to_string(), "tier/2026-11");
    }

    #[test]
    fn the_derivation_is_fixed() {
        // The id of a stored account must never change: this value was computed once and stays.
        let key = AccountKey::new(AccountCode::BankSettlement, Owner::from_bytes([7; 16]), Currency::CNY);
        let mut text = b"qianbao/account/1\n\x03\xe9".to_vec();
        text.extend([7; 16]);
        text.extend(b"\0\0\0\x03CNY\0\0\0\0");
        let hash = Sha256::digest(&text);
        assert_eq!(key.id().bytes(), hash[..16]);
    }
}
