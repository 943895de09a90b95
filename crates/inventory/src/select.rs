//! The selection of every extractor, compiled once into look-ups, so that a layer of a million
//! paths is sorted by its headers alone.

use crate::binary::stems;
use lazaret_core::extract::{Extractor, Select};
use lazaret_core::location::ImagePath;
use std::collections::BTreeMap;
use std::collections::HashMap;

/// Which extractors want a path.
pub struct Selection {
    extractors: Vec<&'static Extractor>,
    /// Rules of a whole path or a whole name, by that name.
    names: HashMap<&'static str, Vec<(Rule, usize)>>,
    /// Rules of how a name ends, by its last two bytes: of the few hundred thousand paths in the
    /// lists of packages, nearly all are told apart from everything wanted by these.
    endings: HashMap<[u8; 2], Vec<(Rule, usize)>>,
    /// Rules of neither.
    others: Vec<(Rule, usize)>,
    /// Endings of files of which only the beginning is read.
    beginnings: Vec<(&'static str, usize)>,
    /// Extractors that read programs.
    programs: Vec<usize>,
    /// Folders whose subfolders are read by name.
    folders: Vec<(&'static str, usize)>,
    libraries: HashMap<&'static str, Vec<usize>>,
    aliases: Aliases,
}

/// What a path must fulfill.
#[derive(Clone, Copy)]
enum Rule {
    /// To be this one.
    Path(&'static str),
    Name(&'static str),
    /// A name, and an ending of its folder.
    NameIn(&'static str, &'static str),
    Suffix(&'static str),
    /// The beginning and the ending of a name.
    Affix(&'static str, &'static str),
    /// The pattern of its last parts.
    Tail(&'static str),
    /// A folder above it, and the ending of its name.
    Below(&'static str, &'static str),
}

impl Rule {
    fn fits(self, path: &str, folder: &str, name: &str) -> bool {
        match self {
            Self::Path(wanted) => path == wanted,
            Self::Name(wanted) => name == wanted,
            Self::NameIn(wanted, suffix) => name == wanted && folder.ends_with(suffix),
            Self::Suffix(suffix) => name.ends_with(suffix),
            Self::Affix(start, end) => {
                name.strip_prefix(start).is_some_and(|rest| rest.ends_with(end))
            }
            Self::Tail(pattern) => has_tail(path, pattern),
            Self::Below(above, suffix) => {
                path.strip_prefix(above).is_some_and(|rest| rest.starts_with('/'))
                    && name.ends_with(suffix)
            }
        }
    }

    /// The one name that fits, if there is only one.
    fn name(self) -> Option<&'static str> {
        match self {
            Self::Path(path) => Some(path.rsplit('/').next().unwrap_or(path)),
            Self::Name(name) | Self::NameIn(name, _) => Some(name),
            Self::Suffix(_) | Self::Affix(..) | Self::Tail(_) | Self::Below(..) => None,
        }
    }

    /// How every name ends that fits.
    fn ending(self) -> &'static str {
        match self {
            Self::Path(text) | Self::Name(text) | Self::NameIn(text, _) => text,
            Self::Suffix(end) | Self::Affix(_, end) | Self::Below(_, end) => end,
            Self::Tail(pattern) => {
                let name = pattern.rsplit('/').next().unwrap_or(pattern);
                name.rsplit('*').next().unwrap_or(name)
            }
        }
    }
}

/// Paths to be read as if they were at another path, because a link there leads to them.
///
/// Made by [`unresolved`](crate::unresolved()); a layer extracted with aliases is not cached,
/// since they come from other layers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Aliases {
    /// A file, and the paths it is wanted under.
    pub files: BTreeMap<ImagePath, Vec<ImagePath>>,
    /// A folder, and the folders its content is wanted under.
    pub folders: BTreeMap<ImagePath, Vec<ImagePath>>,
}

impl Aliases {
    /// Whether there is nothing to read under another name.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty() && self.folders.is_empty()
    }
}

/// One extractor that wants a file, and the path it is to see.
pub struct Match {
    /// Who wants it.
    pub extractor: &'static Extractor,
    /// The path that was selected: the file's own, or that of a link to it.
    pub path: ImagePath,
}

impl Selection {
    /// Compiles the selection of a table of extractors.
    pub fn new(extractors: &[&'static Extractor]) -> Self {
        let mut selection = Self {
            extractors: extractors.to_vec(),
            names: HashMap::new(),
            endings: HashMap::new(),
            others: Vec::new(),
            beginnings: Vec::new(),
            programs: Vec::new(),
            folders: Vec::new(),
            libraries: HashMap::new(),
            aliases: Aliases::default(),
        };
        for (position, extractor) in extractors.iter().enumerate() {
            for select in extractor.selects {
                let rule = match *select {
                    Select::Path(path) => Rule::Path(path),
                    Select::Name(name) => Rule::Name(name),
                    Select::NameIn(name, folder) => Rule::NameIn(name, folder),
                    Select::Suffix(suffix) => Rule::Suffix(suffix),
                    Select::Below(folder, suffix) => Rule::Below(folder, suffix),
                    Select::Affix(start, end) => Rule::Affix(start, end),
                    Select::Tail(pattern) => Rule::Tail(pattern),
                    Select::Beginning(suffix) => {
                        selection.beginnings.push((suffix, position));
                        Rule::Suffix(suffix)
                    }
                    Select::Library(name) => {
                        selection.libraries.entry(name).or_default().push(position);
                        continue;
                    }
                    Select::Program => {
                        selection.programs.push(position);
                        continue;
                    }
                    Select::FolderIn(folder) => {
                        selection.folders.push((folder, position));
                        continue;
                    }
                };
                selection.add(rule, position);
            }
        }
        selection
    }

    fn add(&mut self, rule: Rule, position: usize) {
        let rules = if let Some(name) = rule.name() {
            self.names.entry(name).or_default()
        } else if let Some(last) = rule.ending().as_bytes().last_chunk::<2>() {
            self.endings.entry(*last).or_default()
        } else {
            &mut self.others
        };
        rules.push((rule, position));
    }

    /// The same selection, with files that links lead to read under the links' paths as well.
    pub fn with_aliases(&self, aliases: Aliases) -> Self {
        let mut selection = Self::new(&self.extractors);
        selection.aliases = aliases;
        selection
    }

    /// The extractors that were compiled.
    pub fn extractors(&self) -> &[&'static Extractor] {
        &self.extractors
    }

    /// What links lead to, as far as it is known.
    pub(crate) fn aliases(&self) -> &Aliases {
        &self.aliases
    }

    /// Whether an extractor names exactly this path.
    pub fn has_path(&self, path: &str) -> bool {
        let name = path.rsplit('/').next().unwrap_or(path);
        let mut rules = self.names.get(name).into_iter().flatten();
        rules.any(|(rule, _)| matches!(rule, Rule::Path(wanted) if *wanted == path))
    }

    /// Whether any extractor wants a file at this path, for its own sake or that of a link.
    pub fn is_wanted(&self, path: &ImagePath) -> bool {
        self.wants(path.as_str()) || (!self.aliases.is_empty() && !self.matches(path).is_empty())
    }

    /// Whether any extractor wants a file at this path, links aside.
    pub fn wants(&self, path: &str) -> bool {
        let mut wanted = false;
        self.positions(path, &mut |_| wanted = true);
        wanted
    }

    /// Whether everybody who wants this file is content with its beginning.
    pub fn wants_beginning(&self, path: &ImagePath) -> bool {
        if self.beginnings.is_empty() {
            return false;
        }
        let matches = self.matches(path);
        let is_content = |found: &Match| {
            self.beginnings.iter().any(|(suffix, position)| {
                let extractor = self.extractors.get(*position);
                extractor.is_some_and(|extractor| extractor.id == found.extractor.id)
                    && found.path.name().ends_with(suffix)
            })
        };
        !matches.is_empty() && matches.iter().all(is_content)
    }

    /// Whether this extractor wants a file at this path, links aside; programs it may want at any.
    pub fn wants_for(&self, extractor: &str, path: &str) -> bool {
        let mut wanted = self.program_extractors().any(|e| e.id == extractor)
            || self.folder_extractors(path).any(|e| e.id == extractor);
        self.positions(path, &mut |position| {
            wanted |= self.extractors.get(position).is_some_and(|e| e.id == extractor);
        });
        wanted
    }

    /// Whether a file of this path, these permission bits and this size may be a program somebody
    /// wants: [`is_program`] says more from its first bytes. Libraries are passed over, which Go and
    /// Cargo hardly ever make.
    pub fn may_be_program(&self, path: &str, mode: u32, size_bytes: u64) -> bool {
        !self.programs.is_empty()
            && mode & 0o111 != 0
            && size_bytes >= PROGRAM_BYTES_MIN
            && !is_library(path.rsplit('/').next().unwrap_or(path))
    }

    /// Whether a wanted file may be as large as a program: an archive of whole applications, or a
    /// library.
    pub fn may_be_large(&self, path: &str) -> bool {
        crate::lang::java::is_archive(path)
            || stems(path.rsplit('/').next().unwrap_or(path)).is_some()
    }

    /// The extractors that read programs.
    pub fn program_extractors(&self) -> impl Iterator<Item = &'static Extractor> {
        self.programs.iter().filter_map(|position| self.extractors.get(*position)).copied()
    }

    /// The extractors that read the name of a folder at this path.
    pub fn folder_extractors<'s>(
        &'s self,
        path: &'s str,
    ) -> impl Iterator<Item = &'static Extractor> + use<'s> {
        let inside = move |folder: &str| {
            let rest = path.strip_prefix(folder).and_then(|rest| rest.strip_prefix('/'));
            rest.is_some_and(|name| !name.is_empty() && !name.contains('/'))
        };
        let positions = self.folders.iter().filter(move |(folder, _)| inside(folder));
        positions.filter_map(|(_, position)| self.extractors.get(*position)).copied()
    }

    /// The folder above a path whose name somebody wants to read: a layer need not have an entry for
    /// each of its folders.
    pub fn named_folder_above<'p>(&self, path: &'p str) -> Option<&'p str> {
        self.folders.iter().find_map(|(folder, _)| {
            let (name, _) = path.strip_prefix(folder)?.strip_prefix('/')?.split_once('/')?;
            path.get(..folder.len().checked_add(1)?.checked_add(name.len())?)
        })
    }

    /// Whether it matters who owns a file at this path: somebody wants it, or it lies where
    /// distributions put programs. Permission bits are not known from a list of files.
    pub fn wants_owner(&self, path: &str) -> bool {
        self.wants(path) || (!self.programs.is_empty() && is_place_of_programs(path))
    }

    /// Every extractor that wants this file, each once, with the path it is to see.
    pub fn matches(&self, path: &ImagePath) -> Vec<Match> {
        let mut matches = Vec::new();
        self.add_matches(path, &mut matches);
        if !self.aliases.is_empty() {
            for alias in self.aliases_of(path) {
                self.add_matches(&alias, &mut matches);
            }
        }
        matches
    }

    fn add_matches(&self, path: &ImagePath, matches: &mut Vec<Match>) {
        self.positions(path.as_str(), &mut |position| {
            let Some(extractor) = self.extractors.get(position) else { return };
            if !matches.iter().any(|m| m.extractor.id == extractor.id) {
                matches.push(Match { extractor, path: path.clone() });
            }
        });
    }

    fn aliases_of(&self, path: &ImagePath) -> Vec<ImagePath> {
        let mut aliases = self.aliases.files.get(path).cloned().unwrap_or_default();
        for folder in path.ancestors() {
            let Some(wanted) = self.aliases.folders.get(folder) else { continue };
            let rest = path.as_str().get(folder.len()..).unwrap_or_default();
            aliases.extend(
                wanted.iter().map(|alias| alias.join(rest.strip_prefix('/').unwrap_or(rest))),
            );
        }
        aliases
    }

    fn positions(&self, path: &str, found: &mut dyn FnMut(usize)) {
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        if !self.libraries.is_empty()
            && let Some(stems) = stems(name)
        {
            for position in stems.iter().filter_map(|stem| self.libraries.get(stem)).flatten() {
                found(*position);
            }
        }
        let by_name = self.names.get(name);
        let by_ending = name.as_bytes().last_chunk::<2>().and_then(|last| self.endings.get(last));
        let rules = by_name.into_iter().chain(by_ending).flatten().chain(&self.others);
        for (rule, position) in rules {
            if rule.fits(path, folder, name) {
                found(*position);
            }
        }
    }
}

