//! From text to tokens, as Go's `text/template` splits it.

use super::tree::Fault;

/// What a template's text is made of. Texts and strings are as they will be written.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    Text(String),
    Open,
    Close,
    /// A word: a keyword or the name of a function.
    Word(String),
    /// `.Name`
    Field(String),
    /// `$name`, without the `$`.
    Variable(String),
    Dot,
    Str(String),
    Int(i64),
    Float(f64),
    Pipe,
    LeftParen,
    RightParen,
    Declare,
    Assign,
    Comma,
    End,
}

/// A token, where it begins, and whether there is a space before it.
#[derive(Clone, Debug)]
pub(super) struct Placed {
    pub(super) token: Token,
    pub(super) at: usize,
    pub(super) spaced: bool,
}

const SPACES: [char; 4] = [' ', '\t', '\r', '\n'];

/// Splits a template into tokens; the last one is `End`.
pub(super) fn tokens(text: &str) -> Result<Vec<Placed>, Fault> {
    let mut lexer = Lexer { text, at: 0, tokens: Vec::new(), parens: 0 };
    lexer.run()?;
    Ok(lexer.tokens)
}

struct Lexer<'t> {
    text: &'t str,
    at: usize,
    tokens: Vec<Placed>,
    parens: usize,
}

impl<'t> Lexer<'t> {
    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn push(&mut self, at: usize, spaced: bool, token: Token) {
        self.tokens.push(Placed { token, at, spaced });
    }

    fn run(&mut self) -> Result<(), Fault> {
        loop {
            let rest = self.rest();
            let Some(open) = rest.find("{{") else {
                if !rest.is_empty() {
                    self.push(self.at, false, Token::Text(rest.to_owned()));
                }
                self.push(self.text.len(), false, Token::End);
                return Ok(());
            };
            let (before, behind) = rest.split_at(open);
            let inside = behind.get(2..).unwrap_or_default();
            let trims = inside.strip_prefix('-').is_some_and(|next| next.starts_with(SPACES));
            let before = if trims { before.trim_end_matches(SPACES) } else { before };
            if !before.is_empty() {
                self.push(self.at, false, Token::Text(before.to_owned()));
            }
            let opened = self.at + open;
            self.at = opened + 2 + if trims { 2 } else { 0 };
            // The space that belongs to the marker is behind it, and may stand before a comment.
            let marked = inside.get(if trims { 2 } else { 0 }..).unwrap_or_default();
            if marked.starts_with("/*") {
                self.comment(opened)?;
            } else {
                self.push(opened, false, Token::Open);
                self.action(opened)?;
            }
        }
    }

    fn comment(&mut self, opened: usize) -> Result<(), Fault> {
        let Some(length) = self.rest().find("*/") else {
            return Err(Fault::new(opened, "the comment does not end"));
        };
        self.at += length + 2;
        if self.close().is_none() {
            return Err(Fault::new(self.at, "a comment ends right before the closing `}}`"));
        }
        Ok(())
    }

    /// Goes past the closing delimiter, and the space behind it where a marker asks for that.
    fn close(&mut self) -> Option<()> {
        let rest = self.rest();
        if rest.starts_with("}}") {
            self.at += 2;
            return Some(());
        }
        let marker = rest.strip_prefix(SPACES)?;
        let behind = marker.strip_prefix("-}}")?;
        self.at = self.text.len() - behind.trim_start_matches(SPACES).len();
        Some(())
    }

    fn action(&mut self, opened: usize) -> Result<(), Fault> {
        self.parens = 0;
        let mut spaced = false;
        loop {
            let at = self.at;
            if self.close().is_some() {
                if self.parens > 0 {
                    return Err(Fault::new(at, "a parenthesis is not closed"));
                }
                self.push(at, spaced, Token::Close);
                return Ok(());
            }
            let Some(first) = self.rest().chars().next() else {
                return Err(Fault::new(opened, "the action is not closed by `}}`"));
            };
            if SPACES.contains(&first) {
                self.at += 1;
                spaced = true;
                continue;
            }
            let token = self.token(first)?;
            self.push(at, spaced, token);
            spaced = false;
        }
    }

    fn token(&mut self, first: char) -> Result<Token, Fault> {
        let at = self.at;
        let rest = self.rest();
        let digit = |text: &str| text.starts_with(|c: char| c.is_ascii_digit());
        let behind = rest.get(first.len_utf8()..).unwrap_or_default();
        Ok(match first {
            '|' => self.take(1, Token::Pipe),
            ',' => self.take(1, Token::Comma),
            '=' => self.take(1, Token::Assign),
            ':' if behind.starts_with('=') => self.take(2, Token::Declare),
            '(' => {
                self.parens += 1;
                self.take(1, Token::LeftParen)
            }
            ')' => {
                let Some(parens) = self.parens.checked_sub(1) else {
                    return Err(Fault::new(at, "there is no parenthesis to close"));
                };
                self.parens = parens;
                self.take(1, Token::RightParen)
            }
            '"' => self.quoted('"').map(Token::Str)?,
            '\'' => self.character()?,
            '`' => self.raw()?,
            '.' if !digit(behind) => {
                self.at += 1;
                let name = self.name();
                if name.is_empty() { Token::Dot } else { Token::Field(self.ended(name)?) }
            }
            '$' => {
                self.at += 1;
                let name = self.name();
                Token::Variable(if name.is_empty() { name } else { self.ended(name)? })
            }
            '+' | '-' | '.' | '0'..='9' => self.number()?,
            c if is_name(c) => {
                let name = self.name();
                Token::Word(self.ended(name)?)
            }
            c => return Err(Fault::new(at, format!("`{}` means nothing here", c.escape_debug()))),
        })
    }

