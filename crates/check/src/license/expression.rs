//! License expressions, from SPDX's own (SPDX specification, annex "SPDX license expressions") to
//! what people write.

use super::classify::{CONFIDENCE_DEFAULT, classify};
use super::name::{self, exception};
use std::fmt;

/// What must be kept to: one license, all of several, or any of several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expression {
    /// One license.
    License(Term),
    /// All of these. Never fewer than two.
    And(Vec<Self>),
    /// Any of these. Never fewer than two.
    Or(Vec<Self>),
}

/// A license, with the exception that is made to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    /// Its SPDX id, or the text that names it where it is none of the list. GNU licenses have
    /// `-only` or `-or-later`, others a `+` where later versions may be chosen.
    pub license: String,
    /// Whether the license is one of the SPDX license list.
    pub is_listed: bool,
    /// The id of the exception, or the text that names it.
    pub exception: Option<String>,
}

/// The longest text that is read as an expression, in bytes: the longest of Fedora's has 700. What
/// is longer is the license itself.
const TEXT_BYTES_MAX: usize = 1_000;

/// How deep an expression may be nested.
const DEPTH_MAX: usize = 16;

/// Reads what a package says its license is: an SPDX expression, a name, a list of names, an
/// address, a classifier of PyPI, or a license text. None where it says nothing.
///
/// What is not recognized stays as it is, as a license that is not listed.
pub fn expression(text: &str) -> Option<Expression> {
    let text = text.trim();
    if is_nothing(text) {
        return None;
    }
    if is_text(text) {
        let hits = classify(text).into_iter();
        let sure = hits.filter(|hit| hit.confidence >= CONFIDENCE_DEFAULT);
        let found = sure.filter_map(|hit| read(&hit.license, DEPTH_MAX));
        let first_line = text.lines().next().unwrap_or_default();
        return Some(all(found.collect()).unwrap_or_else(|| unknown(first_line)));
    }
    read(text, DEPTH_MAX)
}

/// Reads an expression or a name, and nothing that may be a license text.
pub(super) fn short(text: &str) -> Option<Expression> {
    if is_text(text) { None } else { read(text, DEPTH_MAX) }
}

fn is_text(text: &str) -> bool {
    text.len() > TEXT_BYTES_MAX || text.lines().nth(3).is_some()
}

/// Whether a text says that nothing is said.
fn is_nothing(text: &str) -> bool {
    ["", "noassertion", "none", "unknown", "null", "n/a", "-", "undefined"]
        .iter()
        .any(|nothing| text.eq_ignore_ascii_case(nothing))
}

/// The longest name that is kept of a license nobody knows, in characters.
const UNKNOWN_MAX: usize = 120;

fn unknown(text: &str) -> Expression {
    let license = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let license = license.chars().take(UNKNOWN_MAX).collect();
    Expression::License(Term { license, is_listed: false, exception: None })
}

fn all(mut parts: Vec<Expression>) -> Option<Expression> {
    join(&mut parts, Expression::And)
}

/// Several as one: the same twice is once, and nested joins of the same kind are flat.
fn join(
    parts: &mut Vec<Expression>,
    joined: fn(Vec<Expression>) -> Expression,
) -> Option<Expression> {
    let mut flat: Vec<Expression> = Vec::new();
    let is_and = matches!(joined(Vec::new()), Expression::And(_));
    for part in parts.drain(..) {
        let inner = match part {
            Expression::And(inner) if is_and => inner,
            Expression::Or(inner) if !is_and => inner,
            other => vec![other],
        };
        for one in inner {
            if !flat.contains(&one) {
                flat.push(one);
            }
        }
    }
    if flat.len() > 1 { Some(joined(flat)) } else { flat.pop() }
}

fn read(text: &str, depth: usize) -> Option<Expression> {
    let text = unwrapped(text);
    if is_nothing(text) {
        return None;
    }
    let Some(depth) = depth.checked_sub(1) else { return Some(unknown(text)) };
    if let Some(known) = name::license(text) {
        return Some(known);
    }
    let joined = [Joint::Comma, Joint::Or, Joint::And].iter().find_map(|joint| split(text, *joint));
    if let Some((kind, parts)) = joined {
        let mut parts: Vec<Expression> =
            parts.into_iter().filter_map(|part| read(part, depth)).collect();
        let joined = if kind == Joint::Or { Expression::Or } else { Expression::And };
        return join(&mut parts, joined);
    }
    if let Some((license, with)) = split_exception(text) {
        return read(license, depth).map(|license| excepted(license, with));
    }
    by_slash(text).or_else(|| by_blank(text)).or_else(|| Some(unknown(text)))
}

