//! Package databases of rpm, against what rpm itself lists of them.

use super::run::{Outcome, extractor, inputs, run};
use lazaret_core::extract::Fact;
use lazaret_core::package::{Ecosystem, PackageFact};
use std::path::{Path, PathBuf};

/// The folder of real databases, which lies outside of the repository.
#[expect(clippy::print_stdout, reason = "a skipped test says so")]
fn corpus() -> Option<PathBuf> {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/corpus/rpm"));
    if folder.is_dir() {
        return Some(folder.to_owned());
    }
    println!("skipped: the corpus folder `rpm` is not here");
    None
}

/// The files of one fixture case, each with what it gave.
fn case(id: &str, name: &str) -> Vec<(String, Outcome)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(id).join(name);
    inputs(&folder)
        .into_iter()
        .map(|(path, file)| {
            let outcome = run(extractor(id), &path, &std::fs::read(file).unwrap());
            (path, outcome)
        })
        .collect()
}

/// A package as a line of `rpm -qa --qf '%{NAME} %{EPOCHNUM}:%{VERSION}-%{RELEASE} %{ARCH}
/// %{SOURCERPM} %{LICENSE}'`, with the end of the source package's file name left out.
fn line(package: &PackageFact) -> String {
    assert_eq!(package.ecosystem, Ecosystem::Rpm);
    let epoch = if package.version.contains(':') { "" } else { "0:" };
    let none = || "(none)".to_owned();
    let source = package.source.as_ref();
    format!(
        "{} {epoch}{} {} {} {}",
        package.name,
        package.version,
        package.arch.clone().unwrap_or_else(none),
        source.map_or_else(none, |source| format!("{}-{}", source.name, source.version)),
        package.licenses.join(" / "),
    )
}

fn lines(outcome: &Outcome) -> Vec<String> {
    let mut lines: Vec<String> = outcome.packages().map(line).collect();
    lines.sort();
    lines
}

/// The rows of a table of the corpus, written as [`line`] writes packages.
fn expected(table: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(table).unwrap();
    let mut rows: Vec<String> = text
        .lines()
        .map(|row| {
            let columns: Vec<&str> = row.split('\t').collect();
            let [name, epoch, version, release, arch, source, license] = columns[..] else {
                panic!("{row}")
            };
            let source = source.strip_suffix(".src.rpm").unwrap_or(source);
            format!("{name} {epoch}:{version}-{release} {arch} {source} {license}")
        })
        .collect();
    rows.sort();
    rows
}

#[test]
fn every_format_gives_the_packages_rpm_lists() {
    let Some(corpus) = corpus() else { return };
    let formats = [
        ("bdb", "rpm/bdb", "Packages"),
        ("ndb", "rpm/ndb", "Packages.db"),
        ("sqlite", "rpm/sqlite", "rpmdb.sqlite"),
    ];
    let mut seen = 0;
    for (name, packages) in
        [("al2023", 103), ("mariner2", 129), ("rocky9-reconstructed", 159), ("sle15bci", 36)]
    {
        let expected = expected(&corpus.join(format!("{name}.expected.tsv")));
        assert_eq!(expected.len(), packages, "{name}");
        for (format, id, file) in formats {
            let Ok(bytes) = std::fs::read(corpus.join(format!("{name}-{format}")).join(file))
            else {
                continue;
            };
            seen += 1;
            let outcome = run(extractor(id), &format!("var/lib/rpm/{file}"), &bytes);
            assert_eq!(outcome.problems, [], "{name}-{format}");
            assert_eq!(lines(&outcome), expected, "{name}-{format}");
        }
    }
    assert_eq!(seen, 9);
}

#[test]
fn every_format_gives_the_vendor() {
    let Some(corpus) = corpus() else { return };
    // By `strings` over the databases.
    for (database, id, file, vendor) in [
        ("al2023-bdb", "rpm/bdb", "Packages", "Amazon Linux"),
        ("al2023-sqlite", "rpm/sqlite", "rpmdb.sqlite", "Amazon Linux"),
        ("libuuid-bdb", "rpm/bdb", "Packages", "Red Hat, Inc."),
        ("sle15bci-ndb", "rpm/ndb", "Packages.db", "SUSE LLC <https://www.suse.com/>"),
    ] {
        let bytes = std::fs::read(corpus.join(database).join(file)).unwrap();
        let outcome = run(extractor(id), &format!("var/lib/rpm/{file}"), &bytes);
        // Public keys are packages without a vendor.
        for package in outcome.packages().filter(|package| package.name != "gpg-pubkey") {
            assert_eq!(package.vendor.as_deref(), Some(vendor), "{database}: {}", package.name);
        }
    }
}

