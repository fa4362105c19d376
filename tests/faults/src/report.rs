//! `target/faults.json`: what was told, adding up over all runs.
//!
//! A row is one kind. `done` counts for ever; `present` counts within the present campaign of a form, so that a run which
//! was interrupted goes on where it was. Written after every story, by a rename.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::Told;
use crate::kinds::{Form, Kind, Tally};
use crate::random::seed_at;

/// The whole file.
#[derive(Debug, Serialize, Deserialize)]
pub struct Report {
    /// From which the seeds of all stories follow.
    base: u64,
    /// By kind.
    rows: BTreeMap<Kind, Row>,
}

/// One kind.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Row {
    /// Faults that were told, in the kind's unit.
    pub done: u64,
    /// Acknowledged outcomes that were looked for afterwards, and found as acknowledged.
    pub looked_for: u64,
    /// Stories that were begun: the place of the next seed.
    stories: u64,
    /// Time spent.
    pub seconds: f64,
    /// What happened how often.
    pub counts: BTreeMap<String, u64>,
    /// Stories that failed.
    pub failures: Vec<Failure>,
    /// Faults of the present campaign in each form.
    present: BTreeMap<Form, u64>,
    /// How many of all were told of which source: a commit, with a word where files were changed since.
    #[serde(default)]
    sources: BTreeMap<String, u64>,
    /// Why it could not be told here.
    pub refused: Option<String>,
}

/// A story that failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// Its seed.
    pub seed: u64,
    /// Of which source it was told.
    #[serde(default)]
    pub source: String,
    /// What did not hold.
    pub message: String,
    /// What is left of it.
    pub folder: PathBuf,
}

impl Report {
    /// What is in the file, or an empty report whose seeds follow from `base`.
    pub fn read(file: &Path, base: u64) -> Told<Self> {
        match std::fs::read(file) {
            Ok(bytes) => Ok(serde_json::from_slice(&bytes)
                .map_err(|error| format!("{}: {error}; move it away to begin anew", file.display()))?),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Self { base, rows: BTreeMap::new() }),
            Err(error) => Err(format!("{}: {error}", file.display()).into()),
        }
    }

    /// Writes it, whole or not at all.
    pub fn write(&self, file: &Path) -> Told<()> {
        let beside = file.with_extension("json.new");
        std::fs::write(&beside, serde_json::to_vec_pretty(self)?)?;
        Ok(std::fs::rename(beside, file)?)
    }

    /// The row of a kind.
    pub fn row(&mut self, kind: Kind) -> &mut Row {
        self.rows.entry(kind).or_default()
    }

    /// The seed of a kind's next story, which begins now.
    pub fn next_seed(&mut self, kind: Kind) -> u64 {
        let base = self.base ^ seed_at(kind as u64, 0);
        let row = self.row(kind);
        row.stories += 1;
        seed_at(base, row.stories)
    }

    /// Begins a campaign where the last one is complete.
    pub fn begin(&mut self, kinds: &[Kind], form: Form) {
        if kinds.iter().all(|kind| self.left(*kind, form) == 0) {
            for kind in kinds {
                self.row(*kind).present.remove(&form);
            }
        }
    }

    /// How many faults are left of the present campaign.
    pub fn left(&mut self, kind: Kind, form: Form) -> u64 {
        kind.goal(form).saturating_sub(self.row(kind).present.get(&form).copied().unwrap_or(0))
    }

    /// Adds a story of `source` that ended well.
    pub fn add(&mut self, kind: Kind, form: Form, source: &str, faults: u64, tally: &Tally, seconds: f64) {
        let row = self.row(kind);
        row.done += faults;
        *row.sources.entry(source.to_owned()).or_default() += faults;
        row.looked_for += tally.looked_for;
        row.seconds += seconds;
        row.refused = None;
        for (what, many) in &tally.counts {
            *row.counts.entry(what.clone()).or_default() += many;
        }
        // A story belongs to every form.
        for each in [Form::Quick, Form::Long] {
            if each == form || each == Form::Long {
                *row.present.entry(each).or_default() += faults;
            }
        }
    }

    /// A table of these kinds, and what happened in each.
    pub fn table(&mut self, kinds: &[Kind], form: Form) -> String {
        let mut text = format!(
            "{:<17} {:>7} {:>13}  {:<18} {:>11} {:>8} {:>7}\n",
            "kind", "done", "of this form", "unit", "looked for", "failed", "time"
        );
        for kind in kinds {
            let left = self.left(*kind, form);
            let row = self.row(*kind);
            let (goal, seconds) = (kind.goal(form), row.seconds.round());
            let present = format!("{}/{goal}", row.present.get(&form).copied().unwrap_or(0).min(goal));
            let _ = writeln!(
                text,
                "{:<17} {:>7} {present:>13}  {:<18} {:>11} {:>8} {:>5} s{}",
                kind.name(),
                row.done,
                kind.unit(),
                row.looked_for,
                row.failures.len(),
                seconds,
                match &row.refused {
                    Some(reason) => format!("  NOT RUN: {reason}"),
                    None if left > 0 => "  not finished".to_owned(),
                    None => String::new(),
                }
            );
        }
        for kind in kinds {
            let row = self.row(*kind);
            for (what, many) in &row.counts {
                let _ = writeln!(text, "  {}: {many} × {what}", kind.name());
            }
            for (source, many) in &row.sources {
                let _ = writeln!(text, "  {}: {many} of source {source}", kind.name());
            }
            for failure in &row.failures {
                let _ = writeln!(
                    text,
                    "  {}: FAILED with seed {} of source {}: {}\n    left in {}; again: cargo xtask faults --kind {} --seed {}",
                    kind.name(),
                    failure.seed,
                    failure.source,
                    failure.message,
                    failure.folder.display(),
                    kind.name(),
                    failure.seed
                );
            }
        }
        text
    }
}
