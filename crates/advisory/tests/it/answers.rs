//! Answers about single records: why a package is affected or not, and what is on record.

use crate::recipe::{about, advisory, affected, db, inventory, package};
use lazaret_advisory::{
    Db, Explanation, MatchOptions, Outcome, SearchError, explain, match_inventory, search_id,
    search_package, search_purl,
};
use lazaret_core::advisory::{Affected, Conditions, Status};
use lazaret_core::inventory::Inventory;
use lazaret_core::package::{Ecosystem, Package, PackageId, SourcePackage};
use proptest::prelude::*;

fn ask(db: &Db, inventory: &Inventory, id: &str, only: Option<&str>) -> Explanation {
    explain(db, inventory, &MatchOptions::default(), id, only).unwrap()
}

/// The only statement about the only package, as a sentence and its comparisons.
#[track_caller]
fn check(db: &Db, inventory: &Inventory, sentence: &str, comparisons: &[&str]) {
    let found = ask(db, inventory, "CVE-2024-0001", None);
    let [judged] = found.judged.as_slice() else { panic!("{found:#?}") };
    assert_eq!(judged.judged.outcome.to_string(), sentence);
    let spelled: Vec<String> = judged.judged.comparisons.iter().map(ToString::to_string).collect();
    assert_eq!(spelled, comparisons);
    // The matcher decides the same.
    let found = match_inventory(db, inventory).unwrap().findings.len();
    assert_eq!(found, usize::from(judged.judged.outcome.is_affected()));
}

fn deb(version: &str) -> Inventory {
    let mut libssl = package(Ecosystem::Deb, "libssl3", version);
    libssl.source = Some(SourcePackage { name: "openssl".into(), version: String::new() });
    inventory("debian 12", vec![libssl])
}

#[test]
fn a_version_in_and_out_of_range_is_spelled_out() {
    let record = about("CVE-2024-0001", &[], "openssl", &["< 3.0.11-1~deb12u2"]);
    let db = db(vec![("debian-12", vec![record])]);
    check(
        &db,
        &deb("3.0.11-1~deb12u1"),
        "affected: the version is in the range < 3.0.11-1~deb12u2",
        &["3.0.11-1~deb12u1 < 3.0.11-1~deb12u2 (fixed) by deb order"],
    );
    check(
        &db,
        &deb("3.0.11-1~deb12u2"),
        "not affected: the version is in no affected range",
        &["3.0.11-1~deb12u2 ≥ 3.0.11-1~deb12u2 (fixed) by deb order"],
    );
}

#[test]
fn every_bound_of_every_range_is_compared() {
    let extent = [">= 1.0, <= 1.4", ">= 2.0, < 2.2", "= 9"];
    let record = about("CVE-2024-0001", &[], "p", &extent);
    let db = db(vec![("pypi", vec![record])]);
    let one = |version: &str| inventory("", vec![package(Ecosystem::Pypi, "p", version)]);
    check(
        &db,
        &one("1.5"),
        "not affected: the version is in no affected range",
        &[
            "1.5 ≥ 1.0 (introduced) by pep440 order",
            "1.5 > 1.4 (last affected) by pep440 order",
            "1.5 < 2.0 (introduced) by pep440 order",
            "1.5 < 2.2 (fixed) by pep440 order",
        ],
    );
    check(&db, &one("9.0"), "affected: the version is listed by itself", &[]);
}

#[test]
fn a_source_that_says_not_affected_is_quoted() {
    let mut record = about("CVE-2024-0001", &[], "openssl", &[]);
    record.affected[0].status = Status::NotAffected;
    let db = db(vec![("debian-12", vec![record])]);
    check(&db, &deb("1"), "not affected: the source says so of every version", &[]);
}

#[test]
fn statements_about_others_say_about_whom() {
    let with =
        |conditions: Conditions| Affected { conditions, ..affected("p", &["< 1:3.0.7-28.el9"]) };
    let check = |conditions: Conditions, change: &dyn Fn(&mut Package), sentence: &str| {
        let mut record = advisory("CVE-2024-0001", &[]);
        record.affected.push(with(conditions));
        let db = db(vec![("almalinux-9", vec![record])]);
        let mut package = package(Ecosystem::Rpm, "p", "1:3.0.7-27.el9");
        change(&mut package);
        check(&db, &inventory("almalinux 9.4", vec![package]), sentence, &[]);
    };
    check(
        Conditions { arches: vec!["aarch64".into(), "s390x".into()], ..Conditions::default() },
        &|package| package.arch = Some("x86_64".into()),
        "not meant: it is about aarch64, s390x, and the package is for x86_64",
    );
    check(
        Conditions { module: Some("nodejs:18".into()), ..Conditions::default() },
        &|package| package.module = Some("nodejs:20:9040020240301:rhel9".into()),
        "not meant: it is about packages of the module nodejs:18, and this is of the module \
         nodejs:20:9040020240301:rhel9",
    );
    check(
        Conditions { module: Some("nodejs:18".into()), ..Conditions::default() },
        &|_| {},
        "not meant: it is about packages of the module nodejs:18, and this is of no module",
    );
}

