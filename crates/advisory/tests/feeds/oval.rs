//! OVAL: Azure Linux, Oracle Linux and Photon OS; and Photon's JSON.

use crate::recipe::{
    advisory, counts, fixture, foreign_fixture, lines, mirror, read_shared, segment, shared_feeds,
};
use lazaret_core::severity::Severity;

const AZURE: &str = "azurelinux-oval/azurelinux-3.0-oval.xml";
const ORACLE: &str = "com.oracle.elsa-all.xml.bz2";
const PHOTON: &str = "com.vmware.phsa-photon5.xml.gz";
const PHOTON_CVE: &str = "cve_data_photon5.0.json";
const VULS: &str = "vuls-data-update-fetch-fixtures.tar.gz";

pub(crate) fn good_files() -> Vec<(&'static str, &'static str, Vec<u8>)> {
    vec![
        ("azurelinux-oval", AZURE, fixture("azurelinux-oval/good.xml")),
        ("oracle-oval", ORACLE, fixture("oracle-oval/good.xml")),
        ("photon-cve", PHOTON_CVE, fixture("photon-cve/good.json")),
        ("photon-oval", PHOTON, fixture("photon-oval/good.xml")),
    ]
}

#[test]
fn azure_linux_says_the_state_of_source_packages() {
    let records = mirror(&[(AZURE, fixture("azurelinux-oval/good.xml"))]);
    assert_eq!(
        lines(&records, "azurelinux-3.0"),
        [
            "CVE-2024-70001 src:lantern affected <= 1.0-1.azl3 LOW",
            "CVE-2024-70001 src:sandglass fixed < 2.6.7-10.azl3 HIGH",
            "CVE-2024-70002 src:sandglass affected <= 6.04-10.azl3 MEDIUM",
            "CVE-2024-70004 src:golamp fixed >= 1.19.0-1.azl3, < 1.20.7-1.azl3 LOW",
            "CVE-2024-70006 src:lantern fixed < 1.57.0-1.azl3 MEDIUM",
            "CVE-2024-70007 src:lantern fixed < 1.21.6-1.azl3 MEDIUM",
        ]
    );
    let count = &records.counts["azurelinux-oval"];
    assert_eq!((count.files, count.records), (1, 9));
    assert_eq!(counts(&count.skipped), [("no versions", 1), ("not applicable", 1)]);
    assert_eq!(counts(&count.notes), [("mended version", 1), ("several fixed versions", 1)]);
    // `date -u -d 2024-07-23T22:05:39Z +%s` and of the later definition.
    let twice = advisory(&records, "azurelinux-3.0", "CVE-2024-70001");
    assert_eq!((twice.published, twice.modified), (Some(1_721_772_339), Some(1_722_470_400)));
}

#[test]
fn the_file_name_says_the_release() {
    let bytes = fixture("azurelinux-oval/good.xml");
    let records = mirror(&[
        ("cbl-mariner-2.0-oval.xml.gz", bytes.clone()),
        ("AzureLinuxVulnerabilityData/azurelinux-3.1-oval.xml", bytes.clone()),
        ("azurelinux-x-oval.xml", bytes.clone()),
        ("cve_data_photon5.json", fixture("photon-cve/good.json")),
    ]);
    let names: Vec<&String> = records.segments.keys().collect();
    assert_eq!(names, ["azurelinux-3.1", "mariner-2.0"]);
    let reasons: Vec<&str> = records.refused.iter().map(|r| r.reason.as_str()).collect();
    assert_eq!(
        reasons,
        ["`azurelinux-x-oval.xml` names no release", "`cve_data_photon5.json` names no release"]
    );
}

