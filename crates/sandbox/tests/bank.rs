//! The bank over HTTP, with a wallet on the other side that checks what it is told.

use std::error::Error;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Request, StatusCode, header};
use axum::routing::post;
use qianbao_connectors::bank::{Bank as _, CollectionAccount, Credit, Cursor, Subscription};
use qianbao_connectors::notice::{self, SIGNATURE_HEADER, Seal, Secret, TIMESTAMP_HEADER};
use qianbao_connectors::sandbox::SandboxBank;
use qianbao_connectors::sandbox::wire::{MakeTransfer, NOTICE_PATH, Trouble};
use qianbao_core::{Currency, Money};
use qianbao_sandbox::clock;
use qianbao_sandbox::ledger::Bank;
use qianbao_sandbox::notices::Notices;
use qianbao_sandbox::routes::{Shared, routes};
use serde_json::{Value, json};
use tower::ServiceExt;

type Outcome<T = ()> = Result<T, Box<dyn Error>>;

const SECRET: Secret = [7; 32];

/// What the wallet was told: the host it was told on, the credit, and whether the signature held.
#[derive(Clone, Default)]
struct Wallet {
    told: Arc<Mutex<Vec<(String, Credit, bool)>>>,
    /// Notices that are answered with an error before one is taken.
    refusals: Arc<Mutex<u32>>,
}

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Wallet {
    async fn open(&self) -> Outcome<String> {
        let take = async |State(wallet): State<Self>, headers: HeaderMap, body: Bytes| {
            let text = |name: &str| headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned();
            let seal = Seal { timestamp: text(TIMESTAMP_HEADER), signature: text(SIGNATURE_HEADER) };
            let held = notice::verify(&SECRET, &seal, clock::now(), &body).is_ok();
            let credit = serde_json::from_slice(&body).expect("the bank sends credits");
            lock(&wallet.told).push((text("host"), credit, held));
            let mut refusals = lock(&wallet.refusals);
            match (held, *refusals) {
                (false, _) => StatusCode::UNAUTHORIZED,
                (true, 0) => StatusCode::NO_CONTENT,
                (true, _) => {
                    *refusals -= 1;
                    StatusCode::SERVICE_UNAVAILABLE
                }
            }
        };
        let routes = Router::new().route(NOTICE_PATH, post(take)).with_state(self.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let address = format!("http://{}", listener.local_addr()?);
        tokio::spawn(async move { axum::serve(listener, routes).await });
        Ok(address)
    }

    /// What it was told once there is nothing new for a while, at most ten seconds.
    async fn told(&self, at_least: usize) -> Vec<(String, Credit, bool)> {
        for _ in 0..100 {
            if lock(&self.told).len() >= at_least {
                break;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
        lock(&self.told).clone()
    }
}

/// A bank with one customer, and the wallet it tells.
struct House {
    routes: Router,
    wallet: Wallet,
    account: CollectionAccount,
}

impl House {
    async fn open() -> Outcome<Self> {
        let wallet = Wallet::default();
        let notices = Notices::new(&wallet.open().await?)?;
        let routes = routes(Shared::new(Bank::new("http://bank.localhost:1".to_owned()), notices));
        let (status, body) = exchange(&routes, subscribe("qianbao-live", &SECRET)?).await?;
        assert_eq!(status, 200, "{body}");
        Ok(Self { account: serde_json::from_str(&body)?, routes, wallet })
    }

    async fn transfer(&self, minor: i64, trouble: Trouble) -> Outcome<(u16, String)> {
        let transfer = MakeTransfer {
            account_number: self.account.account_number.clone(),
            amount: Money::new(minor, Currency::CNY),
            reference: "QB0000-00000".to_owned(),
            payer_name: "李明".to_owned(),
            trouble,
        };
        exchange(&self.routes, json_request("POST", "/v1/transfers", &json!(transfer))?).await
    }

    async fn form(&self, form: &str) -> Outcome<(u16, String)> {
        let request = Request::post("/transfer")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(form.to_owned()))?;
        exchange(&self.routes, request).await
    }
}

fn json_request(method: &str, path: &str, body: &Value) -> Outcome<Request<Body>> {
    let request = Request::builder().method(method).uri(path).header(header::CONTENT_TYPE, "application/json");
    Ok(request.body(Body::from(body.to_string()))?)
}

fn subscribe(customer: &str, secret: &Secret) -> Outcome<Request<Body>> {
    let secret = data_encoding::HEXLOWER.encode(secret);
    let body = json!({ "customer": customer, "host": "api.localhost:8787", "secret": secret });
    json_request("PUT", &format!("/v1/customers/{customer}"), &body)
}

async fn exchange(routes: &Router, request: Request<Body>) -> Outcome<(u16, String)> {
    let answer = routes.clone().oneshot(request).await?;
    let status = answer.status().as_u16();
    let body = axum::body::to_bytes(answer.into_body(), 1 << 20).await?;
    Ok((status, String::from_utf8(body.to_vec())?))
}

#[tokio::test]
async fn a_transfer_is_told_signed_to_the_customers_host() -> Outcome {
    let house = House::open().await?;
    let (status, body) = house.transfer(1_800, Trouble::None).await?;
    assert_eq!(status, 200, "{body}");
    let credit: Credit = serde_json::from_str(&body)?;
    assert_eq!((credit.amount, credit.payer_name.as_str()), (Money::new(1_800, Currency::CNY), "李明"));
    assert_eq!(house.wallet.told(1).await, [("api.localhost:8787".to_owned(), credit, true)]);
    Ok(())
}

#[tokio::test]
async fn what_is_not_taken_is_told_again() -> Outcome {
    let house = House::open().await?;
    *lock(&house.wallet.refusals) = 2;
    house.transfer(1_800, Trouble::None).await?;
    let told = house.wallet.told(3).await;
    assert_eq!(told.len(), 3);
    assert!(told.iter().all(|(_, credit, held)| *held && credit.entry == told[0].1.entry));
    Ok(())
}

#[tokio::test]
async fn troubles_are_as_they_are_called() -> Outcome {
    for (trouble, signatures) in [
        (Trouble::Duplicate, vec![true, true, true, true]),
        (Trouble::WrongSignature, vec![false, true]),
        (Trouble::OldSignature, vec![false, true]),
        (Trouble::Lost, vec![]),
    ] {
        let house = House::open().await?;
        let (status, body) = house.transfer(5, trouble).await?;
        assert_eq!(status, 200);
        let told = house.wallet.told(signatures.len()).await;
        assert_eq!(told.iter().map(|(_, _, held)| *held).collect::<Vec<_>>(), signatures, "{trouble:?}");
        let credit: Credit = serde_json::from_str(&body)?;
        assert!(told.iter().all(|(_, told, _)| *told == credit), "{trouble:?}");
    }
    let house = House::open().await?;
    house.transfer(5, Trouble::UnknownReference).await?;
    assert_eq!(house.wallet.told(1).await[0].1.reference, "?");
    Ok(())
}

#[tokio::test]
async fn a_client_subscribes_and_reads_the_list() -> Outcome {
    let house = House::open().await?;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let address = format!("http://{}", listener.local_addr()?);
    let served = house.routes.clone();
    tokio::spawn(async move { axum::serve(listener, served).await });
    let bank = SandboxBank::new(&address)?;
    let subscription = Subscription {
        customer: "qianbao-live".to_owned(),
        host: "api.localhost:8787".to_owned(),
        secret: "07".repeat(32),
    };
    // The same customer has the same account, also after the bank has forgotten everything.
    assert_eq!(bank.subscribe(&subscription).await?.account_number, house.account.account_number);
    for minor in 1..=3 {
        house.transfer(minor, Trouble::Lost).await?;
    }
    let page = bank.credits("qianbao-live", Cursor::START).await?;
    assert_eq!(page.credits.iter().map(|credit| credit.amount.minor).collect::<Vec<_>>(), [1, 2, 3]);
    assert!(page.credits.windows(2).all(|pair| pair[0].booked_at < pair[1].booked_at) && !page.more);
    let rest = bank.credits("qianbao-live", Cursor(page.credits[1].booked_at)).await?;
    assert_eq!(rest.credits, page.credits[2..]);
    assert!(bank.credits("nobody", Cursor::START).await.is_err());
    Ok(())
}

#[tokio::test]
async fn what_cannot_be_is_refused() -> Outcome {
    let house = House::open().await?;
    for minor in [0, -1, i64::MAX] {
        assert_eq!(house.transfer(minor, Trouble::None).await?.0, 422, "{minor}");
    }
    for (key, value, status) in [
        ("account_number", json!("1"), 404),
        ("amount", json!({ "minor": "1", "currency": "JPY" }), 422),
        ("reference", json!(""), 422),
        ("reference", json!("x".repeat(141)), 422),
        ("payer_name", json!("a\nb"), 422),
        ("trouble", json!("other"), 422),
    ] {
        let mut body = json!({
            "account_number": house.account.account_number, "amount": { "minor": "1", "currency": "CNY" },
            "reference": "x", "payer_name": "x",
        });
        body[key] = value;
        let (found, _) = exchange(&house.routes, json_request("POST", "/v1/transfers", &body)?).await?;
        assert_eq!(found, status, "{body}");
    }
    for customer in ["UPPER", "%20", "a%2Fb", &"a".repeat(41)] {
        assert_eq!(exchange(&house.routes, subscribe(customer, &SECRET)?).await?.0, 422, "{customer}");
    }
    assert!(lock(&house.wallet.told).is_empty());
    Ok(())
}

#[tokio::test]
async fn people_make_a_transfer_with_the_form() -> Outcome {
    let house = House::open().await?;
    let (status, page) = exchange(&house.routes, Request::get("/?lang=en").body(Body::empty())?).await?;
    assert_eq!(status, 200);
    assert!(page.contains("<html lang=\"en\">") && page.contains("Transfer"), "{page}");
    let account = &house.account.account_number;
    let good = format!("account={account}&amount=1%2C000.5&reference=QB1&name=Lan&lang=en&trouble=none");
    let (status, _) = house.form(&good).await?;
    assert_eq!(status, 303);
    assert_eq!(house.wallet.told(1).await[0].1.amount, Money::new(100_050, Currency::CNY));
    for wrong in [
        good.replace("1%2C000.5", "18.005"),
        good.replace("1%2C000.5", "0"),
        good.replace("1%2C000.5", "x"),
        good.replace(account.as_str(), "1"),
        good.replace("QB1", ""),
    ] {
        let (status, page) = house.form(&wrong).await?;
        assert_eq!(status, 422, "{wrong}");
        assert!(page.contains("role=\"alert\""), "{wrong}");
    }
    assert_eq!(lock(&house.wallet.told).len(), 1);
    Ok(())
}
