//! Bills of materials in attestations: an in-toto statement
//! (<https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md>), mostly in an envelope
//! (<https://github.com/secure-systems-lab/dsse/blob/master/envelope.md>) that may be in a bundle of
//! Sigstore.
//!
//! Nobody checks a signature here: whoever can put a file into an image can as well put the packages
//! there.

use super::bom::Bom;
use super::component::Take;
use super::document::{self, Document, filled};
use super::{GIVES, spdx_text};
use crate::lang::json::entries;
use base64::Engine as _;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use lazaret_core::extract::{Extractor, FileInput, ParseError, Select, Sink};
use serde_json::value::RawValue;

/// Attestations.
pub(crate) static ATTESTATION: Extractor = Extractor {
    id: "sbom/attestation",
    version: 1,
    title: "Bills of materials in attestations",
    spec: "https://github.com/in-toto/attestation",
    selects: &[
        Select::Suffix(".att.json"),
        Select::Suffix(".dsse.json"),
        Select::Suffix(".intoto.json"),
        Select::Suffix(".intoto.jsonl"),
        Select::Suffix(".sigstore.json"),
    ],
    gives: GIVES,
    run,
};

/// Attestations in one file, one to a line.
const LINES_MAX: usize = 1_000;

fn run(input: &FileInput<'_>, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    let text = document::text(input.bytes)?;
    if input.path.name().strip_suffix(".jsonl").is_none() {
        // An attestation of something else is none of ours.
        return document(text, sink);
    }
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    for (count, (at, line)) in lines.enumerate() {
        if count >= LINES_MAX {
            sink.limit(format!("attestations beyond the first {LINES_MAX} were left out"));
            break;
        }
        if let Err(error) = document(line, sink) {
            let line = u32::try_from(at.saturating_add(1)).ok();
            return Err(ParseError { line, ..error });
        }
    }
    Ok(())
}

fn document(text: &str, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    let mut bom = Bom::new(sink);
    document::read(text, &mut bom)?;
    bom.finish(sink);
    Ok(())
}

/// Reads what is in a document that is no bill of materials itself; whether there is one.
pub(super) fn read(document: &Document<'_>, take: &mut dyn Take) -> Result<bool, ParseError> {
    if let Some(envelope) = document.envelope {
        let envelope = Document::parse(envelope.get())?;
        return payload(&envelope, take);
    }
    if document.payload.is_some() {
        return payload(document, take);
    }
    statement(document, take)
}

fn payload(envelope: &Document<'_>, take: &mut dyn Take) -> Result<bool, ParseError> {
    let Some(payload) = envelope.payload.and_then(filled) else { return Ok(false) };
    let broken = |what: &str| ParseError::new(format!("the payload of the attestation {what}"));
    let bytes = decode(&payload).ok_or_else(|| broken("is not base64"))?;
    let text = std::str::from_utf8(&bytes).map_err(|_| broken("is not UTF-8"))?;
    statement(&Document::parse(text)?, take)
}

fn statement(statement: &Document<'_>, take: &mut dyn Take) -> Result<bool, ParseError> {
    let Some(predicate) = statement.predicate else { return Ok(false) };
    if let Some(text) = filled(predicate) {
        return predicate_text(&text, take);
    }
    let mut wrapped: Option<&RawValue> = None;
    entries(predicate, |key, value| {
        if key == "Data" {
            wrapped = Some(value);
        }
    });
    // Cosign puts what it does not know, and once all documents, into a field of its own.
    match wrapped {
        None => Ok(Document::parse(predicate.get())?.read(take)),
        Some(data) => match filled(data) {
            Some(text) => predicate_text(&text, take),
            None => Ok(Document::parse(data.get())?.read(take)),
        },
    }
}

/// A document as a text in a statement.
fn predicate_text(text: &str, take: &mut dyn Take) -> Result<bool, ParseError> {
    if text.trim_start().starts_with('{') {
        return Ok(Document::parse(text)?.read(take));
    }
    Ok(spdx_text::read(text, take))
}

/// Bytes of either alphabet, padded or not, on one line or several.
fn decode(text: &str) -> Option<Vec<u8>> {
    let text: String = text.split_ascii_whitespace().collect();
    let alphabet = if text.contains(['-', '_']) { URL_SAFE } else { STANDARD };
    let config = GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true);
    GeneralPurpose::new(&alphabet, config).decode(text).ok()
}
