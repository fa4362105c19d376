//! Faults: the ledger is killed, its power cut, its disk made to fail, and 64 callers want what only one can have. Afterwards
//! every acknowledged id has to be found again as it was acknowledged, and the books have to add up.
//!
//! [`postings`] is what is sent: a pure function of a number, so that whoever looks for a number knows what was meant.
//! [`write`](mod@write) is the process that is killed; [`life`] starts it and hears what it acknowledges. [`check`] looks for all of it, with
//! [`books`], a second way of adding up that shares no code with the ledger. Each file of [`kinds`] is one kind of fault, told as *stories*:
//! a story has a seed, begins with an empty ledger and can be told again. [`report`] adds up.

pub mod books;
pub mod check;
pub mod cluster;
pub mod disk;
pub mod house;
pub mod kinds;
pub mod life;
pub mod postings;
pub mod random;
pub mod report;
pub mod said;
pub mod stage;
pub mod store;
pub mod write;

/// Why a story could not be told to its end: something was lost, or the stage broke. Both are failures.
pub type Failed = Box<dyn std::error::Error + Send + Sync>;

/// What a story answers.
pub type Told<T> = Result<T, Failed>;

/// Fails with a message when something does not hold.
#[macro_export]
macro_rules! hold {
    ($holds:expr, $($words:tt)+) => {
        if !$holds {
            return Err(format!($($words)+).into());
        }
    };
}
