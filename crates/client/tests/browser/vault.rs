//! Sealing in a real browser: `WebCrypto`, a key that cannot be exported, `IndexedDB`.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use futures::future::LocalBoxFuture;
use idb::{Factory, ObjectStoreParams};
use qianbao_api::identity::{KeyShare, Locale, PersonView, SessionView, SignIn};
use qianbao_api::sync::SyncPage;
use qianbao_client::storage::{Record, Storage, StorageError, Table, Write};
use qianbao_client::transport::{Answer, Request, Transport, TransportError};
use qianbao_client::vault::cipher::{CipherError, Secret};
use qianbao_client::{Client, IndexedStorage, Platform, Presence};
use qianbao_core::Timestamp;
use qianbao_core::id::Id;
use serde::Serialize;
use wasm_bindgen_test::{console_log, wasm_bindgen_test};

use crate::entry;

/// Rows a page, as the server's.
const PAGE_ROWS: u64 = 256;

/// A server that knows ming, gives the share `share`, and has `rows` entries.
struct Ming {
    share: Cell<u8>,
    rows: u64,
    asked: RefCell<Vec<String>>,
}

struct ToMing(Rc<Ming>);

fn answer<T: Serialize>(view: &T) -> Answer {
    let body = serde_json::to_string(view).expect("views can be printed");
    Answer { status: 200, is_problem: false, request_id: "req_1".to_owned(), date: None, body }
}

impl Ming {
    fn page(&self, path: &str) -> SyncPage {
        let after = path.split_once("&after=").map_or(0, |(_, token)| token.parse().expect("a count"));
        let until = (after + PAGE_ROWS).min(self.rows);
        SyncPage {
            reset: false,
            entries: (after + 1..=until).map(entry).collect(),
            documents: Vec::new(),
            next: until.to_string(),
            more: until < self.rows,
            server_time: Timestamp(1_800_000_000_000_000),
        }
    }
}

impl Transport for ToMing {
    fn send(&self, request: Request) -> LocalBoxFuture<'static, Result<Answer, TransportError>> {
        self.0.asked.borrow_mut().push(request.path.clone());
        let person = PersonView {
            id: Id::from_parts(1, [1; 10]),
            handle: "canary.ming".to_owned(),
            display_name: "阿明".to_owned(),
            legal_name_masked: "*明".to_owned(),
            locale: Locale::Zh,
            created_at: Timestamp(1),
            recovery: None,
            limits_lowered_until: None,
        };
        let now = Timestamp(1_800_000_000_000_000);
        let found = match request.path.split('?').next() {
            Some("/v1/session") => {
                Ok(answer(&SessionView { id: Id::from_parts(1, [1; 10]), person, expires_at: now, server_time: now }))
            }
            Some("/v1/session/key-share") => {
                let share = data_encoding::BASE64URL_NOPAD.encode(&[self.0.share.get(); 32]);
                Ok(answer(&KeyShare { share }))
            }
            Some("/v1/sync") => Ok(answer(&self.0.page(&request.path))),
            _ => Err(TransportError::Broken),
        };
        Box::pin(std::future::ready(found))
    }
}

/// The database as older versions had it: nothing is sealed.
struct Plain(IndexedStorage);

impl Storage for Plain {
    fn get(&self, table: Table, key: &str) -> LocalBoxFuture<'static, Result<Option<Vec<u8>>, StorageError>> {
        self.0.get(table, key)
    }
    fn list(
        &self,
        table: Table,
        after: Option<&str>,
        limit: u32,
    ) -> LocalBoxFuture<'static, Result<Vec<Record>, StorageError>> {
        self.0.list(table, after, limit)
    }
    fn write(&self, write: Write) -> LocalBoxFuture<'static, Result<(), StorageError>> {
        self.0.write(write)
    }
    fn is_lasting(&self) -> bool {
        false
    }
}

async fn page_of(name: &str, ming: &Rc<Ming>) -> Client {
    Client::open(Platform { transport: Rc::new(ToMing(ming.clone())), ..Platform::of_browser(name).await }).await
}

fn ming(rows: u64) -> Rc<Ming> {
    Rc::new(Ming { share: Cell::new(1), rows, asked: RefCell::default() })
}

async fn sign_in(client: &Client) {
    let request = SignIn { handle: "canary.ming".to_owned(), password: String::new(), one_time_code: None };
    client.sign_in(&request).await.expect("the server knows ming");
}

