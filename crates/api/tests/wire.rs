//! A snapshot of each type on the wire. A changed snapshot is a changed contract: say so in CHANGELOG.md.
//!
//! Each example is also read back and compared, so that what one side writes the other side understands.

mod samples;

use qianbao_api::approvals::{
    ApprovalNeed, Approve, Approved, ApprovedAct, FreeLimit, Needed, NewPin, PaymentSettings, PinState, Reason,
    RefundPreview, RefundedThing,
};
use qianbao_api::identity::{
    Confirmation, DeviceChange, DeviceHost, DeviceView, Factors, KeyShare, Locale, NewPassword, Newcomer, OneTimeCode,
    OneTimeCodes, PasskeyChange, PasskeyView, PersonChange, PersonView, SessionView, SignIn, SignUp,
};
use qianbao_api::keys::{CreateLink, KeySet, LinkView, PublicKey};
use qianbao_api::merchants::{OpenShop, StaticCodeView, TodayView};
use qianbao_api::orders::{CreateOrder, CreateRefund, EditOrder, RefundView};
use qianbao_api::passkeys::{
    Assertion, AssertionResponse, Attestation, CreationOptions, KeyKind, KnownPasskey, PasskeyUser, Registration,
    RelyingParty, RequestOptions, Selection,
};
use qianbao_api::payments::{
    CreatePaymentRefund, LoweredLimits, PaidView, PayRequest, PayeeView, PaymentStatus, PaymentView, Preview,
    PreviewRequest, Receipt, SignedReceipt, Target,
};
use qianbao_api::recovery::{
    FinishRecovery, RecoveryCodes, RecoveryNotice, RecoveryState, RecoveryView, StartRecovery,
};
use qianbao_api::sync::{Changed, Document, DocumentBody, SyncPage};
use qianbao_api::topups::CreateTopup;
use qianbao_api::{Page, Problem, ProblemCode};
use qianbao_core::Currency;
use serde::Serialize;
use serde::de::DeserializeOwned;

use samples::{NOON, cny, entry, id, line, order, person, shop, summary, topup, wallet};

/// The JSON of a value, after checking that it reads back as the same JSON.
fn wire<T: Serialize + DeserializeOwned>(value: &T) -> serde_json::Value {
    let json = serde_json::to_value(value).expect("wire types serialise");
    let again: T = serde_json::from_value(json.clone()).expect("what was written can be read");
    assert_eq!(serde_json::to_value(&again).expect("wire types serialise"), json);
    json
}

#[test]
fn identity() {
    insta::assert_json_snapshot!(
        "sign_up",
        wire(&SignUp {
            handle: "ming".into(),
            display_name: "小明".into(),
            legal_name: "李明".into(),
            password: Some("a long pass phrase".into()),
            passkey: None,
            locale: Locale::En,
        })
    );
    insta::assert_json_snapshot!(
        "sign_in",
        wire(&SignIn {
            handle: "ming".into(),
            password: "a long pass phrase".into(),
            one_time_code: Some("287082".into())
        })
    );
    insta::assert_json_snapshot!(
        "session",
        wire(&SessionView { id: id(6), person: person(), expires_at: NOON.plus_seconds(43_200), server_time: NOON })
    );
    insta::assert_json_snapshot!(
        "device",
        wire(&DeviceView {
            id: id(8),
            host: DeviceHost::Wallet,
            browser: "Firefox".into(),
            system: "Linux".into(),
            name: Some("老电脑".into()),
            created_at: NOON,
            seen_at: NOON.plus_seconds(60),
            is_signed_in: true,
            is_current: false,
        })
    );
    insta::assert_json_snapshot!("device_change", wire(&DeviceChange { name: "老电脑".into() }));
    insta::assert_json_snapshot!("person_change", wire(&PersonChange { display_name: None, locale: Some(Locale::En) }));
}

#[test]
fn passkeys() {
    let known = KnownPasskey { kind: "public-key".into(), id: "AAEC".into(), transports: vec!["internal".into()] };
    insta::assert_json_snapshot!(
        "newcomer",
        wire(&Newcomer {
            handle: "ming".into(),
            display_name: "小明".into(),
            legal_name: "李明".into(),
            locale: Locale::Zh,
        })
    );
    insta::assert_json_snapshot!(
        "creation_options",
        wire(&CreationOptions {
            rp: RelyingParty { id: "wallet.example.org".into(), name: "Qianbao 钱包".into() },
            user: PasskeyUser { id: "cGVy".into(), name: "ming".into(), display_name: "小明".into() },
            challenge: "AAEC".into(),
            pub_key_cred_params: vec![KeyKind { kind: "public-key".into(), alg: -7 }],
            timeout: 300_000,
            exclude_credentials: vec![known.clone()],
            authenticator_selection: Selection {
                resident_key: "required".into(),
                require_resident_key: true,
                user_verification: "required".into(),
            },
            attestation: "none".into(),
        })
    );
    insta::assert_json_snapshot!(
        "request_options",
        wire(&RequestOptions {
            challenge: "AAEC".into(),
            timeout: 300_000,
            rp_id: "wallet.example.org".into(),
            allow_credentials: vec![known],
            user_verification: "required".into(),
        })
    );
}

