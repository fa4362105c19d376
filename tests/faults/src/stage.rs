//! What a story is told on: the program that plays the writing process, a folder, a runtime.

use std::path::{Path, PathBuf};
use std::process::Command;

use tokio::runtime::Runtime;

use crate::check::{Memory, Numbers};
use crate::life::{Acknowledged, Ended, Life};
use crate::postings::opening;
use crate::store::Store;
use crate::write::insist;
use crate::{Told, hold};

/// Numbers that one life may use.
pub const NUMBERS: u64 = 1_000_000;
/// Callers of a writing process.
pub const CALLERS: u64 = 8;

/// The stage of one story.
pub struct Stage {
    /// This package's program.
    pub program: PathBuf,
    /// The story's own folder, which is empty at the beginning and kept when it fails.
    pub folder: PathBuf,
    /// Drives what is asynchronous.
    pub runtime: Runtime,
}

impl Stage {
    /// A stage in a new folder.
    pub fn set(program: &Path, folder: PathBuf) -> Told<Self> {
        if folder.exists() {
            std::fs::remove_dir_all(&folder)?;
        }
        std::fs::create_dir_all(&folder)?;
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
        Ok(Self { program: program.to_path_buf(), folder, runtime })
    }

    /// A ledger's file in the story's folder.
    pub fn file(&self) -> Store {
        Store::Sqlite(self.folder.join("ledger.db"))
    }

    /// A schema that nobody has used, in the database that the tests share.
    pub fn schema() -> Store {
        let address = qianbao_tests_postgres::address().to_owned();
        Store::Postgres { address, schema: qianbao_tests_postgres::fresh_name() }
    }

    /// The command of a writing process whose numbers begin at `first`.
    pub fn writer(&self, store: &Store, first: u64) -> Command {
        let mut command = Command::new(&self.program);
        self.tell(&mut command, store, first);
        command
    }

    /// Adds the words that make a command of the program a writing process.
    pub fn tell(&self, command: &mut Command, store: &Store, first: u64) {
        command.arg("write").args(store.words());
        command.args(["--first", &first.to_string(), "--callers", &CALLERS.to_string()]);
    }

    /// Opens a new ledger and everybody's wallet in it.
    pub fn open_new(&self, store: &Store) -> Told<()> {
        let ledger = store.open()?;
        let outcome = self.runtime.block_on(insist(&ledger, opening()))?;
        hold!(matches!(outcome, qianbao_ledger::Outcome::Posted { .. }), "the opening is {outcome:?}");
        Ok(())
    }

    /// Opens the ledger again after a life that began at `first`, and checks it.
    pub fn check(&self, store: &Store, memory: &mut Memory, ended: Acknowledged, first: u64) -> Told<()> {
        let numbers = Numbers { first, callers: CALLERS, end: first + NUMBERS };
        memory.check(&self.runtime, &store.open()?, ended, numbers)
    }

    /// A life that begins at `first`.
    pub fn begin(&self, store: &Store, first: u64, options: &[&str]) -> Told<Life> {
        Life::begin(self.writer(store, first).args(options))
    }

    /// Says that a life should have ended in another way.
    pub fn unexpected(ended: &Ended) -> crate::Failed {
        format!("the writing process ended with {}: {}", ended.status, ended.words.trim()).into()
    }
}
