//! `ADD` fetches a file without its checksum
//!
//! Whoever serves the address, or is between it and the build, says what is in the image.
//!
//! # Fix
//!
//! Add `--checksum=sha256:…`.
//!
//! # Bad
//!
//! ```dockerfile
//! FROM debian:12
//! ADD https://example.com/app /app
//! ```
//!
//! # Good
//!
//! ```dockerfile
//! FROM debian:12
//! ADD --checksum=sha256:24454f830cdb571e2c4ad15481119c43b3cafd48dd869a9b2945d1036d1dc68d https://example.com/app /app
//! ```
//!
//! ```dockerfile
//! FROM debian:12
//! ADD https://github.com/a/b.git#v1 /b
//! ```

use crate::dockerfile::Input;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Input> = Rule {
    id: "DF068",
    aliases: &[],
    severity: Severity::Medium,
    file: include_str!("df068_add_unchecked.rs"),
    check,
};

fn check(input: &Input, hits: &mut Hits<'_>) {
    for (instruction, is_copy, transfer) in input.file.transfers() {
        if is_copy || instruction.flag("checksum").is_some() {
            continue;
        }
        for source in transfer.sources.iter().filter(|source| super::is_web(source)) {
            let address = source.split(['#', '?']).next().unwrap_or(source);
            if !super::has_extension(address, ".git") {
                hits.at(instruction.lines, format!("`{source}` is fetched without a checksum"));
            }
        }
    }
}
