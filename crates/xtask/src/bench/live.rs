//! How long two people wait, as the journeys tagged `@timed` measure it in a real browser: `target/e2e/timings.jsonl`.

use serde::Deserialize;

use super::{Bound, Options, Row};
use crate::e2e;
use crate::failure::Failure;
use crate::places::Places;

/// What the row measures, in the words of the journey that keeps it.
const TIMED: &str = "scanned to paid on both screens";
/// The goal, in milliseconds.
const GOAL_MS: f64 = 1_000.0;
/// Runs of the journey; each times three payments.
const RUNS: u32 = 5;

/// A line of the timings.
#[derive(Deserialize)]
struct Timing {
    what: String,
    ms: f64,
}

/// Runs the timed journeys alone, one after another, on the release build of everything, and makes their row.
pub fn rows(places: &Places, options: &Options) -> Result<Vec<Row>, Failure> {
    let runs = if options.quick { 1 } else { RUNS };
    let wanted = e2e::Options {
        tag: Some("timed".to_owned()),
        release: true,
        more: vec!["--workers=1".to_owned(), format!("--repeat-each={runs}")],
    };
    e2e::prepare(places, &wanted)?;
    let (kept, _) = e2e::journeys(places, &wanted)?;
    if !kept {
        return Err(Failure::new("a timed journey failed", "its screenshots and traces are in target/e2e"));
    }
    let file = places.root.join("target/e2e/timings.jsonl");
    let taken = taken_ms(&std::fs::read_to_string(&file)?).map_err(|error| {
        Failure::new(format!("{}: {error}", file.display()), "tests/e2e/harness/timings.ts writes it")
    })?;
    let row = row(&taken).ok_or_else(|| {
        Failure::new(format!("no journey timed \"{TIMED}\""), "look at tests/e2e/journeys/live.spec.ts")
    })?;
    Ok(vec![row])
}

/// The times of this row, in milliseconds.
fn taken_ms(lines: &str) -> Result<Vec<f64>, serde_json::Error> {
    let timings: Vec<Timing> = lines.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
    Ok(timings.into_iter().filter(|timing| timing.what == TIMED).map(|timing| timing.ms).collect())
}

/// The row of some times; nothing without one. There is no peer to take turns with: the goal stands in its place.
fn row(taken_ms: &[f64]) -> Option<Row> {
    let mut sorted = taken_ms.to_vec();
    sorted.sort_by(f64::total_cmp);
    let (shortest, longest) = (*sorted.first()?, *sorted.last()?);
    let median = sorted[sorted.len() / 2];
    Some(Row {
        id: "P1".to_owned(),
        what: "from the code read by the camera to \"paid\" on both screens".to_owned(),
        ours: median,
        peer: GOAL_MS,
        peer_name: "the goal".to_owned(),
        unit: "ms".to_owned(),
        pairs: u32::try_from(sorted.len()).unwrap_or(u32::MAX),
        ratio_median: median / GOAL_MS,
        ratio_min: shortest / GOAL_MS,
        ratio_max: longest / GOAL_MS,
        goal: Some(1.0),
        met: Some(median <= GOAL_MS),
        bound: Bound::AtMost,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINES: &str = r#"{"what":"scanned to paid on both screens","ms":700}
{"what":"approval to received","ms":9000}
{"what":"scanned to paid on both screens","ms":1300}
{"what":"scanned to paid on both screens","ms":500}
"#;

    #[test]
    fn the_row_is_the_median_with_its_spread() {
        let row = row(&taken_ms(LINES).expect("three lines of ours")).expect("three times");
        assert_eq!((row.ours, row.ratio_min, row.ratio_max, row.pairs), (700.0, 0.5, 1.3, 3));
        assert_eq!(row.met, Some(true), "at most the goal is met");
    }

    #[test]
    fn a_median_above_the_goal_is_not_met() {
        assert_eq!(row(&[900.0, 1_001.0, 2_000.0]).expect("three times").met, Some(false));
        assert!(row(&[]).is_none());
        assert!(taken_ms("no json").is_err());
    }
}
