//! Project files of MSBuild, and `Directory.Packages.props`, which has the versions for all
//! projects below it.
//!
//! What a project asks for is read where it is one version; conditions are not evaluated, so that
//! what any platform asks for counts.

use super::{asked_for, is_version};
use crate::lang::declared::{Packages, declared, dev};
use crate::lang::xml::{self, Element};
use lazaret_core::extract::{Extractor, FileInput, Gives, ParseError, Select, Sink};
use lazaret_core::package::Ecosystem;
use std::collections::HashMap;

/// Packages a .NET project declares.
pub(crate) static PROJECT: Extractor = Extractor {
    id: "dotnet/project",
    version: 1,
    title: ".NET projects",
    spec: "https://learn.microsoft.com/nuget/consume-packages/package-references-in-project-files",
    selects: &[Select::Suffix(".csproj"), Select::Suffix(".fsproj"), Select::Suffix(".vbproj")],
    gives: Gives { licenses: false, source: false, ownership: false, dev: true, lines: true },
    run: |input, sink| run(input, sink, &["PackageReference"]),
};

/// Versions of packages for several .NET projects.
pub(crate) static PACKAGES_PROPS: Extractor = Extractor {
    id: "dotnet/packages-props",
    version: 1,
    title: "NuGet central package management",
    spec: "https://learn.microsoft.com/nuget/consume-packages/central-package-management",
    selects: &[Select::Name("Directory.Packages.props"), Select::Name("Packages.props")],
    gives: Gives { licenses: false, source: false, ownership: false, dev: true, lines: true },
    run: |input, sink| {
        run(input, sink, &["PackageVersion", "GlobalPackageReference", "PackageReference"])
    },
};

fn run(input: &FileInput<'_>, sink: &mut Sink<'_>, items: &[&str]) -> Result<(), ParseError> {
    let root = xml::parse(input.bytes)?;
    if root.name != "Project" {
        let message = format!("the file is no project of MSBuild: it holds `{}`", root.name);
        return Err(ParseError::new(message));
    }
    let mut properties = HashMap::new();
    let mut references = Vec::new();
    collect(&root, items, &mut properties, &mut references);
    let mut packages = Packages::new(sink);
    for reference in references {
        let name = reference.value("Include").or_else(|| reference.value("Update"));
        let version = reference.value("Version").or_else(|| reference.value("VersionOverride"));
        // Without a version here it stands in the file for all projects.
        let Some((name, version)) = name.zip(version) else { continue };
        // `$(Name)` may come from any file that MSBuild reads before this one.
        let version = match version.strip_prefix("$(").and_then(|rest| rest.strip_suffix(')')) {
            Some(property) => properties.get(property).copied(),
            None => Some(version),
        };
        // A list of names has one version as well.
        for name in name.split(';').map(str::trim).filter(|name| !name.contains(['$', '*', '@'])) {
            let Some(version) = version.and_then(asked_for) else { continue };
            // What serves for building only is kept from those who use the project.
            let is_dev = reference.value("PrivateAssets").is_some_and(|assets| {
                assets.split(';').any(|one| one.trim().eq_ignore_ascii_case("all"))
            });
            let line = version_line(reference);
            let mut package = declared(Ecosystem::Nuget, name, version, dev(is_dev), line);
            package.direct = Some(true);
            packages.add(package);
        }
    }
    packages.finish()
}

/// The line of the version, where it is an element of its own.
fn version_line(reference: &Element) -> Option<u32> {
    match reference.attribute("Version") {
        Some(_) => reference.line,
        None => reference.child("Version").map_or(reference.line, |version| version.line),
    }
}

/// Properties and package items, in groups at any depth: `Choose` and `When` hold groups too. The
/// tree has a bounded depth.
fn collect<'e>(
    parent: &'e Element,
    items: &[&str],
    properties: &mut HashMap<&'e str, &'e str>,
    references: &mut Vec<&'e Element>,
) {
    for child in &parent.children {
        match child.name.as_str() {
            "PropertyGroup" => {
                let values = child.children.iter().filter(|property| is_version(&property.text));
                properties.extend(values.map(|property| (&*property.name, &*property.text)));
            }
            "ItemGroup" => references
                .extend(child.children.iter().filter(|item| items.contains(&item.name.as_str()))),
            "Choose" | "When" | "Otherwise" => collect(child, items, properties, references),
            _ => {}
        }
    }
}
