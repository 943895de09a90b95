//! Every way to compress and to deliver a layer shows the same entries.

use super::{Case, gzip, large, sha256, small};
use crate::layer::{Budget, LayerBlob, WalkContext, fuzz, walk_layer};
use crate::tar::testing::{Shown, archive, file, shown};
use crate::walk::{LayerError, Progress};
use lazaret_core::limits::Limits;
use lazaret_core::problem::ProblemKind;
use std::io::{self, Read};
use std::sync::Mutex;

/// Walks a sound layer and compares it with its archive.
fn check(stored: &[u8], tar: &[u8]) {
    let expected = shown(tar);
    let len = u64::try_from(stored.len()).unwrap();
    // A size decides between whole, one thread and two; a wrong one only costs time.
    for size in [Some(len), None, Some(1), Some(2 << 20), Some(u64::MAX)] {
        let (shown, result) = Case { size, ..Case::new(stored) }.walk();
        let summary = result.unwrap();
        assert!(shown == expected, "size {size:?}");
        assert_eq!(summary.stored_bytes, len);
        assert_eq!(summary.tar_bytes, u64::try_from(tar.len()).unwrap());
        assert_eq!(summary.entries, u64::try_from(expected.entries.len()).unwrap());
        assert_eq!(summary.diff_id, Some(sha256(tar)));
    }
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 3).unwrap()
}

#[test]
fn plain_gzip_and_zstd_layers_are_recognized_by_their_bytes() {
    for tar in [Vec::new(), small(), large()] {
        check(&tar, &tar);
        check(&gzip(&tar), &tar);
        check(&zstd(&tar), &tar);
    }
}

#[test]
fn gzip_members_follow_each_other() {
    let tar = small();
    for at in [0, 1, 100, 512, 2000, tar.len()] {
        let (one, two) = tar.split_at(at);
        check(&[gzip(one), gzip(two)].concat(), &tar);
        check(&[gzip(one), gzip(b""), gzip(two)].concat(), &tar);
    }
    let tar = large();
    let members: Vec<u8> = tar.chunks(100_000).flat_map(gzip).collect();
    check(&members, &tar);
}

#[test]
fn a_second_member_cannot_hide_behind_the_length_of_the_first() {
    // Two members of the same length: the last bytes fit the first as well.
    let (one, two) = (file("seen", b"1"), file("hidden", b"2"));
    assert_eq!(one.len(), two.len());
    check(&[gzip(&one), gzip(&two)].concat(), &[one, two].concat());
}

#[test]
fn what_follows_a_gzip_stream_is_ignored_but_garbage_is_told_of() {
    let tar = small();
    let expected = shown(&tar);
    let padded = [gzip(&tar), vec![0; 1000]].concat();
    let (seen, result) = Case::new(&padded).walk();
    result.unwrap();
    assert!(seen == expected);
    let followed = [gzip(&tar), b"garbage".to_vec()].concat();
    let (seen, result) = Case::new(&followed).walk();
    result.unwrap();
    assert_eq!(seen.entries, expected.entries);
    assert_eq!(seen.problem().0, ProblemKind::Layer);
}

#[test]
fn zstd_frames_follow_each_other_and_some_are_skipped() {
    let tar = small();
    let (one, two) = tar.split_at(700);
    let skipped = b"\x50\x2a\x4d\x18\x03\0\0\0abc".to_vec();
    check(&[skipped.clone(), zstd(one), skipped.clone(), zstd(two), skipped].concat(), &tar);
}

#[test]
fn zstd_windows_are_bounded() {
    // A single segment that says it is as long as can be.
    fuzz::layer(&[b"\x28\xb5\x2f\xfd\xe0", &[0xff; 20][..]].concat());
    // A frame that wants 256 MiB, then 128 MiB: only the second may be, and it is then damaged.
    for (descriptor, expected) in [(18 << 3, "too much memory"), (17 << 3, "")] {
        let stored = [b"\x28\xb5\x2f\xfd\0", &[descriptor][..], &[0xff; 20]].concat();
        let (_, result) = Case::new(&stored).walk();
        let Err(LayerError::Decompress { source, .. }) = result else { panic!("{result:?}") };
        assert_eq!(source.to_string().contains("too much memory"), !expected.is_empty());
    }
}

#[test]
fn large_zstd_windows_are_read() {
    use std::io::Write as _;
    let tar = small();
    let mut encoder = zstd::stream::write::Encoder::new(Vec::new(), 3).unwrap();
    encoder.window_log(27).unwrap();
    encoder.write_all(&tar).unwrap();
    check(&encoder.finish().unwrap(), &tar);
}

