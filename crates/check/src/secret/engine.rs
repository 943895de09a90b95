//! Finds secrets: keywords first, then expressions around them, then what they found.

use super::allow::Allow;
use super::keywords::{KeywordHit, Keywords};
use super::lines::Lines;
use super::pattern::{Pattern, PatternError};
use super::place::Places;
use super::rule::{SecretPart, SecretRule, Shape};
use super::verify::{Check, Look, Verdict};
use super::{builtin, entropy, placeholder, stub};
use lazaret_core::check::SecretHit;
use regex::bytes::{Captures, Regex};
use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;
use std::sync::{Arc, LazyLock};

/// Bytes searched for keywords at a time, so that a text made of keywords takes little memory.
const BLOCK_BYTES: usize = 1 << 20;

/// Longest piece of a text an expression is tried on at once. Windows that touch are one, and an
/// expression that can match at every place takes time that grows faster than the piece.
const WINDOW_BYTES_MAX: usize = 64 << 10;

/// Secrets of one text that are told: a dump of a thousand keys is clear from the first thousand.
const HITS_MAX: usize = 1_000;

/// Secrets one rule may find in one text before overlaps are resolved.
const CANDIDATES_PER_RULE_MAX: usize = 2_000;

/// Rules, compiled into a search.
pub struct Scanner {
    rules: Vec<Arc<SecretRule>>,
    keywords: Keywords,
    /// For each keyword of the automaton: the rules that have it.
    owners: Vec<Owners>,
    /// Rules that have no keyword, and read the whole of what they read at all.
    unkeyed: Vec<usize>,
    /// Places that no rule looks at.
    unread: Places,
    pub(super) policy: Policy,
    fingerprint: u64,
}

/// The rules that have a keyword.
struct Owners {
    rules: Vec<Owner>,
    /// Places that none of them looks at: most of what an image holds is somebody's library, and
    /// most of the keywords in it are `password`, `token` and the like.
    unread: Places,
}

/// A rule that has a keyword.
struct Owner {
    rule: usize,
    /// The keyword as the rule wrote it, where its case matters.
    exact: Option<Box<str>>,
}

/// What users set beside rules.
#[derive(Debug, Default)]
pub(super) struct Policy {
    pub(super) allows: Vec<Allow>,
    /// Parts of a text that are passed over, for one rule (by id) or all.
    pub(super) blocks: Vec<(Option<String>, Pattern)>,
    /// Places that are searched by every rule, whatever the rule says.
    pub(super) searched: Places,
}

/// Something to search.
pub(super) struct Text<'t> {
    /// Where it is, for rules bound to a path.
    pub(super) path: Option<&'t str>,
    /// Whether it is `NAME=value` of a setting.
    pub(super) is_setting: bool,
    pub(super) bytes: &'t [u8],
}

/// Rules that cannot be made into a search.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ScannerError {
    /// All keywords together are too many.
    #[error("the keywords of the rules are too many for one search")]
    Keywords,
    /// An expression cannot be used.
    #[error("rule `{rule}`: {error}")]
    Pattern {
        /// Id of the rule.
        rule: String,
        /// What is wrong with it.
        error: PatternError,
    },
}

/// Bytes of a secret, which no message ever shows.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Redacted<'t>(&'t [u8]);

impl fmt::Debug for Redacted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<redacted>")
    }
}

impl fmt::Debug for Scanner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scanner").field("rules", &self.rules.len()).finish_non_exhaustive()
    }
}

/// What decides which rules apply to a text.
struct Ask<'t> {
    path: Option<&'t str>,
    places: Places,
    is_setting: bool,
}

/// Something an expression found and no check threw out.
#[derive(Debug)]
struct Candidate<'t> {
    rule: usize,
    shape: Shape,
    at: Range<usize>,
    secret: Redacted<'t>,
}

