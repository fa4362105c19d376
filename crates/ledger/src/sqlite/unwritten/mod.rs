//! What the log holds and the other tables do not have yet: balances, ids, marks.
//!
//! A record says what it is called and what it left on each account, so none of that need be written with every batch: the writer writes
//! all that waits in one go, at every [`RECORDS_MAX`]th posting, at [`ACCOUNTS_MAX`] accounts, or once nothing comes. A batch then writes
//! the end of the log instead of a page for nearly every account it touches. Until then it stands here, each thing with the
//! sequence from which it holds, and a reader takes what its own snapshot has.
//!
//! Nothing here is needed for what is true: after a crash it is read from the log again ([`catch_up`]), and so does a reader in
//! another process. New accounts with their marks, states, floors, ceilings, refusals, claims and what is pending are written at once.
//!
//! Two generations are kept, what came since the last writing and what had come before it, so that a reader whose snapshot began
//! before a writing still finds its own. One that is older than both is told so and begins again.

mod tables;

use std::collections::BTreeMap;
use std::hash::BuildHasherDefault;
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use qianbao_core::posting::AccountId;

pub(super) use tables::{INSERT_NAME, Numbered, catch_up, store, store_mark};

use crate::account::{Account, Sums};
use crate::account_map::AccountMap;
use crate::apply::Mark;

/// Most postings between two writings, but for those of one batch more. What is written in one go stops the commit that comes upon it: some
/// two milliseconds.
pub(super) const RECORDS_MAX: u64 = 2_048;
/// Most accounts whose balances wait to be written, but for those of one batch more.
const ACCOUNTS_MAX: usize = 2_048;

/// The key of an id, as `posting_name` has it.
pub(super) type Name = [u8; 32];

/// What a posting changes of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Balance {
    pub(super) sums: Sums,
    pub(super) last_sequence: u64,
    pub(super) postings: u64,
}

impl Balance {
    pub(super) const fn of(account: &Account) -> Self {
        Self { sums: account.sums, last_sequence: account.last_sequence, postings: account.postings }
    }

    /// The account with this balance, where this one is the later.
    const fn on(self, account: Account) -> Account {
        if self.last_sequence <= account.last_sequence {
            return account;
        }
        Account { sums: self.sums, last_sequence: self.last_sequence, postings: self.postings, ..account }
    }
}

/// What one batch, or one record of the log, leaves to be written.
#[derive(Default)]
pub(super) struct Left {
    pub(super) balances: Vec<(AccountId, Balance)>,
    pub(super) names: Vec<(Name, u64)>,
    pub(super) marks: Vec<Mark>,
}

/// What is not written yet.
#[derive(Default)]
pub(super) struct Unwritten {
    generations: RwLock<Generations>,
}

#[derive(Default)]
struct Generations {
    young: Generation,
    old: Generation,
}

/// What came after one writing and until the next.
#[derive(Default)]
struct Generation {
    /// The sequence up to which the tables had everything when it began.
    since: u64,
    /// The sequence up to which everything is here.
    until: u64,
    moved: Vec<Moved>,
    /// Where in `moved` each account's newest balance stands.
    newest: AccountMap<usize>,
    names: BTreeMap<Name, u64>,
    marks: Vec<Mark>,
}

/// An account as a batch left it.
struct Moved {
    /// The last sequence of the batch.
    until: u64,
    balance: Balance,
    /// Where the account's balance before it stands.
    earlier: Option<usize>,
}

impl Generation {
    const fn since(since: u64) -> Self {
        Self {
            since,
            until: since,
            moved: Vec::new(),
            newest: AccountMap::with_hasher(BuildHasherDefault::new()),
            names: BTreeMap::new(),
            marks: Vec::new(),
        }
    }

    fn note(&mut self, until: u64, left: Left) {
        for (id, balance) in left.balances {
            let earlier = self.newest.insert(id, self.moved.len());
            self.moved.push(Moved { until, balance, earlier });
        }
        self.names.extend(left.names);
        self.marks.extend(left.marks);
        self.until = until;
    }

    /// The account's balance after the last batch that ended at or before `sequence`.
    fn balance(&self, id: AccountId, sequence: u64) -> Option<Balance> {
        let mut place = self.newest.get(&id).copied();
        while let Some(moved) = place.and_then(|place| self.moved.get(place)) {
            if moved.until <= sequence {
                return Some(moved.balance);
            }
            place = moved.earlier;
        }
        None
    }
}

impl Generations {
    fn both(&self) -> [&Generation; 2] {
        [&self.young, &self.old]
    }

