//! Ubuntu, the distributions with a security database in Alpine's form, Echo, and OSV's exports of
//! distributions.

use crate::recipe::{advisory, fixture, mirror, read_shared, segment, shared_feeds, zip_of};
use lazaret_advisory::records::Records;
use lazaret_advisory::write_segment;
use lazaret_core::severity::Severity;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{Read as _, Write as _};
use std::path::Path;
use std::sync::OnceLock;

const TRACKER: &str = "ubuntu-cve-tracker/snapshot.tar.gz";

/// A good file of each feed: the path it has in a mirror, and its bytes.
pub(crate) fn good_files() -> Vec<(&'static str, &'static str, Vec<u8>)> {
    let documents = |names: &[&str]| osv_zip(names);
    vec![
        ("ubuntu-tracker", TRACKER, tracker()),
        ("osv-ubuntu", "Ubuntu/all.zip", documents(&["ubuntu-cve.json", "usn.json", "lsn.json"])),
        ("ubuntu-vex", "vex/cve/2024/CVE-2024-70001.json", fixture("ubuntu-vex/good.json")),
        ("chainguard-secdb", "chainguard/security.json", fixture("secdb/good.json")),
        ("minimos-secdb", "minimos/security.json", fixture("secdb/good.json")),
        ("secureos-secdb", "secureos/secdb.json.gz", gzip(&fixture("secdb/good.json"))),
        ("wolfi-secdb", "packages.wolfi.dev/os/security.json", fixture("secdb/good.json")),
        ("echo", "echo/data.json", fixture("echo/good.json")),
        ("osv-alpine", "Alpine/all.zip", documents(&["alpine.json"])),
        ("osv-chainguard", "Chainguard/all.zip", documents(&["cga.json"])),
        ("osv-debian", "Debian/all.zip", documents(&["debian.json", "dsa.json"])),
        ("osv-echo", "Echo/all.zip", documents(&["echo.json"])),
        ("osv-minimos", "MinimOS/all.zip", documents(&["mini.json"])),
        ("osv-wolfi", "osv/Wolfi/all.zip", documents(&["cga.json"])),
    ]
}

fn osv_zip(names: &[&str]) -> Vec<u8> {
    let documents: Vec<(&str, Vec<u8>)> =
        names.iter().map(|name| (*name, fixture(&format!("osv-distributions/{name}")))).collect();
    zip_of(&documents)
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

fn tarball(files: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (path, bytes) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len().try_into().unwrap());
        header.set_mode(0o644);
        builder.append_data(&mut header, path, bytes.as_slice()).unwrap();
    }
    gzip(&builder.into_inner().unwrap())
}

fn vulnerability(number: u32) -> Vec<u8> {
    fixture(&format!("ubuntu-tracker/CVE-2024-{number}"))
}

/// A snapshot of the tracker: two vulnerabilities, one rejected, one nobody has, and files beside.
fn tracker() -> Vec<u8> {
    tarball(&[
        ("./README", b"words".to_vec()),
        ("uct-1a2b/active/00boilerplate", b"Candidate:\n".to_vec()),
        ("uct-1a2b/active/CVE-2024-60001", vulnerability(60_001)),
        ("uct-1a2b/active/CVE-2024-60002", vulnerability(60_002)),
        ("uct-1a2b/retired/CVE-2024-60003", vulnerability(60_003)),
        ("uct-1a2b/ignored/CVE-2024-60004", vulnerability(60_004)),
        ("uct-1a2b/retired/CVE-2024-60005", vulnerability(60_005)),
        ("uct-1a2b/scripts/CVE-2024-60009", b"jammy_oil: needed\n".to_vec()),
    ])
}

/// A segment as lines of text: `id (aliases) package status ranges [channel] severity`.
fn lines(records: &Records, name: &str) -> Vec<String> {
    let mut lines = Vec::new();
    for advisory in &segment(records, name).advisories {
        for affected in &advisory.affected {
            let mut line = advisory.id.clone();
            if !advisory.aliases.is_empty() {
                write!(line, " ({})", advisory.aliases.join(" ")).unwrap();
            }
            write!(line, " {} {}", affected.package, affected.status).unwrap();
            let ranges: Vec<String> = affected.ranges.iter().map(ToString::to_string).collect();
            if !ranges.is_empty() {
                write!(line, " {}", ranges.join(" | ")).unwrap();
            }
            if let Some(channel) = &affected.conditions.channel {
                write!(line, " [{channel}]").unwrap();
            }
            if let Some(severity) = affected.severity {
                write!(line, " {severity}").unwrap();
            }
            lines.push(line);
        }
    }
    lines
}

