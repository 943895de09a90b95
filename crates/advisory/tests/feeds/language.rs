//! Registries of languages, programs, and those who collect advisories about them.

use crate::recipe::{advisory, fixture, mirror, read_shared, segment, shared_feeds, zip_of};
use crate::recipe::{counts, lines};
use lazaret_advisory::records::Records;
use lazaret_core::advisory::{Affected, RangeEnd, Status};
use lazaret_core::severity::Severity;
use lazaret_core::version::Scheme;
use std::io::Write as _;

const RUBYSEC: &str = "ruby-advisory-db-master.zip";
const FRIENDS: &str = "FriendsOfPHP/security-advisories-master.zip";
const NODEJS: &str = "nodejs/security-wg-main.zip";
const LIBRARIES: &str = "npm/jsrepository-v5.json";
const PACKAGES: &str = "npm/npmrepository.json";
const JENKINS: &str = "updates.jenkins.io/update-center.actual.json";
const VICTIMS: &str = "victims-cve-db-master.zip";
const PROJECT_KB: &str = "project-kb-vulnerability-data.zip";
const KUBERNETES: &str = "vuln-list-k8s-main.zip";
const GITHUB: &str = "advisory-database-main.zip";

/// An archive of fixtures: the path inside, and the fixture.
fn bundle(files: &[(&str, &str)]) -> Vec<u8> {
    let files: Vec<(&str, Vec<u8>)> =
        files.iter().map(|(path, name)| (*path, fixture(name))).collect();
    zip_of(&files)
}

fn rubysec() -> Vec<u8> {
    bundle(&[
        ("ruby-advisory-db-master/gems/sandGlass/CVE-2024-41001.yml", "rubysec/gem.yml"),
        ("ruby-advisory-db-master/gems/lantern/CVE-2024-41001.yml", "rubysec/second_gem.yml"),
        ("ruby-advisory-db-master/gems/oil/GHSA-dddd-eeee-ffff.yml", "rubysec/ghsa_only.yml"),
        ("ruby-advisory-db-master/gems/sandGlass/OSVDB-1.yml", "rubysec/none_affected.yml"),
        ("ruby-advisory-db-master/gems/sandGlass/CVE-2024-41003.yml", "rubysec/wrong.yml"),
        ("ruby-advisory-db-master/rubies/ruby/CVE-2024-41002.yml", "rubysec/ruby.yml"),
        // What the repository has besides.
        ("ruby-advisory-db-master/spec/schemas/gem.yml", "rubysec/wrong.yml"),
    ])
}

fn friends() -> Vec<u8> {
    bundle(&[
        ("security-advisories-master/sand/glass/CVE-2024-42001.yaml", "friendsofphp/branches.yaml"),
        (
            "security-advisories-master/sand/glass-core/CVE-2024-42001.yaml",
            "friendsofphp/same_cve.yaml",
        ),
        ("security-advisories-master/sand/glass/2012-01-01.yaml", "friendsofphp/no_cve.yaml"),
        (
            "security-advisories-master/sand/glass/GHSA-frn0-frn0-frn0.yaml",
            "friendsofphp/no_cve.yaml",
        ),
        (
            "security-advisories-master/sand/glass/CVE-2024-42002.yaml",
            "friendsofphp/no_versions.yaml",
        ),
        ("security-advisories-master/sand/glass/CVE-2024-42003.yaml", "friendsofphp/wrong.yaml"),
        ("security-advisories-master/.github/workflows/php.yaml", "friendsofphp/wrong.yaml"),
    ])
}

fn nodejs() -> Vec<u8> {
    bundle(&[
        ("security-wg-main/vuln/core/7.json", "nodejs/core.json"),
        ("security-wg-main/vuln/core/41.json", "nodejs/core_no_cve.json"),
        ("security-wg-main/vuln/core/index.json", "nodejs/core.json"),
        ("security-wg-main/vuln/npm/9001.json", "nodejs/npm.json"),
        ("security-wg-main/vuln/npm/9002.json", "nodejs/npm_no_fix.json"),
        ("security-wg-main/meetings/npm/2018.json", "nodejs/npm.json"),
    ])
}

fn victims() -> Vec<u8> {
    bundle(&[
        ("database/java/2018/45001.yaml", "victims/java.yaml"),
        ("database/python/2014/45002.yaml", "victims/python.yaml"),
        ("database/java/2014/45003.yaml", "victims/wrong.yaml"),
        ("samples/java/2014/45003.yaml", "victims/wrong.yaml"),
    ])
}

fn project_kb() -> Vec<u8> {
    bundle(&[
        ("statements/CVE-2018-46001/statement.yaml", "project-kb/statement.yaml"),
        ("statements/CVE-2018-46002/statement.yaml", "project-kb/commits_only.yaml"),
    ])
}

