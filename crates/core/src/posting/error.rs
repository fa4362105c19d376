//! What makes a draft not a posting.

use uuid::Uuid;

/// The draft breaks a rule of form, so it is not a posting and never reaches the ledger.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PostingError {
    /// The id is not a UUID of version 7.
    #[error("expected a posting id of UUID version 7, found {found}")]
    IdVersion {
        /// The id that was found.
        found: Uuid,
    },
    /// Too many parts of one kind.
    #[error("expected at most {max} {part}, found {found}")]
    TooMany {
        /// Legs, claims, guards, ensures or changes.
        part: &'static str,
        /// How many are allowed.
        max: usize,
        /// How many there are.
        found: usize,
    },
    /// A text or blob of the head is too long.
    #[error("expected at most {max} bytes of {part}, found {found}")]
    TooLong {
        /// Reference or details.
        part: &'static str,
        /// How many bytes are allowed.
        max: usize,
        /// How many there are.
        found: usize,
    },
    /// A final or pending posting without legs, claims, ensures and changes.
    #[error("expected at least one leg, claim, account to open or account change, found none")]
    Empty,
    /// A leg moves nothing or less.
    #[error("expected a leg amount above 0, found {found} in leg {leg}")]
    Amount {
        /// Index of the leg.
        leg: usize,
        /// Its amount.
        found: i64,
    },
    /// A leg debits and credits one account.
    #[error("expected two accounts, found the same on both sides of leg {leg}")]
    SameAccount {
        /// Index of the leg.
        leg: usize,
    },
    /// One key is claimed twice.
    #[error("expected different claims, found claim {claim} twice")]
    SameClaim {
        /// Index of the second one.
        claim: usize,
    },
    /// A negative amount in a settlement of a part.
    #[error("expected a settled amount of 0 or more, found {found} for pending leg {leg}")]
    SettledAmount {
        /// Index of the pending leg.
        leg: usize,
        /// The amount.
        found: i64,
    },
    /// The mode does not carry this part: only final postings change accounts, a void moves nothing.
    #[error("expected no {part} in a posting that is {mode}")]
    NotInMode {
        /// Legs or account changes.
        part: &'static str,
        /// The mode.
        mode: &'static str,
    },
    /// A floor above the ceiling of an account to open.
    #[error("expected a floor at or below the ceiling, found floor {floor} and ceiling {ceiling}")]
    Bounds {
        /// The floor.
        floor: i64,
        /// The ceiling.
        ceiling: i64,
    },
}
