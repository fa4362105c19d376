//! Two tabs of one person approve the code of one order: exactly one payment is made, and the other tab knows which.

use std::cell::RefCell;
use std::rc::Rc;

use qianbao_api::ProblemCode;
use qianbao_api::payments::{PayRequest, Target};
use qianbao_client::{Client, ClientError, Outcome, OwnPayment, Step, Subject};
use qianbao_core::id::{Id, OrderId, PaymentId};

use crate::support::network::{FAULTS, Fault};
use crate::support::{Stage, keep_running, payment, reopened};

fn order() -> OrderId {
    Id::from_parts(1, [6; 10])
}

/// The request of a sheet for the order.
fn request(client: &Client) -> PayRequest {
    PayRequest { target: Target::Order { order: order(), version: 1 }, ..payment(client, 1_800) }
}

type Ended = Rc<RefCell<Option<Result<Outcome, ClientError>>>>;

/// Approves the order in `client` after `wait_us`; answers the payment and, later, what became of it.
fn approve(stage: &Stage, client: &Client, wait_us: i64) -> (PaymentId, Ended) {
    let (client, ended, wait) = (client.clone(), Ended::default(), stage.world.sleep_us(wait_us));
    let (request, told) = (request(&client), ended.clone());
    let payment = request.id;
    stage.world.spawn(async move {
        wait.await;
        let outcome = client.pay(&request, |_| {}).await;
        told.replace(Some(outcome));
    });
    (payment, ended)
}

/// Two tabs of ming, both running.
fn two_tabs() -> (Stage, [Client; 2]) {
    let stage = Stage::new();
    let first = stage.signed_in();
    keep_running(&stage, &first);
    let second = reopened(&stage);
    keep_running(&stage, &second);
    stage.world.pass(1);
    (stage, [first, second])
}

#[test]
fn two_tabs_pay_an_order_once_whatever_the_line_does_and_the_other_knows() {
    for (first, second) in FAULTS.into_iter().flat_map(|first| FAULTS.map(|second| (first, second))) {
        for wait_us in [0, 1, 20_000, 41_000, 300_000, 8_000_000] {
            let what = format!("{first:?}, {second:?}, {wait_us} µs apart");
            let (stage, tabs) = two_tabs();
            stage.network.plan.replace([first, second].into());
            let approvals = [approve(&stage, &tabs[0], 0), approve(&stage, &tabs[1], wait_us)];
            stage.world.pass(600);
            assert_eq!(stage.server.balance("ming"), 8_200, "{what}");
            let is_paid = |(_, ended): &(PaymentId, Ended)| matches!(*ended.borrow(), Some(Ok(Outcome::Paid(_))));
            assert_ne!(is_paid(&approvals[0]), is_paid(&approvals[1]), "{what}: {approvals:?}");
            let winner = usize::from(is_paid(&approvals[1]));
            let ((paid, _), (refused, ended)) = (&approvals[winner], &approvals[1 - winner]);
            assert_eq!(*ended.borrow(), Some(Ok(Outcome::Refused(ProblemCode::OrderPaid))), "{what}");
            for client in &tabs {
                assert_eq!(client.paid_instead_of(*refused), Some(*paid), "{what}");
                assert_eq!(client.paid_instead_of(*paid), None, "{what}");
                assert_eq!(client.own_payment(order()), Some(OwnPayment::Paid(*paid)), "{what}");
            }
        }
    }
}

#[test]
fn the_other_tab_hears_of_a_payment_that_is_under_way_and_of_its_end() {
    let (stage, tabs) = two_tabs();
    assert_eq!(tabs[1].own_payment(order()), None);
    stage.network.plan.replace(vec![Fault::LoseRequest; 6].into());
    let (payment, _) = approve(&stage, &tabs[0], 0);
    stage.world.run(stage.world.sleep_us(500_000));
    assert_eq!(tabs[1].own_payment(order()), Some(OwnPayment::UnderWay(payment)));
    stage.world.pass(60);
    assert_eq!(tabs[1].own_payment(order()), Some(OwnPayment::Paid(payment)));
    // Seen and dismissed, it is still in the records.
    let dismissing = tabs[0].clone();
    stage.world.run(async move { dismissing.dismiss(Subject::Payment(payment)).await }).expect("the device has room");
    stage.world.pass(60);
    for client in &tabs {
        assert_eq!(client.outbox(), []);
        assert_eq!(client.own_payment(order()), Some(OwnPayment::Paid(payment)));
    }
}

#[test]
fn a_payment_that_the_records_do_not_have_yet_is_known_by_the_outbox() {
    let stage = Stage::new();
    let client = stage.signed_in();
    let (payment, _) = approve(&stage, &client, 0);
    stage.world.pass(5);
    assert_eq!(client.mirror().entry_count(), 0, "nobody has asked for changes");
    assert_eq!(client.own_payment(order()), Some(OwnPayment::Paid(payment)));
}

#[test]
fn an_order_that_somebody_else_paid_has_no_payment_of_ones_own() {
    let (stage, tabs) = two_tabs();
    stage.server.orders_paid.borrow_mut().insert(order());
    let (payment, ended) = approve(&stage, &tabs[0], 0);
    stage.world.pass(5);
    assert_eq!(ended.take(), Some(Ok(Outcome::Refused(ProblemCode::OrderPaid))));
    assert_eq!((tabs[0].paid_instead_of(payment), tabs[0].own_payment(order())), (None, None));
    assert!(matches!(tabs[0].outbox()[0].step, Step::Done(_)));
}
