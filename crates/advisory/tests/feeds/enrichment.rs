//! The NVD, CISA's catalog, EPSS and endoflife.date.

use crate::recipe::{fixture, gzip, mirror, read_shared, shared_feeds};
use lazaret_advisory::enrich::{Ends, Sheet, Support};
use lazaret_advisory::records::Records;
use lazaret_core::advisory::Advisory;
use lazaret_core::finding::{Epss, Exploited};
use lazaret_core::severity::Severity;
use std::collections::BTreeMap;

const CURRENT: &str = "nvd/nvdcve-2.0-2025.json";
const OLD: &str = "nvd/nvdcve-1.1-2022.json";
const KEV: &str = "kev/known_exploited_vulnerabilities.json";
const EPSS: &str = "epss/epss_scores-current.csv";

fn scored<'a>(records: &'a Records, id: &str) -> &'a Advisory {
    let scores = &records.enrichments.scores["nvd"].advisories;
    scores.iter().find(|record| record.id == id).unwrap_or_else(|| panic!("no {id}"))
}

/// Each score as `score vector`.
fn vectors(record: &Advisory) -> Vec<String> {
    record.scores.iter().map(|score| format!("{:.1} {}", score.score, score.vector)).collect()
}

/// Each program of a record as `name status ranges = versions`.
fn programs(records: &Records, id: &str) -> Vec<String> {
    let found = records.segments["programs"].advisories.iter().find(|record| record.id == id);
    let affected = found.iter().flat_map(|record| &record.affected);
    affected
        .map(|affected| {
            let ranges: Vec<String> = affected.ranges.iter().map(ToString::to_string).collect();
            let (ranges, versions) = (ranges.join(" | "), affected.versions.join(" "));
            format!("{} {} {ranges} = {versions}", affected.package, affected.status)
        })
        .collect()
}

fn counts(map: &BTreeMap<String, u64>) -> Vec<(&str, u64)> {
    map.iter().map(|(what, many)| (what.as_str(), *many)).collect()
}

fn rows<K, V>(sheet: Option<&Sheet<K, V>>) -> &BTreeMap<K, V> {
    &sheet.expect("the feed has a table").rows
}

#[test]
fn the_nvds_own_scores_count_before_those_of_others() {
    let records = mirror(&[(CURRENT, fixture("nvd/current.json"))]);
    let first = scored(&records, "CVE-2025-0001");
    assert_eq!(
        vectors(first),
        [
            "7.5 CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N",
            "9.3 CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N",
            "10.0 AV:N/AC:L/Au:N/C:C/I:C/A:C",
        ]
    );
    assert_eq!(first.severity, Some(Severity::High));
    assert_eq!(first.cwes, ["CWE-20", "CWE-787"]);
    // `date -u -d 2025-02-03T04:05:06 +%s`
    assert_eq!((first.published, first.modified), (Some(1_738_555_506), None));
    assert_eq!(first.affected, []);
    // An incomplete vector is none, and CVSS 2 decides where there is nothing newer.
    let third = scored(&records, "CVE-2025-0003");
    assert_eq!(vectors(third), ["7.5 AV:N/AC:L/Au:N/C:P/I:P/A:P"]);
    assert_eq!(third.severity, Some(Severity::High));
    assert_eq!(records.enrichments.scores["nvd"].source.id, "nvd");
    assert!(!records.segments.contains_key("nvd"));
}

#[test]
fn programs_are_affected_wherever_an_image_can_run_them() {
    let records = mirror(&[(CURRENT, fixture("nvd/current.json"))]);
    assert_eq!(
        programs(&records, "CVE-2025-0001"),
        [
            "acme:anvil fixed >= 1.0, <= 1.9.9 | >= 2.0.0, < 2.1.4 = 0.9-rc1",
            "acme:tongs+ affected  = 3.0",
        ]
    );
    let count = &records.counts["nvd"];
    assert_eq!((count.files, count.records), (1, 5));
    assert_eq!(counts(&count.skipped), [("rejected", 1)]);
    assert_eq!(
        counts(&count.notes),
        [
            ("on another operating system", 1),
            ("program for another platform", 1),
            ("program without a version", 1),
            ("range above its first version", 1),
            ("vector that is none", 1),
        ]
    );
    let refused: Vec<&str> = records.refused.iter().map(|r| r.record.as_str()).collect();
    assert_eq!(refused, ["nvd/nvdcve-2.0-2025.json#4", "nvd/nvdcve-2.0-2025.json#5"]);
    assert_eq!(records.refused[0].reason, "it names no CVE");
}

