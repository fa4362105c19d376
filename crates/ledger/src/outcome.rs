//! What becomes of a posting: posted or refused for ever, or an error that stores nothing.

use qianbao_core::Timestamp;
use qianbao_core::posting::{AccountId, AccountState, Asset, LedgerDay, PostingRef};

/// The one outcome of a posting. A repeat of the same posting gets the same one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is in the ledger, on disk.
    Posted {
        /// Its place in the one gapless order, from 1.
        sequence: u64,
        /// Commit time, monotone with the sequence.
        time: Timestamp,
    },
    /// It is finally not in the ledger; its id is closed.
    Refused {
        /// Why.
        reason: Refusal,
        /// When this was decided.
        time: Timestamp,
    },
}

/// Why a posting was refused. Indexes count from 0 within the posting. When several reasons hold, the first in this
/// order of checks is named: time, pending posting, claims, legs, floors and ceilings, guards, changes.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Commit time is past `not_after`, or at or past the expiry of a posting that would have been pending.
    #[error("expected a commit at or before {not_after:?}, the ledger's time is {time:?}")]
    TooLate {
        /// The head's last moment, or the expiry.
        not_after: Timestamp,
        /// Commit time.
        time: Timestamp,
    },
    /// The posting to settle or void is not in the ledger.
    #[error("expected a pending posting, found none with this owner and id")]
    PendingMissing,
    /// The posting to settle or void is in the ledger, but was never pending.
    #[error("expected a pending posting, found posting {sequence}, which is not")]
    NotPending {
        /// The posting that was named.
        sequence: u64,
    },
    /// The posting to settle or void has been settled or voided, or has expired.
    #[error("expected a pending posting, found one that is {resolution:?}")]
    PendingResolved {
        /// What became of it.
        resolution: Resolution,
    },
    /// A settlement of a part names another number of legs than the pending posting has.
    #[error("expected {expected} settled amounts, one for each pending leg, found {found}")]
    SettledCount {
        /// Legs of the pending posting.
        expected: usize,
        /// Amounts that were given.
        found: usize,
    },
    /// A settlement of a part settles more than was reserved.
    #[error("expected at most {reserved} for pending leg {leg}, found {found}")]
    SettledTooMuch {
        /// Index of the pending leg.
        leg: usize,
        /// What was reserved.
        reserved: i64,
        /// What should be settled.
        found: i64,
    },
    /// Another posting holds a claim.
    #[error("claim {claim} is held by posting {holder_sequence}")]
    ClaimTaken {
        /// Index of the claim.
        claim: usize,
        /// Who holds it.
        holder: PostingRef,
        /// The holder's sequence.
        holder_sequence: u64,
    },
    /// A leg names an account that is not open in the ledger.
    #[error("leg {leg} names account {account}, which does not exist")]
    AccountMissing {
        /// Index of the leg.
        leg: usize,
        /// The account.
        account: AccountId,
    },
    /// A leg and its account have different assets.
    #[error("leg {leg} moves {expected}, account {account} counts in {found}")]
    AssetMismatch {
        /// Index of the leg.
        leg: usize,
        /// The account.
        account: AccountId,
        /// The leg's asset.
        expected: Asset,
        /// The account's asset.
        found: Asset,
    },
    /// The state of an account does not admit a leg.
    #[error("account {account} of leg {leg} is {state:?}")]
    State {
        /// Index of the leg.
        leg: usize,
        /// The account.
        account: AccountId,
        /// Its state.
        state: AccountState,
    },
    /// A sum would pass [`crate::Sums::MAX`].
    #[error("leg {leg} would take a sum of account {account} beyond 2^61")]
    Overflow {
        /// Index of the leg.
        leg: usize,
        /// The account.
        account: AccountId,
    },
    /// Less than the floor would stay available.
    #[error("account {account} of leg {leg} is short by {short}")]
    Floor {
        /// Index of the first leg that names the account.
        leg: usize,
        /// The account.
        account: AccountId,
        /// How much is missing.
        short: i64,
    },
    /// More than the ceiling would stand in the account.
    #[error("account {account} of leg {leg} would exceed its ceiling by {excess}")]
    Ceiling {
        /// Index of the first leg that names the account.
        leg: usize,
        /// The account.
        account: AccountId,
        /// How much is too much.
        excess: i64,
    },
    /// A guard does not hold.
    #[error("guard {guard} measures {measured} and allows at most {at_most}")]
    Guard {
        /// Index of the guard.
        guard: usize,
        /// What was measured after the legs.
        measured: i64,
        /// What is allowed.
        at_most: i64,
    },
    /// A change names an account that is not open in the ledger.
    #[error("change {change} names an account that does not exist")]
    ChangedMissing {
        /// Index of the change.
        change: usize,
    },
    /// A change names a closed account.
    #[error("change {change} names a closed account")]
    ChangedClosed {
        /// Index of the change.
        change: usize,
    },
    /// An account that should be closed is not empty.
    #[error("change {change} closes an account that is not empty")]
    NotEmpty {
        /// Index of the change.
        change: usize,
    },
}

/// What became of a pending posting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Resolution {
    /// It was settled, whole or in part.
    Settled,
    /// It was voided.
    Voided,
    /// Its time ran out.
    Expired,
}

/// Why a posting got no outcome. Except for the last two, nothing was stored by this try, and the id is as open or closed
/// as it was before.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SubmitError {
    /// The queue is full, or the database is locked by somebody else: try again.
    #[error("the ledger is busy, try again")]
    Busy,
    /// It was built for a ledger day that is over (or has not begun): build it again.
    #[error("the posting was built for ledger day {built_for}, it is {today}: build it again")]
    Stale {
        /// The day in the posting.
        built_for: LedgerDay,
        /// The ledger day of commit.
        today: LedgerDay,
    },
    /// The id belongs to another request of the same owner, whatever became of that one.
    #[error("this id was used before for another request")]
    IdReused,
    /// Only the engine starts postings as `Owner::ENGINE`.
    #[error("the engine's own owner cannot start a posting")]
    OwnerReserved,
    /// The database did not say whether it has stored the posting. The id tells: send the same posting again, or ask.
    #[error("the ledger's database did not answer: the posting's id tells what became of it")]
    Unknown,
    /// The ledger has stopped taking postings (shutdown, or a failed write). Whether *this* posting was written may
    /// be unknown: after a restart its id tells.
    #[error("the ledger has stopped taking postings")]
    Stopped,
}
