//! One pass over a text for all keywords of all rules.

use aho_corasick::automaton::{Automaton as _, StateID};
use aho_corasick::dfa::DFA;
use aho_corasick::{Anchored, StartKind};
use std::collections::BTreeMap;

/// The keywords of all rules, as one automaton in ASCII lower and upper case alike.
///
/// A step of an automaton must wait for the one before, which leaves most of a processor idle.
/// So a block is cut into lanes that are walked in step, and what lies across two lanes is found by
/// walking the earlier one a little further. The table is small enough for the nearest cache: two
/// bytes a step, and one column for all bytes no keyword has.
pub(super) struct Keywords {
    walk: Option<Walk>,
}

/// Lanes walked in step: with more, a processor runs out of registers.
const LANES: usize = 4;

/// All keywords together are too long: more than 65,535 states.
#[derive(Debug)]
pub(super) struct TooMany;

struct Walk {
    /// The column of each byte.
    columns: [u8; 256],
    /// For state and column the next state; a row has `1 << row_bits` columns.
    table: Vec<u16>,
    row_bits: u32,
    start: u16,
    /// States from here on end a keyword.
    first_match: u16,
    /// For each state from `first_match` on: the keywords that end there.
    ends: Vec<Vec<Keyword>>,
    /// Bytes a lane is walked beyond its end: the longest keyword less one.
    overhang: usize,
}

#[derive(Clone, Copy)]
struct Keyword {
    number: usize,
    length: usize,
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
        Self { walk: None }
    }

    /// A search for these, none of which is empty.
    pub(super) fn new(keywords: &[&str]) -> Result<Self, TooMany> {
        if keywords.is_empty() {
            return Ok(Self::none());
        }
        let dfa = DFA::builder()
            .ascii_case_insensitive(true)
            .start_kind(StartKind::Unanchored)
            .prefilter(false)
            .build(keywords)
            .map_err(|_| TooMany)?;
        Ok(Self { walk: Some(Walk::of(&dfa, keywords)?) })
    }

    /// Adds every keyword that starts in `from..to` of the text, in no order.
    pub(super) fn find(&self, text: &[u8], from: usize, to: usize, hits: &mut Vec<KeywordHit>) {
        if let Some(walk) = &self.walk {
            walk.find(text, from, to, hits);
        }
    }
}

impl Walk {
    /// Copies an automaton into a smaller table.
    fn of(dfa: &DFA, keywords: &[&str]) -> Result<Self, TooMany> {
        let (columns, bytes) = columns(keywords)?;
        let row_bits = bytes.len().next_power_of_two().trailing_zeros();
        let first = dfa.start_state(Anchored::No).map_err(|_| TooMany)?;
        let step = |state: StateID, byte: u8| dfa.next_state(Anchored::No, state, byte);

        let mut states = vec![first];
        let mut numbers = BTreeMap::from([(first, 0u16)]);
        let mut at = 0;
        while let Some(state) = states.get(at).copied() {
            at = at.saturating_add(1);
            for byte in &bytes {
                let next = step(state, *byte);
                numbers.entry(next).or_insert_with(|| {
                    states.push(next);
                    0
                });
            }
        }
        states.sort_by_key(|state| dfa.is_match(*state));
        for (number, state) in states.iter().enumerate() {
            numbers.insert(*state, u16::try_from(number).map_err(|_| TooMany)?);
        }
        let number = |state: &StateID| numbers.get(state).copied().unwrap_or(0);
        let matching: Vec<StateID> =
            states.iter().copied().filter(|state| dfa.is_match(*state)).collect();
        let first_match = states.len().saturating_sub(matching.len());

        let mut table = Vec::with_capacity(states.len() << row_bits);
        for (row, state) in states.iter().enumerate() {
            table.extend(bytes.iter().map(|byte| number(&step(*state, *byte))));
            table.resize(row.saturating_add(1) << row_bits, 0);
        }
        let ends = matching.iter().map(|state| ends(dfa, *state)).collect();
        Ok(Self {
            columns,
            table,
            row_bits,
            start: number(&first),
            first_match: u16::try_from(first_match).map_err(|_| TooMany)?,
            ends,
            overhang: dfa.max_pattern_len().saturating_sub(1),
        })
    }

    #[inline]
    fn next(&self, state: u16, byte: u8) -> u16 {
        let column = self.columns.get(usize::from(byte)).copied().unwrap_or(0);
        let at = (usize::from(state) << self.row_bits) | usize::from(column);
        self.table.get(at).copied().unwrap_or(0)
    }

