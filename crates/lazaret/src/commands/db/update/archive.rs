//! An archive of records with some of them replaced: a feed reads it as it reads the one that was
//! published.

use anyhow::Context as _;
use bzip2::read::MultiBzDecoder;
use flate2::read::MultiGzDecoder;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Seek as _, Write as _};
use std::path::Path;
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

/// A window of 128 MiB, the most that `zstd --long` uses unasked.
const WINDOW_LOG_MAX: u32 = 27;

/// Quick, and small enough: the file is read once for each time it is written.
const ZSTD_LEVEL: i32 = 3;

/// Files of one archive.
const FILES_MAX: u64 = 4_000_000;

/// All files of one archive together, in bytes.
const ARCHIVE_BYTES_MAX: u64 = 64 << 30;

/// Writes a zip archive anew with other files in place of those of the same names, and without
/// those that are gone. What stays is copied as it is compressed.
pub(super) fn patch_zip(
    old: &Path,
    new: &Path,
    files: &BTreeMap<String, Vec<u8>>,
    gone: &BTreeSet<String>,
) -> anyhow::Result<()> {
    let context = || format!("failed to change {}", old.display());
    let patch = || -> anyhow::Result<()> {
        let mut archive = ZipArchive::new(BufReader::new(File::open(old)?))?;
        let mut writer = ZipWriter::new(BufWriter::new(File::create(new)?));
        for index in 0..archive.len() {
            let entry = archive.by_index_raw(index)?;
            let name = String::from_utf8_lossy(entry.name_raw()).into_owned();
            if !files.contains_key(&name) && !gone.contains(&name) {
                writer.raw_copy_file(entry)?;
            }
        }
        for (name, bytes) in files {
            writer.start_file(name.as_str(), SimpleFileOptions::default())?;
            writer.write_all(bytes)?;
        }
        writer.finish()?.into_inner()?.sync_all()?;
        Ok(())
    };
    patch().with_context(context)
}

/// What a patched archive of documents has.
pub(super) struct Patched {
    /// JSON documents in it.
    pub(super) documents: u64,
    /// Documents of the old one that are not.
    pub(super) replaced: u64,
}

/// Writes a tar archive anew, as [`patch_zip`] does. The old one may be compressed in any way, the
/// new one is compressed by zstd whatever its name. Names are those below the folder that the
/// archive may put in front.
pub(super) fn patch_tar(
    old: &Path,
    new: &Path,
    files: &BTreeMap<String, Vec<u8>>,
    gone: &BTreeSet<String>,
) -> anyhow::Result<Patched> {
    let context = || format!("failed to change {}", old.display());
    let patch = || -> anyhow::Result<Patched> {
        let mut patched = Patched { documents: 0, replaced: 0 };
        let reader = plain(File::open(old)?)?.take(ARCHIVE_BYTES_MAX);
        let mut archive = tar::Archive::new(reader);
        let encoder = zstd::Encoder::new(BufWriter::new(File::create(new)?), ZSTD_LEVEL)?;
        let mut builder = tar::Builder::new(encoder);
        let mut seen = 0_u64;
        for entry in archive.entries()? {
            let mut entry = entry?;
            seen = seen.saturating_add(1);
            anyhow::ensure!(seen <= FILES_MAX, "it has more than {FILES_MAX} files");
            if !entry.header().entry_type().is_file() {
                continue;
            }
            let path = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
            if names(&path).any(|name| files.contains_key(name) || gone.contains(name)) {
                patched.replaced = patched.replaced.saturating_add(1);
                continue;
            }
            patched.documents = patched.documents.saturating_add(u64::from(is_document(&path)));
            let mut header = header(entry.size());
            builder.append_data(&mut header, &path, &mut entry)?;
        }
        for (name, bytes) in files {
            patched.documents = patched.documents.saturating_add(1);
            let mut header = header(u64::try_from(bytes.len())?);
            builder.append_data(&mut header, name, bytes.as_slice())?;
        }
        builder.into_inner()?.finish()?.into_inner()?.sync_all()?;
        Ok(patched)
    };
    patch().with_context(context)
}

/// A header that says nothing but the length: the same documents give the same archive.
fn header(size_bytes: u64) -> tar::Header {
    let mut header = tar::Header::new_gnu();
    header.set_size(size_bytes);
    header.set_mode(0o644);
    header
}

fn is_document(path: &str) -> bool {
    Path::new(path).extension().is_some_and(|extension| extension == "json")
}

/// What a path may be called: itself, and itself below each of its first folders.
fn names(path: &str) -> impl Iterator<Item = &str> {
    let path = path.trim_start_matches("./");
    let below = path.match_indices('/').filter_map(|(at, _)| path.get(at + 1..));
    std::iter::once(path).chain(below)
}

