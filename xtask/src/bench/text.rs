//! The tables a person reads: ratios first, because they mean the same on every machine.

use super::difference::Difference;
use super::outcome::{ImageOutcome, Outcome};
use std::fmt::Write as _;

/// Packages of one type that are named for one image; `--json` has them all.
const NAMED_MAX: usize = 40;

/// Everything that was measured, as text.
pub(super) fn show(outcome: &Outcome) -> String {
    let mut text = String::new();
    if outcome.runs > 0 {
        line(&mut text, &format!("{}, medians of {} runs", outcome.tools.scanner, outcome.runs));
        line(&mut text, &format!("floor: {}", outcome.tools.floor));
    } else {
        line(&mut text, &outcome.tools.scanner);
    }
    if let Some(command) = &outcome.against {
        line(&mut text, &format!("other: {command}"));
    }
    if !outcome.images.is_empty() && outcome.runs > 0 {
        line(&mut text, "\nLazaret takes this many times as much:");
        text.push_str(&align(&ratios(outcome)));
        if outcome.images.iter().any(|image| image.costs.contains_key("secrets")) {
            line(&mut text, "\nSearching for secrets too, this many times as much as without:");
            text.push_str(&align(&with_secrets(outcome)));
        }
        line(&mut text, "\nMeasured (memory is that of the largest process of a run):");
        text.push_str(&align(&costs(outcome)));
    }
    if outcome.images.iter().any(|image| image.packages.is_some()) {
        line(&mut text, "\nPackages listed, by type, name and version:");
        text.push_str(&align(&packages(outcome)));
        for (title, side) in SIDES {
            only(&mut text, outcome, title, *side);
        }
    }
    if !outcome.skipped.is_empty() {
        line(&mut text, "\nNot measured:");
        for skipped in &outcome.skipped {
            line(&mut text, skipped);
        }
    }
    text
}

fn line(text: &mut String, line: &str) {
    text.push_str(line);
    text.push('\n');
}

fn ratios(outcome: &Outcome) -> Vec<Vec<String>> {
    let bases: &[&str] = if outcome.against.is_some() { &["floor", "other"] } else { &["floor"] };
    let mut header = words(&["image", "MB", "layers"]);
    for base in bases {
        header.extend(["CPU", "wall", "memory"].map(|part| format!("{part}/{base}")));
    }
    let mut rows = vec![header];
    for image in &outcome.images {
        let mut row =
            vec![image.name.clone(), format!("{:.2}", image.megabytes()), image.layers.to_string()];
        for base in bases {
            if let Some(ratio) = image.ratio("lazaret", base) {
                row.extend([ratio.cpu, ratio.wall, ratio.peak].map(|part| format!("{part:.2}")));
            }
        }
        rows.push(row);
    }
    rows
}

fn with_secrets(outcome: &Outcome) -> Vec<Vec<String>> {
    let mut rows = vec![words(&["image", "MB", "CPU", "wall", "memory"])];
    for image in &outcome.images {
        let Some(ratio) = image.ratio("secrets", "lazaret") else { continue };
        let mut row = vec![image.name.clone(), format!("{:.2}", image.megabytes())];
        row.extend([ratio.cpu, ratio.wall, ratio.peak].map(|part| format!("{part:.2}")));
        rows.push(row);
    }
    rows
}

fn costs(outcome: &Outcome) -> Vec<Vec<String>> {
    let mut rows = vec![words(&["image", "command", "wall s", "CPU s", "peak MiB", "MB/s"])];
    for image in &outcome.images {
        rows.extend(
            ["lazaret", "secrets", "floor", "other"].iter().filter_map(|name| cost(image, name)),
        );
    }
    rows
}

fn cost(image: &ImageOutcome, name: &str) -> Option<Vec<String>> {
    let cost = image.median(name)?;
    Some(vec![
        image.name.clone(),
        name.to_owned(),
        format!("{:.3}", cost.wall_s),
        format!("{:.3}", cost.cpu_s),
        format!("{:.1}", cost.peak_mib),
        format!("{:.0}", image.megabytes() / cost.wall_s.max(1e-6)),
    ])
}

type Side = fn(&Difference) -> &[String];

const SIDES: &[(&str, Side)] = &[
    ("Only Lazaret lists", |difference| &difference.only_lazaret),
    ("Only the other lists", |difference| &difference.only_other),
];

fn packages(outcome: &Outcome) -> Vec<Vec<String>> {
    let mut rows = vec![words(&["image", "type", "both", "only lazaret", "only other"])];
    for image in &outcome.images {
        for (kind, difference) in image.packages.iter().flatten() {
            let Difference { both, only_lazaret, only_other } = difference;
            let mut row = vec![image.name.clone(), kind.clone()];
            row.extend([*both, only_lazaret.len(), only_other.len()].map(|n| n.to_string()));
            rows.push(row);
        }
    }
    rows
}