fn counts(map: &BTreeMap<String, u64>) -> Vec<(&str, u64)> {
    map.iter().map(|(what, many)| (what.as_str(), *many)).collect()
}

#[track_caller]
fn holds(records: &Records, expected: &[(&str, &[&str])]) {
    for (name, lines_of_it) in expected {
        assert_eq!(lines(records, name), *lines_of_it, "{name}");
    }
    let names: Vec<&str> = records.segments.keys().map(String::as_str).collect();
    let mut known: Vec<&str> = expected.iter().map(|(name, _)| *name).collect();
    known.sort_unstable();
    assert_eq!(names, known);
}

const TRACKED: &[(&str, &[&str])] = &[
    (
        "ubuntu-14.04",
        &[
            "CVE-2024-60001 lantern end_of_life every version MEDIUM",
            "CVE-2024-60001 lantern fixed < 1.0-1ubuntu0.1+esm1 [esm-infra] MEDIUM",
        ],
    ),
    ("ubuntu-16.04", &["CVE-2024-60001 sandglass fixed < 3.1-2 LOW"]),
    (
        "ubuntu-18.04",
        &[
            "CVE-2024-60001 lantern end_of_life every version MEDIUM",
            "CVE-2024-60001 sandglass fix_deferred every version LOW",
        ],
    ),
    (
        "ubuntu-20.04",
        &[
            "CVE-2024-60001 lantern fixed < 1.4-1ubuntu0.2 MEDIUM",
            "CVE-2024-60001 sandglass affected every version LOW",
            "CVE-2024-60001 sandglass fixed < 3.5-1ubuntu0.1~esm1 [esm-apps] LOW",
            "CVE-2024-60002 linux-fips under_investigation every version",
            "CVE-2024-60002 linux-fips fixed < 5.4.0-1014.17 [fips-updates]",
            "CVE-2024-60002 robot will_not_fix every version",
            "CVE-2024-60002 robot fixed < 1.2-3ubuntu0.1~esm2 [esm-infra]",
        ],
    ),
    (
        "ubuntu-22.04",
        &[
            "CVE-2024-60001 lantern affected every version MEDIUM",
            "CVE-2024-60001 sandglass will_not_fix every version CRITICAL",
            "CVE-2024-60002 linux-hwe-6.2 end_of_life every version",
            "CVE-2024-60002 oil fixed < some time",
        ],
    ),
    (
        "ubuntu-23.10",
        &[
            "CVE-2024-60001 lantern under_investigation every version MEDIUM",
            "CVE-2024-60001 sandglass fixed < 3.9-1ubuntu0.1 LOW",
        ],
    ),
    (
        "ubuntu-24.04",
        &[
            "CVE-2024-60002 wick end_of_life every version",
            "CVE-2024-60002 wick fixed < 1.0-1+esm1 [esm-apps]",
        ],
    ),
];

#[test]
fn ubuntu_releases_and_their_channels_are_told_apart() {
    let records = mirror(&[(TRACKER, tracker())]);
    holds(&records, TRACKED);
    let one = advisory(&records, "ubuntu-22.04", "CVE-2024-60001");
    // `date -u -d 2024-05-01 +%s`
    assert_eq!((one.published, one.modified), (Some(1_714_521_600), None));
    assert_eq!(advisory(&records, "ubuntu-22.04", "CVE-2024-60002").published, None);
    let count = &records.counts["ubuntu-tracker"];
    assert_eq!((count.files, count.records), (1, 5));
    assert_eq!(counts(&count.skipped), [("no package", 1), ("not affected", 1), ("rejected", 1)]);
    assert_eq!(
        counts(&count.notes),
        [
            ("cleared by extended maintenance", 2),
            ("invalid version", 1),
            ("no release of the distribution", 4),
            ("no such package", 3),
            ("not affected", 5),
            ("release without a line of its own", 1),
            ("released without a version", 1),
            ("unknown state", 1),
            ("upstream", 3),
        ]
    );
    assert_eq!(records.refused, []);
}

