//! `cargo xtask bench`: runs the measuring programs (`tests/bench` for the ledger, `tests/load` for HTTP, the timed journeys of
//! `tests/e2e` for what people wait for), prints their table and keeps `target/bench.json`.
//!
//! A row without figures does not lose the others: it is named after the table with the reason, and the command fails.

mod live;

use std::fmt::Write;
use std::path::{Path, PathBuf};

use clap::Args;
use serde::{Deserialize, Serialize};

use crate::failure::Failure;
use crate::places::Places;
use crate::process::{command, run as run_command};
use crate::tools::{self, Tool};

/// Options of `bench`.
#[derive(Args, Debug)]
pub struct Options {
    /// Fewer and shorter pairs: shows that it runs, proves little.
    #[arg(long)]
    pub quick: bool,
    /// Only the rows whose id begins with this, such as `L1`.
    pub name: Option<String>,
}

/// A row of `target/bench.json`: one figure of ours beside one of a peer, measured in turn. Where there is no peer, the
/// goal stands in its place and `pairs` counts the measurements.
#[derive(Debug, Deserialize, Serialize)]
struct Row {
    id: String,
    what: String,
    ours: f64,
    peer: f64,
    peer_name: String,
    unit: String,
    pairs: u32,
    ratio_median: f64,
    ratio_min: f64,
    ratio_max: f64,
    goal: Option<f64>,
    met: Option<bool>,
    #[serde(default)]
    bound: Bound,
}

/// On which side of the goal the ratio has to be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
enum Bound {
    /// More is better: a rate.
    #[default]
    AtLeast,
    /// Less is better: a time.
    AtMost,
}

/// What a program measured.
#[derive(Debug, Default, Deserialize)]
struct Results {
    rows: Vec<Row>,
    failed: Vec<Failed>,
}

/// A row, or rows that are measured together, without figures.
#[derive(Debug, Deserialize)]
struct Failed {
    id: String,
    why: String,
}

/// A program that measures some rows.
struct Source {
    /// Ids of its rows; an id stands for all that begin with it.
    ids: &'static [&'static str],
    run: fn(&Places, &Options) -> Result<Results, Failure>,
}

const SOURCES: &[Source] = &[
    Source { ids: &["M1", "L1", "L2", "L3", "H1"], run: engine },
    Source { ids: &["L4"], run: http },
    Source { ids: &["O1"], run: overload },
    Source { ids: &["P1"], run: live },
];

/// Runs the command.
pub fn run(places: &Places, options: &Options) -> Result<(), Failure> {
    let sources: Vec<&Source> = SOURCES.iter().filter(|source| options.wants_some_of(source.ids)).collect();
    if sources.is_empty() {
        let known: Vec<&str> = SOURCES.iter().flat_map(|source| source.ids).copied().collect();
        return Err(Failure::new("no row has such an id", format!("the ids begin with {}", known.join(", "))));
    }
    std::fs::create_dir_all(places.notes())?;
    let mut all = Results::default();
    for source in sources {
        match (source.run)(places, options) {
            Ok(results) => {
                all.rows.extend(results.rows);
                all.failed.extend(results.failed);
            }
            Err(failure) => all.failed.push(Failed { id: source.ids.join(", "), why: failure.what }),
        }
    }
    let json =
        serde_json::to_string_pretty(&all.rows).map_err(|error| Failure::new(error.to_string(), "report this"))?;
    std::fs::write(places.root.join("target/bench.json"), json)?;
    print!("{}", table(&all.rows));
    for Failed { id, why } in &all.failed {
        println!("{id:<24} no figures: {why}");
    }
    if all.failed.is_empty() {
        return Ok(());
    }
    Err(Failure::new(
        format!("{} of the rows have no figures", all.failed.len()),
        "the reasons stand above; `cargo xtask bench ID` measures one of them alone",
    ))
}

impl Options {
    /// Whether some of the rows are wanted whose ids begin with one of these.
    fn wants_some_of(&self, prefixes: &[&str]) -> bool {
        let Some(name) = self.name.as_deref() else { return true };
        prefixes.iter().any(|prefix| prefix.starts_with(name) || name.starts_with(prefix))
    }
}

/// What a program writes into the file it is given, which it does also when some of its rows have no figures.
fn written(places: &Places, id: &str, write: impl FnOnce(&Path) -> Result<(), Failure>) -> Result<Results, Failure> {
    let part = places.notes().join(format!("bench-{id}.json"));
    // What an earlier call left must not be taken for this one's.
    if part.exists() {
        std::fs::remove_file(&part)?;
    }
    let ended = write(&part);
    let Ok(text) = std::fs::read_to_string(&part) else {
        return ended.and(Err(Failure::new(format!("{} was not written", part.display()), "look at the lines above")));
    };
    serde_json::from_str(&text).map_err(|error| {
        Failure::new(format!("{}: {error}", part.display()), "its rows are described in crates/xtask/src/bench.rs")
    })
}

