//! The contract of an extractor: data that says which files it wants, and one function from a
//! file's bytes to facts.
//!
//! An extractor sees one file and nothing else: no file system, no clock, no network. What needs
//! two files (a package and the list of its files) is emitted as facts and joined in `squash`.

use crate::inventory::Os;
use crate::limits::Limits;
use crate::location::{ImagePath, Location};
use crate::maven::MavenProject;
use crate::package::PackageFact;
use crate::problem::{Problem, ProblemKind};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Which files an extractor wants, decided from the path alone, programs excepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Select {
    /// Exactly this path.
    Path(&'static str),
    /// Any file of this name.
    Name(&'static str),
    /// Any file whose name ends so.
    Suffix(&'static str),
    /// Any file somewhere below this folder whose name ends so (the empty ending takes all).
    Below(&'static str, &'static str),
    /// Any file of this name whose folder's name ends so: `METADATA` in `*.dist-info`.
    NameIn(&'static str, &'static str),
    /// Any file whose name starts and ends so: `requirements` and `.txt`.
    Affix(&'static str, &'static str),
    /// Any file whose path ends so, part by part; a part may hold one `*`, which stands for anything
    /// but a slash: `.github/workflows/*.yml`.
    Tail(&'static str),
    /// Any file whose name ends so, of which only the first [`BEGINNING_BYTES`] are read: files of
    /// gigabytes that say in front what they are.
    Beginning(&'static str),
    /// Any shared library of this name, whatever version or hash is in its file's name: `libssl`
    /// takes `libssl.so.3` and `libssl-cd1d6220.so.1.0.0`.
    Library(&'static str),
    /// Any program, wherever it is: what the header and the first bytes of a file decide, not its
    /// path.
    Program,
    /// Any folder right inside of this one, for stores that say in the names of folders what they
    /// hold. The extractor gets no bytes.
    FolderIn(&'static str),
}

/// How much of a file is read where its beginning is enough, in bytes.
pub const BEGINNING_BYTES: u64 = 1 << 20;

/// What an extractor can tell, for the support matrix.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Gives {
    /// License names.
    pub licenses: bool,
    /// The source package.
    pub source: bool,
    /// Which files belong to which package.
    pub ownership: bool,
    /// Which packages are for development only.
    pub dev: bool,
    /// Lines in the file.
    pub lines: bool,
}

/// A format Lazaret reads: which files, and how.
pub struct Extractor {
    /// `family/format`, such as `npm/package-lock`; also the fixture folder and docs anchor.
    pub id: &'static str,
    /// Raised when the output for the same bytes changes, so that cached facts are not reused.
    pub version: u16,
    /// For people: what the format is.
    pub title: &'static str,
    /// The specification or source that was followed.
    pub spec: &'static str,
    /// Which files it wants.
    pub selects: &'static [Select],
    /// What it can tell.
    pub gives: Gives,
    /// Reads one file. Facts go to the sink even when the rest of the file turns out broken.
    pub run: fn(&FileInput<'_>, &mut Sink<'_>) -> Result<(), ParseError>,
}

impl fmt::Debug for Extractor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Extractor")
            .field("id", &self.id)
            .field("version", &self.version)
            .finish_non_exhaustive()
    }
}

/// One file, whole in memory.
#[derive(Clone, Copy, Debug)]
pub struct FileInput<'a> {
    /// The path the extractor's selection matched. Where the file was reached through a link this
    /// is the link's path, not the file's own.
    pub path: &'a ImagePath,
    /// The file's bytes.
    pub bytes: &'a [u8],
}

/// A file that is not what its name promises, or is damaged.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ParseError {
    /// What is wrong, for the person who built the image.
    pub message: String,
    /// The line, counted from one, where the format has lines.
    pub line: Option<u32>,
}

impl ParseError {
    /// An error without a line.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), line: None }
    }

    /// An error at a line, counted from one.
    pub fn at(line: u32, message: impl Into<String>) -> Self {
        Self { message: message.into(), line: Some(line) }
    }
}

/// One thing an extractor learned from a file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fact {
    /// The operating system. `rank` orders the files it can be read from, the best lowest.
    Os {
        /// Which kind of file this is: os-release is 0, older files are more.
        rank: u8,
        /// What it says.
        os: Os,
    },
    /// A package is here.
    Package(PackageFact),
    /// A package's files; only those an extractor would select are kept.
    Owns {
        /// Name of the owning package, as its package database has it.
        package: String,
        /// Paths as the database writes them, normalized.
        paths: Vec<ImagePath>,
    },
    /// Files that packages named in this file are made of: what these files say of themselves is not
    /// listed a second time.
    Claims {
        /// Paths in the image; only those an extractor would select are kept.
        paths: Vec<ImagePath>,
    },
    /// A Maven project file. Its packages are known when its parents are.
    Maven(Box<MavenProject>),
    /// The licenses of an operating-system package, from a file beside the package database.
    Licenses {
        /// Name of the package.
        package: String,
        /// License names or expressions as declared.
        licenses: Vec<String>,
    },
}

