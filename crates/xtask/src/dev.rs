//! `cargo xtask dev`: a debug server on the folders that `trunk watch` fills, one watcher for each app.

use std::path::PathBuf;

use clap::Args;

use crate::failure::Failure;
use crate::places::Places;
use crate::progress::Steps;
use crate::servers::{self, Ports, Servers, Stop};
use crate::site::{self, App};
use crate::{packages, tools};

/// Options of `dev`.
#[derive(Args, Debug)]
pub struct Options {
    /// Port of the wallet server.
    #[arg(long, default_value_t = 8787)]
    pub port: u16,
    /// Port of the sandbox bank.
    #[arg(long, default_value_t = 8788)]
    pub bank_port: u16,
    /// Folder that holds everything.
    #[arg(long, default_value = "data")]
    pub data: PathBuf,
}

/// Runs the command until Ctrl-C.
pub fn run(places: &Places, options: &Options) -> Result<(), Failure> {
    let ports = Ports { server: options.port, bank: options.bank_port };
    ports.check()?;
    let stop = Stop::listen()?;
    let mut steps = Steps::new(4);
    steps.next("tools");
    tools::ensure(places, tools::SITE)?;
    site::fetch_crates(places)?;
    steps.next("server and sandbox, debug");
    packages::build_programs(places, false)?;
    steps.next("both apps, debug");
    for app in App::ALL {
        // Watchers do not stamp: the next release build starts from clean folders.
        let _ = std::fs::remove_file(places.notes().join(format!("site-{}.stamp", app.folder())));
        site::trunk(places, app, &["build"])?;
    }
    steps.next("start");
    let mut running = Servers::default();
    running.start("the sandbox bank", &mut servers::sandbox(places, "debug", ports))?;
    running.start("the server", &mut servers::wallet(places, "debug", ports, &places.root.join(&options.data)))?;
    servers::wait_ready(&mut running, ports.server, "/readyz", 30)?;
    for app in App::ALL {
        running.start(
            &format!("trunk watch of {}", app.name()),
            site::trunk_command(places, app, &["watch"]).env("QIANBAO_WATCH", "1"),
        )?;
    }
    println!("wallet http://wallet.localhost:{0}   desk http://desk.localhost:{0}   Ctrl-C stops", ports.server);
    running.wait(&stop)
}
