//! Extensions of Visual Studio Code and of editors built from it.

use super::declared::{Packages, declared, document};
use super::json::{Json, entries, string};
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

/// Events of one `.vsixmanifest`; real ones have some hundred.
const EVENTS_MAX: usize = 10_000;

fn run(input: &FileInput<'_>, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    if input.path.name() == ".vsixmanifest" {
        return manifest(input.bytes, sink);
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
    add(&publisher, &name, &version, line, license, sink)
}

/// The identity in a `.vsixmanifest`.
fn manifest(bytes: &[u8], sink: &mut Sink<'_>) -> Result<(), ParseError> {
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
                return add(&publisher, &name, &version, None, None, sink);
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
    publisher: &str,
    name: &str,
    version: &str,
    line: Option<u32>,
    license: Option<String>,
    sink: &mut Sink<'_>,
) -> Result<(), ParseError> {
    let name = format!("{publisher}/{name}").to_ascii_lowercase();
    let mut package = declared(Ecosystem::Vscode, &name, version, Presence::Installed, line);
    package.licenses.extend(license);
    let mut packages = Packages::new(sink);
    packages.add(package);
    packages.finish()
}
