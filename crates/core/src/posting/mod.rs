//! Postings as values: what the ledger takes, all or nothing.
//!
//! A [`Draft`] is filled in freely; [`Draft::finish`] checks the rules of form and makes a [`Posting`], which is the only
//! thing the ledger takes. Legs are transfers from a debited to a credited account, so an unbalanced posting cannot be
//! written down. What depends on accounts (states, floors, ceilings, guards, taken claims) is decided by the ledger.
//!
//! | part | at most |
//! | --- | --- |
//! | legs | 64 |
//! | claims | 4 |
//! | guards | 8 |
//! | accounts to open | 128 |
//! | account changes | 8 |

mod account;
mod asset;
mod claim;
mod day;
mod error;
mod head;
mod label;

pub use account::{AccountId, AccountKey, AccountState, LimitName, Owner, Period, Window};
pub use asset::{Asset, AssetError, AssetName};
pub use claim::{Claim, ClaimKey, OnVoid};
pub use day::LedgerDay;
pub use error::PostingError;
pub use head::{Head, PostingId, PostingKind, PostingRef};
pub use label::{Label, LabelError};

use crate::Timestamp;

/// A transfer within one asset: `debit` is debited, `credit` is credited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Leg {
    /// The debited account.
    pub debit: AccountId,
    /// The credited account.
    pub credit: AccountId,
    /// The asset, which both accounts must have.
    pub asset: Asset,
    /// How much, in smallest units of the asset; above 0.
    pub amount: i64,
}

/// An account to open if it is not there; skipped when it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ensure {
    /// What the account's id is derived from.
    pub key: AccountKey,
    /// What must stay available, if anything.
    pub floor: Option<i64>,
    /// What the balance, with pending income, may reach, if anything.
    pub ceiling: Option<i64>,
}

impl Ensure {
    /// An account without bounds.
    pub const fn open(key: AccountKey) -> Self {
        Self { key, floor: None, ceiling: None }
    }

    /// The same with a floor.
    pub const fn floor(self, floor: i64) -> Self {
        Self { floor: Some(floor), ..self }
    }

    /// The same with a ceiling.
    pub const fn ceiling(self, ceiling: i64) -> Self {
        Self { ceiling: Some(ceiling), ..self }
    }
}

/// What a guard looks at. A pending sum counts where it makes the measure larger, never where it makes it smaller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// Debits posted + debits pending − credits posted: what was spent of a budget, or minus what is available of a
    /// wallet.
    NetDebits,
    /// Credits posted + credits pending − debits posted.
    NetCredits,
}

/// A condition on one account after the legs: its measure is at most a bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Guard {
    /// The account. One that is not there measures 0.
    pub account: AccountId,
    /// What is looked at.
    pub measure: Measure,
    /// The largest allowed value.
    pub at_most: i64,
}

/// A change of one account, made after the legs of its posting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    /// The account.
    pub account: AccountId,
    /// What becomes of it.
    pub to: ChangeTo,
}

/// What a [`Change`] sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangeTo {
    /// The state. Closing needs zero posted and pending; a closed account stays closed.
    State(AccountState),
    /// The floor. It binds later debits only: what lies below it already stays.
    Floor(Option<i64>),
    /// The ceiling. It binds later credits only: what lies above it already stays.
    Ceiling(Option<i64>),
}

/// How much of a pending posting is settled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Settled {
    /// Every leg in full.
    Whole,
    /// One amount for each pending leg in order, from 0 to the leg's amount; the rest is released.
    Part(Vec<i64>),
}

/// What a posting does with its legs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mode {
    /// The legs move value at once.
    Final,
    /// The legs reserve value until the posting is settled, voided or has expired.
    Pending {
        /// When the engine voids it by itself. What waits for the outside world has none.
        expires_at: Option<Timestamp>,
    },
    /// Settles a pending posting; the legs of this posting move besides.
    Settle {
        /// The pending posting.
        pending: PostingRef,
        /// How much of it.
        settled: Settled,
    },
    /// Releases a pending posting.
    Void {
        /// The pending posting.
        pending: PostingRef,
    },
}

/// A posting that is being written down; nothing is checked yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// Its head.
    pub head: Head,
    /// What it does with its legs.
    pub mode: Mode,
    /// The ledger day that it was built for, if it names accounts of a day: over, it is answered as stale.
    pub day: Option<LedgerDay>,
    /// Accounts to open.
    pub ensures: Vec<Ensure>,
    /// Transfers.
    pub legs: Vec<Leg>,
    /// One-use things.
    pub claims: Vec<Claim>,
    /// Conditions after the legs.
    pub guards: Vec<Guard>,
    /// Account changes after the legs.
    pub changes: Vec<Change>,
}

/// A posting of correct form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Posting(Draft);

impl Posting {
    /// Most legs.
    pub const LEGS_MAX: usize = 64;
    /// Most claims.
    pub const CLAIMS_MAX: usize = 4;
    /// Most guards.
    pub const GUARDS_MAX: usize = 8;
    /// Most accounts to open: two for each leg.
    pub const ENSURES_MAX: usize = 128;
    /// Most account changes.
    pub const CHANGES_MAX: usize = 8;

