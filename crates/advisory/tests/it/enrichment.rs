//! What is known of a vulnerability or a release, whatever package has it.

use crate::recipe::{
    about, advisory, affected, db_of, files, inventory, package, records, segment,
};
use lazaret_advisory::enrich::{Ends, Enrichments, Kind, Sheet, Support};
use lazaret_advisory::records::{Records, SourceInfo};
use lazaret_advisory::{Db, DbError, MatchOptions, fuzz, match_inventory, match_inventory_with};
use lazaret_core::advisory::{Advisory, Affected, Score};
use lazaret_core::finding::{Epss, Exploited, Finding};
use lazaret_core::inventory::Os;
use lazaret_core::package::Ecosystem;
use lazaret_core::report::EndOfLife;
use lazaret_core::severity::Severity;
use std::collections::BTreeMap;
use std::fs;

const WORST: &str = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H";
const HIGH: &str = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N";

fn score(vector: &str, score: f64) -> Score {
    Score { vector: vector.to_owned(), score, source: None }
}

fn sheet<K: Ord, V>(rows: impl IntoIterator<Item = (K, V)>) -> Sheet<K, V> {
    let source = SourceInfo {
        id: "recipe".to_owned(),
        url: "https://example.org".to_owned(),
        license: "CC0-1.0".to_owned(),
    };
    Sheet { source, newest: Some(1_767_312_000), rows: rows.into_iter().collect() }
}

fn cycle(product: &str, cycle: &str, ends: Ends, extended: Ends) -> ((String, String), Support) {
    ((product.to_owned(), cycle.to_owned()), Support { ends, extended })
}

fn on(day: &str) -> Ends {
    Ends::on(day).unwrap()
}

/// Everything a database can know besides advisories.
fn enrichments() -> Enrichments {
    let scored = Advisory {
        scores: vec![score(WORST, 9.8), score("AV:N/AC:L/Au:N/C:P/I:P/A:P", 7.5)],
        severity: Some(Severity::Critical),
        cwes: vec!["CWE-79".to_owned()],
        published: Some(1_600_000_000),
        ..advisory("CVE-2020-0001", &[])
    };
    let others = ["CVE-1999-0001", "CVE-2020-00010", "CVE-2020-10000", "CVE-2020-9999"];
    let mut scores: Vec<Advisory> = others.iter().map(|id| advisory(id, &[])).collect();
    scores.push(scored);
    let exploited = Exploited {
        added: "2021-12-10".to_owned(),
        due: Some("2021-12-24".to_owned()),
        ransomware: true,
    };
    let undated = Exploited { added: "1999-01-01".to_owned(), ..Exploited::default() };
    Enrichments {
        scores: BTreeMap::from([("nvd".to_owned(), segment("nvd", scores))]),
        epss: Some(sheet([
            ("CVE-2020-0001".to_owned(), Epss { score: 0.943_58, percentile: 0.999_99 }),
            ("CVE-2020-0002".to_owned(), Epss { score: 0.0, percentile: 1.0 }),
            ("CVE-2062-33554431".to_owned(), Epss { score: 1.0, percentile: 0.0 }),
        ])),
        exploited: Some(sheet([
            ("CVE-2020-0001".to_owned(), exploited),
            ("CVE-2019-0001".to_owned(), undated),
        ])),
        end_of_life: Some(sheet([
            cycle("alpine-linux", "3.2", on("2017-05-01"), Ends::Unknown),
            cycle("alpine-linux", "3.20", on("2026-04-01"), Ends::Unknown),
            cycle("centos", "8", on("2021-12-31"), Ends::Unknown),
            cycle("centos-stream", "8", on("2024-05-31"), Ends::Unknown),
            cycle("debian", "10", on("2022-09-10"), on("2024-06-30")),
            cycle("debian", "9", Ends::Past, Ends::Unknown),
            cycle("ubuntu", "22.04", on("2027-04-01"), on("2032-04-09")),
        ])),
        severities: BTreeMap::from([(
            "CVE-2020-0001".to_owned(),
            BTreeMap::from([
                ("redhat".to_owned(), Severity::Medium),
                ("nobody knows".to_owned(), Severity::Low),
            ]),
        )]),
    }
}

