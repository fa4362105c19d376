//! The browser's bodies, in a browser: IndexedDB, JSON, WebCrypto.
//!
//! Run with `cargo test -p qianbao-client --target wasm32-unknown-unknown --test browser` and a chromedriver.

#![cfg(target_arch = "wasm32")]

#[path = "../conformance/mod.rs"]
mod conformance;
#[path = "../signer/mod.rs"]
mod signer;
mod vault;

use std::cell::RefCell;
use std::rc::Rc;

use futures::future::LocalBoxFuture;
use qianbao_api::activity::Entry;
use qianbao_api::keys::KeySet;
use qianbao_api::payments::{PayeeView, PreviewRequest, Receipt, SignedReceipt, Target};
use qianbao_client::storage::{Change, Durability, Storage, StorageError, Table, Write};
use qianbao_client::transport::{Answer, Request, Transport, TransportError};
use qianbao_client::verify::VerifyError;
use qianbao_client::{Client, ClientError, IndexedStorage, Moved, Platform, Presence};
use qianbao_core::id::Id;
use qianbao_core::{Currency, Money, Timestamp};
use signer::OperatorKey;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen_test]
async fn indexed_db_conforms() -> Result<(), StorageError> {
    IndexedStorage::delete("conformance").await?;
    conformance::run(&IndexedStorage::open("conformance").await?).await
}

#[wasm_bindgen_test]
async fn what_was_written_is_there_after_opening_again() -> Result<(), StorageError> {
    IndexedStorage::delete("again").await?;
    let change = Change::Put(Table::Outbox, "pay_1".to_owned(), b"body".to_vec());
    let write = Write { only_if: Vec::new(), changes: vec![change], durability: Durability::Strict };
    IndexedStorage::open("again").await?.write(write).await?;
    let again = IndexedStorage::open("again").await?;
    assert_eq!(again.get(Table::Outbox, "pay_1").await?, Some(b"body".to_vec()));
    assert!(again.is_lasting());
    Ok(())
}

#[wasm_bindgen_test]
async fn an_answer_that_nobody_waits_for_does_no_harm() -> Result<(), StorageError> {
    IndexedStorage::delete("dropped").await?;
    let storage = IndexedStorage::open("dropped").await?;
    let change = Change::Put(Table::Facts, "a".to_owned(), vec![1]);
    let write = Write { only_if: Vec::new(), changes: vec![change], durability: Durability::Relaxed };
    drop(storage.write(write));
    drop(storage.get(Table::Facts, "a"));
    // The write was begun, and what is begun is done.
    assert_eq!(storage.get(Table::Facts, "a").await?, Some(vec![1]));
    Ok(())
}

#[wasm_bindgen_test]
async fn a_store_that_was_cleared_under_the_page_is_opened_again_and_empty() -> Result<(), StorageError> {
    let storage = IndexedStorage::open("removed").await?;
    let change = Change::Put(Table::Facts, "a".to_owned(), vec![1]);
    let write = Write { only_if: Vec::new(), changes: vec![change], durability: Durability::Relaxed };
    storage.write(write.clone()).await?;
    for _ in 0..3 {
        IndexedStorage::delete("removed").await?;
        let (one, two) = futures::join!(storage.get(Table::Facts, "a"), storage.get(Table::Facts, "b"));
        assert_eq!((one?, two?), (None, None));
        storage.write(write.clone()).await?;
        assert_eq!(storage.get(Table::Facts, "a").await?, Some(vec![1]));
    }
    Ok(())
}

#[wasm_bindgen_test]
async fn a_page_opens_with_nobody_signed_in() {
    let client = Client::in_browser().await;
    assert_eq!(client.presence(), Presence::SignedOut);
    assert!(client.is_lasting());
    assert_ne!(client.fresh_id::<qianbao_core::id::Payment>(), client.fresh_id());
}

/// Path, status, body.
type CannedAnswer = (&'static str, u16, String);

/// A transport that answers each path with one text and remembers what was sent.
#[derive(Clone, Default)]
struct Canned {
    answers: Rc<Vec<CannedAnswer>>,
    sent: Rc<RefCell<Vec<String>>>,
}

impl Transport for Canned {
    fn send(&self, request: Request) -> LocalBoxFuture<'static, Result<Answer, TransportError>> {
        self.sent.borrow_mut().extend(request.body);
        let found = self.answers.iter().find(|(path, ..)| request.path.starts_with(path));
        let answer = found.map(|(_, status, body)| Answer {
            status: *status,
            is_problem: *status >= 400,
            request_id: "req_1".to_owned(),
            date: None,
            body: body.clone(),
        });
        Box::pin(std::future::ready(answer.ok_or(TransportError::Broken)))
    }
}

