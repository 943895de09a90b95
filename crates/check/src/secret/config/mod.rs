//! Rules that users bring: Trivy's `trivy-secret.yaml` and Gitleaks' TOML.

mod gitleaks;
mod trivy;

use super::builtin;
use super::engine::{Policy, Scanner, ScannerError};
use super::pattern::{Pattern, PatternError};
use super::place::Places;
use super::rule::{SecretPart, SecretRule, Shape};
use super::verify::Check;
use lazaret_core::severity::Severity;
use std::sync::Arc;

/// Size of a file of rules, in bytes; Gitleaks' own has 96 KB.
const CONFIG_BYTES_MAX: usize = 4 << 20;

/// Rules of one file.
const RULES_MAX: usize = 5_000;

/// How far around a keyword the rules of users look, in bytes. Their expressions were written for
/// whole files, and say not how far they reach.
const USER_REACH: usize = 2_048;

/// A file of rules that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// It is larger than 4 MiB.
    #[error("the file of secret rules is larger than 4 MiB")]
    TooLarge,
    /// It is no UTF-8.
    #[error("the file of secret rules is not UTF-8")]
    Encoding,
    /// It is not the YAML or TOML such a file is.
    #[error("the file of secret rules cannot be read: {0}")]
    Shape(String),
    /// An expression is no regular expression, or too large.
    #[error("{place}: {error}")]
    Pattern {
        /// Which rule or list, and which of its fields.
        place: String,
        /// What is wrong.
        error: PatternError,
    },
    /// A rule lacks something.
    #[error("{0}")]
    Rule(String),
    /// The rules cannot be made into a search.
    #[error(transparent)]
    Scanner(#[from] ScannerError),
}

/// A file of rules, read.
#[derive(Debug)]
pub struct SecretConfig {
    rules: Vec<Arc<SecretRule>>,
    policy: Policy,
    unknown: Vec<String>,
}

impl SecretConfig {
    /// Reads a file of rules. Its name decides what it is: `.toml` is Gitleaks', anything else
    /// Trivy's.
    pub fn parse(file_name: &str, bytes: &[u8]) -> Result<Self, ConfigError> {
        if bytes.len() > CONFIG_BYTES_MAX {
            return Err(ConfigError::TooLarge);
        }
        let text = std::str::from_utf8(bytes).map_err(|_| ConfigError::Encoding)?;
        let is_toml =
            file_name.rsplit_once('.').is_some_and(|(_, end)| end.eq_ignore_ascii_case("toml"));
        let config = if is_toml { gitleaks::read(text) } else { trivy::read(text) }?;
        if config.rules.len() > RULES_MAX {
            return Err(ConfigError::Rule(format!("more than {RULES_MAX} rules")));
        }
        Ok(config)
    }

    /// What the file says that means nothing here: ids of rules that are not known, fields that
    /// are not read. Worth a warning each.
    pub fn unknown(&self) -> &[String] {
        &self.unknown
    }

    /// The search that follows the file.
    pub fn into_scanner(self) -> Result<Scanner, ConfigError> {
        Ok(Scanner::new(self.rules, self.policy)?)
    }
}

/// What both formats say of a rule.
struct UserRule {
    id: String,
    title: String,
    category: String,
    severity: Severity,
    keywords: Vec<String>,
    regex: String,
    secret: SecretPart,
    path: Option<String>,
    entropy: f64,
}

impl UserRule {
    fn compile(self) -> Result<SecretRule, ConfigError> {
        let pattern = compile(&self.regex, || format!("rule `{}`: regex", self.id))?;
        let path = self
            .path
            .filter(|path| !path.is_empty())
            .map(|path| compile(&path, || format!("rule `{}`: path", self.id)))
            .transpose()?;
        if let (SecretPart::Numbered(number), Some(regex)) = (&self.secret, pattern.regex())
            && *number >= regex.captures_len()
        {
            let id = &self.id;
            return Err(ConfigError::Rule(format!("rule `{id}`: the regex has no group {number}")));
        }
        if let (SecretPart::Named(name), Some(regex)) = (&self.secret, pattern.regex())
            && !regex.capture_names().flatten().any(|group| *group == **name)
        {
            let id = &self.id;
            return Err(ConfigError::Rule(format!("rule `{id}`: the regex has no group `{name}`")));
        }
        Ok(SecretRule {
            id: self.id.into(),
            title: self.title.into(),
            category: self.category.into(),
            severity: self.severity,
            aliases: Vec::new(),
            shape: Shape::User,
            keywords: self
                .keywords
                .into_iter()
                .filter(|keyword| !keyword.is_empty())
                .map(String::into_boxed_str)
                .collect(),
            ignore_case: true,
            pattern: Some(pattern),
            secret: self.secret,
            entropy: self.entropy,
            check: Check::None,
            prefixes: Vec::new(),
            reach: USER_REACH,
            path,
            skip: Places::default(),
            placeholders: false,
            allow: Vec::new(),
            #[cfg(test)]
            examples: super::rule::Examples::default(),
        })
    }
}

fn compile(source: &str, place: impl Fn() -> String) -> Result<Pattern, ConfigError> {
    Pattern::eager(super::pattern::from_go(source))
        .map_err(|error| ConfigError::Pattern { place: place(), error })
}

fn compile_all(
    sources: &[String],
    place: impl Fn() -> String,
) -> Result<Vec<Pattern>, ConfigError> {
    sources.iter().map(|source| compile(source, &place)).collect()
}

/// Built-in rules whose id or alias is in a list; what names none is added to `unknown`.
fn named<'n>(names: &'n [String], unknown: &mut Vec<String>) -> Vec<&'n String> {
    names
        .iter()
        .filter(|name| {
            let is_known = builtin::rules().iter().any(|rule| rule.is_named(name));
            if !is_known {
                unknown.push(format!("there is no rule `{name}`"));
            }
            is_known
        })
        .collect()
}

/// The first line of a message, of a bearable length.
fn one_line(message: &str) -> String {
    message.lines().next().unwrap_or_default().chars().take(300).collect()
}
