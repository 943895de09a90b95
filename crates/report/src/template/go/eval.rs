//! Runs a template.

use super::functions::{Context, Function};
use super::print;
use super::tree::{Command, Fault, Name, Node, Pipe, ROOT, Tree, Word, WordKind};
use super::value::{List, Value};
use std::io;

/// Steps of a run: nodes, and words of pipelines. A hundred thousand findings take a few hundred
/// each; this many take a minute.
const STEPS_MAX: u64 = 1_000_000_000;

/// Bytes that a template may write.
const OUTPUT_BYTES_MAX: u64 = 2 << 30;

/// Blocks, parentheses and templates inside of each other while they run, which take frames of the
/// stack. A template that calls itself for each level of a tree is far below.
const DEPTH_MAX: usize = 250;

/// Why a run ended early.
#[derive(Debug)]
pub(crate) enum Halt {
    /// Something is wrong with the template, or with what it does.
    Fault(Fault),
    /// The output does not take it.
    Io(io::Error),
}

impl From<Fault> for Halt {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

/// Writes what a template makes of a value.
pub(crate) fn run<'a>(
    tree: &Tree,
    root: Value<'a>,
    context: Context<'a>,
    out: &mut dyn io::Write,
) -> Result<(), Halt> {
    let mut machine = Machine {
        tree,
        out,
        context,
        variables: vec![(ROOT, root.clone())],
        frame: 0,
        depth: 0,
        steps: 0,
        written: 0,
    };
    machine.nodes(&tree.root, &root)?;
    Ok(())
}

struct Machine<'t, 'o, 'a> {
    tree: &'t Tree,
    out: &'o mut dyn io::Write,
    context: Context<'a>,
    /// Variables that are known here, the innermost last.
    variables: Vec<(Name, Value<'a>)>,
    /// Where those of the template that runs begin.
    frame: usize,
    depth: usize,
    steps: u64,
    written: u64,
}

/// How a list of nodes ended.
#[derive(Clone, Copy, PartialEq)]
enum Flow {
    On,
    Break,
    Continue,
}

impl<'a> Machine<'_, '_, 'a> {
    fn write(&mut self, text: &str) -> Result<(), Halt> {
        self.written += u64::try_from(text.len()).unwrap_or(u64::MAX);
        if self.written > OUTPUT_BYTES_MAX {
            let message = format!("the template writes more than {} GiB", OUTPUT_BYTES_MAX >> 30);
            return Err(Fault::new(0, message).into());
        }
        self.out.write_all(text.as_bytes()).map_err(Halt::Io)
    }

    fn step(&mut self, at: usize) -> Result<(), Fault> {
        self.steps += 1;
        if self.steps > STEPS_MAX {
            return Err(Fault::new(at, format!("the template takes more than {STEPS_MAX} steps")));
        }
        Ok(())
    }

