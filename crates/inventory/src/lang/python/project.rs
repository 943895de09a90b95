//! `pyproject.toml`, `setup.cfg` and `setup.py`: what a project itself asks for, where it asks for
//! one version.

use super::pin;
use crate::lang::declared::{Packages, declared, dev, document};
use crate::lang::places::Places;
use crate::lang::toml_file::parse;
use crate::lines::Lines;
use lazaret_core::extract::{Extractor, FileInput, Gives, ParseError, Select, Sink};
use lazaret_core::package::Ecosystem;
use serde::Deserialize;
use std::collections::BTreeMap;
use toml::{Spanned, Value};

/// Requirements of a `pyproject.toml` with one version: those of the standard, of dependency
/// groups, and of Poetry.
pub(crate) static PYPROJECT: Extractor = Extractor {
    id: "python/pyproject",
    version: 1,
    title: "Python projects",
    spec: "https://packaging.python.org/en/latest/specifications/pyproject-toml/",
    selects: &[Select::Name("pyproject.toml")],
    gives: Gives { licenses: false, source: false, ownership: false, dev: true, lines: true },
    run: run_pyproject,
};

/// Requirements of a `setup.cfg` with one version.
pub(crate) static SETUP_CFG: Extractor = Extractor {
    id: "python/setup-cfg",
    version: 1,
    title: "Python projects of setuptools, declarative",
    spec: "https://setuptools.pypa.io/en/latest/userguide/declarative_config.html",
    selects: &[Select::Name("setup.cfg")],
    gives: Gives { licenses: false, source: false, ownership: false, dev: true, lines: true },
    run: run_setup_cfg,
};

/// Requirements of a `setup.py` with one version, where they are literals.
pub(crate) static SETUP_PY: Extractor = Extractor {
    id: "python/setup-py",
    version: 1,
    title: "Python projects of setuptools, in code",
    spec: "https://setuptools.pypa.io/en/latest/references/keywords.html",
    selects: &[Select::Name("setup.py")],
    gives: Gives { licenses: false, source: false, ownership: false, dev: true, lines: true },
    run: run_setup_py,
};

