//! What was downloaded was run unseen
//!
//! A script that goes from the network to a shell is whatever the server says on that day, or the
//! first half of it when the connection breaks. Nothing was compared, and nothing of it is left to
//! look at (CIS Docker Benchmark 4.11).
//!
//! # Fix
//!
//! Download to a file, compare its checksum or signature, and run it then.
//!
//! # Bad
//!
//! ```text
//! HISTORY RUN /bin/sh -c curl -fsSL https://example.org/install.sh | bash # buildkit
//! ```
//!
//! ```text
//! HISTORY RUN /bin/sh -c wget -qO- https://example.org/x | sudo python3 -
//! ```
//!
//! ```text
//! HISTORY RUN /bin/sh -c sh -c "$(curl -fsSL https://example.org/install.sh)"
//! ```
//!
//! ```text
//! HISTORY RUN /bin/sh -c bash <(curl -s https://example.org/x)
//! ```
//!
//! # Good
//!
//! ```text
//! HISTORY RUN /bin/sh -c curl -fsSLO https://example.org/x && sha256sum -c x.sum && sh x
//! ```
//!
//! ```text
//! HISTORY RUN /bin/sh -c curl -s https://example.org/x | tar xz
//! ```

use crate::image::input::ImageInput;
use crate::rule::{Hits, Rule};
use lazaret_core::check::Part;
use lazaret_core::severity::Severity;

pub(super) static RULE: Rule<ImageInput> = Rule {
    id: "IM035",
    aliases: &[],
    severity: Severity::Medium,
    file: include_str!("im035.rs"),
    check,
};

const LOADERS: [&str; 3] = ["curl", "wget", "fetch"];

const INTERPRETERS: [&str; 10] =
    ["ash", "bash", "dash", "node", "perl", "php", "python", "python3", "ruby", "sh"];

fn check(input: &ImageInput, hits: &mut Hits<'_>) {
    for (at, run) in input.runs() {
        let mut is_loading = false;
        let mut interpreter = None;
        for command in &run {
            let (program, words) = command.program();
            is_loading =
                if command.is_piped { is_loading } else { false } || LOADERS.contains(&program);
            let is_substituted =
                |word: &String| LOADERS.iter().any(|loader| word.contains(&format!("$({loader} ")));
            let is_interpreter = INTERPRETERS.contains(&program);
            let from_pipe = is_interpreter && command.is_piped && is_loading;
            let from_word = is_interpreter && words.iter().any(is_substituted);
            // `bash <(curl …)` comes as two commands, the first with `<` at its end.
            let from_file = LOADERS.contains(&program) && interpreter.is_some();
            if from_pipe || from_word || from_file {
                let by = if from_file { interpreter.unwrap_or(program) } else { program };
                hits.about(Part::History(at), format!("`{by}` ran what was downloaded"));
            }
            let waits = is_interpreter && words.last().is_some_and(|last| last.ends_with('<'));
            interpreter = waits.then_some(program);
        }
    }
}
