//! What each of several sources says.

use super::Severity;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde::ser::{Serialize, Serializer};
use std::fmt;

/// What each source says of a severity, sorted by the source's name; each source is there once.
///
/// A finding has one, and seldom more than three sources: a list takes a tenth of the memory that a
/// tree takes. On the wire it is a map.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BySource(Vec<(String, Severity)>);

impl BySource {
    /// What a source says.
    pub fn get(&self, source: &str) -> Option<Severity> {
        let at = self.position(source).ok()?;
        self.0.get(at).map(|(_, severity)| *severity)
    }

    /// Whether a source says something.
    pub fn has(&self, source: &str) -> bool {
        self.position(source).is_ok()
    }

    /// Adds what a source says, unless it has said something.
    pub fn add(&mut self, source: &str, severity: Severity) {
        if let Err(at) = self.position(source) {
            self.0.insert(at, (source.to_owned(), severity));
        }
    }

    /// Adds what a source says; if it has said something, the worse counts.
    pub fn add_worse(&mut self, source: &str, severity: Severity) {
        match self.position(source) {
            Ok(at) => {
                if let Some((_, known)) = self.0.get_mut(at) {
                    *known = severity.max(*known);
                }
            }
            Err(at) => self.0.insert(at, (source.to_owned(), severity)),
        }
    }

    /// Every source with what it says, by name.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, Severity)> + '_ {
        self.0.iter().map(|(source, severity)| (source.as_str(), *severity))
    }

    /// How many sources say something.
    pub const fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether no source says anything.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn position(&self, source: &str) -> Result<usize, usize> {
        self.0.binary_search_by(|(known, _)| known.as_str().cmp(source))
    }
}

impl<S: Into<String>> FromIterator<(S, Severity)> for BySource {
    /// Of what one source says twice, the last counts.
    fn from_iter<I: IntoIterator<Item = (S, Severity)>>(said: I) -> Self {
        let mut all: Vec<(String, Severity)> =
            said.into_iter().map(|(source, severity)| (source.into(), severity)).collect();
        all.reverse();
        all.sort_by(|a, b| a.0.cmp(&b.0));
        all.dedup_by(|later, first| later.0 == first.0);
        all.shrink_to_fit();
        Self(all)
    }
}

impl<S: Into<String>, const N: usize> From<[(S, Severity); N]> for BySource {
    fn from(said: [(S, Severity); N]) -> Self {
        said.into_iter().collect()
    }
}

impl Serialize for BySource {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

impl<'de> Deserialize<'de> for BySource {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Entries)
    }
}

struct Entries;

impl<'de> Visitor<'de> for Entries {
    type Value = BySource;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("severities by the name of their source")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<BySource, A::Error> {
        let mut all: Vec<(String, Severity)> = Vec::new();
        while let Some(entry) = map.next_entry()? {
            all.push(entry);
        }
        Ok(all.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_are_sorted_and_there_once() {
        let said = BySource::from([
            ("nvd", Severity::Low),
            ("ghsa", Severity::High),
            ("nvd", Severity::Critical),
        ]);
        let all: Vec<_> = said.iter().collect();
        assert_eq!(all, [("ghsa", Severity::High), ("nvd", Severity::Critical)]);
        assert_eq!((said.get("nvd"), said.get("redhat")), (Some(Severity::Critical), None));
    }

    #[test]
    fn the_first_word_counts_or_the_worse_one() {
        let mut said = BySource::default();
        said.add("nvd", Severity::Medium);
        said.add("nvd", Severity::High);
        assert_eq!(said.get("nvd"), Some(Severity::Medium));
        said.add_worse("nvd", Severity::High);
        said.add_worse("nvd", Severity::Low);
        said.add_worse("ghsa", Severity::Low);
        let all: Vec<_> = said.iter().collect();
        assert_eq!(all, [("ghsa", Severity::Low), ("nvd", Severity::High)]);
    }
}
