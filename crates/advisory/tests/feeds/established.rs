//! Alpine, Debian, AlmaLinux and the first of OSV's exports.

use crate::recipe::{
    advisory, counts, fixture, gzip, lines, mirror, mirror_with, read_shared, segment,
    shared_feeds, zip_of,
};
use crate::{arch, osv_errata, oval, updateinfo};
use lazaret_advisory::feed::FEEDS;
use lazaret_advisory::mirror::{MirrorError, MirrorOptions, read_mirror};
use lazaret_advisory::records::Records;
use lazaret_core::advisory::RangeEnd;
use lazaret_core::severity::Severity;
use proptest::prelude::*;
use std::io;

const ALPINE: &str = "alpine-secdb/v3.20/main.json";
const TRACKER: &str = "tracker/data/json";
const DSA: &str = "data/DSA/list";
const DIGEST: &str = "debian-tracker/digest-dsa-dla.jsonl";
const PYPI: &str = "PyPI/all.zip";
const ALMA: &str = "AlmaLinux/all.zip";
const NPM: &str = "osv-samples/npm/all.zip";

fn alma_archive() -> Vec<u8> {
    let names = ["security.json", "again.json", "module.json", "no_cve.json", "bug.json"];
    let documents: Vec<(&str, Vec<u8>)> =
        names.iter().map(|name| (*name, fixture(&format!("almalinux/{name}")))).collect();
    zip_of(&documents)
}

fn zip_of_fixtures(names: &[&str]) -> Vec<u8> {
    let documents: Vec<(&str, Vec<u8>)> =
        names.iter().map(|name| (*name, fixture(&format!("osv/{name}")))).collect();
    zip_of(&documents)
}

#[test]
fn alpine_takes_the_highest_fix_and_mends_what_is_certain() {
    let records = mirror(&[(ALPINE, fixture("alpine-secdb/good.json"))]);
    assert_eq!(
        lines(&records, "alpine-3.20"),
        [
            "CVE-2024-10001 sandglass fixed < 1.10.0-r1",
            "CVE-2024-10002 (XSA-900) sandglass fixed < 1.10.0-r1",
            "CVE-2024-10003 sandglass not_affected",
            "CVE-2024-10004 lantern fixed < 2.0-r0",
            "CVE-2024-10005 lantern fixed < 2.0-r0",
            "CVE-2024-10006 lantern fixed < 2.1-r3",
            "CVE-2024-10007 lantern fixed < soon",
            "LANTERN-2024-01 lantern fixed < 2.0-r0",
        ]
    );
    let count = &records.counts["alpine-secdb"];
    assert_eq!((count.files, count.records), (1, 11));
    assert_eq!(counts(&count.skipped), [("no id", 1)]);
    assert_eq!(counts(&count.notes), [("invalid version", 1), ("mended version", 1)]);
    assert_eq!(segment(&records, "alpine-3.20").source.id, "alpine-secdb");
}

#[test]
fn alpine_joins_repositories_and_older_states_of_a_release() {
    let older = br#"{"distroversion":"v3.20","packages":[{"pkg":{"name":"lantern","secfixes":{
        "1.0-r0":["CVE-2024-10004"],"1.5-r0":["CVE-2023-10000"]}}}]}"#;
    let edge = br#"{"packages":[{"pkg":{"name":"lantern","secfixes":{"3-r0":["CVE-2024-1"]}}}]}"#;
    let records = mirror(&[
        (ALPINE, fixture("alpine-secdb/good.json")),
        ("alpine-secdb-release-day/v3.20/community.json", older.to_vec()),
        ("edge/main.json", edge.to_vec()),
    ]);
    let lines = lines(&records, "alpine-3.20");
    assert!(lines.contains(&"CVE-2023-10000 lantern fixed < 1.5-r0".to_owned()), "{lines:?}");
    assert!(lines.contains(&"CVE-2024-10004 lantern fixed < 2.0-r0".to_owned()), "{lines:?}");
    assert_eq!(records.refused, []);
    // `CVE-2024-1` has too few digits to be one, so it stays what it is.
    assert_eq!(advisory(&records, "alpine-edge", "CVE-2024-1").affected.len(), 1);
}

