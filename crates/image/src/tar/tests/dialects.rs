//! What each dialect means, on archives made by hand. Expected values follow Go's `archive/tar`.

use crate::layer::Budget;
use crate::tar::cursor::Cursor;
use crate::tar::reader::gather;
use crate::tar::testing::{
    END, Pieces, archive, entry, file, file_header, header, link, pax, put, read, read_in_pieces,
    shown, signed, with_body,
};
use crate::tar::{Reader, TarError};
use crate::walk::{EntryHeader, EntryType, Visit, Want};
use lazaret_core::limits::Limits;
use lazaret_core::problem::{Problem, ProblemKind};

/// The reason why an archive cannot be read.
fn broken(archive: &[u8]) -> String {
    match read(archive, &Limits::default()).1 {
        Err(TarError::Archive(reason)) => reason,
        other => panic!("expected a broken archive, found {other:?}"),
    }
}

#[test]
fn a_file_has_its_fields() {
    let shown = shown(&archive(&[file("./usr/bin/tool", b"body")]));
    assert_eq!(shown.entries, [file_header("usr/bin/tool", 4)]);
    assert_eq!(shown.bodies, [("usr/bin/tool".to_owned(), b"body".to_vec())]);
}

#[test]
fn mode_keeps_setuid_and_drops_the_file_type() {
    let mut block = header(b"a", b'0', 0);
    put(&mut block, 100, b"0104755\0");
    assert_eq!(shown(&archive(&[signed(block).to_vec()])).entries[0].mode, 0o4755);
}

#[test]
fn type_flags_are_kinds() {
    let hardlink = EntryType::Hardlink(file_header("etc/target", 0).path);
    for (flag, name, kind) in [
        (b'0', "a", EntryType::File),
        (0, "a", EntryType::File),
        (0, "a/", EntryType::Folder),
        (b'0', "a/", EntryType::File),
        (b'5', "a", EntryType::Folder),
        (b'7', "a", EntryType::File),
        (b'1', "a", hardlink),
        (b'2', "a", EntryType::Symlink("./etc/target".to_owned())),
        (b'3', "a", EntryType::Special),
        (b'4', "a", EntryType::Special),
        (b'6', "a", EntryType::Special),
        (b'V', "a", EntryType::File),
        (b'M', "a", EntryType::File),
        (b'Z', "a", EntryType::File),
    ] {
        let shown = shown(&archive(&[link(name, flag, b"./etc/target"), file("b", b"")]));
        assert_eq!(shown.entries[0].kind, kind, "{}", char::from(flag));
        assert_eq!(shown.entries[0].path.as_str(), "a");
        assert_eq!(shown.paths(), ["a", "b"]);
    }
}

#[test]
fn what_has_no_body_has_none_whatever_its_size() {
    for flag in [b'1', b'2', b'3', b'4', b'5', b'6'] {
        let mut block = header(b"a", flag, 700);
        put(&mut block, 157, b"target");
        let shown = shown(&archive(&[signed(block).to_vec(), file("b", b"body")]));
        assert_eq!(shown.paths(), ["a", "b"], "{}", char::from(flag));
        assert_eq!(shown.entries[0].size_bytes, 0);
        assert_eq!(shown.bodies.len(), 1);
    }
}

#[test]
fn unknown_types_have_a_body() {
    let shown = shown(&archive(&[entry("a", b'V', b"label"), file("b", b"")]));
    assert_eq!(shown.paths(), ["a", "b"]);
}

#[test]
fn ustar_and_star_have_a_prefix() {
    let mut ustar = header(b"name", b'0', 0);
    put(&mut ustar, 345, &[b'p'; 155]);
    let expected = format!("{}/name", "p".repeat(155));
    assert_eq!(shown(&archive(&[signed(ustar).to_vec()])).paths(), [&*expected]);

    let mut star = header(b"name", b'0', 0);
    put(&mut star, 345, b"prefix");
    put(&mut star, 476, b"00000000000\0");
    put(&mut star, 508, b"tar\0");
    assert_eq!(shown(&archive(&[signed(star).to_vec()])).paths(), ["prefix/name"]);
}