/// A database whose advisories say different things of one vulnerability's severity.
fn sample() -> Records {
    let distribution = |severity| Advisory {
        affected: vec![Affected { severity, ..affected("left", &["*"]) }],
        ..advisory("CVE-2020-0001", &[])
    };
    let ghsa = Advisory {
        severity: Some(Severity::High),
        scores: vec![score(HIGH, 7.5)],
        ..about("GHSA-aaaa", &["CVE-2020-0001"], "left", &["*"])
    };
    let silent = about("CVE-2020-0001", &[], "left", &["*"]);
    let unheard = about("CVE-2020-0003", &[], "left", &["*"]);
    let mut all = records(vec![
        ("debian-12", vec![distribution(Some(Severity::Low))]),
        ("alpine-3.20", vec![silent, unheard]),
        ("npm", vec![ghsa]),
    ]);
    all.enrichments = enrichments();
    all
}

fn found(os: &str, ecosystem: Ecosystem, sources: &[&str]) -> Vec<Finding> {
    let severity_sources = sources.iter().map(|source| (*source).to_owned()).collect();
    let options = MatchOptions { severity_sources, ..MatchOptions::default() };
    let inventory = inventory(os, vec![package(ecosystem, "left", "1")]);
    match_inventory_with(&db_of(&sample()), &inventory, &options).unwrap().findings
}

fn judged(finding: &Finding) -> (Severity, Option<&str>) {
    (finding.severity, finding.severity_source.as_deref())
}

#[test]
fn the_judging_source_counts_then_the_nvd_then_the_others() {
    let debian = found("debian 12", Ecosystem::Deb, &[]);
    assert_eq!(judged(&debian[0]), (Severity::Low, Some("debian")));
    let npm = found("", Ecosystem::Npm, &[]);
    assert_eq!(judged(&npm[0]), (Severity::High, Some("ghsa")));
    // Alpine gives no severities.
    let alpine = found("alpine 3.20.1", Ecosystem::Apk, &[]);
    let ids: Vec<&str> = alpine.iter().map(|finding| finding.id.as_str()).collect();
    assert_eq!(ids, ["CVE-2020-0001", "CVE-2020-0003"]);
    assert_eq!(judged(&alpine[0]), (Severity::Critical, Some("nvd")));
    assert_eq!(judged(&alpine[1]), (Severity::Unknown, None));

    let mut without_nvd = sample();
    without_nvd.enrichments.scores.clear();
    let inventory = inventory("alpine 3.20.1", vec![package(Ecosystem::Apk, "left", "1")]);
    let matched = match_inventory(&db_of(&without_nvd), &inventory).unwrap();
    // The first in the order of the flag's values: redhat, debian, ghsa.
    assert_eq!(judged(&matched.findings[0]), (Severity::Medium, Some("redhat")));
}

#[test]
fn another_order_of_sources_can_be_asked_for() {
    for (sources, expected) in [
        (&["nvd"][..], (Severity::Critical, Some("nvd"))),
        (&["ghsa", "nvd"], (Severity::High, Some("ghsa"))),
        (&["ubuntu", "redhat", "nvd"], (Severity::Medium, Some("redhat"))),
        (&["ubuntu", "auto"], (Severity::Low, Some("debian"))),
        (&["auto", "nvd"], (Severity::Low, Some("debian"))),
        (&["ubuntu"], (Severity::Unknown, None)),
    ] {
        let debian = found("debian 12", Ecosystem::Deb, sources);
        assert_eq!(judged(&debian[0]), expected, "{sources:?}");
    }
}