#[test]
fn a_package_names_the_module_it_was_built_in() {
    // `rpm -qa --qf '%{MODULARITYLABEL}'` says `lamp:18:8090020231130120012:abcdef01`.
    let outcome = &case("rpm/sqlite", "good-module")[0].1;
    let modules: Vec<Option<&str>> =
        outcome.packages().map(|package| package.module.as_deref()).collect();
    assert_eq!(modules, [Some("lamp:18")]);
    let labeled = header(&[(1000, 6, 0, 1), (1001, 6, 2, 1), (5096, 6, 4, 1)], b"a\x001\0m:2:3\0");
    let outcome = run(extractor("rpm/ndb"), "var/lib/rpm/Packages.db", &ndb(&labeled, 1));
    assert_eq!(outcome.packages().next().unwrap().module.as_deref(), Some("m:2"));
}

#[test]
fn a_database_of_one_package_reads_as_rpm_reads_it() {
    let Some(corpus) = corpus() else { return };
    let bytes = std::fs::read(corpus.join("libuuid-bdb/Packages")).unwrap();
    let outcome = run(extractor("rpm/bdb"), "var/lib/rpm/Packages", &bytes);
    assert_eq!(outcome.problems, []);
    assert_eq!(lines(&outcome), [LIBUUID]);
}

#[test]
fn the_key_that_signed_a_package_is_the_one_rpm_names() {
    let Some(corpus) = corpus() else { return };
    // What `rpm -qa --qf '%{RSAHEADER:pgpsig}\n'` of Debian 12 prints; the package without a key is
    // `gpg-pubkey`, a key itself.
    for (name, id, file, signed, key) in [
        ("al2023-sqlite", "rpm/sqlite", "rpmdb.sqlite", 102, "e951904ad832c631"),
        ("al2023-bdb", "rpm/bdb", "Packages", 102, "e951904ad832c631"),
        ("mariner2-sqlite", "rpm/sqlite", "rpmdb.sqlite", 129, "0cd9fed33135ce90"),
        ("libuuid-bdb", "rpm/bdb", "Packages", 1, "199e2f91fd431d51"),
        ("rocky9-reconstructed-sqlite", "rpm/sqlite", "rpmdb.sqlite", 0, ""),
    ] {
        let bytes = std::fs::read(corpus.join(name).join(file)).unwrap();
        let outcome = run(extractor(id), &format!("var/lib/rpm/{file}"), &bytes);
        let keys: Vec<&str> = outcome.packages().filter_map(|p| p.signer.as_deref()).collect();
        assert_eq!(keys, vec![key; signed], "{name}");
    }
}

/// As `rpm -qa` of Debian 12 prints the database.
const LIBUUID: &str = "libuuid 0:2.32.1-42.el8_8 x86_64 util-linux-2.32.1-42.el8_8 BSD";

/// What `rpm -qa` of Debian 12 printed for the databases the fixtures were made from.
const LANTERN: &str = "lantern 2:1.4-3.el9 noarch lantern-1.4-3.el9 MIT AND BSD-3-Clause";
const LIBS: &str = "lantern-libs 2:1.4-3.el9 noarch lantern-1.4-3.el9 MIT";
const OIL: &str = "oil-for-lamps 0:0.9~rc1-1.el9 x86_64 oil-for-lamps-0.9~rc1-1.el9 Apache-2.0";