#[test]
fn gnu_has_times_where_ustar_has_a_prefix() {
    let mut gnu = header(b"name", b'0', 0);
    put(&mut gnu, 257, b"ustar  \0");
    put(&mut gnu, 345, b"14142135623\0");
    assert_eq!(shown(&archive(&[signed(gnu).to_vec()])).paths(), ["name"]);
    // Go before 1.8 wrote a prefix into GNU headers.
    put(&mut gnu, 345, b"some/prefix\0");
    assert_eq!(shown(&archive(&[signed(gnu).to_vec()])).paths(), ["some/prefix/name"]);
}

#[test]
fn v7_has_nothing_behind_the_link() {
    let mut v7 = header(b"name", 0, 0);
    put(&mut v7, 257, &[0; 8]);
    put(&mut v7, 345, b"noise");
    assert_eq!(shown(&archive(&[signed(v7).to_vec()])).paths(), ["name"]);
}

#[test]
fn names_may_fill_their_fields() {
    let name = [b'n'; 100];
    assert_eq!(shown(&archive(&[header(&name, b'0', 0).to_vec()])).paths()[0].len(), 100);
}

#[test]
fn signed_checksums_count_too() {
    let mut block = header(b"na\xefve", b'0', 0);
    put(&mut block, 148, b"        ");
    let sum: i32 = block.iter().map(|byte| i32::from(byte.cast_signed())).sum();
    put(&mut block, 148, format!("{sum:06o}\0 ").as_bytes());
    assert_eq!(shown(&archive(&[block.to_vec()])).paths(), ["na\\xefve"]);
    put(&mut block, 148, format!("{:06o}\0 ", sum + 1).as_bytes());
    assert!(broken(&archive(&[block.to_vec()])).contains("checksum"));
}

#[test]
fn gnu_long_names_overrule() {
    let name = format!("{}/file", "d".repeat(300));
    let target = "t".repeat(200);
    let long = |flag, text: &str| entry("././@LongLink", flag, format!("{text}\0").as_bytes());
    let shown = shown(&archive(&[
        long(b'L', &name),
        long(b'K', &target),
        link("short", b'2', b"short"),
        file("next", b""),
    ]));
    assert_eq!(shown.paths(), [&*name, "next"]);
    assert_eq!(shown.entries[0].kind, EntryType::Symlink(target));
}

#[test]
fn pax_records_overrule_the_header() {
    let shown = shown(&archive(&[
        pax(
            b'x',
            &[
                ("path", b"long/name"),
                ("size", b"4"),
                ("uid", b"4294967296"),
                ("gid", b"7"),
                ("mtime", b"1.5"),
            ],
        ),
        with_body(&header(b"short", b'0', 0), b"body"),
        pax(b'x', &[("linkpath", b"far/away")]),
        link("link", b'2', b"near"),
        file("last", b""),
    ]));
    assert_eq!(shown.paths(), ["long/name", "link", "last"]);
    assert_eq!(shown.bodies[0].1, b"body");
    assert_eq!((shown.entries[0].uid, shown.entries[0].gid), (1 << 32, 7));
    assert_eq!(shown.entries[1].kind, EntryType::Symlink("far/away".to_owned()));
}

#[test]
fn global_headers_are_passed_over_with_a_word() {
    let parts = [pax(b'g', &[("path", b"evil")]), file("good", b""), file("other", b"")];
    let (shown, result) = read(&archive(&parts), &Limits::default());
    result.unwrap();
    assert_eq!(shown.paths(), ["good", "other"]);
    assert_eq!(shown.problem().0, ProblemKind::Entry);
    // What git writes.
    let parts = [pax(b'g', &[("comment", b"0123abc")]), file("good", b"")];
    assert_eq!(super::super::testing::shown(&archive(&parts)).paths(), ["good"]);
}

#[test]
fn sizes_may_be_binary() {
    let mut block = header(b"a", b'0', 0);
    put(&mut block, 124, b"\x80\0\0\0\0\0\0\0\0\0\0\x04");
    let shown = shown(&archive(&[with_body(&signed(block), b"body"), file("b", b"")]));
    assert_eq!(shown.bodies[0].1, b"body");
    put(&mut block, 124, &[0xff; 12]);
    assert!(broken(&archive(&[signed(block).to_vec()])).contains("size"));
}