fn kubernetes() -> Vec<u8> {
    zip_of(&[
        ("upstream/CVE-2024-47001.json", fixture("kubernetes/component.json")),
        ("last_updated.json", br#"{"k8s-vulndb":"2024-09-01T00:00:00Z"}"#.to_vec()),
    ])
}

fn github() -> Vec<u8> {
    let reviewed = "advisory-database-main/advisories/github-reviewed/2024/05";
    let unreviewed = "advisory-database-main/advisories/unreviewed/2024/05";
    bundle(&[
        (
            &format!("{reviewed}/GHSA-gh10-gh10-gh10/GHSA-gh10-gh10-gh10.json"),
            "github/advisory.json",
        ),
        (&format!("{unreviewed}/GHSA-gh10-gh10-gh11/GHSA-gh10-gh10-gh11.json"), "osv/npm.json"),
    ])
}

/// A record of OSV about one package.
fn record(ecosystem: &str, id: &str, name: &str, fixed: &str) -> Vec<u8> {
    let json = format!(
        r#"{{"id":"{id}","aliases":["CVE-2024-40022"],"affected":[{{"package":
        {{"ecosystem":"{ecosystem}","name":"{name}"}},"ranges":[{{"type":"ECOSYSTEM",
        "events":[{{"introduced":"0"}},{{"fixed":"{fixed}"}}]}}]}}]}}"#
    );
    zip_of(&[("record.json", json.into_bytes())])
}

/// Exports whose records say nothing that others do not: OSV's name, id, package, fixed version and
/// what is expected of them in which segment.
const PLAIN: [(&str, &str, &str, &str, &str, &str, &str); 11] = [
    ("osv-bioconductor", "Bioconductor", "RSEC-2024-9", "SandR", "1.2.3", "cran", "SandR"),
    ("osv-conan", "ConanCenter", "GHSA-con0-con0-con0", "sand", "1.2.3", "conan", "sand"),
    ("osv-cran", "CRAN", "RSEC-2024-8", "sandR", "1.2.3", "cran", "sandR"),
    (
        "osv-github-actions",
        "GitHub Actions",
        "GHSA-act0-act0-act0",
        "Sand/Glass",
        "4.1.0",
        "github-actions",
        "sand/glass",
    ),
    ("osv-ghc", "GHC", "HSEC-2024-9002", "ghc", "9.6.6", "programs", "ghc"),
    ("osv-hex", "Hex", "GHSA-hex0-hex0-hex0", "sand_glass", "1.2.3", "hex", "sand_glass"),
    ("osv-opam", "opam", "OSEC-2024-01", "sand-glass", "1.2.3", "opam", "sand-glass"),
    ("osv-pub", "Pub", "GHSA-pub0-pub0-pub0", "sand_glass", "1.2.3", "pub", "sand_glass"),
    (
        "osv-swift",
        "SwiftURL",
        "GHSA-swf0-swf0-swf0",
        "https://github.com/Sand/Glass.git",
        "1.2.3",
        "swift",
        "github.com/sand/glass",
    ),
    ("osv-vscode", "VSCode", "GHSA-vsc0-vsc0-vsc0", "Sand.Glass", "1.2.3", "vscode", "sand/glass"),
    (
        "osv-drupal",
        "Packagist:https://packages.drupal.org/8",
        "DSA-CONTRIB-2024-001",
        "drupal/Glass",
        "1.16.0",
        "packagist",
        "drupal/glass",
    ),
];

/// The folder of an export; Drupal's own has another name than its packages' registry.
fn export_path(ecosystem: &str) -> String {
    let folder = if ecosystem.starts_with("Packagist") { "Drupal" } else { ecosystem };
    format!("osv/{folder}/all.zip")
}

/// A good file of each of these feeds: its id, the path it has in a mirror, and its bytes.
pub(crate) fn good_files() -> Vec<(&'static str, &'static str, Vec<u8>)> {
    let osv = |name: &str| zip_of(&[("record.json", fixture(&format!("osv/{name}")))]);
    let mut files = vec![
        ("github", GITHUB, github()),
        ("jenkins", JENKINS, fixture("jenkins/center.json")),
        ("kubernetes", KUBERNETES, kubernetes()),
        ("nodejs", NODEJS, nodejs()),
        ("friendsofphp", FRIENDS, friends()),
        ("project-kb", PROJECT_KB, project_kb()),
        ("retirejs", LIBRARIES, fixture("retirejs/libraries.json")),
        ("rubysec", RUBYSEC, rubysec()),
        ("victims", VICTIMS, victims()),
        ("osv-bitnami", "Bitnami/all.zip", osv("bitnami.json")),
        ("osv-hackage", "Hackage/all.zip", osv("hackage.json")),
        ("osv-julia", "Julia/all.zip", record("Julia", "JLSEC-2024-1", "Sand_jll", "1.2.3+0")),
        (
            "osv-kubernetes",
            "Kubernetes/all.zip",
            zip_of(&[("record.json", fixture("kubernetes/component.json"))]),
        ),
        ("osv-psf", "PSF/all.zip", osv("no_package.json")),
    ];
    for (id, ecosystem, record_id, name, fixed, _, _) in PLAIN {
        let path: &'static str = export_path(ecosystem).leak();
        files.push((id, path, record(ecosystem, record_id, name, fixed)));
    }
    files
}

