//! What only a file can do wrong: two processes, closing under load, damage, versions, a failed write.

use std::collections::HashMap;
use std::path::Path;
use std::time::Duration;

use qianbao_core::Currency;
use qianbao_core::posting::{Posting, PostingRef};
use qianbao_ledger::{Answer, Epoch, Finding, Ledger, OpenError, Outcome, Settings, Sqlite, SubmitError, Zone, audit};

use crate::reads::{assert_entered_anywhere, pay_often};
use crate::world::{StoppedClock, World, bank, head, wallet};
use crate::zone;

fn open(path: &Path, clock: &StoppedClock) -> Result<Ledger, OpenError> {
    Ledger::open_sqlite(path, Settings { clock: clock.clock(), zone: zone(), epoch: Epoch(1) })
}

#[tokio::test]
async fn a_second_process_is_refused() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("ledger.db");
    let clock = StoppedClock::new();
    let first = open(&path, &clock).expect("a new file opens");
    let second = open(&path, &clock).map(|_| ()).expect_err("the file is in use");
    assert_eq!(second, OpenError::InUse { path: path.clone() });
    assert!(second.to_string().contains("in use by another process"), "{second}");
    drop(first);
    open(&path, &clock).expect("the lock ended with the first");
}

#[tokio::test]
async fn a_process_that_is_just_ending_is_waited_for() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("ledger.db");
    let clock = StoppedClock::new();
    let first = open(&path, &clock).expect("a new file opens");
    let ending = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(200));
        drop(first);
    });
    open(&path, &clock).expect("the first has ended in time");
    ending.join().expect("it did not panic");
}

#[tokio::test]
async fn zone_and_epoch_are_fixed_at_creation() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("ledger.db");
    let clock = StoppedClock::new();
    drop(open(&path, &clock).expect("a new file opens"));
    let other = Settings { clock: clock.clock(), zone: Zone::default(), epoch: Epoch(2) };
    let ledger = Ledger::open_sqlite(&path, other).expect("the file opens again");
    assert_eq!((ledger.zone().name(), ledger.epoch()), ("Asia/Shanghai", Epoch(1)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn closed_under_load_everything_acknowledged_is_there() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("ledger.db");
    let clock = StoppedClock::new();
    let mut acknowledged: HashMap<PostingRef, (Posting, Outcome)> = HashMap::new();
    for round in 0_u64..5 {
        let world = World::new(open(&path, &clock).expect("opens"), clock.clone());
        if round == 0 {
            let draft = world.draft().ensure(qianbao_core::posting::Ensure::open(crate::world::bank_key()));
            world.post(draft.ensure(crate::world::wallet_ensure("lan"))).await;
        }
        let callers: Vec<_> = (0..16_u64).map(|caller| load(world.ledger.clone(), round, caller)).collect();
        let mut head = world.ledger.head();
        let start = *head.borrow_and_update();
        head.wait_for(|&head| head > start + 200).await.expect("the writer runs");
        // The handles go away one after another while postings are in flight.
        let tasks: Vec<_> = callers.iter().map(tokio::task::JoinHandle::abort_handle).collect();
        drop(world);
        tasks.iter().step_by(2).for_each(tokio::task::AbortHandle::abort);
        for caller in callers {
            if let Ok(answers) = caller.await {
                acknowledged.extend(answers);
            }
        }
    }
    assert!(acknowledged.len() > 1_000, "only {} were acknowledged", acknowledged.len());
    let ledger = open(&path, &clock).expect("opens");
    for (name, (posting, outcome)) in acknowledged {
        match ledger.posting(name).await {
            Ok(Some(Answer::Posted(record))) => {
                assert_eq!(outcome, Outcome::Posted { sequence: record.sequence, time: record.time });
            }
            other => panic!("expected the acknowledged posting, found {other:?}"),
        }
        assert_eq!(ledger.submit(posting).await, Ok(outcome));
    }
    assert_eq!(ledger.audit().await.expect("readable").findings, Vec::new());
}

/// Pays one after another until its round has had enough; answers what was acknowledged.
fn load(ledger: Ledger, round: u64, caller: u64) -> tokio::task::JoinHandle<Vec<(PostingRef, (Posting, Outcome))>> {
    tokio::spawn(async move {
        let mut answers = Vec::new();
        for number in 0..60 {
            let draft = qianbao_core::posting::Draft::new(head(1_000_000 + round * 10_000 + caller * 100 + number));
            let posting = draft.leg(bank(), wallet("lan"), Currency::CNY, 1).finish().expect("a transfer");
            match ledger.submit(posting.clone()).await {
                Ok(outcome) => answers.push((posting.head.posting_ref(), (posting, outcome))),
                Err(SubmitError::Busy) => tokio::task::yield_now().await,
                Err(error) => panic!("{error}"),
            }
        }
        answers
    })
}

#[test]
fn what_is_not_a_ledger_is_not_touched() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let foreign = folder.path().join("foreign.db");
    let connection = rusqlite::Connection::open(&foreign).expect("opens");
    connection.execute_batch("CREATE TABLE something (x)").expect("writes");
    drop(connection);
    let error = Sqlite::open(&foreign, &zone(), Epoch(1)).map(|_| ()).expect_err("a foreign file");
    assert_eq!(error, OpenError::NotALedger { path: foreign, found: 0 });

    let newer = folder.path().join("newer.db");
    drop(Sqlite::open(&newer, &zone(), Epoch(1)).expect("a new file"));
    let connection = rusqlite::Connection::open(&newer).expect("opens");
    connection.pragma_update(None, "user_version", 99).expect("writes");
    drop(connection);
    let error = Sqlite::open(&newer, &zone(), Epoch(1)).map(|_| ()).expect_err("a newer file");
    assert_eq!(error, OpenError::Newer { found: 99, known: 3 });
}

