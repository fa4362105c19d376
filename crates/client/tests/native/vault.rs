//! What lies on the device is sealed: who opens it, what is noticed, and what is never lost without a word.

use std::rc::Rc;

use futures::executor::block_on;
use qianbao_client::storage::{Change, Durability, Record, Storage, StorageError, Table, Write};
use qianbao_client::vault::FAILURES_MAX;
use qianbao_client::{Client, ClientError, Outcome, Presence, Step};

use crate::support::network::Fault;
use crate::support::{Stage, cny, keep_running, kept, payment, reopened, sign_in, started};

const SECRET: [u8; 32] = [7; 32];

fn records(stage: &Stage, table: Table) -> Vec<Record> {
    block_on(stage.device.storage().list(table, None, 10_000)).expect("the store can be read")
}

fn put(stage: &Stage, table: Table, key: &str, value: Vec<u8>) {
    let changes = vec![Change::Put(table, key.to_owned(), value)];
    let write = Write { only_if: Vec::new(), changes, durability: Durability::Strict };
    block_on(stage.device.storage().write(write)).expect("the store can be written");
}

fn book(stage: &Stage, count: usize) {
    for _ in 0..count {
        stage.server.book("ming", 100, stage.world.now());
    }
}

fn refresh(stage: &Stage, client: &Client) {
    let client = client.clone();
    stage.world.run(async move { client.refresh().await }).expect("the server answers");
}

fn by_passkey(stage: &Stage, client: &Client) -> Result<(), ClientError> {
    let client = client.clone();
    stage.world.run(async move { client.unlock_by_passkey().await })
}

fn lock(stage: &Stage, client: &Client) -> bool {
    let client = client.clone();
    stage.world.run(async move { client.lock().await })
}

/// A page of ming's who signed in with a passkey that has a secret.
fn with_secret(stage: &Stage) -> Client {
    stage.device.authenticator().secret.replace(Some(SECRET.to_vec()));
    let client = reopened(stage);
    let signing = client.clone();
    stage.world.run(async move { signing.sign_in_by_passkey().await }).expect("ming has a passkey");
    client
}

fn balance(client: &Client) -> Option<i64> {
    client.mirror().wallets().first().map(|wallet| wallet.available.minor)
}

#[test]
fn nothing_on_the_device_can_be_read() {
    let stage = Stage::new();
    let client = stage.signed_in();
    keep_running(&stage, &client);
    book(&stage, 300);
    let paying = client.clone();
    stage.world.run(async move { paying.pay(&payment(&paying, 100), |_| {}).await }).expect("the device has room");
    stage.world.pass(5);
    let mut seen = 0;
    for table in Table::ALL {
        for Record { key, value } in records(&stage, table) {
            let bytes = [key.into_bytes(), value.expect("bytes")].concat();
            for canary in ["ming", "lan", "岚", "*明", "茶", "CNY", "pay_", "hot", "head", "person", "/v1/payments"]
            {
                let found = bytes.windows(canary.len()).any(|window| window == canary.as_bytes());
                assert!(!found, "{canary} in {table:?}");
            }
            seen += 1;
        }
    }
    assert!(seen > 6, "{seen} records");
}

#[test]
fn a_session_unlocks_without_a_touch_and_the_end_of_the_device_never_again() {
    let stage = Stage::new();
    let client = stage.signed_in();
    book(&stage, 40);
    refresh(&stage, &client);
    let again = reopened(&stage);
    assert!(matches!(again.presence(), Presence::Remembered(_)));
    assert_eq!(again.mirror().entry_count(), 40);
    // The device is ended from another one, and its share with it.
    stage.server.shares.borrow_mut().clear();
    stage.server.is_ended.set(true);
    let ended = reopened(&stage);
    assert_eq!((ended.presence(), ended.was_ended()), (Presence::SignedOut, true));
    for table in Table::ALL {
        assert_eq!(kept(&stage, table), [""; 0], "{table:?}");
    }
}