#[test]
fn debian_tracker_says_the_state_of_every_release() {
    let records = mirror(&[(TRACKER, fixture("debian-tracker/good.json"))]);
    for (name, expected) in [
        (
            "debian-12",
            &[
                "CVE-2024-20001 sandglass fixed < 1.2-1+deb12u1 MEDIUM",
                "CVE-2024-20002 sandglass affected every version LOW",
                "TEMP-0000000-0A1B2C sandglass affected every version LOW",
            ][..],
        ),
        (
            "debian-13",
            &[
                "CVE-2024-20001 sandglass not_affected LOW",
                "CVE-2024-20002 sandglass fix_deferred every version MEDIUM",
            ],
        ),
        ("debian-14", &["CVE-2024-20002 sandglass under_investigation every version"]),
        ("debian-11", &["CVE-2024-20002 sandglass will_not_fix every version HIGH"]),
        ("debian-10", &["CVE-2024-20002 sandglass end_of_life every version"]),
        ("debian-sid", &["CVE-2024-20001 sandglass affected every version"]),
    ] {
        assert_eq!(lines(&records, name), expected, "{name}");
    }
    let count = &records.counts["debian-tracker"];
    assert_eq!((count.files, count.records), (1, 5));
    assert_eq!(
        counts(&count.notes),
        [
            ("invalid version", 1),
            ("resolved without a version", 1),
            ("unknown release", 1),
            ("unknown state", 1)
        ]
    );
}

#[test]
fn debian_lists_file_advisories_under_their_vulnerabilities() {
    let records = mirror(&[(DSA, fixture("debian-list/good.list"))]);
    for (name, expected) in [
        (
            "debian-12",
            &[
                "CVE-2024-20001 (DSA-9003-1) sandglass fixed < 1.2-1+deb12u2",
                "CVE-2024-20004 (DSA-9002-1 DSA-9003-1) lantern not_affected",
                "CVE-2024-20004 (DSA-9002-1 DSA-9003-1) sandglass fixed < 1.2-1+deb12u10",
                "DSA-9003-2 sandglass fixed < 1.2-1+deb12u3",
            ][..],
        ),
        (
            "debian-11",
            &[
                "CVE-2024-20001 (DSA-9003-1) sandglass fixed < 1.0-1+deb11u1",
                "CVE-2024-20004 (DSA-9002-1 DSA-9003-1) lantern end_of_life every version",
                "CVE-2024-20004 (DSA-9002-1 DSA-9003-1) sandglass fixed < 1.0-1+deb11u1",
            ],
        ),
        ("debian-10", &["CVE-2024-20004 (DSA-9002-1) lantern affected every version"]),
        ("debian-2.1", &["CVE-1999-0001 (DSA-135) lantern fixed < 0.1"]),
    ] {
        assert_eq!(lines(&records, name), expected, "{name}");
    }
    let both = advisory(&records, "debian-12", "CVE-2024-20004");
    // `date -u -d 2025-02-01 +%s` and `date -u -d 2025-02-10 +%s`
    assert_eq!((both.published, both.modified), (Some(1_738_368_000), Some(1_739_145_600)));
    let count = &records.counts["debian-list"];
    assert_eq!((count.files, count.records), (1, 5));
    assert_eq!(counts(&count.skipped), [("no package", 1)]);
    assert_eq!(counts(&count.notes), [("unknown release", 1), ("unknown state", 1)]);
    assert_eq!(records.refused, []);
}

#[test]
fn debian_list_names_the_lines_it_cannot_read() {
    let records = mirror(&[(DSA, fixture("debian-list/odd.list"))]);
    assert_eq!(
        lines(&records, "debian-12"),
        ["CVE-2024-20001 (DSA-9003-1) sandglass fixed < 1.2-1+deb12u2"]
    );
    let places: Vec<&str> = records.refused.iter().map(|r| r.record.as_str()).collect();
    assert_eq!(
        places,
        [
            "data/DSA/list#line 1",
            "data/DSA/list#line 5",
            "data/DSA/list#line 6",
            "data/DSA/list#line 7"
        ]
    );
}

#[test]
fn debian_digest_is_read_line_by_line() {
    let records = mirror(&[(DIGEST, fixture("debian-digest/good.jsonl"))]);
    assert_eq!(
        lines(&records, "debian-12"),
        [
            "CVE-2026-30001 (DSA-9004-1) sandglass fixed < 1.2-1+deb12u9",
            "CVE-2026-30002 (DSA-9004-1) sandglass fixed < 1.2-1+deb12u9",
        ]
    );
    // The package named beside the version, and an advisory of its own without a CVE.
    assert_eq!(lines(&records, "debian-11"), ["DLA-9005-1 lantern-data fixed < 1:2.0-1"]);
    assert_eq!(lines(&records, "debian-13").len(), 2);
    let count = &records.counts["debian-digest"];
    assert_eq!((count.files, count.records), (1, 3));
    assert_eq!(counts(&count.notes), [("fix without a version", 1)]);
    assert_eq!(records.refused[0].record, format!("{DIGEST}#line 3"));
    assert_eq!(advisory(&records, "debian-11", "DLA-9005-1").published, Some(1_785_628_800));
}

