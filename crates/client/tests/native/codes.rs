//! From a scanned text to an outcome: genuine codes, forged ones, foreign ones, and everything that stands in the way.

use qianbao_api::ProblemCode;
use qianbao_api::merchants::ShopView;
use qianbao_api::payments::{
    LoweredLimits, OrderSummary, PayRequest, PayeeView, Preview, Receipt, SignedReceipt, Target,
};
use qianbao_client::verify::VerifyError;
use qianbao_client::{Client, ClientError, ConfirmError, Mark, Obstacle, Outcome, Sheet, Stop};
use qianbao_core::code::{CodeError, DOMAIN, Face, KeyId, OrderCode, ShopCode, StaticCode};
use qianbao_core::id::{Id, ShopId};
use qianbao_core::intent::{Intent, Payee};
use qianbao_core::{Currency, Money, PositiveAmount, Timestamp};

use crate::signer::OperatorKey;
use crate::support::server::person;
use crate::support::{Stage, cny, sign_in, started};

const KEY: [u8; 4] = [1, 2, 3, 4];

fn shop() -> ShopId {
    Id::from_parts(1, [8; 10])
}

fn face() -> Face {
    Face {
        name: "Yunshan Tea".parse().expect("a name"),
        city: "Hangzhou".parse().expect("a city"),
        category: "5812".parse().expect("a category"),
        country: *b"CN",
    }
}

fn order(expires_at: Timestamp) -> ShopCode {
    let amount = PositiveAmount::new(cny(1_800)).expect("an amount");
    let order = Id::from_parts(1, [6; 10]);
    ShopCode::Order(OrderCode { shop: shop(), face: face(), order, version: 2, amount, expires_at })
}

fn static_code() -> ShopCode {
    let link = Id::from_parts(1, [5; 10]);
    ShopCode::Static(StaticCode { shop: shop(), face: face(), link, currency: Currency::CNY })
}

fn sealed(code: &ShopCode, key: &OperatorKey) -> String {
    code.seal(KeyId(KEY), |text| key.sign(&format!("{DOMAIN}\n{text}"))).expect("a code that fits")
}

fn preview(amount: Option<Money>) -> Preview {
    Preview {
        payee: PayeeView::Shop(ShopView {
            id: shop(),
            name_zh: "云山茶铺".to_owned(),
            name_en: "Yunshan Tea".to_owned(),
            category: "5812".to_owned(),
            city: "Hangzhou".to_owned(),
        }),
        amount,
        amount_fixed: amount.is_some(),
        fee: cny(0),
        currency: Currency::CNY,
        amount_max: cny(5_000_000),
        order: None,
        note: None,
        available: cny(10_000),
        is_frozen: false,
        lowered: None,
        expires_at: None,
        approval: None,
        server_time: Timestamp(0),
    }
}

/// A signed-in client, a server that knows the operator's key and answers `preview`.
fn shopping(preview: Option<Preview>) -> (Stage, Client, OperatorKey) {
    let stage = Stage::new();
    let key = OperatorKey::new(7, KEY);
    stage.server.keys.replace(vec![key.public()]);
    stage.server.preview.replace(preview);
    let client = stage.signed_in();
    (stage, client, key)
}

fn look(stage: &Stage, client: &Client, text: &str) -> Result<Sheet, Stop> {
    let (client, text) = (client.clone(), text.to_owned());
    stage.world.run(async move { client.look(&text).await })
}

fn confirm(stage: &Stage, client: &Client, sheet: &Sheet) -> Result<Outcome, ConfirmError> {
    let (client, sheet) = (client.clone(), sheet.clone());
    stage.world.run(async move { client.confirm(client.fresh_id(), &sheet, None, |_| {}).await })
}

fn in_an_hour(stage: &Stage) -> Timestamp {
    stage.world.now().plus_seconds(3_600)
}

