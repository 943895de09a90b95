//! What is vulnerable and how that is told.

use crate::recipe::{about, advisory, affected, db, inventory, location, package, range};
use lazaret_advisory::{Db, Matched, match_inventory};
use lazaret_core::advisory::{Advisory, Affected, Conditions, Score, Status};
use lazaret_core::finding::{Finding, State};
use lazaret_core::inventory::Inventory;
use lazaret_core::package::{Ecosystem, Package, PackageId, Presence, SourcePackage};
use lazaret_core::problem::{Problem, ProblemKind};
use lazaret_core::severity::Severity;
use lazaret_core::version::Scheme;

fn matched(db: &Db, inventory: &Inventory) -> Matched {
    match_inventory(db, inventory).unwrap()
}

/// Matches one package against one record of a segment with the right name.
fn one(os: &str, package: Package, segment: &str, record: Advisory) -> Matched {
    matched(&db(vec![(segment, vec![record])]), &inventory(os, vec![package]))
}

fn only(matched: &Matched) -> &Finding {
    let [finding] = matched.findings.as_slice() else { panic!("{:#?}", matched.findings) };
    finding
}

/// The versions of a package that a record with this extent names.
fn check(
    os: &str,
    ecosystem: Ecosystem,
    segment: &str,
    extent: &[&str],
    versions: &[(&str, bool)],
) {
    for (version, vulnerable) in versions {
        let record = about("CVE-2020-0001", &[], "p", extent);
        let found = one(os, package(ecosystem, "p", version), segment, record);
        assert_eq!(found.findings.len(), usize::from(*vulnerable), "{version} in {extent:?}");
        assert_eq!(found.problems, [], "{version}");
    }
}

#[test]
fn debian_versions_are_compared_as_dpkg_does() {
    let versions = [
        ("1:0.9-1", false),
        ("3.0.11-1~deb12u1", true),
        ("3.0.11-1~deb12u2", false),
        ("3.0.11-1", false),
        ("3.0.9-1+b1", true),
    ];
    let check = |extent: &[&str], versions: &[(&str, bool)]| {
        check("debian 12", Ecosystem::Deb, "debian-12", extent, versions);
    };
    check(&["< 3.0.11-1~deb12u2"], &versions);
    check(&["*"], &[("1", true), ("9:9", true)]);
}

#[test]
fn alpine_versions_are_compared_as_apk_does() {
    let versions = [
        ("3.3.1-r9", true),
        ("3.3.1-r10", false),
        ("3.3.1_rc1-r20", true),
        ("3.3.1_p1-r0", false),
        ("3.10.0-r0", false),
    ];
    check("alpine 3.20.3", Ecosystem::Apk, "alpine-3.20", &["< 3.3.1-r10"], &versions);
}

#[test]
fn rpm_versions_are_compared_as_rpm_does() {
    let versions = [
        ("3.0.7-27.el9", true),
        ("0:9.9-1.el9", true),
        ("1:3.0.7-27.el9", true),
        ("1:3.0.7-28.el9_4", false),
        ("1:3.0.8~rc1-1.el9", false),
        ("2:1-1", false),
    ];
    let check = |extent: &[&str], versions: &[(&str, bool)]| {
        check("almalinux 9.4", Ecosystem::Rpm, "almalinux-9", extent, versions);
    };
    check(&["< 1:3.0.7-28.el9_4"], &versions);
    // A fix without an epoch is one of epoch 0.
    check(&["< 5.1.8-9.el9"], &[("5.1.8-6.el9", true), ("0:5.1.8-6.el9", true), ("1:1-1", false)]);
}

#[test]
fn a_fix_of_a_module_says_nothing_about_the_distributions_own_package() {
    let module = "4:5.30.1-452.module_el8.4.0+2179+872f6a5f";
    let of_module = format!("< {module}");
    let check = |extent: &[&str], versions: &[(&str, bool)]| {
        check("almalinux 8.9", Ecosystem::Rpm, "almalinux-8", extent, versions);
    };
    let (own, older) = ("4:5.26.3-420.el8", "4:5.30.1-451.module_el8.3.0+2000+aaaaaaaa");
    check(&[&of_module], &[(own, false), (older, true), (module, false)]);
    check(&["< 4:5.26.3-422.el8", &of_module], &[(own, true), ("4:5.26.3-422.el8", false)]);
    let record = about("CVE-2020-0001", &[], "p", &["< 4:5.26.3-422.el8", &of_module]);
    let found = one("almalinux 8.9", package(Ecosystem::Rpm, "p", own), "almalinux-8", record);
    let fixed = &only(&found).vulnerability().unwrap().fixed_versions;
    assert_eq!(*fixed, ["4:5.26.3-422.el8"]);
}