impl Scanner {
    /// The search for everything the program knows, made once.
    pub fn builtin() -> &'static Self {
        static SCANNER: LazyLock<Scanner> = LazyLock::new(|| {
            // The built-in rules are few and tested; a search without any would fail every test.
            Scanner::new(builtin::rules().to_vec(), Policy::default()).unwrap_or_else(|_| Scanner {
                rules: Vec::new(),
                keywords: Keywords::none(),
                owners: Vec::new(),
                unkeyed: Vec::new(),
                unread: Places::ALL,
                policy: Policy::default(),
                fingerprint: 0,
            })
        });
        &SCANNER
    }

    pub(super) fn new(rules: Vec<Arc<SecretRule>>, policy: Policy) -> Result<Self, ScannerError> {
        let mut words: BTreeMap<String, Vec<Owner>> = BTreeMap::new();
        let mut unkeyed = Vec::new();
        for (at, rule) in rules.iter().enumerate() {
            if rule.keywords.is_empty() {
                unkeyed.push(at);
            }
            for keyword in &rule.keywords {
                let exact = (!rule.ignore_case).then(|| keyword.clone());
                words
                    .entry(keyword.to_ascii_lowercase())
                    .or_default()
                    .push(Owner { rule: at, exact });
            }
        }
        let keywords: Vec<&str> = words.keys().map(String::as_str).collect();
        let keywords = Keywords::new(&keywords).map_err(|_| ScannerError::Keywords)?;
        let fingerprint = fingerprint(&rules, &policy);
        let unread = rules.iter().fold(Places::ALL, |unread, rule| unread.shared(rule.skip));
        let owners = words
            .into_values()
            .map(|owners| {
                let skips = owners.iter().filter_map(|owner| rules.get(owner.rule));
                let unread = skips.fold(Places::ALL, |unread, rule| unread.shared(rule.skip));
                Owners { rules: owners, unread }
            })
            .collect();
        Ok(Self { rules, keywords, owners, unkeyed, unread, policy, fingerprint })
    }

    /// The rules, built-in ones first.
    pub fn rules(&self) -> impl Iterator<Item = &SecretRule> {
        self.rules.iter().map(|rule| &**rule)
    }

    /// The rule of this id.
    pub fn rule(&self, id: &str) -> Option<&SecretRule> {
        self.rules().find(|rule| *rule.id == *id)
    }

    /// A number that changes when what would be found changes: part of the key of what is cached.
    pub const fn fingerprint(&self) -> u64 {
        self.fingerprint
    }

    /// Whether what is at this path is not looked at: documentation, for which no rule is, and what
    /// Python compiled of the libraries of others, which lies beside its source. A user's rules may
    /// want both.
    pub fn passes_over(&self, path: &str) -> bool {
        let path = path.trim_start_matches('/');
        let places = Places::of(path).without(self.policy.searched);
        places.meets(self.unread) || (places.meets(Places::OTHERS) && is_cached_python(path))
    }

    /// Finds the secrets of a text.
    pub(super) fn scan(&self, text: &Text<'_>) -> Vec<SecretHit> {
        let path = text.path.map(|path| path.trim_start_matches('/'));
        let places = path.map(Places::of).unwrap_or_default().without(self.policy.searched);
        let ask = Ask { path, places, is_setting: text.is_setting };
        let mut found = Vec::new();
        for (rule, windows) in self.windows(&ask, text.bytes) {
            self.search(rule, &windows, path, text.bytes, &mut found);
        }
        hits(&self.rules, text.bytes, resolve(self.outside_blocks(text.bytes, found)))
    }

    /// The text with every secret in it replaced by its stub; none where there is no secret.
    pub(super) fn redact(&self, text: &Text<'_>) -> Option<Vec<u8>> {
        let ask = Ask { path: None, places: Places::default(), is_setting: text.is_setting };
        let mut found = Vec::new();
        for (rule, windows) in self.windows(&ask, text.bytes) {
            self.search(rule, &windows, None, text.bytes, &mut found);
        }
        let mut found = resolve(self.outside_blocks(text.bytes, found));
        found.sort_by_key(|candidate| candidate.at.start);
        let mut redacted = Vec::with_capacity(text.bytes.len());
        let mut from = 0;
        for candidate in &found {
            let Some(rule) = self.rules.get(candidate.rule) else { continue };
            // What two rules found in part is left out whole.
            if candidate.at.start >= from {
                redacted.extend_from_slice(text.bytes.get(from..candidate.at.start)?);
                redacted.extend_from_slice(stub::of(rule, candidate.secret.0).as_bytes());
            }
            from = from.max(candidate.at.end);
        }
        redacted.extend_from_slice(text.bytes.get(from..)?);
        (!found.is_empty()).then_some(redacted)
    }

    /// Where to try which rule.
    fn windows(&self, ask: &Ask<'_>, text: &[u8]) -> BTreeMap<usize, Vec<Range<usize>>> {
        let mut asked: BTreeMap<usize, bool> = BTreeMap::new();
        let mut windows: BTreeMap<usize, Vec<Range<usize>>> = BTreeMap::new();
        for at in &self.unkeyed {
            if self.applies(*at, ask) {
                let mut pieces = Vec::new();
                let mut from = 0;
                while from < text.len() {
                    let to = from.saturating_add(WINDOW_BYTES_MAX).min(text.len());
                    let overlap = self.rules.get(*at).map_or(0, |rule| rule.reach);
                    pieces.push(from.saturating_sub(overlap)..to);
                    from = to;
                }
                windows.insert(*at, pieces);
            }
        }
        let mut hits: Vec<KeywordHit> = Vec::new();
        let mut from = 0;
        while from < text.len() {
            let to = from.saturating_add(BLOCK_BYTES).min(text.len());
            hits.clear();
            self.keywords.find(text, from, to, &mut hits);
            hits.retain(|hit| {
                let owners = self.owners.get(hit.keyword);
                owners.is_some_and(|owners| !owners.unread.meets(ask.places))
            });
            hits.sort_unstable();
            for hit in &hits {
                let owners = self.owners.get(hit.keyword).map(|owners| &owners.rules);
                for owner in owners.into_iter().flatten() {
                    let is_meant = owner
                        .exact
                        .as_ref()
                        .is_none_or(|exact| text.get(hit.start..hit.end) == Some(exact.as_bytes()));
                    let applies = is_meant
                        && *asked
                            .entry(owner.rule)
                            .or_insert_with(|| self.applies(owner.rule, ask));
                    if applies && let Some(rule) = self.rules.get(owner.rule) {
                        let around = around(text, hit, rule.reach);
                        add(windows.entry(owner.rule).or_default(), around);
                    }
                }
            }
            from = to;
        }
        windows
    }

    /// Whether a rule has anything to say about a text.
    fn applies(&self, rule: usize, ask: &Ask<'_>) -> bool {
        let Some(rule) = self.rules.get(rule) else { return false };
        let is_bound = match (&rule.path, ask.path) {
            (Some(bound), Some(path)) => bound.is_match(path.as_bytes()),
            (Some(_), None) => false,
            (None, _) => true,
        };
        let is_its_kind = match rule.check {
            Check::Setting => ask.is_setting,
            Check::Assignment => !ask.is_setting,
            _ => true,
        };
        is_bound
            && is_its_kind
            && !rule.skip.meets(ask.places)
            && ask.path.is_none_or(|path| {
                !self
                    .policy
                    .allows
                    .iter()
                    .any(|allow| allow.is_for(&rule.id) && allow.allows_path(path))
            })
    }

    /// Tries a rule's expression in its windows.
    fn search<'t>(
        &self,
        index: usize,
        windows: &[Range<usize>],
        path: Option<&str>,
        text: &'t [u8],
        found: &mut Vec<Candidate<'t>>,
    ) {
        let Some(rule) = self.rules.get(index) else { return };
        let Some(regex) = rule.pattern.as_ref().and_then(Pattern::regex) else { return };
        let mut count = 0usize;
        let mut last_end = 0;
        for window in windows {
            // The expression sees what is before the window, for `\b` and `^`, and not beyond it.
            let Some(seen) = text.get(..window.end) else { continue };
            let mut from = window.start.max(last_end);
            while let Some(captures) =
                (from <= window.end).then(|| regex.captures_at(seen, from)).flatten()
            {
                let Some(whole) = captures.get(0).map(|whole| whole.range()) else { break };
                // Never the same place twice, even after a match of nothing.
                from = whole.end.max(from.saturating_add(1));
                let Some(secret) = secret(rule, regex, &captures, &whole) else { continue };
                let look = Look { text, whole, secret, captures: &captures };
                if let Some(at) = self.judge(rule, path, &look) {
                    last_end = from.max(at.end);
                    from = last_end;
                    found.push(Candidate {
                        rule: index,
                        shape: rule.shape,
                        secret: Redacted(text.get(at.clone()).unwrap_or_default()),
                        at,
                    });
                    count = count.saturating_add(1);
                    if count >= CANDIDATES_PER_RULE_MAX {
                        return;
                    }
                }
            }
        }
    }

    /// Whether what an expression found is a secret, and where exactly.
    fn judge(
        &self,
        rule: &SecretRule,
        path: Option<&str>,
        look: &Look<'_, '_>,
    ) -> Option<Range<usize>> {
        if matches!(rule.shape, Shape::Token | Shape::Named) && !stands_alone(rule.shape, look) {
            return None;
        }
        let verdict = rule.check.verdict(look);
        let (at, is_proven) = match verdict {
            Verdict::No => return None,
            Verdict::Likely(at) => (at, false),
            Verdict::Proven(at) => (at, true),
        };
        let secret = look.text.get(at.clone()).filter(|secret| !secret.is_empty())?;
        if !is_proven {
            let is_standing_in = rule.placeholders && placeholder::is_placeholder(secret);
            if is_standing_in || (rule.entropy > 0.0 && entropy::bits(secret) < rule.entropy) {
                return None;
            }
        }
        if rule.allow.iter().any(|pattern| pattern.is_match(secret)) {
            return None;
        }
        let whole = look.text.get(look.whole.clone()).unwrap_or_default();
        let is_allowed = self
            .policy
            .allows
            .iter()
            .filter(|allow| allow.is_for(&rule.id))
            .any(|allow| allow.allows(path, secret, whole, line(look.text, look.whole.start)));
        (!is_allowed).then_some(at)
    }

    /// What is not in a block that users exclude.
    fn outside_blocks<'t>(&self, text: &[u8], mut found: Vec<Candidate<'t>>) -> Vec<Candidate<'t>> {
        if found.is_empty() {
            return found;
        }
        for (rule, pattern) in &self.policy.blocks {
            let Some(regex) = pattern.regex() else { continue };
            for block in regex.find_iter(text).map(|block| block.range()) {
                found.retain(|candidate| {
                    let is_meant = rule.as_deref().is_none_or(|id| {
                        self.rules.get(candidate.rule).is_some_and(|rule| *rule.id == *id)
                    });
                    !(is_meant
                        && block.start <= candidate.at.start
                        && candidate.at.end <= block.end)
                });
            }
        }
        found
    }
}

