//! What to do: the version that has the fix, and the command that gets it.
//!
//! A command is meant to be copied, and names come from images nobody vouches for. So a name is
//! only put into one when it is made of characters that mean nothing to a shell.

use super::group::{Cluster, Group, Place};
use super::style::Role;
use super::{Page, text};
use lazaret_core::advisory::Status;
use lazaret_core::finding::Vulnerability;
use lazaret_core::location::ImagePath;
use lazaret_core::package::{Ecosystem, Package};
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

/// Packages of a distribution named in one command. With more, upgrading everything is the same
/// work and shorter to write.
const OS_NAMES_MAX: usize = 8;
/// Libraries named in one command; a project with more wants its own tool's overview.
const LIBRARY_NAMES_MAX: usize = 12;
/// Longest word put into a command, so that a line always has room for it.
const WORD_MAX: usize = 48;

/// The fixed versions as they stand in their column, all of them if they fit in `room`, else the
/// nearest; where there is none, why.
pub(super) fn phrase(
    vulnerability: &Vulnerability,
    ellipsis: &str,
    cell: impl Fn(&str) -> String,
    room: usize,
) -> String {
    match vulnerability.fixed_versions.as_slice() {
        [] => no_fix(vulnerability.status).to_owned(),
        [only] => cell(only),
        [nearest, ..] => {
            let all: Vec<String> = vulnerability.fixed_versions.iter().map(|v| cell(v)).collect();
            let all = all.join(", ");
            if text::width(&all) <= room { all } else { format!("{}, {ellipsis}", cell(nearest)) }
        }
    }
}

/// Why there is no fixed version.
pub(crate) const fn no_fix(status: Status) -> &'static str {
    match status {
        Status::Unknown | Status::Affected => "no fix yet",
        Status::NotAffected => "not affected",
        Status::Fixed => "unknown version",
        Status::UnderInvestigation => "being examined",
        Status::WillNotFix => "no fix planned",
        Status::FixDeferred => "fix deferred",
        Status::EndOfLife => "end of life",
    }
}

/// Writes what to do about a group, if anything can be done.
pub(super) fn write(page: &mut Page<'_>, group: &Group<'_>) {
    let Fix { hint, command, by_others } = fix(group);
    if hint.is_none() && command.is_empty() && by_others.is_empty() {
        return;
    }
    page.line("");
    let mut label = "Fix";
    if let Some(hint) = hint {
        let hint = page.plain(&hint);
        page.prose(2, label, Role::Heading, &hint);
        label = "   ";
    }
    if !command.is_empty() {
        let words = command.iter().map(String::as_str);
        // Room for the label, for the indent of what follows, and for the backslash.
        let lines = text::join(words, " ", page.width.saturating_sub(7 + 2 + 2));
        let last = lines.len().saturating_sub(1);
        for (n, line) in lines.iter().enumerate() {
            let label = page.pen.paint(Role::Heading, if n == 0 { label } else { "   " });
            let indent = if n == 0 { "" } else { "  " };
            let tail = if n == last { "" } else { " \\" };
            let command = page.pen.paint(Role::Command, &format!("{line}{tail}"));
            page.line(format!("  {label}  {indent}{command}"));
        }
        label = "   ";
    }
    if !by_others.is_empty() {
        let names: Vec<String> = by_others.into_iter().collect();
        let text = format!("update the packages that bring {}", names.join(", "));
        page.prose(2, label, Role::Heading, &text);
    }
}

/// What to do about a group.
#[derive(Default)]
pub(crate) struct Fix {
    /// What to do in words, or where to run the command.
    pub(crate) hint: Option<String>,
    /// The command, in words that must not be broken.
    pub(crate) command: Vec<String>,
    /// Packages for which no command is sure: other packages decide their version.
    pub(crate) by_others: BTreeSet<String>,
}

pub(crate) fn fix(group: &Group<'_>) -> Fix {
    let fixable: Vec<&Cluster<'_>> = group
        .clusters
        .iter()
        .filter(|cluster| cluster.findings.iter().any(|(finding, _)| finding.is_fixable()))
        .collect();
    if fixable.is_empty() {
        return Fix::default();
    }
    match &group.place {
        Place::Os(ecosystem) => os(group, *ecosystem, &fixable),
        Place::Owned(_) => {
            Fix { hint: Some("upgrade the packages that hold them".to_owned()), ..Fix::default() }
        }
        Place::LockFile(Ecosystem::Npm, path) => {
            libraries(&fixable, &["npm", "install"], at_version, Some(&path.parent()))
        }
        Place::Folder(Ecosystem::Npm, path) => {
            if ["usr/lib/node_modules", "usr/local/lib/node_modules"].contains(&path.as_str()) {
                libraries(&fixable, &["npm", "install", "-g"], at_version, None)
            } else {
                libraries(&fixable, &["npm", "install"], at_version, Some(&path.parent()))
            }
        }
        Place::Folder(Ecosystem::Pypi, _) => {
            libraries(&fixable, &["pip", "install"], at_least, None)
        }
        Place::LockFile(..) | Place::Folder(..) => Fix::default(),
    }
}

