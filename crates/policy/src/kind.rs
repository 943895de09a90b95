//! What a finding is, as rules see it.
//!
//! A new kind of finding in `core` is a line in [`Kind::of`], one in [`Kind::AVAILABLE`] and, where
//! it has a place of its own, one in [`Subject::new`].

use lazaret_core::finding::{Detail, Finding, Vulnerability};
use lazaret_core::image::Image;
use lazaret_core::inventory::Inventory;
use lazaret_core::package::Package;
use std::fmt;
use std::str::FromStr;

/// The kinds of findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A package version that an advisory names.
    Vulnerability,
    /// A password or key that should not be in an image.
    Secret,
    /// A setting that makes an image less safe.
    Misconfiguration,
    /// A license that asks for attention.
    License,
}

/// A word that is no kind of finding.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no kind of finding: expected vulnerability, secret, misconfiguration or license")]
pub struct KindError(pub String);

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 4] =
        [Self::Vulnerability, Self::Secret, Self::Misconfiguration, Self::License];

    /// The kinds this version can look for.
    pub const AVAILABLE: &[Self] = &[Self::Vulnerability];

    /// The kind of a finding.
    pub fn of(finding: &Finding) -> Self {
        match &finding.detail {
            Detail::Vulnerability(_) => Self::Vulnerability,
        }
    }

    /// The word used in policy files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Vulnerability => "vulnerability",
            Self::Secret => "secret",
            Self::Misconfiguration => "misconfiguration",
            Self::License => "license",
        }
    }

    /// Several of them, in words.
    pub const fn plural(self) -> &'static str {
        match self {
            Self::Vulnerability => "vulnerabilities",
            Self::Secret => "secrets",
            Self::Misconfiguration => "misconfigurations",
            Self::License => "licenses",
        }
    }

    /// The word of `--scanners` that looks for it.
    pub const fn scanner(self) -> &'static str {
        match self {
            Self::Vulnerability => "vuln",
            Self::Secret => "secret",
            Self::Misconfiguration => "misconfig",
            Self::License => "license",
        }
    }

    pub(crate) const fn index(self) -> usize {
        match self {
            Self::Vulnerability => 0,
            Self::Secret => 1,
            Self::Misconfiguration => 2,
            Self::License => 3,
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Kind {
    type Err = KindError;

    fn from_str(word: &str) -> Result<Self, KindError> {
        let lower = word.to_ascii_lowercase();
        let found = Self::ALL
            .into_iter()
            .find(|kind| [kind.name(), kind.plural(), kind.scanner()].contains(&lower.as_str()));
        found.ok_or_else(|| KindError(word.to_owned()))
    }
}

/// A finding and what it is about.
#[derive(Clone, Copy)]
pub(crate) struct Subject<'a> {
    pub(crate) finding: &'a Finding,
    pub(crate) kind: Kind,
    pub(crate) vulnerability: Option<&'a Vulnerability>,
    pub(crate) package: Option<&'a Package>,
    /// Whether the base image brought it; absent where nobody knows.
    pub(crate) base: Option<bool>,
}

impl<'a> Subject<'a> {
    pub(crate) fn new(finding: &'a Finding, image: &Image, inventory: &'a Inventory) -> Self {
        let package = finding.package().and_then(|id| inventory.package(id));
        let layer = package.map(|package| package.layer);
        let layer = layer.and_then(|layer| image.layers.get(layer.index()));
        Self {
            finding,
            kind: Kind::of(finding),
            vulnerability: finding.vulnerability(),
            package,
            base: layer.and_then(|layer| layer.base),
        }
    }

    /// The id and every other id of the same thing.
    pub(crate) fn ids(self) -> impl Iterator<Item = &'a str> {
        let aliases = self.vulnerability.map_or(&[][..], |found| &found.aliases);
        std::iter::once(self.finding.id.as_str()).chain(aliases.iter().map(String::as_str))
    }

    /// The files it is in.
    pub(crate) fn paths(self) -> impl Iterator<Item = &'a str> {
        let locations = self.package.map_or(&[][..], |package| &package.locations);
        locations.iter().map(|location| location.path.as_str())
    }

    /// How a message names it.
    pub(crate) fn words(self) -> String {
        match self.package {
            Some(package) => {
                format!("{} in {} {}", self.finding.id, package.name, package.version)
            }
            None => self.finding.id.clone(),
        }
    }
}
