//! Tools that come from Python's package index, each in a virtual environment below `target`.

use std::path::PathBuf;

use super::apt;
use crate::failure::Failure;
use crate::places::Places;
use crate::process::{command, run, succeeds};

/// The peer of the bench; bitstring 4.4 took away what LNbits 1.6.2 calls.
pub const LNBITS: Environment = Environment { name: "lnbits", packages: &["lnbits==1.6.2", "bitstring<4.4"] };

/// Asks the server what its OpenAPI document promises.
pub const SCHEMATHESIS: Environment = Environment { name: "schemathesis", packages: &["schemathesis==4.32.5"] };

/// A virtual environment and what is installed in it.
pub struct Environment {
    name: &'static str,
    packages: &'static [&'static str],
}

impl Environment {
    /// Where it lies.
    pub fn folder(&self, places: &Places) -> PathBuf {
        places.target.join(self.name)
    }

    /// Whether it is there as it was wanted.
    pub fn is_there(&self, places: &Places) -> bool {
        std::fs::read_to_string(self.stamp(places)).is_ok_and(|installed| installed == self.packages.join("\n"))
    }

    /// Installs it; the stamp is written last, so an interrupted call is done again.
    pub fn install(&self, places: &Places) -> Result<(), Failure> {
        let folder = self.folder(places);
        let environment = || {
            let mut python = command(places, "python3");
            python.args(["-m", "venv", "--clear"]).arg(&folder);
            python
        };
        if !succeeds(&mut environment()) {
            // Debian keeps the module apart from the language.
            apt::install(places, &["python3-venv"])?;
            run(&mut environment(), "Python 3.10 or later with its module venv is needed; read its message above")?;
        }
        let mut pip = command(places, folder.join("bin/pip"));
        pip.args(["install", "--quiet", "--disable-pip-version-check"]).args(self.packages);
        run(&mut pip, "read pip's message above and run the command again")?;
        std::fs::write(self.stamp(places), self.packages.join("\n"))?;
        Ok(())
    }

    fn stamp(&self, places: &Places) -> PathBuf {
        self.folder(places).join("qianbao-installed")
    }
}
