//! What only a database server can do wrong: settings that lose answers, lost connections, a lock held by somebody, damage,
//! versions, a restore beneath a running process.

use std::time::Duration;

use qianbao_core::posting::{ClaimKey, OnVoid};
use qianbao_ledger::{
    CommitClock, Epoch, Finding, Ledger, OpenPostgresError, Outcome, Place, Postgres, Reader, Settings, SubmitError,
    Zone, audit,
};
use qianbao_tests_postgres as server;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{AssertSqlSafe, ConnectOptions, Executor};

use crate::reads::{assert_entered_anywhere, pay_often};
use crate::world::{START, StoppedClock, World, wallet};
use crate::zone;

/// A schema of the test's own and a connection that does to it what an administrator, or a fault, might.
struct Site {
    place: Place,
    schema: String,
    admin: PgConnection,
}

impl Site {
    async fn new() -> Self {
        let schema = server::fresh_name();
        let place = Place::new(server::address(), &schema).expect("a place");
        let options: PgConnectOptions = server::address().parse().expect("an address");
        let mut admin = options.connect().await.expect("the server is there");
        admin.execute(AssertSqlSafe(format!("SET search_path TO {schema}"))).await.expect("is set");
        Self { place, schema, admin }
    }

    fn open(&self) -> Ledger {
        let settings = Settings { clock: StoppedClock::new().clock(), zone: zone(), epoch: Epoch(1) };
        Ledger::open_postgres(&self.place, settings, CommitClock::Given).expect("the schema opens")
    }

    fn world(&self) -> World {
        World::new(self.open(), StoppedClock::new())
    }

    async fn does(&mut self, sql: &str) -> u64 {
        self.admin.execute(AssertSqlSafe(sql.to_owned())).await.expect("is done").rows_affected()
    }

    /// Ends every session of the ledger, as a restart of the server would; says how many there were.
    async fn end_sessions(&mut self) -> u64 {
        let sql = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'qianbao ledger ";
        self.does(&format!("{sql}{}'", self.schema)).await
    }
}

fn refusal(place: &Place) -> OpenPostgresError {
    let opened = Postgres::open(place, &zone(), Epoch(1), CommitClock::Database);
    opened.map(|_| ()).expect_err("the settings lose answers")
}

#[test]
fn a_server_that_may_lose_answers_is_refused() {
    for (options, wrong) in
        [(&["-c", "fsync=off"][..], "fsync"), (&["-c", "full_page_writes=off"][..], "full_page_writes")]
    {
        let careless = server::Throwaway::start(options);
        let error = refusal(&Place::new(careless.address(), "live").expect("a place"));
        assert!(matches!(error, OpenPostgresError::NotDurable { setting, .. } if setting == wrong), "{error}");
        assert!(error.to_string().contains(&format!("{wrong} = on, found off")), "{error}");
    }
    for (value, is_refused) in [("off", true), ("local", true), ("remote_write", true), ("remote_apply", false)] {
        let address = format!("{}&options[synchronous_commit]={value}", server::address());
        let place = Place::new(&address, &server::fresh_name()).expect("a place");
        let opened = Postgres::open(&place, &zone(), Epoch(1), CommitClock::Database).map(|_| ());
        assert_eq!(opened.is_err(), is_refused, "{value}: {opened:?}");
    }
}

#[tokio::test]
async fn zone_and_epoch_are_fixed_at_creation() {
    let site = Site::new().await;
    let error = Postgres::open_reader(&site.place).map(|_| ()).expect_err("nothing is there");
    assert!(matches!(error, OpenPostgresError::Missing { .. }), "{error}");
    drop(site.open());
    let other = Settings { clock: StoppedClock::new().clock(), zone: Zone::default(), epoch: Epoch(2) };
    let ledger = Ledger::open_postgres(&site.place, other, CommitClock::Given).expect("opens again");
    assert_eq!((ledger.zone().name(), ledger.epoch()), ("Asia/Shanghai", Epoch(1)));
    let (reader, zone, epoch) = Postgres::open_reader(&site.place).expect("opens for reading");
    assert_eq!((zone.name(), epoch, reader.tip().map(|tip| tip.sequence)), ("Asia/Shanghai", Epoch(1), Ok(0)));
}

