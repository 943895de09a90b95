//! A credential is in the history of the image
//!
//! Arguments of the build, and commands as they were written, stay in the history of the image,
//! where everyone who may pull it can read them, even though no file holds them any more (CIS
//! Docker Benchmark 4.10).
//!
//! # Fix
//!
//! Change the credential, and hand the new one to the build as a secret, `RUN --mount=type=secret`,
//! which leaves no trace.
//!
//! # Bad
//!
//! ```text
//! HISTORY RUN |1 NPM_TOKEN=example /bin/sh -c npm ci # buildkit
//! ```
//!
//! ```text
//! HISTORY RUN /bin/sh -c curl https://me:example@example.org/x # buildkit
//! ```
//!
//! ```text
//! HISTORY RUN /bin/sh -c deploy --password example
//! ```
//!
//! ```text
//! HISTORY ARG API_KEY=example
//! ```
//!
//! # Good
//!
//! ```text
//! HISTORY RUN |1 VERSION=1 /bin/sh -c npm ci # buildkit
//! ```
//!
//! ```text
//! HISTORY RUN /bin/sh -c curl -H "$TOKEN" https://example.org/x
//! ```
//!
//! ```text
//! HISTORY RUN /bin/sh -c deploy --password-file /run/secrets/x
//! ```
//!
//! ```text
//! HISTORY ARG API_KEY
//! ```

use crate::image::credential::{
    credential_in, has_password_in_address, is_credential_name, is_credential_value,
};
use crate::image::history::{Command, commands};
use crate::image::input::ImageInput;
use crate::rule::{Hits, Rule};
use lazaret_core::check::Part;
use lazaret_core::severity::Severity;

pub(super) static RULE: Rule<ImageInput> = Rule {
    id: "IM014",
    aliases: &["CIS-DI-0010", "DS-0031", "AVD-DS-0031"],
    severity: Severity::High,
    file: include_str!("im014.rs"),
    check,
};

fn check(input: &ImageInput, hits: &mut Hits<'_>) {
    for (at, instruction) in input.instructions() {
        let place = Part::History(at);
        for name in instruction.arguments.iter().filter_map(|argument| credential_in(argument)) {
            hits.about(place.clone(), format!("the build argument {name} holds a credential"));
        }
        match instruction.keyword {
            "RUN" => {
                for command in commands(instruction.text) {
                    look_at(&command, &place, hits);
                }
            }
            "ARG" => {
                if let Some(name) = credential_in(instruction.text) {
                    hits.about(
                        place.clone(),
                        format!("the build argument {name} has a credential as its default"),
                    );
                }
            }
            // The environment and labels have rules of their own.
            _ => {}
        }
    }
}

fn look_at(command: &Command, place: &Part, hits: &mut Hits<'_>) {
    let (program, _) = command.program();
    for word in &command.words {
        if let Some(name) = credential_in(word) {
            hits.about(place.clone(), format!("a command of the history sets {name}"));
        } else if has_password_in_address(word) {
            hits.about(
                place.clone(),
                format!("an address that `{program}` was given holds a password"),
            );
        }
    }
    for pair in command.words.windows(2) {
        if let [option, value] = pair
            && let Some(name) = option.strip_prefix("--")
            && is_credential_name(name)
            && !value.starts_with('-')
            && is_credential_value(value)
        {
            hits.about(place.clone(), format!("`{program}` was given a credential with --{name}"));
        }
    }
}
