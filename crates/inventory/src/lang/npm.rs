//! JavaScript packages of npm: those that are installed, and those a lock file declares.

mod fields;
mod license;
mod package_json;
mod package_lock;

pub(crate) use package_json::PACKAGE_JSON;
pub(crate) use package_lock::PACKAGE_LOCK;

use lazaret_core::extract::ParseError;

/// The folder packages are installed into.
const MODULES: &str = "node_modules";

/// Longest name npm has ever accepted, in bytes: 214.
const NAME_BYTES_MAX: usize = 214;

/// Longest version the `semver` of npm reads, in bytes: 256. Git and tarball addresses, which
/// stand in its place, may be longer.
const VERSION_BYTES_MAX: usize = 2_048;

/// Whether this may be the name of a package.
fn is_name(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= NAME_BYTES_MAX
        && !name.contains(|c: char| c.is_whitespace() || c.is_control())
}

/// Whether this may be the version of a package.
fn is_version(version: &str) -> bool {
    !version.is_empty()
        && version.len() <= VERSION_BYTES_MAX
        && !version.contains(|c: char| c.is_whitespace() || c.is_control())
}

/// The string a piece of JSON is, if it is one.
fn string(value: &serde_json::value::RawValue) -> Option<String> {
    serde_json::from_str(value.get()).ok()
}

/// What is wrong with a JSON file, and in which line.
fn json_error(error: &serde_json::Error) -> ParseError {
    let message = error.to_string();
    let (message, _) = message.rsplit_once(" at line ").unwrap_or((&message, ""));
    ParseError {
        message: format!("the JSON is broken: {message}"),
        line: u32::try_from(error.line()).ok().filter(|line| *line > 0),
    }
}
