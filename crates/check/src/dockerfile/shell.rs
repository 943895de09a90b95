//! The shell in an instruction, as the commands it runs.
//!
//! A small reader of the POSIX shell language and what Bash adds that Dockerfiles use. It follows
//! quotes, lists, pipelines, compound commands, redirections, substitutions and here-documents, and
//! says of a text that it cannot read that it cannot.

mod read;
mod word;

use lazaret_core::location::LineRange;
pub(super) use read::{Source, exec, script};

/// The commands of a shell text, in the order they are written: a command comes before those that are
/// substituted into its words.
#[derive(Clone, Debug, Default)]
pub struct Script {
    /// The commands.
    pub commands: Vec<Command>,
    /// The pipelines of two elements or more.
    pub pipelines: Vec<Pipeline>,
    /// Why nothing of it could be read.
    pub unread: Option<Unread>,
}

/// Why a shell text could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unread {
    /// What was met.
    pub what: String,
    /// The line it was met on.
    pub line: u32,
}

/// Commands that read what others write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pipeline {
    /// For each element, the first of its commands and one past its last.
    pub elements: Vec<(usize, usize)>,
    /// Whether it is in the text of a shell called by a command (`sh -c`), not of the instruction.
    pub is_nested: bool,
}

/// A simple command.
#[derive(Clone, Debug, Default)]
pub struct Command {
    /// Variables set before it, or alone.
    pub assignments: Vec<Assignment>,
    /// Its words.
    pub words: Vec<Word>,
    /// Where it reads from and writes to.
    pub redirections: Vec<Redirection>,
    /// What it stands before.
    pub next: Next,
    /// The command in whose words it is substituted, or whose shell runs it.
    pub parent: Option<usize>,
    /// Whether it is in the text of a shell called by a command (`sh -c`), not of the instruction.
    pub is_nested: bool,
    /// The first line of it.
    pub line: u32,
    /// The last line of it.
    pub line_end: u32,
    /// How many of the words only lead to the program: `sudo`, `exec`, `env A=b` and the like.
    pub wrapped: usize,
}

/// What stands after a command.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Next {
    /// Nothing: the list ends.
    #[default]
    End,
    /// `&&`.
    And,
    /// `||`.
    Or,
    /// `;`, a line break or `&`.
    Then,
    /// `|`.
    Pipe,
}

/// A variable that is set.
#[derive(Clone, Debug)]
pub struct Assignment {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: Word,
}

/// A word.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Word {
    /// Its text without quotes; variables as `${NAME}`, substitutions as `$()`.
    pub text: String,
    /// Whether any of it is quoted.
    pub is_quoted: bool,
    /// Whether a variable or a substitution is anywhere in it.
    pub has_expansion: bool,
    /// The variables in it that the shell will split at white space.
    pub bare_variables: Vec<String>,
    /// Whether a substitution in it will be split at white space.
    pub has_bare_substitution: bool,
}

/// A redirection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redirection {
    /// The operator, such as `>` or `<<`.
    pub operator: String,
    /// The file, or the end of a here-document.
    pub target: Word,
}

impl Word {
    /// A word that is what it is.
    pub fn literal(text: &str) -> Self {
        Self { text: text.to_owned(), ..Self::default() }
    }
}

/// Programs that run the program named in their arguments.
const WRAPPERS: [&str; 14] = [
    "builtin", "busybox", "command", "doas", "env", "exec", "ionice", "nice", "nohup", "setsid",
    "stdbuf", "sudo", "time", "timeout",
];

impl Command {
    /// The lines it stands on.
    pub fn lines(&self) -> LineRange {
        LineRange { start: self.line, end: self.line_end }
    }

    /// The first word, where it is no variable.
    pub fn name(&self) -> Option<&str> {
        self.words.first().filter(|word| !word.has_expansion).map(|word| base_name(&word.text))
    }

    /// The program that does the work: what `sudo`, `exec` or `env` run, and without its folder.
    pub fn program(&self) -> Option<&str> {
        let word = self.words.get(self.wrapped)?;
        (!word.has_expansion).then(|| base_name(&word.text))
    }

    /// What the program is given.
    pub fn args(&self) -> &[Word] {
        self.words.get(self.wrapped.saturating_add(1)..).unwrap_or_default()
    }

    /// Whether the program is one of these.
    pub fn is_any(&self, programs: &[&str]) -> bool {
        self.program().is_some_and(|program| programs.contains(&program))
    }

    /// Whether an argument is one of these.
    pub fn has_arg(&self, wanted: &[&str]) -> bool {
        self.args().iter().any(|word| wanted.contains(&word.text.as_str()))
    }

    /// Whether it is one of these programs with one of these as an argument.
    pub fn is_doing(&self, programs: &[&str], actions: &[&str]) -> bool {
        self.is_any(programs) && self.has_arg(actions)
    }

