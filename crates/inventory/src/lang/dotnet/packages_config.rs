//! `packages.config`: what older projects have installed, direct and needed alike.

use super::asked_for;
use crate::lang::declared::{Packages, declared, dev};
use crate::lang::xml;
use lazaret_core::extract::{Extractor, FileInput, Gives, ParseError, Select, Sink};
use lazaret_core::package::Ecosystem;

/// Packages a .NET Framework project declares.
pub(crate) static PACKAGES_CONFIG: Extractor = Extractor {
    id: "dotnet/packages-config",
    version: 1,
    title: "NuGet packages.config",
    spec: "https://learn.microsoft.com/nuget/reference/packages-config",
    selects: &[Select::Name("packages.config")],
    gives: Gives { licenses: false, source: false, ownership: false, dev: true, lines: true },
    run,
};

fn run(input: &FileInput<'_>, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    let root = xml::parse(input.bytes)?;
    if root.name != "packages" {
        let message = format!("the file is no list of packages: it holds `{}`", root.name);
        return Err(ParseError::new(message));
    }
    let mut packages = Packages::new(sink);
    let mut malformed = 0_usize;
    for package in root.children.iter().filter(|child| child.name == "package") {
        let version = package.attribute("version").and_then(asked_for);
        let Some((name, version)) = package.attribute("id").zip(version) else {
            malformed = malformed.saturating_add(1);
            continue;
        };
        let is_dev =
            package.attribute("developmentDependency").is_some_and(|value| value == "true");
        packages.add(declared(Ecosystem::Nuget, name, version, dev(is_dev), package.line));
    }
    packages.finish()?;
    match malformed {
        0 => Ok(()),
        count => Err(ParseError::new(format!("{count} packages without a name or version"))),
    }
}
