//! What to scan, as it is written on a command line.

use lazaret_core::digest::Digest;
use lazaret_core::reference::{Reference, ReferenceError};
use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// Where an image is. Paths are kept as written, with the tag or digest that may follow them: what
/// of it is a path is known only when it is opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// An image in a registry.
    Registry(Reference),
    /// An image a local container engine has.
    Daemon {
        /// The engine.
        daemon: Daemon,
        /// What it calls the image.
        name: String,
    },
    /// An OCI image layout in a folder, as `DIR[:tag|@digest]`.
    Layout(PathBuf),
    /// An OCI image layout in a tar archive, as `FILE[:tag|@digest]`.
    OciArchive(PathBuf),
    /// An archive of `docker save`, as `FILE[:tag|@digest]`.
    DockerArchive(PathBuf),
    /// A root file system in a folder.
    RootFs(PathBuf),
    /// A file or folder whose format is recognized from the content, as `PATH[:tag|@digest]`.
    Input(PathBuf),
}

/// A local container engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Daemon {
    /// Docker.
    Docker,
    /// Podman.
    Podman,
    /// containerd.
    Containerd,
}

impl Daemon {
    /// The engine's scheme in a target.
    pub const fn scheme(self) -> &'static str {
        match self {
            Self::Docker => "docker",
            Self::Podman => "podman",
            Self::Containerd => "containerd",
        }
    }
}

/// Why a text is not a target.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TargetError {
    /// A scheme without anything behind it.
    #[error("`{0}:` needs a name or a path behind it")]
    Empty(&'static str),
    /// Neither a scheme nor a registry reference.
    #[error("`{text}` is not an image")]
    Reference {
        /// What was given.
        text: String,
        /// What is wrong with it.
        source: ReferenceError,
    },
}

impl FromStr for Target {
    type Err = TargetError;

    /// Parses `SCHEME:…` or, without a scheme, a registry reference.
    fn from_str(text: &str) -> Result<Self, TargetError> {
        type Build = fn(&str) -> Target;
        const SCHEMES: &[(&str, Build)] = &[
            ("containerd", |rest| Target::daemon(Daemon::Containerd, rest)),
            ("dir", |rest| Target::RootFs(rest.into())),
            ("docker", |rest| Target::daemon(Daemon::Docker, rest)),
            ("docker-archive", |rest| Target::DockerArchive(rest.into())),
            ("oci", |rest| Target::Layout(rest.into())),
            ("oci-archive", |rest| Target::OciArchive(rest.into())),
            ("podman", |rest| Target::daemon(Daemon::Podman, rest)),
        ];
        let reference = match text.split_once(':') {
            Some(("registry", "")) => return Err(TargetError::Empty("registry")),
            Some(("registry", rest)) => rest,
            Some((scheme, rest)) => match SCHEMES.iter().find(|(name, _)| *name == scheme) {
                Some((name, _)) if rest.is_empty() => return Err(TargetError::Empty(name)),
                Some((_, build)) => return Ok(build(rest)),
                None => text,
            },
            None => text,
        };
        Reference::parse(reference)
            .map(Self::Registry)
            .map_err(|source| TargetError::Reference { text: text.to_owned(), source })
    }
}

impl Target {
    fn daemon(daemon: Daemon, name: &str) -> Self {
        Self::Daemon { daemon, name: name.to_owned() }
    }
}

/// Which of several images in a layout or archive is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Selector {
    /// The one with this name or tag.
    Tag(String),
    /// The one with this manifest, index or configuration.
    Digest(Digest),
}

impl fmt::Display for Selector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tag(tag) => f.write_str(tag),
            Self::Digest(digest) => digest.fmt(f),
        }
    }
}

/// Splits `PATH[:tag|@digest]` into what exists and what selects. What exists as written is a path
/// as a whole, so that files with a colon in their name can be opened. If nothing exists, the
/// whole is returned for the error message.
pub(crate) fn split_path(written: &Path) -> (PathBuf, Option<Selector>) {
    let whole = || (written.to_owned(), None);
    if written.symlink_metadata().is_ok() {
        return whole();
    }
    let Some(text) = written.to_str() else { return whole() };
    for (at, separator) in text.rmatch_indices([':', '@']) {
        let (path, rest) = text.split_at(at);
        let Some(rest) = rest.get(separator.len()..).filter(|rest| !rest.is_empty()) else {
            continue;
        };
        if path.is_empty() || Path::new(path).symlink_metadata().is_err() {
            continue;
        }
        let digest = if separator == "@" { Some(rest) } else { rest.split_once('@').map(|p| p.1) };
        let selector = match digest {
            None => Selector::Tag(rest.to_owned()),
            Some(digest) => match digest.parse() {
                Ok(digest) => Selector::Digest(digest),
                Err(_) => return whole(),
            },
        };
        return (path.into(), Some(selector));
    }
    whole()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schemes_pick_the_source() {
        let digest = format!("sha256:{}", "a".repeat(64));
        let at = format!("oci-archive:a.tar@{digest}");
        for (text, target) in [
            ("oci:dir:latest", Target::Layout("dir:latest".into())),
            (&*at, Target::OciArchive(format!("a.tar@{digest}").into())),
            ("docker-archive:x.tar", Target::DockerArchive("x.tar".into())),
            ("dir:/", Target::RootFs("/".into())),
            ("docker:alpine:3", Target::daemon(Daemon::Docker, "alpine:3")),
            ("podman:a", Target::daemon(Daemon::Podman, "a")),
            ("containerd:a", Target::daemon(Daemon::Containerd, "a")),
            ("registry:registry:2", Target::Registry(Reference::parse("registry:2").unwrap())),
            ("alpine:3.20", Target::Registry(Reference::parse("alpine:3.20").unwrap())),
            ("localhost:5000/a", Target::Registry(Reference::parse("localhost:5000/a").unwrap())),
        ] {
            assert_eq!(text.parse(), Ok(target), "{text}");
        }
    }

    #[test]
    fn schemes_need_something_behind_them() {
        for scheme in ["oci", "dir", "docker", "docker-archive", "oci-archive", "registry"] {
            assert_eq!(
                format!("{scheme}:").parse::<Target>().unwrap_err().to_string(),
                format!("`{scheme}:` needs a name or a path behind it")
            );
        }
        assert!(matches!("a//b".parse::<Target>(), Err(TargetError::Reference { .. })));
        assert!(matches!("".parse::<Target>(), Err(TargetError::Reference { .. })));
    }

    #[test]
    fn a_path_that_exists_wins_over_a_tag() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        std::fs::write(path("a"), "").unwrap();
        std::fs::write(path("a:b"), "").unwrap();
        let digest: Digest = format!("sha256:{}", "0".repeat(64)).parse().unwrap();
        let check = |written: &str, expected: &str, selector: Option<Selector>| {
            assert_eq!(split_path(&path(written)), (path(expected), selector), "{written}");
        };
        check("a", "a", None);
        check("a:b", "a:b", None);
        check("a:c", "a", Some(Selector::Tag("c".to_owned())));
        check("a:b:c", "a:b", Some(Selector::Tag("c".to_owned())));
        check("a:host:5000/r:t", "a", Some(Selector::Tag("host:5000/r:t".to_owned())));
        check(&format!("a@{digest}"), "a", Some(Selector::Digest(digest.clone())));
        check(&format!("a:t@{digest}"), "a", Some(Selector::Digest(digest.clone())));
        check("absent:tag", "absent:tag", None);
        check("a:", "a:", None);
        check("a@sha256:12", "a@sha256:12", None);
    }
}
