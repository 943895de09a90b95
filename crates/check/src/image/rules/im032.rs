//! ADD was used where COPY would do
//!
//! `ADD` also downloads addresses, without looking at what it gets, and unpacks archives. `COPY`
//! does what it says (CIS Docker Benchmark 4.9).
//!
//! # Fix
//!
//! Write `COPY`. To download, use `ADD --checksum=sha256:…`, or `curl` and a comparison of the
//! checksum in the same `RUN`.
//!
//! # Bad
//!
//! ```text
//! HISTORY ADD app.py /app/ # buildkit
//! ```
//!
//! ```text
//! HISTORY ADD https://example.org/tool /usr/bin/tool # buildkit
//! ```
//!
//! ```text
//! HISTORY /bin/sh -c #(nop) ADD file:0123 in /app
//! ```
//!
//! # Good
//!
//! ```text
//! HISTORY COPY app.py /app/ # buildkit
//! ```
//!
//! ```text
//! HISTORY ADD rootfs.tar.xz / # buildkit
//! ```
//!
//! ```text
//! HISTORY /bin/sh -c #(nop) ADD file:0123 in /
//! ```
//!
//! ```text
//! HISTORY ADD --checksum=sha256:0123 https://example.org/tool /usr/bin/tool
//! ```

use crate::image::input::ImageInput;
use crate::rule::{Hits, Rule};
use lazaret_core::check::Part;
use lazaret_core::severity::Severity;

pub(super) static RULE: Rule<ImageInput> = Rule {
    id: "IM032",
    aliases: &["CIS-DI-0009", "DS-0005", "AVD-DS-0005", "DS005"],
    severity: Severity::Low,
    file: include_str!("im032.rs"),
    check,
};

/// How the names of archives end that `ADD` unpacks.
const ARCHIVES: [&str; 7] = [".tar", ".tar.gz", ".tgz", ".tar.xz", ".txz", ".tar.bz2", ".tar.zst"];

fn check(input: &ImageInput, hits: &mut Hits<'_>) {
    for (at, instruction) in input.instructions().filter(|(_, added)| added.keyword == "ADD") {
        let words: Vec<&str> = instruction.text.split_whitespace().collect();
        // The classic builder writes a checksum for the source. To the root goes a base image.
        let is_base = matches!(*words, [_, "in", "/"]);
        let is_archive = |word: &&str| ARCHIVES.iter().any(|ending| word.ends_with(ending));
        let is_checked = |word: &&str| word.starts_with("--checksum=");
        if !is_base && !words.iter().any(|word| is_archive(word) || is_checked(word)) {
            // The source may be an address with a password in it.
            let target = words.last().filter(|word| !word.contains("://"));
            hits.about(
                Part::History(at),
                format!("ADD was used for `{}`", target.copied().unwrap_or_default()),
            );
        }
    }
}
