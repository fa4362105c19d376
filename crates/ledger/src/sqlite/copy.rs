//! Copying a SQLite file as it stands at one moment, beside whoever writes to it, and checking a copy.
//!
//! The copy is made by SQLite's online backup in one step: page by page it would begin anew with every commit. While it runs
//! nothing waits, but the writer's log cannot be emptied, so it grows by what is written meanwhile.

use std::path::Path;
use std::time::Duration;

use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OpenFlags};

/// How often a copy is tried while somebody holds the file's lock, and the pause in between.
const TRIES_MAX: u32 = 50;
const PAUSE: Duration = Duration::from_millis(100);
/// Most of what is wrong with a file that is told.
const TOLD_MAX: usize = 10;

/// A database could not be copied, or a copy is not sound.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    /// The place of the copy is taken.
    #[error("expected nothing at {0}, found a file: a copy overwrites nothing")]
    Exists(std::path::PathBuf),
    /// The original is locked for too long.
    #[error("expected {0} to be free for a copy within some seconds, found it locked")]
    Locked(std::path::PathBuf),
    /// The database failed.
    #[error("expected to {doing} {path}")]
    Database {
        /// What was being done.
        doing: &'static str,
        /// The file.
        path: std::path::PathBuf,
        /// Why.
        #[source]
        source: rusqlite::Error,
    },
    /// The file is damaged.
    #[error("expected a sound database in {path}, found: {found}")]
    Unsound {
        /// The file.
        path: std::path::PathBuf,
        /// What is wrong with it.
        found: String,
    },
}

fn failed(doing: &'static str, path: &Path) -> impl Fn(rusqlite::Error) -> CopyError {
    let path = path.to_path_buf();
    move |source| CopyError::Database { doing, path: path.clone(), source }
}

/// Copies the database in `from`, which others may be writing to, to `to`, where nothing may be. The copy is one file, durable,
/// and holds everything that was committed before the call.
pub fn copy_database(from: &Path, to: &Path) -> Result<(), CopyError> {
    if to.exists() {
        return Err(CopyError::Exists(to.to_path_buf()));
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let source = Connection::open_with_flags(from, flags).map_err(failed("open", from))?;
    let mut copy = Connection::open(to).map_err(failed("make", to))?;
    step_all(&source, &mut copy, from, to)?;
    // Without it whoever looks at the copy leaves files of its log beside it.
    copy.query_row("PRAGMA journal_mode = DELETE", (), |_| Ok(())).map_err(failed("finish", to))?;
    Ok(())
}

fn step_all(source: &Connection, copy: &mut Connection, from: &Path, to: &Path) -> Result<(), CopyError> {
    let copied = failed("copy", to);
    let backup = Backup::new(source, copy).map_err(&copied)?;
    for _ in 0..TRIES_MAX {
        match backup.step(-1).map_err(&copied)? {
            StepResult::Done => return Ok(()),
            _ => std::thread::sleep(PAUSE),
        }
    }
    Err(CopyError::Locked(from.to_path_buf()))
}

/// Reads the whole file: every page and index, and that every row which another one names is there.
pub fn check_database(path: &Path) -> Result<(), CopyError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let checked = failed("check", path);
    let connection = Connection::open_with_flags(path, flags).map_err(&checked)?;
    let lines = |sql: &str, column: usize| -> Result<Vec<String>, CopyError> {
        let mut statement = connection.prepare(sql).map_err(&checked)?;
        let found = statement.query_map((), |row| row.get(column)).map_err(&checked)?;
        found.take(TOLD_MAX).collect::<Result<_, _>>().map_err(&checked)
    };
    let mut found = lines("PRAGMA integrity_check(10)", 0)?;
    found.retain(|line| line != "ok");
    let orphans = lines("PRAGMA foreign_key_check", 0)?;
    found.extend(orphans.into_iter().map(|table| format!("a row of {table} names one that is missing")));
    if found.is_empty() {
        return Ok(());
    }
    Err(CopyError::Unsound { path: path.to_path_buf(), found: found.join("; ") })
}
