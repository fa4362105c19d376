//! cala-ledger 0.33.3 as a peer of row L2: transfers between accounts, from callers that each have one on its way.
//!
//! ```text
//! qianbao-bench-cala ADDRESS DATABASE SECONDS CALLERS BATCH
//! ```
//!
//! DATABASE is made on the server at ADDRESS and left there. BATCH 1 posts one transfer a call, as a service built on it would; more
//! posts that many a call by its own batches. Prints transfers a second. Before that the gate: the accounts' balances add up to
//! zero, and each acknowledged transfer has moved one unit.

use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use cala_ledger::account::NewAccount;
use cala_ledger::journal::NewJournal;
use cala_ledger::posting::PostingInput;
use cala_ledger::tx_template::{
    NewParamDefinition, NewTxTemplate, NewTxTemplateEntry, NewTxTemplateTransaction, ParamDataType, Params,
};
use cala_ledger::{AccountId, CalaLedger, CalaLedgerConfig, JournalId, TransactionId, job};
use rust_decimal::Decimal;
use sqlx::Connection;
use sqlx::postgres::{PgConnection, PgPool, PgPoolOptions};

type Failure = Box<dyn Error + Send + Sync>;

const ACCOUNTS: u64 = 1_000;
const TEMPLATE: &str = "TRANSFER";
const CURRENCY: &str = "CNY";
/// Fewer than the server takes; more callers than that wait for one.
const CONNECTIONS: u32 = 64;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [address, database, seconds, callers, batch] = arguments.as_slice() else {
        return Err("expected: ADDRESS DATABASE SECONDS CALLERS BATCH".into());
    };
    let length = Duration::from_secs_f64(seconds.parse()?);
    let bench = Arc::new(Bench::open(address, database, batch.parse()?).await?);
    let rate = bench.run(length, callers.parse()?).await?;
    bench.gate().await?;
    println!("{rate:.1}");
    Ok(())
}

struct Bench {
    cala: CalaLedger,
    journal: JournalId,
    accounts: Vec<AccountId>,
    batch: u64,
    acknowledged: AtomicU64,
    is_over: AtomicBool,
    // Dropping it ends what it runs.
    _jobs: job::Jobs,
}

impl Bench {
    /// A database of its own with the accounts in it.
    async fn open(address: &str, database: &str, batch: u64) -> Result<Self, Failure> {
        let pool = made(address, database).await?;
        let mut jobs = job::Jobs::init(job::JobSvcConfig::builder().pool(pool.clone()).build()?).await?;
        let config = CalaLedgerConfig::builder().pool(pool).exec_migrations(true).build()?;
        let cala = CalaLedger::init(config, &mut jobs).await?;
        let journal = JournalId::new();
        cala.journals().create(NewJournal::builder().id(journal).name("bench").build()).await?;
        cala.tx_templates().create(template(journal)?).await?;
        let mut accounts = Vec::new();
        for number in 0..ACCOUNTS {
            let id = AccountId::new();
            let name = format!("person {number}");
            cala.accounts().create(NewAccount::builder().id(id).name(name.clone()).code(name).build()).await?;
            accounts.push(id);
        }
        let (acknowledged, is_over) = (AtomicU64::new(0), AtomicBool::new(false));
        Ok(Self { cala, journal, accounts, batch, acknowledged, is_over, _jobs: jobs })
    }

    /// Transfers a second from all callers; a fifth of the time warms up and is not counted.
    async fn run(self: &Arc<Self>, length: Duration, callers: u64) -> Result<f64, Failure> {
        let tasks: Vec<_> = (0..callers).map(|caller| tokio::spawn(Arc::clone(self).call(caller + 1))).collect();
        tokio::time::sleep(length / 5).await;
        let before = self.acknowledged.load(Ordering::Relaxed);
        let start = Instant::now();
        tokio::time::sleep(length).await;
        let done = self.acknowledged.load(Ordering::Relaxed) - before;
        let took = start.elapsed();
        self.is_over.store(true, Ordering::Relaxed);
        for task in tasks {
            task.await??;
        }
        Ok(done as f64 / took.as_secs_f64())
    }

