//! The audit: everything again from the first posting, in short reads beside the writer.
//!
//! An [`Auditor`] keeps the ledger as the log says it must stand. It *follows*: reads the log in pages, applies every posting
//! again, with the same function and at its own commit time, and compares what came out with what is stored: the record
//! (legs, sums after, threads), its id, its claims, what became of what was pending, and, once it has reached the end, each account that moved. And it
//! *looks*: page after page at every stored account and every held claim, whether anything moved there or not, and at everything that is pending. Each page tells the
//! sequence that it was read at, and the auditor follows up to exactly there before it compares. So no read is long, the
//! writer's log stays small, and no difference is only one of time.
//!
//! A posting that passed a floor, a ceiling, a guard or a claim when it should not have is refused by the second run and so
//! found. [`audit()`] does all of it once; a server keeps an auditor, and each following costs what is new.
//!
//! In memory: every account (about 300 bytes each), and what is pending with its claims. Claims of everything else are
//! compared when their posting is followed, and not kept.

mod auditor;

use qianbao_core::posting::{AccountId, Asset, ClaimKey};

pub use auditor::Auditor;

use crate::account::Account;
use crate::apply::Pending;
use crate::handle::{Ledger, ReadError};
use crate::outcome::Resolution;
use crate::storage::{Reader, StorageError};

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
    /// More or fewer claims are stored than the log holds: one was taken twice, or a row is gone.
    #[error("{stored} claims are held, the log says {computed}")]
    Claims {
        /// How many are stored.
        stored: i64,
        /// How many the log holds.
        computed: i64,
    },
    /// What is stored of a pending posting is not what became of it; None: it still waits.
    #[error("pending posting {sequence} is stored as {stored:?}, the log says {computed:?}")]
    Pending {
        /// The pending posting.
        sequence: u64,
        /// What is stored, if it is stored at all: what became of it and by which posting.
        stored: Standing,
        /// What the log says.
        computed: Standing,
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

/// How a pending posting stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Nothing is known of it.
    Missing,
    /// It is neither settled nor given back.
    Open,
    /// It was resolved by the posting with this sequence.
    Resolved(Resolution, u64),
}

impl Standing {
    fn of(pending: Option<&Pending>) -> Self {
        match pending.map(|pending| pending.resolved) {
            None => Self::Missing,
            Some(None) => Self::Open,
            Some(Some((resolution, by))) => Self::Resolved(resolution, by),
        }
    }
}

impl Ledger {
    /// Recomputes everything from the log and compares. Runs beside the writer, in one go: for a ledger at rest.
    pub async fn audit(&self) -> Result<Audit, ReadError> {
        self.read_patiently(audit).await
    }

    /// Lets an auditor do one step, [`Auditor::follow`] or [`Auditor::look`], and gives it back with the step's answer.
    pub async fn audit_step(
        &self,
        mut auditor: Auditor,
        step: fn(&mut Auditor, &dyn Reader) -> Result<bool, StorageError>,
    ) -> Result<(Auditor, Result<bool, StorageError>), ReadError> {
        self.read_patiently(move |reader| {
            let outcome = step(&mut auditor, reader);
            Ok((auditor, outcome))
        })
        .await
    }
}

/// Recomputes everything from the log and compares.
pub fn audit(reader: &dyn Reader) -> Result<Audit, StorageError> {
    let mut auditor = Auditor::new();
    let is_full = |auditor: &Auditor| auditor.findings() >= FINDINGS_MAX;
    while !is_full(&auditor) && !auditor.follow(reader)? {}
    while !is_full(&auditor) && !auditor.look(reader)? {}
    let findings = auditor.take_findings();
    Ok(Audit { sequence: auditor.sequence(), accounts: auditor.accounts(), findings })
}
