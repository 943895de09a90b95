//! What a rule for secrets is, and how one is written.

use super::pattern::Pattern;
use super::place::{Place, Places};
use super::verify::Check;
use lazaret_core::severity::Severity;
use serde::Deserialize;

/// A kind of secret, and how it is recognized.
///
/// Built-in rules are entries of the TOML files in `rules/`; see `docs/secrets.md` for each field.
#[derive(Debug)]
pub struct SecretRule {
    /// Names the rule in reports and ignore files, such as `github-pat`.
    pub id: Box<str>,
    /// What the secret is, for people.
    pub title: Box<str>,
    /// Whose secret it is, such as `GitHub`.
    pub category: Box<str>,
    /// How bad it is when a stranger reads it.
    pub severity: Severity,
    /// What Gitleaks and Trivy call it, where they call it otherwise.
    pub aliases: Vec<Box<str>>,
    pub(super) shape: Shape,
    pub(super) keywords: Vec<Box<str>>,
    pub(super) ignore_case: bool,
    pub(super) pattern: Option<Pattern>,
    pub(super) secret: SecretPart,
    pub(super) entropy: f64,
    pub(super) check: Check,
    pub(super) prefixes: Vec<Box<str>>,
    pub(super) reach: usize,
    pub(super) path: Option<Pattern>,
    pub(super) skip: Places,
    pub(super) placeholders: bool,
    pub(super) allow: Vec<Pattern>,
    #[cfg(test)]
    pub(super) examples: Examples,
}

/// How certain the form of a secret is. Of two rules that find the same, the later one in this list
/// is believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Shape {
    /// A name such as `password`, and a value that may be anything.
    Generic,
    /// The name of a product, and a value in its form.
    Named,
    /// A form of its own.
    Form,
    /// A token that is recognized by itself and stands between other characters.
    Token,
    /// A rule of the user's.
    User,
}

/// Which part of what an expression matches is the secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum SecretPart {
    /// The group of this name, or all where it did not take part.
    Named(Box<str>),
    /// The group of this number, counted from one.
    Numbered(usize),
    /// The first group that took part, or all where there is none (Gitleaks' default).
    FirstGroup,
    /// All of it.
    Whole,
}

/// Texts a rule must find something in, and texts it must not.
#[cfg(test)]
#[derive(Debug, Default)]
pub(super) struct Examples {
    pub(super) matching: Vec<String>,
    pub(super) other: Vec<String>,
    /// The path the texts are at, for rules bound to one.
    pub(super) at: Option<String>,
}

impl SecretRule {
    /// Whether a word names the rule: its id or an alias, in whatever case.
    pub fn is_named(&self, word: &str) -> bool {
        self.id.eq_ignore_ascii_case(word)
            || self.aliases.iter().any(|alias| alias.eq_ignore_ascii_case(word))
    }

    /// How the rule recognizes a secret, in a word or two: by a token's own form, by a form of text,
    /// by a product's name, or by a common one.
    pub const fn certainty(&self) -> &'static str {
        match self.shape {
            Shape::Generic => "common name",
            Shape::Named => "name",
            Shape::Form => "form",
            Shape::Token => "token",
            Shape::User => "a rule of the user's",
        }
    }

    /// Whether the rule is bound to files of certain paths.
    pub const fn is_bound_to_a_path(&self) -> bool {
        self.path.is_some()
    }
}

/// A file of rules.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RuleFile {
    pub(super) rule: Vec<Entry>,
}

