//! The texts in compiled Python.
//!
//! A `.pyc` file is a header of 8 to 16 bytes and a value in the format of Python's `marshal`
//! module. What a program says in quotes is in there as it is, so a source file that was deleted
//! after compilation still gives its secrets away. The layout of code objects changes with every
//! release; that of texts has not since Python 3.4. So this looks for texts wherever they are.

/// Shortest text that is kept: no token is shorter.
const TEXT_BYTES_MIN: usize = 8;

/// Whether a file is compiled Python: every magic number ends in a carriage return and a line feed
/// (CPython's `Lib/importlib/_bootstrap_external.py`).
pub(super) fn is_compiled(bytes: &[u8]) -> bool {
    bytes.len() > 16 && bytes.get(2..4) == Some(b"\r\n")
}

/// Every text in the file, one a line.
///
/// In `marshal`, a text is a letter for its type (with the highest bit set where it is referred to
/// again), its length in one or four bytes, and its bytes.
pub(super) fn texts(bytes: &[u8]) -> Vec<u8> {
    let mut texts = Vec::new();
    let mut rest = bytes.get(8..).unwrap_or_default();
    while let Some((kind, after)) = rest.split_first() {
        rest = match text_of(*kind, after) {
            Some((text, after)) => {
                texts.extend_from_slice(text);
                texts.push(b'\n');
                after
            }
            None => after,
        };
    }
    texts
}

fn text_of(kind: u8, after: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, after) = match kind & 0x7f {
        b's' | b't' | b'u' | b'a' | b'A' => {
            let (length, after) = after.split_first_chunk::<4>()?;
            (usize::try_from(u32::from_le_bytes(*length)).ok()?, after)
        }
        b'z' | b'Z' => {
            let (length, after) = after.split_first()?;
            (usize::from(*length), after)
        }
        _ => return None,
    };
    let (text, after) = after.split_at_checked(length)?;
    let is_text = length >= TEXT_BYTES_MIN
        && text.iter().all(|b| *b >= b' ' || matches!(b, b'\n' | b'\r' | b'\t'))
        && std::str::from_utf8(text).is_ok();
    is_text.then_some((text, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_found_in_what_python_wrote() {
        // python3.11 -c "import marshal, sys; ..." of `KEY = 'abcdefghijkl'`, header of 16 bytes.
        let mut file = b"\xa7\x0d\r\n\0\0\0\0\0\0\0\0\0\0\0\0".to_vec();
        file.extend(
            b"\xe3\0\0\0\0\0\0\0\0\0\0\0\0\x01\0\0\0\0\0\0\0\xf3\x08\0\0\0\x97\0d\0Z\0d\x01S\0",
        );
        file.extend(b")\x02\xda\x0cabcdefghijklN)\x01\xda\x03KEY\xa9\0r\x04\0\0\0\xfa\x04a.py");
        assert!(is_compiled(&file));
        let texts = texts(&file);
        assert!(texts.windows(13).any(|w| w == b"abcdefghijkl\n"), "{}", texts.escape_ascii());
    }

    #[test]
    fn lengths_that_lie_are_passed_over() {
        assert_eq!(texts(b"--------\xf5\xff\xff\xff\xffabc"), b"");
        assert_eq!(texts(b"--------Z"), b"");
    }
}
