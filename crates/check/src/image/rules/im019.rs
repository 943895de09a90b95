//! What is exposed is no port
//!
//! Ports go from 1 to 65535. Tools that read the configuration refuse others, or pass over them
//! without a word.
//!
//! # Fix
//!
//! Write a port: `EXPOSE 8080/tcp`.
//!
//! # Bad
//!
//! ```text
//! EXPOSE 70000/tcp
//! ```
//!
//! ```text
//! EXPOSE http
//! ```
//!
//! ```text
//! EXPOSE 0
//! ```
//!
//! # Good
//!
//! ```text
//! EXPOSE 65535/udp
//! ```
//!
//! ```text
//! EXPOSE 8000-8010
//! ```

use crate::image::input::ImageInput;
use crate::image::reference::{exposed_by, ports};
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;
use std::ops::RangeInclusive;

pub(super) static RULE: Rule<ImageInput> = Rule {
    id: "IM019",
    aliases: &["DS-0008", "AVD-DS-0008", "DS008"],
    severity: Severity::Low,
    file: include_str!("im019.rs"),
    check,
};

fn check(input: &ImageInput, hits: &mut Hits<'_>) {
    let lines = input.set_by("EXPOSE");
    for port in &input.config.exposed_ports {
        let is_port = |ports: &RangeInclusive<u32>| *ports.start() >= 1 && *ports.end() <= 65_535;
        if !ports(port).is_some_and(|ports| is_port(&ports)) {
            hits.setting(
                None,
                exposed_by(&lines, port),
                format!("`{port}` is exposed, which is no port"),
            );
        }
    }
}
