//! What users say is no secret.

use super::pattern::Pattern;
use super::placeholder;

/// A list of what to pass over, for one rule, some, or all.
#[derive(Debug)]
pub(super) struct Allow {
    /// Ids of the rules it is for; empty for all.
    pub(super) rules: Vec<String>,
    pub(super) paths: Vec<Pattern>,
    pub(super) patterns: Vec<Pattern>,
    pub(super) target: Target,
    pub(super) words: Vec<String>,
    /// Whether everything given must agree, not just one of it.
    pub(super) all: bool,
}

/// What the expressions of an allow-list are tried on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// The secret.
    Secret,
    /// Everything the rule's expression matched.
    Match,
    /// The line the match begins on.
    Line,
}

impl Allow {
    pub(super) fn is_for(&self, rule: &str) -> bool {
        self.rules.is_empty() || self.rules.iter().any(|id| id == rule)
    }

    /// Whether the path alone settles it.
    pub(super) fn allows_path(&self, path: &str) -> bool {
        (!self.all || (self.patterns.is_empty() && self.words.is_empty())) && self.has_path(path)
    }

    /// Whether a hit is passed over.
    pub(super) fn allows(
        &self,
        path: Option<&str>,
        secret: &[u8],
        whole: &[u8],
        line: &[u8],
    ) -> bool {
        let text = match self.target {
            Target::Secret => secret,
            Target::Match => whole,
            Target::Line => line,
        };
        let by_pattern = self.patterns.iter().any(|pattern| pattern.is_match(text));
        let by_word = self.words.iter().any(|word| placeholder::contains(secret, word.as_bytes()));
        if !self.all {
            return by_pattern || by_word;
        }
        let is_empty = self.paths.is_empty() && self.patterns.is_empty() && self.words.is_empty();
        !is_empty
            && (self.paths.is_empty() || path.is_some_and(|path| self.has_path(path)))
            && (self.patterns.is_empty() || by_pattern)
            && (self.words.is_empty() || by_word)
    }

    fn has_path(&self, path: &str) -> bool {
        self.paths.iter().any(|pattern| pattern.is_match(path.as_bytes()))
    }
}
