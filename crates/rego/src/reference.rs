//! What each rule of a module asks for by name, read off its syntax tree.

use regorus::unstable::{AssignOp, Expr, Literal, LiteralStmt, Module, Query, Rule, RuleHead};
use std::collections::{BTreeMap, BTreeSet};

/// The words of the path of a rule, behind `data`.
pub(crate) type Path = Vec<String>;

/// The words of a path that is asked for, behind `data`; nothing for one that is only known when it
/// is asked.
pub(crate) type Wanted = Vec<Option<String>>;

/// A rule or function, or a part of it: those of one path add to each other.
pub(crate) struct Part {
    pub(crate) path: Path,
    pub(crate) line: u32,
    pub(crate) wants: BTreeSet<Wanted>,
}

/// The rules of a module.
pub(crate) fn parts(module: &Module) -> Vec<Part> {
    let package = known(&module.package.refr);
    let imports = module.imports.iter().filter_map(|import| {
        let wanted = chain(&import.refr)?;
        let name = match &import.r#as {
            Some(name) => name.text().to_owned(),
            None => wanted.last()?.clone()?,
        };
        let behind = wanted.split_first().filter(|(root, _)| root.as_deref() == Some("data"));
        behind.map(|(_, rest)| (name, rest.to_vec()))
    });
    let imports = imports.collect();
    let rules = module.policy.iter();
    rules
        .map(|rule| {
            let head = match rule.as_ref() {
                Rule::Default { refr, .. } => refr,
                Rule::Spec { head, .. } => match head {
                    RuleHead::Compr { refr, .. }
                    | RuleHead::Set { refr, .. }
                    | RuleHead::Func { refr, .. } => refr,
                },
            };
            let mut path = package.clone();
            path.extend(known(head));
            let mut reader = Reader {
                package: &package,
                imports: &imports,
                hidden: Vec::new(),
                wants: BTreeSet::new(),
            };
            reader.rule(rule);
            Part { path, line: rule.span().line, wants: reader.wants }
        })
        .collect()
}

/// The words a path is sure to begin with.
fn known(expression: &Expr) -> Path {
    chain(expression).unwrap_or_default().into_iter().map_while(|word| word).collect()
}

/// The words of an expression such as `a.b["c"][d]`, if it is one that begins with a name.
fn chain(expression: &Expr) -> Option<Wanted> {
    let mut words = Vec::new();
    let mut at = expression;
    loop {
        match at {
            Expr::Var { span, .. } => {
                words.push(Some(span.text().to_owned()));
                words.reverse();
                return Some(words);
            }
            Expr::RefDot { refr, field, .. } => {
                words.push(Some(field.0.text().to_owned()));
                at = refr;
            }
            Expr::RefBrack { refr, index, .. } => {
                words.push(match index.as_ref() {
                    Expr::String { value, .. } | Expr::RawString { value, .. } => {
                        value.as_string().ok().map(|text| text.as_ref().to_owned())
                    }
                    _ => None,
                });
                at = refr;
            }
            _ => return None,
        }
    }
}

struct Reader<'m> {
    package: &'m Path,
    /// What imported names stand for.
    imports: &'m BTreeMap<String, Wanted>,
    /// Variables, which hide rules of their name, by the query they belong to.
    hidden: Vec<BTreeSet<String>>,
    wants: BTreeSet<Wanted>,
}

