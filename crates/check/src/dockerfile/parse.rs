//! Instructions, from their lines.
//!
//! What BuildKit's parser accepts is accepted; what it refuses is a problem with a line, and reading
//! goes on with the next instruction.

use super::line::{self, Escape, Logical};
use super::shell::{self, Script, Source};
use super::syntax::{
    Argument, Dockerfile, Flag, Instruction, Invocation, Kind, Pair, Pairs, Stage, Transfer,
};
use super::word::{first, split, unquote};
use super::{FileProblem, ProblemKind};

/// Instructions of one file. The longest real ones have a few hundred.
const INSTRUCTIONS_MAX: usize = 10_000;

/// Shells whose language is not the one that is read here.
const OTHER_SHELLS: [&str; 4] = ["cmd", "fish", "powershell", "pwsh"];

/// Reads a file.
pub(super) fn parse(text: &str, problems: &mut Vec<FileProblem>) -> Dockerfile {
    let lines = line::cut(text, problems);
    let mut reader = Reader {
        escape: lines.escape,
        file: Dockerfile {
            directives: lines.directives,
            comments: lines.comments,
            empty_continuations: lines.empty_continuations,
            ..Dockerfile::default()
        },
        shell: Shell::at_first(lines.escape),
        shells: Vec::new(),
        comment: 0,
        problems,
    };
    for (count, logical) in lines.logical.iter().enumerate() {
        if count >= INSTRUCTIONS_MAX {
            let message = format!("only the first {INSTRUCTIONS_MAX} instructions were looked at");
            reader.problems.push(FileProblem::new(
                ProblemKind::Limit,
                logical.lines.start,
                message,
            ));
            break;
        }
        reader.instruction(logical);
    }
    let end = reader.file.instructions.len();
    if let Some(stage) = reader.file.stages.last_mut() {
        stage.end = end;
    }
    reader.file
}

/// The shell that shell forms are for.
#[derive(Clone, Debug)]
struct Shell {
    is_read: bool,
}

impl Shell {
    /// On Windows, where files are written with another escape character, it is `cmd`.
    fn at_first(escape: Escape) -> Self {
        Self { is_read: escape.0 == '\\' }
    }

    fn named(name: &str) -> Self {
        let name = name.rsplit(['/', '\\']).next().unwrap_or(name).to_ascii_lowercase();
        let name = name.strip_suffix(".exe").unwrap_or(&name);
        Self { is_read: !OTHER_SHELLS.contains(&name) }
    }
}

struct Reader<'p> {
    escape: Escape,
    file: Dockerfile,
    shell: Shell,
    /// The shell each stage ends with.
    shells: Vec<Shell>,
    comment: usize,
    problems: &'p mut Vec<FileProblem>,
}

/// What is wrong with an instruction.
type Refusal = String;

