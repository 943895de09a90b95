//! What expressions come to, as far as the files of a folder say it.

use super::block::Block;
use super::function;
use super::hcl::Lines;
use crate::tree::{Entry, Node, Value};
use hcl_edit::Span;
use hcl_edit::expr::{
    BinaryOperator, Expression as Hcl, ObjectKey, Traversal, TraversalOperator, UnaryOperator,
};
use hcl_edit::template::{Element, Template};
use lazaret_core::location::LineRange;
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

/// Steps for one folder; real ones take thousands.
const STEPS_MAX: usize = 2_000_000;

/// How deep expressions lie in each other, locals that name locals included.
const DEPTH_MAX: usize = 128;

/// The longest text that an expression may come to.
const TEXT_BYTES_MAX: usize = 256 * 1024;

/// Instances of one block that are written out; those beyond are like one of them.
const INSTANCES_MAX: usize = 100;

/// An expression as it was written.
#[derive(Clone, Debug)]
pub(super) enum Expression {
    /// In Terraform's own syntax, with the lines of its file.
    Hcl(Hcl, Rc<Lines>),
    /// In JSON, where texts are templates.
    Json(Node),
}

/// A block whose expressions are as they were written.
#[derive(Clone, Debug)]
pub(super) struct RawBlock {
    pub(super) kind: String,
    pub(super) labels: Vec<String>,
    pub(super) lines: LineRange,
    pub(super) attributes: Vec<(String, LineRange, Expression)>,
    pub(super) blocks: Vec<Self>,
}

/// The variables and locals of a folder.
#[derive(Default)]
pub(super) struct Module {
    variables: BTreeMap<String, Expression>,
    values: BTreeMap<String, Expression>,
    locals: BTreeMap<String, Expression>,
    /// What has been evaluated; nothing while it is being evaluated, so that a circle has an end.
    known: RefCell<BTreeMap<String, Option<Node>>>,
    steps: Cell<usize>,
}

/// Names that stand for something within a block or an expression.
#[derive(Clone, Default)]
struct Scope {
    names: Rc<Vec<(String, Node)>>,
    depth: usize,
}

impl RawBlock {
    fn attribute(&self, name: &str) -> Option<&(String, LineRange, Expression)> {
        self.attributes.iter().find(|(key, ..)| key == name)
    }
}

impl Module {
    /// Takes the values of a file of values.
    pub(super) fn add_values(&mut self, blocks: &[RawBlock]) {
        for (name, _, value) in blocks.iter().flat_map(|block| &block.attributes) {
            self.values.insert(name.clone(), value.clone());
        }
    }

    /// Takes the variables and locals of a file.
    pub(super) fn add(&mut self, blocks: &[RawBlock]) {
        for block in blocks {
            match (block.kind.as_str(), block.labels.first()) {
                ("variable", Some(name)) => {
                    if let Some((_, _, default)) = block.attribute("default") {
                        self.variables.insert(name.clone(), default.clone());
                    }
                }
                ("locals", _) => {
                    for (name, _, value) in &block.attributes {
                        self.locals.insert(name.clone(), value.clone());
                    }
                }
                _ => {}
            }
        }
    }

    /// Whether evaluation was given up.
    pub(super) fn is_exhausted(&self) -> bool {
        self.steps.get() > STEPS_MAX
    }

    /// The resources, data and the like of a file, instances written out.
    pub(super) fn blocks(&self, blocks: &[RawBlock]) -> Vec<Block> {
        let mut evaluated = Vec::new();
        for block in blocks.iter().filter(|block| !block.kind.is_empty()) {
            for scope in self.instances(block) {
                evaluated.push(Block {
                    kind: block.kind.clone(),
                    labels: block.labels.clone(),
                    body: self.body(block, &scope),
                    lines: block.lines,
                });
            }
        }
        evaluated
    }

