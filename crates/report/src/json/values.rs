//! The report as minijinja sees it: what is written as JSON, with the long lists made element by
//! element when a template comes to them.

use super::{SCHEMA_VERSION, wire};
use crate::Reports;
use crate::view::Around;
use lazaret_core::inventory::Inventory;
use lazaret_core::report::Report;
use minijinja::Value;
use minijinja::value::{Enumerator, Object, ObjectRepr, Serde};
use std::sync::Arc;

/// Reports: one as itself, several as a list inside an object.
pub(crate) fn values(reports: &Arc<Reports>) -> Value {
    let version = ("schema_version".to_owned(), Value::from(SCHEMA_VERSION));
    let mut all =
        reports.0.iter().enumerate().map(|(position, report)| entries(reports, position, report));
    let rest = match (reports.0.len(), all.next()) {
        (1, Some(only)) => only,
        (_, first) => {
            let list: Vec<Value> = first.into_iter().chain(all).map(Value::from_pairs).collect();
            vec![("reports".to_owned(), Value::from(list))]
        }
    };
    Value::from_pairs(std::iter::once(version).chain(rest))
}

fn entries(reports: &Arc<Reports>, position: usize, report: &Report) -> Vec<(String, Value)> {
    let long = |part| Value::from_object(Long { reports: Arc::clone(reports), position, part });
    let Inventory { os, packages: _, relations: _, problems } = &report.inventory;
    // As in JSON, relations are left out where there are none.
    let relations = (!report.inventory.relations.is_empty()).then_some(Part::Relations);
    let short = Inventory {
        os: os.clone(),
        packages: vec![],
        relations: vec![],
        problems: problems.clone(),
    };
    let short = Value::from(Serde(wire::Report::without_findings(report, short)));
    pairs(&short)
        .map(|(key, value)| {
            let value = match key.as_str() {
                "findings" => long(Part::Findings),
                "inventory" => {
                    let inventory = pairs(&value).map(|(key, value)| {
                        let value = if key == "packages" { long(Part::Packages) } else { value };
                        (key, value)
                    });
                    let relations = relations.map(|part| ("relations".to_owned(), long(part)));
                    Value::from_pairs(inventory.chain(relations))
                }
                _ => value,
            };
            (key, value)
        })
        .collect()
}

/// The keys of a map, and what they have.
fn pairs(map: &Value) -> impl Iterator<Item = (String, Value)> + '_ {
    let keys = map.try_iter().into_iter().flatten();
    keys.map(|key| (key.to_string(), map.get_item(&key).unwrap_or_default()))
}

#[derive(Clone, Copy, Debug)]
enum Part {
    Findings,
    Packages,
    Relations,
}

/// A long list of a report.
#[derive(Debug)]
struct Long {
    reports: Arc<Reports>,
    /// Which report.
    position: usize,
    part: Part,
}

impl Object for Long {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Seq
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        let at = key.as_usize()?;
        let report = self.reports.0.get(self.position)?;
        Some(match self.part {
            Part::Findings => {
                Value::from(Serde(wire::Finding::of(report.findings.get(at)?, Around::of(report))))
            }
            Part::Packages => Value::from(Serde(report.inventory.packages.get(at)?)),
            Part::Relations => Value::from(Serde(report.inventory.relations.get(at)?)),
        })
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Seq(self.reports.0.get(self.position).map_or(0, |report| match self.part {
            Part::Findings => report.findings.len(),
            Part::Packages => report.inventory.packages.len(),
            Part::Relations => report.inventory.relations.len(),
        }))
    }
}
