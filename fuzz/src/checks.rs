//! What rules read: files an image is built from and run by, texts that may hold secrets, license
//! texts, and rules that users bring.

use super::parts;
use lazaret_check::dockerfile::{self, Settings};
use lazaret_check::iac;
use lazaret_check::license::{self, Classes, Expression};
use lazaret_check::rego::RegoRules;
use lazaret_check::secret::{self, Scanner, SecretConfig, Unread};
use lazaret_core::check::RuleHit;
use lazaret_core::location::LineRange;
use std::collections::BTreeSet;
use time::Date;

/// A Dockerfile, by all rules.
pub(crate) fn dockerfile(bytes: &[u8]) {
    let checked = dockerfile::check(bytes, &Settings::default());
    let text = String::from_utf8_lossy(bytes);
    for hit in &checked.hits {
        in_file(&hit.hit, &text);
        assert!(dockerfile::RULES.iter().any(|rule| rule.id == hit.hit.rule));
    }
    for problem in &checked.problems {
        assert!(problem.line >= 1, "a line is counted from one: {}", problem.message);
    }
    let again = dockerfile::check(bytes, &Settings::default());
    assert_eq!(
        (checked.hits, checked.problems),
        (again.hits, again.problems),
        "not twice the same"
    );
}

/// Files with their paths. Those of Terraform are one module; what no name and no content tells is
/// read as a manifest and as a Compose file.
pub(crate) fn iac(bytes: &[u8]) {
    let files: Vec<(String, Vec<u8>)> = parts::files(bytes)
        .into_iter()
        .map(|(path, content)| (String::from_utf8_lossy(&path).into_owned(), content))
        .collect();
    let mut module = Vec::new();
    for (path, content) in &files {
        let file = iac::File { path, bytes: content };
        let is_values = path.ends_with(".tfvars");
        match iac::kind_of(path, content) {
            Some(iac::Kind::Terraform) => module.push(file),
            None if is_values => module.push(file),
            Some(kind) => one(kind, file),
            None => {
                one(iac::Kind::Kubernetes, file);
                one(iac::Kind::Compose, file);
            }
        }
    }
    for (file, checked) in module.iter().zip(iac::check_module(&module, Date::MIN)) {
        known(iac::Kind::Terraform, *file, &checked);
    }
}

fn one(kind: iac::Kind, file: iac::File<'_>) {
    known(kind, file, &iac::check(kind, file, Date::MIN));
}

fn known(kind: iac::Kind, file: iac::File<'_>, checked: &iac::Checked) {
    let text = String::from_utf8_lossy(file.bytes);
    let rules = kind.rules();
    for hit in checked.hits.iter().chain(checked.waived.iter().map(|waived| &waived.hit)) {
        in_file(hit, &text);
        assert!(rules.iter().any(|rule| rule.id == hit.rule), "there is no rule {}", hit.rule);
    }
}

/// A path, a line end and a file; the file is also the line of a history and the value of a setting.
pub(crate) fn secrets(bytes: &[u8]) {
    let end = bytes.iter().position(|byte| *byte == b'\n').unwrap_or(bytes.len());
    let (path, rest) = bytes.split_at(end);
    let path = String::from_utf8_lossy(path);
    let content = rest.get(1..).unwrap_or_default();
    let scanner = Scanner::builtin();
    secret::wants(&path, content.len() as u64);
    secret::may_have_text(&path, content.get(..64).unwrap_or(content));
    let scan = secret::scan_file(scanner, &path, content);
    for hit in &scan.hits {
        assert!(hit.stub.ends_with("********"), "a stub ends in asterisks: {}", hit.stub);
        assert!(scanner.rule(&hit.rule).is_some(), "there is no rule {}", hit.rule);
        assert!(hit.lines.is_none_or(is_range), "{:?}", hit.lines);
    }
    let told: Vec<String> = scan.unread.iter().map(Unread::to_string).collect();
    assert!(told.iter().all(|text| text.contains("not searched")));

    let text = String::from_utf8_lossy(content);
    secret::scan_history(scanner, &text);
    secret::redact_history(scanner, &text);
    secret::scan_setting(scanner, &path, &text);
    secret::redact_setting(scanner, &path, &text);
}

/// Rules for secrets that a user brings: the name of their file, a line end, and the file.
pub(crate) fn secret_rules(bytes: &[u8]) {
    let end = bytes.iter().position(|byte| *byte == b'\n').unwrap_or(bytes.len());
    let (name, rest) = bytes.split_at(end);
    let name = String::from_utf8_lossy(name);
    let Ok(config) = SecretConfig::parse(&name, rest.get(1..).unwrap_or_default()) else { return };
    if let Ok(scanner) = config.into_scanner() {
        secret::scan_text(
            &scanner,
            Some("srv/x"),
            b"token: abcdefghijklmnopqrstuvwxyz0123456789\n",
        );
    }
}

/// What a package says of its license, and the text of a license file.
pub(crate) fn licenses(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    for hit in license::classify(&text) {
        assert!((1..=100).contains(&hit.confidence), "{} %", hit.confidence);
        let read = license::expression(&hit.license);
        assert!(read.is_some(), "`{}` is no expression", hit.license);
    }
    let Some(read) = license::expression(&text) else { return };
    let terms = |read: &Expression| -> BTreeSet<String> {
        read.terms().into_iter().map(ToString::to_string).collect()
    };
    let written = read.to_string();
    // What is longer may be taken for a text.
    if written.len() <= 200 {
        let again = license::expression(&written);
        assert_eq!(again.as_ref().map(terms), Some(terms(&read)), "`{written}` is not read back");
    }
    license::judge(&read, &Classes::default());
}

/// A rule in Rego, as far as reading it.
pub(crate) fn rego(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    if let Ok(rules) = RegoRules::load(&[("rule.rego", &text)]) {
        for rule in rules.rules() {
            assert!(rule.package.starts_with("data."), "{}", rule.package);
        }
    }
}

/// What is found is on lines that the file has.
fn in_file(hit: &RuleHit, text: &str) {
    let Some(lines) = hit.lines else { return };
    let count = text.bytes().filter(|byte| *byte == b'\n').count().saturating_add(1);
    let is_there = usize::try_from(lines.end).is_ok_and(|end| end <= count);
    assert!(is_range(lines) && is_there, "{} on {lines:?} of {count}", hit.rule);
}

fn is_range(lines: LineRange) -> bool {
    lines.start >= 1 && lines.start <= lines.end
}
