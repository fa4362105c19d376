//! The program `qianbao`.

use std::path::Path;
use std::process::ExitCode;

use clap::Parser;
use qianbao_server::audit::{self, Verdict};
use qianbao_server::backup::{self, life, restore};
use qianbao_server::clock::{Clock, Sources, SystemClock};
use qianbao_server::codes::keys::OperatorKeys;
use qianbao_server::config::{Cli, Command};
use qianbao_server::database::Database;
use qianbao_server::funding::rows;
use qianbao_server::halt::resume;
use qianbao_server::hosts::RealmName;
use qianbao_server::seed::{self, Seeded};
use qianbao_server::traces::Traces;
use qianbao_server::{limits, openapi, realm, serve};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer};

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
            let traces = config.traces.as_ref().map(Traces::begin).transpose()?;
            log(&config.log, traces.as_ref())?;
            let served = runtime()?.block_on(serve::serve(config));
            if let Some(traces) = traces {
                traces.end();
            }
            served?;
        }
        Command::Audit(options) => {
            let (data, database) = options.resolve()?;
            let verdict = audit::audit(&data, &database, &mut std::io::stdout().lock())?;
            return Ok(if verdict == Verdict::Right { ExitCode::SUCCESS } else { ExitCode::FAILURE });
        }
        Command::Backup(options) => {
            let data = backup::in_files(options.data.resolve()?)?;
            backup::backup(&data, &options.to, SystemClock.now(), &mut std::io::stdout())?;
        }
        Command::Restore(options) => {
            let (data, mut report) = (backup::in_files(options.data.resolve()?)?, std::io::stdout());
            runtime()?.block_on(restore::restore(&options.from, &data, SystemClock.now(), &mut report))?;
        }
        Command::BeginLife(options) => {
            let (_, database) = options.resolve()?;
            runtime()?.block_on(life::begin_life(&database, SystemClock.now(), &mut std::io::stdout()))?;
        }
        Command::Resume(options) => {
            let ((data, database), mut report) = (options.resolve()?, std::io::stdout());
            let verdict = audit::audit(&data, &database, &mut report)?;
            runtime()?.block_on(resume::resume(verdict, &data, &database, &mut report))?;
            return Ok(if verdict == Verdict::Right { ExitCode::SUCCESS } else { ExitCode::FAILURE });
        }
        Command::Seed(options) => {
            let (data, database) = options.resolve()?;
            let place = database.place(&data);
            match runtime()?.block_on(seed::seed(&data, &database, SystemClock.now()))? {
                Seeded::Now => println!("{place}: demo people, a demo shop and their history"),
                Seeded::Before => println!("{place}: people live there already, nothing was done"),
            }
        }
        Command::RotateKeys(options) => {
            let data = options.folder()?;
            for realm in RealmName::ALL {
                let keys = OperatorKeys::rotate(&data.join(realm.folder()).join("keys"), &Sources::system())?;
                println!("{realm}: {} signs after the next start", keys.public().keys[0].id);
            }
        }
        Command::Held(options) => {
            let (data, database) = options.resolve()?;
            runtime()?.block_on(held(&data, &database))?;
        }
        Command::Limits => print!("{}", limits::BUILT_IN),
        Command::Openapi => print!("{}", openapi::document()),
    }
    Ok(ExitCode::SUCCESS)
}

/// Writes what stands in unidentified receipts, and what could not be booked, to standard output.
async fn held(data: &Path, database: &Database) -> Result<(), Box<dyn std::error::Error>> {
    println!("realm\tstate\tbooked_at\tamount\tentry\treference\tpayer\tlast4");
    for name in RealmName::ALL {
        let Some(directory) = realm::directory_of(data, database, name).await? else { continue };
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

/// JSON lines on standard error; spans for the collector, if there is one.
fn log(filter: &str, traces: Option<&Traces>) -> Result<(), Box<dyn std::error::Error>> {
    let lines = tracing_subscriber::fmt::layer().json().flatten_event(true).with_span_list(false);
    let lines = lines.with_writer(std::io::stderr).with_filter(EnvFilter::try_new(filter)?);
    tracing_subscriber::registry().with(lines).with(traces.map(Traces::layer)).init();
    Ok(())
}
