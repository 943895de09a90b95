//! `apt-get` installs what is only recommended
//!
//! What packages recommend is often more than what they need: size, and more that can be
//! vulnerable.
//!
//! # Fix
//!
//! Add `--no-install-recommends`, and name what is wanted of it.
//!
//! # Bad
//!
//! ```dockerfile
//! FROM debian:12
//! RUN apt-get install -y curl
//! ```
//!
//! # Good
//!
//! ```dockerfile
//! FROM debian:12
//! RUN apt-get install -y --no-install-recommends curl
//! ```

use crate::dockerfile::Input;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Input> = Rule {
    id: "DF029",
    aliases: &["DL3015", "DS-0029", "DS029", "AVD-DS-0029", "docker-use-apt-no-install-recommends", "use-apt-no-install-recommends"],
    severity: Severity::Low,
    file: include_str!("df029_apt_recommends.rs"),
    check,
};

fn check(input: &Input, hits: &mut Hits<'_>) {
    for (_, command) in super::commands(input) {
        let is_off = command.has_flag(&["no-install-recommends"])
            || command.args().iter().any(|word| {
                let text = word.text.trim_start_matches("-o");
                matches!(
                    text.split_once('='),
                    Some(("APT::Install-Recommends", "false" | "0" | "no"))
                )
            });
        if command.is_doing(&["apt-get"], &["install"]) && !is_off {
            hits.at(command.lines(), "recommended packages are installed too");
        }
    }
}
