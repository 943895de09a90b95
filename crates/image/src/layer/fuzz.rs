//! Doors for fuzzing and for measuring, past everything but the layer itself.

use super::{Budget, LayerBlob, WalkContext, walk_layer};
use crate::walk::{EntryHeader, LayerError, LayerSummary, Visit, Want};
use lazaret_core::limits::Limits;
use lazaret_core::problem::Problem;
use std::io::Read;

/// Walks any bytes as a layer, with small limits and a visitor that wants every body.
pub fn layer(bytes: &[u8]) {
    let limits = Limits {
        memory_bytes: 16 << 20,
        file_bytes_max: 1 << 20,
        layer_bytes_max: 32 << 20,
        ratio_free_bytes: 1 << 20,
        entries_max: 10_000,
        extended_header_bytes_max: 64 << 10,
        ..Limits::default()
    };
    let size = u64::try_from(bytes.len()).ok();
    // Whether it can be read is not the question here.
    drop(walk(Box::new(bytes), size, &limits, true, &mut All));
}

/// Walks one layer of unknown origin.
pub fn walk(
    reader: Box<dyn Read + Send + '_>,
    size: Option<u64>,
    limits: &Limits,
    verify_diff_id: bool,
    visitor: &mut dyn Visit,
) -> Result<LayerSummary, LayerError> {
    let name = "layer".to_owned();
    let budget = Budget::new(limits.memory_bytes);
    let blob = LayerBlob { name, reader, size, digest: None, diff_id: None };
    let context = WalkContext { limits, budget: &budget, progress: None, verify_diff_id };
    walk_layer(blob, &context, visitor)
}

/// Wants everything and keeps nothing.
struct All;

impl Visit for All {
    fn entry(&mut self, _header: &EntryHeader) -> Want {
        Want::Body
    }

    fn body(&mut self, header: &EntryHeader, bytes: &[u8]) {
        assert_eq!(u64::try_from(bytes.len()), Ok(header.size_bytes), "a body has its size");
    }

    fn problem(&mut self, _problem: Problem) {}
}