#[test]
fn answers_and_factors() {
    let registration = Registration {
        id: "AAEC".into(),
        response: Attestation {
            client_data_json: "AAEC".into(),
            attestation_object: "AAEC".into(),
            transports: vec!["hybrid".into()],
        },
    };
    insta::assert_json_snapshot!("registration", wire(&registration));
    let assertion = Assertion {
        id: "AAEC".into(),
        response: AssertionResponse {
            client_data_json: "AAEC".into(),
            authenticator_data: "AAEC".into(),
            signature: "AAEC".into(),
            user_handle: Some("cGVy".into()),
        },
    };
    insta::assert_json_snapshot!("assertion", wire(&assertion));
    insta::assert_json_snapshot!(
        "confirmation",
        wire(&Confirmation { password: None, one_time_code: None, passkey: Some(assertion) })
    );
    insta::assert_json_snapshot!("new_password", wire(&NewPassword { password: "a long pass phrase".into() }));
    let passkey = PasskeyView {
        id: id(9),
        host: DeviceHost::Wallet,
        browser: "Firefox".into(),
        system: "Linux".into(),
        name: None,
        is_synced: true,
        created_at: NOON,
        used_at: Some(NOON.plus_seconds(60)),
    };
    let factors = Factors {
        password_set_at: Some(NOON),
        one_time_codes_since: Some(NOON),
        recovery_codes_made_at: Some(NOON),
        recovery_codes_left: 9,
        passkeys: vec![passkey],
    };
    insta::assert_json_snapshot!("factors", wire(&factors));
    let codes = OneTimeCodes {
        secret: "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ".into(),
        uri: "otpauth://totp/Qianbao:ming?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Qianbao".into(),
    };
    insta::assert_json_snapshot!("one_time_codes", wire(&codes));
    let share = KeyShare { share: "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8".into() };
    insta::assert_json_snapshot!("key_share", wire(&share));
    insta::assert_json_snapshot!("one_time_code", wire(&OneTimeCode { code: "287082".into() }));
    insta::assert_json_snapshot!("passkey_change", wire(&PasskeyChange { name: "钥匙".into() }));
}

#[test]
fn recovery() {
    let notice = RecoveryNotice {
        started_at: NOON,
        ready_at: NOON.plus_seconds(86_400),
        closes_at: NOON.plus_seconds(8 * 86_400),
        browser: "Firefox".into(),
        system: "Linux".into(),
    };
    let told = PersonView { recovery: Some(notice), limits_lowered_until: Some(NOON), ..person() };
    insta::assert_json_snapshot!("person_told", wire(&told));
    let codes = vec!["000001-000002-000003-000004-000005".to_owned()];
    insta::assert_json_snapshot!("recovery_codes", wire(&RecoveryCodes { codes }));
    let code = "000001-000002-000003-000004-000005".to_owned();
    insta::assert_json_snapshot!("start_recovery", wire(&StartRecovery { handle: "ming".into(), code }));
    let view = RecoveryView {
        state: RecoveryState::Waiting,
        started_at: NOON,
        ready_at: NOON.plus_seconds(86_400),
        closes_at: NOON.plus_seconds(8 * 86_400),
        has_one_time_codes: false,
        server_time: NOON,
    };
    insta::assert_json_snapshot!("recovery", wire(&view));
    let password = Some("a long pass phrase".to_owned());
    let finish = FinishRecovery { password, passkey: None, ends_one_time_codes: true };
    insta::assert_json_snapshot!("finish_recovery", wire(&finish));
}

#[test]
fn targets() {
    insta::assert_json_snapshot!(
        "targets",
        wire(&vec![
            Target::Order { order: id(3), version: 1 },
            Target::ShopCode { link: id(7) },
            Target::PersonLink { link: id(7) },
            Target::Person { handle: "lan".into() },
        ])
    );
}

