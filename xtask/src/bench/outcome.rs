//! What was measured, and what it says: medians, and ratios of runs that were made side by side.

use super::difference::Difference;
use super::measure::Cost;
use serde::Serialize;
use std::collections::BTreeMap;

/// Everything a run of the harness measured.
#[derive(Debug, Serialize)]
pub(super) struct Outcome {
    /// Runs of each command.
    pub(super) runs: usize,
    /// What was run.
    pub(super) tools: Tools,
    /// The other scanner's command.
    pub(super) against: Option<String>,
    /// The images, the smallest first.
    pub(super) images: Vec<ImageOutcome>,
    /// Images that could not be measured, with the reason.
    pub(super) skipped: Vec<String>,
}

/// The programs behind the numbers.
#[derive(Debug, Serialize)]
pub(super) struct Tools {
    /// The scanner's own words.
    pub(super) scanner: String,
    /// The commands of the floor.
    pub(super) floor: String,
}

/// What was measured on one image.
#[derive(Debug, Serialize)]
pub(super) struct ImageOutcome {
    /// Its name.
    pub(super) name: String,
    /// Its layers as they are stored, in bytes.
    pub(super) stored_bytes: u64,
    /// How many layers it has.
    pub(super) layers: usize,
    /// The runs of each command, in order: `lazaret`, `floor` and perhaps `other`
    /// and `secrets`.
    pub(super) costs: BTreeMap<String, Vec<Cost>>,
    /// What the two scanners list, by type; nothing where there is no other, or its output is no
    /// list of packages.
    pub(super) packages: Option<BTreeMap<String, Difference>>,
}

/// How many times as much one command takes as another.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Ratio {
    pub(super) cpu: f64,
    pub(super) wall: f64,
    pub(super) peak: f64,
}

impl ImageOutcome {
    /// The stored size in MB, of 1,000,000 bytes.
    #[expect(clippy::cast_precision_loss, reason = "shown with one digit behind the point")]
    pub(super) fn megabytes(&self) -> f64 {
        self.stored_bytes as f64 / 1e6
    }

    /// The medians of a command, each for itself.
    pub(super) fn median(&self, name: &str) -> Option<Cost> {
        let costs = self.costs.get(name)?;
        let of = |part: fn(&Cost) -> f64| median(costs.iter().map(part).collect());
        Some(Cost {
            wall_s: of(|cost| cost.wall_s)?,
            cpu_s: of(|cost| cost.cpu_s)?,
            peak_mib: of(|cost| cost.peak_mib)?,
        })
    }

    /// The medians of the ratios of runs made side by side: less noisy than the ratio of medians
    /// on a machine whose speed drifts.
    pub(super) fn ratio(&self, name: &str, base: &str) -> Option<Ratio> {
        let (costs, bases) = (self.costs.get(name)?, self.costs.get(base)?);
        let of = |part: fn(&Cost) -> f64| {
            let pairs = costs.iter().zip(bases);
            // A clock that has not ticked is no reason to divide by zero.
            median(pairs.map(|(cost, base)| part(cost) / part(base).max(1e-6)).collect())
        };
        Some(Ratio {
            cpu: of(|cost| cost.cpu_s)?,
            wall: of(|cost| cost.wall_s)?,
            peak: of(|cost| cost.peak_mib)?,
        })
    }
}

/// The middle value, or the mean of the two in the middle.
fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let upper = *values.get(values.len() / 2)?;
    if values.len() % 2 == 1 {
        return Some(upper);
    }
    let lower = *values.get((values.len() / 2).checked_sub(1)?)?;
    Some(f64::midpoint(lower, upper))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cost(wall_s: f64, cpu_s: f64, peak_mib: f64) -> Cost {
        Cost { wall_s, cpu_s, peak_mib }
    }

    #[test]
    fn the_median_is_the_middle() {
        assert_eq!(median(Vec::new()), None);
        assert_eq!(median(vec![3.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(vec![4.0, 1.0, 100.0, 2.0]), Some(3.0));
    }

    #[test]
    fn ratios_are_of_runs_side_by_side() {
        let ours = vec![cost(1.0, 2.0, 10.0), cost(2.0, 4.0, 10.0), cost(9.0, 9.0, 90.0)];
        let floor = vec![cost(1.0, 1.0, 5.0), cost(2.0, 2.0, 5.0), cost(3.0, 1.0, 5.0)];
        let image = ImageOutcome {
            name: "image".to_owned(),
            stored_bytes: 2_500_000,
            layers: 1,
            costs: [("lazaret".to_owned(), ours), ("floor".to_owned(), floor)].into(),
            packages: None,
        };
        // The machine was half as fast in the second run; both commands felt it.
        let expected = Ratio { cpu: 2.0, wall: 1.0, peak: 2.0 };
        assert_eq!(image.ratio("lazaret", "floor"), Some(expected));
        assert_eq!(image.median("lazaret"), Some(cost(2.0, 4.0, 10.0)));
        assert_eq!(image.ratio("lazaret", "other"), None);
        assert!((image.megabytes() - 2.5).abs() < f64::EPSILON);
    }
}
