//! Red Hat's CSAF documents.

use crate::recipe::{advisory, fixture, mirror, read_shared, segment, shared_feeds};
use crate::rpm_lines::{about, counts, lines};
use lazaret_advisory::{Db, match_inventory, write_database};
use lazaret_core::inventory::{Inventory, Os, OsFound};
use lazaret_core::location::{ImagePath, LayerIndex, Location};
use lazaret_core::package::{Ecosystem, Package};
use lazaret_core::severity::Severity;
use std::collections::BTreeMap;

const VEX: &str = "security.access.redhat.com/data/csaf/v2/vex/2024/cve-2024-60001.json";
const ADVISORY: &str =
    "security.access.redhat.com/data/csaf/v2/advisories/2024/rhsa-2024_9002.json";

#[test]
fn a_document_of_a_vulnerability_says_all_there_is_to_say() {
    let records = mirror(&[(VEX, fixture("redhat/vex.json"))]);
    for (name, expected) in [
        ("rhel-10", &["sandglass fixed < 2.0-6.el10_0.1"][..]),
        (
            "rhel-9",
            &[
                // What was fixed in 9.2 is above it in number only, where 9.3 needed its own fix.
                "sandglass fixed < 2:1.2-6.el9_3.2",
                "sandglass [eus-9.0] fixed < 2:1.2-1.el9_0.7",
                "sandglass [z-9.2] fixed < 2:1.2-3.el9_2.4",
                "sandglass-boot {aarch64 x86_64} fixed < 2:1.2-6.el9_3.2",
                "sandglass-doc fixed < 2:1.2-6.el9_3.2",
            ],
        ),
        (
            "rhel-8",
            &[
                "lantern [lamp:18] fixed < 1:18.2-1.module+el8.9.0+19193+435404ae",
                "lantern [lamp:18] [aus-8.6] fixed < 1:18.1-9.module+el8.6.0+19200+435404ae",
                "mingw-oil affected every version",
                "src:flint under_investigation every version",
                "src:oil fix_deferred every version",
                "src:wick [lamp:20] affected every version",
            ],
        ),
        // What is fixed where support was extended is open for everyone else.
        (
            "rhel-7",
            &["sandglass affected every version", "sandglass [els-7] fixed < 1:0.9-4.el7_9.1"],
        ),
        (
            "rhel-6",
            &[
                "src:oldwick [lamp:16] will_not_fix every version",
                "src:sandglass end_of_life every version LOW",
                "src:tinder end_of_life every version LOW",
            ],
        ),
    ] {
        assert_eq!(about(&records, name, "CVE-2024-60001"), expected, "{name}");
    }
    assert_eq!(records.segments.len(), 5);
    let record = advisory(&records, "rhel-9", "CVE-2024-60001");
    assert_eq!(record.aliases, ["RHSA-2024:9001", "RHSA-2024:9002"]);
    assert_eq!(record.severity, Some(Severity::High));
    assert_eq!(record.cwes, ["CWE-416"]);
    let scores: Vec<f64> = record.scores.iter().map(|score| score.score).collect();
    assert_eq!(scores, [6.5]);
    // `date -u -d 2024-05-01 +%s` and `date -u -d 2024-06-01T10:00 +%s`
    assert_eq!((record.published, record.modified), (Some(1_714_521_600), Some(1_717_236_000)));
    assert_eq!(segment(&records, "rhel-9").gap, None);
    let count = &records.counts["redhat-vex"];
    assert_eq!((count.files, count.records), (1, 1));
    assert_eq!(
        counts(&count.notes),
        [
            ("another product", 2),
            ("covered by its source package", 2),
            ("not affected", 2),
            ("package for debuggers", 1),
            ("product as a whole", 1),
            ("scored as harmless", 1),
            ("source package of a fix", 4),
            ("unreadable module", 1),
        ]
    );
    assert_eq!(records.refused, []);
}

