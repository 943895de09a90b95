//! Small layers: read whole and inflated whole, into buffers that are used again. The archive is
//! then one slice, and no body in it is copied.

use super::budget::Reservation;
use super::stored::Stored;
use lazaret_core::limits::Limits;
use libdeflater::Decompressor;
use memchr::memmem;

/// The largest stored layer that is read whole. Larger ones are inflated while they are read, so
/// that the two overlap and memory stays small.
const STORED_MAX: u64 = 16 << 20;
/// The largest archive that is inflated whole; four times [`STORED_MAX`], as layers compress.
const ARCHIVE_MAX: u64 = 64 << 20;
/// The least that deflate needs for a byte: 258 bytes in two bits. A layer that says more is
/// mistaken.
const RATIO_MAX: u64 = 1_032;

/// A whole uncompressed archive, in a buffer that may be longer.
pub(super) struct Whole {
    pub(super) buffer: Vec<u8>,
    pub(super) len: usize,
}

/// Inflates a gzip layer in one step if it is small, sound, and a single member.
///
/// Otherwise nothing of `stored` is consumed, and streaming shows what can be seen of the layer
/// and what is wrong with it.
pub(super) fn inflate(
    stored: &mut Stored<'_>,
    size: Option<u64>,
    limits: &Limits,
    reservation: &mut Reservation<'_>,
) -> Option<Whole> {
    let size = size.filter(|size| *size <= STORED_MAX.min(limits.layer_bytes_max))?;
    // One more byte, to see that nothing follows.
    let stored_len = usize::try_from(size).ok()?.checked_add(1)?.max(stored.unread().len());
    if !stored.preload(reservation.try_lend(stored_len)?).ok()? {
        return None;
    }
    let (_, trailer) = stored.unread().split_last_chunk::<4>()?;
    // The last field of a gzip stream: how long its last member is.
    let archive_bytes = u64::from(u32::from_le_bytes(*trailer));
    let max = ARCHIVE_MAX.min(limits.layer_bytes_max).min(stored.total().saturating_mul(RATIO_MAX));
    let ratio = archive_bytes / stored.total().max(1);
    let is_bounded = archive_bytes <= limits.ratio_free_bytes || ratio <= limits.ratio_max;
    if archive_bytes > max || !is_bounded {
        return None;
    }
    let archive_len = usize::try_from(archive_bytes).ok()?;
    let mut buffer = reservation.try_lend(archive_len)?;
    let out = buffer.get_mut(..archive_len)?;
    let inflated = Decompressor::new().gzip_decompress(stored.unread(), out);
    if inflated != Ok(archive_len) || has_second_member(stored.unread(), *trailer) {
        reservation.give_back(buffer);
        return None;
    }
    Some(Whole { buffer, len: archive_len })
}

/// Whether another member may follow the first, whose length ends it.
///
/// libdeflate reads one member and does not say where it ended. It ended with its length, and a
/// member starts with its magic, so one that is not hidden by other bytes shows itself like this.
fn has_second_member(stored: &[u8], length: [u8; 4]) -> bool {
    let [a, b, c, d] = length;
    memmem::find(stored, &[a, b, c, d, 0x1f, 0x8b]).is_some()
}
