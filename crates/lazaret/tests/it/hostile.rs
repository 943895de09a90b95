//! Images made to exhaust or deceive a scanner: memory and time stay bounded, and what was not
//! looked at is in the report as a problem.

use crate::handmade::{Stored, digest, gzip, layer, layout_files};
use crate::support::{Ran, lazaret, lazaret_within, packages, ran, text};
use lazaret_testkit::{Compression, Entry, Image, Layer};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

/// A package that is found whatever else is in the image.
const WITNESS: &str = "srv/node_modules/witness/package.json";

const PLAIN: &str = "application/vnd.oci.image.layer.v1.tar";
const GZIP: &str = "application/vnd.oci.image.layer.v1.tar+gzip";
const ZSTD: &str = "application/vnd.oci.image.layer.v1.tar+zstd";

const MIB: u64 = 1 << 20;

/// Above `--memory`: the program itself, its threads, and one body being handed over.
const OVERHEAD_BYTES: u64 = 100 * MIB;

/// What a run may reserve at all, in KiB: the stacks and heaps of its threads, most of which nobody
/// touches. It holds even where a run is over before its peak can be looked up.
const ADDRESSES_KIB_MAX: u64 = 1 << 20;

/// A run, the most memory it had resident, and how long it took.
struct Measured {
    ran: Ran,
    peak_bytes: u64,
    time: Duration,
}

impl Measured {
    #[track_caller]
    fn assert_below(&self, peak_bytes: u64, time: Duration) {
        let peak = self.peak_bytes;
        assert!(peak <= peak_bytes, "{} MiB resident", peak / MIB);
        assert!(self.time <= time, "{:?}", self.time);
    }
}

/// Scans an image as JSON, and watches the program do it.
fn measure(path: &Path, arguments: &[&str]) -> Measured {
    let begin = Instant::now();
    let mut command = lazaret_within(ADDRESSES_KIB_MAX);
    command.args(["image", "-f", "json", "--platform", "linux/amd64"]).args(arguments);
    command.arg("--input").arg(path);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = command.spawn().unwrap();
    let id = child.id();
    let watch = std::thread::spawn(move || peak_of(id));
    let output = child.wait_with_output().unwrap();
    Measured { ran: Ran::of(output), peak_bytes: watch.join().unwrap(), time: begin.elapsed() }
}

/// The most memory a process has resident in its life, in bytes, as the kernel counts it.
fn peak_of(id: u32) -> u64 {
    let mut peak = 0;
    while let Ok(status) = fs::read_to_string(format!("/proc/{id}/status")) {
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        // A process that has ended and was not waited for has no memory.
        let Some(line) = line else { break };
        let kib: u64 = line.trim().trim_end_matches(" kB").parse().unwrap();
        peak = peak.max(kib * 1024);
        std::thread::sleep(Duration::from_millis(3));
    }
    peak
}

fn write_layout(folder: &Path, files: &[(String, Vec<u8>)]) -> PathBuf {
    for (path, bytes) in files {
        let file = folder.join(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, bytes).unwrap();
    }
    folder.to_owned()
}

fn scan(path: &Path, arguments: &[&str]) -> Ran {
    let mut command = lazaret();
    command.args(["image", "-f", "json", "--platform", "linux/amd64"]).args(arguments);
    ran(command.arg("--input").arg(path))
}

/// Scans an image of one layer, which is written entry by entry.
fn scan_layer(layer: Layer) -> Ran {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("image.tar");
    let image = Image::new("hostile:1").compression(Compression::None).layer(layer);
    fs::write(&file, image.oci_archive()).unwrap();
    let ran = scan(&file, &[]);
    // Whoever wants a complete scan is told that this is none.
    let is_whole = ran.json()["inventory"]["problems"].as_array().is_none_or(Vec::is_empty);
    let gated = scan(&file, &["--fail-on", "incomplete"]);
    assert_eq!(gated.code, if is_whole { 0 } else { 2 }, "{}", ran.stdout);
    ran
}

