//! The audit in the background: a server checks its own books and stops what goes out when they are wrong.
//!
//! An [`Auditor`] is kept in memory. It follows the log (each second costs what is new), looks at every stored balance and claim every
//! `--audit-seconds`, and begins again from the first posting once a day and at every start, which also reads the old part of the log again.
//! Each step is one short read; afterwards the job rests nine times as long as the step took, so that it never takes more than a tenth of one
//! core, nor more than one of the ledger's readers. Of several processes on one database the one that holds the lease does it.
//!
//! A difference raises the stop flag ([`crate::halt`]) and is logged as an error with the account. The job goes on, so that the log names
//! every account; the flag stays up until `qianbao resume` has found the books right.

use std::sync::Arc;
use std::time::{Duration, Instant};

use qianbao_core::Timestamp;
use qianbao_ledger::{Auditor, Reader, StorageError};

use crate::clock::Sources;
use crate::directory::DirectoryError;
use crate::failure::FailureError;
use crate::halt::{Halted, Reason};
use crate::metrics::Metrics;
use crate::projections::Lease;
use crate::realm::Realm;

/// Name of the lease; never changes.
const AUDIT: &str = "audit";
/// Time between two readings of the whole log.
const WHOLE_EVERY: Duration = Duration::from_hours(24);
/// Time between two looks at what is new, and at whether the lease is free.
const NEW_EVERY: Duration = Duration::from_secs(1);
/// After a failure, and while another process does it.
const PAUSE: Duration = Duration::from_secs(5);
/// The job rests this many times as long as it works.
const REST: u32 = 9;
/// And never shorter than this.
const REST_MIN: Duration = Duration::from_millis(2);
/// Most accounts of a realm that are audited here; about 600 MB of memory. A larger one needs `qianbao audit` on a machine of its own.
const ACCOUNTS_MAX: usize = 2_000_000;

