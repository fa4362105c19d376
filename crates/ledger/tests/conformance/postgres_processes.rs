//! Several processes on one database under mixed load, one killed and one stopped at random: one gapless order, one outcome
//! for each id, nothing acknowledged is lost, and whoever stands still stops nobody else.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use qianbao_core::Currency;
use qianbao_core::posting::{ClaimKey, Draft, Ensure, Mode, OnVoid, Posting, Settled};
use qianbao_ledger::{Answer, CommitClock, Epoch, Ledger, Outcome, Place, Settings, SubmitError};
use qianbao_tests_postgres as server;

use crate::world::{StoppedClock, World, bank, bank_key, head, wallet, wallet_ensure};
use crate::zone;

const ADDRESS: &str = "QIANBAO_TEST_LEDGER_ADDRESS";
const SCHEMA: &str = "QIANBAO_TEST_LEDGER_SCHEMA";
const FIRST: &str = "QIANBAO_TEST_LEDGER_FIRST";
/// Numbers that one life of a process may use for itself.
const NUMBERS: u64 = 1_000_000;
/// Numbers below this are used by all processes: each id is sent by several of them.
const CONTENDED: u64 = 2_000;
const CALLERS: usize = 16;
const FAULTS: u32 = 12;

fn open(place: &Place) -> Ledger {
    let settings = Settings { clock: StoppedClock::new().clock(), zone: zone(), epoch: Epoch(1) };
    Ledger::open_postgres(place, settings, CommitClock::Database).expect("the schema opens")
}

/// What is sent under a number: the same, whoever sends it.
fn posting(number: u64) -> Posting {
    let draft = Draft::new(head(number));
    let key = |number: u64| ClaimKey::new("qianbao/test/processes", &[&number.to_be_bytes()]);
    let draft = match number % 5 {
        // Every two contended numbers want the same claim.
        0 if number < CONTENDED => {
            draft.leg(bank(), wallet("lan"), Currency::CNY, 1).claim(key(number / 10), OnVoid::Keep)
        }
        0 | 1 => draft.leg(bank(), wallet("lan"), Currency::CNY, 1).claim(key(number), OnVoid::Keep),
        2 => draft.leg(bank(), wallet("lan"), Currency::CNY, 1).leg(wallet("lan"), wallet("yun"), Currency::CNY, 1),
        // There is never that much.
        3 => draft.leg(wallet("yun"), wallet("lan"), Currency::CNY, 1_000_000_000),
        _ => {
            let reserved = draft.leg(bank(), wallet("yun"), Currency::CNY, 7);
            Draft { mode: Mode::Pending { expires_at: None }, ..reserved }
        }
    };
    draft.finish().expect("the right form")
}

/// The settlement or the void of a number that reserves; its own number is far away.
fn end_of(number: u64) -> Posting {
    let pending = head(number).posting_ref();
    let settled = if number.is_multiple_of(2) { Settled::Part(vec![3]) } else { Settled::Whole };
    let mode = if number.is_multiple_of(3) { Mode::Void { pending } } else { Mode::Settle { pending, settled } };
    Draft { mode, ..Draft::new(head(end_number(number))) }.finish().expect("the right form")
}

const fn end_number(number: u64) -> u64 {
    number + 1_000 * NUMBERS
}

/// Sends until there is an outcome, as a client does.
async fn insist(ledger: &Ledger, posting: Posting) -> Outcome {
    loop {
        match ledger.submit(posting.clone()).await {
            Ok(outcome) => return outcome,
            Err(SubmitError::Busy | SubmitError::Unknown) => tokio::time::sleep(Duration::from_millis(20)).await,
            Err(error) => panic!("{error}"),
        }
    }
}

fn acknowledge(number: u64, outcome: &Outcome) {
    match outcome {
        Outcome::Posted { sequence, .. } => println!("acknowledged {number} {sequence}."),
        Outcome::Refused { .. } => println!("acknowledged {number} 0."),
    }
}

