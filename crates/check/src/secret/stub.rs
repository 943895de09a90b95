//! What of a secret may be shown.

use super::rule::{SecretRule, Shape};

/// What stands for the rest, whatever its length: the length too would tell something.
const MASK: &str = "********";

/// Longest prefix that is shown: the kinds' own are shorter.
const PREFIX_BYTES_MAX: usize = 24;

/// The kind's own prefix where the secret has one, then asterisks.
///
/// A prefix is what every secret of the kind begins with: a rule lists it, or it is a keyword of a
/// token. Nothing of the secret's own characters is shown.
pub(super) fn of(rule: &SecretRule, secret: &[u8]) -> String {
    let keywords = rule.keywords.iter().filter(|_| rule.shape == Shape::Token);
    let prefix = rule
        .prefixes
        .iter()
        .chain(keywords)
        .filter(|prefix| prefix.len() <= PREFIX_BYTES_MAX && prefix.len() < secret.len())
        .filter(|prefix| secret.starts_with(prefix.as_bytes()))
        .max_by_key(|prefix| prefix.len());
    [prefix.map_or("", |prefix| prefix), MASK].concat()
}
