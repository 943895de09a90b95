//! The reference registry, with samples in it.

use crate::sample::{Sample, digest, write_layout};
pub(crate) use lazaret_testkit::registry::{PASSWORD, Registry, Setup, USERNAME};

/// Pushes an image, or several behind an index, under a name such as `app:1`.
pub(crate) fn push(registry: &Registry, name: &str, samples: &[&Sample], extra: &[&str]) {
    let layout = tempfile::tempdir().unwrap();
    write_layout(layout.path(), samples);
    registry.push(layout.path(), Some("sample"), name, extra);
}

/// Deletes a blob behind the registry's back.
pub(crate) fn lose(registry: &Registry, blob: &[u8]) {
    registry.lose(&digest(blob));
}