#[test]
fn rpm_packages_are_asked_about_by_their_own_name() {
    let mut libs = package(Ecosystem::Rpm, "openssl-libs", "1:3.0.7-27.el9");
    libs.source = Some(SourcePackage { name: "openssl".into(), version: "3.0.7-27.el9".into() });
    let record = |name| about("CVE-2024-1", &[], name, &["< 1:3.0.7-28.el9"]);
    let found = one("almalinux 9.4", libs.clone(), "almalinux-9", record("openssl-libs"));
    let reason = &only(&found).vulnerability().unwrap().reason;
    assert_eq!((&*reason.package, &*reason.version), ("openssl-libs", "1:3.0.7-27.el9"));
    assert_eq!(one("almalinux 9.4", libs.clone(), "almalinux-9", record("openssl")).findings, []);
    // A sister distribution builds for itself.
    let found = one("rocky 9.4", libs, "almalinux-9", record("openssl-libs"));
    assert_eq!(found.findings, []);
    assert_eq!(found.problems.len(), 1);
}

#[test]
fn python_versions_are_compared_as_pip_does() {
    let check = |extent: &[&str], versions: &[(&str, bool)]| {
        check("", Ecosystem::Pypi, "pypi", extent, versions);
    };
    check(
        &[">= 2.2, < 2.2.28", ">= 3.0"],
        &[
            ("2.2rc1", false),
            ("2.2", true),
            ("2.2.28rc1", true),
            ("2.2.28", false),
            ("2.2.27.post1", true),
            ("3.0.dev1", false),
            ("99", true),
        ],
    );
    check(&["<= 1.5"], &[("1.5.0", true), ("1.5.post1", false), ("1!0.1", false)]);
    // Listed by themselves, and equal in other words.
    check(
        &["= 1.0", "= 2.0rc1"],
        &[("1.0", true), ("1.0.0", true), ("2.0.RC1", true), ("2.0", false)],
    );
}

#[test]
fn npm_versions_are_compared_as_semver_does() {
    let versions = [
        ("4.17.20", true),
        ("4.17.21-beta", true),
        ("4.17.21", false),
        ("4.9.0", true),
        ("10.0.0", false),
    ];
    check("", Ecosystem::Npm, "npm", &["< 4.17.21"], &versions);
}

#[test]
fn each_registry_has_its_own_order() {
    let check = |ecosystem, segment: &str, extent: &str, versions: &[(&str, bool)]| {
        check("", ecosystem, segment, &[extent], versions);
    };
    check(Ecosystem::Cargo, "crates.io", "< 0.3.7", &[("0.3.7-alpha", true), ("0.3.7", false)]);
    check(
        Ecosystem::Golang,
        "go",
        ">= 1.22.0-0, < 1.22.1",
        &[("v1.22.0", true), ("1.22.0-rc.1", true), ("v1.22.1+incompatible", false)],
    );
    check(
        Ecosystem::Maven,
        "maven",
        ">= 2.0-beta9, < 2.15.0",
        &[("2.0-alpha1", false), ("2.0.Final", true), ("2.15.0-rc1", true), ("2.15", false)],
    );
    check(
        Ecosystem::Nuget,
        "nuget",
        "< 6.0.3.1",
        &[("6.0.3", true), ("6.0.3.1-Beta", true), ("6.0.3.1+x", false)],
    );
    check(
        Ecosystem::Composer,
        "packagist",
        "< 3.11.0-RC2",
        &[("v3.11.0-beta9", true), ("v3.11.0RC2", false), ("3.11.0-p1", false)],
    );
    check(
        Ecosystem::Gem,
        "rubygems",
        "< 7.0.8.1",
        &[("7.0.8", true), ("7.0.8.1.rc1", true), ("7.0.8.1.0", false)],
    );
}

#[test]
fn a_bound_that_is_no_version_names_nothing() {
    let check = |extent: &[&str], versions: &[(&str, bool)]| {
        check("", Ecosystem::Pypi, "pypi", extent, versions);
    };
    check(&["< not-a-version"], &[("1.0", false)]);
    check(&["< not-a-version", "< 2.0"], &[("1.0", true)]);
}

#[test]
fn a_package_a_record_clears_is_not_found() {
    let mut record = about("CVE-2020-0001", &[], "p", &["*"]);
    record.affected[0].status = Status::NotAffected;
    let found = one("", package(Ecosystem::Npm, "p", "1.0.0"), "npm", record);
    assert_eq!((found.findings.len(), found.problems.len()), (0, 0));
}

