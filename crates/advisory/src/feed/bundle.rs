//! Feeds that come as many files in one archive: a repository's snapshot, or a bulk export.

use super::FeedError;
use super::json::expect_data;
use bzip2::read::MultiBzDecoder;
use flate2::read::MultiGzDecoder;
use lzma_rust2::XzReader;
use std::io::{Cursor, Read};
use zip::ZipArchive;
use zstd::stream::read::Decoder as ZstdDecoder;

/// Largest file inside an archive, in bytes: more than any real feed's.
const FILE_BYTES_MAX: u64 = 256 << 20;

/// All files of one archive together, in bytes. The largest real one, Ubuntu's vulnerabilities as
/// OSV, has some twenty gigabytes.
const ARCHIVE_BYTES_MAX: u64 = 64 << 30;

/// Memory for unpacking xz, in KiB: `xz -9` needs 65 MiB.
const XZ_KIB_MAX: u32 = 128 << 10;

/// Files of one archive.
const FILES_MAX: u64 = 4_000_000;

/// What is done with one file: its path inside the archive and its bytes.
pub(super) type EachFile<'f> = &'f mut dyn FnMut(&str, &[u8]);

/// Largest window a zstd stream may ask for, as a power of two of bytes: that of `zstd --ultra`.
const ZSTD_WINDOW_LOG_MAX: u32 = 27;

/// Shows every file of a tar archive, compressed in any usual way or not at all, or of a zip
/// archive, in the order of the archive; `wanted` says by its path whether a file is unpacked at
/// all.
///
/// Compression is recognized by the first bytes. Sizes an archive states are not believed.
pub(super) fn files(
    bytes: &[u8],
    wanted: &dyn Fn(&str) -> bool,
    each: EachFile<'_>,
) -> Result<(), FeedError> {
    expect_data(bytes, "an archive")?;
    if bytes.starts_with(b"PK") {
        return zip_files(bytes, wanted, each);
    }
    // Files that are not wanted are unpacked to be passed over.
    let mut archive = tar::Archive::new(plain(bytes)?.take(ARCHIVE_BYTES_MAX));
    let mut room = Room::default();
    let mut buffer = Vec::new();
    for entry in archive.entries().map_err(FeedError::Archive)? {
        let mut entry = entry.map_err(FeedError::Archive)?;
        if !entry.header().entry_type().is_file() {
            continue;
        }
        let path = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        let path = path.trim_start_matches("./");
        if wanted(path) {
            room.take(&mut entry, &mut buffer)?;
            each(path, &buffer);
        }
    }
    Ok(())
}

/// Whether a path is that of an archive, by its name.
pub(super) fn is_archive(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    name.contains(".tar.") || is_named(name, "tar") || is_named(name, "zip")
}

/// Whether the name of a file ends in a point and this.
pub(super) fn is_named(path: &str, ending: &str) -> bool {
    path.rsplit_once('.').is_some_and(|(_, last)| last == ending)
}

fn zip_files(
    bytes: &[u8],
    wanted: &dyn Fn(&str) -> bool,
    each: EachFile<'_>,
) -> Result<(), FeedError> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(FeedError::Zip)?;
    let mut room = Room::default();
    let mut buffer = Vec::new();
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).map_err(FeedError::Zip)?;
        let path = String::from_utf8_lossy(entry.name_raw()).into_owned();
        if !entry.is_dir() && wanted(&path) {
            room.take(&mut entry, &mut buffer)?;
            each(&path, &buffer);
        }
    }
    Ok(())
}

/// The whole of one file that may be compressed.
pub(super) fn unpacked(bytes: &[u8]) -> Result<Vec<u8>, FeedError> {
    let mut buffer = Vec::new();
    Room::default().take(&mut plain(bytes)?, &mut buffer)?;
    Ok(buffer)
}

/// What the bytes are without their compression, which their beginning tells: gzip, bzip2, xz,
/// zstd or none. How much it comes to is for the caller to bound.
pub(super) fn plain(bytes: &[u8]) -> Result<Box<dyn Read + '_>, FeedError> {
    Ok(match bytes {
        [0x1f, 0x8b, ..] => Box::new(MultiGzDecoder::new(bytes)),
        [b'B', b'Z', b'h', ..] => Box::new(MultiBzDecoder::new(bytes)),
        [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => {
            Box::new(XzReader::new_mem_limit(bytes, true, XZ_KIB_MAX))
        }
        [0x28, 0xb5, 0x2f, 0xfd, ..] => {
            let mut decoder = ZstdDecoder::new(bytes).map_err(FeedError::Archive)?;
            decoder.window_log_max(ZSTD_WINDOW_LOG_MAX).map_err(FeedError::Archive)?;
            Box::new(decoder)
        }
        _ => Box::new(bytes),
    })
}

