//! Money in by bank transfer, through the routes: what comes is booked once, or held where the operator sees it.

mod bank;

use std::error::Error;
use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::http::{Request, header};
use data_encoding::HEXLOWER;
use qianbao_api::Page;
use qianbao_api::activity::{Entry, EntryKind};
use qianbao_api::payments::PayeeView;
use qianbao_api::topups::{TopupStatus, TopupView};
use qianbao_connectors::bank::{Credit, Cursor};
use qianbao_connectors::notice::{SIGNATURE_HEADER, Secret, TIMESTAMP_HEADER, seal};
use qianbao_core::id::{PersonId, TopupId};
use qianbao_core::posting::AccountKey;
use qianbao_core::{AMOUNT_MAX_MINOR, Currency, Money, Timestamp};
use qianbao_ledger::Epoch;
use qianbao_server::app::App;
use qianbao_server::clock::{Clock, Sources, SystemRandom};
use qianbao_server::config::ServeOptions;
use qianbao_server::funding::{BANK_NAME, accounts, catch_up, rows, subscription};
use qianbao_server::halt::{Halted, Reason};
use qianbao_server::hosts::RealmName;
use qianbao_server::realm::Realm;
use qianbao_server::wallets::accounts::personal_wallet;
use qianbao_tests_postgres::Database;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tower::ServiceExt;

use bank::{FakeBank, lock};

type Outcome<T = ()> = Result<T, Box<dyn Error>>;

const WALLET: &str = "wallet.localhost:8787";
const API: &str = "api.localhost:8787";
const API_TEST: &str = "api.test.localhost:8787";

/// A server with a bank, and one person signed in.
struct House {
    app: App,
    bank: FakeBank,
    person: PersonId,
    cookie: String,
    _folder: tempfile::TempDir,
    /// Where the tests run on Postgres.
    _database: Option<Database>,
}

impl House {
    async fn open() -> Outcome<Self> {
        let bank = FakeBank::default();
        let address = bank.open().await?;
        Self::with_bank(bank, &format!("http://{address}")).await
    }

    async fn with_bank(bank: FakeBank, address: &str) -> Outcome<Self> {
        let (folder, database) = (tempfile::tempdir()?, qianbao_tests_postgres::chosen());
        let options = ServeOptions {
            data: Some(folder.path().to_path_buf()),
            database: database.as_ref().map(|database| database.address().to_owned()),
            bank_url: Some(address.to_owned()),
            ..ServeOptions::default()
        };
        let app = App::open(options.resolve()?, Sources::system()).await?;
        let mut house = Self {
            app,
            bank,
            person: PersonId::from_parts(0, [0; 10]),
            cookie: String::new(),
            _folder: folder,
            _database: database,
        };
        (house.person, house.cookie) = house.sign_up("ming").await?;
        Ok(house)
    }

    async fn sign_up(&self, handle: &str) -> Outcome<(PersonId, String)> {
        let body = json!({
            "handle": handle, "display_name": "Ming", "legal_name": "李明", "password": "jade-river-walks-2026",
            "locale": "zh",
        });
        let request = Request::post("/v1/people")
            .header(header::HOST, WALLET)
            .header(header::ORIGIN, format!("http://{WALLET}"))
            .header(header::CONTENT_TYPE, "application/json")
            .body(Body::from(body.to_string()))?;
        let answer = self.app.router().oneshot(request).await?;
        let cookie = answer.headers().get(header::SET_COOKIE).ok_or("expected a cookie")?.to_str()?;
        let cookie = cookie.split(';').next().unwrap_or_default().to_owned();
        let session: Value = serde_json::from_slice(&axum::body::to_bytes(answer.into_body(), 1 << 20).await?)?;
        let person = session["person"]["id"].as_str().ok_or("expected a person")?;
        Ok((person.parse()?, cookie))
    }

    async fn exchange(&self, request: Request<Body>) -> Outcome<(u16, Bytes)> {
        let answer = self.app.router().oneshot(request).await?;
        let status = answer.status().as_u16();
        Ok((status, axum::body::to_bytes(answer.into_body(), 1 << 20).await?))
    }