#[test]
fn a_share_that_does_not_open_it_begins_the_copy_anew_and_says_what_was_lost() {
    let stage = Stage::new();
    let client = stage.signed_in();
    book(&stage, 40);
    refresh(&stage, &client);
    let paying = client.clone();
    stage.world.run(async move { paying.pay(&payment(&paying, 100), |_| {}).await }).expect("the device has room");
    stage.server.shares.borrow_mut().clear();
    let again = reopened(&stage);
    assert!(matches!(again.presence(), Presence::SignedIn(_)));
    assert_eq!((again.mirror().entry_count(), again.lost_requests()), (0, 1));
    refresh(&stage, &again);
    assert_eq!(again.mirror().entry_count(), 41);
    let next = reopened(&stage);
    assert_eq!((next.mirror().entry_count(), next.lost_requests()), (41, 1), "said until it was read");
    let reading = next.clone();
    stage.world.run(async move { reading.lost_requests_seen().await }).expect("the store can be written");
    assert_eq!((next.lost_requests(), reopened(&stage).lost_requests()), (0, 0));
}

#[test]
fn a_passkey_with_a_secret_unlocks_without_a_network() {
    let stage = Stage::new();
    let client = with_secret(&stage);
    book(&stage, 40);
    refresh(&stage, &client);
    stage.network.is_cut.set(true);
    let offline = reopened(&stage);
    assert_eq!((offline.presence(), offline.mirror().entry_count()), (Presence::Locked, 0));
    by_passkey(&stage, &offline).expect("the passkey opens it");
    assert!(matches!(offline.presence(), Presence::Remembered(_)));
    assert_eq!((offline.mirror().entry_count(), balance(&offline)), (40, Some(14_000)));
    let asked = stage.device.authenticator().asked.borrow().last().cloned().unwrap_or_default();
    assert!(asked.contains(r#""userVerification":"required""#) && asked.contains(r#""id":"AAEC""#), "{asked}");
}

#[test]
fn the_secret_of_a_passkey_never_leaves_the_device() {
    let stage = Stage::new();
    let client = with_secret(&stage);
    let confirming = client.clone();
    stage.world.run(async move { confirming.confirm_by_passkey().await }).expect("the server knows ming");
    assert_eq!(stage.server.bodies.borrow().len(), 2);
    for body in stage.server.bodies.borrow().iter() {
        for part in ["prf", "BwcH", "070707", "7,7,7"] {
            assert!(!body.contains(part), "{body}");
        }
    }
}

#[test]
fn a_locked_copy_is_not_opened_by_the_session_alone() {
    let stage = Stage::new();
    let client = stage.signed_in();
    keep_running(&stage, &client);
    book(&stage, 40);
    stage.world.pass(5);
    assert!(lock(&stage, &client));
    assert_eq!((client.presence(), client.mirror().entry_count()), (Presence::Locked, 0));
    stage.world.pass(600);
    assert_eq!(client.presence(), Presence::Locked, "the rounds leave it locked");
    let again = reopened(&stage);
    assert_eq!(again.presence(), Presence::Locked, "and so does a new page");
    let signing = again.clone();
    stage.world.run(async move { signing.sign_in(&sign_in("ming")).await }).expect("the server knows ming");
    assert_eq!(again.mirror().entry_count(), 40, "the kept copy, without asking for it again");
    assert_eq!(reopened(&stage).mirror().entry_count(), 40);
}

#[test]
fn locking_in_one_tab_locks_the_others_and_unlocking_unlocks_them() {
    let stage = Stage::new();
    drop(stage.signed_in());
    let clients = [reopened(&stage), reopened(&stage)];
    for client in &clients {
        keep_running(&stage, client);
    }
    stage.world.pass(5);
    assert!(lock(&stage, &clients[1]));
    stage.world.pass(5);
    for client in &clients {
        assert_eq!((client.presence(), balance(client)), (Presence::Locked, None));
    }
    let signing = clients[0].clone();
    stage.world.run(async move { signing.sign_in(&sign_in("ming")).await }).expect("the server knows ming");
    stage.world.pass(5);
    for client in &clients {
        assert!(matches!(client.presence(), Presence::SignedIn(_)));
        assert_eq!(balance(client), Some(10_000));
    }
}

#[test]
fn a_payment_that_is_under_way_is_stayed_with() {
    let stage = Stage::new();
    let client = stage.signed_in();
    stage.network.plan.replace(vec![Fault::LoseRequest; 200].into());
    let paying = client.clone();
    stage.world.spawn(async move {
        let _ = paying.pay(&payment(&paying, 100), |_| {}).await;
    });
    stage.world.pass(1);
    assert!(!lock(&stage, &client));
    stage.network.plan.borrow_mut().clear();
    stage.world.pass(200);
    assert!(lock(&stage, &client));
}

#[test]
fn an_open_payment_waits_behind_the_lock_and_is_settled_after_it() {
    let stage = Stage::new();
    let client = with_secret(&stage);
    let tab = stage.device.tab();
    let page = stage.world.run(started(tab.platform()));
    stage.network.plan.replace(vec![Fault::LoseAnswer; 50].into());
    let paying = page.clone();
    stage.world.spawn(async move {
        let _ = paying.pay(&payment(&paying, 1_800), |_| {}).await;
    });
    stage.world.pass(2);
    tab.kill();
    drop(client);
    stage.network.is_cut.set(true);
    let offline = reopened(&stage);
    keep_running(&stage, &offline);
    assert_eq!(offline.outbox(), []);
    by_passkey(&stage, &offline).expect("the passkey opens it");
    assert!(matches!(offline.outbox()[0].step, Step::Checking { .. }));
    stage.network.plan.borrow_mut().clear();
    stage.network.is_cut.set(false);
    stage.world.pass(120);
    assert!(matches!(&offline.outbox()[0].step, Step::Done(Outcome::Paid(_))), "{:?}", offline.outbox());
    assert_eq!(stage.server.balance("ming"), 8_200);
}

#[test]
fn too_many_wrong_tries_wipe_the_copy_and_keep_what_is_open() {
    let stage = Stage::new();
    let client = with_secret(&stage);
    book(&stage, 40);
    refresh(&stage, &client);
    stage.network.plan.replace(vec![Fault::LoseAnswer; 500].into());
    let tab = stage.device.tab();
    let page = stage.world.run(async {
        stage.network.plan.borrow_mut().clear();
        started(tab.platform()).await
    });
    stage.network.plan.replace(vec![Fault::LoseAnswer; 50].into());
    let paying = page.clone();
    stage.world.spawn(async move {
        let _ = paying.pay(&payment(&paying, 1_800), |_| {}).await;
    });
    stage.world.pass(2);
    tab.kill();
    stage.network.plan.borrow_mut().clear();
    assert!(lock(&stage, &client));
    stage.device.authenticator().secret.replace(Some(vec![8; 32]));
    let locked = reopened(&stage);
    for _ in 1..FAILURES_MAX {
        assert_eq!(by_passkey(&stage, &locked), Err(StorageError::Locked.into()));
        assert_eq!(locked.presence(), Presence::Locked);
    }
    assert_eq!(by_passkey(&stage, &locked), Err(StorageError::Locked.into()));
    assert_eq!((locked.presence(), locked.was_wiped()), (Presence::SignedOut, true));
    for table in Table::COPY {
        assert_eq!(kept(&stage, table), [""; 0], "{table:?}");
    }
    assert_eq!(kept(&stage, Table::Outbox).len(), 1, "its outcome is not known yet");
    // A new page says so too, and whoever it belongs to gets it back.
    let next = reopened(&stage);
    assert_eq!((next.presence(), next.was_wiped()), (Presence::SignedOut, true));
    keep_running(&stage, &next);
    let signing = next.clone();
    stage.world.run(async move { signing.sign_in(&sign_in("ming")).await }).expect("the server knows ming");
    stage.world.pass(200);
    assert!(matches!(&next.outbox()[0].step, Step::Done(Outcome::Paid(_))), "{:?}", next.outbox());
    assert_eq!((next.mirror().entry_count(), next.was_wiped(), next.lost_requests()), (41, false, 0));
}

#[test]
fn wrong_passwords_count_as_tries_and_a_right_one_begins_anew() {
    let stage = Stage::new();
    let client = stage.signed_in();
    book(&stage, 3);
    refresh(&stage, &client);
    for round in 0..3 {
        assert!(lock(&stage, &client), "round {round}");
        for _ in 1..FAILURES_MAX {
            let signing = client.clone();
            let refused = stage.world.run(async move { signing.sign_in(&sign_in("nobody")).await });
            assert!(refused.is_err());
        }
        assert_eq!(client.presence(), Presence::Locked);
        let signing = client.clone();
        stage.world.run(async move { signing.sign_in(&sign_in("ming")).await }).expect("the server knows ming");
        assert_eq!(client.mirror().entry_count(), 3);
    }
}

#[test]
fn a_changed_a_swapped_and_an_older_record_never_make_a_wrong_balance() {
    for table in [Table::Facts, Table::Blocks, Table::Documents] {
        for damage in ["changed", "swapped", "older", "gone"] {
            let stage = Stage::new();
            let client = stage.signed_in();
            book(&stage, 300);
            refresh(&stage, &client);
            let older = records(&stage, table);
            book(&stage, 7);
            refresh(&stage, &client);
            let now = records(&stage, table);
            let what = format!("{table:?} {damage}");
            for (place, record) in now.iter().enumerate() {
                let bytes = record.value.clone().expect("bytes");
                let value = match damage {
                    "changed" => [&bytes[..bytes.len() - 1], &[bytes[bytes.len() - 1] ^ 1]].concat(),
                    "swapped" => now[(place + 1) % now.len()].value.clone().expect("bytes"),
                    "older" => match older.iter().find(|old| old.key == record.key) {
                        Some(old) => old.value.clone().expect("bytes"),
                        None => continue,
                    },
                    _ => {
                        let changes = vec![Change::Delete(table, record.key.clone())];
                        let write = Write { only_if: Vec::new(), changes, durability: Durability::Strict };
                        block_on(stage.device.storage().write(write)).expect("the store can be written");
                        continue;
                    }
                };
                put(&stage, table, &record.key, value);
            }
            let again = reopened(&stage);
            let shown = balance(&again);
            // An older head is an older copy as a whole: only then may an older balance stand, with its age. It never does here, since the
            // documents are newer than it.
            assert!(shown.is_none() || shown == Some(stage.server.balance("ming")), "{what}: {shown:?}");
            refresh(&stage, &again);
            assert_eq!(balance(&again), Some(stage.server.balance("ming")), "{what}");
            let mirror = again.mirror();
            let entries = stage.world.run(async move {
                let first = mirror.entries(0, 1_000).await;
                if first.is_err() { None } else { first.ok() }
            });
            if let Some(mut entries) = entries {
                entries.reverse();
                assert_eq!(entries, stage.server.wallets.borrow()["ming"].entries, "{what}");
            } else {
                refresh(&stage, &again);
            }
            assert_eq!(again.mirror().entry_count(), 307, "{what}");
        }
    }
}

#[test]
fn a_request_that_was_tampered_with_is_said_to_be_lost_and_not_sent() {
    let stage = Stage::new();
    let client = stage.signed_in();
    let paying = client.clone();
    stage.world.run(async move { paying.pay(&payment(&paying, 100), |_| {}).await }).expect("the device has room");
    let record = records(&stage, Table::Outbox).remove(0);
    let mut bytes = record.value.expect("bytes");
    bytes[20] ^= 1;
    put(&stage, Table::Outbox, &record.key, bytes);
    let again = reopened(&stage);
    assert_eq!((again.outbox().len(), again.lost_requests()), (0, 1));
    let reading = again.clone();
    stage.world.run(async move { reading.lost_requests_seen().await }).expect("the store can be written");
    assert_eq!((reopened(&stage).lost_requests(), kept(&stage, Table::Outbox).len()), (0, 0));
}

#[test]
fn a_device_that_loses_its_own_key_begins_anew() {
    let stage = Stage::new();
    let client = stage.signed_in();
    book(&stage, 40);
    refresh(&stage, &client);
    stage.device.cipher().forget();
    let again = reopened(&stage);
    assert!(matches!(again.presence(), Presence::SignedIn(_)));
    refresh(&stage, &again);
    assert_eq!((again.mirror().entry_count(), again.lost_requests()), (40, 0));
}

/// What an older version kept in clear: a format byte and packed bytes, under keys in clear.
#[test]
fn what_an_older_version_kept_in_clear_is_sealed_and_its_requests_are_carried_over() {
    let stage = Stage::new();
    // A request as this and the older version pack it: made by a device that does not seal.
    let plain = Rc::new(qianbao_client::storage::memory::MemoryStorage::new());
    let platform = qianbao_client::Platform { storage: plain.clone(), ..stage.device.tab().platform() };
    let old = stage.world.run(Client::open(platform));
    stage.network.plan.replace(vec![Fault::Pass].into());
    let signing = old.clone();
    stage.world.run(async move { signing.sign_in(&sign_in("ming")).await }).expect("the server knows ming");
    stage.network.plan.replace(vec![Fault::LoseAnswer; 50].into());
    let paying = old.clone();
    let request = payment(&old, 1_800);
    let id = request.id;
    stage.world.spawn(async move {
        let _ = paying.pay(&request, |_| {}).await;
    });
    stage.world.pass(1);
    for table in [Table::Facts, Table::Outbox] {
        for record in block_on(plain.list(table, None, 100)).expect("the store can be read") {
            put(&stage, table, &record.key, record.value.expect("bytes"));
        }
    }
    put(&stage, Table::Blocks, "b00000000", b"\x01rows of an older version".to_vec());
    assert!(kept(&stage, Table::Outbox).contains(&id.to_string()));
    stage.network.plan.borrow_mut().clear();

    stage.network.is_cut.set(true);
    let offline = reopened(&stage);
    assert_eq!(offline.presence(), Presence::Locked, "without a share nothing is touched");
    assert!(kept(&stage, Table::Outbox).contains(&id.to_string()));
    stage.network.is_cut.set(false);
    let client = reopened(&stage);
    keep_running(&stage, &client);
    assert!(!kept(&stage, Table::Outbox).contains(&id.to_string()), "no id in clear");
    assert_eq!(kept(&stage, Table::Blocks), [""; 0]);
    assert_eq!(client.outbox().len(), 1);
    stage.world.pass(200);
    assert!(matches!(&client.outbox()[0].step, Step::Done(Outcome::Paid(_))), "{:?}", client.outbox());
    assert_eq!((client.lost_requests(), stage.server.balance("ming")), (0, 10_000 - cny(1_800).minor));
}

#[test]
fn who_lost_the_key_writes_nothing_that_nobody_can_open() {
    let stage = Stage::new();
    let client = stage.signed_in();
    book(&stage, 5);
    refresh(&stage, &client);
    // The browser drops everything under the open page; the payment is stored so that the next page can open it.
    let changes = Table::ALL.into_iter().map(Change::Clear).collect();
    let write = Write { only_if: Vec::new(), changes, durability: Durability::Strict };
    block_on(stage.device.storage().write(write)).expect("the store can be cleared");
    let tab_paying = client.clone();
    stage.network.plan.replace(vec![Fault::Pass; 2].into());
    stage.world.run(async move { tab_paying.pay(&payment(&tab_paying, 100), |_| {}).await }).expect("it is stored");
    let again = reopened(&stage);
    assert_eq!((again.outbox().len(), again.lost_requests()), (1, 0));
}