    /// What `each` and `count` stand for in the instances of a block.
    fn instances(&self, block: &RawBlock) -> Vec<Scope> {
        let none = Scope::default();
        if let Some((_, lines, count)) = block.attribute("count") {
            let count = self.expression(count, *lines, &none);
            let is_none = count.integer() == Some(0) || count.text() == Some("0");
            return if is_none { Vec::new() } else { vec![none] };
        }
        let Some((_, lines, each)) = block.attribute("for_each") else { return vec![none] };
        let each = self.expression(each, *lines, &none);
        let Some(elements) = elements(&each) else { return vec![none] };
        let scope = |(key, value): (Node, Node)| {
            let lines = key.lines;
            let entries = vec![entry("key", key), entry("value", value)];
            none.with("each", Node::new(Value::Map(entries), lines))
        };
        elements.into_iter().take(INSTANCES_MAX).map(scope).collect()
    }

    fn body(&self, block: &RawBlock, scope: &Scope) -> Node {
        let mut entries: Vec<Entry> = Vec::new();
        for (key, lines, expression) in &block.attributes {
            let value = self.expression(expression, *lines, scope);
            entries.push(Entry { key: key.clone(), lines: *lines, value });
        }
        let mut places: BTreeMap<String, usize> =
            entries.iter().zip(0..).map(|(entry, at)| (entry.key.clone(), at)).collect();
        for nested in &block.blocks {
            let (name, bodies) = match (nested.kind.as_str(), nested.labels.first()) {
                ("dynamic", Some(name)) => (name.clone(), self.dynamic(name, nested, scope)),
                _ => (nested.kind.clone(), vec![self.body(nested, &scope.deeper())]),
            };
            let at = *places.entry(name.clone()).or_insert(entries.len());
            match entries.get_mut(at).map(|entry| &mut entry.value.value) {
                Some(Value::List(items)) => items.extend(bodies),
                Some(_) => {}
                None => {
                    let value = Node::new(Value::List(bodies), nested.lines);
                    entries.push(Entry { key: name, lines: nested.lines, value });
                }
            }
        }
        // A list of no blocks is no block.
        entries
            .retain(|entry| !matches!(&entry.value.value, Value::List(items) if items.is_empty()));
        Node::new(Value::Map(entries), block.lines)
    }

    /// Writes `dynamic "x" { for_each = … content { … } }` out.
    fn dynamic(&self, name: &str, block: &RawBlock, scope: &Scope) -> Vec<Node> {
        let unknown = || vec![Node::new(Value::Unknown, block.lines)];
        let each = block.attribute("for_each").map(|(_, lines, each)| {
            let each = self.expression(each, *lines, scope);
            elements(&each)
        });
        let Some(content) = block.blocks.iter().find(|nested| nested.kind == "content") else {
            return unknown();
        };
        let Some(Some(elements)) = each else { return unknown() };
        let iterator = block.attribute("iterator").map(|(_, _, expression)| match expression {
            Expression::Hcl(Hcl::Variable(name), _) => name.as_str().to_owned(),
            _ => String::new(),
        });
        let iterator = iterator.unwrap_or_else(|| name.to_owned());
        let body = |(key, value): (Node, Node)| {
            let lines = key.lines;
            let entries = vec![entry("key", key), entry("value", value)];
            let scope = scope.with(&iterator, Node::new(Value::Map(entries), lines));
            self.body(content, &scope)
        };
        elements.into_iter().take(INSTANCES_MAX).map(body).collect()
    }

    fn expression(&self, expression: &Expression, lines: LineRange, scope: &Scope) -> Node {
        match expression {
            Expression::Hcl(hcl, at) => self.hcl(hcl, lines, at, scope),
            Expression::Json(node) => self.json(node, scope),
        }
    }

    fn json(&self, node: &Node, scope: &Scope) -> Node {
        let value = match &node.value {
            Value::Text(text) if text.contains("${") || text.contains("%{") => {
                match hcl_edit::parser::parse_template(text) {
                    Ok(template) => self.template(&template, node.lines, &Lines::default(), scope),
                    Err(_) => Value::Unknown,
                }
            }
            Value::List(items) => {
                Value::List(items.iter().map(|item| self.json(item, scope)).collect())
            }
            Value::Map(entries) => Value::Map(
                entries
                    .iter()
                    .map(|entry| Entry { value: self.json(&entry.value, scope), ..entry.clone() })
                    .collect(),
            ),
            value => value.clone(),
        };
        relocated(Node::new(value, node.lines), None)
    }

