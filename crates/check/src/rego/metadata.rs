//! What a rule in Rego says of itself, in the comment before its package.

use super::{InputKind, RegoError};
use crate::tree::{self, Entry, Node, Value};
use lazaret_core::severity::Severity;
use serde_json::Value as Json;

/// Who a rule is, and what it looks at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Metadata {
    /// Its id.
    pub id: String,
    /// What else it may be called.
    pub aliases: Vec<String>,
    /// What is wrong, as a title.
    pub title: String,
    /// Why that matters.
    pub why: String,
    /// What to do about it.
    pub fix: String,
    /// How bad it is.
    pub severity: Severity,
    /// Where more is said.
    pub resources: Vec<String>,
    /// Whether it wants all inputs together.
    pub(super) is_combined: bool,
    /// Whether it only serves other rules.
    pub(super) is_library: bool,
    /// What it looks at; anything, where it does not say.
    selectors: Vec<Selector>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Selector {
    kind: String,
    /// Kinds of Kubernetes objects, in lower case; all, where there are none.
    objects: Vec<String>,
}

impl Metadata {
    /// Whether the rule looks at inputs of a kind.
    pub(super) fn looks_at(&self, kind: InputKind) -> bool {
        self.selectors.is_empty() || self.selectors.iter().any(|s| s.is_of(kind))
    }

    /// Whether it looks at this one.
    pub(super) fn chooses(&self, input: &Json) -> bool {
        let Some(kind) = input.get("kind").and_then(Json::as_str) else { return true };
        let kind = kind.to_ascii_lowercase();
        self.selectors.is_empty()
            || self.selectors.iter().any(|s| s.objects.is_empty() || s.objects.contains(&kind))
    }

    /// Takes what is said in `__rego_metadata__` or `__rego_input__`.
    pub(super) fn add_legacy(&mut self, json: &Json) {
        let text = |name: &str| json.get(name).and_then(Json::as_str).map(str::to_owned);
        if let Some(id) = text("id").filter(|_| self.id.is_empty()) {
            self.id = id;
        }
        self.aliases.extend(text("avd_id").into_iter().chain(text("short_code")));
        for (name, field) in [
            ("title", &mut self.title),
            ("description", &mut self.why),
            ("recommended_actions", &mut self.fix),
        ] {
            if let Some(text) = text(name).filter(|_| field.is_empty()) {
                *field = text;
            }
        }
        if let Some(severity) = text("severity").and_then(|severity| severity.parse().ok()) {
            self.severity = severity;
        }
        self.resources.extend(text("url"));
        self.is_combined |= json.get("combine").and_then(Json::as_bool).unwrap_or(false);
        for selector in json.get("selector").and_then(Json::as_array).into_iter().flatten() {
            if let Some(kind) = selector.get("type").and_then(Json::as_str) {
                self.selectors.push(Selector { kind: kind.to_owned(), objects: Vec::new() });
            }
        }
    }
}

impl Selector {
    fn is_of(&self, kind: InputKind) -> bool {
        let words: &[&str] = match kind {
            InputKind::Kubernetes => &["kubernetes", "rbac"],
            InputKind::Dockerfile => &["dockerfile"],
            InputKind::Terraform => &["terraform-raw", "terraform"],
            InputKind::Yaml => &["yaml"],
            InputKind::Json => &["json"],
            InputKind::Toml => &["toml"],
        };
        words.contains(&self.kind.as_str())
    }
}

/// Reads the `# METADATA` comment before the package; nothing, if there is none.
pub(super) fn read(text: &str) -> Result<Option<Metadata>, RegoError> {
    let error =
        |line: u32, message: String| RegoError { file: String::new(), line: Some(line), message };
    let mut lines = text.lines().zip(1_u32..);
    let mut first = 0;
    for (line, number) in lines.by_ref() {
        let code = line.trim();
        if code.strip_prefix('#').is_some_and(|rest| rest.trim() == "METADATA") {
            first = number;
            break;
        }
        if code.starts_with("package ") {
            return Ok(None);
        }
    }
    let comment: Vec<&str> = lines
        .map_while(|(line, _)| line.trim_start().strip_prefix('#'))
        .map(|line| line.strip_prefix(' ').unwrap_or(line))
        .collect();
    let (documents, broken) = tree::read(&comment.join("\n"));
    let line_of = |line: u32| line.saturating_add(first);
    if let Some(broken) = broken {
        return Err(error(line_of(broken.line), broken.message));
    }
    let Some(document) = documents.first() else { return Ok(None) };
    let word = |path: &[&str]| document.at(path).map(text_of).unwrap_or_default();
    let custom = |names: &[&str]| {
        let found = names.iter().map(|name| word(&["custom", name])).find(|text| !text.is_empty());
        found.unwrap_or_default()
    };
    let mut metadata = Metadata {
        id: custom(&["id", "avd_id"]),
        aliases: document.at(&["custom", "aliases"]).map(texts).unwrap_or_default(),
        title: word(&["title"]),
        why: word(&["description"]),
        fix: custom(&["recommended_action", "recommended_actions"]),
        severity: Severity::Unknown,
        resources: document.get("related_resources").map(texts).unwrap_or_default(),
        is_combined: document.at(&["custom", "input", "combine"]).is_some_and(Node::is_true),
        is_library: document.at(&["custom", "library"]).is_some_and(Node::is_true),
        selectors: Vec::new(),
    };
    for name in ["avd_id", "short_code", "long_id"] {
        let alias = custom(&[name]);
        if !alias.is_empty() && alias != metadata.id && !metadata.aliases.contains(&alias) {
            metadata.aliases.push(alias);
        }
    }
    if let Some(severity) = document.at(&["custom", "severity"]) {
        metadata.severity = text_of(severity)
            .parse()
            .map_err(|e| error(line_of(severity.lines.start), format!("{e}")))?;
    }
    let selectors = document.at(&["custom", "input", "selector"]);
    for selector in selectors.map_or(&[][..], Node::items) {
        let subtypes = selector.get("subtypes").map_or(&[][..], Node::items);
        let objects = subtypes.iter().filter_map(|subtype| subtype.text_at(&["kind"]));
        metadata.selectors.push(Selector {
            kind: selector.get("type").map(text_of).unwrap_or_default(),
            objects: objects.map(str::to_ascii_lowercase).collect(),
        });
    }
    Ok(Some(metadata))
}

/// A text; of a list of one the text in it.
fn text_of(node: &Node) -> String {
    match &node.value {
        Value::Text(text) => text.trim().to_owned(),
        Value::Integer(number) => number.to_string(),
        Value::List(items) => items.first().map(text_of).unwrap_or_default(),
        _ => String::new(),
    }
}

/// The texts of a list, or those of the maps in it, as `related_resources` may be written.
fn texts(node: &Node) -> Vec<String> {
    let of_map = |item: &Node| {
        item.entries().iter().find(|entry: &&Entry| entry.key == "ref").map(|e| text_of(&e.value))
    };
    node.items()
        .iter()
        .filter_map(|item| item.text().map(str::to_owned).or_else(|| of_map(item)))
        .collect()
}