#[derive(Default, Deserialize)]
#[serde(default)]
struct Pyproject {
    project: Project,
    #[serde(rename = "dependency-groups")]
    groups: BTreeMap<String, Vec<Spanned<Value>>>,
    tool: Tool,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Project {
    dependencies: Vec<Spanned<String>>,
    #[serde(rename = "optional-dependencies")]
    optional: BTreeMap<String, Vec<Spanned<String>>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Tool {
    poetry: Poetry,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Poetry {
    dependencies: BTreeMap<String, Spanned<Value>>,
    #[serde(rename = "dev-dependencies")]
    dev: BTreeMap<String, Spanned<Value>>,
    group: BTreeMap<String, Group>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Group {
    dependencies: BTreeMap<String, Spanned<Value>>,
}

fn run_pyproject(input: &FileInput<'_>, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    let (file, places) = parse::<Pyproject>(input.bytes)?;
    let mut packages = Packages::new(sink);
    let mut add = |(name, version): (&str, &str), is_dev, at: usize| {
        let line = places.line(at);
        let mut package = declared(Ecosystem::Pypi, name, version, dev(is_dev), line);
        package.direct = Some(true);
        packages.add(package);
    };
    let optional = file.project.optional.values().flatten();
    for spec in file.project.dependencies.iter().chain(optional) {
        if let Some(pinned) = pin(spec.get_ref()) {
            add(pinned, false, spec.span().start);
        }
    }
    for spec in file.groups.values().flatten() {
        if let Some(pinned) = spec.get_ref().as_str().and_then(pin) {
            add(pinned, true, spec.span().start);
        }
    }
    let Poetry { dependencies, dev, group } = &file.tool.poetry;
    let groups = group.values().flat_map(|group| &group.dependencies);
    let tables = dependencies.iter().map(|entry| (entry, false));
    for ((name, spec), is_dev) in tables.chain(dev.iter().chain(groups).map(|entry| (entry, true)))
    {
        let value = spec.get_ref();
        let version = value.get("version").unwrap_or(value).as_str().and_then(exact);
        if let Some(version) = version.filter(|_| name != "python") {
            add((name, version), is_dev, spec.span().start);
        }
    }
    packages.finish()
}

/// A version of Poetry that stands for itself: `1.2.3` or `==1.2.3`.
fn exact(constraint: &str) -> Option<&str> {
    let version = constraint.trim().trim_start_matches('=').trim();
    let is_one = version.starts_with(|c: char| c.is_ascii_digit())
        && !version.contains(['*', ',', '|', '<', '>', ' ', '^', '~']);
    is_one.then_some(version)
}

/// Fields of `setup.cfg` and arguments of `setup.py` that list requirements, and whether they are
/// for development.
const FIELDS: [(&str, bool); 3] =
    [("install_requires", false), ("setup_requires", true), ("tests_require", true)];

fn run_setup_cfg(input: &FileInput<'_>, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    let mut packages = Packages::new(sink);
    let mut section = String::new();
    let mut open: Option<bool> = None;
    for line in Lines::new(input.bytes) {
        let text = std::str::from_utf8(line.text)
            .map_err(|_| ParseError::at(line.number, "the line is not UTF-8"))?;
        let inner = text.trim_start();
        if inner.is_empty() || inner.starts_with(['#', ';']) {
            continue;
        }
        let mut spec = inner;
        if inner.len() == text.len() {
            if let Some(name) = text.strip_prefix('[') {
                name.trim_end_matches(']').trim().clone_into(&mut section);
                open = None;
                continue;
            }
            let Some((key, value)) = text.split_once('=') else {
                open = None;
                continue;
            };
            let field = FIELDS.iter().find(|(field, _)| *field == key.trim());
            open = match section.as_str() {
                "options" => field.map(|(_, is_dev)| *is_dev),
                "options.extras_require" => Some(false),
                _ => None,
            };
            spec = value;
        }
        let Some(is_dev) = open else { continue };
        if let Some((name, version)) = pin(spec) {
            let line = Some(line.number);
            packages.add(declared(Ecosystem::Pypi, name, version, dev(is_dev), line));
        }
    }
    packages.finish()
}

/// Lists of requirements of each kind in one `setup.py`; one is usual.
const LISTS_MAX: usize = 16;

fn run_setup_py(input: &FileInput<'_>, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    let text = document(input.bytes)?;
    let places = Places::new(text.as_bytes());
    let mut packages = Packages::new(sink);
    for (field, is_dev) in FIELDS {
        for (at, _) in text.match_indices(field).take(LISTS_MAX) {
            let rest = text.get(at.saturating_add(field.len())..).unwrap_or_default();
            // An argument or a variable: `install_requires=[...]`.
            let list = rest.trim_start().strip_prefix('=').map(str::trim_start);
            let Some(list) = list.and_then(|list| list.strip_prefix(['[', '('])) else { continue };
            for literal in literals(list) {
                if let Some((name, version)) = pin(literal) {
                    let (presence, line) = (dev(is_dev), places.line_of(literal));
                    packages.add(declared(Ecosystem::Pypi, name, version, presence, line));
                }
            }
        }
    }
    packages.finish()
}

/// The strings of a list, up to its end; what else is in it is code.
fn literals(list: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = list;
    while let Some(at) = rest.find(['"', '\'', ']', ')', '#']) {
        let Some(mark) = rest.get(at..).and_then(|rest| rest.chars().next()) else { break };
        let inner = rest.get(at.saturating_add(1)..).unwrap_or_default();
        let end = match mark {
            '"' | '\'' => inner.find([mark, '\n']),
            '#' => inner.find('\n'),
            _ => return found,
        };
        let Some(end) = end else { break };
        if mark != '#' {
            found.extend(inner.get(..end));
        }
        rest = inner.get(end.saturating_add(1)..).unwrap_or_default();
    }
    found
}