    async fn ask_as(&self, cookie: &str, id: TopupId, amount: Money) -> Outcome<(u16, Bytes)> {
        let request = Request::post("/v1/topups")
            .header(header::HOST, WALLET)
            .header(header::ORIGIN, format!("http://{WALLET}"))
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::COOKIE, cookie)
            .body(Body::from(json!({ "id": id, "amount": amount }).to_string()))?;
        self.exchange(request).await
    }

    async fn ask(&self, minor: i64) -> Outcome<TopupView> {
        let (status, body) = self.ask_as(&self.cookie, self.app.sources.id(), yuan(minor)).await?;
        assert_eq!(status, 200, "{}", String::from_utf8_lossy(&body));
        Ok(serde_json::from_slice(&body)?)
    }

    async fn list<T: DeserializeOwned>(&self, cookie: &str, query: &str) -> Outcome<(u16, T)> {
        self.get(cookie, &format!("/v1/topups{query}")).await
    }

    async fn get<T: DeserializeOwned>(&self, cookie: &str, path: &str) -> Outcome<(u16, T)> {
        let request =
            Request::get(path).header(header::HOST, WALLET).header(header::COOKIE, cookie).body(Body::empty())?;
        let (status, body) = self.exchange(request).await?;
        Ok((status, serde_json::from_slice(&body)?))
    }

    async fn topups(&self) -> Outcome<Vec<TopupView>> {
        Ok(self.list::<Page<TopupView>>(&self.cookie, "").await?.1.data)
    }

    fn realm(&self) -> &Arc<Realm> {
        self.app.realm(RealmName::Live)
    }

    fn credit(&self, entry: &str, reference: &str, minor: i64) -> Credit {
        Credit {
            entry: entry.to_owned(),
            account_number: "6209121234567890123".to_owned(),
            amount: yuan(minor),
            reference: reference.to_owned(),
            payer_name: "李明".to_owned(),
            payer_last4: Some("1234".to_owned()),
            booked_at: self.app.sources.now(),
        }
    }

    /// Posts a notice to a host, signed with a key at a moment.
    async fn notify_as(&self, host: &str, key: &Secret, sent: Timestamp, body: Vec<u8>) -> Outcome<(u16, String)> {
        let sealed = seal(key, sent, &body);
        let request = Request::post("/v1/connectors/bank/notices")
            .header(header::HOST, host)
            .header(TIMESTAMP_HEADER, sealed.timestamp)
            .header(SIGNATURE_HEADER, sealed.signature)
            .body(Body::from(body))?;
        let (status, body) = self.exchange(request).await?;
        let code =
            serde_json::from_slice::<Value>(&body).ok().and_then(|problem| Some(problem["code"].as_str()?.to_owned()));
        Ok((status, code.unwrap_or_default()))
    }

    async fn notify(&self, credit: &Credit) -> Outcome<(u16, String)> {
        let key = *self.realm().bank_key;
        self.notify_as(API, &key, self.app.sources.now(), serde_json::to_vec(credit)?).await
    }

    async fn balance(&self, account: AccountKey) -> Outcome<i64> {
        Ok(self.realm().ledger.account(account.id()).await?.map_or(0, |account| account.balance()))
    }

    async fn wallet(&self) -> Outcome<i64> {
        self.balance(personal_wallet(self.person, Currency::CNY)).await
    }

    async fn held(&self) -> Outcome<i64> {
        self.balance(accounts::unidentified_receipts(Currency::CNY)).await
    }

    /// What stands at the bank is what stands in the wallet and in unidentified receipts, always.
    async fn assert_money(&self, wallet: i64, held: i64) -> Outcome {
        assert_eq!((self.wallet().await?, self.held().await?), (wallet, held));
        assert_eq!(self.balance(accounts::bank_settlement(Currency::CNY)).await?, wallet + held);
        Ok(())
    }
}

fn yuan(minor: i64) -> Money {
    Money::new(minor, Currency::CNY)
}

