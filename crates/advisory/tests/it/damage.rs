//! A damaged database is refused before any answer is given, and never breaks the program.

use crate::recipe::{about, db_after, files, inventory, package, records, segment};
use lazaret_advisory::records::Records;
use lazaret_advisory::{
    BuildOptions, Db, DbError, Manifest, SegmentRef, fuzz, match_inventory, write_database_with,
    write_segment,
};
use lazaret_core::advisory::Score;
use lazaret_core::package::Ecosystem;
use std::error::Error as _;
use std::fs;
use std::path::PathBuf;
use tempfile::TempDir;

fn sample() -> Records {
    let mut npm = about("GHSA-a", &["CVE-2020-0001"], "left", &[">= 1.0.0, < 2.0.0", "= 3.0.0"]);
    npm.scores.push(Score { vector: "CVSS:3.1/AV:N".into(), score: 7.5, source: None });
    npm.published = Some(1_600_000_000);
    records(vec![
        ("npm", vec![npm, about("MAL-1", &[], "right", &["*"])]),
        ("pypi", vec![about("PYSEC-1", &[], "left", &["*"])]),
    ])
}

fn on_disk(records: &Records) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    for (file, bytes) in files(records) {
        fs::write(dir.path().join(file), bytes).unwrap();
    }
    dir
}

fn segment_file(dir: &TempDir, segment: &str) -> PathBuf {
    let db = Db::open(dir.path()).unwrap();
    dir.path().join(&db.info(segment).unwrap().file)
}

/// What asking a database for one package comes to.
fn ask(dir: &TempDir) -> Result<usize, DbError> {
    let db = Db::open(dir.path())?;
    let inventory = inventory("", vec![package(Ecosystem::Npm, "left", "1.5.0")]);
    Ok(match_inventory(&db, &inventory)?.findings.len())
}

#[test]
fn a_whole_database_answers_and_verifies() {
    let dir = on_disk(&sample());
    assert_eq!(ask(&dir).unwrap(), 1);
    Db::open(dir.path()).unwrap().verify().unwrap();
}

#[test]
fn every_flipped_bit_is_refused() {
    let dir = on_disk(&sample());
    let path = segment_file(&dir, "npm");
    let whole = fs::read(&path).unwrap();
    for position in 0..whole.len() {
        let mut bytes = whole.clone();
        bytes[position] ^= 1 << (position % 8);
        fs::write(&path, &bytes).unwrap();
        assert!(matches!(ask(&dir), Err(DbError::Checksum { .. })), "byte {position}");
    }
}

#[test]
fn every_truncation_is_refused() {
    let dir = on_disk(&sample());
    let path = segment_file(&dir, "npm");
    let whole = fs::read(&path).unwrap();
    for length in 0..whole.len() {
        fs::write(&path, &whole[..length]).unwrap();
        assert!(matches!(ask(&dir), Err(DbError::Checksum { .. })), "{length} bytes");
    }
    fs::write(&path, [&whole[..], b"\0"].concat()).unwrap();
    assert!(matches!(ask(&dir), Err(DbError::Checksum { .. })));
}

#[test]
fn damage_in_a_segment_that_is_not_asked_is_found_by_verify() {
    let dir = on_disk(&sample());
    let path = segment_file(&dir, "pypi");
    let mut bytes = fs::read(&path).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    fs::write(&path, &bytes).unwrap();
    assert_eq!(ask(&dir).unwrap(), 1);
    let error = Db::open(dir.path()).unwrap().verify().unwrap_err();
    assert!(error.to_string().contains("segment `pypi` is damaged"), "{error}");
}

#[test]
fn both_checksums_are_verified_and_the_older_will_do() {
    let dir = on_disk(&sample());
    let path = dir.path().join("manifest.json");
    let manifest = Manifest::parse(&fs::read(&path).unwrap()).unwrap();
    let edited = |edit: &dyn Fn(&mut lazaret_advisory::SegmentInfo)| {
        let mut manifest = manifest.clone();
        manifest.segments.iter_mut().for_each(edit);
        fs::write(&path, manifest.to_json().unwrap()).unwrap();
    };
    // As databases of earlier programs are.
    edited(&|info| info.blake3 = None);
    assert_eq!(ask(&dir).unwrap(), 1);
    edited(&|info| info.blake3 = Some("00".repeat(32)));
    assert!(matches!(ask(&dir), Err(DbError::Checksum { .. })));
    let other = manifest.segments.last().unwrap().digest.clone();
    edited(&|info| info.digest = other.clone());
    assert!(matches!(Db::open(dir.path()).unwrap().verify(), Err(DbError::Checksum { .. })));
}

