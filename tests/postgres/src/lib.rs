//! A Postgres for tests: the one that `QIANBAO_TEST_POSTGRES` names (`cargo xtask test` starts it once for all suites), else
//! one of this process's own, started when it is first asked for and gone when the process is, however it ends.
//!
//! A test never goes without: where no Postgres can be started, it fails.

mod database;

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

pub use database::{CHOICE, Database, chosen};

/// Names the server of a whole run of tests.
pub const VARIABLE: &str = "QIANBAO_TEST_POSTGRES";

/// A server of this process's own.
pub struct Throwaway {
    address: String,
    /// Its standard input, held open by this process, is what keeps it running.
    keeper: Child,
}

impl Throwaway {
    /// Starts one with these further options of `postgres`, such as `-c fsync=off`.
    ///
    /// # Panics
    /// When it cannot be started; its words are on standard error.
    pub fn start(options: &[&str]) -> Self {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("throwaway.sh");
        let mut keeper = Command::new(&script)
            .args(options)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{}: {error}", script.display()));
        let mut address = String::new();
        let out = keeper.stdout.take().expect("its output is a pipe");
        BufReader::new(out).read_line(&mut address).expect("its output can be read");
        let address = address.trim_end().to_owned();
        assert!(address.starts_with("postgres:"), "no Postgres for the tests: install one, or name one in {VARIABLE}");
        Self { address, keeper }
    }

    /// Its address.
    pub fn address(&self) -> &str {
        &self.address
    }
}

impl Drop for Throwaway {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        let _ = self.keeper.wait();
    }
}

/// The address of the server that all tests of this process share.
///
/// # Panics
/// When there is none and none can be started.
pub fn address() -> &'static str {
    static ADDRESS: OnceLock<String> = OnceLock::new();
    // What stands in a static is never dropped: the end of the process closes the keeper's input.
    static OWN: OnceLock<Throwaway> = OnceLock::new();
    ADDRESS.get_or_init(|| {
        std::env::var(VARIABLE).unwrap_or_else(|_| OWN.get_or_init(|| Throwaway::start(&[])).address().to_owned())
    })
}

/// A name that no other test of this server has: for a schema or a database.
pub fn fresh_name() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis() & 0xffff_ffff;
    format!("t{}_{since:x}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_gone_with_its_handle() {
        let server = Throwaway::start(&[]);
        let folder =
            server.address().split_once("host=").and_then(|(_, rest)| rest.split('&').next()).map(str::to_owned);
        let socket = Path::new(&folder.expect("the address names a folder")).join(".s.PGSQL.5432");
        assert!(socket.exists());
        drop(server);
        assert!(!socket.exists());
        assert!(!socket.parent().is_some_and(Path::exists));
    }
}
