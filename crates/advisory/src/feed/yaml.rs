//! Reading YAML that upstream wrote and a network may have spoiled.

use serde::de::DeserializeOwned;
use serde_saphyr::Options;

/// Scalars, maps and ends of one document. The largest real one, a statement about some thousand
/// versions, has 20,000.
const EVENTS_MAX: usize = 1_000_000;

/// Nesting of maps and lists; no feed needs more than six.
const DEPTH_MAX: usize = 32;

/// Why a document cannot be read.
#[derive(Debug, thiserror::Error)]
pub(super) enum YamlError {
    #[error("the text is not UTF-8")]
    Encoding,
    #[error("the document is not the YAML this feed has: {0}")]
    Shape(String),
}

/// Parses a whole document. What is unknown is passed over.
pub(super) fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, YamlError> {
    let text = std::str::from_utf8(bytes).map_err(|_| YamlError::Encoding)?;
    serde_saphyr::from_str_with_options(text, options())
        .map_err(|error| YamlError::Shape(one_line(&error.to_string())))
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

/// The first line of a message, of a bearable length.
fn one_line(message: &str) -> String {
    message.lines().next().unwrap_or_default().chars().take(200).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;
    use std::collections::BTreeMap;

    #[derive(Debug, PartialEq, Deserialize)]
    struct Sample {
        text: String,
        #[serde(default)]
        number: Option<String>,
        #[serde(default)]
        none: Option<String>,
        #[serde(default)]
        by_number: BTreeMap<String, Vec<String>>,
    }

    #[test]
    fn scalars_are_read_as_texts_whatever_they_look_like() {
        let read: Sample = parse(
            b"text: 2023-50725\nnumber: 78116\nnone: ~\nunknown: [1]\nby_number:\n  7: ['<7.1']\n  8.10: []\n",
        )
        .unwrap();
        let by_number =
            [("7".to_owned(), vec!["<7.1".to_owned()]), ("8.10".to_owned(), Vec::new())];
        assert_eq!(
            read,
            Sample {
                text: "2023-50725".into(),
                number: Some("78116".into()),
                none: None,
                by_number: by_number.into(),
            }
        );
    }

    #[test]
    fn what_is_no_document_of_the_feed_is_refused() {
        for bytes in [&b""[..], b"<html>", b"- 1\n- 2\n", b"text: [", b"\xff\xfe"] {
            assert!(parse::<Sample>(bytes).is_err(), "{bytes:?}");
        }
        let deep = [b"text: a\nunknown: ".to_vec(), vec![b'['; 100_000]].concat();
        assert!(parse::<Sample>(&deep).is_err());
        // Aliases that would unfold to a billion texts.
        let bomb = b"a: &a [x,x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d,*d]\nf: &f [*e,*e,*e,*e,*e,*e,*e,*e,*e,*e]\ntext: x\nby_number: {x: [*f,*f,*f,*f,*f,*f,*f,*f,*f,*f]}\n";
        assert!(parse::<Sample>(bomb).is_err());
    }
}
