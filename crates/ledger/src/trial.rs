//! A ledger on trial (feature `faults`): its steps are watched, and its promises may be weakened, to show that a test of
//! power cuts would notice. Only the tests of faults build the crate with this; nothing in the product can ask for it.

use crate::steps::{StepObserver, Steps};

/// What is different from a ledger in service.
#[derive(Clone, Default)]
pub struct Trial {
    /// Who is told of steps, on the writer's thread.
    pub observer: Option<StepObserver>,
    /// Whether commits wait for the disk.
    pub durability: Durability,
    /// How often SQLite's WAL is copied into the file and balances are written.
    pub copying: Copying,
}

/// How often SQLite's WAL is copied into the file and balances are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Copying {
    /// As in service.
    #[default]
    Seldom,
    /// Every few commits, so that a test meets it.
    Often,
}

/// Whether a commit waits for the disk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Durability {
    /// As in service.
    #[default]
    Kept,
    /// SQLite: `synchronous=NORMAL`. Postgres: `synchronous_commit=off`. A power cut takes what was acknowledged.
    Weak,
}

impl Trial {
    pub(crate) fn steps(&self) -> Steps {
        Steps { observer: self.observer.clone() }
    }
}