/// A file of the first version has a mark at every 256th posting, which does not say which one it is.
#[tokio::test]
async fn a_file_of_the_first_version_goes_on() {
    first_version(false).await;
}

#[tokio::test]
async fn a_file_of_the_first_version_is_restored() {
    first_version(true).await;
}

async fn first_version(is_restored: bool) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("ledger.db");
    let clock = StoppedClock::new();
    let world = World::new(open(&path, &clock).expect("a new file opens"), clock.clone());
    world.fund("ming", 1_000_000).await;
    world.fund("lan", 0).await;
    world.fund("chen", 0).await;
    pay_often(&world, 600).await;
    let world = world.reopened(|| {
        let connection = rusqlite::Connection::open(&path).expect("opens");
        let old = "DELETE FROM mark WHERE postings % 256 <> 0; ALTER TABLE mark DROP COLUMN postings; \
             DELETE FROM meta WHERE name = 'written'; PRAGMA user_version = 1";
        connection.execute_batch(old).expect("writes");
        drop(connection);
        Sqlite::open_reader(&path).map(drop).expect("an older file can be audited");
        if is_restored {
            let (before, after) = Sqlite::begin_life(&path, Epoch(5)).expect("it is brought up to date");
            assert_eq!((before, after), (Epoch(1), Epoch(5)));
        }
        open(&path, &clock).expect("it is brought up to date")
    });
    assert_entered_anywhere(&world).await;
    pay_often(&world, 300).await;
    assert_entered_anywhere(&world).await;
}

