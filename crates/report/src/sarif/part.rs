//! Which findings go into which run, by the limits of GitHub code scanning
//! (<https://docs.github.com/en/code-security/code-scanning/troubleshooting-sarif-uploads>).

use super::model::Level;
use crate::about::About;

/// Results of one run that GitHub shows.
const RESULTS_SHOWN: usize = 5_000;
/// Results of one run that GitHub takes; a rule is there for a result, so these are no more.
const RESULTS_MAX: usize = 25_000;
/// Runs of one file that GitHub takes.
const RUNS_MAX: usize = 20;

/// The findings of one run.
pub(super) struct Part<'a, 'f> {
    /// Which of the image's runs it is, counted from one.
    pub(super) number: usize,
    /// How many runs the image has.
    of: usize,
    pub(super) findings: &'f [About<'a>],
    /// How many findings no run of the image holds.
    cut: usize,
}

impl Part<'_, '_> {
    /// What a reader of the run is told of the others: id, level and text of each notification.
    pub(super) fn notices(&self) -> Vec<(&'static str, Level, String)> {
        let mut notices = Vec::new();
        if self.of > 1 {
            notices.push((
                "split",
                Level::Note,
                format!(
                    "This is run {} of {} about the image: GitHub shows {RESULTS_SHOWN} results of one. The most urgent are in the first.",
                    self.number, self.of
                ),
            ));
        }
        if self.cut > 0 && self.number == self.of {
            notices.push((
                "cut",
                Level::Error,
                format!(
                    "{} further findings are not in this file: GitHub takes {RUNS_MAX} runs of {RESULTS_MAX} results. Those left out are the least urgent; the JSON report has all.",
                    self.cut
                ),
            ));
        }
        notices
    }
}

/// Splits the findings of each image into runs.
pub(super) fn split<'a, 'f>(images: &'f [Vec<About<'a>>]) -> Vec<Vec<Part<'a, 'f>>> {
    let counts: Vec<usize> = images.iter().map(Vec::len).collect();
    let (size, runs) = sizes(&counts);
    images
        .iter()
        .zip(runs)
        .map(|(findings, of)| {
            let kept = findings.len().min(size.saturating_mul(of));
            let cut = findings.len() - kept;
            let mut kept = findings.get(..kept).unwrap_or_default();
            (1..=of)
                .map(|number| {
                    let (first, rest) = kept.split_at(kept.len().min(size));
                    kept = rest;
                    Part { number, of, findings: first, cut }
                })
                .collect()
        })
        .collect()
}

/// How many results a run has at most, and how many runs each image gets: each one, those with more
/// findings more, as long as there are runs. A run is only made larger than what is shown of it
/// where the runs are not enough.
fn sizes(counts: &[usize]) -> (usize, Vec<usize>) {
    let needed = |size: usize| counts.iter().map(move |n| n.div_ceil(size).max(1));
    let size = (RESULTS_SHOWN..=RESULTS_MAX)
        .step_by(RESULTS_SHOWN)
        .find(|size| needed(*size).sum::<usize>() <= RUNS_MAX)
        .unwrap_or(RESULTS_MAX);
    let mut left = RUNS_MAX.saturating_sub(counts.len());
    let runs = needed(size)
        .map(|needed| {
            let more = (needed - 1).min(left);
            left -= more;
            1 + more
        })
        .collect();
    (size, runs)
}

#[cfg(test)]
mod tests {
    use super::sizes;

    #[test]
    fn runs_are_as_many_as_github_takes_and_as_small_as_it_shows() {
        for (counts, size, runs) in [
            (vec![], 5_000, vec![]),
            (vec![0], 5_000, vec![1]),
            (vec![5_000, 5_001], 5_000, vec![1, 2]),
            (vec![100_000], 5_000, vec![20]),
            (vec![100_001], 10_000, vec![11]),
            (vec![500_001], 25_000, vec![20]),
            (vec![300_000, 300_000], 25_000, vec![12, 8]),
            (vec![1; 21], 25_000, vec![1; 21]),
        ] {
            assert_eq!(sizes(&counts), (size, runs), "{counts:?}");
        }
    }
}