/// The part of a match that is the secret; nothing where the group took no part.
fn secret(
    rule: &SecretRule,
    regex: &Regex,
    captures: &Captures<'_>,
    whole: &Range<usize>,
) -> Option<Range<usize>> {
    match &rule.secret {
        SecretPart::Named(name) => captures.name(name).map(|group| group.range()),
        SecretPart::Numbered(number) => captures.get(*number).map(|group| group.range()),
        SecretPart::FirstGroup => Some(
            (1..regex.captures_len())
                .find_map(|number| captures.get(number).filter(|group| !group.is_empty()))
                .map_or_else(|| whole.clone(), |group| group.range()),
        ),
        SecretPart::Whole => Some(whole.clone()),
    }
}

/// The surroundings of a keyword: as far as the rule reaches, and then to the end of the line where
/// that is near, for expressions that look for it.
fn around(text: &[u8], hit: &KeywordHit, reach: usize) -> Range<usize> {
    let start = hit.start.saturating_sub(reach);
    let end = hit.end.saturating_add(reach).min(text.len());
    let rest = text.get(end..end.saturating_add(reach).min(text.len())).unwrap_or_default();
    let more = memchr::memchr(b'\n', rest).unwrap_or(0);
    start..end.saturating_add(more)
}

/// Adds a window behind the others, making one of those that overlap.
fn add(windows: &mut Vec<Range<usize>>, window: Range<usize>) {
    if let Some(last) = windows.last_mut()
        && window.start <= last.end
        && window.end.saturating_sub(last.start) <= WINDOW_BYTES_MAX
    {
        last.end = last.end.max(window.end);
        return;
    }
    windows.push(window);
}

