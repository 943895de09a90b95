//! Ignore files: what somebody decided should not count, why, and until when.
//!
//! [`read`] takes the files of seven tools by their names. An entry never removes a finding: it
//! marks it, with who, why and until when. What an entry cannot mean here, or what is wrong in a
//! file whose own tool would carry on, is a remark.

mod dockle;
mod grype;
mod hadolint;
mod lazaret;
mod osv;
mod snyk;
mod trivy;

use crate::day::Day;
use crate::kind::{Kind, Subject};
use crate::pattern::{Names, Pattern};
use crate::purl::Purl;
use crate::source::{FileError, Source};
use lazaret_core::advisory::Status;
use regex::Regex;
use std::fmt;

/// The most entries one file may have; larger ones are not made by hand.
const ENTRIES_MAX: usize = 50_000;

/// Whose file it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tool {
    /// `.lazaretignore.yaml`.
    Lazaret,
    /// `.trivyignore`.
    Trivy,
    /// `.trivyignore.yaml`.
    TrivyYaml,
    /// `.grype.yaml`.
    Grype,
    /// `osv-scanner.toml`.
    OsvScanner,
    /// `.snyk`.
    Snyk,
    /// `.dockleignore`.
    Dockle,
    /// `.hadolint.yaml`.
    Hadolint,
}

/// Files that are looked for in the working folder, as their tools look for them, in the order in
/// which they are asked. Trivy takes `.trivyignore.yaml` by flag only, and so does this.
pub const FOUND_BY_NAME: [(&str, Tool); 11] = [
    (".lazaretignore.yaml", Tool::Lazaret),
    (".lazaretignore.yml", Tool::Lazaret),
    (".trivyignore", Tool::Trivy),
    (".grype.yaml", Tool::Grype),
    (".grype.yml", Tool::Grype),
    (".grype/config.yaml", Tool::Grype),
    ("osv-scanner.toml", Tool::OsvScanner),
    (".snyk", Tool::Snyk),
    (".dockleignore", Tool::Dockle),
    (".hadolint.yaml", Tool::Hadolint),
    (".hadolint.yml", Tool::Hadolint),
];

impl Tool {
    /// Whose a file is, by its name; what no tool calls so is Trivy's, whose flag takes any name.
    pub fn of(file: &str) -> Self {
        let name = file.rsplit(['/', '\\']).next().unwrap_or(file);
        let is_yaml = has_extension(name, &["yaml", "yml"]);
        match name {
            ".snyk" => Self::Snyk,
            ".dockleignore" => Self::Dockle,
            _ if has_extension(name, &["toml"]) => Self::OsvScanner,
            _ if is_yaml && name.contains("lazaretignore") => Self::Lazaret,
            _ if is_yaml && name.contains("grype") => Self::Grype,
            _ if is_yaml && name.contains("hadolint") => Self::Hadolint,
            _ if file.ends_with(".grype/config.yaml") => Self::Grype,
            _ if is_yaml => Self::TrivyYaml,
            _ => Self::Trivy,
        }
    }
}

fn has_extension(name: &str, extensions: &[&str]) -> bool {
    let extension = name.rsplit_once('.').map(|(_, extension)| extension);
    extension.is_some_and(|found| extensions.iter().any(|one| found.eq_ignore_ascii_case(one)))
}

/// One decision that something should not count.
#[derive(Clone, Debug, Default)]
pub struct Entry {
    /// The file, as it was named.
    pub file: String,
    /// The line it begins in, from 1.
    pub line: u32,
    /// Why, in its author's words.
    pub reason: Option<String>,
    /// Who answers for it.
    pub owner: Option<String>,
    /// The last day it holds.
    pub until: Option<Day>,
    pub(crate) kinds: Vec<Kind>,
    pub(crate) ids: Option<Names>,
    /// The id where there is one and it is no pattern, for look-ups.
    pub(crate) id: Option<String>,
    pub(crate) about: About,
}

/// What an entry asks of a package besides the id. Everything that is given must hold.
#[derive(Clone, Debug, Default)]
pub(crate) struct About {
    pub(crate) packages: Option<Names>,
    pub(crate) package_regex: Option<Regex>,
    pub(crate) versions: Vec<String>,
    pub(crate) purls: Vec<Purl>,
    /// Types of package urls.
    pub(crate) types: Vec<String>,
    pub(crate) paths: Vec<Pattern>,
    pub(crate) upstream: Option<String>,
    pub(crate) segments: Vec<String>,
    pub(crate) fix: Option<FixState>,
    /// Whether the advisory names the package itself and not its source package.
    pub(crate) direct: Option<bool>,
}

/// Grype's word for what is known of a fix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FixState {
    Fixed,
    NotFixed,
    WontFix,
    Unknown,
}

/// What an ignore file says.
#[derive(Clone, Debug, Default)]
pub struct IgnoreFile {
    /// The file, as it was named.
    pub file: String,
    /// What it says.
    pub entries: Vec<Entry>,
    /// What could not be taken, of which its own tool says something and carries on.
    pub remarks: Vec<FileError>,
}