#[test]
fn a_genuine_order_is_verified_confirmed_and_paid_with_the_digest_of_what_was_seen() {
    let (stage, client, key) = shopping(Some(preview(Some(cny(1_800)))));
    let sheet = look(&stage, &client, &sealed(&order(in_an_hour(&stage)), &key)).expect("a genuine code");
    assert_eq!((sheet.mark, sheet.amount), (Mark::Verified, Some(cny(1_800))));
    let outcome = confirm(&stage, &client, &sheet);
    assert!(matches!(outcome, Ok(Outcome::Paid(_))), "{outcome:?}");
    assert_eq!(stage.server.balance("ming"), 8_200);
    let payments = stage.server.payments.borrow();
    let (body, _) = payments.values().next().expect("one payment");
    let sent: PayRequest = serde_json::from_str(body).expect("a payment");
    let Target::Order { order, version } = sent.target else { panic!("an order is paid") };
    let (payer, payee) = (person("ming").id, Payee::Shop(shop()));
    let intent = Intent::from_wallet(sent.id, payer, payee, cny(1_800), cny(0), Some((order, version)), sent.not_after);
    assert_eq!(sent.intent, intent.expect("an intent").digest_hex());
}

#[test]
fn a_static_code_asks_for_the_amount() {
    let (stage, client, key) = shopping(Some(preview(None)));
    let mut sheet = look(&stage, &client, &sealed(&static_code(), &key)).expect("a genuine code");
    assert_eq!((sheet.mark, sheet.payer), (Mark::Verified, person("ming").id));
    assert_eq!(client.obstacle(&sheet), Some(Obstacle::AmountMissing));
    for (minor, expected) in [(0, "amount"), (-5, "amount"), (5_000_001, "amount"), (10_001, "missing"), (10_000, "")] {
        sheet.amount = Some(cny(minor));
        let found = match client.obstacle(&sheet) {
            Some(Obstacle::Amount(_)) => "amount",
            Some(Obstacle::Insufficient { missing }) => {
                assert_eq!(missing, cny(1));
                "missing"
            }
            None => "",
            Some(other) => panic!("{other:?} for {minor}"),
        };
        assert_eq!(found, expected, "{minor}");
    }
    for (note, expected) in [
        ("a".repeat(101), ProblemCode::NoteInvalid),
        ("\u{202e}tea".to_owned(), ProblemCode::NoteInvalid),
        ("4111 1111 1111 1111".to_owned(), ProblemCode::CardNumberInText),
    ] {
        sheet.note = note;
        assert_eq!(client.obstacle(&sheet).map(|obstacle| obstacle.code()), Some(expected));
    }
    sheet.note.clear();
    sheet.amount = Some(Money::new(5, Currency::from_numeric(392).expect("the yen")));
    assert_eq!(client.obstacle(&sheet), Some(Obstacle::Currency));
}

#[test]
fn a_forged_code_stops_before_anything_is_asked() {
    let (stage, client, _) = shopping(Some(preview(Some(cny(1_800)))));
    let forger = OperatorKey::new(8, KEY);
    let found = look(&stage, &client, &sealed(&order(in_an_hour(&stage)), &forger));
    assert_eq!(found, Err(Stop::Forged));
    assert_eq!(stage.server.count("/preview"), 0);
}

#[test]
fn a_server_that_says_something_else_than_the_code_is_not_believed() {
    let other_shop = Preview {
        payee: PayeeView::Person {
            id: person("lan").id,
            handle: "lan".to_owned(),
            display_name: "云山茶铺".to_owned(),
            legal_name_masked: "*岚".to_owned(),
        },
        ..preview(Some(cny(1_800)))
    };
    let other_version =
        OrderSummary { id: Id::from_parts(1, [6; 10]), version: 3, description: String::new(), lines: Vec::new() };
    let other_order = Preview { order: Some(other_version), ..preview(Some(cny(1_800))) };
    for lie in [preview(Some(cny(18_000))), preview(None), other_shop, other_order] {
        let (stage, client, key) = shopping(Some(lie));
        let found = look(&stage, &client, &sealed(&order(in_an_hour(&stage)), &key));
        assert_eq!(found, Err(Stop::Differs));
    }
}

