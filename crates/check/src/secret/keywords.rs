//! One pass over a text for all keywords of all rules.

use aho_corasick::automaton::{Automaton as _, StateID};
use aho_corasick::dfa::DFA;
use aho_corasick::{Anchored, StartKind};
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

/// The keywords of all rules, as one automaton in ASCII lower and upper case alike.
///
/// A step of an automaton must wait for the one before, which leaves most of a processor idle.
/// So a block is cut into lanes that are walked in step, and what lies across two lanes is found by
/// walking the earlier one a little further.
///
/// The table has to stay in the nearest caches. So a piece of each keyword stands for it, the one
/// that texts have least, and the keyword is compared where its piece is. A step takes two bytes,
/// and rows have one length, which the compiler knows.
pub(super) struct Keywords {
    walk: Option<Walk>,
}

/// Lanes walked in step: with fewer a processor waits, with more it runs out of registers.
const LANES: usize = 6;

/// Bytes of a piece: a shorter one is found more often, and a longer one needs a larger table.
const PIECE_BYTES: usize = 6;

/// Columns of a row. The last is for all bytes beyond those that have one of their own, which costs a
/// comparison now and then and finds nothing wrong; the built-in rules do not need it.
const COLUMNS: usize = 64;

/// The pieces of all keywords have more states than a step has numbers for.
#[derive(Debug)]
pub(super) struct TooMany;

struct Walk {
    /// The column of each byte.
    columns: [u8; 256],
    /// For state and column the next state.
    rows: Vec<[u16; COLUMNS]>,
    start: u16,
    /// States from here on end a keyword.
    first_match: u16,
    /// For each state from `first_match` on: the keywords whose piece ends there.
    ends: Vec<Vec<Keyword>>,
    /// Bytes a lane is walked beyond its end: the longest piece less one.
    overhang: usize,
    /// The farthest that a piece is from the start of its keyword.
    offset_max: usize,
}

/// A keyword, known by a piece of it.
#[derive(Clone)]
struct Keyword {
    number: usize,
    word: Arc<[u8]>,
    /// Where its piece is.
    piece: Range<usize>,
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
        let pieces: Vec<Range<usize>> =
            keywords.iter().map(|keyword| piece(keyword.as_bytes())).collect();
        let texts: Vec<&[u8]> = keywords
            .iter()
            .zip(&pieces)
            .map(|(keyword, piece)| keyword.as_bytes().get(piece.clone()).unwrap_or_default())
            .collect();
        let alphabet = Alphabet::of(&texts);
        let texts: Vec<Vec<u8>> = texts.into_iter().map(|text| alphabet.spell(text)).collect();
        let dfa = DFA::builder()
            .ascii_case_insensitive(true)
            .start_kind(StartKind::Unanchored)
            .prefilter(false)
            .build(&texts)
            .map_err(|_| TooMany)?;
        let known: Vec<Keyword> = keywords
            .iter()
            .zip(pieces)
            .enumerate()
            .map(|(number, (word, piece))| Keyword { number, word: word.as_bytes().into(), piece })
            .collect();
        Ok(Self { walk: Some(Walk::of(&dfa, alphabet, &known)?) })
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
    fn of(dfa: &DFA, alphabet: Alphabet, known: &[Keyword]) -> Result<Self, TooMany> {
        let Alphabet { columns, bytes } = alphabet;
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
        let plain = states.iter().filter(|state| !dfa.is_match(**state)).count();
        // A power of two, so that one bit or another tells those that end a piece.
        let first_match = plain.next_power_of_two();
        let numbered = (0..plain).chain(first_match..);
        for (number, state) in numbered.zip(&states) {
            numbers.insert(*state, u16::try_from(number).map_err(|_| TooMany)?);
        }
        let number = |state: &StateID| numbers.get(state).copied().unwrap_or(0);
        let matching: Vec<StateID> =
            states.iter().copied().filter(|state| dfa.is_match(*state)).collect();
        let mut rows = vec![[0; COLUMNS]; first_match.saturating_add(matching.len())];
        for state in &states {
            let Some(row) = rows.get_mut(usize::from(number(state))) else { continue };
            for (next, byte) in row.iter_mut().zip(&bytes) {
                *next = number(&step(*state, *byte));
            }
        }
        let ends = matching.iter().map(|state| ends(dfa, *state, known)).collect();
        let offset_max = known.iter().map(|keyword| keyword.piece.start).max().unwrap_or(0);
        Ok(Self {
            columns,
            rows,
            start: number(&first),
            first_match: u16::try_from(first_match).map_err(|_| TooMany)?,
            ends,
            overhang: dfa.max_pattern_len().saturating_sub(1),
            offset_max,
        })
    }