#[test]
fn distributions_are_asked_about_source_packages() {
    let mut libssl = package(Ecosystem::Deb, "libssl3", "3.0.11-1+b1");
    libssl.source = Some(SourcePackage { name: "openssl".into(), version: "3.0.11-1".into() });
    let record = || about("CVE-2023-5678", &["DSA-1-1"], "openssl", &["< 3.0.11-1+b1"]);
    let found = one("debian 12", libssl, "debian-12", record());
    let finding = only(&found);
    let reason = &finding.vulnerability().unwrap().reason;
    assert_eq!((reason.package.as_str(), reason.version.as_str()), ("openssl", "3.0.11-1"));
    assert_eq!((reason.segment.as_str(), reason.record.as_str()), ("debian-12", "CVE-2023-5678"));
    assert_eq!((reason.scheme, &reason.range), (Scheme::Deb, &Some(range("< 3.0.11-1+b1"))));
    assert_eq!(finding.vulnerability().unwrap().fixed_versions, ["3.0.11-1+b1"]);

    let mut libssl = package(Ecosystem::Apk, "libssl3", "3.3.0-r1");
    libssl.source = Some(SourcePackage { name: "openssl".into(), version: String::new() });
    let record = about("CVE-2023-5678", &[], "openssl", &["< 3.3.0-r2"]);
    let found = one("alpine 3.20.0", libssl, "alpine-3.20", record);
    assert_eq!(only(&found).vulnerability().unwrap().reason.version, "3.3.0-r1");
}

#[test]
fn python_names_are_asked_in_their_normal_form() {
    let record = about("PYSEC-1", &[], "zope-interface", &["*"]);
    let found = one("", package(Ecosystem::Pypi, "Zope.Interface", "1.0"), "pypi", record);
    assert_eq!(only(&found).vulnerability().unwrap().reason.package, "zope-interface");
    let record = about("GHSA-1", &[], "lodash", &["*"]);
    let found = one("", package(Ecosystem::Npm, "Lodash", "1.0.0"), "npm", record);
    assert_eq!(found.findings, []);
}

#[test]
fn the_case_of_a_name_counts_only_where_its_registry_says_so() {
    for (ecosystem, segment, filed, installed, is_same) in [
        (Ecosystem::Nuget, "nuget", "newtonsoft.json", "Newtonsoft.Json", true),
        (Ecosystem::Composer, "packagist", "sand/glass", "Sand/Glass", true),
        (Ecosystem::Maven, "maven", "org.sand:Glass", "org.sand:Glass", true),
        (Ecosystem::Maven, "maven", "org.sand:Glass", "org.sand:glass", false),
        (Ecosystem::Golang, "go", "example.org/Sand", "example.org/sand", false),
        (Ecosystem::Gem, "rubygems", "RedCloth", "redcloth", false),
    ] {
        let record = about("CVE-2020-0001", &[], filed, &["*"]);
        let found = one("", package(ecosystem, installed, "1.0"), segment, record);
        assert_eq!(found.findings.len(), usize::from(is_same), "{installed}");
    }
}

#[test]
fn a_fix_is_for_packages_built_in_its_way() {
    let ranges =
        ["< 1:1.1.1g-15.el8_3", "< 2:1.1.1g-15.ksplice1.el8_3", "< 10:1.1.1g-15.el8_3_fips"];
    let versions = [
        ("1:1.1.1g-14.el8_3", true),
        ("1:1.1.1g-15.el8_3", false),
        ("2:1.1.1g-14.ksplice1.el8_3", true),
        ("2:1.1.1g-15.ksplice1.el8_3", false),
        ("10:1.1.1g-14.el8_3_fips", true),
        ("10:1.1.1g-15.el8_3_fips", false),
    ];
    let check = |extent: &[&str], versions: &[(&str, bool)]| {
        check("almalinux 8.9", Ecosystem::Rpm, "almalinux-8", extent, versions);
    };
    check(&ranges, &versions);
    // A fix that comes to one kind only says nothing of the others.
    check(&ranges[1..2], &[("1:1.1.1g-14.el8_3", false), ("2:1.1.1g-14.ksplice1.el8_3", true)]);
    check(&ranges[..1], &[("2:1.1.1g-14.ksplice1.el8_3", false)]);
}

#[test]
fn programs_are_asked_about_by_every_name_they_are_known_by() {
    let found = |name: &str, filed: &str| {
        let record = about("CVE-2024-0001", &[], filed, &["< 1.25.5"]);
        let package = package(Ecosystem::Generic, name, "1.25.4");
        one("debian 12", package, "programs", record).findings.len()
    };
    for filed in ["nginx", "nginx:nginx", "f5:nginx"] {
        assert_eq!(found("nginx", filed), 1, "{filed}");
    }
    // A product of the same name by somebody else is another one.
    assert_eq!(found("nginx", "other:nginx"), 0);
    assert_eq!(found("unheard-of", "unheard-of:unheard-of"), 0);
    let record = about("CVE-2017-3736", &[], "openssl:openssl", &[">= 1.0.2, < 1.0.2m"]);
    let vulnerable = |version: &str| {
        let package = package(Ecosystem::Generic, "openssl", version);
        one("debian 12", package, "programs", record.clone()).findings.len()
    };
    assert_eq!(["1.0.2", "1.0.2k", "1.0.2m", "1.1.0"].map(vulnerable), [1, 1, 0, 0]);
}