#[tokio::test]
async fn many_processes_may_make_the_same_ledger() {
    let site = Site::new().await;
    let place = &site.place;
    let epochs: Vec<Epoch> = std::thread::scope(|scope| {
        let openings: Vec<_> = (0..8_i64)
            .map(|number| {
                scope.spawn(move || {
                    Postgres::open(place, &zone(), Epoch(number), CommitClock::Database).map(|o| o.epoch)
                })
            })
            .collect();
        openings.into_iter().map(|opening| opening.join().expect("ends").expect("opens")).collect()
    });
    assert!(epochs.iter().all(|epoch| *epoch == epochs[0]), "{epochs:?}");
}

#[tokio::test]
async fn a_newer_schema_is_not_touched() {
    let mut site = Site::new().await;
    drop(site.open());
    site.does("UPDATE ledger_step SET step = 99").await;
    let error = refusal(&site.place);
    assert!(matches!(error, OpenPostgresError::Newer { found: 99, known: 2 }), "{error}");
    let error = Postgres::open_reader(&site.place).map(|_| ()).expect_err("a newer schema");
    assert!(matches!(error, OpenPostgresError::Newer { found: 99, known: 2 }), "{error}");
}

/// A schema of the first version has a mark at every 256th posting, which does not say which one it is.
#[tokio::test]
async fn a_schema_of_the_first_version_goes_on() {
    let mut site = Site::new().await;
    let world = site.world();
    world.fund("ming", 1_000_000).await;
    world.fund("lan", 0).await;
    world.fund("chen", 0).await;
    pay_often(&world, 600).await;
    site.does("DELETE FROM mark WHERE postings % 256 <> 0").await;
    site.does("ALTER TABLE mark DROP COLUMN postings").await;
    site.does("UPDATE ledger_step SET step = 1").await;
    let world = world.reopened(|| {
        Postgres::open_reader(&site.place).map(drop).expect("an older schema can be audited");
        let (before, after) = Postgres::begin_life(&site.place, Epoch(5)).expect("it is brought up to date");
        assert_eq!((before, after), (Epoch(1), Epoch(5)));
        site.open()
    });
    assert_entered_anywhere(&world).await;
    pay_often(&world, 300).await;
    assert_entered_anywhere(&world).await;
}

#[tokio::test]
async fn commit_times_come_from_the_database() {
    let mut site = Site::new().await;
    // A process whose clock is years behind.
    let settings = Settings { clock: StoppedClock::new().clock(), zone: zone(), epoch: Epoch(1) };
    let ledger = Ledger::open_postgres(&site.place, settings, CommitClock::Database).expect("opens");
    let world = World::new(ledger, StoppedClock::new());
    site.does("CREATE TABLE moment AS SELECT clock_timestamp() AS at").await;
    world.fund("ming", 1).await;
    let record = world.ledger.record(1).await.expect("readable").expect("posted");
    let (before, after): (i64, i64) = sqlx::query_as(
        "SELECT CAST(EXTRACT(EPOCH FROM at) * 1000000 AS BIGINT), \
         CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS BIGINT) FROM moment",
    )
    .fetch_one(&mut site.admin)
    .await
    .expect("readable");
    assert!((before..=after).contains(&record.time.0), "{before} {:?} {after}", record.time);
    let now = world.ledger.now().0;
    assert!((before..=after + 1_000_000).contains(&now), "the handle's clock follows: {before} {now} {after}");
}

#[tokio::test]
async fn a_lock_held_by_somebody_is_busy_and_nothing_more() {
    let mut site = Site::new().await;
    let world = site.world();
    world.fund("ming", 1_000).await;
    world.fund("lan", 0).await;
    site.does("BEGIN; SELECT 1 FROM head FOR UPDATE").await;
    let draft = world.pay("ming", "lan", 1);
    assert_eq!(world.submit(draft.clone()).await, Err(SubmitError::Busy));
    assert_eq!(world.available(wallet("lan")).await, 0, "reading goes on");
    site.does("ROLLBACK").await;
    assert!(matches!(world.submit(draft).await, Ok(Outcome::Posted { .. })), "the id was left open");
}

#[tokio::test]
async fn a_lost_connection_is_made_again() {
    let mut site = Site::new().await;
    let world = site.world();
    world.fund("ming", 1_000).await;
    world.fund("lan", 0).await;
    for round in 1..=3 {
        // The one that writes and those that read.
        assert!(site.end_sessions().await >= 2);
        world.post(world.pay("ming", "lan", 1)).await;
        assert_eq!(world.available(wallet("lan")).await, round);
    }
}

