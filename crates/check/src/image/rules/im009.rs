//! Two groups have the same name or number
//!
//! For the kernel a group is its number: who is in one group may do what the other may. Of two
//! lines with one name, which counts depends on who reads them.
//!
//! # Fix
//!
//! Give each group a name and a number of its own, or remove the one that is not used.
//!
//! # Bad
//!
//! ```text
//! FILE /etc/group
//!   app:x:1000:
//!   web:x:1000:
//! ```
//!
//! ```text
//! FILE /etc/group
//!   app:x:1000:
//!   app:x:1001:
//! ```
//!
//! # Good
//!
//! ```text
//! FILE /etc/group
//!   app:x:1000:
//!   web:x:1001:
//! ```

use crate::image::input::ImageInput;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;
use std::collections::{BTreeMap, BTreeSet};

pub(super) static RULE: Rule<ImageInput> = Rule {
    id: "IM009",
    aliases: &["DKL-LI-0002"],
    severity: Severity::Low,
    file: include_str!("im009.rs"),
    check,
};

fn check(input: &ImageInput, hits: &mut Hits<'_>) {
    let mut names = BTreeSet::new();
    let mut numbers = BTreeMap::new();
    for (fact, group) in input.groups() {
        let name = group.name.as_str();
        if !names.insert(name) {
            hits.in_file(&fact.path, fact.line, format!("there are two groups `{name}`"));
        } else if let Some(other) = numbers.insert(group.gid, name) {
            let message = format!("`{other}` and `{name}` have the same number {}", group.gid);
            hits.in_file(&fact.path, fact.line, message);
        }
    }
}