/// Whether the last parts of a path are those of a pattern.
fn has_tail(path: &str, pattern: &str) -> bool {
    let mut parts = path.rsplit('/');
    pattern.rsplit('/').all(|wanted| {
        parts.next().is_some_and(|part| match wanted.split_once('*') {
            Some((start, end)) => part.strip_prefix(start).is_some_and(|rest| rest.ends_with(end)),
            None => part == wanted,
        })
    })
}

/// Smallest program, in bytes: the least that Go and Rust make is a hundred times as large.
const PROGRAM_BYTES_MIN: u64 = 1_024;

/// Whether a file that begins so is a program: ELF, PE, or Mach-O of one processor.
pub fn is_program(first: &[u8]) -> bool {
    const BEGINNINGS: [&[u8]; 6] = [
        b"\x7fELF\x01",
        b"\x7fELF\x02",
        b"MZ",
        b"\xce\xfa\xed\xfe",
        b"\xcf\xfa\xed\xfe",
        b"\xfe\xed\xfa\xcf",
    ];
    BEGINNINGS.iter().any(|beginning| first.starts_with(beginning))
}

/// Whether a file of this name is loaded by programs and is none itself.
fn is_library(name: &str) -> bool {
    const ENDINGS: [&str; 7] = [".so", ".dll", ".ko", ".node", ".o", ".a", ".dylib"];
    ENDINGS.iter().any(|ending| name.ends_with(ending)) || name.contains(".so.")
}