    /// What an expression comes to. `lines` are those of what it is in.
    fn hcl(&self, hcl: &Hcl, lines: LineRange, at: &Lines, scope: &Scope) -> Node {
        // Expressions within a text of JSON have no lines of their own.
        let lines = match hcl.span() {
            Some(span) if !at.is_empty() => at.of(&span),
            _ => lines,
        };
        self.steps.set(self.steps.get().saturating_add(1));
        if self.is_exhausted() || scope.depth > DEPTH_MAX {
            return Node::new(Value::Unknown, lines);
        }
        let scope = &scope.deeper();
        let value = match hcl {
            Hcl::Null(_) => Value::Null,
            Hcl::Bool(value) => Value::Bool(*value.value()),
            Hcl::Number(number) => match (number.value().as_i64(), number.value().as_f64()) {
                (Some(number), _) => Value::Integer(number),
                (None, Some(number)) => Value::Float(number),
                (None, None) => Value::Unknown,
            },
            Hcl::String(text) => Value::Text(text.value().clone()),
            Hcl::StringTemplate(template) => self.elements(template.iter(), lines, at, scope),
            Hcl::HeredocTemplate(heredoc) => self.template(&heredoc.template, lines, at, scope),
            Hcl::Array(array) => {
                Value::List(array.iter().map(|item| self.hcl(item, lines, at, scope)).collect())
            }
            Hcl::Object(object) => {
                let mut entries = Vec::new();
                for (key, value) in object {
                    let name = match key {
                        ObjectKey::Ident(name) => Some(name.as_str().to_owned()),
                        ObjectKey::Expression(key) => text_of(&self.hcl(key, lines, at, scope)),
                    };
                    // One name that is not known may be any.
                    let Some(key) = name else { return Node::new(Value::Unknown, lines) };
                    let value = self.hcl(value.expr(), lines, at, scope);
                    entries.push(Entry { key, lines: value.lines, value });
                }
                Value::Map(entries)
            }
            Hcl::Parenthesis(inner) => self.hcl(inner.inner(), lines, at, scope).value,
            Hcl::Variable(name) => {
                scope.get(name.as_str()).map_or(Value::Unknown, |n| n.value.clone())
            }
            Hcl::Conditional(conditional) => {
                match self.hcl(&conditional.cond_expr, lines, at, scope).bool() {
                    Some(true) => self.hcl(&conditional.true_expr, lines, at, scope).value,
                    Some(false) => self.hcl(&conditional.false_expr, lines, at, scope).value,
                    None => Value::Unknown,
                }
            }
            Hcl::FuncCall(call) => {
                let arguments =
                    call.args.iter().map(|item| self.hcl(item, lines, at, scope)).collect();
                let name =
                    if call.name.namespace.is_empty() { call.name.name.as_str() } else { "" };
                function::call(name, arguments)
            }
            Hcl::Traversal(traversal) => self.traversal(traversal, lines, at, scope),
            Hcl::UnaryOp(op) => {
                let value = self.hcl(&op.expr, lines, at, scope).value;
                match (op.operator.value(), value) {
                    (UnaryOperator::Not, Value::Bool(value)) => Value::Bool(!value),
                    (UnaryOperator::Neg, Value::Integer(value)) => {
                        value.checked_neg().map_or(Value::Unknown, Value::Integer)
                    }
                    (UnaryOperator::Neg, Value::Float(value)) => Value::Float(-value),
                    _ => Value::Unknown,
                }
            }
            Hcl::BinaryOp(op) => {
                let left = self.hcl(&op.lhs_expr, lines, at, scope);
                let right = self.hcl(&op.rhs_expr, lines, at, scope);
                binary(*op.operator.value(), &left, &right)
            }
            Hcl::ForExpr(each) => self.each(each, lines, at, scope),
        };
        self.charge(Node::new(value, lines))
    }

    /// Counts what a value holds, and gives up on what has become too large.
    fn charge(&self, node: Node) -> Node {
        let mut count = 0_usize;
        node.each_range(&mut |_| count = count.saturating_add(1));
        self.steps.set(self.steps.get().saturating_add(count));
        if self.is_exhausted() { Node::new(Value::Unknown, node.lines) } else { node }
    }

    fn template(&self, template: &Template, lines: LineRange, at: &Lines, scope: &Scope) -> Value {
        self.elements(template.iter(), lines, at, scope)
    }