#[test]
fn every_registry_of_osv_fills_its_segment() {
    for (feed, ecosystem, id, name, fixed, segment, filed) in PLAIN {
        let path = export_path(ecosystem);
        let records = mirror(&[(&path, record(ecosystem, id, name, fixed))]);
        assert_eq!(
            lines(&records, segment),
            [format!("{id} (CVE-2024-40022) {filed} fixed < {fixed}")],
            "{feed}"
        );
        assert_eq!(records.counts[feed].records, 1);
    }
}

#[test]
fn bitnami_says_its_severity_beside_the_package() {
    let records =
        mirror(&[("Bitnami/all.zip", zip_of(&[("a.json", fixture("osv/bitnami.json"))]))]);
    assert_eq!(
        lines(&records, "bitnami"),
        [
            "BIT-sandglass-2024-40020 (CVE-2024-40020) sandglass affected >= 5.0.0, <= 5.15.11 CRITICAL"
        ]
    );
    let bitnami = advisory(&records, "bitnami", "BIT-sandglass-2024-40020");
    // The score is FIRST's own; the word is the record's.
    assert!((bitnami.scores[0].score - 9.8).abs() < f64::EPSILON);
    assert_eq!(bitnami.severity, Some(Severity::High));
}

#[test]
fn haskell_packages_and_their_compiler_are_judged_apart() {
    let records =
        mirror(&[("Hackage/all.zip", zip_of(&[("a.json", fixture("osv/hackage.json"))]))]);
    assert_eq!(
        lines(&records, "hackage"),
        ["HSEC-2024-9001 (CVE-2024-40021) Sand-glass fixed >= 0.5.0, < 1.9.1"]
    );
    assert_eq!(
        lines(&records, "programs"),
        ["HSEC-2024-9001 (CVE-2024-40021) ghc fixed >= 9.2.4, < 9.2.5 | >= 9.4.2, < 9.4.3"]
    );
    assert_eq!(records.counts["osv-hackage"].records, 1);
    assert_eq!(segment(&records, "hackage").gap, None);
    assert!(segment(&records, "programs").gap.is_some());
}

