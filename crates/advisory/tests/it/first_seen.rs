//! When records and fixes were first seen, from one database to the next.

use crate::recipe::{about, db_after, inventory, package, segment};
use lazaret_advisory::{Db, SegmentRef, match_inventory, search_id, write_segment};
use lazaret_core::advisory::{Advisory, Conditions};
use lazaret_core::finding::Vulnerability;
use lazaret_core::package::Ecosystem;

// `date -u -d 2024-03-01 +%s`, and days after it.
const MARCH_1: i64 = 1_709_251_200;
const DAY: i64 = 86_400;

/// A record about `p` published on the first of January 2024 (`date -u -d 2024-01-01 +%s`).
fn dated(id: &str, extent: &[&str]) -> Advisory {
    Advisory { published: Some(1_704_067_200), ..about(id, &[], "p", extent) }
}

fn next(previous: &Db, day: i64, records: Vec<Advisory>) -> Db {
    db_after(Some(previous), Some(MARCH_1 + day * DAY), vec![("pypi", records)])
}

fn first(records: Vec<Advisory>) -> Db {
    db_after(None, Some(MARCH_1), vec![("pypi", records)])
}

/// The days a record and its fix were first seen, `-` where nobody knows.
#[track_caller]
fn check(db: &Db, id: &str, expected: &[(&str, &str)]) {
    let day = |time: &Option<String>| time.as_deref().map_or("-", |time| &time[..10]).to_owned();
    let entries = search_id(db, id, None).unwrap();
    let found: Vec<(String, String)> =
        entries.iter().map(|e| (day(&e.first_seen), day(&e.fix_first_seen))).collect();
    let expected: Vec<(String, String)> =
        expected.iter().map(|(row, fix)| ((*row).to_owned(), (*fix).to_owned())).collect();
    assert_eq!(found, expected, "{id}");
    db.verify().unwrap();
}

#[test]
fn the_first_database_takes_the_records_word() {
    let mut changed = about("C", &[], "p", &["< 2"]);
    changed.modified = Some(1_704_067_200);
    // Nothing is seen after the database was built, whatever a mistyped date says.
    let future = Advisory { published: Some(4_102_444_800), ..about("D", &[], "p", &["< 2"]) };
    let db = first(vec![
        dated("A", &["< 2"]),
        about("B", &[], "p", &["< 2"]),
        changed,
        future,
        dated("E", &["*"]),
    ]);
    check(&db, "A", &[("2024-01-01", "2024-01-01")]);
    check(&db, "B", &[("-", "-")]);
    check(&db, "C", &[("2024-01-01", "2024-01-01")]);
    check(&db, "D", &[("2024-03-01", "2024-03-01")]);
    check(&db, "E", &[("2024-01-01", "-")]);
}

#[test]
fn what_was_there_keeps_its_times_and_what_is_new_gets_the_days() {
    let one = first(vec![dated("A", &["*"]), about("B", &[], "p", &["< 2"])]);
    let two = next(
        &one,
        1,
        vec![dated("A", &["< 2"]), dated("B", &["< 2"]), about("C", &[], "p", &["< 2"])],
    );
    // A fix appeared.
    check(&two, "A", &[("2024-01-01", "2024-03-02")]);
    // A date that is given later does not make an old record new.
    check(&two, "B", &[("-", "-")]);
    check(&two, "C", &[("2024-03-02", "2024-03-02")]);
    // What the second saw, the third knows; another version with the fix is not another fix.
    let three = next(
        &two,
        2,
        vec![dated("A", &["< 2.1"]), about("B", &[], "p", &["*"]), dated("C", &["*"])],
    );
    check(&three, "A", &[("2024-01-01", "2024-03-02")]);
    check(&three, "B", &[("-", "-")]);
    check(&three, "C", &[("2024-03-02", "-")]);
    // A fix that was taken back and given again is a new one, as is a record.
    let four = next(&three, 3, vec![dated("C", &["< 2"])]);
    let five = next(&four, 4, vec![dated("A", &["< 2"]), dated("C", &["< 2"])]);
    check(&five, "A", &[("2024-03-05", "2024-03-05")]);
    check(&five, "C", &[("2024-03-02", "2024-03-04")]);
}

