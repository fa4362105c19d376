//! H1: what a read costs as the ledger grows: a balance, the newest page of history, a page from the middle, what is new since a sequence.
//!
//! One ledger of a thousand transfers and larger ones are asked in turn. With the transfers grow the accounts, and what each account has
//! behind it; an account's postings lie scattered over the whole log. The ledgers are filled by the engine's own batches, only larger.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use qianbao_core::Currency;
use qianbao_core::chart::AccountCode;
use qianbao_core::posting::{AccountId, AccountKey, Asset, Ensure, Owner, Posting};
use qianbao_ledger::{
    CommitClock, Cursor, Direction, Epoch, Outcome, Page, Place, Postgres, Reader, Sqlite, Writer, Zone, run_batch,
};
use qianbao_tests_postgres as server;

use crate::Plan;
use crate::engine::{Random, draft, index, now};
use qianbao_tests_bench::Failure;
use qianbao_tests_bench::row::{Bound, Row, Subject, in_turn};

/// Transfers of the smallest ledger, the peer.
const SMALL: u64 = 1_000;
/// Lines of a page.
const LINES: usize = 50;
/// Lines that are new to whoever syncs.
const NEW_LINES: usize = 25;
/// Accounts that are asked about.
const ASKED_MAX: u64 = 1_000;
/// Postings of one batch: on SQLite as large as pays; on Postgres a statement may take two seconds at most.
const GROUP_SQLITE: usize = 10_000;
const GROUP_POSTGRES: usize = 2_000;
/// Each wallet begins with more than it could spend.
const FUNDS: i64 = 1_000_000_000;
/// A read of a large ledger may cost this much of a small one's: the trees are deeper by two or three levels, and the pages
/// do not lie in the nearest cache. What grows with history is far beyond it: the ledgers differ by up to 10,000 times.
const GOAL: f64 = 3.0;

/// Sizes besides [`SMALL`].
const fn sizes(is_quick: bool) -> &'static [u64] {
    if is_quick { &[100_000] } else { &[100_000, 10_000_000] }
}

/// The rows of SQLite.
pub fn sqlite(plan: Plan, disk: &Path) -> Result<Vec<Row>, Failure> {
    let made = |transfers| {
        let folder = tempfile::tempdir_in(disk)?;
        let Sqlite { writer, reader, zone, .. } = Sqlite::open(&folder.path().join("ledger.db"), &zone()?, Epoch(1))?;
        Grown::fill("SQLite", transfers, writer, Arc::new(reader), &zone, GROUP_SQLITE, Some(folder))
    };
    rows(plan, "sqlite", made)
}

/// The rows of Postgres.
pub fn postgres(plan: Plan, postgres: &server::Throwaway) -> Result<Vec<Row>, Failure> {
    let made = |transfers| {
        let place = Place::new(postgres.address(), &server::fresh_name())?;
        let Postgres { writer, reader, zone, .. } = Postgres::open(&place, &zone()?, Epoch(1), CommitClock::Database)?;
        Grown::fill("Postgres", transfers, writer, Arc::new(reader), &zone, GROUP_POSTGRES, None)
    };
    rows(plan, "postgres", made)
}

fn zone() -> Result<Zone, Failure> {
    Ok(Zone::new("Asia/Shanghai")?)
}

fn rows(plan: Plan, backend: &str, made: impl Fn(u64) -> Result<Grown, Failure>) -> Result<Vec<Row>, Failure> {
    let small = made(SMALL)?;
    let mut rows = Vec::new();
    for transfers in sizes(plan.is_quick) {
        let large = made(*transfers)?;
        for read in [Read::Balance, Read::Newest, Read::Middle, Read::Sync] {
            let subject = Subject {
                id: format!("H1-{backend}-{}-1e{}", read.word(), transfers.ilog10()),
                what: format!("{} of an account among {transfers} transfers, {backend}", read.what()),
                peer_name: format!("among {SMALL} transfers"),
                unit: "µs",
                goal: Some(GOAL),
                bound: Bound::AtMost,
            };
            let length = plan.run / 5;
            rows.push(in_turn(&subject, plan.pairs, || large.cost_us(read, length), || small.cost_us(read, length))?);
        }
    }
    Ok(rows)
}

/// What is asked.
#[derive(Clone, Copy)]
enum Read {
    Balance,
    Newest,
    Middle,
    Sync,
}

impl Read {
    const fn word(self) -> &'static str {
        match self {
            Self::Balance => "balance",
            Self::Newest => "page",
            Self::Middle => "middle",
            Self::Sync => "sync",
        }
    }

    const fn what(self) -> &'static str {
        match self {
            Self::Balance => "the balance",
            Self::Newest => "the newest 50 lines",
            Self::Middle => "50 lines before a random moment",
            Self::Sync => "the newest 25 lines by their sequence",
        }
    }
}

/// A ledger with so many transfers.
struct Grown {
    reader: Arc<dyn Reader>,
    /// Accounts to ask about, each with the sequence before its newest [`NEW_LINES`] lines.
    asked: Vec<(AccountId, u64)>,
    last_sequence: u64,
    /// Where it lies; gone with it.
    _folder: Option<tempfile::TempDir>,
}

