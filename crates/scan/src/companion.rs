//! Pairs of files that are one thing, read together once all layers are known.

use crate::extract::run;
use crate::pipeline::ScanError;
use lazaret_core::extract::{FileInput, LayerFacts};
use lazaret_core::limits::Limits;
use lazaret_core::location::ImagePath;
use lazaret_core::problem::Problem;
use lazaret_image::{EntryHeader, EntryType, Source, Visit, Want};
use lazaret_inventory::{Pair, Selection, pairs};
use std::sync::Arc;

/// Reads the files of every pair, and puts what they say together in place of what each said alone.
/// Where that cannot be done, the problem of the first reading stays.
///
/// The layers of a pair are read once more. Nearly no image has one.
pub(crate) fn join(
    source: &Source,
    image: usize,
    facts: &mut [Arc<LayerFacts>],
    selection: &Selection,
    limits: &Limits,
) -> Result<(), ScanError> {
    for pair in pairs(facts, limits) {
        let Some(file) = capture(source, image, pair.layer, &pair.path)? else { continue };
        let beside = capture(source, image, pair.beside_layer, &pair.beside)?;
        let Some(beside) = beside else { continue };
        together(&pair, &file, &beside, facts, selection, limits);
    }
    Ok(())
}

fn together(
    pair: &Pair,
    file: &[u8],
    beside: &[u8],
    facts: &mut [Arc<LayerFacts>],
    selection: &Selection,
    limits: &Limits,
) {
    let wanted = |path: &str| selection.wants_owner(path);
    let input = FileInput { path: &pair.path, bytes: file };
    let (mut found, mut problems) = (Vec::new(), Vec::new());
    let id = pair.companion.extractor.id;
    let is_read = run(
        id,
        &|sink| (pair.companion.run)(&input, beside, sink),
        &pair.path,
        limits,
        &wanted,
        &mut found,
        &mut problems,
    );
    if !is_read {
        return;
    }
    if let Some(layer) = facts.get_mut(pair.beside_layer) {
        pair.settle(Arc::make_mut(layer));
    }
    if let Some(layer) = facts.get_mut(pair.whole_in()) {
        pair.put(Arc::make_mut(layer), found, problems);
    }
}

/// The bytes of one file of a layer, unless a limit forbids them.
fn capture(
    source: &Source,
    image: usize,
    layer: usize,
    path: &ImagePath,
) -> Result<Option<Vec<u8>>, ScanError> {
    let mut capture = Capture { path, bytes: None };
    source.walk(image, layer, &mut capture)?;
    Ok(capture.bytes)
}

struct Capture<'p> {
    path: &'p ImagePath,
    bytes: Option<Vec<u8>>,
}

impl Visit for Capture<'_> {
    fn entry(&mut self, header: &EntryHeader) -> Want {
        if header.path != *self.path {
            return Want::Skip;
        }
        // Of a path that comes again, the later entry is what gets unpacked.
        self.bytes = None;
        if header.kind == EntryType::File { Want::Body } else { Want::Skip }
    }

    fn body(&mut self, _: &EntryHeader, bytes: &[u8]) {
        self.bytes = Some(bytes.to_vec());
    }

    fn problem(&mut self, _: Problem) {
        // The first reading of the layer has said it.
    }
}
