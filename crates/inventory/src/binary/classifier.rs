//! How a product is told by the bytes of its program: a text that few others hold, and the version
//! near it.
//!
//! A file is searched for the texts of those products alone that have a program of its name, each
//! text in one pass that looks at several bytes at once. The pattern, which is slower, sees only
//! what is around a place where the text is.

use crate::lang::go::release;
use lazaret_core::extract::ParseError;
use lazaret_core::package::{Ecosystem, PackageFact};
use memchr::memmem;
use regex::bytes::{Regex, RegexBuilder};
use std::collections::BTreeSet;

/// A product, and how its version is found in a file.
pub(super) struct Classifier {
    /// The name of its package.
    pub(super) product: &'static str,
    /// The Go module it is of, where advisories are filed under that; with `/v2` and so on behind
    /// it from the second major version on, if it ends in `/`.
    pub(super) module: Option<&'static str>,
    /// Names of its files, without a version behind them.
    pub(super) files: &'static [&'static str],
    /// Where its version is; the first that is found is believed.
    pub(super) evidence: &'static [Evidence],
    /// Products this one was made from: their texts are in its files as well.
    pub(super) instead_of: &'static [&'static str],
}

/// One place of a version.
pub(super) struct Evidence {
    anchor: Anchor,
    /// The anchor and what is around it, with the version as the only group.
    pattern: &'static str,
    kind: Kind,
}

enum Anchor {
    /// A text of the file.
    Text(&'static str),
    /// A zero byte and the version that is in the name of the file, such as `3.11`.
    NameVersion,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Whatever fits first.
    First,
    /// The anchor has no other meaning: a version must follow.
    Sure,
    /// The anchor means little: what fits must be the same everywhere in the file.
    Sole,
}

/// Bytes around an anchor that a pattern may look at, in front and behind: versions are in the same
/// or the next text of a program.
const AROUND_BYTES: usize = 240;

/// Places of an anchor that are looked at. Anchors that mean little are in large programs some
/// thousand times.
const PLACES_MAX: usize = 20_000;

/// Longest version, in bytes.
const VERSION_BYTES_MAX: usize = 48;

impl Evidence {
    /// What fits near a text first.
    pub(super) const fn near(text: &'static str, pattern: &'static str) -> Self {
        Self { anchor: Anchor::Text(text), pattern, kind: Kind::First }
    }

    /// What fits near a text that has no other meaning.
    pub(super) const fn sure(text: &'static str, pattern: &'static str) -> Self {
        Self { anchor: Anchor::Text(text), pattern, kind: Kind::Sure }
    }

    /// What fits near a text, if nothing else does.
    pub(super) const fn sole(text: &'static str, pattern: &'static str) -> Self {
        Self { anchor: Anchor::Text(text), pattern, kind: Kind::Sole }
    }

    /// A text of its own that begins with the version in the name of the file.
    pub(super) const fn of_name(pattern: &'static str) -> Self {
        Self { anchor: Anchor::NameVersion, pattern, kind: Kind::First }
    }

    /// The version, if it is here. An error if the anchor is, and no version.
    fn find(&self, name: &str, bytes: &[u8]) -> Result<Option<String>, ParseError> {
        let anchor = match self.anchor {
            Anchor::Text(text) => text.to_owned(),
            Anchor::NameVersion => match version_in_name(name) {
                Some(version) => format!("\0{version}."),
                None => return Ok(None),
            },
        };
        let finder = memmem::Finder::new(&anchor);
        let mut places = finder.find_iter(bytes).take(PLACES_MAX).peekable();
        if places.peek().is_none() {
            return Ok(None);
        }
        let pattern = compile(self.pattern)?;
        let mut found: BTreeSet<String> = BTreeSet::new();
        for place in places {
            let start = place.saturating_sub(AROUND_BYTES);
            let end = place.saturating_add(anchor.len()).saturating_add(AROUND_BYTES);
            let around = bytes.get(start..end.min(bytes.len())).unwrap_or_default();
            let at = place.saturating_sub(start);
            let version = version_at(&pattern, around, at, at.saturating_add(anchor.len()));
            match (version, self.kind) {
                (Some(version), Kind::Sole) => {
                    found.insert(version);
                    if found.len() > 1 {
                        return Ok(None);
                    }
                }
                (Some(version), _) => return Ok(Some(version)),
                (None, _) => {}
            }
        }
        match (found.pop_first(), self.kind) {
            (None, Kind::Sure) => {
                let text = anchor.trim_matches(|c: char| c.is_control() || c.is_whitespace());
                Err(ParseError::new(format!("the file says `{text}` and no version")))
            }
            (version, _) => Ok(version),
        }
    }
}

impl Classifier {
    /// What a file of this name is of this product, if it is of it.
    pub(super) fn classify(
        &self,
        name: &str,
        bytes: &[u8],
    ) -> Result<Option<PackageFact>, ParseError> {
        for evidence in self.evidence {
            if let Some(version) = evidence.find(name, bytes)? {
                return Ok(self.package(&version));
            }
        }
        Ok(None)
    }

