//! Package lists were updated in an instruction of their own
//!
//! The builder keeps the layer with the lists. Later builds install from lists of the day it was
//! made, and so old packages, without the fixes that are known by then (CIS Docker Benchmark 4.7).
//!
//! # Fix
//!
//! Update and install in one instruction: `RUN apt-get update && apt-get install -y …`.
//!
//! # Bad
//!
//! ```text
//! HISTORY RUN /bin/sh -c apt-get update # buildkit
//! ```
//!
//! ```text
//! HISTORY /bin/sh -c apk update
//! ```
//!
//! # Good
//!
//! ```text
//! HISTORY RUN /bin/sh -c apt-get update && apt-get install -y curl # buildkit
//! ```
//!
//! ```text
//! HISTORY RUN /bin/sh -c apk add --no-cache curl
//! ```

use crate::image::history::Command;
use crate::image::input::ImageInput;
use crate::rule::{Hits, Rule};
use lazaret_core::check::Part;
use lazaret_core::severity::Severity;

pub(super) static RULE: Rule<ImageInput> = Rule {
    id: "IM033",
    aliases: &["CIS-DI-0007", "DS-0017", "AVD-DS-0017", "DS017"],
    severity: Severity::Medium,
    file: include_str!("im033.rs"),
    check,
};

fn check(input: &ImageInput, hits: &mut Hits<'_>) {
    for (at, run) in input.runs() {
        let updates = run.iter().find(|command| {
            command.is(&["apt-get", "apt", "apk", "zypper"], &["update", "refresh"])
        });
        let uses = |command: &Command| {
            let verbs = [
                "install",
                "add",
                "upgrade",
                "dist-upgrade",
                "full-upgrade",
                "build-dep",
                "download",
            ];
            command.is(&["apt-get", "apt", "apk", "zypper", "aptitude"], &verbs)
        };
        if let Some(update) = updates
            && !run.iter().any(uses)
        {
            hits.about(Part::History(at), format!("`{}` was run alone", update.summary()));
        }
    }
}
