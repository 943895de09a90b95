//! The tables of the migration pages name flags and formats that are there.

use super::page::{Page, root};
use crate::support::run;
use std::collections::BTreeSet;
use std::fs;

/// The cells of a table's row.
fn cells(line: &str) -> Option<Vec<String>> {
    let row = line.strip_prefix('|')?.strip_suffix('|')?;
    // A bar in a cell is written `\|`.
    let row = row.replace("\\|", "\u{0}");
    Some(row.split('|').map(|cell| cell.trim().replace('\u{0}', "|")).collect())
}

/// What is between backticks.
fn codes(cell: &str) -> Vec<&str> {
    cell.split('`').skip(1).step_by(2).collect()
}

/// The flags in a text: words that begin with two dashes and a letter.
fn flags(text: &str) -> Vec<&str> {
    text.split(|c: char| !c.is_ascii_alphanumeric() && c != '-')
        .filter(|word| word.starts_with("--") && word.len() > 3)
        .collect()
}

#[test]
fn every_flag_on_our_side_of_a_table_is_there() {
    let reference = fs::read_to_string(root().join("docs/cli.md")).unwrap();
    let known: BTreeSet<&str> = flags(&reference).into_iter().collect();
    let help = run(&["image", "--help"]).stdout;
    let help = help.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut checked = 0;
    let mut pages = 0;
    for page in Page::all().iter().filter(|page| page.name.starts_with("docs/migrate/")) {
        pages += 1;
        for cells in page.text.lines().filter_map(cells) {
            assert!(cells.len() >= 2, "{}: {cells:?}", page.name);
            for code in codes(&cells[1]) {
                for flag in flags(code) {
                    assert!(known.contains(flag), "{}: there is no {flag}", page.name);
                    checked += 1;
                }
                if let Some((_, format)) = code.split_once("--format ") {
                    let format = format.split_whitespace().next().unwrap_or_default();
                    let is_listed = help.contains(&format!(" {format},"))
                        || help.contains(&format!(" {format} [default"));
                    assert!(is_listed, "{}: there is no format {format}", page.name);
                }
            }
        }
    }
    assert_eq!(pages, 4);
    assert!(checked > 100, "only {checked} flags were found");
}

#[test]
fn a_row_is_taken_apart() {
    let row = "| `--one A\\|B` | `--two-three`, as `--four N` does | five |";
    let cells = cells(row).unwrap();
    assert_eq!(codes(&cells[0]), ["--one A|B"]);
    assert_eq!(flags(&cells[1]), ["--two-three", "--four"]);
}
