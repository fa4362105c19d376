//! Races: 64 callers want what only one of them can have, or only as many as there is enough for. On Postgres they are in two
//! processes.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Lines, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitCode, Stdio};

use qianbao_core::Currency;
use qianbao_core::chart::AccountCode;
use qianbao_core::posting::{AccountKey, Asset, Draft, Ensure, Measure, Mode, OnVoid, Owner, Posting};
use qianbao_ledger::{Ledger, Outcome};

use crate::books::Books;
use crate::kinds::Tally;
use crate::postings::{bank, claim, counter, head, shop};
use crate::random::Random;
use crate::said::{Said, Short};
use crate::stage::Stage;
use crate::store::Store;
use crate::write::insist;
use crate::{Told, hold};

/// Callers of one race.
pub const CALLERS: u64 = 64;
/// Races of one story.
pub const RACES: u64 = 64;
/// Numbers of one race.
const NUMBERS: u64 = 1_000;
/// What each caller wants.
const PRICE: i64 = 5;

const CNY: Currency = Currency::CNY;
const LIMIT: Asset = Asset::Limit(CNY);

/// What is raced for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Prize {
    OneId,
    OneOrderPaidTwoWays,
    OneBalance,
    OneRefund,
    WhatWasCaptured,
    OneCeiling,
    OneBudget,
    CancelAgainstPay,
}

const PRIZES: [(Prize, &str); 8] = [
    (Prize::OneId, "one id"),
    (Prize::OneOrderPaidTwoWays, "one order paid two ways"),
    (Prize::OneBalance, "one balance"),
    (Prize::OneRefund, "one refund"),
    (Prize::WhatWasCaptured, "refunds of one payment"),
    (Prize::OneCeiling, "one wallet's ceiling"),
    (Prize::OneBudget, "one budget's ceiling"),
    (Prize::CancelAgainstPay, "cancel against pay"),
];

/// One race, which follows from the story's seed and its place in it.
#[derive(Clone, Copy, Debug)]
struct Race {
    index: u64,
    prize: Prize,
    /// For how many callers there is enough, where there is for some.
    enough_for: u8,
}

impl Race {
    fn of(seed: u64, index: u64) -> Self {
        let mut random = Random::new(seed ^ index);
        let (prize, _) = PRIZES[usize::try_from(index).unwrap_or(0) % PRIZES.len()];
        Self { index, prize, enough_for: 1 + u8::try_from(random.below(20)).unwrap_or(0) }
    }

    fn enough(self) -> i64 {
        i64::from(self.enough_for) * PRICE
    }

    fn account(self, word: &str, code: AccountCode, asset: impl Into<Asset>) -> AccountKey {
        AccountKey::new(code, Owner::named(&format!("race {} {word}", self.index)), asset)
    }

    fn payer(self) -> AccountKey {
        self.account("payer", AccountCode::PersonalWallet, CNY)
    }

    fn other_payer(self) -> AccountKey {
        self.account("other payer", AccountCode::PersonalWallet, CNY)
    }

    fn payee(self) -> AccountKey {
        self.account("payee", AccountCode::PersonalWallet, CNY)
    }

    fn spent(self) -> AccountKey {
        self.account("spent", AccountCode::BudgetSpent, LIMIT)
    }

    fn refunded(self) -> AccountKey {
        self.account("refunded", AccountCode::RefundedSoFar, LIMIT)
    }

    /// Makes the accounts, and as much money as the race needs.
    fn setting(self) -> Posting {
        let plenty = PRICE * 1_000;
        let payer = if self.prize == Prize::OneBalance { self.enough() } else { plenty };
        let payee = Ensure::open(self.payee()).floor(0);
        let draft = Draft::new(head(self.index * NUMBERS + 900, "setting"))
            .ensure(Ensure::open(bank()))
            .ensure(Ensure::open(counter()))
            .ensure(Ensure::open(shop(0)).floor(0))
            .ensure(Ensure::open(self.payer()).floor(0))
            .ensure(Ensure::open(self.other_payer()).floor(0))
            .ensure(if self.prize == Prize::OneCeiling { payee.ceiling(self.enough()) } else { payee })
            .ensure(Ensure::open(self.spent()))
            .ensure(Ensure::open(self.refunded()))
            .leg(bank().id(), self.payer().id(), CNY, payer)
            .leg(bank().id(), self.other_payer().id(), CNY, plenty)
            .leg(bank().id(), shop(0).id(), CNY, plenty);
        draft.finish().expect("far below every limit of form")
    }

