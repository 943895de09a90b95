//! SUSE's documents, in each of their forms.

use crate::recipe::{advisory, fixture, mirror, segment, shared_feeds, zip_of};
use crate::rpm_lines::{about, counts, lines};
use lazaret_advisory::records::Records;
use lazaret_core::severity::Severity;
use std::collections::BTreeMap;
use std::io::Read as _;

const VEX: &str = "ftp.suse.com/pub/projects/security/csaf-vex/cve-2024-61001.json";
const LATER: &str = "ftp.suse.com/pub/projects/security/csaf/suse-su-2024_9001-1.json";
const EARLIER: &str = "ftp.suse.com/pub/projects/security/csaf/suse-su-2024_9000-1.json";
const CVRF: &str = "ftp.suse.com/pub/projects/security/cvrf1.2/cvrf-opensuse-su-2024:9005-1.xml";

#[test]
fn a_document_of_a_vulnerability_fills_a_segment_a_release() {
    let records = mirror(&[(VEX, fixture("suse/vex.json"))]);
    let found: BTreeMap<&str, Vec<String>> = records
        .segments
        .keys()
        .map(|name| (name.as_str(), about(&records, name, "CVE-2024-61001")))
        .collect();
    let wick: &[&str] = &["wick fixed < 3-4.1"];
    let expected: BTreeMap<&str, Vec<String>> = [
        ("opensuse-leap-15.5", &["sandglass fixed < 1.2-150500.7.1"][..]),
        ("opensuse-tumbleweed", &["sandglass fixed < 2.0-1.1"]),
        ("sl-micro-6.0", &["sandglass fixed < 1.9-2.1"]),
        // One name alone may be that of the source package.
        (
            "sles-11.4",
            &["sandglass affected every version", "src:sandglass affected every version"],
        ),
        // A module of SLE 12 is for every service pack.
        ("sles-12", wick),
        ("sles-12.1", wick),
        ("sles-12.2", wick),
        ("sles-12.3", wick),
        ("sles-12.4", wick),
        (
            "sles-12.5",
            &[
                "sandglass affected every version",
                "sandglass-32bit affected every version",
                "wick fixed < 3-4.1",
            ],
        ),
        (
            "sles-15.3",
            &[
                "sandglass affected every version",
                "sandglass [ltss] fixed < 1.1-150300.9.2",
                "sandglass [sap] fixed < 1.1-150300.9.2",
            ],
        ),
        // Modules of one service pack are one release; the higher fix counts.
        (
            "sles-15.5",
            &["sandglass fixed < 1.2-150500.7.1", "sandglass-32bit fixed < 1.2-150500.7.1"],
        ),
    ]
    .into_iter()
    .map(|(name, lines)| (name, lines.iter().map(|line| (*line).to_owned()).collect()))
    .collect();
    assert_eq!(found, expected);
    let record = advisory(&records, "sles-15.5", "CVE-2024-61001");
    assert_eq!(record.severity, Some(Severity::Medium));
    let scores: Vec<f64> = record.scores.iter().map(|score| score.score).collect();
    assert_eq!(scores, [6.5]);
    assert_eq!(segment(&records, "sles-15.5").gap, None);
    let count = &records.counts["suse-vex"];
    assert_eq!(
        counts(&count.notes),
        [("an image, not a distribution", 1), ("another product", 1), ("not affected", 1)]
    );
}