    #[inline]
    fn next(&self, state: u16, byte: u8) -> u16 {
        let column = self.columns.get(usize::from(byte)).copied().unwrap_or(0);
        let row = self.rows.get(usize::from(state));
        row.and_then(|row| row.get(usize::from(column) % COLUMNS)).copied().unwrap_or(0)
    }

    fn find(&self, text: &[u8], from: usize, to: usize, hits: &mut Vec<KeywordHit>) {
        let starts = from..to;
        // A piece may be behind the block that its keyword starts in.
        let to = to.saturating_add(self.offset_max).min(text.len());
        let mut sought = Sought { text, starts, hits };
        let block = text.get(from..to).unwrap_or_default();
        let length = block.len() / LANES;
        let lane = |number: usize| {
            let at = length.saturating_mul(number);
            block.get(at..at.saturating_add(length)).unwrap_or_default()
        };
        let lanes: [&[u8]; LANES] = std::array::from_fn(lane);
        let mut states = [self.start; LANES];
        let [one, two, three, four, five, six] = lanes;
        let first = one.iter().zip(two).zip(three);
        let last = four.iter().zip(five).zip(six);
        for (at, (first, last)) in first.zip(last).enumerate() {
            let (((one, two), three), ((four, five), six)) = (first, last);
            let bytes = [*one, *two, *three, *four, *five, *six];
            let mut seen = 0;
            for (state, byte) in states.iter_mut().zip(bytes) {
                *state = self.next(*state, byte);
                seen |= *state;
            }
            if seen >= self.first_match {
                let end = from.saturating_add(at).saturating_add(1);
                for (number, state) in states.into_iter().enumerate() {
                    let end = end.saturating_add(length.saturating_mul(number));
                    self.report(state, end, usize::MAX, &mut sought);
                }
            }
        }
        // Each lane but the last goes on into the next one, for keywords that start in it.
        for (number, state) in states.into_iter().enumerate() {
            let end = from.saturating_add(length.saturating_mul(number.saturating_add(1)));
            let is_last = number.saturating_add(1) == LANES;
            self.run_on(state, end, if is_last { to } else { end }, &mut sought);
        }
    }

    /// Walks on from an offset to the overhang after `limit`, for pieces that start before `limit`.
    fn run_on(&self, mut state: u16, from: usize, limit: usize, sought: &mut Sought<'_>) {
        let to = limit.saturating_add(self.overhang).min(sought.text.len());
        for (at, byte) in sought.text.get(from..to).unwrap_or_default().iter().enumerate() {
            state = self.next(state, *byte);
            if state >= self.first_match {
                self.report(state, from.saturating_add(at).saturating_add(1), limit, sought);
            }
        }
    }

    /// Adds the keywords whose piece ends where the state was reached and starts before `limit`.
    fn report(&self, state: u16, end: usize, limit: usize, sought: &mut Sought<'_>) {
        let Some(index) = state.checked_sub(self.first_match) else { return };
        for keyword in self.ends.get(usize::from(index)).into_iter().flatten() {
            let Some(start) = end.checked_sub(keyword.piece.end) else { continue };
            if start.saturating_add(keyword.piece.start) < limit {
                sought.add(start, keyword);
            }
        }
    }
}

/// What is searched, and what was found.
struct Sought<'s> {
    text: &'s [u8],
    /// Where keywords start that are asked for.
    starts: Range<usize>,
    hits: &'s mut Vec<KeywordHit>,
}

impl Sought<'_> {
    /// Adds a keyword if it starts here.
    fn add(&mut self, start: usize, keyword: &Keyword) {
        let end = start.saturating_add(keyword.word.len());
        let there = self.text.get(start..end).unwrap_or_default();
        if self.starts.contains(&start) && there.eq_ignore_ascii_case(&keyword.word) {
            self.hits.push(KeywordHit { start, end, keyword: keyword.number });
        }
    }
}

/// The piece of a keyword that stands for it.
fn piece(keyword: &[u8]) -> Range<usize> {
    let commonness =
        |part: &[u8]| part.iter().map(|byte| common(*byte)).fold(1_u32, u32::saturating_mul);
    let parts = keyword.windows(PIECE_BYTES).enumerate();
    match parts.min_by_key(|(_, part)| commonness(part)) {
        Some((at, part)) => at..at.saturating_add(part.len()),
        None => 0..keyword.len(),
    }
}

