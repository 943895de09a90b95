//! XML files, read into a small tree: names without their prefix, attributes, texts and lines.

use super::declared::DOCUMENT_BYTES_MAX;
use super::places::Places;
use lazaret_core::extract::ParseError;
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::reader::Reader;
use std::borrow::Cow;

/// Elements inside of each other. Project files have seven.
const DEPTH_MAX: usize = 64;

/// Elements of one file: Gradle's lists of checksums have some tens of thousands.
pub(crate) const ELEMENTS_MAX: usize = 400_000;

/// One element.
#[derive(Debug, Default)]
pub(crate) struct Element {
    /// Its name without prefix.
    pub(crate) name: String,
    /// Names without prefix, and values.
    attributes: Vec<(String, String)>,
    /// Its own text, trimmed.
    pub(crate) text: String,
    pub(crate) children: Vec<Self>,
    /// The line its text begins in, or that of the element itself.
    pub(crate) line: Option<u32>,
}

impl Element {
    /// The first child of this name.
    pub(crate) fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }

    /// The children of a child, such as the `dependency` elements in `dependencies`.
    pub(crate) fn list<'e>(&'e self, list: &str, item: &'e str) -> impl Iterator<Item = &'e Self> {
        let lists = self.children.iter().filter(move |child| child.name == list);
        lists.flat_map(|list| &list.children).filter(move |child| child.name == item)
    }

    /// The text of the first child of this name, unless it is empty.
    pub(crate) fn text_of(&self, name: &str) -> Option<&str> {
        self.child(name).map(|child| &*child.text).filter(|text| !text.is_empty())
    }

    /// An attribute, whatever the case of its name.
    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.trim()).filter(|value| !value.is_empty())
    }

    /// An attribute or, as some formats allow, the text of a child of this name.
    pub(crate) fn value(&self, name: &str) -> Option<&str> {
        self.attribute(name).or_else(|| self.text_of(name))
    }
}

/// The outermost element of a file. Entities that only a document type declares are left out:
/// nothing is expanded, and nothing else is read.
pub(crate) fn parse(bytes: &[u8]) -> Result<Element, ParseError> {
    if bytes.len() > DOCUMENT_BYTES_MAX {
        let message = format!("the file has more than {DOCUMENT_BYTES_MAX} bytes");
        return Err(ParseError::new(message));
    }
    read(bytes, ELEMENTS_MAX, None)
}

/// The outermost element of a file that is a list of lists: what is in a child of it is shown, with
/// that child's name, and not kept, so that a file may be large.
pub(crate) fn parse_lists(
    bytes: &[u8],
    elements_max: usize,
    mut each: impl FnMut(&Element, &str, &Element),
) -> Result<Element, ParseError> {
    read(bytes, elements_max, Some(&mut each))
}

/// Who is shown the elements of lists: the root, the name of the list, and the element.
type Each<'f> = &'f mut dyn FnMut(&Element, &str, &Element);

fn read(bytes: &[u8], elements_max: usize, each: Option<Each<'_>>) -> Result<Element, ParseError> {
    let text = decode(bytes);
    let places = Places::new(text.as_bytes());
    let mut reader = Reader::from_str(&text);
    let mut tree = Tree { open: Vec::new(), root: None, elements: 0, elements_max, each };
    loop {
        let at = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX);
        let line = || places.line(at.min(text.len()));
        let broken = |message: String| ParseError { message, line: line() };
        let event = reader.read_event();
        let event = event.map_err(|error| broken(format!("the XML is broken: {error}")))?;
        match event {
            Event::Start(start) => tree.open(&start, line()).map_err(broken)?,
            Event::Empty(start) => {
                tree.open(&start, line()).map_err(broken)?;
                tree.close();
            }
            Event::End(_) => tree.close(),
            Event::Text(part) => {
                let raw: &str = &part;
                let skipped = raw.len().saturating_sub(raw.trim_start().len());
                tree.text(raw, || places.line(at.saturating_add(skipped).min(text.len())));
            }
            Event::CData(part) => {
                tree.text(&part, line);
            }
            Event::GeneralRef(name) => tree.reference(&name),
            Event::Eof => break,
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
        }
    }
    if let Some(open) = tree.open.last() {
        return Err(ParseError::new(format!("the XML is cut: `{}` has no end", open.name)));
    }
    tree.root.ok_or_else(|| ParseError::new("the XML holds no element"))
}

