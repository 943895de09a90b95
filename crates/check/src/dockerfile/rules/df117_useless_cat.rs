//! `cat` reads one file for another program
//!
//! One more process, and one more whose failure a pipe hides.
//!
//! # Fix
//!
//! Give the file to the program, or redirect its input.
//!
//! # Bad
//!
//! ```dockerfile
//! FROM debian:12
//! SHELL ["/bin/bash", "-o", "pipefail", "-c"]
//! RUN cat list | sort
//! ```
//!
//! # Good
//!
//! ```dockerfile
//! FROM debian:12
//! RUN sort list
//! ```

use crate::dockerfile::Input;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Input> = Rule {
    id: "DF117",
    aliases: &["SC2002"],
    severity: Severity::Low,
    file: include_str!("df117_useless_cat.rs"),
    check,
};

fn check(input: &Input, hits: &mut Hits<'_>) {
    for (_, run) in super::scripts(input) {
        let script = &run.script;
        for pipeline in &script.pipelines {
            let Some(&(first, end)) = pipeline.elements.first() else { continue };
            let [command] = script.commands.get(first..end).unwrap_or_default() else { continue };
            let is_file = |text: &str| !text.starts_with('-') && !text.contains(['*', '$', '?']);
            let is_one = matches!(command.args(), [file] if is_file(&file.text));
            if command.is_any(&["cat"]) && is_one && command.redirections.is_empty() {
                hits.at(command.lines(), "`cat` reads one file for another program");
            }
        }
    }
}
