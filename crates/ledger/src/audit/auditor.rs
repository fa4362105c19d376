//! The auditor: the ledger as the log says it must stand, and how far it has compared.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use qianbao_core::posting::{AccountId, Asset, Claim, ClaimKey, Mode, OnVoid, PostingRef};

use super::{FINDINGS_MAX, Finding, Standing};
use crate::account::Account;
use crate::apply::{Holder, Target, View, post};
use crate::handle::READ_MAX;
use crate::outcome::Resolution;
use crate::record::Record;
use crate::storage::{Reader, StorageError};

/// Records, accounts or claims of one page, unless said otherwise.
const PAGE: usize = 512;

/// Applies the log again and compares. Holds no connection; each step is given a reader of the same ledger.
#[derive(Debug)]
pub struct Auditor {
    page: usize,
    view: View,
    /// Whether the end of the log has been reached once: from then on accounts are compared when they move.
    is_at_end: bool,
    /// Accounts that moved and are not compared yet.
    due: BTreeSet<AccountId>,
    /// How many claims are held by the log.
    claims: i64,
    look: Look,
    findings: Vec<Finding>,
    /// What has been found wrong, so that it is said once.
    known: BTreeSet<Wrong>,
    /// Stored sums less computed ones of the accounts that differ: debits less credits, posted and pending.
    drift: BTreeMap<Asset, (i128, i128)>,
}

/// What a finding is about, where the same thing may be found again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Wrong {
    Account(AccountId),
    Claim(ClaimKey),
    Claims,
    Pending(u64),
    Asset(Asset),
}

/// How far the look at everything has come.
#[derive(Clone, Copy, Debug)]
enum Look {
    /// Accounts up to this id have been seen.
    Accounts {
        after: Option<AccountId>,
        /// How many were seen, those that were opened behind it since included.
        seen: usize,
    },
    /// Claims up to this key have been seen.
    Claims {
        after: Option<ClaimKey>,
        /// How many were seen, with what was taken and given back behind it since.
        seen: i64,
    },
}

impl Default for Look {
    fn default() -> Self {
        Self::Accounts { after: None, seen: 0 }
    }
}

impl Default for Auditor {
    fn default() -> Self {
        Self::with_page(PAGE)
    }
}

impl Auditor {
    /// One that begins before the first posting.
    pub fn new() -> Self {
        Self::default()
    }

    /// One that reads pages of so many records, accounts or claims, 1 to [`READ_MAX`](crate::READ_MAX).
    pub fn with_page(page: usize) -> Self {
        Self {
            page: page.clamp(1, READ_MAX),
            view: View::default(),
            is_at_end: false,
            due: BTreeSet::new(),
            claims: 0,
            look: Look::default(),
            findings: Vec::new(),
            known: BTreeSet::new(),
            drift: BTreeMap::new(),
        }
    }

    /// The last posting that was looked at.
    pub const fn sequence(&self) -> u64 {
        self.view.tip.sequence
    }

    /// How many accounts the log has opened.
    pub fn accounts(&self) -> usize {
        self.view.accounts.len()
    }

    /// How many findings wait to be taken.
    pub const fn findings(&self) -> usize {
        self.findings.len()
    }

    /// What was found wrong since the last time, at most 1,000; the same account, claim or asset once.
    pub fn take_findings(&mut self) -> Vec<Finding> {
        std::mem::take(&mut self.findings)
    }

    /// Follows the log by one page; true when its end was reached and everything that moved is compared.
    pub fn follow(&mut self, reader: &dyn Reader) -> Result<bool, StorageError> {
        let page = reader.tail(self.view.tip.sequence, self.page)?;
        let is_last = page.len() < self.page;
        self.replay(reader, page)?;
        self.is_at_end |= is_last;
        if !is_last {
            return Ok(false);
        }
        let ids: Vec<AccountId> = self.due.iter().copied().take(self.page).collect();
        if !ids.is_empty() {
            let (sequence, stored) = reader.accounts(&ids)?;
            self.reach(reader, sequence)?;
            for (id, stored) in ids.into_iter().zip(stored) {
                self.compare(id, stored);
                self.due.remove(&id);
            }
        }
        Ok(self.due.is_empty())
    }