/// A rule as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Entry {
    id: String,
    title: String,
    category: String,
    severity: Severity,
    #[serde(default)]
    keywords: Vec<String>,
    token: Option<String>,
    name: Option<String>,
    value: Option<String>,
    regex: Option<String>,
    #[serde(default)]
    generic: bool,
    #[serde(default)]
    entropy: f64,
    #[serde(default)]
    check: Check,
    #[serde(default)]
    prefixes: Vec<String>,
    reach: Option<usize>,
    path: Option<String>,
    #[cfg_attr(not(test), expect(dead_code, reason = "for the tests of the rule"))]
    at: Option<String>,
    skip: Option<Vec<Place>>,
    placeholders: Option<bool>,
    #[serde(default)]
    allow: Vec<String>,
    #[serde(default)]
    aliases: Vec<String>,
    #[cfg_attr(not(test), expect(dead_code, reason = "for the tests of the rule"))]
    #[serde(rename = "match")]
    matching: Vec<String>,
    #[cfg_attr(not(test), expect(dead_code, reason = "for the tests of the rule"))]
    no_match: Vec<String>,
}

/// How far around a keyword a rule looks unless it says otherwise, in bytes: the longest tokens
/// without a `reach` of their own have 200.
const REACH: usize = 256;

/// Between a name and its value: `=`, `:`, `=>`, `:=`, an XML bracket, a space after a flag, with
/// quotes, brackets and blanks around.
const BETWEEN: &str = r#"[\w.\-]{0,24}\\?["'`\])]{0,2}[ \t]{0,8}(?::=|=>|==?|:|,|>|\(|[ \t])[ \t]{0,8}\\?["'`(]{0,2}"#;

/// Places that secrets recognized by themselves are not looked for in.
const SKIP_TOKEN: &[Place] = &[Place::Docs];

/// Places that secrets recognized by a product's name or a form are not looked for in.
const SKIP_FORM: &[Place] =
    &[Place::Docs, Place::Locales, Place::Locks, Place::System, Place::Tests, Place::Vendor];

/// Places that secrets recognized by a common name are not looked for in.
const SKIP_GENERIC: &[Place] = &[
    Place::Docs,
    Place::Examples,
    Place::Locales,
    Place::Locks,
    Place::Minified,
    Place::System,
    Place::Tests,
    Place::Vendor,
];

impl Entry {
    /// The rule an entry describes; an error names what the entry lacks.
    pub(super) fn into_rule(self) -> Result<SecretRule, String> {
        let (shape, source) = match (self.token, self.name.zip(self.value), self.regex) {
            (Some(token), None, None) => (Shape::Token, format!("(?P<secret>{token})")),
            (None, Some((name, value)), None) => {
                (Shape::Named, format!("(?i:{name}){BETWEEN}(?P<secret>{value})"))
            }
            (None, None, Some(regex)) => {
                (if self.generic { Shape::Generic } else { Shape::Form }, regex)
            }
            _ => return Err(format!("{}: needs a token, a name and a value, or a regex", self.id)),
        };
        if self.keywords.is_empty() && self.path.is_none() {
            return Err(format!("{}: needs keywords or a path", self.id));
        }
        let skip = self.skip.as_deref().unwrap_or(match shape {
            Shape::Token => SKIP_TOKEN,
            Shape::Named | Shape::Form => SKIP_FORM,
            Shape::Generic | Shape::User => SKIP_GENERIC,
        });
        Ok(SecretRule {
            id: self.id.into(),
            title: self.title.into(),
            category: self.category.into(),
            severity: self.severity,
            aliases: boxed(self.aliases),
            shape,
            ignore_case: shape != Shape::Token,
            keywords: boxed(self.keywords),
            pattern: Some(Pattern::lazy(source)),
            secret: SecretPart::Named("secret".into()),
            entropy: self.entropy,
            check: self.check,
            prefixes: boxed(self.prefixes),
            reach: self.reach.unwrap_or(REACH),
            path: self.path.map(Pattern::lazy),
            skip: Places::of_all(skip),
            placeholders: self.placeholders.unwrap_or(true),
            allow: self.allow.into_iter().map(Pattern::lazy).collect(),
            #[cfg(test)]
            examples: Examples { matching: self.matching, other: self.no_match, at: self.at },
        })
    }
}

fn boxed(texts: Vec<String>) -> Vec<Box<str>> {
    texts.into_iter().map(String::into_boxed_str).collect()
}