/// A text without the parentheses around it, if they belong together.
fn unwrapped(mut text: &str) -> &str {
    for _ in 0..DEPTH_MAX {
        text = text.trim();
        let Some(inner) = text.strip_prefix('(').and_then(|inner| inner.strip_suffix(')')) else {
            return text;
        };
        let mut open = 0_usize;
        for byte in inner.bytes() {
            match byte {
                b'(' => open = open.saturating_add(1),
                b')' if open == 0 => return text,
                b')' => open = open.saturating_sub(1),
                _ => {}
            }
        }
        text = inner;
    }
    text
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Joint {
    Comma,
    Or,
    And,
}

/// Splits at joints of one kind, outside of parentheses. None where there are none. What comes back
/// is how the parts belong together: a comma is as good as the word that follows it, and without one
/// it is *and*, or *or* where the last of the list has an *or*.
fn split(text: &str, joint: Joint) -> Option<(Joint, Vec<&str>)> {
    let mut parts = Vec::new();
    let mut start = 0;
    let mut kind = (joint != Joint::Comma).then_some(joint);
    let words = words(text);
    for (at, (from, to)) in words.iter().enumerate() {
        let word = text.get(*from..*to).unwrap_or_default();
        let next = words.get(at.saturating_add(1)).and_then(|(from, to)| text.get(*from..*to));
        let found = joint_of(word, next);
        if found == Some(joint) {
            parts.push(text.get(start..*from)?);
            start = *to;
            // `, or` is one joint.
            let follows = next.and_then(|next| joint_of(next, None));
            if joint == Joint::Comma && follows.is_some_and(|follows| follows != Joint::Comma) {
                kind = kind.or(follows);
                start = words.get(at.saturating_add(1)).map_or(start, |(_, to)| *to);
            }
        }
    }
    if parts.is_empty() {
        return None;
    }
    let last = text.get(start..)?;
    parts.push(last);
    let ends_in_or = || joint == Joint::Comma && split(last, Joint::Or).is_some();
    Some((kind.unwrap_or_else(|| if ends_in_or() { Joint::Or } else { Joint::And }), parts))
}

/// Words that make `or` part of a name: `or later`, `New or Revised`, `Library or Lesser`.
const AFTER_OR: [&str; 10] =
    ["above", "any", "at", "greater", "higher", "later", "lesser", "newer", "old", "revised"];

fn joint_of(word: &str, next: Option<&str>) -> Option<Joint> {
    let next = next.map(str::to_ascii_lowercase).unwrap_or_default();
    let next = next.trim_matches(|c: char| !c.is_ascii_alphanumeric());
    match word.to_ascii_lowercase().as_str() {
        "or" if !AFTER_OR.contains(&next) => Some(Joint::Or),
        "and" if next != "later" && next != "newer" => Some(Joint::And),
        "and/or" | "|" | "||" => Some(Joint::Or),
        "&" | "&&" => Some(Joint::And),
        "," | ";" => Some(Joint::Comma),
        _ => None,
    }
}

/// The words of a text that are outside of parentheses, by their ends; signs that join are words.
fn words(text: &str) -> Vec<(usize, usize)> {
    let mut words = Vec::new();
    let mut open = 0_usize;
    let mut start = None;
    for (at, character) in text.char_indices() {
        let is_sign = matches!(character, ',' | ';' | '|' | '&');
        if open > 0 || character.is_whitespace() || is_sign || character == '(' {
            if let Some(from) = start.take() {
                words.push((from, at));
            }
        } else if start.is_none() {
            start = Some(at);
        }
        match character {
            '(' => open = open.saturating_add(1),
            ')' => open = open.saturating_sub(1),
            _ if is_sign && open == 0 => words.push((at, at.saturating_add(1))),
            _ => {}
        }
    }
    words.extend(start.map(|from| (from, text.len())));
    words
}

/// `X with Y`, or `X-with-Y`.
fn split_exception(text: &str) -> Option<(&str, &str)> {
    let lower = text.to_ascii_lowercase();
    let (at, joint) = [" with ", "-with-", " w/ "]
        .iter()
        .filter_map(|joint| Some((lower.find(joint)?, joint)))
        .min()?;
    let (license, rest) = text.split_at_checked(at)?;
    Some((license, rest.get(joint.len()..)?.trim()))
}

fn excepted(license: Expression, with: &str) -> Expression {
    match license {
        Expression::License(mut term) if term.exception.is_none() && !with.is_empty() => {
            term.exception = Some(
                exception(with)
                    .map_or_else(|| with.chars().take(UNKNOWN_MAX).collect(), str::to_owned),
            );
            Expression::License(term)
        }
        other => other,
    }
}

/// `MIT/Apache-2.0`: any of these, where each is a license.
fn by_slash(text: &str) -> Option<Expression> {
    if !text.contains('/') || text.contains("//") {
        return None;
    }
    let mut parts =
        text.split('/').map(|part| name::license(part.trim())).collect::<Option<Vec<_>>>()?;
    join(&mut parts, Expression::Or)
}

/// `MIT BSD GPL2+`: all of these, where each is a license.
fn by_blank(text: &str) -> Option<Expression> {
    let parts = text.split_whitespace().map(name::license).collect::<Option<Vec<_>>>()?;
    all(parts)
}

impl Expression {
    /// Every license in it, from left to right.
    pub fn terms(&self) -> Vec<&Term> {
        match self {
            Self::License(term) => vec![term],
            Self::And(parts) | Self::Or(parts) => parts.iter().flat_map(Self::terms).collect(),
        }
    }
}

impl fmt::Display for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (parts, operator) = match self {
            Self::License(term) => return term.fmt(f),
            Self::And(parts) => (parts, " AND "),
            Self::Or(parts) => (parts, " OR "),
        };
        for (at, part) in parts.iter().enumerate() {
            if at > 0 {
                f.write_str(operator)?;
            }
            match part {
                Self::License(term) => term.fmt(f)?,
                other => write!(f, "({other})")?,
            }
        }
        Ok(())
    }
}

