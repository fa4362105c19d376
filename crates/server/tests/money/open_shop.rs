//! `POST /v1/shop`, `GET /v1/shop`, `GET /v1/shop/code`.

use qianbao_api::ProblemCode;
use qianbao_api::merchants::{ShopView, StaticCodeView};
use qianbao_core::code::{SealedCode, ShopCode};
use serde_json::json;

use crate::house::{House, TestResult};

#[tokio::test]
async fn a_person_opens_one_shop() -> TestResult {
    let house = House::new().await?;
    let desk = house.desk(house.person("wang", "王芳", 0).await?).await?;
    assert_eq!(desk.get("/v1/shop").await?.problem()?.code, ProblemCode::ShopRequired);
    let request = json!({
        "name_zh": " 老王  面馆 ", "name_en": "Wang's Noodles", "category": "5812", "city": "Suzhou", "currency": "CNY"
    });
    let shop: ShopView = desk.post("/v1/shop", &request).await?.ok()?;
    assert_eq!((shop.name_zh.as_str(), shop.name_en.as_str()), ("老王 面馆", "Wang's Noodles"));
    assert_eq!(desk.get("/v1/shop").await?.ok::<ShopView>()?, shop);
    assert_eq!(desk.post("/v1/shop", &request).await?.problem()?.code, ProblemCode::ShopExists);
    Ok(())
}

#[tokio::test]
async fn what_is_no_shop_is_refused_with_its_field() -> TestResult {
    let house = House::new().await?;
    let desk = house.desk(house.person("wang", "王芳", 0).await?).await?;
    let right = json!({
        "name_zh": "面馆", "name_en": "Noodles", "category": "5812", "city": "Suzhou", "currency": "CNY"
    });
    for (field, value, code) in [
        ("name_zh", String::new(), ProblemCode::ShopInvalid),
        ("name_zh", "面".repeat(41), ProblemCode::ShopInvalid),
        ("name_zh", "面\u{202e}馆".to_owned(), ProblemCode::ShopInvalid),
        ("name_zh", "Pаypal".to_owned(), ProblemCode::ShopInvalid),
        ("name_en", "面馆".to_owned(), ProblemCode::ShopInvalid),
        ("name_en", "x".repeat(26), ProblemCode::ShopInvalid),
        ("name_en", "4111111111111111".to_owned(), ProblemCode::CardNumberInText),
        ("category", "58".to_owned(), ProblemCode::ShopInvalid),
        ("category", "58a2".to_owned(), ProblemCode::ShopInvalid),
        ("city", "x".repeat(10_000), ProblemCode::ShopInvalid),
        ("currency", "USD".to_owned(), ProblemCode::CurrencyMismatch),
        ("currency", "RMB".to_owned(), ProblemCode::MalformedRequest),
    ] {
        let mut wrong = right.clone();
        wrong[field] = value.into();
        let problem = desk.post("/v1/shop", &wrong).await?.problem()?;
        assert_eq!((problem.code, problem.param.as_deref()), (code, Some(field)), "{wrong:.80}");
    }
    assert_eq!(desk.get("/v1/shop").await?.problem()?.code, ProblemCode::ShopRequired);
    let hostile = json!({
        "name_zh": "<script>1</script>", "name_en": "'; DROP TABLE shops;--", "category": "5812",
        "city": "<b>x</b>", "currency": "CNY"
    });
    let shop: ShopView = desk.post("/v1/shop", &hostile).await?.ok()?;
    assert_eq!(shop.name_en, "'; DROP TABLE shops;--");
    Ok(())
}

#[tokio::test]
async fn the_static_code_is_the_shops_and_stays() -> TestResult {
    let street = House::street().await?;
    let code: StaticCodeView = street.desk.get("/v1/shop/code").await?.ok()?;
    let sealed = SealedCode::read(&code.payload)?;
    let ShopCode::Static(found) = sealed.code else { return Err("a static code".into()) };
    assert_eq!((found.shop, found.link), (street.shop.id, code.link));
    assert_eq!(street.desk.get("/v1/shop/code").await?.ok::<StaticCodeView>()?, code);
    Ok(())
}