#[test]
fn an_advisory_says_what_it_fixed_and_nothing_where_a_document_says_more() {
    let alone = mirror(&[(ADVISORY, fixture("redhat/advisory.json"))]);
    assert_eq!(
        lines(&alone, "rhel-9"),
        [
            "CVE-2024-60001 (RHSA-2024:9002) sandglass fixed < 2:1.2-7.el9_3.3",
            "CVE-2024-60001 (RHSA-2024:9002) sandglass [z-9.3] fixed < 2:1.2-7.el9_3.3",
            "CVE-2024-60002 (RHSA-2024:9002) sandglass fixed < 2:1.2-7.el9_3.3",
            "CVE-2024-60002 (RHSA-2024:9002) sandglass [z-9.3] fixed < 2:1.2-7.el9_3.3",
        ]
    );
    // The module is a part of its own between the product and the package.
    assert_eq!(
        about(&alone, "rhel-8", "CVE-2024-60002"),
        [
            "wick [lamp:18] fixed < 3.1.6-139.module+el8.8.0+1+f1",
            "wick [lamp:18] [z-8.8] fixed < 3.1.6-139.module+el8.8.0+1+f1",
        ]
    );
    let severity = |id| advisory(&alone, "rhel-9", id).severity;
    assert_eq!(severity("CVE-2024-60001"), Some(Severity::Critical));
    assert_eq!(severity("CVE-2024-60002"), Some(Severity::Medium));
    let gap = segment(&alone, "rhel-9").gap.as_deref();
    assert_eq!(gap, Some("Red Hat's advisories, which name only what was fixed"));
    let notes = &alone.counts["redhat-advisories"].notes;
    assert_eq!(
        counts(notes),
        [("a module, whose packages are listed", 2), ("vulnerability without a CVE", 1)]
    );

    let both =
        mirror(&[(ADVISORY, fixture("redhat/advisory.json")), (VEX, fixture("redhat/vex.json"))]);
    let document = mirror(&[(VEX, fixture("redhat/vex.json"))]);
    for name in ["rhel-7", "rhel-8", "rhel-9"] {
        let of = |records| about(records, name, "CVE-2024-60001");
        assert_eq!(of(&both), of(&document), "{name}");
        let other = |records| about(records, name, "CVE-2024-60002");
        assert_eq!(other(&both), other(&alone), "{name}");
    }
    assert_eq!(segment(&both, "rhel-9").gap, None);
}

#[test]
fn deleted_documents_and_those_of_other_products_are_skipped() {
    let records = mirror(&[
        ("redhat/vex/2024/cve-2024-60008.json", fixture("redhat/other_product.json")),
        ("redhat/vex/2024/cve-2024-60009.json", fixture("redhat/deleted.json")),
        ("redhat/vex/2024/cve-2024-60010.json", b"{\"document\": {}}".to_vec()),
        ("redhat/vex/2024/cve-2024-60011.json", b"{\"title\": \"no CSAF\"}".to_vec()),
        ("redhat/vex/2026/cve-2026-123.json", b"anything".to_vec()),
    ]);
    assert!(records.segments.is_empty());
    let count = &records.counts["redhat-vex"];
    assert_eq!(count.records, 2);
    assert_eq!(
        counts(&count.skipped),
        [("deleted", 1), ("nothing affected in the distribution", 1)]
    );
    let refused: Vec<&str> = records.refused.iter().map(|one| one.record.as_str()).collect();
    assert_eq!(
        refused,
        ["redhat/vex/2024/cve-2024-60010.json", "redhat/vex/2024/cve-2024-60011.json"]
    );
    let left_out: Vec<&String> = count.left_out.keys().collect();
    assert_eq!(left_out, ["redhat/vex/2026/cve-2026-123.json"]);
}

#[test]
fn an_archive_is_read_document_by_document() {
    let mut builder = tar::Builder::new(Vec::new());
    for (path, bytes) in [
        ("2024/cve-2024-60001.json", fixture("redhat/vex.json")),
        ("2024/cve-2024-60009.json", fixture("redhat/deleted.json")),
        ("2024/cve-2024-60010.json", b"{".to_vec()),
        ("changes.csv", b"x".to_vec()),
    ] {
        let mut header = tar::Header::new_gnu();
        header.set_size(u64::try_from(bytes.len()).unwrap());
        header.set_mode(0o644);
        builder.append_data(&mut header, path, &*bytes).unwrap();
    }
    let path = "security.access.redhat.com/data/csaf/v2/vex/csaf_vex_2024-06-01.tar.zst";
    let packed = zstd::encode_all(&*builder.into_inner().unwrap(), 3).unwrap();
    let records = mirror(&[(path, packed.clone())]);
    assert_eq!(records.counts["redhat-vex"].records, 2);
    let single = mirror(&[(VEX, fixture("redhat/vex.json"))]);
    assert_eq!(lines(&records, "rhel-9"), lines(&single, "rhel-9"));
    let refused: Vec<&str> = records.refused.iter().map(|one| one.record.as_str()).collect();
    assert_eq!(refused, [format!("{path}#2024/cve-2024-60010.json")]);

    let cut = mirror(&[(path, packed[..packed.len() / 2].to_vec())]);
    assert!(cut.segments.is_empty());
    assert_eq!(cut.refused.len(), 1);
}