#[tokio::test]
async fn a_process_that_stands_still_in_a_batch_stops_nobody() {
    let mut site = Site::new().await;
    let world = site.world();
    world.fund("ming", 1_000).await;
    world.fund("lan", 0).await;
    // A session with the ledger's own limit, in the middle of a batch, whose process then does nothing.
    let mut other = Site::new().await;
    other.does(&format!("SET search_path TO {}", site.schema)).await;
    other.does("SET idle_in_transaction_session_timeout = '1s'; BEGIN; SELECT 1 FROM head FOR UPDATE").await;
    world.post(world.pay("ming", "lan", 1)).await;
    assert!(other.admin.execute("COMMIT").await.is_err(), "its session was ended");
    assert_eq!(site.does("SELECT 1 FROM posting WHERE sequence = 3").await, 1);
}

#[tokio::test]
async fn a_restore_beneath_a_process_stops_it() {
    let mut site = Site::new().await;
    let world = site.world();
    world.fund("ming", 1_000).await;
    site.does("UPDATE head SET epoch = 2").await;
    assert_eq!(world.submit(world.pay("ming", "ming2", 1)).await, Err(SubmitError::Stopped));
    world.ledger.stopped().await;
    assert!(!world.ledger.is_writable());
    assert_eq!(site.open().epoch(), Epoch(2));
}

#[tokio::test]
async fn after_a_write_that_cannot_succeed_nothing_is_taken() {
    let mut site = Site::new().await;
    let world = site.world();
    world.fund("ming", 1_000).await;
    world.fund("lan", 0).await;
    site.does("ALTER TABLE posting RENAME COLUMN thread TO gone").await;
    assert_eq!(world.submit(world.pay("ming", "lan", 1)).await, Err(SubmitError::Stopped));
    site.does("ALTER TABLE posting RENAME COLUMN gone TO thread").await;
    assert_eq!(world.submit(world.pay("ming", "lan", 1)).await, Err(SubmitError::Stopped));
    assert_eq!(world.available(wallet("lan")).await, 0, "reading goes on");
    let world = site.world();
    assert_eq!(world.available(wallet("lan")).await, 0);
    assert_eq!(world.ledger.audit().await.expect("readable").findings, Vec::new());
}

#[tokio::test]
async fn the_audit_finds_what_was_changed_by_hand() {
    let mut site = Site::new().await;
    let world = site.world();
    world.fund("ming", 1_000).await;
    world.fund("lan", 0).await;
    let key = ClaimKey::new("qianbao/test/audit", &[]);
    world.post(world.pay("ming", "lan", 300).claim(key, OnVoid::Keep)).await;
    let (reader, _, _) = Postgres::open_reader(&site.place).expect("opens");
    let findings = || audit(&reader).expect("readable").findings;
    let add = |amount: i64, had: i64| {
        format!("UPDATE account SET credits_posted = credits_posted + {amount} WHERE credits_posted = {had}")
    };
    assert_eq!(site.does(&add(1, 300)).await, 1);
    let more = findings();
    assert!(more.iter().any(|found| matches!(found, Finding::Account { account, .. } if *account == wallet("lan"))));
    assert!(more.iter().any(|found| matches!(found, Finding::Asset { difference: -1, .. })));
    assert_eq!(site.does(&add(-1, 301)).await, 1);
    site.does("UPDATE claim SET sequence = 1").await;
    let moved = findings();
    assert!(matches!(moved[..], [Finding::Claim { stored: Some(1), computed: Some(3), .. }]), "{moved:?}");
    site.does("UPDATE claim SET sequence = 3").await;
    assert_eq!(findings(), Vec::new(), "everything was put back");
    site.does("DELETE FROM posting WHERE sequence = 2").await;
    assert!(matches!(findings()[0], Finding::Gap { expected: 2, found: 3 }));
}

#[tokio::test]
async fn another_process_s_postings_are_announced() {
    let site = Site::new().await;
    let (here, there) = (site.world(), site.world());
    let mut head = there.ledger.head();
    here.fund("ming", 1_000).await;
    let seen = tokio::time::timeout(Duration::from_secs(2), head.wait_for(|&head| head == 1)).await;
    assert!(seen.is_ok(), "the head was not looked at");
    assert_eq!(there.available(wallet("ming")).await, 1_000);
    assert_eq!(there.ledger.tail(0, 10).await.expect("readable")[0].time, START);
}
