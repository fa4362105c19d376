//! The part of `cargo xtask faults` that every run of the tests tells: 200 kills of a ledger's process, ten failing disks and 16
//! races on each database. The seed is another each time and is printed when a story fails.

use std::path::Path;

use qianbao_tests_faults::kinds::Kind;
use qianbao_tests_faults::random::seed_at;
use qianbao_tests_faults::stage::Stage;

/// Tells `many` faults in stories of the kind's own length.
fn tell(kind: Kind, many: u64) {
    let folder = tempfile::Builder::new().prefix("qianbao-faults-").tempdir().expect("a temporary folder");
    let mut random = [0; 8];
    getrandom::fill(&mut random).expect("the system gives random bytes");
    let mut left = many;
    while left > 0 {
        let (seed, part) = (seed_at(u64::from_le_bytes(random), left), left.min(kind.story()));
        let program = Path::new(env!("CARGO_BIN_EXE_qianbao-faults"));
        let stage = Stage::set(program, folder.path().join("story")).expect("a stage");
        if let Err(error) = kind.tell(&stage, seed, part) {
            panic!("{error}; again: cargo xtask faults --kind {} --seed {seed}", kind.name());
        }
        left -= part;
    }
}

#[test]
fn what_a_killed_process_acknowledged_is_there_on_sqlite() {
    tell(Kind::KillSqlite, 160);
}

#[test]
fn what_a_killed_process_acknowledged_is_there_on_postgres() {
    tell(Kind::KillPostgres, 40);
}

/// The n-th write or sync fails: the ledger stops, also when the log was being copied, and nothing acknowledged is lost.
#[test]
fn a_disk_that_fails_once_stops_the_ledger() {
    tell(Kind::ErrorSqlite, 10);
}

#[test]
fn a_race_has_as_many_winners_as_there_is_enough_for_on_sqlite() {
    tell(Kind::RaceSqlite, 16);
}

#[test]
fn a_race_between_two_processes_has_as_many_winners_as_there_is_enough_for() {
    tell(Kind::RacePostgres, 16);
}
