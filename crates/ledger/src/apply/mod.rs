//! The one pure function that decides: `apply(batch, what it touches, time) → decision`. Every backend calls it.
//!
//! Phases of a batch: first the engine's own voids of what has expired, then the postings in the order they came. Phases
//! of one posting, each of which may refuse it: known id · stale day · time · pending posting · claims · legs · floors
//! and ceilings · guards · changes. A refused posting leaves nothing behind but its refusal.
//!
//! No clock, no storage, no randomness: the same batch on the same view at the same time decides the same.

mod bounds;
mod expiry;
mod journal;
mod legs;
mod step;
mod target;

use std::collections::HashMap;

use qianbao_core::Timestamp;
use qianbao_core::posting::{AccountId, Claim, ClaimKey, LedgerDay, Leg, Mode, Owner, Posting, PostingRef};

use crate::account::Account;
use crate::account_map::AccountMap;
use crate::outcome::{Outcome, Resolution, SubmitError};
use crate::record::{Record, Refused};
use crate::storage::Tip;

pub(crate) use step::post;

/// After this many postings of an account its history gets a mark: entering it in the middle walks past half as many on average.
pub(crate) const MARK_INTERVAL: u64 = 64;
/// What comes after a sequence is read up to the next mark of this interval. Ledgers from before migration 2 have no others.
pub(crate) const PAGE_INTERVAL: u64 = 256;

/// What the ledger knows about an id, as far as a repeat needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// Digest of the request that came with the id.
    pub digest: [u8; 32],
    /// Its outcome.
    pub outcome: Outcome,
}

/// Who holds a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Holder {
    /// The posting.
    pub posting: PostingRef,
    /// Its sequence.
    pub sequence: u64,
}

/// A posting that another one settles or voids.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// It was never pending.
    NotPending {
        /// Its sequence.
        sequence: u64,
    },
    /// It is or was pending.
    Pending(Pending),
}

/// A posting that is or was pending.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pending {
    /// Its name.
    pub posting: PostingRef,
    /// Its sequence.
    pub sequence: u64,
    /// What it reserved.
    pub legs: Vec<Leg>,
    /// What it claimed.
    pub claims: Vec<Claim>,
    /// When the engine voids it.
    pub expires_at: Option<Timestamp>,
    /// What became of it, and by which posting.
    pub resolved: Option<(Resolution, u64)>,
}

/// Everything that a batch touches, as it stood before.
#[derive(Clone, Debug, Default)]
pub struct View {
    /// The last posting.
    pub tip: Tip,
    /// What is known about the ids of the batch.
    pub known: HashMap<PostingRef, Known>,
    /// The postings that the batch settles or voids, those that are due included.
    pub targets: HashMap<PostingRef, Target>,
    /// Who holds the claims of the batch and of its targets.
    pub holders: HashMap<ClaimKey, Holder>,
    /// The accounts of the batch and of its targets.
    pub accounts: AccountMap<Account>,
}

/// What was decided: one answer for each posting of the batch, and everything to be stored.
#[derive(Clone, Debug, Default)]
pub struct Decision {
    /// In the order of the batch.
    pub answers: Vec<Result<Outcome, SubmitError>>,
    /// What was posted, in order of sequence.
    pub records: Vec<Record>,
    /// What was refused.
    pub refused: Vec<Refused>,
    /// Accounts that were opened or changed, as they stand after the batch, each once.
    pub accounts: Vec<Stored>,
    /// Marks in the history of accounts.
    pub marks: Vec<Mark>,
    /// Claims that changed hands: now held, or free again.
    pub claims: HashMap<ClaimKey, Option<Holder>>,
    /// Pending postings that are new or were resolved, as they stand after the batch, each once.
    pub pendings: Vec<Pending>,
    /// The last posting after the batch.
    pub tip: Tip,
}

impl Decision {
    /// Whether there is nothing to store.
    pub fn is_empty(&self) -> bool {
        self.records.is_empty() && self.refused.is_empty()
    }
}

/// Where the history of an account can be entered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// The account.
    pub account: AccountId,
    /// The posting.
    pub sequence: u64,
    /// How many postings of the account there are with it.
    pub postings: u64,
}

/// An account to store.
#[derive(Clone, Copy, Debug)]
pub struct Stored {
    /// As it stands after the batch.
    pub account: Account,
    /// Whether the batch opened it.
    pub is_new: bool,
}

