//! Extensions of Visual Studio Code and of editors built from it.

use super::declared::{Packages, declared, document};
use super::json::{Json, entries, string};
use super::zip::Zip;
use lazaret_core::extract::{Extractor, FileInput, Gives, ParseError, Select, Sink};
use lazaret_core::package::{Ecosystem, Presence};
use quick_xml::Reader;
use quick_xml::events::Event;

/// Installed extensions, each in a folder `PUBLISHER.NAME-VERSION`. Names of the marketplace are
/// the same in upper and lower case.
pub(crate) static EXTENSION: Extractor = Extractor {
    id: "vscode/extension",
    version: 1,
    title: "Visual Studio Code extensions",
    spec: "https://code.visualstudio.com/api/references/extension-manifest",
    selects: &[Select::Tail("extensions/*/package.json"), Select::Name(".vsixmanifest")],
    gives: Gives { licenses: true, source: false, ownership: false, dev: false, lines: true },
    run,
};

/// Package files of extensions, which lie in an image and were not installed from there.
pub(crate) static VSIX: Extractor = Extractor {
    id: "vscode/vsix",
    version: 1,
    title: "Package files of Visual Studio Code extensions",
    spec: "https://learn.microsoft.com/visualstudio/extensibility/anatomy-of-a-vsix-package",
    selects: &[Select::Suffix(".vsix")],
    gives: Gives { licenses: false, source: false, ownership: false, dev: false, lines: false },
    run: read_vsix,
};

/// Largest manifest in a package file, in bytes; real ones have some thousand.
const MANIFEST_BYTES_MAX: u64 = 1 << 20;

/// Events of one `.vsixmanifest`; real ones have some hundred.
const EVENTS_MAX: usize = 10_000;

fn run(input: &FileInput<'_>, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    if input.path.name() == ".vsixmanifest" {
        return manifest(input.bytes, Presence::Installed, sink);
    }
    let json = Json::new(input.bytes)?;
    let (mut name, mut publisher, mut version, mut license) = (None, None, None, None);
    let mut is_extension = false;
    json.entries(|key, value| match key {
        "name" => name = string(value),
        "publisher" => publisher = string(value),
        "version" => version = string(value).map(|text| (text, json.line(value))),
        "license" => license = string(value).filter(|text| !text.starts_with("SEE ")),
        "engines" => entries(value, |key, _| is_extension |= key == "vscode"),
        _ => {}
    })?;
    // Other programs have a folder of this name too, and npm packages in it.
    let (Some(name), Some(publisher), Some((version, line)), true) =
        (name, publisher, version, is_extension)
    else {
        return Ok(());
    };
    let name = format!("{publisher}/{name}");
    add(&name, &version, Presence::Installed, line, license, sink)
}

fn read_vsix(input: &FileInput<'_>, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    if input.bytes.is_empty() {
        return Ok(());
    }
    let archive = Zip::open(input.bytes)?;
    let found = archive.entries().find(|entry| entry.name == b"extension.vsixmanifest");
    let Some(entry) = found else {
        return Err(ParseError::new("the archive has no manifest of an extension"));
    };
    if entry.size_bytes > MANIFEST_BYTES_MAX {
        return Err(ParseError::new("the manifest of the extension is too large"));
    }
    manifest(&archive.content(&entry)?, Presence::Declared, sink)
}

/// The identity in a `.vsixmanifest`.
fn manifest(bytes: &[u8], presence: Presence, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    let mut reader = Reader::from_str(document(bytes)?);
    for _ in 0..EVENTS_MAX {
        let event = reader
            .read_event()
            .map_err(|error| ParseError::new(format!("the XML is broken: {error}")))?;
        match event {
            Event::Start(element) | Event::Empty(element)
                if element.local_name().as_ref() == "Identity" =>
            {
                let attribute = |name: &str| {
                    let found = element.try_get_attribute(name).ok().flatten()?;
                    Some(found.value.into_owned())
                };
                let (Some(name), Some(publisher), Some(version)) =
                    (attribute("Id"), attribute("Publisher"), attribute("Version"))
                else {
                    return Err(ParseError::new("the identity lacks a name or a version"));
                };
                let name = format!("{publisher}/{name}");
                return add(&name, &version, presence, None, None, sink);
            }
            Event::Eof => break,
            _ => {}
        }
    }
    if bytes.trim_ascii().is_empty() {
        return Ok(());
    }
    Err(ParseError::new("the file has no identity of an extension"))
}

fn add(
    name: &str,
    version: &str,
    presence: Presence,
    line: Option<u32>,
    license: Option<String>,
    sink: &mut Sink<'_>,
) -> Result<(), ParseError> {
    let name = name.to_ascii_lowercase();
    let mut package = declared(Ecosystem::Vscode, &name, version, presence, line);
    package.licenses.extend(license);
    let mut packages = Packages::new(sink);
    packages.add(package);
    packages.finish()
}
