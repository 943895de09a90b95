//! `updateinfo.xml` of Amazon, Bottlerocket, Fedora and Rocky Linux; Bodhi's and Rocky's JSON.

use crate::recipe::{advisory, counts, fixture, foreign_fixture, lines, mirror};
use lazaret_core::severity::Severity;

const AMAZON: &str = "amazon/2/core/updateinfo.xml.gz";
const EXTRAS: &str =
    "cdn.amazonlinux.com/2/extras/sandglass8.2/2.0/x86_64/0a1b/repodata/updateinfo.xml.gz";
const BOTTLEROCKET: &str = "advisories.bottlerocket.aws/updateinfo.xml.gz";
const FEDORA: &str = "fedora/43/Everything/abc-updateinfo.xml.zst";
const BODHI: &str = "fedora-bodhi/1.json";
const ROCKY: &str =
    "download.rockylinux.org/pub/rocky/9/BaseOS/x86_64/os/repodata/a-updateinfo.xml.gz";
const APOLLO: &str = "rocky-errata/1.json";
const VULS: &str = "vuls-data-update-fetch-fixtures.tar.gz";

pub(crate) fn good_files() -> Vec<(&'static str, &'static str, Vec<u8>)> {
    vec![
        ("amazon-updateinfo", AMAZON, fixture("amazon-updateinfo/core.xml")),
        ("amazon-updateinfo", EXTRAS, fixture("amazon-updateinfo/extras.xml")),
        ("bottlerocket-updateinfo", BOTTLEROCKET, fixture("bottlerocket-updateinfo/good.xml")),
        ("fedora-bodhi", BODHI, fixture("fedora-bodhi/page.json")),
        ("fedora-updateinfo", FEDORA, fixture("fedora-updateinfo/good.xml")),
        ("rocky-errata", APOLLO, fixture("rocky-errata/page.json")),
        ("rocky-updateinfo", ROCKY, fixture("rocky-updateinfo/good.xml")),
    ]
}

#[test]
fn amazon_extras_are_lines_of_their_own() {
    let records = mirror(&[
        (AMAZON, fixture("amazon-updateinfo/core.xml")),
        (EXTRAS, fixture("amazon-updateinfo/extras.xml")),
    ]);
    let about = "CVE-2024-74001 (ALAS2-2024-001 ALAS2-2024-002 ALAS2SANDGLASS8.2-2024-001)";
    assert_eq!(
        lines(&records, "amazon-2"),
        [
            "ALAS2-2024-003 oil fixed < 1:2-1.amzn2",
            &format!("{about} sandglass fixed < 1.2-3.amzn2 | >= 8.2, < 8.2.9-1.amzn2"),
            &format!("{about} sandglass fixed < 1.2-9.amzn2 [aarch64]"),
            &format!("{about} sandglass fixed < 1.2-10.amzn2 [i386 i586 i686 x86_64]"),
            &format!("{about} sandglass-pear fixed < 1.10.1-9.amzn2"),
            "CVE-2024-74002 (ALAS2-2024-001) sandglass fixed < 1.2-3.amzn2",
        ]
    );
    assert_eq!(
        lines(&records, "amazon-2023"),
        ["CVE-2024-74003 (ALAS2023LIVEPATCH-2024-001) kernel-livepatch-6.1.12-19.43 fixed \
          < 1.0-1.amzn2023"]
    );
    assert_eq!(
        lines(&records, "amazon-1"),
        ["CVE-2011-74004 (ALAS-2011-1) wick fixed < 2-1.amzn1"]
    );
    let count = &records.counts["amazon-updateinfo"];
    assert_eq!((count.files, count.records), (2, 10));
    assert_eq!(
        counts(&count.skipped),
        [
            ("no id", 1),
            ("no versions", 1),
            ("no vulnerability", 1),
            ("not the distribution's own packages", 1)
        ]
    );
    assert_eq!(counts(&count.notes), [("invalid version", 1)]);
    let first = advisory(&records, "amazon-2", "CVE-2024-74001");
    assert_eq!(first.severity, Some(Severity::Critical));
    // `date -u -d '2024-05-01 10:00' +%s` and of the last, `2024-06-01 00:00:00`.
    assert_eq!((first.published, first.modified), (Some(1_714_557_600), Some(1_717_200_000)));
}

#[test]
fn bottlerocket_names_the_packages_of_its_images() {
    let records = mirror(&[(BOTTLEROCKET, fixture("bottlerocket-updateinfo/good.xml"))]);
    assert_eq!(
        lines(&records, "bottlerocket"),
        [
            "BRSA-dddd wick fixed < 1.20-1",
            "CVE-2024-75001 (GHSA-aaaa-bbbb-cccc) kernel fixed < 0.3.3-b7d91846",
        ]
    );
    assert_eq!(
        counts(&records.counts["bottlerocket-updateinfo"].skipped),
        [("not the distribution's own packages", 1)]
    );
}

