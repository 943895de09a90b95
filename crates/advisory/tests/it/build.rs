//! What is written: the exact bytes of the format page, and the same for the same records.

use crate::recipe::{about, advisory, affected, files, range, records, segment};
use lazaret_advisory::{BuildError, FORMAT_SINCE, Manifest, SegmentRef, write_segment};
use lazaret_core::advisory::{Advisory, Affected, Score, Status};
use lazaret_core::severity::Severity;

/// A record that has everything a record can have, in the order the reader gives it back.
fn full() -> Advisory {
    Advisory {
        aliases: vec!["CVE-2020-0001".into(), "CVE-2020-01".into(), "GHSA-aaaa".into()],
        severity: Some(Severity::Unknown),
        scores: vec![
            Score { vector: "CVSS:4.0/x".into(), score: 9.3, source: None },
            Score { vector: "CVSS:3.1/y".into(), score: 10.0, source: None },
            Score { vector: "CVSS:2/z".into(), score: 0.0, source: None },
        ],
        cwes: vec!["CWE-20".into(), "CWE-79".into()],
        published: Some(-62_135_596_800),
        modified: Some(1_700_000_000),
        affected: vec![
            Affected {
                status: Status::EndOfLife,
                severity: Some(Severity::Critical),
                ..affected("a-package", &["< 2.0", "<= 9.9", "*", ">= 1.0, < 1.5", ">= 1.0"])
            },
            Affected {
                status: Status::NotAffected,
                ..affected("b", &["= 1.0", "= not a version"])
            },
            affected("ünïcode", &[]),
        ],
        ..advisory("PYSEC-2020-1", &[])
    }
}

#[test]
fn every_field_comes_back() {
    let bare = advisory("A", &[]);
    let records = vec![bare, full()];
    let bytes = write_segment("pypi", &segment("pypi", records.clone())).unwrap();
    let read = SegmentRef::parse(&bytes).unwrap();
    assert_eq!(read.read_advisories().unwrap(), records);
    assert_eq!(read.name(), Ok("pypi"));
    assert_eq!(read.ecosystem(), Ok("pypi"));
    assert_eq!(read.scheme(), Ok("pep440"));
    assert_eq!((read.record_count(), read.package_count()), (2, 3));
}

#[test]
fn texts_longer_than_one_length_byte_come_back() {
    for length in [127, 128, 16_383, 16_384, 2_097_152] {
        let record = about(&"x".repeat(length), &[], "p", &["*"]);
        let bytes = write_segment("npm", &segment("npm", vec![record.clone()])).unwrap();
        let read = SegmentRef::parse(&bytes).unwrap().read_advisories().unwrap();
        assert_eq!(read, [record], "{length}");
    }
}

#[test]
fn the_order_of_the_records_does_not_matter() {
    let one = full();
    let mut other = full();
    other.id = "OTHER-1".into();
    let segments = |advisories| files(&records(vec![("pypi", advisories)]));
    let expected = segments(vec![one.clone(), other.clone()]);

    let shuffled = |record: &Advisory| {
        let mut record = record.clone();
        record.aliases.reverse();
        record.cwes.reverse();
        record.cwes.push("CWE-79".into());
        record.affected.reverse();
        record.affected.push(record.affected[0].clone());
        for affected in &mut record.affected {
            affected.ranges.reverse();
            affected.versions.reverse();
        }
        record
    };
    let again = segments(vec![shuffled(&other), shuffled(&one), other]);
    assert_eq!(again, expected);
}

#[test]
fn versions_that_a_range_covers_are_left_out() {
    let record = about("A", &[], "p", &["< 2.0", "= 1.0", "= 2.0", "= 1.9.9", "= odd"]);
    let bytes = write_segment("pypi", &segment("pypi", vec![record])).unwrap();
    let read = SegmentRef::parse(&bytes).unwrap().read_advisories().unwrap();
    assert_eq!(read[0].affected[0].versions, ["2.0", "odd"]);
}

