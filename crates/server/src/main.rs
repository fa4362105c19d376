//! The program `qianbao`.

use std::path::Path;
use std::process::ExitCode;

use clap::Parser;
use qianbao_server::audit::{self, Verdict};
use qianbao_server::clock::{Clock, Sources, SystemClock};
use qianbao_server::codes::keys::OperatorKeys;
use qianbao_server::config::{Cli, Command};
use qianbao_server::directory::Directory;
use qianbao_server::funding::rows;
use qianbao_server::hosts::RealmName;
use qianbao_server::seed::{self, Seeded};
use qianbao_server::{limits, openapi, serve};
use tracing_subscriber::EnvFilter;

fn main() -> ExitCode {
    match run(Cli::parse().command) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("qianbao: {error}");
            let mut cause = error.source();
            while let Some(next) = cause {
                eprintln!("  because: {next}");
                cause = next.source();
            }
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<ExitCode, Box<dyn std::error::Error>> {
    match command {
        Command::Serve(options) => {
            let config = options.resolve()?;
            log(&config.log)?;
            runtime()?.block_on(serve::serve(config))?;
        }
        Command::Audit(options) => {
            let verdict = audit::audit(&options.folder()?, &mut std::io::stdout().lock())?;
            return Ok(if verdict == Verdict::Right { ExitCode::SUCCESS } else { ExitCode::FAILURE });
        }
        Command::Seed(options) => {
            let data = options.folder()?;
            match runtime()?.block_on(seed::seed(&data, SystemClock.now()))? {
                Seeded::Now => println!("{}: demo people, a demo shop and their history", data.display()),
                Seeded::Before => println!("{}: people live there already, nothing was done", data.display()),
            }
        }
        Command::RotateKeys(options) => {
            let data = options.folder()?;
            for realm in RealmName::ALL {
                let keys = OperatorKeys::rotate(&data.join(realm.folder()).join("keys"), &Sources::system())?;
                println!("{realm}: {} signs after the next start", keys.public().keys[0].id);
            }
        }
        Command::Held(options) => runtime()?.block_on(held(&options.folder()?))?,
        Command::Limits => print!("{}", limits::BUILT_IN),
        Command::Openapi => print!("{}", openapi::document()),
    }
    Ok(ExitCode::SUCCESS)
}

/// Writes what stands in unidentified receipts, and what could not be booked, to standard output.
async fn held(data: &Path) -> Result<(), Box<dyn std::error::Error>> {
    println!("realm\tstate\tbooked_at\tamount\tentry\treference\tpayer\tlast4");
    for name in RealmName::ALL {
        let file = data.join(name.folder()).join("directory.db");
        if !file.exists() {
            continue;
        }
        let directory = Directory::open(&file).await?;
        for credit in rows::held(directory.readers(), rows::HELD_MAX).await? {
            match credit {
                Ok(credit) => println!("{}", credit.line(name)),
                Err(error) => eprintln!("qianbao: {name}: a credit cannot be shown: {error}"),
            }
        }
        directory.close().await;
    }
    Ok(())
}

fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()
}

/// JSON lines on standard error.
fn log(filter: &str) -> Result<(), Box<dyn std::error::Error>> {
    let filter = EnvFilter::try_new(filter)?;
    tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_span_list(false)
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
    Ok(())
}
