//! Databases of other scanners, built with their own libraries (`fixtures/import/`).

use crate::recipe::{inventory, package};
use lazaret_advisory::import::{ImportError, import, is_importable};
use lazaret_advisory::records::Records;
use lazaret_advisory::{Db, match_inventory, write_database};
use lazaret_core::advisory::{Advisory, Status};
use lazaret_core::package::Ecosystem;
use lazaret_core::severity::Severity;

const TRIVY: &[u8] = include_bytes!("../../fixtures/import/trivy.db");

fn record<'a>(records: &'a Records, segment: &str, id: &str) -> &'a Advisory {
    let advisories = &records.segments[segment].advisories;
    advisories.iter().find(|advisory| advisory.id == id).unwrap()
}

#[test]
fn a_trivy_database_is_read_with_what_it_says_of_each_vulnerability() {
    let records = import(TRIVY).unwrap();
    let segments: Vec<&str> = records.segments.keys().map(String::as_str).collect();
    assert_eq!(segments, ["alpine-3.18", "debian-12", "npm", "ubuntu-16.04"]);
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
    assert_eq!(counts.records, 407);
    assert_eq!(counts.skipped["source that is not read"], 1);
    assert_eq!(counts.notes["constraint that is not understood"], 1);
    assert_eq!(records.refused.len(), 1);
    assert!(records.refused[0].record.ends_with("odd/CVE-2020-0002"), "{:?}", records.refused);
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
    assert!(!is_importable(b"SQLite format 3\0"));
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
