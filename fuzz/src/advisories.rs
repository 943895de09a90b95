//! Feeds and databases of other scanners, and the database that is built of them.

use lazaret_advisory::feed::{FEEDS, Feed, fuzz::parse};
use lazaret_advisory::import::is_importable;
use lazaret_advisory::mirror::{MirrorOptions, read_mirror};
use lazaret_advisory::records::Records;
use lazaret_advisory::{SegmentRef, fuzz, write_segment};
use lazaret_sqlite::{Database, Record};
use std::convert::Infallible;
use std::io::Write as _;
use std::sync::OnceLock;

pub(crate) fn feed_alpine(bytes: &[u8]) {
    build(&records("v3.20/main.json", bytes));
}

/// The three forms Debian's advisories come in.
pub(crate) fn feed_debian(bytes: &[u8]) {
    for path in ["tracker/data/json", "data/DSA/list", "debian-tracker/digest-dsa-dla.jsonl"] {
        build(&records(path, bytes));
    }
}

/// A zip file, or one record that is put into one.
pub(crate) fn feed_osv(bytes: &[u8]) {
    let archive = if bytes.starts_with(b"PK") { bytes.to_vec() } else { zip_of(bytes) };
    for path in ["PyPI/all.zip", "npm/all.zip"] {
        build(&records(path, &archive));
    }
}

/// Every feed of the table: the one whose id is the first line or, if that names none, each of them.
/// Feeds that come as archives get the bytes as a file of one, too.
pub(crate) fn feeds(bytes: &[u8]) {
    let named = bytes.iter().position(|byte| *byte == b'\n').and_then(|end| {
        let (first, rest) = bytes.split_at(end);
        let feed = FEEDS.iter().find(|feed| feed.id.as_bytes() == first)?;
        Some((feed, rest.get(1..).unwrap_or_default()))
    });
    if let Some((feed, rest)) = named {
        one_feed(feed, rest, &zip_of_names(rest));
    } else {
        let archive = zip_of_names(bytes);
        for feed in FEEDS {
            one_feed(feed, bytes, &archive);
        }
    }
}

fn one_feed(feed: &Feed, bytes: &[u8], archive: &[u8]) {
    let mut seen = Vec::new();
    for path in feed.paths {
        // Of paths that end alike one will do: what the parser sees is the end.
        let ending = path.rsplit('/').next().unwrap_or(path);
        if !seen.contains(&ending) {
            seen.push(ending);
            let path = path.replace('*', "2024");
            parse(feed.id, &path, bytes);
            if !bytes.starts_with(b"PK") {
                parse(feed.id, &path, archive);
            }
        }
    }
}

/// The bytes under every kind of name that a feed's archive has.
fn zip_of_names(bytes: &[u8]) -> Vec<u8> {
    const NAMES: [&str; 9] = [
        "2024/cve-2024-1.json",
        "active/CVE-2024-1",
        "advisories/github-reviewed/2024/01/GHSA-aaaa-bbbb-cccc/GHSA-aaaa-bbbb-cccc.json",
        "database/java/2024/1.yaml",
        "gems/sand/CVE-2024-1.yml",
        "sand/glass/CVE-2024-1.yaml",
        "statements/CVE-2024-1/statement.yaml",
        "vuln/core/1.json",
        "vuln/npm/1.json",
    ];
    zip_of_files(&NAMES, bytes)
}

/// The manifest of a database.
pub(crate) fn db_manifest(bytes: &[u8]) {
    fuzz::manifest(bytes);
}

/// A segment: the bytes themselves or, if they do not begin as one, changes to a sound one. The
/// first byte picks it; every five bytes then are an offset, how many bytes are written there, and
/// which.
pub(crate) fn db_segment(bytes: &[u8]) {
    static SOUND: OnceLock<Vec<Vec<u8>>> = OnceLock::new();
    if SegmentRef::parse(bytes).is_ok() {
        return fuzz::segment(bytes);
    }
    let sound = SOUND.get_or_init(sound_segments);
    let Some((pick, changes)) = bytes.split_first() else { return };
    let segment = changed(&sound[usize::from(*pick) % sound.len()], changes);
    fuzz::segment(&segment);
}

/// Trivy's database: the bytes themselves or, if they do not begin as one, changes to a sound one.
pub(crate) fn import_trivy(bytes: &[u8]) {
    const SOUND: &[u8] = include_bytes!("../../crates/advisory/fixtures/import/trivy.db");
    import(bytes, SOUND);
}

/// Grype's database, likewise.
pub(crate) fn import_grype(bytes: &[u8]) {
    const SOUND: &[u8] = include_bytes!("../../crates/advisory/fixtures/import/grype.db");
    import(bytes, SOUND);
}

fn import(bytes: &[u8], sound: &[u8]) {
    let read = if is_importable(bytes) {
        lazaret_advisory::import::import(bytes)
    } else {
        lazaret_advisory::import::import(&changed(sound, bytes))
    };
    // A segment may be refused, for a name or a size that it cannot have.
    for (name, segment) in read.iter().flat_map(|records| &records.segments) {
        drop(write_segment(name, segment));
    }
}

