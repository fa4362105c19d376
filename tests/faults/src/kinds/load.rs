//! Mixed load without faults, and somebody who reads the whole bank all the time: every read has to be one state of the ledger.
//!
//! A read answers all accounts as they stood at one sequence. The books are folded up to exactly that sequence, and have to agree
//! in every sum; the money in all accounts has to be nothing. Two states mixed in one read would not add up.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use qianbao_core::Currency;
use qianbao_core::posting::Asset;
use qianbao_ledger::{Account, Ledger};
use tokio::task::JoinHandle;

use crate::books::Books;
use crate::kinds::Tally;
use crate::life::Life;
use crate::postings::{core_accounts, posting};
use crate::random::Random;
use crate::stage::{NUMBERS, Stage};
use crate::write::insist;
use crate::{Told, hold};

/// Seconds of one story.
pub const SECONDS: u64 = 15;
/// Callers in this process, on SQLite.
const CALLERS: u64 = 32;

/// Callers of this process and a reader, on SQLite, which has one process.
pub fn sqlite(stage: &Stage, seed: u64, seconds: u64) -> Told<Tally> {
    let store = stage.file();
    stage.open_new(&store)?;
    let ledger = store.open()?;
    let (next, is_over) = (Arc::new(AtomicU64::new(first(seed))), Arc::new(AtomicBool::new(false)));
    let callers: Vec<JoinHandle<Result<(), qianbao_ledger::SubmitError>>> = (0..CALLERS)
        .map(|_| {
            let (ledger, next, is_over) = (ledger.clone(), Arc::clone(&next), Arc::clone(&is_over));
            stage.runtime.spawn(async move {
                while !is_over.load(Ordering::Relaxed) {
                    insist(&ledger, posting(next.fetch_add(1, Ordering::Relaxed))).await?;
                }
                Ok(())
            })
        })
        .collect();
    let read = read_for(stage, &ledger, seconds);
    is_over.store(true, Ordering::Relaxed);
    for caller in callers {
        stage.runtime.block_on(caller)??;
    }
    finish(stage, &ledger, read?)
}

/// Two writing processes and a reader in this one, on Postgres.
pub fn postgres(stage: &Stage, seed: u64, seconds: u64) -> Told<Tally> {
    let store = Stage::schema();
    stage.open_new(&store)?;
    let ledger = store.open()?;
    let first = first(seed);
    let lives = [first, first + NUMBERS].map(|first| {
        let callers = ["--callers", "16"];
        let mut command = std::process::Command::new(&stage.program);
        command.arg("write").args(store.words()).args(["--first", &first.to_string()]).args(callers);
        Life::begin(&mut command)
    });
    let read = read_for(stage, &ledger, seconds);
    for life in lives {
        life?.kill()?;
    }
    // What a killed session has begun ends before the next batch; an empty one waits for its turn.
    stage.runtime.block_on(insist(&ledger, crate::postings::opening()))?;
    finish(stage, &ledger, read?)
}

/// Where the numbers of a story begin, so that stories differ.
fn first(seed: u64) -> u64 {
    Random::new(seed).below(1 << 20) * 10
}

/// What was read.
struct Reads {
    books: Books,
    count: u64,
    states: HashSet<u64>,
}

fn read_for(stage: &Stage, ledger: &Ledger, seconds: u64) -> Told<Reads> {
    let mut reads = Reads { books: Books::default(), count: 0, states: HashSet::new() };
    let until = Instant::now() + Duration::from_secs(seconds);
    stage.runtime.block_on(async {
        while Instant::now() < until {
            let (sequence, accounts) = ledger.accounts(core_accounts()).await?;
            let accounts: Vec<Account> = accounts.into_iter().flatten().collect();
            hold!(
                sequence >= reads.books.sequence(),
                "a read at {sequence} came after one at {}",
                reads.books.sequence()
            );
            reads.books.follow(ledger, Some(sequence)).await?;
            reads.books.compare(&accounts)?;
            let money = accounts.iter().filter(|account| account.key.asset == Asset::Money(Currency::CNY));
            let total: i128 = money
                .map(|account| i128::from(account.sums.debits_posted) - i128::from(account.sums.credits_posted))
                .sum();
            hold!(total == 0, "the bank adds up to {total} at {sequence}");
            reads.count += 1;
            reads.states.insert(sequence);
        }
        Ok(reads)
    })
}

fn finish(stage: &Stage, ledger: &Ledger, mut reads: Reads) -> Told<Tally> {
    stage.runtime.block_on(async {
        reads.books.follow(ledger, None).await?;
        reads.books.compare_all(ledger).await?;
        let audit = ledger.audit().await?;
        hold!(audit.findings.is_empty(), "the audit found {:?}", audit.findings);
        Ok::<(), crate::Failed>(())
    })?;
    hold!(reads.states.len() > 5, "only {} states were read: nobody was writing", reads.states.len());
    let mut tally = Tally { looked_for: reads.books.sequence(), ..Tally::default() };
    tally.add("reads of the whole bank", reads.count);
    tally.add("of different states", reads.states.len() as u64);
    tally.add("postings", reads.books.sequence());
    Ok(tally)
}