#[test]
fn announcements_are_joined_and_an_ordinary_fix_outweighs_what_a_channel_implies() {
    let files =
        [(LATER, fixture("suse/announcement.json")), (EARLIER, fixture("suse/earlier.json"))];
    let records = mirror(&files);
    assert_eq!(
        lines(&records, "sles-15.3"),
        [
            "CVE-2024-61001 (SUSE-SU-2024:9001-1) sandglass affected every version",
            "CVE-2024-61001 (SUSE-SU-2024:9001-1) sandglass [ltss] fixed < 1.1-150300.9.2",
            "CVE-2024-61002 (SUSE-SU-2024:9000-1 SUSE-SU-2024:9001-1) sandglass fixed \
             < 1.1-150300.8.1",
            "CVE-2024-61002 (SUSE-SU-2024:9000-1 SUSE-SU-2024:9001-1) sandglass [ltss] fixed \
             < 1.1-150300.9.2",
        ]
    );
    let severity = |id| advisory(&records, "sles-15.3", id).severity;
    assert_eq!(severity("CVE-2024-61001"), Some(Severity::High));
    assert_eq!(severity("CVE-2024-61002"), Some(Severity::Low));
    let gap = segment(&records, "sles-15.3").gap.as_deref();
    assert_eq!(gap, Some("SUSE's announcements, which name only what was fixed"));

    let [later, earlier] = files;
    let with = mirror(&[later, earlier, (VEX, fixture("suse/vex.json"))]);
    assert_eq!(
        about(&with, "sles-15.5", "CVE-2024-61001"),
        ["sandglass fixed < 1.2-150500.7.1", "sandglass-32bit fixed < 1.2-150500.7.1"]
    );
    assert_eq!(segment(&with, "sles-15.5").gap, None);
}

#[test]
fn the_older_form_says_the_same() {
    let records = mirror(&[(CVRF, fixture("suse/cvrf.xml"))]);
    for name in ["opensuse-leap-15.4", "sles-15.4"] {
        assert_eq!(
            lines(&records, name),
            ["CVE-2024-61005 (openSUSE-SU-2024:9005-1) lantern fixed < 7.1.1-bp154.2.6.1"]
        );
    }
    let record = advisory(&records, "sles-15.4", "CVE-2024-61005");
    assert_eq!(record.severity, Some(Severity::High));
    let scores: Vec<f64> = record.scores.iter().map(|score| score.score).collect();
    assert_eq!(scores, [7.5]);
    assert_eq!(counts(&records.counts["suse-cvrf"].notes), [("another product", 1)]);
}

#[test]
fn osv_lists_binary_packages_beside_their_source() {
    let odd = br#"{"id": "SUSE-SU-2024:9009-1", "affected": [], "related": ["CVE-2024-1"]}"#;
    let bug = br#"{"id": "SUSE-RU-2024:1-1", "related": [], "affected": []}"#;
    let gone = br#"{"id": "SUSE-SU-2024:9010-1", "related": ["CVE-2024-61003"],
        "withdrawn": "2024-06-01T00:00:00Z"}"#;
    let records = mirror(&[(
        "osv-vulnerabilities.storage.googleapis.com/SUSE/all.zip",
        zip_of(&[
            ("a.json", fixture("suse/osv.json")),
            ("b.json", odd.to_vec()),
            ("c.json", bug.to_vec()),
            ("d.json", gone.to_vec()),
            ("e.json", b"[]".to_vec()),
        ]),
    )]);
    assert_eq!(
        about(&records, "sles-15.5", "CVE-2024-61003"),
        ["lantern-tools fixed < 2.4-150500.3.1", "liblantern2 fixed < 2.4-150500.3.1"]
    );
    assert_eq!(
        about(&records, "opensuse-leap-15.5", "CVE-2024-61004"),
        ["src:lantern fixed < 2.4-150500.3.1"]
    );
    let count = &records.counts["osv-suse"];
    assert_eq!(count.records, 4);
    // The id of the second is no CVE's: it is too short.
    assert_eq!(counts(&count.skipped), [("no vulnerability", 2), ("withdrawn", 1)]);
    assert_eq!(records.refused.len(), 1);
    let gap = segment(&records, "sles-15.5").gap.as_deref();
    assert_eq!(gap, Some("SUSE's announcements, which name only what was fixed"));
}

