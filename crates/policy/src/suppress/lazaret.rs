//! `.lazaretignore.yaml`: our own, where every decision has a reason, an owner and an end.

use super::{Entry, IgnoreFile};
use crate::kind::Kind;
use crate::pattern::{Names, Pattern};
use crate::purl::Purl;
use crate::source::{FileError, Source};

/// Keys of the file.
pub(crate) const FILE_KEYS: [&str; 1] = ["ignore"];
/// Keys of an entry.
pub(crate) const ENTRY_KEYS: [&str; 7] =
    ["id", "kind", "package", "path", "reason", "owner", "expiry"];

pub(super) fn read(source: Source<'_>, ignore: &mut IgnoreFile) -> Result<(), FileError> {
    let document = source.yaml()?;
    if matches!(document.value, crate::source::Value::Null) {
        return Ok(());
    }
    let fields = source.map(&document, &FILE_KEYS)?;
    let Some(list) = fields.get("ignore") else { return Ok(()) };
    for node in list.items() {
        let fields = source.map(node, &ENTRY_KEYS)?;
        let text = |name: &str| fields.get(name).map(|node| source.text(node)).transpose();
        let mut entry = Entry {
            file: source.file.to_owned(),
            line: node.place.line,
            reason: text("reason")?,
            owner: text("owner")?,
            until: fields.get("expiry").map(|node| source.day(node)).transpose()?,
            ..Entry::default()
        };
        if let Some(node) = fields.get("kind") {
            for item in node.items() {
                let word = source.text(item)?;
                let kind: Kind = word.parse().map_err(|error| {
                    let error: crate::KindError = error;
                    source.error(item.place, error.to_string())
                })?;
                entry.kinds.push(kind);
            }
        }
        if let Some(node) = fields.get("id") {
            let ids = source.texts(node)?;
            entry.set_ids(ids).map_err(|error| source.error(node.place, error.to_string()))?;
        }
        if let Some(node) = fields.get("package") {
            let (purls, names): (Vec<String>, Vec<String>) =
                source.texts(node)?.into_iter().partition(|word| word.starts_with("pkg:"));
            if !purls.is_empty() && !names.is_empty() {
                let message = "name packages either by name or by package url in one entry";
                return Err(source.error(node.place, message));
            }
            for word in &purls {
                let purl = Purl::parse(word);
                entry
                    .about
                    .purls
                    .push(purl.map_err(|error| source.error(node.place, error.to_string()))?);
            }
            if !names.is_empty() {
                let names = Names::new(names);
                entry.about.packages =
                    Some(names.map_err(|error| source.error(node.place, error.to_string()))?);
            }
        }
        if let Some(node) = fields.get("path") {
            for word in source.texts(node)? {
                let pattern = Pattern::path(&word);
                entry
                    .about
                    .paths
                    .push(pattern.map_err(|error| source.error(node.place, error.to_string()))?);
            }
        }
        if entry.ids.is_none() && entry.about.packages.is_none() && entry.about.purls.is_empty() {
            let message = "an entry needs an `id` or a `package`: without one it would ignore all";
            return Err(source.error(node.place, message));
        }
        ignore.entries.push(entry);
    }
    Ok(())
}