#[test]
fn payments() {
    insta::assert_json_snapshot!(
        "preview_request",
        wire(&PreviewRequest { target: Target::Person { handle: "lan".into() }, amount: Some(cny(100)) })
    );
    insta::assert_json_snapshot!(
        "preview",
        wire(&Preview {
            payee: PayeeView::Shop(shop()),
            amount: Some(cny(1800)),
            amount_fixed: true,
            fee: cny(0),
            currency: Currency::CNY,
            amount_max: cny(5_000_000),
            order: Some(summary()),
            note: None,
            available: cny(1_249_836),
            is_frozen: false,
            lowered: Some(LoweredLimits {
                until: NOON.plus_seconds(72 * 3_600),
                payment_max: cny(50_000),
                day_max: cny(100_000),
                day_left: cny(98_200),
            }),
            expires_at: Some(NOON.plus_seconds(900)),
            approval: Some(need()),
            server_time: NOON,
        })
    );
    insta::assert_json_snapshot!(
        "pay_request",
        wire(&PayRequest {
            id: id(4),
            target: Target::Order { order: id(3), version: 1 },
            amount: cny(1800),
            fee: cny(0),
            note: None,
            not_after: NOON.plus_seconds(60),
            intent: "00".repeat(32),
            approval: Some("AQEA".into()),
        })
    );
    insta::assert_json_snapshot!(
        "payment",
        wire(&PaymentView {
            id: id(4),
            status: PaymentStatus::Paid,
            reason: None,
            unknown_until: None,
            paid: Some(PaidView {
                sequence: 120,
                committed_at: NOON,
                payee: PayeeView::Bank { name: "Sandbox Bank".into(), last4: Some("1207".into()) },
                amount: cny(1800),
                fee: cny(0),
                note: Some("谢谢".into()),
                order: Some(summary()),
                refunded: cny(0),
            }),
            server_time: NOON,
        })
    );
    for (name, status, reason, until) in [
        ("payment_refused", PaymentStatus::Refused, Some(ProblemCode::InsufficientFunds), None),
        ("payment_not_paid", PaymentStatus::NotPaid, None, None),
        ("payment_unknown", PaymentStatus::Unknown, None, Some(NOON)),
    ] {
        let view = PaymentView { id: id(4), status, reason, unknown_until: until, paid: None, server_time: NOON };
        insta::assert_json_snapshot!(name, wire(&view));
    }
}

#[test]
fn receipts() {
    insta::assert_json_snapshot!(
        "signed_receipt",
        wire(&SignedReceipt { body: "{}".into(), key: "0a1b2c3d".into(), signature: "c2lnbmF0dXJl".into() })
    );
    insta::assert_json_snapshot!(
        "receipt",
        wire(&Receipt {
            payment: id(4),
            sequence: 120,
            committed_at: NOON,
            payer: "*明".into(),
            payer_id: id(7),
            payee: "云山茶铺".into(),
            payee_id: None,
            shop: Some(id(1)),
            order: Some(summary()),
            amount: cny(1800),
            fee: cny(0),
            note: Some("谢谢".into()),
            intent: "00".repeat(32),
            approved_until: Some(NOON),
        })
    );
}

#[test]
fn shops_and_orders() {
    insta::assert_json_snapshot!(
        "open_shop",
        wire(&OpenShop {
            name_zh: "云山茶铺".into(),
            name_en: "Yunshan Tea".into(),
            category: "5812".into(),
            city: "Hangzhou".into(),
            currency: Currency::CNY,
        })
    );
    insta::assert_json_snapshot!(
        "static_code",
        wire(&StaticCodeView { link: id(7), payload: "000201".into(), created_at: NOON })
    );
    insta::assert_json_snapshot!(
        "today",
        wire(&TodayView {
            taken: cny(128_450),
            count: 42,
            refunded: cny(1280),
            refund_count: 1,
            by_hour: vec![cny(0); 24],
            available: cny(127_000),
            sequence: 120,
        })
    );
    insta::assert_json_snapshot!(
        "create_order",
        wire(&CreateOrder {
            id: id(3),
            amount: cny(1800),
            lines: vec![line()],
            description: String::new(),
            expires_in_s: 900,
        })
    );
    insta::assert_json_snapshot!(
        "edit_order",
        wire(&EditOrder { version: 1, amount: cny(900), lines: vec![], description: "一杯".into() })
    );
    insta::assert_json_snapshot!("order", wire(&Page { data: vec![order()], has_more: false }));
    insta::assert_json_snapshot!(
        "create_refund",
        wire(&CreateRefund { id: id(8), amount: cny(1800), reason: "退货".into(), approval: None })
    );
    insta::assert_json_snapshot!(
        "create_payment_refund",
        wire(&CreatePaymentRefund {
            id: id(8),
            payer: id(2),
            amount: cny(1800),
            reason: "退货".into(),
            approval: None
        })
    );
    insta::assert_json_snapshot!(
        "refund",
        wire(&RefundView { id: id(8), payment: id(4), amount: cny(1800), sequence: 121, committed_at: NOON })
    );
}

#[test]
fn money_in_and_records() {
    insta::assert_json_snapshot!("create_topup", wire(&CreateTopup { id: id(5), amount: cny(50_000) }));
    insta::assert_json_snapshot!("topup", wire(&topup()));
    insta::assert_json_snapshot!("wallet", wire(&wallet()));
    insta::assert_json_snapshot!("entry", wire(&entry()));
}