#[test]
fn fedora_names_vulnerabilities_in_the_titles_of_bugs() {
    let records = mirror(&[(FEDORA, fixture("fedora-updateinfo/good.xml"))]);
    assert_eq!(
        lines(&records, "fedora-43"),
        [
            "CVE-2024-76001 (FEDORA-2024-0001) sandglass-libs fixed < 2-1.fc43",
            "CVE-2024-76002 (FEDORA-2024-0002) oil fixed < 1-2.fc43",
            "CVE-2024-76003 (FEDORA-2024-0002) oil fixed < 1-2.fc43",
            "CVE-2024-76007 (FEDORA-2024-0007) src:wick fixed < 1-5.fc43",
            "FEDORA-2024-0003 oil fixed < 1-3.fc43",
        ]
    );
    assert_eq!(
        lines(&records, "fedora-38"),
        [
            "CVE-2024-76005 (FEDORA-MODULAR-2024-0005) lantern fixed \
             < 1.25-1.module_f38+16376+aa [lantern:mainline]",
            "CVE-2024-76005 (FEDORA-MODULAR-2024-0005) tool fixed < 1-1.fc38",
        ]
    );
    let count = &records.counts["fedora-updateinfo"];
    assert_eq!(count.records, 8);
    assert_eq!(
        counts(&count.skipped),
        [("no versions", 1), ("no vulnerability", 1), ("not the distribution's own packages", 1)]
    );
    assert_eq!(advisory(&records, "fedora-43", "CVE-2024-76001").severity, Some(Severity::High));
}

#[test]
fn bodhi_names_source_packages() {
    let records = mirror(&[(BODHI, fixture("fedora-bodhi/page.json"))]);
    let expected = [
        "CVE-2024-79001 (FEDORA-2024-b1) src:oil-tools fixed < 2:1-2.fc43",
        "CVE-2024-79001 (FEDORA-2024-b1) src:sandglass fixed < 2.4.55-1.fc43",
        "CVE-2024-79002 (FEDORA-2024-b1) src:oil-tools fixed < 2:1-2.fc43",
        "CVE-2024-79002 (FEDORA-2024-b1) src:sandglass fixed < 2.4.55-1.fc43",
        "CVE-2024-79003 (FEDORA-2024-b2) src:wick fixed < 3-1.fc43",
        "FEDORA-2024-b8 src:wick fixed < 3-4.fc43",
    ];
    assert_eq!(lines(&records, "fedora-43"), expected);
    let count = &records.counts["fedora-bodhi"];
    assert_eq!(count.records, 8);
    assert_eq!(
        counts(&count.skipped),
        [
            ("no versions", 1),
            ("no vulnerability", 1),
            ("not released", 1),
            ("not the distribution's own packages", 2)
        ]
    );
    assert_eq!(counts(&count.notes), [("invalid version", 1)]);
    let severity = |id| advisory(&records, "fedora-43", id).severity;
    assert_eq!(severity("CVE-2024-79001"), Some(Severity::Medium));
    assert_eq!(severity("CVE-2024-79003"), Some(Severity::Critical));
    let one = mirror(&[(BODHI, fixture("fedora-bodhi/one.json"))]);
    assert_eq!(lines(&one, "fedora-43"), expected[..4]);
}

#[test]
fn rocky_names_the_packages_of_each_release() {
    let records = mirror(&[(ROCKY, fixture("rocky-updateinfo/good.xml"))]);
    assert_eq!(
        lines(&records, "rocky-9"),
        [
            "CVE-2024-77001 (RLSA-2024:0001) sandglass fixed < 5.2.5-8.el9_0",
            "CVE-2024-77002 (RLSA-2024:0002) lantern fixed \
             < 3:10.5.16-2.module+el9.1.0+13358+56c3b6a3 [lantern:10.5]",
        ]
    );
    let skipped = &records.counts["rocky-updateinfo"].skipped;
    assert_eq!(
        counts(skipped),
        [("no vulnerability", 1), ("not the distribution's own packages", 1)]
    );
    let records = mirror(&[(APOLLO, fixture("rocky-errata/page.json"))]);
    assert_eq!(
        lines(&records, "rocky-10"),
        [
            "CVE-2024-78001 (RLSA-2024:1001) sandglass fixed < 1.25.2-1.el10_1",
            "CVE-2024-78002 (RLSA-2024:1001) sandglass fixed < 1.25.2-1.el10_1",
        ]
    );
    assert_eq!(
        lines(&records, "rocky-9"),
        [
            "CVE-2024-78001 (RLSA-2024:1001) oil fixed < 2:3-1.module+el9.4.0+1+aa [oil:3]",
            "CVE-2024-78002 (RLSA-2024:1001) oil fixed < 2:3-1.module+el9.4.0+1+aa [oil:3]",
            "RLSA-2024:1003 wick fixed < 3-2.el9",
        ]
    );
    let count = &records.counts["rocky-errata"];
    assert_eq!(counts(&count.skipped), [("no vulnerability", 1)]);
    assert_eq!(counts(&count.notes), [("invalid version", 1), ("unknown release", 1)]);
    let scores = |id| advisory(&records, "rocky-10", id).scores.len();
    assert_eq!((scores("CVE-2024-78001"), scores("CVE-2024-78002")), (1, 0));
}

