//! A program has capabilities that amount to root
//!
//! Capabilities on a file work like setuid: whoever starts the program has them. With some, such as
//! `SYS_ADMIN`, `SETUID` or `DAC_OVERRIDE`, the way to root is short.
//!
//! # Fix
//!
//! Take them away with `setcap -r FILE`, and grant what a container needs when it is started,
//! `--cap-drop ALL --cap-add NET_BIND_SERVICE`.
//!
//! # Bad
//!
//! ```text
//! ENTRY -rwxr-xr-x 0:0 /usr/bin/python3 setuid
//! ```
//!
//! ```text
//! ENTRY -rwxr-xr-x 0:0 /usr/bin/tool net_raw,sys_admin
//! ```
//!
//! # Good
//!
//! ```text
//! ENTRY -rwxr-xr-x 0:0 /usr/bin/ping net_raw
//! ```
//!
//! ```text
//! ENTRY -rwxr-xr-x 0:0 /usr/sbin/nginx net_bind_service
//! ```

use crate::image::input::ImageInput;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) static RULE: Rule<ImageInput> = Rule {
    id: "IM030",
    aliases: &[],
    severity: Severity::High,
    file: include_str!("im030.rs"),
    check,
};

fn check(input: &ImageInput, hits: &mut Hits<'_>) {
    for entry in input.visible_files() {
        let Some(capabilities) = entry.capabilities else { continue };
        let names = capabilities.dangerous().map(str::to_ascii_uppercase).collect::<Vec<_>>();
        if !names.is_empty() {
            hits.in_file(&entry.path, 0, format!("{} may {}", entry.shown(), names.join(", ")));
        }
    }
}
