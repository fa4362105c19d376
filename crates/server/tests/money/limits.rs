//! What a table of limits given at the start changes.

use qianbao_api::ProblemCode;
use qianbao_api::merchants::{OpenShop, ShopView};
use qianbao_api::payments::{Preview, PreviewRequest, Target};
use qianbao_core::Currency;
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