#[test]
fn headers_are_found_wherever_a_database_puts_them() {
    for (id, name, expected) in [
        ("rpm/bdb", "good", &[LANTERN, LIBS, OIL][..]),
        ("rpm/bdb", "good-big-endian", &[LANTERN, LIBS]),
        ("rpm/bdb", "good-spare-pages", &[LANTERN, LIBS]),
        ("rpm/ndb", "good", &[LANTERN, LIBS, OIL]),
        ("rpm/sqlite", "good", &[LANTERN, LIBS, OIL]),
        ("rpm/sqlite", "good-utf16", &[LANTERN, LIBS, OIL]),
    ] {
        let outcomes = case(id, name);
        assert_eq!(outcomes.len(), 1, "{id}/{name}");
        let outcome = &outcomes[0].1;
        assert_eq!(outcome.problems, [], "{id}/{name}");
        assert_eq!(lines(outcome), expected, "{id}/{name}");
        let owned: Vec<(&str, &str)> = outcome
            .facts
            .iter()
            .filter_map(|fact| match &fact.fact {
                Fact::Owns { package, paths } => Some((package.as_str(), paths[0].as_str())),
                _ => None,
            })
            .collect();
        assert_eq!(owned, [("lantern", "usr/lib/node_modules/lamp/package.json")], "{id}/{name}");
    }
}

#[test]
fn what_is_whole_in_a_damaged_database_is_kept() {
    for (id, name, expected) in [
        ("rpm/bdb", "broken-cycle", &[LIBS, OIL][..]),
        ("rpm/ndb", "broken-cut", &[LIBS, OIL]),
        ("rpm/sqlite", "broken-cycle", &[LIBS, OIL]),
    ] {
        let outcome = &case(id, name)[0].1;
        assert!(!outcome.problems.is_empty(), "{id}/{name}");
        assert_eq!(lines(outcome), expected, "{id}/{name}");
    }
}

#[test]
fn a_log_that_was_not_applied_is_a_problem_and_an_old_one_is_not() {
    let problems = |bytes: &[u8]| {
        let path = "var/lib/rpm/rpmdb.sqlite-wal";
        let problems = run(extractor("rpm/sqlite"), path, bytes).problems;
        problems.into_iter().map(|problem| problem.message).collect::<Vec<_>>()
    };
    let file = "fixtures/rpm/sqlite/broken-log/var/lib/rpm/rpmdb.sqlite-wal";
    let log = std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap();
    // SQLite wrote one transaction of eight pages of 512 bytes, each behind 24 bytes.
    assert_eq!(log.len(), 32 + 8 * 536);
    assert!(problems(&log)[0].starts_with("8 pages of this write-ahead log were not applied"));
    // Without its last frame the transaction is not complete.
    assert_eq!(problems(&log[..32 + 7 * 536]), [""; 0]);
    // A frame that was overwritten ends the log.
    let mut damaged = log.clone();
    damaged[32 + 100] ^= 1;
    assert_eq!(problems(&damaged), [""; 0]);
    assert_eq!(problems(b"not a log at all"), ["the write-ahead log of the database is damaged"]);
    assert_eq!(problems(b""), [""; 0]);
}

#[test]
fn damage_anywhere_does_no_harm() {
    for (id, name) in [
        ("rpm/bdb", "good"),
        ("rpm/bdb", "good-big-endian"),
        ("rpm/ndb", "good"),
        ("rpm/sqlite", "good-utf16"),
        ("rpm/sqlite", "broken-log"),
    ] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(id).join(name);
        for (path, file) in inputs(&folder) {
            let whole = std::fs::read(file).unwrap();
            for at in (0..whole.len()).step_by(29) {
                run(extractor(id), &path, &whole[..at]);
                for value in [0, 1, 0x7f, 0xff] {
                    let mut damaged = whole.clone();
                    damaged[at] = value;
                    let outcome = run(extractor(id), &path, &damaged);
                    // A page may still hold what was moved away from it.
                    assert!(outcome.packages().count() <= 6, "{id}/{name}, byte {at}: {value}");
                }
            }
        }
    }
}

/// A package header with these entries (tag, type, place, count) over this data.
fn header(entries: &[(u32, u32, u32, u32)], data: &[u8]) -> Vec<u8> {
    let number = |number: usize| u32::try_from(number).unwrap().to_be_bytes();
    let mut blob = [number(entries.len()), number(data.len())].concat();
    for (tag, kind, place, count) in entries {
        blob.extend([*tag, *kind, *place, *count].into_iter().flat_map(u32::to_be_bytes));
    }
    blob.extend_from_slice(data);
    blob
}