/// Bytes as text: UTF-8, or else UTF-16 with its mark, or Latin-1, which every other byte is in.
fn decode(bytes: &[u8]) -> Cow<'_, str> {
    let wide = |rest: &[u8], number: fn([u8; 2]) -> u16| -> String {
        let units = rest.chunks_exact(2).filter_map(|pair| pair.try_into().ok()).map(number);
        char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
    };
    if let Some(rest) = bytes.strip_prefix(b"\xff\xfe") {
        return wide(rest, u16::from_le_bytes).into();
    }
    if let Some(rest) = bytes.strip_prefix(b"\xfe\xff") {
        return wide(rest, u16::from_be_bytes).into();
    }
    let bytes = crate::lines::without_mark(bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) => text.into(),
        Err(_) => bytes.iter().map(|byte| char::from(*byte)).collect::<String>().into(),
    }
}

/// The elements that are open, the outermost first.
struct Tree<'f> {
    open: Vec<Element>,
    root: Option<Element>,
    elements: usize,
    elements_max: usize,
    each: Option<Each<'f>>,
}

impl Tree<'_> {
    fn open(&mut self, start: &BytesStart<'_>, line: Option<u32>) -> Result<(), String> {
        self.elements = self.elements.saturating_add(1);
        if self.open.len() >= DEPTH_MAX || self.elements > self.elements_max {
            return Err("the XML has too many elements, or too many in each other".to_owned());
        }
        let mut attributes = Vec::new();
        for attribute in start.attributes().with_checks(false) {
            let attribute = attribute.map_err(|error| format!("the XML is broken: {error}"))?;
            let value = match quick_xml::escape::unescape(&attribute.value) {
                Ok(value) => value.into_owned(),
                Err(_) => attribute.value.clone().into_owned(),
            };
            attributes.push((attribute.key.local_name().as_ref().to_owned(), value));
        }
        let name = start.local_name().as_ref().to_owned();
        let element = Element { name, attributes, line, ..Element::default() };
        self.open.push(element);
        Ok(())
    }

    fn close(&mut self) {
        let Some(mut element) = self.open.pop() else { return };
        element.text.truncate(element.text.trim_end().len());
        let leading = element.text.len().saturating_sub(element.text.trim_start().len());
        element.text.drain(..leading);
        if let (Some(each), [root, list]) = (&mut self.each, self.open.as_slice()) {
            each(root, &list.name, &element);
            return;
        }
        match self.open.last_mut() {
            Some(parent) => parent.children.push(element),
            None => self.root = self.root.take().or(Some(element)),
        }
    }

    fn text(&mut self, part: &str, line: impl FnOnce() -> Option<u32>) {
        let Some(element) = self.open.last_mut() else { return };
        if part.trim().is_empty() {
            // The space between elements is not worth keeping, that between words is.
            if !element.text.is_empty() && element.children.is_empty() {
                element.text.push_str(part);
            }
            return;
        }
        if element.text.is_empty() {
            element.line = line().or(element.line);
        }
        element.text.push_str(part);
    }

    fn reference(&mut self, name: &BytesRef<'_>) {
        let Some(element) = self.open.last_mut() else { return };
        if let Ok(Some(c)) = name.resolve_char_ref() {
            element.text.push(c);
            return;
        }
        let known = quick_xml::escape::resolve_predefined_entity(name);
        element.text.push_str(known.unwrap_or_default());
    }
}
