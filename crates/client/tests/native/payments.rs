//! A payment over a network that loses, doubles, delays and lies: it exists once, or finally not at all, and the outcome
//! that the person sees is the truth.

use crate::support::network::{FAULTS, Fault};
use crate::support::{Stage, cny, payment};
use qianbao_api::ProblemCode;
use qianbao_api::orders::CreateRefund;
use qianbao_api::payments::CreatePaymentRefund;
use qianbao_client::{Client, ClientError, Outcome, Step};
use qianbao_core::id::{Id, OrderId};

fn pay(stage: &Stage, client: &Client, minor: i64) -> (Result<Outcome, ClientError>, Vec<Step>) {
    let steps = std::rc::Rc::new(std::cell::RefCell::new(Vec::new()));
    let (client, seen) = (client.clone(), steps.clone());
    let request = payment(&client, minor);
    let outcome =
        stage.world.run(async move { client.pay(&request, |step| seen.borrow_mut().push(step.clone())).await });
    (outcome, steps.take())
}

#[test]
fn every_plan_of_three_faults_ends_in_the_truth() {
    let (mut paid, mut not_paid) = (0, 0);
    for first in FAULTS {
        for second in FAULTS {
            for third in FAULTS {
                let stage = Stage::new();
                let client = stage.signed_in();
                stage.network.plan.replace([first, second, third].into());
                let (outcome, _) = pay(&stage, &client, 1_800);
                let outcome = outcome.expect("the device has room");
                // Whatever is still on its way arrives.
                stage.world.pass(3_600);
                let left = stage.server.balance("ming");
                let what = format!("{first:?} {second:?} {third:?}: {outcome:?}, {left} left");
                match outcome {
                    Outcome::Paid(_) => {
                        assert_eq!(left, 8_200, "{what}");
                        paid += 1;
                    }
                    Outcome::NotPaid => {
                        assert_eq!(left, 10_000, "{what}");
                        not_paid += 1;
                    }
                    other => panic!("{other:?} after {what}"),
                }
                assert_eq!(stage.server.payments.borrow().len(), usize::from(left == 8_200), "{what}");
            }
        }
    }
    assert_eq!(paid + not_paid, FAULTS.len().pow(3));
    // The identical body is sent again while the person waits, so three faults cannot stop a payment.
    assert_eq!(not_paid, 0);
}

#[test]
fn a_network_that_never_comes_back_in_time_ends_in_not_paid() {
    let stage = Stage::new();
    let client = stage.signed_in();
    let (world, network) = (stage.world.clone(), stage.network.clone());
    network.is_cut.set(true);
    world.spawn({
        let wait = world.sleep_us(600_000_000);
        async move {
            wait.await;
            network.is_cut.set(false);
        }
    });
    let (outcome, steps) = pay(&stage, &client, 1_800);
    assert_eq!(outcome, Ok(Outcome::NotPaid));
    assert!(steps.iter().any(|step| matches!(step, Step::Checking { final_at: Some(_) })), "{steps:?}");
    assert_eq!(stage.server.balance("ming"), 10_000);
    assert_eq!(stage.network.sends(), 0);
}

#[test]
fn a_request_that_arrives_after_its_end_is_not_paid_for_good() {
    let stage = Stage::new();
    let client = stage.signed_in();
    stage.network.plan.replace(vec![Fault::Late(300); 60].into());
    let (outcome, _) = pay(&stage, &client, 1_800);
    assert_eq!(outcome, Ok(Outcome::NotPaid));
    stage.world.pass(3_600);
    assert_eq!(stage.server.balance("ming"), 10_000);
}

#[test]
fn a_refusal_is_final_and_says_why_also_after_a_lost_answer() {
    for fault in [Fault::Pass, Fault::LoseAnswer] {
        let stage = Stage::new();
        let client = stage.signed_in();
        stage.network.plan.replace([fault].into());
        let (outcome, _) = pay(&stage, &client, 1_000_000);
        assert_eq!(outcome, Ok(Outcome::Refused(ProblemCode::InsufficientFunds)));
        assert_eq!(stage.server.balance("ming"), 10_000);
    }
}

