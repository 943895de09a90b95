//! `environment.yml`: what an environment of Conda is to be made of.

use crate::lang::declared::{Packages, declared};
use crate::lang::python::pin;
use crate::lang::yaml_file::parse;
use lazaret_core::extract::{Extractor, FileInput, Gives, ParseError, Select, Sink};
use lazaret_core::package::{Ecosystem, Presence};
use serde::Deserialize;
use serde_saphyr::Spanned;
use std::collections::BTreeMap;

/// Packages an environment file pins to a version, those for pip included. What it leaves open
/// names no version that could be in the image.
pub(crate) static ENVIRONMENT: Extractor = Extractor {
    id: "conda/environment",
    version: 1,
    title: "Conda environment files",
    spec: "https://docs.conda.io/projects/conda/en/stable/user-guide/tasks/manage-environments.html",
    selects: &[Select::Name("environment.yml"), Select::Name("environment.yaml")],
    gives: Gives { licenses: false, source: false, ownership: false, dev: false, lines: true },
    run,
};

#[derive(Deserialize)]
struct Environment {
    #[serde(default)]
    dependencies: Option<Vec<Spanned<Dependency>>>,
}

/// A package, or what other package managers are to install.
#[derive(Deserialize)]
#[serde(untagged)]
enum Dependency {
    Package(String),
    Other(BTreeMap<String, Option<Vec<String>>>),
}

fn run(input: &FileInput<'_>, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    let environment: Environment = parse(input.bytes, "environment of Conda")?;
    let mut packages = Packages::new(sink);
    for dependency in environment.dependencies.iter().flatten() {
        let mut add = |ecosystem, (name, version): (&str, &str), line| {
            packages.add(declared(ecosystem, name, version, Presence::Declared, line));
        };
        match &dependency.value {
            Dependency::Package(spec) => {
                if let Some(pinned) = pinned(spec) {
                    let line = u32::try_from(dependency.referenced.line()).ok();
                    add(Ecosystem::Conda, pinned, line);
                }
            }
            Dependency::Other(others) => {
                for spec in others.get("pip").into_iter().flatten().flatten() {
                    if let Some(pinned) = pin(spec) {
                        add(Ecosystem::Pypi, pinned, None);
                    }
                }
            }
        }
    }
    packages.finish()
}

/// Name and version of `CHANNEL::NAME=VERSION=BUILD`, which is what `conda env export` writes.
fn pinned(spec: &str) -> Option<(&str, &str)> {
    let spec = spec.rsplit("::").next().unwrap_or(spec);
    let (name, rest) = spec.split_once('=')?;
    let version = rest.trim_start_matches('=').trim_start().split(['=', ' ']).next()?;
    let is_exact = version.starts_with(|c: char| c.is_ascii_alphanumeric())
        && !version.contains(['*', ',', '|', '<', '>']);
    let name = name.trim();
    (is_exact && !name.ends_with(['<', '>', '!', '~'])).then_some((name, version))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_one_version_is_a_pin() {
        for (spec, expected) in [
            ("bzip2=1.0.8=h998d150_5", Some(("bzip2", "1.0.8"))),
            ("conda-forge::numpy==1.26.4", Some(("numpy", "1.26.4"))),
            ("numpy = 1.26", Some(("numpy", "1.26"))),
            ("python=3.11.*", None),
            ("python>=3.11", None),
            ("python!=3.11", None),
            ("python", None),
        ] {
            assert_eq!(pinned(spec), expected, "{spec}");
        }
    }
}
