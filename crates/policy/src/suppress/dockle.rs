//! `.dockleignore`: a checkpoint a line, such as `CIS-DI-0001`.

use super::{Entry, IgnoreFile};
use crate::kind::Kind;
use crate::source::{FileError, Place, Source};

pub(super) fn read(source: Source<'_>, ignore: &mut IgnoreFile) -> Result<(), FileError> {
    for (line, text) in (1..).zip(source.checked()?.lines()) {
        let Some(id) = text.split('#').next().map(str::trim).filter(|id| !id.is_empty()) else {
            continue;
        };
        let mut entry = Entry {
            file: source.file.to_owned(),
            line,
            kinds: vec![Kind::Misconfiguration],
            ..Entry::default()
        };
        entry
            .set_ids(vec![id.to_owned()])
            .map_err(|error| source.error(Place { line, column: 1 }, error.to_string()))?;
        ignore.entries.push(entry);
    }
    Ok(())
}
