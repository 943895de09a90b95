//! Trivy's results as values of Go templates.
//!
//! Packages and vulnerabilities are put together when a template comes to them, one by one, as they
//! are when JSON is written.

use super::model::TrivyResult;
use super::{Packages, Vulnerabilities, entry, listed, results};
use crate::WriteOptions;
use crate::template::go::{
    List, Many, PACKAGE_KIND, RESULT, VULNERABILITY_KIND, Value, harmless, value_of,
};
use crate::view::Around;
use lazaret_core::report::Report;
use serde::Serialize;
use std::rc::Rc;

/// The results of a report.
pub(crate) fn values<'a>(report: &'a Report, options: &WriteOptions) -> Vec<Value<'a>> {
    results(report, options).into_iter().map(result).collect()
}

fn result(result: TrivyResult<'_>) -> Value<'_> {
    let text = |text: &str| Value::Text(harmless(text));
    let mut fields = vec![("Target", text(&result.target)), ("Class", text(result.class))];
    if !result.kind.is_empty() {
        fields.push(("Type", text(result.kind)));
    }
    if !result.packages.is_empty() {
        let packages = List::many(&PACKAGE_KIND, Rc::new(result.packages));
        fields.push(("Packages", Value::List(packages)));
    }
    if !result.vulnerabilities.is_empty() {
        let found = List::many(&VULNERABILITY_KIND, Rc::new(result.vulnerabilities));
        fields.push(("Vulnerabilities", Value::List(found)));
    }
    if let Some(summary) = &result.misconf_summary {
        fields.push(("MisconfSummary", field("MisconfSummary", summary)));
    }
    fields.extend(list("Misconfigurations", &result.misconfigurations));
    fields.extend(list("Secrets", &result.secrets));
    fields.extend(list("Licenses", &result.licenses));
    fields.extend(list("ExperimentalModifiedFindings", &result.modified));
    Value::Struct(&RESULT, Rc::new(fields))
}

fn list<'a, T: Serialize>(name: &'static str, found: &[T]) -> Option<(&'static str, Value<'a>)> {
    (!found.is_empty()).then(|| (name, field(name, found)))
}

/// A field's value. What has none shows as that; the fields of every structure are tested.
fn field<'a, T: Serialize + ?Sized>(name: &str, of: &T) -> Value<'a> {
    RESULT.kind_of(name).and_then(|(_, kind)| value_of(of, kind).ok()).unwrap_or(Value::Nil)
}

impl<'a> Many<'a> for Packages<'a> {
    fn len(&self) -> usize {
        self.members.len()
    }

    fn get(&self, at: usize) -> Option<Value<'a>> {
        let (_, package) = self.members.get(at)?;
        let made = value_of(&listed(self.report, self.kind, package), &PACKAGE_KIND);
        Some(made.unwrap_or(Value::Nil))
    }
}

impl<'a> Many<'a> for Vulnerabilities<'a> {
    fn len(&self) -> usize {
        self.found.len()
    }

    fn get(&self, at: usize) -> Option<Value<'a>> {
        let made = value_of(
            &entry(Around::of(self.report), self.kind, *self.found.get(at)?),
            &VULNERABILITY_KIND,
        );
        Some(made.unwrap_or(Value::Nil))
    }
}