#[tokio::test]
async fn what_comes_with_the_reference_is_in_the_wallet_once() -> Outcome {
    let house = House::open().await?;
    let topup = house.ask(100_000).await?;
    assert_eq!((topup.status, topup.received), (TopupStatus::Waiting, None));
    assert_eq!(topup.account_number, "6209 1212 3456 7890 123");
    let page =
        format!("http://bank.localhost:1/?account=6209121234567890123&reference={}&amount=1000.00", topup.reference);
    assert_eq!(topup.demo_bank_url, Some(page));

    let credit = house.credit("E1", &format!("转账 {}", topup.reference.to_lowercase()), 100_000);
    for _ in 0..3 {
        assert_eq!(house.notify(&credit).await?, (204, String::new()));
    }
    house.assert_money(100_000, 0).await?;
    let done = &house.topups().await?[0];
    assert_eq!((done.status, done.received), (TopupStatus::Done, Some(yuan(100_000))));

    let (_, activity) = house.get::<Page<Entry>>(&house.cookie, "/v1/activity").await?;
    let [entry] = activity.data.as_slice() else { return Err("expected one movement".into()) };
    assert_eq!((entry.kind, entry.amount, entry.topup), (EntryKind::Topup, yuan(100_000), Some(topup.id)));
    let bank = PayeeView::Bank { name: BANK_NAME.to_owned(), last4: Some("1234".to_owned()) };
    assert_eq!(entry.counterparty, bank);

    // Another transfer with the same reference, of another amount, is the same person's money.
    house.notify(&house.credit("E2", &topup.reference, 1)).await?;
    house.assert_money(100_001, 0).await?;
    assert_eq!(house.topups().await?[0].received, Some(yuan(100_001)));
    Ok(())
}

#[tokio::test]
async fn a_notice_that_comes_many_times_at_once_is_booked_once() -> Outcome {
    let house = House::open().await?;
    let topup = house.ask(5_000).await?;
    let credit = house.credit("E1", &topup.reference, 5_000);
    let answers = futures::future::join_all((0..8).map(|_| house.notify(&credit))).await;
    for answer in answers {
        let (status, _) = answer?;
        assert!(matches!(status, 204 | 503), "found {status}");
    }
    assert_eq!(house.notify(&credit).await?.0, 204);
    house.assert_money(5_000, 0).await
}

#[tokio::test]
async fn an_unknown_reference_is_held_and_seen() -> Outcome {
    let house = House::open().await?;
    house.ask(5_000).await?;
    for (entry, reference) in [("E1", "?"), ("E2", ""), ("E3", "QB00000-00001"), ("E4", "' OR 1=1 --")] {
        assert_eq!(house.notify(&house.credit(entry, reference, 300)).await?.0, 204, "{reference}");
    }
    house.assert_money(0, 1_200).await?;
    let held = listed(&house).await?;
    assert_eq!(held.iter().map(|credit| credit.entry.as_str()).collect::<Vec<_>>(), ["E1", "E2", "E3", "E4"]);
    let line = CreditLine::of(&house).await?;
    assert_eq!(line.0.split('\t').count(), 8);
    assert_eq!(house.topups().await?[0].status, TopupStatus::Waiting);
    Ok(())
}

/// What the operator's list shows.
async fn listed(house: &House) -> Outcome<Vec<rows::CreditRow>> {
    let held = rows::held(house.realm().directory.readers(), 10).await?;
    Ok(held.into_iter().collect::<Result<_, _>>()?)
}

struct CreditLine(String);

impl CreditLine {
    /// A reference that would break the operator's list, as the list shows it.
    async fn of(house: &House) -> Outcome<Self> {
        house.notify(&house.credit("E5", "=cmd\tX\n", 1)).await?;
        let held = listed(house).await?;
        let credit = held.iter().find(|credit| credit.entry == "E5").ok_or("expected the credit among the held")?;
        let line = credit.line(RealmName::Live);
        assert!(line.contains("\t'=cmdX\t") && !line.contains('\n'), "{line:?}");
        Ok(Self(line))
    }
}

