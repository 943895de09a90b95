//! `docs/schemas/policy-1.json` says what the program reads: the same keys, and the same files.

use jsonschema::Validator;
use lazaret_policy::{PolicyFile, preset_names, preset_text};
use serde_json::Value;
use std::path::Path;

const SCHEMA: &str = include_str!("../../../../docs/schemas/policy-1.json");

fn validator() -> Validator {
    let schema: Value = serde_json::from_str(SCHEMA).unwrap();
    jsonschema::meta::validate(&schema).unwrap();
    jsonschema::validator_for(&schema).unwrap()
}

fn value(text: &str) -> Value {
    serde_saphyr::from_str(text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

/// Whether the program reads a policy whose extended files are all empty.
fn is_read(text: &str) -> bool {
    let mut load = |_: &str, name: &str| Ok((name.to_owned(), "version: 1\n".to_owned()));
    PolicyFile::read("policy.yaml", text, &mut load).is_ok()
}

#[test]
fn what_is_read_is_valid_and_what_is_not_is_not() {
    let validator = validator();
    let mut files: Vec<String> =
        preset_names().map(|name| preset_text(name).unwrap().to_owned()).collect();
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/policies");
    for entry in std::fs::read_dir(examples).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if name.starts_with("lazaret-policy") || name.starts_with("organization") {
            files.push(std::fs::read_to_string(path).unwrap());
        }
    }
    assert!(files.len() >= 7, "{}", files.len());
    for text in &files {
        let errors: Vec<String> =
            validator.iter_errors(&value(text)).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{errors:?}\n{text}");
        assert!(is_read(text), "{text}");
    }
    let rule = |text: &str| format!("version: 1\nrules: [{text}]\n");
    for (text, expected) in [
        (rule("{id: a, effect: deny, when: {kev: true}}"), true),
        (rule("{id: a, effect: deny, when: {severity: [LOW, HIGH], cvss: \">= 7\"}}"), true),
        (
            rule(
                "{id: a, effect: deny, when: {size: \"> 1G\", port: [22, \"< 1024\"], label: {a: b}}}",
            ),
            true,
        ),
        (rule("{id: a, effect: deny, when: {}}"), false),
        (rule("{id: a, effect: deny, when: {nonsense: 1}}"), false),
        (rule("{id: A, effect: deny, when: {kev: true}}"), false),
        (rule("{id: a, effect: deny, when: {kev: 1}}"), false),
        (rule("{id: a, effect: deny, rego: \"package a\\ndeny := true\"}"), true),
        (rule("{id: a, effect: allow, rego: \"package a\\nallow := true\"}"), false),
        (
            rule("{id: a, effect: deny, rego: \"package a\\ndeny := true\", rego-file: a.rego}"),
            false,
        ),
        (rule("{id: a, effect: off, rego: \"package a\\ndeny := true\"}"), false),
        (rule("{id: a, effect: deny}"), false),
        (rule("{id: a, effect: nothing, when: {kev: true}}"), false),
        (rule("{effect: deny, when: {kev: true}}"), false),
        (rule("{id: a, effect: deny, when: {severity: WORST}}"), false),
        (rule("{id: a, effect: deny, when: {incomplete: [nothing]}}"), false),
        ("version: 2\n".to_owned(), false),
        ("rules: []\n".to_owned(), false),
        ("version: 1\nsuppressions: {require: [money]}\n".to_owned(), false),
        ("version: 1\nimages: [{match: {}}]\n".to_owned(), false),
        ("version: 1\nimages: [{match: {tag: x}, extends: [strict]}]\n".to_owned(), true),
    ] {
        assert_eq!(validator.is_valid(&value(&text)), expected, "{text}");
        assert_eq!(is_read(&text), expected, "{text}");
    }
}

#[test]
fn every_key_of_the_schema_is_a_key_of_the_program() {
    let schema: Value = serde_json::from_str(SCHEMA).unwrap();
    let mut found = 0;
    for (name, wrap) in [
        ("rule", "version: 1\nrules: [{KEY: []}]\n"),
        ("when", "version: 1\nrules: [{id: a, effect: deny, when: {KEY: []}}]\n"),
        ("selector", "version: 1\nimages: [{match: {KEY: []}}]\n"),
        ("mapping", "version: 1\nimages: [{KEY: []}]\n"),
        ("suppressions", "version: 1\nsuppressions: {KEY: []}\n"),
    ] {
        let keys = schema["$defs"][name]["properties"].as_object().unwrap();
        for key in keys.keys().map(String::as_str).chain(["no-such-key"]) {
            let text = wrap.replace("KEY", key);
            let mut nothing = |_: &str, _: &str| Err(String::new());
            let error = PolicyFile::read("p", &text, &mut nothing).err();
            let is_unknown =
                error.as_ref().is_some_and(|error| error.message.starts_with("unknown key"));
            assert_eq!(is_unknown, key == "no-such-key", "{name}: {key}");
            if is_unknown {
                // The program names its own keys, or one of them that is near.
                let listed = error.unwrap().message.matches(", ").count() + 1;
                assert_eq!(listed, keys.len(), "{name}");
            }
            found += 1;
        }
    }
    assert!(found > 60, "{found}");
}
