//! JavaScript packages of npm: those that are installed, and those a lock file declares.

mod bower;
mod bun_lock;
mod deno;
mod fields;
mod license;
mod loose;
mod modules;
mod package_json;
mod package_lock;
mod pnpm_lock;
mod yarn_lock;

pub(crate) use bower::BOWER;
pub(crate) use bun_lock::BUN_LOCK;
pub(crate) use deno::{DENO_JSON, DENO_LOCK};
use loose::loose_json;
pub(crate) use package_json::PACKAGE_JSON;
pub(crate) use package_lock::PACKAGE_LOCK;
pub(crate) use pnpm_lock::PNPM_LOCK;
pub(crate) use yarn_lock::YARN_LOCK;

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

/// Whether a lock file lies in an installed package: package managers do not read it there.
fn in_modules(path: &str) -> bool {
    behind_debian_modules(path).is_some() || path.split('/').any(|part| part == MODULES)
}

/// The path below a folder that Debian's packages install Node.js packages into, and Debian's
/// Node.js finds them in (<https://wiki.debian.org/Javascript/Nodejs/Manual>).
fn behind_debian_modules(path: &str) -> Option<&str> {
    if let Some(below) = path.strip_prefix("usr/share/nodejs/") {
        return Some(below);
    }
    let below = path.strip_prefix("usr/lib/")?;
    // Packages with code for one architecture have its name in between.
    below.strip_prefix("nodejs/").or_else(|| below.split_once('/')?.1.strip_prefix("nodejs/"))
}
