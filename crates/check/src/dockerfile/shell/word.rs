//! Words of the shell: quotes, variables and substitutions.

use super::read::{Fault, Reader};
use super::{Next, Word};

/// Whether a text is the name of a variable.
pub(super) fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// Characters that end a word outside quotes.
pub(super) fn is_meta(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | b';' | b'&' | b'|' | b'<' | b'>' | b'(' | b')')
}

impl Reader<'_> {
    /// Reads a word; none where there is none.
    pub(super) fn word(&mut self) -> Result<Option<Word>, Fault> {
        let start = self.at();
        let mut word = Word::default();
        while let Some(byte) = self.peek() {
            match byte {
                b'<' | b'>' if self.peek_at(1) == Some(b'(') => {
                    // Process substitution.
                    self.skip(2);
                    self.list(&[")"])?;
                    self.expect(b')')?;
                    word.text.push_str("$()");
                    word.has_expansion = true;
                }
                _ if is_meta(byte) => break,
                b'\'' => self.single_quotes(&mut word)?,
                b'"' => self.double_quotes(&mut word)?,
                b'\\' => {
                    self.skip(1);
                    match self.peek() {
                        Some(b'\n') => self.skip(1),
                        Some(_) => {
                            word.is_quoted = true;
                            self.copy_character(&mut word.text);
                        }
                        None => word.text.push('\\'),
                    }
                }
                b'$' => self.dollar(&mut word, false)?,
                b'`' => self.backticks(&mut word, false)?,
                _ => self.copy_character(&mut word.text),
            }
        }
        Ok((self.at() > start).then_some(word))
    }

    fn single_quotes(&mut self, word: &mut Word) -> Result<(), Fault> {
        word.is_quoted = true;
        self.skip(1);
        let text = self.until(b'\'').ok_or_else(|| self.fault("a quote without its end"))?;
        word.text.push_str(text);
        Ok(())
    }

    fn double_quotes(&mut self, word: &mut Word) -> Result<(), Fault> {
        word.is_quoted = true;
        self.skip(1);
        loop {
            match self.peek() {
                None => return Err(self.fault("a quote without its end")),
                Some(b'"') => {
                    self.skip(1);
                    return Ok(());
                }
                Some(b'\\') => {
                    self.skip(1);
                    match self.peek() {
                        Some(b'\n') => self.skip(1),
                        Some(b'$' | b'`' | b'"' | b'\\') => self.copy_character(&mut word.text),
                        _ => word.text.push('\\'),
                    }
                }
                Some(b'$') => self.dollar(word, true)?,
                Some(b'`') => self.backticks(word, true)?,
                Some(_) => self.copy_character(&mut word.text),
            }
        }
    }

    fn dollar(&mut self, word: &mut Word, is_in_quotes: bool) -> Result<(), Fault> {
        self.skip(1);
        match self.peek() {
            Some(b'(') if self.peek_at(1) == Some(b'(') => {
                self.arithmetic()?;
                word.text.push_str("$()");
                word.has_expansion = true;
            }
            Some(b'(') => {
                self.skip(1);
                self.list(&[")"])?;
                self.expect(b')')?;
                word.text.push_str("$()");
                word.has_expansion = true;
                word.has_bare_substitution |= !is_in_quotes;
            }
            Some(b'{') => {
                self.skip(1);
                let name = self.braced(word, is_in_quotes)?;
                push_variable(word, &name, is_in_quotes);
            }
            Some(b'\'') if !is_in_quotes => {
                // `$'…'`: as single quotes, but that a backslash takes the next character along.
                self.skip(1);
                word.is_quoted = true;
                loop {
                    match self.peek() {
                        None => return Err(self.fault("a quote without its end")),
                        Some(b'\'') => break self.skip(1),
                        Some(b'\\') => {
                            self.copy_character(&mut word.text);
                            self.copy_character(&mut word.text);
                        }
                        Some(_) => self.copy_character(&mut word.text),
                    }
                }
            }
            Some(byte) if byte.is_ascii_alphabetic() || byte == b'_' => {
                let mut name = String::new();
                while self.peek().is_some_and(|b| b.is_ascii_alphanumeric() || b == b'_') {
                    self.copy_character(&mut name);
                }
                push_variable(word, &name, is_in_quotes);
            }
            Some(b'@' | b'*' | b'#' | b'?' | b'$' | b'!' | b'-' | b'0'..=b'9') => {
                let mut name = String::new();
                self.copy_character(&mut name);
                push_variable(word, &name, is_in_quotes);
            }
            _ => word.text.push('$'),
        }
        Ok(())
    }

    /// What is within `${` and `}`; returns the variable's name.
    fn braced(&mut self, word: &mut Word, is_in_quotes: bool) -> Result<String, Fault> {
        self.deeper()?;
        let mut name = String::new();
        // `${#NAME}` and `${!NAME}`.
        if matches!(self.peek(), Some(b'#' | b'!')) && self.peek_at(1) != Some(b'}') {
            self.skip(1);
        }
        while self.peek().is_some_and(|b| b.is_ascii_alphanumeric() || b"_@*#?$!-".contains(&b)) {
            let is_special = self.peek().is_some_and(|b| !b.is_ascii_alphanumeric() && b != b'_');
            if is_special && !name.is_empty() {
                break;
            }
            self.copy_character(&mut name);
            if is_special {
                break;
            }
        }
        // The default is no part of the word's text, but its substitutions are run.
        let mut default = Word::default();
        loop {
            match self.peek() {
                None => return Err(self.fault("`${` without its end")),
                Some(b'}') => break self.skip(1),
                Some(b'\\') => self.skip(2),
                Some(b'\'') if !is_in_quotes => self.single_quotes(&mut default)?,
                Some(b'"') => self.double_quotes(&mut default)?,
                Some(b'$') => self.dollar(&mut default, true)?,
                Some(b'`') => self.backticks(&mut default, true)?,
                Some(_) => self.copy_character(&mut default.text),
            }
        }
        word.has_expansion = true;
        self.shallower();
        Ok(name)
    }

    /// `$((…))`, from its first parenthesis on.
    fn arithmetic(&mut self) -> Result<(), Fault> {
        let mut open = 0_usize;
        let mut ignored = Word::default();
        loop {
            match self.peek() {
                None => return Err(self.fault("`$((` without its end")),
                Some(b'(') => open = open.saturating_add(1),
                Some(b')') => open = open.saturating_sub(1),
                Some(b'$') => {
                    self.deeper()?;
                    self.dollar(&mut ignored, true)?;
                    self.shallower();
                    continue;
                }
                Some(_) => {}
            }
            self.skip(1);
            if open == 0 {
                return Ok(());
            }
        }
    }

    fn backticks(&mut self, word: &mut Word, is_in_quotes: bool) -> Result<(), Fault> {
        self.skip(1);
        let line = self.line();
        let mut inner = String::new();
        loop {
            match self.peek() {
                None => return Err(self.fault("a backtick without its end")),
                Some(b'`') => break self.skip(1),
                Some(b'\\') if matches!(self.peek_at(1), Some(b'`' | b'\\' | b'$')) => {
                    self.skip(1);
                    self.copy_character(&mut inner);
                }
                Some(_) => self.copy_character(&mut inner),
            }
        }
        self.inner_text(&inner, line, false)?;
        word.text.push_str("$()");
        word.has_expansion = true;
        word.has_bare_substitution |= !is_in_quotes;
        Ok(())
    }
}

fn push_variable(word: &mut Word, name: &str, is_in_quotes: bool) {
    word.text.push_str("${");
    word.text.push_str(name);
    word.text.push('}');
    word.has_expansion = true;
    if !is_in_quotes {
        word.bare_variables.push(name.to_owned());
    }
}

/// What an operator between commands means for the command before it.
pub(super) fn next_of(operator: &str) -> Next {
    match operator {
        "&&" => Next::And,
        "||" => Next::Or,
        "|" | "|&" => Next::Pipe,
        _ => Next::Then,
    }
}