#[test]
fn the_root_may_be_an_entry_if_it_is_a_folder() {
    let shown = shown(&archive(&[entry("./", b'5', b"")]));
    assert!(shown.entries[0].path.is_root());
    for parts in [file("./", b""), file("", b"x"), link("/", b'2', b"x")] {
        let (shown, result) = read(&archive(&[parts]), &Limits::default());
        result.unwrap();
        assert_eq!(shown.paths(), [""; 0]);
        assert_eq!(shown.problem().0, ProblemKind::Entry);
    }
}

#[test]
fn an_archive_ends_with_zeros_or_with_its_bytes() {
    let a = file("a", b"x");
    let cases: [&[&[u8]]; 5] = [
        &[&a],
        &[&a, &END[..512]],
        &[&a, &END],
        &[&a, &END, &file("b", b"")],
        // Without what fills the body up to a block.
        &[&a[..513]],
    ];
    for parts in cases {
        assert_eq!(shown(&parts.concat()).paths(), ["a"]);
    }
    assert_eq!(shown(&[]).entries, []);
    assert_eq!(shown(&END).entries, []);
    assert!(broken(&[&a[..], &END[..512], &a].concat()).contains("single block of zeros"));
}

#[test]
fn broken_archives_say_where() {
    let a = file("a", b"body");
    assert_eq!(broken(&a[..100]), "it breaks off inside a header at offset 100");
    assert_eq!(broken(&a[..514]), "it breaks off inside a at offset 514");
    assert_eq!(
        broken(&[&END[..512], &a[..7]].concat()),
        "it breaks off inside a header at offset 519"
    );
    assert_eq!(
        broken(&[b'n'; 512]),
        "the header before offset 512 is broken: its checksum is wrong"
    );
    let long = entry("long", b'L', &[b'n'; 300]);
    assert_eq!(broken(&long[..600]), "it breaks off inside a header at offset 600");
    for records in [&[("path", &b"a\0b"[..])][..], &[("size", b"-1")], &[("uid", b"root")]] {
        let parts = [pax(b'x', records), file("a", b"")];
        assert!(broken(&archive(&parts)).contains("is broken"), "{records:?}");
    }
}

#[test]
fn every_prefix_of_an_archive_shows_a_prefix_of_its_entries() {
    let whole = archive(&[
        file("a", &[7; 1000]),
        pax(b'x', &[("path", b"long")]),
        file("b", b"body"),
        entry("././@LongLink", b'L', b"other\0"),
        link("c", b'1', b"a"),
    ]);
    let all = shown(&whole);
    for len in 0..whole.len() {
        let (some, _) = read(&whole[..len], &Limits::default());
        assert_eq!(some.entries, all.entries[..some.entries.len()]);
        assert_eq!(some.bodies, all.bodies[..some.bodies.len()]);
    }
}

#[test]
fn what_climbs_out_is_refused_and_the_rest_is_read() {
    for part in
        [file("../etc/passwd", b"x"), file("a/../../b", b"x"), link("a", b'1', b"../../etc/shadow")]
    {
        let (shown, result) = read(&archive(&[part, file("good", b"y")]), &Limits::default());
        result.unwrap();
        assert_eq!(shown.paths(), ["good"]);
        let (kind, message) = shown.problem();
        assert_eq!(kind, ProblemKind::Entry);
        assert!(message.contains("climbs out of the image"), "{message}");
    }
    // A symbolic link may say what it likes: it is followed inside the image.
    let shown = shown(&archive(&[link("a", b'2', b"../../\xff")]));
    assert_eq!(shown.entries[0].kind, EntryType::Symlink("../../\\xff".to_owned()));
}

#[test]
fn long_paths_and_targets_are_refused() {
    let limits = Limits { path_bytes_max: 50, ..Limits::default() };
    let long = "n".repeat(51);
    for part in [file(&long, b"x"), link("a", b'2', long.as_bytes())] {
        let (shown, result) = read(&archive(&[part, file("good", b"y")]), &limits);
        result.unwrap();
        assert_eq!(shown.paths(), ["good"]);
        assert!(shown.problem().1.contains("51 bytes, more than 50"));
    }
}