/// What is touched by a batch, collected while it is applied.
#[derive(Default)]
struct Trace {
    accounts: AccountMap<bool>,
    pendings: Vec<PostingRef>,
}

/// Decides a batch. `time` is the clock's; ledger time never runs backwards, so the later of it and the tip's counts.
/// `day` is the ledger day of that time. `due` are pending postings whose expiry has passed.
pub fn apply(batch: Vec<Posting>, mut view: View, due: &[PostingRef], time: Timestamp, day: LedgerDay) -> Decision {
    let time = time.max(view.tip.time);
    let mut decision = Decision::default();
    let mut trace = Trace::default();
    view.known.reserve(batch.len());
    view.targets.reserve(batch.len());
    decision.answers.reserve(batch.len());
    decision.records.reserve(batch.len());
    trace.accounts.reserve(view.accounts.len());
    for &pending in due {
        if let Ok(record) = post(&mut view, expiry::void_of(pending, time), time) {
            keep(&mut decision, &mut trace, &view, record);
        }
    }
    for posting in batch {
        let answer = decide(&mut view, posting, time, day, &mut decision, &mut trace);
        decision.answers.push(answer);
    }
    decision.accounts = trace
        .accounts
        .iter()
        .filter_map(|(id, &is_new)| view.accounts.get(id).map(|&account| Stored { account, is_new }))
        .collect();
    trace.pendings.sort_unstable();
    trace.pendings.dedup();
    for name in trace.pendings {
        if let Some(Target::Pending(pending)) = view.targets.remove(&name) {
            decision.pendings.push(pending);
        }
    }
    decision.tip = view.tip;
    decision
}

fn decide(
    view: &mut View,
    posting: Posting,
    time: Timestamp,
    day: LedgerDay,
    decision: &mut Decision,
    trace: &mut Trace,
) -> Result<Outcome, SubmitError> {
    let name = posting.head.posting_ref();
    if name.owner == Owner::ENGINE {
        return Err(SubmitError::OwnerReserved);
    }
    let digest = posting.head.digest;
    if let Some(known) = view.known.get(&name) {
        return if known.digest == digest { Ok(known.outcome.clone()) } else { Err(SubmitError::IdReused) };
    }
    let is_late = posting.head.not_after.is_some_and(|last| time > last);
    if let Some(built_for) = posting.day.filter(|&built_for| built_for != day && !is_late) {
        return Err(SubmitError::Stale { built_for, today: day });
    }
    let outcome = match post(view, posting, time) {
        Ok(record) => {
            let outcome = Outcome::Posted { sequence: record.sequence, time };
            keep(decision, trace, view, record);
            outcome
        }
        Err(refusal) => {
            let (posting, reason) = *refusal;
            let head = posting.into_draft().head;
            decision.refused.push(Refused { head, time, reason: reason.clone() });
            Outcome::Refused { reason, time }
        }
    };
    view.known.insert(name, Known { digest, outcome: outcome.clone() });
    Ok(outcome)
}

/// Notes what a record changed.
fn keep(decision: &mut Decision, trace: &mut Trace, view: &View, record: Record) {
    for touched in &record.touched {
        trace.accounts.entry(touched.account).or_insert(false);
        let postings = view.accounts.get(&touched.account).map_or(0, |account| account.postings);
        if postings > 0 && postings.is_multiple_of(MARK_INTERVAL) {
            decision.marks.push(Mark { account: touched.account, sequence: record.sequence, postings });
        }
    }
    for change in &record.posting.changes {
        trace.accounts.entry(change.account).or_insert(false);
    }
    for account in &record.opened {
        trace.accounts.insert(*account, true);
    }
    let holder = Holder { posting: record.posting.head.posting_ref(), sequence: record.sequence };
    match &record.posting.mode {
        Mode::Final => {}
        Mode::Pending { .. } => trace.pendings.push(holder.posting),
        Mode::Settle { pending, .. } => trace.pendings.push(*pending),
        Mode::Void { pending } => {
            trace.pendings.push(*pending);
            if let Some(Target::Pending(released)) = view.targets.get(pending) {
                for claim in released.claims.iter().filter(|claim| !view.holders.contains_key(&claim.key)) {
                    decision.claims.insert(claim.key, None);
                }
            }
        }
    }
    for claim in &record.posting.claims {
        decision.claims.insert(claim.key, Some(holder));
    }
    decision.records.push(record);
}
