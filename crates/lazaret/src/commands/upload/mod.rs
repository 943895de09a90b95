//! `lazaret upload`: a saved report, to where people look for it. One file for each destination.

mod connection;
mod defectdojo;
mod dependency_track;
mod document;
mod github;
mod gitlab;
mod harbor;
mod http;
mod preview;
mod refusal;
mod s3;
mod secret;
mod signature;

use super::similar;
use crate::args::UploadCommand;
use crate::fail::{CommandError, Result};

/// Destinations there are, for slips of the finger.
const NOW: [&str; 7] =
    ["defectdojo", "dependency-track", "github", "gitlab", "harbor", "http", "s3"];

pub(super) fn run(command: UploadCommand) -> Result<u8> {
    match command {
        UploadCommand::Defectdojo(args) => defectdojo::run(&args),
        UploadCommand::Github(args) => github::run(&args),
        UploadCommand::Gitlab(args) => gitlab::run(&args),
        UploadCommand::DependencyTrack(args) => dependency_track::run(&args),
        UploadCommand::Harbor(args) => harbor::run(&args),
        UploadCommand::S3(args) => s3::run(&args),
        UploadCommand::Http(args) => http::run(&args),
        UploadCommand::Other(words) => {
            let word = words.first().map_or("", String::as_str);
            let error = CommandError::usage(format!("there is no destination `{word}`"));
            Err(match similar(word, &NOW) {
                Some(destination) => error.hint(format!("there is `lazaret upload {destination}`")),
                None => error.hint(format!("there are {}", NOW.join(", "))),
            })
        }
    }
}

/// Splits NAME=VALUE.
fn pair<'a>(text: &'a str, flag: &str) -> Result<(&'a str, &'a str)> {
    text.split_once('=').filter(|(name, _)| !name.is_empty()).ok_or_else(|| {
        // The value may be a secret that is out of place here.
        let name = text.split([':', ' ']).next().unwrap_or_default();
        CommandError::usage(format!("{flag} takes NAME=VALUE, and `{name}…` is none"))
    })
}

/// A part of a path, with everything escaped that is no letter, digit or one of `-._~`
/// (RFC 3986, section 2.3).
fn encoded(text: &str) -> String {
    use std::fmt::Write as _;
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _: std::fmt::Result = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_pair_is_not_repeated_whole() {
        assert_eq!(pair("a=b=c", "--field").unwrap(), ("a", "b=c"));
        for text in ["Authorization: Bearer s3cret", "x", "=v"] {
            let error = pair(text, "--header").unwrap_err().error.to_string();
            assert!(error.starts_with("--header takes NAME=VALUE"), "{error}");
            assert!(!error.contains("s3cret"), "{error}");
        }
    }

    #[test]
    fn parts_of_a_path_are_escaped() {
        assert_eq!(encoded("group/shop"), "group%2Fshop");
        assert_eq!(encoded("a b+c$é~"), "a%20b%2Bc%24%C3%A9~");
    }
}
