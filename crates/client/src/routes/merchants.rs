//! The signed-in person's shop (desk).

use qianbao_api::merchants::{OpenShop, ShopView, StaticCodeView, TodayView};

use crate::client::Client;
use crate::error::ClientError;
use crate::transport::{Method, Request};

impl Client {
    /// Opens a shop.
    pub async fn open_shop(&self, request: &OpenShop) -> Result<ShopView, ClientError> {
        self.tell(Method::Post, "/v1/shop", request).await
    }

    /// The shop; the problem `shop_required` if there is none yet.
    pub async fn shop(&self) -> Result<ShopView, ClientError> {
        self.ask(Request::get("/v1/shop")).await
    }

    /// The shop's static code, to print.
    pub async fn shop_code(&self) -> Result<StaticCodeView, ClientError> {
        self.ask(Request::get("/v1/shop/code")).await
    }

    /// The shop's ledger day so far.
    pub async fn shop_today(&self) -> Result<TodayView, ClientError> {
        self.ask(Request::get("/v1/shop/today")).await
    }
}
