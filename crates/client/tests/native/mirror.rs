//! The mirror: pages, resets, sloppy servers, two tabs, another person, a full device.

use crate::support::{Stage, kept, payment, reopened, sign_in, started};
use qianbao_client::events::Hint;
use qianbao_client::storage::{Change, Durability, Table, Write};
use qianbao_client::{Client, Presence, SyncState};

fn book(stage: &Stage, handle: &str, rows: i64) {
    for minor in 1..=rows {
        stage.server.book(handle, minor, stage.world.now());
    }
}

fn refresh(stage: &Stage, client: &Client) {
    let client = client.clone();
    stage.world.run(async move { client.refresh().await }).expect("the server answers");
}

/// Everything the mirror has is what the server has, newest first, however it is asked for.
fn assert_mirrors(stage: &Stage, client: &Client, handle: &str) {
    let wallets = stage.server.wallets.borrow();
    let mut expected = wallets[handle].entries.clone();
    expected.reverse();
    let mirror = client.mirror();
    assert_eq!(mirror.entry_count(), expected.len());
    for (skip, count) in [(0, 10_000), (0, 1), (3, 40), (250, 20), (500, 300), (expected.len(), 5)] {
        let mirror = mirror.clone();
        let rows = stage.world.run(async move { mirror.entries(skip, count).await }).expect("the device has the rows");
        let from = skip.min(expected.len());
        let until = (skip + count).min(expected.len());
        assert_eq!(rows, expected[from..until], "{count} rows below {skip}");
    }
    assert_eq!(mirror.newest(5), expected[..expected.len().min(5)]);
    assert_eq!(mirror.wallets()[0].available.minor, wallets[handle].balance);
}

#[test]
fn pages_make_the_servers_list_in_memory_and_on_the_device() {
    let stage = Stage::new();
    let client = stage.signed_in();
    for rows in [0, 1, 30, 3, 200, 21, 1, 1, 777, 5] {
        book(&stage, "ming", rows);
        refresh(&stage, &client);
        assert_mirrors(&stage, &client, "ming");
        assert_mirrors(&stage, &reopened(&stage), "ming");
    }
    assert_eq!(client.mirror().state(), SyncState::Online);
    stage.world.pass(90);
    assert_eq!(client.mirror().age_s(), Some(90));
}

#[test]
fn entries_that_come_twice_and_backwards_are_kept_once_and_in_order() {
    let stage = Stage::new();
    stage.server.is_sloppy.set(true);
    let client = stage.signed_in();
    for rows in [50, 7, 100] {
        book(&stage, "ming", rows);
        refresh(&stage, &client);
        assert_mirrors(&stage, &client, "ming");
    }
}

#[test]
fn another_epoch_empties_the_mirror_first() {
    let stage = Stage::new();
    let client = stage.signed_in();
    book(&stage, "ming", 400);
    refresh(&stage, &client);
    // The ledger was restored from a backup: the last 150 entries never happened.
    stage.server.epoch.set(2);
    stage.server.wallets.borrow_mut().get_mut("ming").expect("a wallet").entries.truncate(250);
    refresh(&stage, &client);
    assert_mirrors(&stage, &client, "ming");
    assert_mirrors(&stage, &reopened(&stage), "ming");
    assert_eq!(kept(&stage, Table::Blocks).len(), 2, "nothing of the other epoch is left");
}

#[test]
fn a_slow_tab_does_not_take_the_mirror_back() {
    let stage = Stage::new();
    let slow = stage.signed_in();
    book(&stage, "ming", 20);
    stage.network.sync_delay_us.set(3_000_000);
    stage.world.spawn(async move {
        let _ = slow.refresh().await;
    });
    stage.world.pass(1);
    stage.network.sync_delay_us.set(0);
    let fast = reopened(&stage);
    book(&stage, "ming", 25);
    refresh(&stage, &fast);
    // The slow tab's page arrives.
    stage.world.pass(11);
    assert_mirrors(&stage, &reopened(&stage), "ming");
}

