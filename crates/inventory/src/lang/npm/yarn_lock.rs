//! `yarn.lock`, of Yarn 1 and of its successors.
//!
//! Both list one entry for each package: a line with every range that it satisfies, and indented
//! fields. Yarn 1 writes `version "1.0.0"` in a format of its own; its successors write YAML, of
//! which they use no more than `version: 1.0.0`, with the package's name under `resolution`.

use super::in_modules;
use crate::broken::Broken;
use crate::lang::declared::{Packages, declared};
use crate::lines::{Line, Lines};
use lazaret_core::extract::{Extractor, FileInput, Gives, ParseError, Select, Sink};
use lazaret_core::package::{Ecosystem, Presence};

/// Packages a Yarn lock file declares. It does not say which are for development.
pub(crate) static YARN_LOCK: Extractor = Extractor {
    id: "npm/yarn-lock",
    version: 1,
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
    let mut open: Option<Entry<'_>> = None;
    for line in Lines::new(input.bytes) {
        let Ok(text) = std::str::from_utf8(line.text) else {
            broken.report(packages.sink(), line.number, "the line is not UTF-8");
            continue;
        };
        if text.trim_start().is_empty() || text.trim_start().starts_with('#') {
            continue;
        }
        if !text.starts_with(' ') {
            close(open.take(), &mut packages, &mut broken);
            open = Entry::begin(line, text);
            if open.is_none() {
                broken.report(packages.sink(), line.number, "expected `NAME@RANGE:`");
            }
        } else if let Some(entry) = &mut open {
            entry.field(line, text);
        } else {
            broken.report(packages.sink(), line.number, "a field outside of an entry");
        }
    }
    close(open, &mut packages, &mut broken);
    broken.finish()?;
    packages.finish()
}

/// One entry, as far as it has been read.
struct Entry<'a> {
    line: u32,
    /// The first of its ranges, with the name in front.
    descriptor: &'a str,
    resolution: Option<&'a str>,
    version: Option<(&'a str, u32)>,
}

impl<'a> Entry<'a> {
    fn begin(line: Line<'_>, text: &'a str) -> Option<Self> {
        let ranges = text.strip_suffix(':')?.trim_start_matches('"');
        let descriptor = ranges.split(['"', ',']).next()?.trim();
        let fits = descriptor == "__metadata" || name_and_range(descriptor).is_some();
        fits.then_some(Self { line: line.number, descriptor, resolution: None, version: None })
    }

    fn field(&mut self, line: Line<'_>, text: &'a str) {
        let Some(field) = text.strip_prefix("  ").filter(|field| !field.starts_with(' ')) else {
            return;
        };
        let Some((key, value)) = field.split_once(' ') else { return };
        let value = value.trim().trim_matches('"');
        match key.trim_end_matches(':') {
            "version" => self.version = Some((value, line.number)),
            "resolution" => self.resolution = Some(value),
            _ => {}
        }
    }
}

fn close(entry: Option<Entry<'_>>, packages: &mut Packages<'_, '_>, broken: &mut Broken) {
    let Some(entry) = entry.filter(|entry| entry.descriptor != "__metadata") else { return };
    let whole = entry.resolution.unwrap_or(entry.descriptor);
    let (Some((name, range)), Some((version, line))) = (name_and_range(whole), entry.version)
    else {
        return broken.report(packages.sink(), entry.line, "the entry has no version");
    };
    if LOCAL.iter().any(|local| range.starts_with(local)) {
        return;
    }
    // A resolution has the package's own name; an alias of Yarn 1 has it behind `npm:`.
    let alias = range.strip_prefix("npm:").filter(|_| entry.resolution.is_none());
    let name = alias.map_or(name, |alias| name_and_range(alias).map_or(alias, |(name, _)| name));
    packages.add(declared(Ecosystem::Npm, name, version, Presence::Declared, Some(line)));
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
