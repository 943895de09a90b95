//! Java packages of Maven repositories: archives, what build tools write, and the virtual machine.

mod archive;
mod gradle;
mod jvm;
mod known;
mod manifest;
mod native_image;
mod own;
mod pom;
mod sbt;
mod verification;

pub(crate) use archive::ARCHIVE;
pub(crate) use gradle::{GRADLE_CATALOG, GRADLE_LOCK};
pub(crate) use jvm::JVM;
pub(crate) use native_image::NATIVE_IMAGE;
pub(crate) use pom::POM;
pub(crate) use sbt::SBT_LOCK;
pub(crate) use verification::VERIFICATION;

use lazaret_core::extract::Select;

/// Endings of Java archives: of applications and libraries, of the modules of application servers,
/// Jenkins, NiFi, Karaf and Liferay, and of the modules of a JDK.
const ARCHIVES: &[Select] = &[
    Select::Suffix(".ear"),
    Select::Suffix(".hpi"),
    Select::Suffix(".jar"),
    Select::Suffix(".jmod"),
    Select::Suffix(".jpi"),
    Select::Suffix(".kar"),
    Select::Suffix(".lpkg"),
    Select::Suffix(".nar"),
    Select::Suffix(".par"),
    Select::Suffix(".sar"),
    Select::Suffix(".war"),
];

/// Whether a file of this path is a Java archive.
pub(crate) fn is_archive(path: &str) -> bool {
    ARCHIVES.iter().any(|select| match select {
        Select::Suffix(ending) => path.ends_with(ending),
        _ => false,
    })
}

/// `group:artifact`, if both can be what they say.
pub(crate) fn name(group: &str, artifact: &str) -> Option<String> {
    (is_part(group) && is_part(artifact)).then(|| format!("{group}:{artifact}"))
}

/// Whether this may be a group or an artifact: Maven allows letters, digits, `.`, `-` and `_`, and
/// what nobody filled in has others.
fn is_part(text: &str) -> bool {
    !text.is_empty()
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_'))
}

/// Whether this is one version, and neither a range nor something nobody filled in.
pub(crate) fn is_version(text: &str) -> bool {
    !text.is_empty()
        && !text.contains(|c: char| {
            c.is_whitespace() || c.is_control() || matches!(c, '$' | '[' | ']' | '(' | ')' | ',')
        })
}
