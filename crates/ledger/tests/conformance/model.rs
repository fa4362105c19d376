//! Random batches on the model and on each database: every answer, and afterwards everything that can be read, must be the
//! same, also after the database has been closed and opened again. What all backends share (the deciding function) is
//! checked beside it by rules written down here a second time.

use std::collections::{BTreeMap, HashMap, HashSet};

use proptest::prelude::*;
use qianbao_core::posting::{
    AccountId, AccountState, Asset, Change, ChangeTo, ClaimKey, Draft, Ensure, Measure, Mode, OnVoid, Posting,
    PostingRef, Settled,
};
use qianbao_core::{Currency, Timestamp};
use qianbao_ledger::{
    Account, Auditor, CommitClock, Decision, Epoch, Memory, Outcome, Phase, Postgres, Reader, Record, Refusal, Sqlite,
    Sums, Writer, run_batch,
};

use crate::world::{START, bank, bank_key, budget_key, counter_key, head, wallet, wallet_ensure};
use crate::{place, zone};

const PEOPLE: [&str; 6] = ["ming", "lan", "chen", "yun", "bo", "fei"];

/// One posting to be built when its turn comes.
#[derive(Clone, Debug)]
enum Step {
    Open { who: usize },
    Fund { to: usize, amount: i64 },
    Pay { from: usize, to: usize, amount: i64, claim: Option<(u8, bool)>, is_budgeted: bool, seconds_left: Option<i64> },
    Reserve { from: usize, to: usize, amount: i64, claim: Option<(u8, bool)>, expires_in: Option<i64> },
    Settle { which: usize, part: Option<i64>, fee: bool },
    Void { which: usize, claim: Option<u8> },
    Repeat { which: usize, with_other_digest: bool },
    Claim { key: u8 },
    Change { who: usize, to: ChangeTo },
    Chain { amount: i64 },
    Stale,
}

/// Some postings of one batch, the time that passes before it, and whether the file is opened anew.
#[derive(Clone, Debug)]
struct Round {
    steps: Vec<Step>,
    seconds: i64,
    is_reopened: bool,
}

