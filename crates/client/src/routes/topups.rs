//! Money in.

use qianbao_api::Page;
use qianbao_api::topups::{CreateTopup, TopupView};

use super::query::Query;
use crate::client::Client;
use crate::error::ClientError;
use crate::transport::{Method, Request};

impl Client {
    /// Asks for a reference to put into a bank transfer. Moves no money; the same id may be sent again and answers alike.
    pub async fn create_topup(&self, request: &CreateTopup) -> Result<TopupView, ClientError> {
        self.tell(Method::Post, "/v1/topups", request).await
    }

    /// Top-ups, newest first, `limit` 1–100 a page.
    pub async fn topups(&self, starting_after: Option<&str>, limit: u32) -> Result<Page<TopupView>, ClientError> {
        let path =
            Query::new("/v1/topups").with("limit", &limit).with_some("starting_after", starting_after.as_ref()).done();
        self.ask(Request::get(path)).await
    }
}
