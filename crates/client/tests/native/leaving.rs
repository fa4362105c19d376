//! Somebody leaves while something of theirs is under way: nothing of it is sent, asked for or shown any more, and the next
//! person finds a wallet without a trace of it.

use std::cell::RefCell;
use std::rc::Rc;

use qianbao_api::orders::CreateRefund;
use qianbao_client::storage::{Change, Durability, Table, Write};
use qianbao_client::{Client, ClientError, Outcome, Presence, Stop};
use qianbao_core::id::{Id, OrderId};

use crate::support::network::Fault;
use crate::support::{Stage, cny, keep_running, kept, payment, reopened, sign_in, started};

/// What became of a request, once it is known.
type Ended = Rc<RefCell<Option<Result<Outcome, ClientError>>>>;

/// Faults that leave a request open as long as they last.
const OPEN: [Fault; 7] = [
    Fault::LoseRequest,
    Fault::LoseAnswer,
    Fault::Late(7),
    Fault::Slow,
    Fault::Overloaded,
    Fault::InternalAfter,
    Fault::Portal,
];
/// Moments at which somebody leaves, microseconds after they pressed.
const MOMENTS_US: [i64; 10] = [0, 1, 2, 15_000, 30_000, 45_000, 700_000, 1_600_000, 9_000_000, 40_000_000];

/// A request that moves value, begun in `client`.
fn begin(stage: &Stage, client: &Client, is_refund: bool) -> Ended {
    let ended = Ended::default();
    let (client, told) = (client.clone(), ended.clone());
    stage.world.spawn(async move {
        let outcome = if is_refund {
            let request =
                CreateRefund { id: client.fresh_id(), amount: cny(1_800), reason: String::new(), approval: None };
            let order: OrderId = Id::from_parts(1, [4; 10]);
            client.refund(order, &request, |_| {}).await
        } else {
            let request = payment(&client, 1_800);
            client.pay(&request, |_| {}).await
        };
        told.replace(Some(outcome));
    });
    ended
}

fn sign_out(stage: &Stage, client: &Client) {
    let client = client.clone();
    stage.world.run(async move { client.sign_out().await }).expect("the server answers");
}

fn enter(stage: &Stage, client: &Client, handle: &str) {
    let (client, request) = (client.clone(), sign_in(handle));
    stage.world.run(async move { client.sign_in(&request).await }).expect("the server knows them");
}

/// Whatever was booked is ming's one request, if it arrived; nothing of it is here.
fn assert_gone(stage: &Stage, client: &Client, what: &str) {
    assert_eq!(client.outbox(), [], "{what}");
    assert_eq!(reopened(stage).outbox(), [], "{what}");
    assert_eq!(kept(stage, Table::Outbox), [""; 0], "{what}");
    assert_eq!(stage.server.balance("chen"), 10_000, "{what}");
    assert!(stage.server.payments.borrow().len() + stage.server.refunds.borrow().len() <= 1, "{what}");
}

#[test]
fn who_signs_out_is_not_followed_any_more() {
    for (fault, is_refund) in OPEN.into_iter().flat_map(|fault| [(fault, false), (fault, true)]) {
        for (moment_us, next) in MOMENTS_US.into_iter().flat_map(|moment_us| [(moment_us, "chen"), (moment_us, "ming")])
        {
            let what = format!("{fault:?}, refund {is_refund}, left after {moment_us} µs, then {next}");
            let stage = Stage::new();
            let client = stage.signed_in();
            keep_running(&stage, &client);
            stage.network.plan.replace(vec![fault; 200].into());
            let ended = begin(&stage, &client, is_refund);
            stage.world.run(stage.world.sleep_us(moment_us));
            let begun = stage.network.begun.get();
            sign_out(&stage, &client);
            assert_eq!(client.presence(), Presence::SignedOut, "{what}");
            stage.network.plan.borrow_mut().clear();
            enter(&stage, &client, next);
            stage.world.pass(600);
            assert_eq!(stage.network.begun.get(), begun, "{what}: nothing more is sent or asked");
            assert_eq!(ended.take(), Some(Err(ClientError::SignedOut)), "{what}");
            assert_gone(&stage, &client, &what);
        }
    }
}

