//! Terraform's own syntax, HCL 2, into blocks that are yet to be evaluated.

use super::evaluate::{Expression, RawBlock};
use crate::waiver::CheckProblem;
use hcl_edit::Span;
use hcl_edit::structure::{Body, Structure};
use lazaret_core::location::LineRange;
use std::ops::Range;
use std::rc::Rc;

/// The largest file that is read; people write these.
const FILE_BYTES_MAX: usize = 1024 * 1024;

/// Names between two braces. The parser compares each with all before it.
const NAMES_MAX: usize = 4_096;

/// Where lines begin in a text.
#[derive(Debug, Default)]
pub(super) struct Lines(Vec<usize>);

impl Lines {
    pub(super) fn new(text: &str) -> Self {
        Self(text.match_indices('\n').map(|(at, _)| at).collect())
    }

    /// Whether nothing is known of any line.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The lines a range of bytes stands on.
    pub(super) fn of(&self, range: &Range<usize>) -> LineRange {
        let line = |at: usize| {
            let before = self.0.partition_point(|newline| *newline < at);
            u32::try_from(before.saturating_add(1)).unwrap_or(u32::MAX)
        };
        let start = line(range.start);
        // A range that takes the line break in does not stand on the next line.
        LineRange { start, end: line(range.end.saturating_sub(1)).max(start) }
    }
}

/// Reads a file. A file of values is one whose top level holds attributes only.
pub(super) fn read(text: &str) -> Result<Vec<RawBlock>, CheckProblem> {
    if text.len() > FILE_BYTES_MAX {
        let message = format!("larger than {FILE_BYTES_MAX} bytes: not read");
        return Err(CheckProblem { line: None, message });
    }
    if let Some(at) = crowded(text) {
        let message = format!("more than {NAMES_MAX} names in one block or object: not read");
        let line = Some(Lines::new(text).of(&(at..at)).start);
        return Err(CheckProblem { line, message });
    }
    let body = hcl_edit::parser::parse_body(text).map_err(|e| CheckProblem {
        line: u32::try_from(e.location().line()).ok(),
        message: e.message().trim().replace('\n', ", "),
    })?;
    let lines = Rc::new(Lines::new(text));
    let whole = LineRange { start: 1, end: lines.of(&(0..text.len())).end };
    let root = block(String::new(), Vec::new(), &body, whole, &lines);
    let mut blocks = root.blocks;
    if !root.attributes.is_empty() {
        let values = RawBlock { blocks: Vec::new(), ..root };
        blocks.push(RawBlock { blocks: Vec::new(), ..values });
    }
    Ok(blocks)
}

/// Where there are too many names between two braces. Texts are not told from code: what looks like
/// names in them is counted too.
fn crowded(text: &str) -> Option<usize> {
    let mut counts = vec![0_usize];
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'{' => counts.push(0),
            b'}' => {
                counts.pop();
            }
            b'=' | b':' => {
                let count = counts.last_mut()?;
                *count = count.saturating_add(1);
                // Those of the file itself are in no block.
                if *count > NAMES_MAX && counts.len() > 1 {
                    return Some(at);
                }
            }
            _ => {}
        }
        if counts.is_empty() {
            counts.push(0);
        }
    }
    None
}

fn block(
    kind: String,
    labels: Vec<String>,
    body: &Body,
    lines: LineRange,
    at: &Rc<Lines>,
) -> RawBlock {
    let mut raw = RawBlock { kind, labels, lines, attributes: Vec::new(), blocks: Vec::new() };
    for structure in body {
        match structure {
            Structure::Attribute(attribute) => {
                let lines = attribute.span().map_or(lines, |span| at.of(&span));
                let expression = Expression::Hcl(attribute.value.clone(), Rc::clone(at));
                raw.attributes.push((attribute.key.as_str().to_owned(), lines, expression));
            }
            Structure::Block(nested) => {
                let lines = nested.span().map_or(lines, |span| at.of(&span));
                let labels = nested.labels.iter().map(|label| label.as_str().to_owned()).collect();
                let kind = nested.ident.as_str().to_owned();
                raw.blocks.push(block(kind, labels, &nested.body, lines, at));
            }
        }
    }
    raw
}
