//! The SSH server lets in root, or empty passwords
//!
//! Whoever guesses or finds one password is root, and whoever guesses none is in.
//!
//! # Fix
//!
//! Set `PermitRootLogin no` and `PermitEmptyPasswords no`, or do without the server.
//!
//! # Bad
//!
//! ```text
//! FILE /etc/ssh/sshd_config
//!   PermitRootLogin yes
//! ```
//!
//! ```text
//! FILE /etc/ssh/sshd_config.d/a.conf
//!   PermitEmptyPasswords yes
//! ```
//!
//! # Good
//!
//! ```text
//! FILE /etc/ssh/sshd_config
//!   PermitRootLogin prohibit-password
//!   #PermitRootLogin yes
//! ```

use crate::image::file::{Learned, Setting};
use crate::image::input::ImageInput;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) static RULE: Rule<ImageInput> = Rule {
    id: "IM059",
    aliases: &[],
    severity: Severity::High,
    file: include_str!("im059.rs"),
    check,
};

fn check(input: &ImageInput, hits: &mut Hits<'_>) {
    for (fact, learned) in input.learned() {
        if let Learned::Sshd(Setting { name, value }) = learned
            && value == "yes"
        {
            hits.in_file(&fact.path, fact.line, format!("{name} is {value}"));
        }
    }
}