    /// The parts back, for a posting that differs in something.
    pub fn into_draft(self) -> Draft {
        self.0
    }
}

impl std::ops::Deref for Posting {
    type Target = Draft;

    fn deref(&self) -> &Draft {
        &self.0
    }
}

impl Draft {
    /// A final posting with this head and nothing else yet.
    pub const fn new(head: Head) -> Self {
        Self {
            head,
            mode: Mode::Final,
            day: None,
            ensures: Vec::new(),
            legs: Vec::new(),
            claims: Vec::new(),
            guards: Vec::new(),
            changes: Vec::new(),
        }
    }

    /// Adds a leg.
    pub fn leg(mut self, debit: AccountId, credit: AccountId, asset: impl Into<Asset>, amount: i64) -> Self {
        self.legs.push(Leg { debit, credit, asset: asset.into(), amount });
        self
    }

    /// Adds an account to open.
    pub fn ensure(mut self, ensure: Ensure) -> Self {
        self.ensures.push(ensure);
        self
    }

    /// Adds a claim.
    pub fn claim(mut self, key: ClaimKey, on_void: OnVoid) -> Self {
        self.claims.push(Claim { key, on_void });
        self
    }

    /// Adds a guard.
    pub fn guard(mut self, account: AccountId, measure: Measure, at_most: i64) -> Self {
        self.guards.push(Guard { account, measure, at_most });
        self
    }

    /// Adds an account change.
    pub fn change(mut self, account: AccountId, to: ChangeTo) -> Self {
        self.changes.push(Change { account, to });
        self
    }

    /// The posting, if every rule of form holds.
    pub fn finish(self) -> Result<Posting, PostingError> {
        self.check_sizes()?;
        self.check_parts()?;
        self.check_mode()?;
        Ok(Posting(self))
    }

    fn check_sizes(&self) -> Result<(), PostingError> {
        for (part, found, max) in [
            ("legs", self.legs.len(), Posting::LEGS_MAX),
            ("claims", self.claims.len(), Posting::CLAIMS_MAX),
            ("guards", self.guards.len(), Posting::GUARDS_MAX),
            ("accounts to open", self.ensures.len(), Posting::ENSURES_MAX),
            ("account changes", self.changes.len(), Posting::CHANGES_MAX),
        ] {
            if found > max {
                return Err(PostingError::TooMany { part, max, found });
            }
        }
        for (part, found, max) in [
            ("reference", self.head.reference.len(), Head::REFERENCE_BYTES_MAX),
            ("details", self.head.details.len(), Head::DETAILS_BYTES_MAX),
        ] {
            if found > max {
                return Err(PostingError::TooLong { part, max, found });
            }
        }
        Ok(())
    }

    fn check_parts(&self) -> Result<(), PostingError> {
        for (index, leg) in self.legs.iter().enumerate() {
            if leg.amount <= 0 {
                return Err(PostingError::Amount { leg: index, found: leg.amount });
            }
            if leg.debit == leg.credit {
                return Err(PostingError::SameAccount { leg: index });
            }
        }
        for (index, claim) in self.claims.iter().enumerate() {
            if self.claims[..index].iter().any(|earlier| earlier.key == claim.key) {
                return Err(PostingError::SameClaim { claim: index });
            }
        }
        for ensure in &self.ensures {
            if let (Some(floor), Some(ceiling)) = (ensure.floor, ensure.ceiling)
                && floor > ceiling
            {
                return Err(PostingError::Bounds { floor, ceiling });
            }
        }
        Ok(())
    }

    fn check_mode(&self) -> Result<(), PostingError> {
        let mode = match &self.mode {
            Mode::Final => "final",
            Mode::Pending { .. } => "pending",
            Mode::Settle { settled, .. } => {
                if let Settled::Part(amounts) = settled {
                    check_amounts(amounts)?;
                }
                "a settlement"
            }
            Mode::Void { .. } => "a void",
        };
        let is_void = matches!(self.mode, Mode::Void { .. });
        if is_void && !self.legs.is_empty() {
            return Err(PostingError::NotInMode { part: "legs", mode });
        }
        if !matches!(self.mode, Mode::Final) && !self.changes.is_empty() {
            return Err(PostingError::NotInMode { part: "account changes", mode });
        }
        let stands_alone = matches!(self.mode, Mode::Final | Mode::Pending { .. });
        let is_empty =
            self.legs.is_empty() && self.claims.is_empty() && self.ensures.is_empty() && self.changes.is_empty();
        if stands_alone && is_empty { Err(PostingError::Empty) } else { Ok(()) }
    }
}

fn check_amounts(amounts: &[i64]) -> Result<(), PostingError> {
    if amounts.len() > Posting::LEGS_MAX {
        return Err(PostingError::TooMany { part: "settled amounts", max: Posting::LEGS_MAX, found: amounts.len() });
    }
    match amounts.iter().position(|&amount| amount < 0) {
        Some(leg) => Err(PostingError::SettledAmount { leg, found: amounts[leg] }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests;
