//! The auditor beside a writer: it never sees a difference that is only one of time, and finds what was changed by hand
//! wherever it stands.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use qianbao_core::posting::{ClaimKey, Draft, Mode, OnVoid, Settled};
use qianbao_ledger::{
    Auditor, Epoch, Finding, Ledger, Reader, Resolution, Settings, Sqlite, SqliteReader, Standing, audit,
};

use crate::world::{StoppedClock, World, wallet};
use crate::zone;

fn world(path: &Path) -> World {
    let clock = StoppedClock::new();
    let settings = Settings { clock: clock.clock(), zone: zone(), epoch: Epoch(1) };
    World::new(Ledger::open_sqlite(path, settings).expect("opens"), clock)
}

fn reader(path: &Path) -> SqliteReader {
    Sqlite::open_reader(path).expect("opens for reading").0
}

/// Everything once: what is new, then everything stored.
fn round(auditor: &mut Auditor, reader: &dyn Reader) -> Vec<Finding> {
    while !auditor.follow(reader).expect("readable") {}
    while !auditor.look(reader).expect("readable") {}
    auditor.take_findings()
}

/// Changes one row, which may be written a second after the last posting only.
fn change(path: &Path, sql: &str) {
    let connection = rusqlite::Connection::open(path).expect("opens");
    let began = Instant::now();
    while connection.execute(sql, ()).expect("changes") != 1 {
        assert!(began.elapsed() < Duration::from_secs(20), "expected a row for {sql}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[tokio::test]
async fn a_balance_is_found_wrong_although_nothing_moves_there() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("ledger.db");
    let world = world(&path);
    world.fund("ming", 1_000).await;
    world.fund("lan", 7).await;
    let (mut auditor, reader) = (Auditor::with_page(2), reader(&path));
    assert_eq!(round(&mut auditor, &reader), Vec::new());
    change(&path, "UPDATE balance SET credits_posted = 8 WHERE credits_posted = 7");
    world.fund("chen", 5).await;
    let found = round(&mut auditor, &reader);
    let [
        Finding::Account { account, stored: Some(stored), computed: Some(computed) },
        Finding::Asset { difference, .. },
    ] = &found[..]
    else {
        panic!("{found:?}")
    };
    assert_eq!((*account, stored.balance(), computed.balance(), *difference), (wallet("lan"), 8, 7, -1));
    assert_eq!(round(&mut auditor, &reader), Vec::new(), "it is said once");
}

#[tokio::test]
async fn a_balance_is_found_wrong_where_money_has_just_moved() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("ledger.db");
    let world = world(&path);
    world.fund("ming", 1_000).await;
    world.fund("lan", 0).await;
    let (mut auditor, reader) = (Auditor::new(), reader(&path));
    assert_eq!(round(&mut auditor, &reader), Vec::new());
    world.post(world.pay("ming", "lan", 7)).await;
    change(&path, "UPDATE balance SET credits_posted = 9 WHERE credits_posted = 7");
    while !auditor.follow(&reader).expect("readable") {}
    let found = auditor.take_findings();
    assert!(matches!(found[..], [Finding::Account { account, .. }] if account == wallet("lan")), "{found:?}");
}

#[tokio::test]
async fn accounts_and_claims_that_are_gone_or_too_many_are_found() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("ledger.db");
    let world = world(&path);
    world.fund("ming", 1_000).await;
    world.fund("lan", 0).await;
    let key = |number: u8| ClaimKey::new("qianbao/test/auditor", &[&[number]]);
    for number in 0..5 {
        world.post(world.pay("ming", "lan", 1).claim(key(number), OnVoid::Keep)).await;
    }
    let (mut auditor, reader) = (Auditor::with_page(2), reader(&path));
    assert_eq!(round(&mut auditor, &reader), Vec::new());
    change(&path, "DELETE FROM claim WHERE sequence = 4");
    let found = round(&mut auditor, &reader);
    assert!(matches!(found[..], [Finding::Claims { stored: 4, computed: 5 }]), "{found:?}");
    let all = audit(&reader).expect("readable").findings;
    assert!(all.iter().any(|found| matches!(found, Finding::Claim { stored: None, computed: Some(4), .. })), "{all:?}");

    change(&path, "INSERT INTO claim (key, sequence) VALUES (zeroblob(32), 3)");
    let found = round(&mut auditor, &reader);
    assert!(matches!(found[..], [Finding::Claim { stored: Some(3), computed: None, .. }]), "{found:?}");

    change(&path, "DELETE FROM balance WHERE credits_posted = 5");
    let found = round(&mut auditor, &reader);
    assert!(
        matches!(&found[0], Finding::Account { account, stored: None, .. } if *account == wallet("lan")),
        "{found:?}"
    );
}

