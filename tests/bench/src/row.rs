//! A row of the table: pairs measured in turn, their ratios.

use serde::Serialize;

use crate::Failure;

/// One figure of ours beside one of a peer.
#[derive(Debug, Serialize)]
pub struct Row {
    /// Id of the goal.
    pub id: &'static str,
    /// What is measured.
    pub what: &'static str,
    /// Median of our runs.
    pub ours: f64,
    /// Median of the peer's runs.
    pub peer: f64,
    /// Who the peer is.
    pub peer_name: &'static str,
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
}

/// What a row is about.
pub struct Subject {
    /// Id of the goal.
    pub id: &'static str,
    /// What is measured.
    pub what: &'static str,
    /// Who the peer is.
    pub peer_name: &'static str,
    /// Unit of both.
    pub unit: &'static str,
    /// The ratio that must be reached, if there is a goal.
    pub goal: Option<f64>,
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
        eprintln!("{} pair {}: ours {:.0}, peer {:.0} {}", subject.id, pair + 1, figure.0, figure.1, subject.unit);
        figures.push(figure);
    }
    let ratios = sorted(figures.iter().map(|(ours, peer)| ours / peer));
    let ratio_median = median(&ratios);
    Ok(Row {
        id: subject.id,
        what: subject.what,
        ours: median(&sorted(figures.iter().map(|figure| figure.0))),
        peer: median(&sorted(figures.iter().map(|figure| figure.1))),
        peer_name: subject.peer_name,
        unit: subject.unit,
        pairs: figures.len(),
        ratio_median,
        ratio_min: ratios.first().copied().unwrap_or(f64::NAN),
        ratio_max: ratios.last().copied().unwrap_or(f64::NAN),
        goal: subject.goal,
        met: subject.goal.map(|goal| ratio_median >= goal),
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
