//! The audit: everything again from the first posting.
//!
//! Phases: read the log in short pages up to where it ends · apply every posting again, with the same function and at its
//! own commit time, to an empty ledger · compare what came out with what is stored: each record (legs, sums after,
//! threads), each account (sums, state, bounds), each claim, the sum of each asset. A posting that passed a floor, a
//! ceiling, a guard or a claim when it should not have is refused by the second run and so found.
//!
//! The last step takes one read of everything after the pages, so that accounts and log are of one state. Cost: the whole
//! log is read once; all accounts, claims and open pending postings are in memory.

use std::collections::{BTreeMap, HashMap};

use qianbao_core::posting::{AccountId, Asset, ClaimKey, Mode, PostingRef};

use crate::account::Account;
use crate::apply::{Target, View, post};
use crate::handle::{Ledger, ReadError};
use crate::record::Record;
use crate::storage::{Cut, Reader, StorageError};

/// Records of one page.
const PAGE: usize = 512;
/// Most findings that are reported; one is enough to stop what sends money out.
const FINDINGS_MAX: usize = 1_000;

/// What an audit found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Audit {
    /// The last posting that was looked at.
    pub sequence: u64,
    /// How many accounts were compared.
    pub accounts: usize,
    /// What is wrong, at most 1,000; empty when the ledger is right.
    pub findings: Vec<Finding>,
}

/// Something that is not as it must be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Finding {
    /// The log has a hole.
    #[error("expected posting {expected} next, found {found}")]
    Gap {
        /// The next sequence.
        expected: u64,
        /// The one that stands there.
        found: u64,
    },
    /// Time runs backwards.
    #[error("posting {sequence} is older than the one before")]
    Time {
        /// The posting.
        sequence: u64,
    },
    /// The rules refuse a posting that is in the log.
    #[error("posting {sequence} must have been refused: {reason}")]
    Refused {
        /// The posting.
        sequence: u64,
        /// The rule.
        reason: String,
    },
    /// A record says something else than what its posting does.
    #[error("posting {sequence} moved something else than its record says")]
    Record {
        /// The posting.
        sequence: u64,
    },
    /// An id is not where it must be found.
    #[error("the id of posting {sequence} does not lead to it")]
    Name {
        /// The posting.
        sequence: u64,
    },
    /// An account differs from the fold of its legs and changes.
    #[error("account {account} differs from the fold of its postings: stored {stored:?}, computed {computed:?}")]
    Account {
        /// The account.
        account: AccountId,
        /// What is stored, if anything.
        stored: Option<Box<Account>>,
        /// What the log says, if anything.
        computed: Option<Box<Account>>,
    },
    /// A claim is held by somebody else than the log says.
    #[error("claim {claim:?} is held by posting {stored:?}, the log says {computed:?}")]
    Claim {
        /// The claim.
        claim: ClaimKey,
        /// The holder that is stored.
        stored: Option<u64>,
        /// The holder by the log.
        computed: Option<u64>,
    },
    /// Debits and credits of an asset differ.
    #[error("debits and credits of {asset} differ by {difference}")]
    Asset {
        /// The asset.
        asset: Asset,
        /// Debits less credits, posted or pending.
        difference: i128,
    },
}

impl Ledger {
    /// Recomputes everything from the log and compares. Runs beside the writer.
    pub async fn audit(&self) -> Result<Audit, ReadError> {
        self.read(audit).await
    }
}

/// Recomputes everything from the log and compares.
pub fn audit(reader: &dyn Reader) -> Result<Audit, StorageError> {
    let mut view = View::default();
    let mut findings = Vec::new();
    loop {
        let page = reader.tail(view.tip.sequence, PAGE)?;
        let is_last = page.len() < PAGE;
        replay(reader, &mut view, page, &mut findings)?;
        if is_last || findings.len() >= FINDINGS_MAX {
            break;
        }
    }
    let Cut { records, accounts, holders } = reader.cut(view.tip.sequence)?;
    replay(reader, &mut view, records, &mut findings)?;
    compare_assets(&accounts, &mut findings);
    let count = accounts.len();
    compare_accounts(&view, accounts, &mut findings);
    compare_claims(&view, holders, &mut findings);
    findings.truncate(FINDINGS_MAX);
    Ok(Audit { sequence: view.tip.sequence, accounts: count, findings })
}