    /// Looks at one page of everything stored: first accounts, then claims. True when the look is over; the next begins
    /// anew. Follow to the end before the first.
    pub fn look(&mut self, reader: &dyn Reader) -> Result<bool, StorageError> {
        match self.look {
            Look::Accounts { after, seen } => self.look_at_accounts(reader, after, seen)?,
            Look::Claims { after, .. } => return self.look_at_claims(reader, after),
        }
        Ok(false)
    }

    fn look_at_accounts(
        &mut self,
        reader: &dyn Reader,
        after: Option<AccountId>,
        seen: usize,
    ) -> Result<(), StorageError> {
        self.look = Look::Accounts { after, seen };
        let (sequence, page) = reader.accounts_after(after, self.page)?;
        // What is opened meanwhile behind the cursor is counted there; what is before it stands in this page.
        self.reach(reader, sequence)?;
        let Look::Accounts { seen, .. } = self.look else { return Ok(()) };
        for account in &page {
            self.compare(account.id, Some(*account));
        }
        let seen = seen + page.len();
        if page.len() == self.page {
            self.look = Look::Accounts { after: page.last().map(|account| account.id), seen };
            return Ok(());
        }
        if seen != self.view.accounts.len() {
            self.look_for_missing(reader)?;
        }
        self.tell_drift();
        self.look = Look::Claims { after: None, seen: 0 };
        Ok(())
    }

    /// Asks for each account that the log has opened: one of them is not stored.
    fn look_for_missing(&mut self, reader: &dyn Reader) -> Result<(), StorageError> {
        let all: Vec<AccountId> = self.view.accounts.keys().copied().collect();
        for ids in all.chunks(self.page) {
            let (sequence, stored) = reader.accounts(ids)?;
            self.reach(reader, sequence)?;
            for (id, stored) in ids.iter().zip(stored) {
                self.compare(*id, stored);
            }
        }
        Ok(())
    }

    /// Each held claim is one that its posting has made, and there are as many as the log holds: a claim that was taken
    /// twice is stored once. True at the end.
    fn look_at_claims(&mut self, reader: &dyn Reader, after: Option<ClaimKey>) -> Result<bool, StorageError> {
        let (sequence, page) = reader.claims_after(after, self.page)?;
        self.reach(reader, sequence)?;
        let sequences: Vec<u64> = page.iter().map(|(_, sequence)| *sequence).collect();
        for ((key, sequence), record) in page.iter().zip(reader.records(&sequences)?) {
            let is_made = match &record {
                Some(record) => match record.posting.claims.iter().find(|claim| claim.key == *key) {
                    Some(claim) => !self.is_freed(reader, record, claim)?,
                    None => false,
                },
                None => false,
            };
            if !is_made {
                self.find_claim(*key, Some(*sequence), None);
            }
        }
        let Look::Claims { seen, .. } = self.look else { return Ok(false) };
        let seen = seen + i64::try_from(page.len()).unwrap_or(i64::MAX);
        if page.len() == self.page {
            self.look = Look::Claims { after: page.last().map(|(key, _)| *key), seen };
            return Ok(false);
        }
        self.look = Look::default();
        if seen != self.claims && self.known.insert(Wrong::Claims) {
            self.find(Finding::Claims { stored: seen, computed: self.claims });
        }
        self.look_at_pending(reader)?;
        Ok(true)
    }

    /// Whether the posting's claim has been given back, as far as the log was followed.
    fn is_freed(&self, reader: &dyn Reader, record: &Record, claim: &Claim) -> Result<bool, StorageError> {
        let name = record.posting.head.posting_ref();
        if claim.on_void == OnVoid::Keep || self.view.targets.contains_key(&name) {
            return Ok(false);
        }
        let resolved = reader.pending(name)?.and_then(|pending| pending.resolved);
        Ok(resolved.is_some_and(|(resolution, _)| resolution != Resolution::Settled))
    }

    /// What is pending holds its claims, and is stored as pending.
    fn look_at_pending(&mut self, reader: &dyn Reader) -> Result<(), StorageError> {
        let open: Vec<(ClaimKey, u64)> =
            self.view.holders.iter().map(|(key, holder)| (*key, holder.sequence)).collect();
        let mut lost = Vec::new();
        for part in open.chunks(self.page) {
            lost.extend(differing(reader, part)?);
        }
        let mut ended = Vec::new();
        for (name, target) in &self.view.targets {
            let Target::Pending(pending) = target else { continue };
            let stored = Standing::of(reader.pending(*name)?.as_ref());
            if stored != Standing::Open {
                ended.push((*name, pending.sequence, stored));
            }
        }
        // Those of what has been resolved meanwhile may be gone.
        self.reach(reader, reader.tip()?.sequence)?;
        for (key, computed, stored) in lost {
            if self.view.holders.get(&key).is_some_and(|holder| holder.sequence == computed) {
                self.find_claim(key, stored, Some(computed));
            }
        }
        for (name, sequence, stored) in ended {
            if self.view.targets.contains_key(&name) {
                self.find_pending(sequence, stored, Standing::Open);
            }
        }
        Ok(())
    }

