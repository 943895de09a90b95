//! `.hadolint.yaml`: the rules under `ignored`, such as `DL3008`. The rest is hadolint's own.

use super::{Entry, IgnoreFile};
use crate::kind::Kind;
use crate::source::{FileError, Source, Value};

pub(super) fn read(source: Source<'_>, ignore: &mut IgnoreFile) -> Result<(), FileError> {
    let document = source.yaml()?;
    if matches!(document.value, Value::Null) {
        return Ok(());
    }
    let Some(list) = source.open_map(&document)?.get("ignored") else { return Ok(()) };
    for node in list.items() {
        let mut entry = Entry {
            file: source.file.to_owned(),
            line: node.place.line,
            kinds: vec![Kind::Misconfiguration],
            ..Entry::default()
        };
        entry
            .set_ids(vec![source.text(node)?])
            .map_err(|error| source.error(node.place, error.to_string()))?;
        ignore.entries.push(entry);
    }
    Ok(())
}
