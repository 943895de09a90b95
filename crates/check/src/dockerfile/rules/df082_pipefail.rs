//! A failure before a pipe goes unnoticed
//!
//! A pipeline fails only if its last command does: `wget … | tar x` succeeds with half a file.
//!
//! # Fix
//!
//! Set `SHELL ["/bin/bash", "-o", "pipefail", "-c"]`, or begin with `set -o pipefail`.
//!
//! # Bad
//!
//! ```dockerfile
//! FROM debian:12
//! RUN wget -qO- https://example.com/x | tar x
//! ```
//!
//! # Good
//!
//! ```dockerfile
//! FROM debian:12
//! SHELL ["/bin/bash", "-o", "pipefail", "-c"]
//! RUN wget -qO- https://example.com/x | tar x
//! ```
//!
//! ```dockerfile
//! FROM alpine:3.20
//! RUN set -eo pipefail; wget -qO- https://example.com/x | tar x
//! ```

use crate::dockerfile::{Command, Input, Instruction, Kind};
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Input> = Rule {
    id: "DF082",
    aliases: &["DL4006", "DS-0032", "DS032", "AVD-DS-0032", "docker-pipefail"],
    severity: Severity::Low,
    file: include_str!("df082_pipefail.rs"),
    check,
};

fn check(input: &Input, hits: &mut Hits<'_>) {
    for section in input.file.sections() {
        let mut is_set = false;
        for instruction in section.instructions.iter().map(Instruction::inner) {
            match &instruction.kind {
                Kind::Shell(words) => is_set = sets_pipefail(words),
                Kind::Run(run) if !is_set => {
                    let script = &run.script;
                    let first = script.commands.iter().position(|command| {
                        command.is_any(&["set"]) && command.has_arg(&["pipefail"])
                    });
                    let pipeline = script.pipelines.iter().find(|pipeline| {
                        let start = pipeline.elements.first().map_or(0, |element| element.0);
                        !pipeline.is_nested && first.is_none_or(|first| start < first)
                    });
                    if let Some(pipeline) = pipeline {
                        let start = pipeline.elements.first().map_or(0, |element| element.0);
                        let command = script.commands.get(start);
                        let lines = command.map_or(instruction.lines, Command::lines);
                        hits.at(lines, "a pipe without `pipefail`");
                    }
                }
                _ => {}
            }
        }
    }
}

/// Whether a `SHELL` is one that has the option, and sets it.
fn sets_pipefail(words: &[String]) -> bool {
    let name = words.first().map_or("", |word| word.rsplit('/').next().unwrap_or(word));
    let is_able = matches!(name, "ash" | "bash" | "zsh");
    let is_given = words.windows(2).any(|two| {
        matches!(two, [option, value] if value == "pipefail"
            && option.starts_with('-') && option.ends_with('o'))
    });
    is_able && is_given
}
