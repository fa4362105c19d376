//! The posting engine: accounts, postings, one gapless order. It knows nothing of payments.
//!
//! # In one minute
//!
//! An account holds four sums: debits and credits, posted and pending. A posting moves value between accounts, all or
//! nothing: legs, conditions (floors, ceilings, guards), claims on one-use things. It is *posted* with a sequence and a
//! commit time, or *refused* with a reason, once for each (owner, id) and for ever. [`Ledger::submit`] answers after the
//! outcome is on disk; everything else reads.
//!
//! One pure function decides, [`apply`](apply()): `apply(batch, what it touches, time) → decision`. A backend only loads
//! what a batch touches and stores what came out, so all backends give the same answers. [`Memory`] is the model,
//! [`Sqlite`] the default, [`Postgres`] the one that several processes share; all run one conformance suite, and random
//! batches are compared between them.
//!
//! ```
//! use std::sync::Arc;
//!
//! use qianbao_core::chart::AccountCode;
//! use qianbao_core::posting::{AccountKey, Draft, Ensure, Head, Owner, PostingId, PostingKind};
//! use qianbao_core::{Currency, Timestamp};
//! use qianbao_ledger::{Epoch, Memory, Outcome, Zone};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
//! let now = Timestamp::from_millis(1_795_406_400_000);
//! let ledger = Memory::new().start(Arc::new(move || now), Zone::new("Asia/Shanghai")?, Epoch(1))?;
//!
//! let bank = AccountKey::new(AccountCode::BankSettlement, Owner::named("bank"), Currency::CNY);
//! let wallet = AccountKey::new(AccountCode::PersonalWallet, Owner::named("ming"), Currency::CNY);
//! let head = Head {
//!     owner: Owner::named("bank"),
//!     id: PostingId::from_parts(1_795_406_400_000, [7; 10]),
//!     kind: PostingKind::literal("topup"),
//!     reference: "notice 1".to_owned(),
//!     digest: [0; 32],
//!     not_after: None,
//!     details: Vec::new(),
//! };
//! let topup = Draft::new(head)
//!     .ensure(Ensure::open(bank))
//!     .ensure(Ensure::open(wallet).floor(0))
//!     .leg(bank.id(), wallet.id(), Currency::CNY, 1_800)
//!     .finish()?;
//!
//! let outcome = Outcome::Posted { sequence: 1, time: now };
//! assert_eq!(ledger.submit(topup.clone()).await, Ok(outcome.clone()));
//! assert_eq!(ledger.submit(topup).await, Ok(outcome), "once, however often it is sent");
//! assert_eq!(ledger.account(wallet.id()).await?.map(|account| account.available()), Some(1_800));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # })
//! # }
//! ```
//!
//! # A posting's way, and what each step costs on SQLite
//!
//! 1. *Queue.* A bounded queue (4,096) takes the posting; a full one answers [`SubmitError::Busy`] and stores nothing. Reads have one of
//!    their own (1,024, of which four run) and answer [`ReadError::Busy`].
//! 2. *Batch.* The writer thread takes whatever waits, at most 256. While one batch is synced the next one gathers; callers
//!    who were just answered get up to half the time of that batch, at most 1 ms, to come back. A single caller never waits.
//! 3. *Load.* Ids: none for a new one, since the newest 65,536 are in memory and new ids come above them. Accounts: from
//!    memory when used lately, else one row. Each claim: one look-up. Pending postings that are settled: two rows each.
//! 4. *Decide.* No I/O. First the engine's own voids of what has expired, then the postings in order.
//! 5. *Store.* One transaction: for each posting one row at the end of the log; each claim one row. What follows from the log is written
//!    once in many batches and waits in memory until then, where reads find it: every 2,048 postings, or once nothing came for a second, each
//!    touched balance once, one row at the end of the ids for each posting, and the marks. After a crash the log is read from where
//!    that was last done. History needs no row: a record names, for each account it touched, the record that touched it before, and
//!    every 64th posting of an account leaves a mark.
//! 6. *Sync*, once a batch: WAL with `synchronous=FULL`. Every 1,024 pages the WAL is copied into the file.
//! 7. *Answer* each caller, announce the new head.
//!
//! What differs on Postgres stands at [`Postgres`].
//!
//! # What is guaranteed
//!
//! - Acknowledged means durable. A failed write or sync, of the copying too, stops the writer; a fresh start reads
//!   what is on disk.
//! - Sequences are gapless in commit order, commit times never run backwards, nothing is ordered by id.
//! - A read sees one state. Two reads may see two, the later one never an older one.
//! - The same id with the same digest gets the same answer; with another digest it changes nothing.
//! - The cost of a page of history, of a page of the tail and of a balance does not grow with the ledger.
//!
//! # What it leaves to others
//!
//! Who may post what; the meaning of kinds, references and details; what follows from a posting (read [`Ledger::tail`] from
//! your own cursor, woken by [`Ledger::head`]). It reads no clock: the door hands one in, or the shared database tells the
//! time ([`CommitClock`]). After a restore the caller gives a new [`Epoch`], which makes every cursor of the old life invalid.

#![deny(unsafe_code)]

mod account;
mod account_map;
mod apply;
mod audit;
mod clock;
mod columns;
mod engine;
mod handle;
mod history;
mod memory;
mod observe;
mod outcome;
mod postgres;
mod recent;
mod record;
mod sqlite;
mod steps;
mod storage;
#[cfg(feature = "faults")]
mod trial;

pub use account::{Account, Sums};
pub use account_map::{AccountMap, IdHasher};
pub use apply::{Decision, Holder, Known, Mark, Pending, Stored, Target, View, apply};
pub use audit::{Audit, Auditor, Finding, Standing, audit};
pub use clock::{Clock, Zone, ZoneError};
pub use engine::run_batch;
pub use handle::{Epoch, Ledger, QUEUE_MAX, READ_MAX, READS_MAX, ReadError, Settings};
pub use history::{Cursor, Direction, Entry, Page};
pub use memory::Memory;
pub use observe::{BatchDone, Observer};
pub use outcome::{Outcome, Refusal, Resolution, SubmitError};
pub use postgres::{
    CommitClock, DURABLE_SETTINGS, OpenPostgresError, Place, PlaceError, Postgres, PostgresReader, PostgresWriter,
    is_made_by_another,
};
pub use record::{Answer, Effect, Phase, Record, RecordError, Refused, Touched};
pub use sqlite::{CopyError, OpenError, Sqlite, SqliteReader, SqliteWriter, check_database, copy_database};
#[cfg(feature = "faults")]
pub use steps::{Step, StepObserver};
pub use storage::{Reader, StorageError, Tip, Writer};
#[cfg(feature = "faults")]
pub use trial::{Copying, Durability, Trial};