#[test]
fn debian_state_outweighs_advisories_which_outweigh_excerpts() {
    let tracker = |version: &str| {
        let json = format!(
            r#"{{"sandglass":{{"CVE-2024-20001":{{"releases":{{"bookworm":
            {{"status":"resolved","fixed_version":"{version}","urgency":"low"}}}}}}}}}}"#
        );
        json.into_bytes()
    };
    let excerpt = "debian-tracker/json-excerpts/old.json";
    let list = fixture("debian-list/good.list");
    let fixed = |records: &Records| {
        let advisory = advisory(records, "debian-12", "CVE-2024-20001");
        advisory.affected[0].ranges[0].end.clone()
    };

    // The tracker's state wins even where its version is lower: it is what Debian says now.
    let both = mirror(&[(TRACKER, tracker("1.2-1+deb12u1")), (DSA, list.clone())]);
    assert_eq!(fixed(&both), RangeEnd::Fixed("1.2-1+deb12u1".into()));
    // The lists fill in what it does not say, and their ids stay with the vulnerability.
    assert_eq!(advisory(&both, "debian-12", "CVE-2024-20004").affected.len(), 2);
    assert_eq!(advisory(&both, "debian-12", "CVE-2024-20001").aliases, ["DSA-9003-1"]);
    assert_eq!(segment(&both, "debian-12").source.id, "debian-list");

    let older = mirror(&[(excerpt, tracker("9:9-9")), (DSA, list)]);
    assert_eq!(fixed(&older), RangeEnd::Fixed("1.2-1+deb12u2".into()));
    let alone = mirror(&[(excerpt, tracker("9:9-9"))]);
    assert_eq!(fixed(&alone), RangeEnd::Fixed("9:9-9".into()));
}

#[test]
fn debian_release_names_follow_the_order_of_releases() {
    use lazaret_advisory::feed::debian::version_of;
    assert_eq!(version_of("bookworm"), Some("12"));
    assert_eq!(version_of("trixie"), Some("13"));
    assert_eq!(version_of("sarge"), Some("3.1"));
    assert_eq!(version_of("sid"), Some("sid"));
    assert_eq!(version_of("atlantis"), None);
}

#[test]
fn osv_keeps_facts_and_only_the_versions_no_range_covers() {
    let archive = zip_of_fixtures(&[
        "full.json",
        "withdrawn.json",
        "versions_only.json",
        "no_package.json",
        "other_ecosystem.json",
        "no_versions.json",
        "last_affected.json",
        "no_id.json",
    ]);
    let records = mirror(&[(PYPI, archive)]);
    // The fixture lists 1.9 although a range says that it is fixed: by the OSV specification a
    // version is affected when it is listed or lies in a range.
    assert_eq!(
        lines(&records, "pypi"),
        [
            "PYSEC-2024-901 (CVE-2024-40001 GHSA-aaaa-bbbb-cccc) sand-glass fixed \
             < 1.9 | >= 2.0, < 2.0.5 | >= 5.0, <= 5.1 =1.9 =3.0.dev0",
            "PYSEC-2024-903 lantern affected =1.0 =2.0 LOW",
            "PYSEC-2024-906 oil affected <= 0.10.10",
        ]
    );
    let full = advisory(&records, "pypi", "PYSEC-2024-901");
    assert_eq!(full.severity, Some(Severity::Medium));
    assert_eq!(full.cwes, ["CWE-22", "CWE-79"]);
    assert_eq!((full.published, full.modified), (Some(1_714_557_600), Some(1_714_557_600)));
    // Scores by FIRST's own calculators.
    let scores: Vec<f64> = full.scores.iter().map(|score| score.score).collect();
    assert_eq!(scores, [9.8, 9.3, 10.0]);
    assert_eq!(full.scores[0].vector, "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H");

    let listed = advisory(&records, "pypi", "PYSEC-2024-903");
    assert_eq!((listed.published, listed.modified), (None, None));
    assert_eq!((listed.severity, listed.cwes.len(), listed.scores.len()), (None, 0, 1));

    let count = &records.counts["osv-pypi"];
    assert_eq!((count.files, count.records), (1, 7));
    assert_eq!(
        counts(&count.skipped),
        [("no package", 1), ("no versions", 1), ("other ecosystem", 1), ("withdrawn", 1)]
    );
    assert_eq!(records.refused.len(), 1);
    assert_eq!(records.refused[0].record, "PyPI/all.zip#no_id.json");
}

#[test]
fn osv_names_of_npm_stay_as_they_are() {
    let records = mirror(&[(NPM, zip_of_fixtures(&["npm.json", "full.json"]))]);
    assert_eq!(
        lines(&records, "npm"),
        [
            "GHSA-npm0-npm0-npm0 (CVE-2024-40002) @sand/Glass fixed >= 1.0.0-beta.2, < 1.10.0 =1.10.0",
            "PYSEC-2024-901 (CVE-2024-40001 GHSA-aaaa-bbbb-cccc) sand-glass affected =1.0.0",
        ]
    );
    let npm = advisory(&records, "npm", "GHSA-npm0-npm0-npm0");
    assert_eq!(npm.severity, Some(Severity::Critical));
}