/// The bytes of one record, written out by hand from `docs/formats/advisory-db.md`.
#[test]
fn a_segment_has_the_bytes_of_the_format_page() {
    let mut record = about("CVE-2021-44228", &["GHSA-j"], "p", &["< 2"]);
    record.affected[0].status = Status::Fixed;
    record.severity = Some(Severity::Critical);
    record.published = Some(2);
    let strings = b"\x012\x06GHSA-j\x03npm\x01p\x06semver\0\0";
    #[rustfmt::skip]
    let header = [
        1, 200, // format, length
        9, 9, 15, // texts: npm, npm, semver
        6, // sections, each a tag, an offset and a length
        1, 104, 22,
        2, 128, 8,
        3, 136, 8,
        4, 144, 12,
        5, 156, 8,
        6, 164, 36,
    ];
    #[rustfmt::skip]
    let body = [
        13, 0, // package: p, from row 0
        // FNV-1a of "p" is 0xaf63ed4c_8602096f; 0x…f ^ 0x…c is odd: the second of two slots.
        0, 1,
        0, 5, 3, // affected: record 0, extent at word 5, state fixed
        0x8000_0000 + (22 << 25) + 44_228, 0, // advisory: id, facts at word 0
        5 | (1 << 8) | (1 << 16), 0, 2, 0, 2, // facts: critical, a date, one alias
        1, 0, u32::MAX, 0, // extent: one range, from the start to the text at 0
    ];
    let bytes = |words: &[u32]| words.iter().flat_map(|word| word.to_le_bytes()).collect();
    let (header, body): (Vec<u8>, Vec<u8>) = (bytes(&header), bytes(&body));
    let magic = b"\x89LAZ\r\n\x1a\n";
    let expected = [&magic[..], &header, strings, &body].concat();
    assert_eq!(write_segment("npm", &segment("npm", vec![record])).unwrap(), expected);
}

#[test]
fn the_manifest_counts_dates_and_pins() {
    let mut published = about("A", &[], "p", &["*"]);
    published.published = Some(1_700_000_000);
    // A change date in the year 2100 is a typing error, and the source says when it published.
    published.modified = Some(4_102_444_800);
    let mut changed = about("B", &[], "q", &["*"]);
    changed.modified = Some(1_600_000_000);
    changed.affected.push(affected("p", &["*"]));
    let records = records(vec![("pypi", vec![published, changed]), ("alpine-3.20", Vec::new())]);
    let files = files(&records);
    let manifest = Manifest::parse(&files["manifest.json"]).unwrap();
    assert_eq!((manifest.format, manifest.requires.as_str()), (1, FORMAT_SINCE));
    let names: Vec<&str> = manifest.segments.iter().map(|s| s.name.as_str()).collect();
    assert_eq!(names, ["alpine-3.20", "pypi"]);
    let [alpine, pypi] = manifest.segments.as_slice() else { panic!("two segments") };
    assert_eq!((alpine.records, alpine.packages, alpine.newest.as_deref()), (0, 0, None));
    assert_eq!((pypi.records, pypi.packages), (2, 2));
    assert_eq!(pypi.newest.as_deref(), Some("2023-11-14T22:13:20Z"));
    assert_eq!((pypi.ecosystem.as_str(), pypi.scheme.as_str()), ("pypi", "pep440"));
    assert_eq!(pypi.file, format!("pypi.{}.segment", &pypi.digest.hex()[..16]));
    assert_eq!(pypi.size_bytes, files[&pypi.file].len() as u64);
    assert_eq!(files.len(), 3);
}

#[test]
fn names_that_are_no_file_names_are_refused() {
    for name in ["", "../npm", "a/b", ".npm", "NPM", "a b"] {
        let written = write_segment(name, &segment("npm", Vec::new()));
        assert!(matches!(written, Err(BuildError::Name(_))), "{name}");
    }
}

#[test]
fn lists_longer_than_the_format_has_room_for_are_refused() {
    let mut record = about("A", &[], "p", &["*"]);
    record.aliases = (0..=u16::MAX).map(|n| format!("ALIAS-{n}")).collect();
    let written = write_segment("npm", &segment("npm", vec![record]));
    assert!(matches!(written, Err(BuildError::TooLarge { .. })));
}

#[test]
fn ranges_read_as_they_are_written() {
    for text in [">= 1, < 2", "< 2", "<= 2", ">= 1", ">= 1, <= 2"] {
        assert_eq!(range(text).to_string(), text);
    }
}