#[tokio::test]
async fn what_became_of_a_pending_posting_is_compared() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("ledger.db");
    let world = world(&path);
    world.fund("ming", 1_000).await;
    world.fund("lan", 0).await;
    let reserve = |amount| Draft { mode: Mode::Pending { expires_at: None }, ..world.pay("ming", "lan", amount) };
    let (open, settled) = (reserve(1), reserve(2));
    let name = settled.head.posting_ref();
    world.post(open).await;
    world.post(settled).await;
    let (mut auditor, reader) = (Auditor::with_page(2), reader(&path));
    assert_eq!(round(&mut auditor, &reader), Vec::new());
    let settle = Mode::Settle { pending: name, settled: Settled::Whole };
    world.post(Draft { mode: settle, ..world.draft() }).await;
    assert_eq!(round(&mut auditor, &reader), Vec::new());

    // One that waits is stored as given back: the look at everything finds it.
    change(&path, "UPDATE pending SET resolution = 2, resolved_by = 5 WHERE resolution = 0");
    let (stored, computed) = (Standing::Resolved(Resolution::Voided, 5), Standing::Open);
    assert_eq!(round(&mut auditor, &reader), vec![Finding::Pending { sequence: 3, stored, computed }]);

    // One that was settled is stored as waiting, another is not stored: whoever follows the log from the beginning finds both.
    change(&path, "UPDATE pending SET resolution = 0, resolved_by = 0 WHERE resolved_by = 5 AND sequence = 4");
    change(&path, "DELETE FROM pending WHERE sequence = 3");
    let found = audit(&reader).expect("readable").findings;
    let missing = Finding::Pending { sequence: 3, stored: Standing::Missing, computed: Standing::Open };
    let resolved = Standing::Resolved(Resolution::Settled, 5);
    assert_eq!(found, vec![missing, Finding::Pending { sequence: 4, stored: Standing::Open, computed: resolved }]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn beside_a_busy_writer_everything_stays_right_and_its_log_small() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("ledger.db");
    let world = Arc::new(world(&path));
    world.fund("ming", 1_000_000).await;
    let done = Arc::new(AtomicBool::new(false));
    let (place, is_over) = (path.clone(), Arc::clone(&done));
    let auditing = std::thread::spawn(move || {
        let (mut auditor, reader) = (Auditor::with_page(64), reader(&place));
        let mut rounds = 0;
        loop {
            let is_last = is_over.load(Ordering::SeqCst);
            assert_eq!(round(&mut auditor, &reader), Vec::new());
            assert_eq!(audit(&reader).expect("readable").findings, Vec::new());
            rounds += 1;
            if is_last {
                return (auditor.sequence(), rounds);
            }
        }
    });
    let callers: Vec<_> = (0..16_u64)
        .map(|caller| {
            let world = Arc::clone(&world);
            tokio::spawn(async move {
                for number in 0..60_u64 {
                    // New accounts and claims come while the auditor is in the middle of its look.
                    let name = format!("person {}", number % 20);
                    let to = if caller == 0 { world.fund(&name, 1).await } else { wallet("ming") };
                    let key = ClaimKey::new("qianbao/test/auditor", &[&caller.to_be_bytes(), &number.to_be_bytes()]);
                    let draft = world.draft().claim(key, OnVoid::Keep);
                    world.post(draft.leg(crate::world::bank(), to, qianbao_core::Currency::CNY, 1)).await;
                }
            })
        })
        .collect();
    for caller in callers {
        caller.await.expect("pays");
    }
    done.store(true, Ordering::SeqCst);
    let (sequence, rounds) = auditing.join().expect("audits");
    assert_eq!(sequence, 1 + 16 * 60 + 60, "after {rounds} rounds it has seen everything");
    let log = std::fs::metadata(path.with_extension("db-wal")).expect("is there").len();
    assert!(log < 64 * 1024 * 1024, "the log of the writer grew to {log} bytes");
}
