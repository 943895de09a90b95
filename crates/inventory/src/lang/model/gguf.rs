//! GGUF, the format of llama.cpp: a header, pairs of keys and values, then weights. Numbers are
//! little-endian. Version 1 counted with 32 bits, later ones count with 64.

use super::Model;
use lazaret_core::extract::{
    BEGINNING_BYTES, Extractor, FileInput, Gives, ParseError, Select, Sink,
};

/// Models in GGUF files.
pub(crate) static GGUF: Extractor = Extractor {
    id: "model/gguf",
    version: 1,
    title: "Machine-learning models (GGUF)",
    spec: "https://github.com/ggml-org/ggml/blob/master/docs/gguf.md",
    selects: &[Select::Beginning(".gguf")],
    gives: Gives { licenses: true, source: false, ownership: false, dev: false, lines: false },
    run,
};

/// Pairs that are looked at. Models have some forty.
const PAIRS_MAX: u64 = 10_000;

/// Types of values.
const STRING: u32 = 8;
const ARRAY: u32 = 9;

fn run(input: &FileInput<'_>, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    if input.bytes.is_empty() {
        return Ok(());
    }
    let magic = input.bytes.strip_prefix(b"GGUF");
    let rest = magic.ok_or_else(|| ParseError::new("the file does not begin with `GGUF`"))?;
    let mut reader = Reader { rest, is_64: true };
    let mut model = Model::default();
    let outcome = reader.pairs(&mut model);
    // What is said of the model itself comes first; the rest may lie behind what was read.
    let is_whole = u64::try_from(input.bytes.len()).is_ok_and(|len| len < BEGINNING_BYTES);
    if outcome.is_none() && is_whole {
        return Err(ParseError::new("the header of the model breaks off, or is malformed"));
    }
    sink.package(model.package(input.path));
    Ok(())
}

struct Reader<'a> {
    rest: &'a [u8],
    is_64: bool,
}

impl<'a> Reader<'a> {
    /// Reads every pair; nothing if the bytes end before.
    fn pairs(&mut self, model: &mut Model) -> Option<()> {
        self.is_64 = self.number(4)? > 1;
        self.count()?;
        let pairs = self.count()?;
        for _ in 0..pairs.min(PAIRS_MAX) {
            let key = self.string()?;
            let kind = u32::try_from(self.number(4)?).ok()?;
            if kind != STRING {
                self.pass_over(kind)?;
                continue;
            }
            let value = String::from_utf8_lossy(self.string()?).into_owned();
            match key {
                b"general.name" => model.name = Some(value),
                b"general.version" => model.version = Some(value),
                b"general.license" => model.license = Some(value),
                b"general.organization" => model.maker = Some(value),
                _ => {}
            }
        }
        Some(())
    }

    /// Passes over a value. Arrays of arrays are not in use.
    fn pass_over(&mut self, kind: u32) -> Option<()> {
        if kind != ARRAY {
            return self.take(size_of_value(kind)?).map(drop);
        }
        let kind = u32::try_from(self.number(4)?).ok()?;
        let count = self.count()?;
        if kind != STRING {
            let size = u64::try_from(size_of_value(kind)?).ok()?;
            return self.take(usize::try_from(count.checked_mul(size)?).ok()?).map(drop);
        }
        // Each takes bytes, so that the count alone makes no work.
        for _ in 0..count {
            self.string()?;
        }
        Some(())
    }

    fn string(&mut self) -> Option<&'a [u8]> {
        let len = self.count()?;
        self.take(usize::try_from(len).ok()?)
    }

    fn count(&mut self) -> Option<u64> {
        self.number(if self.is_64 { 8 } else { 4 })
    }

    fn number(&mut self, bytes: usize) -> Option<u64> {
        let mut number = [0; 8];
        number.get_mut(..bytes)?.copy_from_slice(self.take(bytes)?);
        Some(u64::from_le_bytes(number))
    }

    fn take(&mut self, bytes: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(bytes)?;
        self.rest = rest;
        Some(taken)
    }
}

/// The bytes of a number or a truth value.
const fn size_of_value(kind: u32) -> Option<usize> {
    match kind {
        0 | 1 | 7 => Some(1),
        2 | 3 => Some(2),
        4..=6 => Some(4),
        10..=12 => Some(8),
        _ => None,
    }
}
