//! What each layer brought, as the table sums it up.

use crate::recipe::{Recipe, shop};
use lazaret_core::finding::Place;
use lazaret_report::{Format, Reports, TableOptions, WriteOptions, write};
use unicode_width::UnicodeWidthStr;

/// The lines of the summary.
fn summary(recipe: Recipe, width: usize) -> Vec<String> {
    let table = TableOptions { width, layer_summary: true, ..TableOptions::default() };
    let options = WriteOptions { table, ..WriteOptions::default() };
    let mut out = Vec::new();
    write(Format::Table, &Reports(vec![recipe.report]), &options, &mut out).unwrap();
    let text = String::from_utf8(out).unwrap();
    for line in text.lines() {
        assert!(line.width() <= width, "{} columns: {line}", line.width());
    }
    let from = text.lines().skip_while(|line| *line != "Findings by layer").skip(1);
    from.take_while(|line| !line.is_empty()).map(str::to_owned).collect()
}

#[test]
fn every_layer_with_findings_has_its_line() {
    let mut recipe = Recipe::debian();
    let ssl = recipe.deb(0, "openssl", "libssl3", "3.0.11-1");
    let python = recipe.python(3, "django", "3.2.0");
    recipe.finding(ssl, "CVE-2024-1", 9.8, &["3.0.12-1"]);
    recipe.finding(ssl, "CVE-2024-2", 7.5, &[]);
    recipe.finding(python, "CVE-2024-3", 5.0, &[]);
    recipe.secret(Place::Env { name: "TOKEN".into() });
    let expected = [
        "  0  2: 1 critical, 1 high  base image: ADD file:b5bd6b0f6f8d5f1f3c1b in /",
        "  3  1: 1 medium            RUN pip install --no-cache-dir -r /app/requirements.txt",
        "  -  1: 1 critical          configuration and history of the image",
        "  3 layers brought nothing that is found",
    ];
    assert_eq!(summary(recipe, 100), expected);
}

#[test]
fn every_finding_is_in_one_line() {
    let recipe = shop();
    let open = recipe.report.findings.iter().filter(|finding| finding.state.is_open()).count();
    let lines = summary(recipe, 60);
    let counted: usize = lines
        .iter()
        .filter_map(|line| line.split_once(':')?.0.split_whitespace().last()?.parse::<usize>().ok())
        .sum();
    assert_eq!(counted, open, "{lines:#?}");
}