#[tokio::test]
async fn only_the_bank_is_believed_and_only_now() -> Outcome {
    let house = House::open().await?;
    let topup = house.ask(5_000).await?;
    let (key, now) = (*house.realm().bank_key, house.app.sources.now());
    let body = serde_json::to_vec(&house.credit("E1", &topup.reference, 5_000))?;
    let refused = (401, "notice_signature".to_owned());
    let wrong = {
        let mut wrong = key;
        wrong[31] ^= 1;
        wrong
    };
    assert_eq!(house.notify_as(API, &wrong, now, body.clone()).await?, refused);
    for seconds in [-301, 302] {
        assert_eq!(house.notify_as(API, &key, now.plus_seconds(seconds), body.clone()).await?, refused);
    }
    // The other realm has another key, and apps have no such route.
    assert_eq!(house.notify_as(API_TEST, &key, now, body.clone()).await?, refused);
    assert_ne!(house.notify_as(WALLET, &key, now, body.clone()).await?.0, 204);
    let unsigned =
        Request::post("/v1/connectors/bank/notices").header(header::HOST, API).body(Body::from(body.clone()))?;
    assert_eq!(house.exchange(unsigned).await?.0, 401);
    // A signed body that is no credit, or is too large, or moves nothing, is no money either.
    assert_eq!(house.notify_as(API, &key, now, b"{}".to_vec()).await?, (400, "malformed_request".to_owned()));
    assert_eq!(house.notify_as(API, &key, now, vec![b' '; 9_000]).await?, (413, "body_too_large".to_owned()));
    for minor in [0, -1] {
        let (status, found) = house.notify(&house.credit("E0", &topup.reference, minor)).await?;
        assert_eq!((status, found.as_str()), (422, "amount_not_positive"));
    }
    house.assert_money(0, 0).await?;
    assert_eq!(house.notify_as(API, &key, now, body).await?.0, 204);
    house.assert_money(5_000, 0).await
}

#[tokio::test]
async fn an_entry_that_is_told_differently_changes_nothing() -> Outcome {
    let house = House::open().await?;
    let topup = house.ask(5_000).await?;
    let credit = house.credit("E1", &topup.reference, 5_000);
    assert_eq!(house.notify(&credit).await?.0, 204);
    let other = Credit { amount: yuan(6_000), ..credit.clone() };
    assert_eq!(house.notify(&other).await?, (409, "id_reused".to_owned()));
    // Another moment of booking or another text of the same entry is the same entry.
    let later = Credit { booked_at: credit.booked_at.plus_seconds(60), reference: "?".to_owned(), ..credit };
    assert_eq!(house.notify(&later).await?.0, 204);
    house.assert_money(5_000, 0).await
}

#[tokio::test]
async fn asking_again_answers_alike() -> Outcome {
    let house = House::open().await?;
    let id: TopupId = house.app.sources.id();
    let first = house.ask_as(&house.cookie, id, yuan(5_000)).await?;
    assert_eq!(first.0, 200);
    assert_eq!(house.ask_as(&house.cookie, id, yuan(5_000)).await?, first);
    let code = |body: &Bytes| -> Outcome<String> {
        Ok(serde_json::from_slice::<Value>(body)?["code"].as_str().unwrap_or_default().to_owned())
    };
    let yen = "JPY".parse()?;
    for (id, amount, status, word) in [
        (id, yuan(5_001), 409, "id_reused"),
        (house.app.sources.id(), yuan(0), 422, "amount_not_positive"),
        (house.app.sources.id(), yuan(-5), 422, "amount_not_positive"),
        (house.app.sources.id(), yuan(i64::MAX), 422, "amount_too_large"),
        (house.app.sources.id(), Money::new(5_000, yen), 422, "currency_mismatch"),
    ] {
        let (found, body) = house.ask_as(&house.cookie, id, amount).await?;
        assert_eq!((found, code(&body)?.as_str()), (status, word));
    }
    assert_eq!(house.topups().await?.len(), 1);
    // Somebody else with the same id has a top-up of their own, and sees no other.
    let (_, cookie) = house.sign_up("lan").await?;
    assert_eq!(house.list::<Page<TopupView>>(&cookie, "").await?.1.data, []);
    let theirs = house.ask_as(&cookie, id, yuan(9_000)).await?;
    assert_eq!(theirs.0, 200);
    let foreign: TopupView = serde_json::from_slice(&house.ask_as(&cookie, house.app.sources.id(), yuan(1)).await?.1)?;
    let (status, _) = house.list::<Value>(&house.cookie, &format!("?starting_after={}", foreign.id)).await?;
    assert_eq!(status, 400);
    assert_eq!(house.ask_as("", house.app.sources.id(), yuan(1)).await?.0, 401);
    Ok(())
}

