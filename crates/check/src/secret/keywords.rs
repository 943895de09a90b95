//! One pass over a text for all keywords of all rules.

use aho_corasick::automaton::{Automaton as _, StateID};
use aho_corasick::dfa::DFA;
use aho_corasick::{Anchored, BuildError, PatternID, StartKind};

/// The keywords of all rules, as one automaton in ASCII lower and upper case alike.
///
/// A step of an automaton must wait for the one before, which leaves most of a processor idle.
/// So a block is cut into four lanes that are walked in step: that is three times as fast, and
/// what lies across two lanes is found by walking the earlier one a little further.
pub(super) struct Keywords {
    automaton: Option<Walk>,
}

struct Walk {
    dfa: DFA,
    start: StateID,
    /// Bytes a lane is walked beyond its end: the longest keyword less one.
    overhang: usize,
}

/// A keyword somewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct KeywordHit {
    /// Offset of its first byte.
    pub(super) start: usize,
    /// Offset after its last.
    pub(super) end: usize,
    /// Its number in the list the automaton was made of.
    pub(super) keyword: usize,
}

impl Keywords {
    /// A search for nothing.
    pub(super) const fn none() -> Self {
        Self { automaton: None }
    }

    pub(super) fn new(keywords: &[&str]) -> Result<Self, BuildError> {
        if keywords.is_empty() {
            return Ok(Self { automaton: None });
        }
        let dfa = DFA::builder()
            .ascii_case_insensitive(true)
            .start_kind(StartKind::Unanchored)
            .prefilter(false)
            .build(keywords)?;
        let start = match dfa.start_state(Anchored::No) {
            Ok(start) => start,
            Err(_) => return Ok(Self { automaton: None }),
        };
        let overhang = dfa.max_pattern_len().saturating_sub(1);
        Ok(Self { automaton: Some(Walk { dfa, start, overhang }) })
    }

    /// Adds every keyword that starts in `from..to` of the text, in no order.
    pub(super) fn find(&self, text: &[u8], from: usize, to: usize, hits: &mut Vec<KeywordHit>) {
        if let Some(walk) = &self.automaton {
            walk.find(text, from, to, hits);
        }
    }
}

impl Walk {
    fn find(&self, text: &[u8], from: usize, to: usize, hits: &mut Vec<KeywordHit>) {
        let block = text.get(from..to).unwrap_or_default();
        let quarter = block.len() / 4;
        let (one, rest) = block.split_at(quarter);
        let (two, rest) = rest.split_at(quarter);
        let (three, rest) = rest.split_at(quarter);
        let (four, _) = rest.split_at(quarter);
        let begin = [
            from,
            from.saturating_add(quarter),
            from.saturating_add(quarter.saturating_mul(2)),
            from.saturating_add(quarter.saturating_mul(3)),
        ];
        let mut states = [self.start; 4];
        let [a, b, c, d] = &mut states;
        let lanes = one.iter().zip(two).zip(three.iter().zip(four)).enumerate();
        for (at, ((first, second), (third, fourth))) in lanes {
            *a = self.dfa.next_state(Anchored::No, *a, *first);
            *b = self.dfa.next_state(Anchored::No, *b, *second);
            *c = self.dfa.next_state(Anchored::No, *c, *third);
            *d = self.dfa.next_state(Anchored::No, *d, *fourth);
            let special = self.dfa.is_special(*a)
                | self.dfa.is_special(*b)
                | self.dfa.is_special(*c)
                | self.dfa.is_special(*d);
            if special {
                let end = at.saturating_add(1);
                for (state, begin) in [*a, *b, *c, *d].into_iter().zip(begin) {
                    self.report(state, begin.saturating_add(end), usize::MAX, hits);
                }
            }
        }
        let ends = [begin.get(1), begin.get(2), begin.get(3)].map(|end| end.copied().unwrap_or(to));
        for (state, end) in states.into_iter().zip(ends) {
            self.run_on(text, state, end, end, hits);
        }
        // The last lane takes the bytes that four does not divide, and the overhang.
        let begun = from.saturating_add(quarter.saturating_mul(4));
        let [.., last] = states;
        self.run_on(text, last, begun, to, hits);
    }

    /// Walks on from an offset to the overhang after `limit`, for keywords that start before
    /// `limit`.
    fn run_on(
        &self,
        text: &[u8],
        mut state: StateID,
        from: usize,
        limit: usize,
        hits: &mut Vec<KeywordHit>,
    ) {
        let to = limit.saturating_add(self.overhang).min(text.len());
        for (at, byte) in text.get(from..to).unwrap_or_default().iter().enumerate() {
            state = self.dfa.next_state(Anchored::No, state, *byte);
            if self.dfa.is_special(state) {
                self.report(state, from.saturating_add(at).saturating_add(1), limit, hits);
            }
        }
    }

    /// Adds the keywords that end where the state was reached and start before `limit`.
    fn report(&self, state: StateID, end: usize, limit: usize, hits: &mut Vec<KeywordHit>) {
        if !self.dfa.is_match(state) {
            return;
        }
        for index in 0..self.dfa.match_len(state) {
            let pattern: PatternID = self.dfa.match_pattern(state, index);
            let start = end.saturating_sub(self.dfa.pattern_len(pattern));
            if start < limit {
                hits.push(KeywordHit { start, end, keyword: pattern.as_usize() });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn naive(keywords: &[&str], text: &[u8], from: usize, to: usize) -> Vec<KeywordHit> {
        let mut hits = Vec::new();
        for (keyword, word) in keywords.iter().enumerate() {
            for start in from..to {
                let end = start + word.len();
                if text.get(start..end).is_some_and(|t| t.eq_ignore_ascii_case(word.as_bytes())) {
                    hits.push(KeywordHit { start, end, keyword });
                }
            }
        }
        hits.sort_unstable();
        hits
    }

    proptest! {
        #[test]
        fn lanes_find_what_a_plain_search_finds(
            text in "[abAB_]{0,200}",
            cut in 0.0..1.0f64,
        ) {
            let keywords = ["ab", "aba", "_a", "bb", "abab_ba", "a"];
            let text = text.as_bytes();
            #[expect(clippy::cast_sign_loss, clippy::cast_possible_truncation,
                     clippy::cast_precision_loss, reason = "a share of a short length")]
            let middle = (cut * text.len() as f64) as usize;
            let words = Keywords::new(&keywords).unwrap();
            for (from, to) in [(0, text.len()), (0, middle), (middle, text.len())] {
                let mut hits = Vec::new();
                words.find(text, from, to, &mut hits);
                hits.sort_unstable();
                prop_assert_eq!(hits, naive(&keywords, text, from, to));
            }
        }
    }

    #[test]
    fn no_keywords_find_nothing() {
        let mut hits = Vec::new();
        Keywords::new(&[]).unwrap().find(b"anything", 0, 8, &mut hits);
        assert!(hits.is_empty());
    }
}
