//! The shipped example: what the README's first command shows.

use crate::support::{example, packages, report, run, text};

#[test]
fn the_example_shows_real_work_without_a_database_or_network() {
    let report = report(&example());
    assert_eq!(report["inventory"]["os"]["id"], "debian");
    assert_eq!(
        packages(&report, "deb"),
        [
            "base-files 12.4+deb12u9",
            "libc6 2.36-9+deb12u9",
            "libgnutls30 3.7.9-2+deb12u3",
            "libnghttp2-14 1.52.0-1+deb12u2",
            "libssl3 3.0.15-1~deb12u1",
            "libudev1 252.33-1~deb12u1",
            "perl-base 5.36.0-7+deb12u1",
            "python3-yaml 6.0-3+b2",
        ]
    );
    assert_eq!(
        packages(&report, "pypi"),
        ["Django 3.2.12", "Jinja2 3.1.2", "PyYAML 6.0", "requests 2.19.1", "urllib3 1.23"]
    );
    assert_eq!(packages(&report, "npm"), ["ferry 1.4.0", "lodash 4.17.15", "ws 7.4.5"]);
    assert_eq!(report["provenance"]["database"]["origin"], "snapshot");
    // One finding of each kind, known from the sources themselves: DSA-5902-1, GHSA-p6mc-m468-83gw
    // and CVE-2022-28346 (Django before 3.2.13).
    let ids: Vec<&str> =
        report["findings"].as_array().unwrap().iter().map(|finding| text(&finding["id"])).collect();
    for id in ["CVE-2024-56406", "CVE-2020-8203", "CVE-2022-28346"] {
        assert!(ids.contains(&id), "{id} is missing from {ids:?}");
    }
}

#[test]
fn two_scans_of_the_same_bytes_give_the_same_bytes() {
    let path = example();
    let scan = |parallel: &str| {
        let input = path.to_str().unwrap();
        run(&["image", "--input", input, "-f", "json", "--parallel", parallel]).stdout
    };
    let first = scan("1");
    assert!(first.len() > 10_000);
    for parallel in ["1", "2", "7"] {
        assert_eq!(scan(parallel), first);
    }
}

#[test]
fn a_saved_report_converts_to_what_a_scan_writes() {
    let folder = tempfile::tempdir().unwrap();
    let saved = folder.path().join("report.json");
    let path = example();
    let input = path.to_str().unwrap();
    let table = run(&["image", "--input", input, "--report", &format!("json={}", saved.display())]);
    assert_eq!(table.code, 0, "{}", table.stderr);
    let saved = saved.to_str().unwrap();
    assert_eq!(run(&["convert", saved]).stdout, table.stdout);
    assert_eq!(
        run(&["convert", saved, "--format", "json"]).stdout,
        std::fs::read_to_string(saved).unwrap()
    );
}

#[test]
fn the_table_fits_its_width_and_has_no_color_in_a_pipe() {
    let path = example();
    for width in [80, 160] {
        let mut command = crate::support::lazaret();
        command.env("COLUMNS", width.to_string()).env("LANG", "C.UTF-8");
        let ran = crate::support::ran(command.args(["image", "--input", path.to_str().unwrap()]));
        assert!(!ran.stdout.contains('\x1b'));
        for line in ran.stdout.lines() {
            assert!(line.chars().count() <= width, "{width}: {line}");
        }
        assert_eq!(ran.stderr, "");
    }
}
