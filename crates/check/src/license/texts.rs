//! The texts of the SPDX license list, and which pairs of words are in which.
//!
//! `texts.zst` has them as words. It is made from the license list that the `spdx` library carries,
//! which the tests compare it with.

use std::collections::HashMap;
use std::sync::LazyLock;

/// A line of words, a line of ids and lengths, and the texts: the places of their words in the first
/// line, two bytes each, the lower first.
static FILE: &[u8] = include_bytes!("texts.zst");

/// More than the file has when it is unpacked.
const FILE_BYTES_MAX: usize = 8 << 20;

/// A word that is in no license.
const NO_WORD: u16 = u16::MAX;

/// Two words that follow each other.
pub(super) type Pair = u32;

/// One license.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Text {
    /// Its SPDX id.
    pub(super) id: String,
    /// Its pairs, in their order.
    pub(super) pairs: Vec<Pair>,
}

/// All licenses.
#[derive(Debug, Default)]
pub(super) struct Texts {
    words: HashMap<String, u16>,
    licenses: Vec<Text>,
    /// Each pair once, sorted, with where its part of `places` begins.
    pairs: Vec<(Pair, u32)>,
    /// Where in `pairs` those of a first word begin, by the word's number, and where the last end.
    first: Vec<usize>,
    /// Licenses a pair is in, and how often.
    places: Vec<(u16, u16)>,
}

/// The texts, unpacked once.
pub(super) static TEXTS: LazyLock<Texts> = LazyLock::new(|| {
    let file = zstd::bulk::decompress(FILE, FILE_BYTES_MAX).unwrap_or_default();
    Texts::read(&file).unwrap_or_default()
});

fn pair(first: u16, second: u16) -> Pair {
    (u32::from(first) << 16) | u32::from(second)
}

impl Texts {
    fn read(file: &[u8]) -> Option<Self> {
        let mut lines = file.splitn(3, |byte| *byte == b'\n');
        let vocabulary = std::str::from_utf8(lines.next()?).ok()?;
        let index = std::str::from_utf8(lines.next()?).ok()?;
        let (numbers, _) = lines.next()?.as_chunks::<2>();
        let words = vocabulary.split(' ').zip(0_u16..);
        let words = words.map(|(word, number)| (word.to_owned(), number)).collect();
        let mut numbers = numbers.iter().map(|bytes| u16::from_le_bytes(*bytes));
        let mut licenses = Vec::new();
        let mut index = index.split(' ');
        while let (Some(id), Some(length)) = (index.next(), index.next()) {
            let words: Vec<u16> = numbers.by_ref().take(length.parse().ok()?).collect();
            licenses.push(Text { id: id.to_owned(), pairs: pairs(&words) });
        }
        let Index { pairs, first, places } = index_of(&licenses);
        Some(Self { words, licenses, pairs, first, places })
    }

    /// The pairs of a prepared text's words.
    pub(super) fn pairs_of(&self, words: &[&str]) -> Vec<Pair> {
        let number = |word: &&str| self.words.get(*word).copied().unwrap_or(NO_WORD);
        pairs(&words.iter().map(number).collect::<Vec<_>>())
    }

    /// The licenses.
    pub(super) fn licenses(&self) -> &[Text] {
        &self.licenses
    }

    /// The licenses a pair is in, and how often.
    pub(super) fn places_of(&self, wanted: Pair) -> &[(u16, u16)] {
        let word = first_word(wanted);
        let bounds = self.first.get(word).zip(self.first.get(word.saturating_add(1)));
        let Some((from, to)) = bounds else { return &[] };
        let same = self.pairs.get(*from..*to).unwrap_or_default();
        let Ok(at) = same.binary_search_by_key(&wanted, |(pair, _)| *pair) else { return &[] };
        let at = from.saturating_add(at);
        let start = |at: usize| {
            let start = self.pairs.get(at).map(|(_, start)| *start);
            start.and_then(|start| usize::try_from(start).ok()).unwrap_or(self.places.len())
        };
        self.places.get(start(at)..start(at.saturating_add(1))).unwrap_or_default()
    }
}

fn pairs(words: &[u16]) -> Vec<Pair> {
    words.windows(2).filter_map(|two| Some(pair(*two.first()?, *two.last()?))).collect()
}

fn first_word(pair: Pair) -> usize {
    usize::try_from(pair >> 16).unwrap_or(usize::MAX)
}

#[derive(Default)]
struct Index {
    pairs: Vec<(Pair, u32)>,
    first: Vec<usize>,
    places: Vec<(u16, u16)>,
}

