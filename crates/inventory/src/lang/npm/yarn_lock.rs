//! `yarn.lock`, of Yarn 1 and of its successors.
//!
//! Both list one entry for each package: a line with every range that it satisfies, and indented
//! fields. Yarn 1 writes `version "1.0.0"` in a format of its own; its successors write YAML, of
//! which they use no more than `version: 1.0.0`, with the package's name under `resolution`.

use super::in_modules;
use crate::broken::Broken;
use crate::lang::declared::{Packages, declared, need, needs};
use crate::lines::{Line, Lines};
use lazaret_core::extract::{Extractor, FileInput, Gives, ParseError, Select, Sink};
use lazaret_core::package::{Ecosystem, Need, Presence};
use std::collections::{HashMap, HashSet};

/// Packages a Yarn lock file declares. It does not say which are for development.
pub(crate) static YARN_LOCK: Extractor = Extractor {
    id: "npm/yarn-lock",
    version: 3,
    title: "Yarn lock files",
    spec: "https://classic.yarnpkg.com/en/docs/yarn-lock",
    selects: &[Select::Name("yarn.lock")],
    gives: Gives { licenses: false, source: false, ownership: false, dev: false, lines: true },
    run,
};

/// Ranges that name a folder or file of the project, or the project itself.
const LOCAL: [&str; 4] = ["workspace:", "link:", "portal:", "file:"];

fn run(input: &FileInput<'_>, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    if in_modules(input.path.as_str()) {
        return Ok(());
    }
    let mut packages = Packages::new(sink);
    let mut broken = Broken::default();
    let mut entries: Vec<Entry<'_>> = Vec::new();
    let mut is_open = false;
    for line in Lines::new(input.bytes) {
        let Ok(text) = std::str::from_utf8(line.text) else {
            broken.report(packages.sink(), line.number, "the line is not UTF-8");
            continue;
        };
        if text.trim_start().is_empty() || text.trim_start().starts_with('#') {
            continue;
        }
        if !text.starts_with(' ') {
            let entry = Entry::begin(line, text);
            is_open = entry.is_some();
            if !is_open {
                broken.report(packages.sink(), line.number, "expected `NAME@RANGE:`");
            }
            entries.extend(entry);
        } else if let Some(entry) = entries.last_mut().filter(|_| is_open) {
            entry.field(line, text);
        } else {
            broken.report(packages.sink(), line.number, "a field outside of an entry");
        }
    }
    emit(&entries, &mut packages, &mut broken);
    broken.finish()?;
    packages.finish()
}

/// One entry, as far as it has been read.
struct Entry<'a> {
    line: u32,
    /// Its ranges, each with the name in front.
    descriptors: Vec<&'a str>,
    resolution: Option<&'a str>,
    version: Option<(&'a str, u32)>,
    /// Names and ranges of what it needs.
    required: Vec<(&'a str, &'a str)>,
    /// Whether the fields that follow are of what it needs.
    in_required: bool,
}

impl<'a> Entry<'a> {
    fn begin(line: Line<'_>, text: &'a str) -> Option<Self> {
        let ranges = text.strip_suffix(':')?;
        let descriptors = ranges.split(',').map(|one| one.trim().trim_matches('"').trim());
        let descriptors: Vec<&str> = descriptors.filter(|one| !one.is_empty()).collect();
        let first = *descriptors.first()?;
        let fits = first == "__metadata" || name_and_range(first).is_some();
        let (resolution, version, required) = (None, None, Vec::new());
        fits.then_some(Self {
            line: line.number,
            descriptors,
            resolution,
            version,
            required,
            in_required: false,
        })
    }

    fn field(&mut self, line: Line<'_>, text: &'a str) {
        let Some(field) = text.strip_prefix("  ") else { return };
        if let Some(inner) = field.strip_prefix("  ") {
            let Some((name, range)) = inner.split_once(' ').filter(|_| self.in_required) else {
                return;
            };
            let name = name.trim_end_matches(':').trim_matches('"');
            self.required.push((name, range.trim().trim_matches('"')));
            return;
        }
        let (key, value) = field.split_once(' ').unwrap_or((field, ""));
        let value = value.trim().trim_matches('"');
        let key = key.trim_end_matches(':');
        self.in_required = matches!(key, "dependencies" | "optionalDependencies");
        match key {
            "version" => self.version = Some((value, line.number)),
            "resolution" => self.resolution = Some(value),
            _ => {}
        }
    }

    /// Name, range and version.
    fn identity(&self) -> Option<(&'a str, &'a str, &'a str)> {
        let whole = self.resolution.or(self.descriptors.first().copied())?;
        let (name, range) = name_and_range(whole)?;
        // A resolution has the package's own name; an alias of Yarn 1 has it behind `npm:`.
        let alias = range.strip_prefix("npm:").filter(|_| self.resolution.is_none());
        let name =
            alias.map_or(name, |alias| name_and_range(alias).map_or(alias, |(name, _)| name));
        Some((name, range, self.version?.0))
    }
}

fn emit(entries: &[Entry<'_>], packages: &mut Packages<'_, '_>, broken: &mut Broken) {
    let mut chosen: HashMap<&str, (&str, &str)> = HashMap::new();
    for entry in entries {
        if let Some((name, _, version)) = entry.identity() {
            chosen.extend(entry.descriptors.iter().map(|one| (*one, (name, version))));
        }
    }
    let resolve = |(name, range): &(&str, &str)| -> Option<Need> {
        // Before Yarn 4 the protocol stood in the descriptor only.
        let found = chosen
            .get(format!("{name}@{range}").as_str())
            .or_else(|| chosen.get(format!("{name}@npm:{range}").as_str()))?;
        Some(need(found.0, Some(found.1)))
    };
    let is_local = |range: &str| LOCAL.iter().any(|local| range.starts_with(local));
    // Only Yarn's successors list the projects.
    let mut direct: HashSet<Need> = HashSet::new();
    let mut has_projects = false;
    for entry in entries {
        if entry.identity().is_some_and(|(_, range, _)| range.starts_with("workspace:")) {
            has_projects = true;
            direct.extend(entry.required.iter().filter_map(resolve));
        }
    }
    for entry in entries.iter().filter(|entry| entry.descriptors != ["__metadata"]) {
        let Some((name, range, version)) = entry.identity() else {
            broken.report(packages.sink(), entry.line, "the entry has no version");
            continue;
        };
        if is_local(range) {
            continue;
        }
        let line = entry.version.map(|(_, line)| line);
        let mut package = declared(Ecosystem::Npm, name, version, Presence::Declared, line);
        package.direct = has_projects.then(|| direct.contains(&need(name, Some(version))));
        package.needs = needs(entry.required.iter().filter_map(resolve));
        packages.add(package);
    }
}

/// Splits `NAME@RANGE` and `@SCOPE/NAME@RANGE`.
fn name_and_range(descriptor: &str) -> Option<(&str, &str)> {
    let at = descriptor.get(1..)?.find('@')?.checked_add(1)?;
    let (name, range) = descriptor.split_at_checked(at)?;
    Some((name, range.get(1..)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn descriptors_split_behind_the_scope() {
        assert_eq!(name_and_range("a@^1"), Some(("a", "^1")));
        assert_eq!(name_and_range("@s/a@npm:b@1"), Some(("@s/a", "npm:b@1")));
        assert_eq!(name_and_range("@s/a"), None);
        assert_eq!(name_and_range(""), None);
    }
}
