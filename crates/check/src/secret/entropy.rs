//! How mixed a text is.

/// Shannon entropy of the bytes, in bits per byte: 0 for one repeated byte, up to 8.
///
/// A short text cannot reach much: of `n` bytes the most is `log2(n)`.
pub(super) fn bits(text: &[u8]) -> f64 {
    let mut counts = [0u32; 256];
    for byte in text {
        if let Some(count) = counts.get_mut(usize::from(*byte)) {
            *count = count.saturating_add(1);
        }
    }
    let Ok(len) = u32::try_from(text.len()) else { return 8.0 };
    let len = f64::from(len.max(1));
    counts
        .iter()
        .filter(|count| **count > 0)
        .map(|count| f64::from(*count) / len)
        .map(|share| -share * share.log2())
        .sum()
}

/// How many different bytes there are.
pub(super) fn distinct(text: &[u8]) -> usize {
    let mut seen = [false; 256];
    for byte in text {
        if let Some(seen) = seen.get_mut(usize::from(*byte)) {
            *seen = true;
        }
    }
    seen.iter().filter(|seen| **seen).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entropy_is_shannons() {
        for (text, expected) in [
            ("", 0.0),
            ("aaaa", 0.0),
            ("ab", 1.0),
            ("aabb", 1.0),
            ("abcd", 2.0),
            ("aaab", 0.811_278),
        ] {
            assert!((bits(text.as_bytes()) - expected).abs() < 1e-5, "{text}");
        }
        let all: Vec<u8> = (0..=255).collect();
        assert!((bits(&all) - 8.0).abs() < 1e-9);
    }

    #[test]
    fn distinct_bytes_are_counted() {
        assert_eq!(distinct(b""), 0);
        assert_eq!(distinct(b"abcabc"), 3);
    }
}
