//! What is downloaded is run at once
//!
//! Whoever serves the address, or is between it and the build, runs what they like; what it was,
//! nobody can see later.
//!
//! # Fix
//!
//! Download to a file, compare its checksum, then run it.
//!
//! # Bad
//!
//! ```dockerfile
//! FROM debian:12
//! RUN curl -fsSL https://example.com/install | sh
//! ```
//!
//! ```dockerfile
//! FROM debian:12
//! RUN bash -c "$(wget -qO- https://example.com/install)"
//! ```
//!
//! ```dockerfile
//! FROM debian:12
//! RUN bash <(curl -s https://example.com/install)
//! ```
//!
//! # Good
//!
//! ```dockerfile
//! FROM debian:12
//! RUN curl -fsSLo i https://example.com/install && echo "24454f83 i" | sha256sum -c && sh i
//! ```

use crate::dockerfile::{Command, Input};
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Input> = Rule {
    id: "DF100",
    aliases: &[],
    severity: Severity::High,
    file: include_str!("df100_piped_to_shell.rs"),
    check,
};

const SHELLS: [&str; 12] = [
    "ash", "bash", "dash", "sh", "zsh", "python", "python3", "perl", "ruby", "node", "php", "pwsh",
];

fn check(input: &Input, hits: &mut Hits<'_>) {
    for (_, run) in super::scripts(input) {
        let script = &run.script;
        for pipeline in &script.pipelines {
            let mut is_downloaded = false;
            for &(first, end) in &pipeline.elements {
                let commands = script.commands.get(first..end).unwrap_or_default();
                if let Some(shell) = commands.iter().find(|c| is_downloaded && reads_input(c)) {
                    let program = shell.program().unwrap_or_default();
                    hits.at(shell.lines(), format!("a download is piped to `{program}`"));
                }
                is_downloaded |= commands.iter().any(downloads);
            }
        }
        for command in script.commands.iter().filter(|c| downloads(c)) {
            let mut parent = command.parent.and_then(|parent| script.commands.get(parent));
            // What is substituted into the arguments of a shell is a script to it.
            while let Some(outer) = parent {
                let takes_text = outer.has_flag(&["c"]) || outer.args().iter().any(|w| w.text == "$()");
                let is_shell = outer.is_any(&SHELLS) && takes_text && !command.is_nested;
                if is_shell || outer.is_any(&["eval", "source", "."]) {
                    hits.at(outer.lines(), "a download is run as it comes");
                    break;
                }
                parent = outer.parent.and_then(|parent| script.commands.get(parent));
            }
        }
    }
}

fn downloads(command: &Command) -> bool {
    command.is_any(&["curl", "wget"])
}

/// Whether a command runs what it reads.
fn reads_input(command: &Command) -> bool {
    command.is_any(&SHELLS)
        && !command.has_flag(&["c", "m", "e"])
        && command.args().iter().take_while(|word| !matches!(word.text.as_str(), "-s" | "-")).all(
            |word| word.text.starts_with('-') || word.text == "/dev/stdin" || word.text == "pipefail",
        )
}
