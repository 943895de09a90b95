//! Databases of other scanners, built with their own libraries (`fixtures/import/`).

use crate::recipe::{inventory, package};
use lazaret_advisory::import::{ImportError, SqliteDamage, import, import_to, is_importable};
use lazaret_advisory::records::Records;
use lazaret_advisory::{BuildOptions, Db, match_inventory, write_database};
use lazaret_core::advisory::{Advisory, Status};
use lazaret_core::package::Ecosystem;
use lazaret_core::severity::Severity;

const TRIVY: &[u8] = include_bytes!("../../fixtures/import/trivy.db");
const GRYPE: &[u8] = include_bytes!("../../fixtures/import/grype.db");

/// What a record says of each package: `name ranges versions status module channel`.
fn statements(advisory: &Advisory) -> Vec<String> {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let line = |affected: &lazaret_core::advisory::Affected| {
        let ranges: Vec<String> = affected.ranges.iter().map(ToString::to_string).collect();
        let line = format!(
            "{} [{}] {} {} {} {}",
            affected.package,
            ranges.join("; "),
            affected.versions.join(","),
            affected.status,
            text(&affected.conditions.module),
            text(&affected.conditions.channel),
        );
        line.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    advisory.affected.iter().map(line).collect()
}

fn record<'a>(records: &'a Records, segment: &str, id: &str) -> &'a Advisory {
    let advisories = &records.segments[segment].advisories;
    advisories.iter().find(|advisory| advisory.id == id).unwrap()
}

#[test]
fn a_trivy_database_is_read_with_what_it_says_of_each_vulnerability() {
    let records = import(TRIVY).unwrap();
    let segments: Vec<&str> = records.segments.keys().map(String::as_str).collect();
    assert_eq!(segments, ["alpine-3.18", "debian-12", "npm", "rhel-8", "rhel-9", "ubuntu-16.04"]);
    assert_eq!(records.segments["alpine-3.18"].advisories.len(), 401);
    let openssl = record(&records, "debian-12", "CVE-2024-6119");
    // Debian's own severity, NVD's score.
    assert_eq!(openssl.severity, Some(Severity::Medium));
    assert_eq!(openssl.scores[0].score.to_bits(), 7.5_f64.to_bits());
    assert_eq!(
        (&openssl.aliases[..], &openssl.cwes[..]),
        (&["DSA-5764-1".to_owned()][..], &["CWE-843".to_owned()][..])
    );
    // `date -u -d 2024-09-03T16:15:07Z +%s`
    assert_eq!(openssl.published, Some(1_725_380_107));
    assert_eq!(openssl.affected[0].ranges[0].to_string(), "< 3.0.11-1~deb12u3");
    let ignored = record(&records, "debian-12", "CVE-2007-6755");
    assert_eq!(ignored.affected[0].status, Status::WillNotFix);
    assert_eq!(ignored.affected[0].severity, Some(Severity::Low));
    let lodash = record(&records, "npm", "GHSA-35jh-r3h4-6jhm");
    assert_eq!(lodash.aliases, ["CVE-2021-23337"]);
    let esm = record(&records, "ubuntu-16.04", "CVE-2022-37434");
    assert_eq!(esm.affected[0].conditions.channel.as_deref(), Some("esm"));
    let counts = &records.counts["trivy-db"];
    assert_eq!(counts.records, 411);
    assert_eq!(counts.skipped["source that is not read"], 1);
    assert_eq!(counts.notes["constraint that is not understood"], 1);
    assert_eq!(records.refused.len(), 2);
    assert!(records.refused[1].record.ends_with("odd/CVE-2020-0002"), "{:?}", records.refused);
}

