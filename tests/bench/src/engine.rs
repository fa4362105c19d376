//! The ledger engine, on SQLite and on Postgres: callers, each with one posting on its way.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use qianbao_core::chart::AccountCode;
use qianbao_core::posting::{
    AccountId, AccountKey, Asset, ClaimKey, Draft, Ensure, Head, LimitName, Measure, OnVoid, Owner, Period, Posting,
    PostingId, PostingKind, Window,
};
use qianbao_core::{Currency, Timestamp};
use qianbao_ledger::{CommitClock, Epoch, Ledger, Outcome, Place, Settings, Zone};
use qianbao_tests_postgres as server;

use crate::cala::Cala;
use crate::tpcb::Tpcb;
use crate::{Plan, bare};
use qianbao_tests_bench::Failure;
use qianbao_tests_bench::row::{Row, Subject, in_turn};

/// On SQLite.
const CALLERS: u64 = 64;
/// On Postgres, where a commit takes longer: as many as one batch holds.
const SHARED_CALLERS: u64 = 256;
const ACCOUNTS: u64 = 1_000;
const FUNDS: i64 = 1_000_000_000;

/// L1: one-leg postings beside the bare loop.
pub fn transfers(plan: Plan, disk: &Path) -> Result<Row, Failure> {
    let what = "one-leg postings on SQLite, FULL, 64 callers, 1,000 accounts";
    let subject = Subject::rate("L1", what, "bare SQLite loop", "transfers/s", Some(0.5));
    let ours = || run(disk, ACCOUNTS, plan.run, TRANSFER);
    in_turn(&subject, plan.pairs, ours, || bare::run(disk, ACCOUNTS, plan.run))
}

/// The same beside Postgres' own bench.
pub fn transfers_beside_tpcb(plan: Plan, disk: &Path, tpcb: &Tpcb) -> Result<Row, Failure> {
    let what = "one-leg postings on SQLite, FULL, 64 callers, 1,000 accounts";
    let subject = Subject::rate("L1-tpcb", what, "pgbench TPC-B", "transfers/s", Some(10.0));
    in_turn(&subject, plan.pairs, || run(disk, ACCOUNTS, plan.run, TRANSFER), || tpcb.run(plan.run))
}

/// The same with a whole payment: head, fee, two budgets with guards, two claims. No goal.
pub fn payments(plan: Plan, disk: &Path) -> Result<Row, Failure> {
    let what = "whole payments: fee, 2 budgets with guards, 2 claims";
    let subject = Subject::rate("L1-payment", what, "bare SQLite loop", "postings/s", None);
    let ours = || run(disk, ACCOUNTS, plan.run, PAYMENT);
    in_turn(&subject, plan.pairs, ours, || bare::run(disk, ACCOUNTS, plan.run))
}

/// L3: all transfers between two accounts beside 1,000.
pub fn hot_accounts(plan: Plan, disk: &Path) -> Result<Row, Failure> {
    let what = "all transfers between two accounts";
    let subject = Subject::rate("L3", what, "1,000 accounts", "transfers/s", Some(0.8));
    let ours = || run(disk, 2, plan.run, TRANSFER);
    in_turn(&subject, plan.pairs, ours, || run(disk, ACCOUNTS, plan.run, TRANSFER))
}

/// L2: one-leg postings on Postgres beside cala-ledger on the same server, one call a transfer on both sides.
pub fn shared_beside_cala(plan: Plan, postgres: &server::Throwaway, cala: &Cala) -> Result<Row, Failure> {
    let what = "one-leg postings on Postgres, 64 callers, 1,000 accounts";
    let subject = Subject::rate("L2-cala", what, "cala-ledger 0.33.3, 64 callers", "transfers/s", Some(10.0));
    let ours = || run_shared(postgres, CALLERS, ACCOUNTS, plan.run, TRANSFER);
    in_turn(&subject, plan.pairs, ours, || cala.run(postgres, plan.run, CALLERS, 1))
}

/// The same beside cala's own batches, which a service that gathers transfers before it posts them could use. No goal.
pub fn shared_beside_cala_batches(plan: Plan, postgres: &server::Throwaway, cala: &Cala) -> Result<Row, Failure> {
    let what = "one-leg postings on Postgres, 64 callers, 1,000 accounts";
    let subject = Subject::rate("L2-cala-batch", what, "cala-ledger, batches of 64", "transfers/s", None);
    let ours = || run_shared(postgres, CALLERS, ACCOUNTS, plan.run, TRANSFER);
    in_turn(&subject, plan.pairs, ours, || cala.run(postgres, plan.run, 1, CALLERS))
}

/// L2: one-leg postings on Postgres beside its own bench.
pub fn shared(plan: Plan, postgres: &server::Throwaway, tpcb: &Tpcb) -> Result<Row, Failure> {
    let what = "one-leg postings on Postgres, 256 callers, 1,000 accounts";
    let subject = Subject::rate("L2-tpcb", what, "pgbench TPC-B", "transfers/s", Some(5.0));
    let ours = || run_shared(postgres, SHARED_CALLERS, ACCOUNTS, plan.run, TRANSFER);
    in_turn(&subject, plan.pairs, ours, || tpcb.run(plan.run))
}

