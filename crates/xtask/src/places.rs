//! Where things are in the repository.

use std::path::{Path, PathBuf};

/// The repository's folders.
#[derive(Clone, Debug)]
pub struct Places {
    /// The folder of the workspace's `Cargo.toml`.
    pub root: PathBuf,
    /// Cargo's target folder.
    pub target: PathBuf,
}

impl Places {
    /// The places of the repository this program was built in.
    pub fn find() -> Self {
        let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
        let root = manifest.ancestors().nth(2).unwrap_or(manifest).to_path_buf();
        let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
        Self { root, target }
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
