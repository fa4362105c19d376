//! Every developer command of Qianbao: `cargo xtask COMMAND`.
//!
//! One file a command. What a command needs and the machine lacks is installed first ([`tools`]), with a word on how
//! long it takes; whatever was interrupted is taken up again by the next call. A command that fails says what to do next.

mod bench;
mod dev;
mod e2e;
mod failure;
mod faults;
mod packages;
mod places;
mod postgres;
mod process;
mod progress;
mod run;
mod servers;
mod site;
mod size;
mod test;
mod tidy;
mod tools;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::places::Places;

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Every developer command of Qianbao", arg_required_else_help = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Build everything in release, start it on ./data with demo people, print addresses and sign-ins. Ctrl-C stops it.
    Run(run::Options),
    /// Unit, doc, wasm, API and browser tests; ends with a table of where the time went.
    Test(test::Options),
    /// Format, lints, the invariants of the architecture, licences, markup.
    Tidy(tidy::Options),
    /// Measure; prints a table and writes target/bench.json.
    Bench(bench::Options),
    /// The browser journeys, all or those with a tag such as `pay`.
    E2e(e2e::Options),
    /// Brotli bytes of the wallet's first load, file by file.
    Size,
    /// Kills, power cuts, failing disks, races and load; every acknowledged id is looked for. Adds up in target/faults.json.
    Faults(faults::Options),
    /// A debug server and `trunk watch` for both apps.
    Dev(dev::Options),
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let places = Places::find();
    let outcome = match arguments.command {
        Command::Run(options) => run::run(&places, &options),
        Command::Test(options) => test::run(&places, &options),
        Command::Tidy(options) => tidy::run(&places, &options),
        Command::Bench(options) => bench::run(&places, &options),
        Command::E2e(options) => e2e::run(&places, &options),
        Command::Size => size::run(&places),
        Command::Faults(options) => faults::run(&places, &options),
        Command::Dev(options) => dev::run(&places, &options),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("\n{failure}");
            ExitCode::FAILURE
        }
    }
}