/// Names what one of the two lists alone.
fn only(text: &mut String, outcome: &Outcome, title: &str, side: Side) {
    let mut rows = Vec::new();
    for image in &outcome.images {
        for (kind, difference) in image.packages.iter().flatten() {
            let names = side(difference);
            let row = |name: &str| vec![image.name.clone(), kind.clone(), name.to_owned()];
            rows.extend(names.iter().take(NAMED_MAX).map(|name| row(name)));
            if let Some(more) = names.len().checked_sub(NAMED_MAX).filter(|more| *more > 0) {
                rows.push(row(&format!("and {more} more")));
            }
        }
    }
    if !rows.is_empty() {
        line(text, &format!("\n{title}:"));
        rows.insert(0, words(&["image", "type", "package"]));
        text.push_str(&align(&rows));
    }
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

/// Lays out rows in columns: numbers to the right, names to the left.
fn align(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| {
        rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max()
    };
    let widths: Vec<usize> = (0..columns).map(|column| width(column).unwrap_or(0)).collect();
    let is_number = |cell: &String| cell.starts_with(|c: char| c.is_ascii_digit());
    let numbers: Vec<bool> = (0..columns)
        .map(|column| {
            let body = rows.iter().skip(1).filter_map(|row| row.get(column));
            column > 0 && body.clone().count() > 0 && body.clone().all(is_number)
        })
        .collect();
    let mut text = String::new();
    for row in rows {
        let mut shown = String::new();
        for ((cell, width), is_number) in row.iter().zip(&widths).zip(&numbers) {
            let gap = if shown.is_empty() { "" } else { "  " };
            // Writing to a String cannot fail.
            let _: std::fmt::Result = if *is_number {
                write!(shown, "{gap}{cell:>width$}")
            } else {
                write!(shown, "{gap}{cell:<width$}")
            };
        }
        line(&mut text, shown.trim_end());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::super::measure::Cost;
    use super::super::outcome::Tools;
    use super::*;

    #[test]
    fn ratios_come_before_what_was_measured() {
        let cost = |wall_s, cpu_s, peak_mib| vec![Cost { wall_s, cpu_s, peak_mib }];
        let difference = Difference {
            both: 7,
            only_lazaret: vec!["a 1".to_owned()],
            only_other: vec!["b 2".to_owned()],
        };
        let image = ImageOutcome {
            name: "debian".to_owned(),
            stored_bytes: 50_000_000,
            layers: 3,
            costs: [
                ("floor".to_owned(), cost(0.25, 0.5, 4.0)),
                ("lazaret".to_owned(), cost(0.5, 0.75, 40.0)),
                ("other".to_owned(), cost(5.0, 7.5, 400.0)),
                ("secrets".to_owned(), cost(0.75, 0.9, 50.0)),
            ]
            .into(),
            packages: Some([("npm".to_owned(), difference)].into()),
        };
        let outcome = Outcome {
            runs: 1,
            tools: Tools { scanner: "lazaret 1".to_owned(), floor: "inflate | walk".to_owned() },
            against: Some("other {}".to_owned()),
            images: vec![image],
            skipped: vec!["odd: why".to_owned()],
        };
        let expected = "\
lazaret 1, medians of 1 runs
floor: inflate | walk
other: other {}

Lazaret takes this many times as much:
image      MB  layers  CPU/floor  wall/floor  memory/floor  CPU/other  wall/other  memory/other
debian  50.00       3       1.50        2.00         10.00       0.10        0.10          0.10

Searching for secrets too, this many times as much as without:
image      MB   CPU  wall  memory
debian  50.00  1.20  1.50    1.25

Measured (memory is that of the largest process of a run):
image   command  wall s  CPU s  peak MiB  MB/s
debian  lazaret   0.500  0.750      40.0   100
debian  secrets   0.750  0.900      50.0    67
debian  floor     0.250  0.500       4.0   200
debian  other     5.000  7.500     400.0    10

Packages listed, by type, name and version:
image   type  both  only lazaret  only other
debian  npm      7             1           1

Only Lazaret lists:
image   type  package
debian  npm   a 1

Only the other lists:
image   type  package
debian  npm   b 2

Not measured:
odd: why
";
        assert_eq!(show(&outcome), expected);
    }

    #[test]
    fn a_long_list_is_cut() {
        let difference = Difference {
            only_other: (0..NAMED_MAX + 2).map(|n| format!("a {n}")).collect(),
            ..Difference::default()
        };
        let image = ImageOutcome {
            name: "i".to_owned(),
            stored_bytes: 0,
            layers: 0,
            costs: [].into(),
            packages: Some([("deb".to_owned(), difference)].into()),
        };
        let outcome = Outcome {
            runs: 0,
            tools: Tools { scanner: "lazaret 1".to_owned(), floor: String::new() },
            against: Some("other {}".to_owned()),
            images: vec![image],
            skipped: Vec::new(),
        };
        let text = show(&outcome);
        assert_eq!(text.matches("  deb   a ").count(), NAMED_MAX, "{text}");
        assert!(text.ends_with("i      deb   and 2 more\n"), "{text}");
        assert!(!text.contains("floor"), "{text}");
    }
}
