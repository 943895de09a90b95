//! TOML files, read as typed values with their lines.

use super::declared::document;
use super::places::Places;
use lazaret_core::extract::ParseError;
use serde::de::DeserializeOwned;

/// The values of a TOML file, and where they are. The parser bounds the depth of tables at 80.
pub(crate) fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<(T, Places<'_>), ParseError> {
    let text = document(bytes)?;
    let places = Places::new(text.as_bytes());
    let value = ::toml::from_str(text).map_err(|error| ParseError {
        message: format!("the TOML is broken: {}", error.message()),
        line: error.span().and_then(|span| places.line(span.start)),
    })?;
    Ok((value, places))
}