#[test]
fn ubuntu_tracker_may_be_a_folder_of_files() {
    let records = mirror(&[
        ("active/CVE-2024-60001", vulnerability(60_001)),
        ("ubuntu-cve-tracker/active/CVE-2024-60002", vulnerability(60_002)),
        ("retired/CVE-2024-60003", vulnerability(60_003)),
        ("ignored/CVE-2024-60004", vulnerability(60_004)),
        ("active/00boilerplate", b"Candidate:\n".to_vec()),
    ]);
    holds(&records, TRACKED);
    let count = &records.counts["ubuntu-tracker"];
    assert_eq!((count.files, count.records), (4, 4));
}

#[test]
fn a_file_of_the_tracker_that_ends_inside_a_line_is_cut_off() {
    let whole = vulnerability(60_001);
    let cut = whole[..whole.len() - 3].to_vec();
    let nothing = b"words without a field\n".to_vec();
    let page = fixture("portal.html");
    let records = mirror(&[
        ("active/CVE-2024-60001", cut),
        ("active/CVE-2024-60002", nothing.clone()),
        ("active/CVE-2024-60003", page),
        (
            TRACKER,
            tarball(&[
                ("active/CVE-2024-60004", nothing),
                ("active/CVE-2024-60005", vulnerability(60_005)),
            ]),
        ),
    ]);
    let reasons: Vec<(&str, &str)> =
        records.refused.iter().map(|r| (r.record.as_str(), r.reason.as_str())).collect();
    assert_eq!(
        reasons,
        [
            ("active/CVE-2024-60001", "the file is cut off"),
            ("active/CVE-2024-60002", "the file holds no records"),
            ("active/CVE-2024-60003", "the file is a web page, not a file of the tracker"),
            (
                "ubuntu-cve-tracker/snapshot.tar.gz#active/CVE-2024-60004",
                "the file says nothing of the kind this feed has"
            ),
        ]
    );
    assert!(records.segments.is_empty());
}

#[test]
fn a_file_of_the_tracker_without_the_end_of_its_last_line_may_be_whole() {
    let whole = b"Candidate: CVE-2024-1000\njammy_oil: released (1.0-1ubuntu1)".to_vec();
    let records = mirror(&[("active/CVE-2024-1000", whole)]);
    assert_eq!(lines(&records, "ubuntu-22.04"), ["CVE-2024-1000 oil fixed < 1.0-1ubuntu1"]);
}

#[test]
fn ubuntu_documents_are_read_by_release_and_channel() {
    let names = ["ubuntu-cve.json", "usn.json", "lsn.json", "rejected.json"];
    let records = mirror(&[("Ubuntu/all.zip", osv_zip(&names))]);
    holds(
        &records,
        &[
            (
                "ubuntu-16.04",
                &[
                    "CVE-2024-70001 (USN-9001-1) lantern fixed < 0.7-1+esm1 [esm]",
                    "CVE-2024-70002 (USN-9001-1) lantern fixed < 0.7-1+esm1 [esm]",
                ],
            ),
            (
                "ubuntu-18.04",
                &[
                    "CVE-2024-70001 lantern will_not_fix every version",
                    "CVE-2024-70001 lantern fixed < 0.9-1+esm2 [esm]",
                ],
            ),
            // The notice was about a later update; the record of the vulnerability knows better.
            ("ubuntu-22.04", &["CVE-2024-70001 (USN-9001-1) lantern fixed < 1.0-1ubuntu0.1"]),
            (
                "ubuntu-24.04",
                &[
                    "CVE-2024-70001 (USN-9001-1) lantern affected every version",
                    "CVE-2024-70001 (USN-9001-1) lantern fixed < 1.2-1+esm1 [esm-apps]",
                    "CVE-2024-70001 (USN-9001-1) wick fixed < 2-1ubuntu1",
                    "CVE-2024-70002 (USN-9001-1) wick fixed < 2-1ubuntu1",
                ],
            ),
            ("ubuntu-25.10", &["CVE-2024-70001 sandglass fixed < 5-1"]),
        ],
    );
    let one = advisory(&records, "ubuntu-22.04", "CVE-2024-70001");
    assert_eq!(one.severity, Some(Severity::Low));
    assert_eq!(one.scores.iter().map(|score| score.score).collect::<Vec<_>>(), [9.8]);
    // `date -u -d "2024-05-01 10:00" +%s` and `date -u -d 2024-06-01 +%s`
    assert_eq!((one.published, one.modified), (Some(1_714_557_600), Some(1_717_200_000)));
    let count = &records.counts["osv-ubuntu"];
    assert_eq!((count.files, count.records), (1, 4));
    assert_eq!(counts(&count.skipped), [("live patch of a running kernel", 1), ("rejected", 1)]);
    assert_eq!(counts(&count.notes), [("unknown release", 2)]);
}