#[test]
fn a_tab_stops_when_another_one_signs_out() {
    for (is_refund, moment_us) in MOMENTS_US.into_iter().flat_map(|moment_us| [(false, moment_us), (true, moment_us)]) {
        let what = format!("refund {is_refund}, left after {moment_us} µs");
        let stage = Stage::new();
        let paying = stage.signed_in();
        keep_running(&stage, &paying);
        let other = reopened(&stage);
        keep_running(&stage, &other);
        stage.world.pass(1);
        stage.network.plan.replace(vec![Fault::LoseAnswer; 200].into());
        let ended = begin(&stage, &paying, is_refund);
        stage.world.run(stage.world.sleep_us(moment_us));
        sign_out(&stage, &other);
        let begun = stage.network.begun.get();
        assert_eq!(paying.presence(), Presence::SignedOut, "{what}: at once");
        assert_eq!((paying.outbox().len(), paying.mirror().wallets().len()), (0, 0), "{what}: at once");
        enter(&stage, &other, "chen");
        stage.world.pass(600);
        assert_eq!(stage.network.begun.get(), begun, "{what}: nothing more is sent or asked");
        assert_eq!(ended.take(), Some(Err(ClientError::SignedOut)), "{what}");
        assert_eq!(paying.presence().person().map(|person| person.handle.as_str()), Some("chen"), "{what}");
        for client in [&paying, &other] {
            assert_gone(&stage, client, &what);
        }
    }
}

#[test]
fn at_whatever_moment_somebody_leaves_nothing_of_them_stays() {
    for (is_refund, moment_us) in (0..60).chain(40_000..40_060).flat_map(|us| [(false, us), (true, us)]) {
        let what = format!("refund {is_refund}, left after {moment_us} µs");
        let stage = Stage::new();
        let client = stage.signed_in();
        begin(&stage, &client, is_refund);
        stage.world.run(stage.world.sleep_us(moment_us));
        sign_out(&stage, &client);
        stage.world.pass(5);
        assert_eq!(client.outbox(), [], "{what}: also while nobody is here");
        enter(&stage, &client, "chen");
        stage.world.pass(600);
        assert_gone(&stage, &client, &what);
    }
}

#[test]
fn an_outcome_that_meets_the_news_of_a_sign_out_is_not_shown() {
    let mut paid = 0;
    for offset_us in 0..12 {
        let stage = Stage::new();
        let (paying, other) = (stage.signed_in(), reopened(&stage));
        keep_running(&stage, &paying);
        stage.world.pass(1);
        begin(&stage, &paying, false);
        stage.world.run(stage.world.sleep_us(offset_us));
        sign_out(&stage, &other);
        stage.world.pass(5);
        assert_eq!((paying.presence(), paying.outbox()), (Presence::SignedOut, Vec::new()), "after {offset_us} µs");
        paid += stage.server.payments.borrow().len();
    }
    assert!(paid > 0, "some were paid just before");
}

