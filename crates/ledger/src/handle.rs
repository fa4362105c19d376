//! The handle that everybody else holds: submits postings, reads what stands.

use std::sync::Arc;

use qianbao_core::Timestamp;
use qianbao_core::posting::{AccountId, ClaimKey, LedgerDay, Owner, Posting, PostingId, PostingRef};
use tokio::sync::{Semaphore, mpsc, oneshot, watch};
use tracing::Instrument;

use crate::account::Account;
use crate::apply::{Holder, Pending};
use crate::clock::{Clock, Zone};
use crate::engine::{Engine, Job};
use crate::history::{Cursor, Entry, Page};
use crate::observe::{Observed, Observer};
use crate::outcome::{Outcome, SubmitError};
use crate::record::{Answer, Record};
use crate::steps::Steps;
use crate::storage::{Reader, StorageError, Writer};

/// Which life of the ledger this is: a restore from a backup begins a new one. Cursors carry it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Epoch(pub i64);

/// What a ledger is opened with.
#[derive(Clone)]
pub struct Settings {
    /// The clock of commit times.
    pub clock: Clock,
    /// The zone of a ledger that is created now. One that exists keeps its own.
    pub zone: Zone,
    /// The epoch of a ledger that is created now. One that exists keeps its own.
    pub epoch: Epoch,
}

/// Most postings that wait for the writer; one more is answered as busy.
pub const QUEUE_MAX: usize = 4_096;
/// Most lines, records or accounts that one read answers.
pub const READ_MAX: usize = 1_000;
/// Most reads that run or wait; one more is answered as busy.
pub const READS_MAX: usize = 1_024;
/// Reads that run side by side.
pub(crate) const READERS: usize = 4;

/// The ledger: cheap to clone, safe to share. The writer stops when the last clone is gone.
#[derive(Clone)]
pub struct Ledger {
    shared: Arc<Shared>,
}

struct Shared {
    queue: Option<mpsc::Sender<Job>>,
    reader: Arc<dyn Reader>,
    /// Places for reads that run or wait, and of those that run.
    places: Semaphore,
    reads: Semaphore,
    head: watch::Receiver<u64>,
    clock: Clock,
    zone: Zone,
    epoch: Epoch,
    observed: Observed,
    writer: Option<std::thread::JoinHandle<()>>,
}

impl Drop for Shared {
    /// Closes the queue and waits for the writer, at most one batch: afterwards the backend is free again.
    fn drop(&mut self) {
        self.queue = None;
        if let Some(writer) = self.writer.take()
            && writer.join().is_err()
        {
            tracing::error!("the ledger's writer panicked");
        }
    }
}

/// A read that could not be answered.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// More was asked for than one read answers.
    #[error("expected a limit of 1 to {max}, found {found}")]
    Limit {
        /// The largest limit.
        max: usize,
        /// What was asked for.
        found: usize,
    },
    /// Too much is being read already; nothing was read.
    #[error("expected at most {READS_MAX} reads at once: try again in a moment")]
    Busy,
    /// The backend failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The runtime is shutting down.
    #[error("the ledger is shutting down")]
    Stopped,
}

impl Ledger {
    /// Starts the writer thread over a backend.
    pub(crate) fn start<W: Writer>(
        writer: W,
        reader: Arc<dyn Reader>,
        clock: Clock,
        zone: Zone,
        epoch: Epoch,
    ) -> Result<Self, StorageError> {
        Self::start_watched(writer, reader, clock, zone, epoch, Steps::default())
    }

    /// The same, and somebody is told of the batches' steps.
    pub(crate) fn start_watched<W: Writer>(
        writer: W,
        reader: Arc<dyn Reader>,
        clock: Clock,
        zone: Zone,
        epoch: Epoch,
        steps: Steps,
    ) -> Result<Self, StorageError> {
        let failed =
            |error: std::io::Error| StorageError::Database { doing: "started its writer", message: error.to_string() };
        let (queue, jobs) = mpsc::channel(QUEUE_MAX);
        let (announce, head) = watch::channel(reader.tip()?.sequence);
        let observed = Observed::default();
        let engine = Engine {
            writer,
            queue: jobs,
            head: announce,
            clock: Arc::clone(&clock),
            zone: zone.clone(),
            observed: observed.clone(),
            steps,
        };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().map_err(failed)?;
        let thread = std::thread::Builder::new()
            .name("ledger".to_owned())
            .spawn(move || engine.run(&runtime))
            .map_err(failed)?;
        let shared = Shared {
            queue: Some(queue),
            reader,
            places: Semaphore::new(READS_MAX),
            reads: Semaphore::new(READERS),
            head,
            clock,
            zone,
            epoch,
            observed,
            writer: Some(thread),
        };
        Ok(Self { shared: Arc::new(shared) })
    }