/// What an archive has unpacked to so far.
#[derive(Default)]
struct Room {
    files: u64,
    bytes: u64,
}

impl Room {
    fn take(&mut self, from: &mut dyn Read, buffer: &mut Vec<u8>) -> Result<(), FeedError> {
        buffer.clear();
        from.take(FILE_BYTES_MAX.saturating_add(1))
            .read_to_end(buffer)
            .map_err(FeedError::Archive)?;
        let size = u64::try_from(buffer.len()).unwrap_or(u64::MAX);
        self.files = self.files.saturating_add(1);
        self.bytes = self.bytes.saturating_add(size);
        let too_much = |what, limit| Err(FeedError::TooMuch { what, limit });
        if size > FILE_BYTES_MAX {
            return too_much("bytes in one file", FILE_BYTES_MAX);
        }
        if self.files > FILES_MAX {
            return too_much("files", FILES_MAX);
        }
        if self.bytes > ARCHIVE_BYTES_MAX {
            return too_much("bytes", ARCHIVE_BYTES_MAX);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::Compression;
    use flate2::write::GzEncoder;
    use std::io::Write;

    fn tarball() -> Vec<u8> {
        let mut builder = tar::Builder::new(Vec::new());
        for (path, text) in [("./a/one.json", "1"), ("a/two.txt", "2")] {
            let mut header = tar::Header::new_gnu();
            header.set_size(1);
            header.set_mode(0o644);
            builder.append_data(&mut header, path, text.as_bytes()).unwrap();
        }
        let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
        gzip.write_all(&builder.into_inner().unwrap()).unwrap();
        gzip.finish().unwrap()
    }

    fn read(bytes: &[u8]) -> Result<Vec<(String, Vec<u8>)>, FeedError> {
        let mut found = Vec::new();
        let json = |path: &str| path.contains("one");
        files(bytes, &json, &mut |path, bytes| found.push((path.to_owned(), bytes.to_vec())))?;
        Ok(found)
    }

    #[test]
    fn wanted_files_of_a_tarball_are_shown() {
        assert_eq!(read(&tarball()).unwrap(), [("a/one.json".to_owned(), b"1".to_vec())]);
    }

    #[test]
    fn a_cut_tarball_is_an_error() {
        let whole = tarball();
        assert!(matches!(read(&whole[..whole.len() / 2]), Err(FeedError::Archive(_))));
        assert!(matches!(read(b"<html>"), Err(FeedError::WebPage(_))));
        assert!(matches!(read(b""), Err(FeedError::Empty)));
    }

    #[test]
    fn a_file_may_be_compressed_in_any_of_the_ways_feeds_are() {
        // `printf plain | gzip -n`, `bzip2`, `xz` and `zstd`.
        for text in [
            "1f8b08000000000000032bc849cccc0300cf62201905000000",
            "425a6839314159265359650ee9eb00000201802025400020002183419a0b0c7177245385090650ee9eb0",
            "fd377a585a000004e6d6b4460200210116000000742fe5a3010004706c61696e00000000e525012a9c619b1c00011d05b82d80af1fb6f37d010000000004595a",
            "28b52ffd0458290000706c61696e1ab999e7",
            "706c61696e",
        ] {
            let whole = hex::decode(text).unwrap();
            assert_eq!(unpacked(&whole).unwrap(), b"plain", "{text}");
        }
    }

    #[test]
    fn an_xz_stream_may_not_ask_for_any_memory_it_likes() {
        // `printf plain | xz --lzma2=dict=256MiB`
        let greedy = hex::decode("fd377a585a000004e6d6b44602002101200000000988a576010004706c61696e00000000e525012a9c619b1c00011d05b82d80af1fb6f37d010000000004595a").unwrap();
        assert!(matches!(unpacked(&greedy), Err(FeedError::Archive(_))));
    }
}
