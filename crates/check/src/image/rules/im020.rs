//! Nothing tells whether a container is healthy
//!
//! Without a check, Docker takes a container for well as long as its process is there, and neither
//! restarts it nor takes it out of service when it hangs (CIS Docker Benchmark 4.6). Kubernetes
//! asks with probes of its own and does not need this.
//!
//! # Fix
//!
//! Add `HEALTHCHECK CMD` with a command that fails when the service does not answer.
//!
//! # Bad
//!
//! ```text
//! USER 10001
//! ```
//!
//! ```text
//! HEALTHCHECK NONE
//! ```
//!
//! # Good
//!
//! ```text
//! HEALTHCHECK CMD-SHELL curl -f http://localhost:8080/health
//! ```

use crate::image::input::ImageInput;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) static RULE: Rule<ImageInput> = Rule {
    id: "IM020",
    aliases: &["CIS-DI-0006", "DS-0026", "AVD-DS-0026", "DS026"],
    severity: Severity::Low,
    file: include_str!("im020.rs"),
    check,
};

fn check(input: &ImageInput, hits: &mut Hits<'_>) {
    match input.config.healthcheck.first().map(String::as_str) {
        None | Some("") => hits.whole("the image has no health check"),
        Some("NONE") => {
            hits.setting(None, input.last("HEALTHCHECK"), "the health check is turned off");
        }
        Some(_) => {}
    }
}