/// Reads an ignore file of any of the tools.
pub fn read(file: &str, text: &str) -> Result<IgnoreFile, FileError> {
    let source = Source::new(file, text);
    source.checked()?;
    let mut ignore = IgnoreFile { file: file.to_owned(), ..IgnoreFile::default() };
    match Tool::of(file) {
        Tool::Lazaret => lazaret::read(source, &mut ignore)?,
        Tool::Trivy => trivy::read_lines(source, &mut ignore)?,
        Tool::TrivyYaml => trivy::read_yaml(source, &mut ignore)?,
        Tool::Grype => grype::read(source, &mut ignore)?,
        Tool::OsvScanner => osv::read(source, &mut ignore)?,
        Tool::Snyk => snyk::read(source, &mut ignore)?,
        Tool::Dockle => dockle::read(source, &mut ignore)?,
        Tool::Hadolint => hadolint::read(source, &mut ignore)?,
    }
    if ignore.entries.len() > ENTRIES_MAX {
        let message = format!("it has more than {ENTRIES_MAX} entries");
        return Err(source.error(crate::source::Place::default(), message));
    }
    Ok(ignore)
}

impl Entry {
    /// Whether it is about this finding, whatever the day.
    pub(crate) fn is_about(&self, subject: Subject<'_>) -> bool {
        (self.kinds.is_empty() || self.kinds.contains(&subject.kind))
            && self.ids.as_ref().is_none_or(|ids| subject.ids().any(|id| ids.is_match(id)))
            && self.about.holds(subject)
    }

    /// Whether it does not hold any more. Without a day nobody knows, and it does not hold.
    pub(crate) fn is_expired(&self, today: Option<Day>) -> bool {
        self.until.is_some_and(|until| today.is_none_or(|today| until < today))
    }

    /// Who suppressed something by it.
    pub(crate) fn by(&self) -> String {
        match &self.owner {
            Some(owner) => format!("{}:{} ({owner})", self.file, self.line),
            None => format!("{}:{}", self.file, self.line),
        }
    }

    /// Sets the ids, which may be patterns.
    pub(crate) fn set_ids(&mut self, ids: Vec<String>) -> Result<(), crate::PatternError> {
        if let [id] = ids.as_slice()
            && !id.contains(['*', '?', '[', '{'])
        {
            self.id = Some(id.to_ascii_lowercase());
        }
        self.ids = Some(Names::new(ids)?);
        Ok(())
    }
}

impl fmt::Display for Entry {
    /// Where it is and what it is about.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)?;
        if let Some(ids) = &self.ids {
            write!(f, " {ids}")?;
        }
        if let Some(packages) = &self.about.packages {
            write!(f, " of {packages}")?;
        }
        Ok(())
    }
}

impl About {
    fn is_any(&self) -> bool {
        self.packages.is_none()
            && self.package_regex.is_none()
            && self.versions.is_empty()
            && self.purls.is_empty()
            && self.types.is_empty()
            && self.paths.is_empty()
            && self.upstream.is_none()
            && self.segments.is_empty()
            && self.fix.is_none()
            && self.direct.is_none()
    }

    fn holds(&self, subject: Subject<'_>) -> bool {
        if self.is_any() {
            return true;
        }
        let paths =
            || subject.paths().any(|path| self.paths.iter().any(|pattern| pattern.is_match(path)));
        (self.paths.is_empty() || paths())
            && self.holds_of_package(subject)
            && self.holds_of_advisory(subject)
    }

    fn holds_of_package(&self, subject: Subject<'_>) -> bool {
        let asks = self.packages.is_some()
            || self.package_regex.is_some()
            || !self.versions.is_empty()
            || !self.purls.is_empty()
            || !self.types.is_empty()
            || self.upstream.is_some();
        if !asks {
            return true;
        }
        let Some(package) = subject.package else { return false };
        let source = package.source.as_ref().map(|source| source.name.as_str());
        let kind = package.ecosystem.purl_type();
        let purl = || Purl::parse(&package.purl).ok();
        let covered =
            || purl().is_some_and(|found| self.purls.iter().any(|purl| purl.covers(&found)));
        self.packages.as_ref().is_none_or(|names| {
            names.is_match(&package.name) || source.is_some_and(|source| names.is_match(source))
        }) && self.package_regex.as_ref().is_none_or(|regex| regex.is_match(&package.name))
            && (self.versions.is_empty() || self.versions.contains(&package.version))
            && (self.types.is_empty() || self.types.iter().any(|one| one == kind))
            && self.upstream.as_deref().is_none_or(|upstream| source == Some(upstream))
            && (self.purls.is_empty() || covered())
    }

    fn holds_of_advisory(&self, subject: Subject<'_>) -> bool {
        if self.segments.is_empty() && self.fix.is_none() && self.direct.is_none() {
            return true;
        }
        let Some(vulnerability) = subject.vulnerability else { return false };
        let is_direct =
            || subject.package.is_some_and(|package| package.name == vulnerability.reason.package);
        let state = || match vulnerability.status {
            _ if !vulnerability.fixed_versions.is_empty() => FixState::Fixed,
            Status::WillNotFix => FixState::WontFix,
            Status::Unknown => FixState::Unknown,
            _ => FixState::NotFixed,
        };
        (self.segments.is_empty() || self.segments.contains(&vulnerability.reason.segment))
            && self.fix.is_none_or(|fix| fix == state())
            && self.direct.is_none_or(|direct| direct == is_direct())
    }
}
