//! A row of the table: pairs measured in turn, their ratios.

use serde::Serialize;

use crate::Failure;

/// One figure of ours beside one of a peer.
#[derive(Debug, Serialize)]
pub struct Row {
    /// Id of the goal.
    pub id: String,
    /// What is measured.
    pub what: String,
    /// Median of our runs.
    pub ours: f64,
    /// Median of the peer's runs.
    pub peer: f64,
    /// Who the peer is.
    pub peer_name: String,
    /// Unit of both.
    pub unit: &'static str,
    /// How many pairs.
    pub pairs: usize,
    /// Median of ours ÷ peer over the pairs.
    pub ratio_median: f64,
    /// Smallest ratio.
    pub ratio_min: f64,
    /// Largest ratio.
    pub ratio_max: f64,
    /// The ratio that must be reached, if there is a goal.
    pub goal: Option<f64>,
    /// Whether it is.
    pub met: Option<bool>,
    /// On which side of the goal the ratio has to be.
    pub bound: Bound,
}

/// On which side of the goal a ratio has to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Bound {
    /// More is better: a rate.
    AtLeast,
    /// Less is better: a time.
    AtMost,
}

/// What a row is about.
pub struct Subject {
    /// Id of the goal.
    pub id: String,
    /// What is measured.
    pub what: String,
    /// Who the peer is.
    pub peer_name: String,
    /// Unit of both.
    pub unit: &'static str,
    /// The ratio that must be reached, if there is a goal.
    pub goal: Option<f64>,
    /// On which side.
    pub bound: Bound,
}

impl Subject {
    /// A rate beside another, of which at least `goal` must be reached.
    pub fn rate(id: &str, what: &str, peer_name: &str, unit: &'static str, goal: Option<f64>) -> Self {
        let (id, what, peer_name) = (id.to_owned(), what.to_owned(), peer_name.to_owned());
        Self { id, what, peer_name, unit, goal, bound: Bound::AtLeast }
    }
}

/// Runs the pairs, the first place alternating.
pub fn in_turn(
    subject: &Subject,
    pairs: u32,
    mut ours: impl FnMut() -> Result<f64, Failure>,
    mut peer: impl FnMut() -> Result<f64, Failure>,
) -> Result<Row, Failure> {
    let mut figures: Vec<(f64, f64)> = Vec::new();
    for pair in 0..pairs {
        let figure = if pair % 2 == 0 {
            let first = ours()?;
            (first, peer()?)
        } else {
            let first = peer()?;
            (ours()?, first)
        };
        eprintln!("{} pair {}: ours {:.1}, peer {:.1} {}", subject.id, pair + 1, figure.0, figure.1, subject.unit);
        figures.push(figure);
    }
    let ratios = sorted(figures.iter().map(|(ours, peer)| ours / peer));
    let ratio_median = median(&ratios);
    let is_met = |goal: f64| match subject.bound {
        Bound::AtLeast => ratio_median >= goal,
        Bound::AtMost => ratio_median <= goal,
    };
    Ok(Row {
        id: subject.id.clone(),
        what: subject.what.clone(),
        ours: median(&sorted(figures.iter().map(|figure| figure.0))),
        peer: median(&sorted(figures.iter().map(|figure| figure.1))),
        peer_name: subject.peer_name.clone(),
        unit: subject.unit,
        pairs: figures.len(),
        ratio_median,
        ratio_min: ratios.first().copied().unwrap_or(f64::NAN),
        ratio_max: ratios.last().copied().unwrap_or(f64::NAN),
        goal: subject.goal,
        met: subject.goal.map(is_met),
        bound: subject.bound,
    })
}

fn sorted(values: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values
}

fn median(sorted: &[f64]) -> f64 {
    let middle = sorted.len() / 2;
    match sorted.len() {
        0 => f64::NAN,
        count if count % 2 == 1 => sorted[middle],
        _ => f64::midpoint(sorted[middle - 1], sorted[middle]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medians() {
        assert!((median(&[1.0, 2.0, 9.0]) - 2.0).abs() < f64::EPSILON);
        assert!((median(&[1.0, 2.0, 4.0, 9.0]) - 3.0).abs() < f64::EPSILON);
        assert!(median(&[]).is_nan());
    }
}