#[test]
fn a_fix_from_a_channel_is_named() {
    let mut record = about("CVE-2024-0001", &[], "openssl", &["*"]);
    let conditions = Conditions { channel: Some("esm-infra".into()), ..Conditions::default() };
    record
        .affected
        .push(Affected { conditions, ..affected("openssl", &["< 3.0.2-0ubuntu1+esm1"]) });
    let mut segment = crate::recipe::records(vec![("debian-12", vec![record])]);
    let ubuntu = segment.segments.remove("debian-12").unwrap();
    segment.segments.insert("ubuntu-22.04".into(), ubuntu);
    let dir = tempfile::tempdir().unwrap();
    for (file, bytes) in crate::recipe::files(&segment) {
        std::fs::write(dir.path().join(file), bytes).unwrap();
    }
    let db = Db::open(dir.path()).unwrap();
    let outcomes = |version: &str| -> Vec<String> {
        let package = package(Ecosystem::Deb, "openssl", version);
        let found = ask(&db, &inventory("ubuntu 22.04", vec![package]), "CVE-2024-0001", None);
        found.judged.iter().map(|judged| judged.judged.outcome.to_string()).collect()
    };
    assert_eq!(
        outcomes("3.0.2-0ubuntu1+esm1"),
        [
            "not affected: the version has the fix of the channel esm-infra",
            "says only where a fix can be had: in the channel esm-infra",
        ]
    );
    assert_eq!(
        outcomes("3.0.2-0ubuntu1")[0],
        "affected: the version is in the range every version"
    );
}

#[test]
fn what_has_no_version_is_undetermined() {
    let record = about("CVE-2024-0001", &[], "example.org/sand", &["< 1.0.0"]);
    let db = db(vec![("go", vec![record])]);
    let sand = package(Ecosystem::Golang, "example.org/sand", "(devel)");
    check(
        &db,
        &inventory("", vec![sand]),
        "undetermined: the program does not say its own version",
        &[],
    );
    let db = crate::recipe::db(vec![("pypi", vec![about("CVE-2024-0001", &[], "p", &["< 1.0"])])]);
    let odd = package(Ecosystem::Pypi, "p", "latest");
    let sentence = "undetermined: `latest` is not a version by the rules of pep440";
    check(&db, &inventory("", vec![odd]), sentence, &[]);
}

#[test]
fn a_suppressed_finding_says_why() {
    let db = db(vec![
        ("debian-12", vec![]),
        ("pypi", vec![about("PYSEC-1", &["CVE-2024-0001"], "requests", &["< 2.31.0"])]),
    ]);
    let mut owned = package(Ecosystem::Pypi, "requests", "2.28.1");
    owned.owner = Some(PackageId(0));
    let debian = package(Ecosystem::Deb, "python3-requests", "2.28.1+dfsg-1");
    let found = ask(&db, &inventory("debian 12", vec![debian, owned]), "cve-2024-0001", None);
    let why = found.judged[0].suppressed.as_deref().unwrap();
    assert!(why.contains("python3-requests 2.28.1+dfsg-1"), "{why}");
}

#[test]
fn what_is_known_elsewhere_or_nowhere_is_told() {
    let db = db(vec![
        ("debian-11", vec![about("CVE-2024-0001", &[], "openssl", &["*"])]),
        ("debian-12", vec![about("CVE-2024-0002", &[], "curl", &["*"])]),
    ]);
    let mut with_npm = deb("3.0.11-1");
    with_npm.packages.push(package(Ecosystem::Npm, "left", "1.0.0"));
    let found = ask(&db, &with_npm, "CVE-2024-0001", None);
    assert_eq!(found.judged, []);
    let [record] = found.records.as_slice() else { panic!("{found:#?}") };
    assert_eq!((record.segment.as_str(), record.judges), ("debian-11", false));
    assert!(found.not_covered[0].contains("npm"), "{:?}", found.not_covered);
    // Known to the segment that judges, and not installed.
    let found = ask(&db, &with_npm, "CVE-2024-0002", None);
    assert_eq!((found.records[0].judges, found.judged.len()), (true, 0));
    assert!(found.records[0].packages.contains("curl"));
    assert_eq!(ask(&db, &with_npm, "CVE-2024-9999", None).records, []);
}

#[test]
fn a_package_is_asked_for_by_its_name_or_its_sources() {
    let record = about("CVE-2024-0001", &[], "openssl", &["*"]);
    let db = db(vec![("debian-12", vec![record])]);
    for (only, asked, judged) in [("libssl3", 1, 1), ("openssl", 1, 1), ("curl", 0, 0)] {
        let found = ask(&db, &deb("1"), "CVE-2024-0001", Some(only));
        assert_eq!((found.asked.len(), found.judged.len()), (asked, judged), "{only}");
    }
}

