//! `pip` leaves its cache in the image
//!
//! What was downloaded and built to install from is of no use in the image.
//!
//! # Fix
//!
//! Add `--no-cache-dir`, set `PIP_NO_CACHE_DIR=1`, or mount a cache at `/root/.cache/pip`.
//!
//! # Bad
//!
//! ```dockerfile
//! FROM python:3.13
//! RUN pip install flask==3.0.3
//! ```
//!
//! # Good
//!
//! ```dockerfile
//! FROM python:3.13
//! RUN pip install --no-cache-dir flask==3.0.3
//! ```
//!
//! ```dockerfile
//! FROM python:3.13
//! ENV PIP_NO_CACHE_DIR=1
//! RUN pip install flask==3.0.3
//! ```
//!
//! ```dockerfile
//! FROM python:3.13
//! RUN --mount=type=cache,target=/root/.cache/pip pip install flask==3.0.3
//! ```

use crate::dockerfile::{Input, Kind, package};
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;
use std::collections::BTreeMap;

pub(super) const RULE: Rule<Input> = Rule {
    id: "DF049",
    aliases: &["DL3042"],
    severity: Severity::Low,
    file: include_str!("df049_pip_cache.rs"),
    check,
};

fn check(input: &Input, hits: &mut Hits<'_>) {
    let mut is_off: BTreeMap<Option<usize>, bool> = BTreeMap::new();
    for instruction in input.file.each() {
        let stage = instruction.stage;
        if let Kind::From { .. } = instruction.kind {
            let base = stage.and_then(|stage| input.file.stages.get(stage)).and_then(|s| s.base);
            let inherited = base.and_then(|base| is_off.get(&Some(base)).copied());
            is_off.insert(stage, inherited.unwrap_or(false));
        }
        if let Kind::Env(env) = &instruction.kind
            && env.pairs.iter().any(|pair| is_set(&pair.name, &pair.value))
        {
            is_off.insert(stage, true);
        }
        let Kind::Run(run) = &instruction.kind else { continue };
        let script = &run.script;
        let is_mounted = ["pip", "/.cache"].iter().any(|part| instruction.has_cache_mount(part));
        let is_set_here = script.any(|command| {
            command.assignments.iter().any(|a| is_set(&a.name, &a.value.text))
                || command.is_any(&["export", "env"])
                    && command.args().iter().any(|word| {
                        word.text.split_once('=').is_some_and(|(name, value)| is_set(name, value))
                    })
        });
        let is_cleaned = script.any(|command| {
            package::is_pip(command) && command.has_arg(&["purge"])
                || super::removes(command, &["/root/.cache", "~/.cache", "${HOME}/.cache"])
        });
        if is_mounted || is_set_here || is_cleaned || is_off.get(&stage).copied().unwrap_or(false) {
            continue;
        }
        for command in &script.commands {
            let is_given = command.has_flag(&["no-cache-dir"]);
            if package::is_pip_install(command) && !is_given {
                hits.at(command.lines(), "`pip install` without `--no-cache-dir`");
            }
        }
    }
}

/// Whether setting a variable turns the cache off.
fn is_set(name: &str, value: &str) -> bool {
    name == "PIP_NO_CACHE_DIR"
        && ["1", "true", "on", "yes"].iter().any(|word| value.eq_ignore_ascii_case(word))
}