    /// What the caller sends, and under which number.
    fn attempt(self, caller: u64) -> (u64, Posting) {
        let is_odd = !caller.is_multiple_of(2);
        let number = self.index * NUMBERS
            + match self.prize {
                Prize::OneId => 0,
                Prize::CancelAgainstPay if is_odd => 500,
                _ => caller,
            };
        let draft = Draft::new(head(number, "payment"));
        let (payer, payee) = (self.payer().id(), self.payee().id());
        let pay = |draft: Draft| draft.leg(payer, payee, CNY, PRICE);
        let order = claim("race-order", self.index, 0);
        let refund = |draft: Draft, part, captured| {
            draft
                .leg(shop(0).id(), payer, CNY, PRICE)
                .leg(self.refunded().id(), counter().id(), LIMIT, PRICE)
                .guard(self.refunded().id(), Measure::NetDebits, captured)
                .claim(claim("race-refund", self.index, part), OnVoid::Free)
        };
        let draft = match self.prize {
            Prize::OneId | Prize::OneBalance | Prize::OneCeiling => pay(draft),
            Prize::OneOrderPaidTwoWays if is_odd => {
                let reserved = draft.leg(self.other_payer().id(), payee, CNY, PRICE).claim(order, OnVoid::Free);
                Draft { mode: Mode::Pending { expires_at: None }, ..reserved }
            }
            Prize::CancelAgainstPay if is_odd => draft.claim(order, OnVoid::Free),
            Prize::OneOrderPaidTwoWays | Prize::CancelAgainstPay => pay(draft).claim(order, OnVoid::Free),
            Prize::OneRefund => refund(draft, 1, 100 * PRICE),
            Prize::WhatWasCaptured => refund(draft, caller, self.enough()),
            Prize::OneBudget => pay(draft).leg(self.spent().id(), counter().id(), LIMIT, PRICE).guard(
                self.spent().id(),
                Measure::NetDebits,
                self.enough(),
            ),
        };
        (number, draft.finish().expect("far below every limit of form"))
    }

    /// One number, one outcome; and exactly as many winners as there must be.
    fn judge(self, said: &[Said]) -> Told<()> {
        hold!(said.len() as u64 == CALLERS, "{} of {CALLERS} callers were answered in {self:?}", said.len());
        let mut outcomes: HashMap<u64, Short> = HashMap::new();
        for Said { number, outcome } in said {
            let first = *outcomes.entry(*number).or_insert(*outcome);
            hold!(first == *outcome, "{number} has two outcomes in {self:?}: {first:?} and {outcome:?}");
        }
        let winners = outcomes.values().filter(|outcome| outcome.is_posted()).count();
        let expected = match self.prize {
            Prize::OneId | Prize::OneOrderPaidTwoWays | Prize::OneRefund | Prize::CancelAgainstPay => 1,
            Prize::OneBalance | Prize::WhatWasCaptured | Prize::OneCeiling | Prize::OneBudget => {
                usize::from(self.enough_for)
            }
        };
        hold!(winners == expected, "{winners} winners instead of {expected} in {self:?}");
        Ok(())
    }
}