fn messages(problems: &[Problem]) -> Vec<&str> {
    assert!(problems.iter().all(|problem| problem.kind == ProblemKind::Coverage));
    problems.iter().map(|problem| problem.message.as_str()).collect()
}

#[test]
fn what_nobody_covers_is_said_once_with_its_count() {
    use Ecosystem::{Apk, Deb, Npm, Pypi};
    let db = db(vec![("npm", Vec::new()), ("debian-12", Vec::new())]);
    let packages = |kinds: &[Ecosystem]| -> Vec<Package> {
        kinds.iter().map(|kind| package(*kind, "p", "1")).collect()
    };
    for (os, kinds, expected) in [
        ("debian 12", &[Deb, Npm][..], &[][..]),
        (
            "alpine 3.99.1",
            &[Apk, Apk, Npm],
            &["2 apk packages were not checked for vulnerabilities: the advisory database has no \
               segment `alpine-3.99`"],
        ),
        (
            "devuan 5",
            &[Deb, Pypi],
            &[
                "1 PyPI package was not checked for vulnerabilities: the advisory database has no \
                 segment `pypi`",
                "1 deb package was not checked for vulnerabilities: no advisory source covers \
                 devuan 5",
            ],
        ),
        (
            "debian 12",
            &[Apk],
            &[
                "1 apk package was not checked for vulnerabilities: the advisories of debian 12 are \
               about deb packages",
            ],
        ),
        (
            "",
            &[Deb],
            &["1 deb package was not checked for vulnerabilities: the image does not say which \
               distribution it is"],
        ),
    ] {
        let found = matched(&db, &inventory(os, packages(kinds)));
        assert_eq!(messages(&found.problems), expected, "{os}");
    }
}

#[test]
fn a_version_that_cannot_be_compared_is_a_problem_only_where_it_matters() {
    let record = || about("CVE-2020-0001", &[], "p", &["< 2", "= odd one"]);
    let found = one("", package(Ecosystem::Pypi, "p", "what?"), "pypi", record());
    assert_eq!(
        messages(&found.problems),
        ["`p` was not checked against 1 advisory: `what?` is not a version by the rules of pep440"]
    );
    assert_eq!(found.problems[0].location, Some(location("some/file")));
    let found = one("", package(Ecosystem::Pypi, "p", ""), "pypi", record());
    assert_eq!(
        messages(&found.problems),
        ["`p` was not checked against 1 advisory: it has no version"]
    );
    let found = one("", package(Ecosystem::Pypi, "other", "what?"), "pypi", record());
    assert_eq!(found.problems, []);
    // Listed letter by letter, it is found all the same.
    let found = one("", package(Ecosystem::Pypi, "p", "odd one"), "pypi", record());
    assert_eq!(only(&found).vulnerability().unwrap().reason.range, None);
}

#[test]
fn the_segments_asked_are_named() {
    let mut record = about("PYSEC-1", &[], "p", &["*"]);
    record.published = Some(0);
    let db = db(vec![("pypi", vec![record]), ("npm", Vec::new()), ("debian-12", Vec::new())]);
    let packages = vec![package(Ecosystem::Pypi, "x", "1"), package(Ecosystem::Npm, "x", "1.0.0")];
    let found = matched(&db, &inventory("debian 12", packages));
    let names: Vec<&str> = found.segments.iter().map(|segment| segment.name.as_str()).collect();
    assert_eq!(names, ["npm", "pypi"]);
    let pypi = &found.segments[1];
    assert_eq!((pypi.records, pypi.newest.as_deref()), (1, Some("1970-01-01T00:00:00Z")));
    assert_eq!(Some(&pypi.digest), db.info("pypi").map(|info| &info.digest));
    assert_eq!(db.newest(), Some("1970-01-01T00:00:00Z"));
}

#[test]
fn what_the_distribution_installed_is_the_distributions_matter() {
    let mut django = package(Ecosystem::Pypi, "Django", "2.2");
    django.owner = Some(PackageId(0));
    let system = package(Ecosystem::Deb, "python3-django", "2:2.2.28-1");
    let record = || about("CVE-2020-0001", &[], "django", &["< 2.2.1"]);
    let segments = || vec![("pypi", vec![record()]), ("debian-12", Vec::new())];
    let packages = vec![system, django];
    let found = matched(&db(segments()), &inventory("debian 12", packages.clone()));
    let finding = only(&found);
    let State::Suppressed { by, reason, until: None } = &finding.state else {
        panic!("{:?}", finding.state)
    };
    assert_eq!(by, "distribution");
    assert_eq!(
        reason,
        "installed by the operating-system package python3-django 2:2.2.28-1, which the \
         distribution's advisories judge"
    );
    // Where nobody judges the owner, the finding counts.
    let found = matched(&db(segments()), &inventory("ubuntu 22.04", packages));
    assert!(only(&found).state.is_open());
}

