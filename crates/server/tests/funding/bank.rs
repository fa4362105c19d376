//! A bank of the tests.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::{Path, State};
use axum::routing::{get, put};
use axum::{Json, Router};
use qianbao_connectors::bank::{CollectionAccount, Credit, CreditPage, Subscription};

use crate::Outcome;
/// A bank that remembers who subscribed, and lists what it is told to list.
#[derive(Clone, Default)]
pub struct FakeBank {
    /// The subscriptions that came.
    pub subscribed: Arc<Mutex<Vec<Subscription>>>,
    /// What it lists.
    pub listed: Arc<Mutex<Vec<Credit>>>,
}

/// What is shared, whatever happened to those who held it.
pub fn lock<T>(shared: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

impl FakeBank {
    /// Opens on a free port.
    pub async fn open(&self) -> Outcome<SocketAddr> {
        let subscribe = async |State(bank): State<Self>, Json(subscription): Json<Subscription>| {
            lock(&bank.subscribed).push(subscription);
            Json(CollectionAccount {
                account_name: "Qianbao".to_owned(),
                account_number: "6209121234567890123".to_owned(),
                bank_name: "Bank".to_owned(),
                demo_page: Some("http://bank.localhost:1".to_owned()),
            })
        };
        let credits = async |State(bank): State<Self>, Path(_): Path<String>, request: axum::extract::Request| {
            let after: i64 = request.uri().query().and_then(|q| q.strip_prefix("after=")?.parse().ok()).unwrap_or(0);
            let listed = lock(&bank.listed);
            let credits = listed.iter().filter(|credit| credit.booked_at.0 > after).cloned().collect();
            Json(CreditPage { credits, more: false })
        };
        let routes = Router::new()
            .route("/v1/customers/{customer}", put(subscribe))
            .route("/v1/customers/{customer}/credits", get(credits))
            .with_state(self.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        tokio::spawn(async move { axum::serve(listener, routes).await });
        Ok(address)
    }
}
