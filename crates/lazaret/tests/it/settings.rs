//! Flags beat the environment, the environment beats the file.

use crate::support::{example, lazaret, ran};
use std::path::Path;

fn exit_code(folder: &Path, environment: &[(&str, &str)], arguments: &[&str]) -> (i32, String) {
    let mut command = lazaret();
    command.current_dir(folder).envs(environment.iter().copied());
    let path = std::fs::canonicalize(example()).unwrap();
    let ran = ran(command.args(["image", "--input", path.to_str().unwrap()]).args(arguments));
    (ran.code, ran.stderr)
}

#[test]
fn each_source_of_settings_has_its_rank() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(
        folder.path().join("lazaret.yaml"),
        "exit-code: 5\nseverity: [CRITICAL, HIGH]\n",
    )
    .unwrap();
    let here = folder.path();
    assert_eq!(exit_code(here, &[], &[]).0, 5);
    assert_eq!(exit_code(here, &[("LAZARET_EXIT_CODE", "6")], &[]).0, 6);
    assert_eq!(exit_code(here, &[("LAZARET_EXIT_CODE", "6")], &["--exit-code", "7"]).0, 7);
    let (_, said) =
        exit_code(here, &[("LAZARET_IGNORE_UNFIXED", "true")], &["-d", "--exit-code", "7"]);
    for line in [
        "exit-code = 7 (from flag)",
        "ignore-unfixed = true (from environment)",
        "severity = CRITICAL,HIGH (from lazaret.yaml)",
    ] {
        assert!(said.contains(line), "{line} is missing from {said}");
    }
}

#[test]
fn a_wrong_file_is_an_error_that_names_it() {
    let folder = tempfile::tempdir().unwrap();
    for (text, what) in [
        ("exit-kode: 5\n", "unknown key `exit-kode`"),
        ("severity: [BAD]\n", "`BAD` is not a severity"),
        ("exit-code: {a: b}\n", "`exit-code` takes"),
        ("a: [\n", "lazaret.yaml is not a configuration file"),
        ("registry: {mirror: x}\n", "`registry` takes `mirrors`"),
    ] {
        std::fs::write(folder.path().join("lazaret.yaml"), text).unwrap();
        let (code, said) = exit_code(folder.path(), &[], &[]);
        assert_eq!(code, 2, "{text}");
        assert!(said.contains(what), "{what} is missing from {said}");
    }
    let (code, said) = exit_code(folder.path(), &[], &["--config", "gone.yaml"]);
    assert_eq!(code, 2);
    assert!(said.contains("gone.yaml"), "{said}");
}

#[test]
fn secrets_are_not_said() {
    let folder = tempfile::tempdir().unwrap();
    let arguments =
        ["image", "-d", "--username", "ann", "--registry-token", "t0psecret", "127.0.0.1:1/x"];
    let mut command = lazaret();
    command.current_dir(folder.path()).env("LAZARET_PASSWORD", "hunter2").args(arguments);
    let ran = ran(&mut command);
    assert_eq!(ran.code, 2);
    let said = format!("{}{}", ran.stdout, ran.stderr);
    assert!(!said.contains("hunter2") && !said.contains("t0psecret"), "{said}");
    assert!(said.contains("password = … (from environment)"), "{said}");
}

#[test]
fn switches_are_set_as_pipelines_set_them() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    for (value, code) in [("1", 0), ("true", 0), ("yes", 0), ("0", 0), ("", 0), ("perhaps", 2)] {
        let (found, said) = exit_code(here, &[("LAZARET_IGNORE_UNFIXED", value)], &[]);
        assert_eq!(found, code, "{value}: {said}");
    }
    for (text, code) in [("true", 0), ("yes", 0), ("false", 0), ("perhaps", 2)] {
        std::fs::write(here.join("lazaret.yaml"), format!("ignore-unfixed: {text}\n")).unwrap();
        let (found, said) = exit_code(here, &[], &["-d"]);
        assert_eq!(found, code, "{text}: {said}");
    }
    std::fs::write(here.join("lazaret.yaml"), "debug: true\nignore-unfixed: true\n").unwrap();
    let (_, said) = exit_code(here, &[], &[]);
    assert!(said.contains("ignore-unfixed = true (from lazaret.yaml)"), "{said}");
}

#[test]
fn credentials_in_the_environment_are_no_business_of_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let environment =
        [("LAZARET_PASSWORD", "x"), ("LAZARET_USERNAME", ""), ("LAZARET_SEVERITY", "")];
    let (code, said) = exit_code(folder.path(), &environment, &[]);
    assert_eq!(code, 0, "{said}");
}

#[test]
fn a_typed_image_beats_one_in_the_file() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("lazaret.yaml"), "input: gone.tar\n").unwrap();
    let mut command = lazaret();
    command.current_dir(folder.path());
    let said = ran(command.args(["image", "oci:typed"])).stderr;
    assert!(said.contains("typed") && !said.contains("gone.tar"), "{said}");
    assert_eq!(exit_code(folder.path(), &[], &[]).0, 0);
}