/// What kind of archive entry was at a path.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EntryKind {
    /// A regular file that some extractor wanted; its facts are in `facts`.
    File,
    /// A program with facts in `facts`. Its path alone does not make it wanted, so that a file
    /// nobody reads may be at the same path of another layer.
    Program,
    /// A folder whose name some extractor read; its facts are in `facts`. Unlike
    /// [`EntryKind::Folder`] it may be there only because something is inside of it, in which case a
    /// link at its path stays.
    NamedFolder,
    /// A folder at a path that some extractor wanted, or one that is opaque to lower layers.
    Folder,
    /// A symbolic link and its target as written.
    Symlink(String),
    /// A hard link to another path of the same file system.
    Hardlink(ImagePath),
    /// A device, pipe or socket at a path that some extractor wanted.
    Special,
    /// The path is deleted from the layers below (`.wh.NAME`).
    Whiteout,
    /// Everything the layers below have in this folder is deleted (`.wh..wh..opq`).
    Opaque,
}

/// One archive entry that matters to the view of the whole image.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Entry {
    /// Its path, without the whiteout prefix.
    pub path: ImagePath,
    /// What it is.
    pub kind: EntryKind,
}

/// One fact, with the file and the extractor it is from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct FileFact {
    /// The file the bytes are in.
    pub path: ImagePath,
    /// The extractor that read it.
    pub extractor: String,
    /// What it says.
    pub fact: Fact,
}

/// Everything learned from one layer: a pure function of its bytes and of the extractor table, so
/// it can be cached by diff id and shared between images.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LayerFacts {
    /// Entries that matter to the whole image, in the order of the archive.
    pub entries: Vec<Entry>,
    /// Keys ([`path_key`]) of all other regular files, sorted: enough to know that a folder was
    /// replaced by a file, and whether the target of a link exists.
    pub files: Vec<u64>,
    /// Keys of all folders, sorted: a folder replaces a link of a lower layer.
    pub folders: Vec<u64>,
    /// Facts, sorted by path, then extractor, then in the order they were found.
    pub facts: Vec<FileFact>,
    /// What could not be read. The layer of a location is always 0 here: a layer does not know its
    /// place, which `squash` fills in.
    pub problems: Vec<Problem>,
}

/// A key for a path that is not worth keeping as text (FNV-1a, 64 bits).
///
/// A collision can only hide a folder's facts behind a file of another name in a later layer; who
/// can place such a file can as well delete the folder.
pub fn path_key(path: &str) -> u64 {
    path.bytes().fold(KEY_START, key_step)
}

/// The keys of every folder above a path and of the path itself, outermost first, each with the
/// length of the folder's path in bytes; the root is left out. One pass over the path, however
/// deep it is.
pub fn path_keys(path: &str) -> impl Iterator<Item = (usize, u64)> {
    let mut key = KEY_START;
    let mut bytes = path.bytes().enumerate();
    let mut is_at_end = path.is_empty();
    std::iter::from_fn(move || {
        if is_at_end {
            return None;
        }
        for (at, byte) in bytes.by_ref() {
            let folder = (at, key);
            key = key_step(key, byte);
            if byte == b'/' {
                return Some(folder);
            }
        }
        is_at_end = true;
        Some((path.len(), key))
    })
}

const KEY_START: u64 = 0xcbf2_9ce4_8422_2325;

fn key_step(key: u64, byte: u8) -> u64 {
    (key ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
}

/// Where an extractor puts what it learns from one file.
pub struct Sink<'a> {
    path: &'a ImagePath,
    extractor: &'static str,
    wanted: &'a dyn Fn(&str) -> bool,
    limits: Limits,
    facts_max: usize,
    over_limit: u64,
    facts: &'a mut Vec<FileFact>,
    problems: &'a mut Vec<Problem>,
}

