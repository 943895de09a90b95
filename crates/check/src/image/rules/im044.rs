//! Other machines are trusted without a password
//!
//! Files such as `hosts.equiv` and `.rhosts` let in whoever claims to be a user of a machine they
//! name. Names and addresses are easily claimed.
//!
//! # Fix
//!
//! Remove the file.
//!
//! # Bad
//!
//! ```text
//! FILE /etc/hosts.equiv
//!   +
//! ```
//!
//! ```text
//! FILE /root/.rhosts
//!   build.example.org deploy
//! ```
//!
//! # Good
//!
//! ```text
//! FILE /etc/hosts.equiv
//!   # nobody
//! ```

use crate::image::file::Learned;
use crate::image::input::ImageInput;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) static RULE: Rule<ImageInput> = Rule {
    id: "IM044",
    aliases: &[],
    severity: Severity::High,
    file: include_str!("im044.rs"),
    check,
};

fn check(input: &ImageInput, hits: &mut Hits<'_>) {
    for (fact, learned) in input.learned() {
        let name = fact.path.name();
        let is_trust = matches!(name, "hosts.equiv" | "shosts.equiv" | ".rhosts" | ".shosts");
        if *learned == Learned::NotEmpty && is_trust {
            hits.in_file(&fact.path, fact.line, format!("{} trusts another machine", fact.shown()));
        }
    }
}