    fn package(&self, version: &str) -> Option<PackageFact> {
        let Some(module) = self.module else {
            return Some(PackageFact::installed(Ecosystem::Generic, self.product, version));
        };
        if module == TOOLCHAIN {
            let version = release(&format!("go{version}"))?;
            return Some(PackageFact::installed(Ecosystem::Golang, module, version));
        }
        let major = version.split('.').next().and_then(|major| major.parse::<u32>().ok());
        let name = match (module.strip_suffix('/'), major) {
            (Some(module), Some(major)) if major > 1 => format!("{module}/v{major}"),
            (Some(module), _) => module.to_owned(),
            (None, _) => module.to_owned(),
        };
        Some(PackageFact::installed(Ecosystem::Golang, name, format!("v{version}")))
    }
}

/// The name under which Go's own advisories speak of its commands; their versions are those of Go.
pub(super) const TOOLCHAIN: &str = "toolchain";

/// What the classifiers of one kind of file say of a file; `names` are what it may be known by.
pub(super) fn classify(
    classifiers: &'static [Classifier],
    names: &[&str],
    name: &str,
    bytes: &[u8],
) -> Result<Vec<PackageFact>, ParseError> {
    let mut found: Vec<(&Classifier, PackageFact)> = Vec::new();
    let mut failed = None;
    let is_named = |classifier: &&Classifier| classifier.files.iter().any(|f| names.contains(f));
    for classifier in classifiers.iter().filter(is_named) {
        match classifier.classify(name, bytes) {
            Ok(package) => found.extend(package.map(|package| (classifier, package))),
            Err(error) => failed = Some(error),
        }
    }
    let replaced: Vec<&str> =
        found.iter().flat_map(|(classifier, _)| classifier.instead_of).copied().collect();
    found.retain(|(classifier, _)| !replaced.contains(&classifier.product));
    match failed {
        Some(error) if found.is_empty() => Err(error),
        _ => Ok(found.into_iter().map(|(_, package)| package).collect()),
    }
}

/// The name of a file without the version behind it: `php8.2` and `gcc-12` are `php` and `gcc`.
pub(super) fn without_version(name: &str) -> &str {
    name.trim_end_matches(|c: char| c.is_ascii_digit() || matches!(c, '.' | '-'))
}

/// The first two numbers in the name of a file.
fn version_in_name(name: &str) -> Option<String> {
    let start = name.find(|c: char| c.is_ascii_digit())?;
    let mut parts = name.get(start..)?.splitn(3, '.');
    let major = parts.next()?;
    let minor = parts.next()?;
    let end = minor.find(|c: char| !c.is_ascii_digit()).unwrap_or(minor.len());
    let minor = minor.get(..end).filter(|minor| !minor.is_empty())?;
    major.bytes().all(|byte| byte.is_ascii_digit()).then(|| format!("{major}.{minor}"))
}

/// The version in the first match around the anchor, which lies between `start` and `end`: what is
/// near another place of it is found there.
fn version_at(pattern: &Regex, around: &[u8], start: usize, end: usize) -> Option<String> {
    let mut from = 0;
    while let Some(captures) = pattern.captures_at(around, from) {
        let whole = captures.get(0)?;
        if whole.start() > start {
            return None;
        }
        let version = std::str::from_utf8(captures.get(1)?.as_bytes()).ok()?;
        if whole.end() >= end && version.len() <= VERSION_BYTES_MAX {
            return Some(version.to_owned());
        }
        // The end of one text is the beginning of the next.
        from = whole.start().checked_add(1)?;
    }
    None
}

/// Compiles a pattern of the table; bytes are bytes, whatever they may mean as text.
fn compile(pattern: &str) -> Result<Regex, ParseError> {
    RegexBuilder::new(pattern)
        .unicode(false)
        .build()
        .map_err(|error| ParseError::new(format!("a pattern of ours is none: {error}")))
}

#[cfg(test)]
mod tests {
    use super::super::{libraries, programs, scripts};
    use super::*;
    use lazaret_core::program::PRODUCTS;