#[test]
fn oracle_keeps_apart_what_is_built_apart() {
    let records = mirror(&[(ORACLE, fixture("oracle-oval/good.xml"))]);
    assert_eq!(
        lines(&records, "oracle-8"),
        [
            "CVE-2024-71001 (ELSA-2024-0001) sandglass fixed < 30:9.3.3-8.el8",
            "CVE-2024-71001 (ELSA-2024-0001) sandglass-libs fixed < 9.3.3-8.el8",
            "CVE-2024-71002 (ELSA-2024-0001) sandglass fixed < 30:9.3.3-8.el8",
            "CVE-2024-71002 (ELSA-2024-0001) sandglass-libs fixed < 9.3.3-8.el8",
            "CVE-2024-71003 (ELSA-2024-0002) lantern fixed < 8.24.0-57.0.4.el8 [aarch64]",
            "CVE-2024-71003 (ELSA-2024-0002) lantern fixed < 8.24.0-57.0.1.el8 \
             [i386 i586 i686 x86_64]",
            "CVE-2024-71004 (ELSA-2024-0003) oil fixed < 1-2.el8",
            "CVE-2024-71005 (ELSA-2024-0004) hive fixed \
             < 1.3.18-21.module+el8.7.0+21037+8ee66348 [virt:kvm_utils]",
            "CVE-2024-71006 (ELSA-2024-0005 ELSA-2024-0006 ELSA-2024-0007) openglass fixed \
             < 1:1.1.1g-15.el8_3 | < 2:1.1.1g-15.ksplice1.el8_3 | < 10:1.1.1g-15.el8_3_fips",
        ]
    );
    assert_eq!(lines(&records, "oracle-7"), ["ELSA-2024-0008 wick fixed < 2-1.el7"]);
    let count = &records.counts["oracle-oval"];
    assert_eq!((count.files, count.records), (1, 9));
    assert_eq!(counts(&count.skipped), [("no versions", 1)]);
    assert_eq!(counts(&count.notes), [("unknown release", 1)]);
    let severity = |id| advisory(&records, "oracle-8", id).severity;
    assert_eq!(severity("CVE-2024-71001"), Some(Severity::High));
    assert_eq!(severity("CVE-2024-71006"), Some(Severity::Critical));
    let vectors = |id| -> Vec<(String, f64)> {
        let scores = &advisory(&records, "oracle-8", id).scores;
        scores.iter().map(|score| (score.vector.clone(), score.score)).collect()
    };
    let current = "CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H".to_owned();
    assert_eq!(vectors("CVE-2024-71001"), [(current, 7.8)]);
    assert_eq!(vectors("CVE-2024-71002"), [("AV:N/AC:L/Au:N/C:N/I:N/A:C".to_owned(), 7.8)]);
    // `date -u -d 2024-06-26 +%s`
    let first = advisory(&records, "oracle-8", "CVE-2024-71001");
    assert_eq!(first.published, Some(1_719_360_000));
}

#[test]
fn photon_names_packages_by_advisory_and_by_present_state() {
    let records = mirror(&[(PHOTON, fixture("photon-oval/good.xml"))]);
    assert_eq!(
        lines(&records, "photon-5.0"),
        [
            "CVE-2024-72001 (PHSA-2024:00001 PHSA-2024:00002) sandglass fixed < 1:0.1-1.ph5",
            "CVE-2024-72001 (PHSA-2024:00001 PHSA-2024:00002) sandglass-devel fixed \
             < 2.14-1.ph5",
            "CVE-2024-72002 (PHSA-2024:00001) sandglass fixed < 2.14-1.ph5",
            "CVE-2024-72002 (PHSA-2024:00001) sandglass-devel fixed < 2.14-1.ph5",
        ]
    );
    let count = &records.counts["photon-oval"];
    assert_eq!(count.records, 3);
    assert_eq!(counts(&count.skipped), [("no versions", 1)]);
    assert_eq!(advisory(&records, "photon-5.0", "CVE-2024-72001").severity, Some(Severity::High));

    let records = mirror(&[(PHOTON_CVE, fixture("photon-cve/good.json"))]);
    assert_eq!(
        lines(&records, "photon-5.0"),
        [
            "CVE-2024-73001 lantern fixed < 7.88.1-4.ph5 CRITICAL",
            "CVE-2024-73001 lantern-libs fixed < 7.88.1-4.ph5 CRITICAL",
            "CVE-2024-73001 src:lantern fixed < 7.88.1-4.ph5 CRITICAL",
            "CVE-2024-73001 src:lantern-libs fixed < 7.88.1-4.ph5 CRITICAL",
            "CVE-2024-73004 oil affected every version",
            "CVE-2024-73004 src:oil affected every version",
        ]
    );
    let count = &records.counts["photon-cve"];
    assert_eq!(count.records, 7);
    assert_eq!(
        counts(&count.skipped),
        [("fixed in no version", 1), ("no id", 2), ("not affected", 1)]
    );
}

