//! A file that holds credentials is in the image
//!
//! Files of this name hold private keys, passwords or tokens. In an image they are in the hands of
//! everyone who may pull it, in every container, and in every backup of the registry.
//!
//! # Fix
//!
//! Take it out of the build context with `.dockerignore`, change what it holds, and mount it when
//! the container starts. Deleting it in a later layer does not help: the earlier one still has it.
//!
//! # Bad
//!
//! ```text
//! ENTRY -rw------- 0:0 /root/.ssh/id_rsa
//! ```
//!
//! ```text
//! ENTRY -rw------- 0:0 /root/.aws/credentials
//! ```
//!
//! ```text
//! DELETED -rw-r--r-- 0:0 /root/.netrc
//! ```
//!
//! # Good
//!
//! ```text
//! ENTRY -rw-r--r-- 0:0 /root/.ssh/id_rsa.pub
//! ```
//!
//! ```text
//! ENTRY -rw-r--r-- 0:0 /usr/share/doc/awscli/credentials
//! ```

use crate::image::entry::EntryKind;
use crate::image::input::ImageInput;
use crate::image::name::is_credential;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) static RULE: Rule<ImageInput> = Rule {
    id: "IM016",
    aliases: &["CIS-DI-0010"],
    severity: Severity::High,
    file: include_str!("im016.rs"),
    check,
};

fn check(input: &ImageInput, hits: &mut Hits<'_>) {
    for entry in &input.entries {
        if entry.kind != EntryKind::File || !is_credential(entry.path.as_str()) {
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
