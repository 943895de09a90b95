//! Systems without a package database whose images hold a JSON object with a list of packages.

use crate::broken::Broken;
use crate::lang::json::{Json, items};
use lazaret_core::extract::{FileInput, ParseError, Sink};
use lazaret_core::location::LineRange;
use lazaret_core::package::PackageFact;
use serde_json::value::RawValue;

/// Reads the packages of the list under one key; an entry that `package` takes for none is a
/// problem. `kind` is what the file is called where the key is missing.
pub(super) fn read(
    input: &FileInput<'_>,
    sink: &mut Sink<'_>,
    (kind, list): (&str, &str),
    package: fn(&RawValue) -> Option<PackageFact>,
) -> Result<(), ParseError> {
    if input.bytes.trim_ascii().is_empty() {
        return Ok(());
    }
    let json = Json::new(input.bytes)?;
    let mut broken = Broken::default();
    let mut has_list = false;
    json.entries(|key, value| {
        if key != list {
            return;
        }
        has_list = true;
        items(value, |raw| {
            let line = json.line(raw);
            match package(raw) {
                Some(mut package) => {
                    package.lines = line.map(|line| LineRange { start: line, end: line });
                    sink.package(package);
                }
                None => broken.report(sink, line.unwrap_or(1), "an entry is not a package"),
            }
        });
    })?;
    if !has_list {
        return Err(ParseError::new(format!("the {kind} has no `{list}`")));
    }
    broken.finish()
}