#[wasm_bindgen_test]
async fn what_lies_in_the_database_is_sealed_and_opened_by_the_share() -> Result<(), StorageError> {
    IndexedStorage::delete("sealed").await?;
    let ming = ming(300);
    let client = page_of("sealed", &ming).await;
    sign_in(&client).await;
    client.refresh().await.expect("the server answers");
    let raw = IndexedStorage::open("sealed").await?;
    let mut seen = 0;
    for table in [Table::Facts, Table::Blocks, Table::Documents, Table::Outbox] {
        for Record { key, value } in raw.list(table, None, 1_000).await? {
            let value = value?;
            for canary in ["canary.ming", "阿明", "招商银行", "quoted", "\u{1f375}"] {
                let found = value.windows(canary.len()).any(|window| window == canary.as_bytes());
                assert!(!found, "{canary} in {table:?}");
            }
            assert_eq!(key.len(), 32, "{key}");
            seen += 1;
        }
    }
    assert!(seen >= 4, "{seen}");
    let again = page_of("sealed", &ming).await;
    assert_eq!((again.presence(), again.mirror().entry_count()), (Presence::Locked, 0));
    again.unlock_by_session().await.expect("the share opens it");
    assert!(matches!(again.presence(), Presence::Remembered(_)));
    assert_eq!(again.mirror().entries(0, 1_000).await, client.mirror().entries(0, 1_000).await);
    // Another share opens nothing; the copy begins anew.
    ming.share.set(2);
    let other = page_of("sealed", &ming).await;
    other.unlock_by_session().await.expect("the server knows ming");
    assert_eq!(other.mirror().entry_count(), 0);
    Ok(())
}

#[wasm_bindgen_test]
async fn web_crypto_seals_for_one_place_and_notices_every_change() -> Result<(), CipherError> {
    let cipher = Platform::of_browser("cipher").await.cipher;
    let key = cipher.key(&Secret::new(vec![3; 32]), b"salt", "store").await?;
    let sealed = key.seal(b"here".to_vec(), b"18.00".to_vec()).await?;
    assert_eq!(sealed.len(), 12 + 5 + 16);
    assert_ne!(key.seal(b"here".to_vec(), b"18.00".to_vec()).await?, sealed, "a fresh nonce each time");
    assert_eq!(key.open(b"here".to_vec(), sealed.clone()).await?, b"18.00");
    assert_eq!(key.open(b"there".to_vec(), sealed.clone()).await, Err(CipherError::Foreign));
    let other = cipher.key(&Secret::new(vec![3; 32]), b"other salt", "store").await?;
    assert_eq!(other.open(b"here".to_vec(), sealed.clone()).await, Err(CipherError::Foreign));
    for place in 0..sealed.len() {
        let mut changed = sealed.clone();
        changed[place] ^= 1;
        assert_eq!(key.open(b"here".to_vec(), changed).await, Err(CipherError::Foreign), "{place}");
        assert_eq!(key.open(b"here".to_vec(), sealed[..place].to_vec()).await, Err(CipherError::Foreign));
    }
    let bound = cipher.bind(&Secret::new(vec![1; 32])).await?;
    assert_eq!(cipher.bind(&Secret::new(vec![1; 32])).await?.bytes(), bound.bytes(), "the device's key stays");
    assert_ne!(cipher.bind(&Secret::new(vec![2; 32])).await?.bytes(), bound.bytes());
    Ok(())
}

#[wasm_bindgen_test]
async fn a_database_of_the_first_version_gets_the_table_of_the_lock() -> Result<(), StorageError> {
    IndexedStorage::delete("first").await?;
    let mut opening = Factory::new().and_then(|factory| factory.open("first", Some(1))).expect("a database");
    opening.on_upgrade_needed(|event| {
        let database = idb::DatabaseEvent::database(&event).expect("a database");
        for name in ["facts", "blocks", "documents", "outbox"] {
            database.create_object_store(name, ObjectStoreParams::new()).expect("a table");
        }
    });
    opening.await.expect("a database").close();
    let storage = IndexedStorage::open("first").await?;
    assert_eq!(storage.list(Table::Locks, None, 1).await?, []);
    Ok(())
}

/// What sealing costs, for `docs/performance.md`: entries in pages of 256, into a plain and into a sealed database. With more rows:
/// `QIANBAO_MEASURED_ROWS=10000 WASM_BINDGEN_TEST_TIMEOUT=300`.
#[wasm_bindgen_test]
async fn what_sealing_costs_is_told() -> Result<(), StorageError> {
    let rows = option_env!("QIANBAO_MEASURED_ROWS").and_then(|rows| rows.parse().ok()).unwrap_or(600);
    for (place, name) in ["plain", "sealed", "plain", "sealed"].into_iter().enumerate() {
        // A database of its own each: an open connection that nobody holds any more keeps it from being deleted.
        let database = format!("measured {place} {}", js_sys::Date::now());
        let ming = ming(rows);
        let mut platform = Platform { transport: Rc::new(ToMing(ming)), ..Platform::of_browser(&database).await };
        if name == "plain" {
            platform.storage = Rc::new(Plain(IndexedStorage::open(&database).await?));
        }
        let client = Client::open(platform).await;
        sign_in(&client).await;
        let before = js_sys::Date::now();
        client.refresh().await.expect("the server answers");
        console_log!("{rows} entries, {name}: {} ms", js_sys::Date::now() - before);
        assert_eq!(client.mirror().entry_count() as u64, rows);
    }
    Ok(())
}