/// All callers whose number leaves the remainder `mine` in `of` attempt at once.
async fn attempt_all(ledger: &Ledger, race: Race, mine: u64, of: u64) -> Told<Vec<Said>> {
    let attempts: Vec<_> = (0..CALLERS)
        .filter(|caller| caller / 2 % of == mine)
        .map(|caller| {
            let (ledger, (number, posting)) = (ledger.clone(), race.attempt(caller));
            tokio::spawn(async move { (number, insist(&ledger, posting).await) })
        })
        .collect();
    let mut said = Vec::new();
    for attempt in attempts {
        let (number, outcome) = attempt.await?;
        said.push(Said { number, outcome: Short::of(&outcome?) });
    }
    Ok(said)
}

/// Races in this process, on SQLite.
pub fn sqlite(stage: &Stage, seed: u64, races: u64) -> Told<Tally> {
    let store = stage.file();
    let ledger = store.open()?;
    tell(stage, &ledger, seed, races, |race| stage.runtime.block_on(attempt_all(&ledger, race, 0, 1)))
}

/// Races between two processes, on Postgres.
pub fn postgres(stage: &Stage, seed: u64, races: u64) -> Told<Tally> {
    let store = Stage::schema();
    let ledger = store.open()?;
    let mut sides = [Side::begin(stage, &store, seed, 0)?, Side::begin(stage, &store, seed, 1)?];
    tell(stage, &ledger, seed, races, |race| {
        sides.iter_mut().try_for_each(|side| side.call(race.index))?;
        let mut said = Vec::new();
        for side in &mut sides {
            side.hear(&mut said)?;
        }
        Ok(said)
    })
}

fn tell(
    stage: &Stage,
    ledger: &Ledger,
    seed: u64,
    races: u64,
    mut run: impl FnMut(Race) -> Told<Vec<Said>>,
) -> Told<Tally> {
    let mut tally = Tally::default();
    for index in 0..races {
        let race = Race::of(seed, index);
        let set = stage.runtime.block_on(insist(ledger, race.setting()))?;
        hold!(matches!(set, Outcome::Posted { .. }), "the setting of {race:?} is {set:?}");
        let said = run(race)?;
        race.judge(&said)?;
        tally.looked_for += said.len() as u64;
        tally.count(PRIZES[usize::try_from(index).unwrap_or(0) % PRIZES.len()].1);
    }
    let mut books = Books::default();
    stage.runtime.block_on(async {
        books.follow(ledger, None).await?;
        books.compare_all(ledger).await?;
        let audit = ledger.audit().await?;
        hold!(audit.findings.is_empty(), "the audit found {:?}", audit.findings);
        Ok::<(), crate::Failed>(())
    })?;
    Ok(tally)
}

/// One of two processes.
struct Side {
    child: Child,
    to: ChildStdin,
    from: Lines<BufReader<ChildStdout>>,
}

impl Side {
    fn begin(stage: &Stage, store: &Store, seed: u64, side: u64) -> Told<Self> {
        let mut child = Command::new(&stage.program)
            .arg("race")
            .args(store.words())
            .args(["--seed", &seed.to_string(), "--side", &side.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let to = child.stdin.take().ok_or("its input is a pipe")?;
        let from = BufReader::new(child.stdout.take().ok_or("its output is a pipe")?).lines();
        Ok(Self { child, to, from })
    }

    fn call(&mut self, index: u64) -> Told<()> {
        Ok(writeln!(self.to, "{index}")?)
    }

    fn hear(&mut self, said: &mut Vec<Said>) -> Told<()> {
        loop {
            let line = self.from.next().ok_or("one of the two processes has ended")??;
            match Said::parse(&line) {
                Some(one) => said.push(one),
                None if line == "done" => return Ok(()),
                None => return Err(format!("one of the two processes said {line:?}").into()),
            }
        }
    }
}

impl Drop for Side {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// One of two processes: attempts its callers' part of each race that it is told of.
pub async fn side(store: &Store, seed: u64, side: u64) -> ExitCode {
    let outcome = async {
        let ledger = store.open()?;
        for line in std::io::stdin().lines() {
            for said in attempt_all(&ledger, Race::of(seed, line?.parse()?), side, 2).await? {
                println!("{said}");
            }
            println!("done");
        }
        Ok::<(), crate::Failed>(())
    };
    match outcome.await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
