//! `cargo xtask bench`: runs the measuring programs (`tests/bench` for the ledger, `tests/load` for HTTP, the timed journeys of
//! `tests/e2e` for what people wait for), prints their table and keeps `target/bench.json`.

mod live;

use std::fmt::Write;
use std::path::Path;

use clap::Args;
use serde::{Deserialize, Serialize};

use crate::failure::Failure;
use crate::places::Places;
use crate::process::{command, run as run_command};

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

/// A program that measures some rows.
struct Source {
    /// Ids of its rows.
    ids: &'static [&'static str],
    run: fn(&Places, &Options) -> Result<Vec<Row>, Failure>,
}

const SOURCES: &[Source] = &[
    Source { ids: &["L1", "L2", "L3", "M1"], run: engine },
    Source { ids: &["L4"], run: http },
    Source { ids: &["P1"], run: live::rows },
];

/// Runs the command.
pub fn run(places: &Places, options: &Options) -> Result<(), Failure> {
    let wanted = |source: &&Source| {
        options
            .name
            .as_deref()
            .is_none_or(|name| source.ids.iter().any(|id| id.starts_with(name) || name.starts_with(id)))
    };
    let sources: Vec<&Source> = SOURCES.iter().filter(wanted).collect();
    if sources.is_empty() {
        let known: Vec<&str> = SOURCES.iter().flat_map(|source| source.ids).copied().collect();
        return Err(Failure::new("no row has such an id", format!("the ids are {}", known.join(", "))));
    }
    std::fs::create_dir_all(places.notes())?;
    let mut rows: Vec<Row> = Vec::new();
    for source in sources {
        rows.extend((source.run)(places, options)?);
    }
    let json = serde_json::to_string_pretty(&rows).map_err(|error| Failure::new(error.to_string(), "report this"))?;
    std::fs::write(places.root.join("target/bench.json"), json)?;
    print!("{}", table(&rows));
    Ok(())
}

/// The rows that a program writes into the file it is given.
fn written(places: &Places, id: &str, write: impl FnOnce(&Path) -> Result<(), Failure>) -> Result<Vec<Row>, Failure> {
    let part = places.notes().join(format!("bench-{id}.json"));
    write(&part)?;
    serde_json::from_str(&std::fs::read_to_string(&part)?).map_err(|error| {
        Failure::new(format!("{}: {error}", part.display()), "its rows are described in crates/xtask/src/bench.rs")
    })
}

/// The ledger alone.
fn engine(places: &Places, options: &Options) -> Result<Vec<Row>, Failure> {
    written(places, "L1", |out| run_engine(places, options, out))
}

fn run_engine(places: &Places, options: &Options, out: &Path) -> Result<(), Failure> {
    let mut bench = command(places, "cargo");
    bench.args(["run", "--quiet", "--release", "--package", "qianbao-tests-bench", "--", "--out"]).arg(out);
    if options.quick {
        bench.arg("--quick");
    }
    run_command(bench.args(options.name.as_ref()), "read the message above; `--quick` is a shorter try")
}

/// The server, asked over HTTP.
fn http(places: &Places, options: &Options) -> Result<Vec<Row>, Failure> {
    written(places, "L4", |out| run_http(places, options, out))
}

fn run_http(places: &Places, options: &Options, out: &Path) -> Result<(), Failure> {
    crate::run::build(places, true)?;
    let mut bench = command(places, "cargo");
    bench.args(["run", "--quiet", "--release", "--package", "qianbao-tests-load", "--", "--out"]).arg(out);
    if options.quick {
        bench.arg("--quick");
    }
    bench.env("QIANBAO_BIN", places.program("release", "qianbao"));
    run_command(&mut bench, "read the message above; `--quick` is a shorter try")
}

fn table(rows: &[Row]) -> String {
    let mut text = format!(
        "{:<10} {:>12} {:>12}  {:<22} {:>23}  {:<12} what\n",
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
            "{:<10} {:>12.1} {:>12.1}  {:<22} {:>6.2} ({:.2}–{:.2}), {:>3}  {:<12} {}",
            row.id,
            row.ours,
            row.peer,
            format!("{}, {}", row.unit, row.peer_name),
            row.ratio_median,
            row.ratio_min,
            row.ratio_max,
            row.pairs,
            goal,
            row.what,
        );
    }
    text
}