#[test]
fn statements_about_base_repositories_of_red_hat_are_those_about_its_release() {
    let records = import(TRIVY).unwrap();
    let openssl = record(&records, "rhel-9", "CVE-2024-6119");
    assert_eq!(openssl.aliases, ["RHSA-2024:6783"]);
    assert_eq!(statements(openssl), ["openssl [< 1:3.0.7-28.el9_4] fixed"]);
    let affected = &openssl.affected[0];
    assert_eq!(affected.conditions.arches, ["aarch64", "x86_64"]);
    assert_eq!(
        (affected.severity, openssl.severity),
        (Some(Severity::Medium), Some(Severity::Medium))
    );
    assert_eq!(openssl.cwes, ["CWE-843"]);
    assert_eq!(record(&records, "rhel-9", "CVE-2024-0001").affected[0].severity, None);
    let node = record(&records, "rhel-9", "CVE-2024-27983");
    assert_eq!(
        statements(node),
        ["nodejs [< 1:18.20.2-1.module+el9.4.0+21742+692df1ea] fixed nodejs:18"]
    );
    for release in ["rhel-8", "rhel-9"] {
        let open = record(&records, release, "CVE-2024-0002");
        assert_eq!(statements(open), ["openssl [every version] will_not_fix"]);
    }
    assert_eq!(records.segments["rhel-8"].advisories.len(), 1);
    let notes = &records.counts["trivy-db"].notes;
    assert_eq!(notes["statement about no base repository of Red Hat"], 1);
}

#[test]
fn a_grype_database_is_read_with_what_it_says_of_each_vulnerability() {
    let records = import(GRYPE).unwrap();
    let segments: Vec<&str> = records.segments.keys().map(String::as_str).collect();
    let expected = [
        "almalinux-9",
        "alpine-3.18",
        "amazon-2023",
        "debian-12",
        "npm",
        "pypi",
        "rhel-9",
        "ubuntu-22.04",
    ];
    assert_eq!(segments, expected);
    assert_eq!(records.segments["alpine-3.18"].advisories.len(), 301);

    let openssl = record(&records, "debian-12", "CVE-2024-6119");
    assert_eq!(statements(openssl), ["openssl [< 3.0.14-1~deb12u2] fixed"]);
    // Debian's own severity, NVD's score and weakness.
    assert_eq!(openssl.severity, Some(Severity::Medium));
    assert_eq!(openssl.scores[0].score.to_bits(), 7.5_f64.to_bits());
    assert_eq!(openssl.cwes, ["CWE-843"]);
    // `date -u -d … +%s`
    assert_eq!(openssl.published, Some(1_706_745_600));
    assert_eq!(openssl.modified, Some(1_709_294_400));
    let ignored = record(&records, "debian-12", "CVE-2007-6755");
    assert_eq!(statements(ignored), ["openssl [every version] will_not_fix"]);
    assert_eq!(ignored.severity, Some(Severity::Low));

    let lantern = record(&records, "ubuntu-22.04", "CVE-2024-10002");
    assert_eq!(
        statements(lantern),
        ["lantern [every version] affected", "lantern [< 1.0-1ubuntu1+esm1] fixed esm"]
    );
    let lantern = record(&records, "rhel-9", "CVE-2024-10003");
    assert_eq!(
        statements(lantern),
        [
            "lantern [< 0:1.4-5.el9_4] fixed",
            "src:lantern [< 0:1.4-5.el9_4] fixed",
            "lantern [< 0:1.4-3.el9_2.1] fixed eus-9.2",
            "src:lantern [< 0:1.4-3.el9_2.1] fixed eus-9.2",
            "sundial [< 0:2-1.module+el9.2.0+1+a] fixed sundial:2",
            "src:sundial [< 0:2-1.module+el9.2.0+1+a] fixed sundial:2",
            "sandglass [] not_affected",
            "src:sandglass [] not_affected",
        ]
    );
    let fixed = record(&records, "almalinux-9", "CVE-2024-10003");
    assert_eq!(fixed.aliases, ["ALSA-2024:0001"]);
    assert_eq!(statements(fixed)[0], "lantern [< 1.4-5.el9_4] fixed");
    for cve in ["CVE-2024-10004", "CVE-2024-10005"] {
        let one = record(&records, "amazon-2023", cve);
        assert_eq!(
            (one.severity, &one.aliases[..]),
            (Some(Severity::Low), &["ALAS2023-2024-500".to_owned()][..])
        );
    }

    let lodash = record(&records, "npm", "GHSA-35jh-r3h4-6jhm");
    assert_eq!(lodash.aliases, ["CVE-2021-23337"]);
    assert_eq!(statements(lodash), ["lodash [< 4.17.21] fixed"]);
    assert_eq!(records.segments["npm"].advisories.len(), 1);
    let lantern = record(&records, "pypi", "GHSA-aaaa-bbbb-cccc");
    assert_eq!(statements(lantern), ["lantern-py [>= 1.0, < 1.5; >= 3.0, < 3.2] 2.0 fixed"]);
}