/// A SQLite database with a log: changes to sound ones, the first half of the bytes to the database
/// and the second to its log; and the bytes themselves as each of both.
pub(crate) fn sqlite(bytes: &[u8]) {
    const DATABASE: &[u8] = include_bytes!("../../crates/sqlite/fixtures/logged.db");
    const LOG: &[u8] = include_bytes!("../../crates/sqlite/fixtures/logged.db-wal");
    let (first, second) = bytes.split_at(bytes.len() / 2);
    let (database, log) = (changed(DATABASE, first), changed(LOG, second));
    for (database, log) in [(&database[..], &log[..]), (bytes, b""), (DATABASE, bytes)] {
        let Ok(database) = Database::open_with_log(database, log) else { continue };
        for table in database.tables().unwrap_or_default() {
            let mut size = 0;
            let Ok(()) = database.rows(table.root, &mut |row| -> Result<(), Infallible> {
                let Ok(row) = row else { return Ok(()) };
                if let Ok(payload) = row.payload() {
                    assert_eq!(payload.len(), row.size_bytes(), "a row is whole");
                    size += payload.len();
                    let _: usize = Record::parse(&payload).into_iter().flatten().count();
                }
                Ok(())
            });
            assert!(size <= database.size_bytes(), "rows are no larger than their file");
            if let Ok(Some(row)) = database.row(table.root, 7) {
                assert_eq!(row.number(), 7, "a row is the one that was asked for");
            }
        }
    }
}

/// Changes to a sound file: every five bytes are an offset, how many bytes are written there, and
/// which. Offsets count in steps that reach the whole file.
fn changed(sound: &[u8], changes: &[u8]) -> Vec<u8> {
    let mut file = sound.to_vec();
    let step = file.len() / usize::from(u16::MAX) + 1;
    for (position, change) in changes.chunks_exact(5).take(8).enumerate() {
        let offset = usize::from(u16::from_le_bytes([change[0], change[1]])) * step;
        let offset = (offset + position % step) % file.len();
        let word = u16::from_le_bytes([change[3], change[4]]);
        let value = match change[2] % 4 {
            0 => vec![change[3]],
            1 => word.to_le_bytes().to_vec(),
            2 => u32::from(word).to_le_bytes().to_vec(),
            _ => (u32::MAX - u32::from(word)).to_le_bytes().to_vec(),
        };
        let end = file.len().min(offset + value.len());
        file[offset..end].copy_from_slice(&value[..end - offset]);
    }
    file
}

fn sound_segments() -> Vec<Vec<u8>> {
    const ALPINE: &[u8] =
        include_bytes!("../../crates/advisory/fixtures/feeds/alpine-secdb/good.json");
    const TRACKER: &[u8] =
        include_bytes!("../../crates/advisory/fixtures/feeds/debian-tracker/good.json");
    const NPM: &[u8] = include_bytes!("../../crates/advisory/fixtures/feeds/osv/npm.json");
    const PYPI: &[u8] = include_bytes!("../../crates/advisory/fixtures/feeds/osv/full.json");
    let segments: Vec<Vec<u8>> = [
        records("v3.20/main.json", ALPINE),
        records("tracker/data/json", TRACKER),
        records("npm/all.zip", &zip_of(NPM)),
        records("PyPI/all.zip", &zip_of(PYPI)),
    ]
    .iter()
    .flat_map(|records| &records.segments)
    .map(|(name, segment)| write_segment(name, segment).expect("a fixture fits the format"))
    .collect();
    assert!(segments.len() >= 4, "each fixture gives a segment");
    segments
}

/// What a mirror folder with this one file says.
fn records(path: &str, bytes: &[u8]) -> Records {
    let read = |_: &str| Ok(bytes.to_vec());
    read_mirror(&[path.to_owned()], &read, &MirrorOptions::default())
        .unwrap_or_else(|_| panic!("{path} is a file of a feed"))
}

/// Whatever a feed says, a segment of it can be read back whole.
fn build(records: &Records) {
    for (name, segment) in &records.segments {
        let Ok(bytes) = write_segment(name, segment) else { continue };
        let read = SegmentRef::parse(&bytes).expect("a segment that was just written");
        let advisories = read.read_advisories().expect("its references lead somewhere");
        assert_eq!(advisories.len(), segment.advisories.len(), "{name}");
        for affected in advisories.iter().flat_map(|advisory| &advisory.affected) {
            let rows = read.lookup(&affected.package).expect("its slots are sound");
            assert_ne!(rows.count(), 0, "{name} has {}", affected.package);
        }
        fuzz::segment(&bytes);
    }
}

fn zip_of(record: &[u8]) -> Vec<u8> {
    zip_of_files(&["record.json"], record)
}

fn zip_of_files(names: &[&str], bytes: &[u8]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options =
        zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for name in names {
        archive.start_file(*name, options).expect("writing to memory");
        archive.write_all(bytes).expect("writing to memory");
    }
    archive.finish().expect("writing to memory").into_inner()
}
