//! Every reader of hostile input, as a function from bytes to nothing.
//!
//! A reader may refuse its input in any way it likes. It must not panic, hang, or take memory that
//! its limits do not allow, and what it says must hold: a property that fails is a panic here.
//!
//! The files under `fuzz_targets/` hand these functions to libFuzzer. The tests of `xtask` include
//! this file and replay the corpora, so a target is tested on every change.

mod advisories;
mod checks;
mod documents;
mod files;
mod names;
mod parts;
mod pipeline;
mod reports;
mod tar;

/// One function to fuzz.
pub struct Target {
    /// Its name: of its binary, of its corpus folder, and on the command line.
    pub name: &'static str,
    /// Files and folders of the repository that hold inputs besides its own corpus.
    pub seeds: &'static [&'static str],
    /// What is run; it panics when something is wrong.
    pub run: fn(&[u8]),
}

/// Every target, sorted by name. Each has a line in `Cargo.toml` and a file in `fuzz_targets/`.
pub static TARGETS: &[Target] = &[
    Target { name: "apk", seeds: &["crates/inventory/fixtures/apk"], run: files::apk },
    Target { name: "archive", seeds: &["examples"], run: pipeline::archive },
    Target { name: "challenge", seeds: &[], run: documents::challenge },
    Target { name: "db_manifest", seeds: &[], run: advisories::db_manifest },
    Target { name: "db_segment", seeds: &[], run: advisories::db_segment },
    Target {
        name: "dockerfile",
        seeds: &["crates/check/fixtures/dockerfile"],
        run: checks::dockerfile,
    },
    Target { name: "dpkg", seeds: &["crates/inventory/fixtures/dpkg"], run: files::dpkg },
    Target { name: "extractors", seeds: &[], run: files::any },
    Target {
        name: "feed_alpine",
        seeds: &["crates/advisory/fixtures/feeds/alpine-secdb"],
        run: advisories::feed_alpine,
    },
    Target {
        name: "feed_debian",
        seeds: &[
            "crates/advisory/fixtures/feeds/debian-digest",
            "crates/advisory/fixtures/feeds/debian-list",
            "crates/advisory/fixtures/feeds/debian-tracker",
        ],
        run: advisories::feed_debian,
    },
    Target {
        name: "feed_osv",
        seeds: &["crates/advisory/fixtures/feeds/osv"],
        run: advisories::feed_osv,
    },
    Target { name: "feeds", seeds: &["crates/advisory/fixtures/feeds"], run: advisories::feeds },
    Target { name: "iac", seeds: &[], run: checks::iac },
    Target {
        name: "import_grype",
        seeds: &["crates/advisory/fixtures/import"],
        run: advisories::import_grype,
    },
    Target {
        name: "import_trivy",
        seeds: &["crates/advisory/fixtures/import"],
        run: advisories::import_trivy,
    },
    Target { name: "layer", seeds: &[], run: pipeline::layer },
    Target { name: "licenses", seeds: &[], run: checks::licenses },
    Target { name: "manifest", seeds: &[], run: documents::manifest },
    Target {
        name: "metadata",
        seeds: &["crates/inventory/fixtures/python"],
        run: files::python_metadata,
    },
    Target { name: "names", seeds: &[], run: names::names },
    Target {
        name: "package_lock",
        seeds: &["crates/inventory/fixtures/npm/package-lock"],
        run: files::package_lock,
    },
    Target { name: "rego", seeds: &[], run: checks::rego },
    Target { name: "report", seeds: &[], run: reports::report },
    Target { name: "secret_rules", seeds: &[], run: checks::secret_rules },
    Target { name: "secrets", seeds: &[], run: checks::secrets },
    Target { name: "sqlite", seeds: &["crates/sqlite/fixtures"], run: advisories::sqlite },
    Target { name: "squash", seeds: &["examples"], run: pipeline::squash },
    Target { name: "tar", seeds: &[], run: pipeline::tar },
    Target { name: "versions", seeds: &[], run: names::versions },
];

/// Runs the target of this name.
pub fn run(name: &str, bytes: &[u8]) {
    let target = TARGETS.iter().find(|target| target.name == name);
    (target.expect("a binary is named after its target").run)(bytes);
}

/// Runs one extractor of the table on a file.
pub fn run_extractor(id: &str, bytes: &[u8]) {
    files::one(id, bytes);
}
