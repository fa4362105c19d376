//! `cargo xtask run`: the whole wallet in release on `./data`, with demo people on the first start.

use std::path::PathBuf;

use clap::Args;

use crate::failure::Failure;
use crate::places::Places;
use crate::process::{command, run as run_command};
use crate::progress::Steps;
use crate::servers::{self, Ports, Servers, Stop};
use crate::site::{self, App};
use crate::{packages, tools};

/// Options of `run`.
#[derive(Args, Debug)]
pub struct Options {
    /// Port of the wallet server.
    #[arg(long, default_value_t = 8787)]
    pub port: u16,
    /// Port of the sandbox bank.
    #[arg(long, default_value_t = 8788)]
    pub bank_port: u16,
    /// Folder that holds everything; made on the first start.
    #[arg(long, default_value = "data")]
    pub data: PathBuf,
}

/// Runs the command until Ctrl-C.
pub fn run(places: &Places, options: &Options) -> Result<(), Failure> {
    let ports = Ports { server: options.port, bank: options.bank_port };
    let data = places.root.join(&options.data);
    let mut steps = Steps::new(6);
    ports.check()?;
    let stop = Stop::listen()?;
    steps.next("tools");
    tools::ensure(places, tools::SITE)?;
    for app in App::ALL {
        steps.next(&format!("{} (first time 1 to 4 minutes)", app.name()));
        site::build(places, app)?;
    }
    steps.next("server and sandbox (first time about 5 minutes)");
    packages::build_programs(places, true)?;
    steps.next("demo people");
    seed(places, &data)?;
    steps.next("start");
    let mut running = Servers::default();
    running.start("the sandbox bank", &mut servers::sandbox(places, "release", ports))?;
    running.start("the server", &mut servers::wallet(places, "release", ports, &data))?;
    servers::wait_ready(&mut running, ports.server, "/readyz", 30)?;
    eprintln!("ready after {} s", steps.seconds());
    println!("{}", welcome(ports));
    running.wait(&stop)
}

/// Makes demo people, a shop and some history where there is nothing yet. The stamp is written last: an interrupted
/// seed is begun again on empty folders.
fn seed(places: &Places, data: &std::path::Path) -> Result<(), Failure> {
    let stamp = data.join("seeded");
    if stamp.exists() {
        return Ok(());
    }
    if data.join("live").exists() {
        eprintln!("{} holds a wallet already: nothing is seeded", data.display());
        return Ok(());
    }
    let beside = data.with_extension("new");
    if beside.exists() {
        std::fs::remove_dir_all(&beside)?;
    }
    run_command(
        command(places, places.program("release", "qianbao")).arg("seed").arg("--data").arg(&beside),
        "read the message above; `qianbao seed --help` lists the options",
    )?;
    std::fs::write(beside.join("seeded"), "demo\n")?;
    if data.exists() {
        // Only an empty folder is replaced: a rename onto anything else fails.
        std::fs::remove_dir(data)?;
    }
    std::fs::rename(beside, data)?;
    Ok(())
}

fn welcome(ports: Ports) -> String {
    let Ports { server, bank } = ports;
    format!(
        "
  wallet  http://wallet.localhost:{server}        test realm  http://wallet.test.localhost:{server}
  desk    http://desk.localhost:{server}          test realm  http://desk.test.localhost:{server}
  bank    http://127.0.0.1:{bank}  (sandbox)

  demo sign-ins, password jade-river-walks-2026
    ming   李明     wallet
    lan    王岚     wallet
    chen   陈晨     wallet and desk of 云山茶铺
    emma   Emma     wallet

  Use Chromium or Chrome: it finds *.localhost by itself. Ctrl-C stops everything."
    )
}
