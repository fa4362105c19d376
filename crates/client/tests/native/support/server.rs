//! A server that keeps money: the contract of the routes the client's logic rests on, nothing more.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};

use qianbao_api::activity::{Entry, EntryKind};
use qianbao_api::approvals::{Approve, Approved};
use qianbao_api::identity::{KeyShare, Locale, PersonView, SessionView, SignIn};
use qianbao_api::keys::{KeySet, PublicKey};
use qianbao_api::orders::{CreateRefund, RefundView};
use qianbao_api::payments::{
    CreatePaymentRefund, PaidView, PayRequest, PayeeView, PaymentStatus, PaymentView, Preview, SignedReceipt, Target,
};
use qianbao_api::recovery::{RecoveryState, RecoveryView};
use qianbao_api::sync::{Document, DocumentBody, SyncPage};
use qianbao_api::wallets::WalletView;
use qianbao_api::{Problem, ProblemCode};
use qianbao_client::transport::{Answer, Method, Request};
use qianbao_core::Timestamp;
use qianbao_core::encoding::base64url;
use qianbao_core::id::{Id, OrderId, PaymentId, PersonId};
use qianbao_core::text::has_card_number;
use serde::Serialize;

use super::cny;

/// Rows a page at most, small so that tests see many pages.
pub const PAGE_ROWS: usize = 20;

/// What the server asks of passkeys; the client passes it on as it is.
pub const OPTIONS: &str = r#"{"challenge":"AAEC","member":[1,{"of":"nobody"}]}"#;

/// What the server knows of one person's wallet.
#[derive(Default)]
pub struct Wallet {
    pub balance: i64,
    pub entries: Vec<Entry>,
}

pub struct Server {
    pub wallets: RefCell<BTreeMap<String, Wallet>>,
    pub payments: RefCell<BTreeMap<String, (String, PaymentView)>>,
    pub refunds: RefCell<BTreeMap<String, (String, RefundView)>>,
    /// Orders whose claim a payment has.
    pub orders_paid: RefCell<BTreeSet<OrderId>>,
    pub epoch: Cell<u32>,
    pub signed_in: RefCell<Option<String>>,
    /// The person has ended this device.
    pub is_ended: Cell<bool>,
    pub log: RefCell<Vec<String>>,
    /// The shares of the device's key, by person.
    pub shares: RefCell<BTreeMap<String, u8>>,
    shares_made: Cell<u8>,
    /// Whose the device's passkey is.
    pub passkey_of: RefCell<Option<String>>,
    /// The next page of changes is refused, as if it were asked with the cookie of a session that is over.
    pub refuses_sync: Cell<bool>,
    /// What came with passkeys.
    pub bodies: RefCell<Vec<String>>,
    pub keys: RefCell<Vec<PublicKey>>,
    /// The receipt that is given out, whatever payment is asked for.
    pub receipt: RefCell<Option<SignedReceipt>>,
    /// What every preview says.
    pub preview: RefCell<Option<Preview>>,
    /// The recovery of this browser's ticket.
    pub recovery: RefCell<Option<RecoveryView>>,
    /// Brings each page twice over and backwards.
    pub is_sloppy: Cell<bool>,
    sequence: Cell<u64>,
}

fn number_of(handle: &str) -> u8 {
    handle.bytes().fold(0, u8::wrapping_add)
}

pub fn person(handle: &str) -> PersonView {
    PersonView {
        id: PersonId::from_parts(1, [number_of(handle); 10]),
        handle: handle.to_owned(),
        display_name: handle.to_owned(),
        legal_name_masked: "*明".to_owned(),
        locale: Locale::Zh,
        created_at: Timestamp(1),
        recovery: None,
        limits_lowered_until: None,
    }
}

fn payee() -> PayeeView {
    PayeeView::Person {
        id: person("lan").id,
        handle: "lan".to_owned(),
        display_name: "岚".to_owned(),
        legal_name_masked: "*岚".to_owned(),
    }
}

impl Server {
    pub fn new(balance: i64) -> Self {
        let wallet = || Wallet { balance, entries: Vec::new() };
        Self {
            wallets: RefCell::new(BTreeMap::from([("ming".to_owned(), wallet()), ("chen".to_owned(), wallet())])),
            payments: RefCell::default(),
            refunds: RefCell::default(),
            orders_paid: RefCell::default(),
            epoch: Cell::new(1),
            signed_in: RefCell::default(),
            is_ended: Cell::default(),
            log: RefCell::default(),
            shares: RefCell::default(),
            shares_made: Cell::default(),
            passkey_of: RefCell::new(Some("ming".to_owned())),
            refuses_sync: Cell::default(),
            bodies: RefCell::default(),
            keys: RefCell::default(),
            receipt: RefCell::default(),
            preview: RefCell::default(),
            recovery: RefCell::default(),
            is_sloppy: Cell::new(false),
            sequence: Cell::new(0),
        }
    }

