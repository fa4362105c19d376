//! Where things are in the repository.

use std::path::{Path, PathBuf};

/// A file system in memory that Linux has.
const MEMORY: &str = "/dev/shm";
/// The least that has to be free in it and in the machine's memory, MiB: all suites together need some 2 GiB of it at once.
const MEMORY_MIB_MIN: u64 = 6_144;

/// The repository's folders.
#[derive(Clone, Debug)]
pub struct Places {
    /// The folder of the workspace's `Cargo.toml`.
    pub root: PathBuf,
    /// Cargo's target folder.
    pub target: PathBuf,
    /// Where programs that are started put temporary files, if not where the system says.
    pub temporary: Option<PathBuf>,
}

impl Places {
    /// The places of the repository this program was built in.
    pub fn find() -> Self {
        let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
        let root = manifest.ancestors().nth(2).unwrap_or(manifest).to_path_buf();
        let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
        Self { root, target, temporary: None }
    }

    /// The same for tests: with temporary files in memory where there is plenty of it and nobody said otherwise. Their databases sync at each
    /// commit as real ones do, and a busy disk would be the most of what they take. What is measured goes where the system says.
    pub fn for_tests(&self) -> Self {
        let is_chosen = std::env::var_os("TMPDIR").is_some();
        let has_room = |free: Option<u64>| free.is_some_and(|free| free >= MEMORY_MIB_MIN);
        let is_roomy = has_room(free_mib(Path::new(MEMORY))) && has_room(available_mib());
        Self { temporary: (!is_chosen && is_roomy).then(|| PathBuf::from(MEMORY)), ..self.clone() }
    }

    /// Where Trunk puts the built apps: `app` and `desk`.
    pub fn site(&self) -> PathBuf {
        self.root.join("target/site")
    }

    /// Programs that npm installed.
    pub fn npm_programs(&self) -> PathBuf {
        self.root.join("node_modules/.bin")
    }

    /// This program's own notes: stamps, counts, logs.
    pub fn notes(&self) -> PathBuf {
        self.target.join("xtask")
    }

    /// A program of the workspace, built in `profile` (`debug` or `release`).
    pub fn program(&self, profile: &str, name: &str) -> PathBuf {
        self.target.join(profile).join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
    }
}

/// What is free on the file system of a folder that can be written to, MiB.
fn free_mib(folder: &Path) -> Option<u64> {
    let trial = folder.join(format!("qianbao-xtask-{}", std::process::id()));
    std::fs::write(&trial, []).and_then(|()| std::fs::remove_file(&trial)).ok()?;
    let disk = rustix::fs::statvfs(folder).ok()?;
    Some(disk.f_bavail.saturating_mul(disk.f_frsize) >> 20)
}

/// What the machine's memory can still hold, MiB.
fn available_mib() -> Option<u64> {
    let said = std::fs::read_to_string("/proc/meminfo").ok()?;
    let line = said.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
    Some(line.trim().strip_suffix(" kB")?.parse::<u64>().ok()? / 1_024)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::{available_mib, free_mib};

    #[test]
    fn the_free_memory_of_the_machine_is_told() {
        assert!(available_mib().is_some_and(|free| free > 0));
    }

    #[test]
    fn what_is_free_is_told_of_a_folder_that_is_there() {
        assert!(free_mib(&std::env::temp_dir()).is_some_and(|free| free > 0));
        assert_eq!(free_mib(&std::env::temp_dir().join("no such folder")), None);
    }
}
