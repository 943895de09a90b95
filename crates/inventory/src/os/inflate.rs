//! Compressed parts of files: the formats package managers and the kernel compress with.

use lazaret_core::extract::ParseError;
use std::io::Read;

/// Most memory an xz stream may ask for, in KiB: `xz -9` needs 65 MiB to be read.
const XZ_KIB_MAX: u32 = 80 << 10;

/// Largest window a zstd frame may ask for, as a power of two: 32 MiB. `zstd -19`, which packages are
/// compressed with, needs 8 MiB.
const ZSTD_WINDOW_LOG_MAX: u32 = 25;

/// How many times larger a part may become, and what it may become however small it is, in bytes.
/// Lists of files shrink to a thirtieth, and kernels to a fifth. There may be many small files in an
/// image, so that each must not cost much more than it is worth.
const GROWTH_MAX: u64 = 100;
const FREE_BYTES: u64 = 1 << 20;

/// A stream of the uncompressed bytes, by the magic they begin with; the bytes themselves if they
/// are not compressed in a known way. It ends where the bytes have grown too much.
pub(super) fn inflated(bytes: &[u8]) -> Result<Box<dyn Read + '_>, ParseError> {
    Ok(Box::new(decoder(bytes)?.take(room(bytes))))
}

/// How many bytes these may become.
fn room(bytes: &[u8]) -> u64 {
    let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    length.saturating_mul(GROWTH_MAX).saturating_add(FREE_BYTES)
}

fn decoder(bytes: &[u8]) -> Result<Box<dyn Read + '_>, ParseError> {
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
    let bytes_max = bytes_max.min(room(bytes));
    let mut whole = Vec::new();
    decoder(bytes)?
        .take(bytes_max.saturating_add(1))
        .read_to_end(&mut whole)
        .map_err(|_| ParseError::new("the compressed part is damaged"))?;
    if u64::try_from(whole.len()).is_ok_and(|length| length <= bytes_max) {
        Ok(whole)
    } else {
        Err(ParseError::new(format!("the compressed part holds more than {bytes_max} bytes")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_grows_too_much_is_not_read() {
        let bomb = zstd::encode_all(&*vec![0; 8 << 20], 3).unwrap();
        assert!(bomb.len() < 10_000);
        let error = inflate(&bomb, 64 << 20).unwrap_err();
        assert!(error.message.contains("holds more than"), "{}", error.message);
        let mut start = Vec::new();
        inflated(&bomb).unwrap().read_to_end(&mut start).unwrap();
        assert!(start.len() < 3 << 20, "{}", start.len());
        assert_eq!(inflate(b"as it is", 8).unwrap(), b"as it is");
        assert!(inflate(b"as it is", 7).is_err());
    }
}