#[test]
fn one_segment_cannot_stand_in_for_another() {
    let dir = on_disk(&sample());
    let path = dir.path().join("manifest.json");
    let mut manifest = Manifest::parse(&fs::read(&path).unwrap()).unwrap();
    let [npm, pypi, ..] = manifest.segments.as_mut_slice() else { panic!("two segments") };
    std::mem::swap(&mut npm.file, &mut pypi.file);
    std::mem::swap(&mut npm.digest, &mut pypi.digest);
    std::mem::swap(&mut npm.blake3, &mut pypi.blake3);
    std::mem::swap(&mut npm.size_bytes, &mut pypi.size_bytes);
    fs::write(&path, manifest.to_json().unwrap()).unwrap();
    assert!(matches!(ask(&dir), Err(DbError::ParseSegment { .. })));
}

#[test]
fn what_is_no_database_is_named() {
    let empty = tempfile::tempdir().unwrap();
    let error = Db::open(empty.path()).unwrap_err();
    assert!(matches!(error, DbError::ReadManifest { .. }));
    assert!(error.to_string().ends_with("manifest.json`"), "{error}");

    fs::create_dir(empty.path().join("manifest.json")).unwrap();
    let error = Db::open(empty.path()).unwrap_err();
    assert_eq!(error.source().unwrap().to_string(), "it is not a regular file");

    for text in ["", "<html>", "[]", "{}", r#"{"format":1}"#, r#"{"format":-1,"segments":[]}"#] {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("manifest.json"), text).unwrap();
        assert!(matches!(Db::open(dir.path()), Err(DbError::ParseManifest { .. })), "{text}");
    }
}

#[test]
fn a_missing_segment_file_is_named() {
    let dir = on_disk(&sample());
    let path = segment_file(&dir, "npm");
    fs::remove_file(&path).unwrap();
    let error = ask(&dir).unwrap_err();
    let name = path.file_name().unwrap().to_str().unwrap();
    assert!(error.to_string().contains(name), "{error}");
}

#[test]
fn a_newer_database_says_what_it_needs() {
    let dir = on_disk(&sample());
    let manifest = dir.path().join("manifest.json");
    let text = fs::read_to_string(&manifest).unwrap();
    let newer = text.replace(r#""format": 1"#, r#""format": 7"#).replace("0.1.0", "4.2.0");
    fs::write(&manifest, newer).unwrap();
    let error = Db::open(dir.path()).unwrap_err();
    let cause = error.source().unwrap().to_string();
    assert!(cause.contains("format 7"), "{cause}");
    assert!(cause.contains("Lazaret 4.2.0 or newer is needed"), "{cause}");
}

#[test]
fn a_scheme_of_a_later_version_stops_only_who_asks_for_it() {
    let dir = on_disk(&sample());
    let manifest = dir.path().join("manifest.json");
    let text = fs::read_to_string(&manifest).unwrap();
    fs::write(&manifest, text.replace(r#""scheme": "pep440""#, r#""scheme": "calver""#)).unwrap();
    assert_eq!(ask(&dir).unwrap(), 1);
    let db = Db::open(dir.path()).unwrap();
    let python = inventory("", vec![package(Ecosystem::Pypi, "left", "1")]);
    assert!(matches!(match_inventory(&db, &python), Err(DbError::Scheme { .. })));
}

#[test]
fn hostile_bytes_never_panic() {
    let npm = sample().segments.remove("npm").unwrap();
    check_hostile(&write_segment("npm", &npm).unwrap());
    // One with first-seen times.
    let empty = db_after(None, Some(1), vec![("npm", Vec::new())]);
    let options = BuildOptions { at: Some(2), previous: Some(&empty) };
    write_database_with(&sample(), &options, &mut |file, bytes| {
        if file.starts_with("npm.") {
            assert!(bytes.len() > write_segment("npm", &npm).unwrap().len());
            check_hostile(bytes);
        }
        Ok(())
    })
    .unwrap();
}

fn check_hostile(whole: &[u8]) {
    for length in 0..whole.len() {
        fuzz::segment(&whole[..length]);
    }
    for position in 0..whole.len() {
        for value in [0x00, 0x01, 0x7f, 0x80, 0xff] {
            let mut bytes = whole.to_vec();
            bytes[position] = value;
            fuzz::segment(&bytes);
        }
        for bit in 0..8 {
            let mut bytes = whole.to_vec();
            bytes[position] ^= 1 << bit;
            fuzz::segment(&bytes);
        }
    }
    for bytes in [&b""[..], b"{}", b"[[[[", br#"{"format":1,"segments":[{}]}"#] {
        fuzz::manifest(bytes);
        fuzz::segment(bytes);
    }
}

#[test]
fn a_reference_that_leads_nowhere_is_an_error() {
    let bytes =
        write_segment("npm", &segment("npm", vec![about("A", &[], "p", &["< 2"])])).unwrap();
    let mut damaged = 0;
    for position in 104..bytes.len() {
        let mut bytes = bytes.clone();
        bytes[position] ^= 0x40;
        let Ok(segment) = SegmentRef::parse(&bytes) else { continue };
        damaged += usize::from(segment.read_advisories().is_err());
    }
    assert!(damaged > 10, "{damaged}");
}
