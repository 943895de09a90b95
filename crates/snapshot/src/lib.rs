//! Advisory facts compiled into the program, so that a first scan works with no network.
//!
//! `cargo xtask snapshot FEEDS` builds the files under `data/` and the table that names them, from
//! feeds whose license allows passing their facts on; `NOTICE` names each. The files are a database
//! as `docs/formats/advisory-db.md` describes it, and the crate holds nothing else.

mod segments;

/// The text of the database's `manifest.json`.
pub static MANIFEST: &str = include_str!("../data/manifest.json");

/// The name and the bytes of each segment.
pub static SEGMENTS: &[(&str, &[u8])] = segments::SEGMENTS;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_manifest_lists_exactly_the_segments() {
        for (name, bytes) in SEGMENTS {
            let lines =
                [format!("\"name\": \"{name}\","), format!("\"size_bytes\": {},", bytes.len())];
            assert!(lines.iter().all(|line| MANIFEST.contains(line)), "{name}");
        }
        assert_eq!(MANIFEST.matches("\"digest\":").count(), SEGMENTS.len());
    }

    #[test]
    fn the_snapshot_stays_small() {
        let segments = SEGMENTS.iter().map(|(_, bytes)| bytes.len()).sum::<usize>();
        assert!(segments + MANIFEST.len() <= 10 << 20, "{segments} bytes");
    }
}
