//! A Postgres whose data lie where the story wants them: on a disk whose power is cut, or under a tracer that makes calls fail.
//!
//! The settings that keep what is acknowledged are Postgres' own; small segments and few of them let a story meet checkpoints.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::disk::run;
use crate::{Told, hold};

/// A cluster and, while it runs, its first process.
pub struct Cluster {
    data: PathBuf,
    /// The path of a socket is short, so its folder is not in the story's.
    socket: PathBuf,
    log: PathBuf,
    server: Option<Child>,
}

impl Cluster {
    /// Makes a cluster in `data`; its log goes to `log`, which is elsewhere.
    pub fn make(data: &Path, log: &Path) -> Told<Self> {
        let mut random = [0; 6];
        getrandom::fill(&mut random).map_err(|error| error.to_string())?;
        let word = random.iter().fold(String::new(), |word, byte| format!("{word}{byte:02x}"));
        let socket = PathBuf::from(format!("/tmp/qianbao-faults-{word}"));
        std::fs::create_dir_all(&socket)?;
        std::fs::create_dir_all(data)?;
        let cluster = Self { data: data.to_path_buf(), socket, log: log.to_path_buf(), server: None };
        if user().is_some() {
            run(Command::new("chown").arg(user().unwrap_or_default()).args([&cluster.socket, &cluster.data]))?;
        }
        let mut initdb = cluster.program("initdb")?;
        initdb.arg("--pgdata").arg(&cluster.data).args(["--username=qianbao", "--auth=trust", "--encoding=UTF8"]);
        run(initdb.args(["--locale=C", "--wal-segsize=1"]))?;
        Ok(cluster)
    }

    /// The address for the ledger.
    pub fn address(&self) -> String {
        format!("postgres:///postgres?host={}&user=qianbao", self.socket.display())
    }

    /// Starts it, behind these words of a tracer if there are any, and waits until it answers.
    pub fn start(&mut self, tracer: &[String]) -> Told<()> {
        let log = std::fs::File::options().create(true).append(true).open(&self.log)?;
        let postgres = self.program("postgres")?;
        let mut command = match tracer.split_first() {
            None => postgres,
            Some((program, words)) => {
                let mut command = Command::new(program);
                command.args(words).arg(postgres.get_program()).args(postgres.get_args());
                command
            }
        };
        command.arg("-D").arg(&self.data).arg("-k").arg(&self.socket).current_dir("/");
        for setting in [
            "listen_addresses=",
            "max_connections=40",
            "shared_buffers=32MB",
            "min_wal_size=2MB",
            "max_wal_size=4MB",
            "checkpoint_timeout=30s",
            // After a crash the whole file system is synced instead of a thousand files.
            "recovery_init_sync_method=syncfs",
        ] {
            command.args(["-c", setting]);
        }
        self.server = Some(command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log).spawn()?);
        self.wait_until_ready(Duration::from_mins(1))
    }

    /// Waits until it answers.
    pub fn wait_until_ready(&mut self, longest: Duration) -> Told<()> {
        let began = Instant::now();
        while run(self
            .program("pg_isready")?
            .args(["--quiet", "--username=qianbao", "--dbname=postgres", "--host"])
            .arg(&self.socket))
        .is_err()
        {
            let ended = self.server.as_mut().map(Child::try_wait).transpose()?.flatten();
            hold!(ended.is_none(), "Postgres ended with {ended:?}; its log is {}", self.log.display());
            hold!(
                began.elapsed() < longest,
                "Postgres did not answer within {longest:?}; its log is {}",
                self.log.display()
            );
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(())
    }

    /// Whether it has ended by itself.
    pub fn has_ended(&mut self) -> Told<bool> {
        Ok(self.server.as_mut().map(Child::try_wait).transpose()?.flatten().is_some())
    }

    /// Ends it in order, so that nothing has to be recovered.
    pub fn stop(&mut self) -> Told<()> {
        if let Some(first) = self.first_process() {
            run(Command::new("kill").args(["-INT", &first]))?;
        }
        self.wait_until_gone(Duration::from_mins(1))
    }

    /// Ends every process of it at once, without a last checkpoint, and waits until all are gone.
    pub fn end(&mut self) -> Told<()> {
        if self.server.is_some()
            && let Some(first) = self.first_process()
        {
            let _ = run(Command::new("kill").args(["-QUIT", &first]));
        }
        self.wait_until_gone(Duration::from_secs(10))
    }

    /// Waits for its end; kills it when it does not come.
    fn wait_until_gone(&mut self, longest: Duration) -> Told<()> {
        let Some(mut server) = self.server.take() else { return Ok(()) };
        let (first, began) = (self.first_process(), Instant::now());
        while server.try_wait()?.is_none() {
            if began.elapsed() > longest {
                if let Some(first) = &first {
                    let _ = run(Command::new("kill").args(["-KILL", first]));
                }
                server.kill()?;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        Ok(())
    }

    /// The postmaster: its own file says, while the disk can be read; under a tracer it is not our child.
    fn first_process(&self) -> Option<String> {
        let lock = std::fs::read_to_string(self.socket.join(".s.PGSQL.5432.lock")).ok()?;
        lock.lines().next().map(str::to_owned)
    }

    /// A program of Postgres, as a user it accepts, that does not outlive this process.
    fn program(&self, name: &str) -> Told<Command> {
        let program = programs().ok_or("expected Postgres' programs in /usr/lib/postgresql")?.join(name);
        let Some(user) = user() else { return Ok(Command::new(program)) };
        let mut command = Command::new("setpriv");
        command.args([&format!("--reuid={user}"), "--clear-groups", "--inh-caps=-all"]);
        if name == "postgres" {
            command.args(["--pdeathsig", "QUIT"]);
        }
        command.arg(program).current_dir(&self.socket);
        Ok(command)
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let _ = self.end();
        let _ = std::fs::remove_dir_all(&self.socket);
    }
}

/// The newest version's folder.
fn programs() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").ok()?.flatten();
    let mut versions: Vec<(u32, PathBuf)> = versions
        .filter_map(|version| Some((version.file_name().to_str()?.parse().ok()?, version.path().join("bin"))))
        .collect();
    versions.sort();
    versions.pop().map(|(_, folder)| folder)
}

/// Postgres refuses to run as root: then it runs as its own user.
fn user() -> Option<&'static str> {
    let out = Command::new("id").arg("-u").output().ok()?;
    let is_root = out.stdout.starts_with(b"0\n");
    let has_own = || Command::new("id").arg("postgres").output().is_ok_and(|out| out.status.success());
    is_root.then(|| if has_own() { "postgres" } else { "nobody" })
}