fn index_of(licenses: &[Text]) -> Index {
    // By the first word before all else: many small sorts are faster than one of half a million.
    let mut by_first: Vec<Vec<(Pair, u16)>> = Vec::new();
    for (number, license) in (0_u16..).zip(licenses) {
        for pair in &license.pairs {
            let first = first_word(*pair);
            if first >= by_first.len() {
                by_first.resize_with(first.saturating_add(1), Vec::new);
            }
            if let Some(same) = by_first.get_mut(first) {
                same.push((*pair, number));
            }
        }
    }
    let Index { mut pairs, mut first, mut places } = Index::default();
    for mut all in by_first {
        first.push(pairs.len());
        all.sort_unstable();
        for same in all.chunk_by(|one, other| one == other) {
            let Some((pair, license)) = same.first().copied() else { continue };
            if pairs.last().is_none_or(|(last, _)| *last != pair) {
                pairs.push((pair, u32::try_from(places.len()).unwrap_or(u32::MAX)));
            }
            places.push((license, u16::try_from(same.len()).unwrap_or(u16::MAX)));
        }
    }
    first.push(pairs.len());
    Index { pairs, first, places }
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::words;
    use super::*;
    use std::collections::{BTreeMap, BTreeSet};

    /// Where the text of the GPL begins, which the list appends to the LGPL.
    const GPL_3: &str = "gnu general public license version 3 29 june 2007";

    /// Where the appendix of Apache's begins, which half of all copies leave out: with it, they
    /// would be more like a license that was made of this one and has none.
    const APACHE_APPENDIX: &str = "appendix how to apply the apache license to your work";

    /// Fewer words are in too many other texts.
    const WORDS_MIN: usize = 20;

    /// The words of every license that has a text of its own, by its id.
    pub(in super::super) fn listed() -> BTreeMap<String, String> {
        let mut seen = BTreeSet::new();
        let mut listed = BTreeMap::new();
        let mut texts = spdx::text::LICENSE_TEXTS.to_vec();
        // Of several ids for one text, the shortest says least that the text does not.
        texts.sort_by_key(|(id, _)| (id.len(), *id));
        for (id, text) in texts {
            let says_more = ["-or-later", "-RFN", "-no-RFN", "-no-copyleft-exception"];
            let is_variant =
                id.contains("invariants") || says_more.iter().any(|end| id.ends_with(end));
            let is_deprecated = spdx::license_id(id).is_none_or(spdx::LicenseId::is_deprecated);
            if is_variant || is_deprecated || id.ends_with('+') {
                continue;
            }
            let prepared = words::prepared(text);
            let mut words = words::words(&prepared).join(" ");
            match id {
                "LGPL-3.0-only" => words.truncate(words.find(GPL_3).unwrap() - 1),
                "Apache-2.0" => words.truncate(words.find(APACHE_APPENDIX).unwrap() - 1),
                _ => {}
            }
            let is_long = words.split(' ').count() >= WORDS_MIN;
            if is_long && seen.insert(words.clone()) {
                listed.insert(id.to_owned(), words);
            }
        }
        listed
    }

    fn written() -> Vec<u8> {
        let listed = listed();
        let vocabulary: BTreeSet<&str> = listed.values().flat_map(|text| text.split(' ')).collect();
        let number: BTreeMap<&str, u16> = vocabulary.iter().copied().zip(0..).collect();
        let index = listed.iter().map(|(id, text)| format!("{id} {}", text.split(' ').count()));
        let mut file = vocabulary.iter().copied().collect::<Vec<_>>().join(" ");
        file.push('\n');
        file.push_str(&index.collect::<Vec<_>>().join(" "));
        file.push('\n');
        let mut file = file.into_bytes();
        for word in listed.values().flat_map(|text| text.split(' ')) {
            file.extend(number[word].to_le_bytes());
        }
        file
    }

    #[test]
    fn the_file_is_what_the_license_list_makes() {
        let file = zstd::bulk::decompress(FILE, FILE_BYTES_MAX).unwrap();
        assert!(
            file == written(),
            "the license list has changed: run this crate's tests with `--ignored writes_the_file`"
        );
        assert!(FILE.len() < 1 << 20);
        assert!(TEXTS.licenses().len() > 500, "{}", TEXTS.licenses().len());
    }

    #[test]
    #[ignore = "writes texts.zst into the sources"]
    fn writes_the_file() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/license/texts.zst");
        std::fs::write(path, zstd::bulk::compress(&written(), 19).unwrap()).unwrap();
    }

    #[test]
    fn damaged_files_give_nothing() {
        for file in [&b""[..], b"a b\n", b"a b\nMIT x\n", b"\xff\n\n"] {
            assert!(Texts::read(file).is_none(), "{file:?}");
        }
    }
}