/// Postgres keeps no NUL in a text: what a stranger wrote into a transfer must not keep the money from being booked.
#[tokio::test]
async fn letters_that_no_database_keeps_hold_no_money_up() -> Outcome {
    let house = House::open().await?;
    let topup = house.ask(5_000).await?;
    let credit = house.credit("E1", &format!("{}\0", topup.reference), 300);
    let credit = Credit { payer_name: "\0李\0明\0".to_owned(), payer_last4: Some("1\x0023".to_owned()), ..credit };
    assert_eq!(house.notify(&credit).await?.0, 204);
    house.assert_money(300, 0).await?;
    let digest = rows::CreditRow::new(&credit, None).digest;
    let row = rows::credit(house.realm().directory.readers(), &digest).await?.ok_or("expected the row")?;
    assert_eq!((row.payer_name.as_str(), row.payer_last4.as_deref()), ("李明", Some("123")));
    assert_eq!(house.notify(&house.credit("E\0", &topup.reference, 300)).await?, (400, "malformed_request".to_owned()));
    house.assert_money(300, 0).await
}

#[tokio::test]
async fn lists_come_in_pages_newest_first() -> Outcome {
    let house = House::open().await?;
    let mut made = Vec::new();
    for minor in 1..=5 {
        made.insert(0, house.ask(minor).await?.id);
    }
    let (_, first) = house.list::<Page<TopupView>>(&house.cookie, "?limit=2").await?;
    assert!(first.has_more);
    let after = first.data[1].id;
    let (_, second) = house.list::<Page<TopupView>>(&house.cookie, &format!("?limit=3&starting_after={after}")).await?;
    assert!(!second.has_more);
    let found: Vec<TopupId> = first.data.iter().chain(&second.data).map(|topup| topup.id).collect();
    assert_eq!(found, made);
    for query in ["?limit=0", "?limit=101", "?limit=x", "?other=1"] {
        assert_eq!(house.list::<Value>(&house.cookie, query).await?.0, 400, "{query}");
    }
    Ok(())
}

#[tokio::test]
async fn a_bank_that_is_away_is_said_and_nothing_is_written() -> Outcome {
    // A port that was free a moment ago: nobody listens there.
    let address = tokio::net::TcpListener::bind("127.0.0.1:0").await?.local_addr()?;
    let house = House::with_bank(FakeBank::default(), &format!("http://{address}")).await?;
    let (status, body) = house.ask_as(&house.cookie, house.app.sources.id(), yuan(5_000)).await?;
    assert_eq!(status, 503);
    assert_eq!(serde_json::from_slice::<Value>(&body)?["code"], "bank_unavailable");
    assert_eq!(house.topups().await?, []);
    Ok(())
}

#[tokio::test]
async fn what_no_notice_told_is_read_from_the_list() -> Outcome {
    let house = House::open().await?;
    let topup = house.ask(5_000).await?;
    let (realm, sources) = (house.realm(), &house.app.sources);
    let subscription = subscription(realm, &house.app.config.hosts);
    assert_eq!(subscription.host, API);
    assert_eq!(subscription.secret, HEXLOWER.encode(realm.bank_key.as_slice()));
    let told = house.credit("E1", &topup.reference, 5_000);
    house.notify(&told).await?;
    let lost = house.credit("E2", &topup.reference, 700);
    let wrong = Credit { amount: yuan(0), ..house.credit("E3", &topup.reference, 1) };
    let last = house.credit("E4", "?", 9);
    lock(&house.bank.listed).extend([told, lost.clone(), wrong, last]);
    let read = catch_up::catch_up(realm, sources, house.app.bank.as_ref(), &subscription).await?;
    assert_eq!(read, 4);
    house.assert_money(5_700, 9).await?;
    assert_eq!(catch_up::catch_up(realm, sources, house.app.bank.as_ref(), &subscription).await?, 0);
    assert_eq!(house.notify(&lost).await?.0, 204);
    house.assert_money(5_700, 9).await?;
    assert!(lock(&house.bank.subscribed).len() >= 3, "each reading subscribes again");
    Ok(())
}