    fn every() -> impl Iterator<Item = &'static Classifier> {
        [programs::PROGRAMS, libraries::LIBRARIES, scripts::SCRIPTS].into_iter().flatten()
    }

    #[test]
    fn every_pattern_is_one_and_has_one_group() {
        for classifier in every() {
            for evidence in classifier.evidence {
                let pattern = compile(evidence.pattern).unwrap();
                assert_eq!(pattern.captures_len(), 2, "{}", evidence.pattern);
            }
            assert!(!classifier.files.is_empty() && !classifier.evidence.is_empty());
        }
    }

    #[test]
    fn products_of_one_kind_of_file_are_sorted_and_named_once() {
        for table in [programs::PROGRAMS, libraries::LIBRARIES, scripts::SCRIPTS] {
            for pair in table.windows(2) {
                let (before, after) = (pair[0].product, pair[1].product);
                assert!(before < after, "{before} stands before {after}");
            }
        }
    }

    #[test]
    fn products_with_other_names_have_a_classifier_or_an_extractor() {
        // What the folder of a Java virtual machine says of it.
        let known = |name: &str| name == "jdk";
        for product in PRODUCTS {
            let is_found = every().any(|classifier| classifier.product == product.name);
            assert!(is_found || known(product.name), "{}", product.name);
        }
    }

    #[test]
    fn names_lose_their_version_and_give_it() {
        for (name, stem, version) in [
            ("python3.11", "python", Some("3.11")),
            ("libpython3.7m.so.1.0", "libpython3.7m.so", Some("3.7")),
            ("python3", "python", None),
            ("gcc-12", "gcc", None),
            ("php8.2", "php", Some("8.2")),
            ("node", "node", None),
        ] {
            assert_eq!(without_version(name), stem);
            assert_eq!(version_in_name(name).as_deref(), version, "{name}");
        }
    }

    #[test]
    fn a_text_that_means_little_must_say_the_same_everywhere() {
        let evidence = Evidence::sole("\0v", r"\x00v([0-9]+\.[0-9]+\.[0-9]+)\x00");
        assert_eq!(evidence.find("x", b"\0v1.2.3\0...\0v1.2.3\0").unwrap().unwrap(), "1.2.3");
        assert_eq!(evidence.find("x", b"\0v1.2.3\0v1.2.4\0").unwrap(), None);
        assert_eq!(evidence.find("x", b"\0v1.2\0").unwrap(), None);
    }

    #[test]
    fn modules_of_go_have_their_major_version() {
        let classifier = |module| Classifier {
            product: "x",
            module: Some(module),
            files: &["x"],
            evidence: &[],
            instead_of: &[],
        };
        for (module, version, expected) in [
            ("helm.sh/helm/", "3.11.1", ("helm.sh/helm/v3", "v3.11.1")),
            ("helm.sh/helm/", "1.0.0", ("helm.sh/helm", "v1.0.0")),
            ("k8s.io/ingress-nginx", "1.9.6", ("k8s.io/ingress-nginx", "v1.9.6")),
            (TOOLCHAIN, "1.22rc1", ("toolchain", "1.22.0-rc.1")),
        ] {
            let package = classifier(module).package(version).unwrap();
            assert_eq!((&*package.name, &*package.version), expected);
        }
    }
}