/// A text as an SPDX id may be: letters, digits, full stops and hyphens.
fn idstring(text: &str) -> String {
    let is_part = |c: &char| c.is_ascii_alphanumeric() || *c == '.' || *c == '-';
    let mut id: String = text.chars().map(|c| if is_part(&c) { c } else { '-' }).collect();
    while id.contains("--") {
        id = id.replace("--", "-");
    }
    let id = id.trim_matches('-');
    if id.is_empty() { "unknown".to_owned() } else { id.to_owned() }
}

impl fmt::Display for Term {
    /// As SPDX has it: what is not listed is a `LicenseRef` or an `AdditionRef`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.license.strip_prefix("LicenseRef-") {
            _ if self.is_listed => f.write_str(&self.license)?,
            Some(own) => write!(f, "LicenseRef-{}", idstring(own))?,
            None => write!(f, "LicenseRef-{}", idstring(&self.license))?,
        }
        match &self.exception {
            None => Ok(()),
            Some(with) if spdx::exception_id(with).is_some() => write!(f, " WITH {with}"),
            Some(with) => {
                let own = with.strip_prefix("AdditionRef-").unwrap_or(with);
                write!(f, " WITH AdditionRef-{}", idstring(own))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> String {
        expression(text).map_or_else(String::new, |found| found.to_string())
    }

    #[test]
    fn expressions_of_spdx_stay_what_they_are() {
        for text in [
            "MIT",
            "MIT OR Apache-2.0",
            "GPL-2.0-or-later AND (BSD-3-Clause OR Apache-2.0)",
            "GPL-2.0-only AND (BSD-3-Clause OR LicenseRef-own)",
            "LicenseRef-own WITH AdditionRef-ours",
            "MIT AND (BSD-3-Clause OR Apache-2.0)",
            "GPL-2.0-only WITH Classpath-exception-2.0",
            "Apache-2.0 WITH LLVM-exception OR MIT",
            "LGPL-2.1-or-later AND BSD-2-Clause AND LicenseRef-Fedora-Public-Domain",
            "CDDL-1.0+",
        ] {
            assert_eq!(read(text), text);
            let strict = spdx::Expression::parse(text).map(|found| found.requirements().count());
            assert_eq!(strict.ok(), expression(text).map(|found| found.terms().len()), "{text}");
        }
    }

    #[test]
    fn what_packages_say_becomes_an_expression() {
        for (text, expected) in [
            // Fedora's and Red Hat's short names.
            (
                "LGPLv2+ and BSD and Public Domain",
                "LGPL-2.0-or-later AND BSD-3-Clause AND LicenseRef-public-domain",
            ),
            (
                "(LGPLv3+ or GPLv2+) and GPLv3+",
                "(LGPL-3.0-or-later OR GPL-2.0-or-later) AND GPL-3.0-or-later",
            ),
            (
                "BSD AND Public Domain AND (ASL 2.0 OR CC0 1.0 OR OpenSSL)",
                "BSD-3-Clause AND LicenseRef-public-domain AND (Apache-2.0 OR CC0-1.0 OR OpenSSL)",
            ),
            ("GPLv2+ with exceptions", "GPL-2.0-or-later WITH AdditionRef-exceptions"),
            ("GPL+ AND MIT", "GPL-1.0-or-later AND MIT"),
            ("BSD with advertising", "BSD-4-Clause"),
            ("MPLv2.0", "MPL-2.0"),
            // Alpine's, before it took to SPDX.
            ("MIT BSD GPL2+", "MIT AND BSD-3-Clause AND GPL-2.0-or-later"),
            ("MPL-2.0 GPL-2.0-or-later", "MPL-2.0 AND GPL-2.0-or-later"),
            // Debian's.
            ("GPL-1+ or Artistic", "GPL-1.0-or-later OR Artistic-1.0-Perl"),
            (
                "GPL-2+ with OpenSSL exception, and Expat",
                "GPL-2.0-or-later WITH AdditionRef-OpenSSL-exception AND MIT",
            ),
            (
                "GPL-2 or LGPL-2.1, and BSD-3-clause",
                "(GPL-2.0-only OR LGPL-2.1-only) AND BSD-3-Clause",
            ),
            ("GPL-3+-with-bison-exception", "GPL-3.0-or-later WITH Bison-exception-2.2"),
            // npm's, RubyGems', PyPI's and Maven's.
            ("(MIT OR Apache-2.0)", "MIT OR Apache-2.0"),
            ("MIT/Apache-2.0", "MIT OR Apache-2.0"),
            ("MIT, BSD-2-Clause", "MIT AND BSD-2-Clause"),
            ("Ruby, BSD-2-Clause or MIT", "Ruby OR BSD-2-Clause OR MIT"),
            ("License :: OSI Approved :: MIT License", "MIT"),
            (
                "License :: OSI Approved :: GNU Library or Lesser General Public License (LGPL)",
                "LGPL-2.0-or-later",
            ),
            ("GNU General Public License v3 or later (GPLv3+)", "GPL-3.0-or-later"),
            ("The Apache Software License, Version 2.0", "Apache-2.0"),
            ("BSD 3-Clause \"New\" or \"Revised\" License", "BSD-3-Clause"),
            ("http://www.apache.org/licenses/LICENSE-2.0.txt", "Apache-2.0"),
            ("https://opensource.org/licenses/MIT", "MIT"),
            ("Eclipse Public License - v 2.0", "EPL-2.0"),
            ("GNU Lesser General Public License, version 2.1 or later", "LGPL-2.1-or-later"),
            ("GPL-2.0-with-classpath-exception", "GPL-2.0-only WITH Classpath-exception-2.0"),
            ("UNLICENSED", "LicenseRef-UNLICENSED"),
            ("SEE LICENSE IN LICENSE.md", "LicenseRef-SEE-LICENSE-IN-LICENSE.md"),
            ("NOASSERTION", ""),
            ("MIT AND MIT", "MIT"),
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
    }

    #[test]
    fn every_license_of_the_list_is_its_own_name() {
        for license in spdx::identifiers::LICENSES {
            if matches!(license.name, "NOASSERTION" | "NONE") {
                continue;
            }
            for text in [license.name.to_owned(), license.name.to_lowercase()] {
                let found = expression(&text).unwrap();
                assert!(found.terms().iter().all(|term| term.is_listed), "{text}: {found:?}");
                let is_strict = spdx::Expression::parse(&found.to_string()).is_ok();
                let id = spdx::license_id(license.name).unwrap();
                assert!(is_strict || id.is_deprecated(), "{found}");
            }
        }
    }

    #[test]
    fn what_is_shown_is_an_expression_of_spdx_whatever_it_was_read_from() {
        for text in [
            "(((",
            "MIT OR",
            "AND AND",
            "a/b/c",
            "é ü with ñ",
            ") MIT (",
            "with",
            "or later",
            "&&,;|",
        ] {
            if let Some(found) = expression(text) {
                let shown = found.to_string();
                assert!(!shown.is_empty(), "{text}");
                assert!(
                    found.terms().iter().any(|term| !term.is_listed)
                        || spdx::Expression::parse(&shown).is_ok(),
                    "{text}: {shown}"
                );
            }
        }
    }

    #[test]
    fn deep_and_long_texts_end() {
        let deep = format!("{}MIT{}", "(".repeat(400), ")".repeat(400));
        assert_eq!(expression(&deep).unwrap().terms().len(), 1);
        let long = "MIT and ".repeat(100_000);
        assert!(expression(&long).is_some());
        let wide = format!("{}MIT", "X or ".repeat(190));
        assert_eq!(expression(&wide).unwrap().terms().len(), 2);
    }
}