/// Whether distributions put programs here: `bin` and `sbin`, and anything without an ending in
/// the folders packages have for themselves.
fn is_place_of_programs(path: &str) -> bool {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let is_bin = matches!(folder.rsplit('/').next(), Some("bin" | "sbin" | "games"));
    let is_own = ["usr/lib", "usr/libexec/", "lib", "opt/"].iter().any(|at| path.starts_with(at));
    (is_bin || (is_own && !name.contains('.'))) && !is_library(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use lazaret_core::extract::{FileInput, Gives, ParseError, Sink};

    #[expect(clippy::unnecessary_wraps, reason = "the signature of an extractor")]
    fn nothing(_: &FileInput<'_>, _: &mut Sink<'_>) -> Result<(), ParseError> {
        Ok(())
    }

    static EVERY: Extractor = Extractor {
        id: "test/every",
        version: 1,
        title: "",
        spec: "",
        selects: &[
            Select::Path("etc/os-release"),
            Select::Name("package.json"),
            Select::NameIn("METADATA", ".dist-info"),
            Select::Suffix(".egg-info"),
            Select::Below("var/lib/dpkg/info", ".list"),
            Select::Tail("plugins/*/*.php"),
            Select::Library("libssl"),
            Select::Tail("packages/*/opam"),
            Select::Tail("y/*"),
            Select::Affix("vmlinuz", ""),
            Select::Affix("lock.", "toml"),
            Select::Below("var/lib/dpkg/status.d", ""),
            Select::Suffix("z"),
        ],
        gives: Gives { licenses: false, source: false, ownership: false, dev: false, lines: false },
        run: nothing,
    };

    #[test]
    fn each_kind_of_selection_takes_what_it_says() {
        let selection = Selection::new(&[&EVERY]);
        for wanted in [
            "etc/os-release",
            "package.json",
            "a/b/package.json",
            "x/foo-1.dist-info/METADATA",
            "x/foo.egg-info",
            "var/lib/dpkg/info/bash.list",
            "plugins/a/b.php",
            "x/plugins/a/.php",
            "usr/lib/libssl.so.3",
            "app/x.libs/libssl-cd1d6220.so.1.0.0",
            "x/packages/a/opam",
            "y/x",
            "boot/vmlinuz",
            "boot/vmlinuz-6.1",
            "lock.toml",
            "var/lib/dpkg/status.d/x",
            "z",
        ] {
            assert!(selection.wants(wanted), "{wanted}");
        }
        for unwanted in [
            "x/etc/os-release",
            "my-package.json",
            "x/METADATA",
            "var/lib/dpkg/infos/bash.list",
            "var/lib/dpkg/info/bash.md5sums",
            "plugins/b.php",
            "plugins/a/c/b.php",
            "a/b.php",
            "usr/lib/libssl3.sock",
            "usr/lib/libcrypto.so.3",
            "packages/a/myopam",
            "packages/opam",
            "y",
            "my-vmlinux",
            "lock.tom",
            "var/lib/dpkg/status.d",
            "etc/os-releases",
            "",
            "m",
        ] {
            assert!(!selection.wants(unwanted), "{unwanted}");
        }
    }

    #[test]
    fn aliases_show_the_link_and_not_the_file() {
        let mut aliases = Aliases::default();
        let path = |text: &str| ImagePath::parse(text.as_bytes()).unwrap();
        aliases.files.insert(path("data/release"), vec![path("etc/os-release")]);
        aliases.folders.insert(path("data/info"), vec![path("var/lib/dpkg/info")]);
        let selection = Selection::new(&[&EVERY]).with_aliases(aliases);
        let seen = |text: &str| {
            selection
                .matches(&path(text))
                .into_iter()
                .map(|m| m.path.to_string())
                .collect::<Vec<_>>()
        };
        assert_eq!(seen("data/release"), ["etc/os-release"]);
        assert_eq!(seen("data/info/bash.list"), ["var/lib/dpkg/info/bash.list"]);
        assert!(seen("data/other").is_empty());
    }
}