#[test]
fn lists_of_other_projects_are_read() {
    let amazon = |release: &str| {
        let path = format!("amazon/testdata/fixtures/updateinfo_{release}.xml.gz");
        foreign_fixture(VULS, &path)
    };
    let Some(first) = amazon("1") else { return };
    let mut files = vec![("amazon/1/updateinfo.xml.gz", first)];
    for (path, release) in [
        ("amazon/2/core/updateinfo.xml.gz", "2"),
        ("amazon/2/kernel-5.15/updateinfo.xml.gz", "2_kernel-5.15"),
        ("amazon/2022/core/updateinfo.xml.gz", "2022"),
        ("amazon/2023/core/updateinfo.xml.gz", "2023"),
        ("amazon/2023/nvidia/updateinfo.xml.gz", "2023_nvidia"),
    ] {
        files.push((path, amazon(release).unwrap()));
    }
    let records = mirror(&files);
    assert_eq!(records.counts["amazon-updateinfo"].records, 6);
    assert_eq!(counts(&records.counts["amazon-updateinfo"].skipped), []);
    assert_eq!(counts(&records.counts["amazon-updateinfo"].notes), []);
    assert_eq!(
        lines(&records, "amazon-1"),
        ["CVE-2011-3192 (ALAS-2011-1) httpd-devel fixed < 2.2.21-1.18.amzn1"]
    );
    let second = lines(&records, "amazon-2");
    let kernel =
        second.iter().find(|line| line.contains("(ALAS2KERNEL-5.15-2022-001) kernel fixed"));
    assert!(kernel.unwrap().contains("fixed >= 5.15, < 5.15."), "{kernel:?}");
    assert!(lines(&records, "amazon-2023").iter().any(|line| line
        == "CVE-2025-23359 (ALAS2023NVIDIA-2025-001) libnvidia-container-tools fixed < 1.17.4-1"));
    for (path, fixture, name, expected) in [
        (
            BOTTLEROCKET,
            "bottlerocket/testdata/fixtures/happy/updateinfo.xml.gz",
            "bottlerocket",
            "CVE-2020-10711 (GHSA-mgxf-pj6m-9494) kernel fixed < 0.3.3-b7d91846",
        ),
        (
            ROCKY,
            "happy/vault/rocky/8.6/BaseOS/x86_64/os/repodata/\
             dddd587b7c2316f0b357a284fc32836ceee13fe54e277cc841b30ecefb7cbb42a-updateinfo.xml.gz",
            "rocky-8",
            "CVE-2022-0778 (RLSA-2022:1234) openssl fixed < 1:1.1.1k-6.el8_5",
        ),
        (
            APOLLO,
            "rocky/errata/testdata/fixtures/happy/page1.json",
            "rocky-10",
            "CVE-2025-58183 (RLSA-2025:21816) delve fixed < 1.25.2-1.el10_1",
        ),
    ] {
        let records = mirror(&[(path, foreign_fixture(VULS, fixture).unwrap())]);
        assert!(lines(&records, name).iter().any(|line| line == expected), "{expected}");
        assert_eq!(records.refused, []);
    }
    // Compressed with xz and with zstd; no packages in the one, no vulnerability in the other.
    for (path, skipped) in [
        (
            "38/Modular/x86_64/repodata/\
             5018295245e031a2d51db78a23935461d067cdbc1b6e43d8575983c5f6893252-updateinfo.xml.xz",
            "no versions",
        ),
        (
            "43/Everything/x86_64/repodata/\
             74f58a91baa4a290e7ab058c6298b46ef49fc5ee990ede14d181340e5d22fca9-updateinfo.xml.zst",
            "no vulnerability",
        ),
    ] {
        let records = mirror(&[(FEDORA, foreign_fixture(VULS, path).unwrap())]);
        assert_eq!(counts(&records.counts["fedora-updateinfo"].skipped), [(skipped, 1)]);
        assert_eq!(records.refused, []);
    }
}
