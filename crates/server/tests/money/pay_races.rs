//! `POST /v1/payments`, many at once: whatever the order of things, money moves once.

use futures::future::join_all;
use qianbao_api::ProblemCode;
use qianbao_api::orders::{CreateRefund, EditOrder, OrderStatus, OrderView, RefundView};
use qianbao_api::payments::{PayRequest, PaymentStatus};
use qianbao_core::intent::Payee;

use crate::house::{House, TestResult, transfer, yuan};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sixteen_sends_of_one_id_are_one_payment() -> TestResult {
    let street = House::street().await?;
    let (ming, lan) = (&street.ming, &street.lan);
    let request = PayRequest { note: Some("once".to_owned()), ..transfer(ming, lan, "lan", 700)? };
    let answers = join_all((0..16).map(|_| ming.pay(&request))).await;
    let mut sequences = Vec::new();
    for answer in answers {
        let paid = answer?.paid.ok_or("each send is answered paid")?;
        assert_eq!(paid.note.as_deref(), Some("once"));
        sequences.push(paid.sequence);
    }
    sequences.dedup();
    assert_eq!((sequences.len(), ming.balance().await?, lan.balance().await?), (1, 99_300, 50_700));
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sixteen_bodies_under_one_id_are_one_payment() -> TestResult {
    let street = House::street().await?;
    let (ming, lan) = (&street.ming, &street.lan);
    let request = transfer(ming, lan, "lan", 1)?;
    let mut others = Vec::new();
    for minor in 1..=16 {
        let other = PayRequest { amount: yuan(minor), ..request.clone() };
        others.push(ming.approved(other, Payee::Person(lan.person))?);
    }
    let mut paid = 0;
    for answer in join_all(others.iter().map(|other| ming.post("/v1/payments", other))).await {
        let answer = answer?;
        if answer.status == 200 { paid += 1 } else { assert_eq!(answer.problem()?.code, ProblemCode::IdReused) }
    }
    assert_eq!((paid, ming.entries().await?.len()), (1, 2));
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_payers_of_one_order_one_pays() -> TestResult {
    let street = House::street().await?;
    for _ in 0..8 {
        let order = street.order(100).await?;
        let (first, second) = (street.payment_of(&street.ming, &order)?, street.payment_of(&street.lan, &order)?);
        let (first, second) = tokio::join!(street.ming.pay(&first), street.lan.pay(&second));
        let mut outcomes = [first?, second?].map(|view| (view.status, view.reason));
        outcomes.sort_by_key(|outcome| outcome.1.is_some());
        assert_eq!(outcomes[0], (PaymentStatus::Paid, None));
        assert_eq!(outcomes[1], (PaymentStatus::Refused, Some(ProblemCode::OrderPaid)));
    }
    assert_eq!(street.ming.balance().await? + street.lan.balance().await?, 150_000 - 800);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_wallet_pays_no_more_than_it_has_however_many_at_once() -> TestResult {
    let street = House::street().await?;
    let (ming, lan) = (&street.ming, &street.lan);
    let requests: Vec<_> = (0..12).map(|_| transfer(lan, ming, "ming", 10_000)).collect::<Result<_, _>>()?;
    let mut paid = 0;
    for answer in join_all(requests.iter().map(|request| lan.pay(request))).await {
        let answer = answer?;
        match answer.reason {
            None => paid += 1,
            Some(reason) => assert_eq!(reason, ProblemCode::InsufficientFunds),
        }
    }
    assert_eq!((paid, lan.balance().await?, ming.balance().await?), (5, 0, 150_000));
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_a_payment_and_an_edit_one_wins() -> TestResult {
    let street = House::street().await?;
    let mut edited = 0;
    for round in 0..10 {
        let order = street.order(100).await?;
        let payment = street.payment_of(&street.ming, &order)?;
        let edit = EditOrder { version: 1, amount: yuan(200), lines: Vec::new(), description: "new".to_owned() };
        let path = format!("/v1/orders/{}", order.id);
        let pay = async {
            // Who comes first differs from round to round.
            tokio::time::sleep(std::time::Duration::from_micros(400 * round)).await;
            street.ming.pay(&payment).await
        };
        let (paid, answer) = tokio::join!(pay, street.desk.patch(&path, &edit));
        let (paid, answer) = (paid?, answer?);
        let now: OrderView = street.desk.get(&path).await?.ok()?;
        if paid.status == PaymentStatus::Paid {
            assert_eq!(answer.problem()?.code, ProblemCode::OrderPaid);
            assert_eq!((now.status, now.version, now.amount), (OrderStatus::Paid, 1, yuan(100)));
        } else {
            edited += 1;
            assert_eq!(paid.reason, Some(ProblemCode::OrderChanged));
            let view: OrderView = answer.ok()?;
            assert_eq!((view.version, view.amount), (2, yuan(200)));
            assert_eq!((now.status, now.version, now.amount), (OrderStatus::Open, 2, yuan(200)));
        }
    }
    let paid = 10 - edited;
    assert_eq!(street.ming.balance().await?, 100_000 - 100 * paid);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_a_payment_and_a_cancelling_one_wins() -> TestResult {
    let street = House::street().await?;
    for round in 0..10 {
        let order = street.order(100).await?;
        let payment = street.payment_of(&street.ming, &order)?;
        let cancel = format!("/v1/orders/{}/cancel", order.id);
        let pay = async {
            tokio::time::sleep(std::time::Duration::from_micros(300 * round)).await;
            street.ming.pay(&payment).await
        };
        let (paid, answer) = tokio::join!(pay, street.desk.send("POST", &cancel, None));
        let (paid, answer) = (paid?, answer?);
        if paid.status == PaymentStatus::Paid {
            assert_eq!(answer.problem()?.code, ProblemCode::OrderPaid);
        } else {
            assert_eq!(paid.reason, Some(ProblemCode::OrderCancelled));
            assert_eq!(answer.ok::<OrderView>()?.status, OrderStatus::Cancelled);
        }
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_payment_that_nobody_waits_for_is_one_or_none_and_the_repeat_finds_out() -> TestResult {
    let street = House::street().await?;
    let (ming, lan) = (&street.ming, &street.lan);
    let (mut arrived, before) = (0, ming.balance().await?);
    for round in 0..40 {
        let order = street.order(1).await?;
        let requests = [street.payment_of(ming, &order)?, transfer(ming, lan, "lan", 1)?];
        for request in &requests {
            // The browser goes away a little later each time: before, in and after the commit.
            let gone = std::time::Duration::from_micros(100 * round);
            let _ = tokio::time::timeout(gone, ming.pay(request)).await;
            arrived += usize::from(ming.pay(request).await?.status == PaymentStatus::Paid);
        }
    }
    assert_eq!((arrived, ming.balance().await?), (80, before - 80), "each is paid, and once");
    assert_eq!(lan.entries().await?.iter().filter(|entry| entry.amount == yuan(1)).count(), 40);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_refund_that_nobody_waits_for_is_one_or_none_and_the_repeat_finds_out() -> TestResult {
    let street = House::street().await?;
    let before = street.ming.balance().await?;
    for round in 0..30 {
        let order = street.order(100).await?;
        street.ming.pay(&street.payment_of(&street.ming, &order)?).await?;
        let refund =
            CreateRefund { id: street.desk.sources().id(), amount: yuan(100), reason: String::new(), approval: None };
        let path = format!("/v1/orders/{}/refunds", order.id);
        let gone = std::time::Duration::from_micros(100 * round);
        let _ = tokio::time::timeout(gone, street.desk.post(&path, &refund)).await;
        street.desk.post(&path, &refund).await?.ok::<RefundView>()?;
        assert_eq!(street.ming.balance().await?, before, "round {round}: all of it is back, and once");
    }
    Ok(())
}
