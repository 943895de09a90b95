//! The user is named, not numbered
//!
//! Only the image knows which user a name is. Kubernetes cannot tell that it is not root
//! (`runAsNonRoot`), and a volume shows the number.
//!
//! # Fix
//!
//! Give the number.
//!
//! # Bad
//!
//! ```dockerfile
//! FROM debian:12
//! USER app
//! ```
//!
//! # Good
//!
//! ```dockerfile
//! FROM debian:12
//! USER 10001:10001
//! ```

use crate::dockerfile::{Input, Kind};
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Input> = Rule {
    id: "DF018",
    aliases: &["DL3066"],
    severity: Severity::Low,
    file: include_str!("df018_user_name.rs"),
    check,
};

fn check(input: &Input, hits: &mut Hits<'_>) {
    for instruction in &input.file.instructions {
        let Kind::User(user) = &instruction.kind else { continue };
        let name = user.split(':').next().unwrap_or(user);
        if !name.contains('$') && !name.bytes().all(|b| b.is_ascii_digit()) {
            hits.at(instruction.lines, format!("`{name}` is a name, not a number"));
        }
    }
}