/// The one segment of an archive of OSV, as [`lines`].
fn osv_lines(folder: &str, name: &str, fixtures: &[&str]) -> Vec<String> {
    let path = format!("{folder}/all.zip");
    lines(&mirror(&[(&path, zip_of_fixtures(fixtures))]), name)
}

#[test]
fn osv_registries_fill_a_segment_each() {
    assert_eq!(
        osv_lines("crates.io", "crates.io", &["crates.json"]),
        ["RUSTSEC-2024-9001 (CVE-2024-40010 GHSA-crt0-crt0-crt0) sand_glass fixed \
          < 0.3.7 | >= 0.4.0-0, < 0.4.2"]
    );
    assert_eq!(
        osv_lines("osv/Go", "go", &["go.json"]),
        [
            "GO-2024-9001 (CVE-2024-40011) example.org/Sand/glass/v2 fixed \
             < 2.0.1-0.20240102030405-0123456789ab",
            "GO-2024-9001 (CVE-2024-40011) stdlib fixed < 1.21.8 | >= 1.22.0-0, < 1.22.1",
            "GO-2024-9001 (CVE-2024-40011) toolchain fixed < 1.9.0",
        ]
    );
    assert_eq!(
        osv_lines("osv-samples/Maven", "maven", &["maven.json"]),
        ["GHSA-mvn0-mvn0-mvn0 (CVE-2024-40012) org.Sand:Glass fixed \
          >= 2.0-beta9, < 2.3.1 | >= 2.4, <= 2.12.1 =2.13.0-M1"]
    );
    assert_eq!(
        osv_lines("osv-samples/RubyGems", "rubygems", &["rubygems.json"]),
        ["GHSA-gem0-gem0-gem0 (CVE-2024-40015) sand_Glass fixed \
          < 3.2.1.pre | >= 4.0.0.beta1, < 4.0.0.rc.2"]
    );
}

#[test]
fn names_whose_case_does_not_count_are_filed_in_lower_case() {
    assert_eq!(
        osv_lines("osv-samples/NuGet", "nuget", &["nuget.json", "maven.json"]),
        [
            "GHSA-mvn0-mvn0-mvn0 (CVE-2024-40012) sand.glass fixed < 2.3.1",
            "GHSA-nug0-nug0-nug0 (CVE-2024-40013) sand.glass.core fixed \
             >= 6.0.0-preview.1, < 6.0.3.1 =5.0.0-RC.1",
        ]
    );
    // A named branch has no place in the order.
    assert_eq!(
        osv_lines("osv-samples/Packagist", "packagist", &["packagist.json"]),
        ["GHSA-pkg0-pkg0-pkg0 (CVE-2024-40014) sand/glass fixed \
          >= 3.0.0, < v3.11.0-RC2 =v2.9.x-dev"]
    );
}

#[test]
fn the_dates_go_leaves_open_are_none() {
    let records = mirror(&[("Go/all.zip", zip_of_fixtures(&["go.json"]))]);
    let go = advisory(&records, "go", "GO-2024-9001");
    assert_eq!((go.published, go.modified, go.severity), (None, None, None));
}

#[test]
fn go_says_which_packages_of_a_module_it_means() {
    let records = mirror(&[("Go/all.zip", zip_of_fixtures(&["go.json"]))]);
    let go = advisory(&records, "go", "GO-2024-9001");
    let of = |package: &str| {
        let affected = go.affected.iter().find(|affected| affected.package == package);
        affected.unwrap().imports.clone()
    };
    assert_eq!(of("stdlib"), ["net/sand"]);
    assert_eq!(of("toolchain"), [""; 0]);
    let imports = |imports: &str| {
        let json = format!(
            r#"{{"id":"GO-1","affected":[{{"package":{{"ecosystem":"Go","name":"a.org/b"}},
            "versions":["1.0.0"],"ecosystem_specific":{{"imports":{imports}}}}}]}}"#
        );
        let records = mirror(&[("Go/all.zip", zip_of(&[("a.json", json.into_bytes())]))]);
        advisory(&records, "go", "GO-1").affected[0].imports.clone()
    };
    let two = r#"[{"path":"a.org/b/d","symbols":["F"]},{"path":"a.org/b/c"},{"path":"a.org/b/d"}]"#;
    assert_eq!(imports(two), ["a.org/b/c", "a.org/b/d"]);
    // Where one of them is not told, it may be any.
    for broken in [r#"[{"path":"a.org/b"},{}]"#, r#"[{"path":"a,b"}]"#, "7", "null", "[]"] {
        assert_eq!(imports(broken), [""; 0], "{broken}");
    }
}

