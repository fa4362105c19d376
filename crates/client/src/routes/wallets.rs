//! Balances.

use qianbao_api::wallets::WalletView;

use crate::client::Client;
use crate::error::ClientError;
use crate::transport::Request;

impl Client {
    /// The balances, straight from the server; [`Mirror::wallets`](crate::mirror::Mirror::wallets) has them without a wait.
    pub async fn wallets(&self) -> Result<Vec<WalletView>, ClientError> {
        self.ask(Request::get("/v1/wallets")).await
    }
}