    async fn call(self: Arc<Self>, mut seed: u64) -> Result<(), Failure> {
        while !self.is_over.load(Ordering::Relaxed) {
            if self.batch == 1 {
                self.cala.post_transaction(TransactionId::new(), TEMPLATE, self.transfer(&mut seed)).await?;
            } else {
                let inputs = (0..self.batch)
                    .map(|_| PostingInput::new(TransactionId::new(), TEMPLATE, self.transfer(&mut seed)))
                    .collect();
                self.cala.post_transactions(inputs).await?;
            }
            self.acknowledged.fetch_add(self.batch, Ordering::Relaxed);
        }
        Ok(())
    }

    /// One unit between two accounts that look random.
    fn transfer(&self, seed: &mut u64) -> Params {
        let first = random(seed) % ACCOUNTS;
        let second = (first + 1 + random(seed) % (ACCOUNTS - 1)) % ACCOUNTS;
        let account = |number: u64| self.accounts[usize::try_from(number).unwrap_or(0)];
        let mut params = Params::new();
        params.insert("debit", account(first));
        params.insert("credit", account(second));
        params
    }

    /// The balances add up to nothing, and their sides to what was acknowledged.
    async fn gate(&self) -> Result<(), Failure> {
        let currency: cala_ledger::Currency = CURRENCY.parse()?;
        let names: Vec<_> = self.accounts.iter().map(|account| (self.journal, *account, currency)).collect();
        let mut moved = Decimal::ZERO;
        let mut total = Decimal::ZERO;
        for names in names.chunks(250) {
            for balance in self.cala.balances().find_all(names).await?.values() {
                moved += balance.details.settled.dr_balance;
                total += balance.details.settled.dr_balance - balance.details.settled.cr_balance;
            }
        }
        let acknowledged = Decimal::from(self.acknowledged.load(Ordering::Relaxed));
        if total != Decimal::ZERO || moved != acknowledged {
            return Err(format!("{acknowledged} were acknowledged, {moved} moved, the sum is {total}").into());
        }
        Ok(())
    }
}

/// A fresh database, and connections to it.
async fn made(address: &str, database: &str) -> Result<PgPool, Failure> {
    let mut server = PgConnection::connect(address).await?;
    sqlx::query(&format!("CREATE DATABASE \"{database}\"")).execute(&mut server).await?;
    server.close().await?;
    let own = address.replacen("/postgres?", &format!("/{database}?"), 1);
    if own == address {
        return Err(format!("expected an address with the database postgres, found {address}").into());
    }
    Ok(PgPoolOptions::new().max_connections(CONNECTIONS).acquire_timeout(Duration::from_secs(60)).connect(&own).await?)
}

/// One unit from `debit` to `credit`.
fn template(journal: JournalId) -> Result<NewTxTemplate, Failure> {
    let param = |name: &str| NewParamDefinition::builder().name(name).r#type(ParamDataType::Uuid).build();
    let entry = |kind: &str, account: &str, direction: &str| {
        NewTxTemplateEntry::builder()
            .entry_type(format!("'{kind}'"))
            .account_id(format!("params.{account}"))
            .layer("SETTLED")
            .direction(direction)
            .units("decimal('1')")
            .currency(format!("'{CURRENCY}'"))
            .build()
    };
    let transaction =
        NewTxTemplateTransaction::builder().effective("date()").journal_id(format!("uuid('{journal}')")).build()?;
    Ok(NewTxTemplate::builder()
        .id(uuid::Uuid::now_v7())
        .code(TEMPLATE)
        .params(vec![param("debit")?, param("credit")?])
        .transaction(transaction)
        .entries(vec![entry("TRANSFER_DR", "debit", "DEBIT")?, entry("TRANSFER_CR", "credit", "CREDIT")?])
        .build())
}

/// Numbers that look random and are the same in each run (SplitMix64).
fn random(seed: &mut u64) -> u64 {
    *seed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mixed = (*seed ^ (*seed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}