fn witness(layer: Layer) -> Layer {
    layer.file(WITNESS, r#"{"name":"witness","version":"1.0.0"}"#)
}

/// Problems but for packages that no advisory source covers, which say nothing of the image.
#[track_caller]
fn problems(ran: &Ran) -> Vec<Value> {
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let report = ran.json();
    let problems = report["inventory"]["problems"].as_array().cloned().unwrap_or_default();
    problems.into_iter().filter(|problem| problem["kind"] != "coverage").collect()
}

#[track_caller]
fn assert_witness(ran: &Ran) {
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let found = packages(&ran.json(), "npm");
    assert!(found.contains(&"witness 1.0.0".to_owned()), "{found:?}");
}

/// A layer of 2 GiB: a file of that size, and not much else once it is compressed.
fn bomb(path: &str, compress: impl Fn(&[u8]) -> Vec<u8>) -> Vec<u8> {
    const PART: usize = 32 << 20;
    const PARTS: usize = 64;
    let mut header = tar::Header::new_gnu();
    header.set_path(path).unwrap();
    header.set_size((PART * PARTS) as u64);
    header.set_mode(0o644);
    header.set_cksum();
    let zeros = compress(&vec![0; PART]);
    let mut bytes = compress(header.as_bytes());
    for _ in 0..PARTS {
        bytes.extend_from_slice(&zeros);
    }
    bytes.extend_from_slice(&compress(&[0; 1024]));
    bytes
}

#[test]
fn a_layer_that_grows_without_measure_is_not_read_to_its_end() {
    type Compress = fn(&[u8]) -> Vec<u8>;
    let kinds: [(&str, Compress); 2] = [(GZIP, gzip), (ZSTD, crate::handmade::zstd)];
    for (media_type, compress) in kinds {
        for path in ["var/lib/dpkg/status", "usr/share/zeros"] {
            let witness = layer(PLAIN, &witness(Layer::new("")).tar());
            let bytes = bomb(path, compress);
            assert!(bytes.len() < 8 << 20, "{} bytes", bytes.len());
            // Nobody gets as far as the digest of what is uncompressed.
            let diff_id = digest(b"");
            let bomb = Stored { media_type: media_type.to_owned(), bytes, diff_id };
            let folder = tempfile::tempdir().unwrap();
            let layout = write_layout(folder.path(), &layout_files(&[witness, bomb.clone()]));
            let measured = measure(&layout, &["--memory", "64M"]);
            measured.assert_below(64 * MIB + OVERHEAD_BYTES, Duration::from_secs(30));
            assert_witness(&measured.ran);
            let problems = problems(&measured.ran);
            let is_told = |problem: &Value| {
                problem["kind"] == "limit" && text(&problem["message"]).contains(&bomb.digest())
            };
            assert!(problems.iter().any(is_told), "{problems:?}");
            let gated = scan(&layout, &["--memory", "64M", "--fail-on", "incomplete"]);
            assert_eq!(gated.code, 2);
        }
    }
}

#[test]
fn an_archive_that_grows_without_measure_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in [
        ("bomb.tar.gz", bomb("blobs/sha256/zeros", gzip)),
        ("bomb.tar.zst", bomb("blobs/sha256/zeros", crate::handmade::zstd)),
    ] {
        let file = folder.path().join(name);
        fs::write(&file, bytes).unwrap();
        let measured = measure(&file, &["--memory", "64M"]);
        measured.assert_below(64 * MIB + OVERHEAD_BYTES, Duration::from_secs(30));
        assert_eq!(measured.ran.code, 2);
        assert!(measured.ran.stderr.contains(name), "{}", measured.ran.stderr);
        assert!(measured.ran.stderr.contains("times its size"), "{}", measured.ran.stderr);
    }
}

