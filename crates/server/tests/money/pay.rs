//! `POST /v1/payments`.

use qianbao_api::ProblemCode;
use qianbao_api::payments::{PayRequest, PayeeView, PaymentStatus, Target};
use qianbao_core::intent::Payee;
use qianbao_core::{Currency, Money};

use crate::house::{House, TestResult, transfer, yuan};

#[tokio::test]
async fn a_person_pays_a_person_by_handle_and_both_see_it() -> TestResult {
    let street = House::street().await?;
    let (ming, lan) = (&street.ming, &street.lan);
    let note = "谢谢 <b>'; DROP TABLE people; --</b> 🍵";
    let request = PayRequest { note: Some(note.to_owned()), ..transfer(ming, lan, " @LAN ", 1_234)? };
    let view = ming.pay(&request).await?;
    assert_eq!(view.status, PaymentStatus::Paid);
    let paid = view.paid.ok_or("paid says what")?;
    assert_eq!((paid.amount, paid.fee, paid.note.as_deref()), (yuan(1_234), yuan(0), Some(note)));
    let PayeeView::Person { legal_name_masked, .. } = paid.payee else { return Err("a person was paid".into()) };
    assert_eq!(legal_name_masked, "*岚");
    assert_eq!((ming.balance().await?, lan.balance().await?), (98_766, 51_234));
    let mine = &lan.entries().await?[0];
    assert_eq!((mine.amount, mine.balance_after, mine.note.as_deref()), (yuan(1_234), yuan(51_234), Some(note)));
    Ok(())
}

#[tokio::test]
async fn an_order_is_paid_and_the_shop_pays_its_fee_in_the_same_posting() -> TestResult {
    let street = House::street().await?;
    let order = street.order(1_800).await?;
    let view = street.ming.pay(&street.payment_of(&street.ming, &order)?).await?;
    let paid = view.paid.ok_or("paid says what")?;
    assert_eq!(paid.order.map(|order| (order.id, order.version, order.lines.len())), Some((order.id, 1, 1)));
    // 0.6 % of 18.00 is 0.108, half up 0.11.
    assert_eq!((street.ming.balance().await?, street.till().await?), (98_200, 1_789));
    let entries = street.desk.entries().await?;
    let lines: Vec<_> = entries.iter().map(|entry| (entry.amount.minor, entry.balance_after.minor)).collect();
    assert_eq!(lines, [(-11, 1_789), (1_800, 1_800)]);
    Ok(())
}

#[tokio::test]
async fn a_static_shop_code_takes_the_amount_that_the_payer_types() -> TestResult {
    let street = House::street().await?;
    let code: qianbao_api::merchants::StaticCodeView = street.desk.get("/v1/shop/code").await?.ok()?;
    let target = Target::ShopCode { link: code.link };
    let request = street.ming.payment(target, Payee::Shop(street.shop.id), yuan(250))?;
    assert_eq!(street.ming.pay(&request).await?.status, PaymentStatus::Paid);
    assert_eq!(street.till().await?, 248);
    Ok(())
}

#[tokio::test]
async fn a_repeat_answers_as_the_first_did_also_no() -> TestResult {
    let street = House::street().await?;
    let (ming, lan) = (&street.ming, &street.lan);
    let request = transfer(ming, lan, "lan", 500)?;
    let first = ming.pay(&request).await?;
    assert_eq!(ming.pay(&request).await?.paid, first.paid);
    // Much too late by its own not_after, and still answered.
    street.house.clock.pass(700);
    assert_eq!(ming.pay(&request).await?.paid, first.paid);
    assert_eq!(ming.balance().await?, 99_500);

    let poor = transfer(lan, ming, "ming", 50_501)?;
    let no = lan.pay(&poor).await?;
    assert_eq!((no.status, no.reason), (PaymentStatus::Refused, Some(ProblemCode::InsufficientFunds)));
    street.house.fill(lan.person, 1_000_000).await?;
    let again = lan.pay(&poor).await?;
    assert_eq!((again.status, again.reason), (no.status, no.reason), "a refusal closes the id");
    street.house.clock.pass(700);
    assert_eq!(lan.pay(&poor).await?.reason, no.reason);
    Ok(())
}

#[tokio::test]
async fn the_same_id_with_another_body_changes_nothing() -> TestResult {
    let street = House::street().await?;
    let (ming, lan) = (&street.ming, &street.lan);
    let request = transfer(ming, lan, "lan", 500)?;
    ming.pay(&request).await?;
    let payee = Payee::Person(lan.person);
    let more = ming.approved(PayRequest { amount: yuan(600), ..request.clone() }, payee)?;
    let noted = PayRequest { note: Some("x".to_owned()), ..request.clone() };
    // Also when the other body would be refused before it becomes a posting.
    let wrong = PayRequest { intent: "0".repeat(64), ..request.clone() };
    for other in [more, noted, wrong] {
        assert_eq!(ming.pay_refused(&other).await?, ProblemCode::IdReused);
    }
    assert_eq!(ming.balance().await?, 99_500);
    // Ids are the payer's own: another person may use the same one.
    let theirs = lan.approved(
        PayRequest { target: Target::Person { handle: "ming".to_owned() }, ..request },
        Payee::Person(ming.person),
    )?;
    assert_eq!(lan.pay(&theirs).await?.status, PaymentStatus::Paid);
    Ok(())
}

