//! `strace` as a disk that fails: the n-th call on the ledger's own files gets an error, or is the process's last.

use std::path::Path;

/// Which calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Calls {
    /// Writing.
    Write,
    /// Syncing.
    Sync,
    /// Syncing Postgres' log, which is told by the call from syncing everything else.
    LogSync,
}

impl Calls {
    /// In words.
    pub const fn about(self) -> &'static str {
        match self {
            Self::Write => "the n-th write",
            Self::Sync | Self::LogSync => "the n-th sync",
        }
    }

    /// As `strace` names them.
    pub const fn names(self) -> &'static str {
        match self {
            Self::Write => "write,pwrite64",
            Self::Sync => "fsync,fdatasync",
            Self::LogSync => "fdatasync",
        }
    }
}

/// What happens at the call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Happens {
    /// It fails with this error.
    Error(&'static str),
    /// The process is killed before it.
    Kill,
}

impl Happens {
    fn words(&self) -> String {
        match self {
            Self::Error(name) => format!("error={name}"),
            Self::Kill => "signal=KILL".to_owned(),
        }
    }
}

/// Words for `strace` that let it happen at the `when`-th call of a thread (`3`, or `3+` for every later one too) on any of
/// `files`, or on any file when there are none. Every such call is noted in `log`. The program and its words come after.
///
/// The tracer ends as the program does, by the same code or signal. Its filter of calls in the kernel is used for errors only: with it,
/// signals are not delivered.
pub fn tracer(files: &[&Path], calls: Calls, happens: &Happens, when: &str, log: &Path) -> Vec<String> {
    let inject = format!("inject={}:{}:when={when}", calls.names(), happens.words());
    let trace = format!("trace={}", calls.names());
    let log = log.display().to_string();
    let mut words: Vec<String> =
        ["-f", "-qqq", "-y", "-o", &log, "-e", &trace, "-e", &inject, "-e", "signal=none"].map(str::to_owned).to_vec();
    if matches!(happens, Happens::Error(_)) {
        // The kernel then stops the program at these calls only.
        words.insert(0, "--seccomp-bpf".to_owned());
    }
    for file in files {
        words.extend(["-P".to_owned(), file.display().to_string()]);
    }
    words
}

/// A SQLite file and its log.
pub fn file_and_log(file: &Path) -> [std::path::PathBuf; 2] {
    let mut log = file.as_os_str().to_owned();
    log.push("-wal");
    [file.to_path_buf(), log.into()]
}

/// The calls that failed by the tracer, from its log: the text of each line.
pub fn injected(log: &Path) -> Vec<String> {
    let text = std::fs::read(log).unwrap_or_default();
    let text = String::from_utf8_lossy(&text).into_owned();
    text.lines().filter(|line| line.contains("(INJECTED)")).map(str::to_owned).collect()
}

/// Whether the log of a SQLite file was written or synced with success after the first call that failed.
pub fn goes_on(log: &Path) -> bool {
    let text = std::fs::read(log).unwrap_or_default();
    let text = String::from_utf8_lossy(&text).into_owned();
    let after = text.lines().skip_while(|line| !line.contains("(INJECTED)"));
    after.into_iter().any(|line| line.contains("-wal>") && !line.contains("(INJECTED)"))
}
