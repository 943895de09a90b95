//! Python projects: those that are installed, by the metadata that wheels and eggs leave beside the
//! code, and those a lock file declares.

mod pdm_lock;
mod pipfile_lock;
mod poetry_lock;
mod project;
mod pylock;
mod requirements;
mod uv_lock;

pub(crate) use pdm_lock::PDM_LOCK;
pub(crate) use pipfile_lock::PIPFILE_LOCK;
pub(crate) use poetry_lock::POETRY_LOCK;
pub(crate) use project::{PYPROJECT, SETUP_CFG, SETUP_PY};
pub(crate) use pylock::PYLOCK;
pub(crate) use requirements::{REQUIREMENTS, pin};
pub(crate) use uv_lock::UV_LOCK;

use super::declared::{need, needs};
use crate::lines::{Lines, field};
use lazaret_core::extract::{Extractor, FileInput, Gives, ParseError, Select, Sink};
use lazaret_core::location::ImagePath;
use lazaret_core::package::{Ecosystem, PackageFact};

/// Metadata of installed wheels (`*.dist-info/METADATA`) and eggs (`*.egg-info`, as a folder or as
/// a file, and `EGG-INFO` inside an egg).
pub(crate) static DIST_INFO: Extractor = Extractor {
    id: "python/dist-info",
    version: 2,
    title: "Installed Python projects",
    spec: "https://packaging.python.org/en/latest/specifications/core-metadata/",
    selects: &[
        Select::NameIn("METADATA", ".dist-info"),
        Select::NameIn("PKG-INFO", ".egg-info"),
        Select::NameIn("PKG-INFO", "EGG-INFO"),
        Select::Suffix(".egg-info"),
    ],
    gives: Gives { licenses: true, source: false, ownership: false, dev: false, lines: false },
    run,
};

/// Length of a license name in bytes. Some projects put a whole license text into the field.
const LICENSE_BYTES_MAX: usize = 120;

/// Licenses taken from the classifiers of one project.
const CLASSIFIERS_MAX: usize = 50;

/// Requirements of one project. Those with most extras have some hundred.
const REQUIRED_MAX: usize = 2_000;

/// The name a requirement begins with.
fn name_of(requirement: &str) -> Option<&str> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let end = requirement.find(|c: char| !is_name(c)).unwrap_or(requirement.len());
    requirement.get(..end).filter(|name| !name.is_empty())
}

fn run(input: &FileInput<'_>, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    let headers = Headers::parse(input.bytes);
    let missing = match (&headers.name, &headers.version) {
        (Some(_), Some(_)) => None,
        (None, _) => Some("no `Name` header"),
        (Some(_), None) => Some("no `Version` header"),
    };
    // The name of the file or folder holds both too, by the specification of wheels and eggs.
    let (named, versioned) = from_path(input.path).unzip();
    let name = headers.name.clone().or(named);
    let version = headers.version.clone().or(versioned);
    if let (Some(name), Some(version)) = (name, version) {
        let mut package = PackageFact::installed(Ecosystem::Pypi, name, version);
        let required = headers.required.iter().filter_map(|spec| name_of(spec));
        package.needs = needs(required.map(|name| need(name, None)));
        package.licenses = headers.into_licenses();
        sink.package(package);
    }
    missing.map_or(Ok(()), |message| Err(ParseError::new(message)))
}

/// The headers that matter.
#[derive(Default)]
struct Headers {
    name: Option<String>,
    version: Option<String>,
    expression: Option<String>,
    /// The first line of `License`, and whether there are more.
    license: Option<(String, bool)>,
    classifiers: Vec<String>,
    /// Requirements, those of extras left out: nobody knows which were asked for.
    required: Vec<String>,
}

impl Headers {
    /// Reads headers up to the first empty line; what follows is the description.
    fn parse(bytes: &[u8]) -> Self {
        let mut headers = Self::default();
        let mut in_license = false;
        let mut any = false;
        for line in Lines::new(bytes) {
            match line.text.first() {
                None if any => break,
                None => continue,
                Some(b' ' | b'\t') => {
                    if let Some((_, more)) = headers.license.as_mut().filter(|_| in_license) {
                        *more = true;
                    }
                    continue;
                }
                Some(_) => {}
            }
            any = true;
            in_license = false;
            let Some((name, value)) = field(line.text) else { continue };
            let is = |header: &[u8]| name.eq_ignore_ascii_case(header);
            let filled = || Some(decode(value)).filter(|value| !value.is_empty());
            if is(b"Name") {
                headers.name = headers.name.take().or_else(filled);
            } else if is(b"Version") {
                headers.version = headers.version.take().or_else(filled);
            } else if is(b"License-Expression") {
                headers.expression = headers.expression.take().or_else(filled);
            } else if is(b"License") {
                in_license = true;
                headers.license = Some((decode(value), false));
            } else if is(b"Requires-Dist") && headers.required.len() < REQUIRED_MAX {
                headers.required.extend(filled().filter(|spec| !spec.contains("extra ")));
            } else if is(b"Classifier") && headers.classifiers.len() < CLASSIFIERS_MAX {
                headers.classifiers.extend(license_of_classifier(&decode(value)));
            }
        }
        headers
    }

