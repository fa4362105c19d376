//! The one writer: takes what waits in the queue, decides it as a batch, stores it, answers.
//!
//! Phases of a batch: take up to [`BATCH_MAX`] postings, waiting a moment for callers just answered · load what they touch · `apply` · commit durably · answer each
//! caller · announce the new head. Answers go out after the commit only. When a commit fails nothing more is taken:
//! what is on disk is then known only to a fresh start.
//!
//! On a database that several processes share, a batch that another one was in the way of runs again, at most
//! [`TRIES_MAX`] times; so does one whose commit was not answered, and then the ids tell what had become of it. Between
//! batches the engine looks whether somebody else has moved the head, as long as anybody listens.

use std::collections::HashMap;
use std::hash::{BuildHasher, Hash};
use std::time::{Duration, Instant};

use qianbao_core::Timestamp;
use qianbao_core::posting::{AccountId, ClaimKey, Mode, Posting, PostingRef};
use tokio::sync::{mpsc, oneshot, watch};

use crate::apply::{Decision, Target, View, apply};
use crate::clock::{Clock, Zone};
use crate::observe::{BatchDone, Observed};
use crate::outcome::{Outcome, SubmitError};
use crate::steps::{Step, Steps};
use crate::storage::{StorageError, Tip, Writer};

/// Most postings of one batch.
pub(crate) const BATCH_MAX: usize = 256;
/// Most expired postings that one batch voids.
pub(crate) const EXPIRIES_MAX: usize = 64;
/// Longest time between two looks for what has expired.
const IDLE_MAX: Duration = Duration::from_secs(1);
/// Time between two looks at a shared head while somebody listens.
const LOOK_EVERY: Duration = Duration::from_millis(50);
/// How often a batch runs on a shared database before its callers are told to try again.
const TRIES_MAX: u32 = 5;

/// Longest time that a batch waits for more postings once it has one.
const GATHER_MAX: Duration = Duration::from_millis(1);

/// A posting on its way to the writer.
pub(crate) struct Job {
    pub(crate) posting: Posting,
    pub(crate) answer: Answer,
    /// The caller's span: the batch's is linked to it.
    pub(crate) span: tracing::Span,
}

/// Where a caller waits.
type Answer = oneshot::Sender<Result<Outcome, SubmitError>>;

/// What the writer thread owns.
pub(crate) struct Engine<W> {
    pub(crate) writer: W,
    pub(crate) queue: mpsc::Receiver<Job>,
    pub(crate) head: watch::Sender<u64>,
    pub(crate) clock: Clock,
    pub(crate) zone: Zone,
    pub(crate) observed: Observed,
    pub(crate) steps: Steps,
}

impl<W: Writer> Engine<W> {
    /// Runs until the last handle is gone or a commit fails.
    pub(crate) fn run(mut self, runtime: &tokio::runtime::Runtime) {
        let mut jobs = Vec::with_capacity(BATCH_MAX);
        let mut last = Pace::default();
        let mut last_batch = Instant::now();
        while runtime.block_on(self.gather(&mut jobs, last)) {
            if jobs.is_empty() && last_batch.elapsed() < IDLE_MAX {
                self.look();
                continue;
            }
            let count = jobs.len();
            // Without postings it is a look for what has expired, once a second.
            let span = if count == 0 {
                tracing::Span::none()
            } else {
                tracing::debug_span!("batch", postings = count, last = tracing::field::Empty)
            };
            for job in &jobs {
                span.follows_from(&job.span);
            }
            let (postings, answers): (Vec<_>, Vec<_>) = jobs.drain(..).map(|job| (job.posting, job.answer)).unzip();
            last_batch = Instant::now();
            self.steps.reach(Step::Taken);
            let outcome = span.in_scope(|| run_batch(&mut self.writer, postings, &*self.clock, &self.zone));
            if let Ok(decision) = &outcome {
                span.record("last", decision.tip.sequence);
            }
            last = Pace { answered: count, took: last_batch.elapsed() };
            span.in_scope(|| tracing::debug!(us = last.took.as_micros(), "stored"));
            let done = self.observed.get().map(|observer| (observer, done(count, last.took, &outcome)));
            let goes_on = self.answer(answers, outcome);
            if let Some((observer, done)) = done
                && (count > 0 || done.posted > 0)
            {
                observer.batch(&BatchDone { waiting: self.queue.len(), ..done });
            }
            if !goes_on || (count == 0 && !self.rest()) {
                return;
            }
        }
        self.rest();
    }