#[test]
fn the_later_copy_of_a_document_replaces_the_earlier_one() {
    let document = |modified: &str, version: &str| {
        let json = format!(
            r#"{{"id":"PYSEC-1","modified":"{modified}","affected":[{{"package":
            {{"ecosystem":"PyPI","name":"x"}},"versions":["{version}"]}}]}}"#
        );
        zip_of(&[("x.json", json.into_bytes())])
    };
    let old = document("2024-01-01T00:00:00Z", "1.0");
    let new = document("2025-01-01T00:00:00Z", "2.0");
    for (first, second) in [(&old, &new), (&new, &old)] {
        let files = [("PyPI/all.zip", first.clone()), ("osv/PyPI/all.zip", second.clone())];
        assert_eq!(lines(&mirror(&files), "pypi"), ["PYSEC-1 x affected =2.0"]);
    }
    // Year 1 is no date: it never replaces one.
    let undated = document("0001-01-01T00:00:00Z", "3.0");
    let files = [("PyPI/all.zip", undated), ("osv/PyPI/all.zip", old)];
    assert_eq!(lines(&mirror(&files), "pypi"), ["PYSEC-1 x affected =1.0"]);
}

#[test]
fn almalinux_files_advisories_under_their_vulnerabilities() {
    let records = mirror(&[(ALMA, alma_archive())]);
    for (name, expected) in [
        (
            "almalinux-9",
            &[
                "CVE-2024-50001 (ALSA-2024:9001) sandglass fixed < 1:1.2-3.el9_4",
                "CVE-2024-50001 (ALSA-2024:9001) sandglass-libs fixed < 1:1.2-3.el9_4",
                "CVE-2024-50002 (ALSA-2024:9001 ALSA-2024:9002) sandglass fixed < 1:1.2-10.el9_4",
                "CVE-2024-50002 (ALSA-2024:9001 ALSA-2024:9002) sandglass-libs fixed \
                 < 1:1.2-3.el9_4",
            ][..],
        ),
        (
            "almalinux-8",
            &[
                "CVE-2024-50001 (ALSA-2024:9001) sandglass fixed < 1:1.2-3.el8",
                "CVE-2024-50002 (ALSA-2024:9001) sandglass fixed < 1:1.2-3.el8",
                "CVE-2024-50003 (ALSA-2024:9003) lantern fixed < 1.9-4.el8",
                "CVE-2024-50003 (ALSA-2024:9003) lantern fixed \
                 < 2.5-1.module_el8.5.0+2577+9e95fe00 [lantern:2]",
            ],
        ),
        ("almalinux-10", &["ALSA-2024:9004 oil fixed < 3-1.el10"]),
    ] {
        assert_eq!(lines(&records, name), expected, "{name}");
    }
    let severity = |name, id| advisory(&records, name, id).severity;
    assert_eq!(severity("almalinux-9", "CVE-2024-50001"), Some(Severity::High));
    // Two advisories about it: the worse word counts.
    let both = advisory(&records, "almalinux-9", "CVE-2024-50002");
    assert_eq!(both.severity, Some(Severity::High));
    // `date -u -d 2024-05-01 +%s` and `date -u -d 2024-06-01 +%s`
    assert_eq!((both.published, both.modified), (Some(1_714_521_600), Some(1_717_200_000)));
    assert_eq!(severity("almalinux-8", "CVE-2024-50003"), Some(Severity::Medium));
    assert_eq!(severity("almalinux-10", "ALSA-2024:9004"), Some(Severity::Critical));
    let count = &records.counts["osv-almalinux"];
    assert_eq!((count.files, count.records), (1, 5));
    assert_eq!(counts(&count.skipped), [("no vulnerability", 1)]);
    assert_eq!(counts(&count.notes), [("other ecosystem", 1)]);
    assert_eq!(records.refused, []);
}