    fn deeper(&mut self, at: usize) -> Result<(), Fault> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            let message =
                format!("more than {DEPTH_MAX} blocks and templates run inside of each other");
            return Err(Fault::new(at, message));
        }
        Ok(())
    }

    fn nodes(&mut self, nodes: &[Node], dot: &Value<'a>) -> Result<Flow, Halt> {
        for node in nodes {
            let flow = self.node(node, dot)?;
            if flow != Flow::On {
                return Ok(flow);
            }
        }
        Ok(Flow::On)
    }

    fn node(&mut self, node: &Node, dot: &Value<'a>) -> Result<Flow, Halt> {
        match node {
            Node::Text(text) => self.write(text)?,
            Node::Break => return Ok(Flow::Break),
            Node::Continue => return Ok(Flow::Continue),
            Node::Action(pipe) => {
                let value = self.pipe(pipe, dot)?;
                if pipe.variables.is_empty() {
                    match &value {
                        Value::Text(text) => self.write(text)?,
                        value => {
                            let text = print::written(value).map_err(|m| Fault::new(pipe.at, m))?;
                            self.write(&text)?;
                        }
                    }
                }
            }
            Node::If { pipe, then, otherwise } => {
                let known = self.variables.len();
                self.deeper(pipe.at)?;
                let is = self.pipe(pipe, dot)?.is_true();
                let flow = self.nodes(if is { then } else { otherwise }, dot)?;
                self.depth -= 1;
                self.variables.truncate(known);
                return Ok(flow);
            }
            Node::With { pipe, then, otherwise } => {
                let known = self.variables.len();
                self.deeper(pipe.at)?;
                let value = self.pipe(pipe, dot)?;
                let flow = if value.is_true() {
                    self.nodes(then, &value)?
                } else {
                    self.nodes(otherwise, dot)?
                };
                self.depth -= 1;
                self.variables.truncate(known);
                return Ok(flow);
            }
            Node::Range { pipe, body, otherwise } => return self.range(pipe, body, otherwise, dot),
            Node::Template { at, name, pipe } => self.template(*at, name, pipe.as_ref(), dot)?,
        }
        Ok(Flow::On)
    }

    fn template(
        &mut self,
        at: usize,
        name: &str,
        pipe: Option<&Pipe>,
        dot: &Value<'a>,
    ) -> Result<(), Halt> {
        let tree = self.tree;
        let Some(nodes) = tree.named.get(name) else {
            return Err(Fault::new(at, format!("there is no template \"{name}\"")).into());
        };
        let given = match pipe {
            Some(pipe) => self.pipe(pipe, dot)?,
            None => Value::Nil,
        };
        self.deeper(at)?;
        let known = self.variables.len();
        let frame = std::mem::replace(&mut self.frame, known);
        self.variables.push((ROOT, given.clone()));
        self.nodes(nodes, &given)?;
        self.variables.truncate(known);
        self.frame = frame;
        self.depth -= 1;
        Ok(())
    }

    fn range(
        &mut self,
        pipe: &Pipe,
        body: &[Node],
        otherwise: &[Node],
        dot: &Value<'a>,
    ) -> Result<Flow, Halt> {
        let known = self.variables.len();
        self.deeper(pipe.at)?;
        let value = self.values(pipe, dot)?;
        let mut is_empty = true;
        let flow = match &value {
            Value::List(list) => self.each(pipe, body, list, &mut is_empty)?,
            Value::Int(count) => {
                if pipe.variables.len() > 1 {
                    let message = "a number is counted to with one variable only";
                    return Err(Fault::new(pipe.at, message).into());
                }
                let mut flow = Flow::On;
                for number in 0..*count {
                    is_empty = false;
                    flow = self.once(pipe, body, Value::Int(number), Value::Int(number))?;
                    if flow == Flow::Break {
                        break;
                    }
                }
                flow
            }
            Value::Map(map) => {
                // A template may change it meanwhile.
                let keys: Vec<_> = map.entries.borrow().keys().cloned().collect();
                let mut flow = Flow::On;
                for key in keys {
                    let Some(value) = map.entries.borrow().get(&key).cloned() else { continue };
                    is_empty = false;
                    flow = self.once(pipe, body, Value::Text(key), value)?;
                    if flow == Flow::Break {
                        break;
                    }
                }
                flow
            }
            Value::Nil => Flow::On,
            other => {
                let message = format!("there is nothing to range over in a {}", other.type_name());
                return Err(Fault::new(pipe.at, message).into());
            }
        };
        debug_assert!(flow != Flow::Continue || !is_empty, "an element went on to the next");
        let flow = if is_empty { self.nodes(otherwise, dot)? } else { Flow::On };
        self.depth -= 1;
        self.variables.truncate(known);
        Ok(flow)
    }

    fn each(
        &mut self,
        pipe: &Pipe,
        body: &[Node],
        list: &List<'a>,
        is_empty: &mut bool,
    ) -> Result<Flow, Halt> {
        for (at, value) in list.iter().enumerate() {
            *is_empty = false;
            let at = Value::Int(i64::try_from(at).unwrap_or(i64::MAX));
            if self.once(pipe, body, at, value)? == Flow::Break {
                return Ok(Flow::Break);
            }
        }
        Ok(Flow::On)
    }

    /// The body for one element.
    fn once(
        &mut self,
        pipe: &Pipe,
        body: &[Node],
        key: Value<'a>,
        value: Value<'a>,
    ) -> Result<Flow, Halt> {
        self.step(pipe.at)?;
        let known = self.variables.len();
        match *pipe.variables.as_slice() {
            [only] => self.set(pipe, only, value.clone())?,
            [first, second] => {
                self.set(pipe, first, key)?;
                self.set(pipe, second, value.clone())?;
            }
            _ => {}
        }
        let flow = self.nodes(body, &value)?;
        self.variables.truncate(known);
        Ok(flow)
    }

    fn set(&mut self, pipe: &Pipe, name: Name, value: Value<'a>) -> Result<(), Fault> {
        if !pipe.assigns {
            self.variables.push((name, value));
            return Ok(());
        }
        let variables = self.variables.get_mut(self.frame..).unwrap_or_default();
        match variables.iter_mut().rev().find(|(known, _)| *known == name) {
            Some((_, variable)) => *variable = value,
            None => return Err(Fault::new(pipe.at, "there is no such variable here")),
        }
        Ok(())
    }

    /// The outcome of a pipeline, which its variable is set to.
    fn pipe(&mut self, pipe: &Pipe, dot: &Value<'a>) -> Result<Value<'a>, Fault> {
        let value = self.values(pipe, dot)?;
        if let [only] = *pipe.variables.as_slice() {
            self.set(pipe, only, value.clone())?;
        }
        Ok(value)
    }

    fn values(&mut self, pipe: &Pipe, dot: &Value<'a>) -> Result<Value<'a>, Fault> {
        let mut value = None;
        for command in &pipe.commands {
            value = Some(self.command(command, dot, value)?);
        }
        Ok(value.unwrap_or(Value::Nil))
    }

    /// A command, given what the one before it came to.
    fn command(
        &mut self,
        command: &Command,
        dot: &Value<'a>,
        before: Option<Value<'a>>,
    ) -> Result<Value<'a>, Fault> {
        let Command { word, arguments } = command;
        if let WordKind::Function(function) = &word.kind {
            return self.call(function, word.at, arguments, dot, before);
        }
        if matches!(word.kind, WordKind::Nil) {
            return Err(Fault::new(word.at, "nil is no command"));
        }
        if let Some(value) = self.method(word, arguments, before.as_ref(), dot)? {
            return Ok(value);
        }
        if !arguments.is_empty() || before.is_some() {
            return Err(Fault::new(word.at, "this is no function, and takes no arguments"));
        }
        self.word(word, dot)
    }

    /// The one method that templates call: `Format` of a time, with a layout.
    fn method(
        &mut self,
        word: &Word,
        arguments: &[Word],
        before: Option<&Value<'a>>,
        dot: &Value<'a>,
    ) -> Result<Option<Value<'a>>, Fault> {
        let fault = |message| Fault::new(word.at, message);
        let (WordKind::Field(fields) | WordKind::Variable(_, fields) | WordKind::Chain(_, fields)) =
            &word.kind
        else {
            return Ok(None);
        };
        let Some((last, fields)) = fields.split_last().filter(|(last, _)| *last == "Format") else {
            return Ok(None);
        };
        let layout = match (arguments, before) {
            ([layout], None) => self.word(layout, dot)?,
            ([], Some(layout)) => layout.clone(),
            _ => return Ok(None),
        };
        let value = match &word.kind {
            WordKind::Variable(name, _) => self.variable(word.at, *name)?,
            WordKind::Chain(inner, _) => self.word(inner, dot)?,
            _ => dot.clone(),
        };
        match (fields_of(value, fields).map_err(fault)?, layout) {
            (Value::Time(time), Value::Text(layout)) => {
                let text = super::moment::format(time, &layout);
                self.context.text(text).map(Some).map_err(fault)
            }
            (Value::NilPointer, _) => Err(fault(format!("there is no time to {last}"))),
            _ => Ok(None),
        }
    }

    fn variable(&self, at: usize, name: Name) -> Result<Value<'a>, Fault> {
        let variables = self.variables.get(self.frame..).unwrap_or_default();
        let found = variables.iter().rev().find(|(known, _)| *known == name);
        let none = || Fault::new(at, "there is no such variable here");
        found.map(|(_, value)| value.clone()).ok_or_else(none)
    }

    fn word(&mut self, word: &Word, dot: &Value<'a>) -> Result<Value<'a>, Fault> {
        self.step(word.at)?;
        let fault = |message| Fault::new(word.at, message);
        Ok(match &word.kind {
            WordKind::Dot => dot.clone(),
            WordKind::Nil => Value::Nil,
            WordKind::Bool(is) => Value::Bool(*is),
            WordKind::Int(number) => Value::Int(*number),
            WordKind::Float(number) => Value::Float(*number),
            WordKind::Text(text) => Value::Text(text.clone()),
            WordKind::Field(fields) => match fields.as_slice() {
                [only] => dot.field(only).map_err(fault)?,
                fields => fields_of(dot.clone(), fields).map_err(fault)?,
            },
            WordKind::Variable(name, fields) => {
                fields_of(self.variable(word.at, *name)?, fields).map_err(fault)?
            }
            WordKind::Function(function) => self.call(function, word.at, &[], dot, None)?,
            WordKind::Pipe(pipe) => {
                self.deeper(word.at)?;
                let value = self.pipe(pipe, dot)?;
                self.depth -= 1;
                value
            }
            WordKind::Chain(inner, fields) => {
                let value = self.word(inner, dot)?;
                fields_of(value, fields).map_err(fault)?
            }
        })
    }

    fn call(
        &mut self,
        function: &'static Function,
        at: usize,
        arguments: &[Word],
        dot: &Value<'a>,
        before: Option<Value<'a>>,
    ) -> Result<Value<'a>, Fault> {
        self.step(at)?;
        let count = arguments.len() + usize::from(before.is_some());
        if count < function.least || count > function.most {
            let wanted = match (function.least, function.most) {
                (least, most) if least == most => least.to_string(),
                (least, usize::MAX) => format!("{least} or more"),
                (least, most) => format!("{least} to {most}"),
            };
            let message = format!("`{}` takes {wanted} arguments, not {count}", function.name);
            return Err(Fault::new(at, message));
        }
        let decides = match function.name {
            "and" => Some(false),
            "or" => Some(true),
            _ => None,
        };
        let mut values = Vec::with_capacity(count);
        for argument in arguments {
            let value = self.word(argument, dot)?;
            if decides.is_some_and(|decides| value.is_true() == decides) {
                return Ok(value);
            }
            values.push(value);
        }
        values.extend(before);
        (function.run)(&mut self.context, &values)
            .map_err(|message| Fault::new(at, format!("{}: {message}", function.name)))
    }
}

fn fields_of<'a>(value: Value<'a>, fields: &[String]) -> Result<Value<'a>, String> {
    fields.iter().try_fold(value, |value, field| value.field(field))
}
