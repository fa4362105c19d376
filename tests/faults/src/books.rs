//! A second way of adding up: the log is folded leg by leg into accounts, claims and reservations, from what was *asked* in each
//! posting, by code that the ledger does not share. Then the stored accounts are compared with it.
//!
//! The fold goes on where it was after each fault; what was folded before must not change, which the last record's
//! outcome and the sums themselves show.

use std::collections::HashMap;

use qianbao_core::posting::{AccountId, Claim, ClaimKey, Leg, Mode, OnVoid, PostingRef, Settled};
use qianbao_ledger::{Account, Ledger, Record, Sums};

use crate::postings::bound;
use crate::{Told, hold};

/// Records and accounts of one read.
const PAGE: usize = 500;

/// The books up to a sequence.
#[derive(Default)]
pub struct Books {
    sequence: u64,
    last: Option<Record>,
    accounts: HashMap<AccountId, Sums>,
    claims: HashMap<ClaimKey, PostingRef>,
    reserved: HashMap<PostingRef, (Vec<Leg>, Vec<Claim>)>,
}

impl Books {
    /// The last sequence that was folded.
    pub const fn sequence(&self) -> u64 {
        self.sequence
    }

    /// Folds the log up to its end, or up to a sequence.
    pub async fn follow(&mut self, ledger: &Ledger, until: Option<u64>) -> Told<()> {
        if let Some(last) = &self.last {
            let again = ledger.record(last.sequence).await?;
            hold!(again.as_ref() == Some(last), "posting {} has changed or is gone", last.sequence);
        }
        while until.is_none_or(|until| self.sequence < until) {
            let page = ledger.tail(self.sequence, PAGE).await?;
            if page.is_empty() {
                break;
            }
            for record in page {
                if until.is_some_and(|until| record.sequence > until) {
                    break;
                }
                self.enter(record)?;
            }
        }
        Ok(())
    }

    fn enter(&mut self, record: Record) -> Told<()> {
        hold!(record.sequence == self.sequence + 1, "posting {} follows {}", record.sequence, self.sequence);
        hold!(
            self.last.as_ref().is_none_or(|last| last.time <= record.time),
            "posting {} is older than the one before",
            record.sequence
        );
        let posting = &record.posting;
        for ensure in &posting.ensures {
            self.accounts.entry(ensure.key.id()).or_default();
        }
        match &posting.mode {
            Mode::Final => posting.legs.iter().for_each(|leg| self.post(leg, leg.amount)),
            Mode::Pending { .. } => {
                posting.legs.iter().for_each(|leg| self.reserve(leg, leg.amount));
                self.reserved.insert(posting.head.posting_ref(), (posting.legs.clone(), posting.claims.clone()));
            }
            Mode::Settle { pending, settled } => {
                let (legs, _) = self.take_reserved(*pending)?;
                for (index, leg) in legs.iter().enumerate() {
                    self.reserve(leg, -leg.amount);
                    self.post(
                        leg,
                        match settled {
                            Settled::Whole => leg.amount,
                            Settled::Part(amounts) => amounts.get(index).copied().unwrap_or(0),
                        },
                    );
                }
                posting.legs.iter().for_each(|leg| self.post(leg, leg.amount));
            }
            Mode::Void { pending } => {
                let (legs, claims) = self.take_reserved(*pending)?;
                for leg in &legs {
                    self.reserve(leg, -leg.amount);
                }
                for claim in claims.iter().filter(|claim| claim.on_void == OnVoid::Free) {
                    self.claims.remove(&claim.key);
                }
            }
        }
        for claim in &posting.claims {
            let before = self.claims.insert(claim.key, posting.head.posting_ref());
            hold!(before.is_none(), "posting {} took a claim that was taken", record.sequence);
        }
        self.sequence = record.sequence;
        self.last = Some(record);
        Ok(())
    }

    fn take_reserved(&mut self, pending: PostingRef) -> Told<(Vec<Leg>, Vec<Claim>)> {
        Ok(self.reserved.remove(&pending).ok_or("a reservation was resolved twice, or was never made")?)
    }

    fn post(&mut self, leg: &Leg, amount: i64) {
        self.accounts.entry(leg.debit).or_default().debits_posted += amount;
        self.accounts.entry(leg.credit).or_default().credits_posted += amount;
    }

    fn reserve(&mut self, leg: &Leg, amount: i64) {
        self.accounts.entry(leg.debit).or_default().debits_pending += amount;
        self.accounts.entry(leg.credit).or_default().credits_pending += amount;
    }

    /// Compares stored accounts, as they stood at the books' sequence, with the books.
    pub fn compare(&self, accounts: &[Account]) -> Told<()> {
        for account in accounts {
            let found = self.accounts.get(&account.id).copied().unwrap_or_default();
            hold!(
                found == account.sums,
                "{:?} stands at {:?}, its legs add up to {found:?} at {}",
                account.key,
                account.sums,
                self.sequence
            );
            if let Some((measure, at_most)) = bound(&account.key) {
                let measured = account.sums.measure(measure);
                hold!(measured <= at_most, "{:?} measures {measured}, at most {at_most} is allowed", account.key);
            }
        }
        Ok(())
    }

    /// Compares every account of a ledger at rest with the books, and their sum with nothing.
    pub async fn compare_all(&self, ledger: &Ledger) -> Told<()> {
        let ids: Vec<AccountId> = self.accounts.keys().copied().collect();
        let mut totals: HashMap<_, i128> = HashMap::new();
        for page in ids.chunks(PAGE) {
            let (sequence, accounts) = ledger.accounts(page.to_vec()).await?;
            hold!(sequence == self.sequence, "the ledger is at {sequence}, its log ends at {}", self.sequence);
            let there: Vec<Account> = accounts.into_iter().flatten().collect();
            hold!(there.len() == page.len(), "{} of {} accounts are missing", page.len() - there.len(), page.len());
            self.compare(&there)?;
            for account in there {
                let sums = account.sums;
                *totals.entry(account.key.asset).or_default() +=
                    i128::from(sums.debits_posted) - i128::from(sums.credits_posted);
            }
        }
        for (asset, total) in totals {
            hold!(total == 0, "debits and credits of {asset} differ by {total}");
        }
        Ok(())
    }
}