/// The process that is killed or stopped: posts without end and prints every outcome.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "is started, and killed, by the test below"]
async fn posts_until_it_is_killed() {
    let variable = |name| std::env::var(name).expect("started by the test below");
    let first: u64 = variable(FIRST).parse().expect("a number");
    let ledger = open(&Place::new(&variable(ADDRESS), &variable(SCHEMA)).expect("a place"));
    let callers: Vec<_> = (0..CALLERS)
        .map(|caller| {
            let ledger = ledger.clone();
            tokio::spawn(async move {
                let own = (first..first + NUMBERS).skip(caller).step_by(CALLERS);
                // A contended one before every third of its own.
                let mut contended = (0..CONTENDED).skip(caller).step_by(CALLERS).cycle();
                for (index, own) in own.enumerate() {
                    let others = (index % 3 == 0).then(|| contended.next()).flatten();
                    for number in others.into_iter().chain([own]) {
                        acknowledge(number, &insist(&ledger, posting(number)).await);
                        if number % 5 == 4 {
                            acknowledge(end_number(number), &insist(&ledger, end_of(number)).await);
                        }
                    }
                }
            })
        })
        .collect();
    for caller in callers {
        caller.await.expect("posts until the process ends");
    }
}

/// Everything that was acknowledged: number and sequence, 0 for what was refused.
type Acknowledged = Arc<Mutex<HashMap<u64, u64>>>;

/// One process and the thread that reads what it says.
struct Life {
    child: Child,
    /// Taken when the process has ended.
    listener: Option<std::thread::JoinHandle<()>>,
    said: Arc<Mutex<u64>>,
}

