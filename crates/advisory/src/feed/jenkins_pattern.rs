//! The regular expressions of Jenkins's warnings, taken apart into the versions they match.
//!
//! They are written by hand, or by a program, in a small language: texts, `[.]`, `[0-9]`, `\d`,
//! groups, alternatives, `?` and `{1,2}`, and at the end `.*` or `(|[.-].*)` for whatever hangs
//! below a version.

/// Versions one pattern is taken apart into; the longest real ones name some 700.
const ITEMS_MAX: usize = 20_000;

/// Nesting of groups; real patterns have three.
const DEPTH_MAX: usize = 16;

/// A version a pattern names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Item {
    pub(super) version: String,
    /// Whether the versions below it are meant as well: `1.2.3` below `1.2`.
    pub(super) is_open: bool,
}

impl Item {
    /// The version that follows it, by its last number.
    pub(super) fn next(&self) -> Option<String> {
        let digits = self.version.bytes().rev().take_while(u8::is_ascii_digit).count();
        let at = self.version.len().checked_sub(digits)?;
        let (start, number) = self.version.split_at_checked(at)?;
        Some(format!("{start}{}", number.parse::<u64>().ok()?.checked_add(1)?))
    }
}

/// The versions a pattern matches; nothing when it is written in a larger language than this, or
/// names too many.
pub(super) fn items(pattern: &str) -> Option<Vec<Item>> {
    let mut parser = Parser { rest: pattern };
    let texts = parser.alternatives(0)?;
    if !parser.rest.is_empty() {
        return None;
    }
    let mut items: Vec<Item> = Vec::new();
    for text in texts {
        let item = item(&text);
        if !items.contains(&item) || texts_are_many(&items) {
            items.push(item);
        }
    }
    Some(items)
}

/// Beyond a few hundred, looking for the same again costs more than having it twice.
fn texts_are_many(items: &[Item]) -> bool {
    items.len() > 256
}

/// What one text the pattern matches says: `1.2.` and whatever follows is what hangs below `1.2`,
/// and `1.2-` is `1.2` with a remark.
fn item(text: &Match) -> Item {
    let version = text.text.trim_end_matches(['.', '-']);
    let is_open = text.is_open && !text.text.ends_with('-');
    Item { version: version.to_owned(), is_open }
}

/// A text a pattern matches, or with what all of these begin.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Match {
    text: String,
    is_open: bool,
}

impl Match {
    fn empty() -> Self {
        Self { text: String::new(), is_open: false }
    }
}

struct Parser<'a> {
    rest: &'a str,
}

impl Parser<'_> {
    fn peek(&self) -> Option<char> {
        self.rest.chars().next()
    }

    fn take(&mut self, wanted: char) -> bool {
        let rest = self.rest.strip_prefix(wanted);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn next(&mut self) -> Option<char> {
        let mut chars = self.rest.chars();
        let next = chars.next();
        self.rest = chars.as_str();
        next
    }

    /// `a|b|c`.
    fn alternatives(&mut self, depth: usize) -> Option<Vec<Match>> {
        let mut all = self.sequence(depth)?;
        while self.take('|') {
            all.extend(self.sequence(depth)?);
            if all.len() > ITEMS_MAX {
                return None;
            }
        }
        Some(all)
    }

    /// One part behind another.
    fn sequence(&mut self, depth: usize) -> Option<Vec<Match>> {
        let mut all = vec![Match::empty()];
        while self.peek().is_some_and(|next| !matches!(next, '|' | ')')) {
            let part = self.part(depth)?;
            let part = self.repeated(part)?;
            all = behind(&all, &part)?;
        }
        Some(all)
    }

    fn part(&mut self, depth: usize) -> Option<Vec<Match>> {
        match self.next()? {
            '(' if depth < DEPTH_MAX => {
                // `(?…` says something about the pattern, not about the text.
                if self.peek() == Some('?') {
                    return None;
                }
                let inner = self.alternatives(depth.saturating_add(1))?;
                self.take(')').then_some(inner)
            }
            '[' => self.class(),
            '.' => Some(vec![Match { text: String::new(), is_open: true }]),
            '\\' => match self.next()? {
                'd' => Some(one_of('0'..='9')),
                escaped if !escaped.is_ascii_alphanumeric() => Some(one_of([escaped])),
                _ => None,
            },
            '(' | '*' | '+' | '?' | '{' | '}' | '^' | '$' => None,
            text => Some(one_of([text])),
        }
    }

    /// `[0-9]`, `[.-]`, `[123]`.
    fn class(&mut self) -> Option<Vec<Match>> {
        let mut chars = Vec::new();
        loop {
            match self.next()? {
                ']' => break,
                '^' if chars.is_empty() => return None,
                '\\' => match self.next()? {
                    'd' => chars.extend('0'..='9'),
                    escaped if !escaped.is_ascii_alphanumeric() => chars.push(escaped),
                    _ => return None,
                },
                first => {
                    let mut ahead = self.rest.chars();
                    let last = (ahead.next() == Some('-')).then(|| ahead.next()).flatten();
                    match last.filter(|last| *last != ']') {
                        Some(last) if first.is_ascii() && last.is_ascii() && first <= last => {
                            self.rest = ahead.as_str();
                            chars.extend(first..=last);
                        }
                        Some(_) => return None,
                        None => chars.push(first),
                    }
                }
            }
        }
        (!chars.is_empty()).then(|| one_of(chars))
    }

    /// What `?`, `*`, `+` and `{1,2}` make of a part.
    fn repeated(&mut self, part: Vec<Match>) -> Option<Vec<Match>> {
        let any = part.iter().any(|one| one.is_open);
        if self.take('?') {
            let mut optional = vec![Match::empty()];
            optional.extend(part);
            return Some(optional);
        }
        if self.take('{') {
            let (times, rest) = self.rest.split_once('}')?;
            self.rest = rest;
            let (low, high) = times.split_once(',').unwrap_or((times, times));
            let (low, high) = (low.parse::<u8>().ok()?, high.parse::<u8>().ok()?);
            let mut all = Vec::new();
            let mut so_far = vec![Match::empty()];
            for times in 0..=high {
                if times >= low {
                    all.extend(so_far.iter().cloned());
                }
                so_far = behind(&so_far, &part)?;
            }
            return Some(all);
        }
        if self.take('*') || self.take('+') {
            // Only `.*` and `.+`: anything at all.
            return any.then_some(part);
        }
        Some(part)
    }
}

