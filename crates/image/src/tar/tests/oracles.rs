//! The same archives read by others: the `tar` crate and Python's `tarfile`.

use crate::layer::fuzz;
use crate::tar::testing::{read, read_in_pieces, shown};
use crate::walk::{EntryHeader, EntryType};
use ::tar::{Archive, Builder, EntryType as Kind, Header, HeaderMode};
use lazaret_core::limits::Limits;
use lazaret_core::location::ImagePath;
use proptest::prelude::*;
use std::io::Read;
use std::process::Command;

/// An entry to be written.
#[derive(Clone, Debug)]
struct Plan {
    path: String,
    target: String,
    kind: Kind,
    body: Vec<u8>,
    mode: u32,
    uid: u64,
    is_gnu: bool,
}

fn plan() -> impl Strategy<Value = Plan> {
    let kind = prop_oneof![
        5 => Just(Kind::Regular),
        1 => Just(Kind::Directory),
        1 => Just(Kind::Symlink),
        1 => Just(Kind::Link),
        1 => Just(Kind::Fifo),
    ];
    let path = "[a-z]{1,9}(/[a-zA-Z0-9.é_-]{1,60}x){0,6}";
    let target = "[a-z]{1,9}(/[a-z0-9é]{1,60}){0,4}";
    let body = prop_oneof![
        prop::collection::vec(any::<u8>(), 0..40),
        (400_usize..1_200).prop_map(|len| vec![7; len])
    ];
    (path, target, kind, body, 0_u32..0o10_000, any::<u32>(), any::<bool>()).prop_map(
        |(path, target, kind, body, mode, uid, is_gnu)| {
            let body = if kind == Kind::Regular { body } else { Vec::new() };
            Plan { path, target, kind, body, mode, uid: uid.into(), is_gnu }
        },
    )
}

/// Writes an archive with the `tar` crate.
fn write(plans: &[Plan]) -> Vec<u8> {
    let mut builder = Builder::new(Vec::new());
    builder.mode(HeaderMode::Deterministic);
    for plan in plans {
        let mut header = if plan.is_gnu { Header::new_gnu() } else { Header::new_ustar() };
        header.set_entry_type(plan.kind);
        header.set_mode(plan.mode);
        header.set_uid(if plan.is_gnu { plan.uid } else { plan.uid & 0o7_777_777 });
        header.set_gid(5);
        header.set_mtime(0);
        header.set_size(u64::try_from(plan.body.len()).unwrap());
        let long = [("path", plan.path.as_bytes()), ("linkpath", plan.target.as_bytes())];
        if !plan.is_gnu {
            builder.append_pax_extensions(long).unwrap();
            header.set_path("short").unwrap();
            header.set_cksum();
            builder.append(&header, &*plan.body).unwrap();
        } else if matches!(plan.kind, Kind::Link | Kind::Symlink) {
            builder.append_link(&mut header, &plan.path, &plan.target).unwrap();
        } else {
            builder.append_data(&mut header, &plan.path, &*plan.body).unwrap();
        }
    }
    builder.into_inner().unwrap()
}

