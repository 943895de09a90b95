//! Keywords are in different cases
//!
//! Keywords may be written in any case, but one file reads best in one.
//!
//! # Fix
//!
//! Write all keywords in upper case.
//!
//! # Bad
//!
//! ```dockerfile
//! FROM debian:12
//! run make
//! ```
//!
//! # Good
//!
//! ```dockerfile
//! FROM debian:12
//! RUN make
//! ```

use crate::dockerfile::Input;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Input> = Rule {
    id: "DF014",
    aliases: &["ConsistentInstructionCasing"],
    severity: Severity::Low,
    file: include_str!("df014_keyword_case.rs"),
    check,
};

fn check(input: &Input, hits: &mut Hits<'_>) {
    let is_upper = |word: &str| word.chars().all(char::is_uppercase);
    let is_lower = |word: &str| word.chars().all(char::is_lowercase);
    let instructions = &input.file.instructions;
    let uppers = instructions.iter().filter(|i| is_upper(&i.keyword)).count();
    let lowers = instructions.iter().filter(|i| is_lower(&i.keyword)).count();
    for instruction in instructions {
        let keyword = &instruction.keyword;
        let fits = if lowers > uppers { is_lower(keyword) } else { is_upper(keyword) };
        if !fits {
            let usual = if lowers > uppers { "lower" } else { "upper" };
            hits.at(instruction.lines, format!("`{keyword}`, where others are in {usual} case"));
        }
    }
}
