//! The segment of programs that no package manager knows of, such as language runtimes.

use super::Gap;
use super::gather::{Gather, Segment};
use lazaret_core::package::Ecosystem;
use lazaret_core::version::Scheme;

/// Whatever program is asked for, most have no advisories here.
const FEW: Gap = Gap {
    weight: 1,
    lacking: "about Node.js, Ruby, Kubernetes and the Haskell compiler, and no other program",
};

/// The segment. Its versions are Ruby's, numbers of any count with words for what comes before a
/// release, which orders the versions of Node.js and Kubernetes as Semantic Versioning does.
pub(super) fn segment() -> Segment {
    Segment { name: "programs".to_owned(), scheme: Scheme::Gem, ecosystem: Ecosystem::Generic }
}

/// Says which programs the segment is about, once a file has filled it.
pub(super) fn say_which(gather: &mut Gather) {
    gather.partial(&segment(), FEW);
}
