//! Reading JSON that upstream wrote and a network may have spoiled.

use super::FeedError;
use serde::Deserialize;
use std::borrow::Cow;

/// A string of the input, borrowed where it has no escapes, also inside lists and maps.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
#[serde(transparent)]
pub(super) struct Text<'a>(#[serde(borrow)] pub(super) Cow<'a, str>);

impl Text<'_> {
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

/// Refuses what is no data at all, with a reason a person can act on.
pub(super) fn expect_data(bytes: &[u8], what: &'static str) -> Result<(), FeedError> {
    match bytes.iter().find(|byte| !byte.is_ascii_whitespace()) {
        None => Err(FeedError::Empty),
        Some(b'<') => Err(FeedError::WebPage(what)),
        Some(_) => Ok(()),
    }
}

/// Parses a whole document.
pub(super) fn parse<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> Result<T, FeedError> {
    expect_data(bytes, "JSON")?;
    serde_json::from_slice(bytes)
        .map_err(|error| if error.is_eof() { FeedError::CutOff } else { FeedError::Json(error) })
}
