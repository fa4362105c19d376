//! A tab killed between any two steps: what it left on the device is enough to come to the truth.

use crate::support::network::Fault;
use crate::support::{Stage, cny, keep_running, kept, payment, reopened, sign_in, started};
use qianbao_api::ProblemCode;
use qianbao_api::orders::CreateRefund;
use qianbao_client::storage::Table;
use qianbao_client::{Client, Outcome, Step};
use qianbao_core::id::Id;

/// Does something that moves value in a tab that dies at `dies_at`; answers how many steps the tab took.
fn do_and_die(stage: &Stage, dies_at: u32, act: impl AsyncFnOnce(&Client) + 'static) -> u32 {
    let tab = stage.device.tab_that_dies_at(dies_at);
    let platform = tab.platform();
    stage.world.spawn(async move {
        let client = started(platform).await;
        let _ = client.session().await;
        act(&client).await;
    });
    stage.world.pass(30);
    let steps = tab.steps();
    tab.kill();
    steps
}

fn pay_and_die(stage: &Stage, dies_at: u32) -> u32 {
    do_and_die(stage, dies_at, async |client: &Client| {
        let request = payment(client, 1_800);
        let _ = client.pay(&request, |_| {}).await;
    })
}

fn refund_and_die(stage: &Stage, dies_at: u32, reason: &'static str) -> u32 {
    do_and_die(stage, dies_at, async move |client: &Client| {
        let request =
            CreateRefund { id: client.fresh_id(), amount: cny(1_800), reason: reason.to_owned(), approval: None };
        let _ = client.refund(Id::from_parts(1, [4; 10]), &request, |_| {}).await;
    })
}

/// The next visit, ten minutes long: what it finds in the outbox.
fn visit(stage: &Stage) -> Vec<Step> {
    let platform = stage.device.tab().platform();
    let client = stage.world.run(async { started(platform).await });
    let running = client.clone();
    stage.world.spawn(async move { running.run().await });
    stage.world.pass(600);
    client.outbox().into_iter().map(|item| item.step).collect()
}

#[test]
fn a_payment_survives_the_death_of_its_tab_at_every_step() {
    for fault in [Fault::Pass, Fault::LoseRequest, Fault::LoseAnswer, Fault::Late(40), Fault::InternalAfter] {
        let (mut seen_paid, mut seen_not_paid, mut seen_nothing) = (0, 0, 0);
        for dies_at in 0.. {
            let stage = Stage::new();
            drop(stage.signed_in());
            stage.network.plan.replace([fault].into());
            let steps = pay_and_die(&stage, dies_at);
            let found = visit(&stage);
            let paid = stage.server.balance("ming") == 8_200;
            let what = format!("{fault:?}, killed before step {dies_at}: {found:?}");
            assert_eq!(stage.server.payments.borrow().len(), usize::from(paid), "{what}");
            match found.as_slice() {
                [] => {
                    assert!(!paid, "{what}");
                    seen_nothing += 1;
                }
                [Step::Done(Outcome::Paid(_))] => {
                    assert!(paid, "{what}");
                    seen_paid += 1;
                }
                [Step::Done(Outcome::NotPaid)] => {
                    assert!(!paid, "{what}");
                    seen_not_paid += 1;
                }
                _ => panic!("{what}"),
            }
            if steps < dies_at {
                break;
            }
        }
        assert!(seen_paid > 0 && seen_not_paid > 0 && seen_nothing > 0, "{fault:?}: every end was met");
    }
}

#[test]
fn a_page_that_did_not_see_the_finger_sends_no_payment() {
    // Killed right after the request was stored and before it was sent: the next visit asks, and does not send.
    for dies_at in 0..40 {
        let stage = Stage::new();
        drop(stage.signed_in());
        stage.network.plan.replace(vec![Fault::LoseRequest; 40].into());
        pay_and_die(&stage, dies_at);
        stage.network.plan.replace([].into());
        let sends = stage.network.sends();
        visit(&stage);
        assert_eq!(stage.network.sends(), sends, "killed before step {dies_at}");
    }
}