#[test]
fn present_state_outweighs_an_advisory() {
    let state = br#"[{"cve_id": "CVE-2024-72001", "pkg": "sandglass", "cve_score": 5.0,
        "aff_ver": "x", "res_ver": "0.5-1.ph5", "status": "Fixed"}]"#;
    let records =
        mirror(&[(PHOTON, fixture("photon-oval/good.xml")), (PHOTON_CVE, state.to_vec())]);
    let lines = lines(&records, "photon-5.0");
    let of = |package: &str| lines.iter().find(|line| line.contains(package)).cloned();
    assert_eq!(
        of(" sandglass ").as_deref(),
        Some("CVE-2024-72001 (PHSA-2024:00001 PHSA-2024:00002) sandglass fixed < 0.5-1.ph5 MEDIUM")
    );
    assert!(of(" sandglass-devel ").is_some());
}

#[test]
fn definitions_that_never_end_are_refused() {
    let mut deep = String::from("<oval_definitions><definitions><definition>");
    deep.push_str(&"<criteria>".repeat(50));
    let records =
        mirror(&[(ORACLE, deep.into_bytes()), (PHOTON_CVE, fixture("photon-cve/good.json"))]);
    assert_eq!(records.refused[0].reason, "the file holds more than 32 criteria inside each other");
    let empty = b"<oval_definitions><definitions/></oval_definitions>".to_vec();
    let records = mirror(&[(ORACLE, empty)]);
    assert_eq!(records.refused[0].reason, "the file holds no records");
}

#[test]
fn real_definitions_are_as_many_as_the_manifest_says() {
    let Some(root) = shared_feeds() else { return };
    let of = |file: &str| read_shared(&root, |path| path.ends_with(file));
    // Counted in the files with other tools: definitions, those that are not applicable, those
    // without a version, and pairs of package and vulnerability of the others.
    for (file, name, definitions, not_applicable, no_version, pairs) in [
        ("azurelinux-3.0-oval.xml.gz", "azurelinux-3.0", 1_222, 1, None, 1_220),
        ("cbl-mariner-2.0-oval.xml.gz", "mariner-2.0", 2_436, 132, Some(2), 2_288),
        ("cbl-mariner-1.0-oval.xml.gz", "mariner-1.0", 2_252, 78, None, 2_156),
    ] {
        let records = of(file);
        let count = &records.counts["azurelinux-oval"];
        assert_eq!(count.records, definitions, "{file}");
        assert_eq!(count.skipped["not applicable"], not_applicable, "{file}");
        assert_eq!(count.skipped.get("no versions").copied(), no_version, "{file}");
        assert_eq!(lines(&records, name).len(), pairs, "{file}");
        assert_eq!(records.refused, []);
    }
    let photon = of("com.vmware.phsa-photon3.xml.gz");
    assert_eq!(photon.counts["photon-oval"].records, 222);
    assert_eq!(counts(&photon.counts["photon-oval"].skipped), []);
    assert_eq!(counts(&photon.counts["photon-oval"].notes), []);
    assert_eq!(segment(&photon, "photon-3.0").advisories.len(), 497);
    assert_eq!(lines(&photon, "photon-3.0").len(), 2_467);
}