#[test]
fn another_person_finds_nothing_of_the_first() {
    let stage = Stage::new();
    let client = stage.signed_in();
    book(&stage, "ming", 40);
    refresh(&stage, &client);
    let paying = client.clone();
    stage.world.run(async move { paying.pay(&payment(&paying, 100), |_| {}).await }).expect("the device has room");
    assert_eq!(client.outbox().len(), 1);
    let signing = client.clone();
    stage.world.run(async move { signing.sign_in(&sign_in("chen")).await }).expect("the server knows chen");
    for table in [Table::Blocks, Table::Documents, Table::Outbox] {
        assert_eq!(kept(&stage, table), [""; 0], "{table:?}");
    }
    assert_eq!((client.outbox().len(), client.mirror().entry_count(), client.mirror().wallets().len()), (0, 0, 0));
}

#[test]
fn two_tabs_without_a_lock_double_nothing() {
    let stage = Stage::new();
    let first = stage.signed_in();
    let second = reopened(&stage);
    book(&stage, "ming", 350);
    let (one, two) = (first.clone(), second.clone());
    stage.world.run(async move {
        let (one, two) = futures::join!(one.refresh(), two.refresh());
        one.expect("the server answers");
        two.expect("the server answers");
    });
    for client in [&first, &second] {
        refresh(&stage, client);
        assert_mirrors(&stage, client, "ming");
    }
    assert_mirrors(&stage, &reopened(&stage), "ming");
}

#[test]
fn one_tab_listens_the_other_follows_and_takes_over() {
    let stage = Stage::new();
    drop(stage.signed_in());
    let (writer_tab, follower_tab) = (stage.device.tab(), stage.device.tab());
    let clients: Vec<Client> = [&writer_tab, &follower_tab]
        .into_iter()
        .map(|tab| {
            let platform = tab.platform();
            let client = stage.world.run(async { started(platform).await });
            let running = client.clone();
            stage.world.spawn(async move { running.run().await });
            stage.world.pass(1);
            client
        })
        .collect();
    assert_eq!(stage.device.streams_open(), 1);
    book(&stage, "ming", 40);
    let asked = stage.server.count("/v1/sync");
    stage.device.hint(Hint::Changed);
    stage.world.pass(1);
    for client in &clients {
        assert_mirrors(&stage, client, "ming");
        assert_eq!(client.mirror().state(), SyncState::Online);
    }
    assert_eq!(stage.server.count("/v1/sync") - asked, 2, "two pages, asked for by one tab");
    writer_tab.kill();
    stage.world.pass(1);
    book(&stage, "ming", 3);
    stage.device.hint(Hint::Changed);
    stage.world.pass(1);
    assert_eq!(stage.device.streams_open(), 1);
    assert_mirrors(&stage, &clients[1], "ming");
}

#[test]
fn a_stream_that_stands_again_ends_being_offline_also_when_nothing_was_missed() {
    let stage = Stage::new();
    let client = stage.signed_in();
    let running = client.clone();
    stage.world.spawn(async move { running.run().await });
    stage.world.pass(1);
    stage.network.is_cut.set(true);
    stage.device.hint(Hint::Broken);
    stage.world.pass(100);
    assert_eq!(client.mirror().state(), SyncState::Offline);
    stage.network.is_cut.set(false);
    // The pause between two tries is half a minute by now; the server has no reason to hint.
    stage.device.hint(Hint::Opened);
    stage.world.pass(1);
    assert_eq!(client.mirror().state(), SyncState::Online);
}

#[test]
fn signing_out_wipes_the_device_and_the_other_tab() {
    let stage = Stage::new();
    let client = stage.signed_in();
    book(&stage, "ming", 40);
    refresh(&stage, &client);
    let other = reopened(&stage);
    let running = other.clone();
    stage.world.spawn(async move { running.run().await });
    stage.world.pass(1);
    assert_eq!(other.mirror().entry_count(), 40);
    stage.world.run(async move { client.sign_out().await }).expect("the server answers");
    stage.world.pass(1);
    assert_eq!(other.presence(), Presence::SignedOut);
    assert_eq!(other.mirror().entry_count(), 0);
    assert_eq!(reopened(&stage).presence(), Presence::SignedOut);
}

