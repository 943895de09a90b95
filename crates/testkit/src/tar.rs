//! Just enough tar to write layers: ustar headers, and GNU long names where a name needs one.

use crate::layer::Entry;

const BLOCK: usize = 512;

/// An archive of these entries, with its end marker.
pub(crate) fn write(entries: &[Entry]) -> Vec<u8> {
    let mut out = Vec::new();
    for entry in entries {
        match entry {
            Entry::File { path, content, mode } => {
                put(&mut out, path, b'0', "", content, *mode);
            }
            Entry::Folder { path } => put(&mut out, &format!("{path}/"), b'5', "", &[], 0o755),
            Entry::Symlink { path, target } => put(&mut out, path, b'2', target, &[], 0o777),
            Entry::Hardlink { path, target } => put(&mut out, path, b'1', target, &[], 0o644),
        }
    }
    out.resize(out.len() + 2 * BLOCK, 0);
    out
}

/// One member of an archive that is no layer, such as a blob in an OCI tar.
pub(crate) fn put_file(out: &mut Vec<u8>, path: &str, content: &[u8]) {
    put(out, path, b'0', "", content, 0o644);
}

/// The two zero blocks that end an archive.
pub(crate) fn end(out: &mut Vec<u8>) {
    out.resize(out.len() + 2 * BLOCK, 0);
}

fn put(out: &mut Vec<u8>, path: &str, kind: u8, link: &str, content: &[u8], mode: u32) {
    if link.len() > 100 {
        long(out, b'K', link);
    }
    if path.len() > 100 {
        long(out, b'L', path);
    }
    header(out, path, kind, link, content.len(), mode);
    out.extend_from_slice(content);
    out.resize(out.len().next_multiple_of(BLOCK), 0);
}

fn long(out: &mut Vec<u8>, kind: u8, text: &str) {
    header(out, "././@LongLink", kind, "", text.len() + 1, 0);
    out.extend_from_slice(text.as_bytes());
    out.push(0);
    out.resize(out.len().next_multiple_of(BLOCK), 0);
}

fn header(out: &mut Vec<u8>, path: &str, kind: u8, link: &str, size: usize, mode: u32) {
    let mut block = [0_u8; BLOCK];
    let mut field = |at: usize, text: &[u8], max: usize| {
        let n = text.len().min(max);
        block[at..at + n].copy_from_slice(&text[..n]);
    };
    field(0, path.as_bytes(), 100);
    field(100, format!("{mode:07o}\0").as_bytes(), 8);
    field(108, b"0000000\0", 8);
    field(116, b"0000000\0", 8);
    field(124, format!("{size:011o}\0").as_bytes(), 12);
    field(136, b"00000000000\0", 12);
    field(148, b"        ", 8);
    field(156, &[kind], 1);
    field(157, link.as_bytes(), 100);
    field(257, b"ustar  \0", 8);
    let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
    block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    out.extend_from_slice(&block);
}