/// A good file of each feed: the path it has in a mirror, and its bytes.
fn good_files() -> Vec<(&'static str, &'static str, Vec<u8>)> {
    let mut files = vec![
        ("alpine-secdb", ALPINE, fixture("alpine-secdb/good.json")),
        ("debian-tracker", TRACKER, fixture("debian-tracker/good.json")),
        ("debian-list", DSA, fixture("debian-list/good.list")),
        ("debian-digest", DIGEST, fixture("debian-digest/good.jsonl")),
        ("osv-almalinux", ALMA, alma_archive()),
        ("osv-crates", "crates.io/all.zip", zip_of_fixtures(&["crates.json"])),
        ("osv-go", "Go/all.zip", zip_of_fixtures(&["go.json"])),
        ("osv-maven", "Maven/all.zip", zip_of_fixtures(&["maven.json"])),
        ("osv-npm", NPM, zip_of_fixtures(&["npm.json"])),
        ("osv-nuget", "NuGet/all.zip", zip_of_fixtures(&["nuget.json"])),
        ("osv-packagist", "Packagist/all.zip", zip_of_fixtures(&["packagist.json"])),
        ("osv-pypi", PYPI, zip_of_fixtures(&["full.json"])),
        ("osv-rubygems", "RubyGems/all.zip", zip_of_fixtures(&["rubygems.json"])),
        ("nvd", "nvd/nvdcve-2.0-2025.json", fixture("nvd/current.json")),
        ("kev", "kev/known_exploited_vulnerabilities.json", fixture("kev/good.json")),
        ("epss", "epss/epss_scores-current.csv.gz", gzip(&fixture("epss/good.csv"))),
        ("endoflife", "eol/full.json", fixture("endoflife/full.json")),
        ("redhat-vex", "redhat/vex/2024/cve-2024-60001.json", fixture("redhat/vex.json")),
        (
            "redhat-advisories",
            "redhat/advisories/2024/rhsa-2024_9002.json",
            fixture("redhat/advisory.json"),
        ),
        ("suse-vex", "suse/csaf-vex/cve-2024-61001.json", fixture("suse/vex.json")),
        ("suse-csaf", "suse/csaf/suse-su-2024_9001-1.json", fixture("suse/announcement.json")),
        ("suse-cvrf", "suse/cvrf1.2/cvrf-opensuse-su-2024_9005-1.xml", fixture("suse/cvrf.xml")),
        ("osv-suse", "SUSE/all.zip", zip_of(&[("a.json", fixture("suse/osv.json"))])),
    ];
    files.extend(crate::deb_and_apk::good_files());
    files.extend(arch::good_files());
    files.extend(osv_errata::good_files());
    files.extend(oval::good_files());
    files.extend(updateinfo::good_files());
    files.extend(crate::language::good_files());
    files
}

#[test]
fn every_feed_has_a_good_file_here() {
    let ids: Vec<&str> = good_files().iter().map(|(id, _, _)| *id).collect();
    for feed in FEEDS {
        assert!(ids.contains(&feed.id), "no test file for `{}`", feed.id);
    }
}

#[test]
fn a_broken_file_is_refused_by_name_and_the_rest_goes_on() {
    let page = fixture("portal.html");
    for (id, path, good) in good_files() {
        let cut = good[..good.len() - good.len() / 3 - 1].to_vec();
        let (other, other_good) = if id == "osv-pypi" {
            (ALPINE, fixture("alpine-secdb/good.json"))
        } else {
            (PYPI, zip_of_fixtures(&["full.json"]))
        };
        for (broken, bytes) in [
            ("empty", Vec::new()),
            ("blank", b" \n\n".to_vec()),
            ("page", page.clone()),
            ("cut off", cut),
            ("noise", b"\x00\xff\x12 noise\n".to_vec()),
        ] {
            let records = mirror(&[(path, bytes), (other, other_good.clone())]);
            let refusal = records.refused.iter().find(|refused| refused.record == path);
            let refusal = refusal.unwrap_or_else(|| panic!("{id}: {broken} is not refused"));
            assert_eq!(refusal.feed, id);
            match broken {
                "empty" | "blank" => assert_eq!(refusal.reason, "the file is empty"),
                "page" => assert!(refusal.reason.contains("web page"), "{}", refusal.reason),
                _ => {}
            }
            assert_eq!(records.counts[id].records, 0, "{id}: {broken}");
            // Nothing of the broken file is left behind, and all of the other is there.
            assert_eq!(records.segments, mirror(&[(other, other_good.clone())]).segments);
        }
    }
}

#[test]
fn files_with_nothing_in_them_are_refused() {
    for (path, bytes) in [
        (ALPINE, fixture("alpine-secdb/empty.json")),
        (TRACKER, b"{}".to_vec()),
        (PYPI, zip_of(&[])),
        (PYPI, zip_of(&[("README.txt", b"hello".to_vec())])),
    ] {
        let records = mirror(&[(path, bytes)]);
        assert_eq!(records.refused[0].reason, "the file holds no records", "{path}");
        assert!(records.segments.is_empty());
    }
}

#[test]
fn a_file_about_another_release_is_refused() {
    let bytes = fixture("alpine-secdb/good.json");
    let records = mirror(&[("v3.19/main.json", bytes.clone()), ("v3.x/main.json", bytes)]);
    let reasons: Vec<&str> = records.refused.iter().map(|r| r.reason.as_str()).collect();
    assert_eq!(
        reasons,
        ["the file is about `v3.20`, not `v3.19`", "`v3.x/main.json` names no release"]
    );
}

#[test]
fn a_file_that_cannot_be_read_is_refused() {
    let read = |_: &str| Err(io::Error::new(io::ErrorKind::PermissionDenied, "not yours"));
    let records =
        read_mirror(&[ALPINE.to_owned()], &read, &MirrorOptions::default()).expect("a feed");
    assert_eq!(records.refused[0].reason, "the file cannot be read: not yours");
}

