//! Go programs as the toolchain builds them: what is in one cannot be told from its modules alone.

use crate::support::{Ran, has, lazaret, ran, run, text};
use lazaret_testkit::{Entry, Image, Layer};
use serde_json::{Value, json};
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

/// A program of two modules. Of the other one, a package is used, one is imported and nothing of it
/// is used, and one is only used in a function that the compiler puts where it is called.
const SOURCES: [(&str, &str); 7] = [
    ("go.mod", "module example.org/lantern\n\ngo 1.18\n\nrequire example.org/glass.v2 v1.1.0\n"),
    (
        "main.go",
        "package main\n\nimport (\n\t\"fmt\"\n\t\"os\"\n\t\"example.org/glass.v2/used\"\n\
         \t_ \"example.org/glass.v2/imported\"\n\t\"example.org/glass.v2/small.v1\"\n)\n\n\
         func main() { fmt.Println(used.Shine(), small.One(len(os.Args))) }\n",
    ),
    (
        "vendor/modules.txt",
        "# example.org/glass.v2 v1.1.0\n## explicit; go 1.18\nexample.org/glass.v2/imported\n\
         example.org/glass.v2/small.v1\nexample.org/glass.v2/used\n",
    ),
    (
        "vendor/example.org/glass.v2/used/used.go",
        "package used\n\n//go:noinline\nfunc Shine() string { return \"light\" }\n",
    ),
    (
        "vendor/example.org/glass.v2/imported/imported.go",
        "package imported\n\nfunc Never() string { return \"dark\" }\n",
    ),
    (
        "vendor/example.org/glass.v2/small.v1/small.go",
        "package small\n\nfunc One(n int) int { return n + 1 }\n",
    ),
    ("README", "built by the test\n"),
];

/// A record of Go's database about packages of a module.
fn record(id: &str, module: &str, imports: &[&str]) -> (String, String) {
    let imports: Vec<Value> = imports.iter().map(|path| json!({"path": path})).collect();
    let document = json!({
        "id": format!("GO-{id}"), "aliases": [format!("CVE-{id}")],
        "affected": [{
            "package": {"ecosystem": "Go", "name": module},
            "ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}]}],
            "ecosystem_specific": {"imports": imports},
        }],
    });
    (format!("GO-{id}.json"), document.to_string())
}

struct Place(TempDir);

impl Place {
    /// A database of records about single packages, and the program's sources.
    fn new() -> Self {
        let place = Self(tempfile::tempdir().unwrap());
        let glass = "example.org/glass.v2";
        let records = [
            record("2024-0001", glass, &["example.org/glass.v2/used"]),
            record("2024-0002", glass, &["example.org/glass.v2/imported"]),
            record("2024-0003", glass, &["example.org/glass.v2/small.v1"]),
            record("2024-0004", glass, &["example.org/glass.v2/other"]),
            record("2024-0005", glass, &[]),
            record("2024-0006", "stdlib", &["fmt"]),
            record("2024-0007", "stdlib", &["net/http"]),
        ];
        let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        for (name, document) in records {
            archive.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
            archive.write_all(document.as_bytes()).unwrap();
        }
        place.write("feeds/osv/Go/all.zip", &archive.finish().unwrap().into_inner());
        for (path, source) in SOURCES {
            place.write(&format!("src/{path}"), source.as_bytes());
        }
        let (feeds, db) = (place.path("feeds"), place.path("db"));
        let built = run(&[
            "db",
            "build",
            "--feeds",
            feeds.to_str().unwrap(),
            "--out",
            db.to_str().unwrap(),
        ]);
        assert_eq!(built.code, 0, "{}", built.stderr);
        place
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, path: &str, bytes: &[u8]) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    /// The program, built with these flags.
    fn build(&self, flags: &[&str]) -> Vec<u8> {
        let out = self.path("program");
        let built = Command::new("go")
            .args(["build", "-mod=vendor", "-trimpath", "-o"])
            .arg(&out)
            .args(flags)
            .arg(".")
            .current_dir(self.path("src"))
            .env("GOOS", "linux")
            .env("GOARCH", "amd64")
            .env("GO111MODULE", "on")
            .env("CGO_ENABLED", "0")
            .env("GOTOOLCHAIN", "local")
            .env("GOPROXY", "off")
            .env("GOFLAGS", "")
            .output()
            .unwrap();
        assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
        fs::read(out).unwrap()
    }

    fn scan(&self, program: &[u8], arguments: &[&str]) -> Ran {
        let program = Entry::File {
            path: "usr/bin/lantern".to_owned(),
            content: program.to_vec(),
            mode: 0o755,
        };
        let layer = Layer::new("COPY lantern /usr/bin").entry(program);
        self.write("image.tar", &Image::new("lantern:1").layer(layer).oci_archive());
        let mut command = lazaret();
        command.args(["image", "--platform", "linux/amd64", "--no-cache", "--input"]);
        command.arg(self.path("image.tar")).args(arguments).arg("--db");
        ran(command.arg(self.path("db")))
    }
}

fn suppressed(report: &Value) -> Vec<(&str, bool)> {
    let findings = report["findings"].as_array().unwrap();
    let mut found: Vec<(&str, bool)> = findings
        .iter()
        .map(|finding| (text(&finding["id"]), finding["state"] == "suppressed"))
        .collect();
    found.sort_unstable();
    found
}

fn has_go() -> bool {
    // `go --version` is no command of it, and still tells that it is there.
    Path::new("/usr/local/go/bin/go").exists() || has("go")
}

#[test]
fn code_that_was_left_out_is_told_from_code_that_is_there() {
    if !has_go() {
        return;
    }
    let place = Place::new();
    let expected = [
        ("CVE-2024-0001", false),
        ("CVE-2024-0002", true),
        ("CVE-2024-0003", false),
        ("CVE-2024-0004", true),
        ("CVE-2024-0005", false),
        ("CVE-2024-0006", false),
        ("CVE-2024-0007", true),
    ];
    for flags in [&[][..], &["-ldflags=-s -w"], &["-buildmode=pie"]] {
        let program = place.build(flags);
        let report = place.scan(&program, &["-f", "json"]).json();
        assert_eq!(suppressed(&report), expected, "{flags:?}");
    }
}

#[test]
fn why_code_does_not_count_can_be_read_and_counted() {
    if !has_go() {
        return;
    }
    let place = Place::new();
    let program = place.build(&["-ldflags=-s -w"]);
    let table = place.scan(&program, &["--show-suppressed"]).stdout;
    assert!(table.contains("3 suppressed (3 not-linked)"), "{table}");
    assert!(table.contains("no code of net/http is in the program"), "{table}");
    let all = place.scan(&program, &["-f", "json", "--no-noise-filter"]).json();
    assert!(suppressed(&all).iter().all(|(_, suppressed)| !suppressed));
    // The report has what it rests on.
    let report = place.scan(&program, &["-f", "json"]).json();
    let packages = report["inventory"]["packages"].as_array().unwrap();
    let glass = packages.iter().find(|package| package["name"] == "example.org/glass.v2").unwrap();
    assert_eq!(
        glass["linked"],
        json!(["example.org/glass.v2/small.v1", "example.org/glass.v2/used"])
    );
}