    /// Whether an option is given: a long one as `--name` or `--name=…`, a short one as a letter of a
    /// cluster.
    pub fn has_flag(&self, names: &[&str]) -> bool {
        self.args().iter().take_while(|word| word.text != "--").any(|word| {
            if let Some(long) = word.text.strip_prefix("--") {
                let name = long.split('=').next().unwrap_or("");
                names.iter().any(|wanted| wanted.chars().nth(1).is_some() && *wanted == name)
            } else if let Some(cluster) = word.text.strip_prefix('-') {
                cluster.chars().any(|letter| {
                    names.iter().any(|wanted| {
                        let mut letters = wanted.chars();
                        letters.next() == Some(letter) && letters.next().is_none()
                    })
                })
            } else {
                false
            }
        })
    }

    /// The values of an option, whichever way they are given.
    pub fn flag_values(&self, names: &[&str]) -> Vec<&Word> {
        let mut values = Vec::new();
        let args = self.args();
        for (at, word) in args.iter().enumerate() {
            let is_named = match word.text.strip_prefix("--") {
                Some(long) => names.contains(&long),
                None => word.text.strip_prefix('-').is_some_and(|short| names.contains(&short)),
            };
            if is_named {
                values.extend(args.get(at.saturating_add(1)));
            }
        }
        values
    }

    /// The arguments that are neither options nor the values of these options.
    pub fn operands(&self, valued: &[&str]) -> Vec<&Word> {
        let mut operands = Vec::new();
        let mut is_value = false;
        let mut is_after_dashes = false;
        for word in self.args() {
            if is_value {
                is_value = false;
            } else if is_after_dashes || word.is_quoted && word.text.is_empty() {
                operands.push(word);
            } else if word.text == "--" {
                is_after_dashes = true;
            } else if let Some(long) = word.text.strip_prefix("--") {
                is_value = valued.contains(&long);
            } else if word.text.strip_prefix('-').is_some_and(|name| valued.contains(&name)) {
                is_value = true;
            } else if let Some(cluster) = word.text.strip_prefix('-').filter(|c| !c.is_empty()) {
                let first_valued = cluster.char_indices().find(|(at, letter)| {
                    cluster
                        .get(*at..at.saturating_add(letter.len_utf8()))
                        .is_some_and(|letter| valued.contains(&letter))
                });
                is_value = first_valued.is_some_and(|(at, letter)| {
                    at.saturating_add(letter.len_utf8()) == cluster.len()
                });
            } else {
                operands.push(word);
            }
        }
        operands
    }

    /// Finds out how many words only lead to the program.
    fn unwrap(&mut self) {
        self.wrapped = 0;
        // Each turn passes a word at least, and there are only so many of these before each other.
        for _ in 0..WRAPPERS.len() {
            let Some(word) = self.words.get(self.wrapped) else { return };
            let name = base_name(&word.text).to_owned();
            if word.has_expansion || !WRAPPERS.contains(&name.as_str()) {
                return;
            }
            let Some(step) = self.wrapper_length(&name) else { return };
            self.wrapped = self.wrapped.saturating_add(step);
        }
    }

    /// The words of a wrapper and its options; none where it runs nothing.
    fn wrapper_length(&self, name: &str) -> Option<usize> {
        let valued: &[&str] = match name {
            "sudo" => &["-u", "-g", "-C", "-D", "-h", "-p", "-r", "-t", "-U"],
            "doas" => &["-u", "-C"],
            "env" => &["-u", "-C", "-S", "--unset", "--chdir"],
            "nice" | "ionice" => &["-n", "-c", "-p"],
            "stdbuf" => &["-i", "-o", "-e"],
            "timeout" => &["-s", "-k", "--signal", "--kill-after"],
            "exec" => &["-a"],
            "time" => &["-f", "-o"],
            _ => &[],
        };
        let mut length = 1_usize;
        // `timeout` has an argument of its own before the command.
        let mut own = usize::from(name == "timeout");
        loop {
            let word = self.words.get(self.wrapped.saturating_add(length))?;
            let is_assignment = matches!(name, "env" | "sudo" | "doas")
                && word.text.split_once('=').is_some_and(|(n, _)| word::is_name(n));
            if valued.contains(&word.text.as_str()) {
                length = length.saturating_add(2);
            } else if word.text.starts_with('-') || is_assignment {
                length = length.saturating_add(1);
            } else if own > 0 {
                own = 0;
                length = length.saturating_add(1);
            } else {
                return Some(length);
            }
        }
    }
}

/// The last part of a path; Windows' too.
fn base_name(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

impl Script {
    /// The commands of the instruction's own text: no substitutions, no text given to another shell.
    pub fn outer(&self) -> impl Iterator<Item = &Command> {
        self.commands.iter().filter(|command| !command.is_nested)
    }

    /// Where the last command is for which something holds.
    pub fn last(&self, holds: impl Fn(&Command) -> bool) -> Option<usize> {
        self.commands.iter().rposition(holds)
    }

    /// Whether something holds for a command.
    pub fn any(&self, holds: impl Fn(&Command) -> bool) -> bool {
        self.commands.iter().any(holds)
    }
}

#[cfg(test)]
mod tests;
