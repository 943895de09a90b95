//! A password's hash is in the image
//!
//! Whoever has the image can try passwords on the hash for as long as it takes, and every container
//! of the image has the same one.
//!
//! # Fix
//!
//! Lock the account with `passwd -l`. Who must log in gets a password or a key when the container
//! starts.
//!
//! # Bad
//!
//! ```text
//! FILE /etc/shadow
//!   root:$6$saltsalt$notahash:19000:0:99999:7:::
//! ```
//!
//! ```text
//! FILE /etc/passwd
//!   old:abJnggxhB/yWI:1000:1000::/:/bin/sh
//! ```
//!
//! # Good
//!
//! ```text
//! FILE /etc/shadow
//!   root:!:19000:0:99999:7:::
//!   app:!$6$saltsalt$notahash:19000::::::
//! ```

use crate::image::account::Password;
use crate::image::file::Learned;
use crate::image::input::ImageInput;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) static RULE: Rule<ImageInput> = Rule {
    id: "IM012",
    aliases: &[],
    severity: Severity::Medium,
    file: include_str!("im012.rs"),
    check,
};

fn check(input: &ImageInput, hits: &mut Hits<'_>) {
    for (fact, learned) in input.learned() {
        let (name, password) = match learned {
            Learned::Account(account) => (&account.name, account.password),
            Learned::Shadow { name, password } => (name, *password),
            _ => continue,
        };
        if password == Password::Set {
            hits.in_file(&fact.path, fact.line, format!("the account `{name}` has a password"));
        }
    }
}
