//! The HTTP side of the bank.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::extract::{DefaultBodyLimit, Form, Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post, put};
use axum::{Json, Router};
use qianbao_connectors::bank::{Credit, Cursor, Subscription};
use qianbao_connectors::sandbox::wire::{MakeTransfer, Trouble};
use qianbao_core::{Currency, Locale, Money, Timestamp};
use serde::Deserialize;

use crate::clock;
use crate::ledger::{Bank, BankRefusal};
use crate::notices::Notices;
use crate::page::{self, Done, Form as TransferForm};

/// Largest body of a request, bytes.
const BODY_BYTES_MAX: usize = 16 * 1024;

/// What the routes share.
#[derive(Clone, Debug)]
pub struct Shared {
    bank: Arc<Mutex<Bank>>,
    notices: Notices,
}

impl Shared {
    /// A bank and its notices.
    pub fn new(bank: Bank, notices: Notices) -> Self {
        Self { bank: Arc::new(Mutex::new(bank)), notices }
    }

    fn bank(&self) -> MutexGuard<'_, Bank> {
        self.bank.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Books the transfer and tells the customer in the background.
    fn transfer(&self, transfer: &MakeTransfer) -> Result<Credit, BankRefusal> {
        let (credit, customer) = self.bank().transfer(transfer, clock::now(), clock::random())?;
        let (notices, told, trouble) = (self.notices.clone(), credit.clone(), transfer.trouble);
        tokio::spawn(async move { notices.tell(&customer, told, trouble).await });
        Ok(credit)
    }
}

/// All routes.
pub fn routes(shared: Shared) -> Router {
    Router::new()
        .route("/", get(show))
        .route("/transfer", post(submit))
        .route("/done", get(done))
        .route("/bank.css", get(style))
        .route("/healthz", get(async || "ok\n"))
        .route("/v1/customers/{customer}", put(subscribe))
        .route("/v1/customers/{customer}/credits", get(credits))
        .route("/v1/transfers", post(transfer))
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .with_state(shared)
}

impl IntoResponse for BankRefusal {
    fn into_response(self) -> Response {
        let status = match self {
            Self::Account => StatusCode::NOT_FOUND,
            _ => StatusCode::UNPROCESSABLE_ENTITY,
        };
        (status, Json(serde_json::json!({ "detail": self.to_string() }))).into_response()
    }
}

async fn subscribe(
    State(shared): State<Shared>,
    Path(customer): Path<String>,
    Json(subscription): Json<Subscription>,
) -> Result<Response, BankRefusal> {
    if subscription.customer != customer {
        return Err(BankRefusal::Subscription);
    }
    let account = shared.bank().subscribe(&subscription)?;
    Ok(Json(account).into_response())
}

#[derive(Deserialize)]
struct After {
    #[serde(default)]
    after: i64,
}

async fn credits(
    State(shared): State<Shared>,
    Path(customer): Path<String>,
    Query(After { after }): Query<After>,
) -> Result<Response, BankRefusal> {
    let page = shared.bank().credits(&customer, Cursor(Timestamp(after)))?;
    Ok(Json(page).into_response())
}

async fn transfer(
    State(shared): State<Shared>,
    Json(transfer): Json<MakeTransfer>,
) -> Result<Json<Credit>, BankRefusal> {
    shared.transfer(&transfer).map(Json)
}

/// What the form holds, as typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Typed {
    account: String,
    amount: String,
    reference: String,
    name: String,
    trouble: Option<Trouble>,
    lang: Option<Locale>,
}

impl Typed {
    fn locale(&self, headers: &HeaderMap) -> Locale {
        let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or("zh");
        self.lang.unwrap_or(if accepted.starts_with("en") { Locale::En } else { Locale::Zh })
    }

    fn form(&self) -> TransferForm<'_> {
        TransferForm {
            account: &self.account,
            amount: &self.amount,
            reference: &self.reference,
            name: &self.name,
            trouble: self.trouble.unwrap_or_default(),
        }
    }
}

async fn show(State(shared): State<Shared>, headers: HeaderMap, Query(mut typed): Query<Typed>) -> Response {
    let locale = typed.locale(&headers);
    if typed.account.is_empty() {
        // Without an address from the wallet the page is of the first customer, the live realm.
        shared.bank().account_numbers().next().unwrap_or_default().clone_into(&mut typed.account);
    }
    html(StatusCode::OK, page::transfer(locale, &typed.form(), None))
}

async fn submit(State(shared): State<Shared>, headers: HeaderMap, Form(typed): Form<Typed>) -> Response {
    let locale = typed.locale(&headers);
    let refused = |problem: page::Problem| {
        html(StatusCode::UNPROCESSABLE_ENTITY, page::transfer(locale, &typed.form(), Some(problem)))
    };
    let Ok(amount) = Money::parse(&typed.amount, Currency::CNY) else { return refused(page::Problem::Amount) };
    let transfer = MakeTransfer {
        account_number: typed.account.clone(),
        amount,
        reference: typed.reference.clone(),
        payer_name: typed.name.clone(),
        trouble: typed.trouble.unwrap_or_default(),
    };
    match shared.transfer(&transfer) {
        Ok(credit) => {
            let lang = page::tag(locale);
            let address = format!("/done?lang={lang}&minor={}&entry={}", credit.amount.minor, credit.entry);
            Redirect::to(&address).into_response()
        }
        Err(BankRefusal::Account) => refused(page::Problem::Account),
        Err(BankRefusal::Text) => refused(page::Problem::Text),
        Err(_) => refused(page::Problem::Amount),
    }
}

#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
struct Finished {
    minor: i64,
    entry: String,
    lang: Locale,
}

async fn done(Query(finished): Query<Finished>) -> Response {
    let shown = Done { amount: Money::new(finished.minor, Currency::CNY), entry: &finished.entry };
    html(StatusCode::OK, page::done(finished.lang, &shown))
}

async fn style() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8"), (header::CACHE_CONTROL, "no-cache")], page::STYLE)
}

fn html(status: StatusCode, text: String) -> Response {
    const HEADERS: [(header::HeaderName, &str); 5] = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
        ),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    let mut response = (status, text).into_response();
    for (name, value) in HEADERS {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}
