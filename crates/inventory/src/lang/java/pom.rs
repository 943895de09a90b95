//! `pom.xml` of Maven: what a project declares, as it is written.
//!
//! Versions come from parents and properties as well, so that the packages of a project are known
//! only in the whole image: see `crate::maven`.

use crate::lang::xml::{self, Element};
use lazaret_core::extract::{Extractor, FileInput, Gives, ParseError, Select, Sink};
use lazaret_core::maven::{MavenDependency, MavenParent, MavenProject};
use std::borrow::Cow;

/// Maven projects, and what a local repository knows of them.
pub(crate) static POM: Extractor = Extractor {
    id: "java/pom",
    version: 1,
    title: "Maven projects",
    spec: "https://maven.apache.org/pom.html",
    selects: &[Select::Name("pom.xml"), Select::Suffix(".pom")],
    gives: Gives { licenses: false, source: false, ownership: false, dev: true, lines: true },
    run,
};

fn run(input: &FileInput<'_>, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    if input.bytes.trim_ascii().is_empty() {
        return Ok(());
    }
    sink.maven(parse(input.bytes)?);
    Ok(())
}

/// Reads a project file.
pub(super) fn parse(bytes: &[u8]) -> Result<MavenProject, ParseError> {
    let root = xml::parse(bytes)?;
    if root.name != "project" {
        let message = format!("the file is no Maven project: it holds `{}`", root.name);
        return Err(ParseError::new(message));
    }
    let owned = |name: &str| root.text_of(name).map(str::to_owned);
    let parent = root.child("parent").and_then(|parent| {
        let text = |name: &str| parent.text_of(name).map(str::to_owned);
        let relative = parent.child("relativePath").map(|path| path.text.clone());
        Some(MavenParent {
            group: text("groupId")?,
            artifact: text("artifactId")?,
            version: text("version")?,
            relative_path: relative.unwrap_or_else(|| "../pom.xml".to_owned()),
        })
    });
    let properties = root.child("properties").map(|list| &*list.children).unwrap_or_default();
    let managed = root.child("dependencyManagement");
    Ok(MavenProject {
        group: owned("groupId"),
        artifact: owned("artifactId").unwrap_or_default(),
        version: owned("version"),
        parent,
        properties: properties.iter().map(|p| (p.name.clone(), p.text.clone())).collect(),
        managed: managed.map(dependencies).unwrap_or_default(),
        dependencies: dependencies(&root),
        licenses: root
            .list("licenses", "license")
            .filter_map(|license| license.text_of("name").or_else(|| license.text_of("url")))
            .map(words)
            .collect(),
    })
}

fn dependencies(parent: &Element) -> Vec<MavenDependency> {
    let dependencies = parent.list("dependencies", "dependency");
    dependencies
        .filter_map(|dependency| {
            let text = |name: &str| dependency.text_of(name).map(str::to_owned);
            Some(MavenDependency {
                group: text("groupId")?,
                artifact: text("artifactId")?,
                version: text("version"),
                scope: text("scope"),
                is_optional: dependency.text_of("optional") == Some("true"),
                line: dependency.child("version").unwrap_or(dependency).line,
            })
        })
        .collect()
}

/// A text on one line.
fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What a project file says of its own name, as far as it can without its parent.
#[derive(Default)]
pub(super) struct OwnCoordinates {
    pub(super) group: Option<String>,
    pub(super) artifact: Option<String>,
    pub(super) version: Option<String>,
}

/// The coordinates of a project; group and version are the parent's where it has none.
pub(super) fn own_coordinates(project: &MavenProject) -> OwnCoordinates {
    let parent = project.parent.as_ref();
    let group = project.group.as_ref().or(parent.map(|parent| &parent.group));
    let version = project.version.as_ref().or(parent.map(|parent| &parent.version));
    OwnCoordinates {
        group: group.and_then(|text| fill(project, text)),
        artifact: fill(project, &project.artifact).filter(|artifact| !artifact.is_empty()),
        version: version.and_then(|text| fill(project, text)),
    }
}

/// A text with each `${NAME}` filled in from the project itself; nothing if one is not known there.
pub(super) fn fill(project: &MavenProject, text: &str) -> Option<String> {
    crate::maven::fill(text, &|name| {
        let parent = project.parent.as_ref();
        let field = name.strip_prefix("project.").or_else(|| name.strip_prefix("pom."));
        let value = match field.unwrap_or_default() {
            "groupId" => project.group.as_ref().or(parent.map(|parent| &parent.group)),
            "artifactId" => Some(&project.artifact),
            "version" => project.version.as_ref().or(parent.map(|parent| &parent.version)),
            "parent.groupId" => parent.map(|parent| &parent.group),
            "parent.version" => parent.map(|parent| &parent.version),
            _ => project.properties.get(name),
        };
        value.map(|value| Cow::Borrowed(value.as_str()))
    })
}