#[test]
fn an_order_that_is_over_stops_by_the_servers_clock() {
    for skew_s in [-7_200, 0, 7_200] {
        let stage = Stage::with_skew(skew_s);
        let key = OperatorKey::new(7, KEY);
        stage.server.keys.replace(vec![key.public()]);
        stage.server.preview.replace(Some(preview(Some(cny(1_800)))));
        let client = stage.signed_in();
        let (over, open) = (stage.world.now().plus_seconds(-5), stage.world.now().plus_seconds(60));
        assert_eq!(look(&stage, &client, &sealed(&order(over), &key)), Err(Stop::Expired), "skew {skew_s}");
        assert!(look(&stage, &client, &sealed(&order(open), &key)).is_ok(), "skew {skew_s}");
    }
}

#[test]
fn keys_are_kept_for_later_and_a_new_one_is_asked_for_once() {
    let (stage, client, key) = shopping(Some(preview(None)));
    let running = client.clone();
    stage.world.spawn(async move { running.run().await });
    stage.world.pass(1);
    assert_eq!(stage.server.count("qianbao-keys"), 1);
    // Offline and in a new page, the kept key verifies.
    let platform = stage.device.tab().platform();
    let offline = stage.world.run(async { started(platform).await });
    stage.network.is_cut.set(true);
    let found = look(&stage, &offline, &sealed(&static_code(), &key));
    assert!(matches!(found, Err(Stop::Refused(ClientError::Offline))), "{found:?}: verified, then not asked");
    let forged = look(&stage, &offline, &sealed(&static_code(), &OperatorKey::new(9, KEY)));
    assert_eq!(forged, Err(Stop::Forged));
    // The operator began a new key.
    stage.network.is_cut.set(false);
    let newer = OperatorKey::new(10, [9; 4]);
    stage.server.keys.replace(vec![newer.public(), key.public()]);
    let code = static_code().seal(KeyId([9; 4]), |text| newer.sign(&format!("{DOMAIN}\n{text}"))).expect("a code");
    assert_eq!(look(&stage, &client, &code).map(|sheet| sheet.mark), Ok(Mark::Verified));
    assert_eq!(stage.server.count("qianbao-keys"), 2);
    // A key that nobody knows is no key.
    let unknown = static_code().seal(KeyId([7; 4]), |_| [0; 64]).expect("a code");
    assert_eq!(look(&stage, &client, &unknown), Err(Stop::Suspect(CodeError::Signature)));
}

#[test]
fn a_code_whose_key_cannot_be_fetched_now_is_not_suspect_and_is_verified_later() {
    let (stage, client, key) = shopping(Some(preview(None)));
    let code = sealed(&static_code(), &key);
    stage.network.is_cut.set(true);
    assert_eq!(look(&stage, &client, &code), Err(Stop::Unchecked(ClientError::Offline)));
    // The device has a key, but not this one.
    stage.network.is_cut.set(false);
    assert!(look(&stage, &client, &code).is_ok());
    let newer = OperatorKey::new(10, [9; 4]);
    let fresh = static_code().seal(KeyId([9; 4]), |text| newer.sign(&format!("{DOMAIN}\n{text}"))).expect("a code");
    stage.network.is_cut.set(true);
    assert_eq!(look(&stage, &client, &fresh), Err(Stop::Unchecked(ClientError::Offline)));
    assert_eq!(stage.server.count("/preview"), 1, "it stops before anything is asked");
    stage.network.is_cut.set(false);
    stage.server.keys.replace(vec![newer.public(), key.public()]);
    assert_eq!(look(&stage, &client, &fresh).map(|sheet| sheet.mark), Ok(Mark::Verified));
}

