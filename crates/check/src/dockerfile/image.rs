//! The image a stage starts from.

use super::Input;
use super::syntax::Stage;
use super::word::{Expanded, expand};
use lazaret_core::location::LineRange;

/// An image reference taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reference {
    pub(super) registry: Option<String>,
    /// The name without registry, tag and digest.
    pub(super) name: String,
    pub(super) tag: Option<String>,
    pub(super) digest: Option<String>,
}

impl Reference {
    /// Takes a reference apart, as the distribution's grammar does.
    pub(super) fn parse(text: &str) -> Self {
        let (text, digest) = match text.split_once('@') {
            Some((text, digest)) => (text, Some(digest.to_owned())),
            None => (text, None),
        };
        let (path, tag) = match text.rsplit_once(':') {
            Some((path, tag)) if !tag.contains('/') => (path, Some(tag.to_owned())),
            _ => (text, None),
        };
        let (registry, name) = match path.split_once('/') {
            Some((first, rest)) if first.contains(['.', ':']) || first == "localhost" => {
                (Some(first.to_owned()), rest.to_owned())
            }
            _ => (None, path.to_owned()),
        };
        Self { registry, name, tag, digest }
    }
}

/// The image of a stage with its variables replaced, as far as the file gives their values.
pub(super) fn expanded(input: &Input, stage: &Stage) -> Expanded {
    let first = input.file.stages.first().map_or(0, |stage| stage.from);
    let lookup = |name: &str| {
        let declared = input.file.arguments.get(name)?;
        let default = |until: usize| {
            let before = declared.partition_point(|(index, _)| *index < until).checked_sub(1)?;
            declared.get(before).map(|(_, default)| default.clone())
        };
        // The builder sees only what is declared before the first `FROM`. What a stage declares is
        // what the author had in mind, and better than nothing.
        default(first).or_else(|| default(stage.from)).flatten()
    };
    expand(&stage.image, &lookup)
}

/// What a stage starts from, where that is an image of a registry and it is known which.
pub(super) fn base(input: &Input, stage: &Stage) -> Option<(String, Reference)> {
    if stage.base.is_some() {
        return None;
    }
    let Expanded { text, unknown } = expanded(input, stage);
    let index = input.file.stages.partition_point(|other| other.from < stage.from);
    let is_stage = stage.image.contains('$') && input.file.stage_before(&text, index).is_some();
    if text.is_empty() || text.eq_ignore_ascii_case("scratch") || is_stage {
        return None;
    }
    // All of it, or all of its name, is given by who builds it.
    if !unknown.is_empty() && text.starts_with([':', '@']) {
        return None;
    }
    Some((text.clone(), Reference::parse(&text)))
}

/// The lines of a stage's `FROM`.
pub(super) fn lines(input: &Input, stage: &Stage) -> LineRange {
    input
        .file
        .instructions
        .get(stage.from)
        .map_or(LineRange { start: 1, end: 1 }, |instruction| instruction.lines)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_taken_apart() {
        for (text, registry, name, tag, digest) in [
            ("debian", None, "debian", None, None),
            ("a/b:1", None, "a/b", Some("1"), None),
            ("r.io/a", Some("r.io"), "a", None, None),
            ("r.io:5000/a/b:1@sha256:00", Some("r.io:5000"), "a/b", Some("1"), Some("sha256:00")),
            ("localhost/a", Some("localhost"), "a", None, None),
        ] {
            let reference = Reference::parse(text);
            assert_eq!(reference.registry.as_deref(), registry, "{text}");
            assert_eq!(reference.name, name, "{text}");
            assert_eq!(reference.tag.as_deref(), tag, "{text}");
            assert_eq!(reference.digest.as_deref(), digest, "{text}");
        }
    }
}