    /// Applies a posting, all or nothing, durably, once. A repeat gets the stored outcome.
    pub async fn submit(&self, posting: Posting) -> Result<Outcome, SubmitError> {
        let (answer, outcome) = oneshot::channel();
        let queue = self.shared.queue.as_ref().ok_or(SubmitError::Stopped)?;
        let span = tracing::debug_span!("posting");
        let job = Job { posting, answer, span: span.clone() };
        queue.try_send(job).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => SubmitError::Busy,
            mpsc::error::TrySendError::Closed(_) => SubmitError::Stopped,
        })?;
        let outcome = outcome.instrument(span).await.unwrap_or(Err(SubmitError::Stopped));
        // In the caller's span: the sequence says which batch it was.
        tracing::debug!(?outcome, "decided");
        outcome
    }

    /// The account, or None when it was never opened.
    pub async fn account(&self, id: AccountId) -> Result<Option<Account>, ReadError> {
        Ok(self.accounts(vec![id]).await?.1.pop().flatten())
    }

    /// Up to [`READ_MAX`] accounts in the order asked, all as they stood at one sequence, which comes first.
    pub async fn accounts(&self, ids: Vec<AccountId>) -> Result<(u64, Vec<Option<Account>>), ReadError> {
        if ids.len() > READ_MAX {
            return Err(ReadError::Limit { max: READ_MAX, found: ids.len() });
        }
        self.read(move |reader| reader.accounts(&ids)).await
    }

    /// Accounts of an owner in order of code.
    pub async fn accounts_of(&self, owner: Owner, limit: usize) -> Result<Vec<Account>, ReadError> {
        check(limit)?;
        self.read(move |reader| reader.accounts_of(owner, limit)).await
    }

    /// What became of a posting. None: it is not in the ledger, though a batch that holds it may be on its way to the disk.
    /// Whoever must know finally, once `not_after` is past, submits something under the same id: the queue is behind
    /// everything that was sent before.
    pub async fn posting(&self, posting: PostingRef) -> Result<Option<Answer>, ReadError> {
        self.read(move |reader| reader.answer(posting)).await
    }

    /// Posted postings with this id, whoever started them: ids are unique only with their owner.
    pub async fn postings_with_id(&self, id: PostingId, limit: usize) -> Result<Vec<Record>, ReadError> {
        check(limit)?;
        self.read(move |reader| reader.with_id(id, limit)).await
    }

    /// What became of a pending posting. None when it is not there or was never pending.
    pub async fn pending(&self, posting: PostingRef) -> Result<Option<Pending>, ReadError> {
        self.read(move |reader| reader.pending(posting)).await
    }

    /// Who holds a claim.
    pub async fn claim_holder(&self, key: ClaimKey) -> Result<Option<Holder>, ReadError> {
        self.read(move |reader| reader.holder(key)).await
    }

    /// A page of an account's history before a cursor, newest first, with the balance after each line.
    pub async fn history(&self, account: AccountId, before: Option<Cursor>, limit: usize) -> Result<Page, ReadError> {
        check(limit)?;
        self.read(move |reader| reader.history(account, before, limit)).await
    }

    /// The next lines of an account's history after a sequence, oldest first, of up to 256 whole postings; none when there
    /// is nothing newer. Go on with the sequence of the last line.
    pub async fn history_after(&self, account: AccountId, after: u64) -> Result<Vec<Entry>, ReadError> {
        self.read(move |reader| reader.history_after(account, after)).await
    }

    /// Records after a sequence, oldest first.
    pub async fn tail(&self, after: u64, limit: usize) -> Result<Vec<Record>, ReadError> {
        check(limit)?;
        self.read(move |reader| reader.tail(after, limit)).await
    }

    /// The record with this sequence.
    pub async fn record(&self, sequence: u64) -> Result<Option<Record>, ReadError> {
        let Some(after) = sequence.checked_sub(1) else { return Ok(None) };
        Ok(self.tail(after, 1).await?.pop())
    }

    /// The last sequence, now and whenever it changes.
    pub fn head(&self) -> watch::Receiver<u64> {
        self.shared.head.clone()
    }

    /// Which life of the ledger this is.
    pub fn epoch(&self) -> Epoch {
        self.shared.epoch
    }

    /// Lets an observer hear of every batch from now on. Answers false when another one does already.
    pub fn observe(&self, observer: Arc<dyn Observer>) -> bool {
        self.shared.observed.set(observer)
    }

    /// How many postings wait for the writer.
    pub fn waiting(&self) -> usize {
        self.shared.queue.as_ref().map_or(0, |queue| QUEUE_MAX.saturating_sub(queue.capacity()))
    }

    /// The present moment of the ledger's clock. Commit times come from the same clock and never run backwards.
    pub fn now(&self) -> Timestamp {
        (self.shared.clock)()
    }

    /// The ledger's clock, which does not hold the ledger.
    pub fn clock(&self) -> Clock {
        Arc::clone(&self.shared.clock)
    }

    /// The zone in which ledger days begin.
    pub fn zone(&self) -> &Zone {
        &self.shared.zone
    }

    /// The ledger day of the present moment: what a posting that names accounts of a day is built for.
    pub fn day(&self) -> LedgerDay {
        self.shared.zone.day(self.now())
    }

    /// Waits until the writer has stopped, which it does only after a failed write.
    pub async fn stopped(&self) {
        if let Some(queue) = &self.shared.queue {
            queue.closed().await;
        }
    }

    /// Whether the writer still takes postings. False after a failed write: the process should end.
    pub fn is_writable(&self) -> bool {
        self.shared.queue.as_ref().is_some_and(|queue| !queue.is_closed())
    }

    /// A read for somebody who waits for it: told at once when too many wait already.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        query: impl FnOnce(&dyn Reader) -> Result<T, StorageError> + Send + 'static,
    ) -> Result<T, ReadError> {
        let _place = self.shared.places.try_acquire().map_err(|_| ReadError::Busy)?;
        self.read_patiently(query).await
    }

    /// A read of the ledger's own, such as the audit's, which gets its turn however many wait.
    pub(crate) async fn read_patiently<T: Send + 'static>(
        &self,
        query: impl FnOnce(&dyn Reader) -> Result<T, StorageError> + Send + 'static,
    ) -> Result<T, ReadError> {
        let _permit = self.shared.reads.acquire().await.map_err(|_| ReadError::Stopped)?;
        let reader = Arc::clone(&self.shared.reader);
        let answer = tokio::task::spawn_blocking(move || query(reader.as_ref())).await;
        answer.map_err(|_| ReadError::Stopped)?.map_err(ReadError::Storage)
    }
}