#[tokio::test]
async fn amounts_that_nobody_can_pay_are_refused_before_they_become_a_posting() -> TestResult {
    let street = House::street().await?;
    let (ming, lan) = (&street.ming, &street.lan);
    let payee = Payee::Person(lan.person);
    for (minor, code) in [
        (0, ProblemCode::AmountNotPositive),
        (-1, ProblemCode::AmountNotPositive),
        (i64::MIN, ProblemCode::AmountNotPositive),
        (5_000_001, ProblemCode::AmountTooLarge),
        (10_000_000_001, ProblemCode::AmountTooLarge),
        (i64::MAX, ProblemCode::AmountTooLarge),
    ] {
        let request = transfer(ming, lan, "lan", 1)?;
        let request = ming.approved(PayRequest { amount: yuan(minor), ..request }, payee)?;
        assert_eq!(ming.pay_refused(&request).await?, code, "{minor}");
    }
    let usd = Money::new(100, Currency::from_numeric(840).ok_or("USD is a currency")?);
    let target = Target::Person { handle: "lan".to_owned() };
    let foreign = ming.payment(target, payee, usd)?;
    assert_eq!(ming.pay_refused(&foreign).await?, ProblemCode::CurrencyMismatch);
    // More digits than the currency has, or no digits at all, cannot even be written down.
    let mut request = serde_json::to_value(transfer(ming, lan, "lan", 1)?)?;
    for minor in ["1.5", "1e3", "", "９９", "99999999999999999999", " 1"] {
        request["amount"]["minor"] = minor.into();
        let problem = ming.post("/v1/payments", &request).await?.problem()?;
        assert_eq!(problem.code, ProblemCode::MalformedRequest, "{minor:?}");
    }
    assert_eq!((ming.balance().await?, ming.entries().await?.len()), (100_000, 1));
    Ok(())
}

#[tokio::test]
async fn what_was_approved_is_what_is_paid() -> TestResult {
    let street = House::street().await?;
    let (ming, lan) = (&street.ming, &street.lan);
    let order = street.order(1_800).await?;
    let right = street.payment_of(ming, &order)?;
    let shop = Payee::Shop(street.shop.id);
    let cheaper = ming.approved(PayRequest { amount: yuan(1), ..right.clone() }, shop)?;
    let other_payee = ming.approved(right.clone(), Payee::Person(lan.person))?;
    let with_fee = ming.approved(PayRequest { fee: yuan(5), ..right.clone() }, shop)?;
    let unapproved = PayRequest { not_after: right.not_after.plus_seconds(1), ..right.clone() };
    let upper_case = PayRequest { intent: right.intent.to_uppercase(), ..right.clone() };
    for (request, code) in [
        (cheaper, ProblemCode::AmountMismatch),
        (other_payee, ProblemCode::IntentMismatch),
        (with_fee, ProblemCode::FeeChanged),
        (unapproved, ProblemCode::IntentMismatch),
        (upper_case, ProblemCode::IntentMismatch),
        (PayRequest { intent: String::new(), ..right.clone() }, ProblemCode::IntentMismatch),
    ] {
        assert_eq!(ming.pay_refused(&request).await?, code);
    }
    // None of them closed the id.
    assert_eq!(ming.pay(&right).await?.status, PaymentStatus::Paid);
    Ok(())
}

#[tokio::test]
async fn nobody_pays_themselves_or_their_own_shop_or_nobody() -> TestResult {
    let street = House::street().await?;
    let ming = &street.ming;
    let oneself = ming.payment(Target::Person { handle: "ming".to_owned() }, Payee::Person(ming.person), yuan(1))?;
    assert_eq!(ming.pay_refused(&oneself).await?, ProblemCode::PaySelf);

    let chen = street.house.wallet(street.desk.person).await?;
    let order = street.order(100).await?;
    let own = street.payment_of(&chen, &order)?;
    assert_eq!(chen.pay_refused(&own).await?, ProblemCode::PaySelf);

    for handle in ["nobody", "", "x", "lan'--", &"l".repeat(10_000), "ｌａｎ\u{202e}"] {
        let target = Target::Person { handle: handle.to_owned() };
        let request = ming.payment(target, Payee::Person(street.lan.person), yuan(1))?;
        assert_eq!(ming.pay_refused(&request).await?, ProblemCode::PayeeNotFound, "{handle:.20}");
    }
    let link = ming.sources().id();
    for target in [Target::ShopCode { link }, Target::PersonLink { link }] {
        let request = ming.payment(target, Payee::Shop(street.shop.id), yuan(1))?;
        assert_eq!(ming.pay_refused(&request).await?, ProblemCode::PayeeNotFound);
    }
    let order = ming.sources().id();
    let request = ming.payment(Target::Order { order, version: 1 }, Payee::Shop(street.shop.id), yuan(1))?;
    assert_eq!(ming.pay_refused(&request).await?, ProblemCode::NotFound);
    Ok(())
}