#[test]
fn two_hundred_thousand_files_are_looked_at() {
    const FILES: usize = 200_000;
    const PACKAGES: usize = 10_000;
    let mut tiny = Layer::new("COPY . .");
    for n in 0..FILES - PACKAGES {
        tiny = tiny.file(&format!("usr/share/icons/{}/{n}", n % 500), "x");
    }
    for n in 0..PACKAGES {
        let package = format!(r#"{{"name":"p{n}","version":"1.0.{n}"}}"#);
        tiny = tiny.file(&format!("srv/node_modules/p{n}/package.json"), package);
    }
    let folder = tempfile::tempdir().unwrap();
    Image::new("many:1").layer(tiny).write_layout(folder.path()).unwrap();
    let measured = measure(folder.path(), &[]);
    measured.assert_below(300 * MIB, Duration::from_mins(1));
    assert_eq!(packages(&measured.ran.json(), "npm").len(), PACKAGES);
    assert_eq!(problems(&measured.ran).len(), 0);
}

/// A number too large for octal digits, as GNU tar writes it.
fn binary_number(value: u64) -> [u8; 12] {
    let mut field = [0; 12];
    field[0] = 0x80;
    field[4..].copy_from_slice(&value.to_be_bytes());
    field
}

/// A file of ten gigabytes that takes one byte (GNU tar, "Storing Sparse Files", old format).
fn sparse(path: &str) -> Vec<u8> {
    const REAL_BYTES: u64 = 10_000_000_000;
    let mut header = tar::Header::new_gnu();
    header.set_path(path).unwrap();
    header.set_entry_type(tar::EntryType::GNUSparse);
    header.set_size(1);
    header.set_mode(0o644);
    let gnu = header.as_gnu_mut().unwrap();
    gnu.sparse[0].offset = binary_number(REAL_BYTES - 1);
    gnu.sparse[0].numbytes = binary_number(1);
    gnu.realsize = binary_number(REAL_BYTES);
    header.set_cksum();
    let mut bytes = header.as_bytes().to_vec();
    bytes.push(b'x');
    bytes.resize(1024, 0);
    bytes
}

/// The same in the format that PAX headers made possible (1.0): the map is in front of the data.
fn pax_sparse(path: &str) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    let records: [(&str, &[u8]); 4] = [
        ("GNU.sparse.major", b"1"),
        ("GNU.sparse.minor", b"0"),
        ("GNU.sparse.name", path.as_bytes()),
        ("GNU.sparse.realsize", b"10000000000"),
    ];
    builder.append_pax_extensions(records).unwrap();
    let mut body = b"1\n9999999999\n1\n".to_vec();
    body.resize(512, 0);
    body.push(b'x');
    let mut header = tar::Header::new_ustar();
    header.set_path("GNUSparseFile.0/file").unwrap();
    header.set_size(body.len() as u64);
    header.set_mode(0o644);
    header.set_cksum();
    builder.append(&header, body.as_slice()).unwrap();
    let mut bytes = builder.into_inner().unwrap();
    // Without the end marker: another archive follows.
    bytes.truncate(bytes.len() - 1024);
    bytes
}

#[test]
fn ten_gigabytes_of_holes_take_no_memory() {
    for (make, path, is_wanted) in [
        (sparse as fn(&str) -> Vec<u8>, "var/lib/dpkg/status", true),
        (pax_sparse, "var/lib/dpkg/status", true),
        (sparse, "var/log/lastlog", false),
        (pax_sparse, "var/log/lastlog", false),
    ] {
        let mut tar = make(path);
        tar.extend_from_slice(&witness(Layer::new("")).tar());
        let folder = tempfile::tempdir().unwrap();
        let layout = write_layout(folder.path(), &layout_files(&[layer(PLAIN, &tar)]));
        let measured = measure(&layout, &["--memory", "64M"]);
        measured.assert_below(OVERHEAD_BYTES, Duration::from_secs(10));
        assert_witness(&measured.ran);
        let problems = problems(&measured.ran);
        let is_told =
            |problem: &Value| problem["kind"] == "limit" && problem["location"]["path"] == path;
        assert_eq!(problems.iter().any(is_told), is_wanted, "{path}: {problems:?}");
        assert_eq!(problems.len(), usize::from(is_wanted), "{path}: {problems:?}");
    }
}