#[test]
fn ubuntu_statements_tell_kinds_of_open_apart() {
    let records = mirror(&[("vex/cve/2024/CVE-2024-70001.json", fixture("ubuntu-vex/good.json"))]);
    holds(
        &records,
        &[
            ("ubuntu-16.04", &["CVE-2024-70001 lantern end_of_life every version"]),
            ("ubuntu-18.04", &["CVE-2024-70001 lantern will_not_fix every version"]),
            ("ubuntu-20.04", &["CVE-2024-70001 sandglass not_affected"]),
            ("ubuntu-22.04", &["CVE-2024-70001 lantern affected every version"]),
            (
                "ubuntu-24.04",
                &[
                    "CVE-2024-70001 lantern++ affected every version",
                    "CVE-2024-70001 wick under_investigation every version",
                ],
            ),
        ],
    );
    let count = &records.counts["ubuntu-vex"];
    assert_eq!((count.files, count.records), (1, 1));
    assert_eq!(
        counts(&count.notes),
        [("statement without a vulnerability", 1), ("unknown release", 1), ("unknown state", 1)]
    );
}

#[test]
fn ubuntu_statements_say_what_osv_leaves_out() {
    let osv = br#"{"id":"UBUNTU-CVE-2024-70001","affected":[
        {"package":{"ecosystem":"Ubuntu:18.04:LTS","name":"lantern"},
         "ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"}]}]},
        {"package":{"ecosystem":"Ubuntu:Pro:20.04:LTS","name":"sandglass",
                    "purl":"pkg:deb/ubuntu/sandglass@3-1+esm1?arch=source&distro=esm-apps/focal"},
         "ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":"3-1+esm1"}]}]},
        {"package":{"ecosystem":"Ubuntu:22.04:LTS","name":"oil"},
         "ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":"3-1ubuntu1"}]}]}]}"#;
    let records = mirror(&[
        ("osv/cve/2024/UBUNTU-CVE-2024-70001.json", osv.to_vec()),
        ("vex/cve/2024/CVE-2024-70001.json", fixture("ubuntu-vex/good.json")),
    ]);
    assert_eq!(records.refused, []);
    for (name, expected) in [
        ("ubuntu-18.04", &["CVE-2024-70001 lantern will_not_fix every version"][..]),
        (
            "ubuntu-20.04",
            &[
                "CVE-2024-70001 sandglass not_affected",
                "CVE-2024-70001 sandglass fixed < 3-1+esm1 [esm-apps]",
            ],
        ),
        (
            "ubuntu-22.04",
            &[
                "CVE-2024-70001 lantern affected every version",
                "CVE-2024-70001 oil fixed < 3-1ubuntu1",
            ],
        ),
    ] {
        assert_eq!(lines(&records, name), expected, "{name}");
    }
}

#[test]
fn ubuntu_tracker_outweighs_other_forms_of_itself() {
    let tracked = b"Candidate: CVE-2024-70001\njammy_lantern: released (1.0-1ubuntu0.3)\n\
                    noble_lantern: deferred\nnoble_oil: needed\n";
    let records = mirror(&[
        ("Ubuntu/all.zip", osv_zip(&["ubuntu-cve.json", "usn.json"])),
        ("active/CVE-2024-70001", tracked.to_vec()),
        ("vex/cve/2024/CVE-2024-70001.json", fixture("ubuntu-vex/good.json")),
    ]);
    assert_eq!(
        lines(&records, "ubuntu-22.04"),
        ["CVE-2024-70001 (USN-9001-1) lantern fixed < 1.0-1ubuntu0.3"]
    );
    let noble = lines(&records, "ubuntu-24.04");
    assert!(
        noble.contains(&"CVE-2024-70001 (USN-9001-1) lantern fix_deferred every version".into()),
        "{noble:?}"
    );
    assert!(
        noble.contains(&"CVE-2024-70001 (USN-9001-1) oil affected every version".into()),
        "{noble:?}"
    );
}

