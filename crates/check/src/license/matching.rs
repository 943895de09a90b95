//! Where in a text the texts of licenses are.
//!
//! How alike two texts are is their Sørensen–Dice coefficient over pairs of words: twice the pairs
//! they share, by the pairs they have. A file may hold several licenses among other things, so the
//! part of it that is most like a license is looked for, with a window as long as the license.

use super::texts::{Pair, Texts};
use std::cmp::Reverse;
use std::ops::Range;

/// A license that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Found {
    /// Which of the texts.
    pub(super) license: usize,
    /// How alike the part is, in thousandths.
    pub(super) likeness: u64,
    /// Where, in words.
    pub(super) words: Range<usize>,
    /// Pairs that are in both.
    shared: u64,
}

/// What is less alike is not worth mentioning, in thousandths.
const LIKENESS_MIN: u64 = 850;

/// What is nearer than this to what it can be at most is not looked for again, in thousandths.
const LIKENESS_NEAR: u64 = 5;

/// A license that has fewer of its pairs in the whole text cannot be that alike, in thousandths:
/// with a share `s` of them, and nothing else, likeness is `2s / (1 + s)`.
const SHARE_MIN: u64 = 739;

/// Licenses that are looked for in one text. A list of third-party notices names some fifty.
const CANDIDATES_MAX: usize = 64;

/// How long windows are, in hundredths of the license: as long, and with words put in.
const WINDOWS: [usize; 3] = [100, 110, 130];

/// How often a part is looked for anew because another license has its words. Files hold far fewer.
const STEPS_MAX: usize = 200;

/// A pair that belongs to a license that was found.
const TAKEN: usize = usize::MAX;

/// What is this much alike is that license, in thousandths.
const LIKENESS_EXACT: u64 = 990;