    /// Follows the log up to exactly this sequence.
    fn reach(&mut self, reader: &dyn Reader, sequence: u64) -> Result<(), StorageError> {
        while self.view.tip.sequence < sequence {
            let left = usize::try_from(sequence - self.view.tip.sequence).unwrap_or(self.page);
            let mut page = reader.tail(self.view.tip.sequence, left.min(self.page))?;
            page.retain(|record| record.sequence <= sequence);
            if page.is_empty() {
                self.find(Finding::Gap { expected: self.view.tip.sequence + 1, found: sequence + 1 });
                self.view.tip.sequence = sequence;
            }
            self.replay(reader, page)?;
        }
        Ok(())
    }

    fn replay(&mut self, reader: &dyn Reader, records: Vec<Record>) -> Result<(), StorageError> {
        let names: Vec<PostingRef> = records.iter().map(|record| record.posting.head.posting_ref()).collect();
        let named = reader.sequences_of(&names)?;
        let mut claims = Vec::new();
        for (record, named) in records.into_iter().zip(named) {
            let sequence = record.sequence;
            let expected = self.view.tip.sequence + 1;
            if sequence != expected {
                self.find(Finding::Gap { expected, found: sequence });
                self.view.tip.sequence = sequence - 1;
            }
            if record.time < self.view.tip.time {
                self.find(Finding::Time { sequence });
            }
            match post(&mut self.view, record.posting.clone(), record.time) {
                Ok(computed) => {
                    self.note(&computed);
                    if computed != record {
                        self.find(Finding::Record { sequence });
                    }
                }
                Err(refused) => {
                    self.find(Finding::Refused { sequence, reason: refused.1.to_string() });
                    self.view.tip.sequence = sequence;
                }
            }
            if named != Some(sequence) {
                self.find(Finding::Name { sequence });
            }
            self.compare_pending(reader, &record)?;
            forget(&mut self.view, &record, &mut claims);
        }
        for part in claims.chunks(self.page) {
            for (key, computed, stored) in differing(reader, part)? {
                self.find_claim(key, stored, Some(computed));
            }
        }
        Ok(())
    }

    /// Compares what is stored of a posting that is pending, or that was until this record. What may have been resolved since is compared there.
    fn compare_pending(&mut self, reader: &dyn Reader, record: &Record) -> Result<(), StorageError> {
        let (name, is_resolved) = match &record.posting.mode {
            Mode::Final => return Ok(()),
            Mode::Pending { .. } => (record.posting.head.posting_ref(), false),
            Mode::Settle { pending, .. } | Mode::Void { pending } => (*pending, true),
        };
        let Some(Target::Pending(pending)) = self.view.targets.get(&name) else { return Ok(()) };
        let (sequence, computed) = (pending.sequence, Standing::of(Some(pending)));
        let stored = Standing::of(reader.pending(name)?.as_ref());
        let is_right = match stored {
            Standing::Missing => false,
            Standing::Open | Standing::Resolved(..) => !is_resolved || stored == computed,
        };
        if !is_right {
            self.find_pending(sequence, stored, computed);
        }
        Ok(())
    }

    /// Notes what a posting that was just applied has opened, moved, claimed and given back.
    fn note(&mut self, record: &Record) {
        let taken = record.posting.claims.iter().map(|claim| (claim.key, 1));
        let voided = match &record.posting.mode {
            Mode::Void { pending } => self.view.targets.get(pending),
            Mode::Final | Mode::Pending { .. } | Mode::Settle { .. } => None,
        };
        let released = match voided {
            Some(Target::Pending(pending)) => pending.claims.as_slice(),
            Some(Target::NotPending { .. }) | None => &[],
        };
        let freed = released.iter().filter(|claim| claim.on_void == OnVoid::Free).map(|claim| (claim.key, -1));
        for (key, change) in taken.chain(freed) {
            self.claims += change;
            if let Look::Claims { after: Some(after), seen } = &mut self.look
                && key <= *after
            {
                *seen += change;
            }
        }
        if let Look::Accounts { after: Some(after), seen } = &mut self.look {
            *seen += record.opened.iter().filter(|id| **id <= *after).count();
        }
        if self.is_at_end {
            self.due.extend(record.touched.iter().map(|touched| touched.account));
            self.due.extend(record.posting.changes.iter().map(|change| change.account));
            self.due.extend(&record.opened);
        }
    }

