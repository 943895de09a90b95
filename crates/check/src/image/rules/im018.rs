//! A port below 1024 is exposed
//!
//! To listen there, a process must be root or have the capability `NET_BIND_SERVICE`, on clusters
//! that have not lowered the limit. Either is more than it needs otherwise.
//!
//! # Fix
//!
//! Listen on a port from 1024 on, and map it: `-p 80:8080`, or `targetPort: 8080`.
//!
//! # Bad
//!
//! ```text
//! EXPOSE 80/tcp
//! ```
//!
//! ```text
//! EXPOSE 443
//! ```
//!
//! # Good
//!
//! ```text
//! EXPOSE 8080/tcp
//! ```
//!
//! ```text
//! EXPOSE 1024
//! ```
//!
//! ```text
//! # IM017 tells of this
//! EXPOSE 22
//! ```

use crate::image::input::ImageInput;
use crate::image::reference::{exposed_by, ports};
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) static RULE: Rule<ImageInput> = Rule {
    id: "IM018",
    aliases: &[],
    severity: Severity::Low,
    file: include_str!("im018.rs"),
    check,
};

fn check(input: &ImageInput, hits: &mut Hits<'_>) {
    let lines = input.set_by("EXPOSE");
    for port in &input.config.exposed_ports {
        let is_low = |first: u32| (1..1024).contains(&first) && first != 22;
        if ports(port).is_some_and(|ports| is_low(*ports.start())) {
            hits.setting(None, exposed_by(&lines, port), format!("port {port} is exposed"));
        }
    }
}
