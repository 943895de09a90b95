//! Compressed parts of files: the formats package managers and the kernel compress with.

use lazaret_core::extract::ParseError;
use std::io::Read;

/// Most memory an xz stream may ask for, in KiB: `xz -9` needs 65 MiB to be read.
const XZ_KIB_MAX: u32 = 80 << 10;

/// Largest window a zstd frame may ask for, as a power of two: 128 MiB, which `zstd` itself takes.
const ZSTD_WINDOW_LOG_MAX: u32 = 27;

/// A stream of the uncompressed bytes, by the magic they begin with; the bytes themselves if they
/// are not compressed in a known way.
pub(super) fn inflated(bytes: &[u8]) -> Result<Box<dyn Read + '_>, ParseError> {
    let broken = |_| ParseError::new("the compressed part is damaged");
    Ok(match bytes {
        [0x1f, 0x8b, ..] => Box::new(flate2::bufread::MultiGzDecoder::new(bytes)),
        [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => {
            Box::new(lzma_rust2::XzReader::new_mem_limit(bytes, true, XZ_KIB_MAX))
        }
        [0x28, 0xb5, 0x2f, 0xfd, ..] => {
            let mut decoder = zstd::stream::read::Decoder::with_buffer(bytes).map_err(broken)?;
            decoder.window_log_max(ZSTD_WINDOW_LOG_MAX).map_err(broken)?;
            Box::new(decoder)
        }
        _ => Box::new(bytes),
    })
}

/// All of the uncompressed bytes, if they are no more than that many.
pub(super) fn inflate(bytes: &[u8], bytes_max: u64) -> Result<Vec<u8>, ParseError> {
    let mut whole = Vec::new();
    inflated(bytes)?
        .take(bytes_max.saturating_add(1))
        .read_to_end(&mut whole)
        .map_err(|_| ParseError::new("the compressed part is damaged"))?;
    if u64::try_from(whole.len()).is_ok_and(|length| length <= bytes_max) {
        Ok(whole)
    } else {
        Err(ParseError::new(format!("the compressed part holds more than {bytes_max} bytes")))
    }
}
