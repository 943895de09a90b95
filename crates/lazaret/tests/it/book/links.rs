//! The pages are one book: all of them are in its summary, and every link leads somewhere.

use super::page::{Page, root};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// A path without `.` and `..`.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part.as_os_str().to_str() {
            Some("..") => {
                plain.pop();
            }
            Some(".") => {}
            _ => plain.push(part),
        }
    }
    plain
}

/// The targets of links in Markdown, outside of code.
fn links(text: &str) -> Vec<String> {
    let mut links = Vec::new();
    let mut is_block = false;
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            is_block = !is_block;
        }
        if is_block {
            continue;
        }
        // What is between backticks is no link.
        let line: String = line.split('`').step_by(2).collect::<Vec<_>>().join("code");
        for part in line.split("](").skip(1) {
            links.extend(part.split_once(')').map(|(link, _)| link.to_owned()));
        }
    }
    links
}

/// The anchors of a page's headings, as GitHub and mdBook name them.
fn anchors(text: &str) -> BTreeSet<String> {
    let mut found: BTreeMap<String, usize> = BTreeMap::new();
    let mut anchors = BTreeSet::new();
    let mut is_block = false;
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            is_block = !is_block;
        }
        let Some(heading) = line.strip_prefix('#').filter(|_| !is_block) else { continue };
        let heading = heading.trim_start_matches('#').trim().replace('`', "");
        let anchor: String = heading
            .to_lowercase()
            .chars()
            .filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'))
            .map(|c| if c == ' ' { '-' } else { c })
            .collect();
        let count = found.entry(anchor.clone()).or_default();
        anchors.insert(match *count {
            0 => anchor,
            before => format!("{anchor}-{before}"),
        });
        *count += 1;
    }
    anchors
}

#[test]
fn the_summary_has_every_page_once() {
    let summary = fs::read_to_string(root().join("docs/SUMMARY.md")).unwrap();
    let listed = links(&summary);
    let mut seen = BTreeSet::new();
    for link in &listed {
        assert!(seen.insert(format!("docs/{link}")), "{link} is listed twice");
    }
    let pages: BTreeSet<String> = Page::all()
        .into_iter()
        .map(|page| page.name)
        .filter(|name| !matches!(name.as_str(), "README.md" | "docs/SUMMARY.md"))
        .collect();
    assert_eq!(seen, pages);
}

#[test]
fn every_link_leads_to_a_file_and_a_heading_that_are_there() {
    let mut checked = 0;
    for page in Page::all() {
        let folder = root().join(&page.name).parent().unwrap().to_owned();
        for link in links(&page.text) {
            if link.contains("://") || link.starts_with("mailto:") {
                continue;
            }
            let (file, anchor) = link.split_once('#').unwrap_or((&link, ""));
            let path = match file {
                "" => root().join(&page.name),
                file => plain(&folder.join(file)),
            };
            assert!(path.exists(), "{}: {link} leads nowhere", page.name);
            if !anchor.is_empty() && path.extension().is_some_and(|extension| extension == "md") {
                let there = anchors(&fs::read_to_string(&path).unwrap());
                assert!(there.contains(anchor), "{}: {link}: not in {there:?}", page.name);
            }
            checked += 1;
        }
    }
    assert!(checked > 300, "only {checked} links were found");
}

#[test]
fn every_output_format_has_a_page_with_an_example() {
    let help = crate::support::run(&["image", "--help"]).stdout;
    let help = help.split_whitespace().collect::<Vec<_>>().join(" ");
    let (_, list) = help.split_once("Format: ").unwrap();
    let (list, _) = list.split_once(" [default").unwrap();
    let formats: Vec<&str> = list.split(", ").collect();
    assert!(formats.len() > 20, "{formats:?}");
    let pages = Page::all();
    for format in formats {
        let is_example = |page: &Page| {
            let blocks = page.blocks();
            page.name != "docs/cli.md"
                && blocks.windows(2).any(|two| {
                    let is_asked = two[0].is_shell()
                        && ["--format ", "-f ", "--report "].iter().any(|flag| {
                            let asked = format!("{flag}{format}");
                            two[0].text.match_indices(&asked).any(|(at, _)| {
                                let next = two[0].text[at + asked.len()..].chars().next();
                                matches!(next, Some(' ' | '\n' | '='))
                            })
                        });
                    is_asked && two[1].is_excerpt()
                })
        };
        assert!(pages.iter().any(is_example), "`{format}` has no example with an excerpt");
    }
}

#[test]
fn headings_become_anchors_as_readers_make_them() {
    let there = anchors("# `a` b, c\n## C.1 d_e\n## C.1 d_e\n```\n# no\n```\n");
    assert_eq!(there.into_iter().collect::<Vec<_>>(), ["a-b-c", "c1-d_e", "c1-d_e-1"]);
    assert_eq!(links("a [b](c.md#d) `[e](f)` [g](h)\n```\n[i](j)\n```\n"), ["c.md#d", "h"]);
}
