//! Programs, which no path makes known: they are found by permission bits and first bytes, go when
//! something else takes their place, and belong to the package that lists them.

use crate::support::{ONE, engine, inventory, source};
use lazaret_core::limits::Limits;
use lazaret_core::package::Ecosystem;
use lazaret_core::problem::ProblemKind;
use lazaret_image::{OpenOptions, Target, open};
use lazaret_scan::cache::MemoryCache;
use lazaret_scan::{Engine, extract_image};
use lazaret_testkit::{Entry, Layer};
use std::path::Path;

/// A Go program, as its fixture has it: the standard library, itself and two modules.
fn tool() -> Vec<u8> {
    let path = "../inventory/fixtures/go/binary/good/usr/local/bin/tool";
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

fn program(layer: Layer, path: &str, content: Vec<u8>, mode: u32) -> Layer {
    layer.entry(Entry::File { path: path.to_owned(), content, mode })
}

fn places(layers: &[Layer]) -> Vec<String> {
    let packages = inventory(layers).packages;
    let go = packages.iter().filter(|package| package.name == "stdlib");
    go.map(|package| package.locations[0].path.to_string()).collect()
}

#[test]
fn programs_are_known_by_their_bits_and_first_bytes() {
    let layer = program(Layer::new("ADD"), "srv/any-name", tool(), 0o755);
    let layer = program(layer, "srv/not-executable", tool(), 0o644);
    let layer = program(layer, "srv/plugin.so", tool(), 0o755);
    let layer = program(layer, "srv/script", [b"#!/bin/sh\n", &tool()[..]].concat(), 0o755);
    assert_eq!(places(&[layer]), ["srv/any-name"]);
}

#[test]
fn a_program_in_several_chunks_is_read_whole() {
    // Chunks are 256 KiB; the archive's header makes each program begin elsewhere in them.
    for padding in [0, 262_144 - 1_536, 262_144 - 1_024 - 32, 300_000] {
        let mut layer = Layer::new("ADD").file("before", vec![7; padding]);
        let mut content = tool();
        content.resize(700_000, 0);
        layer = program(layer, "bin/tool", content, 0o755);
        assert_eq!(places(&[layer]), ["bin/tool"], "{padding}");
    }
}

#[test]
fn a_script_in_a_programs_place_takes_its_packages_with_it() {
    let base = program(Layer::new("ADD"), "usr/bin/tool", tool(), 0o755);
    let script = program(Layer::new("RUN"), "usr/bin/tool", b"#!/bin/sh\n".to_vec(), 0o755);
    assert!(places(&[base.clone(), script]).is_empty());
    let other = [b"\x7fELF\x02\x01\x01".to_vec(), vec![0; 2_000]].concat();
    let other = program(Layer::new("RUN"), "usr/bin/tool", other, 0o755);
    let found = inventory(&[base.clone(), other]);
    assert!(!found.packages.iter().any(|package| package.name == "stdlib"));
    assert!(places(&[base, Layer::new("RUN").whiteout("usr/bin/tool")]).is_empty());
}

#[test]
fn a_program_is_at_each_of_its_names() {
    let layer = program(Layer::new("ADD"), "usr/bin/tool", tool(), 0o755)
        .hardlink("usr/bin/tool-1.4", "usr/bin/tool")
        .symlink("usr/bin/t", "tool");
    assert_eq!(places(std::slice::from_ref(&layer)), ["usr/bin/tool", "usr/bin/tool-1.4"]);
    let top = Layer::new("RUN").whiteout("usr/bin/tool");
    assert_eq!(places(&[layer, top]), ["usr/bin/tool-1.4"]);
}

#[test]
fn a_program_of_a_distribution_belongs_to_its_package() {
    let status =
        "Package: tool\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1.4.0-1\n\n";
    let layer = Layer::new("ADD")
        .file("var/lib/dpkg/status", status)
        .file("var/lib/dpkg/info/tool.list", "/.\n/usr\n/usr/bin\n/usr/bin/tool\n");
    let found = inventory(&[program(layer, "usr/bin/tool", tool(), 0o755)]);
    for package in found.packages.iter().filter(|p| p.ecosystem == Ecosystem::Golang) {
        let owner = package.owner.and_then(|id| found.package(id)).map(|owner| &*owner.name);
        assert_eq!(owner, Some("tool"), "{}", package.name);
    }
    assert_eq!(found.relations.len(), 4);
}

#[test]
fn a_program_beyond_the_limit_is_a_problem() {
    let (_, folder) = source(&[program(Layer::new("ADD"), "bin/tool", tool(), 0o755)]);
    let limits = Limits { program_bytes_max: 1_024, ..Limits::default() };
    let engine = Engine::with(limits.clone(), Box::new(MemoryCache::default()));
    let options = OpenOptions { limits, ..OpenOptions::default() };
    let source = open(&Target::Input(folder.path().join("image.tar")), &options).unwrap();
    let found = extract_image(&engine, &source, 0, ONE).unwrap();
    assert!(found.packages.is_empty());
    assert_eq!(found.problems.len(), 1);
    assert_eq!(found.problems[0].kind, ProblemKind::Limit);
}

#[test]
fn a_root_file_system_gives_what_its_archive_gives() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("tool");
    std::fs::write(&file, tool()).unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o755)).unwrap();
    std::fs::write(folder.path().join("data"), tool()).unwrap();
    let source = open(&Target::RootFs(folder.path().to_owned()), &OpenOptions::default()).unwrap();
    let found = extract_image(&engine(), &source, 0, ONE).unwrap();
    let names: Vec<&str> = found.packages.iter().map(|package| &*package.name).collect();
    assert_eq!(names, ["example.org/app", "example.org/fork", "example.org/one", "stdlib"]);
    assert!(found.packages.iter().all(|package| package.locations[0].path.as_str() == "tool"));
}