#[test]
fn a_device_that_its_person_has_ended_keeps_nothing() {
    for (is_refund, moment_us) in MOMENTS_US.into_iter().flat_map(|moment_us| [(false, moment_us), (true, moment_us)]) {
        let what = format!("refund {is_refund}, ended after {moment_us} µs");
        let stage = Stage::new();
        let paying = stage.signed_in();
        keep_running(&stage, &paying);
        let other = reopened(&stage);
        keep_running(&stage, &other);
        stage.world.pass(1);
        stage.network.plan.replace(vec![Fault::LoseAnswer; 200].into());
        let ended = begin(&stage, &paying, is_refund);
        stage.world.run(stage.world.sleep_us(moment_us));
        stage.network.plan.borrow_mut().clear();
        stage.server.is_ended.set(true);
        let asking = other.clone();
        let asked = stage.world.run(async move { asking.refresh().await });
        assert_eq!(asked, Err(ClientError::SignedOut), "{what}");
        assert!(other.was_ended(), "{what}");
        stage.world.pass(600);
        let told = ended.take().unwrap_or_else(|| panic!("{what}: it has stopped"));
        assert!(
            matches!(told, Err(ClientError::SignedOut) | Ok(Outcome::Paid(_) | Outcome::Refunded(_))),
            "{what}: {told:?}"
        );
        for client in [&paying, &other] {
            assert_eq!((client.presence(), client.mirror().wallets().len()), (Presence::SignedOut, 0), "{what}");
            assert_gone(&stage, client, &what);
        }
        stage.server.is_ended.set(false);
        enter(&stage, &other, "chen");
        assert!(!other.was_ended(), "{what}: somebody is here");
    }
}

#[test]
fn who_signs_in_over_an_ended_session_finds_nothing_of_the_other() {
    for is_refund in [false, true] {
        let stage = Stage::new();
        let first = stage.signed_in();
        keep_running(&stage, &first);
        let second = reopened(&stage);
        keep_running(&stage, &second);
        stage.world.pass(1);
        stage.network.plan.replace(vec![Fault::LoseAnswer; 200].into());
        let ended = begin(&stage, &first, is_refund);
        stage.world.pass(2);
        stage.server.signed_in.replace(None);
        let asking = first.clone();
        stage.world.run(async move { drop(asking.refresh().await) });
        assert!(
            matches!(first.presence(), Presence::Expired(_)),
            "ming's session is over, the request is still checked"
        );
        assert_eq!(ended.take(), None);
        enter(&stage, &second, "chen");
        let begun = stage.network.begun.get();
        stage.network.plan.borrow_mut().clear();
        stage.world.pass(600);
        assert_eq!(stage.network.begun.get(), begun, "refund {is_refund}");
        assert_eq!(ended.take(), Some(Err(ClientError::SignedOut)), "refund {is_refund}");
        for client in [&first, &second] {
            assert_gone(&stage, client, "over an ended session");
        }
    }
}

#[test]
fn open_requests_of_an_earlier_page_are_not_followed_either() {
    for moment_us in (8_000_000..11_100_000).step_by(19_000) {
        let stage = Stage::new();
        drop(stage.signed_in());
        let tab = stage.device.tab();
        let client = stage.world.run(started(tab.platform()));
        stage.network.is_cut.set(true);
        for is_refund in [true, false, true] {
            begin(&stage, &client, is_refund);
        }
        stage.world.pass(1);
        tab.kill();
        stage.network.is_cut.set(false);
        stage.network.plan.replace(vec![Fault::LoseRequest; 200].into());
        let client = reopened(&stage);
        keep_running(&stage, &client);
        let before = stage.network.begun.get();
        stage.world.run(stage.world.sleep_us(moment_us));
        let begun = stage.network.begun.get();
        assert!(begun >= before + 3, "while ming is here they are followed");
        sign_out(&stage, &client);
        stage.network.plan.borrow_mut().clear();
        enter(&stage, &client, "chen");
        stage.world.pass(600);
        assert_eq!(stage.network.begun.get(), begun, "left after {moment_us} µs");
        assert_gone(&stage, &client, "an earlier page's");
    }
}

