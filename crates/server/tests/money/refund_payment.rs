//! `POST /v1/payments/{id}/refunds`.

use futures::future::{join, join_all};
use qianbao_api::ProblemCode;
use qianbao_api::activity::EntryKind;
use qianbao_api::merchants::StaticCodeView;
use qianbao_api::orders::{CreateRefund, OrderStatus, OrderView, RefundView};
use qianbao_api::payments::{CreatePaymentRefund, PayRequest, PaymentView, Target};
use qianbao_core::id::PaymentId;
use qianbao_core::intent::Payee;
use qianbao_core::{Currency, Money};

use crate::house::{Answer, House, Street, TestResult, Visitor, transfer, yuan};

/// The request of `payer` that pays `minor` to the shop's printed code.
async fn payment(street: &Street, payer: &Visitor, minor: i64) -> TestResult<PayRequest> {
    let code: StaticCodeView = street.desk.get("/v1/shop/code").await?.ok()?;
    payer.payment(Target::ShopCode { link: code.link }, Payee::Shop(street.shop.id), yuan(minor))
}

/// The id of such a payment of Ming, paid.
async fn paid(street: &Street, minor: i64) -> TestResult<PaymentId> {
    let request = payment(street, &street.ming, minor).await?;
    street.ming.pay(&request).await?.paid.ok_or("paid")?;
    Ok(request.id)
}

fn request(street: &Street, minor: i64) -> CreatePaymentRefund {
    let reason = "点错了".to_owned();
    CreatePaymentRefund {
        id: street.desk.sources().id(),
        payer: street.ming.person,
        amount: yuan(minor),
        reason,
        approval: None,
    }
}

async fn refund(street: &Street, payment: PaymentId, request: &CreatePaymentRefund) -> TestResult<Answer> {
    street.desk.post(&format!("/v1/payments/{payment}/refunds"), request).await
}

#[tokio::test]
async fn what_came_by_the_printed_code_goes_back_whole_with_its_fee() -> TestResult {
    let street = House::street().await?;
    let payment = paid(&street, 1_000).await?;
    assert_eq!(street.till().await?, 994);
    let wanted = request(&street, 1_000);
    let view: RefundView = refund(&street, payment, &wanted).await?.ok()?;
    assert_eq!((view.id, view.payment, view.amount), (wanted.id, payment, yuan(1_000)));
    assert_eq!((street.ming.balance().await?, street.till().await?), (100_000, 0));
    for visitor in [&street.ming, &street.desk] {
        let entries = visitor.entries().await?;
        let entry = entries.iter().find(|entry| entry.refund.is_some()).ok_or("expected the refund's entry")?;
        assert_eq!((entry.payment, entry.refund, entry.order), (Some(payment), Some(view.id), None));
        assert_eq!(entry.kind, EntryKind::Refund);
        let status: PaymentView = visitor.get(&format!("/v1/payments/{payment}")).await?.ok()?;
        assert_eq!(status.paid.map(|paid| paid.refunded), Some(yuan(1_000)));
    }
    assert_eq!(refund(&street, payment, &request(&street, 1)).await?.problem()?.code, ProblemCode::RefundExceeds);
    Ok(())
}