#[test]
fn a_folder_without_feeds_is_an_error() {
    let read = |_: &str| Ok(Vec::new());
    let outcome = read_mirror(&["notes.txt".to_owned()], &read, &MirrorOptions::default());
    assert!(matches!(outcome, Err(MirrorError::NoFeeds)));
}

#[test]
fn an_entry_that_unpacks_to_too_much_is_refused_alone() {
    // 17 MiB of blanks around a record: some 17 kB in the archive.
    let mut bomb = vec![b' '; 17 << 20];
    bomb.extend(fixture("osv/versions_only.json"));
    let archive = zip_of(&[("bomb.json", bomb), ("full.json", fixture("osv/full.json"))]);
    assert!(archive.len() < 100_000);
    let records = mirror(&[(PYPI, archive)]);
    assert_eq!(records.refused.len(), 1);
    assert_eq!(records.refused[0].record, "PyPI/all.zip#bomb.json");
    assert_eq!(records.refused[0].reason, "the document is larger than 16777216 bytes");
    assert_eq!(segment(&records, "pypi").advisories.len(), 1);
}

#[test]
fn deeply_nested_json_is_refused() {
    let deep = [b"{\"id\":".to_vec(), vec![b'['; 1 << 20]].concat();
    let records = mirror(&[(PYPI, zip_of(&[("deep.json", deep.clone())])), (TRACKER, deep)]);
    assert!(records.segments.is_empty());
    assert!(
        records.refused.iter().any(|refused| refused.record == "PyPI/all.zip#deep.json"
            || refused.record == "PyPI/all.zip")
    );
    assert!(records.refused.iter().any(|refused| refused.record == TRACKER));
}

#[test]
fn only_what_may_be_passed_on_is_taken_when_asked() {
    let provenance = br#"{"GHSA-npm0-npm0-npm0": "google/osv-scanner:cassettes/a.yaml",
                          "PYSEC-2024-901": "someone/else:testdata/b.json"}"#;
    let files: Vec<(&str, Vec<u8>)> = good_files()
        .into_iter()
        .map(|(_, path, bytes)| (path, bytes))
        .filter(|(path, _)| *path != NPM)
        .chain([
            (NPM, zip_of_fixtures(&["npm.json", "full.json"])),
            ("osv-samples/PROVENANCE.json", provenance.to_vec()),
        ])
        .collect();
    let records = mirror_with(&files, MirrorOptions { redistributable_only: true });
    let feeds: Vec<&str> = records.counts.keys().map(String::as_str).collect();
    let mut expected: Vec<&str> =
        FEEDS.iter().filter(|feed| feed.redistributable).map(|feed| feed.id).collect();
    expected.sort_unstable();
    assert_eq!(feeds, expected);
    for kept_out in ["alpine-secdb", "debian-list", "debian-tracker"] {
        assert!(!feeds.contains(&kept_out), "{kept_out}");
    }
    for (name, segment) in &records.segments {
        assert_ne!(segment.source.license, "none stated", "{name}");
    }
    let ids: Vec<&str> =
        segment(&records, "npm").advisories.iter().map(|advisory| advisory.id.as_str()).collect();
    assert!(ids.contains(&"GHSA-npm0-npm0-npm0"), "{ids:?}");
    assert!(!ids.contains(&"PYSEC-2024-901"), "{ids:?}");
    assert_eq!(counts(&records.counts["osv-npm"].skipped), [("not a recorded answer", 1)]);
}

#[test]
fn files_left_alone_are_named_with_the_reason() {
    let records = mirror(&[
        (DSA, fixture("debian-list/good.list")),
        ("debian-tracker/data-2023-04/DSA/list", b"[01 Jan 2020] DSA-1-1 x\n".to_vec()),
        ("debian-tracker/json-excerpts/some-mock.json", b"{}".to_vec()),
    ]);
    let left_out: Vec<(&str, &str)> = records
        .counts
        .values()
        .flat_map(|count| &count.left_out)
        .map(|(path, why)| (path.as_str(), why.as_str()))
        .collect();
    assert_eq!(
        left_out,
        [
            ("debian-tracker/data-2023-04/DSA/list", "an older state of the same lists"),
            ("debian-tracker/json-excerpts/some-mock.json", "invented by its authors for a test"),
        ]
    );
    assert_eq!(records.counts["debian-list"].records, 5);
}

