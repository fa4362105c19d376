//! The two things that come from outside the program's logic: the time and randomness. Read here, passed on as arguments.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use qianbao_core::Timestamp;
use qianbao_core::id::{Id, Kind};
use qianbao_ledger::CommitClock;

/// Tells the time. Tests set their own.
pub trait Clock: Send + Sync + 'static {
    /// The moment now.
    fn now(&self) -> Timestamp;
}

/// Gives random bytes fit for keys. Tests give known ones.
pub trait Random: Send + Sync + 'static {
    /// Fills `bytes`.
    fn fill(&self, bytes: &mut [u8]);
}

/// The operating system's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
    }
}

/// The operating system's random source.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemRandom;

impl Random for SystemRandom {
    fn fill(&self, bytes: &mut [u8]) {
        getrandom::fill(bytes).expect("the operating system gives random bytes; without them nothing here is safe");
    }
}

/// Clock and randomness together, as the app state holds them.
#[derive(Clone)]
pub struct Sources {
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    commit_clock: CommitClock,
}

/// A ledger's clock, as a source of time.
struct LedgerClock(qianbao_ledger::Clock);

impl Clock for LedgerClock {
    fn now(&self) -> Timestamp {
        (self.0)()
    }
}

impl Sources {
    /// These sources; the clock gives commit times as well, on every database.
    pub fn new(clock: impl Clock, random: impl Random) -> Self {
        Self { clock: Arc::new(clock), random: Arc::new(random), commit_clock: CommitClock::Given }
    }

    /// The operating system's. On a database that several processes share, the database's clock gives commit times.
    pub fn system() -> Self {
        Self { commit_clock: CommitClock::Database, ..Self::new(SystemClock, SystemRandom) }
    }

    /// The same randomness with a ledger's clock: where the database gives commit times, every process then means the same moment by "now", however
    /// its own clock goes.
    pub fn timed_by(&self, clock: qianbao_ledger::Clock) -> Self {
        Self { clock: Arc::new(LedgerClock(clock)), ..self.clone() }
    }

    /// Whose clock gives commit times on a shared database.
    pub fn commit_clock(&self) -> CommitClock {
        self.commit_clock
    }

    /// The moment now.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Fresh random bytes.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.random.fill(&mut bytes);
        bytes
    }

    /// A fresh id.
    pub fn id<K: Kind>(&self) -> Id<K> {
        Id::from_parts(u64::try_from(self.now().millis()).unwrap_or(0), self.bytes())
    }
}

impl std::fmt::Debug for Sources {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sources")
    }
}
