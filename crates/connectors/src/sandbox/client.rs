//! A client of the sandbox bank.

use std::time::Duration;

use reqwest::{Client, RequestBuilder, Url};
use serde::de::DeserializeOwned;

use crate::bank::{Answer, Bank, BankError, CollectionAccount, CreditPage, Cursor, Subscription};

/// Longest wait for an answer.
const ANSWER_TIME_MAX: Duration = Duration::from_secs(5);
/// Largest answer, bytes.
const ANSWER_BYTES_MAX: usize = 256 * 1024;

/// The sandbox bank, over HTTP.
#[derive(Clone, Debug)]
pub struct SandboxBank {
    client: Client,
    address: Url,
}

/// The client cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum SandboxBankError {
    /// The address is none.
    #[error("expected an http address of the bank, found {found:?}")]
    Address {
        /// What was given.
        found: String,
    },
    /// The system refused.
    #[error("expected to set up HTTP")]
    Client(#[source] reqwest::Error),
}

impl SandboxBank {
    /// A client of the bank at `address`, such as `http://127.0.0.1:8788`. Nothing is sent yet.
    ///
    /// # Errors
    /// [`SandboxBankError`] when the address is none.
    pub fn new(address: &str) -> Result<Self, SandboxBankError> {
        let wrong = || SandboxBankError::Address { found: address.chars().take(200).collect() };
        let url = Url::parse(address).map_err(|_| wrong())?;
        if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
            return Err(wrong());
        }
        // A second provider of TLS is refused; the first one stays.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder()
            .timeout(ANSWER_TIME_MAX)
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()
            .map_err(SandboxBankError::Client)?;
        Ok(Self { client, address: url })
    }

    fn path(&self, segments: &[&str]) -> Url {
        let mut url = self.address.clone();
        url.set_path("");
        if let Ok(mut path) = url.path_segments_mut() {
            path.extend(segments);
        }
        url
    }
}

impl Bank for SandboxBank {
    fn subscribe<'a>(&'a self, subscription: &'a Subscription) -> Answer<'a, CollectionAccount> {
        let url = self.path(&["v1", "customers", &subscription.customer]);
        Box::pin(exchange(self.client.put(url).json(subscription)))
    }

    fn credits<'a>(&'a self, customer: &'a str, cursor: Cursor) -> Answer<'a, CreditPage> {
        let mut url = self.path(&["v1", "customers", customer, "credits"]);
        url.query_pairs_mut().append_pair("after", &cursor.0.0.to_string());
        Box::pin(exchange(self.client.get(url)))
    }
}

/// Sends once and reads a bounded answer.
async fn exchange<T: DeserializeOwned>(request: RequestBuilder) -> Result<T, BankError> {
    let mut response = request.send().await.map_err(|error| BankError::Unreachable(error.into()))?;
    let status = response.status();
    if status.is_server_error() {
        return Err(BankError::Unreachable(format!("the bank answers {status}").into()));
    }
    if !status.is_success() {
        return Err(BankError::Refused { status: status.as_u16() });
    }
    let mut body = Vec::new();
    while let Some(piece) = response.chunk().await.map_err(|error| BankError::Unreachable(error.into()))? {
        if body.len() + piece.len() > ANSWER_BYTES_MAX {
            return Err(BankError::Unreadable("the answer is too large".into()));
        }
        body.extend_from_slice(&piece);
    }
    serde_json::from_slice(&body).map_err(|error| BankError::Unreadable(error.into()))
}
