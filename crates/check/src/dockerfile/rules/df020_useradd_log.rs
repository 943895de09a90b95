//! A user with a high number fills the image
//!
//! `useradd` makes room for the user in `/var/log/lastlog` and `faillog`, sparse files as long as
//! the number is high. Sparse files are not sparse in a layer.
//!
//! # Fix
//!
//! Add `--no-log-init`.
//!
//! # Bad
//!
//! ```dockerfile
//! FROM debian:12
//! RUN useradd -u 1000001 app
//! ```
//!
//! # Good
//!
//! ```dockerfile
//! FROM debian:12
//! RUN useradd --no-log-init -u 1000001 app
//! RUN useradd -u 10001 other
//! ```

use crate::dockerfile::Input;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Input> = Rule {
    id: "DF020",
    aliases: &["DL3046"],
    severity: Severity::Low,
    file: include_str!("df020_useradd_log.rs"),
    check,
};

fn check(input: &Input, hits: &mut Hits<'_>) {
    for (_, command) in super::commands(input) {
        if !command.is_any(&["useradd"]) || command.has_flag(&["l", "no-log-init"]) {
            continue;
        }
        let values = command.flag_values(&["u", "uid"]).into_iter().map(|word| word.text.as_str());
        let joined = command.args().iter().filter_map(|word| word.text.strip_prefix("--uid="));
        for number in values.chain(joined) {
            if number.len() > 5 && number.bytes().all(|b| b.is_ascii_digit()) {
                hits.at(command.lines(), format!("the user {number} makes long log files"));
            }
        }
    }
}