#[test]
fn xml_that_is_no_cvrf_is_refused() {
    let deep = [&b"<cvrfdoc>"[..], &b"<Branch>".repeat(200_000)].concat();
    for (bytes, expected) in [
        (&b""[..], "the file is empty"),
        (b"<!DOCTYPE html>\n<html><body>log in</body></html>", "the file is a web page, not CVRF"),
        (&deep, "the file is not the XML this feed has"),
        (b"<rss></rss>", "the file is not the XML this feed has"),
        (b"<cvrfdoc><DocumentType>SUSE CVE", "the file is not the XML this feed has"),
    ] {
        let records = mirror(&[(CVRF, bytes.to_vec())]);
        let [refused] = &records.refused[..] else { panic!("{:?}", records.refused) };
        assert!(refused.reason.starts_with(expected), "{}", refused.reason);
    }
}

/// An archive of SUSE's inside the collection of fixtures, read as its file of a mirror.
fn archive(of: &str, path: &str) -> Option<Records> {
    let fixtures = shared_feeds()?.join("fixtures/vuls-data-update-fetch-fixtures.tar.gz");
    let file = std::fs::File::open(fixtures).unwrap();
    let mut collection = tar::Archive::new(flate2::read::GzDecoder::new(file));
    for entry in collection.entries().unwrap() {
        let mut entry = entry.unwrap();
        if entry.path().unwrap().ends_with(of) {
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes).unwrap();
            return Some(mirror(&[(path, bytes)]));
        }
    }
    panic!("no `{of}` in the fixtures");
}

#[test]
fn real_archives_say_what_suse_says() {
    let Some(vex) = archive("csaf_vex/testdata/fixtures/csaf-vex.tar.bz2", "suse/csaf-vex.tar.bz2")
    else {
        return;
    };
    // CVE-1999-0003 names no product.
    let count = &vex.counts["suse-vex"];
    assert_eq!(count.records, 2);
    assert_eq!(counts(&count.skipped), [("no products", 1)]);
    assert_eq!(counts(&count.notes), [("not affected", 1153)]);
    assert_eq!(
        lines(&vex, "sl-micro-6.0"),
        ["CVE-2023-5568 samba-client-libs fixed < 4.19.4+git.339.acf1ccaa02-1.22"]
    );
    assert_eq!(lines(&vex, "opensuse-tumbleweed").len(), 31);

    let csaf = archive("suse/csaf/testdata/fixtures/csaf.tar.bz2", "suse/csaf.tar.bz2").unwrap();
    assert_eq!(csaf.counts["suse-csaf"].records, 3);
    let osv = archive("suse/osv/testdata/fixtures/osv.tar.bz2", "suse/osv.tar.bz2").unwrap();
    assert_eq!(osv.counts["osv-suse"].records, 4);
    let cvrf =
        archive("suse/cvrf/testdata/fixtures/cvrf1.2.tar.bz2", "suse/cvrf1.2.tar.bz2").unwrap();
    assert_eq!(cvrf.counts["suse-cvrf"].records, 5);
    // Three forms of one announcement.
    for id in ["CVE-2014-3510", "CVE-2015-4000"] {
        let ordinary = |records: &Records| about(records, "sles-12.1", id);
        let expected = ordinary(&csaf);
        assert!(expected.contains(&"libqt4 fixed < 4.8.6-7.1".to_owned()), "{expected:?}");
        assert_eq!(ordinary(&osv), expected, "{id}");
        assert_eq!(ordinary(&cvrf), expected, "{id}");
    }
    assert_eq!(
        about(&csaf, "sles-12.4", "CVE-2016-1704"),
        about(&osv, "sles-12.4", "CVE-2016-1704")
    );

    let cve = archive("fixtures/happy/cvrf-cve.tar.bz2", "suse/cvrf-cve.tar.bz2").unwrap();
    assert_eq!(cve.counts["suse-cvrf"].records, 3);
    assert_eq!(
        lines(&cve, "opensuse-tumbleweed"),
        [
            "CVE-2022-38150 libvarnishapi3 fixed < 7.1.1-1.1",
            "CVE-2022-38150 varnish fixed < 7.1.1-1.1",
            "CVE-2022-38150 varnish-devel fixed < 7.1.1-1.1",
        ]
    );
}