    pub fn balance(&self, handle: &str) -> i64 {
        self.wallets.borrow()[handle].balance
    }

    /// Moves `minor` in or out of `handle`'s wallet.
    pub fn book(&self, handle: &str, minor: i64, at: Timestamp) -> u64 {
        let sequence = self.sequence.get() + 1;
        self.sequence.set(sequence);
        let mut wallets = self.wallets.borrow_mut();
        let wallet = wallets.get_mut(handle).expect("a known wallet");
        wallet.balance += minor;
        wallet.entries.push(Entry {
            id: format!("{sequence}-0"),
            sequence,
            at,
            kind: EntryKind::Transfer,
            amount: cny(minor),
            balance_after: cny(wallet.balance),
            counterparty: payee(),
            note: None,
            payment: None,
            refund: None,
            order: None,
            topup: None,
        });
        sequence
    }

    /// Says of the newest entry which payment it is, and of which order.
    fn name(&self, handle: &str, payment: PaymentId, order: Option<OrderId>) {
        let mut wallets = self.wallets.borrow_mut();
        let entry = wallets.get_mut(handle).and_then(|wallet| wallet.entries.last_mut()).expect("a booked entry");
        entry.payment = Some(payment);
        entry.order = order;
        entry.kind = if order.is_some() { EntryKind::Payment } else { EntryKind::Transfer };
    }

    pub fn count(&self, part: &str) -> usize {
        self.log.borrow().iter().filter(|line| line.contains(part)).count()
    }

    pub fn handle(&self, request: &Request, now: Timestamp) -> Answer {
        self.log.borrow_mut().push(format!("{:?} {}", request.method, request.path));
        let (path, query) = request.path.split_once('?').unwrap_or((&request.path, ""));
        let body = request.body.as_deref().unwrap_or_default();
        match (request.method, path) {
            (Method::Post, "/v1/session") => self.sign_in(body, now),
            (
                Method::Post,
                "/v1/people/passkey-options" | "/v1/session/passkey-options" | "/v1/recovery/passkey-options",
            ) => answer(200, OPTIONS),
            (Method::Post, "/v1/people" | "/v1/session/passkey") => self.enter_by_passkey(body, now),
            (Method::Delete, "/v1/session") => {
                if let Some(handle) = self.signed_in.replace(None) {
                    self.shares.borrow_mut().remove(&handle);
                }
                answer(204, "")
            }
            (Method::Get, "/v1/recovery") => match &*self.recovery.borrow() {
                Some(recovery) => json(recovery),
                None => problem(404, ProblemCode::NotFound),
            },
            (Method::Post, "/v1/recovery/finish") => self.come_back(body, now),
            _ if self.is_ended.get() => problem(401, ProblemCode::DeviceEnded),
            _ => {
                let Some(handle) = self.signed_in.borrow().clone() else {
                    return problem(401, ProblemCode::SignInRequired);
                };
                self.handle_signed_in(&handle, request.method, path, query, body, now)
            }
        }
    }

    /// The PIN is 290417, and every passkey is believed.
    fn approve(&self, body: &str, now: Timestamp) -> Answer {
        self.bodies.borrow_mut().push(body.to_owned());
        let request: Approve = serde_json::from_str(body).expect("an approval");
        if request.pin.is_some_and(|pin| pin != "290417") {
            return problem(403, ProblemCode::PinWrong);
        }
        json(&Approved { approval: "sealed".to_owned(), expires_at: now.plus_seconds(120) })
    }