    /// Lets the writer do what it has put off. False when nothing more can be taken.
    fn rest(&mut self) -> bool {
        match self.writer.rest() {
            Ok(()) => true,
            Err(error) if error.is_passing() => {
                tracing::info!(%error, "what was put off waits longer");
                true
            }
            Err(error) => {
                tracing::error!(%error, "the ledger stops taking postings");
                false
            }
        }
    }

    /// Answers the callers of a batch. False when nothing more can be taken.
    fn answer(&self, answers: Vec<Answer>, outcome: Result<Decision, StorageError>) -> bool {
        let decision = match outcome {
            Ok(decision) => decision,
            Err(error) if error.is_passing() => {
                tracing::warn!(%error, callers = answers.len(), "a batch was given up for now");
                let is_unknown = matches!(error, StorageError::Unknown { .. });
                let reason = if is_unknown { SubmitError::Unknown } else { SubmitError::Busy };
                for answer in answers {
                    let _ = answer.send(Err(reason.clone()));
                }
                return true;
            }
            Err(error) => {
                tracing::error!(%error, "the ledger stops taking postings");
                return false;
            }
        };
        self.announce(decision.tip.sequence);
        for (answer, outcome) in answers.into_iter().zip(decision.answers) {
            // A caller that has gone away finds its outcome by the id.
            let _ = answer.send(outcome);
            self.steps.reach(Step::Answering);
        }
        self.steps.reach(Step::Answered);
        true
    }

    /// Looks whether another process has moved the head.
    fn look(&mut self) {
        match self.writer.look() {
            Ok(Some(sequence)) => self.announce(sequence),
            Ok(None) => {}
            // The next batch meets the same and tells its callers.
            Err(error) => tracing::debug!(%error, "the head could not be looked at"),
        }
    }

    fn announce(&self, sequence: u64) {
        self.head.send_if_modified(|head| {
            let is_new = sequence > *head;
            *head = sequence.max(*head);
            is_new
        });
    }

    /// How long the engine may wait for postings before it has something else to do.
    fn idle(&self) -> Duration {
        // The ledger's own handle holds one receiver.
        if W::IS_SHARED && self.head.receiver_count() > 1 { LOOK_EVERY } else { IDLE_MAX }
    }

    /// Takes what waits, and gives callers who were just answered a moment to come back: without it the first of them
    /// would be synced alone and the others would wait for that. False when no handle is left.
    async fn gather(&mut self, jobs: &mut Vec<Job>, last: Pace) -> bool {
        // Several callers are looked for before the thread sleeps: waking it costs more than they need to come back.
        if last.answered < 2 && !self.wait(jobs).await {
            return false;
        }
        let began = Instant::now();
        let patience = last.patience();
        while jobs.len() < BATCH_MAX {
            match self.queue.try_recv() {
                Ok(job) => jobs.push(job),
                Err(mpsc::error::TryRecvError::Empty) if jobs.len() < last.answered && began.elapsed() < patience => {
                    std::thread::yield_now();
                }
                Err(_) => break,
            }
        }
        !jobs.is_empty() || self.wait(jobs).await
    }

    /// Waits for something to do. False when no handle is left.
    async fn wait(&mut self, jobs: &mut Vec<Job>) -> bool {
        tokio::time::timeout(self.idle(), self.queue.recv_many(jobs, BATCH_MAX)).await != Ok(0)
    }
}

/// What an observer is told of a batch.
fn done(postings: usize, took: Duration, outcome: &Result<Decision, StorageError>) -> BatchDone {
    let (posted, refused) =
        outcome.as_ref().map_or((0, 0), |decision| (decision.records.len(), decision.refused.len()));
    BatchDone { postings, posted, refused, waiting: 0, took, is_given_up: outcome.is_err() }
}

/// How the last batch went.
#[derive(Clone, Copy, Default)]
struct Pace {
    /// How many callers were answered.
    answered: usize,
    /// How long the batch took, its sync included.
    took: Duration,
}

impl Pace {
    /// How long the next batch may wait for the same callers: never longer than half of what a batch takes, so that
    /// waiting costs less than the sync it saves.
    fn patience(self) -> Duration {
        (self.took / 2).min(GATHER_MAX)
    }
}

