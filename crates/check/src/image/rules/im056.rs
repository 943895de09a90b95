//! Programs are looked for where anyone may put one
//!
//! A program is searched in the folders of `PATH` in their order. An empty or relative one means
//! wherever the process is, and `/tmp` is for everyone: whoever can write there decides what `ls`
//! is. `LD_PRELOAD` and `LD_LIBRARY_PATH` do the same for libraries.
//!
//! # Fix
//!
//! Name only folders that root alone may write to, each with its whole path, and no empty one
//! between two colons.
//!
//! # Bad
//!
//! ```text
//! ENV PATH=/usr/bin:/bin:
//! ```
//!
//! ```text
//! ENV PATH=.:/usr/bin
//! ```
//!
//! ```text
//! ENV LD_LIBRARY_PATH=/tmp/lib
//! ```
//!
//! ```text
//! ENV LD_PRELOAD=/tmp/x.so
//! ```
//!
//! # Good
//!
//! ```text
//! ENV PATH=/usr/local/bin:/usr/bin
//! ```
//!
//! ```text
//! ENV LD_LIBRARY_PATH=/usr/local/lib
//! ```
//!
//! ```text
//! ENV LD_PRELOAD=/usr/lib/libjemalloc.so.2
//! ```

use crate::image::input::ImageInput;
use crate::rule::{Hits, Rule};
use lazaret_core::check::Part;
use lazaret_core::severity::Severity;

pub(super) static RULE: Rule<ImageInput> = Rule {
    id: "IM056",
    aliases: &[],
    severity: Severity::Medium,
    file: include_str!("im056.rs"),
    check,
};

/// How much of a folder's name a message repeats, in characters.
const PLACE_MAX: usize = 100;

fn check(input: &ImageInput, hits: &mut Hits<'_>) {
    let lines = input.set_by("ENV");
    for variable in &input.config.env {
        let Some((name @ ("PATH" | "LD_LIBRARY_PATH" | "LD_PRELOAD"), value)) =
            variable.split_once('=')
        else {
            continue;
        };
        let separators: &[char] = if name == "LD_PRELOAD" { &[':', ' '] } else { &[':'] };
        let is_open = |place: &str| {
            let is_shared = ["/tmp", "/var/tmp", "/dev/shm"].iter().any(|shared| {
                place
                    .strip_prefix(shared)
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            });
            // A variable that was not expanded is somewhere, but nobody knows where.
            is_shared || !(place.starts_with('/') || place.starts_with('$'))
        };
        let open = value.split(separators).find(|place| is_open(place));
        if let Some(place) = open.filter(|_| !value.is_empty()) {
            let place: String = place.chars().take(PLACE_MAX).collect();
            let part = Part::Env(name.to_owned());
            hits.setting(
                Some(part),
                lines.get(name).copied(),
                format!("{name} has `{place}` in it"),
            );
        }
    }
}