/// The same with a whole payment. No goal.
pub fn shared_payments(plan: Plan, postgres: &server::Throwaway, tpcb: &Tpcb) -> Result<Row, Failure> {
    let what = "whole payments: fee, 2 budgets with guards, 2 claims";
    let subject = Subject::rate("L2-payment", what, "pgbench TPC-B", "postings/s", None);
    let ours = || run_shared(postgres, SHARED_CALLERS, ACCOUNTS, plan.run, PAYMENT);
    in_turn(&subject, plan.pairs, ours, || tpcb.run(plan.run))
}

/// Numbers that look random and are the same in each run (`SplitMix64`).
pub struct Random(u64);

impl Random {
    /// Streams of different seeds begin far apart.
    pub const fn new(seed: u64) -> Self {
        Self(Self(seed).next())
    }

    pub const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Two different numbers below `count`.
    pub const fn pair(&mut self, count: u64) -> (u64, u64) {
        let first = self.next() % count;
        let second = (first + 1 + self.next() % (count - 1)) % count;
        (first, second)
    }
}

/// What callers build postings from.
struct World {
    wallets: Vec<AccountId>,
    budgets: Vec<[AccountId; 2]>,
    owners: Vec<Owner>,
    fees: AccountId,
    counters: [AccountId; 2],
}

pub fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
}

pub fn draft(owner: Owner, random: &mut Random) -> Draft {
    let mut bytes = [0; 10];
    bytes[..8].copy_from_slice(&random.next().to_be_bytes());
    bytes[8..].copy_from_slice(&random.next().to_be_bytes()[..2]);
    let mut digest = [0; 32];
    digest[..10].copy_from_slice(&bytes);
    Draft::new(Head {
        owner,
        id: PostingId::from_parts(u64::try_from(now().millis()).unwrap_or(0), bytes),
        kind: PostingKind::literal("payment"),
        reference: String::new(),
        digest,
        not_after: Some(now().plus_seconds(60)),
        details: Vec::new(),
    })
}

pub fn index(number: u64) -> usize {
    usize::try_from(number).unwrap_or(0)
}

fn transfer(world: &World, random: &mut Random) -> Draft {
    let (from, to) = random.pair(world.wallets.len() as u64);
    let draft = draft(world.owners[index(from)], random);
    draft.leg(world.wallets[index(from)], world.wallets[index(to)], Currency::CNY, 1)
}

fn payment(world: &World, random: &mut Random) -> Draft {
    let (from, to) = random.pair(world.wallets.len() as u64);
    let [amounts, count] = world.budgets[index(from)];
    let (order, code) = (random.next().to_be_bytes(), random.next().to_be_bytes());
    draft(world.owners[index(from)], random)
        .leg(world.wallets[index(from)], world.wallets[index(to)], Currency::CNY, 100)
        .leg(world.wallets[index(to)], world.fees, Currency::CNY, 1)
        .leg(amounts, world.counters[0], Asset::Limit(Currency::CNY), 100)
        .leg(count, world.counters[1], Asset::Count, 1)
        .guard(amounts, Measure::NetDebits, i64::MAX / 4)
        .guard(count, Measure::NetDebits, i64::MAX / 4)
        .claim(ClaimKey::new("qianbao/bench/order", &[&order]), OnVoid::Free)
        .claim(ClaimKey::new("qianbao/bench/code", &[&code]), OnVoid::Keep)
}

/// What callers send.
#[derive(Clone, Copy)]
struct Load {
    make: fn(&World, &mut Random) -> Draft,
    /// Whether each wallet has two budgets beside it, which are accounts as well.
    has_budgets: bool,
}

const TRANSFER: Load = Load { make: transfer, has_budgets: false };
const PAYMENT: Load = Load { make: payment, has_budgets: true };

fn settings() -> Result<Settings, Failure> {
    Ok(Settings { clock: Arc::new(now), zone: Zone::new("Asia/Shanghai")?, epoch: Epoch(1) })
}

/// Postings a second on SQLite.
fn run(disk: &Path, accounts: u64, length: Duration, load: Load) -> Result<f64, Failure> {
    let folder = tempfile::tempdir_in(disk)?;
    let ledger = Ledger::open_sqlite(&folder.path().join("ledger.db"), settings()?)?;
    measure(&ledger, CALLERS, accounts, length, load)
}

/// Postings a second on Postgres, in a schema of their own.
fn run_shared(
    postgres: &server::Throwaway,
    callers: u64,
    accounts: u64,
    length: Duration,
    load: Load,
) -> Result<f64, Failure> {
    let place = Place::new(postgres.address(), &server::fresh_name())?;
    let ledger = Ledger::open_postgres(&place, settings()?, CommitClock::Database)?;
    measure(&ledger, callers, accounts, length, load)
}