const fn check(limit: usize) -> Result<(), ReadError> {
    if limit == 0 || limit > READ_MAX { Err(ReadError::Limit { max: READ_MAX, found: limit }) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::time::Duration;

    use super::{Epoch, READS_MAX, ReadError};
    use crate::{Memory, Zone};
    use qianbao_core::Timestamp;

    #[tokio::test]
    async fn reads_beyond_the_most_are_told_so_at_once_and_the_others_are_answered() {
        let zone = Zone::new("Asia/Shanghai").expect("a zone");
        let ledger = Memory::new().start(Arc::new(|| Timestamp(1)), zone, Epoch(1)).expect("started");
        let is_open = Arc::new(AtomicBool::new(false));
        let reads: Vec<_> = (0..READS_MAX)
            .map(|number| {
                let (ledger, is_open) = (ledger.clone(), Arc::clone(&is_open));
                tokio::spawn(async move {
                    let wait = move |_: &dyn crate::storage::Reader| {
                        while !is_open.load(Ordering::SeqCst) {
                            std::thread::sleep(Duration::from_millis(1));
                        }
                        Ok(number)
                    };
                    ledger.read(wait).await
                })
            })
            .collect();
        while ledger.shared.places.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
        assert_eq!(ledger.tail(0, 1).await, Err(ReadError::Busy));
        let own = ledger.read_patiently(crate::storage::Reader::tip);
        is_open.store(true, Ordering::SeqCst);
        for (number, read) in reads.into_iter().enumerate() {
            assert_eq!(read.await.expect("it did not panic"), Ok(number));
        }
        assert_eq!(own.await.map(|tip| tip.sequence), Ok(0), "the ledger's own are not turned away");
        assert_eq!(ledger.tail(0, 1).await, Ok(Vec::new()));
    }
}
