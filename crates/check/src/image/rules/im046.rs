//! The socket of a container engine is a volume
//!
//! Whoever can talk to the engine can start a container with every right and every folder of the
//! host. The image asks to be given that.
//!
//! # Fix
//!
//! Remove the volume. To build images in a container, use a builder without a daemon; to look at
//! containers, a proxy that allows only that.
//!
//! # Bad
//!
//! ```text
//! VOLUME /var/run/docker.sock
//! ```
//!
//! ```text
//! VOLUME /run/containerd/containerd.sock
//! ```
//!
//! # Good
//!
//! ```text
//! VOLUME /data
//! ```

use crate::image::input::ImageInput;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) static RULE: Rule<ImageInput> = Rule {
    id: "IM046",
    aliases: &[],
    severity: Severity::High,
    file: include_str!("im046.rs"),
    check,
};

const SOCKETS: [&str; 5] =
    ["docker.sock", "containerd.sock", "crio.sock", "podman.sock", "dockershim.sock"];

fn check(input: &ImageInput, hits: &mut Hits<'_>) {
    let lines = input.set_by("VOLUME");
    for volume in &input.config.volumes {
        let name = volume.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
        if SOCKETS.contains(&name) {
            hits.setting(
                None,
                lines.get(volume.as_str()).copied(),
                format!("`{volume}` is a volume"),
            );
        }
    }
}