    fn take(&mut self, length: usize, token: Token) -> Token {
        self.at += length;
        token
    }

    fn name(&mut self) -> String {
        let rest = self.rest();
        let length = rest.find(|c| !is_name(c)).unwrap_or(rest.len());
        self.at += length;
        rest.get(..length).unwrap_or_default().to_owned()
    }

    /// A name, if what stands behind it may stand behind a name.
    fn ended(&self, name: String) -> Result<String, Fault> {
        let rest = self.rest();
        let fits = rest.is_empty()
            || rest.starts_with("}}")
            || rest.starts_with(|c| SPACES.contains(&c) || ".,|:=()".contains(c));
        match rest.chars().next().filter(|_| !fits) {
            None => Ok(name),
            Some(c) => {
                Err(Fault::new(self.at, format!("`{}` does not fit here", c.escape_debug())))
            }
        }
    }

    fn number(&mut self) -> Result<Token, Fault> {
        let at = self.at;
        let rest = self.rest();
        let unsigned = rest.strip_prefix(['+', '-']).unwrap_or(rest);
        let lower = unsigned.get(..2).unwrap_or_default().to_ascii_lowercase();
        let radix = match lower.as_str() {
            "0x" => 16,
            "0o" => 8,
            "0b" => 2,
            _ => 10,
        };
        let mut length = rest.len() - unsigned.len() + if radix == 10 { 0 } else { 2 };
        let mut before = ' ';
        for c in rest.get(length..).unwrap_or_default().chars() {
            let is_part = c.is_digit(radix)
                || c == '_'
                || (radix == 10 && matches!(c, '.' | 'e' | 'E'))
                || (radix == 10 && matches!(c, '+' | '-') && matches!(before, 'e' | 'E'));
            if !is_part {
                break;
            }
            length += c.len_utf8();
            before = c;
        }
        self.at += length;
        let written = rest.get(..length).unwrap_or_default();
        let wrong = || Fault::new(at, format!("`{written}` is no number"));
        if self.rest().starts_with(is_name) {
            return Err(wrong());
        }
        let plain = written.replace('_', "");
        if radix == 10 && plain.contains(['.', 'e', 'E']) {
            return plain.parse().map(Token::Float).map_err(|_| wrong());
        }
        let (negative, digits) = match plain.strip_prefix('-') {
            Some(digits) => (true, digits),
            None => (false, plain.strip_prefix('+').unwrap_or(&plain)),
        };
        // As in Go, a zero in front makes an octal number.
        let (radix, digits) = match radix {
            10 if digits.len() > 1 && digits.starts_with('0') => (8, digits),
            10 => (10, digits),
            radix => (radix, digits.get(2..).unwrap_or_default()),
        };
        let magnitude = i128::from_str_radix(digits, radix).map_err(|_| wrong())?;
        let value = if negative { -magnitude } else { magnitude };
        i64::try_from(value).map(Token::Int).map_err(|_| wrong())
    }

    fn raw(&mut self) -> Result<Token, Fault> {
        let at = self.at;
        let behind = self.rest().get(1..).unwrap_or_default();
        let Some(length) = behind.find('`') else {
            return Err(Fault::new(at, "the raw string does not end"));
        };
        self.at += length + 2;
        // Go's source, and so its raw strings, knows no carriage returns.
        Ok(Token::Str(behind.get(..length).unwrap_or_default().replace('\r', "")))
    }

    fn character(&mut self) -> Result<Token, Fault> {
        let at = self.at;
        let text = self.quoted('\'')?;
        let mut chars = text.chars();
        match (chars.next(), chars.next()) {
            (Some(c), None) => Ok(Token::Int(i64::from(u32::from(c)))),
            _ => Err(Fault::new(at, "one character stands between single quotes")),
        }
    }

    fn quoted(&mut self, quote: char) -> Result<String, Fault> {
        let opened = self.at;
        let unended = || Fault::new(opened, "the string does not end");
        let mut text = String::new();
        let mut chars = self.rest().char_indices().skip(1);
        while let Some((at, c)) = chars.next() {
            match c {
                '\n' => return Err(unended()),
                '\\' => {
                    let (_, escape) = chars.next().ok_or_else(unended)?;
                    let digits = match escape {
                        'u' => 4,
                        'U' => 8,
                        'x' | '0'..='7' => 2,
                        _ => 0,
                    };
                    let mut code = String::new();
                    if escape.is_ascii_digit() {
                        code.push(escape);
                    }
                    for _ in 0..digits {
                        code.extend(chars.next().map(|(_, c)| c));
                    }
                    let read = unescape(escape, &code);
                    text.push(read.ok_or_else(|| {
                        let message = format!("`\\{}{code}` is no escape", escape.escape_debug());
                        Fault::new(opened + at, message)
                    })?);
                }
                c if c == quote => {
                    self.at = opened + at + 1;
                    return Ok(text);
                }
                c => text.push(c),
            }
        }
        Err(unended())
    }
}

/// The character of an escape. Bytes that are no characters cannot be written.
fn unescape(escape: char, code: &str) -> Option<char> {
    Some(match escape {
        'a' => '\u{7}',
        'b' => '\u{8}',
        'f' => '\u{c}',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'v' => '\u{b}',
        '\\' | '"' | '\'' => escape,
        'x' => char::from_u32(u32::from_str_radix(code, 16).ok()?).filter(char::is_ascii)?,
        'u' | 'U' => char::from_u32(u32::from_str_radix(code, 16).ok()?)?,
        '0'..='7' => char::from_u32(u32::from_str_radix(code, 8).ok()?).filter(char::is_ascii)?,
        _ => return None,
    })
}

fn is_name(c: char) -> bool {
    c == '_' || c.is_alphanumeric()
}
