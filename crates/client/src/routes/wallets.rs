//! Balances, and the stop of all that goes out.

use qianbao_api::wallets::WalletView;

use crate::client::Client;
use crate::error::ClientError;
use crate::transport::{Method, Request};

const FREEZE: &str = "/v1/freeze";

impl Client {
    /// The balances, straight from the server; [`Mirror::wallets`](crate::mirror::Mirror::wallets) has them without a wait.
    pub async fn wallets(&self) -> Result<Vec<WalletView>, ClientError> {
        self.ask(Request::get("/v1/wallets")).await
    }

    /// Lets nothing go out of the wallet, at once; money still comes in.
    pub async fn freeze(&self) -> Result<(), ClientError> {
        self.exchange(Request::bare(Method::Put, FREEZE)).await?;
        self.look_now();
        Ok(())
    }

    /// Lets money go out again.
    pub async fn unfreeze(&self) -> Result<(), ClientError> {
        self.exchange(Request::bare(Method::Delete, FREEZE)).await?;
        self.look_now();
        Ok(())
    }
}