/// A clock that is ahead of the system's.
struct Ahead(i64);

impl Clock for Ahead {
    fn now(&self) -> Timestamp {
        Sources::system().now().plus_seconds(self.0)
    }
}

#[tokio::test]
async fn a_credit_that_cannot_be_booked_stops_no_other_and_is_booked_once_it_is_repaired() -> Outcome {
    let house = House::open().await?;
    let topup = house.ask(5_000).await?;
    let (realm, bank) = (house.realm(), house.app.bank.as_ref());
    let subscription = subscription(realm, &house.app.config.hosts);
    let (bad, good) = (house.credit("E1", &topup.reference, 5_000), house.credit("E2", &topup.reference, 700));
    let owner = rows::CreditRow::new(&bad, Some((house.person, topup.id)));
    let mut write = realm.directory.begin().await?;
    rows::insert_credit(&mut write, &owner, bad.booked_at).await?;
    sqlx::query("UPDATE bank_credits SET person = 'nobody'").execute(write.sql()).await?;
    write.commit().await?;
    lock(&house.bank.listed).extend([bad, good]);

    assert_eq!(catch_up::catch_up(realm, &house.app.sources, bank, &subscription).await?, 2);
    house.assert_money(700, 0).await?;
    let cursor = rows::cursor(realm.directory.readers(), "qianbao-live", realm.ledger.epoch()).await?;
    assert_eq!(Some(cursor), lock(&house.bank.listed).last().map(|credit| Cursor(credit.booked_at)), "it moved on");
    let later = Sources::new(Ahead(11), SystemRandom);
    assert_eq!(catch_up::catch_up(realm, &later, bank, &subscription).await?, 0, "its turn has come, in vain");
    house.assert_money(700, 0).await?;

    let mut write = realm.directory.begin().await?;
    let repair = sqlx::query("UPDATE bank_credits SET person = $1 WHERE entry = 'E1'");
    repair.bind(house.person.to_string()).execute(write.sql()).await?;
    write.commit().await?;
    for ahead_s in [20, 40] {
        let later = Sources::new(Ahead(ahead_s), SystemRandom);
        catch_up::catch_up(realm, &later, bank, &subscription).await?;
        house.assert_money(if ahead_s < 30 { 700 } else { 5_700 }, 0).await?;
    }
    Ok(())
}

/// After a restore the directory may remember what the ledger does not, and the other way round: the ledger is asked.
#[tokio::test]
async fn what_was_noted_in_another_life_of_the_ledger_is_asked_again() -> Outcome {
    let house = House::open().await?;
    let topup = house.ask(5_000).await?;
    let credit = house.credit("E1", &topup.reference, 5_000);
    house.notify(&credit).await?;
    let realm = house.realm();
    let (digest, before) = {
        let row = rows::CreditRow::new(&credit, None);
        (row.digest, rows::credit(realm.directory.readers(), &row.digest).await?.ok_or("expected the row")?)
    };
    let (other, epoch) = (Epoch(1), realm.ledger.epoch());
    let mut write = realm.directory.begin().await?;
    assert!(rows::settle_credit(&mut write, &digest, (other, 99), true).await?);
    rows::move_cursor(&mut write, "qianbao-live", other, Cursor(credit.booked_at)).await?;
    write.commit().await?;
    assert_eq!(rows::cursor(realm.directory.readers(), "qianbao-live", epoch).await?, Cursor::START);
    assert_eq!(house.notify(&credit).await?.0, 204);
    house.assert_money(5_000, 0).await?;
    assert_eq!(rows::credit(realm.directory.readers(), &digest).await?, Some(before));
    Ok(())
}