proptest! {
    #[test]
    fn no_bytes_make_a_parser_panic(bytes in proptest::collection::vec(any::<u8>(), 0..512)) {
        parse_all(&bytes);
    }

    #[test]
    fn no_damage_to_a_good_file_makes_a_parser_panic(
        which in any::<prop::sample::Index>(),
        at in any::<prop::sample::Index>(),
        with in proptest::collection::vec(any::<u8>(), 0..8),
        gone in 0_usize..64,
    ) {
        let mut files = good_files();
        let (_, path, mut bytes) = files.swap_remove(which.index(files.len()));
        let from = at.index(bytes.len());
        let to = bytes.len().min(from + gone);
        bytes.splice(from..to, with);
        drop(mirror(&[(path, bytes.clone())]));
        parse_all(&bytes);
    }

    #[test]
    fn records_do_not_depend_on_the_order_of_paths(turn in any::<prop::sample::Index>()) {
        let files = good_files();
        let mut paths: Vec<String> = files.iter().map(|(_, path, _)| (*path).to_owned()).collect();
        let read = |path: &str| {
            let file = files.iter().find(|(_, name, _)| *name == path);
            Ok(file.map(|(_, _, bytes)| bytes.clone()).unwrap_or_default())
        };
        let options = MirrorOptions::default();
        let expected = read_mirror(&paths, &read, &options).unwrap();
        let turn = turn.index(paths.len());
        paths.rotate_left(turn);
        prop_assert_eq!(read_mirror(&paths, &read, &options).unwrap(), expected);
    }
}

fn parse_all(bytes: &[u8]) {
    use lazaret_advisory::feed::fuzz;
    fuzz::alpine(bytes);
    fuzz::debian_tracker(bytes);
    fuzz::debian_list(bytes);
    fuzz::debian_digest(bytes);
    fuzz::osv_zip(bytes);
    fuzz::almalinux(bytes);
    fuzz::osv_record(bytes);
}

#[test]
fn real_feeds_hold_as_many_records_as_their_manifest_says() {
    let Some(root) = shared_feeds() else { return };
    let all = read_shared(&root, |_| true);
    let records = |id: &str| all.counts[id].records;
    assert_eq!(records("osv-pypi"), 7_080);
    assert_eq!(all.counts["osv-pypi"].skipped["withdrawn"], 269);
    assert_eq!(records("osv-npm"), 175);
    assert_eq!(records("osv-crates"), 1_206);
    assert_eq!(all.counts["osv-crates"].skipped["withdrawn"], 13);
    assert_eq!(records("osv-go"), 4_291);
    assert_eq!(all.counts["osv-go"].skipped["withdrawn"], 17);
    assert_eq!(records("osv-maven"), 449);
    assert_eq!(records("osv-nuget"), 15);
    assert_eq!(records("osv-packagist"), 7);
    assert_eq!(records("osv-rubygems"), 21);
    assert_eq!(records("osv-almalinux"), 5_637);
    // Of the 1,200 corrections that are no security advisories, three name a vulnerability.
    assert_eq!(counts(&all.counts["osv-almalinux"].skipped), [("no vulnerability", 1_197)]);
    assert_eq!(counts(&all.counts["osv-almalinux"].notes), []);
    assert_eq!(records("debian-list"), 5_909 + 4_224);
    assert_eq!(records("debian-digest"), 1_268);
    let branch = read_shared(&root, |path| path.starts_with("alpine-secdb/v3.17/"));
    assert_eq!(branch.counts["alpine-secdb"].records, 6_399);
    let edge = read_shared(&root, |path| path.starts_with("alpine-secdb/edge/"));
    assert_eq!(edge.counts["alpine-secdb"].records, 9_804);
    assert_eq!(all.refused, []);
}

#[test]
fn real_feeds_say_what_their_text_says() {
    let Some(root) = shared_feeds() else { return };
    let all = read_shared(&root, |_| true);
    let line = |name: &str, start: &str| {
        let found = lines(&all, name).into_iter().find(|line| line.starts_with(start));
        found.unwrap_or_else(|| panic!("no `{start}` in `{name}`"))
    };
    // Read by eye in the files themselves.
    assert_eq!(
        line("debian-12", "CVE-2025-24143"),
        "CVE-2025-24143 (DSA-5865-1) webkit2gtk fixed < 2.46.6-1~deb12u1"
    );
    assert_eq!(line("alpine-3.17", "CVE-2022-28391"), "CVE-2022-28391 busybox fixed < 1.35.0-r7");
    assert_eq!(line("alpine-3.17", "CVE-2021-42373"), "CVE-2021-42373 busybox not_affected");
    assert_eq!(line("alpine-3.17", "CVE-2018-25032 zlib"), "CVE-2018-25032 zlib fixed < 1.2.11-r4");
    assert_eq!(
        line("pypi", "PYSEC-2023-74"),
        "PYSEC-2023-74 (CVE-2023-32681 GHSA-j8r2-6x86-q33q) requests fixed >= 2.3.0, < 2.31.0"
    );
    assert_eq!(
        line("npm", "GHSA-29mw-wpgm-hmr9"),
        "GHSA-29mw-wpgm-hmr9 (CVE-2020-28500) lodash fixed >= 4.0.0, < 4.17.21"
    );
}
