//! `.snyk`: issues under `ignore`, each with the paths it is ignored for.
//!
//! `*` is every path. Another path must be one package: that the finding is reached through other
//! packages cannot be checked, and such an entry is not applied. `expires` names the first day on
//! which it does not hold.

use super::{Entry, IgnoreFile};
use crate::day::Day;
use crate::pattern::Names;
use crate::source::{FileError, Source, Value};

pub(super) fn read(source: Source<'_>, ignore: &mut IgnoreFile) -> Result<(), FileError> {
    let document = source.yaml()?;
    if matches!(document.value, Value::Null) {
        return Ok(());
    }
    let Some(ignored) = source.open_map(&document)?.get("ignore") else { return Ok(()) };
    for (id, paths) in source.open_map(ignored)?.0 {
        for item in paths.items() {
            for (path, detail) in source.open_map(item)?.0 {
                let mut entry = Entry {
                    file: source.file.to_owned(),
                    line: path.place.line,
                    ..Entry::default()
                };
                if !matches!(detail.value, Value::Null) {
                    let fields = source.open_map(detail)?;
                    entry.reason = fields.get("reason").map(|n| source.text(n)).transpose()?;
                    let expires = fields.get("expires").map(|n| source.day(n)).transpose()?;
                    entry.until = expires.map(Day::before);
                }
                entry
                    .set_ids(vec![id.name.clone()])
                    .map_err(|error| source.error(id.place, error.to_string()))?;
                let package = path.name.trim();
                if package.contains('>') {
                    let message = "whether the path leads through these packages cannot be \
                                   checked: the entry is not applied";
                    ignore.remarks.push(source.error(path.place, message));
                    continue;
                }
                if package != "*" {
                    let (name, version) = match package.rfind('@').filter(|at| *at > 0) {
                        Some(at) => (package.get(..at), package.get(at + 1..)),
                        None => (Some(package), None),
                    };
                    let names = Names::new(name.map(str::to_owned))
                        .map_err(|error| source.error(path.place, error.to_string()))?;
                    entry.about.packages = Some(names);
                    entry.about.versions.extend(version.map(str::to_owned));
                }
                ignore.entries.push(entry);
            }
        }
    }
    Ok(())
}