#[tokio::test]
async fn the_audit_finds_what_was_changed_by_hand() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("ledger.db");
    let world = World::new(open(&path, &StoppedClock::new()).expect("opens"), StoppedClock::new());
    world.fund("ming", 1_000).await;
    world.fund("lan", 0).await;
    let key = qianbao_core::posting::ClaimKey::new("qianbao/test/audit", &[]);
    world.post(world.pay("ming", "lan", 300).claim(key, qianbao_core::posting::OnVoid::Keep)).await;
    drop(world);
    let finding = |sql: &str, undo: &str| {
        let connection = rusqlite::Connection::open(&path).expect("opens");
        assert_eq!(connection.execute(sql, ()).expect("changes"), 1, "{sql}");
        let (reader, _, _) = Sqlite::open_reader(&path).expect("opens");
        let findings = audit(&reader).expect("readable").findings;
        connection.execute_batch(undo).expect("changes back");
        findings
    };
    let more = finding(
        "UPDATE balance SET credits_posted = credits_posted + 1 WHERE credits_posted = 300",
        "UPDATE balance SET credits_posted = credits_posted - 1 WHERE credits_posted = 301",
    );
    assert!(more.iter().any(|found| matches!(found, Finding::Account { account, .. } if *account == wallet("lan"))));
    assert!(more.iter().any(|found| matches!(found, Finding::Asset { difference: -1, .. })));
    let moved = finding("UPDATE claim SET sequence = 1", "UPDATE claim SET sequence = 3");
    assert!(matches!(moved[..], [Finding::Claim { stored: Some(1), computed: Some(3), .. }]), "{moved:?}");
    let renamed = finding(
        "UPDATE posting_name SET sequence = 1 WHERE sequence = 2",
        "UPDATE posting_name SET sequence = 2 WHERE name = (SELECT max(name) FROM posting_name WHERE sequence = 1)",
    );
    assert!(matches!(renamed[..], [Finding::Name { sequence: 2 }]), "{renamed:?}");
    let (reader, _, _) = Sqlite::open_reader(&path).expect("opens");
    assert_eq!(audit(&reader).expect("readable").findings, Vec::new(), "everything was put back");
    let gap = finding("DELETE FROM posting WHERE sequence = 2", "SELECT 1");
    assert!(matches!(gap[0], Finding::Gap { expected: 2, found: 3 }), "{gap:?}");
}

#[tokio::test]
async fn after_a_failed_commit_nothing_is_taken() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("ledger.db");
    let world = World::new(open(&path, &StoppedClock::new()).expect("opens"), StoppedClock::new());
    world.fund("ming", 1_000).await;
    world.fund("lan", 0).await;
    // Another program breaks the log's table: the next write fails.
    let connection = rusqlite::Connection::open(&path).expect("opens");
    connection.execute_batch("ALTER TABLE posting RENAME TO posting_gone").expect("renames");
    assert_eq!(world.submit(world.pay("ming", "lan", 1)).await, Err(SubmitError::Stopped));
    connection.execute_batch("ALTER TABLE posting_gone RENAME TO posting").expect("renames back");
    assert_eq!(world.submit(world.pay("ming", "lan", 1)).await, Err(SubmitError::Stopped));
    world.ledger.stopped().await;
    assert!(!world.ledger.is_writable());
    assert_eq!(world.available(wallet("lan")).await, 0, "reading goes on");
    drop(world);
    let world = World::new(open(&path, &StoppedClock::new()).expect("opens again"), StoppedClock::new());
    assert_eq!(world.available(wallet("lan")).await, 0);
    assert_eq!(world.ledger.audit().await.expect("readable").findings, Vec::new());
}

#[tokio::test]
async fn a_locked_file_is_busy_and_nothing_more() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("ledger.db");
    let world = World::new(open(&path, &StoppedClock::new()).expect("opens"), StoppedClock::new());
    world.fund("ming", 1_000).await;
    world.fund("lan", 0).await;
    let connection = rusqlite::Connection::open(&path).expect("opens");
    connection.busy_timeout(Duration::from_secs(10)).expect("waits");
    connection.execute_batch("BEGIN IMMEDIATE").expect("locks");
    let draft = world.pay("ming", "lan", 1);
    assert_eq!(world.submit(draft.clone()).await, Err(SubmitError::Busy));
    assert_eq!(world.available(wallet("lan")).await, 0, "reading goes on");
    connection.execute_batch("ROLLBACK").expect("unlocks");
    assert!(matches!(world.submit(draft).await, Ok(Outcome::Posted { .. })), "the id was left open");
}
