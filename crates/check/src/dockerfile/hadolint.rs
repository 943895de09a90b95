//! Hadolint's own settings, as far as they say what is asked of a Dockerfile. Which rules are
//! `ignored` is said there too, and is for those who judge findings.

use super::settings::{LabelFormat, Settings};
use crate::tree::{self, Node, Value};
use lazaret_core::severity::Severity;

/// Why a file is not one of Hadolint's settings, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {message}")]
pub struct HadolintError {
    /// The line.
    pub line: u32,
    /// What is wrong.
    pub message: String,
}

/// Hadolint's words for how bad something is, and ours.
const SEVERITIES: [(&str, Severity); 4] = [
    ("error", Severity::High),
    ("warning", Severity::Medium),
    ("info", Severity::Low),
    ("style", Severity::Low),
];

impl Settings {
    /// Reads `.hadolint.yaml`: `trustedRegistries`, `label-schema`, `strict-labels`, `override` and
    /// `disable-ignore-pragma`. Everything else is about how Hadolint writes and ends.
    pub fn from_hadolint(text: &str) -> Result<Self, HadolintError> {
        let mut settings = Self::default();
        let (documents, broken) = tree::read(text);
        if let Some(broken) = broken {
            return Err(HadolintError { line: broken.line, message: broken.message });
        }
        let Some(document) = documents.first() else { return Ok(settings) };
        if !document.is_map() && document.value != Value::Null {
            return Err(wrong(document, "expected names and values"));
        }
        if let Some(registries) = document.get("trustedRegistries") {
            settings.trusted_registries = texts(registries)?;
        }
        for entry in document.get("label-schema").map_or(&[][..], Node::entries) {
            let word = match &entry.value.value {
                Value::Null => "",
                _ => entry.value.text().ok_or_else(|| wrong(&entry.value, "expected a text"))?,
            };
            let format: LabelFormat = word.parse().map_err(|e: String| wrong(&entry.value, &e))?;
            settings.label_schema.insert(entry.key.clone(), format);
        }
        settings.strict_labels = is_set(document, "strict-labels")?;
        settings.refuses_ignores = is_set(document, "disable-ignore-pragma")?;
        for (word, severity) in SEVERITIES {
            if let Some(rules) = document.at(&["override", word]) {
                for rule in texts(rules)? {
                    settings.severities.insert(rule, severity);
                }
            }
        }
        Ok(settings)
    }
}

fn wrong(node: &Node, message: &str) -> HadolintError {
    HadolintError { line: node.lines.start, message: message.to_owned() }
}

fn is_set(document: &Node, name: &str) -> Result<bool, HadolintError> {
    match document.get(name) {
        None => Ok(false),
        Some(node) => match node.value {
            Value::Bool(value) => Ok(value),
            Value::Null => Ok(false),
            _ => Err(wrong(node, "expected true or false")),
        },
    }
}

fn texts(node: &Node) -> Result<Vec<String>, HadolintError> {
    let text = |item: &Node| {
        item.text().map(str::to_owned).ok_or_else(|| wrong(item, "expected a list of texts"))
    };
    match &node.value {
        Value::Null => Ok(Vec::new()),
        Value::List(items) => items.iter().map(text).collect(),
        _ => Err(wrong(node, "expected a list of texts")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dockerfile::{RULES, check};

    #[test]
    fn what_hadolint_is_asked_for_is_asked_for_here() {
        let text = "failure-threshold: info\nignored:\n  - DL3000\ntrustedRegistries:\n  - \
                    registry.example\nlabel-schema:\n  team: text\n  url: url\nstrict-labels: true\n\
                    override:\n  error:\n    - DL3007\n  style: [DL3002]\n";
        let settings = Settings::from_hadolint(text).unwrap();
        assert_eq!(settings.trusted_registries, ["registry.example"]);
        assert_eq!(settings.label_schema["url"], LabelFormat::Url);
        assert!(settings.strict_labels && !settings.refuses_ignores);
        let severity = |alias: &str| {
            let rule = RULES.iter().map(crate::rule::Rule::info).find(|r| r.is_named(alias));
            settings.severity(&rule.unwrap())
        };
        assert_eq!((severity("DL3007"), severity("DL3002")), (Severity::High, Severity::Low));
        let hits = check(b"FROM docker.io/debian:12\nLABEL other=x\n", &settings).hits;
        for alias in ["DL3026", "DL3049", "DL3050"] {
            let rule = RULES.iter().find(|rule| rule.aliases.contains(&alias)).unwrap();
            assert!(hits.iter().any(|hit| hit.hit.rule == rule.id), "{alias}: {hits:?}");
        }
        assert_eq!(Settings::from_hadolint(""), Ok(Settings::default()));
        assert_eq!(Settings::from_hadolint("# nothing\nignored:\n"), Ok(Settings::default()));
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line() {
        for (text, line, message) in [
            ("a: [\nb", 1, ""),
            ("ignored: []\ntrustedRegistries: x\n", 2, "expected a list of texts"),
            ("label-schema:\n  a: text\n  b: color\n", 3, "`color` is no format of labels"),
            ("strict-labels: maybe\n", 1, "expected true or false"),
            ("- a\n", 1, "expected names and values"),
        ] {
            let error = Settings::from_hadolint(text).unwrap_err();
            assert_eq!(error.line, line, "{text}");
            assert!(message.is_empty() || error.message == message, "{error}");
        }
    }
}
