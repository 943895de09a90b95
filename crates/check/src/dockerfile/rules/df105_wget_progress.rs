//! `wget` fills the log
//!
//! Without a terminal, `wget` writes a line for every 50 kilobytes.
//!
//! # Fix
//!
//! Add `--progress=dot:giga`, `-q` or `-nv`.
//!
//! # Bad
//!
//! ```dockerfile
//! FROM debian:12
//! RUN wget https://example.com/x
//! ```
//!
//! # Good
//!
//! ```dockerfile
//! FROM debian:12
//! RUN wget -nv https://example.com/x
//! ```

use crate::dockerfile::Input;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Input> = Rule {
    id: "DF105",
    aliases: &["DL3047"],
    severity: Severity::Low,
    file: include_str!("df105_wget_progress.rs"),
    check,
};

fn check(input: &Input, hits: &mut Hits<'_>) {
    for (_, command) in super::commands(input) {
        let is_quiet = command.has_flag(&[
            "progress", "q", "quiet", "o", "output-file", "a", "append-output", "no-verbose",
        ]) || command.has_arg(&["-nv", "-nc", "--version", "--help"]);
        if command.is_any(&["wget"]) && !is_quiet {
            hits.at(command.lines(), "`wget` without `--progress`");
        }
    }
}