impl Life {
    fn begin(schema: &str, number: u64, all: &Acknowledged) -> Self {
        let mut child = Command::new(std::env::current_exe().expect("this test's own program"))
            .args(["--ignored", "--exact", "--nocapture", "postgres_processes::posts_until_it_is_killed"])
            .env(ADDRESS, server::address())
            .env(SCHEMA, schema)
            .env(FIRST, (number * NUMBERS).to_string())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let lines = BufReader::new(child.stdout.take().expect("piped")).lines();
        let (all, said) = (Arc::clone(all), Arc::new(Mutex::new(0)));
        let count = Arc::clone(&said);
        let listener = std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                // The last line of a killed process may be cut off: then it has said nothing.
                let Some((number, sequence)) = acknowledged(&line) else { continue };
                let before = all.lock().unwrap_or_else(PoisonError::into_inner).insert(number, sequence);
                assert!(before.is_none_or(|before| before == sequence), "{number}: {before:?} and {sequence}");
                *count.lock().unwrap_or_else(PoisonError::into_inner) += 1;
            }
        });
        Self { child, listener: Some(listener), said }
    }

    fn said(&self) -> u64 {
        *self.said.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until it has said so much more.
    fn hear(&self, more: u64, seconds: u64) {
        let (from, start) = (self.said(), Instant::now());
        while self.said() < from + more {
            assert!(start.elapsed() < Duration::from_secs(seconds), "{} of {more} in {seconds} s", self.said() - from);
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    fn signal(&self, name: &str) {
        let sent = Command::new("kill").args([name, &self.child.id().to_string()]).status();
        assert!(sent.expect("kill is there").success());
    }

    fn die(mut self) {
        self.child.kill().expect("it can be killed");
        let listener = self.listener.take().expect("it has not died before");
        listener.join().expect("every outcome was the same each time");
    }
}

impl Drop for Life {
    /// Also after a failed test no process stays behind.
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn acknowledged(line: &str) -> Option<(u64, u64)> {
    let (number, sequence) = line.strip_prefix("acknowledged ")?.strip_suffix('.')?.split_once(' ')?;
    Some((number.parse().ok()?, sequence.parse().ok()?))
}

#[tokio::test]
async fn one_order_whoever_is_killed_or_stands_still() {
    let schema = server::fresh_name();
    let place = Place::new(server::address(), &schema).expect("a place");
    let world = World::new(open(&place), StoppedClock::new());
    let opening =
        world.draft().ensure(Ensure::open(bank_key())).ensure(wallet_ensure("lan")).ensure(wallet_ensure("yun"));
    let opening = Draft { head: head(500 * NUMBERS), ..opening };
    world.post(opening).await;
    let all = Acknowledged::default();
    let mut lives = vec![Life::begin(&schema, 1, &all), Life::begin(&schema, 2, &all)];
    for life in &lives {
        life.hear(50, 60);
    }
    let seed = RandomState::new().hash_one(0);
    println!("seed {seed:#x}");
    for fault in 0..FAULTS {
        let chance = seed.rotate_right(fault * 5);
        let victim = usize::from(chance & 1 == 1);
        std::thread::sleep(Duration::from_millis((chance >> 1) % 200));
        if fault % 2 == 0 {
            lives.remove(victim).die();
            lives.insert(victim, Life::begin(&schema, u64::from(fault) + 3, &all));
            lives[victim].hear(20, 60);
        } else {
            lives[victim].signal("-STOP");
            // However it was stopped, the other goes on: it may have to wait until the database ends the session.
            lives[1 - victim].hear(100, 10);
            lives[victim].signal("-CONT");
            lives[victim].hear(20, 60);
        }
    }
    lives.into_iter().for_each(Life::die);
    let acknowledged = all.lock().unwrap_or_else(PoisonError::into_inner).clone();
    check(&world.ledger, &acknowledged).await;
}

/// Each acknowledged outcome is the stored one, and everything adds up.
async fn check(ledger: &Ledger, acknowledged: &HashMap<u64, u64>) {
    assert!(acknowledged.len() > 1_000, "only {} were acknowledged", acknowledged.len());
    assert!(acknowledged.values().any(|sequence| *sequence == 0), "nothing was refused");
    for (number, sequence) in acknowledged {
        match ledger.posting(head(*number).posting_ref()).await {
            Ok(Some(Answer::Posted(record))) => assert_eq!(record.sequence, *sequence, "{number}"),
            Ok(Some(Answer::Refused(_))) => assert_eq!(*sequence, 0, "{number}"),
            other => panic!("{number} was acknowledged and is {other:?}"),
        }
    }
    let audit = ledger.audit().await.expect("readable");
    assert_eq!(audit.findings, Vec::new());
    let mut head = ledger.head();
    let follows = tokio::time::timeout(Duration::from_secs(5), head.wait_for(|&head| head == audit.sequence)).await;
    assert!(follows.is_ok(), "the head follows the other processes");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_engines_race_for_ids_and_claims() {
    let place = Place::new(server::address(), &server::fresh_name()).expect("a place");
    let engines = [open(&place), open(&place)];
    let world = World::new(engines[0].clone(), StoppedClock::new());
    world.fund("ming", 16 * 5).await;
    world.fund("lan", 0).await;
    for race in 0..16_u64 {
        // 64 attempts over both engines: half with one id, half with sixteen others, all with one claim.
        let key = ClaimKey::new("qianbao/test/race", &[&race.to_be_bytes()]);
        let payment = |number: u64| {
            let draft = Draft::new(head(10_000 + race * 100 + number)).claim(key, OnVoid::Keep);
            draft.leg(wallet("ming"), wallet("lan"), Currency::CNY, 5).finish().expect("a transfer")
        };
        let others = (1..=16).flat_map(|number| [number, number]);
        let attempts = std::iter::repeat_n(0, 32).chain(others).zip(engines.iter().cycle());
        let tries: Vec<_> = attempts
            .map(|(number, ledger)| {
                let (ledger, posting) = (ledger.clone(), payment(number));
                tokio::spawn(async move { (posting.head.id, insist(&ledger, posting).await) })
            })
            .collect();
        let mut outcomes = HashMap::new();
        for attempt in tries {
            let (id, outcome) = attempt.await.expect("the attempt ends");
            let first = outcomes.entry(id).or_insert_with(|| outcome.clone());
            assert_eq!(*first, outcome, "one id, two outcomes");
        }
        let posted = outcomes.values().filter(|outcome| matches!(outcome, Outcome::Posted { .. })).count();
        assert_eq!((posted, outcomes.len()), (1, 17), "race {race}");
    }
    assert_eq!(world.available(wallet("ming")).await, 0);
    for ledger in &engines {
        let audit = ledger.audit().await.expect("readable");
        assert_eq!((audit.sequence, audit.findings), (18, Vec::new()));
    }
}
