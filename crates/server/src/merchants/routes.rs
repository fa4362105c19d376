//! The routes of shops.

use axum::Json;
use qianbao_api::merchants::{OpenShop, ShopView, StaticCodeView, TodayView};

use super::{acting, code, open, today};
use crate::door::{Body, Call, Signed};
use crate::problem::Refusal;

/// Open a shop. A person has at most one.
#[utoipa::path(post, path = "/v1/shop", tag = "shop", request_body = OpenShop, responses((status = 200, body = ShopView)))]
pub async fn open(call: Call, signed: Signed, Body(request): Body<OpenShop>) -> Result<Json<ShopView>, Refusal> {
    Ok(Json(open::open(&call.realm, &call.app.sources, signed.person, &request).await?))
}

/// The shop.
#[utoipa::path(get, path = "/v1/shop", tag = "shop", responses((status = 200, body = ShopView)))]
pub async fn shop(call: Call, signed: Signed) -> Result<Json<ShopView>, Refusal> {
    Ok(Json(acting::shop(&call.realm, signed.person).await?.view.clone()))
}

/// The shop's static code, to print.
#[utoipa::path(get, path = "/v1/shop/code", tag = "shop", responses((status = 200, body = StaticCodeView)))]
pub async fn static_code(call: Call, signed: Signed) -> Result<Json<StaticCodeView>, Refusal> {
    let shop = acting::shop(&call.realm, signed.person).await?;
    let payload = code::static_code(&call.realm.keys, &shop)?;
    Ok(Json(StaticCodeView { link: shop.link, payload, created_at: shop.created_at }))
}

/// The shop's ledger day so far.
#[utoipa::path(get, path = "/v1/shop/today", tag = "shop", responses((status = 200, body = TodayView)))]
pub async fn today(call: Call, signed: Signed) -> Result<Json<TodayView>, Refusal> {
    let shop = acting::shop(&call.realm, signed.person).await?;
    Ok(Json(today::today(&call.realm, &call.realm.folded, &shop).await?))
}
