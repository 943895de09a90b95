//! Sparse files in the four forms GNU tar has written: by hand, and by GNU tar where it is.

use crate::tar::TarError;
use crate::tar::testing::{
    archive, file, header, pax, put, read, read_in_pieces, shown, signed, with_body,
};
use lazaret_core::limits::Limits;
use lazaret_core::problem::ProblemKind;
use std::io::{Seek, SeekFrom, Write};
use std::process::Command;

/// A file of 20,000 bytes: `head` at 0, `tail` at 10,000, and holes.
fn expected() -> Vec<u8> {
    let mut body = vec![0; 20_000];
    body[..4].copy_from_slice(b"head");
    body[10_000..10_004].copy_from_slice(b"tail");
    body
}

fn check(parts: &[Vec<u8>]) {
    let archive = archive(&[parts.concat(), file("next", b"y")]);
    for lengths in [&[][..], &[1], &[700, 3]] {
        let (shown, result) = read_in_pieces(&archive, &Limits::default(), lengths);
        result.unwrap();
        assert_eq!(shown.problems, []);
        assert_eq!(shown.paths(), ["holes", "next"]);
        assert_eq!(shown.entries[0].size_bytes, 20_000);
        assert!(shown.bodies[0].1 == expected());
        assert_eq!(shown.bodies[1].1, b"y");
    }
}

/// An old GNU header with the first places of its map.
fn gnu(places: &[(u64, u64)], is_continued: bool, stored: u64) -> [u8; 512] {
    let mut block = header(b"holes", b'S', stored);
    put(&mut block, 257, b"ustar  \0");
    put_places(&mut block, 386, places);
    block[482] = u8::from(is_continued);
    put(&mut block, 483, format!("{:011o}\0", 20_000).as_bytes());
    signed(block)
}

fn put_places(block: &mut [u8; 512], at: usize, places: &[(u64, u64)]) {
    for (place, (offset, len)) in places.iter().enumerate() {
        let text = format!("{offset:011o}\0{len:011o}\0");
        put(block, at + 24 * place, text.as_bytes());
    }
}

#[test]
fn old_gnu_maps_are_followed() {
    check(&[with_body(&gnu(&[(0, 4), (10_000, 4), (20_000, 0)], false, 8), b"headtail")]);
}

#[test]
fn old_gnu_maps_may_continue() {
    let mut more = [0; 512];
    put_places(&mut more, 0, &[(10_000, 1), (10_001, 1), (10_002, 2), (20_000, 0)]);
    let first = gnu(&[(0, 1), (1, 1), (2, 1), (3, 1)], true, 8);
    check(&[first.to_vec(), with_body(&more, b"headtail")]);
}

#[test]
fn pax_maps_are_followed() {
    let body = with_body(&header(b"GNUSparseFile.0/holes", b'0', 8), b"headtail");
    check(&[
        pax(
            b'x',
            &[
                ("path", b"holes"),
                ("GNU.sparse.size", b"20000"),
                ("GNU.sparse.numblocks", b"2"),
                ("GNU.sparse.offset", b"0"),
                ("GNU.sparse.numbytes", b"4"),
                ("GNU.sparse.offset", b"10000"),
                ("GNU.sparse.numbytes", b"4"),
            ],
        ),
        body.clone(),
    ]);
    check(&[
        pax(
            b'x',
            &[
                ("GNU.sparse.name", b"holes"),
                ("GNU.sparse.size", b"20000"),
                ("GNU.sparse.numblocks", b"2"),
                ("GNU.sparse.map", b"0,4,10000,4"),
            ],
        ),
        body,
    ]);
    let mut map = b"2\n0\n4\n10000\n4\n".to_vec();
    map.resize(512, 0);
    map.extend_from_slice(b"headtail");
    check(&[
        pax(
            b'x',
            &[
                ("GNU.sparse.major", b"1"),
                ("GNU.sparse.minor", b"0"),
                ("GNU.sparse.name", b"holes"),
                ("GNU.sparse.realsize", b"20000"),
            ],
        ),
        with_body(&header(b"GNUSparseFile.0/holes", b'0', 520), &map),
    ]);
}

