//! The index of a VEX repository (<https://github.com/aquasecurity/vex-repo-spec>).

use super::VexError;
use crate::purl::Purl;
use serde::Deserialize;

/// One package of a repository and the file that speaks of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexEntry {
    /// The package, by its url without version and qualifiers.
    pub package: Purl,
    /// The file, relative to the index.
    pub location: String,
}

#[derive(Deserialize)]
struct Index {
    #[serde(default)]
    packages: Vec<Raw>,
}

#[derive(Deserialize)]
struct Raw {
    id: String,
    location: String,
}

/// Reads `index.json` of a repository. A file outside of the repository is an error.
pub fn index(bytes: &[u8]) -> Result<Vec<IndexEntry>, VexError> {
    let index: Index = serde_json::from_slice(bytes).map_err(VexError::NotJson)?;
    let entry = |(number, raw): (usize, Raw)| {
        let wrong = |what: String| VexError::Statement(number, what);
        let climbs = raw.location.split(['/', '\\']).any(|part| part == "..")
            || raw.location.starts_with(['/', '\\'])
            || raw.location.contains(':');
        if climbs {
            return Err(wrong(format!("names `{}`, which is outside of it", raw.location)));
        }
        let package = Purl::parse(&raw.id).map_err(|error| wrong(format!("is wrong: {error}")))?;
        Ok(IndexEntry { package, location: raw.location })
    };
    (1..).zip(index.packages).map(entry).collect()
}
