//! The private key of an SSH server is in the image
//!
//! Every container of the image has the same key, and so has everyone who may pull it: they can
//! pretend to be any of these servers.
//!
//! # Fix
//!
//! Delete the keys in the instruction that installs the server, and make them when the container
//! starts, `ssh-keygen -A`. Better, do without the server.
//!
//! # Bad
//!
//! ```text
//! ENTRY -rw------- 0:0 /etc/ssh/ssh_host_ed25519_key
//! ```
//!
//! ```text
//! DELETED -rw------- 0:0 /etc/ssh/ssh_host_rsa_key
//! ```
//!
//! # Good
//!
//! ```text
//! ENTRY -rw-r--r-- 0:0 /etc/ssh/ssh_host_ed25519_key.pub
//! ```

use crate::image::entry::EntryKind;
use crate::image::input::ImageInput;
use crate::image::name::is_host_key;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) static RULE: Rule<ImageInput> = Rule {
    id: "IM040",
    aliases: &[],
    severity: Severity::High,
    file: include_str!("im040.rs"),
    check,
};

fn check(input: &ImageInput, hits: &mut Hits<'_>) {
    for entry in &input.entries {
        if entry.kind != EntryKind::File || !is_host_key(entry.path.as_str()) {
            continue;
        }
        let path = entry.shown();
        let message = if entry.deleted {
            format!("{path} was deleted later, and is still in its layer")
        } else {
            format!("{path} is in the image")
        };
        hits.in_file(&entry.path, 0, message);
    }
}
