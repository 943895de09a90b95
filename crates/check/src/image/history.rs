//! What an image's history says was done: `created_by` as Docker, BuildKit, Buildah and kaniko write
//! it.

/// One line of the history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Instruction<'a> {
    /// The instruction, such as `RUN`; empty where the line has another form.
    pub(super) keyword: &'a str,
    /// What follows it. For `RUN`, the shell command alone.
    pub(super) text: &'a str,
    /// Arguments of the build that the command saw, `NAME=value` each.
    pub(super) arguments: Vec<&'a str>,
}

/// How much of one line is looked at, in bytes. Longer ones are files that were written in place.
const LINE_BYTES_MAX: usize = 64 << 10;

/// Arguments of one line that are looked at.
const ARGUMENTS_MAX: usize = 200;

/// Every instruction of a Dockerfile.
const KEYWORDS: [&str; 18] = [
    "ADD",
    "ARG",
    "CMD",
    "COPY",
    "ENTRYPOINT",
    "ENV",
    "EXPOSE",
    "FROM",
    "HEALTHCHECK",
    "LABEL",
    "MAINTAINER",
    "ONBUILD",
    "RUN",
    "SHELL",
    "STOPSIGNAL",
    "USER",
    "VOLUME",
    "WORKDIR",
];

/// The shells a command is given to, with the option that says so.
const SHELLS: [&str; 6] =
    ["/bin/sh -c", "/bin/bash -c", "/bin/ash -c", "bash -c", "sh -c", "/bin/sh"];

/// Reads one line of the history.
pub(super) fn instruction(created_by: &str) -> Instruction<'_> {
    let end = created_by.floor_char_boundary(LINE_BYTES_MAX);
    let line = created_by.get(..end).unwrap_or_default().trim();
    let line = line.strip_suffix("# buildkit").unwrap_or(line).trim();
    let (keyword, rest) = split_keyword(line);
    if !keyword.is_empty() && keyword != "RUN" {
        return Instruction { keyword, text: rest, arguments: Vec::new() };
    }
    let (arguments, rest) = build_arguments(rest);
    let Some(text) = SHELLS.iter().find_map(|shell| rest.strip_prefix(shell)) else {
        return Instruction { keyword, text: rest, arguments };
    };
    let text = text.trim();
    // The classic builder's way to say that nothing is run.
    if let Some(text) = text.strip_prefix("#(nop)") {
        let (keyword, text) = split_keyword(text.trim());
        return Instruction { keyword, text, arguments };
    }
    Instruction { keyword: "RUN", text, arguments }
}

fn split_keyword(line: &str) -> (&str, &str) {
    let (word, rest) = line.split_once([' ', '\t']).unwrap_or((line, ""));
    if KEYWORDS.contains(&word) { (word, rest.trim()) } else { ("", line) }
}

/// Takes off the arguments of the build: `|2 A=b C=d /bin/sh -c …`.
fn build_arguments(text: &str) -> (Vec<&str>, &str) {
    let taken = || {
        let (count, mut rest) = text.strip_prefix('|')?.split_once(' ')?;
        let count: usize = count.parse().ok()?;
        let mut arguments = Vec::new();
        for _ in 0..count.min(ARGUMENTS_MAX) {
            // A value may hold blanks: it ends where the shell begins, or the next name does.
            let shell = SHELLS.iter().any(|shell| rest.starts_with(shell));
            if shell || rest.is_empty() {
                break;
            }
            let (argument, after) = rest.split_once(' ').unwrap_or((rest, ""));
            arguments.push(argument);
            rest = after.trim_start();
        }
        let shell = SHELLS.iter().filter_map(|shell| rest.find(shell)).min();
        Some((arguments, shell.and_then(|at| rest.get(at..)).unwrap_or(rest)))
    };
    taken().unwrap_or((Vec::new(), text))
}

/// One command of a shell line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Command {
    /// Its words, without quotes.
    pub(super) words: Vec<String>,
    /// Whether it reads what the command before it writes.
    pub(super) is_piped: bool,
}

/// Words that stand before a command and are none.
const BEFORE: [&str; 11] =
    ["!", "do", "else", "env", "exec", "if", "nice", "then", "time", "until", "while"];

impl Command {
    /// The program, without its folder, and its words.
    pub(super) fn program(&self) -> (&str, &[String]) {
        let mut words = self.words.as_slice();
        while let [first, rest @ ..] = words {
            let is_setting = first.split_once('=').is_some_and(|(name, _)| is_variable(name));
            if !is_setting && !BEFORE.contains(&first.as_str()) && first != "sudo" {
                return (first.rsplit('/').next().unwrap_or(first), rest);
            }
            words = rest;
        }
        ("", &[])
    }

