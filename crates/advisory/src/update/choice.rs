//! Which sources are wanted.

use super::source::Source;
use crate::distribution::segment_name;
use lazaret_core::inventory::Inventory;
use std::collections::BTreeSet;

/// What somebody wants to have up to date.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    /// Sources by name; with none of these and no segments, everything is wanted.
    names: BTreeSet<String>,
    /// Segments, whichever source fills them.
    segments: BTreeSet<String>,
    /// Whether what every image needs is wanted with the segments.
    for_image: bool,
}

/// Why a word names nothing.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum ChoiceError {
    /// No source and no segment.
    #[error("`{0}` is neither a feed that can be fetched nor a segment that one fills")]
    Unknown(String),
}

impl Choice {
    /// Reads words that are ids of feeds, names of sources, or segments.
    pub fn of_words(words: &[String], sources: &[Source]) -> Result<Self, ChoiceError> {
        let mut choice = Self::default();
        for word in words {
            if sources.iter().any(|source| is_named(source, word)) {
                choice.names.insert(word.clone());
            } else if sources.iter().any(|source| source.fills(word)) {
                choice.segments.insert(word.clone());
            } else {
                return Err(ChoiceError::Unknown(word.clone()));
            }
        }
        Ok(choice)
    }

    /// Adds what an inventory is judged by.
    pub fn add_inventory(&mut self, inventory: &Inventory) {
        self.segments.extend(needed_segments(inventory));
        self.for_image = true;
    }

    /// Whether a source is wanted.
    pub fn wants(&self, source: &Source) -> bool {
        let is_named = self.names.iter().any(|name| is_named(source, name));
        if self.names.is_empty() && self.segments.is_empty() && !self.for_image {
            return !source.extra;
        }
        let fills = self.segments.iter().any(|segment| source.fills(segment));
        is_named
            || (!source.extra && self.for_image && source.is_for_all())
            || (!source.extra && fills)
    }

    /// Whether a file of a wanted source is, which fills one segment; empty where it fills many.
    pub fn wants_file(&self, source: &Source, segment: &str) -> bool {
        segment.is_empty()
            || (self.segments.is_empty() && !self.for_image)
            || self.names.iter().any(|name| is_named(source, name))
            || self.segments.contains(segment)
    }
}

fn is_named(source: &Source, name: &str) -> bool {
    source.name == name || source.feed.id == name
}

/// The segments that judge what is in an image; none for what no source covers.
pub fn needed_segments(inventory: &Inventory) -> BTreeSet<String> {
    let os = inventory.os.as_ref().map(|found| &found.os);
    let ecosystems: BTreeSet<_> =
        inventory.packages.iter().map(|package| package.ecosystem).collect();
    ecosystems.into_iter().filter_map(|ecosystem| segment_name(ecosystem, os).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::super::sources;
    use super::*;
    use lazaret_core::inventory::{Os, OsFound};
    use lazaret_core::location::{ImagePath, LayerIndex, Location};
    use lazaret_core::package::{Ecosystem, Package};

    fn chosen(choice: &Choice) -> Vec<String> {
        let all = sources();
        all.iter().filter(|source| choice.wants(source)).map(|source| source.name.clone()).collect()
    }

    fn words(words: &[&str]) -> Vec<String> {
        words.iter().map(|word| (*word).to_owned()).collect()
    }

    #[test]
    fn without_words_everything_is_wanted_that_is_not_extra() {
        let wanted = chosen(&Choice::default());
        let expected: Vec<String> = sources()
            .into_iter()
            .filter(|source| !source.extra)
            .map(|source| source.name)
            .collect();
        assert_eq!(wanted, expected);
    }

    #[test]
    fn words_are_feeds_or_segments() {
        let of = |all: &[&str]| chosen(&Choice::of_words(&words(all), &sources()).unwrap());
        assert_eq!(of(&["osv-pypi"]), ["osv-pypi"]);
        assert!(of(&["pypi"]).contains(&"osv-pypi".to_owned()));
        assert!(!of(&["pypi"]).contains(&"osv-npm".to_owned()));
        assert!(of(&["alpine-3.20"]).contains(&"alpine-secdb".to_owned()));
        let unknown = Choice::of_words(&words(&["osv-pipi"]), &sources());
        assert_eq!(unknown, Err(ChoiceError::Unknown("osv-pipi".to_owned())));
    }

    #[test]
    fn files_of_other_segments_are_left_alone() {
        let all = sources();
        let alpine = all.iter().find(|source| source.name == "alpine-secdb").unwrap();
        let of = |word: &str| Choice::of_words(&words(&[word]), &all).unwrap();
        assert!(of("alpine-3.20").wants_file(alpine, "alpine-3.20"));
        assert!(!of("alpine-3.20").wants_file(alpine, "alpine-3.19"));
        assert!(of("alpine-secdb").wants_file(alpine, "alpine-3.19"));
        assert!(Choice::default().wants_file(alpine, "alpine-3.19"));
    }

    #[test]
    fn an_image_needs_its_distribution_and_its_registries() {
        let location = Location {
            layer: LayerIndex(0),
            path: ImagePath::parse(b"etc/os-release").unwrap(),
            lines: None,
        };
        let os = Os { id: "alpine".into(), version: Some("3.20.3".into()), ..Os::default() };
        let package = |ecosystem| Package::installed(ecosystem, "x", "1");
        let inventory = Inventory {
            os: Some(OsFound { os, location }),
            packages: vec![
                package(Ecosystem::Apk),
                package(Ecosystem::Npm),
                package(Ecosystem::Nix),
            ],
            ..Inventory::default()
        };
        let needed = needed_segments(&inventory);
        assert_eq!(needed.into_iter().collect::<Vec<_>>(), ["alpine-3.20", "npm"]);
        let mut choice = Choice::default();
        choice.add_inventory(&inventory);
        let wanted = chosen(&choice);
        assert!(wanted.contains(&"alpine-secdb".to_owned()), "{wanted:?}");
        assert!(wanted.contains(&"osv-npm".to_owned()), "{wanted:?}");
        assert!(!wanted.contains(&"osv-pypi".to_owned()), "{wanted:?}");
        assert!(!wanted.contains(&"debian-tracker".to_owned()), "{wanted:?}");
    }
}