fn replay(
    reader: &dyn Reader,
    view: &mut View,
    records: Vec<Record>,
    findings: &mut Vec<Finding>,
) -> Result<(), StorageError> {
    let names: Vec<PostingRef> = records.iter().map(|record| record.posting.head.posting_ref()).collect();
    let named = reader.sequences_of(&names)?;
    for (record, named) in records.into_iter().zip(named) {
        let sequence = record.sequence;
        let expected = view.tip.sequence + 1;
        if sequence != expected {
            findings.push(Finding::Gap { expected, found: sequence });
            view.tip.sequence = sequence - 1;
        }
        if record.time < view.tip.time {
            findings.push(Finding::Time { sequence });
        }
        match post(view, record.posting.clone(), record.time) {
            Ok(computed) if computed != record => findings.push(Finding::Record { sequence }),
            Ok(_) => {}
            Err(refused) => {
                findings.push(Finding::Refused { sequence, reason: refused.1.to_string() });
                view.tip.sequence = sequence;
            }
        }
        if named != Some(sequence) {
            findings.push(Finding::Name { sequence });
        }
        forget(view, &record);
    }
    Ok(())
}

/// Keeps only what is still pending.
fn forget(view: &mut View, record: &Record) {
    match &record.posting.mode {
        Mode::Pending { .. } => return,
        Mode::Final => {}
        Mode::Settle { pending, .. } | Mode::Void { pending } => {
            view.targets.remove(pending);
        }
    }
    let name = record.posting.head.posting_ref();
    if matches!(view.targets.get(&name), Some(Target::NotPending { .. })) {
        view.targets.remove(&name);
    }
}

fn compare_assets(accounts: &[Account], findings: &mut Vec<Finding>) {
    let mut sums: BTreeMap<Asset, (i128, i128)> = BTreeMap::new();
    for account in accounts {
        let (posted, pending) = sums.entry(account.key.asset).or_default();
        *posted += i128::from(account.sums.debits_posted) - i128::from(account.sums.credits_posted);
        *pending += i128::from(account.sums.debits_pending) - i128::from(account.sums.credits_pending);
    }
    for (asset, (posted, pending)) in sums {
        for difference in [posted, pending] {
            if difference != 0 {
                findings.push(Finding::Asset { asset, difference });
            }
        }
    }
}

fn compare_accounts(view: &View, accounts: Vec<Account>, findings: &mut Vec<Finding>) {
    let mut computed = view.accounts.clone();
    for stored in accounts {
        let found = computed.remove(&stored.id);
        if found != Some(stored) {
            let computed = found.map(Box::new);
            findings.push(Finding::Account { account: stored.id, stored: Some(Box::new(stored)), computed });
        }
    }
    for (account, left) in computed {
        findings.push(Finding::Account { account, stored: None, computed: Some(Box::new(left)) });
    }
}

fn compare_claims(view: &View, holders: Vec<(ClaimKey, u64)>, findings: &mut Vec<Finding>) {
    let mut computed: HashMap<ClaimKey, u64> =
        view.holders.iter().map(|(key, holder)| (*key, holder.sequence)).collect();
    for (claim, stored) in holders {
        let found = computed.remove(&claim);
        if found != Some(stored) {
            findings.push(Finding::Claim { claim, stored: Some(stored), computed: found });
        }
    }
    for (claim, left) in computed {
        findings.push(Finding::Claim { claim, stored: None, computed: Some(left) });
    }
}
