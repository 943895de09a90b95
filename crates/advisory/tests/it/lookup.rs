//! A look-up finds what a linear scan of the records finds.

use crate::recipe::{about, advisory, affected, db, range, segment};
use lazaret_advisory::{RangeRef, SegmentRef, write_segment};
use lazaret_core::advisory::{Advisory, Affected, Conditions, Range, RangeEnd, Status};
use lazaret_core::severity::Severity;
use lazaret_core::version::Scheme;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use std::collections::BTreeSet;

const PACKAGES: [&str; 6] = ["", "a", "a-b", "ab", "b", "@scope/name"];

fn version() -> impl Strategy<Value = String> {
    (0..4_u8, 0..4_u8).prop_map(|(major, minor)| format!("{major}.{minor}.0"))
}

fn any_range() -> impl Strategy<Value = Range> {
    let end = prop_oneof![
        version().prop_map(RangeEnd::Fixed),
        version().prop_map(RangeEnd::LastAffected),
        Just(RangeEnd::Open),
    ];
    (option::of(version()), end).prop_map(|(introduced, end)| Range { introduced, end })
}

fn any_affected() -> impl Strategy<Value = Affected> {
    let severity = option::of(prop::sample::select(&Severity::ALL[..]));
    let package = prop::sample::select(&PACKAGES[..]);
    let status = prop::sample::select(&Status::ALL[..]);
    let text = |texts: &'static [&'static str]| {
        option::of(prop::sample::select(texts)).prop_map(|text| text.map(str::to_owned))
    };
    let arches = prop::sample::subsequence(&["aarch64", "x86_64"][..], 0..=2)
        .prop_map(|arches| arches.into_iter().map(str::to_owned).collect());
    let conditions = (arches, text(&["nodejs:18", "perl:5.30"]), text(&["esm-infra", "eus-9.2"]))
        .prop_map(|(arches, module, channel)| Conditions { arches, module, channel });
    let imports = prop::sample::subsequence(&["a.org/b", "a.org/b/c", "net/http"][..], 0..=2)
        .prop_map(|imports| imports.into_iter().map(str::to_owned).collect());
    let said = (package, status, vec(any_range(), 0..3), vec(version(), 0..3), severity);
    (said, conditions, imports).prop_map(|(said, conditions, imports)| {
        let (package, status, ranges, versions, severity) = said;
        let package = package.to_owned();
        Affected { package, status, ranges, versions, severity, conditions, imports }
    })
}

fn any_records() -> impl Strategy<Value = Vec<Advisory>> {
    let record = (any::<Option<i64>>(), any::<Option<i64>>(), vec(any_affected(), 0..4));
    vec(record, 0..12).prop_map(|records| {
        let records = records.into_iter().enumerate();
        records
            .map(|(position, (published, modified, affected))| Advisory {
                published,
                modified,
                affected,
                ..advisory(&format!("CVE-2020-{position:04}"), &[])
            })
            .collect()
    })
}

fn names(ranges: &[Range], versions: &[String], version: &str) -> bool {
    let in_range =
        |range: &Range| RangeRef::from(range).contains(Scheme::Semver, version) == Some(true);
    ranges.iter().any(in_range) || versions.iter().any(|listed| listed == version)
}

/// What the records say of a package and a version, by reading all of them.
fn scan(records: &[Advisory], package: &str, version: &str) -> BTreeSet<(String, u8, Status)> {
    let mut found = BTreeSet::new();
    for record in records {
        for affected in record.affected.iter().filter(|affected| affected.package == package) {
            if names(&affected.ranges, &affected.versions, version) {
                let severity = affected.severity.map_or(0, |severity| severity as u8 + 1);
                found.insert((record.id.clone(), severity, affected.status));
            }
        }
    }
    found
}

