//! From tokens to a tree.

use super::functions;
use super::lex::{Placed, Token, tokens};
use super::tree::{Command, Fault, Name, Node, Pipe, ROOT, Tree, Word, WordKind};
use std::collections::BTreeMap;

/// Blocks and parentheses inside of each other: no template that is read by people has as many, and
/// the parser's own stack must hold them.
const DEPTH_MAX: usize = 100;

/// Words that are no functions.
const KEYWORDS: [&str; 11] = [
    "block", "break", "continue", "define", "else", "end", "if", "nil", "range", "template", "with",
];

/// Reads a template.
pub(crate) fn parse(text: &str) -> Result<Tree, Fault> {
    let mut parser = Parser {
        tokens: tokens(text)?,
        position: 0,
        names: BTreeMap::from([(String::new(), ROOT)]),
        scope: vec![ROOT],
        depth: 0,
        ranges: 0,
        named: BTreeMap::new(),
    };
    let (root, end) = parser.list()?;
    match end {
        Stop::End(at) => Err(Fault::new(at, "there is nothing to `end` here")),
        Stop::Else(at) => {
            Err(Fault::new(at, "there is no `if`, `range` or `with` for this `else`"))
        }
        Stop::Text => Ok(Tree { root, named: parser.named }),
    }
}

struct Parser {
    tokens: Vec<Placed>,
    position: usize,
    names: BTreeMap<String, Name>,
    /// Variables that are known here, the innermost last.
    scope: Vec<Name>,
    depth: usize,
    ranges: usize,
    named: BTreeMap<String, Vec<Node>>,
}

/// What a list of nodes ends with.
enum Stop {
    Text,
    End(usize),
    /// The keyword is past, what follows it is not.
    Else(usize),
}

#[derive(Clone, Copy, PartialEq)]
enum Control {
    If,
    With,
    Range,
}

impl Parser {
    fn peek(&self) -> &Placed {
        const END: &Placed = &Placed { token: Token::End, at: 0, spaced: false };
        self.tokens.get(self.position).or(self.tokens.last()).unwrap_or(END)
    }

    fn next(&mut self) -> Placed {
        let token = self.peek().clone();
        self.position += 1;
        token
    }

    fn takes(&mut self, token: &Token) -> bool {
        let is = self.peek().token == *token;
        if is {
            self.position += 1;
        }
        is
    }

    fn close(&mut self, what: &str) -> Result<(), Fault> {
        if self.takes(&Token::Close) {
            return Ok(());
        }
        Err(Fault::new(self.peek().at, format!("nothing may stand here behind `{what}`")))
    }