fn one_of(chars: impl IntoIterator<Item = char>) -> Vec<Match> {
    chars.into_iter().map(|c| Match { text: c.to_string(), is_open: false }).collect()
}

/// Every text of the first with every text of the second behind it. Behind anything at all, there
/// is nothing to be said.
fn behind(first: &[Match], second: &[Match]) -> Option<Vec<Match>> {
    if first.len().saturating_mul(second.len()) > ITEMS_MAX {
        return None;
    }
    let mut all: Vec<Match> = Vec::new();
    for start in first {
        if start.is_open {
            all.push(start.clone());
            continue;
        }
        for end in second {
            let text = format!("{}{}", start.text, end.text);
            all.push(Match { text, is_open: end.is_open });
        }
    }
    Some(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pattern: &str, expected: &str) {
        let found = items(pattern).map(|items| {
            let texts = items
                .iter()
                .map(|item| format!("{}{}", item.version, if item.is_open { ".." } else { "" }));
            texts.collect::<Vec<_>>().join(" ")
        });
        assert_eq!(found.as_deref().unwrap_or("none"), expected, "{pattern}");
    }

    #[test]
    fn patterns_are_taken_apart() {
        check("2026[.]5[.]09", "2026.5.09");
        check(".*", "..");
        check("1[.].*", "1..");
        check("1[.][01](|[.-].*)", "1.0 1.0.. 1.1 1.1..");
        check("(1|2[.][0-2])(|[-].*)", "1 2.0 2.1 2.2");
        check("2[.]0[-]beta[-][12]", "2.0-beta-1 2.0-beta-2");
        check(
            r"2\.(1\d?|3)\..*",
            "2.1.. 2.10.. 2.11.. 2.12.. 2.13.. 2.14.. 2.15.. 2.16.. 2.17.. 2.18.. 2.19.. 2.3..",
        );
        check("2[.][01]{1,2}", "2.0 2.1 2.00 2.01 2.10 2.11");
        check("2[.]2[.]0[-](alpha[-].*|beta[-]1)", "2.2.0-alpha 2.2.0-beta-1");
    }

    #[test]
    fn larger_languages_and_too_many_versions_are_refused() {
        for pattern in [
            "(?!2.0)1",
            "(1",
            "1)",
            "[1",
            "1*",
            "[^1]",
            r"\w",
            "^1$",
            "1{",
            "1{x}",
            "[]",
            "[0-9][0-9][0-9][0-9][0-9]",
        ] {
            check(pattern, "none");
        }
        check(&"(".repeat(100_000), "none");
        check("1{0,255}{0,255}", "none");
    }
}