impl Reader<'_> {
    fn instruction(&mut self, logical: &Logical) {
        let pragma = self.shell_pragma(logical.lines.start);
        let parsed = self.parsed(logical, 0, 0);
        let instruction = match parsed {
            Ok(instruction) => instruction,
            Err(message) => {
                let line = logical.lines.start;
                self.problems.push(FileProblem::new(ProblemKind::Syntax, line, message));
                return;
            }
        };
        match &instruction.kind {
            Kind::From { image, name, .. } => self.stage(image.clone(), name.clone()),
            Kind::Shell(words) => {
                self.shell = Shell::named(words.first().map_or("", String::as_str));
                self.note_other_shell(words.first(), logical.lines.start);
            }
            Kind::Arg(arguments) => {
                let index = self.file.instructions.len();
                for Argument { name, default } in arguments {
                    let all = self.file.arguments.entry(name.clone()).or_default();
                    all.push((index, default.clone()));
                }
            }
            _ => {}
        }
        if let (Kind::From { .. }, Some(pragma)) = (&instruction.kind, pragma) {
            self.shell = pragma;
        }
        let stage = self.file.stages.len().checked_sub(1);
        self.file.instructions.push(placed(instruction, stage));
    }

    /// A shell that a comment names (`# hadolint shell=…`) before a line.
    fn shell_pragma(&mut self, line: u32) -> Option<Shell> {
        let mut found = None;
        while let Some(comment) = self.file.comments.get(self.comment).filter(|c| c.line < line) {
            self.comment = self.comment.saturating_add(1);
            let name = comment
                .text
                .strip_prefix("hadolint")
                .and_then(|rest| rest.trim_start().strip_prefix("shell"))
                .and_then(|rest| rest.trim_start().strip_prefix('='))
                .and_then(|rest| rest.split_whitespace().next());
            if let Some(name) = name {
                found = Some((Shell::named(name), name.to_owned(), comment.line));
            }
        }
        let (shell, name, line) = found?;
        self.shell = shell.clone();
        self.note_other_shell(Some(&name), line);
        Some(shell)
    }

    fn note_other_shell(&mut self, name: Option<&String>, line: u32) {
        if !self.shell.is_read {
            let name = name.map_or("", String::as_str);
            let message = format!("commands for `{name}` were not looked into");
            self.problems.push(FileProblem::new(ProblemKind::Shell, line, message));
        }
    }

    fn stage(&mut self, image: String, name: Option<String>) {
        let from = self.file.instructions.len();
        if let Some(last) = self.file.stages.last_mut() {
            last.end = from;
            self.shells.push(self.shell.clone());
        }
        let base =
            self.file.names.get(&image.to_ascii_lowercase()).and_then(|all| all.last()).copied();
        let before = base.and_then(|base| self.file.stages.get_mut(base));
        if let Some(before) = before {
            before.is_base = true;
        }
        self.shell = base
            .and_then(|base| self.shells.get(base).cloned())
            .unwrap_or_else(|| Shell::at_first(self.escape));
        if let Some(name) = &name {
            let index = self.file.stages.len();
            self.file.names.entry(name.to_ascii_lowercase()).or_default().push(index);
        }
        self.file.stages.push(Stage { name, image, base, is_base: false, from, end: from });
    }

    /// Reads what stands from a byte of the text on.
    fn parsed(
        &mut self,
        logical: &Logical,
        from: usize,
        depth: usize,
    ) -> Result<Instruction, Refusal> {
        let text = logical.text.get(from..).unwrap_or("");
        let start = text.trim_start();
        let end = start.find(char::is_whitespace).unwrap_or(start.len());
        let (keyword, rest) = start.split_at_checked(end).unwrap_or((start, ""));
        let upper = keyword.to_ascii_uppercase();
        let (flags, rest) = match flags_of(&upper) {
            Some(known) => self.flags(&upper, known, rest)?,
            None => (Vec::new(), rest),
        };
        let rest = rest.trim();
        let offset = logical.text.len().saturating_sub(tail_length(&logical.text, rest));
        if rest.is_empty() && upper != "MAINTAINER" {
            let is_known = flags_of(&upper).is_some() || is_keyword(&upper);
            return Err(if is_known {
                format!("{upper} without an argument")
            } else {
                format!("`{keyword}` is no instruction")
            });
        }
        let kind = match upper.as_str() {
            "FROM" => from_kind(rest)?,
            "RUN" => Kind::Run(self.invocation(logical, rest, offset)),
            "CMD" => Kind::Cmd(self.invocation(logical, rest, offset)),
            "ENTRYPOINT" => Kind::Entrypoint(self.invocation(logical, rest, offset)),
            "HEALTHCHECK" => self.healthcheck(logical, rest, offset)?,
            "LABEL" => Kind::Label(self.pairs(logical, rest, "LABEL")?),
            "ENV" => Kind::Env(self.pairs(logical, rest, "ENV")?),
            "ARG" => Kind::Arg(self.arguments(rest)),
            "ADD" => Kind::Add(self.transfer(rest, "ADD")?),
            "COPY" => Kind::Copy(self.transfer(rest, "COPY")?),
            "MAINTAINER" => Kind::Maintainer(rest.to_owned()),
            "EXPOSE" => Kind::Expose(self.words(rest)),
            "VOLUME" => Kind::Volume(json(rest).unwrap_or_else(|| self.words(rest))),
            "USER" => Kind::User(self.unquoted(rest)),
            "WORKDIR" => Kind::Workdir(self.unquoted(rest)),
            "STOPSIGNAL" => Kind::Stopsignal(rest.to_owned()),
            "SHELL" => Kind::Shell(
                json(rest)
                    .filter(|words| !words.is_empty())
                    .ok_or("SHELL wants a JSON array of strings")?,
            ),
            // One trigger in another is wrong, and a rule says so; more than that is not read.
            "ONBUILD" if depth < 2 => {
                Kind::Onbuild(Box::new(self.parsed(logical, offset, depth.saturating_add(1))?))
            }
            "ONBUILD" => return Err("one ONBUILD in another in another".to_owned()),
            _ => return Err(format!("`{keyword}` is no instruction")),
        };
        let lines = logical.lines;
        Ok(Instruction {
            keyword: keyword.to_owned(),
            kind,
            flags,
            lines,
            stage: None,
            is_triggered: false,
        })
    }

    /// The options at the start of a text, and what follows them.
    fn flags<'t>(
        &self,
        keyword: &str,
        known: &[&str],
        text: &'t str,
    ) -> Result<(Vec<Flag>, &'t str), Refusal> {
        let mut flags = Vec::new();
        let mut rest = text.trim_start();
        while rest.starts_with("--") {
            let (word, after) = first(rest, self.escape.0);
            rest = after.trim_start();
            if word == "--" {
                break;
            }
            let (name, value) = match word.split_once('=') {
                Some((name, value)) => (name, Some(unquote(value, self.escape.0))),
                None => (word, None),
            };
            let name = name.trim_start_matches('-');
            if !known.contains(&name) {
                return Err(format!("{keyword} has no option `--{name}`"));
            }
            flags.push(Flag { name: name.to_owned(), value });
        }
        Ok((flags, rest))
    }

    fn unquoted(&self, text: &str) -> String {
        unquote(text, self.escape.0)
    }

    fn words(&self, text: &str) -> Vec<String> {
        split(text, self.escape.0).into_iter().map(|word| self.unquoted(word)).collect()
    }

    fn invocation(&mut self, logical: &Logical, text: &str, offset: usize) -> Invocation {
        let first_line = logical
            .starts
            .iter()
            .rfind(|(start, _)| *start <= offset)
            .map_or(logical.lines.start, |(_, line)| *line);
        if let Some(words) = json(text) {
            let script = shell::exec(&words, first_line, logical.lines.end);
            return Invocation { is_exec: true, text: text.to_owned(), script };
        }
        let mut starts = vec![(0, first_line)];
        starts.extend(logical.starts.iter().filter_map(|(start, line)| {
            start.checked_sub(offset).filter(|start| *start > 0).map(|start| (start, *line))
        }));
        let is_document = text.starts_with("<<") && !text.contains(char::is_whitespace);
        let script = match logical.documents.first() {
            _ if !self.shell.is_read => Script::default(),
            Some(document) if is_document => document_script(document),
            _ => shell::script(Source { text, starts: &starts, documents: &logical.documents }),
        };
        if let Some(unread) = &script.unread {
            let message = format!("these commands could not be read: {}", unread.what);
            self.problems.push(FileProblem::new(ProblemKind::Shell, unread.line, message));
        }
        Invocation { is_exec: false, text: text.to_owned(), script }
    }

    fn healthcheck(
        &mut self,
        logical: &Logical,
        text: &str,
        offset: usize,
    ) -> Result<Kind, Refusal> {
        let end = text.find(char::is_whitespace).unwrap_or(text.len());
        let (word, rest) = text.split_at_checked(end).unwrap_or((text, ""));
        match word.to_ascii_uppercase().as_str() {
            "NONE" if rest.trim().is_empty() => Ok(Kind::Healthcheck(None)),
            "NONE" => Err("HEALTHCHECK NONE takes no arguments".to_owned()),
            "CMD" if rest.trim().is_empty() => Err("HEALTHCHECK CMD without a command".to_owned()),
            "CMD" => {
                let command = rest.trim_start();
                let offset = offset.saturating_add(text.len().saturating_sub(command.len()));
                Ok(Kind::Healthcheck(Some(self.invocation(logical, command, offset))))
            }
            _ => Err(format!("HEALTHCHECK wants CMD or NONE, not `{word}`")),
        }
    }

    fn pairs(&mut self, logical: &Logical, text: &str, keyword: &str) -> Result<Pairs, Refusal> {
        let words = split(text, self.escape.0);
        let first = words.first().copied().unwrap_or("");
        if !first.contains('=') {
            let value = text.get(first.len()..).unwrap_or("").trim();
            if value.is_empty() {
                // The name is worth a look all the same.
                let message = format!("{keyword} {first} has no value");
                let line = logical.lines.start;
                self.problems.push(FileProblem::new(ProblemKind::Syntax, line, message));
            }
            let pair =
                Pair { name: self.unquoted(first), value: value.to_owned(), raw: value.to_owned() };
            return Ok(Pairs { pairs: vec![pair], is_legacy: true });
        }
        let mut pairs = Vec::new();
        for word in words {
            let Some((name, raw)) = word.split_once('=') else {
                return Err(format!("{keyword}: no `=` in `{word}`"));
            };
            pairs.push(Pair {
                name: self.unquoted(name),
                value: self.unquoted(raw),
                raw: raw.to_owned(),
            });
        }
        Ok(Pairs { pairs, is_legacy: false })
    }

    fn arguments(&self, text: &str) -> Vec<Argument> {
        split(text, self.escape.0)
            .into_iter()
            .map(|word| match word.split_once('=') {
                Some((name, default)) => {
                    Argument { name: name.to_owned(), default: Some(self.unquoted(default)) }
                }
                None => Argument { name: word.to_owned(), default: None },
            })
            .collect()
    }

    fn transfer(&self, text: &str, keyword: &str) -> Result<Transfer, Refusal> {
        // Quotes do not hold a path with spaces together here; arrays do.
        let plain = || text.split_whitespace().map(|word| self.unquoted(word)).collect();
        let mut words = json(text).unwrap_or_else(plain);
        let target = words.pop().unwrap_or_default();
        if words.is_empty() {
            return Err(format!("{keyword} wants a source and a destination"));
        }
        let all = words.len();
        words.retain(|word| !word.starts_with("<<"));
        Ok(Transfer { documents: all.saturating_sub(words.len()), sources: words, target })
    }
}

