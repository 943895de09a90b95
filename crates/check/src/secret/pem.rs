//! Private keys in PEM, as they stand in files, in JSON strings and in source code.

use super::verify::decode;
use std::ops::Range;

/// Bytes from header to footer: the key of an RSA pair of 16,384 bits takes 13 KB, and OpenPGP keys
/// with many subkeys twice that.
const BLOCK_BYTES_MAX: usize = 64 << 10;

/// Least bytes of a key: an Ed25519 key in PKCS #8 has 48, of which the program that wrote it may
/// have left out nothing.
const KEY_BYTES_MIN: usize = 32;

/// A block with a key in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Key {
    /// From the header to the footer.
    pub(super) at: Range<usize>,
    /// Whether a password is needed.
    pub(super) is_encrypted: bool,
}

/// Reads the block whose header is at `header`; nothing where no key follows: a bare header, a
/// picture of one, or a body that is not what the header says.
pub(super) fn read(text: &[u8], header: Range<usize>) -> Option<Key> {
    let title = text.get(header.clone())?;
    let rest = text.get(header.end..)?;
    let rest = rest.get(..BLOCK_BYTES_MAX.min(rest.len()))?;
    // The next dashes must be the footer's: a file of headers is looked through once.
    let footer = find(rest, b"-----")?;
    if !rest.get(footer..)?.starts_with(b"-----END") {
        return None;
    }
    let block = rest.get(..footer)?;
    let (body, has_cipher) = body(block);
    let bytes = decode(&body).or_else(|| {
        // OpenPGP ends with `=` and four digits of a checksum, which is no padding.
        let end = body.iter().rposition(|byte| *byte == b'=')?;
        decode(body.get(..end)?)
    })?;
    if bytes.len() < KEY_BYTES_MIN {
        return None;
    }
    let is_titled = |word: &[u8]| find(title, word).is_some();
    let is_encrypted = if is_titled(b"PGP") {
        // RFC 4880, 4.2 and 4.3: a packet whose tag is 5, of the old or the new form.
        match bytes.first()? {
            0x94..=0x97 | 0xC5 => {}
            _ => return None,
        }
        is_pgp_encrypted(&bytes)
    } else if is_titled(b"OPENSSH") {
        is_openssh_encrypted(&bytes)?
    } else if has_cipher {
        true
    } else {
        // DER: everything else is a sequence.
        if bytes.first() != Some(&0x30) {
            return None;
        }
        is_titled(b"ENCRYPTED")
    };
    let end = header.end.saturating_add(footer).saturating_add(b"-----END".len());
    let line = text.get(end..).unwrap_or_default();
    let tail = find(line.get(..line.len().min(64)).unwrap_or_default(), b"-----");
    let end = end.saturating_add(tail.map_or(0, |at| at.saturating_add(5)));
    Some(Key { at: header.start..end, is_encrypted })
}

/// The letters of base 64 in a block, and whether a header says that it is encrypted.
///
/// Line feeds may be written `\n`, lines quoted, joined with `+` and begun with blanks, `#` or `*`.
fn body(block: &[u8]) -> (Vec<u8>, bool) {
    let mut letters = Vec::with_capacity(block.len());
    let mut has_cipher = false;
    let mut lines = block.split(|byte| *byte == b'\n');
    for line in &mut lines {
        for piece in split_escapes(line) {
            let piece = trim(piece);
            if piece.contains(&b':') {
                has_cipher |= find(piece, b"ENCRYPTED").is_some();
                continue;
            }
            // A line of anything else is no part of a key.
            if piece.iter().all(|byte| byte.is_ascii_alphanumeric() || b"+/=".contains(byte)) {
                letters.extend_from_slice(piece);
            }
        }
    }
    (letters, has_cipher)
}

/// The pieces between `\n` and `\r` that are written with a backslash, or two.
fn split_escapes(line: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = Some(line);
    std::iter::from_fn(move || {
        let now = rest?;
        let at = now.windows(2).position(|pair| matches!(pair, [b'\\', b'n' | b'r']));
        let Some(at) = at else {
            rest = None;
            return Some(now);
        };
        rest = now.get(at.saturating_add(2)..);
        now.get(..at)
    })
}

/// A line without what source code puts around it.
fn trim(line: &[u8]) -> &[u8] {
    const WRAPPING: &[u8] = b" \t\r\"'`\\,;#*>|";
    // `"…" +` in source code; a plus within quotes is a letter of base 64 and stays.
    let line = line.trim_ascii();
    let joined = line.strip_suffix(b"+").map(<[u8]>::trim_ascii_end);
    let line = joined.filter(|rest| matches!(rest.last(), Some(b'"' | b'\''))).unwrap_or(line);
    let start = line.iter().position(|byte| !WRAPPING.contains(byte)).unwrap_or(line.len());
    let end = line.iter().rposition(|byte| !WRAPPING.contains(byte));
    line.get(start..end.map_or(start, |at| at.saturating_add(1))).unwrap_or_default()
}

