//! yum, dnf or zypper kept its cache
//!
//! What was downloaded to install packages stays in `/var/cache`, where nothing uses it once they
//! are installed.
//!
//! # Fix
//!
//! End the instruction with `&& dnf clean all`, or the same for `yum`, `microdnf`, `tdnf` or
//! `zypper`.
//!
//! # Bad
//!
//! ```text
//! HISTORY RUN /bin/sh -c dnf install -y curl # buildkit
//! ```
//!
//! ```text
//! HISTORY RUN /bin/sh -c zypper install -y curl
//! ```
//!
//! # Good
//!
//! ```text
//! HISTORY RUN /bin/sh -c dnf install -y curl && dnf clean all # buildkit
//! ```
//!
//! ```text
//! HISTORY RUN /bin/sh -c yum install -y curl && rm -rf /var/cache/yum
//! ```

use crate::image::history::Command;
use crate::image::input::ImageInput;
use crate::rule::{Hits, Rule};
use lazaret_core::check::Part;
use lazaret_core::severity::Severity;

pub(super) static RULE: Rule<ImageInput> = Rule {
    id: "IM038",
    aliases: &[
        "DS-0015",
        "DS-0019",
        "DS-0020",
        "DS-0027",
        "AVD-DS-0015",
        "AVD-DS-0019",
        "AVD-DS-0020",
        "AVD-DS-0027",
    ],
    severity: Severity::Low,
    file: include_str!("im038.rs"),
    check,
};

const MANAGERS: [&str; 6] = ["dnf", "dnf5", "microdnf", "tdnf", "yum", "zypper"];

fn check(input: &ImageInput, hits: &mut Hits<'_>) {
    for (at, run) in input.runs() {
        let is_cleaned = run.iter().any(|command| {
            let (program, words) = command.program();
            let caches = words.iter().any(|word| word.starts_with("/var/cache"));
            command.is(&MANAGERS, &["clean", "cc"]) || (program == "rm" && caches)
        });
        let installs = |command: &&Command| {
            command.is(&MANAGERS, &["install", "in", "update", "upgrade", "groupinstall"])
        };
        if let Some(install) = run.iter().find(installs).filter(|_| !is_cleaned) {
            hits.about(
                Part::History(at),
                format!("`{}` was run, and its cache was kept", install.summary()),
            );
        }
    }
}