/// How much of the end of a text a part of it is: from its first byte to the text's end.
fn tail_length(text: &str, part: &str) -> usize {
    // The part is what is left of the text when its two ends are trimmed and its head is cut.
    let trailing = text.len().saturating_sub(text.trim_end().len());
    part.len().saturating_add(trailing)
}

fn placed(mut instruction: Instruction, stage: Option<usize>) -> Instruction {
    instruction.stage = stage;
    if let Kind::Onbuild(inner) = instruction.kind {
        let inner = Instruction { is_triggered: true, ..placed(*inner, stage) };
        instruction.kind = Kind::Onbuild(Box::new(inner));
    }
    instruction
}

fn document_script(document: &line::Document) -> Script {
    let interpreter = document.body.strip_prefix("#!").and_then(|rest| rest.lines().next());
    let is_read = interpreter.is_none_or(|line| {
        line.split_whitespace().any(|word| {
            let name = word.rsplit('/').next().unwrap_or(word);
            matches!(name, "sh" | "bash" | "dash" | "ash" | "ksh" | "zsh")
        })
    });
    if !is_read {
        return Script::default();
    }
    let mut starts = vec![(0, document.line)];
    let mut at = 0_usize;
    for (line, text) in (document.line..).zip(document.body.split_inclusive('\n')) {
        starts.push((at, line));
        at = at.saturating_add(text.len());
    }
    shell::script(Source { text: &document.body, starts: &starts, documents: &[] })
}