    fn elements<'t>(
        &self,
        elements: impl Iterator<Item = &'t Element>,
        lines: LineRange,
        at: &Lines,
        scope: &Scope,
    ) -> Value {
        let elements: Vec<&Element> = elements.collect();
        // `"${x}"` is x, whatever that is.
        if let [Element::Interpolation(only)] = elements.as_slice() {
            return self.hcl(&only.expr, lines, at, scope).value;
        }
        let mut text = String::new();
        for element in elements {
            match element {
                Element::Literal(literal) => text.push_str(literal.value()),
                Element::Interpolation(inner) => {
                    match text_of(&self.hcl(&inner.expr, lines, at, scope)) {
                        Some(value) => text.push_str(&value),
                        None => return Value::Unknown,
                    }
                }
                Element::Directive(_) => return Value::Unknown,
            }
            if text.len() > TEXT_BYTES_MAX {
                return Value::Unknown;
            }
        }
        Value::Text(text)
    }

    fn traversal(
        &self,
        traversal: &Traversal,
        lines: LineRange,
        at: &Lines,
        scope: &Scope,
    ) -> Value {
        let mut operators = traversal.operators.iter().map(hcl_edit::Decorated::value);
        let root = match &traversal.expr {
            Hcl::Variable(name) if scope.get(name.as_str()).is_none() => {
                let Some(TraversalOperator::GetAttr(key)) = operators.next() else {
                    return Value::Unknown;
                };
                self.named(name.as_str(), key.as_str(), scope)
            }
            root => Some(self.hcl(root, lines, at, scope)),
        };
        let Some(mut node) = root else { return Value::Unknown };
        for operator in operators {
            let next = match operator {
                TraversalOperator::GetAttr(name) => node.get(name.as_str()).cloned(),
                TraversalOperator::LegacyIndex(index) => item(&node, i64::try_from(**index).ok()),
                TraversalOperator::Index(index) => {
                    let index = self.hcl(index, lines, at, scope);
                    match &index.value {
                        Value::Text(name) => node.get(name).cloned(),
                        _ => item(&node, index.integer()),
                    }
                }
                TraversalOperator::AttrSplat(_) | TraversalOperator::FullSplat(_) => None,
            };
            match next {
                Some(next) => node = next,
                None => return Value::Unknown,
            }
        }
        relocated(node, Some(lines)).value
    }

    /// The value of `var.NAME` or `local.NAME`.
    fn named(&self, kind: &str, name: &str, scope: &Scope) -> Option<Node> {
        let expression = match kind {
            "var" => self.values.get(name).or_else(|| self.variables.get(name))?,
            "local" => self.locals.get(name)?,
            _ => return None,
        };
        let key = format!("{kind}.{name}");
        if let Some(known) = self.known.borrow().get(&key) {
            return known.clone();
        }
        self.known.borrow_mut().insert(key.clone(), None);
        let lines = LineRange { start: 1, end: 1 };
        let scope = Scope { names: Rc::default(), depth: scope.depth };
        let node = self.expression(expression, lines, &scope);
        self.known.borrow_mut().insert(key, Some(node.clone()));
        Some(node)
    }

    fn each(
        &self,
        each: &hcl_edit::expr::ForExpr,
        lines: LineRange,
        at: &Lines,
        scope: &Scope,
    ) -> Value {
        let collection = self.hcl(&each.intro.collection_expr, lines, at, scope);
        let Some(elements) = elements_of(&collection) else { return Value::Unknown };
        if each.grouping {
            return Value::Unknown;
        }
        let mut items = Vec::new();
        let mut entries = Vec::new();
        for (key, value) in elements {
            let mut scope = scope.with(each.intro.value_var.as_str(), value);
            if let Some(name) = &each.intro.key_var {
                scope = scope.with(name.as_str(), key);
            }
            if let Some(condition) = &each.cond {
                match self.hcl(&condition.expr, lines, at, &scope).bool() {
                    Some(true) => {}
                    Some(false) => continue,
                    None => return Value::Unknown,
                }
            }
            let value = self.hcl(&each.value_expr, lines, at, &scope);
            match &each.key_expr {
                None => items.push(value),
                Some(key) => match text_of(&self.hcl(key, lines, at, &scope)) {
                    Some(key) => entries.push(Entry { key, lines: value.lines, value }),
                    None => return Value::Unknown,
                },
            }
        }
        if each.key_expr.is_some() { Value::Map(entries) } else { Value::List(items) }
    }
}