#[test]
fn large_files_are_told_of_and_passed_over() {
    let limits = Limits { file_bytes_max: 10, ..Limits::default() };
    let parts = [file("large", &[1; 11]), file("small", &[2; 10])];
    let (shown, result) = read(&archive(&parts), &limits);
    result.unwrap();
    assert_eq!(shown.paths(), ["large", "small"]);
    assert_eq!(shown.bodies, [("small".to_owned(), vec![2; 10])]);
    let problem = &shown.problems[0];
    assert_eq!(problem.kind, ProblemKind::Limit);
    assert_eq!(problem.location.as_ref().unwrap().path.as_str(), "large");
    assert!(problem.message.contains("11 bytes, more than 10"), "{}", problem.message);
}

#[test]
fn bodies_that_memory_cannot_hold_are_told_of() {
    let limits = Limits { memory_bytes: 1 << 20, ..Limits::default() };
    let parts = [file("large", &vec![1; (1 << 20) + 1]), file("small", b"x")];
    let (shown, result) = read_in_pieces(&archive(&parts), &limits, &[4096]);
    result.unwrap();
    assert_eq!(shown.bodies.len(), 1);
    assert_eq!(shown.problem().0, ProblemKind::Limit);
    // In memory as a whole, nothing has to be copied.
    let (shown, result) = read(&archive(&parts), &limits);
    result.unwrap();
    assert_eq!(shown.bodies.len(), 2);
}

#[test]
fn limits_of_the_whole_layer_end_the_walk() {
    let limits = Limits { entries_max: 2, extended_header_bytes_max: 100, ..Limits::default() };
    let three = archive(&[file("a", b""), file("b", b""), file("c", b"")]);
    let (shown, result) = read(&three, &limits);
    assert!(matches!(&result, Err(TarError::Limit(reason)) if reason.contains("2 entries")));
    assert_eq!(shown.paths(), ["a", "b"]);

    let long = [file("a", b""), pax(b'x', &[("path", &[b'n'; 101])]), file("b", b"")];
    let (shown, result) = read(&archive(&long), &limits);
    assert!(matches!(&result, Err(TarError::Limit(reason)) if reason.contains("more than 100")));
    assert_eq!(shown.paths(), ["a"]);
}

#[test]
fn a_header_that_lies_about_its_size_costs_no_memory() {
    let mut into = Vec::new();
    let mut pieces = Pieces::new(&[1; 5000], &[1000]);
    let read = gather(&mut Cursor::new(&mut pieces), 10 << 30, &mut into).unwrap();
    assert_eq!(read, None);
    assert_eq!(into.len(), 5000);
    assert!(into.capacity() <= 1 << 20, "{}", into.capacity());
}

#[test]
fn unwanted_bodies_are_not_shown() {
    struct Header(Vec<EntryHeader>);
    impl Visit for Header {
        fn entry(&mut self, header: &EntryHeader) -> Want {
            self.0.push(header.clone());
            if header.path.as_str() == "wanted" { Want::Body } else { Want::Skip }
        }
        fn body(&mut self, header: &EntryHeader, _bytes: &[u8]) {
            assert_eq!(header.path.as_str(), "wanted");
        }
        fn problem(&mut self, problem: Problem) {
            panic!("{problem:?}");
        }
    }
    // Ten gigabytes that nobody wants are no problem; that they are missing is.
    let parts = [file("wanted", b"x"), header(b"huge", b'0', 10 << 30).to_vec()];
    let archive = archive(&parts);
    let (limits, budget) = (Limits::default(), Budget::new(1 << 20));
    let mut visitor = Header(Vec::new());
    let mut pieces = Pieces::new(&archive, &[]);
    let result = Reader::new(&mut pieces, &limits, &budget, &mut visitor).run();
    assert!(matches!(result, Err(TarError::Archive(_))));
    assert_eq!(visitor.0[1].size_bytes, 10 << 30);
}
