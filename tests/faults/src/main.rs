//! `qianbao-faults`: tells stories of faults until the goals are reached. `cargo xtask faults` builds and starts it.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Instant;

use clap::{Args, Parser, Subcommand};
use qianbao_tests_faults::kinds::{Form, Kind, race};
use qianbao_tests_faults::report::{Failure, Report};
use qianbao_tests_faults::stage::Stage;
use qianbao_tests_faults::write::{Sending, write};
use qianbao_tests_faults::{Told, disk};

#[derive(Parser)]
#[command(name = "qianbao-faults", about = "Faults, and every acknowledged id looked for")]
struct Arguments {
    #[command(subcommand)]
    command: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Tell stories.
    Run(Run),
    /// The process that faults happen to.
    #[command(hide = true)]
    Write(Sending),
    /// One of two processes in races.
    #[command(hide = true)]
    Race {
        #[command(flatten)]
        sending: Sending,
        #[arg(long)]
        seed: u64,
        #[arg(long)]
        side: u64,
    },
}

#[derive(Args)]
struct Run {
    /// Where it adds up.
    #[arg(long)]
    report: PathBuf,
    /// Where stories have their folders; those of stories that failed are kept.
    #[arg(long)]
    folder: PathBuf,
    /// How much.
    #[arg(long, value_enum, default_value = "long")]
    form: Form,
    /// What this program was built from, for the report: a commit.
    #[arg(long, default_value = "unknown")]
    source: String,
    /// Only these kinds.
    #[arg(long, value_enum)]
    kind: Vec<Kind>,
    /// Tells the story with this seed again, whatever was done.
    #[arg(long, requires = "kind")]
    seed: Option<u64>,
}

fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_ansi(false)
        .with_writer(std::io::stderr)
        .with_max_level(tracing_subscriber::filter::LevelFilter::ERROR)
        .init();
    let runtime = || tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    match (Arguments::parse().command, runtime()) {
        (Verb::Run(run), _) => {
            let outcome = if std::env::var_os(disk::INSIDE).is_some() { tell_here(&run) } else { tell_all(&run) };
            outcome.unwrap_or_else(|error| {
                eprintln!("{error}");
                ExitCode::FAILURE
            })
        }
        (Verb::Write(sending), Ok(runtime)) => runtime.block_on(write(&sending)),
        (Verb::Race { sending, seed, side }, Ok(runtime)) => match sending.store() {
            Ok(store) => runtime.block_on(race::side(&store, seed, side)),
            Err(error) => {
                eprintln!("{error}");
                ExitCode::FAILURE
            }
        },
        (_, Err(error)) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// Tells every kind in turn; those that mount, in a mount namespace of their own.
fn tell_all(run: &Run) -> Told<ExitCode> {
    let kinds: Vec<Kind> = if run.kind.is_empty() { Kind::all().to_vec() } else { run.kind.clone() };
    let mut random = [0; 8];
    getrandom::fill(&mut random).map_err(|error| error.to_string())?;
    let mut report = Report::read(&run.report, u64::from_le_bytes(random))?;
    if run.seed.is_none() {
        report.begin(&kinds, run.form);
    }
    report.write(&run.report)?;
    let refusal = kinds.iter().any(|kind| kind.mounts()).then(disk::refusal).flatten();
    let mut is_right = true;
    for kind in &kinds {
        if kind.mounts() {
            if let Some(reason) = &refusal {
                let mut report = Report::read(&run.report, 0)?;
                report.row(*kind).refused = Some(reason.clone());
                report.write(&run.report)?;
                eprintln!("{}: NOT RUN, it {reason}", kind.name());
                is_right = false;
                continue;
            }
            is_right &= tell_inside(run, *kind)?;
        } else {
            is_right &= tell(run, *kind)?;
        }
    }
    print!("\n{}", Report::read(&run.report, 0)?.table(&kinds, run.form));
    Ok(if is_right { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Starts this program again where what is mounted is seen by nobody else.
fn tell_inside(run: &Run, kind: Kind) -> Told<bool> {
    let mut command = Command::new("unshare");
    command.args(["--mount", "--propagation", "private", "--"]).arg(std::env::current_exe()?).arg("run");
    command.arg("--report").arg(&run.report).arg("--folder").arg(&run.folder).args(["--kind", &kind.name()]);
    command.args(["--form", if run.form == Form::Quick { "quick" } else { "long" }, "--source", &run.source]);
    if let Some(seed) = run.seed {
        command.args(["--seed", &seed.to_string()]);
    }
    Ok(command.env(disk::INSIDE, "1").status()?.success())
}

fn tell_here(run: &Run) -> Told<ExitCode> {
    let mut is_right = true;
    for kind in &run.kind {
        is_right &= tell(run, *kind)?;
    }
    Ok(if is_right { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Tells stories of a kind until its goal is reached or one fails.
fn tell(run: &Run, kind: Kind) -> Told<bool> {
    let program = std::env::current_exe()?;
    if let Some(seed) = run.seed {
        eprintln!("{}: the story with seed {seed}", kind.name());
        let many = kind.story();
        return match told(&program, &run.folder, kind, seed, many) {
            Ok(tally) => {
                println!("{}: held. {tally:?}", kind.name());
                Ok(true)
            }
            Err((folder, error)) => {
                eprintln!("{}: {error}; left in {}", kind.name(), folder.display());
                Ok(false)
            }
        };
    }
    let (began, mut said) = (Instant::now(), Instant::now());
    loop {
        let mut report = Report::read(&run.report, 0)?;
        let many = report.left(kind, run.form).min(kind.story());
        if many == 0 {
            eprintln!("{}: {} {} in {} s", kind.name(), kind.goal(run.form), kind.unit(), began.elapsed().as_secs());
            return Ok(true);
        }
        let seed = report.next_seed(kind);
        report.write(&run.report)?;
        let start = Instant::now();
        match told(&program, &run.folder, kind, seed, many) {
            Ok(tally) => report.add(kind, run.form, &run.source, many, &tally, start.elapsed().as_secs_f64()),
            Err((folder, error)) => {
                eprintln!("{}: FAILED with seed {seed}: {error}; left in {}", kind.name(), folder.display());
                let (source, message) = (run.source.clone(), error.to_string());
                report.row(kind).failures.push(Failure { seed, source, message, folder });
                report.write(&run.report)?;
                return Ok(false);
            }
        }
        report.write(&run.report)?;
        if said.elapsed().as_secs() >= 10 {
            said = Instant::now();
            eprintln!("{}: {} {} left", kind.name(), report.left(kind, run.form), kind.unit());
        }
    }
}

/// One story; its folder is removed when it ended well.
fn told(
    program: &Path,
    folder: &Path,
    kind: Kind,
    seed: u64,
    many: u64,
) -> Result<qianbao_tests_faults::kinds::Tally, (PathBuf, qianbao_tests_faults::Failed)> {
    // Others of its processes begin elsewhere.
    let folder = std::path::absolute(folder).unwrap_or_else(|_| folder.to_path_buf());
    let folder = folder.join(format!("{}-{seed}", kind.name()));
    let outcome = Stage::set(program, folder.clone()).and_then(|stage| kind.tell(&stage, seed, many));
    match outcome {
        Ok(tally) => {
            // What is left behind is in nobody's way.
            let _ = std::fs::remove_dir_all(&folder);
            Ok(tally)
        }
        Err(error) => Err((folder, error)),
    }
}
