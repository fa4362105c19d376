//! A line that is cut at the commit: whether it was stored cannot be known from the connection, so the ids are asked.
//!
//! The engine speaks to Postgres through a wire that this test holds in its hands. It can be cut when the commit comes by,
//! before the server has seen it or after.

use std::io::{Read, Write};
use std::net::Shutdown;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicU32, Ordering};

use qianbao_core::posting::{ClaimKey, OnVoid};
use qianbao_ledger::{CommitClock, Epoch, Ledger, Outcome, Place, Settings, SubmitError};
use qianbao_tests_postgres as server;

use crate::world::{StoppedClock, World, wallet};
use crate::zone;

const WHOLE: u8 = 0;
const BEFORE: u8 = 1;
const AFTER: u8 = 2;
/// After it, and every new line as well.
const LAST: u8 = 3;
const DOWN: u8 = 4;

/// A socket that leads to the server's.
struct Wire {
    folder: tempfile::TempDir,
    cut: Arc<AtomicU8>,
    cuts: Arc<AtomicU32>,
}

impl Wire {
    fn lay() -> Self {
        let folder = tempfile::Builder::new().prefix("wire").tempdir_in("/tmp").expect("a folder with a short path");
        let listener = UnixListener::bind(folder.path().join(".s.PGSQL.5432")).expect("listens");
        let (cut, cuts) = (Arc::new(AtomicU8::new(WHOLE)), Arc::new(AtomicU32::new(0)));
        let (of_lines, counted) = (Arc::clone(&cut), Arc::clone(&cuts));
        let server = real_folder().join(".s.PGSQL.5432");
        std::thread::spawn(move || {
            for line in listener.incoming().map_while(Result::ok) {
                if of_lines.load(Ordering::SeqCst) == DOWN {
                    continue;
                }
                let real = UnixStream::connect(&server).expect("the server is there");
                let back = (real.try_clone().expect("a handle"), line.try_clone().expect("a handle"));
                std::thread::spawn(move || pass(back.0, back.1));
                let (cut, cuts) = (Arc::clone(&of_lines), Arc::clone(&counted));
                std::thread::spawn(move || watch(line, real, &cut, &cuts));
            }
        });
        Self { folder, cut, cuts }
    }

    fn place(&self) -> Place {
        let real = real_folder();
        let address = server::address().replace(&*real.to_string_lossy(), &self.folder.path().to_string_lossy());
        Place::new(&address, &server::fresh_name()).expect("a place")
    }
}

/// The folder of the real server's socket.
fn real_folder() -> PathBuf {
    let rest = server::address().split_once("host=").expect("the address names a socket").1;
    Path::new(rest.split('&').next().unwrap_or(rest)).to_owned()
}

fn pass(mut from: UnixStream, mut to: UnixStream) {
    let _ = std::io::copy(&mut from, &mut to);
    let _ = to.shutdown(Shutdown::Both);
}

/// Passes on what the engine says until a commit comes by that is to be cut.
fn watch(mut line: UnixStream, mut real: UnixStream, cut: &AtomicU8, cuts: &AtomicU32) {
    let mut said = vec![0; 65_536];
    while let Ok(count @ 1..) = line.read(&mut said) {
        let is_commit = said[..count].windows(7).any(|window| window == b"COMMIT\0");
        let now = if is_commit { cut.load(Ordering::SeqCst) } else { WHOLE };
        if [BEFORE, AFTER, LAST].contains(&now) {
            cut.store(if now == LAST { DOWN } else { WHOLE }, Ordering::SeqCst);
            cuts.fetch_add(1, Ordering::SeqCst);
            let _ = line.shutdown(Shutdown::Both);
        }
        if now == BEFORE || real.write_all(&said[..count]).is_err() {
            break;
        }
    }
    let _ = real.shutdown(Shutdown::Write);
}

fn open(place: &Place) -> World {
    let clock = StoppedClock::new();
    let settings = Settings { clock: clock.clock(), zone: zone(), epoch: Epoch(1) };
    World::new(Ledger::open_postgres(place, settings, CommitClock::Given).expect("the schema opens"), clock)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_commit_without_an_answer_has_one_outcome() {
    let wire = Wire::lay();
    let world = open(&wire.place());
    world.fund("ming", 1_000).await;
    world.fund("lan", 0).await;
    for (round, cut) in [BEFORE, AFTER, AFTER, BEFORE, AFTER].into_iter().enumerate() {
        let round = round as u64;
        let key = ClaimKey::new("qianbao/test/cut", &[&round.to_be_bytes()]);
        let paid = world.pay("ming", "lan", 10).claim(key, OnVoid::Keep);
        let refused = world.pay("lan", "ming", 5_000);
        wire.cut.store(cut, Ordering::SeqCst);
        let (paid_answer, refused_answer) = tokio::join!(world.submit(paid.clone()), world.submit(refused.clone()));
        assert_eq!(u64::from(wire.cuts.load(Ordering::SeqCst)), round + 1, "no commit was cut");
        assert!(
            matches!(paid_answer, Ok(Outcome::Posted { sequence, .. }) if sequence == 3 + round),
            "{paid_answer:?}"
        );
        assert!(matches!(refused_answer, Ok(Outcome::Refused { .. })), "{refused_answer:?}");
        assert_eq!(world.submit(paid).await, paid_answer);
        assert_eq!(world.submit(refused).await, refused_answer);
    }
    assert_eq!(world.available(wallet("lan")).await, 50);
    assert_eq!(world.ledger.audit().await.expect("readable").findings, Vec::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_caller_is_told_when_it_stays_unknown() {
    let wire = Wire::lay();
    let world = open(&wire.place());
    world.fund("ming", 1_000).await;
    world.fund("lan", 0).await;
    let draft = world.pay("ming", "lan", 10);
    wire.cut.store(LAST, Ordering::SeqCst);
    assert_eq!(world.submit(draft.clone()).await, Err(SubmitError::Unknown));
    assert_eq!(world.submit(world.pay("ming", "lan", 10)).await, Err(SubmitError::Busy), "this one never went out");
    assert!(world.ledger.is_writable());
    wire.cut.store(WHOLE, Ordering::SeqCst);
    assert!(matches!(world.submit(draft).await, Ok(Outcome::Posted { sequence: 3, .. })));
    assert_eq!(world.available(wallet("lan")).await, 10);
}
