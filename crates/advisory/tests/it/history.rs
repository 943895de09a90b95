//! What a folder held before is opened by its time.

use crate::recipe::{about, records};
use lazaret_advisory::{
    BuildOptions, Db, HISTORY_FOLDER, MANIFEST_FILE, kept_manifests, kept_name, named_files,
    verify_folder, write_database_with,
};
use lazaret_core::digest::Digest;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

const DAY: i64 = 86_400;

/// Puts a database of a day into a folder, and what was there into its history.
fn put(dir: &Path, day: i64, id: &str) -> Digest {
    let manifest = dir.join(MANIFEST_FILE);
    if let Ok(old) = fs::read(&manifest) {
        fs::create_dir_all(dir.join(HISTORY_FOLDER)).unwrap();
        fs::write(dir.join(HISTORY_FOLDER).join(kept_name(&old).unwrap()), old).unwrap();
    }
    let records = records(vec![("npm", vec![about(id, &[], "p", &["*"])]), ("pypi", vec![])]);
    let options = BuildOptions { at: Some(day * DAY), previous: None };
    write_database_with(&records, &options, &mut |file, bytes| fs::write(dir.join(file), bytes))
        .unwrap();
    Db::open(dir).unwrap().digest().clone()
}

fn three() -> (TempDir, [Digest; 3]) {
    let dir = tempfile::tempdir().unwrap();
    let digests = [(10, "A"), (20, "B"), (30, "C")].map(|(day, id)| put(dir.path(), day, id));
    (dir, digests)
}

#[test]
fn the_newest_that_is_old_enough_answers() {
    let (dir, [ten, twenty, thirty]) = three();
    for (day, expected, limit) in [
        (31, &thirty, None),
        (30, &thirty, None),
        (29, &twenty, None),
        (20, &twenty, None),
        (10, &ten, None),
        (9, &ten, Some(9 * DAY)),
        (-1, &ten, Some(-DAY)),
    ] {
        let db = Db::open_at(dir.path(), day * DAY).unwrap();
        assert_eq!(db.digest(), expected, "{day}");
        assert_eq!(db.limit(), limit, "{day}");
        db.verify().unwrap();
    }
    let times: Vec<i64> =
        kept_manifests(dir.path()).unwrap().iter().map(|kept| kept.time / DAY).collect();
    assert_eq!(times, [10, 20]);
}

#[test]
fn a_folder_without_history_answers_as_far_as_it_knows() {
    let dir = tempfile::tempdir().unwrap();
    let only = put(dir.path(), 10, "A");
    let db = Db::open_at(dir.path(), 5 * DAY).unwrap();
    assert_eq!((db.digest(), db.limit()), (&only, Some(5 * DAY)));
    assert_eq!(Db::open_at(dir.path(), 10 * DAY).unwrap().limit(), None);
}

#[test]
fn every_database_of_a_folder_is_verified() {
    let (dir, _) = three();
    let verified = verify_folder(dir.path()).unwrap();
    // Three of npm, and one of pypi, which never changed.
    assert_eq!((verified.segments, verified.kept), (4, 2));
    let named = named_files(dir.path()).unwrap();
    assert_eq!(named.len(), 4 + 1 + 2);
    assert!(named.iter().all(|file| dir.path().join(file).is_file()), "{named:?}");

    let first = Db::open_at(dir.path(), 10 * DAY).unwrap();
    let segment = dir.path().join(&first.info("npm").unwrap().file);
    let whole = fs::read(&segment).unwrap();
    let mut damaged = whole.clone();
    damaged[40] ^= 1;
    fs::write(&segment, damaged).unwrap();
    assert!(verify_folder(dir.path()).unwrap_err().to_string().contains("`npm` is damaged"));
    fs::write(&segment, whole).unwrap();

    let kept = kept_manifests(dir.path()).unwrap().remove(0).file;
    let kept = dir.path().join(HISTORY_FOLDER).join(kept);
    let text = fs::read_to_string(&kept).unwrap();
    fs::write(&kept, text.replace("\"records\": 1", "\"records\": 2")).unwrap();
    assert!(verify_folder(dir.path()).is_err());
    assert!(Db::open_at(dir.path(), 10 * DAY).is_err());
    assert!(Db::open_at(dir.path(), 20 * DAY).is_ok());
}

#[test]
fn other_files_in_the_history_are_nobodys() {
    let (dir, _) = three();
    for name in ["notes.json", "20240301T000000Z-xyz.json", "README"] {
        fs::write(dir.path().join(HISTORY_FOLDER).join(name), "{}").unwrap();
    }
    assert_eq!(kept_manifests(dir.path()).unwrap().len(), 2);
}
