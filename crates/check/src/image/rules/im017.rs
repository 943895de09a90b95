//! The port of SSH is exposed
//!
//! A container is looked into with `docker exec` or `kubectl exec`, which ask for nothing in the
//! image. A server for SSH in it is one more thing to keep up to date, with keys and accounts of
//! its own.
//!
//! # Fix
//!
//! Remove the server, and `EXPOSE 22` with it.
//!
//! # Bad
//!
//! ```text
//! EXPOSE 22
//! ```
//!
//! ```text
//! EXPOSE 20-30/tcp
//! ```
//!
//! # Good
//!
//! ```text
//! EXPOSE 8080/tcp
//! ```
//!
//! ```text
//! EXPOSE 2222
//! ```

use crate::image::input::ImageInput;
use crate::image::reference::{exposed_by, ports};
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) static RULE: Rule<ImageInput> = Rule {
    id: "IM017",
    aliases: &["DS-0004", "AVD-DS-0004", "DS004"],
    severity: Severity::Medium,
    file: include_str!("im017.rs"),
    check,
};

fn check(input: &ImageInput, hits: &mut Hits<'_>) {
    let lines = input.set_by("EXPOSE");
    for port in &input.config.exposed_ports {
        if ports(port).is_some_and(|ports| ports.contains(&22)) {
            hits.setting(None, exposed_by(&lines, port), format!("port {port} is exposed"));
        }
    }
}
