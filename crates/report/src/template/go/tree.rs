//! A template as it was read: nodes with the place in the text that errors name.

use super::functions::Function;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What is wrong, and the byte of the template's text where.
#[derive(Debug)]
pub(crate) struct Fault {
    pub(crate) at: usize,
    pub(crate) message: String,
}

impl Fault {
    pub(super) fn new(at: usize, message: impl Into<String>) -> Self {
        Self { at, message: message.into() }
    }
}

/// A template and those it defines by name.
#[derive(Debug)]
pub(crate) struct Tree {
    pub(super) root: Vec<Node>,
    pub(super) named: BTreeMap<String, Vec<Node>>,
}

#[derive(Debug)]
pub(super) enum Node {
    Text(String),
    Action(Pipe),
    If { pipe: Pipe, then: Vec<Self>, otherwise: Vec<Self> },
    With { pipe: Pipe, then: Vec<Self>, otherwise: Vec<Self> },
    Range { pipe: Pipe, body: Vec<Self>, otherwise: Vec<Self> },
    Template { at: usize, name: String, pipe: Option<Pipe> },
    Break,
    Continue,
}

/// The number of a variable's name. The same name has the same number in the whole text.
pub(super) type Name = u32;

/// The variable `$`: what a template was given.
pub(super) const ROOT: Name = 0;

/// Commands, each of which gets what the one before it gave, and the variables set to the outcome.
#[derive(Debug)]
pub(super) struct Pipe {
    pub(super) at: usize,
    pub(super) variables: Vec<Name>,
    /// Whether the variables are there already: `=`, not `:=`.
    pub(super) assigns: bool,
    pub(super) commands: Vec<Command>,
}

/// A word, and the arguments behind it.
#[derive(Debug)]
pub(super) struct Command {
    pub(super) word: Word,
    pub(super) arguments: Vec<Word>,
}

#[derive(Debug)]
pub(super) struct Word {
    pub(super) at: usize,
    pub(super) kind: WordKind,
}

#[derive(Debug)]
pub(super) enum WordKind {
    Dot,
    Nil,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(Arc<str>),
    /// `.A.B`
    Field(Vec<String>),
    /// `$x.A.B`
    Variable(Name, Vec<String>),
    Function(&'static Function),
    /// `(…)`
    Pipe(Box<Pipe>),
    /// `(…).A.B`
    Chain(Box<Word>, Vec<String>),
}