    fn deeper(&mut self, at: usize) -> Result<(), Fault> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err(Fault::new(at, format!("more than {DEPTH_MAX} levels are nested")));
        }
        Ok(())
    }

    /// Nodes up to an `end` or `else` that is not theirs.
    fn list(&mut self) -> Result<(Vec<Node>, Stop), Fault> {
        let mut nodes = Vec::new();
        loop {
            let Placed { token, at, .. } = self.next();
            match token {
                Token::Text(text) => nodes.push(Node::Text(text)),
                Token::End => return Ok((nodes, Stop::Text)),
                _ => {
                    let keyword = match &self.peek().token {
                        Token::Word(word) if KEYWORDS.contains(&word.as_str()) => word.clone(),
                        _ => {
                            nodes.push(Node::Action(self.action()?));
                            continue;
                        }
                    };
                    self.position += 1;
                    match keyword.as_str() {
                        "end" => {
                            self.close("end")?;
                            return Ok((nodes, Stop::End(at)));
                        }
                        "else" => return Ok((nodes, Stop::Else(at))),
                        "nil" => return Err(Fault::new(at, "nil cannot be written")),
                        keyword => nodes.extend(self.keyword(keyword, at)?),
                    }
                }
            }
        }
    }

    fn keyword(&mut self, keyword: &str, at: usize) -> Result<Option<Node>, Fault> {
        Ok(Some(match keyword {
            "if" => self.control(Control::If, at)?,
            "with" => self.control(Control::With, at)?,
            "range" => self.control(Control::Range, at)?,
            "template" => {
                let name = self.template_name()?;
                let ends = self.takes(&Token::Close);
                let pipe = if ends { None } else { Some(self.action()?) };
                Node::Template { at, name, pipe }
            }
            "block" => {
                let name = self.template_name()?;
                let pipe = self.action()?;
                self.definition(&name, at)?;
                Node::Template { at, name, pipe: Some(pipe) }
            }
            "define" => {
                let name = self.template_name()?;
                self.close("define")?;
                self.definition(&name, at)?;
                return Ok(None);
            }
            word => {
                self.close(word)?;
                if self.ranges == 0 {
                    return Err(Fault::new(at, format!("`{word}` is for `range` only")));
                }
                if word == "break" { Node::Break } else { Node::Continue }
            }
        }))
    }

    fn template_name(&mut self) -> Result<String, Fault> {
        match self.next() {
            Placed { token: Token::Str(name), .. } => Ok(name),
            Placed { at, .. } => Err(Fault::new(at, "the name of a template stands in quotes")),
        }
    }

    /// A template of its own, up to its `end`. Variables around it are not its.
    fn definition(&mut self, name: &str, at: usize) -> Result<(), Fault> {
        self.deeper(at)?;
        let scope = std::mem::replace(&mut self.scope, vec![ROOT]);
        let ranges = std::mem::take(&mut self.ranges);
        let (nodes, stop) = self.list()?;
        if !matches!(stop, Stop::End(_)) {
            return Err(Fault::new(at, format!("the template \"{name}\" has no `end`")));
        }
        self.scope = scope;
        self.ranges = ranges;
        self.depth -= 1;
        // As in Go, one that is empty stands back behind one that is not.
        let is_empty = |nodes: &[Node]| {
            nodes.iter().all(|node| matches!(node, Node::Text(text) if text.trim().is_empty()))
        };
        match self.named.get(name) {
            Some(known) if !is_empty(known) && !is_empty(&nodes) => {
                return Err(Fault::new(at, format!("there is a template \"{name}\" already")));
            }
            Some(known) if !is_empty(known) => {}
            _ => drop(self.named.insert(name.to_owned(), nodes)),
        }
        Ok(())
    }

    fn control(&mut self, control: Control, at: usize) -> Result<Node, Fault> {
        self.deeper(at)?;
        let known = self.scope.len();
        let pipe = self.pipe(control == Control::Range)?;
        self.end_of_action()?;
        self.ranges += usize::from(control == Control::Range);
        let (then, stop) = self.list()?;
        self.ranges -= usize::from(control == Control::Range);
        let otherwise = match stop {
            Stop::End(_) => vec![],
            Stop::Else(_) => self.otherwise(control)?,
            Stop::Text => return Err(unended(control, at)),
        };
        self.scope.truncate(known);
        self.depth -= 1;
        Ok(match control {
            Control::If => Node::If { pipe, then, otherwise },
            Control::With => Node::With { pipe, then, otherwise },
            Control::Range => Node::Range { pipe, body: then, otherwise },
        })
    }

    /// What stands behind an `else`: `else if` goes on without an `end` of its own.
    fn otherwise(&mut self, control: Control) -> Result<Vec<Node>, Fault> {
        let at = self.peek().at;
        if let Token::Word(word) = &self.peek().token {
            let goes_on = match control {
                Control::If => word == "if",
                Control::With => word == "with",
                Control::Range => false,
            };
            if goes_on {
                self.position += 1;
                return Ok(vec![self.control(control, at)?]);
            }
        }
        self.close("else")?;
        match self.list()? {
            (nodes, Stop::End(_)) => Ok(nodes),
            (_, Stop::Else(at)) => Err(Fault::new(at, "there is an `else` already")),
            (_, Stop::Text) => Err(unended(control, at)),
        }
    }

    /// A pipeline and the end of its action.
    fn action(&mut self) -> Result<Pipe, Fault> {
        let pipe = self.pipe(false)?;
        self.end_of_action()?;
        Ok(pipe)
    }

    fn end_of_action(&mut self) -> Result<(), Fault> {
        if self.takes(&Token::Close) {
            return Ok(());
        }
        Err(Fault::new(self.peek().at, "this does not fit here"))
    }

    fn pipe(&mut self, ranges: bool) -> Result<Pipe, Fault> {
        let at = self.peek().at;
        let (variables, assigns) = self.variables(ranges)?;
        let mut commands = vec![self.command()?];
        while self.takes(&Token::Pipe) {
            // Go lets a pipeline end with its sign.
            if matches!(self.peek().token, Token::Close | Token::RightParen) {
                break;
            }
            let command = self.command()?;
            let is_value = matches!(
                command.word.kind,
                WordKind::Dot
                    | WordKind::Nil
                    | WordKind::Bool(_)
                    | WordKind::Int(_)
                    | WordKind::Float(_)
                    | WordKind::Text(_)
            );
            if is_value {
                return Err(Fault::new(command.word.at, "behind `|` stands a function"));
            }
            commands.push(command);
        }
        // What is declared is not known to its own pipeline.
        if !assigns {
            self.scope.extend(&variables);
        }
        Ok(Pipe { at, variables, assigns, commands })
    }

    /// The variables that a pipeline sets: `$x :=`, `$x =`, and for `range` `$i, $x :=`.
    fn variables(&mut self, ranges: bool) -> Result<(Vec<Name>, bool), Fault> {
        let start = self.position;
        let mut found: Vec<(String, usize)> = Vec::new();
        while let Token::Variable(name) = &self.peek().token {
            found.push((name.clone(), self.peek().at));
            self.position += 1;
            let at = self.peek().at;
            let assigns = match &self.peek().token {
                Token::Declare => false,
                Token::Assign => true,
                Token::Comma if ranges && found.len() < 2 => {
                    self.position += 1;
                    continue;
                }
                Token::Comma => return Err(Fault::new(at, "too many variables are set")),
                _ => break,
            };
            self.position += 1;
            let names = found.into_iter().map(|(name, at)| {
                if assigns {
                    return self.known(&name, at);
                }
                let next = Name::try_from(self.names.len()).unwrap_or(Name::MAX);
                Ok(*self.names.entry(name).or_insert(next))
            });
            return Ok((names.collect::<Result<_, _>>()?, assigns));
        }
        self.position = start;
        Ok((vec![], false))
    }

    fn known(&self, name: &str, at: usize) -> Result<Name, Fault> {
        let found = self.names.get(name).filter(|name| self.scope.contains(name));
        found.copied().ok_or_else(|| Fault::new(at, format!("there is no variable `${name}` here")))
    }

    fn command(&mut self) -> Result<Command, Fault> {
        let mut arguments = Vec::new();
        let Some(word) = self.word()? else {
            let at = self.peek().at;
            return Err(Fault::new(at, "a value or a function is missing here"));
        };
        while self.peek().spaced || matches!(self.peek().token, Token::LeftParen) {
            if !self.peek().spaced {
                return Err(Fault::new(self.peek().at, "a space is missing here"));
            }
            match self.word()? {
                Some(argument) => arguments.push(argument),
                None => break,
            }
        }
        Ok(Command { word, arguments })
    }

    /// A term with the fields behind it.
    fn word(&mut self) -> Result<Option<Word>, Fault> {
        let Some(word) = self.term()? else { return Ok(None) };
        let mut fields = Vec::new();
        while let Placed { token: Token::Field(field), spaced: false, .. } = self.peek() {
            fields.push(field.clone());
            self.position += 1;
        }
        if fields.is_empty() {
            return Ok(Some(word));
        }
        let Word { at, kind } = word;
        let kind = match kind {
            WordKind::Field(mut before) => {
                before.append(&mut fields);
                WordKind::Field(before)
            }
            WordKind::Variable(name, _) => WordKind::Variable(name, fields),
            kind @ (WordKind::Function(_) | WordKind::Pipe(_)) => {
                WordKind::Chain(Box::new(Word { at, kind }), fields)
            }
            _ => return Err(Fault::new(at, "this has no fields")),
        };
        Ok(Some(Word { at, kind }))
    }

    fn term(&mut self) -> Result<Option<Word>, Fault> {
        let at = self.peek().at;
        let kind = match self.peek().token.clone() {
            Token::Dot => WordKind::Dot,
            Token::Field(name) => WordKind::Field(vec![name]),
            Token::Variable(name) => WordKind::Variable(self.known(&name, at)?, vec![]),
            Token::Str(text) => WordKind::Text(text.into()),
            Token::Int(number) => WordKind::Int(number),
            Token::Float(number) => WordKind::Float(number),
            Token::Word(word) => match word.as_str() {
                "true" => WordKind::Bool(true),
                "false" => WordKind::Bool(false),
                "nil" => WordKind::Nil,
                word if KEYWORDS.contains(&word) => {
                    return Err(Fault::new(
                        at,
                        format!("`{word}` stands at the start of an action"),
                    ));
                }
                word => WordKind::Function(
                    functions::find(word).map_err(|message| Fault { at, message })?,
                ),
            },
            Token::LeftParen => {
                self.position += 1;
                self.deeper(at)?;
                let pipe = self.pipe(false)?;
                self.depth -= 1;
                if self.peek().token != Token::RightParen {
                    return Err(Fault::new(
                        self.peek().at,
                        "a parenthesis is not closed before this",
                    ));
                }
                WordKind::Pipe(Box::new(pipe))
            }
            _ => return Ok(None),
        };
        self.position += 1;
        Ok(Some(Word { at, kind }))
    }
}

fn unended(control: Control, at: usize) -> Fault {
    let word = match control {
        Control::If => "if",
        Control::With => "with",
        Control::Range => "range",
    };
    Fault::new(at, format!("this `{word}` has no `end`"))
}