#[test]
fn a_request_that_another_person_left_on_the_device_is_neither_shown_nor_sent() {
    for is_refund in [false, true] {
        let stage = Stage::new();
        let client = stage.signed_in();
        stage.network.plan.replace(vec![Fault::LoseRequest; 3].into());
        begin(&stage, &client, is_refund);
        stage.world.run(stage.world.sleep_us(30_000));
        let storage = stage.device.tab().platform().storage;
        let key = kept(&stage, Table::Outbox).remove(0);
        let (reading, asked) = (storage.clone(), key.clone());
        let record = stage.world.run(async move { reading.get(Table::Outbox, &asked).await });
        let record = record.expect("the store can be read").expect("the request is stored");
        sign_out(&stage, &client);
        enter(&stage, &client, "chen");
        // As if a tab had written it in the moment in which ming signed out.
        let changes = vec![Change::Put(Table::Outbox, key, record)];
        let write = Write { only_if: Vec::new(), changes, durability: Durability::Strict };
        stage.world.run(async move { storage.write(write).await }).expect("the store takes it");
        let begun = stage.network.begun.get();
        let later = reopened(&stage);
        keep_running(&stage, &later);
        stage.world.pass(600);
        assert_eq!((later.outbox().len(), stage.network.begun.get()), (0, begun), "refund {is_refund}");
    }
}

#[test]
fn an_answer_that_comes_after_its_person_left_is_nobodys() {
    for moment_us in (0..120_000).step_by(5_000).chain(40_000..40_012) {
        let stage = Stage::new();
        let client = stage.signed_in();
        for minor in 1..=70 {
            stage.server.book("ming", minor, stage.world.now());
        }
        let (asking, syncing, looking) = (client.clone(), client.clone(), client.clone());
        stage.world.spawn(async move { drop(asking.session().await) });
        stage.world.spawn(async move { drop(syncing.refresh().await) });
        let looked = Rc::new(RefCell::new(None));
        let told = looked.clone();
        stage.world.spawn(async move { drop(told.replace(Some(looking.look("@lan").await))) });
        stage.world.run(stage.world.sleep_us(moment_us));
        let was_answered = looked.borrow().is_some();
        sign_out(&stage, &client);
        stage.world.pass(5);
        assert_eq!(client.presence(), Presence::SignedOut, "{moment_us} µs");
        assert_eq!((client.mirror().entry_count(), client.mirror().wallets().len()), (0, 0), "{moment_us} µs");
        for table in Table::ALL {
            assert_eq!(kept(&stage, table), [""; 0], "{table:?} {moment_us} µs");
        }
        let late = Some(Err(Stop::Refused(ClientError::SignedOut)));
        assert!(was_answered || *looked.borrow() == late, "{moment_us} µs: {looked:?}");
    }
}

#[test]
fn a_sign_out_that_the_server_did_not_hear_is_one_on_this_device() {
    let stage = Stage::new();
    let client = stage.signed_in();
    stage.server.book("ming", 5, stage.world.now());
    keep_running(&stage, &client);
    stage.world.pass(1);
    assert_eq!(client.mirror().entry_count(), 1);
    stage.network.is_cut.set(true);
    let leaving = client.clone();
    assert_eq!(stage.world.run(async move { leaving.sign_out().await }), Err(ClientError::Offline));
    stage.network.is_cut.set(false);
    let pulling = client.clone();
    assert_eq!(stage.world.run(async move { pulling.refresh().await }), Err(ClientError::SignedOut));
    stage.world.pass(600);
    assert_eq!((client.presence(), client.mirror().entry_count()), (Presence::SignedOut, 0));
    for table in Table::ALL {
        assert_eq!(kept(&stage, table), [""; 0], "{table:?}");
    }
}

/// What reached the server since the last time this was asked.
fn arrived(stage: &Stage) -> Vec<String> {
    stage.server.log.take()
}

