//! Checksums that tokens carry in themselves.
//!
//! GitHub's tokens of 2021 and npm's of the same year end in six characters that are the CRC-32 of
//! what lies between prefix and checksum, written in base 62 (GitHub's article "Behind GitHub's new
//! authentication token formats"). A right checksum proves that a machine made the token; a wrong
//! one proves little, for a token with a letter masked or a made-up one looks the same.

/// Digits of base 62 in the order GitHub uses.
const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// Length of a checksum: 62^6 is above 2^32.
const LEN: usize = 6;

/// Whether what follows the last `_` of a token ends in its own CRC-32.
pub(super) fn crc32_base62_holds(token: &[u8]) -> bool {
    let Some(underscore) = memchr::memrchr(b'_', token) else { return false };
    let body = token.get(underscore.saturating_add(1)..).unwrap_or_default();
    let Some((content, checksum)) =
        body.len().checked_sub(LEN).and_then(|at| body.split_at_checked(at))
    else {
        return false;
    };
    !content.is_empty() && base62(crc32(content)).as_slice() == checksum
}

/// CRC-32 as of IEEE 802.3, bit by bit: texts of a hundred bytes need no table.
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            if crc & 1 == 1 { (crc >> 1) ^ 0xEDB8_8320 } else { crc >> 1 }
        })
    })
}

fn base62(mut number: u32) -> [u8; LEN] {
    let mut text = [b'0'; LEN];
    for digit in text.iter_mut().rev() {
        let value = usize::try_from(number % 62).unwrap_or(0);
        *digit = DIGITS.get(value).copied().unwrap_or(b'0');
        number /= 62;
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crc32_has_the_check_value_of_its_definition() {
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
        assert_eq!(crc32(b""), 0);
    }

    #[test]
    fn a_token_that_github_published_holds() {
        // The example in discussions of the format: prefix, content, checksum.
        let token = ["ghp_", "zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ", "0mLq17"];
        assert!(crc32_base62_holds(token.concat().as_bytes()));
        let changed = ["ghp_", "zQWBuTSOoRi4A9spHcVY5ncnsDkxkK", "0mLq17"];
        assert!(!crc32_base62_holds(changed.concat().as_bytes()));
    }

    #[test]
    fn what_is_too_short_holds_not() {
        for text in ["", "_", "ghp_", "ghp_000000", "0mLq17"] {
            assert!(!crc32_base62_holds(text.as_bytes()), "{text}");
        }
    }
}
