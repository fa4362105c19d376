//! The steps of a batch on its way to the disk, and who is told of them: nobody, unless the crate is built for the tests of
//! faults (feature `faults`), which end the process at each of them. Without the feature telling is an empty function.

/// A step of a batch, in the order in which they are reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Step {
    /// The batch was taken from the queue.
    Taken,
    /// The transaction has begun; on a shared database the turn was taken.
    Begun,
    /// It was decided, nothing is stored.
    Decided,
    /// The log and the ids are stored within the transaction.
    LogStored,
    /// New accounts and what has changed of others are stored within the transaction.
    AccountsStored,
    /// The balances that waited are stored within the transaction: once in many batches, and when the ledger is opened or nothing comes.
    BalancesStored,
    /// Everything is stored within the transaction; the commit comes next.
    Stored,
    /// The commit has returned; nobody has been answered.
    Committed,
    /// One caller of the batch has been answered.
    Answering,
    /// All callers of the batch have been answered.
    Answered,
}

/// Who is told of steps.
#[cfg(feature = "faults")]
pub type StepObserver = std::sync::Arc<dyn Fn(Step) + Send + Sync>;

/// Where a writer says how far it is.
#[derive(Clone, Default)]
pub(crate) struct Steps {
    #[cfg(feature = "faults")]
    pub(crate) observer: Option<StepObserver>,
}

#[cfg(feature = "faults")]
impl Steps {
    /// Says that the step is reached.
    pub(crate) fn reach(&self, step: Step) {
        if let Some(observer) = &self.observer {
            observer(step);
        }
    }
}

#[cfg(not(feature = "faults"))]
impl Steps {
    /// Says it to nobody.
    #[expect(clippy::unused_self, reason = "the other body tells its observer")]
    pub(crate) const fn reach(&self, _step: Step) {}
}
