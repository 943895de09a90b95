//! VEX in CycloneDX 1.4 and newer, as XML (<https://cyclonedx.org/docs/1.6/xml/>): the same facts as
//! in JSON, one element deeper where JSON has a list.

use super::VexError;
use super::cyclonedx::{Affects, Analysis, Component, DEPTH_MAX, File, OtherId, Vulnerability};
use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;

/// How deep elements may lie: components in components, and what is in one of them.
const ELEMENTS_MAX: usize = 2 * DEPTH_MAX + 16;

/// Documents say that they are of version 1.0, or say nothing.
const VERSION: XmlVersion = XmlVersion::Implicit1_0;

/// The longest text of one element that is kept, in bytes.
const TEXT_MAX: usize = 1 << 20;

/// Reads a document into the shape that JSON has.
pub(super) fn read(bytes: &[u8]) -> Result<File, VexError> {
    let wrong = |what: String| VexError::Xml(what);
    let document = std::str::from_utf8(bytes).map_err(|error| wrong(error.to_string()))?;
    let mut reader = Reader::from_str(document);
    let mut file = File::default();
    let mut path: Vec<String> = Vec::new();
    // Components that are open, the innermost last.
    let mut components: Vec<Component> = Vec::new();
    let mut text = String::new();
    loop {
        match reader.read_event().map_err(|error| wrong(error.to_string()))? {
            Event::Start(element) => {
                let name = local_name(&element);
                if path.is_empty() && !is_bom(&element) {
                    return Err(VexError::Unknown);
                }
                open(&element, &name, &path, &mut file, &mut components);
                path.push(name);
                text.clear();
                if path.len() > ELEMENTS_MAX {
                    return Err(wrong(format!("elements lie more than {ELEMENTS_MAX} deep")));
                }
            }
            Event::Empty(element) => {
                let name = local_name(&element);
                open(&element, &name, &path, &mut file, &mut components);
                path.push(name);
                close(&path, "", &mut file, &mut components);
                path.pop();
            }
            Event::Text(part) => {
                push(&mut text, &part.xml_content(VERSION));
            }
            Event::CData(part) => {
                push(&mut text, &part.xml_content(VERSION));
            }
            Event::GeneralRef(entity) => {
                let name = entity.xml_content(VERSION);
                let letter = match &*name {
                    "amp" => Some('&'),
                    "lt" => Some('<'),
                    "gt" => Some('>'),
                    "quot" => Some('"'),
                    "apos" => Some('\''),
                    _ => entity.resolve_char_ref().ok().flatten(),
                };
                let letter = letter.ok_or_else(|| wrong(format!("`&{name};` is not defined")))?;
                push(&mut text, letter.encode_utf8(&mut [0; 4]));
            }
            Event::End(_) => {
                close(&path, text.trim(), &mut file, &mut components);
                path.pop();
                text.clear();
            }
            Event::DocType(_) => return Err(wrong("it defines a document type".to_owned())),
            Event::Eof if path.is_empty() => return Ok(file),
            Event::Eof => return Err(wrong("it ends in the middle".to_owned())),
            _ => {}
        }
    }
}

fn push(text: &mut String, part: &str) {
    if text.len().saturating_add(part.len()) <= TEXT_MAX {
        text.push_str(part);
    }
}

/// Whether the first element is one of CycloneDX.
fn is_bom(element: &BytesStart<'_>) -> bool {
    element.attributes().flatten().any(|one| {
        one.key.as_ref().starts_with("xmlns") && one.value.starts_with("http://cyclonedx.org/")
    })
}

fn local_name(element: &BytesStart<'_>) -> String {
    element.local_name().as_ref().to_owned()
}

fn bom_ref(element: &BytesStart<'_>) -> Option<String> {
    let found = element.attributes().flatten().find(|one| one.key.as_ref() == "bom-ref")?;
    found.normalized_value(VERSION).ok().map(std::borrow::Cow::into_owned)
}

fn open(
    element: &BytesStart<'_>,
    name: &str,
    path: &[String],
    file: &mut File,
    components: &mut Vec<Component>,
) {
    let parent = path.last().map_or("", String::as_str);
    match (parent, name) {
        ("components" | "metadata", "component") => {
            components.push(Component { reference: bom_ref(element), ..Component::default() });
        }
        ("vulnerabilities", "vulnerability") => {
            file.vulnerabilities.push(Vulnerability::default());
        }
        ("vulnerability", "analysis") => {
            if let Some(last) = file.vulnerabilities.last_mut() {
                last.analysis = Some(Analysis::default());
            }
        }
        _ => {}
    }
}

/// Takes the text of an element that ends, the last of `path`.
fn close(path: &[String], text: &str, file: &mut File, components: &mut Vec<Component>) {
    let last = |back: usize| {
        path.len().checked_sub(back).and_then(|at| path.get(at)).map_or("", String::as_str)
    };
    let text = || Some(text.to_owned());
    match (last(3), last(2), last(1)) {
        (_, "metadata", "timestamp") => {
            file.metadata.get_or_insert_default().timestamp = text();
        }
        (_, "component", "purl") => {
            if let Some(open) = components.last_mut() {
                open.purl = text();
            }
        }
        (_, "metadata", "component") => {
            file.metadata.get_or_insert_default().component = components.pop();
        }
        (_, "components", "component") => {
            if let Some(done) = components.pop() {
                match components.last_mut() {
                    Some(outer) => outer.components.push(done),
                    None => file.components.push(done),
                }
            }
        }
        (above, parent, name) => {
            if let Some(open) = file.vulnerabilities.last_mut() {
                close_in_vulnerability(open, (above, parent, name), text);
            }
        }
    }
}

fn close_in_vulnerability(
    open: &mut Vulnerability,
    path: (&str, &str, &str),
    text: impl Fn() -> Option<String>,
) {
    match path {
        ("vulnerabilities", "vulnerability", "id") => open.id = text(),
        ("vulnerabilities", "vulnerability", "updated") => open.updated = text(),
        ("vulnerabilities", "vulnerability", "published") => open.published = text(),
        ("references", "reference", "id") => open.references.push(OtherId { id: text() }),
        ("affects", "target", "ref") => {
            open.affects.extend(text().map(|reference| Affects { reference }));
        }
        ("vulnerability", "analysis", name) => {
            let Some(analysis) = &mut open.analysis else { return };
            match name {
                "state" => analysis.state = text(),
                "justification" => analysis.justification = text(),
                "detail" => analysis.detail = text(),
                "lastUpdated" => analysis.last_updated = text(),
                "firstIssued" => analysis.first_issued = text(),
                _ => {}
            }
        }
        _ => {}
    }
}