#[test]
fn a_path_that_climbs_out_is_a_problem_and_the_rest_goes_on() {
    for path in ["../../../etc/os-release", "srv/../../etc/os-release", ".."] {
        let ran = scan_layer(witness(Layer::new("").file(path, "ID=evil\n")));
        assert_witness(&ran);
        let problems = problems(&ran);
        assert_eq!(problems.len(), 1, "{path}: {problems:?}");
        assert_eq!(problems[0]["kind"], "entry");
        assert!(text(&problems[0]["message"]).contains(path), "{path}: {problems:?}");
        assert_eq!(ran.json()["inventory"]["os"], Value::Null, "{path}");
    }
}

/// A package database outside of what is scanned, that nobody may read.
fn outside() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let file = fs::canonicalize(folder.path()).unwrap().join("installed");
    fs::write(&file, "P:host\nV:1.0-r0\nA:x86_64\nL:MIT\no:host\n\n").unwrap();
    (folder, file)
}

#[test]
fn links_never_lead_out_of_the_image() {
    let (_folder, file) = outside();
    let file = file.to_str().unwrap();
    for target in [file.to_owned(), format!("../../../../../../../../../../../../..{file}")] {
        for kind in ["symbolic", "hard"] {
            let layer = Layer::new("").file("etc/os-release", "ID=alpine\nVERSION_ID=3.18.4\n");
            let layer = match kind {
                "symbolic" => layer.symlink("lib/apk/db/installed", &target),
                _ => layer.hardlink("lib/apk/db/installed", &target),
            };
            let ran = scan_layer(witness(layer));
            assert_witness(&ran);
            assert!(packages(&ran.json(), "apk").is_empty(), "{kind} {target}: {}", ran.stdout);
        }
        let root = tempfile::tempdir().unwrap();
        let database = root.path().join("lib/apk/db");
        fs::create_dir_all(&database).unwrap();
        std::os::unix::fs::symlink(&target, database.join("installed")).unwrap();
        let ran = ran(lazaret().args(["rootfs", "-f", "json"]).arg(root.path()));
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        assert!(packages(&ran.json(), "apk").is_empty(), "{target}: {}", ran.stdout);
    }
}

#[test]
fn links_in_a_circle_have_an_end() {
    let layer = Layer::new("")
        .symlink("lib/apk", "../usr/apk")
        .symlink("usr/apk", "../lib/apk")
        .symlink("etc/os-release", "os-release")
        .hardlink("var/lib/dpkg/status", "var/lib/dpkg/status");
    let ran = scan_layer(witness(layer));
    assert_witness(&ran);
}

#[test]
fn names_without_end_are_left_out() {
    let long = "d/".repeat(3_000) + "package.json";
    let ran = scan_layer(witness(Layer::new("").file(&long, "{}")));
    assert_witness(&ran);
    let problems = problems(&ran);
    assert_eq!(problems.len(), 1, "{problems:?}");
    // A name of 8 MiB ends the reading of the layer, whatever is behind it.
    let endless = "d/".repeat(4 << 20);
    let ran = scan_layer(Layer::new("").file("a", "").file(&endless, "{}"));
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(!self::problems(&ran).is_empty());
}

#[test]
fn more_layers_than_an_image_can_have_are_refused() {
    let empty = layer(PLAIN, &Layer::new("").file("a", "").tar());
    let folder = tempfile::tempdir().unwrap();
    let layout = write_layout(folder.path(), &layout_files(&vec![empty; 1_001]));
    let ran = scan(&layout, &[]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("at most 1000 are read"), "{}", ran.stderr);
}

/// The broken inputs of every extractor, from the inventory's own fixtures: the extractor, the
/// folder, and the paths of the files in it.
fn broken_fixtures() -> Vec<(String, PathBuf, Vec<String>)> {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../inventory/fixtures");
    let mut found = Vec::new();
    for family in sorted(&fixtures) {
        for extractor in sorted(&family) {
            for case in sorted(&extractor) {
                let name = |path: &Path| path.file_name().unwrap().to_str().unwrap().to_owned();
                if !name(&case).starts_with("broken") {
                    continue;
                }
                let mut files = Vec::new();
                list(&case, "", &mut files);
                files.retain(|file| file != "expected.snap");
                found.push((format!("{}/{}", name(&family), name(&extractor)), case, files));
            }
        }
    }
    found
}

