//! `POST /v1/orders/{id}/refunds`.

use futures::future::join_all;
use qianbao_api::ProblemCode;
use qianbao_api::activity::EntryKind;
use qianbao_api::orders::{CreateRefund, OrderStatus, OrderView, RefundView};
use qianbao_api::payments::PaymentView;
use qianbao_core::posting::{Draft, Ensure, Head, Owner, PostingId, PostingKind};
use qianbao_core::{Currency, Money};
use qianbao_server::halt::{Halted, Reason};
use qianbao_server::payments::details::{Details, TopupDetails};
use qianbao_server::wallets::accounts;

use crate::house::{Answer, House, Street, TestResult, yuan};

/// An order of `minor` that Ming has paid.
async fn paid(street: &Street, minor: i64) -> TestResult<OrderView> {
    let order = street.order(minor).await?;
    let view = street.ming.pay(&street.payment_of(&street.ming, &order)?).await?;
    Ok(OrderView { payment: Some(view.id), ..order })
}

fn request(street: &Street, minor: i64) -> CreateRefund {
    CreateRefund {
        id: street.desk.sources().id(), amount: yuan(minor), reason: "少了一块".to_owned(), approval: None
    }
}

async fn refund(street: &Street, order: &OrderView, request: &CreateRefund) -> TestResult<Answer> {
    street.desk.post(&format!("/v1/orders/{}/refunds", order.id), request).await
}

#[tokio::test]
async fn a_whole_refund_returns_the_amount_and_the_fee() -> TestResult {
    let street = House::street().await?;
    let order = paid(&street, 1_800).await?;
    let wanted = request(&street, 1_800);
    let view: RefundView = refund(&street, &order, &wanted).await?.ok()?;
    assert_eq!((view.id, Some(view.payment), view.amount), (wanted.id, order.payment, yuan(1_800)));
    assert_eq!((street.ming.balance().await?, street.till().await?), (100_000, 0));
    let entry = &street.ming.entries().await?[0];
    assert_eq!((entry.kind, entry.amount, entry.balance_after), (EntryKind::Refund, yuan(1_800), yuan(100_000)));
    assert_eq!((entry.payment, entry.refund, entry.order), (order.payment, Some(view.id), Some(order.id)));
    let now: OrderView = street.desk.get(&format!("/v1/orders/{}", order.id)).await?.ok()?;
    assert_eq!((now.status, now.refunded), (OrderStatus::Refunded, yuan(1_800)));
    let status: PaymentView = street.ming.get(&format!("/v1/payments/{}", view.payment)).await?.ok()?;
    assert_eq!(status.paid.map(|paid| paid.refunded), Some(yuan(1_800)));
    let more = refund(&street, &order, &request(&street, 1)).await?;
    assert_eq!(more.problem()?.code, ProblemCode::RefundExceeds);
    Ok(())
}

#[tokio::test]
async fn parts_return_exactly_the_fee_in_the_end() -> TestResult {
    let street = House::street().await?;
    let order = paid(&street, 1_000).await?;
    assert_eq!(street.till().await?, 994);
    let path = format!("/v1/orders/{}", order.id);
    for (part, till) in [(333, 663), (333, 332), (334, 0)] {
        refund(&street, &order, &request(&street, part)).await?.ok::<RefundView>()?;
        assert_eq!(street.till().await?, till, "after {part}");
        let now: OrderView = street.desk.get(&path).await?.ok()?;
        let expected = if till == 0 { OrderStatus::Refunded } else { OrderStatus::PartlyRefunded };
        assert_eq!(now.status, expected);
    }
    assert_eq!(street.ming.balance().await?, 100_000);
    Ok(())
}

