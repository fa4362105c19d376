//! Once for each record, in order, whatever happens in between.

use std::sync::Mutex;

use qianbao_core::Timestamp;
use qianbao_core::id::{OrderId, ShopId};
use qianbao_core::posting::Posting;
use qianbao_ledger::Epoch;

use super::lease::UNNOTED_MAX;
use super::*;
use crate::clock::{Clock, SystemRandom};
use crate::database::Database;
use crate::hosts::RealmName;
use crate::limits::Limits;
use crate::orders::posting::{End, end};
use crate::payments::details::{OrderRef, OrderStep};

const START: Timestamp = Timestamp(1_790_000_000_000_000);

struct Still;

impl Clock for Still {
    fn now(&self) -> Timestamp {
        START
    }
}

/// Writes a ring into the heads table for each record, and fails where it is told to.
#[derive(Default)]
struct Counting {
    fails_at: Mutex<Option<(u64, Fault)>>,
    /// Nothing follows from the records up to this one.
    silent_to: Mutex<u64>,
}

#[derive(Clone, Copy)]
enum Fault {
    /// Another try may cure it.
    Passing,
    /// No other try will.
    Lasting,
}

impl Projection for Counting {
    const NAME: &'static str = "counting";

    fn concerns(&self, record: &Record) -> bool {
        *self.silent_to.lock().expect("no panic before") < record.sequence
    }

    async fn apply(&self, write: &mut Write, record: &Record) -> Result<(), FailureError> {
        sqlx::query(
            "INSERT INTO heads (name, value) VALUES ($1, 1) ON CONFLICT (name) DO UPDATE SET value = heads.value + 1",
        )
        .bind(format!("record-{}", record.sequence))
        .execute(write.sql())
        .await
        .map_err(DirectoryError::from)?;
        match *self.fails_at.lock().expect("no panic before") {
            Some((sequence, Fault::Lasting)) if sequence == record.sequence => {
                Err(FailureError::Inconsistent("nothing"))
            }
            Some((sequence, Fault::Passing)) if sequence == record.sequence => {
                Err(DirectoryError::Busy(sqlx::Error::PoolTimedOut).into())
            }
            _ => Ok(()),
        }
    }
}

/// What a realm lies in; gone with it.
struct Site {
    _folder: tempfile::TempDir,
    _database: Option<qianbao_tests_postgres::Database>,
}

async fn realm_with(postings: u8) -> (Site, Arc<Realm>) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let chosen = qianbao_tests_postgres::chosen();
    let database = chosen
        .as_ref()
        .map_or(Database::Folder, |chosen| Database::Postgres(chosen.address().parse().expect("an address")));
    let sources = Sources::new(Still, SystemRandom);
    let limits = Limits::built_in();
    let realm = Realm::open(folder.path(), &database, RealmName::Test, limits, &sources);
    let realm = realm.await.expect("an empty realm opens");
    for number in 0..postings {
        realm.ledger.submit(cancelled([number; 10])).await.expect("posted");
    }
    (Site { _folder: folder, _database: chosen }, realm)
}

/// The posting that cancels an order of this number.
fn cancelled(order: [u8; 10]) -> Posting {
    let order = OrderRef { order: OrderId::from_parts(1, order), version: 1 };
    let step = OrderStep { shop: ShopId::from_parts(1, [1; 10]), order };
    end(End::Cancel, step, START).expect("a right posting")
}

async fn hold(realm: &Realm, holder: &str, now: Timestamp) -> Option<Lease> {
    Lease::hold(None, &realm.directory, Counting::NAME, holder, realm.ledger.epoch(), now)
        .await
        .expect("the directory answers")
}

async fn applied(realm: &Realm) -> Vec<(String, i64)> {
    let rows = sqlx::query_as("SELECT name, value FROM heads WHERE name LIKE 'record-%' ORDER BY name");
    rows.fetch_all(realm.directory.readers()).await.expect("the directory answers")
}

fn once(sequences: &[u64]) -> Vec<(String, i64)> {
    sequences.iter().map(|sequence| (format!("record-{sequence}"), 1)).collect()
}

#[tokio::test]
async fn each_record_is_applied_once_also_after_a_crash() {
    let (_site, realm) = realm_with(3).await;
    let projection = Counting::default();
    *projection.fails_at.lock().expect("no panic before") = Some((3, Fault::Passing));
    let mut lease = hold(&realm, "first", START).await.expect("free");
    let failed = turn(&realm, &mut lease, &projection, START).await;
    assert!(matches!(failed, Err(ProjectionError::Failure(_))), "{failed:?}");
    assert_eq!((applied(&realm).await, lease.position()), (vec![], 0), "a turn that breaks off leaves nothing");

    // The process is gone; another one finds the cursor where it was.
    *projection.fails_at.lock().expect("no panic before") = None;
    let mut lease = hold(&realm, "second", START.plus_seconds(11)).await.expect("free again");
    assert_eq!(turn(&realm, &mut lease, &projection, START).await.expect("done"), 3);
    assert_eq!(turn(&realm, &mut lease, &projection, START).await.expect("done"), 0);
    assert_eq!((applied(&realm).await, lease.position()), (once(&[1, 2, 3]), 3));
}