#[test]
fn records_of_one_vulnerability_are_one_finding() {
    let mut ghsa = about("GHSA-aaaa", &["CVE-2020-0001"], "p", &["< 2.2.28"]);
    ghsa.severity = Some(Severity::High);
    ghsa.cwes = vec!["CWE-79".into()];
    ghsa.published = Some(86_400);
    let mut pysec = about("PYSEC-2020-1", &["CVE-2020-0001", "GHSA-aaaa"], "p", &["< 2.2.29"]);
    pysec.scores = vec![Score { vector: "CVSS:3.1/x".into(), score: 5.0, source: None }];
    pysec.cwes = vec!["CWE-20".into(), "CWE-79".into()];
    pysec.modified = Some(172_800);
    let other = about("PYSEC-2020-2", &["CVE-2020-0002"], "p", &["< 2.3"]);
    let db = db(vec![("pypi", vec![pysec, other, ghsa])]);
    let found = matched(&db, &inventory("", vec![package(Ecosystem::Pypi, "p", "2.0")]));
    let ids: Vec<&str> = found.findings.iter().map(|finding| finding.id.as_str()).collect();
    assert_eq!(ids, ["CVE-2020-0001", "CVE-2020-0002"]);
    let finding = &found.findings[0];
    let vulnerability = finding.vulnerability().unwrap();
    assert_eq!(vulnerability.aliases, ["GHSA-aaaa", "PYSEC-2020-1"]);
    assert_eq!(vulnerability.reason.record, "GHSA-aaaa");
    assert_eq!(vulnerability.reason.range, Some(range("< 2.2.28")));
    assert_eq!(vulnerability.fixed_versions, ["2.2.28", "2.2.29"]);
    assert_eq!(vulnerability.cwes, ["CWE-20", "CWE-79"]);
    assert_eq!(vulnerability.scores.len(), 1);
    assert_eq!(vulnerability.published.as_deref(), Some("1970-01-02T00:00:00Z"));
    assert_eq!(vulnerability.modified.as_deref(), Some("1970-01-03T00:00:00Z"));
    assert_eq!(finding.severity, Severity::High);
}

#[test]
fn an_announcement_of_several_cves_keeps_its_own_id() {
    let record = about("DSA-1-1", &["CVE-2020-0001", "CVE-2020-0002"], "p", &["*"]);
    let found = one("debian 12", package(Ecosystem::Deb, "p", "1"), "debian-12", record);
    let finding = only(&found);
    assert_eq!(finding.id, "DSA-1-1");
    assert_eq!(finding.vulnerability().unwrap().aliases, ["CVE-2020-0001", "CVE-2020-0002"]);
}

#[test]
fn the_fix_of_the_own_branch_comes_first() {
    let fixes = |version: &str, extent: &[&str]| {
        let record = about("CVE-2020-0001", &[], "p", extent);
        let found = one("", package(Ecosystem::Npm, "p", version), "npm", record);
        let vulnerability = only(&found).vulnerability().unwrap().clone();
        (vulnerability.fixed_versions.join(" "), vulnerability.status)
    };
    let branches = ["< 1.8.5", ">= 10.0.0, < 10.0.3", ">= 2.0.0, < 2.4.1"];
    assert_eq!(fixes("1.0.0", &branches), ("1.8.5 2.4.1 10.0.3".into(), Status::Fixed));
    assert_eq!(fixes("2.1.0", &branches), ("2.4.1 10.0.3".into(), Status::Fixed));
    assert_eq!(fixes("10.0.0", &branches), ("10.0.3".into(), Status::Fixed));
    assert_eq!(fixes("1.0.0", &["< 2.0.0", "< 2.0", "< v2.0.0"]).0.matches(' ').count(), 0);
    assert_eq!(fixes("3.0.0", &["< 2.0.0", ">= 3.0.0"]), (String::new(), Status::Affected));
    assert_eq!(fixes("3.0.0", &["<= 3.0.0"]), (String::new(), Status::Affected));
    assert_eq!(fixes("3.0.0", &["= 3.0.0", "< 4.0.0-rc1"]), ("4.0.0-rc1".into(), Status::Fixed));
}

#[test]
fn the_sources_word_on_a_fix_is_kept() {
    let mut record = about("CVE-2020-0001", &[], "p", &["*"]);
    record.affected[0].status = Status::WillNotFix;
    let found = one("debian 12", package(Ecosystem::Deb, "p", "1"), "debian-12", record);
    assert_eq!(only(&found).vulnerability().unwrap().status, Status::WillNotFix);
}

