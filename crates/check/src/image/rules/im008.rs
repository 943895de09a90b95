//! Two accounts have the same name or number
//!
//! For the kernel an account is its number: what belongs to one belongs to the other as well. Of
//! two lines with one name, which counts depends on who reads them.
//!
//! # Fix
//!
//! Give each account a name and a number of its own, or remove the one that is not used.
//!
//! # Bad
//!
//! ```text
//! FILE /etc/passwd
//!   app:x:1000:1000::/:/bin/false
//!   web:x:1000:1000::/:/bin/false
//! ```
//!
//! ```text
//! FILE /etc/passwd
//!   app:x:1000:1000::/:/bin/false
//!   app:x:1001:1000::/:/bin/false
//! ```
//!
//! # Good
//!
//! ```text
//! FILE /etc/passwd
//!   app:x:1000:1000::/:/bin/false
//!   web:x:1001:1000::/:/bin/false
//! ```

use crate::image::input::ImageInput;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;
use std::collections::{BTreeMap, BTreeSet};

pub(super) static RULE: Rule<ImageInput> = Rule {
    id: "IM008",
    aliases: &["DKL-LI-0002"],
    severity: Severity::Medium,
    file: include_str!("im008.rs"),
    check,
};

fn check(input: &ImageInput, hits: &mut Hits<'_>) {
    let mut names = BTreeSet::new();
    let mut numbers = BTreeMap::new();
    for (fact, account) in input.accounts() {
        let name = account.name.as_str();
        if !names.insert(name) {
            hits.in_file(&fact.path, fact.line, format!("there are two accounts `{name}`"));
        } else if let Some(other) = numbers.insert(account.uid, name) {
            let message = format!("`{other}` and `{name}` have the same number {}", account.uid);
            hits.in_file(&fact.path, fact.line, message);
        }
    }
}
