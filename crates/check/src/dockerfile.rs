//! What is wrong with a Dockerfile.
//!
//! The file is read as BuildKit reads it (`line`, `parse`), the shell in it as a shell does
//! (`shell`), and every rule ([`RULES`]) looks at the result. A comment in the file may say that a
//! hit is meant ([`Ignored`]); such a hit is kept, with the reason given.

mod hadolint;
mod ignore;
mod image;
mod label;
mod line;
mod package;
mod parse;
mod rules;
mod settings;
mod shell;
mod syntax;
mod word;

pub use self::hadolint::HadolintError;
pub use self::ignore::Ignored;
pub use self::rules::RULES;
pub use self::settings::{Date, DateError, LabelFormat, Settings};
pub use self::shell::{Assignment, Command, Next, Pipeline, Redirection, Script, Unread, Word};
pub use self::syntax::{
    Argument, Comment, Directive, Dockerfile, Flag, Instruction, Invocation, Kind, Mount, Pair,
    Pairs, Section, Stage, Transfer,
};

use lazaret_core::check::RuleHit;

/// Bytes of a file. The longest real ones are a hundredth of it.
const BYTES_MAX: usize = 1 << 20;

/// What rules look at.
#[derive(Clone, Debug)]
pub struct Input {
    /// The file.
    pub file: Dockerfile,
    /// What the user asks of it.
    pub settings: Settings,
}

/// What was found in a file.
#[derive(Clone, Debug, Default)]
pub struct Checked {
    /// Broken rules in the order of lines, those that are meant so too.
    pub hits: Vec<Hit>,
    /// What could not be read, in the order of lines.
    pub problems: Vec<FileProblem>,
}

/// A broken rule.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hit {
    /// What was found where.
    pub hit: RuleHit,
    /// That a comment in the file says so be it.
    pub ignored: Option<Ignored>,
}

/// What kind of thing could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ProblemKind {
    /// The file breaks the syntax of Dockerfiles there.
    Syntax,
    /// The shell there could not be read, so that rules about commands did not look at it.
    Shell,
    /// A comment means to ignore something, and does not.
    Ignore,
    /// A bound was met, and what lies beyond was not looked at.
    Limit,
}

/// Something in a file that could not be read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FileProblem {
    /// Where, counted from one; the first line where it is about the whole.
    pub line: u32,
    /// What kind of thing it is.
    pub kind: ProblemKind,
    /// What happened, for people.
    pub message: String,
}

impl FileProblem {
    pub(crate) fn new(kind: ProblemKind, line: u32, message: impl Into<String>) -> Self {
        Self { line, kind, message: message.into() }
    }
}

/// Whether a path's name is one that Dockerfiles have: `Dockerfile`, `Containerfile`, these with a
/// suffix (`Dockerfile.dev`) or as one (`app.Dockerfile`), in whatever case.
pub fn is_dockerfile(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    ["dockerfile", "containerfile"].into_iter().any(|kind| {
        let before = name.strip_suffix(kind);
        let after = name.strip_prefix(kind);
        let is_named = |part: &str| part.len() > 1;
        before.is_some_and(|b| b.is_empty() || b.strip_suffix('.').is_some_and(|b| !b.is_empty()))
            || after.is_some_and(|after| {
                is_named(after)
                    && after.starts_with('.')
                    // `Dockerfile.dockerignore` belongs to a Dockerfile and is none.
                    && after != ".dockerignore"
            })
    })
}

/// Reads a file and holds every rule against it.
pub fn check(bytes: &[u8], settings: &Settings) -> Checked {
    let mut checked = Checked::default();
    if bytes.len() > BYTES_MAX {
        let message = format!("the file is longer than {BYTES_MAX} bytes and was not looked at");
        checked.problems.push(FileProblem::new(ProblemKind::Limit, 1, message));
        return checked;
    }
    let text = String::from_utf8_lossy(bytes);
    let file = parse::parse(&text, &mut checked.problems);
    if file.instructions.is_empty() && checked.problems.is_empty() {
        let message = "the file has no instructions";
        checked.problems.push(FileProblem::new(ProblemKind::Syntax, 1, message));
    }
    let input = Input { file, settings: settings.clone() };
    let mut hits = Vec::new();
    for rule in RULES {
        rule.run(&input, &mut hits);
    }
    hits.sort_by(|a, b| (a.lines, &a.rule, &a.message).cmp(&(b.lines, &b.rule, &b.message)));
    hits.dedup();
    checked.hits = ignore::apply(&input, hits, &mut checked.problems);
    checked.problems.sort();
    checked
}

/// Reads a file without holding rules against it.
pub fn parse(text: &str) -> (Dockerfile, Vec<FileProblem>) {
    let mut problems = Vec::new();
    let file = parse::parse(text, &mut problems);
    (file, problems)
}

#[cfg(test)]
mod tests;