fn at_version(name: &str, version: &str) -> String {
    format!("{name}@{version}")
}

fn at_least(name: &str, version: &str) -> String {
    format!("'{name}>={version}'")
}

/// The distribution's own tool.
fn os(group: &Group<'_>, ecosystem: Ecosystem, fixable: &[&Cluster<'_>]) -> Fix {
    let newer_base = group.base == Some(true);
    let packages = || fixable.iter().flat_map(|cluster| &cluster.packages);
    // An image without a package manager lists its packages in a folder of small files.
    let has_manager = !packages().any(|package| {
        package.locations.iter().any(|at| at.path.is_inside("var/lib/dpkg/status.d"))
    });
    if !has_manager {
        return Fix { hint: Some("rebuild on a newer base image".to_owned()), ..Fix::default() };
    }
    let names: BTreeSet<&str> = packages().map(|package| package.name.as_str()).collect();
    let names: Vec<&str> = names.into_iter().collect();
    let named = names.len() <= OS_NAMES_MAX && names.iter().all(|name| is_harmless(name));
    let command: &[&str] = match (ecosystem, named) {
        (Ecosystem::Deb, true) => {
            &["apt-get update", "&&", "apt-get install", "-y", "--only-upgrade"]
        }
        (Ecosystem::Deb, false) => &["apt-get update", "&&", "apt-get upgrade", "-y"],
        (Ecosystem::Apk, _) => &["apk upgrade", "--no-cache"],
        (Ecosystem::Rpm, _) => &["dnf", "upgrade", "-y"],
        _ => &[],
    };
    let names = if named { names.as_slice() } else { &[] };
    Fix {
        hint: newer_base.then(|| "use a newer base image, or".to_owned()),
        command: command.iter().chain(names).map(|&word| word.to_owned()).collect(),
        by_others: BTreeSet::new(),
    }
}

/// A language's package manager, told the version of each package.
fn libraries(
    fixable: &[&Cluster<'_>],
    command: &[&str],
    word: fn(&str, &str) -> String,
    folder: Option<&ImagePath>,
) -> Fix {
    let mut versions: BTreeMap<&str, Option<&str>> = BTreeMap::new();
    for cluster in fixable {
        let findings: Vec<&Vulnerability> = cluster.findings.iter().map(|(_, v)| *v).collect();
        let target = target(cluster.version(), &findings)
            .filter(|_| !cluster.packages.iter().any(|package| is_nested(package)));
        for name in cluster.names() {
            // Two versions beside each other are there because other packages want them.
            versions.entry(name).and_modify(|version| *version = None).or_insert(target);
        }
    }
    let mut fix = Fix::default();
    for (name, version) in versions {
        // What could mean something to a shell is left to the reader: the rows name it.
        match version {
            Some(version) if is_harmless(name) && is_harmless(version) => {
                fix.command.push(word(name, version));
            }
            None if is_harmless(name) => {
                fix.by_others.insert(name.to_owned());
            }
            Some(_) | None => {}
        }
    }
    if fix.command.len() > LIBRARY_NAMES_MAX {
        fix.command.clear();
        fix.by_others.clear();
        fix.hint = Some("update these packages to the versions above".to_owned());
    } else if !fix.command.is_empty() {
        let words = command.iter().map(|&word| word.to_owned());
        fix.command.splice(0..0, words);
        fix.hint = folder.map(|folder| format!("in /{folder}:"));
    }
    fix
}

/// Whether another package brought this one along, in a folder of its own.
fn is_nested(package: &Package) -> bool {
    let depth = |path: &ImagePath| path.as_str().matches("node_modules/").count();
    package.locations.iter().any(|location| depth(&location.path) > 1)
}

/// Whether a word means nothing but itself to a shell and to the command it is given to.
fn is_harmless(word: &str) -> bool {
    let is_plain = |b: u8| b.is_ascii_alphanumeric() || b"@/._+~-".contains(&b);
    word.len() <= WORD_MAX
        && word.bytes().next().is_some_and(|b| b.is_ascii_alphanumeric() || b == b'@')
        && word.bytes().all(is_plain)
}

/// The nearest version above the installed one that surely has every known fix.
pub(crate) fn target<'a>(installed: &str, findings: &[&'a Vulnerability]) -> Option<&'a str> {
    let scheme = findings.first()?.reason.scheme;
    let compare = |a: &str, b: &str| scheme.compare(a, b).unwrap_or(Ordering::Equal);
    let lists: BTreeSet<&'a [String]> =
        findings.iter().map(|v| v.fixed_versions.as_slice()).filter(|v| !v.is_empty()).collect();
    let mut candidates: Vec<&'a str> = lists
        .iter()
        .flat_map(|versions| versions.iter())
        .map(String::as_str)
        .filter(|version| compare(version, installed) == Ordering::Greater)
        .collect();
    scheme.sort(&mut candidates);
    candidates.dedup();
    let has_fix = |candidate: &str, fixed: &[String]| {
        let reached = |version: &&String| compare(version, candidate) != Ordering::Greater;
        let nearest = fixed.iter().filter(reached).max_by(|a, b| compare(a, b));
        // A release line between two fixed ones may be vulnerable itself.
        nearest.is_some_and(|nearest| {
            fixed.iter().all(|version| reached(&version)) || line(nearest) == line(candidate)
        })
    };
    candidates.into_iter().find(|candidate| lists.iter().all(|fixed| has_fix(candidate, fixed)))
}