#[tokio::test]
async fn a_lease_has_one_holder_and_a_late_one_undoes_its_work() {
    let (_site, realm) = realm_with(2).await;
    let projection = Counting::default();
    let mut slept = hold(&realm, "first", START).await.expect("free");
    assert_eq!(hold(&realm, "second", START.plus_seconds(9)).await, None, "held");
    let mut lease = hold(&realm, "second", START.plus_seconds(10)).await.expect("over");
    turn(&realm, &mut lease, &projection, START).await.expect("done");
    let late = turn(&realm, &mut slept, &projection, START).await;
    assert!(matches!(late, Err(ProjectionError::Lease(LeaseError { name: "counting", .. }))), "{late:?}");
    assert_eq!(applied(&realm).await, once(&[1, 2]));
}

#[tokio::test]
async fn a_record_that_cannot_be_applied_is_parked_and_the_rest_moves_on() {
    let (_site, realm) = realm_with(3).await;
    let projection = Counting::default();
    *projection.fails_at.lock().expect("no panic before") = Some((2, Fault::Lasting));
    let mut lease = hold(&realm, "first", START).await.expect("free");
    assert_eq!(turn(&realm, &mut lease, &projection, START).await.expect("done"), 3);
    assert_eq!((applied(&realm).await, lease.position()), (once(&[1, 3]), 3));
    let parked: Vec<(i64, String)> = sqlx::query_as("SELECT position, reason FROM parked")
        .fetch_all(realm.directory.readers())
        .await
        .expect("the directory answers");
    assert_eq!(parked, [(2, "expected nothing".to_owned())]);
}

#[tokio::test]
async fn another_epoch_begins_again() {
    let (_site, realm) = realm_with(1).await;
    let mut lease = hold(&realm, "first", START).await.expect("free");
    turn(&realm, &mut lease, &Counting::default(), START).await.expect("done");
    let held = Lease::hold(Some(lease), &realm.directory, Counting::NAME, "first", Epoch(7), START).await;
    assert_eq!(held.expect("the directory answers").map(|lease| lease.position()), Some(0));
}

#[tokio::test]
async fn records_without_effect_are_passed_without_a_write_and_noted_with_the_next_one() {
    let (_site, realm) = realm_with(3).await;
    let projection = Counting::default();
    *projection.silent_to.lock().expect("no panic before") = 3;
    let noted = || async { behind(&realm, Counting::NAME).await.expect("the directory answers") };
    let mut lease = hold(&realm, "first", START).await.expect("free");
    assert_eq!(turn(&realm, &mut lease, &projection, START).await.expect("done"), 3);
    assert_eq!((lease.position(), noted().await, applied(&realm).await), (3, 3, vec![]));

    // The lease is prolonged: the directory hears how far it came.
    let later = START.plus_seconds(6);
    let epoch = realm.ledger.epoch();
    let held = Lease::hold(Some(lease), &realm.directory, Counting::NAME, "first", epoch, later).await;
    let lease = held.expect("the directory answers").expect("its own");
    assert_eq!((lease.position(), noted().await), (3, 0));

    // One that was replaced meanwhile moves nothing when it comes back.
    let mut slept = lease;
    let mut second = hold(&realm, "second", START.plus_seconds(60)).await.expect("over");
    second.pass(2);
    slept.pass(1);
    let back =
        Lease::hold(Some(slept), &realm.directory, Counting::NAME, "first", epoch, START.plus_seconds(120)).await;
    assert_eq!(back.expect("the directory answers").map(|lease| lease.position()), Some(3));
}

#[tokio::test]
async fn the_directory_never_falls_far_behind_records_without_effect() {
    let (_site, realm) = realm_with(0).await;
    let most = u16::try_from(UNNOTED_MAX).expect("a small number");
    for numbers in (0..most + 512).collect::<Vec<_>>().chunks(512) {
        let submitted = numbers.iter().map(|number| {
            let [high, low] = number.to_be_bytes();
            realm.ledger.submit(cancelled([0, 0, 0, 0, 0, 0, 0, 0, high, low]))
        });
        for outcome in futures::future::join_all(submitted).await {
            outcome.expect("posted");
        }
    }
    let projection = Counting::default();
    *projection.silent_to.lock().expect("no panic before") = u64::MAX;
    let mut lease = hold(&realm, "first", START).await.expect("free");
    while turn(&realm, &mut lease, &projection, START).await.expect("done") > 0 {}
    assert_eq!(lease.position(), i64::from(most) + 512);
    let unnoted = behind(&realm, Counting::NAME).await.expect("the directory answers");
    assert!(unnoted <= 512, "{unnoted} records were passed without a word");
}

#[tokio::test]
async fn an_order_that_ends_changes_its_document() {
    let (_site, realm) = realm_with(1).await;
    let mut lease = hold(&realm, "first", START).await.expect("free");
    turn(&realm, &mut lease, &Documents, START).await.expect("done");
    let shop = ShopId::from_parts(1, [1; 10]);
    let changes = crate::directory::changes_after(realm.directory.readers(), shop.into(), 0, 10).await;
    let order = OrderId::from_parts(1, [0; 10]).to_string();
    assert_eq!(
        changes.expect("the directory answers").into_iter().map(|change| change.id).collect::<Vec<_>>(),
        [order]
    );
}
