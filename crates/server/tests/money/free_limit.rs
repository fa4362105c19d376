//! What goes without being asked: `PUT /v1/free-limit`, the day's count, and races on both.

use futures::future::join_all;
use qianbao_api::ProblemCode as P;
use qianbao_api::approvals::{FreeLimit, Needed, PaymentSettings, PinState, Reason};
use qianbao_api::merchants::StaticCodeView;
use qianbao_api::payments::{PayRequest, PaymentStatus, PaymentView, Target};
use qianbao_core::Money;
use qianbao_core::intent::Payee;

use crate::approve_by_pin::shown;
use crate::house::{Answer, House, Street, TestResult, Visitor, transfer, yuan};

async fn set(visitor: &Visitor, limit: Money) -> TestResult<Answer> {
    visitor.put("/v1/free-limit", &FreeLimit { limit }).await
}

/// Payments of Ming at the counter that nobody has approved.
async fn counter(street: &Street, minor: i64, count: usize) -> TestResult<Vec<PayRequest>> {
    let code: StaticCodeView = street.desk.get("/v1/shop/code").await?.ok()?;
    let target = Target::ShopCode { link: code.link };
    let make = || street.ming.payment(target.clone(), Payee::Shop(street.shop.id), yuan(minor));
    (0..count).map(|_| Ok(PayRequest { approval: None, ..make()? })).collect()
}

#[tokio::test]
async fn thirty_at_once_are_ten() -> TestResult {
    let street = House::street().await?;
    let ming = &street.ming;
    let requests = counter(&street, 100, 30).await?;
    let answers = join_all(requests.iter().map(|request| ming.post("/v1/payments", request))).await;
    let (mut paid, mut refused) = (0, 0);
    for answer in answers {
        let view: PaymentView = answer?.ok()?;
        match (view.status, view.reason) {
            (PaymentStatus::Paid, _) => paid += 1,
            (PaymentStatus::Refused, Some(P::ApprovalRequired)) => refused += 1,
            other => return Err(format!("expected paid or refused, found {other:?}").into()),
        }
    }
    assert_eq!((paid, refused), (10, 20));
    assert_eq!(ming.balance().await?, 99_000);
    let next = &counter(&street, 100, 1).await?[0];
    assert_eq!(shown(ming, next).await?, (Needed::PinOrPasskey, vec![Reason::FreeCountSpent]));
    // A refusal is for good, also asked for again; approved, under another id, it goes.
    assert_eq!(ming.pay(next).await?.reason, Some(P::ApprovalRequired));
    assert_eq!(ming.pay(next).await?.reason, Some(P::ApprovalRequired));
    let approved = ming.payment(next.target.clone(), Payee::Shop(street.shop.id), yuan(100))?;
    assert_eq!(ming.pay(&approved).await?.status, PaymentStatus::Paid);
    // Others have their own ten, and so has the next day.
    let lan = street.lan.payment(next.target.clone(), Payee::Shop(street.shop.id), yuan(100))?;
    assert_eq!(street.lan.pay(&PayRequest { approval: None, ..lan }).await?.status, PaymentStatus::Paid);
    street.house.clock.pass(15 * 3_600);
    let ming = street.house.wallet(ming.person).await?;
    let next = ming.payment(next.target.clone(), Payee::Shop(street.shop.id), yuan(100))?;
    let next = PayRequest { approval: None, ..next };
    assert_eq!(shown(&ming, &next).await?.0, Needed::Nothing);
    assert_eq!(ming.pay(&next).await?.status, PaymentStatus::Paid);
    Ok(())
}

#[tokio::test]
async fn lowering_works_at_once_and_raising_asks_who_is_there() -> TestResult {
    let street = House::street().await?;
    let ming = &street.ming;
    let settings: PaymentSettings = ming.get("/v1/payment-settings").await?.ok()?;
    assert_eq!((settings.pin, settings.pin_set_at), (PinState::None, None));
    assert_eq!((settings.free_limit, settings.free_limit_max), (yuan(20_000), yuan(100_000)));
    let paid = async |minor| -> TestResult<Option<P>> {
        let request = &counter(&street, minor, 1).await?[0];
        let answer = ming.post("/v1/payments", request).await?;
        Ok(if answer.status == 200 { None } else { Some(answer.problem()?.code) })
    };
    assert_eq!((paid(20_000).await?, paid(20_001).await?), (None, Some(P::ApprovalRequired)));
    street.house.clock.pass(601);
    assert_eq!(set(ming, yuan(500)).await?.ok::<PaymentSettings>()?.free_limit, yuan(500));
    assert_eq!((paid(500).await?, paid(501).await?), (None, Some(P::ApprovalRequired)));
    assert_eq!(set(ming, yuan(501)).await?.problem()?.code, P::ConfirmationRequired);
    set(ming, yuan(0)).await?.ok::<PaymentSettings>()?;
    let request = &counter(&street, 1, 1).await?[0];
    assert_eq!(shown(ming, request).await?, (Needed::PinOrPasskey, vec![Reason::AlwaysAsk]));
    assert_eq!(paid(1).await?, Some(P::ApprovalRequired));
    let fresh = street.house.wallet(ming.person).await?;
    for limit in [yuan(-1), yuan(100_001), Money::new(1, "USD".parse()?)] {
        let problem = set(&fresh, limit).await?.problem()?;
        assert_eq!((problem.code, problem.param.as_deref()), (P::FreeLimitInvalid, Some("limit")), "{limit}");
    }
    set(&fresh, yuan(100_000)).await?.ok::<PaymentSettings>()?;
    assert_eq!(paid(40_000).await?, None);
    Ok(())
}

#[tokio::test]
async fn a_person_is_new_once_and_a_shop_never() -> TestResult {
    let street = House::street().await?;
    let (ming, lan) = (&street.ming, &street.lan);
    assert_eq!(shown(ming, &counter(&street, 1, 1).await?[0]).await?.0, Needed::Nothing);
    let bare = || Ok::<_, Box<dyn std::error::Error>>(PayRequest { approval: None, ..transfer(ming, lan, "lan", 1)? });
    assert_eq!(shown(ming, &bare()?).await?, (Needed::PinOrPasskey, vec![Reason::NewPayee]));
    assert_eq!(ming.pay_refused(&bare()?).await?, P::ApprovalRequired);
    ming.pay(&transfer(ming, lan, "lan", 1)?).await?;
    assert_eq!(ming.pay(&bare()?).await?.status, PaymentStatus::Paid);
    // The other way round she is the one who pays for the first time.
    let back = PayRequest { approval: None, ..transfer(lan, ming, "ming", 1)? };
    assert_eq!(shown(lan, &back).await?, (Needed::PinOrPasskey, vec![Reason::NewPayee]));
    Ok(())
}
