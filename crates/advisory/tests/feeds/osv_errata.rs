//! Errata in the form of OSV.

use crate::recipe::{advisory, counts, fixture, lines, mirror, read_shared, shared_feeds, zip_of};
use lazaret_core::severity::Severity;

fn archive(names: &[&str]) -> Vec<u8> {
    let documents: Vec<(&str, Vec<u8>)> =
        names.iter().map(|name| (*name, fixture(&format!("osv-errata/{name}")))).collect();
    zip_of(&documents)
}

pub(crate) fn good_files() -> Vec<(&'static str, &'static str, Vec<u8>)> {
    vec![
        (
            "osv-azurelinux",
            "Azure Linux/all.zip",
            archive(&["azure.json", "azure_old.json", "azure_alone.json"]),
        ),
        ("osv-mageia", "Mageia/all.zip", archive(&["mageia.json", "mageia_tainted.json"])),
        ("osv-openeuler", "openEuler/all.zip", archive(&["openeuler.json", "openeuler_odd.json"])),
        ("osv-rocky", "Rocky Linux/all.zip", archive(&["rocky.json", "rocky_sig.json"])),
    ]
}

#[test]
fn errata_are_filed_by_release_under_source_packages() {
    let files: Vec<(&str, Vec<u8>)> =
        good_files().into_iter().map(|(_, path, bytes)| (path, bytes)).collect();
    let records = mirror(&files);
    for (name, expected) in [
        (
            "azurelinux-3.0",
            &[
                "AZL-90003 src:sandglass fixed >= 1.0.0-1, < 2-1",
                "CVE-2024-80003 (AZL-90001) src:sandglass fixed < 2.6.7-3",
            ][..],
        ),
        ("mariner-2.0", &["CVE-2024-80003 (AZL-90002) src:sandglass affected <= 2.6.7-3"]),
        (
            "mageia-9",
            &[
                "CVE-2024-80004 (MGASA-2024-0312) src:lantern+2.0 fixed < 2.24.33-5.1.mga9",
                "CVE-2024-80005 (MGASA-2024-0313) src:oil fixed < 4.4.4-1.mga9 \
                 | < 4.4.4-2.mga9.tainted",
            ],
        ),
        (
            "openeuler-22.03-LTS-SP3",
            &["CVE-2024-80006 (OESA-2024-1001) src:sandglass fixed \
               < 5.10.0-182.0.0.95.oe2203sp3"],
        ),
        (
            "rocky-9",
            &[
                "CVE-2024-80001 (RLSA-2024:2001) src:lantern fixed \
                 < 3.3.1-2.module+el9.4.0+20787+4c237fd3 [lantern:3.3]",
                "CVE-2024-80001 (RLSA-2024:2001) src:lantern-gem fixed \
                 < 0.5.5-1.module+el9.4.0+20787+4c237fd3 [lantern:3.3]",
            ],
        ),
    ] {
        assert_eq!(lines(&records, name), expected, "{name}");
    }
    let rocky = advisory(&records, "rocky-9", "CVE-2024-80001");
    assert_eq!(rocky.severity, Some(Severity::Medium));
    // `date -u -d 2024-06-14T14:00:40Z +%s`, and a day later
    assert_eq!((rocky.published, rocky.modified), (Some(1_718_373_640), Some(1_718_460_040)));
    let skipped = |id: &str| counts(&records.counts[id].skipped);
    let notes = |id: &str| counts(&records.counts[id].notes);
    // A special interest group's kernel is not the distribution's.
    assert_eq!(skipped("osv-rocky"), [("not the distribution's own packages", 1)]);
    assert_eq!(skipped("osv-openeuler"), [("no versions", 1)]);
    assert_eq!(notes("osv-openeuler"), [("other ecosystem", 1)]);
    assert_eq!(notes("osv-mageia"), [("mended version", 1)]);
    assert_eq!(skipped("osv-azurelinux"), []);
    assert!(!records.segments.contains_key("rocky-8"));
}

#[test]
fn errata_of_several_files_are_joined() {
    let newer = br#"{"id": "RLSA-2024:2009", "summary": "Critical: lantern", "affected": [
        {"package": {"ecosystem": "Rocky Linux:9", "name": "lantern"},
         "ranges": [{"events": [{"introduced": "0"}, {"fixed": "4-1.el9"}]}]},
        {"package": {"ecosystem": "Rocky Linux:9", "name": "oil"},
         "ranges": [{"events": [{"introduced": "0"}, {"fixed": "4-1.el9"}]}]}],
        "related": ["CVE-2024-80001"]}"#;
    let older =
        String::from_utf8_lossy(newer).replace("2009", "2008").replace("4-1.el9", "10-1.el9");
    let records = mirror(&[
        ("Rocky Linux/all.zip", zip_of(&[("a.json", newer.to_vec())])),
        ("osv-samples/Rocky Linux/all.zip", zip_of(&[("a.json", older.into_bytes())])),
    ]);
    assert_eq!(
        lines(&records, "rocky-9"),
        [
            "CVE-2024-80001 (RLSA-2024:2008 RLSA-2024:2009) src:lantern fixed < 10-1.el9",
            "CVE-2024-80001 (RLSA-2024:2008 RLSA-2024:2009) src:oil fixed < 10-1.el9",
        ]
    );
    assert_eq!(advisory(&records, "rocky-9", "CVE-2024-80001").severity, Some(Severity::Critical));
}

#[test]
fn real_samples_of_rocky_say_what_their_text_says() {
    let Some(root) = shared_feeds() else { return };
    let records = read_shared(&root, |path| path == "osv-samples/Rocky Linux/all.zip");
    let count = &records.counts["osv-rocky"];
    assert_eq!((count.files, count.records), (1, 3));
    assert_eq!(counts(&count.skipped), []);
    let lines = lines(&records, "rocky-9");
    assert!(
        lines.contains(
            &"CVE-2024-27282 (RLSA-2024:3671) src:ruby fixed \
              < 3.3.1-2.module+el9.4.0+20787+4c237fd3 [ruby:3.3]"
                .to_owned()
        ),
        "{lines:?}"
    );
    assert!(records.segments["rocky-9"].gap.is_some());
}