#[test]
fn a_row_is_known_by_package_record_and_conditions() {
    let on = |arch: &str, extent: &[&str]| {
        let mut record = dated("A", extent);
        record.affected[0].conditions =
            Conditions { arches: vec![arch.to_owned()], ..Conditions::default() };
        record
    };
    let one = first(vec![on("x86_64", &["< 2"])]);
    let mut both = on("x86_64", &["< 2"]);
    both.affected.extend(on("aarch64", &["< 2"]).affected);
    both.affected.push(lazaret_core::advisory::Affected {
        package: "q".to_owned(),
        ..both.affected[0].clone()
    });
    let two = next(&one, 1, vec![both]);
    // In the order of the rows: aarch64, x86_64, and the other package.
    check(
        &two,
        "A",
        &[("2024-03-02", "2024-03-02"), ("2024-01-01", "2024-01-01"), ("2024-03-02", "2024-03-02")],
    );
}

#[test]
fn a_new_segment_is_no_news() {
    let one = first(vec![dated("A", &["< 2"])]);
    let two = db_after(
        Some(&one),
        Some(MARCH_1 + DAY),
        vec![("npm", vec![dated("N", &["< 2"])]), ("pypi", vec![dated("A", &["< 2"])])],
    );
    check(&two, "N", &[("2024-01-01", "2024-01-01")]);
}

#[test]
fn time_never_runs_backwards() {
    let one = first(vec![dated("A", &["*"])]);
    assert_eq!(one.built(), Some("2024-03-01T00:00:00Z"));
    let two = next(&one, -30, vec![dated("A", &["*"]), dated("B", &["*"])]);
    assert_eq!(two.built(), Some("2024-03-01T00:00:00Z"));
    check(&two, "B", &[("2024-03-01", "-")]);
}

#[test]
fn without_a_time_the_records_tell_it() {
    let build = |previous| db_after(previous, None, vec![("pypi", vec![dated("A", &["< 2"])])]);
    let one = build(None);
    assert_eq!(one.built(), Some("2024-01-01T00:00:00Z"));
    // The same feeds over their own database are the same database.
    assert_eq!(build(Some(&one)).digest(), one.digest());
    assert_eq!(db_after(None, None, vec![("pypi", vec![])]).built(), None);
}

#[test]
fn times_are_only_written_where_they_say_something() {
    let records = segment("pypi", vec![dated("A", &["< 2"])]);
    let plain = write_segment("pypi", &records).unwrap();
    let one = first(records.advisories.clone());
    assert_eq!(one.info("pypi").unwrap().size_bytes, plain.len() as u64);
    let two = next(&one, 1, vec![dated("A", &["< 2"]), dated("B", &["< 2"])]);
    let without =
        write_segment("pypi", &segment("pypi", vec![dated("A", &["< 2"]), dated("B", &["< 2"])]));
    // One line of the directory, and two times for each of two rows.
    assert_eq!(two.info("pypi").unwrap().size_bytes, without.unwrap().len() as u64 + 12 + 2 * 8);
}

/// The times section, written out by hand from `docs/formats/advisory-db.md`.
#[test]
fn times_have_the_bytes_of_the_format_page() {
    let one = first(vec![dated("A", &["*"])]);
    let mut files = std::collections::BTreeMap::new();
    let options = lazaret_advisory::BuildOptions { at: Some(MARCH_1 + DAY), previous: Some(&one) };
    let mut undated = dated("A", &["< 2"]);
    undated.published = None;
    let records = crate::recipe::records(vec![(
        "pypi",
        vec![undated, dated("B", &["< 2"]), dated("C", &["*"])],
    )]);
    lazaret_advisory::write_database_with(&records, &options, &mut |file, bytes| {
        files.insert(file.to_owned(), bytes.to_vec());
        Ok(())
    })
    .unwrap();
    let segment = files.iter().find(|(file, _)| file.starts_with("pypi")).unwrap().1;
    let word = |at: usize| u32::from_le_bytes(segment[at..at + 4].try_into().unwrap());
    // Seven sections, the last with tag 8.
    assert_eq!(word(28), 7);
    let line = 32 + 6 * 12;
    assert_eq!((word(line), word(line + 8)), (8, 3 * 8));
    let at = word(line + 4) as usize;
    let words: Vec<u32> = (0..6).map(|n| word(at + 4 * n)).collect();
    let (january, march_2) = (1_704_067_200, 1_709_337_600);
    // A was there since January, by a date it no longer has, and got its fix now; B is new; C is
    // new and has no fix.
    assert_eq!(words, [january, march_2, march_2, march_2, march_2, 0]);
}