#[test]
fn the_old_shape_says_the_same_things() {
    let records = mirror(&[(OLD, fixture("nvd/old.json"))]);
    let first = scored(&records, "CVE-2022-0001");
    assert_eq!(
        vectors(first),
        ["9.8 CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "10.0 AV:N/AC:L/Au:N/C:C/I:C/A:C"]
    );
    assert_eq!(first.severity, Some(Severity::Critical));
    assert_eq!(first.cwes, ["CWE-295"]);
    // `date -u -d 2022-10-19T18:15Z +%s`
    assert_eq!(first.published, Some(1_666_203_300));
    assert_eq!(
        programs(&records, "CVE-2022-0001"),
        ["acme:bellows affected >= 1.0.2, <= 1.0.2k = "]
    );
    assert_eq!(counts(&records.counts["nvd"].skipped), [("rejected", 1)]);
    let gap = records.segments["programs"].gap.as_deref();
    assert!(gap.is_some_and(|gap| gap.contains("retired")), "{gap:?}");
}

#[test]
fn of_two_copies_the_later_one_is_believed() {
    let text = String::from_utf8(fixture("nvd/old.json")).unwrap();
    let later = text
        .replace("2022-10-20T07:00Z", "2022-10-21T07:00Z")
        .replace("C:H/I:H/A:H", "C:N/I:N/A:L");
    for (year, modified) in [(&text, &later), (&later, &text)] {
        let records = mirror(&[
            ("nvd/nvdcve-1.1-2022.json", year.clone().into_bytes()),
            ("nvd/nvdcve-1.1-modified.json.gz", gzip(modified.as_bytes())),
        ]);
        // By FIRST's calculator.
        assert!(vectors(scored(&records, "CVE-2022-0001"))[0].starts_with("5.3 "));
    }
}

#[test]
fn a_file_without_records_of_the_nvd_is_refused() {
    for (bytes, reason) in [
        (&b"{}"[..], "the file holds no records"),
        (b"[]", "the file is not the JSON this feed has"),
        (br#"{"vulnerabilities": 7}"#, "the file is not the JSON this feed has"),
        (br#"{"vulnerabilities": []}"#, "the file holds no records"),
        (br#"{"vulnerabilities": [{}"#, "the file is cut off"),
        (br#"{"vulnerabilities": [{}]} x"#, "the file is not the JSON this feed has"),
    ] {
        let records = mirror(&[(CURRENT, bytes.to_vec())]);
        let text = String::from_utf8_lossy(bytes);
        assert_eq!(records.refused.len(), 1, "{text}");
        assert!(records.refused[0].reason.starts_with(reason), "{text}: {:?}", records.refused);
        assert!(records.enrichments.scores.is_empty());
    }
}

#[test]
fn exploited_vulnerabilities_are_listed_with_their_days() {
    let records = mirror(&[(KEV, fixture("kev/good.json"))]);
    let sheet = records.enrichments.exploited.as_ref();
    let exploited = |added: &str, due: Option<&str>, ransomware| Exploited {
        added: added.to_owned(),
        due: due.map(str::to_owned),
        ransomware,
    };
    assert_eq!(
        *rows(sheet),
        BTreeMap::from([
            ("CVE-2025-0001".to_owned(), exploited("2025-04-05", Some("2025-04-26"), true)),
            ("CVE-2020-0001".to_owned(), exploited("2021-11-03", None, false)),
        ])
    );
    // `date -u -d 2026-01-02T16:45:47 +%s`
    assert_eq!(sheet.unwrap().newest, Some(1_767_372_347));
    assert_eq!(records.counts["kev"].records, 4);
    let refused: Vec<(&str, &str)> =
        records.refused.iter().map(|r| (r.record.as_str(), r.reason.as_str())).collect();
    assert_eq!(
        refused,
        [
            (
                "kev/known_exploited_vulnerabilities.json#CVE-2020-0002",
                "it does not say when it was added"
            ),
            ("kev/known_exploited_vulnerabilities.json#none", "it names no CVE"),
        ]
    );
}

#[test]
fn scores_of_a_day_are_read_row_by_row() {
    let plain = fixture("epss/good.csv");
    let packed = ("epss/epss_scores-current.csv.gz", gzip(&plain));
    for (path, bytes) in [(EPSS, plain), packed] {
        let records = mirror(&[(path, bytes)]);
        let sheet = records.enrichments.epss.as_ref();
        let epss = |score, percentile| Epss { score, percentile };
        assert_eq!(
            *rows(sheet),
            BTreeMap::from([
                ("CVE-2020-0001".to_owned(), epss(0.000_01, 0.0)),
                ("CVE-2020-0002".to_owned(), epss(1.0, 1.0)),
                ("CVE-2025-0001".to_owned(), epss(0.943_58, 0.999_99)),
            ])
        );
        // `date -u -d 2026-01-02 +%s`
        assert_eq!(sheet.unwrap().newest, Some(1_767_312_000));
        assert_eq!(records.counts["epss"].records, 6);
        assert_eq!(records.refused.len(), 3);
    }
}

#[test]
fn a_table_of_scores_that_is_cut_or_of_another_kind_is_refused() {
    for (text, reason) in [
        ("cve,epss,percentile\nCVE-2020-0001,0.1,0.2\nCVE-2020-00", "the file is cut off"),
        ("cve,epss,percentile\n", "the file holds no records"),
        ("cve;epss;percentile\nCVE-2020-0001;0.1;0.2\n", "the file holds no records"),
        ("#only a remark\n", "the file holds no records"),
    ] {
        let records = mirror(&[(EPSS, text.as_bytes().to_vec())]);
        assert_eq!(records.refused.len(), 1, "{text}");
        assert_eq!(records.refused[0].reason, reason, "{text}");
        assert_eq!(records.enrichments.epss, None);
    }
}

#[test]
fn releases_are_looked_after_until_a_day_or_not_known_when() {
    let records = mirror(&[
        ("eol/products/debian.json", fixture("endoflife/debian.json")),
        ("endoflife.date/api/v1/products/full", fixture("endoflife/full.json")),
    ]);
    let support = |ends: Option<&str>, extended: Option<&str>| Support {
        ends: ends.map_or(Ends::Past, |day| Ends::on(day).unwrap()),
        extended: extended.map_or(Ends::Unknown, |day| Ends::on(day).unwrap()),
    };
    let expected = [
        ("debian", "10", support(Some("2022-09-10"), Some("2024-06-30"))),
        ("debian", "12", support(Some("2026-07-11"), Some("2028-06-30"))),
        ("debian", "9", support(None, None)),
        ("ubuntu", "22.04", support(Some("2027-04-01"), Some("2032-04-09"))),
        ("ubuntu", "23.10", support(Some("2024-07-12"), None)),
        ("ubuntu", "6.06", support(None, None)),
    ];
    let sheet = records.enrichments.end_of_life.as_ref();
    let found: Vec<(&str, &str, Support)> =
        rows(sheet).iter().map(|((product, cycle), s)| (&**product, &**cycle, *s)).collect();
    assert_eq!(found, expected);
    let count = &records.counts["endoflife"];
    assert_eq!((count.files, count.records), (2, 3));
    assert_eq!(counts(&count.notes), [("a day that is none", 1), ("release without a name", 1)]);
}

/// Values read off the upstream files by hand.
#[test]
fn real_feeds_say_what_upstream_does() {
    let Some(root) = shared_feeds() else { return };
    let wanted = ["kev/", "epss/", "eol/products/", "nvd/"];
    let records = read_shared(&root, |path| wanted.iter().any(|start| path.starts_with(start)));
    assert_eq!(records.refused, []);
    let read = |feed: &str| (records.counts[feed].files, records.counts[feed].records);
    assert_eq!(read("kev"), (1, 1_662));
    assert_eq!(read("epss"), (1, 360_142));
    assert_eq!(read("endoflife"), (464, 464));
    // 15,454 of the year and 1,664 modified ones, as the files themselves count.
    assert_eq!(read("nvd"), (2, 17_118));

    let exploited = rows(records.enrichments.exploited.as_ref());
    let log4shell = &exploited["CVE-2021-44228"];
    assert_eq!(
        (log4shell.added.as_str(), log4shell.due.as_deref()),
        ("2021-12-10", Some("2021-12-24"))
    );
    assert!(log4shell.ransomware);
    assert!(!exploited["CVE-2014-0160"].ransomware);
    assert_eq!(exploited.values().filter(|entry| entry.ransomware).count(), 338);

    let epss = rows(records.enrichments.epss.as_ref());
    assert_eq!(epss["CVE-2021-44228"], Epss { score: 0.999_99, percentile: 1.0 });
    assert_eq!(epss.len(), 360_142);

    let buster = rows(records.enrichments.end_of_life.as_ref())[&("debian".into(), "10".into())];
    assert_eq!(buster.ends.day().as_deref(), Some("2022-09-10"));
    assert_eq!(buster.extended.day().as_deref(), Some("2024-06-30"));

    let openssl = scored(&records, "CVE-2022-0778");
    assert_eq!(openssl.severity, Some(Severity::High));
    assert_eq!(openssl.cwes, ["CWE-835"]);
    assert_eq!(openssl.scores[0].vector, "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H");
    assert!(programs(&records, "CVE-2022-0778").contains(
        &"openssl:openssl fixed >= 1.0.2, < 1.0.2zd | >= 1.1.0, < 1.1.1n | >= 3.0.0, < 3.0.2 = "
            .to_owned()
    ));
}
