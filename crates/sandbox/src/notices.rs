//! Sending notices.
//!
//! A credit is posted to the wallet until an answer of 2xx takes it, at the moments of [`WAITS`] after the first try. What
//! was asked to go wrong goes wrong first. At most [`AT_ONCE_MAX`] posts are under way; one task waits for each credit.

use std::sync::Arc;
use std::time::Duration;

use qianbao_connectors::bank::Credit;
use qianbao_connectors::notice::{self, SIGNATURE_HEADER, TIMESTAMP_HEADER};
use qianbao_connectors::sandbox::wire::{NOTICE_PATH, Trouble};
use qianbao_core::Timestamp;
use reqwest::{Client, header};
use tokio::sync::Semaphore;

use crate::clock;
use crate::ledger::Customer;

/// Waits between tries, seconds; after the last try the list of credits is the only way to learn of it.
pub const WAITS: [u64; 9] = [1, 2, 4, 8, 15, 30, 60, 120, 300];
/// Most posts under way.
pub const AT_ONCE_MAX: usize = 16;

const ANSWER_TIME_MAX: Duration = Duration::from_secs(5);
/// So short that the bank is gone before the wallet has written its answer, mostly.
const HANG_UP_AFTER: Duration = Duration::from_millis(2);
const LATE: Duration = Duration::from_secs(20);

/// Sends notices to one wallet.
#[derive(Clone, Debug)]
pub struct Notices {
    client: Client,
    address: String,
    at_once: Arc<Semaphore>,
}

/// How one post is made.
#[derive(Clone, Copy, Debug)]
struct Manner {
    wrong_secret: bool,
    sent_at: Timestamp,
    patience: Duration,
}

impl Notices {
    /// Notices go to the wallet at `address`, such as `http://127.0.0.1:8787`.
    ///
    /// # Errors
    /// When HTTP cannot be set up.
    pub fn new(address: &str) -> Result<Self, reqwest::Error> {
        // A second provider of TLS is refused; the first one stays.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build()?;
        let address = [address.trim_end_matches('/'), NOTICE_PATH].concat();
        Ok(Self { client, address, at_once: Arc::new(Semaphore::new(AT_ONCE_MAX)) })
    }

    /// Tells the customer of the credit, with the trouble that was asked for. Ends when it is taken or given up.
    pub async fn tell(&self, customer: &Customer, credit: Credit, trouble: Trouble) {
        match trouble {
            Trouble::Lost => return,
            Trouble::Late => tokio::time::sleep(LATE).await,
            Trouble::Duplicate => {
                tokio::join!(self.post(customer, &credit, usual()), self.post(customer, &credit, usual()));
            }
            Trouble::WrongSignature => {
                self.post(customer, &credit, Manner { wrong_secret: true, ..usual() }).await;
            }
            Trouble::OldSignature => {
                let sent_at = clock::now().plus_seconds(-3_600);
                self.post(customer, &credit, Manner { sent_at, ..usual() }).await;
            }
            Trouble::Timeout => {
                self.post(customer, &credit, Manner { patience: HANG_UP_AFTER, ..usual() }).await;
            }
            Trouble::None | Trouble::UnknownReference => {}
        }
        let mut waits = WAITS.into_iter();
        while !self.post(customer, &credit, usual()).await {
            let Some(seconds) = waits.next() else {
                tracing::warn!(entry = credit.entry, "the wallet never took this notice");
                return;
            };
            tokio::time::sleep(Duration::from_secs(seconds)).await;
        }
        if trouble == Trouble::Duplicate {
            self.post(customer, &credit, usual()).await;
        }
    }

    /// Posts once; true when the wallet took it.
    async fn post(&self, customer: &Customer, credit: &Credit, manner: Manner) -> bool {
        let Ok(_place) = self.at_once.acquire().await else { return false };
        let body = serde_json::to_vec(credit).expect("a credit is plain data");
        let mut secret = customer.secret;
        if manner.wrong_secret {
            secret[0] ^= 1;
        }
        let seal = notice::seal(&secret, manner.sent_at, &body);
        let request = self
            .client
            .post(&self.address)
            .timeout(manner.patience)
            .header(header::HOST, &customer.host)
            .header(header::CONTENT_TYPE, "application/json")
            .header(TIMESTAMP_HEADER, seal.timestamp)
            .header(SIGNATURE_HEADER, seal.signature)
            .body(body);
        let outcome = request.send().await.map(|answer| answer.status());
        match &outcome {
            Ok(status) => tracing::info!(entry = credit.entry, %status, "notice answered"),
            Err(error) => tracing::info!(entry = credit.entry, %error, "notice not answered"),
        }
        outcome.is_ok_and(|status| status.is_success())
    }
}

fn usual() -> Manner {
    Manner { wrong_secret: false, sent_at: clock::now(), patience: ANSWER_TIME_MAX }
}
