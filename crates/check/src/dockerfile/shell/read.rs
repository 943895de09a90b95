//! Reads a shell text into commands: lists, pipelines and compound commands.

use super::word::{is_meta, is_name, next_of};
use super::{Assignment, Command, Pipeline, Redirection, Script, Unread, Word};
use crate::dockerfile::line::Document;

/// Commands within commands: nobody writes more, and the reader's stack has an end.
const DEPTH_MAX: usize = 100;

/// Commands of one text: a here-document may be long, but what is in it ends.
const COMMANDS_MAX: usize = 20_000;

/// Shells whose `-c` is followed by a text in the language read here.
const SHELLS: [&str; 6] = ["ash", "bash", "dash", "ksh", "sh", "zsh"];

/// A shell text and where it is.
#[derive(Clone, Copy, Debug)]
pub(in crate::dockerfile) struct Source<'a> {
    /// The text.
    pub(in crate::dockerfile) text: &'a str,
    /// At which byte which line begins.
    pub(in crate::dockerfile) starts: &'a [(usize, u32)],
    /// Here-documents that are not in the text.
    pub(in crate::dockerfile) documents: &'a [Document],
}

/// Why a text cannot be read.
#[derive(Debug)]
pub(super) struct Fault {
    what: String,
    line: u32,
}

/// Reads the shell form of an instruction.
pub(in crate::dockerfile) fn script(source: Source<'_>) -> Script {
    let first_line = source.starts.first().map_or(1, |(_, line)| *line);
    let mut reader = Reader::new(source, first_line, Script::default());
    let read = reader.whole();
    for (index, document) in std::mem::take(&mut reader.fed) {
        if let Some(document) = source.documents.get(document) {
            // What a shell reads from a document it runs; that it cannot be read is no matter here.
            drop(reader.shell_input(index, &document.body, document.line));
        }
    }
    finish(reader.script, read)
}

/// Reads the exec form: one command, of which nothing is interpreted.
pub(in crate::dockerfile) fn exec(words: &[String], line: u32, line_end: u32) -> Script {
    let words: Vec<Word> = words.iter().map(|word| Word::literal(word)).collect();
    let mut command = Command { words, line, line_end, ..Command::default() };
    command.unwrap();
    let source = Source { text: "", starts: &[(0, line)], documents: &[] };
    let mut script = Script::default();
    script.commands.push(command);
    let mut reader = Reader::new(source, line, script);
    reader.inner_shell(0);
    finish(reader.script, Ok(()))
}

fn finish(mut script: Script, read: Result<(), Fault>) -> Script {
    if let Err(Fault { what, line }) = read {
        return Script { unread: Some(Unread { what, line }), ..Script::default() };
    }
    script.pipelines.retain(|pipeline| pipeline.elements.len() > 1);
    script
}

/// A place in a shell text, and what was read before it.
pub(super) struct Reader<'a> {
    source: Source<'a>,
    at: usize,
    first_line: u32,
    depth: usize,
    parent: Option<usize>,
    is_nested: bool,
    /// Here-documents whose lines begin after this one.
    pending: Vec<(String, bool, usize)>,
    documents_used: usize,
    /// Which command reads which of the here-documents that are not in the text.
    fed: Vec<(usize, usize)>,
    pub(super) script: Script,
}

impl<'a> Reader<'a> {
    fn new(source: Source<'a>, first_line: u32, script: Script) -> Self {
        Self {
            source,
            at: 0,
            first_line,
            depth: 0,
            parent: None,
            is_nested: false,
            pending: Vec::new(),
            documents_used: 0,
            fed: Vec::new(),
            script,
        }
    }

    pub(super) fn at(&self) -> usize {
        self.at
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.source.text.as_bytes().get(self.at).copied()
    }

    pub(super) fn peek_at(&self, ahead: usize) -> Option<u8> {
        self.source.text.as_bytes().get(self.at.saturating_add(ahead)).copied()
    }

    pub(super) fn skip(&mut self, bytes: usize) {
        self.at = self.at.saturating_add(bytes).min(self.source.text.len());
        // A backslash may have taken the first byte of a longer character.
        while !self.source.text.is_char_boundary(self.at) {
            self.at = self.at.saturating_add(1);
        }
    }

    pub(super) fn copy_character(&mut self, to: &mut String) {
        if let Some(character) = self.rest().chars().next() {
            to.push(character);
            self.at = self.at.saturating_add(character.len_utf8());
        }
    }