#[tokio::test]
async fn parts_return_exactly_the_fee_in_the_end_and_a_repeat_answers_alike() -> TestResult {
    let street = House::street().await?;
    let payment = paid(&street, 1_000).await?;
    let mut done = Vec::new();
    for (part, till) in [(333, 663), (333, 332), (334, 0)] {
        let wanted = request(&street, part);
        done.push((wanted.clone(), refund(&street, payment, &wanted).await?.ok::<RefundView>()?));
        assert_eq!(street.till().await?, till, "after {part}");
    }
    for (wanted, first) in &done {
        assert_eq!(refund(&street, payment, wanted).await?.ok::<RefundView>()?, *first);
        let other = CreatePaymentRefund { amount: yuan(1), ..wanted.clone() };
        assert_eq!(refund(&street, payment, &other).await?.problem()?.code, ProblemCode::IdReused);
    }
    assert_eq!(street.ming.balance().await?, 100_000);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_refunds_at_once_give_back_no_more_than_was_paid() -> TestResult {
    let street = House::street().await?;
    // Another payment keeps the till full: only the guard can refuse.
    paid(&street, 20_000).await?;
    for _ in 0..8 {
        let payment = paid(&street, 1_000).await?;
        let before = street.ming.balance().await?;
        let (one, other) = (request(&street, 700), request(&street, 700));
        let (one, other) = join(refund(&street, payment, &one), refund(&street, payment, &other)).await;
        let mut codes = Vec::new();
        for answer in [one?, other?] {
            codes.push(if answer.status == 200 { None } else { Some(answer.problem()?.code) });
        }
        codes.sort_by_key(Option::is_some);
        assert_eq!(codes, [None, Some(ProblemCode::RefundExceeds)]);
        assert_eq!(street.ming.balance().await?, before + 700);
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sixteen_sends_of_one_refund_give_back_once() -> TestResult {
    let street = House::street().await?;
    let payment = paid(&street, 1_000).await?;
    let wanted = request(&street, 1_000);
    let mut sequences = Vec::new();
    for answer in join_all((0..16).map(|_| refund(&street, payment, &wanted))).await {
        sequences.push(answer?.ok::<RefundView>()?.sequence);
    }
    sequences.dedup();
    assert_eq!((sequences.len(), street.ming.balance().await?, street.till().await?), (1, 100_000, 0));
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_orders_payment_is_one_thing_by_either_route() -> TestResult {
    let street = House::street().await?;
    paid(&street, 20_000).await?;
    let order = street.order(1_000).await?;
    let pay = street.payment_of(&street.ming, &order)?;
    street.ming.pay(&pay).await?;
    let by_order =
        CreateRefund { id: street.desk.sources().id(), amount: yuan(700), reason: String::new(), approval: None };
    let path = format!("/v1/orders/{}/refunds", order.id);
    let by_payment = request(&street, 700);
    let (one, other) = join(street.desk.post(&path, &by_order), refund(&street, pay.id, &by_payment)).await;
    let (one, other) = (one?, other?);
    assert_eq!([one.status, other.status].iter().filter(|status| **status == 200).count(), 1, "{one:?} {other:?}");
    refund(&street, pay.id, &request(&street, 300)).await?.ok::<RefundView>()?;
    let now: OrderView = street.desk.get(&format!("/v1/orders/{}", order.id)).await?.ok()?;
    assert_eq!((now.status, now.refunded), (OrderStatus::Refunded, yuan(1_000)));
    // An id is one refund, by whichever route it came first.
    let again = CreatePaymentRefund { id: by_order.id, ..request(&street, 700) };
    assert_ne!(refund(&street, pay.id, &again).await?.status, 200);
    Ok(())
}

#[tokio::test]
async fn the_same_id_of_two_payers_is_two_payments() -> TestResult {
    let street = House::street().await?;
    let of_ming = payment(&street, &street.ming, 1_000).await?;
    street.ming.pay(&of_ming).await?;
    let of_lan = PayRequest { id: of_ming.id, ..payment(&street, &street.lan, 5).await? };
    let of_lan = street.lan.approved(of_lan, Payee::Shop(street.shop.id))?;
    street.lan.pay(&of_lan).await?.paid.ok_or("paid")?;
    let wanted = CreatePaymentRefund { payer: street.lan.person, ..request(&street, 5) };
    refund(&street, of_lan.id, &wanted).await?.ok::<RefundView>()?;
    refund(&street, of_ming.id, &request(&street, 1_000)).await?.ok::<RefundView>()?;
    assert_eq!((street.ming.balance().await?, street.lan.balance().await?), (100_000, 50_000));
    Ok(())
}

#[tokio::test]
async fn what_is_no_refund_is_refused() -> TestResult {
    let street = House::street().await?;
    let bought = paid(&street, 1_000).await?;
    let right = request(&street, 100);
    let usd = Money::new(100, Currency::from_numeric(840).ok_or("USD is a currency")?);
    for (wrong, code) in [
        (CreatePaymentRefund { amount: yuan(0), ..right.clone() }, ProblemCode::AmountNotPositive),
        (CreatePaymentRefund { amount: yuan(-1), ..right.clone() }, ProblemCode::AmountNotPositive),
        (CreatePaymentRefund { amount: yuan(1_001), ..right.clone() }, ProblemCode::RefundExceeds),
        (CreatePaymentRefund { amount: yuan(i64::MAX), ..right.clone() }, ProblemCode::RefundExceeds),
        (CreatePaymentRefund { amount: usd, ..right.clone() }, ProblemCode::CurrencyMismatch),
        (CreatePaymentRefund { reason: "长".repeat(81), ..right.clone() }, ProblemCode::NoteInvalid),
        (CreatePaymentRefund { reason: "4111111111111111".to_owned(), ..right.clone() }, ProblemCode::CardNumberInText),
        (CreatePaymentRefund { payer: street.lan.person, ..right.clone() }, ProblemCode::NotFound),
    ] {
        assert_eq!(refund(&street, bought, &wrong).await?.problem()?.code, code, "{wrong:?}");
    }
    // What was paid to a person, was refused, or never was, is no payment to this shop; nor is a shop's payment another's to give back.
    let gift = transfer(&street.ming, &street.lan, "lan", 5)?;
    street.ming.pay(&gift).await?;
    let refused = payment(&street, &street.ming, 200_000).await?;
    street.ming.pay(&refused).await?;
    for id in [gift.id, refused.id, street.ming.sources().id()] {
        assert_eq!(refund(&street, id, &right).await?.problem()?.code, ProblemCode::NotFound);
    }
    let other = street.house.desk(street.lan.person).await?;
    let shop = serde_json::json!({
        "name_zh": "别家", "name_en": "Other", "category": "5812", "city": "Hangzhou", "currency": "CNY",
    });
    other.post("/v1/shop", &shop).await?.ok::<serde_json::Value>()?;
    let path = format!("/v1/payments/{bought}/refunds");
    assert_eq!(other.post(&path, &right).await?.problem()?.code, ProblemCode::NotFound);
    // The wallet's host has no such route.
    assert_eq!(street.ming.post(&path, &right).await?.problem()?.code, ProblemCode::NotFound);
    assert_eq!(street.ming.balance().await?, 99_000 - 5);
    Ok(())
}