#[test]
fn what_is_not_ours_is_named_and_never_asked_about() {
    type Expected = fn(&Stop) -> bool;
    let (stage, client, key) = shopping(Some(preview(None)));
    let genuine = sealed(&static_code(), &key);
    let damaged = genuine.replacen("Hangzhou", "Hangzhow", 1);
    let long = "x".repeat(10_001);
    let link = "https://evil.example/#/p/lnk_01k2m3n4p5q6r7s8t9v0w1x2y3";
    let cases: [(&str, Expected); 6] = [
        (&damaged, |stop| matches!(stop, Stop::Damaged(_))),
        (&long, |stop| *stop == Stop::TooLong),
        ("  ", |stop| *stop == Stop::Empty),
        (link, |stop| matches!(stop, Stop::OtherWallet(_))),
        ("javascript:alert(1)", |stop| matches!(stop, Stop::Text(_))),
        ("hello", |stop| matches!(stop, Stop::Text(_))),
    ];
    for (text, is_expected) in cases {
        let found = look(&stage, &client, text).expect_err("not a code of ours");
        assert!(is_expected(&found), "{found:?}");
    }
    assert_eq!(stage.server.count("/preview"), 0);
    let unknown = look(&stage, &client, "@nobody").map(|sheet| sheet.mark);
    assert_eq!(unknown, Ok(Mark::Named), "a handle is asked about, and its payee has no verified mark");
}

#[test]
fn nobody_pays_themselves() {
    let own = Preview {
        payee: PayeeView::Person {
            id: person("ming").id,
            handle: "ming".to_owned(),
            display_name: "ming".to_owned(),
            legal_name_masked: "*明".to_owned(),
        },
        ..preview(Some(cny(5)))
    };
    let (stage, client, _) = shopping(Some(own));
    let sheet = look(&stage, &client, "@ming").expect("the server knows ming");
    assert_eq!(confirm(&stage, &client, &sheet), Err(ConfirmError::Obstacle(Obstacle::OwnWallet)));
    assert_eq!(stage.network.sends(), 0);
}

#[test]
fn a_typed_amount_is_believed_only_of_the_same_payee() {
    let (stage, client, key) = shopping(Some(preview(None)));
    let sheet = look(&stage, &client, &sealed(&static_code(), &key)).expect("a genuine code");
    let price = |answer: Preview| {
        stage.server.preview.replace(Some(answer));
        let (client, sheet) = (client.clone(), sheet.clone());
        stage.world.run(async move { client.price(&sheet, cny(500)).await })
    };
    let open = |amount| Preview { amount_fixed: false, ..preview(Some(cny(amount))) };
    let priced = price(open(500)).expect("the same shop and the amount that was typed");
    assert_eq!((priced.amount, priced.mark), (Some(cny(500)), Mark::Verified));
    let mut elsewhere = open(500);
    if let PayeeView::Shop(shop) = &mut elsewhere.payee {
        shop.id = Id::from_parts(1, [9; 10]);
    }
    for lie in [elsewhere, open(501), preview(None)] {
        assert_eq!(price(lie), Err(Stop::Differs));
    }
    let outcome = confirm(&stage, &client, &priced);
    assert!(matches!(outcome, Ok(Outcome::Paid(_))), "{outcome:?}");
    assert_eq!(stage.server.balance("ming"), 9_500);
}

#[test]
fn a_typed_user_name_is_looked_for_only_if_it_is_one() {
    let (stage, client, _) = shopping(Some(preview(None)));
    for (handle, expected) in [("<script>", Err(Stop::Handle)), ("@Lan", Ok("lan")), ("lan", Ok("lan"))] {
        let (asking, typed) = (client.clone(), handle.to_owned());
        let found = stage.world.run(async move { asking.look_for(&typed).await }).map(|sheet| sheet.target);
        assert_eq!(found, expected.map(|handle| Target::Person { handle: handle.to_owned() }), "{handle}");
    }
    assert_eq!(stage.server.count("/preview"), 2);
}

#[test]
fn the_end_that_the_server_names_is_the_end() {
    let (stage, client, key) = shopping(None);
    let end = stage.world.now().plus_seconds(30);
    stage.server.preview.replace(Some(Preview { expires_at: Some(end), ..preview(Some(cny(1_800))) }));
    let sheet = look(&stage, &client, &sealed(&order(in_an_hour(&stage)), &key)).expect("a genuine code");
    assert_eq!(client.obstacle(&sheet), None);
    stage.world.pass(31);
    assert_eq!(confirm(&stage, &client, &sheet), Err(ConfirmError::Obstacle(Obstacle::Expired)));
    assert_eq!(stage.network.sends(), 0);
}