#[test]
fn security_databases_in_alpines_form_fill_their_segment() {
    let good = fixture("secdb/good.json");
    let records = mirror(&[
        ("wolfi/security.json", good.clone()),
        ("packages.cgr.dev/chainguard/security.json", good.clone()),
        ("packages.mini.dev/advisories/secdb/security.json", good.clone()),
        ("secureos/secdb.json.gz", gzip(&good)),
    ]);
    let expected: &[&str] = &[
        "CVE-2024-80001 lantern fixed < 2.0.2-r0",
        "CVE-2024-80003 sandglass fixed < 3.1",
        "GHSA-aaaa-bbbb-cccc lantern fixed < 2.0.2-r0",
    ];
    let names = ["chainguard", "minimos", "secureos", "wolfi"];
    holds(&records, &names.map(|name| (name, expected)));
    for feed in ["wolfi-secdb", "secureos-secdb"] {
        let count = &records.counts[feed];
        assert_eq!((count.files, count.records), (1, 6));
        assert_eq!(counts(&count.skipped), [("never affected", 2)]);
    }
    let empty = mirror(&[("wolfi/security.json", b"{\"packages\":[]}".to_vec())]);
    assert_eq!(empty.refused[0].reason, "the file holds no records");
}

#[test]
fn echo_says_what_is_fixed_and_what_is_not() {
    let records = mirror(&[
        ("echo/data.json", fixture("echo/good.json")),
        // Its own feed wins where both speak.
        ("Echo/all.zip", osv_zip(&["echo.json"])),
    ]);
    holds(
        &records,
        &[(
            "echo",
            &[
                "CVE-2024-80002 (ECHO-aaaa-bbbb-cccc) lantern fixed < 2.0-1+e2 HIGH",
                "CVE-2024-80004 lantern affected every version",
                "TEMP-0000000-ABCDEF lantern fixed < 1",
            ],
        )],
    );
    assert_eq!(counts(&records.counts["echo"].skipped), [("never affected", 1)]);
}

#[test]
fn documents_of_distributions_are_filed_under_their_vulnerabilities() {
    let records = mirror(&[
        ("Alpine/all.zip", osv_zip(&["alpine.json"])),
        ("Debian/all.zip", osv_zip(&["debian.json", "dsa.json", "withdrawn.json"])),
        ("Chainguard/all.zip", osv_zip(&["cga.json"])),
        ("chainguard/osv/CGA-aaaa-bbbb-cccc.json", fixture("osv-distributions/cga.json")),
        ("MinimOS/all.zip", osv_zip(&["mini.json"])),
        ("Wolfi/all.zip", osv_zip(&["cga.json"])),
    ]);
    let cga = "CVE-2024-80001 (CGA-aaaa-bbbb-cccc GHSA-aaaa-bbbb-cccc) lantern fixed";
    holds(
        &records,
        &[
            ("alpine-3.20", &["CVE-2024-10004 lantern fixed >= 1.5, < 9.9-r9"]),
            ("alpine-3.21", &["CVE-2024-10004 lantern fixed >= 1.5, < 2.0-r1"]),
            ("alpine-edge", &["CVE-2024-10004 lantern fixed < 2.0-r2"]),
            ("chainguard", &[&format!("{cga} < 2.0.1-r1")]),
            ("debian-12", &["CVE-2024-20002 sandglass fixed < 7.0-1 HIGH"]),
            (
                "debian-13",
                &[
                    // The state of the vulnerability outweighs the announcement of a fix.
                    "CVE-2024-20002 (DSA-9900-1) sandglass affected every version MEDIUM",
                    "CVE-2024-20009 (DSA-9900-1) sandglass fixed < 9.0-1",
                ],
            ),
            ("debian-6", &["CVE-2024-20002 sandglass end_of_life every version"]),
            ("minimos", &["GHSA-aaaa-bbbb-cccc (MINI-aaaa-bbbb-cccc) lantern fixed < 2.0.1-r1"]),
            ("wolfi", &[&format!("{cga} < 2.0.1-r0")]),
        ],
    );
    let debian = &records.counts["osv-debian"];
    assert_eq!((debian.files, debian.records), (1, 3));
    assert_eq!(counts(&debian.skipped), [("withdrawn", 1)]);
    assert_eq!(counts(&debian.notes), [("unknown release", 1)]);
    assert_eq!(counts(&records.counts["osv-alpine"].notes), [("unknown release", 1)]);
    assert_eq!(counts(&records.counts["osv-wolfi"].notes), [("other ecosystem", 3)]);
    assert_eq!(counts(&records.counts["osv-chainguard"].notes), [("never affected", 2)]);
    assert_eq!(records.refused, []);
}