#[tokio::test]
async fn what_a_wallet_cannot_take_is_held() -> Outcome {
    let house = House::open().await?;
    let topup = house.ask(5_000).await?;
    let ceiling = house.realm().limits.wallet_ceiling;
    let credit = house.credit("E1", &topup.reference, ceiling + 1);
    assert_eq!(house.notify(&credit).await?.0, 204);
    house.assert_money(0, ceiling + 1).await?;
    assert_eq!(house.topups().await?[0].status, TopupStatus::Waiting);
    assert_eq!(house.notify(&credit).await?.0, 204);
    house.assert_money(0, ceiling + 1).await
}

/// The limit of requests is none for the bank: what has come is there.
#[tokio::test]
async fn a_credit_above_every_limit_is_held_and_one_above_the_ledger_is_seen() -> Outcome {
    let house = House::open().await?;
    let topup = house.ask(5_000).await?;
    let huge = AMOUNT_MAX_MINOR + 1;
    for _ in 0..2 {
        assert_eq!(house.notify(&house.credit("E1", &topup.reference, huge)).await?.0, 204);
        house.assert_money(0, huge).await?;
    }
    // More than the ledger's sums can hold: nothing moves, the bank tells again, and the operator sees it.
    for _ in 0..2 {
        assert_eq!(house.notify(&house.credit("E2", &topup.reference, i64::MAX)).await?.0, 500);
        house.assert_money(0, huge).await?;
    }
    let lines: Vec<String> = listed(&house).await?.iter().map(|credit| credit.line(RealmName::Live)).collect();
    let [held, not_booked] = lines.as_slice() else { return Err("expected two lines".into()) };
    assert!(held.starts_with("live\theld\t") && held.contains("CNY 100000000.01"), "{held}");
    assert!(not_booked.starts_with("live\tnot_booked\t") && not_booked.contains("\tE2\t"), "{not_booked}");
    // A row that cannot be read hides no other.
    let mut write = house.realm().directory.begin().await?;
    sqlx::query("UPDATE bank_credits SET currency = '?' WHERE entry = 'E2'").execute(write.sql()).await?;
    write.commit().await?;
    let rows = rows::held(house.realm().directory.readers(), 10).await?;
    assert_eq!(rows.iter().map(Result::is_ok).collect::<Vec<_>>(), [true, false]);
    Ok(())
}

#[tokio::test]
async fn after_a_restore_nothing_goes_out_until_all_that_came_is_booked() -> Outcome {
    let house = House::open().await?;
    let topup = house.ask(5_000).await?;
    let (realm, bank) = (house.realm(), house.app.bank.as_ref());
    let subscription = subscription(realm, &house.app.config.hosts);
    let since = house.app.sources.now();
    for reason in Reason::ALL {
        realm.halt().raise(&Halted { reason, detail: String::new(), since }).await?;
    }
    let bad = house.credit("E1", &topup.reference, 5_000);
    let owner = rows::CreditRow::new(&bad, Some((house.person, topup.id)));
    let mut write = realm.directory.begin().await?;
    rows::insert_credit(&mut write, &owner, bad.booked_at).await?;
    sqlx::query("UPDATE bank_credits SET person = 'nobody'").execute(write.sql()).await?;
    write.commit().await?;
    lock(&house.bank.listed).push(bad);
    let standing = async || Ok::<_, Box<dyn Error>>(realm.halt().reasons().await?.len());
    catch_up::catch_up(realm, &house.app.sources, bank, &subscription).await?;
    assert_eq!(standing().await?, 2, "the list was read, and one credit of it is not booked");

    let mut write = realm.directory.begin().await?;
    let repair = sqlx::query("UPDATE bank_credits SET person = $1 WHERE entry = 'E1'");
    repair.bind(house.person.to_string()).execute(write.sql()).await?;
    write.commit().await?;
    catch_up::catch_up(realm, &Sources::new(Ahead(20), SystemRandom), bank, &subscription).await?;
    house.assert_money(5_000, 0).await?;
    let left: Vec<Reason> = realm.halt().reasons().await?.into_iter().map(|halted| halted.reason).collect();
    assert_eq!(left, [Reason::Books], "the bank says nothing about the books");
    Ok(())
}
