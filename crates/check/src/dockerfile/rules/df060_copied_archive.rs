//! An archive is copied, then unpacked
//!
//! The archive stays in a layer though it is removed later.
//!
//! # Fix
//!
//! Use `ADD`, which unpacks it.
//!
//! # Bad
//!
//! ```dockerfile
//! FROM debian:12
//! COPY app.tar.gz /tmp/
//! RUN tar -xzf /tmp/app.tar.gz
//! ```
//!
//! # Good
//!
//! ```dockerfile
//! FROM debian:12
//! ADD app.tar.gz /app
//! ```
//!
//! ```dockerfile
//! FROM debian:12
//! COPY app.tar.gz /app/
//! ```

use crate::dockerfile::{Command, Input, Instruction, Kind};
use crate::rule::{Hits, Rule};
use lazaret_core::location::LineRange;
use lazaret_core::severity::Severity;
use std::collections::BTreeMap;

pub(super) const RULE: Rule<Input> = Rule {
    id: "DF060",
    aliases: &["DL3010"],
    severity: Severity::Low,
    file: include_str!("df060_copied_archive.rs"),
    check,
};

const UNPACKERS: [&str; 9] = [
    "bunzip2", "gunzip", "gzcat", "uncompress", "unlzma", "unxz", "unzip", "zcat", "zgz",
];

fn check(input: &Input, hits: &mut Hits<'_>) {
    for section in input.file.sections() {
        // Names of archives in the stage, and where each was copied.
        let mut archives: BTreeMap<&str, LineRange> = BTreeMap::new();
        for instruction in section.instructions.iter().map(Instruction::inner) {
            match &instruction.kind {
                Kind::Copy(transfer) if instruction.flag("from").is_none() => {
                    let named = if super::is_archive(&transfer.target) {
                        std::slice::from_ref(&transfer.target)
                    } else {
                        transfer.sources.as_slice()
                    };
                    let named = named.iter().map(|path| base_name(path));
                    archives.extend(
                        named.filter(|n| super::is_archive(n)).map(|name| (name, instruction.lines)),
                    );
                }
                Kind::Run(run) => {
                    for command in run.script.commands.iter().filter(|c| unpacks(c)) {
                        for word in command.args() {
                            let name = base_name(&word.text);
                            if let Some(lines) = archives.get(name) {
                                hits.at(*lines, format!("`{name}` is copied, then unpacked"));
                            }
                        }
                    }
                }
                _ => {}
            }
        }
    }
}

fn unpacks(command: &Command) -> bool {
    if !command.is_any(&["tar", "bsdtar"]) {
        return command.is_any(&UNPACKERS);
    }
    let is_old_style = command.args().first().is_some_and(|word| {
        word.text.contains('x') && word.text.bytes().all(|b| b.is_ascii_lowercase())
    });
    is_old_style || command.has_flag(&["x", "extract", "get"])
}

fn base_name(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}
