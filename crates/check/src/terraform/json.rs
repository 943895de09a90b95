//! Terraform in JSON (<https://developer.hashicorp.com/terraform/language/syntax/json>) into blocks
//! that are yet to be evaluated. Texts are templates there, and nested blocks look like attributes.

use super::evaluate::{Expression, RawBlock};
use crate::tree::{self, Entry, Node, Value};
use crate::waiver::CheckProblem;

/// Reads a file.
pub(super) fn read(text: &str) -> Result<Vec<RawBlock>, CheckProblem> {
    let (documents, error) = tree::read(text);
    if let Some(error) = error {
        return Err(CheckProblem { line: Some(error.line), message: error.message });
    }
    let mut blocks = Vec::new();
    let mut values = Vec::new();
    for entry in documents.iter().flat_map(Node::entries) {
        let labels = match entry.key.as_str() {
            "resource" | "data" => 2,
            "variable" | "output" | "module" | "provider" => 1,
            "locals" | "terraform" => 0,
            _ => {
                values.push(entry);
                continue;
            }
        };
        collect(&entry.key, &mut Vec::new(), labels, entry, &mut blocks);
    }
    if let (false, Some(document)) = (values.is_empty(), documents.first()) {
        blocks.push(block("", &[], document));
    }
    Ok(blocks)
}

fn collect(
    kind: &str,
    labels: &mut Vec<String>,
    left: usize,
    entry: &Entry,
    blocks: &mut Vec<RawBlock>,
) {
    let bodies = match &entry.value.value {
        Value::List(items) => items.as_slice(),
        _ => std::slice::from_ref(&entry.value),
    };
    for body in bodies {
        let Some(left) = left.checked_sub(1) else {
            let mut raw = block(kind, labels, body);
            if bodies.len() == 1 {
                raw.lines = entry.lines;
            }
            blocks.push(raw);
            continue;
        };
        for entry in body.entries() {
            labels.push(entry.key.clone());
            collect(kind, labels, left, entry, blocks);
            labels.pop();
        }
    }
}

fn block(kind: &str, labels: &[String], body: &Node) -> RawBlock {
    let attribute =
        |entry: &Entry| (entry.key.clone(), entry.lines, Expression::Json(entry.value.clone()));
    RawBlock {
        kind: kind.to_owned(),
        labels: labels.to_vec(),
        lines: body.lines,
        attributes: body.entries().iter().map(attribute).collect(),
        blocks: Vec::new(),
    }
}
