//! What a writing process says on its standard output: one line for each outcome that a caller was given, after it was given.

use std::fmt;

use qianbao_core::Timestamp;
use qianbao_ledger::{Answer, Outcome, Refusal};
use sha2::{Digest, Sha256};

/// One acknowledged outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Said {
    /// The number of the posting.
    pub number: u64,
    /// Its outcome.
    pub outcome: Short,
}

/// An outcome in few bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Short {
    /// Posted at this sequence and commit time.
    Posted(u64, i64),
    /// Refused; a digest of the reason's words and the time.
    Refused(u64),
}

impl Short {
    /// Of an outcome.
    pub fn of(outcome: &Outcome) -> Self {
        match outcome {
            Outcome::Posted { sequence, time } => Self::Posted(*sequence, time.0),
            Outcome::Refused { reason, time } => Self::refused(reason, *time),
        }
    }

    /// Of what the ledger knows about an id.
    pub fn of_answer(answer: &Answer) -> Self {
        match answer {
            Answer::Posted(record) => Self::Posted(record.sequence, record.time.0),
            Answer::Refused(refused) => Self::refused(&refused.reason, refused.time),
        }
    }

    fn refused(reason: &Refusal, time: Timestamp) -> Self {
        let hash = Sha256::digest(format!("{reason:?} at {}", time.0));
        Self::Refused(hash.iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte)))
    }

    /// Whether it was posted.
    pub const fn is_posted(self) -> bool {
        matches!(self, Self::Posted(..))
    }
}

impl fmt::Display for Said {
    /// Ends with a full stop: the last line of a killed process may be cut off, and then it has said nothing.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.outcome {
            Short::Posted(sequence, time) => write!(f, "{} posted {sequence} {time}.", self.number),
            Short::Refused(reason) => write!(f, "{} refused {reason}.", self.number),
        }
    }
}

impl Said {
    /// What a line says, if it is whole.
    pub fn parse(line: &str) -> Option<Self> {
        let words: Vec<&str> = line.strip_suffix('.')?.split(' ').collect();
        let outcome = match words.as_slice() {
            [_, "posted", sequence, time] => Short::Posted(sequence.parse().ok()?, time.parse().ok()?),
            [_, "refused", reason] => Short::Refused(reason.parse().ok()?),
            _ => return None,
        };
        Some(Self { number: words.first()?.parse().ok()?, outcome })
    }
}