/// Postings a second; afterwards the gate.
fn measure(ledger: &Ledger, callers: u64, accounts: u64, length: Duration, load: Load) -> Result<f64, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(async {
        let world = Arc::new(open_accounts(ledger, accounts, load.has_budgets).await?);
        let opened = *ledger.head().borrow();
        let acknowledged = Arc::new(AtomicU64::new(0));
        let is_over = Arc::new(AtomicBool::new(false));
        let callers: Vec<_> = (0..callers)
            .map(|caller| {
                let (ledger, world) = (ledger.clone(), Arc::clone(&world));
                let (acknowledged, is_over) = (Arc::clone(&acknowledged), Arc::clone(&is_over));
                let random = Random::new(caller + 1);
                tokio::spawn(call(ledger, world, random, load, acknowledged, is_over))
            })
            .collect();
        tokio::time::sleep(length / 5).await;
        let before = acknowledged.load(Ordering::Relaxed);
        let start = Instant::now();
        tokio::time::sleep(length).await;
        let done = acknowledged.load(Ordering::Relaxed) - before;
        let seconds = start.elapsed().as_secs_f64();
        is_over.store(true, Ordering::Relaxed);
        for caller in callers {
            caller.await??;
        }
        gate(ledger, opened + acknowledged.load(Ordering::Relaxed)).await?;
        #[allow(clippy::cast_precision_loss)]
        Ok(done as f64 / seconds)
    })
}

async fn call(
    ledger: Ledger,
    world: Arc<World>,
    mut random: Random,
    load: Load,
    acknowledged: Arc<AtomicU64>,
    is_over: Arc<AtomicBool>,
) -> Result<(), Failure> {
    while !is_over.load(Ordering::Relaxed) {
        let posting = (load.make)(&world, &mut random).finish()?;
        match ledger.submit(posting).await {
            Ok(Outcome::Posted { .. }) => {
                acknowledged.fetch_add(1, Ordering::Relaxed);
            }
            other => return Err(format!("expected a posted posting, found {other:?}").into()),
        }
    }
    Ok(())
}

async fn open_accounts(ledger: &Ledger, accounts: u64, has_budgets: bool) -> Result<World, Failure> {
    let key = |code, name: &str, asset: Asset| AccountKey::new(code, Owner::named(name), asset);
    let cny = Asset::Money(Currency::CNY);
    let bank = key(AccountCode::BankSettlement, "bank", cny);
    let fees = key(AccountCode::FeeIncome, "operator", cny);
    let counters =
        [Asset::Limit(Currency::CNY), Asset::Count].map(|asset| key(AccountCode::BudgetCounter, "operator", asset));
    let mut random = Random::new(0);
    let system = [bank, fees, counters[0], counters[1]];
    let opening = system.iter().fold(draft(Owner::named("operator"), &mut random), |d, k| d.ensure(Ensure::open(*k)));
    submit(ledger, opening.finish()?).await?;
    let mut world = World {
        wallets: Vec::new(),
        budgets: Vec::new(),
        owners: Vec::new(),
        fees: fees.id(),
        counters: counters.map(|key| key.id()),
    };
    // All at once: one after another would be a commit each.
    let mut openings = tokio::task::JoinSet::new();
    for number in 0..accounts {
        let name = format!("person {number}");
        let wallet = key(AccountCode::PersonalWallet, &name, cny);
        let limit = Period::of(LimitName::literal("barcode_b"), Window::Always);
        let budgets = [Asset::Limit(Currency::CNY), Asset::Count]
            .map(|asset| key(AccountCode::BudgetSpent, &name, asset).during(limit));
        let mut opening = draft(Owner::named(&name), &mut random).ensure(Ensure::open(wallet).floor(0)).leg(
            bank.id(),
            wallet.id(),
            cny,
            FUNDS,
        );
        if has_budgets {
            opening = budgets.iter().fold(opening, |opening, budget| opening.ensure(Ensure::open(*budget)));
        }
        let opening = opening.finish()?;
        let ledger = ledger.clone();
        openings.spawn(async move { submit(&ledger, opening).await });
        world.wallets.push(wallet.id());
        world.budgets.push(budgets.map(|key| key.id()));
        world.owners.push(Owner::named(&name));
    }
    while let Some(opened) = openings.join_next().await {
        opened??;
    }
    Ok(world)
}

async fn submit(ledger: &Ledger, posting: Posting) -> Result<(), Failure> {
    match ledger.submit(posting).await {
        Ok(Outcome::Posted { .. }) => Ok(()),
        Ok(refused @ Outcome::Refused { .. }) => Err(format!("{refused:?}").into()),
        Err(error) => Err(error.into()),
    }
}

/// Everything acknowledged is there once, and everything adds up.
async fn gate(ledger: &Ledger, expected: u64) -> Result<(), Failure> {
    let audit = ledger.audit().await?;
    if let Some(finding) = audit.findings.first() {
        return Err(format!("the audit found: {finding}").into());
    }
    if audit.sequence != expected {
        return Err(format!("{expected} postings were acknowledged, {} are in the log", audit.sequence).into());
    }
    Ok(())
}