#[test]
fn sync() {
    let document = |id: &str, body| Document { id: id.into(), body };
    insta::assert_json_snapshot!(
        "sync_page",
        wire(&SyncPage {
            reset: false,
            entries: vec![entry()],
            documents: vec![
                document("per", DocumentBody::Person(person())),
                document("CNY", DocumentBody::Wallet(wallet())),
                document("top", DocumentBody::Topup(topup())),
                document("shp", DocumentBody::Shop(shop())),
                document("ord", DocumentBody::Order(order())),
                document("old", DocumentBody::Gone),
            ],
            next: "opaque".into(),
            more: false,
            server_time: NOON,
        })
    );
    insta::assert_json_snapshot!("changed", wire(&Changed { sequence: 120 }));
}

#[test]
fn keys_and_links() {
    insta::assert_json_snapshot!(
        "keys",
        wire(&KeySet {
            keys: vec![PublicKey {
                id: "0a1b2c3d".into(),
                algorithm: "Ed25519".into(),
                public: "cHVibGlj".into(),
                created_at: NOON,
            }],
        })
    );
    insta::assert_json_snapshot!("create_link", wire(&CreateLink { amount: Some(cny(100)), note: None }));
    insta::assert_json_snapshot!(
        "link",
        wire(&LinkView {
            link: id(7),
            url: "https://wallet.example.org/#/p/lnk".into(),
            amount: None,
            note: Some("午饭".into()),
            expires_at: None,
        })
    );
}

#[test]
fn problems() {
    insta::assert_json_snapshot!(
        "problem",
        wire(&Problem {
            kind: "https://example.org/problems/order_invalid".into(),
            title: "The order cannot be used".into(),
            status: 422,
            detail: "expected a quantity of 1–9999, found 0".into(),
            code: ProblemCode::OrderInvalid,
            param: Some("lines[2].quantity".into()),
            request_id: "req_1".into(),
            unknown_until: None,
            tries_left: Some(4),
        })
    );
}

#[test]
fn unknown_fields_in_requests_are_refused() {
    let extra = |mut json: serde_json::Value| {
        json["surprise"] = 1.into();
        json
    };
    let link = wire(&CreateLink { amount: None, note: None });
    assert!(serde_json::from_value::<CreateLink>(extra(link)).is_err());
    let order = wire(&EditOrder { version: 1, amount: cny(1), lines: vec![], description: String::new() });
    assert!(serde_json::from_value::<EditOrder>(extra(order)).is_err());
    let target = wire(&Target::Person { handle: "lan".into() });
    assert!(serde_json::from_value::<Target>(extra(target)).is_err());
}

fn need() -> ApprovalNeed {
    ApprovalNeed {
        needed: Needed::PinOrPasskey,
        reasons: vec![Reason::AboveFreeLimit, Reason::NewPayee],
        pin: PinState::Ready,
        pin_tries_left: 5,
        passkeys: Vec::new(),
        rp_id: "wallet.example.org".into(),
    }
}

#[test]
fn approvals() {
    let target = Target::Person { handle: "lan".into() };
    let act = ApprovedAct::Payment { id: id(4), target, amount: cny(1800), fee: cny(0), not_after: NOON };
    insta::assert_json_snapshot!("approve_payment", wire(&Approve { act, pin: Some("290417".into()), passkey: None }));
    for (name, of) in [
        ("approve_refund_of_order", RefundedThing::Order { order: id(3) }),
        ("approve_refund_of_payment", RefundedThing::Payment { payer: id(2), payment: id(4) }),
    ] {
        let act = ApprovedAct::Refund { id: id(8), of, amount: cny(1800), not_after: NOON };
        insta::assert_json_snapshot!(name, wire(&Approve { act, pin: None, passkey: None }));
    }
    insta::assert_json_snapshot!("approved", wire(&Approved { approval: "AQEA".into(), expires_at: NOON }));
    insta::assert_json_snapshot!("approval_need", wire(&need()));
    insta::assert_json_snapshot!("refund_preview", wire(&RefundPreview { amount: cny(1800) }));
    insta::assert_json_snapshot!("new_pin", wire(&NewPin { pin: "290417".into() }));
    insta::assert_json_snapshot!("free_limit", wire(&FreeLimit { limit: cny(20_000) }));
    insta::assert_json_snapshot!(
        "payment_settings",
        wire(&PaymentSettings {
            pin: PinState::Locked,
            pin_set_at: Some(NOON),
            free_limit: cny(0),
            free_limit_max: cny(100_000),
            free_count_max: 10,
            passkey_above: cny(500_000),
        })
    );
}
