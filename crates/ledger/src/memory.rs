//! The model: everything in ordinary maps, nothing on disk. Other backends are compared with it; tests build on it.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use qianbao_core::Timestamp;
use qianbao_core::posting::{AccountId, ClaimKey, Owner, PostingId, PostingRef};

use crate::account::Account;
use crate::apply::{Decision, Holder, Known, PAGE_INTERVAL, Pending, Target};
use crate::clock::{Clock, Zone};
use crate::handle::{Epoch, Ledger};
use crate::history::{Cursor, Entry, Page, entries_of};
use crate::outcome::Outcome;
use crate::record::{Answer, Record, Refused};
use crate::storage::{Reader, StorageError, Tip, Writer};

/// A ledger in memory. Clones share it.
#[derive(Clone, Default)]
pub struct Memory(Arc<RwLock<Tables>>);

#[derive(Default)]
struct Tables {
    tip: Tip,
    records: Vec<Record>,
    sequences: HashMap<PostingRef, u64>,
    refused: HashMap<PostingRef, Refused>,
    accounts: BTreeMap<AccountId, Account>,
    holders: BTreeMap<ClaimKey, Holder>,
    pendings: HashMap<PostingRef, Pending>,
    expiries: BTreeSet<(Timestamp, u64)>,
}

impl Memory {
    /// An empty ledger.
    pub fn new() -> Self {
        Self::default()
    }

    /// A handle on it, with its writer thread.
    pub fn start(self, clock: Clock, zone: Zone, epoch: Epoch) -> Result<Ledger, StorageError> {
        Ledger::start(self.clone(), Arc::new(self), clock, zone, epoch)
    }

    fn read(&self) -> RwLockReadGuard<'_, Tables> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Tables> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Tables {
    fn record(&self, sequence: u64) -> Option<&Record> {
        self.records.get(usize::try_from(sequence.checked_sub(1)?).ok()?)
    }

    fn answer(&self, name: PostingRef) -> Option<Answer> {
        if let Some(refused) = self.refused.get(&name) {
            return Some(Answer::Refused(Box::new(refused.clone())));
        }
        let record = self.record(*self.sequences.get(&name)?)?;
        Some(Answer::Posted(Box::new(record.clone())))
    }
}

impl Writer for Memory {
    fn begin(&mut self) -> Result<Tip, StorageError> {
        Ok(self.read().tip)
    }

    fn known(&mut self, refs: &[PostingRef]) -> Result<Vec<Option<Known>>, StorageError> {
        let tables = self.read();
        Ok(refs.iter().map(|name| tables.answer(*name).map(|answer| answer.known())).collect())
    }

    fn targets(&mut self, refs: &[PostingRef]) -> Result<Vec<Option<Target>>, StorageError> {
        let tables = self.read();
        let find = |name: &PostingRef| {
            let sequence = *tables.sequences.get(name)?;
            Some(match tables.pendings.get(name) {
                Some(pending) => Target::Pending(pending.clone()),
                None => Target::NotPending { sequence },
            })
        };
        Ok(refs.iter().map(find).collect())
    }

    fn due(&mut self, time: Timestamp, limit: usize) -> Result<Vec<PostingRef>, StorageError> {
        let tables = self.read();
        let due = tables.expiries.iter().take_while(|(expiry, _)| *expiry <= time).take(limit);
        Ok(due
            .filter_map(|(_, sequence)| tables.record(*sequence))
            .map(|record| record.posting.head.posting_ref())
            .collect())
    }

    fn holders(&mut self, keys: &[ClaimKey]) -> Result<Vec<Option<Holder>>, StorageError> {
        let tables = self.read();
        Ok(keys.iter().map(|key| tables.holders.get(key).copied()).collect())
    }

    fn accounts(&mut self, ids: &[AccountId]) -> Result<Vec<Option<Account>>, StorageError> {
        let tables = self.read();
        Ok(ids.iter().map(|id| tables.accounts.get(id).copied()).collect())
    }

    fn commit(&mut self, decision: &Decision) -> Result<(), StorageError> {
        let mut guard = self.write();
        let tables = &mut *guard;
        for record in &decision.records {
            tables.sequences.insert(record.posting.head.posting_ref(), record.sequence);
            tables.records.push(record.clone());
        }
        for refused in &decision.refused {
            tables.refused.insert(refused.head.posting_ref(), refused.clone());
        }
        for stored in &decision.accounts {
            tables.accounts.insert(stored.account.id, stored.account);
        }
        for (key, holder) in &decision.claims {
            match holder {
                Some(holder) => tables.holders.insert(*key, *holder),
                None => tables.holders.remove(key),
            };
        }
        for pending in &decision.pendings {
            if let Some(expiry) = pending.expires_at {
                match pending.resolved {
                    None => tables.expiries.insert((expiry, pending.sequence)),
                    Some(_) => tables.expiries.remove(&(expiry, pending.sequence)),
                };
            }
            tables.pendings.insert(pending.posting, pending.clone());
        }
        tables.tip = decision.tip;
        Ok(())
    }

    fn rollback(&mut self) -> Result<(), StorageError> {
        Ok(())
    }
}