#[test]
fn a_finding_says_what_every_source_does() {
    let findings = found("", Ecosystem::Npm, &[]);
    let vulnerability = findings[0].vulnerability().unwrap();
    let severities: Vec<(&str, Severity)> = vulnerability.severities.iter().collect();
    assert_eq!(
        severities,
        [
            ("debian", Severity::Low),
            ("ghsa", Severity::High),
            ("nvd", Severity::Critical),
            ("redhat", Severity::Medium),
        ]
    );
    let scores: Vec<(&str, f64)> = vulnerability
        .scores
        .iter()
        .map(|score| (score.source.as_deref().unwrap(), score.score))
        .collect();
    assert_eq!(scores, [("ghsa", 7.5), ("nvd", 9.8), ("nvd", 7.5)]);
    assert_eq!(vulnerability.epss, Some(Epss { score: 0.943_58, percentile: 0.999_99 }));
    let exploited = vulnerability.exploited.as_ref().unwrap();
    assert_eq!(
        (exploited.added.as_str(), exploited.due.as_deref()),
        ("2021-12-10", Some("2021-12-24"))
    );
    assert!(exploited.ransomware);
    assert_eq!(vulnerability.cwes, ["CWE-79"]);
    assert_eq!(vulnerability.published.as_deref(), Some("2020-09-13T12:26:40Z"));
}

#[test]
fn what_is_exploited_comes_first_among_equals() {
    let severe = |id: &str| Advisory {
        severity: Some(Severity::High),
        ..about(id, &[], "left", &["< 2.0.0"])
    };
    let mut all = records(vec![("npm", vec![severe("CVE-2018-0001"), severe("CVE-2020-0001")])]);
    all.enrichments = enrichments();
    let inventory = inventory("", vec![package(Ecosystem::Npm, "left", "1.0.0")]);
    let matched = match_inventory(&db_of(&all), &inventory).unwrap();
    let ids: Vec<&str> = matched.findings.iter().map(|finding| finding.id.as_str()).collect();
    assert_eq!(ids, ["CVE-2020-0001", "CVE-2018-0001"]);
}

#[test]
fn segments_that_were_asked_are_named_and_others_are_not() {
    let db = db_of(&sample());
    let names = |package_name: &str| -> Vec<String> {
        let inventory = inventory("", vec![package(Ecosystem::Npm, package_name, "1.0.0")]);
        let matched = match_inventory(&db, &inventory).unwrap();
        matched.segments.into_iter().map(|segment| segment.name).collect()
    };
    assert_eq!(names("left"), ["epss", "exploited", "npm", "nvd", "severities"]);
    assert_eq!(names("sound"), ["npm"]);
}

#[test]
fn the_age_of_a_database_is_that_of_its_advisories() {
    let mut all = sample();
    assert_eq!(db_of(&all).newest(), None);
    all.segments.get_mut("npm").unwrap().advisories[0].published = Some(1_600_000_000);
    assert_eq!(db_of(&all).newest(), Some("2020-09-13T12:26:40Z"));
}

#[test]
fn the_end_of_a_release_is_that_of_the_support_everyone_gets() {
    let db = db_of(&sample());
    let end = |id: &str, version: &str, name: &str| {
        let os = Os {
            id: id.to_owned(),
            version: (!version.is_empty()).then(|| version.to_owned()),
            pretty_name: Some(name.to_owned()),
            ..Os::default()
        };
        db.end_of_life(&os).unwrap()
    };
    let until = |date: &str, extended: Option<&str>| {
        Some(EndOfLife { date: date.to_owned(), extended: extended.map(str::to_owned) })
    };
    for (id, version, name, expected) in [
        ("debian", "10", "", until("2024-06-30", None)),
        ("debian", "10.13", "", until("2024-06-30", None)),
        ("ubuntu", "22.04", "", until("2027-04-01", Some("2032-04-09"))),
        ("alpine", "3.20.3", "", until("2026-04-01", None)),
        ("alpine", "3.2.1", "", until("2017-05-01", None)),
        ("alpine", "3.21_alpha20240807", "", None),
        ("alpine", "3.200", "", None),
        ("centos", "8", "CentOS Linux 8", until("2021-12-31", None)),
        ("centos", "8", "CentOS Stream 8", until("2024-05-31", None)),
        ("debian", "9", "", None),
        ("debian", "", "", None),
        ("wolfi", "20230201", "", None),
    ] {
        assert_eq!(end(id, version, name), expected, "{id} {version} {name}");
    }
    let ended = until("2024-06-30", None).unwrap();
    assert!(!ended.is_over("2024-06-30"));
    assert!(ended.is_over("2024-07-01"));
}