#[test]
fn real_definitions_say_what_their_text_says() {
    let Some(root) = shared_feeds() else { return };
    let all = read_shared(&root, |path| {
        path.starts_with("azurelinux-oval/") || path.starts_with("photon/")
    });
    let line = |name: &str, start: &str| {
        let found = lines(&all, name).into_iter().find(|line| line.starts_with(start));
        found.unwrap_or_else(|| panic!("no `{start}` in `{name}`"))
    };
    // Read by eye in the files themselves.
    assert_eq!(
        line("azurelinux-3.0", "CVE-2024-6874 src:cmake"),
        "CVE-2024-6874 src:cmake fixed < 3.30.3-2.azl3 MEDIUM"
    );
    assert_eq!(
        line("azurelinux-3.0", "CVE-2022-41717 src:golang"),
        "CVE-2022-41717 src:golang fixed < 1.21.6-1.azl3 MEDIUM"
    );
    assert_eq!(
        line("mariner-2.0", "CVE-2022-3857 src:syslinux"),
        "CVE-2022-3857 src:syslinux affected <= 6.04-10.cm2 MEDIUM"
    );
    assert_eq!(
        line("photon-3.0", "CVE-2019-16168 (PHSA-2020:00001) sqlite "),
        "CVE-2019-16168 (PHSA-2020:00001) sqlite fixed < 3.27.2-5.ph3"
    );
}

#[test]
fn definitions_of_other_projects_are_read() {
    let Some(oracle) = foreign_fixture(
        VULS,
        "pkg/fetch/oracle/linux/testdata/fixtures/com.oracle.elsa-all.xml.bz2",
    ) else {
        return;
    };
    let records = mirror(&[(ORACLE, oracle)]);
    assert_eq!(records.counts["oracle-oval"].records, 2);
    assert_eq!(counts(&records.counts["oracle-oval"].notes), []);
    assert_eq!(
        lines(&records, "oracle-5")[0],
        "CVE-2007-0493 (ELSA-2007-0057) bind fixed < 30:9.3.3-8.el5"
    );
    assert_eq!(lines(&records, "oracle-5").len(), 2 * 8);
    assert_eq!(
        lines(&records, "oracle-8")[0],
        "CVE-2022-4144 (ELSA-2023-12342) hivex fixed \
         < 1.3.18-21.module+el8.7.0+21037+8ee66348 [virt:kvm_utils]"
    );
    let vunnel = "vunnel-provider-fixtures.tar.gz";
    let per_arch = foreign_fixture(vunnel, "oracle/test-fixtures/mock_per_arch_data");
    let records = mirror(&[("oracle-oval/com.oracle.elsa-all.xml", per_arch.unwrap())]);
    let all: Vec<String> = records.segments.keys().flat_map(|name| lines(&records, name)).collect();
    // Real definitions, by their collectors' word: one rebuilt with another number on one
    // processor only, and two that are the same on each.
    let of = |package: &str| -> Vec<&String> {
        let about = format!(" {package} fixed");
        all.iter().filter(|line| line.contains(&about)).collect()
    };
    assert_eq!(
        of("rsyslog"),
        [
            "CVE-2022-24903 (ELSA-2022-4803) rsyslog fixed < 8.24.0-57.0.4.el7_9.3 [aarch64]",
            "CVE-2022-24903 (ELSA-2022-4803) rsyslog fixed < 8.24.0-57.0.1.el7_9.3 \
             [i386 i586 i686 x86_64]",
        ]
    );
    assert!(of("firefox").iter().all(|line| !line.ends_with(']')), "{:?}", of("firefox"));
    assert!(of("osbuild").iter().all(|line| !line.ends_with(']')), "{:?}", of("osbuild"));
    assert!(!of("firefox").is_empty() && !of("osbuild").is_empty());

    let photon =
        foreign_fixture(VULS, "photon/oval/testdata/fixtures/happy/com.vmware.phsa-photon5.xml.gz");
    let records = mirror(&[(PHOTON, photon.unwrap())]);
    assert_eq!(
        lines(&records, "photon-5.0")[0],
        "CVE-2023-5115 (PHSA-2024:00001) ansible fixed < 2.14.12-1.ph5"
    );
    let photon = foreign_fixture(vunnel, "photon/test-fixtures/input/cve_data_photon4.0.json");
    let records = mirror(&[("photon/cve_data_photon4.0.json", photon.unwrap())]);
    assert_eq!(records.counts["photon-cve"].records, 7);
    assert_eq!(
        lines(&records, "photon-4.0")[0],
        "CVE-2023-38545 curl fixed < 7.88.1-4.ph4 CRITICAL"
    );
}
