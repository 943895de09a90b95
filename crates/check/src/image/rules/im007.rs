//! An account has no password
//!
//! An empty password is not the same as none: whoever asks for the account, with `su` or over the
//! network, gets it without being asked anything.
//!
//! # Fix
//!
//! Lock it: `RUN passwd -l NAME`, or an `!` in the second field of `/etc/shadow`.
//!
//! # Bad
//!
//! ```text
//! FILE /etc/shadow
//!   root:::0:::::
//! ```
//!
//! ```text
//! FILE /etc/passwd
//!   guest::405:100:guest:/dev/null:/bin/sh
//! ```
//!
//! # Good
//!
//! ```text
//! FILE /etc/shadow
//!   root:*::0:::::
//!   bin:!::0:::::
//! ```
//!
//! ```text
//! FILE /etc/passwd
//!   root:x:0:0:root:/root:/bin/sh
//! ```

use crate::image::account::Password;
use crate::image::file::Learned;
use crate::image::input::ImageInput;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) static RULE: Rule<ImageInput> = Rule {
    id: "IM007",
    aliases: &["DKL-LI-0001"],
    severity: Severity::Critical,
    file: include_str!("im007.rs"),
    check,
};

fn check(input: &ImageInput, hits: &mut Hits<'_>) {
    for (fact, learned) in input.learned() {
        let (name, password) = match learned {
            Learned::Account(account) => (&account.name, account.password),
            Learned::Shadow { name, password } => (name, *password),
            _ => continue,
        };
        if password == Password::Empty {
            let message = format!("the account `{name}` has an empty password");
            hits.in_file(&fact.path, fact.line, message);
        }
    }
}