fn sorted(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.is_dir());
    paths.sort();
    paths
}

fn list(folder: &Path, prefix: &str, files: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let path = format!("{prefix}{}", entry.file_name().to_str().unwrap());
        if entry.file_type().unwrap().is_dir() {
            list(&entry.path(), &format!("{path}/"), files);
        } else {
            files.push(path);
        }
    }
}

#[test]
fn a_broken_package_database_is_a_problem_and_the_rest_goes_on() {
    let mut told = Vec::new();
    let fixtures = broken_fixtures();
    for (extractor, folder, files) in &fixtures {
        let mut layer = Layer::new("");
        for file in files {
            // Executable, since some formats are those of programs.
            let content = fs::read(folder.join(file)).unwrap();
            // A store's packages are folders, which are there for what is in them.
            let inside = if extractor == "nix/store" { "/bin/one" } else { "" };
            let path = format!("{file}{inside}");
            layer = layer.entry(Entry::File { path, content, mode: 0o755 });
        }
        let ran = scan_layer(witness(layer));
        assert_witness(&ran);
        for problem in problems(&ran) {
            if problem["extractor"] == extractor.as_str() {
                let path = text(&problem["location"]["path"]);
                assert!(files.iter().any(|file| file == path), "{extractor}: {problem}");
                told.push(extractor.as_str());
            }
        }
    }
    told.dedup();
    let mut expected: Vec<&str> = fixtures.iter().map(|(id, ..)| id.as_str()).collect();
    expected.dedup();
    assert_eq!(told, expected);
    assert!(expected.len() > 8, "{expected:?}");
}

#[test]
fn what_an_image_calls_things_does_not_reach_the_terminal_unescaped() {
    let layer = Layer::new("RUN \u{1b}[2J")
        .file(
            "srv/node_modules/x/package.json",
            "{\"name\":\"\\u001b[31mx\",\"version\":\"1\\r2\"}",
        )
        .file("etc/os-release", "ID=\u{1b}[1m\nPRETTY_NAME=\"\u{7}\u{1b}]0;owned\u{7}\"\n")
        .file("srv/\u{1b}[5m/package-lock.json", "{")
        .entry(Entry::File { path: "../\u{1b}[7m".into(), content: Vec::new(), mode: 0o644 });
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("image.tar");
    let image = Image::new("\u{1b}[4mx:1").layer(layer);
    fs::write(&file, image.oci_archive()).unwrap();
    let input = file.to_str().unwrap();
    for arguments in [&["--list-all-pkgs"][..], &["--list-all-pkgs", "-d"]] {
        let mut command = lazaret();
        command.args(["image", "--platform", "linux/amd64", "--input", input]).args(arguments);
        let ran = ran(&mut command);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        let said = format!("{}{}", ran.stdout, ran.stderr);
        let control = |c: char| c.is_control() && c != '\n';
        assert!(!said.contains(control), "{said:?}");
    }
}

#[test]
fn a_scan_ends_when_its_time_is_over() {
    let folder = tempfile::tempdir().unwrap();
    let bomb = Stored {
        media_type: GZIP.to_owned(),
        bytes: bomb("usr/share/zeros", gzip),
        diff_id: digest(b""),
    };
    let layout = write_layout(folder.path(), &layout_files(&[bomb]));
    let measured = measure(&layout, &["--timeout", "20ms"]);
    assert_eq!(measured.ran.code, 2);
    assert_eq!(measured.ran.stdout, "");
    assert!(measured.ran.stderr.contains("--timeout"), "{}", measured.ran.stderr);
    assert!(measured.time < Duration::from_secs(5), "{:?}", measured.time);
}