/// Loads everything that a batch touches: ids and targets first, since they name further claims and accounts.
pub(crate) fn load<W: Writer>(
    writer: &mut W,
    tip: Tip,
    postings: &[Posting],
    due: &[PostingRef],
) -> Result<View, StorageError> {
    let names: Vec<PostingRef> = postings.iter().map(|posting| posting.head.posting_ref()).collect();
    let known = zip(&names, writer.known(&names)?);
    let named = postings.iter().filter_map(|posting| match &posting.mode {
        Mode::Settle { pending, .. } | Mode::Void { pending } => Some(*pending),
        Mode::Final | Mode::Pending { .. } => None,
    });
    let names = distinct(due.iter().copied().chain(named));
    let targets = zip(&names, writer.targets(&names)?);
    let mut keys: Vec<ClaimKey> = Vec::new();
    let mut ids: Vec<AccountId> = Vec::with_capacity(postings.len() * 2);
    for posting in postings {
        keys.extend(posting.claims.iter().map(|claim| claim.key));
        ids.extend(posting.legs.iter().flat_map(|leg| [leg.debit, leg.credit]));
        ids.extend(posting.ensures.iter().map(|ensure| ensure.key.id()));
        ids.extend(posting.guards.iter().map(|guard| guard.account));
        ids.extend(posting.changes.iter().map(|change| change.account));
    }
    for target in targets.values() {
        if let Target::Pending(pending) = target {
            keys.extend(pending.claims.iter().map(|claim| claim.key));
            ids.extend(pending.legs.iter().flat_map(|leg| [leg.debit, leg.credit]));
        }
    }
    let keys = distinct(keys);
    let holders = zip(&keys, writer.holders(&keys)?);
    let ids = distinct(ids);
    let accounts = zip(&ids, writer.accounts(&ids)?);
    Ok(View { tip, known, targets, holders, accounts })
}

fn distinct<T: Ord>(items: impl IntoIterator<Item = T>) -> Vec<T> {
    let mut items: Vec<T> = items.into_iter().collect();
    items.sort_unstable();
    items.dedup();
    items
}

fn zip<K, V, S>(keys: &[K], values: Vec<Option<V>>) -> HashMap<K, V, S>
where
    K: Copy + Eq + Hash,
    S: BuildHasher + Default,
{
    debug_assert_eq!(keys.len(), values.len(), "a backend answers for each key");
    let mut found = HashMap::with_capacity_and_hasher(keys.len(), S::default());
    found.extend(keys.iter().zip(values).filter_map(|(key, value)| Some((*key, value?))));
    found
}

/// Runs one batch: loads, decides, stores. The engine's thread calls it; so may a test of a backend.
pub fn run_batch<W: Writer>(
    writer: &mut W,
    mut postings: Vec<Posting>,
    clock: &dyn Fn() -> Timestamp,
    zone: &Zone,
) -> Result<Decision, StorageError> {
    let tries_max = if W::IS_SHARED { TRIES_MAX } else { 1 };
    let mut unanswered = None;
    let mut tries = 0;
    loop {
        tries += 1;
        let is_last = tries == tries_max;
        let batch = if is_last { std::mem::take(&mut postings) } else { postings.clone() };
        match run_once(writer, batch, clock, zone) {
            Err(error) if error.is_passing() => {
                // Once a commit was not answered, no later failure proves that nothing was stored.
                if matches!(error, StorageError::Unknown { .. }) {
                    unanswered = Some(error.clone());
                }
                if is_last || (error == StorageError::Locked && unanswered.is_none()) {
                    return Err(unanswered.unwrap_or(error));
                }
                tracing::info!(%error, tries, "a batch runs again");
                writer.pause(tries);
            }
            outcome => return outcome,
        }
    }
}

fn run_once<W: Writer>(
    writer: &mut W,
    postings: Vec<Posting>,
    clock: &dyn Fn() -> Timestamp,
    zone: &Zone,
) -> Result<Decision, StorageError> {
    let tip = writer.begin()?;
    let time = writer.time(clock()).max(tip.time);
    let due = writer.due(time, EXPIRIES_MAX)?;
    let view = load(writer, tip, &postings, &due)?;
    let decision = apply(postings, view, &due, time, zone.day(time));
    if decision.is_empty() {
        writer.rollback()?;
    } else {
        writer.commit(&decision)?;
    }
    Ok(decision)
}
