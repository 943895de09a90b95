//! Finds secrets: passwords, tokens and keys that a stranger could use.
//!
//! A [`Scanner`] is made once from rules and used on every text. It works in three steps, so that
//! most bytes are touched once: one pass for the keywords of all rules together, then each rule's
//! expression around its keywords, then checks of what was found (entropy, a checksum, the form of
//! what is inside). What a rule looks like is told in `docs/secrets.md`.
//!
//! No value leaves this module: a hit says which rule, which lines, and at most the prefix all
//! secrets of the kind begin with.

mod allow;
mod assignment;
mod builtin;
mod checksum;
mod config;
mod engine;
mod entropy;
mod file;
mod keywords;
mod lines;
mod pattern;
mod pem;
mod place;
mod placeholder;
mod pyc;
mod rule;
mod setting;
mod stub;
mod verify;

pub use config::{ConfigError, SecretConfig};
pub use engine::{Scanner, ScannerError};
pub use file::{FileScan, TEXT_BYTES_MAX, Unread, may_have_text, scan_file, wants};
pub use pattern::PatternError;
pub use rule::SecretRule;
pub use setting::{redact_history, redact_setting, scan_history, scan_setting};

use lazaret_core::check::SecretHit;

/// Finds the secrets of a text, in the order they stand in it.
///
/// `path` is where the text is, for rules that are about certain files and for places where
/// secrets mean nothing; without one no rule bound to a path is tried. The bytes need not be UTF-8.
pub fn scan_text(scanner: &Scanner, path: Option<&str>, bytes: &[u8]) -> Vec<SecretHit> {
    scanner.scan(&engine::Text { path, is_setting: false, bytes })
}
