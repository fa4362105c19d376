//! `GET /.well-known/qianbao-keys`: the public keys that verify codes and receipts.

use axum::Json;
use qianbao_api::keys::KeySet;

use crate::door::Call;

/// The operator's public keys of this host's realm, current first.
#[utoipa::path(get, path = "/.well-known/qianbao-keys", tag = "codes", responses((status = 200, body = KeySet)))]
pub async fn public(call: Call) -> Json<KeySet> {
    Json(call.realm.keys.public())
}
