//! Personal receive codes.

use qianbao_api::keys::{CreateLink, LinkView};

use crate::client::Client;
use crate::error::ClientError;
use crate::transport::Method;

impl Client {
    /// A receive code; without an amount the person's static one, which is made once and answered again.
    pub async fn create_link(&self, request: &CreateLink) -> Result<LinkView, ClientError> {
        self.tell(Method::Post, "/v1/links", request).await
    }
}
