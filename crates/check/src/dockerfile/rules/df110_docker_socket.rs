//! The socket of the container runtime is used
//!
//! Who may write to it may start a container with every right on the machine.
//!
//! # Fix
//!
//! Leave it out of the image.
//!
//! # Bad
//!
//! ```dockerfile
//! FROM docker:27
//! VOLUME /var/run/docker.sock
//! ```
//!
//! # Good
//!
//! ```dockerfile
//! FROM docker:27
//! VOLUME /data
//! ```

use crate::dockerfile::{Input, Kind};
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Input> = Rule {
    id: "DF110",
    aliases: &[],
    severity: Severity::High,
    file: include_str!("df110_docker_socket.rs"),
    check,
};

const SOCKETS: [&str; 4] = ["docker.sock", "containerd.sock", "crio.sock", "podman.sock"];

fn check(input: &Input, hits: &mut Hits<'_>) {
    for instruction in input.file.each() {
        let paths: Vec<&str> = match &instruction.kind {
            Kind::Volume(paths) => paths.iter().map(String::as_str).collect(),
            Kind::Run(_) => instruction.mounts().filter_map(|m| m.part(&["source", "src"])).collect(),
            _ => continue,
        };
        for path in paths {
            if SOCKETS.iter().any(|socket| path.ends_with(socket)) {
                hits.at(instruction.lines, format!("`{path}` is the runtime's socket"));
            }
        }
    }
}
