//! Safetensors: the length of a header in eight bytes, the header as JSON, then weights.

use super::Model;
use crate::lang::json::{Json, entries, string};
use lazaret_core::extract::{Extractor, FileInput, Gives, ParseError, Select, Sink};

/// Models in Safetensors files. Beside the path little tells which model it is; what tools write
/// into the metadata follows the model metadata standard of Stability AI, if any.
pub(crate) static SAFETENSORS: Extractor = Extractor {
    id: "model/safetensors",
    version: 1,
    title: "Machine-learning models (Safetensors)",
    spec: "https://huggingface.co/docs/safetensors/index#format",
    selects: &[Select::Beginning(".safetensors")],
    gives: Gives { licenses: true, source: false, ownership: false, dev: false, lines: false },
    run,
};

/// Longest header the format allows, in bytes.
const HEADER_BYTES_MAX: u64 = 100_000_000;

fn run(input: &FileInput<'_>, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    if input.bytes.is_empty() {
        return Ok(());
    }
    let (len, rest) =
        input.bytes.split_first_chunk::<8>().ok_or_else(|| ParseError::new(NOT_ONE))?;
    let len = u64::from_le_bytes(*len);
    if len > HEADER_BYTES_MAX || !rest.starts_with(b"{") {
        return Err(ParseError::new(NOT_ONE));
    }
    let mut model = Model::default();
    let whole = usize::try_from(len).ok().and_then(|len| rest.get(..len));
    let read = Json::new(whole.unwrap_or_default());
    if let (Some(_), Ok(json)) = (whole, read) {
        json.entries(|key, value| {
            if key != "__metadata__" {
                return;
            }
            entries(value, |key, value| match key {
                "modelspec.title" => model.name = string(value),
                "modelspec.license" => model.license = string(value),
                "modelspec.author" => model.maker = string(value),
                _ => {}
            });
        })?;
    }
    sink.package(model.package(input.path));
    Ok(())
}

const NOT_ONE: &str = "the file does not begin with the header of Safetensors";
