//! Applications installed by Flatpak, from the AppStream file each one exports.

use crate::lines::without_mark;
use lazaret_core::extract::{Extractor, FileInput, Gives, ParseError, Select, Sink};
use lazaret_core::package::{Ecosystem, PackageFact};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

/// Applications of Flatpak.
pub(crate) static METAINFO: Extractor = Extractor {
    id: "flatpak/metainfo",
    version: 1,
    title: "Flatpak applications",
    spec: "https://www.freedesktop.org/software/appstream/docs/chap-Metadata.html",
    selects: &[Select::Suffix(".metainfo.xml"), Select::Suffix(".appdata.xml")],
    gives: Gives { licenses: true, source: false, ownership: false, dev: false, lines: false },
    run,
};

/// Longest value that is kept, in bytes.
const VALUE_BYTES_MAX: usize = 512;

fn run(input: &FileInput<'_>, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    // Elsewhere such a file is of a package of the distribution.
    let Some(arch) = exported(input.path.as_str()) else { return Ok(()) };
    if input.bytes.trim_ascii().is_empty() {
        return Ok(());
    }
    let component = Component::read(without_mark(input.bytes))?;
    let filled = |value: Option<String>| value.filter(|value| !value.is_empty());
    let name =
        filled(component.id).ok_or_else(|| ParseError::new("the application has no `id`"))?;
    let version = filled(component.version)
        .ok_or_else(|| ParseError::new("the application has no release with a version"))?;
    // Older files have the name of the desktop file for an id.
    let name = name.strip_suffix(".desktop").unwrap_or(&name);
    let mut package = PackageFact::installed(Ecosystem::Generic, name, version);
    package.arch = Some(arch.to_owned());
    package.vendor = filled(component.developer);
    package.licenses = filled(component.license).into_iter().collect();
    sink.package(package);
    Ok(())
}

/// The architecture of an application that this file is exported by:
/// `flatpak/app/ID/ARCH/BRANCH/COMMIT/export/share/metainfo/FILE`.
fn exported(path: &str) -> Option<&str> {
    let parts: Vec<&str> = path.split('/').collect();
    let (_, last) = parts.split_last_chunk::<10>()?;
    match last {
        ["flatpak", "app", _, arch, _, _, "export", "share", "metainfo" | "appdata", _] => {
            Some(arch)
        }
        _ => None,
    }
}

/// What is read of a `component`.
#[derive(Default)]
struct Component {
    id: Option<String>,
    license: Option<String>,
    developer: Option<String>,
    /// Of the first release, which is the newest.
    version: Option<String>,
}

impl Component {
    fn read(bytes: &[u8]) -> Result<Self, ParseError> {
        let broken = || ParseError::new("the XML is broken");
        let text =
            std::str::from_utf8(bytes).map_err(|_| ParseError::new("the file is not UTF-8"))?;
        let mut reader = Reader::from_str(text);
        let mut component = Self::default();
        // Names of the elements around, the outermost first; those deeper than needed are counted.
        let (mut around, mut depth) = (Vec::<String>::new(), 0_usize);
        loop {
            match reader.read_event().map_err(|_| broken())? {
                Event::Start(start) => {
                    depth = depth.saturating_add(1);
                    component.release(&around, &start);
                    if depth <= DEPTH {
                        around.push(start.local_name().as_ref().to_owned());
                    }
                }
                Event::Empty(start) => component.release(&around, &start),
                Event::End(_) => {
                    if depth <= DEPTH {
                        around.pop();
                    }
                    depth = depth.saturating_sub(1);
                }
                Event::Text(text) if depth <= DEPTH => {
                    component.text(&around, text.trim());
                }
                Event::Eof => break,
                _ => {}
            }
        }
        if depth > 0 { Err(broken()) } else { Ok(component) }
    }

    fn release(&mut self, around: &[String], start: &BytesStart<'_>) {
        let is_release = start.local_name().as_ref() == "release"
            && is_at(around, &["releases"])
            && self.version.is_none();
        if is_release {
            let version = start.try_get_attribute("version").ok().flatten();
            let version = version.map(|version| version.value.into_owned());
            self.version = version.filter(|version| version.len() <= VALUE_BYTES_MAX);
        }
    }

    fn text(&mut self, around: &[String], value: &str) {
        let place = if is_at(around, &["id"]) {
            &mut self.id
        } else if is_at(around, &["project_license"]) {
            &mut self.license
        } else if is_at(around, &["developer_name"]) || is_at(around, &["developer", "name"]) {
            &mut self.developer
        } else {
            return;
        };
        if place.is_none() && !value.is_empty() && value.len() <= VALUE_BYTES_MAX {
            *place = Some(value.to_owned());
        }
    }
}

/// Elements that matter are no deeper: `component`, `developer`, `name`.
const DEPTH: usize = 3;

/// Whether these elements are the ones around, inside of the outermost.
fn is_at(around: &[String], names: &[&str]) -> bool {
    let Some((root, inner)) = around.split_first() else { return false };
    matches!(root.as_str(), "component" | "application")
        && inner.len() == names.len()
        && inner.iter().zip(names).all(|(inner, name)| inner == name)
}