/// Whether an OpenSSH key has a cipher (OpenSSH's `PROTOCOL.key`: a magic, then the cipher's name);
/// nothing where it is none.
fn is_openssh_encrypted(bytes: &[u8]) -> Option<bool> {
    let rest = bytes.strip_prefix(b"openssh-key-v1\0")?;
    let (length, rest) = rest.split_first_chunk::<4>()?;
    let cipher = rest.get(..usize::try_from(u32::from_be_bytes(*length)).ok()?)?;
    Some(cipher != b"none")
}

/// Whether the secret half of an OpenPGP key is encrypted. After the public half, whose length only
/// its algorithm knows, comes 0 where it is not, and 254 or 255 with a cipher, a hash and the way a
/// password becomes a key (RFC 4880, 5.5.3 and 3.7.1).
fn is_pgp_encrypted(bytes: &[u8]) -> bool {
    bytes.windows(4).any(|at| matches!(at, [254 | 255, 1..=13, 0 | 1 | 3, 1 | 2 | 3 | 8..=14]))
}

fn find(text: &[u8], word: &[u8]) -> Option<usize> {
    memchr::memmem::find(text, word)
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine as _;
    use base64::prelude::BASE64_STANDARD;

    fn block(title: &str, bytes: &[u8], feed: &str) -> String {
        let body = BASE64_STANDARD.encode(bytes);
        let lines: Vec<&str> =
            body.as_bytes().chunks(64).map(|l| std::str::from_utf8(l).unwrap()).collect();
        format!(
            "-----BEGIN {title}-----{feed}{}{feed}-----END {title}-----{feed}",
            lines.join(feed)
        )
    }

    fn read_all(text: &str) -> Option<Key> {
        let end = text.find("KEY").unwrap() + 8;
        read(text.as_bytes(), 0..end)
    }

    fn der() -> Vec<u8> {
        let mut bytes = vec![0x30, 0x82, 0x01, 0x00];
        bytes.extend((0..=255u8).map(|n| n.wrapping_mul(37)));
        bytes
    }

    #[test]
    fn keys_are_read_however_their_lines_are_joined() {
        for feed in ["\n", "\r\n", "\\n", "\\\\n", "\n    ", "\\n\" +\n \"", "\n# "] {
            let text = block("RSA PRIVATE KEY", &der(), feed);
            let key = read_all(&text).unwrap_or_else(|| panic!("{feed:?}"));
            assert!(!key.is_encrypted);
            assert_eq!(key.at.start, 0);
            assert!(text[..key.at.end].ends_with("KEY-----"), "{feed:?}");
        }
    }

    #[test]
    fn encrypted_keys_are_told_apart() {
        assert!(read_all(&block("ENCRYPTED PRIVATE KEY", &der(), "\n")).unwrap().is_encrypted);
        let legacy = block("EC PRIVATE KEY", &der(), "\n").replacen(
            '\n',
            "\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,0011\n\n",
            1,
        );
        assert!(read_all(&legacy).unwrap().is_encrypted);
        for (cipher, is_encrypted) in [("none", false), ("aes256-ctr", true)] {
            let mut bytes = b"openssh-key-v1\0".to_vec();
            bytes.extend(u32::try_from(cipher.len()).unwrap().to_be_bytes());
            bytes.extend(cipher.as_bytes());
            bytes.extend([7; 80]);
            let key = read_all(&block("OPENSSH PRIVATE KEY", &bytes, "\n")).unwrap();
            assert_eq!(key.is_encrypted, is_encrypted);
        }
    }

    #[test]
    fn headers_without_a_key_are_none() {
        for text in [
            "-----BEGIN RSA PRIVATE KEY-----".to_owned(),
            "-----BEGIN RSA PRIVATE KEY-----\n-----END RSA PRIVATE KEY-----".to_owned(),
            "-----BEGIN RSA PRIVATE KEY-----\n...\n-----END RSA PRIVATE KEY-----".to_owned(),
            block("RSA PRIVATE KEY", b"\x30short", "\n"),
            block("RSA PRIVATE KEY", &[7; 300], "\n"),
            block("OPENSSH PRIVATE KEY", &der(), "\n"),
            block("PGP PRIVATE KEY BLOCK", &der(), "\n"),
        ] {
            assert_eq!(read_all(&text), None, "{text}");
        }
    }
}