impl Grown {
    /// Fills an empty ledger and looks whether it is right.
    fn fill<W: Writer>(
        backend: &str,
        transfers: u64,
        mut writer: W,
        reader: Arc<dyn Reader>,
        zone: &Zone,
        group: usize,
        folder: Option<tempfile::TempDir>,
    ) -> Result<Self, Failure> {
        let start = Instant::now();
        let mut random = Random::new(transfers);
        let cny = Asset::Money(Currency::CNY);
        let bank = AccountKey::new(AccountCode::BankSettlement, Owner::named("bank"), cny);
        let owners: Vec<Owner> =
            (0..accounts_of(transfers)).map(|number| Owner::named(&format!("person {number}"))).collect();
        let wallets: Vec<AccountKey> =
            owners.iter().map(|owner| AccountKey::new(AccountCode::PersonalWallet, *owner, cny)).collect();
        let mut post = |postings: Vec<Posting>| posted(&mut writer, postings, zone);
        for (owners, wallets) in owners.chunks(group).zip(wallets.chunks(group)) {
            let opening = owners.iter().zip(wallets).map(|(owner, wallet)| {
                let opened =
                    draft(*owner, &mut random).ensure(Ensure::open(bank)).ensure(Ensure::open(*wallet).floor(0));
                opened.leg(bank.id(), wallet.id(), cny, FUNDS).finish()
            });
            post(opening.collect::<Result<_, _>>()?)?;
        }
        let ids: Vec<AccountId> = wallets.iter().map(AccountKey::id).collect();
        let mut left = transfers;
        while left > 0 {
            let now = left.min(group as u64);
            let transfer = |_| {
                let (from, to) = random.pair(ids.len() as u64);
                draft(owners[index(from)], &mut random).leg(ids[index(from)], ids[index(to)], cny, 1).finish()
            };
            post((0..now).map(transfer).collect::<Result<_, _>>()?)?;
            left -= now;
        }
        let grown = Self::ask(reader, &ids, bank.id(), folder)?;
        if grown.last_sequence != transfers + ids.len() as u64 {
            return Err(format!("{transfers} transfers were posted, the log ends at {}", grown.last_sequence).into());
        }
        eprintln!("H1 {backend}: {transfers} transfers written in {:.1} s", start.elapsed().as_secs_f64());
        Ok(grown)
    }

    /// Chooses the accounts to ask about, and holds the gate: balances add up to nothing, and pages to their balances.
    fn ask(
        reader: Arc<dyn Reader>,
        ids: &[AccountId],
        bank: AccountId,
        folder: Option<tempfile::TempDir>,
    ) -> Result<Self, Failure> {
        let mut total = 0;
        for ids in ids.chunks(1_000) {
            let (_, accounts) = reader.accounts(ids)?;
            total += accounts.iter().flatten().map(qianbao_ledger::Account::balance).sum::<i64>();
        }
        let bank = reader.accounts(&[bank])?.1.pop().flatten().ok_or("expected the bank's account")?;
        if total != bank.balance() {
            return Err(format!("the wallets hold {total}, the bank owes {}", bank.balance()).into());
        }
        let every = ids.len().div_ceil(index(ASKED_MAX));
        let mut asked = Vec::new();
        for id in ids.iter().step_by(every) {
            let page = reader.history(*id, None, LINES)?;
            whole(&page)?;
            asked.push((*id, page.entries[NEW_LINES].cursor.sequence));
        }
        let last_sequence = reader.tip()?.sequence;
        Ok(Self { reader, asked, last_sequence, _folder: folder })
    }

    /// Microseconds of one read, over as many as fit into `length`.
    fn cost_us(&self, read: Read, length: Duration) -> Result<f64, Failure> {
        let mut random = Random::new(self.last_sequence);
        // The first reads open a connection and fill the nearest caches.
        for _ in 0..50 {
            self.read(read, &mut random)?;
        }
        let mut reads = 0_u32;
        let start = Instant::now();
        while start.elapsed() < length {
            self.read(read, &mut random)?;
            reads += 1;
        }
        Ok(start.elapsed().as_secs_f64() * 1e6 / f64::from(reads))
    }

    fn read(&self, read: Read, random: &mut Random) -> Result<(), Failure> {
        let (account, new_after) = self.asked[index(random.next() % self.asked.len() as u64)];
        let found = match read {
            Read::Balance => self.reader.accounts(&[account])?.1.len() == 1,
            Read::Newest => self.reader.history(account, None, LINES)?.entries.len() == LINES,
            Read::Middle => {
                let half = self.last_sequence / 2;
                let before = Cursor { sequence: half + random.next() % half, effect: 0 };
                self.reader.history(account, Some(before), LINES)?.entries.len() == LINES
            }
            Read::Sync => self.reader.history_after(account, new_after)?.len() == NEW_LINES,
        };
        if found { Ok(()) } else { Err(format!("{} was not whole", read.what()).into()) }
    }
}

/// Accounts of a ledger with so many transfers: they grow more slowly, so that each has more behind it as well.
const fn accounts_of(transfers: u64) -> u64 {
    match transfers {
        0..=1_000 => 10,
        1_001..=100_000 => 300,
        100_001..=1_000_000 => 2_000,
        _ => 10_000,
    }
}

/// Posts one group; everything has to be posted.
fn posted<W: Writer>(writer: &mut W, postings: Vec<Posting>, zone: &Zone) -> Result<(), Failure> {
    let decision = run_batch(writer, postings, &now, zone)?;
    match decision.answers.iter().find(|answer| !matches!(answer, Ok(Outcome::Posted { .. }))) {
        Some(other) => Err(format!("expected posted postings, found {other:?}").into()),
        None => Ok(()),
    }
}

/// Each line's balance is the one before it and what the line moved.
fn whole(page: &Page) -> Result<(), Failure> {
    if page.entries.len() != LINES {
        return Err(format!("expected a page of {LINES} lines, found {}", page.entries.len()).into());
    }
    for lines in page.entries.windows(2) {
        let moved = match lines[0].direction {
            Direction::Debit => -lines[0].amount,
            Direction::Credit => lines[0].amount,
        };
        if lines[0].balance_after != lines[1].balance_after + moved {
            return Err(format!("the line at {:?} does not follow from the one before", lines[0].cursor).into());
        }
    }
    Ok(())
}
