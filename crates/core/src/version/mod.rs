//! The orders versions are compared by, one file each.
//!
//! Every order works on the text itself and allocates nothing, so that a look-up can compare
//! hundreds of thousands of versions. Oracle files under `fixtures/version/`, made by each
//! ecosystem's own tool, hold the expected answers.

mod apk;
mod bitnami;
mod composer;
mod conan;
mod conda;
mod cran;
mod deb;
mod evr;
mod gem;
mod go;
mod hackage;
mod hex;
mod julia;
mod letters;
mod maven;
mod nuget;
mod number;
mod opam;
mod pacman;
mod pep440;
mod portage;
mod pub_semver;
mod rpm;
mod semver;
mod strict;
mod swift;

use serde::{Deserialize, Serialize};
use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

/// A way to order versions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scheme {
    /// Alpine's `apk version`.
    Apk,
    /// Debian policy 5.6.12, as `dpkg --compare-versions` does it.
    Deb,
    /// PEP 440, as Python's `packaging` does it.
    Pep440,
    /// Semantic Versioning 2.0.0, lenient the way npm's `semver` reads loose versions.
    Semver,
    /// rpm's `rpmvercmp` over epoch, version and release.
    Rpm,
    /// Go module versions: Semantic Versioning with `v`, pseudo-versions and `+incompatible`.
    Go,
    /// Maven's `ComparableVersion`.
    Maven,
    /// RubyGems' `Gem::Version`.
    Gem,
    /// Composer's normalized versions.
    Composer,
    /// NuGet's semantic versions with a fourth number.
    Nuget,
    /// Arch Linux's, as pacman's `vercmp` does it.
    Pacman,
    /// Gentoo's: its Package Manager Specification, section 3.3.
    Portage,
    /// Bitnami's: Semantic Versioning with a revision behind a hyphen.
    Bitnami,
    /// Conan 2's `Version`.
    Conan,
    /// Conda's `VersionOrder`.
    Conda,
    /// R's `compareVersion`.
    Cran,
    /// Haskell's: lists of numbers, as Cabal reads them.
    Hackage,
    /// Elixir's `Version`: Semantic Versioning 2.0.0 to the letter.
    Hex,
    /// Julia's `VersionNumber`: Semantic Versioning in which build metadata counts.
    Julia,
    /// Releases with letters behind the number, as OpenSSL had them: `1.0.2k`.
    Letters,
    /// opam's: Debian's without the epoch.
    Opam,
    /// Dart's `pub_semver`: Semantic Versioning in which build metadata counts.
    Pub,
    /// Swift packages' semantic versions, as their tags give them.
    Swift,
}

/// A text that is no version of its scheme.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a {scheme} version")]
pub struct VersionError {
    /// The order that was asked for.
    pub scheme: Scheme,
    /// The text.
    pub text: String,
}

/// A word that names no scheme.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a version scheme: expected one of {names}", names = Scheme::ALL.map(Scheme::name).join(", "))]
pub struct SchemeError(pub String);

impl Scheme {
    /// Every scheme, in the order of the variants. Files name a scheme by its word.
    pub const ALL: [Self; 23] = [
        Self::Apk,
        Self::Deb,
        Self::Pep440,
        Self::Semver,
        Self::Rpm,
        Self::Go,
        Self::Maven,
        Self::Gem,
        Self::Composer,
        Self::Nuget,
        Self::Pacman,
        Self::Portage,
        Self::Bitnami,
        Self::Conan,
        Self::Conda,
        Self::Cran,
        Self::Hackage,
        Self::Hex,
        Self::Julia,
        Self::Letters,
        Self::Opam,
        Self::Pub,
        Self::Swift,
    ];