/// An NDB database whose slots all lead to one blob, so many times.
fn ndb(header: &[u8], times: usize) -> Vec<u8> {
    let number = |number: usize| u32::try_from(number).unwrap().to_le_bytes();
    let blocks = (16 + header.len() + 12).div_ceil(16);
    let pages = (times + 2).div_ceil(256);
    let mut file = [b"RpmP", &number(0)[..], &number(1), &number(pages), &number(2)].concat();
    file.resize(32, 0);
    for _ in 0..times {
        file.extend([&b"Slot"[..], &number(1), &number(pages * 256), &number(blocks)].concat());
    }
    while file.len() < pages * 4_096 {
        file.extend([&b"Slot"[..], &[0; 12]].concat());
    }
    file.extend([&b"BlbS"[..], &number(1), &number(1), &number(header.len())].concat());
    file.extend_from_slice(header);
    file.resize(pages * 4_096 + blocks * 16 - 12, 0);
    file.extend([&number(0)[..], &number(header.len()), b"BlbE"].concat());
    file
}

#[test]
fn one_blob_for_every_slot_is_read_once() {
    let blob = header(&[(1000, 6, 0, 1), (1001, 6, 2, 1)], b"a\x001\0");
    let outcome = run(extractor("rpm/ndb"), "var/lib/rpm/Packages.db", &ndb(&blob, 1));
    assert_eq!(lines(&outcome), ["a 0:1 (none) (none) "]);

    let mut long = blob.clone();
    long.resize(1 << 20, 0);
    let outcome = run(extractor("rpm/ndb"), "var/lib/rpm/Packages.db", &ndb(&long, 50_000));
    // The slots alone make room for one more than the blob itself.
    assert_eq!(outcome.packages().count(), 1);
    let last = &outcome.problems.last().unwrap().message;
    assert!(last.contains("larger together than the file"), "{last}");
}

#[test]
fn of_a_tag_written_twice_the_later_one_counts() {
    let blob = header(
        &[(1000, 6, 0, 1), (1001, 6, 2, 1), (1002, 6, 2, 1), (1002, 6, 4, 1), (1003, 4, 8, 1)],
        b"a\x001\x002\0\0\0\0\0\0\x07",
    );
    let outcome = run(extractor("rpm/ndb"), "var/lib/rpm/Packages.db", &ndb(&blob, 1));
    assert_eq!(lines(&outcome), ["a 7:1-2 (none) (none) "]);
}

#[test]
fn packages_before_rpm_4_list_whole_paths() {
    let data = b"a\x001\0/usr/bin/a\0/usr/lib/node_modules/a/package.json\0";
    let blob = header(&[(1000, 6, 0, 1), (1001, 6, 2, 1), (1027, 8, 4, 2)], data);
    let outcome = run(extractor("rpm/ndb"), "var/lib/rpm/Packages.db", &ndb(&blob, 1));
    let owned = outcome.facts.iter().find_map(|fact| match &fact.fact {
        Fact::Owns { paths, .. } => Some(paths.clone()),
        _ => None,
    });
    assert_eq!(owned.unwrap()[0].as_str(), "usr/lib/node_modules/a/package.json");
}

#[test]
fn broken_headers_say_what_is_wrong() {
    for (blob, expected) in [
        (header(&[(1001, 6, 0, 1)], b"1\0"), "a package header has no name"),
        (header(&[(1000, 6, 0, 1)], b"a\0"), "a package header has no version"),
        (header(&[(1000, 6, 9, 1)], b"a\0"), "a package header points outside of itself"),
        (header(&[(1000, 6, 0, 1)], b"a"), "a package header points outside of itself"),
        (header(&[(1000, 4, 0, 1)], b"a\0"), "a package header points outside of itself"),
        (b"\0\0\0\x09\0\0\0\0".to_vec(), "a package header is cut off"),
        (b"\xff\xff\xff\xff\xff\xff\xff\xff".to_vec(), "a package header is cut off"),
        (
            header(&[(1000, 6, 0, 1), (1001, 6, 2, 1), (1117, 8, 0, 1)], b"a\x001\0"),
            "a package has files without folders: a",
        ),
        (
            header(
                &[(1000, 6, 0, 1), (1001, 6, 2, 1), (1117, 8, 0, 1), (1118, 8, 0, 1)],
                b"a\x001\0",
            ),
            "a package has a file without a folder: a",
        ),
    ] {
        let outcome = run(extractor("rpm/ndb"), "var/lib/rpm/Packages.db", &ndb(&blob, 1));
        let last = &outcome.problems.last().unwrap().message;
        assert_eq!(last, expected);
    }
}
