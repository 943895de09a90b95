//! The module of a rule: `rego`, or `rego-file`.

use super::RuleEffect;
use super::read::Load;
use crate::rego::Code;
use crate::source::{Fields, FileError, Source};

/// Reads the module of a rule, if it has one.
pub(super) fn read(
    source: Source<'_>,
    fields: Fields<'_>,
    id: &str,
    effect: RuleEffect,
    load: Load<'_>,
) -> Result<Option<Code>, FileError> {
    let (place, file, text) = match (fields.get("rego"), fields.get("rego-file")) {
        (None, None) => return Ok(None),
        (Some(node), None) => {
            (node.place, format!("{} (rule {id})", source.file), source.text(node)?)
        }
        (None, Some(node)) => {
            let name = source.text(node)?;
            let (file, text) = load(source.file, &name)
                .map_err(|why| source.error(node.place, format!("`{name}`: {why}")))?;
            (node.place, file, text)
        }
        (Some(_), Some(node)) => {
            let message = "a rule has one module: `rego` or `rego-file`";
            return Err(source.error(node.place, message));
        }
    };
    Code::read(&file, &text, effect)
        .map(Some)
        .map_err(|error| source.error(place, format!("the Rego cannot be read: {error}")))
}
