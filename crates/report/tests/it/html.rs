//! The page as text: what is in it without a browser.

use crate::arbitrary;
use crate::gallery::{HOSTILE, gallery, hostile};
use crate::recipe::{Recipe, shop};
use crate::standards::text;
use base64::Engine as _;
use lazaret_core::finding::{Detail, Finding};
use lazaret_core::report::Report;
use lazaret_core::severity::Severity;
use lazaret_report::{Format, Reports, WriteOptions, write};
use proptest::prelude::*;
use serde_json::Value;
use sha2::Digest as _;
use std::collections::BTreeSet;

pub(crate) fn page(reports: Vec<Report>) -> String {
    text(Format::Html, reports)
}

/// Elements without an end (HTML, 13.1.2, void elements).
const VOID: [&str; 5] = ["meta", "link", "input", "br", "hr"];

/// A page taken apart: elements must be closed in order and attributes quoted.
#[derive(Default)]
struct Parsed {
    ids: Vec<String>,
    attributes: BTreeSet<String>,
    script: String,
    style: String,
    data: String,
    policy: String,
}

/// Reads the little of HTML that pages are written in, and fails at anything else.
fn parse(page: &str) -> Parsed {
    let mut parsed = Parsed::default();
    let mut open: Vec<String> = Vec::new();
    let mut rest = page.strip_prefix("<!doctype html>").expect("a doctype");
    while let Some(at) = rest.find('<') {
        rest = &rest[at + 1..];
        let end = rest.find('>').expect("a tag ends");
        let (tag, behind) = rest.split_at(end);
        rest = &behind[1..];
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop().as_deref(), Some(name));
            continue;
        }
        let (name, mut attributes) = tag.split_once(' ').unwrap_or((tag, ""));
        let is_closed = tag.ends_with('/');
        assert!(name.bytes().all(|b| b.is_ascii_alphanumeric()), "<{tag}>");
        attributes = attributes.trim_end_matches('/');
        while !attributes.trim_start().is_empty() {
            attributes = attributes.trim_start();
            let (name, value) = attributes.split_once("=\"").unwrap_or((attributes, "\""));
            if name.contains(' ') || value == "\"" {
                // An attribute without a value.
                let (name, tail) = attributes.split_once(' ').unwrap_or((attributes, ""));
                parsed.attributes.insert(name.to_owned());
                attributes = tail;
                continue;
            }
            let (value, tail) = value.split_once('"').expect("a value ends");
            parsed.attributes.insert(name.to_owned());
            if name == "id" {
                parsed.ids.push(value.to_owned());
            }
            if name == "content" && value.starts_with("default-src") {
                value.clone_into(&mut parsed.policy);
            }
            if name == "href" {
                let known =
                    value.starts_with('#') || value.starts_with("https://") || value == "data:,";
                assert!(known, "{value}");
            }
            attributes = tail;
        }
        if ["script", "style"].contains(&name) {
            // Their text ends at their end tag, wherever it stands.
            let end = rest.find(&format!("</{name}>")).expect("the text ends");
            let (text, behind) = rest.split_at(end);
            let into = match (name, tag.contains("application/json")) {
                ("style", _) => &mut parsed.style,
                (_, true) => &mut parsed.data,
                _ => &mut parsed.script,
            };
            assert!(into.is_empty());
            into.push_str(text);
            rest = behind;
        }
        if !VOID.contains(&name) && !is_closed {
            open.push(name.to_owned());
        }
    }
    assert_eq!(open, Vec::<String>::new());
    parsed
}

fn data(page: &str) -> Value {
    serde_json::from_str(&parse(page).data).unwrap()
}

#[test]
fn the_policy_names_the_only_style_and_script_there_are() {
    let parsed = parse(&page(vec![hostile()]));
    let hash =
        |text: &str| base64::engine::general_purpose::STANDARD.encode(sha2::Sha256::digest(text));
    assert_eq!(
        parsed.policy,
        format!(
            "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; img-src data:; \
             base-uri 'none'; form-action 'none'",
            hash(&parsed.style),
            hash(&parsed.script),
        )
    );
}

#[test]
fn no_attribute_runs_or_loads_anything() {
    for report in [gallery(), hostile()] {
        let parsed = parse(&page(vec![report]));
        for name in &parsed.attributes {
            let inert =
                !name.starts_with("on") && !["src", "style", "srcset", "action"].contains(&&**name);
            assert!(inert, "{name}");
        }
    }
}

#[test]
fn an_id_is_there_once() {
    let parsed = parse(&page(vec![gallery(), shop().build(), hostile()]));
    let unique: BTreeSet<&String> = parsed.ids.iter().collect();
    assert_eq!(unique.len(), parsed.ids.len(), "{:?}", parsed.ids);
}

#[test]
fn what_matters_is_there_without_a_script() {
    let page = page(vec![gallery()]);
    let start = page.split("<script").next().unwrap();
    for words in [
        "registry.example/shop/web:1.4",
        "</span> Fail</h2>",
        "13 findings are HIGH or worse <code>fail-on:HIGH</code>",
        "2 secrets are in the image",
        "Mend what is already attacked",
        "CVE-2024-2961 in libc6, fixed in 2.36-9+deb12u6",
        "Withdraw secrets, and build without them",
        "npm access token in /root/.npmrc:3, deleted in layer 4 and still readable",
        "npm install lodash@4.17.21 minimist@1.2.6",
        "Django 2.2.1 → 2.2.28",
        "The image runs as root (IM001)",
        "AGPL-3.0-only (forbidden): 1",
        "COPY requirements.txt /app/",
        "Deletes or replaces <code>/root/.npmrc:3</code>",
        "not JSON: expected `,` at line 12",
        "no source covers the 3 packages that R brought",
        "GHSA-x5rq-j2xg-h7qm",
        "environment variable PAYMENT_API_KEY",
        "no fix planned",
        "newest record 2026-07-23",
    ] {
        assert!(start.contains(words), "{words}");
    }
}