#[test]
fn a_distributions_own_feed_outweighs_its_documents() {
    let own = fixture("debian-tracker/good.json");
    let records = mirror(&[
        ("alpine-secdb/v3.20/main.json", fixture("alpine-secdb/good.json")),
        ("Alpine/all.zip", osv_zip(&["alpine.json"])),
        ("tracker/data/json", own),
        ("Debian/all.zip", osv_zip(&["debian.json", "dsa.json"])),
    ]);
    let alpine = lines(&records, "alpine-3.20");
    assert!(alpine.contains(&"CVE-2024-10004 lantern fixed < 2.0-r0".to_owned()), "{alpine:?}");
    let debian = lines(&records, "debian-12");
    let own = "CVE-2024-20002 sandglass affected every version LOW".to_owned();
    assert!(debian.contains(&own), "{debian:?}");
    // What the feed does not say, the document adds: its score.
    assert_eq!(advisory(&records, "debian-12", "CVE-2024-20002").scores.len(), 1);
}

#[test]
fn a_document_that_is_broken_is_refused_alone() {
    let archive = tarball(&[
        ("osv/cve/2024/UBUNTU-CVE-2024-70001.json", fixture("osv-distributions/ubuntu-cve.json")),
        ("osv/cve/2024/UBUNTU-CVE-2024-70004.json", b"{\"id\":".to_vec()),
        ("osv/lsn/LSN-0001-1.json", fixture("osv-distributions/lsn.json")),
    ]);
    let records = mirror(&[
        ("osv-all.tar.gz", archive),
        ("osv/cve/2024/UBUNTU-CVE-2024-70005.json", b"{\"id\":\"UBUNTU-CVE-2024-70005".to_vec()),
        ("vex/cve/2024/CVE-2024-70001.json", b"{\"statements\":[{\"status\":\"fixed\"}]}".to_vec()),
    ]);
    let places: Vec<&str> = records.refused.iter().map(|r| r.record.as_str()).collect();
    assert_eq!(
        places,
        [
            "osv-all.tar.gz#osv/cve/2024/UBUNTU-CVE-2024-70004.json",
            "osv/cve/2024/UBUNTU-CVE-2024-70005.json",
            "vex/cve/2024/CVE-2024-70001.json",
        ]
    );
    assert_eq!(records.counts["osv-ubuntu"].records, 1);
    assert!(records.segments.contains_key("ubuntu-22.04"));
}

#[test]
fn samples_never_close_a_gap() {
    let gap = |path: &str| {
        let records = mirror(&[
            ("debian-tracker/digest-dsa-dla.jsonl", fixture("debian-digest/good.jsonl")),
            (path, osv_zip(&["debian.json"])),
        ]);
        segment(&records, "debian-12").gap.clone()
    };
    let announcements = gap("osv-samples/Debian/all.zip");
    assert!(announcements.is_some_and(|gap| gap.contains("announcements")));
    assert_eq!(gap("osv/Debian/all.zip"), None);
}

/// One file out of a tarball of other projects' fixtures.
fn from_fixtures(root: &Path, tarball: &str, wanted: &str) -> Vec<u8> {
    let file = std::fs::File::open(root.join("fixtures").join(tarball)).unwrap();
    let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(file));
    for entry in archive.entries().unwrap() {
        let mut entry = entry.unwrap();
        if entry.path().unwrap().ends_with(wanted) {
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes).unwrap();
            return bytes;
        }
    }
    panic!("no `{wanted}` in `{tarball}`")
}

const VULS: &str = "vuls-data-update-fetch-fixtures.tar.gz";
const VUNNEL: &str = "vunnel-provider-fixtures.tar.gz";

/// What the real tracker says, read once for all tests.
fn real_tracker() -> Option<&'static Records> {
    static RECORDS: OnceLock<Option<Records>> = OnceLock::new();
    let read = || {
        let root = shared_feeds()?;
        Some(read_shared(&root, |path| path.starts_with("ubuntu-cve-tracker/")))
    };
    RECORDS.get_or_init(read).as_ref()
}