#[test]
fn a_refund_survives_the_death_of_its_tab_at_every_step() {
    for fault in [Fault::Pass, Fault::LoseRequest, Fault::LoseAnswer, Fault::Late(40), Fault::InternalAfter] {
        let (mut seen_refunded, mut seen_nothing) = (0, 0);
        for dies_at in 0.. {
            let stage = Stage::new();
            drop(stage.signed_in());
            stage.network.plan.replace([fault].into());
            let steps = refund_and_die(&stage, dies_at, "");
            let opened = reopened(&stage).outbox().into_iter().map(|item| item.step).next();
            let what = format!("{fault:?}, killed before step {dies_at}: {opened:?}");
            assert!(!matches!(opened, Some(Step::Sending)), "{what}: a page that did not see the press says checking");
            let found = visit(&stage);
            match found.as_slice() {
                [] => seen_nothing += 1,
                [Step::Done(Outcome::Refunded(view))] => {
                    assert_eq!(view.amount, cny(1_800), "{what}");
                    seen_refunded += 1;
                }
                _ => panic!("{what}, then {found:?}"),
            }
            // What was stored before the tab died is done, once, by one id and one body; what was not never happens.
            let refunds = usize::from(!found.is_empty());
            assert_eq!(stage.server.balance("ming"), 10_000 - if refunds == 1 { 1_800 } else { 0 }, "{what}");
            assert_eq!(stage.server.refunds.borrow().len(), refunds, "{what}");
            let bodies = stage.network.refund_bodies.borrow();
            assert!(bodies.iter().all(|body| *body == bodies[0]), "{what}: {bodies:?}");
            if steps < dies_at {
                break;
            }
        }
        assert!(seen_refunded > 0 && seen_nothing > 0, "{fault:?}: every end was met");
    }
}

#[test]
fn a_refund_whose_text_is_refused_ends_also_in_a_later_page() {
    let mut seen_refused = 0;
    for dies_at in 0.. {
        let stage = Stage::new();
        drop(stage.signed_in());
        stage.network.plan.replace([Fault::LoseAnswer].into());
        let steps = refund_and_die(&stage, dies_at, "4111 1111 1111 1111");
        let found = visit(&stage);
        let reason = |step: &Step| match step {
            Step::Done(outcome) => outcome.reason(),
            Step::Sending | Step::Checking { .. } => None,
        };
        for step in &found {
            assert_eq!(reason(step), Some(ProblemCode::CardNumberInText), "killed before step {dies_at}: {found:?}");
            seen_refused += 1;
        }
        assert_eq!(stage.server.balance("ming"), 10_000);
        if steps < dies_at {
            break;
        }
    }
    assert!(seen_refused > 5, "the tab died at each step after the request was stored");
}

#[test]
fn a_refund_of_an_earlier_page_is_not_given_up_for_a_refusal_that_says_nothing_of_it() {
    let stage = Stage::new();
    drop(stage.signed_in());
    stage.network.plan.replace(vec![Fault::LoseAnswer; 60].into());
    refund_and_die(&stage, u32::MAX, "");
    assert_eq!(stage.server.balance("ming"), 8_200, "the first page's send was done, its answer lost");
    stage.network.plan.replace(vec![Fault::Barred; 3].into());
    assert!(matches!(visit(&stage).as_slice(), [Step::Done(Outcome::Refunded(_))]));
    assert_eq!(stage.server.balance("ming"), 8_200);
}

#[test]
fn a_refund_waits_for_the_person_who_pressed() {
    let stage = Stage::new();
    drop(stage.signed_in());
    stage.network.plan.replace(vec![Fault::LoseRequest; 60].into());
    refund_and_die(&stage, u32::MAX, "");
    stage.network.plan.borrow_mut().clear();
    // The session ends before the next page; until its person is back nothing is given.
    stage.server.signed_in.replace(None);
    assert_eq!(visit(&stage), [], "whose it is, nobody is told");
    assert_eq!(kept(&stage, Table::Outbox).len(), 1, "it is not forgotten");
    assert_eq!(stage.server.balance("ming"), 10_000);
    let client = reopened(&stage);
    keep_running(&stage, &client);
    let (signing, request) = (client.clone(), sign_in("ming"));
    stage.world.run(async move { signing.sign_in(&request).await }).expect("the server knows ming");
    stage.world.pass(60);
    assert!(matches!(client.outbox()[0].step, Step::Done(Outcome::Refunded(_))), "{:?}", client.outbox());
    assert_eq!(stage.server.balance("ming"), 8_200);
}

#[test]
fn the_mirror_survives_the_death_of_its_tab_at_every_step() {
    let stage = Stage::new();
    drop(stage.signed_in());
    for minor in 1..=333 {
        stage.server.book("ming", minor, stage.world.now());
    }
    // One store through all deaths: each visit goes on where the last one was killed.
    for dies_at in 0..60 {
        let tab = stage.device.tab_that_dies_at(dies_at);
        let platform = tab.platform();
        stage.world.spawn(async move {
            let client = started(platform).await;
            let _ = client.refresh().await;
        });
        stage.world.pass(5);
        tab.kill();
        let platform = stage.device.tab().platform();
        let client = stage.world.run(async { started(platform).await });
        let kept = client.mirror().entry_count();
        let entries = stage.world.run({
            let mirror = client.mirror();
            async move { mirror.entries(0, 1_000).await }
        });
        let mut entries = entries.expect("the device has the rows");
        entries.reverse();
        let wallets = stage.server.wallets.borrow();
        assert_eq!(entries, wallets["ming"].entries[..kept], "killed before step {dies_at}");
    }
    let client = {
        let platform = stage.device.tab().platform();
        stage.world.run(async { started(platform).await })
    };
    assert_eq!(client.mirror().entry_count(), 333, "the visits came to the end");
}
