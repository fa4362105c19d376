//! The apps' engine and the real server agree: on the story of a payment, on a clock that is wrong, on answers that are
//! lost, and on a server that dies in the middle.

use std::time::Duration;

use qianbao_api::ProblemCode;
use qianbao_api::keys::CreateLink;
use qianbao_api::orders::{CreateOrder, CreateRefund, OrderStatus, OrderView};
use qianbao_api::payments::PaymentStatus;
use qianbao_client::{ClientError, Mark, Outcome, OwnPayment, Stop};
use qianbao_core::{Currency, Money};
use qianbao_tests_api::{House, TestResult, Wallet};

fn cny(minor: i64) -> Money {
    Money::new(minor, Currency::CNY)
}

async fn order(desk: &Wallet, minor: i64) -> TestResult<OrderView> {
    let request = CreateOrder {
        id: desk.client.fresh_id(),
        amount: cny(minor),
        lines: Vec::new(),
        description: "龙井".to_owned(),
        expires_in_s: 600,
    };
    Ok(desk.client.create_order(&request).await?)
}

async fn available(wallet: &Wallet) -> TestResult<i64> {
    wallet.client.refresh().await?;
    Ok(wallet.client.mirror().wallet(Currency::CNY).ok_or("expected a wallet in CNY")?.available.minor)
}

#[tokio::test]
async fn an_order_is_scanned_verified_paid_seen_and_given_back() -> TestResult {
    let house = House::start().await?;
    for skew_s in [0, -5 * 3_600, 40 * 86_400] {
        let ming = Wallet::sign_in(&house, "wallet", "ming", skew_s).await?;
        let chen = Wallet::sign_in(&house, "desk", "chen", -skew_s).await?;
        let before = available(&ming).await?;
        let order = order(&chen, 1_800).await?;
        let code = order.code.clone().ok_or("an open order has a code")?;
        let sheet = ming.client.look(&code).await?;
        assert_eq!((sheet.mark, sheet.amount), (Mark::Verified, Some(cny(1_800))));
        let outcome = ming.client.confirm(ming.client.fresh_id(), &sheet, None, |_| {}).await?;
        let Outcome::Paid(view) = outcome else { return Err(format!("{outcome:?}").into()) };
        assert_eq!(available(&ming).await?, before - 1_800);
        let checked = ming.client.receipt(view.id).await?;
        let receipt = checked.receipt?;
        let paid_for = receipt.order.map(|order| order.id);
        assert_eq!((receipt.payment, paid_for, receipt.amount), (view.id, Some(order.id), cny(1_800)));
        chen.client.refresh().await?;
        let seen = chen.client.mirror().order(order.id).ok_or("the desk's mirror has the order")?;
        assert_eq!((seen.status, seen.payment), (OrderStatus::Paid, Some(view.id)));
        let again = ming.client.look(&code).await;
        assert!(
            matches!(again, Err(Stop::Refused(ClientError::Problem(problem))) if problem.code == ProblemCode::OrderPaid)
        );
        let refund =
            CreateRefund { id: chen.client.fresh_id(), amount: cny(1_800), reason: String::new(), approval: None };
        let given = chen.client.refund(order.id, &refund, |_| {}).await?;
        assert!(matches!(given, Outcome::Refunded(_)), "{given:?}");
        assert_eq!(available(&ming).await?, before);
    }
    Ok(())
}

#[tokio::test]
async fn a_link_and_a_printed_code_ask_for_what_their_owner_wants() -> TestResult {
    let house = House::start().await?;
    let ming = Wallet::sign_in(&house, "wallet", "ming", 0).await?;
    let lan = Wallet::sign_in(&house, "wallet", "lan", 0).await?;
    let chen = Wallet::sign_in(&house, "desk", "chen", 0).await?;
    let link = lan.client.create_link(&CreateLink { amount: Some(cny(77)), note: Some("午饭".to_owned()) }).await?;
    let sheet = ming.client.look(&link.url).await?;
    assert_eq!((sheet.mark, sheet.amount), (Mark::Named, Some(cny(77))));
    let printed = chen.client.shop_code().await?;
    let sheet = ming.client.look(&printed.payload).await?;
    assert_eq!((sheet.mark, sheet.amount), (Mark::Verified, None));
    let mut sheet = ming.client.price(&sheet, cny(250)).await?;
    sheet.note = "谢谢".to_owned();
    let outcome = ming.client.confirm(ming.client.fresh_id(), &sheet, None, |_| {}).await?;
    assert!(matches!(outcome, Outcome::Paid(_)), "{outcome:?}");
    ming.client.refresh().await?;
    let newest = ming.client.mirror().newest(1);
    assert_eq!((newest[0].amount, newest[0].note.as_deref()), (cny(-250), Some("谢谢")));
    Ok(())
}

