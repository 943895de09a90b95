//! An image without a package manager has a shell
//!
//! Images without a package manager are made to hold a program and nothing else. A shell in one
//! gives whoever gets in a place to work from.
//!
//! # Fix
//!
//! Leave it out, and look into a running container with an ephemeral one, `kubectl debug` or
//! `docker debug`.
//!
//! # Bad
//!
//! ```text
//! ENTRY -rwxr-xr-x 0:0 /bin/busybox
//! ```
//!
//! # Good
//!
//! ```text
//! ENTRY -rwxr-xr-x 0:0 /bin/busybox
//! ENTRY -rwxr-xr-x 0:0 /sbin/apk
//! ```
//!
//! ```text
//! USER 10001
//! ```

use super::about_first;
use crate::image::input::ImageInput;
use crate::image::name::{is_package_manager, is_shell};
use crate::rule::{Hits, Rule};
use lazaret_core::location::ImagePath;
use lazaret_core::severity::Severity;

pub(super) static RULE: Rule<ImageInput> = Rule {
    id: "IM050",
    aliases: &[],
    severity: Severity::Low,
    file: include_str!("im050.rs"),
    check,
};

fn check(input: &ImageInput, hits: &mut Hits<'_>) {
    if input.entries().any(|entry| is_package_manager(entry.path.as_str())) {
        return;
    }
    let paths = input.entries().map(|entry| &entry.path);
    let shells: Vec<&ImagePath> = paths.filter(|path| is_shell(path.as_str())).collect();
    about_first(&shells, hits, |shells| format!("there is no package manager, but {shells}"));
}