/// Whether a token is no part of a longer word.
///
/// What stands before may be the end of an escape, as in `\nghp_…` or `%3Dghp_…`.
fn stands_alone(shape: Shape, look: &Look<'_, '_>) -> bool {
    let is_word = |byte: Option<&u8>| byte.is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_');
    let before = |back: usize| look.secret.start.checked_sub(back).and_then(|at| look.text.get(at));
    let is_escape = (matches!(before(1), Some(b'n' | b'r' | b't')) && before(2) == Some(&b'\\'))
        || (before(3) == Some(&b'%')
            && before(1).is_some_and(u8::is_ascii_hexdigit)
            && before(2).is_some_and(u8::is_ascii_hexdigit));
    let after = look.text.get(look.secret.end);
    if shape == Shape::Token && is_in_data(look) {
        return false;
    }
    let is_cut = is_word(after)
        || (shape == Shape::Named && matches!(after, Some(b'-' | b'+' | b'/' | b'(' | b'[')));
    !is_cut && (is_escape || !is_word(before(1)))
}

/// Whether a file is one that Python writes when it first reads a source, and never reads without it.
fn is_cached_python(path: &str) -> bool {
    let mut parts = path.rsplit('/');
    let is_compiled = parts.next().is_some_and(|name| name.rsplit('.').next() == Some("pyc"));
    is_compiled && parts.next() == Some("__pycache__")
}