#[test]
fn a_sheet_is_nobody_elses_to_confirm() {
    let (stage, client, key) = shopping(Some(preview(Some(cny(1_800)))));
    let sheet = look(&stage, &client, &sealed(&order(in_an_hour(&stage)), &key)).expect("a genuine code");
    let signing = client.clone();
    stage.world.run(async move { signing.sign_in(&sign_in("chen")).await }).expect("the server knows chen");
    assert_eq!(confirm(&stage, &client, &sheet), Err(ConfirmError::Obstacle(Obstacle::SignedOut)));
    assert_eq!((stage.network.sends(), stage.server.balance("chen")), (0, 10_000));
}

fn receipt(at: Timestamp) -> Receipt {
    Receipt {
        payment: Id::from_parts(1, [1; 10]),
        sequence: 120,
        committed_at: at,
        payer: "*明".to_owned(),
        payer_id: Id::from_parts(1, [2; 10]),
        payee: "云山茶铺".to_owned(),
        payee_id: None,
        shop: Some(shop()),
        order: None,
        amount: cny(1_800),
        fee: cny(0),
        note: Some("谢谢".to_owned()),
        intent: "0".repeat(64),
        approved_until: None,
    }
}

#[test]
fn a_genuine_receipt_of_another_payment_is_not_this_ones() {
    let (stage, client, key) = shopping(None);
    let receipt = receipt(stage.world.now());
    let body = serde_json::to_string(&receipt).expect("receipts can be printed");
    let signature = data_encoding::BASE64URL_NOPAD.encode(&key.sign(&format!("qianbao/receipt/1\n{body}")));
    stage.server.receipt.replace(Some(SignedReceipt { body, key: "01020304".to_owned(), signature }));
    let fetched = |payment| {
        let client = client.clone();
        stage.world.run(async move { client.receipt(payment).await }).expect("the server has a receipt").receipt
    };
    assert_eq!(fetched(receipt.payment), Ok(receipt.clone()));
    let other = fetched(Id::from_parts(1, [2; 10]));
    assert_eq!(other, Err(VerifyError::Unreadable("the receipt of this payment")));
}

#[test]
fn a_genuine_receipt_that_says_something_else_than_was_approved_is_not_believed() {
    let (stage, client, key) = shopping(None);
    let until = stage.world.now().plus_seconds(120);
    let plain = receipt(stage.world.now());
    let approved = |amount: i64| {
        Intent::from_wallet(plain.payment, plain.payer_id, Payee::Shop(shop()), cny(amount), cny(0), None, until)
            .expect("one currency")
            .digest_hex()
    };
    for (amount, is_believed) in [(1_800, true), (1_801, false)] {
        let receipt = Receipt { intent: approved(amount), approved_until: Some(until), ..plain.clone() };
        let body = serde_json::to_string(&receipt).expect("receipts can be printed");
        let signature = data_encoding::BASE64URL_NOPAD.encode(&key.sign(&format!("qianbao/receipt/1\n{body}")));
        stage.server.receipt.replace(Some(SignedReceipt { body, key: "01020304".to_owned(), signature }));
        let (client, payment) = (client.clone(), receipt.payment);
        let found = stage.world.run(async move { client.receipt(payment).await }).expect("there is one").receipt;
        let expected =
            if is_believed { Ok(receipt) } else { Err(VerifyError::Unreadable("a receipt of what was approved")) };
        assert_eq!(found, expected);
    }
}

#[test]
fn a_receipt_is_read_only_if_the_operator_signed_it() {
    let (stage, client, key) = shopping(None);
    let receipt = receipt(stage.world.now());
    let body = serde_json::to_string(&receipt).expect("receipts can be printed");
    let sign = |domain: &str| data_encoding::BASE64URL_NOPAD.encode(&key.sign(&format!("{domain}\n{body}")));
    let signed =
        |signature: String, body: &str| SignedReceipt { body: body.to_owned(), key: "01020304".to_owned(), signature };
    let genuine = signed(sign("qianbao/receipt/1"), &body);
    let cases = [
        (genuine.clone(), Ok(receipt)),
        (signed(genuine.signature.clone(), &body.replace("1800", "1801")), Err(VerifyError::Forged)),
        (signed(sign("qianbao/code/1"), &body), Err(VerifyError::Forged)),
        (signed("short".to_owned(), &body), Err(VerifyError::Forged)),
    ];
    for (signed, expected) in cases {
        let client = client.clone();
        assert_eq!(stage.world.run(async move { client.verify_receipt(&signed).await }), expected);
    }
}