#[test]
fn what_is_left_out_of_a_grype_database_is_counted() {
    let records = import(GRYPE).unwrap();
    let counts = &records.counts["grype-db"];
    // Rows of `affected_package_handles` and `unaffected_package_handles`, as `sqlite3` counts them.
    assert_eq!(counts.records, 321);
    let expected = [
        ("limited to a platform named by CPE", 1),
        ("no versions", 1),
        ("only says which versions are not affected", 1),
        ("product named by CPE, which no package is looked up by", 3),
        ("statement about a distribution that is not read", 1),
        ("statement about a minor release of Red Hat", 1),
        ("statement about packages that are not read", 1),
        ("withdrawn", 1),
    ];
    let found: Vec<(&str, u64)> =
        counts.skipped.iter().map(|(why, count)| (why.as_str(), *count)).collect();
    assert_eq!(found, expected);
    assert_eq!(counts.notes["end taken from the fix"], 1);
    assert!(counts.left_out.contains_key("epss_handles"));
    assert_eq!(records.refused.len(), 1);
    assert!(records.refused[0].record.starts_with("affected_package_handles#"));
}

#[test]
fn a_database_is_written_segment_by_segment_as_it_is_as_a_whole() {
    for bytes in [TRIVY, GRYPE] {
        let records = import(bytes).unwrap();
        let (mut whole, mut parts) = (Vec::new(), Vec::new());
        let options = BuildOptions::default();
        let mut keep = |file: &str, bytes: &[u8]| {
            parts.push((file.to_owned(), bytes.to_vec()));
            Ok(())
        };
        let (manifest, rest) = import_to(bytes, &options, &mut keep).unwrap();
        assert!(rest.segments.is_empty());
        assert_eq!((&rest.counts, &rest.refused), (&records.counts, &records.refused));
        let at = manifest.built.as_deref().map(|built| {
            time::OffsetDateTime::parse(built, &time::format_description::well_known::Rfc3339)
                .unwrap()
                .unix_timestamp()
        });
        let options = BuildOptions { at, ..options };
        lazaret_advisory::write_database_with(&records, &options, &mut |file, bytes| {
            whole.push((file.to_owned(), bytes.to_vec()));
            Ok(())
        })
        .unwrap();
        whole.sort();
        parts.sort();
        assert_eq!(whole, parts);
    }
}

#[test]
fn a_grype_database_stands_for_the_time_it_was_built() {
    let (manifest, _) = import_to(GRYPE, &BuildOptions::default(), &mut |_, _| Ok(())).unwrap();
    assert_eq!(manifest.built.as_deref(), Some("2024-06-01T06:00:00Z"));
    // Trivy's says the time of no build; its newest record is this one.
    let (manifest, _) = import_to(TRIVY, &BuildOptions::default(), &mut |_, _| Ok(())).unwrap();
    assert_eq!(manifest.built.as_deref(), Some("2024-09-03T16:15:07Z"));
}