#[tokio::test]
async fn a_repeat_answers_alike_and_another_body_is_refused() -> TestResult {
    let street = House::street().await?;
    let order = paid(&street, 1_000).await?;
    let wanted = request(&street, 400);
    let first: RefundView = refund(&street, &order, &wanted).await?.ok()?;
    refund(&street, &order, &request(&street, 100)).await?.ok::<RefundView>()?;
    assert_eq!(refund(&street, &order, &wanted).await?.ok::<RefundView>()?, first);
    let other = CreateRefund { amount: yuan(401), ..wanted.clone() };
    assert_eq!(refund(&street, &order, &other).await?.problem()?.code, ProblemCode::IdReused);
    let second = paid(&street, 1_000).await?;
    assert_eq!(refund(&street, &second, &wanted).await?.problem()?.code, ProblemCode::IdReused);
    assert_eq!(street.ming.balance().await?, 100_000 - 2_000 + 500);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sixteen_sends_of_one_refund_give_back_once() -> TestResult {
    let street = House::street().await?;
    let order = paid(&street, 1_000).await?;
    let wanted = request(&street, 1_000);
    let mut sequences = Vec::new();
    for answer in join_all((0..16).map(|_| refund(&street, &order, &wanted))).await {
        sequences.push(answer?.ok::<RefundView>()?.sequence);
    }
    sequences.dedup();
    assert_eq!((sequences.len(), street.ming.balance().await?, street.till().await?), (1, 100_000, 0));
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn refunds_at_once_never_exceed_the_payment_and_share_the_fee() -> TestResult {
    let street = House::street().await?;
    // Another payment keeps the till full: only the guard can refuse.
    paid(&street, 20_000).await?;
    let order = paid(&street, 1_000).await?;
    let wanted: Vec<_> = (0..8).map(|_| request(&street, 300)).collect();
    let mut done = 0;
    for answer in join_all(wanted.iter().map(|wanted| refund(&street, &order, wanted))).await {
        let answer = answer?;
        if answer.status == 200 {
            done += 1;
        } else {
            assert_eq!(answer.problem()?.code, ProblemCode::RefundExceeds);
        }
    }
    assert_eq!(done, 3);
    refund(&street, &order, &request(&street, 100)).await?.ok::<RefundView>()?;
    assert_eq!((street.ming.balance().await?, street.till().await?), (80_000, 20_000 - 120));
    Ok(())
}

#[tokio::test]
async fn a_shop_gives_back_only_what_it_has() -> TestResult {
    let street = House::street().await?;
    let order = paid(&street, 1_000).await?;
    // The shop's money leaves by another way: Lan is paid back more than the till will hold.
    let other = street.order(500).await?;
    street.lan.pay(&street.payment_of(&street.lan, &other)?).await?;
    empty_till(&street).await?;
    let wanted = request(&street, 1_000);
    assert_eq!(refund(&street, &order, &wanted).await?.problem()?.code, ProblemCode::InsufficientFunds);
    assert_eq!(refund(&street, &order, &wanted).await?.problem()?.code, ProblemCode::InsufficientFunds);
    assert_eq!(street.ming.balance().await?, 99_000);
    // With money in the till again a new try succeeds; the refused id stays refused.
    paid(&street, 30_000).await?;
    assert_eq!(refund(&street, &order, &wanted).await?.problem()?.code, ProblemCode::InsufficientFunds);
    refund(&street, &order, &request(&street, 1_000)).await?.ok::<RefundView>()?;
    Ok(())
}

/// Moves what the shop has to the operator, as a settlement would.
async fn empty_till(street: &Street) -> TestResult {
    let till = accounts::shop_wallet(street.shop.id, Currency::CNY);
    let income = accounts::fee_income(Currency::CNY);
    let details = Details::Topup(TopupDetails { topup: None, person: None, bank_entry: [1; 32] });
    let head = Head {
        owner: Owner::named("operator"),
        id: PostingId::of(street.desk.sources().id::<qianbao_core::id::Topup>())?,
        kind: PostingKind::literal("settlement"),
        reference: String::new(),
        digest: [0; 32],
        not_after: None,
        details: details.encode()?,
    };
    let amount = street.till().await?;
    let draft = Draft::new(head).ensure(Ensure::open(income)).leg(till.id(), income.id(), Currency::CNY, amount);
    street.house.realm().ledger.submit(draft.finish()?).await?;
    Ok(())
}

#[tokio::test]
async fn what_is_no_refund_is_refused() -> TestResult {
    let street = House::street().await?;
    let order = paid(&street, 1_000).await?;
    let right = request(&street, 100);
    let usd = Money::new(100, Currency::from_numeric(840).ok_or("USD is a currency")?);
    for (wrong, code) in [
        (CreateRefund { amount: yuan(0), ..right.clone() }, ProblemCode::AmountNotPositive),
        (CreateRefund { amount: yuan(-1), ..right.clone() }, ProblemCode::AmountNotPositive),
        (CreateRefund { amount: yuan(1_001), ..right.clone() }, ProblemCode::RefundExceeds),
        (CreateRefund { amount: yuan(i64::MAX), ..right.clone() }, ProblemCode::RefundExceeds),
        (CreateRefund { amount: usd, ..right.clone() }, ProblemCode::CurrencyMismatch),
        (CreateRefund { reason: "长".repeat(81), ..right.clone() }, ProblemCode::NoteInvalid),
        (CreateRefund { reason: "4111111111111111".to_owned(), ..right.clone() }, ProblemCode::CardNumberInText),
    ] {
        assert_eq!(refund(&street, &order, &wrong).await?.problem()?.code, code, "{wrong:?}");
    }
    let open = street.order(100).await?;
    assert_eq!(refund(&street, &open, &right).await?.problem()?.code, ProblemCode::OrderState);
    let missing = OrderView { id: street.ming.sources().id(), ..open };
    assert_eq!(refund(&street, &missing, &right).await?.problem()?.code, ProblemCode::NotFound);
    assert_eq!(street.ming.balance().await?, 99_000);
    Ok(())
}

#[tokio::test]
async fn nothing_is_given_back_while_the_flag_is_up_and_what_was_is_answered_alike() -> TestResult {
    let street = House::street().await?;
    let order = paid(&street, 1_000).await?;
    let first = request(&street, 100);
    let done: RefundView = refund(&street, &order, &first).await?.ok()?;
    let halt = street.house.realm().halt();
    let since = street.house.app.sources.now();
    halt.raise(&Halted { reason: Reason::Books, detail: "a test".to_owned(), since }).await?;
    let later = request(&street, 50);
    let problem = refund(&street, &order, &later).await?.problem()?;
    assert_eq!((problem.code, problem.status), (ProblemCode::PayoutsHalted, 503));
    assert_eq!(refund(&street, &order, &first).await?.ok::<RefundView>()?, done);
    let view = street.ming.pay(&street.payment_of(&street.ming, &street.order(70).await?)?).await?;
    assert!(view.paid.is_some(), "payments go on");
    assert!(halt.lower(Reason::Books).await?);
    refund(&street, &order, &later).await?.ok::<RefundView>()?;
    assert_eq!(street.ming.balance().await?, 100_000 - 1_000 + 150 - 70, "once, with the id that was turned away");
    Ok(())
}