#[tokio::test]
async fn two_devices_that_approve_one_order_pay_it_once_and_the_other_is_told() -> TestResult {
    let house = House::start().await?;
    let chen = Wallet::sign_in(&house, "desk", "chen", 0).await?;
    let wallet = Wallet::sign_in(&house, "wallet", "ming", 0).await?;
    let (one, two) = (wallet.client.clone(), Wallet::sign_in(&house, "wallet", "ming", 0).await?.client);
    for lost in 0..=1 {
        let order = order(&chen, 640).await?;
        let code = order.code.ok_or("an open order has a code")?;
        one.refresh().await?;
        let before = one.mirror().wallet(Currency::CNY).ok_or("a wallet")?.available.minor;
        let (first, second) = (one.look(&code).await?, two.look(&code).await?);
        wallet.lose_answers(lost);
        let (first, second) = tokio::join!(
            one.confirm(one.fresh_id(), &first, None, |_| {}),
            two.confirm(two.fresh_id(), &second, None, |_| {})
        );
        let outcomes = [first?, second?];
        let paid: Vec<_> = outcomes.iter().filter(|outcome| outcome.is_done()).collect();
        let refused: Vec<_> = outcomes.iter().filter_map(Outcome::reason).collect();
        assert_eq!((paid.len(), refused), (1, vec![ProblemCode::OrderPaid]), "{outcomes:?}");
        one.refresh().await?;
        two.refresh().await?;
        assert_eq!(one.mirror().wallet(Currency::CNY).ok_or("a wallet")?.available.minor, before - 640);
        let own = one.own_payment(order.id);
        assert!(matches!(own, Some(OwnPayment::Paid(_))), "{own:?}");
        assert_eq!(two.own_payment(order.id), own, "both know which payment it was");
    }
    Ok(())
}

#[tokio::test]
async fn lost_answers_cost_time_and_nothing_else() -> TestResult {
    let house = House::start().await?;
    let ming = Wallet::sign_in(&house, "wallet", "ming", 0).await?;
    let chen = Wallet::sign_in(&house, "desk", "chen", 0).await?;
    let before = available(&ming).await?;
    for lost in 1..=3 {
        let order = order(&chen, 100).await?;
        let sheet = ming.client.look(&order.code.ok_or("a code")?).await?;
        ming.lose_answers(lost);
        let outcome = ming.client.confirm(ming.client.fresh_id(), &sheet, None, |_| {}).await?;
        assert!(matches!(outcome, Outcome::Paid(_)), "{outcome:?} after {lost} lost answers");
        chen.lose_answers(lost);
        let refund =
            CreateRefund { id: chen.client.fresh_id(), amount: cny(100), reason: String::new(), approval: None };
        let given = chen.client.refund(order.id, &refund, |_| {}).await?;
        assert!(matches!(given, Outcome::Refunded(_)), "{given:?} after {lost} lost answers");
    }
    assert_eq!(available(&ming).await?, before);
    Ok(())
}

#[tokio::test]
async fn a_server_that_dies_in_the_middle_is_found_to_have_paid_once() -> TestResult {
    let mut house = House::start().await?;
    let ming = Wallet::sign_in(&house, "wallet", "ming", 0).await?;
    let before = available(&ming).await?;
    for wait_ms in [0, 1, 2, 4, 8, 16] {
        let mut sheet = ming.client.look("@lan").await?;
        sheet.amount = Some(cny(10));
        let killing = async {
            tokio::time::sleep(Duration::from_millis(wait_ms)).await;
            house.kill().await?;
            house.open(&[]).await
        };
        let (outcome, killed) =
            tokio::join!(ming.client.confirm(ming.client.fresh_id(), &sheet, None, |_| {}), killing);
        killed?;
        let outcome = outcome?;
        let Outcome::Paid(view) = outcome else { return Err(format!("{outcome:?} after {wait_ms} ms").into()) };
        assert_eq!(ming.client.payment_status(view.id, None).await?.status, PaymentStatus::Paid);
    }
    assert_eq!(available(&ming).await?, before - 60);
    house.terminate().await?;
    assert!(house.audit().await?.status.success());
    Ok(())
}