#[test]
fn a_grype_database_gives_findings() {
    let records = import(GRYPE).unwrap();
    let folder = tempfile::tempdir().unwrap();
    write_database(&records, &mut |file, bytes| std::fs::write(folder.path().join(file), bytes))
        .unwrap();
    let db = Db::open(folder.path()).unwrap();
    let found = |os: &str, packages| {
        let found = match_inventory(&db, &inventory(os, packages)).unwrap();
        found
            .findings
            .iter()
            .map(|finding| format!("{} {}", finding.id, finding.severity))
            .collect::<Vec<_>>()
    };
    let rpm = |version: &str| vec![package(Ecosystem::Rpm, "lantern", version)];
    assert_eq!(found("rhel 9.4", rpm("1.4-4.el9")), ["CVE-2024-10003 HIGH"]);
    assert_eq!(found("rhel 9.4", rpm("1.4-5.el9_4")), [""; 0]);
    // Extended support of the minor release fixed it earlier.
    assert_eq!(found("rhel 9.2", rpm("1.4-3.el9_2.1")), [""; 0]);
    let python = vec![
        package(Ecosystem::Pypi, "Lantern.py", "1.4"),
        package(Ecosystem::Pypi, "lantern-py", "1.5"),
        package(Ecosystem::Pypi, "lantern-py", "2.0"),
    ];
    assert_eq!(found("debian 12", python), ["CVE-2024-10006 MEDIUM", "CVE-2024-10006 MEDIUM"]);
}

#[test]
fn another_sqlite_database_and_another_schema_are_refused() {
    const OTHER: &[u8] =
        include_bytes!("../../../inventory/fixtures/rpm/sqlite/good/var/lib/rpm/rpmdb.sqlite");
    let error = import(OTHER).unwrap_err();
    assert!(matches!(error, ImportError::Schema { ref found } if found == "?"), "{error}");
    // The number is one byte: that of `db_metadata` in its only row.
    let text = b"2024-06-01 06:00:00+00:00\x06";
    let at = GRYPE.windows(text.len()).position(|bytes| bytes == text).unwrap();
    let mut newer = GRYPE.to_vec();
    newer[at + text.len() - 1] = 7;
    let error = import(&newer).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the Grype database has the schema 7, which is not read: expected 6"
    );
}

#[test]
fn a_damaged_grype_database_does_no_harm() {
    for length in (0..GRYPE.len()).step_by(512) {
        drop(import(&GRYPE[..length]));
    }
    let error = import(&GRYPE[..GRYPE.len() / 2]).unwrap_err();
    assert!(matches!(error, ImportError::Sqlite(SqliteDamage::Table { .. })), "{error:?}");
    for at in (0..GRYPE.len()).step_by(1_009) {
        let mut bytes = GRYPE.to_vec();
        bytes[at] ^= 0xff;
        drop(import(&bytes));
    }
}

#[test]
fn an_imported_database_gives_findings() {
    let records = import(TRIVY).unwrap();
    let folder = tempfile::tempdir().unwrap();
    write_database(&records, &mut |file, bytes| std::fs::write(folder.path().join(file), bytes))
        .unwrap();
    let db = Db::open(folder.path()).unwrap();
    let packages = vec![
        package(Ecosystem::Npm, "lodash", "4.17.20"),
        package(Ecosystem::Npm, "lodash", "4.17.21"),
    ];
    let found = match_inventory(&db, &inventory("debian 12", packages)).unwrap();
    let ids: Vec<&str> = found.findings.iter().map(|finding| finding.id.as_str()).collect();
    assert_eq!(ids, ["CVE-2021-23337"]);
    assert_eq!(found.findings[0].severity, Severity::High);
}

#[test]
fn a_damaged_database_is_an_error_wherever_it_is_cut_or_changed() {
    assert!(!is_importable(b"SQLite format 2\0"));
    assert!(matches!(import(b"not a database"), Err(ImportError::Unknown)));
    for length in (0..TRIVY.len()).step_by(512) {
        // The last pages may be free, so a short cut is not always noticed; it never panics.
        drop(import(&TRIVY[..length]));
    }
    assert!(import(&TRIVY[..TRIVY.len() / 4]).is_err());
    // Every byte of every page header, in turn.
    for page in 2..TRIVY.len() / 1024 {
        for offset in 0..24 {
            let mut bytes = TRIVY.to_vec();
            bytes[page * 1024 + offset] ^= 0xff;
            drop(import(&bytes));
        }
    }
    // Without its first description, the second is used.
    let mut bytes = TRIVY.to_vec();
    bytes[16..20].fill(0);
    assert!(!is_importable(&bytes));
}