    /// The licenses, from the most exact header that has any.
    fn into_licenses(self) -> Vec<String> {
        if let Some(expression) = self.expression {
            return vec![expression];
        }
        let (license, more) = self.license.unwrap_or_default();
        let is_name = is_license_name(&license);
        if is_name && !more {
            return vec![license];
        }
        let mut classifiers = self.classifiers;
        classifiers.sort();
        classifiers.dedup();
        // A license text often starts with its name.
        if classifiers.is_empty() && is_name { vec![license] } else { classifiers }
    }
}

/// Whether a `License` line may name a license: it is not a placeholder, nor the start of a license
/// text.
fn is_license_name(line: &str) -> bool {
    let lower = line.to_ascii_lowercase();
    let is_text = ["copyright", "(c)", "©"].iter().any(|beginning| lower.starts_with(beginning));
    !line.is_empty() && line.len() <= LICENSE_BYTES_MAX && lower != "unknown" && !is_text
}

/// `License :: OSI Approved :: MIT License` is `MIT License`; the group alone says nothing.
fn license_of_classifier(classifier: &str) -> Option<String> {
    let rest = classifier.strip_prefix("License ::")?;
    let last = rest.rsplit("::").next()?.trim();
    (!last.is_empty() && last != "OSI Approved").then(|| last.to_owned())
}

/// Name and version from `NAME-VERSION.dist-info`, `NAME-VERSION-py3.11.egg-info` and
/// `NAME-VERSION-py3.11.egg/EGG-INFO`. A hyphen inside either part is written `_`.
fn from_path(path: &ImagePath) -> Option<(String, String)> {
    let folder = path.parent();
    let egg = folder.parent();
    let stem = path
        .name()
        .strip_suffix(".egg-info")
        .or_else(|| folder.name().strip_suffix(".dist-info"))
        .or_else(|| folder.name().strip_suffix(".egg-info"))
        .or_else(|| egg.name().strip_suffix(".egg"))?;
    let mut parts = stem.split('-');
    let (name, version) = (parts.next()?, parts.next()?);
    let looks_right = !name.is_empty() && version.starts_with(|c: char| c.is_ascii_digit());
    looks_right.then(|| (name.to_owned(), version.to_owned()))
}

/// Text as UTF-8, or as Latin-1 where it is not: old tools wrote whatever they had.
fn decode(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => bytes.iter().copied().map(char::from).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn licenses(headers: &str) -> Vec<String> {
        Headers::parse(headers.as_bytes()).into_licenses()
    }

    #[test]
    fn the_most_exact_license_header_wins() {
        let classifier = "Classifier: License :: OSI Approved :: MIT License\n";
        for (headers, expected) in [
            (
                format!("License-Expression: MIT OR Apache-2.0\nLicense: MIT\n{classifier}"),
                vec!["MIT OR Apache-2.0"],
            ),
            (format!("License: BSD\n{classifier}"), vec!["BSD"]),
            (format!("License: UNKNOWN\n{classifier}"), vec!["MIT License"]),
            (
                format!("License: Copyright (c) X\n        All rights reserved\n{classifier}"),
                vec!["MIT License"],
            ),
            ("License: MIT License\n        Copyright (c) X\n".to_owned(), vec!["MIT License"]),
            ("Classifier: License :: OSI Approved\nClassifier: Topic :: X\n".to_owned(), vec![]),
            (format!("License: {}\n{classifier}", "x".repeat(500)), vec!["MIT License"]),
            ("License: Copyright (c) 2010 X\n".to_owned(), vec![]),
            (String::new(), vec![]),
        ] {
            assert_eq!(licenses(&headers), expected, "{headers}");
        }
    }

    #[test]
    fn names_of_files_and_folders_hold_name_and_version() {
        for (path, expected) in [
            ("p/Django-2.2.dist-info/METADATA", Some(("Django", "2.2"))),
            ("p/PyJWT-2.6.0.egg-info", Some(("PyJWT", "2.6.0"))),
            ("p/some_pkg-3.19.0-py3.8.egg-info/PKG-INFO", Some(("some_pkg", "3.19.0"))),
            ("p/egg-1.0-py2.7.egg/EGG-INFO/PKG-INFO", Some(("egg", "1.0"))),
            ("p/wsgiref.egg-info", None),
            ("p/.dist-info/METADATA", None),
        ] {
            let path = ImagePath::parse(path.as_bytes()).unwrap();
            let expected = expected.map(|(name, version)| (name.to_owned(), version.to_owned()));
            assert_eq!(from_path(&path), expected, "{path}");
        }
    }
}