#[test]
fn a_rejection_after_a_lost_answer_is_not_believed() {
    // The first send is done and its answer lost; then the session ends. The problem of the repeat says nothing about the
    // first, so the payment stays open until somebody signs in again.
    let stage = Stage::new();
    let client = stage.signed_in();
    stage.network.plan.replace([Fault::LoseAnswer, Fault::LoseRequest].into());
    let (world, server) = (stage.world.clone(), stage.server.clone());
    world.spawn({
        let (out, back) = (world.sleep_us(200_000), world.sleep_us(30_000_000));
        async move {
            out.await;
            server.signed_in.replace(None);
            back.await;
            server.signed_in.replace(Some("ming".to_owned()));
        }
    });
    let (outcome, _) = pay(&stage, &client, 1_800);
    assert!(matches!(outcome, Ok(Outcome::Paid(_))), "{outcome:?}");
    assert_eq!(stage.server.balance("ming"), 8_200);
}

#[test]
fn without_a_session_nothing_is_paid_and_the_person_is_told() {
    let stage = Stage::new();
    let client = stage.signed_in();
    stage.server.signed_in.replace(None);
    let (outcome, _) = pay(&stage, &client, 1_800);
    assert_eq!(outcome.expect("stored").reason(), Some(ProblemCode::SignInRequired));
    assert!(matches!(client.presence(), qianbao_client::Presence::Expired(_)));
}

#[test]
fn a_device_without_room_sends_nothing() {
    let stage = Stage::new();
    let client = stage.signed_in();
    stage.device.fill();
    let (outcome, _) = pay(&stage, &client, 1_800);
    assert!(matches!(outcome, Err(ClientError::Storage(_))), "{outcome:?}");
    assert_eq!(stage.network.sends(), 0);
}

#[test]
fn a_clock_wrong_by_hours_changes_nothing() {
    for skew_s in [-86_400 * 400, -5 * 3_600, 5 * 3_600, 86_400 * 400] {
        let stage = Stage::with_skew(skew_s);
        let client = stage.signed_in();
        let (outcome, _) = pay(&stage, &client, 1_800);
        assert!(matches!(outcome, Ok(Outcome::Paid(_))), "skew {skew_s}: {outcome:?}");
        stage.network.plan.replace([Fault::LoseRequest, Fault::LoseAnswer].into());
        let (outcome, _) = pay(&stage, &client, 200);
        assert!(matches!(outcome, Ok(Outcome::Paid(_))), "skew {skew_s}: {outcome:?}");
        assert_eq!(stage.server.balance("ming"), 8_000);
    }
}

#[test]
fn a_resolved_payment_is_shown_until_it_is_dismissed() {
    let stage = Stage::new();
    let client = stage.signed_in();
    let (outcome, _) = pay(&stage, &client, 1_800);
    let items = client.outbox();
    assert_eq!(items.len(), 1);
    assert_eq!(items[0].step, Step::Done(outcome.expect("stored")));
    let (dismissing, subject) = (client.clone(), items[0].subject);
    stage.world.run(async move { dismissing.dismiss(subject).await }).expect("the device has room");
    assert!(client.outbox().is_empty());
}

#[test]
fn every_plan_of_three_faults_gives_a_refund_once() {
    for first in FAULTS {
        for second in FAULTS {
            for third in FAULTS {
                let stage = Stage::new();
                let client = stage.signed_in();
                stage.network.plan.replace([first, second, third].into());
                let request =
                    CreateRefund { id: client.fresh_id(), amount: cny(1_800), reason: String::new(), approval: None };
                let order: OrderId = Id::from_parts(1, [4; 10]);
                let outcome = stage.world.run(async move { client.refund(order, &request, |_| {}).await });
                stage.world.pass(3_600);
                assert!(matches!(outcome, Ok(Outcome::Refunded(_))), "{first:?} {second:?} {third:?}: {outcome:?}");
                assert_eq!(stage.server.balance("ming"), 8_200);

                // The same of a payment without order.
                let stage = Stage::new();
                let client = stage.signed_in();
                stage.network.plan.replace([first, second, third].into());
                let (payer, payment) = (Id::from_parts(1, [5; 10]), Id::from_parts(1, [6; 10]));
                let (id, amount, reason) = (client.fresh_id(), cny(1_800), String::new());
                let request = CreatePaymentRefund { id, payer, amount, reason, approval: None };
                let outcome = stage.world.run(async move { client.refund_payment(payment, &request, |_| {}).await });
                stage.world.pass(3_600);
                assert!(matches!(outcome, Ok(Outcome::Refunded(_))), "{first:?} {second:?} {third:?}: {outcome:?}");
                assert_eq!(stage.server.balance("ming"), 8_200);
            }
        }
    }
}