#[test]
fn ids_are_found_in_any_case_and_by_alias() {
    let db = db(vec![
        ("npm", vec![about("GHSA-aaaa-bbbb-cccc", &["CVE-2024-0001"], "left", &["< 2.0.0"])]),
        ("pypi", vec![about("PYSEC-1", &["CVE-2024-0001"], "left", &["*"])]),
        ("debian-12", vec![about("CVE-2024-0001", &[], "left", &["*"])]),
    ]);
    let records = |id: &str, only: Option<&str>| -> Vec<String> {
        let entries = search_id(&db, id, only).unwrap();
        entries.into_iter().map(|e| format!("{} {}", e.segment, e.record)).collect()
    };
    assert_eq!(
        records("CVE-2024-0001", None),
        ["debian-12 CVE-2024-0001", "npm GHSA-aaaa-bbbb-cccc", "pypi PYSEC-1"]
    );
    assert_eq!(records("cve-2024-0001", Some("pypi")), ["pypi PYSEC-1"]);
    assert_eq!(records("ghsa-AAAA-bbbb-cccc", None), ["npm GHSA-aaaa-bbbb-cccc"]);
    assert_eq!(records("CVE-2024-00010", None), [""; 0]);
}

#[test]
fn packages_are_found_in_every_spelling() {
    let db = db(vec![
        ("almalinux-9", vec![about("A", &[], "src:zope.interface", &["*"])]),
        ("pypi", vec![about("P", &[], "zope-interface", &["*"])]),
    ]);
    let found = search_package(&db, "zope.interface", None).unwrap();
    let found: Vec<&str> = found.iter().map(|entry| entry.record.as_str()).collect();
    assert_eq!(found, ["A", "P"]);
    assert_eq!(search_package(&db, "Zope_Interface", Some("pypi")).unwrap().len(), 1);
}

#[test]
fn a_package_url_with_a_version_is_judged() {
    let db = db(vec![
        ("debian-11", vec![about("CVE-2024-0001", &[], "openssl", &["< 1.1.1w-0"])]),
        ("debian-12", vec![about("CVE-2024-0001", &[], "openssl", &["< 3.0.14-1"])]),
        ("npm", vec![about("GHSA-1", &[], "@team/left", &["< 2.0.0"])]),
    ]);
    let outcomes = |purl: &str| -> Vec<(String, Option<bool>)> {
        let entries = search_purl(&db, purl, None).unwrap();
        let affected = |outcome: &Outcome| outcome.is_affected();
        entries.into_iter().map(|e| (e.segment, e.judged.map(|j| affected(&j.outcome)))).collect()
    };
    let expect = |expected: &[(&str, Option<bool>)]| -> Vec<(String, Option<bool>)> {
        expected.iter().map(|(segment, is)| ((*segment).to_owned(), *is)).collect()
    };
    assert_eq!(outcomes("pkg:npm/%40team/left@1.0.0"), expect(&[("npm", Some(true))]));
    assert_eq!(outcomes("pkg:npm/%40team/left@2.0.0"), expect(&[("npm", Some(false))]));
    assert_eq!(outcomes("pkg:npm/%40team/left"), expect(&[("npm", None)]));
    assert_eq!(
        outcomes("pkg:deb/debian/libssl3@3.0.11-1?upstream=openssl&distro=debian-12"),
        expect(&[("debian-12", Some(true))])
    );
    // Where the release is not said, each is asked.
    assert_eq!(
        outcomes("pkg:deb/debian/openssl@3.0.14-1"),
        expect(&[("debian-11", Some(false)), ("debian-12", Some(false))])
    );
    assert!(matches!(search_purl(&db, "pkg:what/x", None), Err(SearchError::Purl(_))));
}

proptest! {
    /// An explanation says affected exactly where the matcher finds something.
    #[test]
    fn explaining_is_matching(
        fixed in 1..5_u8,
        introduced in prop::option::of(0..4_u8),
        installed in 0..5_u8,
        status in 0..8_usize,
        arch in prop::option::of(prop::sample::select(vec!["x86_64", "aarch64"])),
    ) {
        let extent = match introduced {
            Some(introduced) => format!(">= {introduced}, < {fixed}"),
            None => format!("< {fixed}"),
        };
        let mut record = about("CVE-2024-0001", &[], "p", &[&extent]);
        record.affected[0].status = Status::ALL[status];
        record.affected[0].conditions.arches = arch.iter().map(|a| (*a).to_owned()).collect();
        let db = db(vec![("almalinux-9", vec![record])]);
        let mut package = package(Ecosystem::Rpm, "p", &installed.to_string());
        package.arch = Some("x86_64".to_owned());
        let inventory = inventory("almalinux 9.4", vec![package]);
        let told = ask(&db, &inventory, "CVE-2024-0001", None);
        let found = match_inventory(&db, &inventory).unwrap().findings;
        prop_assert_eq!(told.judged[0].judged.outcome.is_affected(), !found.is_empty());
    }
}
