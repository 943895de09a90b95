//! `lazaret rootfs`: the running machine and folders.

use crate::support::{has, packages, ran, run};
use std::process::Command;

#[test]
fn the_running_debian_lists_what_its_own_tool_lists() {
    if !has("dpkg-query") {
        return;
    }
    let output = Command::new("dpkg-query")
        .args(["-W", "-f", "${db:Status-Status} ${Package} ${Version} ${Architecture} ${source:Package} ${source:Version}\n"])
        .output()
        .unwrap();
    let mut expected: Vec<String> = String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .filter_map(|line| line.strip_prefix("installed "))
        .map(str::to_owned)
        .collect();
    expected.sort();
    let report = run(&["rootfs", "/", "--format", "json", "--scanners", "vuln"]).json();
    let mut found: Vec<String> = report["inventory"]["packages"]
        .as_array()
        .unwrap()
        .iter()
        // What other databases and files that lie about tell of Debian packages is not dpkg's.
        .filter(|package| {
            package["found_by"].as_array().unwrap().iter().any(|by| by == "dpkg/status")
        })
        .map(|package| {
            let field = |name: &str| package[name].as_str().unwrap_or_default().to_owned();
            let source = &package["source"];
            format!(
                "{} {} {} {} {}",
                field("name"),
                field("version"),
                field("arch"),
                source["name"].as_str().unwrap_or_default(),
                source["version"].as_str().unwrap_or_default()
            )
        })
        .collect();
    found.sort();
    assert!(expected.len() > 50, "dpkg-query lists {} packages", expected.len());
    assert_eq!(found, expected);
}

#[test]
fn a_folder_is_a_root_file_system() {
    let folder = tempfile::tempdir().unwrap();
    let write = |path: &str, text: &str| {
        let file = folder.path().join(path);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, text).unwrap();
    };
    write("usr/lib/os-release", "ID=alpine\nVERSION_ID=3.18.4\n");
    write("lib/apk/db/installed", "P:musl\nV:1.2.4-r2\nA:x86_64\nL:MIT\no:musl\n\n");
    write("srv/node_modules/x/package.json", r#"{"name":"x","version":"1.0.0"}"#);
    std::fs::create_dir_all(folder.path().join("etc")).unwrap();
    std::os::unix::fs::symlink("/usr/lib/os-release", folder.path().join("etc/os-release"))
        .unwrap();
    std::os::unix::fs::symlink("..", folder.path().join("srv/up")).unwrap();
    let report = run(&["rootfs", folder.path().to_str().unwrap(), "-f", "json"]).json();
    assert_eq!(packages(&report, "apk"), ["musl 1.2.4-r2"]);
    assert_eq!(packages(&report, "npm"), ["x 1.0.0"]);
    assert_eq!(report["inventory"]["os"]["version"], "3.18.4");
    assert_eq!(report["target"], "rootfs");
    let name = folder.path().to_str().unwrap();
    assert!(!report.to_string().contains(name), "the report has a path of this machine");
}

#[test]
fn what_is_no_folder_is_an_error() {
    for path in ["/no/such/folder", "/etc/passwd"] {
        let ran = ran(crate::support::lazaret().args(["rootfs", path]));
        assert_eq!(ran.code, 2);
        assert!(ran.stderr.contains(path), "{}", ran.stderr);
    }
}