    fn rest(&self) -> &'a str {
        self.source.text.get(self.at..).unwrap_or("")
    }

    /// What stands before the next such byte; goes past it.
    pub(super) fn until(&mut self, byte: u8) -> Option<&'a str> {
        let (text, _) = self.rest().split_once(char::from(byte))?;
        self.skip(text.len().saturating_add(1));
        Some(text)
    }

    pub(super) fn line(&self) -> u32 {
        let after = self.source.starts.partition_point(|(start, _)| *start <= self.at);
        self.source.starts.get(after.saturating_sub(1)).map_or(self.first_line, |(_, line)| *line)
    }

    pub(super) fn fault(&self, what: impl Into<String>) -> Fault {
        Fault { what: what.into(), line: self.line() }
    }

    pub(super) fn deeper(&mut self) -> Result<(), Fault> {
        self.depth = self.depth.saturating_add(1);
        if self.depth > DEPTH_MAX {
            Err(self.fault("commands too deep in one another"))
        } else {
            Ok(())
        }
    }

    pub(super) fn shallower(&mut self) {
        self.depth = self.depth.saturating_sub(1);
    }

    pub(super) fn expect(&mut self, byte: u8) -> Result<(), Fault> {
        if self.peek() == Some(byte) {
            self.skip(1);
            return Ok(());
        }
        Err(self.fault(format!("no `{}` where one is needed", char::from(byte))))
    }

    fn whole(&mut self) -> Result<(), Fault> {
        self.list(&[])?;
        if self.at < self.source.text.len() {
            return Err(self.fault("an operator without a command"));
        }
        Ok(())
    }

    /// Goes past blanks, continued lines and comments; past line breaks too where asked.
    fn blanks(&mut self, breaks: bool) {
        loop {
            match self.peek() {
                Some(b' ' | b'\t' | b'\r') => self.skip(1),
                Some(b'\\') if self.peek_at(1) == Some(b'\n') => self.skip(2),
                Some(b'\\') if self.rest().starts_with("\\\r\n") => self.skip(3),
                Some(b'#') => {
                    let comment = self.rest().split('\n').next().unwrap_or("");
                    self.skip(comment.len());
                }
                Some(b'\n') if breaks => self.line_break(),
                _ => return,
            }
        }
    }

    /// Goes past a line break, and the here-documents that begin after it.
    fn line_break(&mut self) {
        self.skip(1);
        for (name, is_indented, command) in std::mem::take(&mut self.pending) {
            let line = self.line();
            let mut body = String::new();
            while self.at < self.source.text.len() {
                let text = self.rest().split('\n').next().unwrap_or("");
                self.skip(text.len().saturating_add(1));
                let text = if is_indented { text.trim_start_matches('\t') } else { text };
                if text.trim_end_matches('\r') == name {
                    break;
                }
                body.push_str(text);
                body.push('\n');
            }
            // What a shell reads from a document it runs; that it cannot be read is no matter here.
            drop(self.shell_input(command, &body, line));
        }
    }

    /// The reserved word or operator here, if it is one of these.
    fn closes(&self, terminators: &[&str]) -> bool {
        terminators.iter().any(|terminator| {
            let Some(after) = self.rest().strip_prefix(terminator) else { return false };
            let is_symbol = terminator.starts_with([')', ';']);
            is_symbol || after.is_empty() || after.as_bytes().first().is_some_and(|b| is_meta(*b))
        })
    }

    /// Commands up to one of these.
    pub(super) fn list(&mut self, terminators: &[&str]) -> Result<(), Fault> {
        self.deeper()?;
        loop {
            self.blanks(true);
            if self.at >= self.source.text.len() || self.closes(terminators) {
                break;
            }
            if self.peek() == Some(b')') {
                return Err(self.fault("a `)` that closes nothing"));
            }
            let first = self.script.commands.len();
            self.pipeline()?;
            self.blanks(false);
            let Some(operator) = self.operator() else {
                if self.at < self.source.text.len()
                    && self.peek() != Some(b'\n')
                    && !self.closes(terminators)
                {
                    return Err(self.fault("a word after the end of a command"));
                }
                continue;
            };
            if self.closes(terminators) {
                // `;;` ends a case.
                break;
            }
            self.skip(operator.len());
            self.mark(first, operator);
        }
        self.shallower();
        Ok(())
    }

    /// Says of the commands just read what stands after them.
    fn mark(&mut self, first: usize, operator: &str) {
        let parent = self.parent;
        let commands = self.script.commands.get_mut(first..).unwrap_or_default();
        if let Some(last) = commands.iter_mut().rfind(|command| command.parent == parent) {
            last.next = next_of(operator);
        }
    }

    fn operator(&self) -> Option<&'static str> {
        ["&&", "||", ";;", "|&", ";", "&", "|"]
            .into_iter()
            .find(|operator| self.rest().starts_with(operator))
    }

    fn pipeline(&mut self) -> Result<(), Fault> {
        let mut elements = Vec::new();
        loop {
            self.blanks(false);
            while self.closes(&["!", "time"]) {
                let word = if self.peek() == Some(b'!') { 1 } else { 4 };
                self.skip(word);
                self.blanks(false);
            }
            let first = self.script.commands.len();
            self.command()?;
            elements.push((first, self.script.commands.len()));
            self.blanks(false);
            match self.operator() {
                Some(operator @ ("|" | "|&")) => {
                    self.skip(operator.len());
                    self.mark(first, operator);
                    self.blanks(true);
                }
                _ => break,
            }
        }
        self.script.pipelines.push(Pipeline { elements, is_nested: self.is_nested });
        Ok(())
    }

    fn command(&mut self) -> Result<(), Fault> {
        self.deeper()?;
        if self.rest().starts_with("((") {
            let end = self.rest().find("))").ok_or_else(|| self.fault("`((` without its end"))?;
            self.skip(end.saturating_add(2));
        } else if self.peek() == Some(b'(') {
            self.skip(1);
            self.list(&[")"])?;
            self.expect(b')')?;
        } else if self.closes(&["{"]) {
            self.skip(1);
            self.list(&["}"])?;
            self.expect(b'}')?;
        } else if self.closes(&["if"]) {
            self.skip(2);
            self.list(&["then"])?;
            self.keyword("then")?;
            loop {
                self.list(&["elif", "else", "fi"])?;
                if self.closes(&["elif"]) {
                    self.skip(4);
                    self.list(&["then"])?;
                    self.keyword("then")?;
                } else if self.closes(&["else"]) {
                    self.skip(4);
                } else {
                    self.keyword("fi")?;
                    break;
                }
            }
        } else if self.closes(&["while", "until"]) {
            self.skip(5);
            self.list(&["do"])?;
            self.body()?;
        } else if self.closes(&["for", "select"]) {
            self.skip(if self.peek() == Some(b'f') { 3 } else { 6 });
            self.for_head()?;
            self.body()?;
        } else if self.closes(&["case"]) {
            self.skip(4);
            self.case()?;
        } else if self.closes(&["[["]) {
            self.test()?;
        } else {
            let is_function = self.closes(&["function"]);
            if is_function {
                self.skip(8);
            }
            self.simple(is_function)?;
            self.shallower();
            return Ok(());
        }
        self.redirections()?;
        self.shallower();
        Ok(())
    }

    fn keyword(&mut self, word: &str) -> Result<(), Fault> {
        if self.closes(&[word]) {
            self.skip(word.len());
            return Ok(());
        }
        Err(self.fault(format!("no `{word}` where one is needed")))
    }

    fn body(&mut self) -> Result<(), Fault> {
        self.keyword("do")?;
        self.list(&["done"])?;
        self.keyword("done")
    }

    fn for_head(&mut self) -> Result<(), Fault> {
        self.blanks(false);
        if self.rest().starts_with("((") {
            let end = self.rest().find("))").ok_or_else(|| self.fault("`((` without its end"))?;
            self.skip(end.saturating_add(2));
        } else {
            self.word()?.ok_or_else(|| self.fault("`for` without a name"))?;
            self.blanks(true);
            if self.closes(&["in"]) {
                self.skip(2);
                self.blanks(false);
                while self.word()?.is_some() {
                    self.blanks(false);
                }
            }
        }
        self.blanks(false);
        if self.peek() == Some(b';') {
            self.skip(1);
        }
        self.blanks(true);
        Ok(())
    }

    fn case(&mut self) -> Result<(), Fault> {
        self.blanks(false);
        self.word()?.ok_or_else(|| self.fault("`case` without a word"))?;
        self.blanks(true);
        self.keyword("in")?;
        loop {
            self.blanks(true);
            if self.closes(&["esac"]) {
                return self.keyword("esac");
            }
            if self.peek() == Some(b'(') {
                self.skip(1);
            }
            loop {
                self.blanks(false);
                self.word()?.ok_or_else(|| self.fault("a `case` without a pattern"))?;
                self.blanks(false);
                if self.peek() != Some(b'|') {
                    break;
                }
                self.skip(1);
            }
            self.expect(b')')?;
            self.list(&[";;", ";&", "esac"])?;
            if self.rest().starts_with(";;&") {
                self.skip(3);
            } else if self.closes(&[";;", ";&"]) {
                self.skip(2);
            }
        }
    }

    /// `[[ … ]]`, as a command of that name.
    fn test(&mut self) -> Result<(), Fault> {
        let index = self.begin()?;
        let mut words = vec![Word::literal("[[")];
        self.skip(2);
        let outer = self.parent.replace(index);
        loop {
            self.blanks(true);
            if self.closes(&["]]"]) {
                self.skip(2);
                break;
            }
            match self.word()? {
                Some(word) => words.push(word),
                None if self.peek().is_some() => self.skip(1),
                None => return Err(self.fault("`[[` without its end")),
            }
        }
        self.parent = outer;
        self.complete(index, Command { words, ..Command::default() });
        Ok(())
    }

    /// Makes room for a command, before those in its words.
    fn begin(&mut self) -> Result<usize, Fault> {
        let index = self.script.commands.len();
        if index >= COMMANDS_MAX {
            return Err(self.fault("too many commands"));
        }
        let line = self.line();
        let (parent, is_nested) = (self.parent, self.is_nested);
        self.script.commands.push(Command { parent, is_nested, line, ..Command::default() });
        Ok(index)
    }

    fn complete(&mut self, index: usize, read: Command) {
        let line_end = self.line();
        if let Some(command) = self.script.commands.get_mut(index) {
            command.words = read.words;
            command.assignments = read.assignments;
            command.redirections = read.redirections;
            command.line_end = line_end.max(command.line);
            command.unwrap();
        }
        self.inner_shell(index);
    }

    fn simple(&mut self, is_function: bool) -> Result<(), Fault> {
        let start = self.at;
        let index = self.begin()?;
        let outer = self.parent.replace(index);
        let mut read = Command::default();
        loop {
            self.blanks(false);
            if self.redirection(index, &mut read.redirections)? {
                continue;
            }
            let is_before_words = read.words.is_empty();
            let assigned = if is_before_words { self.assignment_name() } else { None };
            if let Some(name) = assigned {
                let value = self.assigned_value()?;
                read.assignments.push(Assignment { name, value });
                continue;
            }
            let Some(word) = self.word()? else { break };
            if word.text.ends_with('=') && self.peek() == Some(b'(') {
                // `declare -a NAME=(…)`.
                self.assigned_value()?;
            }
            read.words.push(word);
            let is_definition = read.words.len() == 1
                && (is_function || self.rest().trim_start_matches(' ').starts_with("()"));
            if is_definition {
                self.parent = outer;
                return self.function(index);
            }
        }
        self.parent = outer;
        if self.at == start {
            return Err(self.fault("an operator without a command"));
        }
        self.complete(index, read);
        Ok(())
    }

    /// The body of a function, its name passed: its commands stand for when it is called.
    fn function(&mut self, index: usize) -> Result<(), Fault> {
        self.script.commands.truncate(index);
        self.blanks(false);
        if self.rest().starts_with("()") {
            self.skip(2);
        }
        self.blanks(true);
        self.command()
    }

    /// The name in `NAME=`, gone past, where that is what stands here.
    fn assignment_name(&mut self) -> Option<String> {
        let word_end = self.rest().bytes().position(|b| is_meta(b) || b == b'=')?;
        let name = self.rest().get(..word_end)?;
        let after = self.rest().get(word_end..)?;
        if !after.starts_with('=') {
            return None;
        }
        let name = name.strip_suffix('+').unwrap_or(name);
        let plain = name.split('[').next().unwrap_or(name);
        if !is_name(plain) {
            return None;
        }
        let plain = plain.to_owned();
        self.skip(word_end.saturating_add(1));
        Some(plain)
    }

    fn assigned_value(&mut self) -> Result<Word, Fault> {
        if self.peek() == Some(b'(') {
            // An array.
            self.skip(1);
            let mut all = Word::default();
            loop {
                self.blanks(true);
                match self.word()? {
                    Some(word) => all.text.push_str(&word.text),
                    None => break,
                }
            }
            self.expect(b')')?;
            return Ok(all);
        }
        Ok(self.word()?.unwrap_or_default())
    }

    fn redirections(&mut self) -> Result<(), Fault> {
        let last = self.script.commands.len().saturating_sub(1);
        let mut ignored = Vec::new();
        loop {
            self.blanks(false);
            if !self.redirection(last, &mut ignored)? {
                return Ok(());
            }
        }
    }

    /// Reads a redirection, where one stands here.
    fn redirection(&mut self, index: usize, to: &mut Vec<Redirection>) -> Result<bool, Fault> {
        let digits = self.rest().bytes().take_while(u8::is_ascii_digit).count();
        let rest = self.rest().get(digits..).unwrap_or("");
        let operator = ["&>>", "<<<", "<<-", "&>", "<<", ">>", ">&", "<&", "<>", ">|", ">", "<"]
            .into_iter()
            .find(|operator| rest.starts_with(operator));
        let Some(operator) = operator else { return Ok(false) };
        if rest.starts_with("<(") || rest.starts_with(">(") {
            return Ok(false);
        }
        self.skip(digits.saturating_add(operator.len()));
        self.blanks(false);
        let target = self.word()?.ok_or_else(|| self.fault(format!("`{operator}` to nowhere")))?;
        if matches!(operator, "<<" | "<<-") {
            self.document(&target.text, operator == "<<-", index);
        }
        to.push(Redirection { operator: operator.to_owned(), target });
        Ok(true)
    }

    /// A here-document begins: its text was cut off before, or stands on the lines to come.
    fn document(&mut self, name: &str, is_indented: bool, index: usize) {
        let documents = self.source.documents;
        let given = documents.get(self.documents_used).filter(|document| document.name == name);
        match given {
            Some(_) => {
                self.fed.push((index, self.documents_used));
                self.documents_used = self.documents_used.saturating_add(1);
            }
            None => self.pending.push((name.to_owned(), is_indented, index)),
        }
    }

    /// What a shell is given on its input is run.
    fn shell_input(&mut self, index: usize, text: &str, line: u32) -> Result<(), Fault> {
        let is_shell = self.script.commands.get(index).is_some_and(|command| {
            command.is_any(&SHELLS) && command.args().iter().all(|word| word.text.starts_with('-'))
        });
        if is_shell {
            let outer = self.parent.replace(index);
            let read = self.inner_text(text, line, true);
            self.parent = outer;
            return read;
        }
        Ok(())
    }

    /// Reads the text a command gives to another shell, as `sh -c` does.
    fn inner_shell(&mut self, index: usize) {
        let Some(command) = self.script.commands.get(index) else { return };
        let line = command.line;
        if !command.is_any(&SHELLS) {
            return;
        }
        let mut args = command.args().iter();
        let mut text = None;
        while let Some(word) = args.next() {
            let Some(option) = word.text.strip_prefix(['-', '+']) else { break };
            if option.starts_with('-') {
                continue;
            }
            if option.contains('o') {
                // `-o pipefail`: the option has a name.
                args.next();
            }
            if option.contains('c') {
                text = args.next().map(|word| word.text.clone());
                break;
            }
        }
        let Some(text) = text else { return };
        let outer = self.parent.replace(index);
        // A text with variables in it need not be one that can be read.
        drop(self.inner_text(&text, line, true));
        self.parent = outer;
    }

    /// Reads a text within the text. Its commands are on the line it begins on.
    pub(super) fn inner_text(
        &mut self,
        text: &str,
        line: u32,
        is_nested: bool,
    ) -> Result<(), Fault> {
        self.deeper()?;
        let starts = [(0, line)];
        let source = Source { text, starts: &starts, documents: &[] };
        let mut inner = Reader::new(source, line, std::mem::take(&mut self.script));
        inner.depth = self.depth;
        inner.parent = self.parent;
        inner.is_nested = self.is_nested || is_nested;
        let (commands, pipelines) = (inner.script.commands.len(), inner.script.pipelines.len());
        let read = inner.whole();
        self.script = inner.script;
        if read.is_err() {
            self.script.commands.truncate(commands);
            self.script.pipelines.truncate(pipelines);
        }
        self.shallower();
        read
    }
}
