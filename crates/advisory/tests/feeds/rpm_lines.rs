//! Segments of rpm distributions as lines of text.

use crate::recipe::segment;
use lazaret_advisory::records::Records;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// A segment as lines: `id (aliases) package [module] [channel] {arches} status ranges severity`.
pub(crate) fn lines(records: &Records, name: &str) -> Vec<String> {
    let mut lines = Vec::new();
    for advisory in &segment(records, name).advisories {
        for affected in &advisory.affected {
            let mut line = advisory.id.clone();
            if !advisory.aliases.is_empty() {
                write!(line, " ({})", advisory.aliases.join(" ")).unwrap();
            }
            write!(line, " {}", affected.package).unwrap();
            let conditions = &affected.conditions;
            for what in conditions.module.iter().chain(&conditions.channel) {
                write!(line, " [{what}]").unwrap();
            }
            if !conditions.arches.is_empty() {
                write!(line, " {{{}}}", conditions.arches.join(" ")).unwrap();
            }
            write!(line, " {}", affected.status).unwrap();
            for range in &affected.ranges {
                write!(line, " {range}").unwrap();
            }
            if let Some(severity) = affected.severity {
                write!(line, " {severity}").unwrap();
            }
            lines.push(line);
        }
    }
    lines
}

/// The lines about one vulnerability, without its id and aliases.
pub(crate) fn about(records: &Records, name: &str, id: &str) -> Vec<String> {
    let all = lines(records, name).into_iter();
    let ours = all.filter(|line| line.split(' ').next() == Some(id));
    ours.map(|line| {
        let rest = &line[id.len() + 1..];
        rest.strip_prefix('(')
            .and_then(|rest| rest.split_once(") "))
            .map_or(rest, |(_, rest)| rest)
            .to_owned()
    })
    .collect()
}

pub(crate) fn counts(map: &BTreeMap<String, u64>) -> Vec<(&str, u64)> {
    map.iter().map(|(what, many)| (what.as_str(), *many)).collect()
}
