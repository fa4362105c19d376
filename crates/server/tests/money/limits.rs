//! What a table of limits given at the start changes.

use qianbao_api::ProblemCode;
use qianbao_api::keys::CreateLink;
use qianbao_api::merchants::{OpenShop, ShopView};
use qianbao_api::orders::{CreateOrder, CreateRefund, OrderLine};
use qianbao_api::payments::{PayRequest, Preview, PreviewRequest, Target};
use qianbao_api::topups::CreateTopup;
use qianbao_core::{AMOUNT_MAX_MINOR, Currency};
use qianbao_server::config::ServeOptions;
use qianbao_server::limits::BUILT_IN;

use crate::house::{House, TestResult, transfer, yuan};

#[tokio::test]
async fn a_table_of_ones_own_holds_in_place_of_the_built_in_one() -> TestResult {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("limits.toml");
    let table = BUILT_IN.replace("50000.00", "2.00").replace("= 60", "= 100").replace("2026-11-01", "2026-01-01");
    std::fs::write(&file, table.replace("\"500000.00\"", "\"1000.00\""))?;
    let house = House::with(ServeOptions { limits: Some(file), ..ServeOptions::default() }).await?;
    let (ming, lan) = (house.person("ming", "李明", 1_000).await?, house.person("lan", "王岚", 0).await?);
    let (desk, ming, lan) = (house.desk(lan).await?, house.wallet(ming).await?, house.wallet(lan).await?);

    let target = Target::Person { handle: "lan".to_owned() };
    let preview: Preview = ming.post("/v1/payments/preview", &PreviewRequest { target, amount: None }).await?.ok()?;
    assert_eq!(preview.amount_max, yuan(200));
    ming.pay(&transfer(&ming, &lan, "lan", 200)?).await?.paid.ok_or("paid")?;
    let refused = ming.pay_refused(&transfer(&ming, &lan, "lan", 201)?).await?;
    assert_eq!(refused, ProblemCode::AmountTooLarge);

    let shop = OpenShop {
        name_zh: "云山茶铺".to_owned(),
        name_en: "Yunshan Tea".to_owned(),
        category: "5812".to_owned(),
        city: "Hangzhou".to_owned(),
        currency: Currency::CNY,
    };
    let shop: ShopView = desk.post("/v1/shop", &shop).await?.ok()?;
    let code: qianbao_api::merchants::StaticCodeView = desk.get("/v1/shop/code").await?.ok()?;
    let payee = qianbao_core::intent::Payee::Shop(shop.id);
    ming.pay(&ming.payment(Target::ShopCode { link: code.link }, payee, yuan(200))?).await?.paid.ok_or("paid")?;
    assert_eq!(desk.balance().await?, 198, "one percent of it is the fee");
    Ok(())
}

#[tokio::test]
async fn a_server_with_a_wrong_table_does_not_start_and_says_why() -> TestResult {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("limits.toml");
    std::fs::write(&file, BUILT_IN.replace("2026-11-01", "2026-01-01").replace("50000.00", "a lot"))?;
    let Err(error) = House::with(ServeOptions { limits: Some(file), ..ServeOptions::default() }).await else {
        return Err("expected a refusal".into());
    };
    let cause = error.source().map(ToString::to_string).unwrap_or_default();
    assert!(cause.starts_with("payment_max.amount: expected an amount"), "{error}: {cause}");
    Ok(())
}

#[tokio::test]
async fn an_amount_that_is_too_large_is_told_the_limit_that_holds_there() -> TestResult {
    let street = House::street().await?;
    let limits = street.house.realm().limits;
    for found in [limits.wallet_ceiling + 1, AMOUNT_MAX_MINOR + 1, i64::MAX] {
        let (amount, one) = (yuan(found), yuan(1));
        let order = street.order_request(1);
        let line = OrderLine { unit_price: amount, ..order.lines[0].clone() };
        let lined = CreateOrder { lines: vec![line], ..order.clone() };
        let link = CreateLink { amount: Some(amount), note: None };
        let topup = CreateTopup { id: street.ming.sources().id(), amount };
        let target = Target::Person { handle: "lan".to_owned() };
        // The approved intent of such an amount is none: the amount is looked at before.
        let pay = PayRequest { amount, ..transfer(&street.ming, &street.lan, "lan", one.minor)? };
        for (answer, most) in [
            (street.ming.post("/v1/payments", &pay).await?, limits.payment_max),
            (
                street.ming.post("/v1/payments/preview", &PreviewRequest { target, amount: Some(amount) }).await?,
                limits.payment_max,
            ),
            (street.ming.post("/v1/links", &link).await?, limits.payment_max),
            (street.desk.post("/v1/orders", &CreateOrder { amount, ..order }).await?, limits.payment_max),
            (street.desk.post("/v1/orders", &lined).await?, limits.payment_max),
            (street.ming.post("/v1/topups", &topup).await?, limits.wallet_ceiling),
        ] {
            let problem = answer.problem()?;
            assert_eq!(problem.code, ProblemCode::AmountTooLarge);
            let said = format!("expected at most {most} minor units, found {found}");
            assert!(problem.detail.contains(&said), "{said}: {}", problem.detail);
        }
    }
    // What is left of a payment is the limit of a refund.
    let order = street.order(1_000).await?;
    street.ming.pay(&street.payment_of(&street.ming, &order)?).await?;
    let refund =
        CreateRefund { id: street.desk.sources().id(), amount: yuan(i64::MAX), reason: String::new(), approval: None };
    let problem = street.desk.post(&format!("/v1/orders/{}/refunds", order.id), &refund).await?.problem()?;
    assert_eq!(problem.code, ProblemCode::RefundExceeds);
    assert!(problem.detail.starts_with("expected at most 1000 minor units"), "{}", problem.detail);
    Ok(())
}