#[tokio::test]
async fn notes_are_short_visible_and_no_card_numbers() -> TestResult {
    let street = House::street().await?;
    let (ming, lan) = (&street.ming, &street.lan);
    for (note, code) in [
        ("x".repeat(101), ProblemCode::NoteInvalid),
        ("长".repeat(10_000), ProblemCode::NoteInvalid),
        ("a\u{202e}b".to_owned(), ProblemCode::NoteInvalid),
        ("a\u{200b}b".to_owned(), ProblemCode::NoteInvalid),
        ("a\u{0}b".to_owned(), ProblemCode::NoteInvalid),
        ("4111 1111 1111 1111".to_owned(), ProblemCode::CardNumberInText),
    ] {
        let request = PayRequest { note: Some(note), ..transfer(ming, lan, "lan", 1)? };
        assert_eq!(ming.pay_refused(&request).await?, code);
    }
    let longest = PayRequest { note: Some("谢".repeat(33)), ..transfer(ming, lan, "lan", 1)? };
    assert_eq!(ming.pay(&longest).await?.paid.and_then(|paid| paid.note).as_deref(), longest.note.as_deref());
    let blank = PayRequest { note: Some("   ".to_owned()), ..transfer(ming, lan, "lan", 1)? };
    assert_eq!(ming.pay(&blank).await?.paid.and_then(|paid| paid.note), None);
    Ok(())
}

#[tokio::test]
async fn a_request_is_valid_for_at_most_ten_minutes() -> TestResult {
    let street = House::street().await?;
    let (ming, lan) = (&street.ming, &street.lan);
    let now = ming.sources().now();
    for seconds in [-1, 0, 601, 86_400, i64::MAX / 2_000_000] {
        let request = PayRequest { not_after: now.plus_seconds(seconds), ..transfer(ming, lan, "lan", 1)? };
        let request = ming.approved(request, Payee::Person(lan.person))?;
        let problem = ming.post("/v1/payments", &request).await?.problem()?;
        assert_eq!((problem.code, problem.param.as_deref()), (ProblemCode::NotAfterInvalid, Some("not_after")));
    }
    Ok(())
}

#[tokio::test]
async fn a_wallet_holds_no_more_than_its_ceiling() -> TestResult {
    let street = House::street().await?;
    let (ming, lan) = (&street.ming, &street.lan);
    street.house.fill(lan.person, 49_999_999 - 50_000).await?;
    let one = ming.pay(&transfer(ming, lan, "lan", 1)?).await?;
    assert_eq!(one.status, PaymentStatus::Paid);
    let more = ming.pay(&transfer(ming, lan, "lan", 1)?).await?;
    assert_eq!((more.status, more.reason), (PaymentStatus::Refused, Some(ProblemCode::PayeeCeiling)));
    assert_eq!(ming.balance().await?, 99_999);
    Ok(())
}

#[tokio::test]
async fn a_request_that_cannot_be_read_is_told_where() -> TestResult {
    let street = House::street().await?;
    let ming = &street.ming;
    let request = serde_json::to_value(transfer(ming, &street.lan, "lan", 1)?)?;
    for (field, value) in [
        ("id", "pay_short".into()),
        ("id", "per_01m84c723je08t2jc3nk2hn2ea".into()),
        // A UUID of another version.
        ("id", "pay_00000000000000000000000000".into()),
        ("target", serde_json::json!({ "kind": "bank" })),
        ("target", serde_json::json!({ "kind": "person", "handle": "lan", "more": 1 })),
        ("not_after", "soon".into()),
        ("surprise", 1.into()),
    ] {
        let mut wrong = request.clone();
        wrong[field] = value;
        let problem = ming.post("/v1/payments", &wrong).await?.problem()?;
        assert_eq!((problem.code, problem.status), (ProblemCode::MalformedRequest, 400), "{wrong}");
    }
    let answer = ming.send("POST", "/v1/payments", Some(b"{".to_vec())).await?;
    assert_eq!(answer.problem()?.code, ProblemCode::MalformedRequest);
    let answer = ming.send("POST", "/v1/payments", Some(vec![b' '; 100_000])).await?;
    assert_eq!(answer.problem()?.code, ProblemCode::BodyTooLarge);
    Ok(())
}

#[tokio::test]
async fn paying_is_for_the_wallet_and_for_a_session_in_use() -> TestResult {
    let street = House::street().await?;
    let request = transfer(&street.ming, &street.lan, "lan", 1)?;
    assert_eq!(street.desk.pay_refused(&request).await?, ProblemCode::NotFound);
    street.house.clock.pass(16 * 60);
    let late = PayRequest { approval: None, ..transfer(&street.ming, &street.lan, "lan", 1)? };
    assert_eq!(street.ming.pay_refused(&late).await?, ProblemCode::ApprovalRequired, "who is there is asked again");
    Ok(())
}