#[test]
fn the_most_special_word_decides_the_severity() {
    let scores: &[(&str, f64)] = &[("AV:N/AC:L", 10.0), ("CVSS:3.1/x", 5.5), ("CVSS:4.0/y", 8.1)];
    let no_scores: &[(&str, f64)] = &[];
    for (package_word, record_word, scores, expected) in [
        (Some(Severity::Low), Some(Severity::Critical), scores, Severity::Low),
        (Some(Severity::Unknown), Some(Severity::Critical), scores, Severity::Critical),
        (None, Some(Severity::Medium), scores, Severity::Medium),
        (None, None, scores, Severity::High),
        (None, None, &scores[..1], Severity::Critical),
        (None, None, no_scores, Severity::Unknown),
    ] {
        let scores = scores.iter();
        let record = Advisory {
            severity: record_word,
            scores: scores
                .map(|(vector, score)| Score {
                    vector: (*vector).into(),
                    score: *score,
                    source: None,
                })
                .collect(),
            affected: vec![Affected { severity: package_word, ..affected("p", &["*"]) }],
            ..advisory("CVE-2020-0001", &[])
        };
        let found = one("", package(Ecosystem::Npm, "p", "1.0.0"), "npm", record);
        let finding = only(&found);
        assert_eq!(finding.severity, expected);
        let source = (expected != Severity::Unknown).then_some("osv");
        assert_eq!(finding.severity_source.as_deref(), source);
    }
}

#[test]
fn the_most_urgent_come_first() {
    let severe = |id: &str, severity, package: &str, extent: &[&str]| Advisory {
        severity: Some(severity),
        ..about(id, &[], package, extent)
    };
    let db = db(vec![(
        "npm",
        vec![
            severe("E", Severity::Low, "a", &["< 9.0.0"]),
            severe("D", Severity::High, "a", &["*"]),
            severe("C", Severity::High, "b", &["< 9.0.0"]),
            severe("B", Severity::High, "a", &["< 9.0.0"]),
            severe("A", Severity::High, "b", &["< 9.0.0"]),
            severe("F", Severity::Critical, "z", &["*"]),
        ],
    )]);
    let packages = ["a", "b", "z"].map(|name| package(Ecosystem::Npm, name, "1.0.0"));
    let found = matched(&db, &inventory("", packages.to_vec()));
    let ids: Vec<&str> = found.findings.iter().map(|finding| finding.id.as_str()).collect();
    assert_eq!(ids, ["F", "B", "A", "C", "D", "E"]);
}

#[test]
fn development_dependencies_are_matched_too() {
    let mut dev = package(Ecosystem::Npm, "p", "1.0.0");
    dev.presence = Presence::DeclaredDev;
    let found = one("", dev, "npm", about("CVE-2020-0001", &[], "p", &["*"]));
    assert_eq!(found.findings.len(), 1);
}

#[test]
fn fingerprints_outlive_a_rebuild_and_tell_places_apart() {
    let fingerprint = |name: &str, version: &str, places: &[&str]| {
        let mut package = package(Ecosystem::Npm, name, version);
        package.locations = places.iter().map(|place| location(place)).collect();
        let found = one("", package, "npm", about("CVE-2020-0001", &[], name, &["*"]));
        only(&found).fingerprint.clone()
    };
    let first = fingerprint("p", "1.0.0", &["app/package.json"]);
    assert_eq!(first, fingerprint("p", "2.0.0", &["app/package.json"]));
    assert_eq!(first, fingerprint("p", "1.0.0", &["srv/lock", "app/package.json"]));
    assert_ne!(first, fingerprint("p", "1.0.0", &["srv/lock"]));
    assert_ne!(first, fingerprint("q", "1.0.0", &["app/package.json"]));
    // printf 'CVE-2020-0001\0npm\0p\0app/package.json' | sha256sum
    assert_eq!(first, "f48b09839d9146df73b4e95e64c958f6");
}

/// A record about an rpm package, with what must hold besides the version.
fn conditioned(id: &str, package: &str, extent: &[&str], conditions: Conditions) -> Advisory {
    let affected = Affected { conditions, ..affected(package, extent) };
    Advisory { affected: vec![affected], ..advisory(id, &[]) }
}

#[test]
fn a_statement_for_one_architecture_is_about_no_other() {
    let only_arm = || Conditions { arches: vec!["aarch64".into()], ..Conditions::default() };
    for (arch, expected) in
        [(Some("aarch64"), 1), (Some("x86_64"), 0), (Some("noarch"), 1), (None, 1)]
    {
        let package =
            Package { arch: arch.map(str::to_owned), ..package(Ecosystem::Rpm, "p", "1-1.el9") };
        let record = conditioned("CVE-2020-0001", "p", &["< 2-1.el9"], only_arm());
        let found = one("almalinux 9.4", package, "almalinux-9", record);
        assert_eq!(found.findings.len(), expected, "{arch:?}");
    }
}

