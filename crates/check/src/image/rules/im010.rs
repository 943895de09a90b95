//! An account besides root has the number 0
//!
//! The kernel knows numbers, not names: an account with the number 0 is root, under a name that
//! looks harmless.
//!
//! # Fix
//!
//! Remove the account, or give it a number of its own.
//!
//! # Bad
//!
//! ```text
//! FILE /etc/passwd
//!   root:x:0:0:root:/root:/bin/sh
//!   toor:x:0:0::/root:/bin/sh
//! ```
//!
//! # Good
//!
//! ```text
//! FILE /etc/passwd
//!   root:x:0:0:root:/root:/bin/sh
//!   app:x:1000:0::/:/bin/false
//! ```

use crate::image::account::Account;
use crate::image::input::ImageInput;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) static RULE: Rule<ImageInput> = Rule {
    id: "IM010",
    aliases: &[],
    severity: Severity::High,
    file: include_str!("im010.rs"),
    check,
};

fn check(input: &ImageInput, hits: &mut Hits<'_>) {
    let is_second = |account: &Account| account.uid == 0 && account.name != "root";
    for (fact, account) in input.accounts().filter(|(_, account)| is_second(account)) {
        let message = format!("the account `{}` has the number 0", account.name);
        hits.in_file(&fact.path, fact.line, message);
    }
}