#[test]
fn real_documents_say_what_red_hat_says() {
    let Some(root) = shared_feeds() else { return };
    let records = read_shared(&root, |path| path.starts_with("redhat/"));
    // By the manifest: 16 of vulnerabilities, 8 of advisories.
    let (vex, advisories) = (&records.counts["redhat-vex"], &records.counts["redhat-advisories"]);
    assert_eq!((vex.records, vex.left_out.len()), (13, 3));
    assert_eq!(advisories.records, 8);
    assert_eq!(records.refused, []);
    // CVE-2023-4154 and CVE-2023-42670 affect nothing.
    assert_eq!(counts(&vex.skipped), [("nothing affected in the distribution", 2)]);
    // The excerpts of RHSA-2024:6163 and RHSA-2024:9371 hold source packages only.
    assert_eq!(counts(&advisories.skipped), [("nothing affected in the distribution", 2)]);

    for (name, id, package, expected) in [
        // RHSA-2023:5763 for 9.2, RHSA-2023:6745 for 9.3, RHSA-2023:5700 for 9.0 EUS.
        (
            "rhel-9",
            "CVE-2023-38545",
            "libcurl",
            &[
                "libcurl fixed < 7.76.1-26.el9_3.2",
                "libcurl [eus-9.0] fixed < 7.76.1-14.el9_0.9",
                "libcurl [z-9.2] fixed < 7.76.1-23.el9_2.4",
            ][..],
        ),
        ("rhel-7", "CVE-2023-6212", "firefox", &["firefox fixed < 115.5.0-1.el7_9"]),
        ("rhel-6", "CVE-2023-6212", "src:firefox", &["src:firefox end_of_life every version"]),
        (
            "rhel-8",
            "CVE-2023-6212",
            "firefox",
            &[
                "firefox fixed < 115.5.0-1.el8_9",
                "firefox [aus-8.2] fixed < 115.5.0-1.el8_2",
                "firefox [aus-8.4] fixed < 115.5.0-1.el8_4",
                "firefox [e4s-8.1] fixed < 115.5.0-1.el8_1",
                "firefox [e4s-8.2] fixed < 115.5.0-1.el8_2",
                "firefox [e4s-8.4] fixed < 115.5.0-1.el8_4",
                "firefox [eus-8.6] fixed < 115.5.0-1.el8_6",
                "firefox [eus-8.8] fixed < 115.5.0-1.el8_8",
                "firefox [tus-8.2] fixed < 115.5.0-1.el8_2",
                "firefox [tus-8.4] fixed < 115.5.0-1.el8_4",
            ],
        ),
        (
            "rhel-7",
            "CVE-2025-40907",
            "perl-FCGI",
            &["perl-FCGI affected every version", "perl-FCGI [els-7] fixed < 1:0.74-8.el7_9.1"],
        ),
        ("rhel-10", "CVE-2025-40907", "perl-FCGI", &["perl-FCGI fixed < 1:0.82-13.1.el10_0"]),
        (
            "rhel-10",
            "CVE-2025-6176",
            "libbrotli",
            &["libbrotli fixed < 1.1.0-7.el10_1", "libbrotli [eus-10.0] fixed < 1.1.0-6.el10_0.1"],
        ),
        ("rhel-9", "CVE-2024-0727", "openssl-libs", &["openssl-libs fixed < 1:3.0.7-27.el9"]),
        // Its packages are built for no architecture in particular, its tools for two.
        (
            "rhel-9",
            "CVE-2024-0727",
            "edk2-tools",
            &["edk2-tools {aarch64 x86_64} fixed < 20240524-6.el9_5"],
        ),
        ("rhel-9", "CVE-2024-0727", "edk2-ovmf", &["edk2-ovmf fixed < 20240524-6.el9_5"]),
        ("rhel-8", "CVE-2024-0727", "src:openssl", &["src:openssl fix_deferred every version"]),
        ("rhel-8", "CVE-2024-0727", "src:edk2", &["src:edk2 will_not_fix every version"]),
        (
            "rhel-8",
            "CVE-2026-27142",
            "src:golang",
            &["src:golang [go-toolset:rhel8] fix_deferred every version"],
        ),
        (
            "rhel-8",
            "CVE-2026-2297",
            "src:numpy",
            &["src:numpy [python39-devel:3.9] fix_deferred every version"],
        ),
        ("rhel-7", "CVE-2022-38752", "src:snakeyaml", &["src:snakeyaml end_of_life every version"]),
    ] {
        let mut found = about(&records, name, id);
        found.retain(|line| line.split(' ').next() == Some(package));
        assert_eq!(found, expected, "{name} {id} {package}");
    }
    for (id, severity) in [
        ("CVE-2023-38545", Severity::High),
        ("CVE-2023-6212", Severity::High),
        ("CVE-2024-0727", Severity::Low),
        ("CVE-2026-27142", Severity::Medium),
    ] {
        assert_eq!(advisory(&records, "rhel-9", id).severity, Some(severity), "{id}");
    }
}