impl Scope {
    fn get(&self, name: &str) -> Option<&Node> {
        self.names.iter().rev().find(|(key, _)| key == name).map(|(_, node)| node)
    }

    fn with(&self, name: &str, node: Node) -> Self {
        let mut names = Vec::clone(&self.names);
        names.push((name.to_owned(), node));
        Self { names: Rc::new(names), depth: self.depth.saturating_add(1) }
    }

    fn deeper(&self) -> Self {
        Self { names: Rc::clone(&self.names), depth: self.depth.saturating_add(1) }
    }
}

fn entry(key: &str, value: Node) -> Entry {
    Entry { key: key.to_owned(), lines: value.lines, value }
}

fn item(node: &Node, index: Option<i64>) -> Option<Node> {
    node.items().get(usize::try_from(index?).ok()?).cloned()
}

/// The elements `for_each` goes over, each with its key; of a set the value is the key.
fn elements(node: &Node) -> Option<Vec<(Node, Node)>> {
    match &node.value {
        Value::List(items) => items.iter().map(|item| Some((item.clone(), item.clone()))).collect(),
        Value::Map(_) => elements_of(node),
        _ => None,
    }
}

/// The elements a `for` goes over, each with its index or name.
fn elements_of(node: &Node) -> Option<Vec<(Node, Node)>> {
    let key = |value: Value| Node::new(value, node.lines);
    match &node.value {
        Value::List(items) => Some(
            items
                .iter()
                .zip(0_i64..)
                .map(|(item, i)| (key(Value::Integer(i)), item.clone()))
                .collect(),
        ),
        Value::Map(entries) => Some(
            entries
                .iter()
                .map(|entry| (key(Value::Text(entry.key.clone())), entry.value.clone()))
                .collect(),
        ),
        _ => None,
    }
}

/// A value that comes from elsewhere stands where it is used.
fn relocated(mut node: Node, lines: Option<LineRange>) -> Node {
    let Some(lines) = lines else { return node };
    node.lines = lines;
    node.value = match node.value {
        Value::List(items) => {
            Value::List(items.into_iter().map(|item| relocated(item, Some(lines))).collect())
        }
        Value::Map(entries) => Value::Map(
            entries
                .into_iter()
                .map(|entry| Entry {
                    key: entry.key,
                    lines,
                    value: relocated(entry.value, Some(lines)),
                })
                .collect(),
        ),
        value => value,
    };
    node
}

/// A simple value as a text, the way templates write it.
pub(super) fn text_of(node: &Node) -> Option<String> {
    match &node.value {
        Value::Text(text) => Some(text.clone()),
        Value::Integer(number) => Some(number.to_string()),
        Value::Float(number) => Some(number.to_string()),
        Value::Bool(value) => Some(value.to_string()),
        _ => None,
    }
}

fn binary(operator: BinaryOperator, left: &Node, right: &Node) -> Value {
    use BinaryOperator as Op;
    if let (Some(left), Some(right)) = (left.bool(), right.bool()) {
        match operator {
            Op::And => return Value::Bool(left && right),
            Op::Or => return Value::Bool(left || right),
            _ => {}
        }
    }
    if let (Some(left), Some(right)) = (left.integer(), right.integer()) {
        let number = |result: Option<i64>| result.map_or(Value::Unknown, Value::Integer);
        match operator {
            Op::Plus => return number(left.checked_add(right)),
            Op::Minus => return number(left.checked_sub(right)),
            Op::Mul => return number(left.checked_mul(right)),
            Op::Mod => return number(left.checked_rem(right)),
            Op::Less => return Value::Bool(left < right),
            Op::LessEq => return Value::Bool(left <= right),
            Op::Greater => return Value::Bool(left > right),
            Op::GreaterEq => return Value::Bool(left >= right),
            _ => {}
        }
    }
    let is_simple = |node: &Node| text_of(node).is_some() || node.value == Value::Null;
    if is_simple(left) && is_simple(right) {
        match operator {
            Op::Eq => return Value::Bool(left.value == right.value),
            Op::NotEq => return Value::Bool(left.value != right.value),
            _ => {}
        }
    }
    Value::Unknown
}