#[test]
fn other_compressions_are_named() {
    for (magic, name) in [(&b"BZh91AY&SY"[..], "bzip2"), (b"\xfd7zXZ\0\0\x04", "xz")] {
        let (_, result) = Case::new(magic).walk();
        let Err(LayerError::Decompress { source, .. }) = result else { panic!("{result:?}") };
        assert!(source.to_string().contains(name), "{source}");
    }
    let (_, result) = Case::new(b"no archive at all").walk();
    assert!(matches!(result, Err(LayerError::Archive { .. })), "{result:?}");
}

/// Gives a few bytes at a time, and an interruption now and then.
struct Slow<'a> {
    bytes: &'a [u8],
    calls: usize,
}

impl Read for Slow<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.calls += 1;
        if self.calls.is_multiple_of(5) {
            return Err(io::ErrorKind::Interrupted.into());
        }
        let len = (self.calls % 7 + 1).min(into.len());
        self.bytes.read(&mut into[..len])
    }
}

#[test]
fn how_the_bytes_arrive_does_not_matter() {
    let tar = small();
    let expected = shown(&tar);
    for stored in [tar.clone(), gzip(&tar), zstd(&tar)] {
        for size in [None, u64::try_from(stored.len()).ok()] {
            let reader = Box::new(Slow { bytes: &stored, calls: 0 });
            let (shown, result) = Case { size, ..Case::new(&stored) }.walk_from(reader);
            result.unwrap();
            assert!(shown == expected);
        }
    }
}

/// Breaks after so many bytes.
struct Broken<'a>(&'a [u8]);

impl Read for Broken<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        match self.0.read(into)? {
            0 => Err(io::Error::other("the cable is cut")),
            read => Ok(read),
        }
    }
}

#[test]
fn what_cannot_be_read_is_no_damage() {
    let tar = large();
    for stored in [tar.clone(), gzip(&tar), zstd(&tar), gzip(&small())] {
        for cut in [0, 5, stored.len() / 2, stored.len()] {
            for size in [None, Some(1000), u64::try_from(stored.len()).ok()] {
                let reader = Box::new(Broken(&stored[..cut]));
                let (_, result) = Case { size, ..Case::new(&stored) }.walk_from(reader);
                let Err(LayerError::Read { source, .. }) = result else { panic!("{result:?}") };
                assert_eq!(source.to_string(), "the cable is cut");
            }
        }
    }
}

#[test]
fn truncated_and_damaged_streams_show_what_precedes() {
    let tar = large();
    for stored in [gzip(&tar), zstd(&tar)] {
        let mut damaged = stored.clone();
        let last = damaged.len() - 2;
        damaged[last] ^= 0xff;
        for bad in [&stored[..stored.len() * 9 / 10], &stored[..stored.len() - 1], &damaged] {
            for size in [Some(1), None] {
                let (shown, result) = Case { size, digest: None, ..Case::new(bad) }.walk();
                assert!(matches!(result, Err(LayerError::Decompress { .. })), "{result:?}");
                assert_eq!(shown.paths().first(), Some(&"a"));
            }
        }
    }
    // The checksum of a small layer, which is inflated whole.
    let mut damaged = gzip(&small());
    let at = damaged.len() - 6;
    damaged[at] ^= 1;
    let (shown, result) = Case::new(&damaged).walk();
    assert!(matches!(result, Err(LayerError::Decompress { .. })), "{result:?}");
    assert_eq!(shown.paths(), ["etc/one", "etc/two"]);
}

#[derive(Default)]
struct Watched(Mutex<Vec<(usize, &'static str, u64)>>);

impl Progress for Watched {
    fn begin(&self, layer: usize, size_bytes: Option<u64>) {
        self.0.lock().unwrap().push((layer, "begin", size_bytes.unwrap_or(0)));
    }
    fn advance(&self, layer: usize, bytes: u64) {
        let mut calls = self.0.lock().unwrap();
        match calls.last_mut() {
            Some((last, "advance", sum)) if *last == layer => *sum += bytes,
            _ => calls.push((layer, "advance", bytes)),
        }
    }
    fn end(&self, layer: usize) {
        self.0.lock().unwrap().push((layer, "end", 0));
    }
}

#[test]
fn progress_counts_stored_bytes() {
    let (good, bad) = (gzip(&archive(&[file("a", b"x")])), b"no archive".to_vec());
    for stored in [good, bad] {
        let len = u64::try_from(stored.len()).unwrap();
        let (watched, limits, budget) =
            (Watched::default(), Limits::default(), Budget::new(1 << 24));
        let blob = LayerBlob {
            name: "n".to_owned(),
            reader: Box::new(&*stored),
            size: Some(len),
            digest: None,
            diff_id: None,
        };
        let context = WalkContext {
            limits: &limits,
            budget: &budget,
            progress: Some((&watched, 3)),
            verify_diff_id: false,
        };
        drop(walk_layer(blob, &context, &mut Shown::default()));
        let calls = watched.0.into_inner().unwrap();
        assert_eq!(calls, [(3, "begin", len), (3, "advance", len), (3, "end", 0)]);
    }
}