#[test]
fn streams_of_a_module_are_told_apart_in_real_advisories() {
    let Some(root) = shared_feeds() else { return };
    let records = read_shared(&root, |path| path.starts_with("redhat/advisories/2023/"));
    let mut found = about(&records, "rhel-8", "CVE-2021-33621");
    found.retain(|line| line.starts_with("rubygem-json ") && !line.contains("[z-"));
    // RHSA-2023:7025 and RHSA-2023:3821.
    assert_eq!(
        found,
        [
            "rubygem-json [ruby:2.5] fixed < 2.1.0-111.module+el8.9.0+19193+435404ae",
            "rubygem-json [ruby:2.7] fixed < 2.3.0-139.module+el8.8.0+18745+f1bef313",
        ]
    );
}

/// The ids found for a package of an image of Red Hat Enterprise Linux 9.
fn found(db: &Db, name: &str, version: &str) -> Vec<String> {
    let location = Location {
        layer: LayerIndex(0),
        path: ImagePath::parse(b"var/lib/rpm/rpmdb.sqlite").unwrap(),
        lines: None,
    };
    let package = Package {
        arch: Some("x86_64".to_owned()),
        locations: vec![location.clone()],
        ..Package::installed(Ecosystem::Rpm, name, version)
    };
    let os = Os { id: "rhel".to_owned(), version: Some("9.3".to_owned()), ..Os::default() };
    let inventory = Inventory {
        os: Some(OsFound { os, location }),
        packages: vec![package],
        ..Inventory::default()
    };
    let matched = match_inventory(db, &inventory).unwrap();
    matched.findings.into_iter().map(|finding| finding.id).collect()
}

#[test]
fn a_package_is_clear_from_the_fix_of_its_own_minor_release_on() {
    let Some(root) = shared_feeds() else { return };
    let records = read_shared(&root, |path| path.ends_with("vex/2023/cve-2023-38545.json.gz"));
    let mut files: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    write_database(&records, &mut |file, bytes| {
        files.insert(file.to_owned(), bytes.to_vec());
        Ok(())
    })
    .unwrap();
    let manifest = String::from_utf8(files.remove("manifest.json").unwrap()).unwrap();
    let segments: Vec<(&str, &'static [u8])> = files
        .iter()
        .map(|(file, bytes)| {
            let bytes: &'static [u8] = bytes.clone().leak();
            (file.split('.').next().unwrap(), bytes)
        })
        .collect();
    let db = Db::from_static(manifest.leak(), &segments).unwrap();
    for (version, expected) in [
        ("7.76.1-14.el9_0.8", 1),
        ("7.76.1-14.el9_0.9", 0),
        ("7.76.1-23.el9_2.3", 1),
        ("7.76.1-23.el9_2.4", 0),
        // As 9.3 came out: above the fix of 9.2, without it.
        ("7.76.1-26.el9", 1),
        ("7.76.1-26.el9_3.2", 0),
        ("7.76.1-29.el9_4", 0),
    ] {
        assert_eq!(found(&db, "libcurl", version).len(), expected, "{version}");
    }
}