/// What the `tar` crate reads.
fn others_listing(archive: &[u8]) -> Vec<(String, EntryType, u64, u32, u64, Vec<u8>)> {
    let mut listing = Vec::new();
    for entry in Archive::new(archive).entries().unwrap() {
        let mut entry = entry.unwrap();
        let path = String::from_utf8(entry.path_bytes().into_owned()).unwrap();
        let target = || {
            let bytes = entry.link_name_bytes().unwrap();
            String::from_utf8(bytes.into_owned()).unwrap()
        };
        let kind = match entry.header().entry_type() {
            Kind::Directory => EntryType::Folder,
            Kind::Symlink => EntryType::Symlink(target()),
            Kind::Link => EntryType::Hardlink(ImagePath::parse(target().as_bytes()).unwrap()),
            Kind::Fifo => EntryType::Special,
            _ => EntryType::File,
        };
        let (mode, uid) = (entry.header().mode().unwrap(), entry.header().uid().unwrap());
        let mut body = Vec::new();
        entry.read_to_end(&mut body).unwrap();
        listing.push((path, kind, entry.size(), mode, uid, body));
    }
    listing
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_tar_crate_reads_the_same(plans in prop::collection::vec(plan(), 0..12)) {
        let archive = write(&plans);
        let shown = shown(&archive);
        let mut bodies = shown.bodies.iter();
        let listing: Vec<_> = shown
            .entries
            .iter()
            .map(|entry| {
                let body = if entry.kind == EntryType::File {
                    bodies.next().unwrap().1.clone()
                } else {
                    Vec::new()
                };
                let path = entry.path.to_string();
                (path, entry.kind.clone(), entry.size_bytes, entry.mode, entry.uid, body)
            })
            .collect();
        prop_assert_eq!(listing, others_listing(&archive));
        prop_assert_eq!(shown.entries.len(), plans.len());
    }

    #[test]
    fn where_chunks_end_does_not_matter(
        plans in prop::collection::vec(plan(), 0..8),
        lengths in prop::collection::vec(1_usize..1_500, 1..6),
        cut in 0_usize..2_000,
    ) {
        let mut archive = write(&plans);
        archive.truncate(archive.len().saturating_sub(cut));
        let (whole, ended) = read(&archive, &Limits::default());
        let (pieces, pieces_ended) = read_in_pieces(&archive, &Limits::default(), &lengths);
        prop_assert_eq!(whole, pieces);
        prop_assert_eq!(format!("{ended:?}"), format!("{pieces_ended:?}"));
    }

    #[test]
    fn damaged_archives_never_panic(
        plans in prop::collection::vec(plan(), 1..6),
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..20),
    ) {
        let mut archive = write(&plans);
        for (at, byte) in damage {
            let at = at.index(archive.len());
            archive[at] = byte;
        }
        // Damage must get past the checksum to be of use.
        for block in archive.chunks_exact_mut(512) {
            if block[257..262] == *b"ustar" {
                block[148..156].fill(b' ');
                let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
                block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
            }
        }
        fuzz::layer(&archive);
    }

    #[test]
    fn random_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..3_000)) {
        fuzz::layer(&bytes);
        for magic in [&b"\x1f\x8b\x08"[..], b"\x28\xb5\x2f\xfd", b"\x50\x2a\x4d\x18"] {
            fuzz::layer(&[magic, &bytes].concat());
        }
    }
}

const LISTING: &str = r"
import sys, tarfile
for m in tarfile.open(sys.argv[1], errors='surrogateescape'):
    kind = 'd' if m.isdir() else 'l' if m.issym() else 'h' if m.islnk() else '-'
    raw = m.name.encode('utf-8', 'surrogateescape')
    print(kind, m.size if m.isreg() else 0, oct(m.mode & 0o7777), m.uid, raw.hex() or '-')
";

#[test]
fn python_lists_the_odd_archives_the_same() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/corpus/tars");
    let Ok(files) = std::fs::read_dir(folder) else {
        println!("skipped: {folder} is not there");
        return;
    };
    let mut seen = 0;
    for file in files {
        let path = file.unwrap().path();
        let output = Command::new("python3").arg("-c").arg(LISTING).arg(&path).output();
        let Some(output) = output.ok().filter(|output| output.status.success()) else {
            println!("skipped: no python3 to list {}", path.display());
            continue;
        };
        let expected = String::from_utf8(output.stdout).unwrap();
        let (shown, result) = read(&std::fs::read(&path).unwrap(), &Limits::default());
        result.unwrap();
        let listing: Vec<String> = shown
            .entries
            .iter()
            .map(|entry| {
                let kind = match entry.kind {
                    EntryType::Folder => 'd',
                    EntryType::Symlink(_) => 'l',
                    EntryType::Hardlink(_) => 'h',
                    EntryType::File | EntryType::Special => '-',
                };
                let EntryHeader { path, size_bytes, mode, uid, .. } = entry;
                format!("{kind} {size_bytes} 0o{mode:o} {uid} {path}")
            })
            .collect();
        let expected: Vec<String> = expected
            .lines()
            .map(|line| {
                let (fields, name) = line.rsplit_once(' ').unwrap();
                let name = if name == "-" { Vec::new() } else { hex::decode(name).unwrap() };
                format!("{fields} {}", ImagePath::parse(&name).unwrap())
            })
            .collect();
        assert_eq!(listing, expected, "{}", path.display());
        assert_eq!(shown.problems, []);
        seen += 1;
    }
    println!("{seen} archives listed");
}