fn plain(mut file: File) -> anyhow::Result<Box<dyn Read>> {
    let mut start = [0; 4];
    let read = file.read(&mut start)?;
    file.rewind()?;
    let file = BufReader::new(file);
    Ok(match start.get(..read).unwrap_or_default() {
        [0x1f, 0x8b, ..] => Box::new(MultiGzDecoder::new(file)),
        [b'B', b'Z', b'h', ..] => Box::new(MultiBzDecoder::new(file)),
        [0x28, 0xb5, 0x2f, 0xfd] => {
            let mut decoder = zstd::Decoder::with_buffer(file)?;
            decoder.window_log_max(WINDOW_LOG_MAX)?;
            Box::new(decoder)
        }
        _ => Box::new(file),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn files(files: &[(&str, &str)]) -> BTreeMap<String, Vec<u8>> {
        files.iter().map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec())).collect()
    }

    fn gone(names: &[&str]) -> BTreeSet<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    /// The files of a tar archive, in its order.
    fn read_tar(path: &Path) -> Vec<(String, String)> {
        let mut archive = tar::Archive::new(plain(File::open(path).unwrap()).unwrap());
        let read = |entry: std::io::Result<tar::Entry<'_, _>>| {
            let mut entry = entry.unwrap();
            let mut text = String::new();
            entry.read_to_string(&mut text).unwrap();
            (entry.path().unwrap().to_str().unwrap().to_owned(), text)
        };
        archive.entries().unwrap().map(read).collect()
    }

    fn tar_of(files: &[(&str, &str)]) -> Vec<u8> {
        let mut builder = tar::Builder::new(Vec::new());
        for (name, text) in files {
            let mut header = header(u64::try_from(text.len()).unwrap());
            builder.append_data(&mut header, name, text.as_bytes()).unwrap();
        }
        builder.into_inner().unwrap()
    }

    #[test]
    fn records_are_replaced_in_a_zip_archive() {
        let place = tempfile::tempdir().unwrap();
        let (old, new) = (place.path().join("old.zip"), place.path().join("new.zip"));
        let mut writer = ZipWriter::new(File::create(&old).unwrap());
        for (name, text) in [("A.json", "1"), ("B.json", "2"), ("C.json", "3")] {
            writer.start_file(name, SimpleFileOptions::default()).unwrap();
            writer.write_all(text.as_bytes()).unwrap();
        }
        writer.finish().unwrap();
        let changed = files(&[("B.json", "two"), ("D.json", "4")]);
        patch_zip(&old, &new, &changed, &gone(&["C.json", "E.json"])).unwrap();
        let mut archive = ZipArchive::new(File::open(&new).unwrap()).unwrap();
        let mut found = Vec::new();
        for index in 0..archive.len() {
            let mut entry = archive.by_index(index).unwrap();
            let mut text = String::new();
            entry.read_to_string(&mut text).unwrap();
            let name = String::from_utf8(entry.name_raw().to_vec()).unwrap();
            found.push((name, text));
        }
        let expected = [("A.json", "1"), ("B.json", "two"), ("D.json", "4")];
        let found: Vec<(&str, &str)> =
            found.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn documents_are_replaced_in_an_archive_compressed_in_any_way() {
        let place = tempfile::tempdir().unwrap();
        let (old, new) = (place.path().join("old"), place.path().join("new"));
        let tar = tar_of(&[("2024/a.json", "1"), ("2024/b.json", "2"), ("2023/c.json", "3")]);
        let mut bzip2 = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
        bzip2.write_all(&tar).unwrap();
        let zstd = zstd::encode_all(tar.as_slice(), 1).unwrap();
        for bytes in [tar.clone(), bzip2.finish().unwrap(), zstd] {
            fs::write(&old, bytes).unwrap();
            let changed = files(&[("2024/b.json", "two"), ("2025/d.json", "4")]);
            let patched = patch_tar(&old, &new, &changed, &gone(&["2023/c.json"])).unwrap();
            assert_eq!((patched.documents, patched.replaced), (3, 2));
            let expected = [("2024/a.json", "1"), ("2024/b.json", "two"), ("2025/d.json", "4")];
            let expected = expected.map(|(name, text)| (name.to_owned(), text.to_owned()));
            assert_eq!(read_tar(&new), expected);
        }
    }

    #[test]
    fn an_archive_may_put_a_folder_in_front() {
        let place = tempfile::tempdir().unwrap();
        let (old, new) = (place.path().join("old"), place.path().join("new"));
        fs::write(&old, tar_of(&[("./csaf-vex/a.json", "1"), ("csaf-vex/b.json", "2")])).unwrap();
        let patched = patch_tar(&old, &new, &files(&[("a.json", "one")]), &gone(&[])).unwrap();
        assert_eq!((patched.documents, patched.replaced), (2, 1));
    }

    #[test]
    fn an_archive_that_is_cut_off_is_not_changed() {
        let place = tempfile::tempdir().unwrap();
        let (old, new) = (place.path().join("old"), place.path().join("new"));
        let zstd = zstd::encode_all(tar_of(&[("a.json", "1")]).as_slice(), 1).unwrap();
        fs::write(&old, &zstd[..zstd.len() / 2]).unwrap();
        assert!(patch_tar(&old, &new, &files(&[]), &gone(&[])).is_err());
        assert!(patch_zip(&old, &new, &files(&[]), &gone(&[])).is_err());
    }
}