#[test]
fn a_database_without_enrichments_answers_as_before() {
    let db = db_of(&records(vec![("npm", vec![about("A", &[], "left", &["*"])])]));
    let inventory = inventory("debian 12", vec![package(Ecosystem::Npm, "left", "1.0.0")]);
    let matched = match_inventory(&db, &inventory).unwrap();
    assert_eq!(judged(&matched.findings[0]), (Severity::Unknown, None));
    let os = Os { id: "debian".into(), version: Some("10".into()), ..Os::default() };
    assert_eq!(db.end_of_life(&os).unwrap(), None);
}

#[test]
fn tables_have_the_bytes_of_the_format_page() {
    let mut all = Records { enrichments: enrichments(), ..Records::default() };
    let half = Epss { score: 0.5, percentile: 1.0 };
    all.enrichments.epss = Some(sheet([("CVE-2021-44228".to_owned(), half)]));
    let files = files(&all);
    let (name, bytes) = files.iter().find(|(name, _)| name.starts_with("epss.")).unwrap();
    assert!(name.ends_with(".segment"));
    let strings = b"\0\x04epss\0\0";
    #[rustfmt::skip]
    let header: [u32; 12] = [
        1, 76, // format, length
        1, 0, 0, // texts: epss, none, none
        2, // sections
        1, 56, 6,
        32, 64, 9,
    ];
    let mut expected = vec![0x89, b'L', b'A', b'Z', b'\r', b'\n', 0x1a, b'\n'];
    expected.extend(header.iter().flat_map(|word| word.to_le_bytes()));
    expected.extend(strings);
    expected.extend((0x8000_0000_u32 + (22 << 25) + 44_228).to_le_bytes());
    let both: u64 = 50_000 + 100_000 * (1 << 17);
    expected.extend(&both.to_le_bytes()[..5]);
    expected.extend([0; 3]);
    assert_eq!(*bytes, expected);
}

#[test]
fn equal_enrichments_give_equal_bytes_that_verify() {
    assert_eq!(files(&sample()), files(&sample()));
    db_of(&sample()).verify().unwrap();
    let manifest = db_of(&sample());
    let kinds: Vec<(&str, Option<Kind>)> =
        manifest.segments().map(|info| (info.name.as_str(), Kind::of(info))).collect();
    assert_eq!(
        kinds,
        [
            ("alpine-3.20", None),
            ("debian-12", None),
            ("end-of-life", Some(Kind::EndOfLife)),
            ("epss", Some(Kind::Epss)),
            ("exploited", Some(Kind::Exploited)),
            ("npm", None),
            ("nvd", Some(Kind::Scores)),
            ("severities", Some(Kind::Severities)),
        ]
    );
    // A table is no segment of records.
    assert!(manifest.segment("epss").unwrap().is_none());
    assert!(manifest.segment("nvd").unwrap().is_some());
}

#[test]
fn a_damaged_table_is_refused_when_it_is_asked() {
    let dir = tempfile::tempdir().unwrap();
    for (file, bytes) in files(&sample()) {
        fs::write(dir.path().join(file), bytes).unwrap();
    }
    let path = dir.path().join(&Db::open(dir.path()).unwrap().info("epss").unwrap().file);
    let mut bytes = fs::read(&path).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    fs::write(&path, bytes).unwrap();
    let ask = |name: &str| {
        let inventory = inventory("", vec![package(Ecosystem::Npm, name, "1.0.0")]);
        match_inventory(&Db::open(dir.path()).unwrap(), &inventory)
    };
    assert!(matches!(ask("left"), Err(DbError::Checksum { .. })));
    assert!(ask("sound").unwrap().findings.is_empty());
    assert!(Db::open(dir.path()).unwrap().verify().is_err());
}

#[test]
fn hostile_tables_never_panic() {
    for (name, whole) in files(&sample()) {
        if !name.ends_with(".segment") {
            continue;
        }
        for length in 0..whole.len() {
            fuzz::tables(&whole[..length]);
        }
        for position in 0..whole.len() {
            for value in [0x00, 0x01, 0x7f, 0x80, 0xff] {
                let mut bytes = whole.clone();
                bytes[position] = value;
                fuzz::tables(&bytes);
            }
        }
    }
}
