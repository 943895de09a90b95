//! A credential is in a label of the image
//!
//! Labels are part of the configuration, which everyone who may pull the image can read, and which
//! registries and dashboards show.
//!
//! # Fix
//!
//! Take the label away and change the credential.
//!
//! # Bad
//!
//! ```text
//! LABEL deploy.token=example
//! ```
//!
//! # Good
//!
//! ```text
//! LABEL org.opencontainers.image.title=app
//! ```
//!
//! ```text
//! LABEL deploy.token=
//! ```

use crate::image::credential::{is_credential_name, is_credential_value};
use crate::image::input::ImageInput;
use crate::rule::{Hits, Rule};
use lazaret_core::check::Part;
use lazaret_core::severity::Severity;

pub(super) static RULE: Rule<ImageInput> = Rule {
    id: "IM015",
    aliases: &["CIS-DI-0010"],
    severity: Severity::High,
    file: include_str!("im015.rs"),
    check,
};

fn check(input: &ImageInput, hits: &mut Hits<'_>) {
    let lines = input.set_by("LABEL");
    for (key, value) in &input.config.labels {
        if is_credential_name(key) && is_credential_value(value) {
            let message = format!("the label {key} holds a credential");
            let line = lines.get(key.as_str()).copied();
            hits.setting(Some(Part::Label(key.clone())), line, message);
        }
    }
}
