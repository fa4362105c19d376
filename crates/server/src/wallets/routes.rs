//! The routes of wallets.

use axum::Json;
use qianbao_api::Page;
use qianbao_api::activity::{Entry, EntryKind};
use qianbao_api::wallets::WalletView;
use qianbao_core::Timestamp;
use serde::Deserialize;

use super::filter::{Direction, Filter};
use super::{activity, balances};
use crate::door::{At, Call, Params, Signed};
use crate::failure::FailureError;
use crate::merchants::acting;
use crate::problem::Refusal;

/// Query of the list of entries.
#[derive(Clone, Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ActivityQuery {
    /// Rows, 1–100; 25 unless said.
    limit: Option<u32>,
    /// The last entry of the page before.
    starting_after: Option<String>,
    /// Text in a name or note, or an amount such as `18.00`; at most 100 bytes.
    q: Option<String>,
    /// Only this kind.
    kind: Option<EntryKind>,
    /// Only this way.
    direction: Option<Direction>,
    /// Not before this moment, microseconds.
    from: Option<i64>,
    /// Before this moment, microseconds.
    to: Option<i64>,
}

/// What is there, in each currency.
#[utoipa::path(get, path = "/v1/wallets", tag = "wallets", responses((status = 200, body = Vec<WalletView>)))]
pub async fn wallets(call: Call, signed: Signed) -> Result<Json<Vec<WalletView>>, Refusal> {
    let wallet = acting::wallet(&call, signed.person).await?;
    let balances = balances::balances(&call.realm, wallet.owner, wallet.code).await;
    Ok(Json(balances.map_err(FailureError::from)?))
}

/// What moved in or out, newest first.
#[utoipa::path(
    get, path = "/v1/activity", tag = "wallets", params(ActivityQuery), responses((status = 200, body = Page<Entry>))
)]
pub async fn list(
    call: Call,
    signed: Signed,
    Params(query): Params<ActivityQuery>,
) -> Result<Json<Page<Entry>>, Refusal> {
    let wallet = acting::wallet(&call, signed.person).await?;
    let (from, to) = (query.from.map(Timestamp), query.to.map(Timestamp));
    let filter = Filter { kind: query.kind, direction: query.direction, from, to, ..Filter::default() };
    let filter = activity::looking_for(filter, query.q.as_deref())?;
    let (after, limit) = (query.starting_after.as_deref(), query.limit.unwrap_or(25));
    Ok(Json(activity::list(&call.realm, wallet, &filter, after, limit).await?))
}

/// One movement.
#[utoipa::path(
    get, path = "/v1/activity/{id}", tag = "wallets", params(("id" = String, Path)),
    responses((status = 200, body = Entry))
)]
pub async fn get(call: Call, signed: Signed, At(id): At<String>) -> Result<Json<Entry>, Refusal> {
    let wallet = acting::wallet(&call, signed.person).await?;
    Ok(Json(activity::get(&call.realm, wallet, &id).await?))
}
