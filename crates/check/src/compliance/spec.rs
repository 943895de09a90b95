//! What a specification asks for.

use crate::tree::{self, Node};
use lazaret_core::severity::Severity;

/// Controls of one specification. The longest there are have a few hundred.
const CONTROLS_MAX: usize = 5_000;

/// A catalog of controls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spec {
    /// Its name, such as `docker-cis-1.7.0`.
    pub id: String,
    /// What it is called.
    pub title: String,
    /// What it is for.
    pub description: String,
    /// Its version.
    pub version: String,
    /// Where it can be read.
    pub resources: Vec<String>,
    /// What it asks for, in its order.
    pub controls: Vec<Control>,
}

/// One thing it asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Control {
    /// Its number, such as `4.1`.
    pub id: String,
    /// What is asked for.
    pub name: String,
    /// The same at length.
    pub description: String,
    /// How bad it is not to do it.
    pub severity: Severity,
    /// Ids and aliases of rules that speak for it; none, where only people can tell.
    pub checks: Vec<String>,
}

/// Why a specification cannot be used, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {message}")]
pub struct SpecError {
    /// What is wrong.
    pub message: String,
    /// The line.
    pub line: u32,
}

/// Reads a specification: YAML with `spec`, in it `id`, `title`, `version` and `controls`, each of
/// these with `id`, `name`, `severity` and `checks` (a list of `id`).
pub fn read(text: &str) -> Result<Spec, SpecError> {
    let error = |line, message: String| SpecError { message, line };
    let (documents, broken) = tree::read(text);
    if let Some(broken) = broken {
        return Err(error(broken.line, broken.message));
    }
    let document = documents.first().ok_or_else(|| error(1, "there is no `spec`".to_owned()))?;
    let spec = document
        .get("spec")
        .filter(|spec| spec.is_map())
        .ok_or_else(|| error(document.lines.start, "there is no `spec`".to_owned()))?;
    let controls = spec
        .get("controls")
        .filter(|controls| !controls.items().is_empty())
        .ok_or_else(|| error(spec.lines.start, "there are no `controls`".to_owned()))?;
    if controls.items().len() > CONTROLS_MAX {
        let message = format!("more than {CONTROLS_MAX} controls");
        return Err(error(controls.lines.start, message));
    }
    Ok(Spec {
        id: word(spec, "id"),
        title: word(spec, "title"),
        description: word(spec, "description"),
        version: word(spec, "version"),
        resources: spec.get("relatedResources").map(texts).unwrap_or_default(),
        controls: controls.items().iter().map(control).collect::<Result<_, _>>()?,
    })
}

fn control(node: &Node) -> Result<Control, SpecError> {
    let error = |line, message: String| SpecError { message, line };
    let id = word(node, "id");
    if id.is_empty() {
        return Err(error(node.lines.start, "a control without `id`".to_owned()));
    }
    let severity = match node.get("severity") {
        None => Severity::Unknown,
        Some(severity) => {
            let text = severity.text().unwrap_or_default();
            text.parse().map_err(|e| error(severity.lines.start, format!("{e}")))?
        }
    };
    let mut checks = Vec::new();
    for check in node.get("checks").map_or(&[][..], Node::items) {
        let id = check.text().or_else(|| check.text_at(&["id"]));
        let id = id.filter(|id| !id.is_empty());
        let line = check.lines.start;
        checks.push(id.ok_or_else(|| error(line, "a check without `id`".to_owned()))?.to_owned());
    }
    let (name, description) = (word(node, "name"), word(node, "description"));
    Ok(Control { id, name, description, severity, checks })
}

/// A text, or a number that was not put in quotes.
fn word(node: &Node, name: &str) -> String {
    let Some(node) = node.get(name) else { return String::new() };
    match &node.value {
        tree::Value::Text(text) => text.trim().to_owned(),
        tree::Value::Integer(number) => number.to_string(),
        tree::Value::Float(number) => number.to_string(),
        _ => String::new(),
    }
}

fn texts(node: &Node) -> Vec<String> {
    node.texts().map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trivys_form_is_understood() {
        let text = "---\nspec:\n  id: my-spec\n  title: Mine\n  version: 1.0\n  relatedResources :\n    \
                    - https://example.com\n  controls:\n    - name: No root\n      id: '1.0'\n      \
                    checks:\n        - id: AVD-KSV-0012\n      severity: 'MEDIUM'\n    - id: 2\n      \
                    name: By hand\n      defaultStatus: 'FAIL'\n      checks:\n      severity: low\n";
        let spec = read(text).unwrap();
        assert_eq!((spec.id.as_str(), spec.resources.len()), ("my-spec", 1));
        assert_eq!(spec.controls[0].checks, ["AVD-KSV-0012"]);
        assert_eq!(spec.controls[1].id, "2");
        assert_eq!(spec.controls[1].severity, Severity::Low);
        assert!(spec.controls[1].checks.is_empty());
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line() {
        for (text, line, message) in [
            ("a: 1", 1, "there is no `spec`"),
            ("spec:\n  id: x\n", 2, "there are no `controls`"),
            ("spec:\n  controls:\n    - name: x\n", 3, "a control without `id`"),
            (
                "spec:\n  controls:\n    - id: x\n      severity: bad\n",
                4,
                "`bad` is not a severity: expected UNKNOWN, LOW, MEDIUM, HIGH or CRITICAL",
            ),
            (
                "spec:\n  controls:\n    - id: x\n      checks:\n        - a: b\n",
                5,
                "a check without `id`",
            ),
        ] {
            let error = read(text).unwrap_err();
            assert_eq!((error.line, error.message.as_str()), (line, message));
        }
        assert!(read("").is_err());
    }
}
