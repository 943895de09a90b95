//! A credential is in the environment of the image
//!
//! The environment is part of the configuration, which everyone who may pull the image can read,
//! and of every process in the container (CIS Docker Benchmark 4.10).
//!
//! # Fix
//!
//! Take it out, change the credential, and hand the new one over when the container starts: a
//! secret of the orchestrator, mounted as a file.
//!
//! # Bad
//!
//! ```text
//! ENV DB_PASSWORD=example
//! ```
//!
//! ```text
//! ENV GITHUB_TOKEN=example
//! ```
//!
//! # Good
//!
//! ```text
//! ENV DB_PASSWORD_FILE=/run/secrets/db
//! ```
//!
//! ```text
//! ENV DB_PASSWORD=
//! ```
//!
//! ```text
//! ENV GPG_KEY=ABCD
//! ENV PATH=/usr/bin
//! ```

use crate::image::credential::credential_in;
use crate::image::input::ImageInput;
use crate::rule::{Hits, Rule};
use lazaret_core::check::Part;
use lazaret_core::severity::Severity;

pub(super) static RULE: Rule<ImageInput> = Rule {
    id: "IM013",
    aliases: &["CIS-DI-0010", "DS-0031", "AVD-DS-0031"],
    severity: Severity::High,
    file: include_str!("im013.rs"),
    check,
};

fn check(input: &ImageInput, hits: &mut Hits<'_>) {
    let lines = input.set_by("ENV");
    for name in input.config.env.iter().filter_map(|variable| credential_in(variable)) {
        let message = format!("the variable {name} holds a credential");
        hits.setting(Some(Part::Env(name.to_owned())), lines.get(name).copied(), message);
    }
}
