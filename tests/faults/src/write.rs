//! The process that faults happen to: callers who send numbers one after another and say every outcome they were given.
//!
//! It ends when everything is sent, when the ledger stops, or when it is killed, by somebody else or by itself at a step.

use std::process::ExitCode;
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use qianbao_core::posting::Posting;
use qianbao_ledger::{Copying, Durability, Ledger, Outcome, Step, SubmitError, Trial};
use rustix::process::{Signal, getpid, kill_process};

use crate::Told;
use crate::postings::posting;
use crate::said::{Said, Short};
use crate::store::Store;

/// The ledger could not be opened; why stands on standard error.
pub const NOT_OPENED: u8 = 4;
/// The ledger stopped taking postings.
pub const STOPPED: u8 = 3;

/// The word for the step that only SQLite has.
pub const BALANCES: &str = "balances-stored";

/// The steps at which a process can end itself, with the words for them.
pub const STEPS: [(&str, Step); 10] = [
    ("taken", Step::Taken),
    ("begun", Step::Begun),
    ("decided", Step::Decided),
    ("log-stored", Step::LogStored),
    ("accounts-stored", Step::AccountsStored),
    (BALANCES, Step::BalancesStored),
    ("stored", Step::Stored),
    ("committed", Step::Committed),
    ("answering", Step::Answering),
    ("answered", Step::Answered),
];

/// A step, and how often it is reached before it is the last one: `log-stored:7`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LastStep {
    /// The step.
    pub step: Step,
    /// From 1.
    pub time: u64,
}

impl FromStr for LastStep {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("expected a step such as stored:7, found {text:?}");
        let (word, time) = text.split_once(':').ok_or_else(wrong)?;
        let (_, step) = STEPS.into_iter().find(|(known, _)| *known == word).ok_or_else(wrong)?;
        Ok(Self { step, time: time.parse().map_err(|_| wrong())? })
    }
}

/// What a process sends.
#[derive(Clone, Debug, clap::Args)]
pub struct Sending {
    /// The ledger's file.
    #[arg(long, conflicts_with_all = ["address", "schema"])]
    pub file: Option<std::path::PathBuf>,
    /// The ledger's database.
    #[arg(long, requires = "schema")]
    pub address: Option<String>,
    /// The ledger's schema there.
    #[arg(long)]
    pub schema: Option<String>,
    /// The first number.
    #[arg(long, default_value_t = 0)]
    pub first: u64,
    /// How many numbers.
    #[arg(long, default_value_t = 1_000_000)]
    pub count: u64,
    /// How many callers share them.
    #[arg(long, default_value_t = 8)]
    pub callers: u64,
    /// Settings that lose what was acknowledged.
    #[arg(long)]
    pub weak: bool,
    /// SQLite's WAL is copied and its balances are written every few commits.
    #[arg(long)]
    pub copy_often: bool,
    /// The step at which the process ends itself.
    #[arg(long)]
    pub end_at: Option<LastStep>,
}

impl Sending {
    /// Where the ledger lies.
    pub fn store(&self) -> Told<Store> {
        match (&self.file, &self.address, &self.schema) {
            (Some(file), _, _) => Ok(Store::Sqlite(file.clone())),
            (None, Some(address), Some(schema)) => {
                Ok(Store::Postgres { address: address.clone(), schema: schema.clone() })
            }
            _ => Err("expected --file, or --address and --schema".into()),
        }
    }

    fn trial(&self) -> Trial {
        let observer = self.end_at.map(|last| {
            let reached = AtomicU64::new(0);
            let observer: qianbao_ledger::StepObserver = Arc::new(move |step| {
                if step == last.step && reached.fetch_add(1, Ordering::SeqCst) + 1 == last.time {
                    let _ = kill_process(getpid(), Signal::KILL);
                }
            });
            observer
        });
        let durability = if self.weak { Durability::Weak } else { Durability::Kept };
        let copying = if self.copy_often { Copying::Often } else { Copying::Seldom };
        Trial { observer, durability, copying }
    }
}

/// Sends everything.
pub async fn write(sending: &Sending) -> ExitCode {
    let ledger = match sending.store().and_then(|store| store.open_on_trial(&sending.trial())) {
        Ok(ledger) => ledger,
        Err(error) => {
            eprintln!("the ledger cannot be opened: {error}");
            return ExitCode::from(NOT_OPENED);
        }
    };
    let callers: Vec<_> = (0..sending.callers.min(sending.count))
        .map(|caller| tokio::spawn(call(ledger.clone(), sending.clone(), caller)))
        .collect();
    let mut code = ExitCode::SUCCESS;
    for caller in callers {
        match caller.await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => {
                eprintln!("{error}");
                code = ExitCode::from(STOPPED);
            }
            Err(_) => return ExitCode::FAILURE,
        }
    }
    code
}

async fn call(ledger: Ledger, sending: Sending, caller: u64) -> Result<(), SubmitError> {
    let step = usize::try_from(sending.callers).unwrap_or(1);
    for number in (sending.first + caller..sending.first + sending.count).step_by(step) {
        let outcome = insist(&ledger, posting(number)).await?;
        println!("{}", Said { number, outcome: Short::of(&outcome) });
    }
    Ok(())
}

/// Sends until there is an outcome, as a client does.
///
/// # Errors
/// When the ledger has stopped, or the posting can never have an outcome.
pub async fn insist(ledger: &Ledger, posting: Posting) -> Result<Outcome, SubmitError> {
    loop {
        match ledger.submit(posting.clone()).await {
            Err(SubmitError::Busy | SubmitError::Unknown) => tokio::time::sleep(Duration::from_millis(10)).await,
            outcome => return outcome,
        }
    }
}
