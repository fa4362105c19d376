//! A backup of the ledger with Postgres' own tools, made while people pay: what is restored from it is right, and another life.

use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use qianbao_ledger::{CommitClock, Epoch, Ledger, Outcome, Place, Postgres, Settings, audit};
use qianbao_tests_postgres as server;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{AssertSqlSafe, ConnectOptions, Executor};

use crate::world::{StoppedClock, World};
use crate::zone;

fn open(place: &Place) -> Ledger {
    let settings = Settings { clock: StoppedClock::new().clock(), zone: zone(), epoch: Epoch(1) };
    Ledger::open_postgres(place, settings, CommitClock::Database).expect("opens")
}

fn run(program: &str, arguments: &[&str]) {
    let out = Command::new(program).args(arguments).output().unwrap_or_else(|error| panic!("{program}: {error}"));
    assert!(out.status.success(), "{program} {arguments:?}: {}", String::from_utf8_lossy(&out.stderr));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dump_made_under_load_is_restored_right_and_as_another_life() {
    let (schema, database) = (server::fresh_name(), server::fresh_name());
    let place = Place::new(server::address(), &schema).expect("a place");
    let world = Arc::new(World::new(open(&place), StoppedClock::new()));
    world.fund("ming", 1_000_000).await;
    world.fund("lan", 0).await;
    let first = world.pay("ming", "lan", 1);
    world.post(first.clone()).await;
    let stop = Arc::new(AtomicBool::new(false));
    let callers: Vec<_> = (0..8)
        .map(|_| {
            let (world, stop) = (Arc::clone(&world), Arc::clone(&stop));
            tokio::spawn(async move {
                while !stop.load(Ordering::SeqCst) {
                    world.post(world.pay("ming", "lan", 1)).await;
                }
            })
        })
        .collect();
    let folder = tempfile::tempdir().expect("a temporary folder");
    let dump = folder.path().join("ledger.dump").display().to_string();
    let named = format!("--schema={schema}");
    tokio::task::block_in_place(|| {
        run("pg_dump", &["--format=custom", &named, "--file", &dump, "--dbname", server::address()]);
    });
    stop.store(true, Ordering::SeqCst);
    for caller in callers {
        caller.await.expect("pays");
    }

    let options: PgConnectOptions = server::address().parse().expect("an address");
    let mut admin: PgConnection = options.connect().await.expect("the server is there");
    admin.execute(AssertSqlSafe(format!("CREATE DATABASE {database}"))).await.expect("a new database");
    let address = server::address().replacen("/postgres?", &format!("/{database}?"), 1);
    assert_ne!(address, server::address());
    tokio::task::block_in_place(|| run("pg_restore", &["--exit-on-error", "--dbname", &address, &dump]));
    let restored = Place::new(&address, &schema).expect("a place");
    assert_eq!(Postgres::begin_life(&restored, Epoch(7)).expect("begins"), (Epoch(1), Epoch(7)));
    assert_eq!(Postgres::begin_life(&restored, Epoch(7)).expect("begins again"), (Epoch(7), Epoch(8)));

    let (reader, _, epoch) = Postgres::open_reader(&restored).expect("opens");
    let found = audit(&reader).expect("readable");
    assert_eq!((found.findings, epoch), (Vec::new(), Epoch(8)));
    assert!(found.sequence >= 3, "what was posted before the dump is in it");
    let ledger = open(&restored);
    assert_eq!(ledger.epoch(), Epoch(8));
    let again = ledger.submit(first.finish().expect("a transfer")).await.expect("known");
    assert!(matches!(again, Outcome::Posted { sequence: 3, .. }), "{again:?}");
    // What this starter has not used before the dump is free in the new life, and applied once.
    let later = world.pay("ming", "lan", 5).finish().expect("a transfer");
    let posted = ledger.submit(later.clone()).await.expect("posted");
    assert_eq!(ledger.submit(later).await.expect("known"), posted);
    assert_eq!(ledger.audit().await.expect("readable").findings, Vec::new());
    drop((ledger, reader));
    admin.execute(AssertSqlSafe(format!("DROP DATABASE {database} WITH (FORCE)"))).await.expect("is dropped");
}
