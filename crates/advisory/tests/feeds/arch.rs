//! Arch Linux's tracker.

use crate::recipe::{counts, fixture, foreign_fixture, lines, mirror};

const PATH: &str = "security.archlinux.org/all.json";

pub(crate) fn good_files() -> Vec<(&'static str, &'static str, Vec<u8>)> {
    vec![("arch-tracker", PATH, fixture("arch-tracker/good.json"))]
}

#[test]
fn groups_say_the_state_of_each_package_and_vulnerability() {
    let records = mirror(&[(PATH, fixture("arch-tracker/good.json"))]);
    assert_eq!(
        lines(&records, "arch"),
        [
            "AVG-8 wick fixed < 3-1",
            // Two groups: the higher fix and the worse word.
            "CVE-2024-60001 (ASA-202401-1 AVG-1 AVG-2) lantern fixed < 1:2.0-1 CRITICAL",
            "CVE-2024-60001 (ASA-202401-1 AVG-1 AVG-2) lib32-lantern fixed \
             < 2.36.0+2+ga7c869a-1 CRITICAL",
            "CVE-2024-60002 (AVG-2) lantern fixed < 1:2.0-1 HIGH",
            // Open in one group, fixed in another: open.
            "CVE-2024-60003 (AVG-3 AVG-7) oil affected every version MEDIUM",
            "CVE-2024-60004 (AVG-4) oil fixed < 1.7.0-3 LOW",
            "CVE-2024-60005 (AVG-5) oil under_investigation every version",
        ]
    );
    let count = &records.counts["arch-tracker"];
    assert_eq!((count.files, count.records), (1, 9));
    assert_eq!(counts(&count.skipped), [("no package", 1), ("not affected", 1)]);
    assert_eq!(counts(&count.notes), []);
}

#[test]
fn lists_of_other_projects_are_read() {
    let bytes = foreign_fixture(
        "vuls-data-update-fetch-fixtures.tar.gz",
        "pkg/fetch/arch/testdata/fixtures/advisory.json",
    );
    let Some(bytes) = bytes else { return };
    let records = mirror(&[(PATH, bytes)]);
    assert_eq!(
        lines(&records, "arch"),
        [
            "CVE-2015-7554 (ASA-201707-17 AVG-5) libtiff fixed < 4.0.8-2 CRITICAL",
            "CVE-2016-10095 (ASA-201707-17 AVG-5) libtiff fixed < 4.0.8-2 CRITICAL",
            "CVE-2016-6352 (ASA-201611-12 AVG-1) lib32-gdk-pixbuf2 fixed \
             < 2.36.0+2+ga7c869a-1 CRITICAL",
        ]
    );
}
