//! `verification-metadata.xml` of Gradle: checksums of everything a build has downloaded.

use super::{is_version, name};
use crate::lang::declared::{Packages, declared};
use crate::lang::xml;
use lazaret_core::extract::{Extractor, FileInput, Gives, ParseError, Select, Sink};
use lazaret_core::package::{Ecosystem, Presence};

/// Packages a Gradle build verifies.
pub(crate) static VERIFICATION: Extractor = Extractor {
    id: "java/gradle-verification",
    version: 1,
    title: "Gradle dependency verification",
    spec: "https://docs.gradle.org/current/userguide/dependency_verification.html",
    selects: &[Select::Name("verification-metadata.xml")],
    gives: Gives { licenses: false, source: false, ownership: false, dev: false, lines: true },
    run,
};

fn run(input: &FileInput<'_>, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    let root = xml::parse(input.bytes)?;
    if root.name != "verification-metadata" {
        let message = format!("the file is no verification metadata: it holds `{}`", root.name);
        return Err(ParseError::new(message));
    }
    let mut packages = Packages::new(sink);
    let mut malformed = 0_usize;
    for component in root.list("components", "component") {
        let named = component
            .attribute("group")
            .zip(component.attribute("name"))
            .and_then(|(group, artifact)| name(group, artifact));
        let version = component.attribute("version").filter(|version| is_version(version));
        let Some((name, version)) = named.zip(version) else {
            malformed = malformed.saturating_add(1);
            continue;
        };
        let presence = Presence::Declared;
        packages.add(declared(Ecosystem::Maven, &name, version, presence, component.line));
    }
    packages.finish()?;
    match malformed {
        0 => Ok(()),
        count => Err(ParseError::new(format!("{count} components without a name or version"))),
    }
}
