//! Which of an image's platforms is meant.

use lazaret_core::image::Platform;

/// Which platforms of a multi-platform image are meant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum PlatformChoice {
    /// The platform of this machine, with `linux` as operating system. An image that is there for
    /// one other platform only is taken all the same.
    #[default]
    Host,
    /// This one.
    One(Platform),
    /// Every one; attestation manifests are left out.
    All,
}

impl PlatformChoice {
    /// The one platform to look for, or nothing if all are meant.
    pub(crate) fn wanted(&self) -> Option<Platform> {
        match self {
            Self::Host => Some(Platform::linux(host_architecture())),
            Self::One(platform) => Some(platform.clone()),
            Self::All => None,
        }
    }
}

/// This machine's architecture in Go's spelling, which images use.
fn host_architecture() -> &'static str {
    match std::env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        "x86" => "386",
        "powerpc64" => "ppc64le",
        "loongarch64" => "loong64",
        other => other,
    }
}
