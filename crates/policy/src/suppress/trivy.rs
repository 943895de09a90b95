//! `.trivyignore`, a line an id, and `.trivyignore.yaml`, as Trivy reads them.
//!
//! An id stands for whatever has it, also as an alias: vulnerability, misconfiguration, secret rule
//! or license. `exp:2024-03-01` and `expired_at` name the first day on which the entry does not
//! hold.

use super::{Entry, IgnoreFile};
use crate::day::Day;
use crate::kind::Kind;
use crate::pattern::Pattern;
use crate::purl::Purl;
use crate::source::{Fields, FileError, Node, Place, Source, Value};

pub(super) fn read_lines(source: Source<'_>, ignore: &mut IgnoreFile) -> Result<(), FileError> {
    for (number, raw) in (1..).zip(source.checked()?.lines()) {
        let line = raw.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let indent = raw.len() - raw.trim_start().len();
        let place = |at: usize| Place {
            line: number,
            column: u32::try_from(indent + at).unwrap_or(0).saturating_add(1),
        };
        let mut words = line.split_whitespace();
        let Some(id) = words.next() else { continue };
        let mut entry = Entry { file: source.file.to_owned(), line: number, ..Entry::default() };
        if let Some(date) = words.find_map(|word| word.strip_prefix("exp:")) {
            let Some(day) = Day::parse(date).filter(|_| date.len() == 10) else {
                let at = line.find("exp:").unwrap_or(0);
                let message =
                    format!("`{date}` is not a date such as 2027-01-31: the line is not applied");
                ignore.remarks.push(source.error(place(at), message));
                continue;
            };
            entry.until = Some(day.before());
        }
        // An id is no pattern to Trivy.
        entry.set_ids(vec![literal(id)]).map_err(|e| source.error(place(0), e.to_string()))?;
        ignore.entries.push(entry);
    }
    Ok(())
}

/// A text in which nothing is a pattern.
fn literal(text: &str) -> String {
    text.chars()
        .flat_map(|c| {
            let special = matches!(c, '*' | '?' | '[' | ']' | '{' | '}' | '\\');
            special.then_some('\\').into_iter().chain([c])
        })
        .collect()
}

pub(super) fn read_yaml(source: Source<'_>, ignore: &mut IgnoreFile) -> Result<(), FileError> {
    let document = source.yaml()?;
    if matches!(document.value, Value::Null) {
        return Ok(());
    }
    let keys = ["vulnerabilities", "misconfigurations", "secrets", "licenses"];
    let fields = source.map(&document, &keys)?;
    for (name, kind) in keys.into_iter().zip([
        Kind::Vulnerability,
        Kind::Misconfiguration,
        Kind::Secret,
        Kind::License,
    ]) {
        let Some(list) = fields.get(name) else { continue };
        for node in list.items() {
            let fields = source.map(node, &["id", "paths", "purls", "expired_at", "statement"])?;
            ignore.entries.push(entry(source, node, fields, kind)?);
        }
    }
    Ok(())
}

fn entry(
    source: Source<'_>,
    node: &Node,
    fields: Fields<'_>,
    kind: Kind,
) -> Result<Entry, FileError> {
    let Some(id) = fields.get("id") else {
        return Err(source.error(node.place, "the entry has no `id`"));
    };
    let mut entry = Entry {
        file: source.file.to_owned(),
        line: node.place.line,
        reason: fields.get("statement").map(|node| source.text(node)).transpose()?,
        until: fields.get("expired_at").map(|n| source.day(n)).transpose()?.map(Day::before),
        kinds: vec![kind],
        ..Entry::default()
    };
    entry
        .set_ids(vec![literal(&source.text(id)?)])
        .map_err(|error| source.error(id.place, error.to_string()))?;
    if let Some(node) = fields.get("paths") {
        for item in node.items() {
            let pattern = Pattern::path(&source.text(item)?);
            entry
                .about
                .paths
                .push(pattern.map_err(|error| source.error(item.place, error.to_string()))?);
        }
    }
    if let Some(node) = fields.get("purls") {
        for item in node.items() {
            let purl = Purl::parse(&source.text(item)?);
            entry
                .about
                .purls
                .push(purl.map_err(|error| source.error(item.place, error.to_string()))?);
        }
    }
    Ok(entry)
}