// Expected values of the tests below were read or counted in the files themselves.

#[test]
fn the_real_tracker_says_what_its_text_says() {
    let Some(records) = real_tracker() else { return };
    assert_eq!(records.refused, []);
    let count = &records.counts["ubuntu-tracker"];
    assert_eq!((count.files, count.records), (1, 46_773));
    assert_eq!(count.skipped["rejected"], 201);
    for (note, expected) in
        [("no such package", 1_542_518), ("not affected", 336_052), ("upstream", 256_189)]
    {
        assert_eq!(count.notes[note], expected, "{note}");
    }
    let mut jammy: BTreeMap<&str, u32> = BTreeMap::new();
    for affected in segment(records, "ubuntu-22.04").advisories.iter().flat_map(|a| &a.affected) {
        if affected.conditions.is_none() {
            *jammy.entry(affected.status.name()).or_default() += 1;
        }
    }
    // Nine were never looked into, and extended maintenance says from which version on it is safe.
    assert_eq!(jammy["fixed"], 10_825 + 9);
    assert_eq!(jammy["affected"], 2_384 + 491);
    assert_eq!(jammy["fix_deferred"], 538);
    let of = |name: &str, id: &str, package: &str| -> Vec<String> {
        let start = format!("{id} {package} ");
        lines(records, name).into_iter().filter(|line| line.starts_with(&start)).collect()
    };
    let linux = "CVE-2022-36879";
    for (name, expected) in [
        ("ubuntu-14.04", &["end_of_life every version MEDIUM"][..]),
        (
            "ubuntu-16.04",
            &["end_of_life every version MEDIUM", "fixed < 4.4.0-239.273 [esm-infra] MEDIUM"],
        ),
        ("ubuntu-18.04", &["fixed < 4.15.0-197.208 MEDIUM"]),
        ("ubuntu-20.04", &["fixed < 5.4.0-128.144 MEDIUM"]),
        ("ubuntu-22.04", &["fixed < 5.15.0-50.56 MEDIUM"]),
        ("ubuntu-23.10", &[]),
    ] {
        let expected: Vec<String> =
            expected.iter().map(|rest| format!("{linux} linux {rest}")).collect();
        assert_eq!(of(name, linux, "linux"), expected, "{name}");
    }
    assert_eq!(
        of("ubuntu-20.04", "CVE-2023-28366", "mosquitto"),
        [
            "CVE-2023-28366 mosquitto will_not_fix every version MEDIUM",
            "CVE-2023-28366 mosquitto fixed < 1.6.9-1ubuntu0.1~esm1 [esm-apps] MEDIUM",
        ]
    );
    // Extended maintenance says: code not present.
    assert_eq!(of("ubuntu-14.04", "CVE-2021-3583", "ansible"), [""; 0]);
}

#[test]
fn the_segments_of_ubuntu_stay_within_their_share_of_the_database() {
    let Some(records) = real_tracker() else { return };
    let size: usize = records
        .segments
        .iter()
        .map(|(name, segment)| write_segment(name, segment).unwrap().len())
        .sum();
    assert!(size < 12 << 20, "{size} bytes");
    assert!(records.segments.contains_key("ubuntu-22.04"));
}

#[test]
fn real_documents_of_ubuntu_are_read() {
    let Some(root) = shared_feeds() else { return };
    let records = mirror(&[
        (
            "osv-all.tar.xz",
            from_fixtures(&root, VULS, "ubuntu/osv/testdata/fixtures/happy/osv-all.tar.xz"),
        ),
        (
            "vex-all.tar.xz",
            from_fixtures(&root, VULS, "ubuntu/vex/testdata/fixtures/vex-all.tar.xz"),
        ),
        (
            "vex/cve/2023/CVE-2023-38545.json",
            from_fixtures(&root, VUNNEL, "vex/cve/2023/CVE-2023-38545.json"),
        ),
    ]);
    assert_eq!(records.refused, []);
    assert_eq!(records.counts["osv-ubuntu"].records, 2);
    assert_eq!(records.counts["ubuntu-vex"].records, 3);
    let noble = lines(&records, "ubuntu-24.04");
    for line in [
        "CVE-2024-41007 (USN-7095-1) linux-nvidia-lowlatency fixed < 6.8.0-1017.19.1",
        "CVE-2025-0167 curl affected every version",
    ] {
        assert!(noble.contains(&line.to_owned()), "{line}");
    }
    let samples = read_shared(&root, |path| path.starts_with("osv-samples/Ubuntu/"));
    let count = &samples.counts["osv-ubuntu"];
    assert_eq!((count.records, count.skipped["withdrawn"]), (34, 9));
    let xenial = lines(&samples, "ubuntu-16.04");
    for line in [
        "CVE-2014-9913 unzip fixed < 6.0-20ubuntu1.1",
        "CVE-2021-3782 wayland will_not_fix every version",
        "CVE-2021-3782 wayland fixed < 1.12.0-1~ubuntu16.04.3+esm1 [esm-infra]",
    ] {
        assert!(xenial.contains(&line.to_owned()), "{line}: {xenial:?}");
    }
    let jammy = lines(&samples, "ubuntu-22.04");
    let line = "CVE-2021-3782 (USN-5614-1) wayland fixed < 1.20.0-1ubuntu0.1";
    assert!(jammy.contains(&line.to_owned()), "{jammy:?}");
}

