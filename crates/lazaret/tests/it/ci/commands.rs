//! Every command line in the templates, the samples and their docs is one the program understands.

use super::{pipeline::yaml, root};
use crate::support::run;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Where command lines are.
const PLACES: [&str; 4] = ["ci", "docs/ci", "examples/ci", ".pre-commit-hooks.yaml"];

fn files(path: &Path, found: &mut Vec<PathBuf>) {
    if path.is_dir() {
        for entry in fs::read_dir(path).unwrap() {
            files(&entry.unwrap().path(), found);
        }
    } else {
        found.push(path.to_owned());
    }
}

/// The command lines of a text: from `lazaret` and a word to where the shell, YAML or Markdown ends it.
fn command_lines(text: &str) -> BTreeSet<String> {
    let text = text.replace("\\\n", " ");
    let mut found = BTreeSet::new();
    for line in text.lines().filter(|line| !line.trim_start().starts_with(['#', '/'])) {
        for (start, _) in line.match_indices("lazaret ") {
            let before = line[..start].chars().next_back();
            if before.is_some_and(|c| !matches!(c, ' ' | '`' | '"')) {
                continue;
            }
            let rest = &line[start..];
            let end = rest.find(['`', '|', ';', '&', '>', '#', ')']).unwrap_or(rest.len());
            found.insert(rest[..end].trim().to_owned());
        }
    }
    found
}

/// The words of a command line as a shell reads them; variables are some text.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut quote = None;
    for c in line.chars() {
        match (c, quote) {
            (' ', None) => words.push(std::mem::take(&mut word)),
            ('\'' | '"', None) => quote = Some(c),
            (c, Some(open)) if c == open => quote = None,
            ('$', _) => word.push_str("of"),
            (c, _) => word.push(c),
        }
    }
    words.push(word);
    words.retain(|word| !word.is_empty());
    words
}

#[test]
fn every_command_line_of_templates_samples_and_docs_is_understood() {
    let mut found = Vec::new();
    for place in PLACES {
        files(&root().join(place), &mut found);
    }
    let help = run(&["--help"]).stdout;
    let is_command =
        |word: &str| help.lines().any(|line| line.trim_start().starts_with(&format!("{word} ")));
    let mut checked = 0;
    for file in found {
        let text = fs::read_to_string(&file).unwrap();
        for line in command_lines(&text) {
            let words = words(&line);
            let Some(command) = words.get(1).filter(|word| is_command(word)) else { continue };
            let arguments: Vec<&str> = words[1..]
                .iter()
                .map(String::as_str)
                .filter(|word| *word != "…")
                .chain(["--help"])
                .collect();
            let ran = run(&arguments);
            assert_eq!(ran.code, 0, "{}: {line}\n{}", file.display(), ran.stderr);
            assert!(ran.stdout.contains("Usage: lazaret"), "{command}: {line}");
            checked += 1;
        }
    }
    assert!(checked >= 15, "only {checked} command lines were found");
}

#[test]
fn a_wrong_flag_is_not_understood() {
    // What the test above rests on.
    assert_eq!(run(&["gate", "--inputs", "image.tar", "--help"]).code, 2);
    let lines =
        command_lines("  - lazaret gate --input x \\\n    --fail-on HIGH || true\n# lazaret no\n");
    assert_eq!(
        lines.into_iter().collect::<Vec<_>>(),
        ["lazaret gate --input x      --fail-on HIGH"]
    );
    assert_eq!(
        words("lazaret db pull \"$A B\" --db db"),
        ["lazaret", "db", "pull", "ofA B", "--db", "db"]
    );
}

#[test]
fn every_file_for_a_ci_system_is_yaml_and_pins_what_it_runs() {
    let mut found = Vec::new();
    for place in ["ci", "examples/ci", "action.yml", ".pre-commit-hooks.yaml"] {
        files(&root().join(place), &mut found);
    }
    let is_yaml = |path: &PathBuf| path.extension().is_some_and(|e| e == "yml" || e == "yaml");
    let mut read = 0;
    for file in found.iter().filter(|path| is_yaml(path)) {
        let name = file.strip_prefix(root()).unwrap().to_str().unwrap();
        yaml(name);
        read += 1;
        let text = fs::read_to_string(file).unwrap();
        for line in text
            .lines()
            .filter_map(|line| line.trim().trim_start_matches("- ").strip_prefix("uses: "))
        {
            let digest = line.split_once('@').map(|(_, digest)| digest.split(' ').next().unwrap());
            let is_pinned =
                digest.is_some_and(|d| d.len() == 40 && d.bytes().all(|b| b.is_ascii_hexdigit()));
            assert!(is_pinned || line.starts_with("./"), "{name}: {line}");
        }
    }
    assert!(read >= 18, "{read} files");
}