#[test]
fn the_script_has_every_finding_and_suppressed_ones_with_their_reason() {
    let report = gallery();
    let data = data(&page(vec![report.clone()]));
    let rows = data["images"][0]["findings"].as_array().unwrap();
    assert_eq!(rows.len(), report.findings.len());
    for (row, finding) in rows.iter().zip(&report.findings) {
        assert_eq!(row["id"], finding.id);
        assert_eq!(row["key"], finding.fingerprint);
        let severity = usize::try_from(row["s"].as_u64().unwrap()).unwrap();
        assert_eq!(
            data["severities"][severity].as_str().unwrap().to_uppercase(),
            finding.severity.name()
        );
    }
    let suppressed: Vec<&Value> = rows.iter().filter(|row| !row["x"].is_null()).collect();
    assert_eq!(suppressed.len(), 1);
    assert_eq!(suppressed[0]["x"][1], "the vulnerable code is not in the path of any request");
    assert_eq!(data["issuers"]["GHSA"], serde_json::json!(["https://github.com/advisories/", ""]));
    assert_eq!(
        data["issuers"]["CVE"],
        serde_json::json!(["https://nvd.nist.gov/vuln/detail/", ""])
    );
}

#[test]
fn hostile_text_is_only_ever_text() {
    let page = page(vec![hostile()]);
    for text in HOSTILE {
        assert!(!page.contains(text) || !text.contains('<'), "{text}");
    }
    // A name of a megabyte is cut.
    assert!(page.len() < 600_000, "{}", page.len());
    for c in ['\u{202e}', '\u{2066}', '\0', '\u{1b}'] {
        assert!(!page.contains(c), "{c:?}");
    }
    let data = data(&page);
    let shown = data.to_string();
    assert!(shown.contains(r"gpj.\\u{202e}exe"), "{shown}");
}

#[test]
fn what_options_leave_out_is_counted() {
    let mut options = WriteOptions::default();
    options.table.severities = [Severity::Critical].into();
    let mut out = Vec::new();
    let report = shop().build();
    write(Format::Html, &Reports(vec![report.clone()]), &options, &mut out).unwrap();
    let page = String::from_utf8(out).unwrap();
    let of = |critical| {
        report.findings.iter().filter(|f| (f.severity == Severity::Critical) == critical).count()
    };
    assert_eq!(data(&page)["images"][0]["findings"].as_array().unwrap().len(), of(true));
    let left_out = format!("{} left out by --severity or --ignore-unfixed", of(false));
    assert!(page.contains(&left_out), "{left_out}");
}

#[test]
fn nothing_found_is_not_said_when_nothing_was_looked_for() {
    let mut listed = Recipe::debian();
    listed.deb(0, "zlib", "zlib1g", "1.3");
    let checked = page(vec![listed.report.clone()]);
    assert!(checked.contains("No findings: 1 package looked at."), "{checked}");
    listed.report.provenance.database = None;
    listed.report.provenance.looked_for.clear();
    let unasked = page(vec![listed.build()]);
    assert!(unasked.contains("1 package listed. Vulnerabilities were not looked for."));
    assert!(page(vec![]).contains("Nothing was scanned."));
}

/// A shop with so many findings.
pub(crate) fn crowd(findings: usize) -> Report {
    let mut recipe = Recipe::debian();
    let packages: Vec<_> =
        (0..500).map(|n| recipe.npm(n % 5, &format!("package-{n}"), "1.0.0")).collect();
    recipe.finding(packages[0], "CVE-2020-0000", 9.8, &["1.2.3"]);
    let first: Finding = recipe.report.findings.pop().unwrap();
    for n in 0..findings {
        let mut finding = first.clone();
        finding.id = format!("CVE-{}-{:05}", 2000 + n % 25, n);
        finding.fingerprint = format!("{n:032x}");
        finding.severity = Severity::ALL[n % 5];
        let Detail::Vulnerability(found) = &mut finding.detail else { unreachable!() };
        found.package = packages[n % packages.len()];
        recipe.report.findings.push(finding);
    }
    recipe.build()
}

#[test]
fn a_hundred_thousand_findings_make_a_page_that_can_be_opened() {
    let report = crowd(100_000);
    let page = page(vec![report]);
    assert!(page.len() < 60_000_000, "{}", page.len());
    // What is there without a script stays a page.
    assert!(page.find("id=\"data\"").unwrap() < 500_000);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_report_makes_a_well_formed_page(reports in arbitrary::reports()) {
        let images = reports.0.len();
        let findings: usize = reports.0.iter().map(|report| report.findings.len()).sum();
        let data = data(&page(reports.0));
        prop_assert_eq!(data["images"].as_array().unwrap().len(), images);
        let rows = data["images"].as_array().unwrap().iter();
        let rows: usize = rows.map(|image| image["findings"].as_array().unwrap().len()).sum();
        prop_assert_eq!(rows, findings);
    }
}