impl Reader for Memory {
    fn tip(&self) -> Result<Tip, StorageError> {
        Ok(self.read().tip)
    }

    fn accounts(&self, ids: &[AccountId]) -> Result<(u64, Vec<Option<Account>>), StorageError> {
        let tables = self.read();
        Ok((tables.tip.sequence, ids.iter().map(|id| tables.accounts.get(id).copied()).collect()))
    }

    fn accounts_of(&self, owner: Owner, limit: usize) -> Result<Vec<Account>, StorageError> {
        let tables = self.read();
        let mut found: Vec<Account> = tables.accounts.values().filter(|a| a.key.owner == owner).copied().collect();
        found.sort_by_key(|account| (account.key.code, account.id));
        found.truncate(limit);
        Ok(found)
    }

    fn accounts_after(&self, after: Option<AccountId>, limit: usize) -> Result<(u64, Vec<Account>), StorageError> {
        let tables = self.read();
        let later = tables.accounts.values().filter(|account| after.is_none_or(|after| account.id > after));
        Ok((tables.tip.sequence, later.take(limit).copied().collect()))
    }

    fn claims_after(&self, after: Option<ClaimKey>, limit: usize) -> Result<(u64, Vec<(ClaimKey, u64)>), StorageError> {
        let tables = self.read();
        let later = tables.holders.iter().filter(|(key, _)| after.is_none_or(|after| **key > after));
        Ok((tables.tip.sequence, later.take(limit).map(|(key, holder)| (*key, holder.sequence)).collect()))
    }

    fn claim_sequences(&self, keys: &[ClaimKey]) -> Result<Vec<Option<u64>>, StorageError> {
        let tables = self.read();
        Ok(keys.iter().map(|key| tables.holders.get(key).map(|holder| holder.sequence)).collect())
    }

    fn answer(&self, posting: PostingRef) -> Result<Option<Answer>, StorageError> {
        Ok(self.read().answer(posting))
    }

    fn with_id(&self, id: PostingId, limit: usize) -> Result<Vec<Record>, StorageError> {
        let tables = self.read();
        let mut found: Vec<&Record> = tables.records.iter().filter(|record| record.posting.head.id == id).collect();
        found.sort_by_key(|record| record.posting.head.owner);
        Ok(found.into_iter().take(limit).cloned().collect())
    }

    fn sequences_of(&self, postings: &[PostingRef]) -> Result<Vec<Option<u64>>, StorageError> {
        let tables = self.read();
        Ok(postings.iter().map(|posting| tables.sequences.get(posting).copied()).collect())
    }

    fn tail(&self, after: u64, limit: usize) -> Result<Vec<Record>, StorageError> {
        let skip = usize::try_from(after).unwrap_or(usize::MAX);
        Ok(self.read().records.iter().skip(skip).take(limit).cloned().collect())
    }

    fn records(&self, sequences: &[u64]) -> Result<Vec<Option<Record>>, StorageError> {
        let tables = self.read();
        Ok(sequences.iter().map(|number| tables.record(*number).cloned()).collect())
    }

    fn holder(&self, key: ClaimKey) -> Result<Option<Holder>, StorageError> {
        Ok(self.read().holders.get(&key).copied())
    }

    fn pending(&self, posting: PostingRef) -> Result<Option<Pending>, StorageError> {
        Ok(self.read().pendings.get(&posting).cloned())
    }

    fn history(&self, account: AccountId, before: Option<Cursor>, limit: usize) -> Result<Page, StorageError> {
        let tables = self.read();
        let Some(code) = tables.accounts.get(&account).map(|account| account.key.code) else {
            return Ok(Page::default());
        };
        // The model does not follow the thread: it looks at every record, so that a broken thread is noticed.
        let lines = tables.records.iter().rev().filter_map(|record| entries_of(record, account, code));
        let older = lines.flat_map(|(entries, _)| entries).filter(|entry| before.is_none_or(|at| entry.cursor < at));
        let mut entries: Vec<_> = older.take(limit + 1).collect();
        let has_more = entries.len() > limit;
        entries.truncate(limit);
        let next = entries.last().filter(|_| has_more).map(|entry| entry.cursor);
        Ok(Page { entries, next })
    }

    fn history_after(&self, account: AccountId, after: u64) -> Result<Vec<Entry>, StorageError> {
        let tables = self.read();
        let Some(code) = tables.accounts.get(&account).map(|account| account.key.code) else { return Ok(Vec::new()) };
        let newer = tables.records.iter().filter(|record| record.sequence > after);
        let touching = newer.filter_map(|record| entries_of(record, account, code));
        let page = touching.take(usize::try_from(PAGE_INTERVAL).unwrap_or(usize::MAX));
        Ok(page.flat_map(|(entries, _)| entries.into_iter().rev()).collect())
    }
}

impl Answer {
    /// What a repeat of the id needs to know.
    pub(crate) fn known(&self) -> Known {
        match self {
            Self::Posted(record) => Known {
                digest: record.posting.head.digest,
                outcome: Outcome::Posted { sequence: record.sequence, time: record.time },
            },
            Self::Refused(refused) => Known {
                digest: refused.head.digest,
                outcome: Outcome::Refused { reason: refused.reason.clone(), time: refused.time },
            },
        }
    }
}