/// A step was not done; the next one does it.
#[derive(Debug, thiserror::Error)]
enum AuditError {
    /// The directory or the ledger cannot do its work now.
    #[error(transparent)]
    Failure(#[from] FailureError),
}

impl From<DirectoryError> for AuditError {
    fn from(error: DirectoryError) -> Self {
        Self::Failure(error.into())
    }
}

/// What the job keeps between its steps.
struct Watch {
    auditor: Auditor,
    /// When it began at the first posting.
    began: Instant,
    /// When everything stored was compared last.
    looked: Option<Instant>,
    /// The same moment, seconds since 1970; 0 before the first time.
    compared_s: u64,
    /// Whether it is in the middle of a look.
    is_looking: bool,
    /// Whether it has raised the flag.
    has_raised: bool,
    /// What was found wrong, until the flag that says so stands.
    to_raise: Option<String>,
}

impl Watch {
    fn new() -> Self {
        Self {
            auditor: Auditor::new(),
            began: Instant::now(),
            looked: None,
            compared_s: 0,
            is_looking: false,
            has_raised: false,
            to_raise: None,
        }
    }
}

/// Audits again and again, until the task is dropped. `look_every` is the time between two looks at everything stored.
pub async fn run(realm: Arc<Realm>, sources: Sources, metrics: Metrics, look_every: Duration) {
    let holder = data_encoding::HEXLOWER.encode(&sources.bytes::<16>());
    let (mut lease, mut watch) = (None, None);
    loop {
        let pause = match step(&realm, &sources, &holder, &mut lease, &mut watch, look_every).await {
            Ok((pause, findings)) => {
                if let Some(held) = &watch {
                    metrics.audited(realm.name, held.auditor.sequence(), findings, held.compared_s);
                }
                pause
            }
            Err(error) => {
                tracing::warn!(realm = %realm.name, %error, "the books were not audited");
                lease = None;
                PAUSE
            }
        };
        tokio::time::sleep(pause).await;
    }
}

/// One step, where this process holds the lease; answers how long to rest, and how much was found.
async fn step(
    realm: &Realm,
    sources: &Sources,
    holder: &str,
    lease: &mut Option<Lease>,
    watch: &mut Option<Watch>,
    look_every: Duration,
) -> Result<(Duration, usize), AuditError> {
    let (directory, epoch) = (&realm.directory, realm.ledger.epoch());
    *lease = Lease::hold(lease.take(), directory, AUDIT, holder, epoch, sources.now()).await?;
    if lease.is_none() {
        *watch = None;
        return Ok((PAUSE, 0));
    }
    let held = watch.get_or_insert_with(Watch::new);
    let is_due = |held: &Watch| held.is_looking || held.looked.is_none_or(|looked| looked.elapsed() >= look_every);
    // A pass that has not compared anything yet is not given up, however long the log is.
    let is_old = held.looked.is_some() && held.began.elapsed() >= WHOLE_EVERY;
    if is_old || (held.has_raised && is_due(held) && is_repaired(realm).await?) {
        *held = Watch::new();
    }
    if held.auditor.accounts() > ACCOUNTS_MAX {
        let accounts = held.auditor.accounts();
        tracing::warn!(realm = %realm.name, accounts, "too many accounts to audit here: run `qianbao audit`");
        return Ok((WHOLE_EVERY, 0));
    }
    let began = Instant::now();
    let is_at_end = advance(realm, held, Auditor::follow).await?;
    if is_at_end && is_due(held) {
        held.is_looking = !advance(realm, held, Auditor::look).await?;
        if !held.is_looking {
            held.looked = Some(Instant::now());
            held.compared_s = u64::try_from(sources.now().millis() / 1_000).unwrap_or(0);
        }
    }
    let findings = report(realm, sources, held).await?;
    let least = if is_at_end && !held.is_looking { NEW_EVERY } else { REST_MIN };
    Ok(((began.elapsed() * REST).max(least), findings))
}

/// Whether somebody has taken the flag down: what was known to be wrong is not any more.
async fn is_repaired(realm: &Realm) -> Result<bool, DirectoryError> {
    Ok(realm.halt().reasons().await?.iter().all(|halted| halted.reason != Reason::Books))
}

/// One step of the auditor. What cannot be read back is a finding as well: it raises the flag.
async fn advance(
    realm: &Realm,
    held: &mut Watch,
    step: fn(&mut Auditor, &dyn Reader) -> Result<bool, StorageError>,
) -> Result<bool, AuditError> {
    let auditor = std::mem::take(&mut held.auditor);
    let (auditor, outcome) = realm.ledger.audit_step(auditor, step).await.map_err(FailureError::from)?;
    held.auditor = auditor;
    match outcome {
        Err(StorageError::Damaged { what, message }) => {
            held.to_raise.get_or_insert_with(|| format!("{what} cannot be read: {message}"));
            raise(realm, held, realm.ledger.now()).await?;
            Err(FailureError::Inconsistent("a ledger that can be read").into())
        }
        outcome => Ok(outcome.map_err(|error| FailureError::Read(error.into()))?),
    }
}

/// Logs what was found and raises the flag; answers how much it was.
async fn report(realm: &Realm, sources: &Sources, held: &mut Watch) -> Result<usize, AuditError> {
    let findings = held.auditor.take_findings();
    for finding in &findings {
        tracing::error!(realm = %realm.name, %finding, "the books are wrong");
    }
    if let Some(first) = findings.first() {
        held.to_raise.get_or_insert_with(|| first.to_string());
    }
    raise(realm, held, sources.now()).await?;
    Ok(findings.len())
}

/// Raises the flag where something is to be said. Where that fails, the next step says it.
async fn raise(realm: &Realm, held: &mut Watch, since: Timestamp) -> Result<(), AuditError> {
    let Some(detail) = held.to_raise.clone() else { return Ok(()) };
    let is_new = realm.halt().raise(&Halted { reason: Reason::Books, detail, since }).await?;
    (held.has_raised, held.to_raise) = (true, None);
    if is_new {
        tracing::error!(realm = %realm.name, "nothing goes out any more: repair the ledger, then `qianbao resume`");
    }
    Ok(())
}