impl Reader<'_> {
    fn rule(&mut self, rule: &Rule) {
        let mut own = BTreeSet::new();
        match rule {
            Rule::Default { args, value, .. } => {
                for argument in args {
                    variables(argument, &mut own);
                }
                self.hidden.push(own);
                self.expression(value);
            }
            Rule::Spec { head, bodies, .. } => {
                if let RuleHead::Func { args, .. } = head {
                    for argument in args {
                        variables(argument, &mut own);
                    }
                }
                self.hidden.push(own);
                let mut of_bodies = BTreeSet::new();
                for body in bodies {
                    declared(&body.query, &mut of_bodies);
                    self.within(&body.query, &[body.assign.as_ref().map(|a| a.value.as_ref())]);
                }
                self.hidden.push(of_bodies);
                match head {
                    RuleHead::Compr { refr, assign, .. } => {
                        self.indexes(refr);
                        if let Some(assign) = assign {
                            self.expression(&assign.value);
                        }
                    }
                    RuleHead::Func { assign, .. } => {
                        if let Some(assign) = assign {
                            self.expression(&assign.value);
                        }
                    }
                    RuleHead::Set { refr, key, .. } => {
                        self.indexes(refr);
                        if let Some(key) = key {
                            self.expression(key);
                        }
                    }
                }
            }
        }
    }

    /// A query, and expressions that see its variables.
    fn within(&mut self, query: &Query, expressions: &[Option<&Expr>]) {
        let mut own = BTreeSet::new();
        declared(query, &mut own);
        self.hidden.push(own);
        for expression in expressions.iter().flatten() {
            self.expression(expression);
        }
        for statement in &query.stmts {
            self.statement(statement);
        }
        self.hidden.pop();
    }

    fn statement(&mut self, statement: &LiteralStmt) {
        match &statement.literal {
            Literal::SomeVars { .. } => {}
            Literal::SomeIn { key, value, collection, .. } => {
                if let Some(key) = key {
                    self.expression(key);
                }
                self.expression(value);
                self.expression(collection);
            }
            Literal::Expr { expr, .. } | Literal::NotExpr { expr, .. } => self.expression(expr),
            Literal::Every { key, value, domain, query, .. } => {
                self.expression(domain);
                let own = key.iter().chain([value]).map(|name| name.text().to_owned());
                self.hidden.push(own.collect());
                self.within(query, &[]);
                self.hidden.pop();
            }
        }
        for with in &statement.with_mods {
            // What is replaced is not asked. A function may take the place of a function.
            match chain(&with.r#as) {
                Some(words) if !chain(&with.refr).is_some_and(|target| is_input(&target)) => {
                    self.want(&words);
                    self.indexes(&with.r#as);
                }
                _ => self.expression(&with.r#as),
            }
        }
    }

    fn expression(&mut self, expression: &Expr) {
        match expression {
            Expr::String { .. }
            | Expr::RawString { .. }
            | Expr::Number { .. }
            | Expr::Bool { .. }
            | Expr::Null { .. } => {}
            Expr::Var { .. } | Expr::RefDot { .. } | Expr::RefBrack { .. } => {
                if let Some(words) = chain(expression) {
                    let root = words.first().and_then(Option::as_deref).unwrap_or_default();
                    if !self.hidden.iter().any(|names| names.contains(root)) {
                        self.want(&words);
                    }
                }
                self.indexes(expression);
            }
            Expr::Array { items, .. } | Expr::Set { items, .. } => {
                for item in items {
                    self.expression(item);
                }
            }
            Expr::Object { fields, .. } => {
                for (_, key, value) in fields {
                    self.expression(key);
                    self.expression(value);
                }
            }
            Expr::ArrayCompr { term, query, .. } | Expr::SetCompr { term, query, .. } => {
                self.within(query, &[Some(term)]);
            }
            Expr::ObjectCompr { key, value, query, .. } => {
                self.within(query, &[Some(key), Some(value)]);
            }
            Expr::Call { fcn, params, .. } => {
                // No variable is a function, and none hides one.
                if let Some(words) = chain(fcn) {
                    self.want(&words);
                }
                for parameter in params {
                    self.expression(parameter);
                }
            }
            Expr::UnaryExpr { expr, .. } => self.expression(expr),
            Expr::BinExpr { lhs, rhs, .. }
            | Expr::BoolExpr { lhs, rhs, .. }
            | Expr::ArithExpr { lhs, rhs, .. }
            | Expr::AssignExpr { lhs, rhs, .. } => {
                self.expression(lhs);
                self.expression(rhs);
            }
            Expr::Membership { key, value, collection, .. } => {
                if let Some(key) = key {
                    self.expression(key);
                }
                self.expression(value);
                self.expression(collection);
            }
        }
    }

    /// What is asked for between the brackets of a path, and what a path begins with that is no
    /// name.
    fn indexes(&mut self, expression: &Expr) {
        let mut at = expression;
        loop {
            match at {
                Expr::RefDot { refr, .. } => at = refr,
                Expr::RefBrack { refr, index, .. } => {
                    self.expression(index);
                    at = refr;
                }
                Expr::Var { .. } => return,
                other => return self.expression(other),
            }
        }
    }

    fn want(&mut self, words: &[Option<String>]) {
        let Some((Some(root), rest)) = words.split_first() else { return };
        if root == "data" {
            self.wants.insert(rest.to_vec());
            return;
        }
        if is_input(words) {
            return;
        }
        // A name may be one of the package, which other modules may have a part of, or an imported
        // one.
        let own = self.package.iter().chain([root]).cloned().map(Some);
        self.wants.insert(own.chain(rest.iter().cloned()).collect());
        if let Some(target) = self.imports.get(root) {
            self.wants.insert(target.iter().chain(rest).cloned().collect());
        }
    }
}

fn is_input(words: &[Option<String>]) -> bool {
    words.first().is_some_and(|root| root.as_deref() == Some("input"))
}

/// The variables a query declares.
fn declared(query: &Query, names: &mut BTreeSet<String>) {
    for statement in &query.stmts {
        match &statement.literal {
            Literal::SomeVars { vars, .. } => {
                names.extend(vars.iter().map(|name| name.text().to_owned()));
            }
            Literal::SomeIn { key, value, .. } => {
                if let Some(key) = key {
                    variables(key, names);
                }
                variables(value, names);
            }
            Literal::Expr { expr, .. } | Literal::NotExpr { expr, .. } => {
                if let Expr::AssignExpr { op: AssignOp::ColEq, lhs, .. } = expr.as_ref() {
                    variables(lhs, names);
                }
            }
            Literal::Every { .. } => {}
        }
    }
}

/// The variables of a pattern such as `[a, {"b": c}]`.
fn variables(pattern: &Expr, names: &mut BTreeSet<String>) {
    match pattern {
        Expr::Var { span, .. } => {
            names.insert(span.text().to_owned());
        }
        Expr::Array { items, .. } => {
            for item in items {
                variables(item, names);
            }
        }
        Expr::Object { fields, .. } => {
            for (_, _, value) in fields {
                variables(value, names);
            }
        }
        _ => {}
    }
}