#[test]
fn a_section_of_times_that_does_not_fit_is_damage() {
    let one = first(vec![dated("A", &["*"])]);
    let two = next(&one, 1, vec![dated("A", &["< 2"])]);
    two.verify().unwrap();
    // The same segment with a directory that cuts the times short.
    let record = [dated("A", &["< 2"])];
    let plain = write_segment("pypi", &segment("pypi", record.to_vec())).unwrap();
    let mut bytes = plain.clone();
    let sections = u32::from_le_bytes(bytes[28..32].try_into().unwrap()) as usize;
    let end = 32 + sections * 12;
    let mut line = Vec::new();
    for word in [8_u32, u32::try_from(end).unwrap(), 4] {
        line.extend(word.to_le_bytes());
    }
    // Every offset moves by the twelve bytes of the new line.
    for row in 0..sections {
        let at = 32 + row * 12 + 4;
        let offset = u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap()) + 12;
        bytes[at..at + 4].copy_from_slice(&offset.to_le_bytes());
    }
    bytes.splice(end..end, line);
    let length = u32::try_from(bytes.len()).unwrap();
    bytes[12..16].copy_from_slice(&length.to_le_bytes());
    bytes[28..32].copy_from_slice(&u32::try_from(sections + 1).unwrap().to_le_bytes());
    let segment = SegmentRef::parse(&bytes).unwrap();
    assert_eq!(segment.name(), Ok("pypi"));
    let rows: Vec<_> = segment.lookup("p").unwrap().collect();
    assert!(rows[0].is_err(), "{rows:?}");
}

fn only(db: &Db, version: &str) -> Vulnerability {
    let inventory = inventory("", vec![package(Ecosystem::Pypi, "p", version)]);
    let found = match_inventory(db, &inventory).unwrap().findings;
    assert_eq!(found.len(), 1, "{found:#?}");
    found[0].vulnerability().unwrap().clone()
}

#[test]
fn findings_say_when_they_and_their_fix_were_first_seen() {
    let one = first(vec![dated("CVE-2024-0001", &["*"])]);
    let found = only(&one, "1.0");
    assert_eq!(found.first_seen.as_deref(), Some("2024-01-01T00:00:00Z"));
    assert_eq!(found.fix_first_seen, None);
    // Of two records that speak of one vulnerability, the first to have been seen counts.
    let mut other = about("PYSEC-1", &["CVE-2024-0001"], "p", &["< 3"]);
    other.published = Some(MARCH_1);
    let two = next(&one, 1, vec![dated("CVE-2024-0001", &["< 2"]), other]);
    let found = only(&two, "1.0");
    assert_eq!(found.first_seen.as_deref(), Some("2024-01-01T00:00:00Z"));
    assert_eq!(found.fix_first_seen.as_deref(), Some("2024-03-02T00:00:00Z"));
}

#[test]
fn a_database_that_is_too_young_leaves_out_what_it_first_had_later() {
    let one = first(vec![dated("A", &["*"]), dated("B", &["< 2"])]);
    let build = |day| {
        next(&one, day, vec![dated("A", &["< 2"]), dated("B", &["< 2"]), dated("C", &["< 2"])])
    };
    let findings = |db: &Db, version: &str| {
        let inventory = inventory("", vec![package(Ecosystem::Pypi, "p", version)]);
        let matched = match_inventory(db, &inventory).unwrap();
        let findings: Vec<String> = matched
            .findings
            .iter()
            .map(|f| format!("{} {}", f.id, f.vulnerability().unwrap().fixed_versions.join(",")))
            .collect();
        (findings, matched.problems)
    };
    let (found, problems) = findings(&build(5), "1.0");
    assert_eq!(found, ["A 2", "B 2", "C 2"]);
    assert_eq!(problems, []);
    // As on the third of March: two days before, with one record less and one fix less.
    let then = build(5).limited_to(MARCH_1 + 2 * DAY);
    let (found, problems) = findings(&then, "1.0");
    assert_eq!(found, ["B 2", "A "]);
    let [problem] = problems.as_slice() else { panic!("{problems:?}") };
    assert!(problem.message.contains("2024-03-06T00:00:00Z"), "{}", problem.message);
    assert!(problem.message.contains("2024-03-03T00:00:00Z"), "{}", problem.message);
    // Then, the version with the fix was one of all that were affected.
    assert_eq!(findings(&then, "2.0").0, ["A "]);
    // What stands for an earlier time is whole.
    let whole = build(1).limited_to(MARCH_1 + 2 * DAY);
    assert_eq!(whole.limit(), None);
    // Before anything was published there is nothing.
    assert_eq!(findings(&build(5).limited_to(0), "1.0").0, [""; 0]);
}
