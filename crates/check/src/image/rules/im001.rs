//! The image runs as root
//!
//! A process that is root in a container is root for the kernel too, unless user namespaces are on.
//! Whoever takes it over can write to every file of the container and has a short way to the host
//! when anything else goes wrong (CIS Docker Benchmark 4.1).
//!
//! # Fix
//!
//! Make an account for the program and name it with `USER`, by number. Where the first process must
//! be root, say so with a suppression and drop privileges in it.
//!
//! # Bad
//!
//! ```text
//! # no user is root
//! ```
//!
//! ```text
//! USER root
//! ```
//!
//! ```text
//! USER 0:0
//! LABEL a=b
//! ```
//!
//! # Good
//!
//! ```text
//! USER 10001
//! ```
//!
//! ```text
//! USER app:app
//! ```

use crate::image::input::ImageInput;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) static RULE: Rule<ImageInput> = Rule {
    id: "IM001",
    aliases: &["CIS-DI-0001", "DS-0002", "AVD-DS-0002", "DS002"],
    severity: Severity::High,
    file: include_str!("im001.rs"),
    check,
};

fn check(input: &ImageInput, hits: &mut Hits<'_>) {
    let user = input.config.user.as_deref().unwrap_or_default();
    let name = user.split(':').next().unwrap_or_default().trim();
    let is_zero = !name.is_empty() && name.bytes().all(|digit| digit == b'0');
    if name.is_empty() {
        hits.whole("no user is set, so the image runs as root");
    } else if name == "root" || is_zero {
        hits.setting(None, input.last("USER"), format!("the user is `{name}`"));
    } else if let Some(account) =
        input.accounts().map(|(_, account)| account).find(|a| a.name == name && a.uid == 0)
    {
        let message = format!("the user `{}` has the number 0, which is root", account.name);
        hits.setting(None, input.last("USER"), message);
    }
}
