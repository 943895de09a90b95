//! What is *installed*: extractors that read package databases and manifests, and the squash that
//! makes one inventory of all layers.
//!
//! [`EXTRACTORS`] is the table of formats; a new format is one file, one line there and its fixtures
//! (`docs/adding-an-extractor.md`). [`Selection`] is that table compiled into look-ups, and
//! [`squash`] lays the facts of all layers over each other.
//!
//! Everything here is bytes to values: it never touches a file system or the network, and never
//! asks whether a package is vulnerable.
//!
//! ```
//! use lazaret_core::extract::{FileInput, Sink};
//! use lazaret_core::limits::Limits;
//! use lazaret_core::location::ImagePath;
//! use lazaret_inventory::EXTRACTORS;
//!
//! let path = ImagePath::parse(b"lib/apk/db/installed")?;
//! let (mut facts, mut problems) = (Vec::new(), Vec::new());
//! let extractor = EXTRACTORS.iter().find(|extractor| extractor.id == "apk/installed").unwrap();
//! let wanted = |_: &str| true;
//! let mut sink = Sink::new(
//!     &path, extractor.id, &Limits::default(), &wanted, &mut facts, &mut problems,
//! );
//! let input = FileInput { path: &path, bytes: b"P:musl\nV:1.2.5-r0\n" };
//! (extractor.run)(&input, &mut sink)?;
//! drop(sink);
//! assert_eq!(facts.len(), 1);
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

mod binary;
mod broken;
mod companion;
mod declared;
mod edges;
mod everything;
mod lang;
mod left_out;
mod lines;
mod maven;
mod os;
mod owned;
mod owner;
mod reach;
mod sbom;
mod select;
mod squash;
mod table;
mod third_party;
mod unresolved;
mod view;

pub use companion::{Companion, Pair, pairs};
pub use everything::squash_all_layers;
pub use left_out::{LEFT_OUT, LeftOut};
pub use sbom::{Described, describe};
pub use select::{Aliases, Match, Selection, is_program};
pub use squash::{squash, squash_attached};
pub use table::EXTRACTORS;
pub use unresolved::{Unresolved, unresolved};
