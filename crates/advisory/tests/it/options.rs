//! Where there is a choice: kernel headers, owned packages, and Go programs without a version.

use crate::recipe::{about, db, inventory, location, package};
use lazaret_advisory::{Db, MatchOptions, Matched, match_inventory, match_inventory_with};
use lazaret_core::advisory::Advisory;
use lazaret_core::finding::State;
use lazaret_core::package::{Ecosystem, Package, PackageId, SourcePackage};

fn source(mut package: Package, name: &str) -> Package {
    package.source = Some(SourcePackage { name: name.to_owned(), version: String::new() });
    package
}

#[test]
fn kernel_headers_are_no_kernel_unless_asked() {
    let record = about("CVE-2024-0001", &[], "linux", &["< 6.1.90-1"]);
    let db = db(vec![("debian-12", vec![record])]);
    let packages = ["linux-headers-6.1.0-18-amd64", "linux-image-6.1.0-18-amd64", "linux-libc-dev"];
    let packages =
        packages.map(|name| source(package(Ecosystem::Deb, name, "6.1.76-1"), "linux")).to_vec();
    let inventory = inventory("debian 12", packages);
    let states = |options: MatchOptions| -> Vec<Option<String>> {
        let mut found = match_inventory_with(&db, &inventory, &options).unwrap().findings;
        found.sort_by_key(lazaret_core::finding::Finding::package);
        found
            .into_iter()
            .map(|finding| match finding.state {
                State::Open => None,
                State::Suppressed { by, reason, .. } => Some(format!("{by}: {reason}")),
            })
            .collect()
    };
    let why = Some("kernel-headers: kernel headers hold no code that runs".to_owned());
    assert_eq!(states(MatchOptions::default()), [why.clone(), None, why]);
    let asked = MatchOptions { kernel_headers: true, ..MatchOptions::default() };
    assert_eq!(states(asked), [None, None, None]);
}

#[test]
fn what_the_distribution_owns_counts_when_everything_is_asked_for() {
    let db = db(vec![
        ("debian-12", vec![]),
        ("pypi", vec![about("CVE-2024-0002", &[], "requests", &["< 2.31.0"])]),
    ]);
    let mut owned = package(Ecosystem::Pypi, "requests", "2.28.1");
    owned.owner = Some(PackageId(0));
    let debian = package(Ecosystem::Deb, "python3-requests", "2.28.1+dfsg-1");
    let inventory = inventory("debian 12", vec![debian, owned]);
    for comprehensive in [false, true] {
        let options = MatchOptions { comprehensive, ..MatchOptions::default() };
        let found = match_inventory_with(&db, &inventory, &options).unwrap().findings;
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].state.is_open(), comprehensive);
    }
}

fn go(name: &str, version: &str, path: &str) -> Package {
    let mut package = package(Ecosystem::Golang, name, version);
    package.locations = vec![location(path)];
    package.found_by = vec!["go/binary".to_owned()];
    package
}

fn go_db(extent: &str) -> Db {
    let of = |name: &str| about(&format!("GO-{}", name.len()), &[], name, &[extent]);
    db(vec![("go", vec![of("example.org/team/sand"), of("golang.org/x/net"), of("stdlib")])])
}

fn judged(extent: &str, package: Package) -> Matched {
    match_inventory(&go_db(extent), &inventory("", vec![package])).unwrap()
}

#[test]
fn a_program_without_a_version_of_its_own_is_undetermined() {
    let commit = "v0.0.0-20240102030405-0123456789ab";
    for (version, path, why) in [
        ("(devel)", "app/server", "does not say its own version"),
        ("", "app/server", "does not say its own version"),
        (commit, "usr/bin/sand", "only which commit"),
        (commit, "sand.exe", "only which commit"),
        ("v0.0.0-20240102030405-0123456789ab+dirty", "app/server", "only which commit"),
    ] {
        let matched = judged("< 2.0.0", go("example.org/team/sand", version, path));
        assert_eq!(matched.findings, [], "{version}");
        let [problem] = matched.problems.as_slice() else { panic!("{:?}", matched.problems) };
        let message = &problem.message;
        assert!(message.starts_with("`example.org/team/sand` was not checked"), "{message}");
        assert!(message.contains("1 advisory") && message.contains(why), "{message}");
    }
    // Nothing is known about it, so nothing is left undetermined.
    assert_eq!(judged("< 2.0.0", go("example.org/other", "(devel)", "app/x")).problems, []);
    // What every version has, this one has.
    assert_eq!(judged("*", go("example.org/team/sand", "(devel)", "app/x")).findings.len(), 1);
}

