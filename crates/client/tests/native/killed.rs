//! A tab killed between any two steps: what it left on the device is enough to come to the truth.

use crate::support::network::Fault;
use crate::support::{Stage, payment};
use qianbao_client::{Client, Outcome, Step};

/// Pays in a tab that dies at `dies_at`; answers how many steps the tab took.
fn pay_and_die(stage: &Stage, dies_at: u32) -> u32 {
    let tab = stage.device.tab_that_dies_at(dies_at);
    let platform = tab.platform();
    stage.world.spawn(async move {
        let client = Client::open(platform).await;
        let _ = client.session().await;
        let request = payment(&client, 1_800);
        let _ = client.pay(&request, |_| {}).await;
    });
    stage.world.pass(30);
    let steps = tab.steps();
    tab.kill();
    steps
}

/// The next visit, ten minutes long: what it finds in the outbox.
fn visit(stage: &Stage) -> Vec<Step> {
    let platform = stage.device.tab().platform();
    let client = stage.world.run(async { Client::open(platform).await });
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
            let client = Client::open(platform).await;
            let _ = client.refresh().await;
        });
        stage.world.pass(5);
        tab.kill();
        let platform = stage.device.tab().platform();
        let client = stage.world.run(async { Client::open(platform).await });
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
        stage.world.run(async { Client::open(platform).await })
    };
    assert_eq!(client.mirror().entry_count(), 333, "the visits came to the end");
}
