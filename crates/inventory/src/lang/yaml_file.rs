//! YAML files, read as typed values.

use super::declared::document;
use lazaret_core::extract::ParseError;
use serde::de::DeserializeOwned;
use serde_saphyr::Options;

/// Events of one file: the lock file of a large monorepo has some 500,000 scalars, maps and ends.
const EVENTS_MAX: usize = 4_000_000;

/// Nesting of maps and lists; no format that is read here needs more than eight.
const DEPTH_MAX: usize = 32;

/// The value of a YAML file. `what` says what it was to be, for the message if it is not.
pub(crate) fn parse<T: DeserializeOwned>(bytes: &[u8], what: &str) -> Result<T, ParseError> {
    serde_saphyr::from_str_with_options(document(bytes)?, options())
        .map_err(|error| broken(&error, what))
}

/// The values of all documents of a YAML file.
pub(crate) fn parse_all<T: DeserializeOwned>(
    bytes: &[u8],
    what: &str,
) -> Result<Vec<T>, ParseError> {
    serde_saphyr::from_multiple_with_options(document(bytes)?, options())
        .map_err(|error| broken(&error, what))
}

fn broken(error: &serde_saphyr::Error, what: &str) -> ParseError {
    let line = error.location().and_then(|location| u32::try_from(location.line()).ok());
    ParseError { message: format!("the YAML is broken, or is no {what}"), line }
}

fn options() -> Options {
    serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_events: EVENTS_MAX,
            max_nodes: EVENTS_MAX,
            max_depth: DEPTH_MAX,
        },
        with_snippet: false,
    }
}