#[test]
fn unknown_versions_are_plain_files() {
    let shown = shown(&archive(&[
        pax(b'x', &[("GNU.sparse.major", b"2"), ("GNU.sparse.minor", b"0")]),
        file("plain", b"body"),
    ]));
    assert_eq!(shown.bodies[0].1, b"body");
}

#[test]
fn maps_that_cannot_be_are_refused() {
    for places in [&[(10_000, 4), (0, 4)][..], &[(19_999, 2)], &[(0, 5), (4, 4)]] {
        let part = with_body(&gnu(places, false, 8), b"headtail");
        let (_, result) = read(&archive(&[part]), &Limits::default());
        assert!(matches!(result, Err(TarError::Archive(_))), "{places:?}");
    }
    // A map of more or fewer bytes than are stored: nobody knows which are meant.
    let part = with_body(&gnu(&[(0, 4), (10_000, 3)], false, 8), b"headtail");
    let (shown, result) = read(&archive(&[part, file("next", b"")]), &Limits::default());
    result.unwrap();
    assert_eq!(shown.paths(), ["holes", "next"]);
    assert_eq!(shown.bodies.len(), 1);
    assert_eq!(shown.problem().0, ProblemKind::Entry);
    // star has another layout behind the same flag.
    let part = with_body(&header(b"holes", b'S', 8), b"headtail");
    assert!(matches!(read(&archive(&[part]), &Limits::default()).1, Err(TarError::Archive(_))));
}

#[test]
fn holes_count_against_the_size_of_a_file() {
    let part = with_body(&gnu(&[(0, 4), (10_000, 4)], false, 8), b"headtail");
    let limits = Limits { file_bytes_max: 19_999, ..Limits::default() };
    let (shown, result) = read(&archive(&[part, file("next", b"")]), &limits);
    result.unwrap();
    assert_eq!(shown.paths(), ["holes", "next"]);
    assert_eq!(shown.problem().0, ProblemKind::Limit);
}

#[test]
fn endless_maps_meet_a_limit() {
    let limits = Limits { extended_header_bytes_max: 4096, ..Limits::default() };
    let mut more = [0; 512];
    more[504] = 1;
    let parts = [gnu(&[], true, 0).to_vec(), more.repeat(9)];
    let (_, result) = read(&archive(&parts), &limits);
    assert!(matches!(result, Err(TarError::Limit(_))), "{result:?}");

    let records: [(&str, &[u8]); 2] = [("GNU.sparse.major", b"1"), ("GNU.sparse.minor", b"0")];
    let mut lines = b"2000\n".to_vec();
    lines.extend(b"0\n".repeat(4000));
    let parts = [pax(b'x', &records), file("holes", &lines)];
    let (_, result) = read(&archive(&parts), &limits);
    assert!(matches!(result, Err(TarError::Limit(_))), "{result:?}");
}

#[test]
fn gnu_tar_and_this_reader_agree() {
    let folder = tempfile::tempdir().unwrap();
    // Enough fragments for a continued map, and a hole at the end.
    let mut made = std::fs::File::create(folder.path().join("holes")).unwrap();
    for place in 0..40_u64 {
        made.seek(SeekFrom::Start(place * 65_536)).unwrap();
        made.write_all(format!("fragment {place}").as_bytes()).unwrap();
    }
    made.set_len(3 << 20).unwrap();
    drop(made);
    let expected = std::fs::read(folder.path().join("holes")).unwrap();
    for options in [
        &["--format=gnu"][..],
        &["--format=pax", "--sparse-version=0.0"],
        &["--format=pax", "--sparse-version=0.1"],
        &["--format=pax", "--sparse-version=1.0"],
    ] {
        let mut tar = Command::new("tar");
        tar.arg("--sparse").args(options).arg("-C").arg(folder.path()).args(["-cf", "-", "holes"]);
        let Some(output) = tar.output().ok().filter(|output| output.status.success()) else {
            println!("skipped: no GNU tar that takes {options:?}");
            continue;
        };
        assert!(output.stdout.len() < 1 << 20, "GNU tar saw no holes");
        let shown = shown(&output.stdout);
        assert_eq!(shown.paths(), ["holes"], "{options:?}");
        assert_eq!(shown.entries[0].size_bytes, 3 << 20);
        assert!(shown.bodies[0].1 == expected, "{options:?}");
    }
}
