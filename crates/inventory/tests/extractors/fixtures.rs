//! The table has fixtures for every line, and each gives what its snapshot says.

use super::run::{Outcome, cases, inputs, run};
use lazaret_inventory::{EXTRACTORS, Selection};
use std::fmt::Write as _;
use std::path::Path;

#[test]
fn the_table_is_sorted_and_has_no_id_twice() {
    for pair in EXTRACTORS.windows(2) {
        assert!(pair[0].id < pair[1].id, "{} stands before {}", pair[0].id, pair[1].id);
    }
}

#[test]
fn every_extractor_has_a_good_an_empty_and_a_broken_case() {
    for extractor in EXTRACTORS {
        let cases = cases(extractor);
        for kind in ["good", "empty", "broken"] {
            let has = cases.iter().any(|(name, _)| name.starts_with(kind));
            assert!(has, "fixtures/{} has no `{kind}…` case", extractor.id);
        }
    }
}

#[test]
fn every_fixture_lies_where_its_extractor_looks() {
    let selection = Selection::new(EXTRACTORS);
    for extractor in EXTRACTORS {
        for (case, folder) in cases(extractor) {
            let inputs = inputs(&folder);
            assert!(!inputs.is_empty(), "{}/{case} has no file", extractor.id);
            for (path, _) in inputs {
                assert!(
                    selection.wants_for(extractor.id, &path),
                    "{}/{case}: {path}",
                    extractor.id
                );
            }
        }
    }
}

#[test]
fn good_cases_give_facts_and_broken_ones_problems() {
    for extractor in EXTRACTORS {
        for (case, folder) in cases(extractor) {
            let outcomes: Vec<Outcome> = inputs(&folder)
                .iter()
                .map(|(path, file)| run(extractor, path, &std::fs::read(file).unwrap()))
                .collect();
            let problems = outcomes.iter().any(|outcome| !outcome.problems.is_empty());
            let facts = outcomes.iter().any(|outcome| !outcome.facts.is_empty());
            if case.starts_with("good") {
                assert!(!problems, "{}/{case} has problems", extractor.id);
                assert!(facts, "{}/{case} has no facts", extractor.id);
            } else if case.starts_with("broken") {
                assert!(problems, "{}/{case} has no problem", extractor.id);
            }
        }
    }
}

#[test]
fn every_case_gives_what_its_snapshot_says() {
    for extractor in EXTRACTORS {
        for (_, folder) in cases(extractor) {
            check_snapshot(extractor, &folder);
        }
    }
}

/// Compares a case with `expected.snap` in its folder.
fn check_snapshot(extractor: &'static lazaret_core::extract::Extractor, folder: &Path) {
    let mut found = String::new();
    for (path, file) in inputs(folder) {
        let outcome = run(extractor, &path, &std::fs::read(file).unwrap());
        writeln!(found, "{path}").unwrap();
        for fact in &outcome.facts {
            assert_eq!((fact.path.as_str(), &*fact.extractor), (&*path, extractor.id));
            writeln!(found, "  {}", serde_json::to_string(&fact.fact).unwrap()).unwrap();
        }
        for problem in &outcome.problems {
            let location = problem.location.as_ref().unwrap();
            assert_eq!(location.path.as_str(), path);
            let line =
                location.lines.map_or(String::new(), |lines| format!(" line {}", lines.start));
            writeln!(found, "  {:?}{line}: {}", problem.kind, problem.message).unwrap();
        }
    }
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(folder);
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!("expected", found));
}
