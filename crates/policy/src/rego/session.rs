//! The Rego of one judgment: every module asked in turn, within one time.

use super::reply::Reply;
use super::{Code, IgnorePolicy, View};
use crate::kind::Subject;
use crate::rule::Rule;
use crate::{Day, Judged};
use lazaret_core::finding::Finding;
use lazaret_rego::{Budget, Rego, RegoError, Value};
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::time::Duration;

/// What all modules together may think about one image. Ten thousand findings take a quarter of a
/// second.
const TIME_MAX: Duration = Duration::from_secs(20);

/// The id of what an ignore policy decides.
pub(crate) const IGNORE_POLICY: &str = "ignore-policy";

/// Modules while they are asked.
pub(crate) struct Session<'a> {
    judged: &'a Judged<'a>,
    view: Option<View>,
    today: Option<Day>,
    budget: Budget,
    /// Engines by the id of their rule.
    engines: BTreeMap<&'a str, Rego>,
    /// What is the same in every input.
    image: Option<Value>,
    report: Option<Value>,
    ignoring: Option<Rego>,
    /// What went wrong, by the id of the rule. Nobody asks such a rule again.
    failures: BTreeMap<String, String>,
}

impl<'a> Session<'a> {
    pub(crate) fn new(judged: &'a Judged<'a>, view: Option<View>, today: Option<Day>) -> Self {
        Self {
            judged,
            view,
            today,
            budget: Budget::new(TIME_MAX),
            engines: BTreeMap::new(),
            image: None,
            report: None,
            ignoring: None,
            failures: BTreeMap::new(),
        }
    }

    /// Whether something could not be answered, whatever else was decided.
    pub(crate) fn has_failed(&self) -> bool {
        !self.failures.is_empty()
    }

    /// What went wrong with a rule.
    pub(crate) fn failure(&self, rule: &str) -> Option<&str> {
        self.failures.get(rule).map(String::as_str)
    }

    /// Whether Trivy's ignore policy ignores a finding.
    pub(crate) fn ignores(&mut self, policy: &IgnorePolicy, finding: &Finding) -> bool {
        if self.failures.contains_key(IGNORE_POLICY) {
            return false;
        }
        let mut ask = || {
            if self.ignoring.is_none() {
                self.ignoring = Some(ready(&policy.rego, self.today)?);
            }
            let Some(engine) = &mut self.ignoring else { return Ok(false) };
            let view = (policy.view)(self.judged.image, self.judged.inventory, finding);
            engine.set_input(view.into());
            let rule = IgnorePolicy::rule();
            match engine.ask_within(&mut self.budget, &policy.file, rule)? {
                None => Ok(false),
                Some(Json::Bool(ignored)) => Ok(ignored),
                Some(_) => {
                    let message = format!("`ignore` is neither true nor false for {}", finding.id);
                    Err(RegoError { file: policy.file.clone(), line: None, message })
                }
            }
        };
        ask().unwrap_or_else(|error| {
            self.failures.insert(IGNORE_POLICY.to_owned(), mend(&error, "run without it"));
            false
        })
    }

    /// What a rule says of one finding.
    pub(crate) fn ask_of(&mut self, rule: &'a Rule, code: &'a Code, subject: Subject<'_>) -> Reply {
        let Judged { image, inventory, .. } = *self.judged;
        let finding = self.view.map(|view| view(image, inventory, subject.finding).into());
        let image = self.image();
        self.ask(
            rule,
            code,
            finding.map(|finding| object([("finding", finding), ("image", image)])),
        )
    }

    /// What a rule says of everything.
    pub(crate) fn ask_of_all(
        &mut self,
        rule: &'a Rule,
        code: &'a Code,
        findings: &[Finding],
    ) -> Reply {
        let report = self.report(findings);
        self.ask(rule, code, report)
    }

    fn ask(&mut self, rule: &'a Rule, code: &'a Code, input: Option<Value>) -> Reply {
        if self.failures.contains_key(&rule.id) {
            return Reply::default();
        }
        let ask = || {
            let wrong =
                |message: String| RegoError { file: code.file.clone(), line: None, message };
            let Some(mut input) = input else {
                return Err(wrong("this program has no input for it".to_owned()));
            };
            if let Ok(fields) = input.as_object_mut() {
                let today = self.today.map_or(Json::Null, |today| json!(today.to_string()));
                fields.insert(Value::from("today"), today.into());
            }
            let engine = match self.engines.entry(&rule.id) {
                Entry::Occupied(slot) => slot.into_mut(),
                Entry::Vacant(slot) => slot.insert(ready(&code.rego, self.today)?),
            };
            engine.set_input(input);
            let value = engine.ask_within(&mut self.budget, &code.file, &code.path)?;
            Reply::read(value).map_err(wrong)
        };
        ask().unwrap_or_else(|error| {
            let way_out = format!("switch the rule `{}` off", rule.id);
            self.failures.insert(rule.id.clone(), mend(&error, &way_out));
            Reply::default()
        })
    }

    /// The image, in the shape it has in a report.
    fn image(&mut self) -> Value {
        let image = self.judged.image;
        self.image.get_or_insert_with(|| json_of(image).into()).clone()
    }

    /// Everything, in the shapes of a report.
    fn report(&mut self, findings: &[Finding]) -> Option<Value> {
        let view = self.view?;
        if self.report.is_none() {
            let Judged { image, inventory, end_of_life, database, .. } = *self.judged;
            let findings = findings.iter().map(|finding| view(image, inventory, finding).into());
            let findings: Vec<Value> = findings.collect();
            let fields = [
                ("image", json_of(image).into()),
                ("inventory", json_of(inventory).into()),
                ("end_of_life", end_of_life.map_or(Json::Null, json_of).into()),
                ("database", database.map_or(Json::Null, json_of).into()),
                ("findings", Value::from(findings)),
            ];
            self.report = Some(object(fields));
        }
        self.report.clone()
    }
}

/// An engine that knows what day it is.
fn ready(rego: &Rego, today: Option<Day>) -> Result<Rego, RegoError> {
    let mut rego = rego.clone();
    if let Some(today) = today {
        rego.set_now(today.nanoseconds())?;
    }
    Ok(rego)
}

fn json_of<T: serde::Serialize>(value: &T) -> Json {
    // Nothing that is written to reports has keys that are no texts.
    serde_json::to_value(value).unwrap_or_default()
}

fn object<const N: usize>(fields: [(&str, Value); N]) -> Value {
    let fields = fields.into_iter().map(|(name, value)| (Value::from(name), value));
    Value::from(fields.collect::<BTreeMap<Value, Value>>())
}

/// What went wrong, and what to do about it.
fn mend(error: &RegoError, way_out: &str) -> String {
    format!("the Rego could not be asked: {error}; mend it, or {way_out}")
}