    fn handle_signed_in(
        &self,
        handle: &str,
        method: Method,
        path: &str,
        query: &str,
        body: &str,
        now: Timestamp,
    ) -> Answer {
        match (method, path) {
            (Method::Get, "/v1/session") => Self::session(handle, now),
            (Method::Delete, "/v1/recovery") => {
                self.recovery.take();
                answer(204, "")
            }
            (Method::Get, "/v1/session/key-share") => json(&KeyShare { share: base64url(&[self.share(handle); 32]) }),
            (Method::Post, "/v1/session/confirmation-options" | "/v1/passkeys/options") => answer(200, OPTIONS),
            (Method::Post, "/v1/session/confirmation") => {
                self.bodies.borrow_mut().push(body.to_owned());
                Self::session(handle, now)
            }
            (Method::Get, "/v1/sync") if self.refuses_sync.take() => problem(401, ProblemCode::SignInRequired),
            (Method::Get, "/v1/sync") => self.sync(handle, query, now),
            (Method::Get, "/.well-known/qianbao-keys") => json(&KeySet { keys: self.keys.borrow().clone() }),
            (Method::Post, "/v1/approvals") => self.approve(body, now),
            (Method::Post, "/v1/payments/preview") => match &*self.preview.borrow() {
                Some(preview) => json(&Preview { server_time: now, ..preview.clone() }),
                None => problem(404, ProblemCode::PayeeNotFound),
            },
            (Method::Post, "/v1/payments") => self.pay(handle, body, now),
            (Method::Post, path) if path.ends_with("/refunds") => self.refund(handle, path, body, now),
            (Method::Get, path) if path.ends_with("/receipt") => match &*self.receipt.borrow() {
                Some(receipt) => json(receipt),
                None => problem(404, ProblemCode::NotFound),
            },
            (Method::Get, path) => match path.strip_prefix("/v1/payments/") {
                Some(id) => self.status(id, query, now),
                None => problem(404, ProblemCode::NotFound),
            },
            _ => problem(405, ProblemCode::MethodNotAllowed),
        }
    }

    fn sign_in(&self, body: &str, now: Timestamp) -> Answer {
        let request: SignIn = serde_json::from_str(body).expect("a sign-in");
        if !self.wallets.borrow().contains_key(&request.handle) {
            return problem(401, ProblemCode::SignInFailed);
        }
        self.signed_in.replace(Some(request.handle.clone()));
        Self::session(&request.handle, now)
    }

    fn share(&self, handle: &str) -> u8 {
        *self.shares.borrow_mut().entry(handle.to_owned()).or_insert_with(|| {
            self.shares_made.set(self.shares_made.get() + 1);
            self.shares_made.get()
        })
    }

    /// The passkey's person signs in, or is made.
    fn enter_by_passkey(&self, body: &str, now: Timestamp) -> Answer {
        self.bodies.borrow_mut().push(body.to_owned());
        let Some(handle) = self.passkey_of.borrow().clone() else { return problem(401, ProblemCode::PasskeyUnknown) };
        self.signed_in.replace(Some(handle.clone()));
        Self::session(&handle, now)
    }

    /// Who has a ticket comes in.
    fn come_back(&self, body: &str, now: Timestamp) -> Answer {
        self.bodies.borrow_mut().push(body.to_owned());
        match self.recovery.take().map(|recovery| recovery.state) {
            None => problem(404, ProblemCode::NotFound),
            Some(RecoveryState::Ready) => {
                self.signed_in.replace(Some("ming".to_owned()));
                Self::session("ming", now)
            }
            Some(_) => problem(410, ProblemCode::RecoveryOver),
        }
    }

    fn session(handle: &str, now: Timestamp) -> Answer {
        json(&SessionView {
            id: Id::from_parts(1, [1; 10]),
            person: person(handle),
            expires_at: now.plus_seconds(43_200),
            server_time: now,
        })
    }

    fn pay(&self, handle: &str, body: &str, now: Timestamp) -> Answer {
        let request: PayRequest = serde_json::from_str(body).expect("a payment");
        let id = request.id.to_string();
        if let Some((first, view)) = self.payments.borrow().get(&id) {
            if first != body {
                return problem(409, ProblemCode::IdReused);
            }
            return json(&PaymentView { server_time: now, ..view.clone() });
        }
        if now > request.not_after {
            return problem(409, ProblemCode::PaymentExpired);
        }
        if request.not_after > now.plus_seconds(600) {
            return problem(400, ProblemCode::NotAfterInvalid);
        }
        let mut view = PaymentView {
            id: request.id,
            status: PaymentStatus::Refused,
            reason: Some(ProblemCode::InsufficientFunds),
            unknown_until: None,
            paid: None,
            server_time: now,
        };
        let order = match request.target {
            Target::Order { order, .. } => Some(order),
            _ => None,
        };
        if order.is_some_and(|order| self.orders_paid.borrow().contains(&order)) {
            view.reason = Some(ProblemCode::OrderPaid);
        } else if request.amount.minor <= self.balance(handle) {
            self.orders_paid.borrow_mut().extend(order);
            let sequence = self.book(handle, -request.amount.minor, now);
            self.name(handle, request.id, order);
            view.status = PaymentStatus::Paid;
            view.reason = None;
            view.paid = Some(PaidView {
                sequence,
                committed_at: now,
                payee: payee(),
                amount: request.amount,
                fee: request.fee,
                note: request.note,
                order: None,
                refunded: cny(0),
            });
        }
        self.payments.borrow_mut().insert(id, (body.to_owned(), view.clone()));
        json(&view)
    }