#[test]
fn a_receipt_whose_key_is_not_there_is_unchecked_and_a_forged_one_is_not() {
    let (stage, client, key) = shopping(None);
    let body = serde_json::to_string(&receipt(stage.world.now())).expect("receipts can be printed");
    let signature = data_encoding::BASE64URL_NOPAD.encode(&key.sign(&format!("qianbao/receipt/1\n{body}")));
    let verify = |key: &str, body: &str| {
        let signed = SignedReceipt { body: body.to_owned(), key: key.to_owned(), signature: signature.clone() };
        let client = client.clone();
        stage.world.run(async move { client.verify_receipt(&signed).await }).map(drop)
    };
    stage.network.is_cut.set(true);
    let unreached = verify("01020304", &body);
    assert_eq!(unreached, Err(VerifyError::KeysUnreached(ClientError::Offline)));
    stage.network.is_cut.set(false);
    let unknown = verify("09090909", &body);
    assert_eq!(unknown, Err(VerifyError::UnknownKey("09090909".to_owned())));
    for unchecked in [unreached, unknown, Err(VerifyError::Unsupported)] {
        assert!(unchecked.is_err_and(|error| error.is_unchecked()));
    }
    assert_eq!(verify("01020304", &body), Ok(()), "it is checked once the keys are there");
    let forged = verify("01020304", &body.replace("1800", "1801"));
    assert!(forged.is_err_and(|error| !error.is_unchecked()));
}

#[test]
fn nothing_is_confirmed_out_of_a_frozen_wallet() {
    let (stage, client, key) = shopping(None);
    for amount in [Some(cny(1_800)), None] {
        stage.server.preview.replace(Some(Preview { is_frozen: true, ..preview(amount) }));
        let text =
            if amount.is_some() { sealed(&order(in_an_hour(&stage)), &key) } else { sealed(&static_code(), &key) };
        let sheet = look(&stage, &client, &text).expect("a genuine code");
        assert_eq!(client.obstacle(&sheet), Some(Obstacle::Frozen), "also before an amount is typed");
        assert_eq!(Obstacle::Frozen.code(), ProblemCode::WalletBlocked);
        assert_eq!(confirm(&stage, &client, &sheet), Err(ConfirmError::Obstacle(Obstacle::Frozen)));
    }
    assert_eq!(stage.network.sends(), 0);
}

#[test]
fn after_a_recovery_less_is_confirmed_until_the_limits_are_back() {
    let until = Timestamp(1_790_000_000_000_000);
    let lowered = |payment_max, day_left, until| {
        Some(LoweredLimits { until, payment_max: cny(payment_max), day_max: cny(9_000), day_left: cny(day_left) })
    };
    let (stage, client, key) = shopping(None);
    let later = Timestamp(stage.world.now().0.max(until.0) + 1_000_000_000_000);
    for (limits, expected) in [
        (lowered(1_799, 9_000, later), Some(Obstacle::Lowered { at_most: cny(1_799), until: later })),
        (lowered(5_000, 1_700, later), Some(Obstacle::Lowered { at_most: cny(1_700), until: later })),
        (lowered(1_800, 1_800, later), None),
        (lowered(1_799, 0, Timestamp(1)), None),
    ] {
        stage.server.preview.replace(Some(Preview { lowered: limits.clone(), ..preview(Some(cny(1_800))) }));
        let sheet = look(&stage, &client, &sealed(&order(in_an_hour(&stage)), &key)).expect("a genuine code");
        assert_eq!(client.obstacle(&sheet), expected, "{limits:?}");
    }
    assert_eq!(Obstacle::Lowered { at_most: cny(1), until }.code(), ProblemCode::LimitsLowered);
}