    fn find(&self, text: &[u8], from: usize, to: usize, hits: &mut Vec<KeywordHit>) {
        let block = text.get(from..to).unwrap_or_default();
        let length = block.len() / LANES;
        let lane = |number: usize| {
            let at = length.saturating_mul(number);
            block.get(at..at.saturating_add(length)).unwrap_or_default()
        };
        let lanes: [&[u8]; LANES] = std::array::from_fn(lane);
        let [one, two, three, four] = lanes;
        let [mut a, mut b, mut c, mut d] = [self.start; LANES];
        let steps = one.iter().zip(two).zip(three.iter().zip(four)).enumerate();
        for (at, ((first, second), (third, fourth))) in steps {
            a = self.next(a, *first);
            b = self.next(b, *second);
            c = self.next(c, *third);
            d = self.next(d, *fourth);
            if a.max(b).max(c.max(d)) >= self.first_match {
                let end = from.saturating_add(at).saturating_add(1);
                for (number, state) in [a, b, c, d].into_iter().enumerate() {
                    let end = end.saturating_add(length.saturating_mul(number));
                    self.report(state, end, usize::MAX, hits);
                }
            }
        }
        // Each lane but the last goes on into the next one, for keywords that start in it.
        for (number, state) in [a, b, c, d].into_iter().enumerate() {
            let end = from.saturating_add(length.saturating_mul(number.saturating_add(1)));
            let is_last = number.saturating_add(1) == LANES;
            self.run_on(text, state, end, if is_last { to } else { end }, hits);
        }
    }

    /// Walks on from an offset to the overhang after `limit`, for keywords that start before
    /// `limit`.
    fn run_on(
        &self,
        text: &[u8],
        mut state: u16,
        from: usize,
        limit: usize,
        hits: &mut Vec<KeywordHit>,
    ) {
        let to = limit.saturating_add(self.overhang).min(text.len());
        for (at, byte) in text.get(from..to).unwrap_or_default().iter().enumerate() {
            state = self.next(state, *byte);
            if state >= self.first_match {
                self.report(state, from.saturating_add(at).saturating_add(1), limit, hits);
            }
        }
    }

    /// Adds the keywords that end where the state was reached and start before `limit`.
    fn report(&self, state: u16, end: usize, limit: usize, hits: &mut Vec<KeywordHit>) {
        let Some(index) = state.checked_sub(self.first_match) else { return };
        for keyword in self.ends.get(usize::from(index)).into_iter().flatten() {
            let start = end.saturating_sub(keyword.length);
            if start < limit {
                hits.push(KeywordHit { start, end, keyword: keyword.number });
            }
        }
    }
}

/// A column for each byte that keywords have, whatever its case, and one byte for each column.
/// Column 0 is for all others.
fn columns(keywords: &[&str]) -> Result<([u8; 256], Vec<u8>), TooMany> {
    let mut is_used = [false; 256];
    for byte in keywords.iter().flat_map(|keyword| keyword.bytes()) {
        for byte in [byte.to_ascii_lowercase(), byte.to_ascii_uppercase()] {
            if let Some(used) = is_used.get_mut(usize::from(byte)) {
                *used = true;
            }
        }
    }
    let is_used = |byte: &u8| is_used.get(usize::from(*byte)).copied().unwrap_or(false);
    // UTF-8 has no 255, so that some byte is always in no keyword.
    let mut bytes = vec![u8::MAX];
    let mut columns = [0; 256];
    for byte in (0..=u8::MAX).filter(is_used).filter(|byte| !byte.is_ascii_uppercase()) {
        let column = u8::try_from(bytes.len()).map_err(|_| TooMany)?;
        bytes.push(byte);
        for byte in [byte, byte.to_ascii_uppercase()] {
            if let Some(slot) = columns.get_mut(usize::from(byte)) {
                *slot = column;
            }
        }
    }
    Ok((columns, bytes))
}

fn ends(dfa: &DFA, state: StateID) -> Vec<Keyword> {
    (0..dfa.match_len(state))
        .map(|index| dfa.match_pattern(state, index))
        .map(|pattern| Keyword { number: pattern.as_usize(), length: dfa.pattern_len(pattern) })
        .collect()
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
    fn too_many_keywords_are_refused() {
        let words: Vec<String> = (0..20_000u32).map(|n| format!("{n:05}-abcdef")).collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        assert!(Keywords::new(&words).is_err());
    }

    #[test]
    fn no_keywords_find_nothing() {
        let mut hits = Vec::new();
        Keywords::new(&[]).unwrap().find(b"anything", 0, 8, &mut hits);
        assert!(hits.is_empty());
    }
}