    /// The word used in flags, files and reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Apk => "apk",
            Self::Deb => "deb",
            Self::Pep440 => "pep440",
            Self::Semver => "semver",
            Self::Rpm => "rpm",
            Self::Go => "go",
            Self::Maven => "maven",
            Self::Gem => "gem",
            Self::Composer => "composer",
            Self::Nuget => "nuget",
            Self::Pacman => "pacman",
            Self::Portage => "portage",
            Self::Bitnami => "bitnami",
            Self::Conan => "conan",
            Self::Conda => "conda",
            Self::Cran => "cran",
            Self::Hackage => "hackage",
            Self::Hex => "hex",
            Self::Julia => "julia",
            Self::Letters => "letters",
            Self::Opam => "opam",
            Self::Pub => "pub",
            Self::Swift => "swift",
        }
    }

    /// Whether `a` comes before, equals or comes after `b`.
    pub fn compare(self, a: &str, b: &str) -> Result<Ordering, VersionError> {
        let order = match self {
            Self::Apk => apk::compare(a, b),
            Self::Deb => deb::compare(a, b),
            Self::Pep440 => pep440::compare(a, b),
            Self::Semver => semver::compare(a, b),
            Self::Rpm => rpm::compare(a, b),
            Self::Go => go::compare(a, b),
            Self::Maven => maven::compare(a, b),
            Self::Gem => gem::compare(a, b),
            Self::Composer => composer::compare(a, b),
            Self::Nuget => nuget::compare(a, b),
            Self::Pacman => pacman::compare(a, b),
            Self::Portage => portage::compare(a, b),
            Self::Bitnami => bitnami::compare(a, b),
            Self::Conan => conan::compare(a, b),
            Self::Conda => conda::compare(a, b),
            Self::Cran => cran::compare(a, b),
            Self::Hackage => hackage::compare(a, b),
            Self::Hex => hex::compare(a, b),
            Self::Julia => julia::compare(a, b),
            Self::Letters => letters::compare(a, b),
            Self::Opam => opam::compare(a, b),
            Self::Pub => pub_semver::compare(a, b),
            Self::Swift => swift::compare(a, b),
        };
        order.ok_or_else(|| {
            let text = if self.is_valid(a) { b } else { a };
            VersionError { scheme: self, text: text.to_owned() }
        })
    }

    /// Puts versions in ascending order. Equal ones, and those that are no versions, stay behind
    /// what stood before them.
    ///
    /// Not every native order is transitive (Maven's is not), which the sorts of the standard
    /// library may answer with a panic. This one takes any order.
    pub fn sort<T: AsRef<str>>(self, versions: &mut Vec<T>) {
        let mut sorted: Vec<T> = Vec::with_capacity(versions.len());
        for version in versions.drain(..) {
            let at = sorted.partition_point(|before| {
                !self.compare(before.as_ref(), version.as_ref()).is_ok_and(Ordering::is_gt)
            });
            sorted.insert(at, version);
        }
        *versions = sorted;
    }

    /// Whether a text is a version of this scheme.
    pub fn is_valid(self, text: &str) -> bool {
        match self {
            Self::Apk => apk::is_valid(text),
            Self::Deb => deb::is_valid(text),
            Self::Pep440 => pep440::is_valid(text),
            Self::Semver => semver::is_valid(text),
            Self::Rpm => rpm::is_valid(text),
            Self::Go => go::is_valid(text),
            Self::Maven => maven::is_valid(text),
            Self::Gem => gem::is_valid(text),
            Self::Composer => composer::is_valid(text),
            Self::Nuget => nuget::is_valid(text),
            Self::Pacman => pacman::is_valid(text),
            Self::Portage => portage::is_valid(text),
            Self::Bitnami => bitnami::is_valid(text),
            Self::Conan => conan::is_valid(text),
            Self::Conda => conda::is_valid(text),
            Self::Cran => cran::is_valid(text),
            Self::Hackage => hackage::is_valid(text),
            Self::Hex => hex::is_valid(text),
            Self::Julia => julia::is_valid(text),
            Self::Letters => letters::is_valid(text),
            Self::Opam => opam::is_valid(text),
            Self::Pub => pub_semver::is_valid(text),
            Self::Swift => swift::is_valid(text),
        }
    }
}

impl FromStr for Scheme {
    type Err = SchemeError;

    fn from_str(word: &str) -> Result<Self, SchemeError> {
        Self::ALL
            .into_iter()
            .find(|scheme| scheme.name() == word)
            .ok_or_else(|| SchemeError(word.to_owned()))
    }
}

impl fmt::Display for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
