//! The package database of Arch Linux: for each installed package a folder with `desc`, what it is,
//! and `files`, the list of its files.
//!
//! Both are blocks, each a `%NAME%` line, the values one a line, and an empty line.

use crate::broken::Broken;
use crate::lines::{Line, Lines, text};
use lazaret_core::extract::{Extractor, FileInput, Gives, ParseError, Select, Sink};
use lazaret_core::location::LineRange;
use lazaret_core::package::{Ecosystem, PackageFact, SourcePackage};

const SPEC: &str =
    "https://gitlab.archlinux.org/pacman/pacman/-/blob/master/lib/libalpm/be_local.c";

/// The folder with a folder for each package.
const FOLDER: &str = "var/lib/pacman/local";

/// Licenses and the like of one package. More than a few dozen are a mistake.
const VALUES_MAX: usize = 200;

/// What is installed.
pub(crate) static DESC: Extractor = Extractor {
    id: "alpm/desc",
    version: 1,
    title: "Arch Linux package database",
    spec: SPEC,
    selects: &[Select::Below(FOLDER, "desc")],
    gives: Gives { licenses: true, source: true, ownership: false, dev: false, lines: true },
    run: read_desc,
};

/// Which files belong to which package.
pub(crate) static FILES: Extractor = Extractor {
    id: "alpm/files",
    version: 1,
    title: "File lists of Arch Linux packages",
    spec: SPEC,
    selects: &[Select::Below(FOLDER, "files")],
    gives: Gives { licenses: false, source: false, ownership: true, dev: false, lines: false },
    run: read_files,
};

fn read_desc(input: &FileInput<'_>, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    if package_folder(input, "desc").is_none() || input.bytes.trim_ascii().is_empty() {
        return Ok(());
    }
    let mut desc = Desc::default();
    let mut block: &[u8] = b"";
    let mut end = 1;
    let mut broken = Broken::default();
    for line in Lines::new(input.bytes) {
        if line.text.is_empty() {
            block = b"";
            continue;
        }
        end = line.number;
        match (name_of(line.text), block) {
            (Some(name), _) => block = name,
            (None, b"") => broken.report(sink, line.number, "a value has no `%NAME%` before it"),
            (None, block) => desc.set(block, line.text),
        }
    }
    let filled = |value: Option<&[u8]>| value.filter(|value| !value.is_empty()).map(text);
    let name = filled(desc.name).ok_or_else(|| ParseError::new("the package has no `%NAME%`"))?;
    let version =
        filled(desc.version).ok_or_else(|| ParseError::new("the package has no `%VERSION%`"))?;
    let mut package = PackageFact::installed(Ecosystem::Alpm, name, version);
    package.arch = filled(desc.arch);
    // Packages built alone may leave out their base.
    package.source = Some(SourcePackage {
        name: filled(desc.base).unwrap_or_else(|| package.name.clone()),
        version: package.version.clone(),
    });
    package.vendor = filled(desc.packager).filter(|packager| packager != "Unknown Packager");
    package.licenses = desc.licenses.into_iter().map(text).collect();
    package.lines = Some(LineRange { start: 1, end });
    sink.package(package);
    broken.finish()
}

/// The values that matter.
#[derive(Default)]
struct Desc<'a> {
    name: Option<&'a [u8]>,
    version: Option<&'a [u8]>,
    base: Option<&'a [u8]>,
    arch: Option<&'a [u8]>,
    packager: Option<&'a [u8]>,
    licenses: Vec<&'a [u8]>,
}

impl<'a> Desc<'a> {
    fn set(&mut self, block: &[u8], value: &'a [u8]) {
        let place = match block {
            b"NAME" => &mut self.name,
            b"VERSION" => &mut self.version,
            b"BASE" => &mut self.base,
            b"ARCH" => &mut self.arch,
            b"PACKAGER" => &mut self.packager,
            b"LICENSE" => {
                if self.licenses.len() < VALUES_MAX {
                    self.licenses.push(value);
                }
                return;
            }
            _ => return,
        };
        *place = Some(value);
    }
}

fn read_files(input: &FileInput<'_>, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    let Some(folder) = package_folder(input, "files") else { return Ok(()) };
    let Some(package) = name_in_folder(folder) else {
        return Err(ParseError::new("the folder is not named as a package is"));
    };
    sink.owns(package, listed(input.bytes).map(|line| line.text).filter(|path| is_file(path)));
    let mut broken = Broken::default();
    for line in listed(input.bytes).filter(|line| !is_path(line.text)) {
        broken.report(sink, line.number, "a line holds no path of a package");
    }
    broken.finish()
}

/// The lines of the block with the paths. Others are of backup files and their checksums.
fn listed(bytes: &[u8]) -> impl Iterator<Item = Line<'_>> {
    let mut within = true;
    Lines::new(bytes).filter(move |line| {
        if let Some(name) = name_of(line.text) {
            within = name == b"FILES";
            return false;
        }
        within && !line.text.is_empty()
    })
}

/// Whether a line is a path from the root on.
fn is_path(path: &[u8]) -> bool {
    !path.starts_with(b"/") && !path.contains(&0)
}

/// Folders end with a slash.
fn is_file(path: &[u8]) -> bool {
    is_path(path) && !path.ends_with(b"/")
}

/// The name in a `%NAME%` line.
fn name_of(line: &[u8]) -> Option<&[u8]> {
    line.strip_prefix(b"%")?.strip_suffix(b"%").filter(|name| !name.is_empty())
}

/// The folder of a package, if the file lies right inside of one.
fn package_folder<'p>(input: &FileInput<'p>, name: &str) -> Option<&'p str> {
    let inner = input.path.as_str().strip_prefix(FOLDER)?.strip_prefix('/')?;
    let (folder, file) = inner.split_once('/')?;
    (file == name).then_some(folder)
}

/// The name in `name-version-release`.
fn name_in_folder(folder: &str) -> Option<&str> {
    let (rest, _release) = folder.rsplit_once('-')?;
    let (name, _version) = rest.rsplit_once('-')?;
    (!name.is_empty()).then_some(name)
}