#[test]
fn a_tab_that_fills_the_device_while_another_signs_out_empties_it_again() {
    for wait_us in (0..200_000).step_by(10_000) {
        let stage = Stage::new();
        let client = stage.signed_in();
        book(&stage, "ming", 40);
        refresh(&stage, &client);
        let other = reopened(&stage);
        let running = other.clone();
        stage.world.spawn(async move { running.run().await });
        stage.world.pass(1);
        let wait = stage.world.sleep_us(wait_us);
        let late = other.clone();
        stage.world.spawn(async move {
            wait.await;
            let _ = late.refresh().await;
        });
        stage.world.run(async move { client.sign_out().await }).expect("the server answers");
        stage.world.pass(5);
        assert_eq!(other.presence(), Presence::SignedOut, "{wait_us} µs");
        for table in Table::ALL {
            assert_eq!(kept(&stage, table), [""; 0], "{table:?} {wait_us} µs");
        }
    }
}

#[test]
fn a_device_cleared_under_the_page_is_filled_again() {
    let stage = Stage::new();
    let client = stage.signed_in();
    book(&stage, "ming", 70);
    refresh(&stage, &client);
    let storage = stage.device.tab().platform().storage;
    let changes = Table::ALL.into_iter().map(Change::Clear).collect();
    let clear = Write { only_if: Vec::new(), changes, durability: Durability::Strict };
    stage.world.run(async move { storage.write(clear).await }).expect("the store can be cleared");
    book(&stage, "ming", 5);
    refresh(&stage, &client);
    assert_mirrors(&stage, &client, "ming");
    let again = reopened(&stage);
    assert!(matches!(again.presence(), Presence::Remembered(_)));
    assert_mirrors(&stage, &again, "ming");
}

#[test]
fn a_page_of_one_person_never_lands_in_anothers_copy() {
    let stage = Stage::new();
    let client = stage.signed_in();
    book(&stage, "ming", 15);
    book(&stage, "chen", 4);
    // The page is asked for as ming; before it arrives, another tab signs in as chen.
    stage.network.sync_delay_us.set(2_000_000);
    let late = client.clone();
    stage.world.spawn(async move {
        let _ = late.refresh().await;
    });
    let other = reopened(&stage);
    let signing = other.clone();
    stage.world.pass(1);
    stage.world.run(async move { signing.sign_in(&sign_in("chen")).await }).expect("the server knows chen");
    stage.network.sync_delay_us.set(0);
    stage.world.pass(10);
    refresh(&stage, &other);
    assert_mirrors(&stage, &other, "chen");
    assert_mirrors(&stage, &reopened(&stage), "chen");
}

#[test]
fn an_offline_start_stays_locked_and_comes_back() {
    let stage = Stage::new();
    let client = stage.signed_in();
    book(&stage, "ming", 40);
    refresh(&stage, &client);
    drop(client);
    stage.network.is_cut.set(true);
    stage.world.pass(7_200);
    let client = reopened(&stage);
    let running = client.clone();
    stage.world.spawn(async move { running.run().await });
    stage.world.pass(5);
    assert_eq!(client.presence(), Presence::Locked, "nobody has said yet that the copy may be shown");
    assert_eq!((client.mirror().state(), client.mirror().entry_count()), (SyncState::Offline, 0));
    stage.network.is_cut.set(false);
    stage.world.pass(60);
    assert!(matches!(client.presence(), Presence::SignedIn(_)));
    assert_eq!(client.mirror().state(), SyncState::Online);
    assert_mirrors(&stage, &client, "ming");
}

#[test]
fn a_full_device_goes_on_in_memory_and_says_so() {
    let stage = Stage::new();
    let client = stage.signed_in();
    book(&stage, "ming", 40);
    refresh(&stage, &client);
    assert!(client.is_lasting());
    stage.device.fill();
    book(&stage, "ming", 60);
    refresh(&stage, &client);
    assert_mirrors(&stage, &client, "ming");
    assert!(!client.is_lasting());
}