#[test]
fn a_program_that_counts_from_a_tag_is_judged() {
    let sand = |version| judged("< 1.4.0", go("example.org/team/sand", version, "usr/bin/sand"));
    // golang.org/x/mod/semver: a pre-release of 1.4.0 is before it, one of 1.4.1 is not.
    for (version, is_affected) in [
        ("v1.3.9", true),
        ("v1.3.9+dirty", true),
        ("v1.4.0-0.20240102030405-0123456789ab", true),
        ("v1.4.1-0.20240102030405-0123456789ab", false),
        ("v1.4.1-0.20240102030405-0123456789ab+dirty", false),
        ("v1.4.0", false),
        ("v1.4.0+incompatible", false),
        ("v1.3.0+incompatible", true),
    ] {
        let matched = sand(version);
        assert_eq!(matched.findings.len(), usize::from(is_affected), "{version}");
        assert_eq!(matched.problems, [], "{version}");
    }
}

#[test]
fn a_library_at_a_commit_is_judged_by_it() {
    let net = |version| judged("< 0.17.0", go("golang.org/x/net", version, "usr/bin/sand"));
    assert_eq!(net("v0.0.0-20220127200216-cd36cc0744dd").findings.len(), 1);
    assert_eq!(net("v0.17.0").findings.len(), 0);
}

#[test]
fn the_standard_library_is_looked_up_as_a_module() {
    let matched = judged(">= 1.22.0, < 1.22.3", go("stdlib", "1.22.1", "usr/bin/sand"));
    assert_eq!(matched.findings.len(), 1);
    let reason = &matched.findings[0].vulnerability().unwrap().reason;
    assert_eq!((&*reason.segment, &*reason.package), ("go", "stdlib"));
}

/// A Go module of which these packages have code in the program.
fn linked(name: &str, packages: Option<&[&str]>) -> Package {
    let mut package = go(name, "v1.0.0", "usr/bin/lantern");
    package.linked =
        packages.map(|packages| packages.iter().map(|path| (*path).to_owned()).collect());
    package
}

#[test]
fn go_code_that_is_not_in_the_program_cannot_be_attacked() {
    let name = "example.org/glass";
    let record = |id: &str, imports: &[&str]| {
        let mut record = about(id, &["CVE-2024-0003"], name, &["< 1.5.0"]);
        let imports = imports.iter().map(|path| (*path).to_owned());
        record.affected[0].imports = imports.collect();
        record
    };
    let html = record("GO-2024-0003", &["example.org/glass/html", "example.org/glass/html/atom"]);
    let whole = record("GO-2024-0004", &[]);
    let of_github = record("GHSA-aaaa-bbbb-cccc", &[]);
    let text: &[&str] = &["example.org/glass/text"];
    let state = |records: Vec<Advisory>, package: Package, options: &MatchOptions| {
        let db = db(vec![("go", records)]);
        let inventory = inventory("", vec![package]);
        let findings = match_inventory_with(&db, &inventory, options).unwrap().findings;
        assert_eq!(findings.len(), 1);
        match &findings[0].state {
            State::Open => None,
            State::Suppressed { by, reason, .. } => Some(format!("{by}: {reason}")),
        }
    };
    let usual = MatchOptions::default();
    let why = "not-linked: no code of example.org/glass/html, example.org/glass/html/atom is in \
               the program";
    let records = || vec![html.clone(), of_github.clone()];
    assert_eq!(state(records(), linked(name, Some(text)), &usual).as_deref(), Some(why));
    // One of the packages is enough.
    let atom = ["example.org/glass/html/atom", "example.org/glass/text"];
    assert_eq!(state(records(), linked(name, Some(&atom)), &usual), None);
    // Nobody knows, or another source speaks of the module as well.
    assert_eq!(state(records(), linked(name, None), &usual), None);
    let mut described = linked(name, Some(text));
    described.found_by.push("sbom/cyclonedx".to_owned());
    assert_eq!(state(records(), described, &usual), None);
    // A record about the whole module, and one that does not say what it is about.
    assert_eq!(state(vec![html.clone(), whole], linked(name, Some(text)), &usual), None);
    assert_eq!(state(vec![of_github.clone()], linked(name, Some(text)), &usual), None);
    let noise = MatchOptions { noise: true, ..MatchOptions::default() };
    assert_eq!(state(records(), linked(name, Some(text)), &noise), None);
}

#[test]
fn what_is_only_in_tests_counts_when_noise_is_asked_for() {
    let db = db(vec![("pypi", vec![about("CVE-2024-0002", &[], "requests", &["< 2.31.0"])])]);
    let mut package = package(Ecosystem::Pypi, "requests", "2.28.1");
    package.locations = vec![location("app/site-packages/x/tests/requests.dist-info/METADATA")];
    let inventory = inventory("", vec![package]);
    for noise in [false, true] {
        let options = MatchOptions { noise, ..MatchOptions::default() };
        let found = match_inventory_with(&db, &inventory, &options).unwrap().findings;
        assert_eq!(found[0].state.is_open(), noise);
    }
}