fn from_kind(text: &str) -> Result<Kind, Refusal> {
    let words: Vec<&str> = text.split_whitespace().collect();
    match words.as_slice() {
        [image] => Ok(Kind::From { image: (*image).to_owned(), name: None, joint: None }),
        [image, joint, name] if joint.eq_ignore_ascii_case("as") => Ok(Kind::From {
            image: (*image).to_owned(),
            name: Some((*name).to_owned()),
            joint: Some((*joint).to_owned()),
        }),
        _ => Err("FROM wants an image, or an image AS a name".to_owned()),
    }
}

/// A JSON array of strings.
fn json(text: &str) -> Option<Vec<String>> {
    let text = text.trim();
    if !text.starts_with('[') {
        return None;
    }
    serde_json::from_str(text).ok()
}

/// The options an instruction has; none where it takes no options.
fn flags_of(keyword: &str) -> Option<&'static [&'static str]> {
    match keyword {
        "FROM" => Some(&["platform"]),
        "RUN" => Some(&["mount", "network", "security", "device"]),
        "COPY" => Some(&["from", "chown", "chmod", "link", "parents", "exclude"]),
        "ADD" => Some(&["keep-git-dir", "checksum", "chown", "chmod", "link", "exclude", "unpack"]),
        "HEALTHCHECK" => {
            Some(&["interval", "timeout", "start-period", "start-interval", "retries"])
        }
        _ => None,
    }
}

fn is_keyword(keyword: &str) -> bool {
    matches!(
        keyword,
        "CMD"
            | "ENTRYPOINT"
            | "LABEL"
            | "ENV"
            | "ARG"
            | "EXPOSE"
            | "VOLUME"
            | "USER"
            | "WORKDIR"
            | "STOPSIGNAL"
            | "SHELL"
            | "ONBUILD"
    )
}

#[cfg(test)]
mod tests;