    /// What was run, for a message: the program, its options and its verb, without any value. What
    /// else it was given may be a secret.
    pub(super) fn summary(&self) -> String {
        let (program, words) = self.program();
        let options = words.iter().take_while(|word| word.starts_with('-')).count();
        let options = words.get(..options).unwrap_or_default();
        let verb = words.get(options.len()).filter(|word| is_verb(word));
        let mut summary = program.to_owned();
        for option in options.iter().filter(|option| is_verb(option)).chain(verb) {
            summary.push(' ');
            summary.push_str(option);
        }
        summary
    }

    /// Whether this is one of these programs with such a word among its own.
    pub(super) fn is(&self, programs: &[&str], words: &[&str]) -> bool {
        let (program, own) = self.program();
        programs.contains(&program) && own.iter().any(|word| words.contains(&word.as_str()))
    }
}

/// Whether a word is an option or a verb and no value: `--yes`, `dist-upgrade`, `777`.
fn is_verb(word: &str) -> bool {
    word.len() <= 32
        && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-+".contains(&byte))
}

/// Whether a text is the name of a variable.
pub(super) fn is_variable(name: &str) -> bool {
    !name.is_empty()
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        && !name.starts_with(|first: char| first.is_ascii_digit())
}

/// Splits a shell line into its commands, well enough to tell what was run: quotes and escapes are
/// taken off, groups and substitutions are commands like others.
pub(super) fn commands(text: &str) -> Vec<Command> {
    let mut commands = Vec::new();
    let mut command = Command::default();
    let mut word = String::new();
    let mut quote = None;
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match (quote, character) {
            (Some('"') | None, '\\') => {
                // An escaped line end joins two lines.
                if let Some(next) = characters.next()
                    && next != '\n'
                {
                    word.push(next);
                }
            }
            (Some(open), _) if open == character => quote = None,
            (None, '"' | '\'') => quote = Some(character),
            (None, ' ' | '\t' | '\r') => end_word(&mut word, &mut command),
            (None, ';' | '&' | '\n' | '(' | ')' | '{' | '}' | '`' | '|') => {
                end_word(&mut word, &mut command);
                let is_or = character == '|' && characters.next_if_eq(&'|').is_some();
                if !command.words.is_empty() {
                    commands.push(std::mem::take(&mut command));
                }
                command.is_piped = character == '|' && !is_or;
            }
            _ => word.push(character),
        }
    }
    end_word(&mut word, &mut command);
    if !command.words.is_empty() {
        commands.push(command);
    }
    commands
}

fn end_word(word: &mut String, command: &mut Command) {
    if !word.is_empty() {
        command.words.push(std::mem::take(word));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_builders_lines_are_read() {
        for (line, keyword, text, arguments) in [
            ("/bin/sh -c #(nop)  CMD [\"bash\"]", "CMD", "[\"bash\"]", &[][..]),
            ("/bin/sh -c apt-get update", "RUN", "apt-get update", &[]),
            ("RUN /bin/sh -c apk add curl # buildkit", "RUN", "apk add curl", &[]),
            ("RUN |1 A=b /bin/sh -c make # buildkit", "RUN", "make", &["A=b"]),
            ("|2 A=b C=d /bin/sh -c make all", "RUN", "make all", &["A=b", "C=d"]),
            ("COPY app /app # buildkit", "COPY", "app /app", &[]),
            ("/bin/sh -c #(nop) ADD file:ab12 in / ", "ADD", "file:ab12 in /", &[]),
            ("bazel build ...", "", "bazel build ...", &[]),
            ("", "", "", &[]),
            ("|9 A=b", "", "", &["A=b"]),
            ("RUN make", "RUN", "make", &[]),
        ] {
            let arguments = arguments.to_vec();
            assert_eq!(instruction(line), Instruction { keyword, text, arguments }, "{line}");
        }
    }

    fn programs(text: &str) -> Vec<String> {
        commands(text).iter().map(|command| command.program().0.to_owned()).collect()
    }

    #[test]
    fn commands_are_told_apart() {
        assert_eq!(
            programs("set -eux; apt-get update && apt-get install -y x"),
            ["set", "apt-get", "apt-get"]
        );
        assert_eq!(programs("echo 'a && b' \"c; d\" || false"), ["echo", "false"]);
        assert_eq!(
            programs("if ! DEBIAN_FRONTEND=x sudo /usr/bin/apt update; then exit 1; fi"),
            ["apt", "exit", "fi"]
        );
        assert_eq!(programs("a \\\n  b \\\n  && c"), ["a", "c"]);
        let piped: Vec<bool> = commands("curl x | sh || y").iter().map(|c| c.is_piped).collect();
        assert_eq!(piped, [false, true, false]);
    }

    #[test]
    fn odd_lines_end() {
        for text in ["'", "\"\\", "|||&&&", "((((", "a\\", &"|".repeat(100_000)] {
            assert!(commands(text).len() <= 1, "{}", text.len());
        }
        assert_eq!(instruction(&"é".repeat(100_000)).text.len(), LINE_BYTES_MAX);
    }
}