fn change() -> impl Strategy<Value = ChangeTo> {
    prop_oneof![
        prop_oneof![
            4 => Just(AccountState::Open),
            1 => Just(AccountState::NoDebit),
            1 => Just(AccountState::Frozen),
            1 => Just(AccountState::Dormant),
            1 => Just(AccountState::Closed),
        ]
        .prop_map(ChangeTo::State),
        prop::option::of(-50_i64..50).prop_map(ChangeTo::Floor),
        prop::option::of(0_i64..500).prop_map(ChangeTo::Ceiling),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let who = 0..PEOPLE.len();
    let claim = || prop::option::of((0_u8..12, any::<bool>()));
    prop_oneof![
        3 => (who.clone(), 1_i64..400).prop_map(|(to, amount)| Step::Fund { to, amount }),
        6 => (who.clone(), who.clone(), 1_i64..200, claim(), any::<bool>(), prop::option::of(-5_i64..60)).prop_map(
            |(from, to, amount, claim, is_budgeted, seconds_left)| Step::Pay {
                from, to, amount, claim, is_budgeted, seconds_left,
            }
        ),
        4 => (who.clone(), who.clone(), 1_i64..200, claim(), prop::option::of(-1_i64..60)).prop_map(
            |(from, to, amount, claim, expires_in)| Step::Reserve { from, to, amount, claim, expires_in }
        ),
        4 => (0..64_usize, prop::option::of(0_i64..220), any::<bool>())
            .prop_map(|(which, part, fee)| Step::Settle { which, part, fee }),
        2 => (0..64_usize, prop::option::of(0_u8..12)).prop_map(|(which, claim)| Step::Void { which, claim }),
        3 => (0..64_usize, any::<bool>())
            .prop_map(|(which, with_other_digest)| Step::Repeat { which, with_other_digest }),
        1 => (0_u8..12).prop_map(|key| Step::Claim { key }),
        1 => (who, change()).prop_map(|(who, to)| Step::Change { who, to }),
        1 => (1_i64..300).prop_map(|amount| Step::Chain { amount }),
        1 => Just(Step::Change { who: 4, to: ChangeTo::State(AccountState::Closed) }),
        1 => Just(Step::Stale),
    ]
}

fn rounds() -> impl Strategy<Value = Vec<Round>> {
    let round = (prop::collection::vec(step(), 0..12), 0_i64..40, prop::bool::weighted(0.2))
        .prop_map(|(steps, seconds, is_reopened)| Round { steps, seconds, is_reopened });
    prop::collection::vec(round, 1..16).prop_map(|mut rounds| {
        // Nearly everybody has something to begin with; one wallet is open and empty, one may never be opened.
        let mut steps: Vec<Step> = (0..PEOPLE.len() - 2).map(|to| Step::Fund { to, amount: 400 }).collect();
        steps.push(Step::Open { who: PEOPLE.len() - 2 });
        rounds.insert(0, Round { steps, seconds: 0, is_reopened: false });
        rounds
    })
}

/// Turns steps into postings; remembers what was built for repeats, settlements and voids.
#[derive(Default)]
struct Builder {
    number: u64,
    built: Vec<Posting>,
    reserved: Vec<PostingRef>,
}

fn key(number: u8) -> ClaimKey {
    ClaimKey::new("qianbao/test/model", &[&[number]])
}

const fn on_void(is_free: bool) -> OnVoid {
    if is_free { OnVoid::Free } else { OnVoid::Keep }
}

impl Builder {
    fn draft(&mut self) -> Draft {
        self.number += 1;
        Draft::new(head(self.number))
    }

    fn pay(&mut self, from: usize, to: usize, amount: i64) -> Draft {
        // Nobody pays themselves: the neighbour gets it.
        let to = if from == to { (to + 1) % PEOPLE.len() } else { to };
        self.draft().leg(wallet(PEOPLE[from]), wallet(PEOPLE[to]), Currency::CNY, amount)
    }

    fn build(&mut self, step: &Step, now: Timestamp) -> Posting {
        let draft = match step {
            Step::Open { who } => self.draft().ensure(wallet_ensure(PEOPLE[*who])),
            Step::Fund { to, amount } => {
                let ensured = self.draft().ensure(Ensure::open(bank_key())).ensure(wallet_ensure(PEOPLE[*to]));
                ensured.leg(bank(), wallet(PEOPLE[*to]), Currency::CNY, *amount)
            }
            Step::Pay { from, to, amount, claim, is_budgeted, seconds_left } => {
                let mut draft = self.pay(*from, *to, *amount);
                if let Some((number, is_free)) = claim {
                    draft = draft.claim(key(*number), on_void(*is_free));
                }
                if *is_budgeted {
                    draft = budgeted(draft, *from, *amount);
                }
                draft.head.not_after = seconds_left.map(|seconds| now.plus_seconds(seconds));
                draft
            }
            Step::Reserve { from, to, amount, claim, expires_in } => {
                let mut draft = self.pay(*from, *to, *amount).leg(
                    wallet(PEOPLE[*from]),
                    wallet(PEOPLE[(*from + 2) % PEOPLE.len()]),
                    Currency::CNY,
                    1,
                );
                if let Some((number, is_free)) = claim {
                    draft = draft.claim(key(*number), on_void(*is_free));
                }
                draft.mode = Mode::Pending { expires_at: expires_in.map(|seconds| now.plus_seconds(seconds)) };
                self.reserved.push(draft.head.posting_ref());
                draft
            }
            Step::Settle { which, part, fee } => {
                let pending = self.target(*which);
                let settled = part.map_or(Settled::Whole, |amount| Settled::Part(vec![amount, amount % 2]));
                let mut draft = self.draft();
                if *fee {
                    draft = draft.leg(wallet("lan"), wallet("chen"), Currency::CNY, 1);
                }
                Draft { mode: Mode::Settle { pending, settled }, ..draft }
            }
            Step::Void { which, claim } => {
                let pending = self.target(*which);
                let draft = Draft { mode: Mode::Void { pending }, ..self.draft() };
                claim.map_or(draft.clone(), |number| draft.claim(key(number), OnVoid::Keep))
            }
            Step::Repeat { which, with_other_digest } => self.repeat(*which, *with_other_digest),
            Step::Claim { key: number } => self.draft().claim(key(*number), OnVoid::Free),
            Step::Change { who, to } => {
                let mut draft = self.draft();
                draft.changes.push(Change { account: wallet(PEOPLE[*who]), to: *to });
                draft
            }
            Step::Chain { amount } => {
                let middle = wallet(PEOPLE[1]);
                let draft = self.draft().leg(middle, wallet(PEOPLE[2]), Currency::CNY, *amount);
                draft.leg(wallet(PEOPLE[0]), middle, Currency::CNY, *amount)
            }
            Step::Stale => {
                let day = zone().day(now.plus_seconds(-86_400));
                Draft { day: Some(day), ..self.draft().claim(key(200), OnVoid::Keep) }
            }
        };
        let posting = draft.finish().expect("the test builds postings of correct form");
        self.built.push(posting.clone());
        posting
    }

    fn repeat(&mut self, which: usize, with_other_digest: bool) -> Draft {
        let Some(posting) = self.built.get(which % self.built.len().max(1)).cloned() else {
            return self.draft().claim(key(0), OnVoid::Free);
        };
        let mut draft = posting.into_draft();
        if with_other_digest {
            draft.head.digest = [0xee; 32];
        }
        draft
    }

    fn target(&self, which: usize) -> PostingRef {
        match self.reserved.len() {
            0 => head(9_999_999).posting_ref(),
            count => self.reserved[which % count],
        }
    }
}

fn budgeted(draft: Draft, who: usize, amount: i64) -> Draft {
    let budget = budget_key(PEOPLE[who]);
    draft
        .ensure(Ensure::open(budget))
        .ensure(Ensure::open(counter_key()))
        .leg(budget.id(), counter_key().id(), Asset::Limit(Currency::CNY), amount)
        .guard(budget.id(), Measure::NetDebits, 300)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn sqlite_is_the_model(rounds in rounds()) {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("ledger.db");
        is_the_model(&rounds, || {
            let opened = Sqlite::open(&path, &zone(), Epoch(1)).expect("the file opens");
            (opened.writer, opened.reader)
        });
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]

    #[test]
    fn postgres_is_the_model(rounds in rounds()) {
        let place = place();
        is_the_model(&rounds, || {
            let opened = Postgres::open(&place, &zone(), Epoch(1), CommitClock::Given).expect("the schema opens");
            (opened.writer, opened.reader)
        });
    }
}

fn is_the_model<W: Writer, R: Reader>(rounds: &[Round], open: impl Fn() -> (W, R)) {
    let mut model = Memory::new();
    let (mut writer, mut reader) = open();
    let mut builder = Builder::default();
    let mut now = START;
    let mut answered = HashMap::new();
    // They look at a few things at a time while more comes, and must never see a difference that is only one of time.
    let mut auditors = [2, 512].map(Auditor::with_page);
    for round in rounds {
        now = now.plus_seconds(round.seconds);
        let batch: Vec<Posting> = round.steps.iter().map(|step| builder.build(step, now)).collect();
        let expected = run_batch(&mut model, batch.clone(), &|| now, &zone()).expect("the model never fails");
        let found = run_batch(&mut writer, batch.clone(), &|| now, &zone()).expect("the database is well");
        assert_eq!(found.answers, expected.answers);
        check_answers(&batch, &found, &mut answered);
        if round.is_reopened {
            drop((writer, reader));
            (writer, reader) = open();
        }
        compare(&model, &reader, &builder);
        for auditor in &mut auditors {
            auditor.follow(&reader).expect("readable");
            auditor.look(&reader).expect("readable");
            assert_eq!(auditor.take_findings(), Vec::new());
        }
    }
    drop((writer, reader));
    let (_writer, reader) = open();
    compare(&model, &reader, &builder);
    check_rules(&reader);
    let audit = qianbao_ledger::audit(&reader).expect("the database can be read");
    assert_eq!(audit.findings, Vec::new());
    for mut auditor in auditors {
        while !auditor.look(&reader).expect("readable") {}
        while !auditor.follow(&reader).expect("readable") {}
        assert_eq!((auditor.take_findings(), auditor.sequence()), (Vec::new(), audit.sequence));
    }
}

/// One id and one digest have one outcome, however often they are asked.
fn check_answers(batch: &[Posting], found: &Decision, answered: &mut HashMap<PostingRef, ([u8; 32], Outcome)>) {
    for (posting, answer) in batch.iter().zip(&found.answers) {
        let Ok(outcome) = answer else { continue };
        let head = &posting.head;
        let first = answered.entry(head.posting_ref()).or_insert_with(|| (head.digest, outcome.clone()));
        assert_eq!((&first.0, &first.1), (&head.digest, outcome));
    }
}

/// Everything there is, from a ledger at rest.
struct Whole {
    records: Vec<Record>,
    accounts: Vec<Account>,
    holders: Vec<(ClaimKey, u64)>,
}

impl Whole {
    /// Read by pages of so many accounts and claims.
    fn of(reader: &impl Reader, limit: usize) -> Self {
        let records = reader.tail(0, 10_000).expect("readable");
        let tip = records.last().map_or(0, |record| record.sequence);
        let (mut accounts, mut holders): (Vec<Account>, Vec<(ClaimKey, u64)>) = (Vec::new(), Vec::new());
        loop {
            let (at, page) = reader.accounts_after(accounts.last().map(|account| account.id), limit).expect("readable");
            assert_eq!(at, tip);
            let is_last = page.len() < limit;
            accounts.extend(page);
            if is_last {
                break;
            }
        }
        loop {
            let (at, page) = reader.claims_after(holders.last().map(|(key, _)| *key), limit).expect("readable");
            assert_eq!(at, tip);
            let is_last = page.len() < limit;
            holders.extend(page);
            if is_last {
                break;
            }
        }
        Self { records, accounts, holders }
    }
}

/// Everything that can be read is the same on both.
fn compare(model: &Memory, reader: &impl Reader, builder: &Builder) {
    assert_eq!(reader.tip(), Reader::tip(model));
    assert_eq!(reader.tail(0, 10_000), model.tail(0, 10_000));
    let (expected, found) = (Whole::of(model, 2), Whole::of(reader, 100));
    assert_eq!(found.accounts, expected.accounts);
    assert_eq!(found.holders, expected.holders);
    let keys: Vec<ClaimKey> = (0..12).map(key).collect();
    assert_eq!(reader.claim_sequences(&keys), model.claim_sequences(&keys));
    let numbers: Vec<u64> = (0..found.records.len() as u64 + 2).rev().collect();
    assert_eq!(reader.records(&numbers), model.records(&numbers));
    for account in &expected.accounts {
        let mut before = None;
        loop {
            let page = reader.history(account.id, before, 7).expect("readable");
            assert_eq!(Ok(&page), model.history(account.id, before, 7).as_ref());
            let Some(next) = page.next else { break };
            before = Some(next);
        }
        let owner = account.key.owner;
        assert_eq!(reader.accounts_of(owner, 100), model.accounts_of(owner, 100));
    }
    for posting in &builder.built {
        let name = posting.head.posting_ref();
        assert_eq!(reader.answer(name), model.answer(name));
        assert_eq!(Reader::pending(reader, name), Reader::pending(model, name));
    }
    for number in 0..12 {
        assert_eq!(reader.holder(key(number)), model.holder(key(number)));
    }
}

/// The rules of the contract, computed from the log without the deciding function.
fn check_rules(reader: &impl Reader) {
    let cut = Whole::of(reader, 3);
    let mut names = HashSet::new();
    let mut sums: HashMap<AccountId, Sums> = HashMap::new();
    let mut held: HashMap<ClaimKey, PostingRef> = HashMap::new();
    let mut pending: HashMap<PostingRef, &Record> = HashMap::new();
    for (index, record) in cut.records.iter().enumerate() {
        let head = &record.posting.head;
        assert_eq!(record.sequence, index as u64 + 1);
        assert!(names.insert(head.posting_ref()), "an id twice");
        assert!(head.not_after.is_none_or(|last| record.time <= last));
        match &record.posting.mode {
            Mode::Pending { .. } => {
                pending.insert(head.posting_ref(), record);
            }
            Mode::Settle { pending: name, .. } => {
                pending.remove(name).expect("settled once");
            }
            Mode::Void { pending: name } => {
                let voided = pending.remove(name).expect("voided once");
                for claim in voided.posting.claims.iter().filter(|claim| claim.on_void == OnVoid::Free) {
                    assert_eq!(held.remove(&claim.key), Some(*name));
                }
            }
            Mode::Final => {}
        }
        for claim in &record.posting.claims {
            assert_eq!(held.insert(claim.key, head.posting_ref()), None, "a claim held twice");
        }
        fold(&mut sums, record);
        for touched in &record.touched {
            assert_eq!(sums[&touched.account], touched.sums, "posting {}", record.sequence);
        }
        for guard in &record.posting.guards {
            let measured = sums.get(&guard.account).map_or(0, |sums| sums.measure(guard.measure));
            assert!(measured <= guard.at_most);
        }
    }
    let now = cut.records.last().map_or(START, |record| record.time);
    for name in pending.keys() {
        let state = Reader::pending(reader, *name).expect("readable").expect("is pending");
        assert!(state.resolved.is_none() && state.expires_at.is_none_or(|expiry| expiry > now), "{state:?} at {now:?}");
    }
    let mut totals: BTreeMap<Asset, i64> = BTreeMap::new();
    for account in &cut.accounts {
        assert_eq!(sums.get(&account.id).copied().unwrap_or_default(), account.sums);
        *totals.entry(account.key.asset).or_default() += account.sums.debits_posted - account.sums.credits_posted;
    }
    assert!(totals.values().all(|total| *total == 0));
    let stored: HashMap<ClaimKey, u64> = cut.holders.into_iter().collect();
    assert_eq!(stored.len(), held.len());
}

fn fold(sums: &mut HashMap<AccountId, Sums>, record: &Record) {
    for effect in &record.effects {
        let (posted, pending) = match effect.phase {
            Phase::Posted => (effect.amount, 0),
            Phase::Reserved => (0, effect.amount),
            Phase::Settled { released } => (effect.amount, -effect.amount - released),
            Phase::Released => (0, -effect.amount),
        };
        let debit = sums.entry(effect.debit).or_default();
        debit.debits_posted += posted;
        debit.debits_pending += pending;
        let credit = sums.entry(effect.credit).or_default();
        credit.credits_posted += posted;
        credit.credits_pending += pending;
    }
}

/// The random batches do reach what they are meant to reach: a generator that only ever refuses would prove nothing.
#[test]
fn the_random_batches_reach_every_answer() {
    use proptest::strategy::ValueTree;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut seen: BTreeMap<&'static str, usize> = BTreeMap::new();
    for _ in 0..200 {
        let rounds = rounds().new_tree(&mut runner).expect("a sample").current();
        let (mut model, mut builder, mut now) = (Memory::new(), Builder::default(), START);
        for round in rounds {
            now = now.plus_seconds(round.seconds);
            let batch: Vec<Posting> = round.steps.iter().map(|step| builder.build(step, now)).collect();
            let decision = run_batch(&mut model, batch, &|| now, &zone()).expect("the model never fails");
            for answer in decision.answers {
                *seen.entry(name_of(&answer)).or_default() += 1;
            }
        }
    }
    for expected in [
        "posted",
        "too late",
        "missing",
        "resolved",
        "too much",
        "claim",
        "account",
        "state",
        "floor",
        "ceiling",
        "guard",
        "changed",
        "closed",
        "not empty",
        "reused",
        "stale",
    ] {
        assert!(seen.contains_key(expected), "never seen: {expected}; seen: {seen:?}");
    }
}

fn name_of(answer: &Result<Outcome, qianbao_ledger::SubmitError>) -> &'static str {
    use qianbao_ledger::SubmitError;
    match answer {
        Ok(Outcome::Posted { .. }) => "posted",
        Err(SubmitError::IdReused) => "reused",
        Err(SubmitError::Stale { .. }) => "stale",
        Err(_) => "other error",
        Ok(Outcome::Refused { reason, .. }) => match reason {
            Refusal::TooLate { .. } => "too late",
            Refusal::PendingMissing => "missing",
            Refusal::PendingResolved { .. } => "resolved",
            Refusal::SettledTooMuch { .. } => "too much",
            Refusal::ClaimTaken { .. } => "claim",
            Refusal::AccountMissing { .. } => "account",
            Refusal::State { .. } => "state",
            Refusal::Floor { .. } => "floor",
            Refusal::Ceiling { .. } => "ceiling",
            Refusal::Guard { .. } => "guard",
            Refusal::ChangedMissing { .. } => "changed",
            Refusal::ChangedClosed { .. } => "closed",
            Refusal::NotEmpty { .. } => "not empty",
            _ => "another refusal",
        },
    }
}
