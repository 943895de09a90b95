//! Evaluated blocks, and the questions rules ask of them.

use crate::rule::Hits;
use crate::tree::{Node, Value};
use lazaret_core::location::LineRange;
use std::fmt;

/// What one file configures.
#[derive(Debug, Default)]
pub struct Configuration {
    /// Its blocks, instances written out.
    pub blocks: Vec<Block>,
}

/// A block: `resource "aws_ecr_repository" "web" { … }`.
#[derive(Clone, Debug)]
pub struct Block {
    /// The word it begins with.
    pub kind: String,
    /// What follows in quotes.
    pub labels: Vec<String>,
    /// Attributes by name; nested blocks are lists of maps.
    pub body: Node,
    /// From the first word to the closing brace.
    pub lines: LineRange,
}

/// What there is at a path of names.
#[derive(Clone, Copy, Debug)]
pub enum Found<'b> {
    /// Nothing.
    Absent,
    /// Something that is only known when the configuration is applied.
    Unknown,
    /// This.
    Known(&'b Node),
}

impl Configuration {
    /// The resources of a type.
    pub fn resources<'c>(&'c self, of: &'c str) -> impl Iterator<Item = &'c Block> {
        self.blocks.iter().filter(move |block| {
            block.kind == "resource" && block.labels.first().is_some_and(|label| label == of)
        })
    }

    /// The resources of any of the types.
    pub fn resources_of<'c>(&'c self, of: &'c [&str]) -> impl Iterator<Item = &'c Block> {
        of.iter().flat_map(|of| self.resources(of))
    }

    /// The lines of all blocks and attributes.
    pub fn ranges(&self) -> Vec<LineRange> {
        let mut ranges = Vec::new();
        for block in &self.blocks {
            ranges.push(block.lines);
            block.body.each_range(&mut |range| ranges.push(range));
        }
        ranges
    }
}

impl Block {
    /// What there is at a path; of several nested blocks the first.
    pub fn find(&self, path: &[&str]) -> Found<'_> {
        find(&self.body, path)
    }

    /// The nested blocks of a name, or nothing where they cannot be known.
    pub fn nested(&self, name: &str) -> Option<Vec<&Node>> {
        nested(&self.body, name)
    }

    /// A hit, unless the value at the path is known to be right or is not known.
    pub(super) fn require(
        &self,
        path: &[&str],
        is_right: impl FnOnce(&Node) -> bool,
        hits: &mut Hits<'_>,
        message: &str,
    ) {
        match self.find(path) {
            Found::Known(node) if is_right(node) => {}
            Found::Known(node) => hits.at(node.lines, format!("{self} {message}")),
            Found::Absent => hits.at(self.lines, format!("{self} {message}")),
            Found::Unknown => {}
        }
    }

    /// A hit, if the value at the path is known to be wrong.
    pub(super) fn forbid(
        &self,
        path: &[&str],
        is_wrong: impl FnOnce(&Node) -> bool,
        hits: &mut Hits<'_>,
        message: &str,
    ) {
        if let Found::Known(node) = self.find(path)
            && is_wrong(node)
        {
            hits.at(node.lines, format!("{self} {message}"));
        }
    }
}

/// What there is at a path below a value.
pub(super) fn find<'b>(node: &'b Node, path: &[&str]) -> Found<'b> {
    let mut node = node;
    for name in path {
        while let Some(first) = node.items().first() {
            node = first;
        }
        if node.is_unknown() {
            return Found::Unknown;
        }
        match node.get(name) {
            Some(next) => node = next,
            None => return Found::Absent,
        }
    }
    if node.is_unknown() { Found::Unknown } else { Found::Known(node) }
}

/// The nested blocks of a name, or nothing where they cannot be known.
pub(super) fn nested<'b>(node: &'b Node, name: &str) -> Option<Vec<&'b Node>> {
    let Some(node) = node.get(name) else { return Some(Vec::new()) };
    match &node.value {
        Value::Map(_) => Some(vec![node]),
        Value::List(items) if items.iter().any(Node::is_unknown) => None,
        Value::List(items) => Some(items.iter().collect()),
        Value::Unknown => None,
        _ => Some(Vec::new()),
    }
}

/// Whether a value is a yes, as Terraform converts texts.
pub(super) fn is_yes(node: &Node) -> bool {
    node.is_true() || node.text() == Some("true")
}

/// Whether a value is a no.
pub(super) fn is_no(node: &Node) -> bool {
    node.is_false() || node.text() == Some("false")
}

impl fmt::Display for Block {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.labels.join("."))
    }
}
