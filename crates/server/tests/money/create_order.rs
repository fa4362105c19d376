//! `POST /v1/orders`.

use qianbao_api::ProblemCode;
use qianbao_api::orders::{CreateOrder, OrderLine, OrderStatus, OrderView};
use qianbao_core::code::{SealedCode, ShopCode};

use crate::house::{House, TestResult, yuan};

#[tokio::test]
async fn an_order_is_open_and_its_code_says_what_is_paid() -> TestResult {
    let street = House::street().await?;
    let order = street.order(1_800).await?;
    assert_eq!((order.status, order.version, order.refunded), (OrderStatus::Open, 1, yuan(0)));
    assert_eq!(order.expires_at, order.created_at.plus_seconds(600));
    let payload = order.code.ok_or("an open order has a code")?;
    let sealed = SealedCode::read(&payload)?;
    let ShopCode::Order(code) = sealed.code else { return Err("the code of an order".into()) };
    assert_eq!((code.shop, code.order, code.version), (street.shop.id, order.id, 1));
    assert_eq!(code.amount.money(), yuan(1_800));
    let keys = street.house.realm().keys.public();
    assert_eq!(keys.keys[0].id, sealed.key.to_string());
    Ok(())
}

#[tokio::test]
async fn a_repeat_answers_alike_and_another_body_is_refused() -> TestResult {
    let street = House::street().await?;
    let request = street.order_request(1_800);
    let first: OrderView = street.desk.post("/v1/orders", &request).await?.ok()?;
    street.house.clock.pass(5);
    let again: OrderView = street.desk.post("/v1/orders", &request).await?.ok()?;
    assert_eq!((again.created_at, again.expires_at), (first.created_at, first.expires_at));
    for other in [
        CreateOrder { expires_in_s: 601, ..request.clone() },
        CreateOrder { description: "x".to_owned(), ..request.clone() },
        CreateOrder { amount: yuan(1), lines: Vec::new(), ..request.clone() },
    ] {
        assert_eq!(street.desk.post("/v1/orders", &other).await?.problem()?.code, ProblemCode::IdReused);
    }
    // Another shop cannot take over the id, nor learn whose it is.
    let wang = street.house.person("wang", "王芳", 0).await?;
    let desk = street.house.desk(wang).await?;
    let shop = serde_json::json!({
        "name_zh": "面馆", "name_en": "Noodles", "category": "5812", "city": "Suzhou", "currency": "CNY"
    });
    desk.post("/v1/shop", &shop).await?.ok::<serde_json::Value>()?;
    assert_eq!(desk.post("/v1/orders", &request).await?.problem()?.code, ProblemCode::IdReused);
    assert_eq!(desk.get(&format!("/v1/orders/{}", request.id)).await?.problem()?.code, ProblemCode::NotFound);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sixteen_sends_at_once_make_one_order() -> TestResult {
    let street = House::street().await?;
    let request = street.order_request(100);
    let answers = futures::future::join_all((0..16).map(|_| street.desk.post("/v1/orders", &request))).await;
    for answer in answers {
        assert_eq!(answer?.ok::<OrderView>()?.id, request.id);
    }
    let page: qianbao_api::Page<OrderView> = street.desk.get("/v1/orders").await?.ok()?;
    assert_eq!(page.data.len(), 1);
    Ok(())
}

#[tokio::test]
async fn what_is_no_order_is_refused_with_its_field() -> TestResult {
    let street = House::street().await?;
    let right = street.order_request(100);
    let line = |name: &str, quantity, minor| OrderLine { name: name.to_owned(), quantity, unit_price: yuan(minor) };
    for (wrong, code, param) in [
        (CreateOrder { expires_in_s: 29, ..right.clone() }, ProblemCode::OrderInvalid, "expires_in_s"),
        (CreateOrder { expires_in_s: 86_401, ..right.clone() }, ProblemCode::OrderInvalid, "expires_in_s"),
        (CreateOrder { amount: yuan(99), ..right.clone() }, ProblemCode::OrderInvalid, "amount"),
        (CreateOrder { amount: yuan(0), ..right.clone() }, ProblemCode::AmountNotPositive, "amount"),
        (CreateOrder { amount: yuan(i64::MAX), ..right.clone() }, ProblemCode::AmountTooLarge, "amount"),
        (
            CreateOrder { lines: vec![line("a", 0, 100)], ..right.clone() },
            ProblemCode::OrderInvalid,
            "lines[0].quantity",
        ),
        (
            CreateOrder { lines: vec![line("a\u{200b}", 1, 100)], ..right.clone() },
            ProblemCode::OrderInvalid,
            "lines[0].name",
        ),
        (CreateOrder { description: "长".repeat(10_000), ..right.clone() }, ProblemCode::OrderInvalid, "description"),
    ] {
        let problem = street.desk.post("/v1/orders", &wrong).await?.problem()?;
        assert_eq!((problem.code, problem.param.as_deref()), (code, Some(param)));
    }
    let hostile = "<img src=x onerror=alert(1)>'; DROP TABLE orders; --";
    let stored = CreateOrder { description: hostile.to_owned(), lines: vec![line(hostile, 1, 100)], ..right };
    let view: OrderView = street.desk.post("/v1/orders", &stored).await?.ok()?;
    assert_eq!((view.description.as_str(), view.lines[0].name.as_str()), (hostile, hostile));
    Ok(())
}

#[tokio::test]
async fn only_a_shop_makes_orders() -> TestResult {
    let street = House::street().await?;
    let request = street.order_request(100);
    assert_eq!(street.ming.post("/v1/orders", &request).await?.problem()?.code, ProblemCode::NotFound);
    let ming = street.house.desk(street.ming.person).await?;
    assert_eq!(ming.post("/v1/orders", &request).await?.problem()?.code, ProblemCode::ShopRequired);
    Ok(())
}