#[test]
fn what_a_package_brings_along_is_the_same_vulnerability() {
    let julia = |ids: &str| {
        let json = format!(
            r#"{{"id":"JLSEC-2024-2","modified":"2024-05-01T10:00:00.455Z",{ids},"affected":[{{
            "package":{{"ecosystem":"Julia","name":"Sand_jll"}},"ranges":[{{"type":"SEMVER",
            "events":[{{"introduced":"0"}},{{"fixed":"4.3.1+0"}}]}}]}}]}}"#
        );
        let records = mirror(&[("Julia/all.zip", zip_of(&[("a.json", json.into_bytes())]))]);
        advisory(&records, "julia", "JLSEC-2024-2").aliases.clone()
    };
    assert_eq!(julia(r#""upstream":["CVE-2024-40023"]"#), ["CVE-2024-40023"]);
    assert_eq!(julia(r#""aliases":[],"upstream":["CVE-2024-40023"]"#), ["CVE-2024-40023"]);
    // A record with an alias of its own is about that.
    let both = r#""aliases":["CVE-2024-40024"],"upstream":["CVE-2024-40023"]"#;
    assert_eq!(julia(both), ["CVE-2024-40024"]);
}

#[test]
fn an_unmaintained_crate_is_at_its_end_and_not_vulnerable() {
    let bytes = zip_of(&[("a.json", fixture("osv/informational.json"))]);
    let records = mirror(&[("crates.io/all.zip", bytes)]);
    assert_eq!(
        lines(&records, "crates.io"),
        [
            "RUSTSEC-2024-9002 odd-glass affected every version",
            "RUSTSEC-2024-9002 old-glass end_of_life every version",
            "RUSTSEC-2024-9002 plain-glass affected every version",
            "RUSTSEC-2024-9002 thin-glass fixed < 1.2.0",
        ]
    );
    assert_eq!(advisory(&records, "crates.io", "RUSTSEC-2024-9002").severity, None);
}

#[test]
fn exports_without_packages_are_counted_and_left_alone() {
    let records = mirror(&[
        ("PSF/all.zip", zip_of(&[("a.json", fixture("osv/no_package.json"))])),
        ("osv/Android/all.zip", Vec::new()),
        ("osv/OSS-Fuzz/all.zip", Vec::new()),
    ]);
    assert!(records.segments.is_empty());
    assert_eq!(counts(&records.counts["osv-psf"].skipped), [("no package", 1)]);
    assert_eq!(records.counts["osv-psf"].left_out.len(), 2);
    assert_eq!(records.refused, []);
}

#[test]
fn github_fills_every_registry_it_reviews() {
    let records = mirror(&[(GITHUB, github())]);
    for (name, expected) in [
        ("crates.io", "sand-glass fixed < 0.7.0"),
        ("github-actions", "sand/glass fixed < 4.1.0"),
        ("go", "example.org/sand/glass fixed < 0.6.0 | >= 1.0.0, < 1.1.0"),
        ("hex", "sand_glass fixed < 0.8.0"),
        // The last version known to be affected is no end: nobody says that the next is not.
        ("maven", "org.sand:glass affected >= 2.0"),
        ("npm", "@sand/glass fixed < 1.2.0"),
        ("nuget", "sand.glass fixed < 3.0.0"),
        ("packagist", "sand/glass fixed < 5.0"),
        ("pub", "sand_glass fixed < 0.9.0"),
        ("pypi", "sand-glass fixed < 1.3"),
        ("rubygems", "sand-glass fixed < 4.0"),
        ("swift", "github.com/sand/glass fixed < 1.28.0"),
    ] {
        let line = format!("GHSA-gh10-gh10-gh10 (CVE-2024-40030) {expected}");
        assert_eq!(lines(&records, name), [line], "{name}");
        let advisory = advisory(&records, name, "GHSA-gh10-gh10-gh10");
        assert_eq!(advisory.severity, Some(Severity::Critical));
        assert_eq!((advisory.scores.len(), &advisory.cwes[..]), (1, &["CWE-22".to_owned()][..]));
    }
    let count = &records.counts["github"];
    assert_eq!((count.files, count.records), (1, 1));
    assert_eq!(counts(&count.notes), [("unreviewed advisory", 1)]);
}

#[test]
fn github_is_read_as_a_tarball_and_as_a_folder_too() {
    let path = "advisories/github-reviewed/2024/05/GHSA-gh10-gh10-gh10/GHSA-gh10-gh10-gh10.json";
    let text = fixture("github/advisory.json");
    let mut builder = tar::Builder::new(Vec::new());
    let mut header = tar::Header::new_gnu();
    header.set_size(text.len().try_into().unwrap());
    header.set_mode(0o644);
    let inside = format!("advisory-database-main/{path}");
    builder.append_data(&mut header, inside, text.as_slice()).unwrap();
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(&builder.into_inner().unwrap()).unwrap();
    let tarball = mirror(&[("github/advisory-database.tar.gz", gzip.finish().unwrap())]);
    let folder = mirror(&[(path, text)]);
    let zip = mirror(&[(GITHUB, github())]);
    assert_eq!(folder.segments, zip.segments);
    assert_eq!(tarball.segments, zip.segments);
}

#[test]
fn rubysec_means_what_is_neither_patched_nor_unaffected() {
    let records = mirror(&[(RUBYSEC, rubysec())]);
    // `~> 1.2.3` ends before the pre-releases of 1.3, by `Gem::Requirement`.
    assert_eq!(
        lines(&records, "rubygems"),
        [
            "CVE-2024-41001 (GHSA-aaaa-bbbb-cccc OSVDB-94711) lantern affected every version",
            "CVE-2024-41001 (GHSA-aaaa-bbbb-cccc OSVDB-94711) sandGlass fixed \
             >= 1.0.0.beta2, < 1.2.3 | >= 1.3.a, < 1.4.7 | >= 1.5.a, < 2.0.0.rc1",
            "GHSA-dddd-eeee-ffff oil affected <= 3.1",
        ]
    );
    assert_eq!(
        lines(&records, "programs"),
        // In the order of programs `-dev` comes first, as `.a` does in RubyGems'.
        ["CVE-2024-41002 ruby fixed < 3.1.5 | >= 3.2-dev, < 3.2.4"]
    );
    let both = advisory(&records, "rubygems", "CVE-2024-41001");
    // The newer scores decide in the first file (6.9 is medium), the old one in the second (7.5).
    assert_eq!(both.severity, Some(Severity::High));
    // `date -u -d 2024-04-30 +%s`
    assert_eq!((both.published, both.modified), (Some(1_714_435_200), None));
    let count = &records.counts["rubysec"];
    assert_eq!((count.files, count.records), (1, 6));
    assert_eq!(counts(&count.skipped), [("no version is affected", 1)]);
    assert_eq!(records.refused.len(), 1);
    assert!(records.refused[0].record.ends_with("gems/sandGlass/CVE-2024-41003.yml"));
    assert_eq!(records.refused[0].reason, "`newer than 3` is not a requirement of RubyGems");
    assert_eq!(segment(&records, "rubygems").gap, None);
    assert_eq!(segment(&records, "programs").scheme, Scheme::Letters);
}

#[test]
fn friendsofphp_means_any_branch() {
    let records = mirror(&[(FRIENDS, friends())]);
    assert_eq!(
        lines(&records, "packagist"),
        [
            "CVE-2024-42001 sand/glass fixed >= 1.0.0-dev, < 1.4.7 | >= 2.0.0-beta1, <= 2.0.3 \
             | >= 2.1.0.1, < 2.1.5",
            "CVE-2024-42001 sand/glass-core fixed < 3.0",
            "GHSA-frn0-frn0-frn0 sand/glass fixed < 0.9",
            "sand/glass/2012-01-01 sand/glass fixed < 0.9",
        ]
    );
    // `date -u -d 2024-05-01 +%s`
    let published = advisory(&records, "packagist", "CVE-2024-42001").published;
    assert_eq!(published, Some(1_714_521_600));
    let count = &records.counts["friendsofphp"];
    assert_eq!((count.files, count.records), (1, 7));
    assert_eq!(
        counts(&count.skipped),
        [("no versions", 1), ("what the repository keeps for itself", 1)]
    );
    assert_eq!(records.refused.len(), 1);
    assert_eq!(records.refused[0].reason, "`<dev-master` is no condition of Composer");
}

#[test]
fn the_node_working_group_means_what_is_vulnerable_and_not_patched() {
    let records = mirror(&[(NODEJS, nodejs())]);
    assert_eq!(
        lines(&records, "programs"),
        [
            "CVE-2024-43001 node fixed >= 18.0.0, < 18.20.4 | >= 20.0.0, < 20.15.1 \
             | >= 21.0.0, < 22.0.0",
            "CVE-2024-43002 node fixed >= 18.0.0, < 18.20.4 | >= 20.0.0, < 20.15.1 \
             | >= 21.0.0, < 22.0.0",
            "NSWG-CORE-41 node fixed >= 4.0.0, < 4.1.1",
        ]
    );
    assert_eq!(
        lines(&records, "npm"),
        [
            "NSWG-ECO-9001 (CVE-2018-43003) @sand/glass fixed <= 1.0.0 | >= 1.0.1, < 1.0.1",
            "NSWG-ECO-9002 lantern affected every version",
        ]
    );
    let scored = advisory(&records, "npm", "NSWG-ECO-9001");
    assert_eq!((scored.scores[0].score, scored.severity), (9.8, None));
    // `date -u -d 2018-04-08 +%s` and `date -u -d 2018-04-09 +%s`
    assert_eq!((scored.published, scored.modified), (Some(1_523_145_600), Some(1_523_232_000)));
    assert_eq!(advisory(&records, "npm", "NSWG-ECO-9002").severity, Some(Severity::High));
    assert_eq!(advisory(&records, "programs", "NSWG-CORE-41").severity, Some(Severity::Low));
    let count = &records.counts["nodejs"];
    assert_eq!((count.files, count.records), (1, 5));
    assert_eq!(counts(&count.skipped), [("the same advisories in one file", 1)]);
    assert!(segment(&records, "npm").gap.is_some());
}

#[test]
fn retire_knows_packages_by_their_name_in_npm() {
    let records = mirror(&[
        (LIBRARIES, fixture("retirejs/libraries.json")),
        (PACKAGES, fixture("retirejs/packages.json")),
        ("npm/jsrepository.json", fixture("retirejs/libraries.json")),
    ]);
    assert_eq!(
        lines(&records, "npm"),
        [
            "CVE-2024-44001 (GHSA-ret0-ret0-ret0) sandglass fixed \
             < 1.6.3 | >= 1.12.3, < 3.0.0-beta1",
            "NSWG-ECO-13 lantern fixed < 2.4.4",
            "retire.js-73 sandglass end_of_life <= 2.999.999",
            "retire.js/lantern/99.999.99999 lantern affected every version",
        ]
    );
    assert_eq!(advisory(&records, "npm", "CVE-2024-44001").severity, Some(Severity::Medium));
    let count = &records.counts["retirejs"];
    assert_eq!((count.files, count.records), (2, 9));
    assert_eq!(
        counts(&count.skipped),
        [("a library without a known package", 1), ("an example", 2), ("no versions", 1)]
    );
    assert_eq!(counts(&count.notes), [("excluded versions left out", 1)]);
    assert_eq!(count.left_out.len(), 1);
}

#[test]
fn jenkins_warns_of_the_versions_its_patterns_match() {
    let records = mirror(&[(JENKINS, fixture("jenkins/center.json"))]);
    assert_eq!(
        lines(&records, "maven"),
        [
            "SECURITY-9001 org.sand:sandglass affected >= 1.0, <= 1.16",
            "SECURITY-9002 io.jenkins.plugins:lantern affected every version",
            "SECURITY-9002 org.jenkins-ci.plugins:lantern affected every version",
            "SECURITY-9004 org.sand:sandglass affected <= 0.9",
            "core-2_57 org.jenkins-ci.main:jenkins-core affected \
             >= 1, <= 2.46.1 | >= 2.47, <= 2.56",
            "core-2_57 org.jenkins-ci.main:jenkins-war affected \
             >= 1, <= 2.46.1 | >= 2.47, <= 2.56",
        ]
    );
    // `date -u -d 2024-05-01 +%s`
    assert_eq!(advisory(&records, "maven", "SECURITY-9001").published, Some(1_714_521_600));
    let count = &records.counts["jenkins"];
    assert_eq!(count.records, 5);
    assert_eq!(counts(&count.skipped), [("neither core nor plugin", 1)]);
    assert_eq!(
        counts(&count.notes),
        [("pattern read by its last version", 1), ("plugin without coordinates", 1)]
    );
    // The list of warnings alone, as some mirrors have it.
    let list =
        br#"[{"id":"SECURITY-1","type":"plugin","name":"oil","versions":[{"pattern":"1"}]}]"#;
    let records = mirror(&[("maven/jenkins-warnings.json", list.to_vec())]);
    assert_eq!(
        lines(&records, "maven"),
        [
            "SECURITY-1 io.jenkins.plugins:oil affected =1",
            "SECURITY-1 org.jenkins-ci.plugins:oil affected =1",
        ]
    );
}

#[test]
fn victims_conditions_are_about_their_line() {
    let records = mirror(&[(VICTIMS, victims())]);
    assert_eq!(
        lines(&records, "maven"),
        [
            "CVE-2018-45001 org.sand:glass fixed >= 1.9, < 1.9.4 | >= 2.3, <= 2.3.15 \
             | >= 2.3.15.1, < 2.3.15.1",
            "CVE-2018-45001 org.sand:lantern affected <= 1.4",
        ]
    );
    assert_eq!(
        lines(&records, "pypi"),
        ["CVE-2014-45002 sand-glass fixed <= 2.2.1 | >= 2.3.0, < 2.3.0"]
    );
    assert_eq!(advisory(&records, "maven", "CVE-2018-45001").severity, Some(Severity::Medium));
    let count = &records.counts["victims"];
    assert_eq!((count.files, count.records), (1, 3));
    assert_eq!(counts(&count.notes), [("invalid version", 1)]);
    assert_eq!(records.refused[0].reason, "`~2.3` is no condition of this database");
}

#[test]
fn project_kb_means_the_releases_it_looked_at() {
    let records = mirror(&[(PROJECT_KB, project_kb())]);
    assert_eq!(
        lines(&records, "maven"),
        [
            "CVE-2018-46001 org.sand:glass fixed >= 2.9.0, <= 2.10.0 | >= 2.11.0, < 2.11.0",
            "CVE-2018-46001 org.sand:glass-all affected =1.0+1",
        ]
    );
    let count = &records.counts["project-kb"];
    assert_eq!((count.files, count.records), (1, 2));
    assert_eq!(counts(&count.skipped), [("commits only", 1)]);
    assert_eq!(counts(&count.notes), [("release that cannot be read", 1)]);
}

#[test]
fn components_of_kubernetes_are_programs() {
    for files in [
        (KUBERNETES, kubernetes()),
        ("Kubernetes/all.zip", zip_of(&[("a.json", fixture("kubernetes/component.json"))])),
    ] {
        let records = mirror(&[files]);
        assert_eq!(
            lines(&records, "programs"),
            ["CVE-2024-47001 kube-apiserver fixed < 1.24.15 | >= 1.25.0, < 1.25.11 CRITICAL"]
        );
        // A module with versions of its own, and not `k8s.io/apiserver`, which has others.
        assert_eq!(lines(&records, "go"), ["CVE-2024-47001 sigs.k8s.io/sand-driver fixed < 1.3.3"]);
        assert!(segment(&records, "go").gap.is_some());
    }
    let records = mirror(&[(KUBERNETES, kubernetes())]);
    assert_eq!(counts(&records.counts["kubernetes"].skipped), [("no advisory", 1)]);
    assert_eq!(records.counts["kubernetes"].records, 2);
}

#[test]
fn what_two_sources_say_under_one_id_stands_side_by_side() {
    let statement = |id: &str, version: &str| {
        let yaml = format!(
            "vulnerability_id: {id}\nartifacts:\n- id: pkg:maven/org.sand/glass@{version}\n  affected: true\n"
        );
        zip_of(&[("statements/x/statement.yaml", yaml.into_bytes())])
    };
    let records = mirror(&[
        (VICTIMS, victims()),
        (PROJECT_KB, statement("CVE-2018-45001", "7.0")),
        (GITHUB, github()),
    ]);
    let maven = &segment(&records, "maven").advisories;
    let packages = |id: &str| -> Vec<usize> {
        maven.iter().filter(|a| a.id == id).map(|a| a.affected.len()).collect()
    };
    assert_eq!(packages("CVE-2018-45001"), [1, 2]);
    // A document of GitHub's is not touched by who took its id.
    let records =
        mirror(&[(PROJECT_KB, statement("GHSA-gh10-gh10-gh10", "7.0")), (GITHUB, github())]);
    let maven = &segment(&records, "maven").advisories;
    let severities: Vec<Option<Severity>> = maven.iter().map(|a| a.severity).collect();
    assert_eq!(severities, [Some(Severity::Critical), None]);
}

#[test]
fn a_collection_of_volunteers_does_not_close_a_gap() {
    let npm = "osv-samples/npm/all.zip";
    let osv = |name: &str| zip_of(&[("a.json", fixture(&format!("osv/{name}")))]);
    let records = mirror(&[(npm, osv("npm.json")), (NODEJS, nodejs())]);
    let gap = segment(&records, "npm").gap.as_deref();
    assert_eq!(gap, Some("samples of the OSV database, not the whole of it"));
    let records = mirror(&[(npm, osv("npm.json")), (NODEJS, nodejs()), (GITHUB, github())]);
    assert_eq!(segment(&records, "npm").gap, None);
}

/// Everything real that these feeds read.
fn real() -> Option<Records> {
    let root = shared_feeds()?;
    Some(read_shared(&root, |path| {
        let folder = path.split('/').next().unwrap_or_default();
        let names = ["rubygems", "packagist", "npm", "maven", "k8s"];
        names.contains(&folder) || (path.starts_with("osv/") && !path.contains("AlmaLinux"))
    }))
}

/// What a package is said to be affected by under an id.
fn affected<'a>(records: &'a Records, name: &str, id: &str, package: &str) -> Vec<&'a Affected> {
    let all = records.segments[name].advisories.iter().filter(|advisory| advisory.id == id);
    let all = all.flat_map(|advisory| &advisory.affected);
    all.filter(|affected| affected.package == package).collect()
}

#[test]
fn real_collections_hold_as_many_records_as_their_manifest_says() {
    let Some(all) = real() else { return };
    let records = |id: &str| all.counts[id].records;
    let skipped = |id: &str| counts(&all.counts[id].skipped);
    assert_eq!(records("osv-bitnami"), 7_444);
    assert_eq!(records("osv-hackage"), 35);
    assert_eq!(records("osv-julia"), 1_703);
    assert_eq!(skipped("osv-julia"), [("withdrawn", 4)]);
    assert_eq!(records("osv-opam"), 26);
    assert_eq!(records("osv-cran"), 14);
    assert_eq!(records("osv-drupal"), 492);
    assert_eq!(skipped("osv-drupal"), []);
    assert_eq!((records("osv-psf"), skipped("osv-psf")), (132, vec![("no package", 132)]));
    // 1,234 about gems and 147 about Rubies. Two say that no version is affected.
    assert_eq!(records("rubysec"), 1_234 + 147);
    assert_eq!(skipped("rubysec"), [("no version is affected", 2)]);
    assert_eq!(records("friendsofphp"), 1_593);
    assert_eq!(skipped("friendsofphp"), [("what the repository keeps for itself", 1)]);
    assert_eq!(records("nodejs"), 172 + 468);
    assert_eq!(skipped("nodejs"), [("the same advisories in one file", 2)]);
    assert_eq!(records("retirejs"), 723 + 545);
    // The libraries without `npmname` have 343 entries, of which one is the example.
    assert_eq!(
        skipped("retirejs"),
        [("a library without a known package", 342), ("an example", 2)]
    );
    assert_eq!((records("jenkins"), skipped("jenkins")), (1_511, vec![]));
    assert_eq!(records("victims"), 218);
    assert_eq!(records("project-kb"), 1_297);
    // 617 statements have a list of releases; in 72 of them none is affected.
    assert_eq!(
        skipped("project-kb"),
        [("commits only", 1_297 - 617), ("no release is affected", 72)]
    );
    assert_eq!((records("kubernetes"), skipped("kubernetes")), (45, vec![("no advisory", 1)]));
    assert_eq!(all.refused, []);
}

#[test]
fn real_collections_say_what_their_text_says() {
    let Some(all) = real() else { return };
    // Read by eye in the files themselves.
    for (name, id, package, expected) in [
        ("rubygems", "CVE-2023-50725", "resque", "fixed < 2.2.1"),
        (
            "programs",
            "CVE-2022-35256",
            "node",
            "fixed >= 14.0.0, < 14.20.1 | >= 16.0.0, < 16.17.1 | >= 18.0.0, < 18.9.1",
        ),
        (
            "programs",
            "CVE-2023-2727",
            "kube-apiserver",
            "fixed < 1.24.15 | >= 1.25.0, < 1.25.11 | >= 1.26.0, < 1.26.6 | >= 1.27.0, < 1.27.3",
        ),
        ("programs", "CVE-2022-25857", "jruby", "fixed < 9.3.8.0"),
        ("npm", "NSWG-ECO-410", "merge-options", "affected <= 1.0.0"),
        ("npm", "CVE-2011-4969", "jquery", "fixed < 1.6.3"),
        (
            "packagist",
            "CVE-2024-38874",
            "jweiland/events2",
            "fixed < 8.3.7 | >= 9.0.0-dev, < 9.0.6",
        ),
        (
            "maven",
            "core-2_57",
            "org.jenkins-ci.main:jenkins-core",
            "affected >= 1, <= 2.46.1 | >= 2.47, <= 2.56",
        ),
        (
            "maven",
            "CVE-2019-10086",
            "commons-beanutils:commons-beanutils",
            "fixed <= 1.9.3 | >= 1.9.4, < 1.9.4",
        ),
        ("bitnami", "BIT-activemq-2020-1941", "activemq", "affected >= 5.0.0, <= 5.15.11"),
        ("crates.io", "RUSTSEC-2016-0004", "libusb", "end_of_life < 0.3.1-0"),
    ] {
        let found = affected(&all, name, id, package);
        let texts: Vec<String> = found
            .iter()
            .map(|affected| {
                let ranges: Vec<String> = affected.ranges.iter().map(ToString::to_string).collect();
                format!("{} {}", affected.status, ranges.join(" | "))
            })
            .collect();
        assert!(texts.iter().any(|text| text == expected), "{id} {package}: {texts:?}");
    }
    let julia = advisory(&all, "julia", "JLSEC-2025-101");
    assert_eq!(julia.aliases, ["CVE-2019-1000016"]);
}

/// RubySec's documents held against what RubyGems says of the versions around their bounds, for
/// the shapes of requirements there are; the answers are `Gem::Requirement`'s.
#[test]
fn real_requirements_hold_of_what_rubygems_says() {
    let Some(all) = real() else { return };
    for (id, package, version, expected) in [
        ("CVE-2013-0155", "activerecord", "2.3.15", true),
        ("CVE-2013-0155", "activerecord", "2.3.16", false),
        ("CVE-2013-0155", "activerecord", "2.3.99", false),
        ("CVE-2013-0155", "activerecord", "3.0.18", true),
        ("CVE-2013-0155", "activerecord", "3.0.19", false),
        ("CVE-2013-0155", "activerecord", "3.1.0.pre", true),
        ("CVE-2013-0155", "activerecord", "3.2.11.rc1", true),
        ("CVE-2013-0155", "activerecord", "4.0.0.beta1", false),
        ("CVE-2022-23476", "nokogiri", "1.13.7", false),
        ("CVE-2022-23476", "nokogiri", "1.13.8", true),
        ("CVE-2022-23476", "nokogiri", "1.13.10", false),
        ("CVE-2020-36327", "bundler", "1.16.0", true),
        ("CVE-2020-36327", "bundler", "1.15.4", false),
        ("CVE-2020-36327", "bundler", "2.2.17", true),
        ("CVE-2020-36327", "bundler", "2.2.18", false),
    ] {
        let affected = affected(&all, "rubygems", id, package);
        assert!(!affected.is_empty(), "{id} {package}");
        let holds = affected.iter().flat_map(|affected| &affected.ranges).any(|range| {
            let compare = |bound: &str| Scheme::Gem.compare(version, bound).unwrap();
            range.introduced.as_deref().is_none_or(|from| compare(from).is_ge())
                && match &range.end {
                    RangeEnd::Fixed(end) => compare(end).is_lt(),
                    RangeEnd::LastAffected(end) => compare(end).is_le(),
                    RangeEnd::Open => true,
                }
        });
        assert_eq!(holds, expected, "{id} {package} {version}");
    }
}

/// GitHub's own documents, as another project keeps a few of them.
#[test]
fn real_advisories_of_github_fill_their_registries() {
    let Some(root) = shared_feeds() else { return };
    let outer = root.join("fixtures/vuls-data-update-fetch-fixtures.tar.gz");
    let outer = std::fs::read(outer).unwrap();
    let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(outer.as_slice()));
    let mut read = 0;
    for entry in archive.entries().unwrap() {
        let mut entry = entry.unwrap();
        if !entry.path().unwrap().ends_with("npm/ghsa/testdata/fixtures/main.tar.gz") {
            continue;
        }
        let mut inner = Vec::new();
        std::io::Read::read_to_end(&mut entry, &mut inner).unwrap();
        let records = mirror(&[("github/advisory-database.tar.gz", inner)]);
        assert_eq!(records.refused, []);
        // `tar tzf` shows this many documents below `github-reviewed`.
        assert_eq!(records.counts["github"].records, 12);
        let go = advisory(&records, "go", "GHSA-qppj-fm5r-hxr3");
        assert_eq!(go.aliases, ["CVE-2023-44487"]);
        let net = go.affected.iter().find(|affected| affected.package == "golang.org/x/net");
        let net = net.expect("golang.org/x/net");
        assert_eq!((net.status, net.ranges[0].to_string().as_str()), (Status::Fixed, "< 0.17.0"));
        assert!(records.segments.contains_key("swift"));
        read += 1;
    }
    assert_eq!(read, 1);
}