/// The ledger alone.
fn engine(places: &Places, options: &Options) -> Result<Results, Failure> {
    if options.wants_some_of(&["L1-tpcb", "L2", "H1-postgres"]) {
        tools::ensure(places, &[Tool::Postgres])?;
    }
    if options.wants_some_of(&["L2-cala"]) {
        build_cala(places);
    }
    written(places, "L1", |out| run_engine(places, options, out))
}

/// All programs that are measured or measure, in one call: apart, cargo would build what they share once for each choice of features.
fn build(places: &Places) -> Result<(), Failure> {
    if !places.program("release", "qianbao-tests-load").exists() {
        eprintln!("building the server and the bench (the first time 6 to 10 minutes)");
    }
    let mut build = command(places, "cargo");
    build.args(["build", "--quiet", "--release", "--locked"]);
    for package in ["qianbao-server", "qianbao-tests-bench", "qianbao-tests-load"] {
        build.args(["--package", package]);
    }
    run_command(&mut build, "read the compiler's message above")
}

/// cala-ledger, in a workspace of its own. Without it only its own rows have no figures.
fn build_cala(places: &Places) {
    let program = cala(places);
    if !program.exists() {
        eprintln!("building cala-ledger, the peer of L2 (the first time about 5 minutes)");
    }
    let mut build = command(places, "cargo");
    build.args(["build", "--quiet", "--release", "--locked", "--manifest-path", "tests/bench/cala/Cargo.toml"]);
    build.arg("--target-dir").arg(places.target.join("cala"));
    if let Err(failure) = run_command(&mut build, "read the compiler's message above") {
        eprintln!("{failure}");
    }
}

fn cala(places: &Places) -> PathBuf {
    places.target.join("cala/release").join(format!("qianbao-bench-cala{}", std::env::consts::EXE_SUFFIX))
}

fn run_engine(places: &Places, options: &Options, out: &Path) -> Result<(), Failure> {
    build(places)?;
    let mut bench = command(places, places.program("release", "qianbao-tests-bench"));
    bench.arg("--out").arg(out).arg("--cala").arg(cala(places));
    if options.quick {
        bench.arg("--quick");
    }
    run_command(bench.args(options.name.as_ref()), "read the message above; `--quick` is a shorter try")
}

/// The server, asked over HTTP.
fn http(places: &Places, options: &Options) -> Result<Results, Failure> {
    if options.wants_some_of(&["L4-lnbits"])
        && let Err(failure) = tools::ensure(places, &[Tool::Lnbits])
    {
        // Its own row says so again; the others need nothing of it.
        eprintln!("{failure}");
    }
    written(places, "L4", |out| {
        build(places)?;
        let mut bench = command(places, places.program("release", "qianbao-tests-load"));
        bench.args(["bench", "--out"]).arg(out).arg("--lnbits").arg(tools::lnbits(places));
        bench.args(options.name.as_ref());
        run_http(places, options, bench)
    })
}

/// The server, asked for more than it can do.
fn overload(places: &Places, options: &Options) -> Result<Results, Failure> {
    written(places, "O1", |out| {
        build(places)?;
        let mut bench = command(places, places.program("release", "qianbao-tests-load"));
        bench.args(["overload", "--out"]).arg(out);
        run_http(places, options, bench)
    })
}

fn run_http(places: &Places, options: &Options, mut bench: std::process::Command) -> Result<(), Failure> {
    if options.quick {
        bench.arg("--quick");
    }
    bench.env("QIANBAO_BIN", places.program("release", "qianbao"));
    run_command(&mut bench, "read the message above; `--quick` is a shorter try")
}

/// What people wait for.
fn live(places: &Places, options: &Options) -> Result<Results, Failure> {
    Ok(Results { rows: live::rows(places, options)?, failed: Vec::new() })
}

fn table(rows: &[Row]) -> String {
    let mut text = format!(
        "{:<24} {:>12} {:>12}  {:<46} {:>25}  {:<12} what\n",
        "id", "ours", "peer", "unit, peer", "ratio (min–max), pairs", "goal"
    );
    for row in rows {
        let side = if row.bound == Bound::AtLeast { '≥' } else { '≤' };
        let goal = match (row.goal, row.met) {
            (Some(goal), Some(true)) => format!("{side} {goal} met"),
            (Some(goal), _) => format!("{side} {goal} MISSED"),
            (None, _) => "none".to_owned(),
        };
        let _ = writeln!(
            text,
            "{:<24} {:>12.1} {:>12.1}  {:<46} {:>25}  {:<12} {}",
            row.id,
            row.ours,
            row.peer,
            format!("{}, {}", row.unit, row.peer_name),
            format!("{:.2} ({:.2}–{:.2}), {}", row.ratio_median, row.ratio_min, row.ratio_max, row.pairs),
            goal,
            row.what,
        );
    }
    text
}
