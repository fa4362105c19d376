//! The small world of the tests: people with wallets, a bank, a budget, and a stopped clock.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use qianbao_core::chart::AccountCode;
use qianbao_core::posting::{
    AccountId, AccountKey, Asset, Draft, Ensure, Head, LimitName, Owner, Period, PostingId, PostingKind, Window,
};
use qianbao_core::{Currency, Timestamp};
use qianbao_ledger::{Account, Clock, Ledger, Outcome, Refusal, SubmitError};

/// The moment at which every world begins: 2026-11-23T04:00:00Z.
pub const START: Timestamp = Timestamp(1_795_406_400_000_000);

/// A clock that moves only when told.
#[derive(Clone)]
pub struct StoppedClock(Arc<AtomicI64>);

impl StoppedClock {
    pub fn new() -> Self {
        Self(Arc::new(AtomicI64::new(START.0)))
    }

    pub fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::SeqCst))
    }

    pub fn advance_seconds(&self, seconds: i64) {
        self.0.fetch_add(seconds * 1_000_000, Ordering::SeqCst);
    }

    pub fn clock(&self) -> Clock {
        let clock = self.clone();
        Arc::new(move || clock.now())
    }
}

/// A ledger under test and what is needed to talk to it.
pub struct World {
    pub ledger: Ledger,
    pub clock: StoppedClock,
    next_id: AtomicU64,
}

impl World {
    pub fn new(ledger: Ledger, clock: StoppedClock) -> Self {
        Self { ledger, clock, next_id: AtomicU64::new(1) }
    }

    /// The same world after its ledger was closed and opened again.
    pub fn reopened(self, open: impl FnOnce() -> Ledger) -> Self {
        let Self { ledger, clock, next_id } = self;
        drop(ledger);
        Self { ledger: open(), clock, next_id }
    }

    /// A head with a fresh id.
    pub fn head(&self) -> Head {
        head(self.next_id.fetch_add(1, Ordering::SeqCst))
    }

    pub fn draft(&self) -> Draft {
        Draft::new(self.head())
    }

    pub async fn submit(&self, draft: Draft) -> Result<Outcome, SubmitError> {
        self.ledger.submit(draft.finish().expect("the test's posting has the right form")).await
    }

    /// Submits and expects it to be posted; answers the sequence.
    pub async fn post(&self, draft: Draft) -> u64 {
        match self.submit(draft).await {
            Ok(Outcome::Posted { sequence, .. }) => sequence,
            other => panic!("expected a posted posting, found {other:?}"),
        }
    }

    /// Submits and expects it to be refused; answers why.
    pub async fn refuse(&self, draft: Draft) -> Refusal {
        match self.submit(draft).await {
            Ok(Outcome::Refused { reason, .. }) => reason,
            other => panic!("expected a refusal, found {other:?}"),
        }
    }

    pub async fn account(&self, id: AccountId) -> Account {
        self.ledger.account(id).await.expect("the ledger can be read").expect("the account was opened")
    }

    pub async fn available(&self, id: AccountId) -> i64 {
        self.account(id).await.available()
    }

    /// Opens the bank and a wallet with this much in it.
    pub async fn fund(&self, name: &str, amount: i64) -> AccountId {
        let draft = self.draft().ensure(Ensure::open(bank_key())).ensure(wallet_ensure(name));
        let draft = if amount > 0 { draft.leg(bank(), wallet(name), Currency::CNY, amount) } else { draft };
        self.post(draft).await;
        wallet(name)
    }

    /// The draft of a payment between two wallets.
    pub fn pay(&self, from: &str, to: &str, amount: i64) -> Draft {
        self.draft().leg(wallet(from), wallet(to), Currency::CNY, amount)
    }
}

pub fn head(number: u64) -> Head {
    let mut random = [0; 10];
    random[2..].copy_from_slice(&number.to_be_bytes());
    let mut digest = [0; 32];
    digest[..8].copy_from_slice(&number.to_be_bytes());
    Head {
        owner: Owner::named("starter"),
        id: PostingId::from_parts(1_795_406_400_000 + number / 4, random),
        kind: PostingKind::literal("payment"),
        reference: format!("ref {number}"),
        digest,
        not_after: None,
        details: Vec::new(),
    }
}

pub fn bank_key() -> AccountKey {
    AccountKey::new(AccountCode::BankSettlement, Owner::named("bank"), Currency::CNY)
}

pub fn bank() -> AccountId {
    bank_key().id()
}

pub fn wallet_key(name: &str) -> AccountKey {
    AccountKey::new(AccountCode::PersonalWallet, Owner::named(name), Currency::CNY)
}

pub fn wallet(name: &str) -> AccountId {
    wallet_key(name).id()
}

/// A wallet with floor 0.
pub fn wallet_ensure(name: &str) -> Ensure {
    Ensure::open(wallet_key(name)).floor(0)
}

/// The budget of a person, and the counter-account of budgets.
pub fn budget_key(name: &str) -> AccountKey {
    AccountKey::new(AccountCode::BudgetSpent, Owner::named(name), Asset::Limit(Currency::CNY))
        .during(Period::of(LimitName::literal("barcode_b"), Window::Always))
}

pub fn counter_key() -> AccountKey {
    AccountKey::new(AccountCode::BudgetCounter, Owner::named("operator"), Asset::Limit(Currency::CNY))
}