#[test]
fn a_sign_out_that_is_owed_is_delivered_by_the_same_page_once_the_network_is_back() {
    let stage = Stage::new();
    let client = stage.signed_in();
    keep_running(&stage, &client);
    stage.world.pass(1);
    stage.network.is_cut.set(true);
    let leaving = client.clone();
    assert_eq!(stage.world.run(async move { leaving.sign_out().await }), Err(ClientError::Offline));
    stage.world.pass(60);
    assert!(stage.server.signed_in.borrow().is_some(), "the server has not heard of it");
    arrived(&stage);
    stage.network.is_cut.set(false);
    stage.world.pass(60);
    assert_eq!(arrived(&stage), ["Delete /v1/session"], "once, and nothing else");
    assert_eq!((client.presence(), stage.server.signed_in.take()), (Presence::SignedOut, None));
}

#[test]
fn at_whatever_step_a_tab_that_signs_out_dies_the_next_page_is_signed_out_and_says_so_first() {
    for is_cut in [true, false] {
        for dies_at in 1.. {
            let what = format!("cut {is_cut}, dead before step {dies_at}");
            let stage = Stage::new();
            drop(stage.signed_in());
            let tab = stage.device.tab();
            let client = stage.world.run(started(tab.platform()));
            let opened = tab.steps();
            stage.network.is_cut.set(is_cut);
            let ended = Rc::new(RefCell::new(false));
            let (leaving, told) = (client.clone(), ended.clone());
            tab.die_at(opened + dies_at);
            stage.world.spawn(async move {
                let _ = leaving.sign_out().await;
                told.replace(true);
            });
            stage.world.pass(60);
            tab.kill();
            // While the server cannot be told, nobody is here.
            stage.network.is_cut.set(true);
            let later = reopened(&stage);
            keep_running(&stage, &later);
            stage.world.pass(60);
            assert_eq!((later.presence(), later.mirror().entry_count()), (Presence::SignedOut, 0), "{what}");
            for table in Table::ALL {
                assert_eq!(kept(&stage, table), [""; 0], "{table:?} {what}");
            }
            arrived(&stage);
            stage.network.is_cut.set(false);
            stage.world.pass(60);
            let first = arrived(&stage).into_iter().next();
            assert!(first.is_none_or(|first| first == "Delete /v1/session"), "{what}");
            assert_eq!((later.presence(), stage.server.signed_in.take()), (Presence::SignedOut, None), "{what}");
            if ended.take() {
                break;
            }
        }
    }
}

#[test]
fn who_signs_in_while_a_sign_out_is_owed_stays_signed_in() {
    for next in ["chen", "ming"] {
        let stage = Stage::new();
        let client = stage.signed_in();
        stage.network.is_cut.set(true);
        let leaving = client.clone();
        let _ = stage.world.run(async move { leaving.sign_out().await });
        let later = reopened(&stage);
        let (asking, request) = (later.clone(), sign_in(next));
        let refused = stage.world.run(async move { asking.sign_in(&request).await });
        assert_eq!(refused.map(|session| session.person.handle), Err(ClientError::Offline));
        arrived(&stage);
        stage.network.is_cut.set(false);
        keep_running(&stage, &later);
        enter(&stage, &later, next);
        assert_eq!(arrived(&stage)[..2], ["Delete /v1/session", "Post /v1/session"], "{next}");
        stage.world.pass(600);
        assert_eq!(later.presence().person().map(|person| person.handle.as_str()), Some(next));
        assert_eq!(stage.server.signed_in.take().as_deref(), Some(next));
    }
}

#[test]
fn a_tab_whose_person_is_leaving_in_another_one_asks_nothing_more_for_them() {
    let stage = Stage::new();
    let staying = stage.signed_in();
    stage.network.is_cut.set(true);
    let leaving = reopened(&stage);
    let _ = stage.world.run(async move { leaving.sign_out().await });
    stage.network.is_cut.set(false);
    arrived(&stage);
    // This tab does not listen to the other ones, as if their word were still under way.
    let asking = staying.clone();
    assert_eq!(stage.world.run(async move { asking.refresh().await }), Err(ClientError::SignedOut));
    assert_eq!(staying.presence(), Presence::SignedOut);
    assert_eq!(arrived(&stage), ["Delete /v1/session"]);
}