/// The release line of a version: its first two numbers.
fn line(version: &str) -> Vec<&str> {
    version.splitn(3, '.').take(2).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use lazaret_core::advisory::{Conditions, Reason};
    use lazaret_core::package::PackageId;
    use lazaret_core::severity::BySource;
    use lazaret_core::version::Scheme;

    fn fixed_in(versions: &[&str]) -> Vulnerability {
        Vulnerability {
            package: PackageId(0),
            aliases: vec![],
            status: Status::Fixed,
            fixed_versions: versions.iter().map(|&v| v.to_owned()).collect(),
            fix_channel: None,
            scores: vec![],
            severities: BySource::default(),
            epss: None,
            exploited: None,
            cwes: vec![],
            published: None,
            modified: None,
            first_seen: None,
            fix_first_seen: None,
            reason: Reason {
                segment: "pypi".into(),
                record: String::new(),
                package: String::new(),
                version: String::new(),
                scheme: Scheme::Pep440,
                conditions: Conditions::default(),
                range: None,
            },
        }
    }

    fn check(installed: &str, fixed: &[&[&str]], expected: Option<&str>) {
        let findings: Vec<Vulnerability> =
            fixed.iter().map(|versions| fixed_in(versions)).collect();
        let findings: Vec<&Vulnerability> = findings.iter().collect();
        assert_eq!(target(installed, &findings), expected, "{installed}: {fixed:?}");
    }

    #[test]
    fn the_target_has_every_fix_and_is_the_nearest() {
        check("1.26.4", &[&["1.26.5"], &["1.26.17"], &["1.26.9"]], Some("1.26.17"));
        // A fix that is not known does not stand in the way of the others.
        check("1.0", &[&["1.1"], &[]], Some("1.1"));
        // The installed line has all fixes: no jump to the next one.
        check("2.2.1", &[&["2.2.28", "3.2.13"], &["2.2.20", "3.1.8"]], Some("2.2.28"));
        // The second is not fixed in 2.2 at all.
        check("2.2.1", &[&["2.2.28", "3.2.13"], &["3.2.15", "4.0.7"]], Some("3.2.15"));
        // 3.2.15 lies in a line of which the first says nothing: only 4.0.4 is sure.
        check("2.2.1", &[&["2.2.28", "4.0.4"], &["3.2.15"]], Some("4.0.4"));
        check("1.0", &[&[]], None);
        check("9.0", &[&["1.0"]], None);
    }

    #[test]
    fn only_harmless_words_reach_a_command() {
        for good in ["libssl3", "g++", "@babel/core", "1.2.3~rc1", "Django", "0.4.0-beta.1"] {
            assert!(is_harmless(good), "{good}");
        }
        let long = "a".repeat(WORD_MAX + 1);
        for bad in ["", "-rf", "a b", "$(id)", "a;b", "`id`", "a'b", "a\nb", "é", "~root", &long] {
            assert!(!is_harmless(bad), "{bad}");
        }
    }
}
