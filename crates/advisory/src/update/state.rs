//! What is known of the files of a mirror folder: from where they are, and in which state.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The version of the file's shape. One of another version is begun anew.
const VERSION: u32 = 1;

/// Most bytes a state may have; one of every source there is needs a hundredth of it.
const STATE_BYTES_MAX: usize = 64 << 20;

/// Everything that is known, as it is kept in a small JSON file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    version: u32,
    /// Which program built the database from which files; what changed since is not in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub built_by: Option<String>,
    /// The sources, by name.
    #[serde(default)]
    pub sources: BTreeMap<String, SourceState>,
}

/// What is known of one source.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceState {
    /// Its files, by what they are: the path, or a name where paths change.
    #[serde(default)]
    pub files: BTreeMap<String, FileState>,
}

/// What is known of one file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileState {
    /// Where it lies in the mirror folder.
    pub path: String,
    /// Where it was fetched from, without a password.
    pub url: String,
    /// `ETag`, as it was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub etag: Option<String>,
    /// `Last-Modified`, as it was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_modified: Option<String>,
    /// Its length, by which a file that was touched is told.
    pub size_bytes: u64,
    /// How many records it holds, as its feed counts.
    #[serde(default)]
    pub records: u64,
}

/// Why a state cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// Longer than any real one.
    #[error("it is larger than {STATE_BYTES_MAX} bytes")]
    TooLarge,
    /// No JSON, or of another shape.
    #[error("it is not what it should be")]
    Json(#[source] serde_json::Error),
    /// Written by a program that does it differently.
    #[error("it has version {0}, and this program knows version {VERSION}")]
    Version(u32),
}

impl Default for State {
    fn default() -> Self {
        Self { version: VERSION, built_by: None, sources: BTreeMap::new() }
    }
}

impl State {
    /// Reads a state.
    pub fn parse(bytes: &[u8]) -> Result<Self, StateError> {
        if bytes.len() > STATE_BYTES_MAX {
            return Err(StateError::TooLarge);
        }
        let state: Self = serde_json::from_slice(bytes).map_err(StateError::Json)?;
        if state.version == VERSION { Ok(state) } else { Err(StateError::Version(state.version)) }
    }

    /// The state as it is kept: the same bytes for the same state.
    pub fn to_json(&self) -> Result<String, serde_json::Error> {
        let mut json = serde_json::to_string_pretty(self)?;
        json.push('\n');
        Ok(json)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_is_read_as_it_was_written() {
        let mut state = State::default();
        let file = FileState {
            path: "a/all.zip".to_owned(),
            url: "https://example.org/all.zip".to_owned(),
            etag: Some("\"1\"".to_owned()),
            size_bytes: 7,
            records: 3,
            ..FileState::default()
        };
        let files = [("all.zip".to_owned(), file)].into();
        state.sources.insert("a".to_owned(), SourceState { files });
        assert_eq!(State::parse(state.to_json().unwrap().as_bytes()).unwrap(), state);
    }

    #[test]
    fn what_cannot_be_read_is_said() {
        assert!(matches!(State::parse(b"{"), Err(StateError::Json(_))));
        assert!(matches!(State::parse(br#"{"version":2}"#), Err(StateError::Version(2))));
    }
}