/// Licenses that are copied with small changes, which are then nearer to some license that few use.
const COMMON: [&str; 7] =
    ["Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "BSD-4-Clause", "ISC", "MIT", "Zlib"];

/// How much of a part may belong to another license already, in hundredths.
const OVERLAP_MAX: usize = 50;

/// Finds licenses in the pairs of a text, the one that explains most first. The time it takes grows
/// with the length of the text alone.
pub(super) fn find(texts: &Texts, pairs: &[Pair]) -> Vec<Found> {
    let mut distinct = pairs.to_vec();
    distinct.sort_unstable();
    distinct.dedup();
    // Each pair of the text as its place among the distinct ones.
    let mut local: Vec<usize> =
        pairs.iter().filter_map(|pair| distinct.binary_search(pair).ok()).collect();
    let mut left = local.len();
    let candidates = candidates(texts, &distinct, &local);
    let mut parts: Vec<Found> =
        candidates.iter().filter_map(|one| best_part(texts, one, &distinct, &local)).collect();
    let mut found = Vec::new();
    for _ in 0..STEPS_MAX {
        let next = (0_usize..).zip(&parts).max_by_key(|(_, part)| part.rank(texts));
        let Some(next) = next.map(|(at, _)| at) else { break };
        let part = parts.swap_remove(next);
        let range = part.words.start..part.words.end.saturating_sub(1);
        let Some(own) = local.get_mut(range) else { continue };
        let free = own.iter().filter(|pair| **pair != TAKEN).count();
        let is_new = free.saturating_mul(100) > own.len().saturating_mul(100 - OVERLAP_MAX);
        if is_new {
            own.fill(TAKEN);
            left = left.saturating_sub(free);
        }
        // It may be in the rest as well, or instead.
        let again = candidates.iter().find(|candidate| candidate.license == part.license);
        let again = again.filter(|again| again.fits(texts, left));
        parts.extend(again.and_then(|again| best_part(texts, again, &distinct, &local)));
        if is_new {
            found.push(part);
        }
    }
    found
}

impl Found {
    /// What a license explains, the less the less alike it is: of two that are nearly the same, one
    /// word decides. What is not quite any license is rather one that many use, and what is one word
    /// for word is that one. Of equals the one with the simplest name.
    fn rank<'t>(&self, texts: &'t Texts) -> (u64, Reverse<(usize, &'t str)>) {
        let id = texts.licenses().get(self.license).map_or("", |text| text.id.as_str());
        let is_preferred = self.likeness >= LIKENESS_EXACT || COMMON.contains(&id);
        let favor = if is_preferred { 1_050 } else { 1_000 };
        let weight = (0..4).fold(self.shared.saturating_mul(favor), |weight, _| {
            weight.saturating_mul(self.likeness) / 1_000
        });
        (weight, Reverse((id.len(), id)))
    }
}

/// A license that may be in the text.
struct Candidate {
    license: usize,
    /// How much of it is somewhere in the text, in thousandths.
    share: u64,
}

impl Candidate {
    /// Whether so many pairs are enough for it.
    fn fits(&self, texts: &Texts, left: usize) -> bool {
        let own = texts.licenses().get(self.license).map_or(0, |text| length(text.pairs.len()));
        length(left).saturating_mul(1_000) >= own.saturating_mul(SHARE_MIN)
    }

    /// How alike it would be if all of that were in one place, in thousandths.
    fn likeness_max(&self) -> u64 {
        self.share.saturating_mul(2_000) / self.share.saturating_add(1_000)
    }
}

/// The licenses that have enough of their pairs in the text.
fn candidates(texts: &Texts, distinct: &[Pair], local: &[usize]) -> Vec<Candidate> {
    let mut counts = vec![0_u64; distinct.len()];
    for at in local {
        if let Some(count) = counts.get_mut(*at) {
            *count = count.saturating_add(1);
        }
    }
    let mut shared = vec![0_u64; texts.licenses().len()];
    for (pair, count) in distinct.iter().zip(counts) {
        for (license, own) in texts.places_of(*pair) {
            if let Some(shared) = shared.get_mut(usize::from(*license)) {
                *shared = shared.saturating_add(count.min(u64::from(*own)));
            }
        }
    }
    let mut candidates: Vec<Candidate> = Vec::new();
    for (number, (license, shared)) in texts.licenses().iter().zip(shared).enumerate() {
        let share = shared.saturating_mul(1_000) / length(license.pairs.len()).max(1);
        if share >= SHARE_MIN {
            candidates.push(Candidate { license: number, share });
        }
    }
    candidates.sort_by_key(|candidate| (Reverse(candidate.share), candidate.license));
    candidates.truncate(CANDIDATES_MAX);
    candidates
}

fn length(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

/// The part of the text that is most like a license.
fn best_part(
    texts: &Texts,
    candidate: &Candidate,
    distinct: &[Pair],
    local: &[usize],
) -> Option<Found> {
    let license = candidate.license;
    let own = &texts.licenses().get(license)?.pairs;
    // How often each pair of the text is in the license.
    let mut allowed = vec![0_u32; distinct.len()];
    for pair in own {
        if let Ok(at) = distinct.binary_search(pair)
            && let Some(count) = allowed.get_mut(at)
        {
            *count = count.saturating_add(1);
        }
    }
    let mut best: Option<Found> = None;
    for hundredths in WINDOWS {
        let window = own.len().saturating_mul(hundredths).div_ceil(100).max(1);
        let Some(part) = densest(&allowed, local, window) else { continue };
        let (range, shared) = trimmed(&allowed, local, part);
        let both = length(own.len()).saturating_add(length(range.len()));
        let likeness = shared.saturating_mul(2_000) / both.max(1);
        if best.as_ref().is_none_or(|best| likeness > best.likeness) {
            let words = range.start..range.end.saturating_add(1);
            best = Some(Found { license, likeness, words, shared });
        }
        let likeness = best.as_ref().map_or(0, |best| best.likeness);
        let is_best = likeness.saturating_add(LIKENESS_NEAR) >= candidate.likeness_max();
        if is_best || window >= local.len() {
            break;
        }
    }
    best.filter(|best| best.likeness >= LIKENESS_MIN)
}

/// The window with the most pairs of the license.
fn densest(allowed: &[u32], local: &[usize], window: usize) -> Option<Range<usize>> {
    let mut seen = vec![0_u32; allowed.len()];
    let (mut shared, mut most, mut end_of_most) = (0_u64, 0_u64, 0_usize);
    for (at, pair) in local.iter().enumerate() {
        if let (Some(seen), Some(allowed)) = (seen.get_mut(*pair), allowed.get(*pair)) {
            if *seen < *allowed {
                shared = shared.saturating_add(1);
            }
            *seen = seen.saturating_add(1);
        }
        let behind = at.checked_sub(window).and_then(|behind| local.get(behind)).unwrap_or(&TAKEN);
        if let (Some(seen), Some(allowed)) = (seen.get_mut(*behind), allowed.get(*behind)) {
            *seen = seen.saturating_sub(1);
            if *seen < *allowed {
                shared = shared.saturating_sub(1);
            }
        }
        if shared > most {
            (most, end_of_most) = (shared, at.saturating_add(1));
        }
    }
    (most > 0).then(|| end_of_most.saturating_sub(window)..end_of_most)
}

/// A window without what is not the license's at its ends, and how much is.
fn trimmed(allowed: &[u32], local: &[usize], window: Range<usize>) -> (Range<usize>, u64) {
    let part = local.get(window.clone()).unwrap_or_default();
    let is_own = |pair: &usize| allowed.get(*pair).is_some_and(|count| *count > 0);
    let before = part.iter().position(is_own).unwrap_or(0);
    let after = part.iter().rev().position(is_own).unwrap_or(0);
    let range =
        window.start.saturating_add(before)..window.end.saturating_sub(after).max(window.start);
    let mut left = allowed.to_vec();
    let mut shared = 0_u64;
    for pair in local.get(range.clone()).unwrap_or_default() {
        if let Some(count) = left.get_mut(*pair)
            && *count > 0
        {
            *count = count.saturating_sub(1);
            shared = shared.saturating_add(1);
        }
    }
    (range, shared)
}