/// How often texts have a byte, in thousandths, about: prose in English, and programs.
fn common(byte: u8) -> u32 {
    match byte.to_ascii_lowercase() {
        b' ' => 160,
        b'e' => 100,
        b't' | b'a' | b'o' | b'i' | b'n' | b's' | b'r' => 60,
        b'l' | b'd' | b'c' | b'u' | b'h' | b'm' | b'p' => 30,
        b'f' | b'g' | b'y' | b'w' | b'b' | b'v' => 15,
        b'_' | b'-' | b'.' | b'/' | b'"' | b'\'' | b'=' | b':' | b'0'..=b'9' => 8,
        _ => 3,
    }
}

/// What tells one byte from another for the automaton.
struct Alphabet {
    /// The column of each byte, whatever its case. Column 0 is for all that no piece has, and the
    /// most common of the others follow.
    columns: [u8; 256],
    /// One byte for each column.
    bytes: Vec<u8>,
}

impl Alphabet {
    fn of(pieces: &[&[u8]]) -> Self {
        let mut is_used = [false; 256];
        for byte in pieces.iter().copied().flatten() {
            if let Some(used) = is_used.get_mut(usize::from(byte.to_ascii_lowercase())) {
                *used = true;
            }
        }
        let is_used = |byte: &u8| is_used.get(usize::from(*byte)).copied().unwrap_or(false);
        let mut used: Vec<u8> = (0..=u8::MAX).filter(is_used).collect();
        used.sort_by_key(|byte| Reverse(common(*byte)));
        // UTF-8 has no 255, so that some byte is always in no keyword.
        let mut bytes = vec![u8::MAX];
        let mut columns = [0; 256];
        for byte in used {
            if bytes.len() < COLUMNS {
                bytes.push(byte);
            }
            let column = u8::try_from(bytes.len().saturating_sub(1)).unwrap_or(0);
            for byte in [byte, byte.to_ascii_uppercase()] {
                if let Some(slot) = columns.get_mut(usize::from(byte)) {
                    *slot = column;
                }
            }
        }
        Self { columns, bytes }
    }

    /// A piece in the bytes of its columns.
    fn spell(&self, piece: &[u8]) -> Vec<u8> {
        let column = |byte: &u8| self.columns.get(usize::from(*byte)).copied().unwrap_or(0);
        let of_column = |column: u8| self.bytes.get(usize::from(column)).copied();
        piece.iter().map(|byte| of_column(column(byte)).unwrap_or(*byte)).collect()
    }
}

fn ends(dfa: &DFA, state: StateID, known: &[Keyword]) -> Vec<Keyword> {
    (0..dfa.match_len(state))
        .filter_map(|index| known.get(dfa.match_pattern(state, index).as_usize()))
        .cloned()
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
            let keywords = ["ab", "aba", "_a", "bb", "abab_ba", "a", "bab", "b_bba", "aab_b"];
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
    fn every_keyword_of_the_rules_is_found_wherever_it_stands() {
        let rules = super::super::Scanner::builtin();
        let keywords: Vec<&str> =
            rules.rules().flat_map(|rule| &rule.keywords).map(|keyword| &**keyword).collect();
        assert!(keywords.len() > 700, "{}", keywords.len());
        let words = Keywords::new(&keywords).unwrap();
        for (number, keyword) in keywords.iter().enumerate() {
            for before in [0, 1, 2, 3, 5, 8, 70] {
                for after in [0, 1, 2, 3, 5, 8, 70] {
                    let upper = keyword.to_ascii_uppercase();
                    let text = [".".repeat(before), upper, ".".repeat(after)].concat();
                    let mut hits = Vec::new();
                    words.find(text.as_bytes(), 0, text.len(), &mut hits);
                    let end = before + keyword.len();
                    let hit = KeywordHit { start: before, end, keyword: number };
                    assert!(hits.contains(&hit), "{keyword} in {text}");
                }
            }
        }
    }

    #[test]
    fn keywords_of_more_letters_than_there_are_columns_are_told_apart() {
        let keywords: Vec<String> =
            ('\u{e0}'..'\u{17f}').map(|letter| format!("{letter}{letter}")).collect();
        let keywords: Vec<&str> = keywords.iter().map(String::as_str).collect();
        let words = Keywords::new(&keywords).unwrap();
        for (number, keyword) in keywords.iter().enumerate() {
            let mut hits = Vec::new();
            words.find(keyword.as_bytes(), 0, keyword.len(), &mut hits);
            assert_eq!(hits, [KeywordHit { start: 0, end: keyword.len(), keyword: number }]);
        }
    }

    #[test]
    fn too_many_keywords_are_refused() {
        let words: Vec<String> = (0..40_000u32).map(|n| format!("{n:05}x")).collect();
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