#[test]
fn real_security_databases_and_documents_of_distributions_are_read() {
    let Some(root) = shared_feeds() else { return };
    let vuls = |path: &str| from_fixtures(&root, VULS, path);
    let records = mirror(&[
        ("wolfi/security.json", vuls("wolfi/secdb/testdata/fixtures/happy/security.json")),
        (
            "chainguard/security.json",
            vuls("chainguard/secdb/testdata/fixtures/happy/security.json"),
        ),
        ("minimos/security.json", vuls("minimos/secdb/testdata/fixtures/happy/security.json")),
        (
            "secureos/secdb.json",
            from_fixtures(&root, VUNNEL, "secureos/test-fixtures/input/secdb/secdb.json"),
        ),
        ("echo/data.json", vuls("echo/data/testdata/fixtures/happy/data.json")),
        ("Wolfi/all.zip", vuls("wolfi/osv/testdata/fixtures/all.zip")),
        ("Chainguard/all.zip", vuls("chainguard/osv/testdata/fixtures/all.zip")),
        ("MinimOS/all.zip", vuls("minimos/osv/testdata/fixtures/happy/all.zip")),
        ("Echo/all.zip", vuls("echo/osv/testdata/fixtures/happy/all.zip")),
        ("Debian/all.zip", vuls("debian/osv/testdata/fixtures/all.zip")),
        ("Alpine/all.zip", vuls("alpine/osv/testdata/fixtures/all.zip")),
    ]);
    assert_eq!(records.refused, []);
    for (name, line) in [
        ("wolfi", "CVE-2024-29902 aactl fixed < 0.4.12-r10"),
        (
            "wolfi",
            "CVE-2024-34156 (CGA-2c2h-8fj5-55vx GHSA-crqm-pwhx-j97f) nri-memcached fixed < 2.5.7-r1",
        ),
        ("chainguard", "CVE-2024-45338 actions-runner-controller-fips fixed < 0.10.1-r1"),
        ("minimos", "CVE-2025-0840 binutils fixed < 2.44-r0"),
        (
            "minimos",
            "CVE-2024-21140 (GHSA-7prq-r42m-wfcx MINI-2cf5-qxg8-p76v) openjdk-19 fixed < 19.0.2.7-r1",
        ),
        ("secureos", "CVE-2023-45853 zlib fixed < 1.3.1"),
        ("echo", "CVE-2025-4091 firefox-esr fixed < 128.10.0esr-1~deb12u1"),
        ("echo", "CVE-2025-4091 firefox affected every version"),
        ("debian-6", "CVE-2014-3466 (DLA-0001-1) gnutls26 fixed < 2.8.6-1+squeeze4"),
        ("alpine-3.22", "CVE-2023-46850 openvpn fixed < 2.6.7-r0"),
    ] {
        let lines = lines(&records, name);
        assert!(lines.contains(&line.to_owned()), "{line}: {lines:?}");
    }
    let samples = read_shared(&root, |path| {
        path.starts_with("osv-samples/Debian/") || path.starts_with("osv-samples/Alpine/")
    });
    assert_eq!(samples.counts["osv-debian"].records, 8);
    assert_eq!(samples.counts["osv-alpine"].records, 6);
    assert_eq!(lines(&samples, "alpine-3.21"), ["CVE-2025-26519 musl fixed >= 0.9.13, < 1.2.5-r9"]);
}