    /// Compares an account as it is stored at the auditor's own sequence.
    fn compare(&mut self, id: AccountId, stored: Option<Account>) {
        let computed = self.view.accounts.get(&id).copied();
        if stored == computed || !self.known.insert(Wrong::Account(id)) {
            return;
        }
        for (account, sign) in [(stored, 1), (computed, -1)] {
            let Some(Account { key, sums, .. }) = account else { continue };
            let (posted, pending) = self.drift.entry(key.asset).or_default();
            *posted += sign * (i128::from(sums.debits_posted) - i128::from(sums.credits_posted));
            *pending += sign * (i128::from(sums.debits_pending) - i128::from(sums.credits_pending));
        }
        let (stored, computed) = (stored.map(Box::new), computed.map(Box::new));
        self.find(Finding::Account { account: id, stored, computed });
    }

    /// Says in which assets what differs does not add up: computed debits and credits are equal, stored ones are then not.
    fn tell_drift(&mut self) {
        for (asset, (posted, pending)) in std::mem::take(&mut self.drift) {
            for difference in [posted, pending].into_iter().filter(|difference| *difference != 0) {
                if self.known.insert(Wrong::Asset(asset)) {
                    self.find(Finding::Asset { asset, difference });
                }
            }
        }
    }

    fn find_claim(&mut self, claim: ClaimKey, stored: Option<u64>, computed: Option<u64>) {
        if self.known.insert(Wrong::Claim(claim)) {
            self.find(Finding::Claim { claim, stored, computed });
        }
    }

    fn find_pending(&mut self, sequence: u64, stored: Standing, computed: Standing) {
        if self.known.insert(Wrong::Pending(sequence)) {
            self.find(Finding::Pending { sequence, stored, computed });
        }
    }

    fn find(&mut self, finding: Finding) {
        if self.findings.len() < FINDINGS_MAX {
            self.findings.push(finding);
        }
    }
}

/// Those of the claims that somebody else holds, or nobody: key, by the log, stored.
fn differing(
    reader: &dyn Reader,
    claims: &[(ClaimKey, u64)],
) -> Result<Vec<(ClaimKey, u64, Option<u64>)>, StorageError> {
    let keys: Vec<ClaimKey> = claims.iter().map(|(key, _)| *key).collect();
    let stored = reader.claim_sequences(&keys)?;
    let pairs = claims.iter().zip(stored).filter(|((_, computed), stored)| *stored != Some(*computed));
    Ok(pairs.map(|((key, computed), stored)| (*key, *computed, stored)).collect())
}

/// Keeps only what is still pending, with its claims. What cannot be given back any more goes to `claims`.
fn forget(view: &mut View, record: &Record, claims: &mut Vec<(ClaimKey, u64)>) {
    let resolved = match &record.posting.mode {
        Mode::Pending { .. } => return,
        Mode::Final => None,
        Mode::Settle { pending, .. } | Mode::Void { pending } => view.targets.remove(pending),
    };
    let mut settle = |made: &[Claim], sequence: u64, holders: &mut HashMap<ClaimKey, Holder>| {
        for claim in made {
            if holders.get(&claim.key).is_some_and(|holder| holder.sequence == sequence) {
                holders.remove(&claim.key);
                claims.push((claim.key, sequence));
            }
        }
    };
    settle(&record.posting.claims, record.sequence, &mut view.holders);
    if let Some(Target::Pending(pending)) = resolved {
        // A void has given back those that its kind gives back: they are not there any more.
        settle(&pending.claims, pending.sequence, &mut view.holders);
    }
    let name = record.posting.head.posting_ref();
    if matches!(view.targets.get(&name), Some(Target::NotPending { .. })) {
        view.targets.remove(&name);
    }
}