/// The same, by looking the package up.
fn look_up(
    segment: SegmentRef<'_>,
    package: &str,
    version: &str,
) -> BTreeSet<(String, u8, Status)> {
    let mut found = BTreeSet::new();
    for row in segment.lookup(package).unwrap() {
        let row = row.unwrap();
        let ranges: Vec<Range> = row.ranges().map(|range| range.unwrap().to_range()).collect();
        let versions: Vec<String> = row.versions().map(|text| text.unwrap().to_owned()).collect();
        if names(&ranges, &versions, version) {
            let severity = row.severity().map_or(0, |severity| severity as u8 + 1);
            found.insert((row.advisory().unwrap().id().to_string(), severity, row.status()));
        }
    }
    found
}

proptest! {
    #[test]
    fn a_look_up_is_a_linear_scan(records in any_records(), seed in any::<u64>()) {
        let bytes = write_segment("npm", &segment("npm", records.clone())).unwrap();
        let read = SegmentRef::parse(&bytes).unwrap();
        for package in PACKAGES.into_iter().chain(["c", "aa"]) {
            for version in (0..16).map(|n| format!("{}.{}.0", n / 4, n % 4)) {
                prop_assert_eq!(
                    look_up(read, package, &version),
                    scan(&records, package, &version),
                    "{} {}", package, version
                );
            }
        }
        let dates = |records: &[Advisory]| -> Vec<_> {
            records.iter().map(|r| (r.id.clone(), r.published, r.modified)).collect()
        };
        prop_assert_eq!(dates(&read.read_advisories().unwrap()), dates(&records));

        // What was read gives the same bytes again, in any order.
        let mut again = read.read_advisories().unwrap();
        let length = again.len().max(1);
        again.rotate_left(usize::try_from(seed).unwrap_or(0) % length);
        prop_assert_eq!(write_segment("npm", &segment("npm", again)).unwrap(), bytes);
    }
}

#[test]
fn every_one_of_many_names_is_found_and_no_other() {
    let records: Vec<Advisory> = (0..5_000)
        .map(|n| about(&format!("CVE-2021-{n:04}"), &[], &format!("package-{n}"), &["*"]))
        .collect();
    let db = db(vec![("npm", records)]);
    for n in 0..5_000 {
        let mut rows = db.lookup("npm", &format!("package-{n}")).unwrap().unwrap();
        let id = rows.next().unwrap().unwrap().advisory().unwrap().id().to_string();
        assert_eq!(id, format!("CVE-2021-{n:04}"));
        assert!(rows.next().is_none());
        assert_eq!(db.lookup("npm", &format!("package-{n}x")).unwrap().unwrap().len(), 0);
    }
    let segment = db.segment("npm").unwrap().unwrap();
    let names: Vec<&str> = segment.packages().map(|package| package.unwrap().0).collect();
    assert!(names.is_sorted());
    assert_eq!(names.len(), 5_000);
    assert!(db.lookup("pypi", "package-1").unwrap().is_none());
}

#[test]
fn an_empty_segment_knows_nothing() {
    let db = db(vec![("npm", Vec::new())]);
    assert_eq!(db.lookup("npm", "").unwrap().unwrap().len(), 0);
    assert_eq!(db.newest(), None);
    db.verify().unwrap();
}

#[test]
fn several_statements_of_one_record_stay_apart() {
    let mut record = about("CVE-2021-0001", &[], "p", &["< 1.0.0"]);
    record.affected.push(affected("p", &[">= 2.0.0, < 2.5.0"]));
    let bytes = write_segment("npm", &segment("npm", vec![record])).unwrap();
    let read = SegmentRef::parse(&bytes).unwrap();
    let ranges: Vec<Range> = read
        .lookup("p")
        .unwrap()
        .flat_map(|row| {
            row.unwrap().ranges().map(|range| range.unwrap().to_range()).collect::<Vec<_>>()
        })
        .collect();
    assert_eq!(ranges, [range("< 1.0.0"), range(">= 2.0.0, < 2.5.0")]);
}
