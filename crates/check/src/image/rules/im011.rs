//! A system account can log in
//!
//! Accounts that services run as need no command line. One that has a shell is one more way in.
//!
//! # Fix
//!
//! Give it a shell that says no: `usermod -s /usr/sbin/nologin NAME`, or `adduser -S -s
//! /sbin/nologin`.
//!
//! # Bad
//!
//! ```text
//! FILE /etc/passwd
//!   postgres:x:70:70::/var/lib/postgresql:/bin/sh
//! ```
//!
//! ```text
//! FILE /etc/passwd
//!   ftp:x:21:21::/var/lib/ftp:
//! ```
//!
//! # Good
//!
//! ```text
//! FILE /etc/passwd
//!   postgres:x:70:70::/var/lib/postgresql:/sbin/nologin
//!   sync:x:4:65534:sync:/bin:/bin/sync
//!   dev:x:1000:1000::/home/dev:/bin/sh
//! ```

use crate::image::account::Account;
use crate::image::input::ImageInput;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) static RULE: Rule<ImageInput> = Rule {
    id: "IM011",
    aliases: &[],
    severity: Severity::Low,
    file: include_str!("im011.rs"),
    check,
};

fn check(input: &ImageInput, hits: &mut Hits<'_>) {
    let logs_in = |account: &Account| account.is_system() && account.has_login_shell();
    for (fact, account) in input.accounts().filter(|(_, account)| logs_in(account)) {
        let shell = if account.shell.is_empty() { "the default shell" } else { &account.shell };
        let Account { name, uid, .. } = account;
        let message = format!("the account `{name}` ({uid}) logs in to {shell}");
        hits.in_file(&fact.path, fact.line, message);
    }
}