    fn status(&self, id: &str, query: &str, now: Timestamp) -> Answer {
        if let Some((_, view)) = self.payments.borrow().get(id) {
            return json(&PaymentView { server_time: now, ..view.clone() });
        }
        let not_after = value(query, "not_after").and_then(|text| text.parse().ok()).map(Timestamp);
        let is_over = not_after.is_some_and(|not_after| now > not_after);
        json(&PaymentView {
            id: id.parse().expect("a payment id"),
            status: if is_over { PaymentStatus::NotPaid } else { PaymentStatus::Unknown },
            reason: None,
            unknown_until: not_after.filter(|_| !is_over),
            paid: None,
            server_time: now,
        })
    }

    fn refund(&self, handle: &str, path: &str, body: &str, now: Timestamp) -> Answer {
        let (refund, amount, reason) = if path.starts_with("/v1/orders/") {
            let request: CreateRefund = serde_json::from_str(body).expect("a refund of an order");
            (request.id, request.amount, request.reason)
        } else {
            let request: CreatePaymentRefund = serde_json::from_str(body).expect("a refund of a payment");
            (request.id, request.amount, request.reason)
        };
        if has_card_number(&reason) {
            return problem(422, ProblemCode::CardNumberInText);
        }
        let id = refund.to_string();
        if let Some((first, view)) = self.refunds.borrow().get(&id) {
            return if first == body { json(view) } else { problem(409, ProblemCode::IdReused) };
        }
        if !self.refunds.borrow().is_empty() {
            return problem(409, ProblemCode::RefundExceeds);
        }
        let sequence = self.book(handle, -amount.minor, now);
        let view = RefundView { id: refund, payment: Id::from_parts(1, [9; 10]), amount, sequence, committed_at: now };
        self.refunds.borrow_mut().insert(id, (body.to_owned(), view.clone()));
        json(&view)
    }

    fn sync(&self, handle: &str, query: &str, now: Timestamp) -> Answer {
        let epoch = self.epoch.get();
        let after = value(query, "after").map(|token| token.replace("%3A", ":"));
        let known = after.as_deref().and_then(|token| token.split_once(':'));
        let (reset, from) = match known {
            Some((token_epoch, count)) if token_epoch == epoch.to_string() => (false, count.parse().expect("a count")),
            Some(_) => (true, 0),
            None => (false, 0),
        };
        let wallets = self.wallets.borrow();
        let wallet = &wallets[handle];
        let until = wallet.entries.len().min(from + PAGE_ROWS);
        let mut entries = wallet.entries[from..until].to_vec();
        if self.is_sloppy.get() {
            let again = wallet.entries[from.saturating_sub(3)..until].to_vec();
            entries.extend(again);
            entries.reverse();
        }
        let balance = WalletView {
            available: cny(wallet.balance),
            reserved: cny(0),
            is_frozen: false,
            sequence: self.sequence.get(),
        };
        json(&SyncPage {
            reset,
            entries,
            documents: vec![Document { id: "CNY".to_owned(), body: DocumentBody::Wallet(balance) }],
            next: format!("{epoch}:{until}"),
            more: until < wallet.entries.len(),
            server_time: now,
        })
    }
}

fn value<'a>(query: &'a str, name: &str) -> Option<&'a str> {
    query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
}

fn json<T: Serialize>(value: &T) -> Answer {
    answer(200, &serde_json::to_string(value).expect("views can be printed"))
}

fn answer(status: u16, body: &str) -> Answer {
    Answer { status, is_problem: false, request_id: "req_1".to_owned(), date: None, body: body.to_owned() }
}

/// A problem as the server words it.
pub fn problem(status: u16, code: ProblemCode) -> Answer {
    let problem = Problem {
        kind: "about:blank".to_owned(),
        title: String::new(),
        status,
        detail: String::new(),
        code,
        param: None,
        request_id: "req_1".to_owned(),
        unknown_until: None,
        tries_left: None,
    };
    let body = serde_json::to_string(&problem).expect("problems can be printed");
    Answer { is_problem: true, ..answer(status, &body) }
}
