//! Lines of a Dockerfile: directives, comments, continuation and here-documents, before anything
//! is known of instructions.

use super::syntax::{Comment, Directive};
use super::{FileProblem, ProblemKind};
use lazaret_core::location::LineRange;

/// An instruction's text, its continuation lines joined.
#[derive(Clone, Debug)]
pub(super) struct Logical {
    /// The text, without line breaks.
    pub(super) text: String,
    /// At which byte of the text which line begins.
    pub(super) starts: Vec<(usize, u32)>,
    /// The lines, here-documents included.
    pub(super) lines: LineRange,
    /// The here-documents, in order.
    pub(super) documents: Vec<Document>,
}

/// A here-document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Document {
    /// The word that ends it.
    pub(crate) name: String,
    /// What stands between.
    pub(crate) body: String,
    /// The line the body begins on.
    pub(crate) line: u32,
}

/// A file cut into instructions.
#[derive(Clone, Debug, Default)]
pub(super) struct Lines {
    pub(super) directives: Vec<Directive>,
    pub(super) comments: Vec<Comment>,
    pub(super) logical: Vec<Logical>,
    pub(super) empty_continuations: Vec<u32>,
    pub(super) escape: Escape,
}

/// The character that continues a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Escape(pub(super) char);

impl Default for Escape {
    fn default() -> Self {
        Self('\\')
    }
}

/// The number of a line, counted from one. No file read here has `u32::MAX` lines.
fn number(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX).saturating_add(1)
}

/// Cuts a file into instructions.
pub(super) fn cut(text: &str, problems: &mut Vec<FileProblem>) -> Lines {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let physical: Vec<&str> = text.lines().collect();
    let mut lines = Lines::default();
    let mut next = directives(&physical, &mut lines, problems);
    while let Some(line) = physical.get(next) {
        let trimmed = line.trim();
        if trimmed.is_empty() {
            next = next.saturating_add(1);
        } else if let Some(comment) = trimmed.strip_prefix('#') {
            lines.comments.push(Comment { text: comment.trim().to_owned(), line: number(next) });
            next = next.saturating_add(1);
        } else {
            let (mut logical, end) = join(&physical, next, &mut lines);
            next = documents(&physical, &mut logical, end, problems);
            lines.logical.push(logical);
        }
    }
    lines
}

/// Reads the directives at the top; returns the line after them.
fn directives(physical: &[&str], lines: &mut Lines, problems: &mut Vec<FileProblem>) -> usize {
    for (index, line) in physical.iter().enumerate() {
        let pair = line
            .trim()
            .strip_prefix('#')
            .and_then(|rest| rest.split_once('='))
            .map(|(name, value)| (name.trim().to_ascii_lowercase(), value.trim().to_owned()))
            .filter(|(name, value)| {
                !value.is_empty()
                    && name.starts_with(|c: char| c.is_ascii_alphabetic())
                    && name.chars().all(|c| c.is_ascii_alphanumeric())
            });
        let Some((name, value)) = pair else { return index };
        let line = number(index);
        if !matches!(name.as_str(), "syntax" | "escape" | "check") {
            lines.comments.push(Comment { text: format!("{name}={value}"), line });
            continue;
        }
        if lines.directives.iter().any(|directive| directive.name == name) {
            let message = format!("the directive `{name}` is given twice");
            problems.push(FileProblem::new(ProblemKind::Syntax, line, message));
            continue;
        }
        if name == "escape" {
            match value.as_str() {
                "\\" | "`" => lines.escape = Escape(value.chars().next().unwrap_or('\\')),
                _ => problems.push(FileProblem::new(
                    ProblemKind::Syntax,
                    line,
                    format!("`{value}` cannot be the escape character: expected \\ or `"),
                )),
            }
        }
        lines.directives.push(Directive { name, value, line });
    }
    physical.len()
}

/// Joins an instruction's lines; returns it and the line after.
fn join(physical: &[&str], first: usize, lines: &mut Lines) -> (Logical, usize) {
    let mut logical = Logical {
        text: String::new(),
        starts: Vec::new(),
        lines: LineRange { start: number(first), end: number(first) },
        documents: Vec::new(),
    };
    let mut next = first;
    while let Some(line) = physical.get(next) {
        let trimmed = line.trim();
        let is_first = next == first;
        next = next.saturating_add(1);
        if !is_first && trimmed.is_empty() {
            lines.empty_continuations.push(number(next.saturating_sub(1)));
            continue;
        }
        if let Some(comment) = trimmed.strip_prefix('#').filter(|_| !is_first) {
            let line = number(next.saturating_sub(1));
            lines.comments.push(Comment { text: comment.trim().to_owned(), line });
            continue;
        }
        let line = if is_first { line.trim_start() } else { line };
        logical.lines.end = number(next.saturating_sub(1));
        logical.starts.push((logical.text.len(), logical.lines.end));
        let part = continued(line, lines.escape);
        logical.text.push_str(part.unwrap_or(line));
        if part.is_none() {
            break;
        }
    }
    (logical, next)
}

/// A line without what continues it, where it is continued: an escape character, not itself escaped,
/// with nothing but space after it.
fn continued(line: &str, escape: Escape) -> Option<&str> {
    let part = line.trim_end().strip_suffix(escape.0)?;
    (!part.ends_with(escape.0)).then_some(part)
}

/// The here-documents an instruction begins, and the line after them.
fn documents(
    physical: &[&str],
    logical: &mut Logical,
    mut next: usize,
    problems: &mut Vec<FileProblem>,
) -> usize {
    for (name, is_indented) in document_names(&logical.text) {
        let start = next;
        let mut body = String::new();
        loop {
            let Some(line) = physical.get(next) else {
                // All that follows is the document, to the builder and so to us.
                let message = format!("the here-document `{name}` has no end");
                let line = logical.lines.start;
                problems.push(FileProblem::new(ProblemKind::Syntax, line, message));
                break;
            };
            let line = if is_indented { line.trim_start_matches('\t') } else { line };
            next = next.saturating_add(1);
            if line == name {
                break;
            }
            body.push_str(line);
            body.push('\n');
        }
        logical.lines.end = number(next.saturating_sub(1));
        logical.documents.push(Document { name, body, line: number(start) });
    }
    next
}

/// The here-documents that `ADD`, `COPY`, `RUN` and their `ONBUILD` begin: the word that ends each,
/// and whether tabs before its lines are dropped.
fn document_names(text: &str) -> Vec<(String, bool)> {
    let keyword = |text: &str| text.split_whitespace().next().map(str::to_ascii_uppercase);
    let rest = match keyword(text).as_deref() {
        Some("ONBUILD") => text.trim_start().get("ONBUILD".len()..).unwrap_or(""),
        _ => text,
    };
    if !text.contains("<<") || !matches!(keyword(rest).as_deref(), Some("ADD" | "COPY" | "RUN")) {
        return Vec::new();
    }
    super::word::split(rest, '\\').into_iter().filter_map(document_name).collect()
}

fn document_name(word: &str) -> Option<(String, bool)> {
    let rest = word.trim_start_matches(|c: char| c.is_ascii_digit()).strip_prefix("<<")?;
    let (is_indented, name) = rest.strip_prefix('-').map_or((false, rest), |name| (true, name));
    let name = super::word::unquote(name, '\\');
    let name = name.trim_end_matches([';', ')', '|', '&']);
    let is_name = !name.is_empty() && !name.contains(['<', '>', '(', '$']);
    is_name.then(|| (name.to_owned(), is_indented))
}