#[test]
fn a_statement_about_a_module_is_about_its_stream() {
    let of = |module: &str| Conditions { module: Some(module.into()), ..Conditions::default() };
    for (installed, version, expected) in [
        (Some("nodejs:18:8080:abc"), "1:18.1-1.module+el8.8.0+1+a", 1),
        (Some("nodejs:20"), "1:18.1-1.module+el8.8.0+1+a", 0),
        // Without a label, the version tells at least that it is some module's.
        (None, "1:18.1-1.module+el8.8.0+1+a", 1),
        (None, "1:18.1-1.el8", 0),
    ] {
        let package = Package {
            module: installed.map(str::to_owned),
            ..package(Ecosystem::Rpm, "nodejs", version)
        };
        let record = conditioned(
            "CVE-2020-0001",
            "nodejs",
            &["< 1:18.2-1.module+el8.8.0+2+b"],
            of("nodejs:18"),
        );
        let found = one("almalinux 8.8", package, "almalinux-8", record);
        assert_eq!(found.findings.len(), expected, "{installed:?} {version}");
    }
}

#[test]
fn a_fix_of_a_channel_is_named_and_counts_where_it_is_installed() {
    let channel = || Conditions { channel: Some("esm-infra".into()), ..Conditions::default() };
    let record = || Advisory {
        affected: vec![
            Affected { status: Status::Affected, ..affected("p", &["*"]) },
            Affected { conditions: channel(), ..affected("p", &["< 1-1ubuntu1+esm2"]) },
        ],
        ..advisory("CVE-2020-0001", &[])
    };
    let found = one("debian 12", package(Ecosystem::Deb, "p", "1-1ubuntu1"), "debian-12", record());
    let vulnerability = only(&found).vulnerability().unwrap();
    assert_eq!(vulnerability.fixed_versions, ["1-1ubuntu1+esm2"]);
    assert_eq!(vulnerability.fix_channel.as_deref(), Some("esm-infra"));
    assert_eq!(vulnerability.status, Status::Affected);
    let installed = package(Ecosystem::Deb, "p", "1-1ubuntu1+esm2");
    let found = one("debian 12", installed, "debian-12", record());
    assert_eq!(found.findings, []);
}

#[test]
fn an_extended_update_counts_only_on_the_minor_release_it_was_made_for() {
    let channel = Conditions { channel: Some("eus-9.2".into()), ..Conditions::default() };
    let record = || Advisory {
        affected: vec![
            affected("p", &["< 3-9.el9"]),
            Affected { conditions: channel.clone(), ..affected("p", &["< 3-2.el9_2.1"]) },
        ],
        ..advisory("CVE-2020-0001", &[])
    };
    for (installed, expected) in
        [("3-2.el9_2.1", 0), ("3-2.el9_2.2", 0), ("3-3.el9_4", 1), ("3-1.el9_2", 1), ("3-9.el9", 0)]
    {
        let found =
            one("almalinux 9.2", package(Ecosystem::Rpm, "p", installed), "almalinux-9", record());
        assert_eq!(found.findings.len(), expected, "{installed}");
    }
}

#[test]
fn an_rpm_package_is_found_by_its_own_name_and_by_its_source() {
    let source = SourcePackage { name: "openssl".into(), version: "3.0.7-16.el9".into() };
    let libs = Package {
        source: Some(source),
        ..package(Ecosystem::Rpm, "openssl-libs", "1:3.0.7-16.el9")
    };
    let found = one(
        "almalinux 9",
        libs,
        "almalinux-9",
        about("CVE-2020-0001", &[], "src:openssl", &["< 1:3.0.7-17.el9"]),
    );
    let reason = &only(&found).vulnerability().unwrap().reason;
    assert_eq!(
        (reason.package.as_str(), reason.version.as_str()),
        ("src:openssl", "1:3.0.7-16.el9")
    );
}

#[test]
fn debian_packages_without_a_source_are_checked_in_part() {
    let slice = Package { source: None, ..package(Ecosystem::Deb, "p", "1") };
    let db = db(vec![("debian-12", vec![about("CVE-2020-0001", &[], "p", &["< 2"])])]);
    let found = matched(&db, &inventory("debian 12", vec![slice]));
    assert_eq!(only(&found).id, "CVE-2020-0001");
    assert_eq!(
        messages(&found.problems),
        [
            "1 deb package was checked in part: the image does not say which source packages they are \
          of, and advisories are filed under these"
        ]
    );
}

