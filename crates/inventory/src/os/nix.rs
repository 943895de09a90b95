//! The Nix store: `nix/store/HASH-NAME-VERSION`, a folder for each output of each package.
//!
//! The name of the folder is all there is in most images: Nix's own database is left out where an
//! image is put together from store paths.

use lazaret_core::extract::{Extractor, FileInput, Gives, ParseError, Select, Sink};
use lazaret_core::package::{Ecosystem, PackageFact};

/// Packages of a Nix store.
pub(crate) static STORE: Extractor = Extractor {
    id: "nix/store",
    version: 1,
    title: "Nix store",
    spec: "https://nix.dev/manual/nix/latest/protocols/store-path",
    selects: &[Select::FolderIn("nix/store")],
    gives: Gives { licenses: false, source: false, ownership: false, dev: false, lines: false },
    run,
};

/// Letters of the digest: 160 bits, five to a letter.
const DIGEST_LETTERS: usize = 32;

/// Outputs that packages of Nixpkgs are split into, which stand behind the version.
const OUTPUTS: [&str; 20] = [
    "bin", "data", "debug", "dev", "devdoc", "devman", "dist", "doc", "getent", "hyphen", "info",
    "lib", "libgcc", "man", "out", "py", "static", "terminfo", "tests", "tools",
];

fn run(input: &FileInput<'_>, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    let folder = input.path.name();
    // Nix keeps `.links` for files that are the same.
    if folder.starts_with('.') {
        return Ok(());
    }
    let name = without_digest(folder)
        .ok_or_else(|| ParseError::new("the folder is not named as a path of the Nix store is"))?;
    // What has no version (sources, profiles, scripts) is not a package.
    if let Some((name, version)) = name_and_version(name) {
        sink.package(PackageFact::installed(Ecosystem::Nix, name, version));
    }
    Ok(())
}

fn without_digest(folder: &str) -> Option<&str> {
    let (digest, rest) = folder.split_at_checked(DIGEST_LETTERS)?;
    // The letters e, o, u and t are left out.
    let is_letter =
        |byte: u8| byte.is_ascii_digit() || (byte.is_ascii_lowercase() && !b"eout".contains(&byte));
    let name = rest.strip_prefix('-').filter(|name| !name.is_empty())?;
    digest.bytes().all(is_letter).then_some(name)
}

/// Splits where Nix does (`builtins.parseDrvName`): at the first hyphen that no letter follows. An
/// output behind the version is left out.
fn name_and_version(full: &str) -> Option<(&str, &str)> {
    let at = full.match_indices('-').map(|(at, _)| at).find(|at| {
        let next = at.checked_add(1).and_then(|next| full.as_bytes().get(next));
        next.is_some_and(|next| !next.is_ascii_alphabetic())
    })?;
    let (name, version) = full.split_at_checked(at)?;
    let version = version.strip_prefix('-')?;
    let version = match version.rsplit_once('-') {
        Some((version, output)) if OUTPUTS.contains(&output) => version,
        _ => version,
    };
    // A file that was fetched is stored under its own name.
    let is_archive = [".drv", ".gz", ".patch", ".xz", ".zip"].iter().any(|e| version.ends_with(e));
    let is_package = !name.is_empty()
        && !is_archive
        && version.starts_with(|first: char| first.is_ascii_digit());
    is_package.then_some((name, version))
}

#[cfg(test)]
mod tests {
    use super::*;

    // What `builtins.parseDrvName` says of the names, outputs aside.
    #[test]
    fn the_version_begins_behind_the_first_hyphen_without_a_letter() {
        for (full, expected) in [
            ("hello-2.12.1", Some(("hello", "2.12.1"))),
            ("openssl-3.0.9-bin", Some(("openssl", "3.0.9"))),
            ("python3.11-requests-2.31.0", Some(("python3.11-requests", "2.31.0"))),
            ("gcc-12.2.0-libgcc", Some(("gcc", "12.2.0"))),
            ("busybox-static-x86_64-1.36.1", Some(("busybox-static-x86_64", "1.36.1"))),
            ("nix-2.8.0pre20220512_d354fc3", Some(("nix", "2.8.0pre20220512_d354fc3"))),
            ("libxml2-2.10.4-unstable-2023-05-01", Some(("libxml2", "2.10.4-unstable-2023-05-01"))),
            ("source", None),
            ("bash-interactive", None),
            ("hello-2.12.1.drv", None),
            ("openssl-3.0.9.tar.gz", None),
        ] {
            assert_eq!(name_and_version(full), expected, "{full}");
        }
    }
}
