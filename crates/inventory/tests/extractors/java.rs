//! Java archives that were made to cost more than they may, and forms no fixture is large enough
//! for. They are written by another library than the one that reads them.

use super::run::{Outcome, extractor, run, run_with};
use lazaret_core::limits::Limits;
use lazaret_core::problem::ProblemKind;
use std::io::{Cursor, Write as _};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

const PROPERTIES: &str = "groupId=org.example\nartifactId=lib\nversion=1.0\n";
const PROPERTIES_AT: &str = "META-INF/maven/org.example/lib/pom.properties";

fn archive(options: SimpleFileOptions, files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in files {
        writer.start_file(*name, options).unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn deflated() -> SimpleFileOptions {
    SimpleFileOptions::default().compression_method(CompressionMethod::Deflated)
}

fn stored() -> SimpleFileOptions {
    SimpleFileOptions::default().compression_method(CompressionMethod::Stored)
}

fn library() -> Vec<u8> {
    archive(deflated(), &[(PROPERTIES_AT, PROPERTIES.as_bytes())])
}

fn names(outcome: &Outcome) -> Vec<String> {
    let packages = outcome.packages();
    packages.map(|p| format!("{} {}", p.name, p.inside.as_deref().unwrap_or("-"))).collect()
}

fn read(bytes: &[u8], limits: &Limits) -> Outcome {
    run_with(extractor("java/archive"), "opt/app.jar", bytes, limits)
}

fn limited(outcome: &Outcome) -> usize {
    outcome.problems.iter().filter(|problem| problem.kind == ProblemKind::Limit).count()
}

#[test]
fn sizes_and_offsets_of_64_bits_are_read() {
    let inner = library();
    let options = deflated().large_file(true);
    let bytes =
        archive(options, &[(PROPERTIES_AT, PROPERTIES.as_bytes()), ("lib/lib-1.0.jar", &inner)]);
    let outcome = read(&bytes, &Limits::default());
    assert_eq!(names(&outcome), ["org.example:lib -", "org.example:lib lib/lib-1.0.jar"]);
    assert_eq!(outcome.problems, []);
}

#[test]
fn a_comment_at_the_end_that_looks_like_the_end_does_not_hide_it() {
    let comment = [b"PK\x05\x06".as_slice(), &[0; 30]].concat();
    let mut bytes = library();
    let length_at = bytes.len() - 2;
    bytes[length_at] = u8::try_from(comment.len()).unwrap();
    bytes.extend(&comment);
    let outcome = read(&bytes, &Limits::default());
    assert_eq!(names(&outcome).len(), 1, "{:?}", outcome.problems);
}

#[test]
fn what_is_decompressed_is_bounded_for_the_file_as_a_whole() {
    let zeros = vec![0; 4 << 20];
    let bytes = archive(
        deflated(),
        &[
            (PROPERTIES_AT, PROPERTIES.as_bytes()),
            ("a.jar", &zeros),
            ("b.jar", &zeros),
            ("c.jar", &library()),
        ],
    );
    let limits = Limits { archive_bytes_max: 6 << 20, ..Limits::default() };
    let outcome = read(&bytes, &limits);
    // The second does not fit any more; a smaller one behind it does.
    assert_eq!(names(&outcome), ["org.example:lib -", "org.example:lib c.jar"]);
    assert_eq!(limited(&outcome), 1);
}

#[test]
fn the_same_small_archive_many_times_comes_to_an_end() {
    // Every level holds the one below a hundred times: ten thousand million libraries.
    let mut bytes = library();
    for _ in 0..5 {
        let level: Vec<(String, Vec<u8>)> =
            (0..100).map(|n| (format!("{n}.jar"), bytes.clone())).collect();
        let files: Vec<(&str, &[u8])> =
            level.iter().map(|(name, content)| (name.as_str(), content.as_slice())).collect();
        bytes = archive(deflated(), &files);
    }
    let limits = Limits { archive_bytes_max: 64 << 20, ..Limits::default() };
    let outcome = read(&bytes, &limits);
    assert_eq!(limited(&outcome), 1);
    let count = outcome.packages().count();
    assert!(count < 200_000, "{count}");
}

#[test]
fn inner_archives_keep_within_the_memory_limit() {
    let padding = vec![7; 100_000];
    let large = archive(stored(), &[("padding", &padding), ("lib.jar", &library())]);
    let outer = archive(deflated(), &[("large.jar", &large)]);
    let limits = Limits { memory_bytes: 100_000, ..Limits::default() };
    let outcome = read(&outer, &limits);
    assert_eq!((names(&outcome).len(), limited(&outcome)), (0, 1));
    // What is stored as it is takes no memory of its own.
    let outer = archive(stored(), &[("large.jar", &large)]);
    assert_eq!(names(&read(&outer, &limits)), ["org.example:lib large.jar!lib.jar"]);
}

#[test]
fn libraries_of_copies_of_one_archive_keep_within_the_memory_limit() {
    let needs: Vec<String> = (0..5_000)
        .map(|n| {
            format!("<dependency><groupId>g{n}</groupId><artifactId>a</artifactId></dependency>")
        })
        .collect();
    let needs = needs.concat();
    let pom = format!("<project><dependencies>{needs}</dependencies></project>");
    let pom_at = "META-INF/maven/org.example/lib/pom.xml";
    let inner =
        archive(deflated(), &[(PROPERTIES_AT, PROPERTIES.as_bytes()), (pom_at, pom.as_bytes())]);
    let copies: Vec<String> = (0..50).map(|n| format!("{n}.jar")).collect();
    let copies: Vec<(&str, &[u8])> = copies.iter().map(|name| (&**name, &*inner)).collect();
    let limits = Limits { memory_bytes: 8 << 20, ..Limits::default() };
    let outcome = read(&archive(deflated(), &copies), &limits);
    let needs: usize = outcome.packages().map(|package| package.needs.len()).sum();
    assert_eq!(limited(&outcome), 1);
    assert!((5_000..50_000).contains(&needs), "{needs}");
}

#[test]
fn damage_anywhere_in_an_archive_does_no_harm() {
    let inner = library();
    let bytes =
        archive(deflated(), &[(PROPERTIES_AT, PROPERTIES.as_bytes()), ("lib/lib.jar", &inner)]);
    for at in 0..bytes.len() {
        for value in [0x00, 0x7f, 0xff] {
            let mut damaged = bytes.clone();
            damaged[at] = value;
            run(extractor("java/archive"), "opt/app.jar", &damaged);
        }
    }
}

#[test]
fn damage_anywhere_in_an_assembly_does_no_harm() {
    let path = "fixtures/dotnet/assembly/good/app/Example.Json.dll";
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    let bytes = std::fs::read(path).unwrap();
    for at in 0..bytes.len() {
        for value in [0x00, 0x7f, 0xff] {
            let mut damaged = bytes.clone();
            damaged[at] = value;
            run(extractor("dotnet/assembly"), "app/Example.Json.dll", &damaged);
        }
    }
}