#[test]
fn a_package_of_another_maker_is_not_judged_by_the_distribution() {
    let docker =
        Package { third_party: Some("Docker".into()), ..package(Ecosystem::Deb, "p", "1") };
    let own = package(Ecosystem::Deb, "q", "1");
    let records = vec![
        about("CVE-2020-0001", &[], "p", &["< 2"]),
        about("CVE-2020-0002", &[], "q", &["< 2"]),
    ];
    let db = db(vec![("debian-12", records)]);
    let found = matched(&db, &inventory("debian 12", vec![docker, own]));
    assert_eq!(only(&found).id, "CVE-2020-0002");
    assert_eq!(
        messages(&found.problems),
        ["1 package was not checked for vulnerabilities: it was made by Docker, not by the \
          distribution"]
    );
}

#[test]
fn what_is_open_for_a_distributions_own_package_is_not_about_a_modules() {
    let of = |module: Option<&str>| Conditions {
        module: module.map(str::to_owned),
        ..Conditions::default()
    };
    for (installed, version, asked, expected) in [
        (None, "1:16.20-8.el9_4", None, 1),
        (Some("nodejs:20"), "1:20.9-1.module+el9.3.0+1+a", None, 0),
        // Without a label, the version tells.
        (None, "1:20.9-1.module+el9.3.0+1+a", None, 0),
        (Some("nodejs:20"), "1:20.9-1.module+el9.3.0+1+a", Some("nodejs:20"), 1),
        (Some("nodejs:20"), "1:20.9-1.module+el9.3.0+1+a", Some("nodejs:18"), 0),
        (None, "1:16.20-8.el9_4", Some("nodejs:18"), 0),
    ] {
        let package = Package {
            module: installed.map(str::to_owned),
            ..package(Ecosystem::Rpm, "nodejs", version)
        };
        let record = conditioned("CVE-2020-0001", "nodejs", &["*"], of(asked));
        let found = one("almalinux 9.4", package, "almalinux-9", record);
        assert_eq!(found.findings.len(), expected, "{installed:?} {version} {asked:?}");
    }
}

/// A record with an ordinary row and one of a channel.
fn with_channel(ordinary: &[&str], channel: &str, fixed: &str) -> Advisory {
    let conditions = Conditions { channel: Some(channel.into()), ..Conditions::default() };
    Advisory {
        affected: vec![
            Affected { status: Status::Affected, ..affected("p", ordinary) },
            Affected { status: Status::Fixed, conditions, ..affected("p", &[fixed]) },
        ],
        ..advisory("CVE-2020-0001", &[])
    }
}

#[test]
fn a_channel_for_a_minor_release_counts_for_its_packages_however_they_are_marked() {
    for (channel, fixed, installed, expected) in [
        // The fix of the day the minor release came out has no mark of its own.
        ("z-9.4", "< 3-5.el9", "3-5.el9", 0),
        ("z-9.4", "< 3-5.el9", "3-6.el9_4", 0),
        ("z-9.4", "< 3-5.el9", "3-6.el9_5", 1),
        ("z-9.4", "< 3-5.el9", "3-6.el9", 1),
        // Modules carry the minor release in another way.
        ("aus-8.6", "< 3-5.module+el8.6.0+9+a", "3-5.module+el8.6.0+10+b", 0),
        ("aus-8.6", "< 3-5.module+el8.6.0+9+a", "3-5.module+el8.8.0+10+b", 1),
    ] {
        let record = with_channel(&["< 3-9.el9", "< 3-9.module+el8.10.0+1+c"], channel, fixed);
        let found =
            one("almalinux 9", package(Ecosystem::Rpm, "p", installed), "almalinux-9", record);
        assert_eq!(found.findings.len(), expected, "{channel} {fixed} {installed}");
    }
}

#[test]
fn a_channel_that_alone_has_the_fix_counts_for_all_that_is_above_it() {
    for (ordinary, channel, installed, expected) in [
        (&["*"][..], "els-7", "3-4.el7_9.1", 1),
        (&["*"], "els-7", "3-5.el7_9.1", 0),
        (&["*"], "els-7", "3-6.el7", 0),
        (&["*"], "ltss", "3-6.1", 0),
        (&["*"], "ltss", "3-4.1", 1),
        // With a minor release, only there.
        (&["*"], "eus-9.2", "3-6.el9_3", 1),
        (&["*"], "eus-9.2", "3-6.el9_2", 0),
        // Where ordinary updates have a fix of their own, other lines do not stand for it.
        (&["< 3-9"], "fips", "3-6.el8", 1),
    ] {
        let record = with_channel(ordinary, channel, "< 3-5.el7_9.1");
        let found =
            one("almalinux 9", package(Ecosystem::Rpm, "p", installed), "almalinux-9", record);
        assert_eq!(found.findings.len(), expected, "{channel} {installed}");
    }
}
