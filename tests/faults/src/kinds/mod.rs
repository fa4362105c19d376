//! The kinds of faults. Each has a goal for the long and for the quick form, and tells stories until it is reached.

pub mod error;
pub mod full;
pub mod http;
pub mod kill;
pub mod load;
pub mod power;
pub mod race;
pub mod trace;

use std::collections::BTreeMap;

use clap::ValueEnum;
use serde::{Deserialize, Serialize};

use crate::Told;
use crate::house::Blow;
use crate::stage::Stage;
use power::Promise;

/// What a story has shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Acknowledged outcomes that were looked for.
    pub looked_for: u64,
    /// What happened how often.
    pub counts: BTreeMap<String, u64>,
}

impl Tally {
    /// One more of these.
    pub fn count(&mut self, what: &str) {
        self.add(what, 1);
    }

    /// So many more of these.
    pub fn add(&mut self, what: &str, many: u64) {
        *self.counts.entry(what.to_owned()).or_default() += many;
    }
}

/// How much is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// In about ten minutes.
    Quick,
    /// In hours.
    Long,
}

/// A kind of fault and where it happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Races for what only one can have, SQLite.
    RaceSqlite,
    /// The same between two processes on Postgres.
    RacePostgres,
    /// The ledger's process is killed, SQLite.
    KillSqlite,
    /// The ledger's process is killed, Postgres.
    KillPostgres,
    /// The server is killed while people pay over HTTP.
    KillHttp,
    /// The server is asked to end while people pay.
    TermHttp,
    /// Writes and syncs fail, SQLite.
    ErrorSqlite,
    /// Syncs fail in Postgres' own processes.
    ErrorPostgres,
    /// Writes and syncs fail under the server.
    ErrorHttp,
    /// The disk gets full, SQLite.
    FullSqlite,
    /// The disk gets full, Postgres.
    FullPostgres,
    /// The power is cut, SQLite.
    PowerSqlite,
    /// The power is cut on settings that lose, SQLite: it has to be noticed.
    ControlSqlite,
    /// The power is cut, Postgres.
    PowerPostgres,
    /// The power is cut on settings that lose, Postgres: it has to be noticed.
    ControlPostgres,
    /// Load and whole-bank reads, SQLite.
    LoadSqlite,
    /// Load of two processes and whole-bank reads, Postgres.
    LoadPostgres,
}

/// One row of [`Kind`]: its unit, goals in the quick and in the long form, and how much one story does.
struct Plan {
    unit: &'static str,
    quick: u64,
    long: u64,
    story: u64,
}

const fn plan(unit: &'static str, quick: u64, long: u64, story: u64) -> Plan {
    Plan { unit, quick, long, story }
}

impl Kind {
    /// All of them, in the order they are told.
    pub fn all() -> &'static [Self] {
        Self::value_variants()
    }

    /// Its name on the command line.
    pub fn name(self) -> String {
        self.to_possible_value().map_or_else(String::new, |value| value.get_name().to_owned())
    }

    fn plan(self) -> Plan {
        match self {
            Self::RaceSqlite | Self::RacePostgres => plan("races of 64", 256, 10_000, race::RACES),
            Self::KillSqlite => plan("kills", 400, 10_000, kill::KILLS),
            Self::KillPostgres => plan("kills", 60, 2_000, kill::KILLS),
            Self::KillHttp => plan("kills", 6, 150, http::BLOWS),
            Self::TermHttp => plan("SIGTERMs", 3, 150, http::BLOWS),
            Self::ErrorSqlite => plan("failing calls", 60, 2_000, error::ERRORS),
            Self::ErrorPostgres => plan("failing databases", 1, 50, 1),
            Self::ErrorHttp => plan("failing disks", 3, 60, http::BLOWS),
            Self::FullSqlite => plan("full disks", 3, 100, 1),
            Self::FullPostgres => plan("full disks", 1, 20, 1),
            Self::PowerSqlite => plan("power cuts", 200, 10_000, power::CUTS),
            Self::ControlSqlite => plan("power cuts", 5, 100, 5),
            Self::PowerPostgres => plan("power cuts", 20, 500, power::CUTS),
            Self::ControlPostgres => plan("power cuts", 3, 30, 3),
            Self::LoadSqlite | Self::LoadPostgres => plan("seconds", 15, 3_600, load::SECONDS),
        }
    }

    /// What is counted.
    pub fn unit(self) -> &'static str {
        self.plan().unit
    }

    /// How many are told in a form.
    pub fn goal(self, form: Form) -> u64 {
        match form {
            Form::Quick => self.plan().quick,
            Form::Long => self.plan().long,
        }
    }

    /// How many one story tells.
    pub fn story(self) -> u64 {
        self.plan().story
    }

    /// Whether it mounts file systems.
    pub const fn mounts(self) -> bool {
        matches!(
            self,
            Self::FullSqlite
                | Self::FullPostgres
                | Self::PowerSqlite
                | Self::PowerPostgres
                | Self::ControlSqlite
                | Self::ControlPostgres
        )
    }

    /// Whether losing is what has to be seen.
    pub const fn has_to_lose(self) -> bool {
        matches!(self, Self::ControlSqlite | Self::ControlPostgres)
    }

    /// Tells a story of `many` faults.
    pub fn tell(self, stage: &Stage, seed: u64, many: u64) -> Told<Tally> {
        let tally = match self {
            Self::RaceSqlite => race::sqlite(stage, seed, many),
            Self::RacePostgres => race::postgres(stage, seed, many),
            Self::KillSqlite => kill::tell(stage, &stage.file(), seed, many),
            Self::KillPostgres => kill::tell(stage, &Stage::schema(), seed, many),
            Self::KillHttp => http::tell(stage, seed, Blow::Kill, many),
            Self::TermHttp => http::tell(stage, seed, Blow::Terminate, many),
            Self::ErrorSqlite => error::sqlite(stage, seed, many),
            Self::ErrorPostgres => error::postgres(stage, seed),
            Self::ErrorHttp => http::tell(stage, seed, Blow::DiskFails, many),
            Self::FullSqlite => full::sqlite(stage, seed),
            Self::FullPostgres => full::postgres(stage, seed),
            Self::PowerSqlite => power::sqlite(stage, seed, many, Promise::Kept),
            Self::ControlSqlite => power::sqlite(stage, seed, many, Promise::Weak),
            Self::PowerPostgres => power::postgres(stage, seed, many, Promise::Kept),
            Self::ControlPostgres => power::postgres(stage, seed, many, Promise::Weak),
            Self::LoadSqlite => load::sqlite(stage, seed, many),
            Self::LoadPostgres => load::postgres(stage, seed, many),
        }?;
        let lost = tally.counts.get(power::LOST).copied().unwrap_or(0);
        if self.has_to_lose() && lost == 0 {
            return Err("nothing was lost on settings that lose: these power cuts show nothing".into());
        }
        Ok(tally)
    }
}
