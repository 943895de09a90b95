//! What needs an affected package, as the table shows it.

use crate::recipe::Recipe;
use lazaret_core::inventory::{Relation, RelationKind};
use lazaret_core::package::PackageId;
use lazaret_report::{Format, Reports, TableOptions, WriteOptions, write};
use unicode_width::UnicodeWidthStr;

fn needs(recipe: &mut Recipe, from: PackageId, to: PackageId) {
    recipe.report.inventory.relations.push(Relation { from, to, kind: RelationKind::DependsOn });
}

/// The lines of the tree.
fn tree(recipe: Recipe, width: usize, unicode: bool) -> Vec<String> {
    let table = TableOptions { width, unicode, dependency_tree: true, ..TableOptions::default() };
    let options = WriteOptions { table, ..WriteOptions::default() };
    let mut out = Vec::new();
    write(Format::Table, &Reports(vec![recipe.report]), &options, &mut out).unwrap();
    let text = String::from_utf8(out).unwrap();
    for line in text.lines() {
        assert!(line.width() <= width, "{} columns: {line}", line.width());
    }
    let from = text.lines().skip_while(|line| !line.starts_with("Dependency tree")).skip(1);
    from.take_while(|line| !line.is_empty()).map(str::to_owned).collect()
}

/// A web server that needs a package by two ways.
fn two_ways() -> Recipe {
    let mut recipe = Recipe::debian();
    let [shop, express, send, debug, ms] =
        ["shop", "express", "send", "debug", "ms"].map(|name| recipe.npm(4, name, "1.0.0"));
    recipe.report.inventory.packages[shop.index()].direct = Some(true);
    for (from, to) in [(shop, express), (express, send), (express, debug), (send, ms), (debug, ms)]
    {
        needs(&mut recipe, from, to);
    }
    recipe.finding(ms, "CVE-2017-20162", 5.3, &["2.0.0"]);
    recipe
}

#[test]
fn every_way_up_is_shown_and_each_once_in_full() {
    let expected = [
        "  ms 1.0.0 · 1 medium",
        "    ├─ send 1.0.0",
        "    │  └─ express 1.0.0",
        "    │     └─ shop 1.0.0  (asked for by name)",
        "    └─ debug 1.0.0",
        "       └─ express 1.0.0  (as above)",
    ];
    assert_eq!(tree(two_ways(), 80, true), expected);
    let ascii = tree(two_ways(), 80, false);
    assert_eq!(ascii[1], "    |- send 1.0.0");
    assert_eq!(ascii[5], "       `- express 1.0.0  (as above)");
}

#[test]
fn packages_that_need_each_other_end() {
    let mut recipe = Recipe::debian();
    let [a, b] = ["a", "b"].map(|name| recipe.npm(4, name, "1.0.0"));
    for (from, to) in [(a, b), (b, a), (a, a)] {
        needs(&mut recipe, from, to);
    }
    recipe.finding(a, "CVE-2024-1", 9.8, &[]);
    let expected = ["  a 1.0.0 · 1 critical", "    └─ b 1.0.0", "       └─ a 1.0.0  (as above)"];
    assert_eq!(tree(recipe, 80, true), expected);
}

#[test]
fn the_worst_comes_first_and_what_nothing_needs_is_counted() {
    let mut recipe = Recipe::debian();
    let [top, low, high, alone] =
        ["top", "low", "high", "alone"].map(|name| recipe.npm(4, name, "1.0.0"));
    needs(&mut recipe, top, low);
    needs(&mut recipe, top, high);
    recipe.finding(low, "CVE-2024-1", 3.0, &[]);
    recipe.finding(high, "CVE-2024-2", 8.0, &[]);
    recipe.finding(alone, "CVE-2024-3", 9.9, &[]);
    let lines = tree(recipe, 80, true);
    let expected = ["  high 1.0.0 · 1 high", "    └─ top 1.0.0", "  low 1.0.0 · 1 low"];
    assert_eq!(lines[..3], expected);
    assert!(
        lines[4].starts_with("  1 affected package is needed by no other package"),
        "{lines:?}"
    );
}

#[test]
fn a_web_of_hundreds_is_cut_and_says_so() {
    let mut recipe = Recipe::debian();
    let base = recipe.npm(4, "base", "1.0.0");
    for n in 0..100 {
        let user = recipe.npm(4, &format!("@a-very-long-scope-of-some-company/user-{n}"), "1.0.0");
        needs(&mut recipe, user, base);
    }
    let mut below = recipe.npm(4, "chain-0", "1.0.0");
    recipe.finding(base, "CVE-2024-1", 9.8, &[]);
    recipe.finding(below, "CVE-2024-2", 9.1, &[]);
    for n in 1..100 {
        let above = recipe.npm(4, &format!("chain-{n}"), "1.0.0");
        needs(&mut recipe, above, below);
        below = above;
    }
    let narrow = tree(Recipe { report: recipe.report.clone() }, 60, true);
    assert!(narrow.iter().any(|line| line.ends_with("(and further up)")), "{narrow:#?}");
    let lines = tree(recipe, 100, true);
    assert!(lines.contains(&"    60 more left out".to_owned()), "{lines:#?}");
    let deepest = lines.iter().filter(|line| line.contains("─ chain-")).count();
    assert_eq!(deepest, 16);
    assert!(lines.iter().any(|line| line.ends_with("(and further up)")), "{lines:#?}");
}
