//! What is known about vulnerabilities: feeds to records, records to a database file, the file to
//! look-ups, and look-ups to findings.
//!
//! The crate never fetches anything. Feeds come in as bytes, the builder hands finished files to
//! its caller, and the one file the crate opens is the database itself ([`Db::open`]). The file
//! format is described in `docs/formats/advisory-db.md`.
//!
//! ```
//! use lazaret_advisory::records::{Records, SegmentRecords, SourceInfo};
//! use lazaret_advisory::{Db, match_inventory, write_database};
//! use lazaret_core::advisory::{Advisory, Affected, Range, RangeEnd, Status};
//! use lazaret_core::inventory::Inventory;
//! use lazaret_core::package::Ecosystem;
//! use lazaret_core::version::Scheme;
//!
//! let leftpad = Affected {
//!     package: "leftpad".into(),
//!     status: Status::Fixed,
//!     ranges: vec![Range { introduced: None, end: RangeEnd::Fixed("1.3.0".into()) }],
//!     ..Affected::default()
//! };
//! let advisory = Advisory {
//!     id: "CVE-2026-0001".into(),
//!     affected: vec![leftpad],
//!     ..Advisory::default()
//! };
//! let source = SourceInfo {
//!     id: "osv".into(),
//!     url: "https://example.org".into(),
//!     license: "CC0-1.0".into(),
//! };
//! let mut records = Records::default();
//! records.segments.insert(
//!     "npm".into(),
//!     SegmentRecords {
//!         scheme: Scheme::Semver,
//!         ecosystem: Ecosystem::Npm,
//!         source,
//!         gap: None,
//!         advisories: vec![advisory],
//!     },
//! );
//!
//! let dir = tempfile::tempdir()?;
//! write_database(&records, &mut |file, bytes| std::fs::write(dir.path().join(file), bytes))?;
//! let db = Db::open(dir.path())?;
//! let about = db.lookup("npm", "leftpad")?.ok_or("no such segment")?;
//! assert_eq!(about.len(), 1);
//! assert!(match_inventory(&db, &Inventory::default())?.findings.is_empty());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing,
        clippy::as_conversions
    )
)]
#![warn(missing_docs)]

pub mod enrich;
pub mod feed;
pub mod import;
pub mod mirror;
pub mod records;
pub mod update;

mod build;
mod coverage;
mod diff;
mod distribution;
mod first_seen;
mod format;
#[doc(hidden)]
pub mod fuzz;
mod grouping;
mod interval;
mod manifest;
mod matcher;
mod module;
mod name;
mod purl;
mod reader;
mod search;
mod segment;

pub use build::{
    BuildError, BuildOptions, Stay, write_database, write_database_keeping, write_database_with,
    write_segment,
};
pub use diff::{
    Change, Counted, DIFF_SCHEMA_VERSION, Diff, Part, RecordDiff, SegmentDiff, Side, diff,
};
pub use format::{FORMAT, FORMAT_SINCE, IdRef, MANIFEST_FILE};
pub use interval::{EndRef, RangeRef};
pub use manifest::{Manifest, ManifestError, Old, SegmentInfo};
pub use matcher::{
    Bound, Comparison, Explanation, Judged, JudgedPackage, KnownRecord, MatchOptions, Matched,
    Outcome, comparisons, explain, match_inventory, match_inventory_with,
};
pub use reader::{
    Db, DbError, ForeignFile, HISTORY_FOLDER, Kept, Verified, kept_manifests, kept_name,
    named_files, verify_folder,
};
pub use search::{Entry, Extent, SearchError, search_id, search_package, search_purl};
pub use segment::{
    AdvisoryRef, AffectedRef, ConditionsRef, Damage, Rows, SegmentError, SegmentRef,
};