    fn account(&self, row: Account, sequence: u64) -> Account {
        let found = self.both().into_iter().find_map(|generation| generation.balance(row.id, sequence));
        found.map_or(row, |balance| balance.on(row))
    }

    fn name(&self, name: &Name, sequence: u64) -> Option<u64> {
        let found = self.both().into_iter().find_map(|generation| generation.names.get(name).copied());
        found.filter(|&number| number <= sequence)
    }
}

/// The snapshot is older than what is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Overtaken;

impl Unwritten {
    fn read(&self) -> RwLockReadGuard<'_, Generations> {
        self.generations.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Generations> {
        self.generations.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// For a reader whose snapshot ends at `sequence`.
    fn read_at(&self, sequence: u64) -> Result<RwLockReadGuard<'_, Generations>, Overtaken> {
        let generations = self.read();
        if sequence < generations.old.since { Err(Overtaken) } else { Ok(generations) }
    }

    /// Begins anew: the tables have everything up to `sequence`.
    fn begin(&self, sequence: u64) {
        let (young, old) = (Generation::since(sequence), Generation::since(sequence));
        *self.write() = Generations { young, old };
    }

    /// Notes what a batch that ends at `until` leaves. Before its commit: a reader who sees the batch must find it.
    pub(super) fn note(&self, until: u64, left: Left) {
        self.write().young.note(until, left);
    }

    /// Says that the tables have everything up to `sequence` now.
    pub(super) fn written(&self, sequence: u64) {
        let mut generations = self.write();
        generations.old = std::mem::replace(&mut generations.young, Generation::since(sequence));
    }

    /// Whether it is time to write: there is too much, or `records_max` postings came.
    pub(super) fn is_due(&self, records_max: u64) -> bool {
        let young = &self.read().young;
        young.newest.len() >= ACCOUNTS_MAX || young.until.saturating_sub(young.since) >= records_max
    }

    /// What is to be written; None when there is nothing.
    pub(super) fn waiting(&self) -> Option<Left> {
        let young = &self.read().young;
        if young.until == young.since {
            return None;
        }
        let newest = |(id, place): (&AccountId, &usize)| Some((*id, young.moved.get(*place)?.balance));
        Some(Left {
            balances: young.newest.iter().filter_map(newest).collect(),
            names: young.names.iter().map(|(name, number)| (*name, *number)).collect(),
            marks: young.marks.clone(),
        })
    }

    /// The account of a row, as it is after the newest batch.
    pub(super) fn newest(&self, row: Account) -> Account {
        self.read().account(row, u64::MAX)
    }

    /// The sequence that an id leads to, if it waits here.
    pub(super) fn newest_name(&self, name: &Name) -> Option<u64> {
        self.read().name(name, u64::MAX)
    }

    /// The account of a row that was read in a snapshot whose last posting is `sequence`.
    pub(super) fn account_at(&self, row: Account, sequence: u64) -> Result<Account, Overtaken> {
        Ok(self.read_at(sequence)?.account(row, sequence))
    }

    /// The sequence that an id leads to in such a snapshot, if it waits here.
    pub(super) fn name_at(&self, name: &Name, sequence: u64) -> Result<Option<u64>, Overtaken> {
        Ok(self.read_at(sequence)?.name(name, sequence))
    }

    /// The ids from `first` to `last` that wait here, in order, with their sequences.
    pub(super) fn names_at(&self, first: Name, last: Name, sequence: u64) -> Result<Vec<(Name, u64)>, Overtaken> {
        let generations = self.read_at(sequence)?;
        let found = generations.both().into_iter().flat_map(|generation| generation.names.range(first..=last));
        let mut found: Vec<(Name, u64)> =
            found.map(|(name, number)| (*name, *number)).filter(|(_, number)| *number <= sequence).collect();
        found.sort_unstable();
        Ok(found)
    }

    /// The first mark of an account at or after `wanted`, of those that stand at every `interval`th of its postings and wait here.
    pub(super) fn mark_at(
        &self,
        id: AccountId,
        wanted: u64,
        interval: u64,
        sequence: u64,
    ) -> Result<Option<u64>, Overtaken> {
        let generations = self.read_at(sequence)?;
        let marks = generations.both().into_iter().flat_map(|generation| &generation.marks);
        let fitting = marks.filter(|mark| mark.account == id && mark.postings.is_multiple_of(interval));
        Ok(fitting.map(|mark| mark.sequence).filter(|number| (wanted..=sequence).contains(number)).min())
    }
}

#[cfg(test)]
mod tests;
