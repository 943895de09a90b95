//! Archives that a fuzzer can get right: checksums are mended, and files can be put into one.

const BLOCK_BYTES: usize = 512;

/// Gives every block that calls itself a header the checksum it should have.
pub(crate) fn mend(archive: &mut [u8]) {
    for block in archive.chunks_exact_mut(BLOCK_BYTES) {
        if block[257..262] == *b"ustar" {
            seal(block);
        }
    }
}

/// An archive of regular files.
pub(crate) fn of_files(files: &[(Vec<u8>, Vec<u8>)]) -> Vec<u8> {
    let mut archive = Vec::new();
    for (path, content) in files {
        let mut header = [0; BLOCK_BYTES];
        let path = &path[..path.len().min(100)];
        header[..path.len()].copy_from_slice(path);
        header[100..108].copy_from_slice(b"0000644\0");
        header[124..136].copy_from_slice(format!("{:011o}\0", content.len()).as_bytes());
        header[156] = b'0';
        header[257..265].copy_from_slice(b"ustar\x0000");
        seal(&mut header);
        archive.extend_from_slice(&header);
        archive.extend_from_slice(content);
        archive.resize(archive.len().next_multiple_of(BLOCK_BYTES), 0);
    }
    archive.resize(archive.len() + 2 * BLOCK_BYTES, 0);
    archive
}

fn seal(header: &mut [u8]) {
    header[148..156].copy_from_slice(b"        ");
    let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
    header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
}