async fn client_with(name: &str, answers: Vec<CannedAnswer>) -> (Client, Canned) {
    let canned = Canned { answers: Rc::new(answers), sent: Rc::default() };
    let platform = Platform { transport: Rc::new(canned.clone()), ..Platform::of_browser(name).await };
    (Client::open(platform).await, canned)
}

fn entry(sequence: u64) -> Entry {
    Entry {
        id: format!("{sequence}-0"),
        sequence,
        at: Timestamp(1_800_000_000_123_456),
        kind: qianbao_api::activity::EntryKind::Topup,
        amount: Money::new(9_007_199_254_740_993, Currency::CNY),
        balance_after: Money::new(-1, Currency::CNY),
        counterparty: PayeeView::Bank { name: "招商银行".to_owned(), last4: None },
        note: Some("茶 \"quoted\" \u{1f375}".to_owned()),
        payment: None,
        refund: None,
        order: None,
        topup: Some(Id::from_parts(1_800_000_000_000, [5; 10])),
    }
}

#[wasm_bindgen_test]
async fn the_browsers_json_says_what_serde_json_says() {
    let page = qianbao_api::Page { data: vec![entry(7), entry(1 << 50)], has_more: true };
    let text = serde_json::to_string(&page).expect("views can be printed");
    let (client, canned) = client_with("json", vec![("/v1/activity", 200, text)]).await;
    let read = client.activity(&qianbao_client::ActivityFilter::default()).await;
    assert_eq!(read, Ok(page));
    let request = PreviewRequest {
        target: Target::Order { order: Id::from_parts(2, [3; 10]), version: 4 },
        amount: Some(Money::new(1_800, Currency::CNY)),
    };
    assert_eq!(client.preview(&request).await, Err(ClientError::Offline));
    let expected = serde_json::to_value(&request).expect("requests can be printed");
    let sent: serde_json::Value = serde_json::from_str(&canned.sent.borrow()[0]).expect("JSON was sent");
    assert_eq!(sent, expected);
}

#[wasm_bindgen_test]
async fn problems_and_strange_answers_are_told_apart() {
    let problem = r#"{"type":"x","title":"","status":409,"detail":"","code":"order_paid","request_id":"req_9"}"#;
    let answers = vec![("/v1/wallets", 409, problem.to_owned()), ("/v1/shop", 200, "<html>".to_owned())];
    let (client, _) = client_with("problems", answers).await;
    let error = client.wallets().await.expect_err("a problem");
    assert_eq!((error.code(), error.moved()), (Some(qianbao_api::ProblemCode::OrderPaid), Moved::No));
    assert_eq!(error.request_id(), Some("req_9"));
    assert!(matches!(client.shop().await, Err(ClientError::Malformed { .. })));
}

#[wasm_bindgen_test]
async fn web_crypto_verifies_what_the_operator_signed_and_nothing_else() {
    let key = OperatorKey::new(7, [1, 2, 3, 4]);
    let keys = serde_json::to_string(&KeySet { keys: vec![key.public()] }).expect("keys can be printed");
    let (client, _) = client_with("keys", vec![("/.well-known/qianbao-keys", 200, keys)]).await;
    let receipt = Receipt {
        payment: Id::from_parts(1, [1; 10]),
        sequence: 120,
        committed_at: Timestamp(1_800_000_000_000_000),
        payer: "*明".to_owned(),
        payer_id: Id::from_parts(1, [2; 10]),
        payee: "*兰".to_owned(),
        payee_id: Some(Id::from_parts(1, [3; 10])),
        shop: None,
        order: None,
        amount: Money::new(1_800, Currency::CNY),
        fee: Money::new(0, Currency::CNY),
        note: Some("谢谢".to_owned()),
        intent: "0".repeat(64),
        approved_until: None,
    };
    let body = serde_json::to_string(&receipt).expect("receipts can be printed");
    let signature = data_encoding::BASE64URL_NOPAD.encode(&key.sign(&format!("qianbao/receipt/1\n{body}")));
    let signed = SignedReceipt { body, key: "01020304".to_owned(), signature };
    assert_eq!(client.verify_receipt(&signed).await, Ok(receipt));
    let changed = SignedReceipt { body: signed.body.replace("1800", "1801"), ..signed.clone() };
    assert_eq!(client.verify_receipt(&changed).await, Err(VerifyError::Forged));
    let unknown = SignedReceipt { key: "ffffffff".to_owned(), ..signed };
    assert_eq!(client.verify_receipt(&unknown).await, Err(VerifyError::UnknownKey("ffffffff".to_owned())));
}
