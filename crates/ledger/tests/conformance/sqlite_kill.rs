//! `kill -9`: a process that writes is killed again and again; what it had acknowledged is there, once, and adds up.
//!
//! This survives in the system's page cache, so it proves the order of writing and answering, not the disk's part.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use qianbao_core::Currency;
use qianbao_core::posting::{ClaimKey, Draft, OnVoid};
use qianbao_ledger::{Answer, Epoch, Ledger, Outcome, Settings};

use crate::world::{StoppedClock, World, bank, head, wallet};
use crate::zone;

const FOLDER: &str = "QIANBAO_TEST_LEDGER_FOLDER";
const FIRST: &str = "QIANBAO_TEST_LEDGER_FIRST";
const KILLS: u64 = 20;
/// Numbers that one life of the writer may use.
const NUMBERS: u64 = 100_000;

fn open(folder: &Path) -> Ledger {
    let clock = StoppedClock::new();
    let settings = Settings { clock: clock.clock(), zone: zone(), epoch: Epoch(1) };
    Ledger::open_sqlite(&folder.join("ledger.db"), settings).expect("the lock of a killed process is gone")
}

/// A payment with a claim, so that every kind of row is written.
fn payment(number: u64) -> Draft {
    let key = ClaimKey::new("qianbao/test/kill", &[&number.to_be_bytes()]);
    Draft::new(head(number)).leg(bank(), wallet("lan"), Currency::CNY, 1).claim(key, OnVoid::Keep)
}

/// The process that is killed: pays without end and prints the number of every acknowledged payment.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "is started, and killed, by the test below"]
async fn writes_until_it_is_killed() {
    let folder = std::env::var_os(FOLDER).expect("started by the test below");
    let first: u64 = std::env::var(FIRST).expect("started by the test below").parse().expect("a number");
    let ledger = open(Path::new(&folder));
    let callers: Vec<_> = (0..8)
        .map(|caller| {
            let ledger = ledger.clone();
            tokio::spawn(async move {
                for number in (first + caller..first + NUMBERS).step_by(8) {
                    let posting = payment(number).finish().expect("the right form");
                    match ledger.submit(posting).await {
                        Ok(Outcome::Posted { .. }) => println!("acknowledged {number}"),
                        other => panic!("expected a posted payment, found {other:?}"),
                    }
                }
            })
        })
        .collect();
    for caller in callers {
        caller.await.expect("pays until the process ends");
    }
}

#[tokio::test]
async fn what_a_killed_process_acknowledged_is_there() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let world = World::new(open(folder.path()), StoppedClock::new());
    world.fund("lan", 0).await;
    drop(world);
    let mut acknowledged = BTreeSet::new();
    for kill in 0..KILLS {
        let after = 1 + kill * 37 % 101;
        let numbers = live_and_die(folder.path(), (kill + 1) * NUMBERS, after);
        assert!(numbers.len() as u64 >= after, "life {kill} ended by itself after {} payments", numbers.len());
        acknowledged.extend(numbers);
    }
    let ledger = open(folder.path());
    for number in &acknowledged {
        let name = head(*number).posting_ref();
        match ledger.posting(name).await {
            Ok(Some(Answer::Posted(record))) => assert_eq!(record.posting.head.posting_ref(), name),
            other => panic!("payment {number} was acknowledged and is {other:?}"),
        }
    }
    let audit = ledger.audit().await.expect("readable");
    assert_eq!(audit.findings, Vec::new());
    assert!(audit.sequence > acknowledged.len() as u64);
    let paid = ledger.account(wallet("lan")).await.expect("readable").expect("opened").balance();
    assert_eq!(u64::try_from(paid), Ok(audit.sequence - 1), "one fen a payment, after the opening");
}

/// Starts the writer, kills it after so many acknowledgements, and answers everything that it acknowledged.
fn live_and_die(folder: &Path, first: u64, after: u64) -> Vec<u64> {
    let mut child = Command::new(std::env::current_exe().expect("this test's own program"))
        .args(["--ignored", "--exact", "--nocapture", "sqlite_kill::writes_until_it_is_killed"])
        .env(FOLDER, folder)
        .env(FIRST, first.to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program starts");
    let lines = BufReader::new(child.stdout.take().expect("piped")).lines();
    let mut numbers = Vec::new();
    for line in lines {
        let line = line.expect("readable");
        // The last line of a killed process may be cut off: then it has said nothing.
        let Some(number) = line.strip_prefix("acknowledged ").and_then(|number| number.parse().ok()) else { continue };
        if (first..first + NUMBERS).contains(&number) {
            numbers.push(number);
        }
        if numbers.len() as u64 == after {
            child.kill().expect("it can be killed");
        }
    }
    child.wait().expect("it has ended");
    numbers
}