/// Whether what was found lies in the midst of data in base 64, where every short beginning occurs
/// some time: programs for browsers carry megabytes of it.
fn is_in_data(look: &Look<'_, '_>) -> bool {
    /// Longer than a path of an address without a hyphen, a full stop or a question mark.
    const RUN_BYTES: usize = 256;
    let is_data = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
    let (before, rest) = look.text.split_at_checked(look.secret.start).unwrap_or_default();
    let after = rest.get(look.secret.len()..).unwrap_or_default();
    before.iter().rev().take(RUN_BYTES).take_while(is_data).count() == RUN_BYTES
        || after.iter().take(RUN_BYTES).take_while(is_data).count() == RUN_BYTES
}

/// The line an offset is on, of a bounded length.
fn line(text: &[u8], at: usize) -> &[u8] {
    const SIDE_MAX: usize = 2_048;
    let (before, after) = text.split_at_checked(at).unwrap_or((text, &[]));
    let start = memchr::memrchr(b'\n', before).map_or(0, |feed| feed.saturating_add(1));
    let end = memchr::memchr(b'\n', after).unwrap_or(after.len());
    let start = start.max(at.saturating_sub(SIDE_MAX));
    text.get(start..at.saturating_add(end.min(SIDE_MAX))).unwrap_or_default()
}

/// Of what overlaps, what is most certain; then the longest, then the first.
fn resolve(mut found: Vec<Candidate<'_>>) -> Vec<Candidate<'_>> {
    found.sort_by(|a, b| {
        (b.shape, b.at.len(), a.at.start, a.rule).cmp(&(a.shape, a.at.len(), b.at.start, b.rule))
    });
    let mut taken: BTreeMap<usize, usize> = BTreeMap::new();
    found.retain(|candidate| {
        let overlaps = taken
            .range(..candidate.at.end)
            .next_back()
            .is_some_and(|(_, end)| *end > candidate.at.start);
        if !overlaps {
            taken.insert(candidate.at.start, candidate.at.end);
        }
        !overlaps
    });
    found.sort_by_key(|candidate| candidate.at.start);
    found
}

fn hits(rules: &[Arc<SecretRule>], text: &[u8], found: Vec<Candidate<'_>>) -> Vec<SecretHit> {
    let mut lines = Lines::of(text);
    let mut hits: Vec<SecretHit> = Vec::new();
    let mut last: Option<(usize, Redacted<'_>, u32)> = None;
    for candidate in found.into_iter().take(HITS_MAX) {
        let Some(rule) = rules.get(candidate.rule) else { continue };
        let range = lines.range(candidate.at.start, candidate.at.end);
        let this = Some((candidate.rule, candidate.secret, range.start));
        // The same value on the same line is one secret.
        if this == last {
            continue;
        }
        last = this;
        hits.push(SecretHit {
            rule: rule.id.to_string(),
            lines: Some(range),
            stub: stub::of(rule, candidate.secret.0),
            inside: None,
        });
    }
    hits
}

/// FNV-1a over everything that decides what is found.
fn fingerprint(rules: &[Arc<SecretRule>], policy: &Policy) -> u64 {
    /// Grows when the same rules would find something else.
    const ENGINE_VERSION: &str = "2";
    let mut hash = 0xCBF2_9CE4_8422_2325_u64;
    let mut take = |text: &str| {
        for byte in text.bytes().chain([0]) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3);
        }
    };
    take(ENGINE_VERSION);
    builtin::text().for_each(&mut take);
    for rule in rules {
        take(&rule.id);
        take(rule.pattern.as_ref().map_or("", Pattern::source));
        take(rule.path.as_ref().map_or("", Pattern::source));
        rule.keywords.iter().for_each(|keyword| take(keyword));
        take(&format!("{} {:?} {}", rule.entropy, rule.secret, rule.severity.name()));
    }
    take(&format!("{:?}", policy.searched));
    for allow in &policy.allows {
        take(&format!("{:?} {:?} {}", allow.rules, allow.target, allow.all));
        allow.paths.iter().chain(&allow.patterns).for_each(|pattern| take(pattern.source()));
        allow.words.iter().for_each(|word| take(word));
    }
    for (rule, pattern) in &policy.blocks {
        take(rule.as_deref().unwrap_or(""));
        take(pattern.source());
    }
    hash
}
