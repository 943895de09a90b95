//! Go programs whose own version nobody can tell.

use lazaret_core::package::{Ecosystem, Package};

/// What the Go linker calls a program built from a working tree.
pub(super) const DEVEL: &str = "(devel)";

/// Why the version of a package says nothing about which advisories apply, if it does not.
///
/// A program built in its repository has no version before Go 1.24, and later one that counts from
/// the last tag that was fetched: from none, `v0.0.0`, in the shallow clones of build machines. As
/// a version that lies before every fix there is, so the comparison would always find something. A
/// library of version `v0.0.0-…` is another matter: that one was asked for by its users.
pub(super) fn undetermined(package: &Package) -> Option<&'static str> {
    if package.ecosystem != Ecosystem::Golang {
        return None;
    }
    match package.version.as_str() {
        "" | DEVEL => Some("the program does not say its own version"),
        version if is_untagged(version) && is_program(package) => {
            Some("the program's version says only which commit it was built from")
        }
        _ => None,
    }
}

/// Whether a version is `v0.0.0-20060102150405-0123456789ab`, with or without `+dirty`: a commit
/// without any tag before it.
fn is_untagged(version: &str) -> bool {
    let version = version.split_once('+').map_or(version, |(version, _)| version);
    let Some((time, commit)) =
        version.strip_prefix("v0.0.0-").and_then(|rest| rest.split_once('-'))
    else {
        return false;
    };
    time.len() == 14
        && time.bytes().all(|byte| byte.is_ascii_digit())
        && commit.len() == 12
        && commit.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Whether a package is the program itself, not one of the modules it was built from: only a
/// program is built in a changed working tree, and most programs have the name of their module.
fn is_program(package: &Package) -> bool {
    let is_named_after = |file: &str| {
        let file = file.strip_suffix(".exe").unwrap_or(file);
        // The first part of a module's path is a host.
        package.name.split('/').skip(1).any(|part| part == file)
    };
    package.version.ends_with("+dirty")
        || (package.found_by.iter().any(|extractor| extractor == "go/binary")
            && package.locations.iter().any(|location| is_named_after(location.path.name())))
}
