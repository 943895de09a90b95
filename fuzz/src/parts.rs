//! Inputs of several parts, which may name each other by digest: without that no fuzzer would ever
//! write a document that another one pins.

use sha2::{Digest as _, Sha256};

/// Parts of one input; more only cost time.
const PARTS_MAX: usize = 10;

/// Splits an input at its zero bytes. In each part `$N` stands for the SHA-256 digest, in hex, of
/// the part at position `N`, if that comes later.
pub(crate) fn split(bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut parts: Vec<Vec<u8>> = bytes.split(|byte| *byte == 0).map(<[u8]>::to_vec).collect();
    parts.truncate(PARTS_MAX);
    let mut digests = vec![None; PARTS_MAX];
    for (position, part) in parts.iter_mut().enumerate().rev() {
        *part = fill_in(part, &digests);
        digests[position] = Some(digest(part));
    }
    parts
}

/// Files of an archive: each part is a path, a line end and the content. In paths and contents
/// `$N` stands for the digest of the content at position `N`; a content can only name later ones.
pub(crate) fn files(bytes: &[u8]) -> Vec<(Vec<u8>, Vec<u8>)> {
    let mut files: Vec<(Vec<u8>, Vec<u8>)> = bytes
        .split(|byte| *byte == 0)
        .take(PARTS_MAX)
        .map(|part| {
            let path_len = part.iter().position(|byte| *byte == b'\n').unwrap_or(part.len());
            let (path, content) = part.split_at(path_len);
            (path.to_vec(), content.get(1..).unwrap_or_default().to_vec())
        })
        .collect();
    let mut digests = vec![None; PARTS_MAX];
    for (position, (_, content)) in files.iter_mut().enumerate().rev() {
        *content = fill_in(content, &digests);
        digests[position] = Some(digest(content));
    }
    for (path, _) in &mut files {
        *path = fill_in(path, &digests);
    }
    files
}

fn digest(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

fn fill_in(part: &[u8], digests: &[Option<String>]) -> Vec<u8> {
    let mut filled = Vec::with_capacity(part.len());
    let mut rest = part;
    while let Some((first, behind)) = rest.split_first() {
        let position = behind.first().filter(|_| *first == b'$').and_then(|digit| {
            char::from(*digit).to_digit(10).and_then(|digit| usize::try_from(digit).ok())
        });
        if let Some(Some(digest)) = position.and_then(|position| digests.get(position)) {
            filled.extend_from_slice(digest.as_bytes());
            rest = &behind[1..];
        } else {
            filled.push(*first);
            rest = behind;
        }
    }
    filled
}