impl<'a> Sink<'a> {
    /// A sink for one file. `wanted` says which paths some extractor selects.
    pub fn new(
        path: &'a ImagePath,
        extractor: &'static str,
        limits: &Limits,
        wanted: &'a dyn Fn(&str) -> bool,
        facts: &'a mut Vec<FileFact>,
        problems: &'a mut Vec<Problem>,
    ) -> Self {
        Self {
            path,
            extractor,
            wanted,
            limits: limits.clone(),
            facts_max: limits.facts_per_file_max,
            over_limit: 0,
            facts,
            problems,
        }
    }

    /// The bounds to keep to.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Records the operating system; `rank` 0 is os-release itself.
    pub fn os(&mut self, rank: u8, os: Os) {
        self.push(Fact::Os { rank, os });
    }

    /// Records a package.
    pub fn package(&mut self, package: PackageFact) {
        self.push(Fact::Package(package));
    }

    /// Records which files belong to a package, as `/a/b`, `./a/b` or `a/b`. Paths that no extractor
    /// would select, or that climb out of the image, are left out: nobody asks for them.
    pub fn owns<'p>(&mut self, package: &str, paths: impl Iterator<Item = &'p [u8]>) {
        // Lists have tens of thousands of paths, written `/a/b`, and few of them matter: those are
        // the only ones worth a copy.
        let paths: Vec<ImagePath> = paths
            .filter_map(|raw| {
                let text = std::str::from_utf8(raw).ok()?;
                let plain = text.strip_prefix('.').unwrap_or(text);
                let plain = plain.strip_prefix('/').unwrap_or(plain);
                if plain.contains("/.") || plain.contains("//") {
                    let path = ImagePath::parse(raw).ok()?;
                    return (self.wanted)(path.as_str()).then_some(path);
                }
                if (self.wanted)(plain) { ImagePath::parse(raw).ok() } else { None }
            })
            .collect();
        if !paths.is_empty() {
            self.push(Fact::Owns { package: package.to_owned(), paths });
        }
    }

    /// Records which files packages of this file are made of, by their paths in the image. Paths that
    /// no extractor would select are left out.
    pub fn claims(&mut self, paths: impl Iterator<Item = ImagePath>) {
        let paths: Vec<ImagePath> = paths.filter(|path| (self.wanted)(path.as_str())).collect();
        if !paths.is_empty() {
            self.push(Fact::Claims { paths });
        }
    }

    /// Records a Maven project, of which other files may have to say more.
    pub fn maven(&mut self, project: MavenProject) {
        self.push(Fact::Maven(Box::new(project)));
    }

    /// Records the licenses of an operating-system package.
    pub fn licenses(&mut self, package: &str, licenses: Vec<String>) {
        if !licenses.is_empty() {
            self.push(Fact::Licenses { package: package.to_owned(), licenses });
        }
    }

    /// Records something in the file that could not be read, while the rest could.
    pub fn problem(&mut self, error: &ParseError) {
        let lines = error.line.map(|line| crate::location::LineRange { start: line, end: line });
        self.report(ProblemKind::Parse, error.message.clone(), lines);
    }

    /// Records that a bound was met: what lies beyond was not looked at.
    pub fn limit(&mut self, message: impl Into<String>) {
        self.report(ProblemKind::Limit, message.into(), None);
    }

    fn report(
        &mut self,
        kind: ProblemKind,
        message: String,
        lines: Option<crate::location::LineRange>,
    ) {
        self.problems.push(Problem {
            kind,
            message,
            location: Some(Location {
                layer: crate::location::LayerIndex(0),
                path: self.path.clone(),
                lines,
            }),
            extractor: Some(self.extractor.to_owned()),
        });
    }

    fn push(&mut self, fact: Fact) {
        if self.facts_max == 0 {
            self.over_limit = self.over_limit.saturating_add(1);
            return;
        }
        self.facts_max = self.facts_max.saturating_sub(1);
        self.facts.push(FileFact {
            path: self.path.clone(),
            extractor: self.extractor.to_owned(),
            fact,
        });
    }
}

impl Drop for Sink<'_> {
    fn drop(&mut self) {
        if self.over_limit > 0 {
            let message =
                format!("{} facts beyond the limit for one file were left out", self.over_limit);
            self.report(ProblemKind::Limit, message, None);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_keys_of_a_path_are_those_of_its_folders_and_its_own() {
        for path in ["a", "usr/lib/x", "a/b/c/d"] {
            let folders: Vec<&str> =
                path.match_indices('/').map(|(at, _)| &path[..at]).chain([path]).collect();
            let expected: Vec<_> =
                folders.iter().map(|folder| (folder.len(), path_key(folder))).collect();
            assert_eq!(path_keys(path).collect::<Vec<_>>(), expected, "{path}");
        }
        assert_eq!(path_keys("").count(), 0);
    }
}
