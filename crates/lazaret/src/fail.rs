//! What the program says when it cannot do its job.

use anstream::eprintln;
use anstyle::{AnsiColor, Style};

/// What kind of failure it is; all of them exit with 2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The command line.
    Usage,
    /// A configuration or policy file.
    Config,
    /// What was to be scanned or read.
    Input,
    /// The program itself.
    Internal,
}

/// What the HTTP libraries say between the act and its cause.
const WITHOUT_NEWS: [&str; 5] = [
    "error sending request",
    "client error (Connect)",
    "tcp connect error",
    "dns error",
    "error resolving DNS",
];

/// A failure, with what to do about it.
#[derive(Debug)]
pub(crate) struct CommandError {
    pub(crate) kind: Kind,
    pub(crate) error: anyhow::Error,
    pub(crate) hints: Vec<String>,
}

pub(crate) type Result<T> = std::result::Result<T, CommandError>;

impl CommandError {
    pub(crate) fn new(kind: Kind, error: impl Into<anyhow::Error>) -> Self {
        Self { kind, error: error.into(), hints: Vec::new() }
    }

    pub(crate) fn usage(message: impl std::fmt::Display) -> Self {
        Self::new(Kind::Usage, anyhow::anyhow!("{message}"))
    }

    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// Prints the failure once: what was being done, why it failed, what to do.
    pub(crate) fn print(&self) {
        let red = AnsiColor::Red.on_default().bold();
        let plain = Style::new();
        let mut chain = chain(&self.error);
        let first = chain.next().unwrap_or_default();
        eprintln!("{red}error:{red:#} {plain}{}", visible(&first));
        let mut said = first;
        for cause in chain {
            // Some libraries repeat the cause in their own text.
            if !said.contains(&cause) {
                eprintln!("  because: {}", visible(&cause));
            }
            said = cause;
        }
        for hint in &self.hints {
            eprintln!("  hint: {hint}");
        }
        if self.kind == Kind::Usage {
            eprintln!("  See `lazaret --help`.");
        }
    }
}

/// What happened and why, as far as it is news.
fn chain(error: &anyhow::Error) -> impl Iterator<Item = String> {
    let causes = error.chain().map(ToString::to_string);
    causes.filter(|cause| !WITHOUT_NEWS.contains(&cause.as_str()))
}

/// A failure in one line: what was being done, and why it failed.
pub(crate) fn causes(error: &anyhow::Error) -> String {
    chain(error).collect::<Vec<_>>().join(": ")
}

/// Text that may come from a hostile image, without control characters.
fn visible(text: &str) -> String {
    text.chars()
        .flat_map(|c| {
            let escaped = c.is_control() && c != '\n';
            let (plain, code) =
                if escaped { (None, Some(c.escape_default())) } else { (Some(c), None) };
            plain.into_iter().chain(code.into_iter().flatten())
        })
        .collect()
}
