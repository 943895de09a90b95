//! Reading XML that upstream wrote and a network may have spoiled: a stream of elements, of which
//! nothing is kept that is not asked for.
//!
//! Entities other than those of XML itself are not expanded, whatever a document declares.

use super::FeedError;
use super::bundle::plain;
use quick_xml::Reader;
use quick_xml::XmlVersion;
use quick_xml::events::{BytesRef, BytesStart, Event};
use std::borrow::Cow;
use std::io::{self, BufRead, BufReader, Read};

/// Elements inside each other. OVAL's criteria are the deepest there is, with some ten.
const DEPTH_MAX: usize = 64;

/// A document without its compression, in bytes. The largest, Oracle's, has less than half of it.
const DOCUMENT_BYTES_MAX: u64 = 2 << 30;

/// One tag or one piece of text, in bytes. The longest descriptions stay below one megabyte.
const TOKEN_BYTES_MAX: u64 = 8 << 20;

/// A document that is being read.
///
/// [`child`](Self::child) steps from one element inside the open one to the next. Each one it
/// stops at must be read to its end before the next step: by its [`text`](Self::text), by
/// [`skip`](Self::skip), or by stepping through its own children.
pub(super) struct Xml<'a> {
    reader: Reader<Metered<'a>>,
    buffer: Vec<u8>,
    /// The start tag read last.
    tag: BytesStart<'static>,
    depth: usize,
}

/// Why a document cannot be read on.
type Step<T> = Result<T, FeedError>;

/// The next of what matters.
enum Token {
    Open,
    Close,
    Text(String),
}

impl<'a> Xml<'a> {
    /// Begins to read a document, which may be compressed, whose outermost element has this name;
    /// `what` says what the file should be.
    pub(super) fn open(bytes: &'a [u8], root: &str, what: &'static str) -> Step<Self> {
        if bytes.iter().all(u8::is_ascii_whitespace) {
            return Err(FeedError::Empty);
        }
        let input = Metered { from: BufReader::new(plain(bytes)?), all: 0, token: 0, over: None };
        let mut reader = Reader::from_reader(input);
        reader.config_mut().expand_empty_elements = true;
        let (buffer, tag) = (Vec::new(), BytesStart::new(""));
        let mut xml = Self { reader, buffer, tag, depth: 0 };
        loop {
            match xml.token(false)? {
                Token::Open if xml.name() == root => return Ok(xml),
                Token::Open if xml.name().eq_ignore_ascii_case("html") => {
                    return Err(FeedError::WebPage(what));
                }
                Token::Open | Token::Close => return Err(FeedError::OtherXml(what)),
                Token::Text(_) => {}
            }
        }
    }

    /// Goes to the next element inside the open one; false at the open one's end.
    pub(super) fn child(&mut self) -> Step<bool> {
        loop {
            match self.token(false)? {
                Token::Open => return Ok(true),
                Token::Close => return Ok(false),
                Token::Text(_) => {}
            }
        }
    }

    /// The name of the element last begun, without its prefix.
    pub(super) fn name(&self) -> &str {
        self.tag.local_name().into_inner()
    }

    /// An attribute of the element last begun.
    pub(super) fn attribute(&self, name: &str) -> Step<Option<Cow<'_, str>>> {
        let found =
            self.tag.try_get_attribute(name).map_err(|error| FeedError::Xml(error.into()))?;
        match found {
            Some(attribute) => attribute
                .normalized_value(XmlVersion::Explicit1_0)
                .map(Some)
                .map_err(FeedError::Xml),
            None => Ok(None),
        }
    }

    /// The open element's own text, and its end.
    pub(super) fn text(&mut self) -> Step<String> {
        let mut text = String::new();
        loop {
            match self.token(true)? {
                Token::Open => self.skip()?,
                Token::Close => return Ok(text.trim().to_owned()),
                Token::Text(piece) => {
                    text.push_str(&piece);
                    let size = u64::try_from(text.len()).unwrap_or(u64::MAX);
                    if size > TOKEN_BYTES_MAX {
                        let what = "bytes in one text";
                        return Err(FeedError::TooMuch { what, limit: TOKEN_BYTES_MAX });
                    }
                }
            }
        }
    }

    /// Passes over the rest of the open element.
    pub(super) fn skip(&mut self) -> Step<()> {
        let mut open = 1_usize;
        while open > 0 {
            match self.token(false)? {
                Token::Open => open = open.saturating_add(1),
                Token::Close => open = open.saturating_sub(1),
                Token::Text(_) => {}
            }
        }
        Ok(())
    }

    /// The next token; texts are only made where they are wanted.
    fn token(&mut self, texts: bool) -> Step<Token> {
        loop {
            self.buffer.clear();
            self.reader.get_mut().token = 0;
            let event = match self.reader.read_event_into(&mut self.buffer) {
                Ok(event) => event,
                Err(error) => return Err(failure(error, self.reader.get_ref().over)),
            };
            match event {
                Event::Start(tag) => {
                    self.tag = tag.into_owned();
                    self.depth = self.depth.saturating_add(1);
                    if self.depth > DEPTH_MAX {
                        let limit = u64::try_from(DEPTH_MAX).unwrap_or(u64::MAX);
                        let what = "elements inside each other";
                        return Err(FeedError::TooMuch { what, limit });
                    }
                    return Ok(Token::Open);
                }
                Event::End(_) => {
                    self.depth = self.depth.saturating_sub(1);
                    return Ok(Token::Close);
                }
                Event::Text(text) if texts => return Ok(Token::Text((*text).to_owned())),
                Event::CData(text) if texts => return Ok(Token::Text((*text).to_owned())),
                Event::GeneralRef(reference) if texts => {
                    return referred(&reference).map(Token::Text);
                }
                Event::Eof => return Err(FeedError::CutOff),
                _ => {}
            }
        }
    }
}

/// The character a reference stands for; one that XML does not have itself stays as it is.
fn referred(reference: &BytesRef<'_>) -> Step<String> {
    if let Some(character) = reference.resolve_char_ref().map_err(FeedError::Xml)? {
        return Ok(character.to_string());
    }
    let name: &str = reference;
    Ok(match quick_xml::escape::resolve_xml_entity(name) {
        Some(text) => text.to_owned(),
        None => format!("&{name};"),
    })
}

/// What went wrong: a limit, an early end, or XML that is none.
fn failure(error: quick_xml::Error, over: Option<(&'static str, u64)>) -> FeedError {
    if let Some((what, limit)) = over {
        return FeedError::TooMuch { what, limit };
    }
    match error {
        quick_xml::Error::Io(cause) if cause.kind() == io::ErrorKind::UnexpectedEof => {
            FeedError::CutOff
        }
        // Every one of these is something that was not closed.
        quick_xml::Error::Syntax(error)
            if !matches!(error, quick_xml::errors::SyntaxError::InvalidBangMarkup) =>
        {
            FeedError::CutOff
        }
        error => FeedError::Xml(error),
    }
}

/// Input that ends with an error where there is too much of it.
struct Metered<'a> {
    from: BufReader<Box<dyn Read + 'a>>,
    /// Bytes so far …
    all: u64,
    /// … and since the last token.
    token: u64,
    /// The limit that was met.
    over: Option<(&'static str, u64)>,
}

impl Read for Metered<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.fill_buf()?.read(into)?;
        self.consume(read);
        Ok(read)
    }
}

impl BufRead for Metered<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.all > DOCUMENT_BYTES_MAX {
            self.over = Some(("bytes", DOCUMENT_BYTES_MAX));
        } else if self.token > TOKEN_BYTES_MAX {
            self.over = Some(("bytes between two tags", TOKEN_BYTES_MAX));
        }
        if self.over.is_some() {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.from.fill_buf()
    }

    fn consume(&mut self, amount: usize) {
        self.from.consume(amount);
        let amount = u64::try_from(amount).unwrap_or(u64::MAX);
        self.all = self.all.saturating_add(amount);
        self.token = self.token.saturating_add(amount);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<(String, Option<String>, String)>, FeedError> {
        let mut xml = Xml::open(text.as_bytes(), "list", "a list")?;
        let mut items = Vec::new();
        while xml.child()? {
            let name = xml.name().to_owned();
            let id = xml.attribute("id")?.map(Cow::into_owned);
            items.push((name, id, xml.text()?));
        }
        Ok(items)
    }

    fn item(name: &str, id: Option<&str>, text: &str) -> (String, Option<String>, String) {
        (name.to_owned(), id.map(str::to_owned), text.to_owned())
    }

    #[test]
    fn elements_have_a_name_attributes_and_text() {
        let text = "<?xml version='1.0'?><!-- x --><p:list xmlns:p='x'> <p:a id='1 &lt; 2'> b &amp; \
                    <i>no</i>&#99;<![CDATA[<d>]]> </p:a> <e id=\"\"/></p:list>";
        assert_eq!(
            read(text).unwrap(),
            [item("a", Some("1 < 2"), "b & c<d>"), item("e", Some(""), "")]
        );
    }

    #[test]
    fn entities_of_a_documents_own_are_not_expanded() {
        let text = "<!DOCTYPE list [<!ENTITY lol 'lollollol'>]><list><a>&lol;</a></list>";
        assert_eq!(read(text).unwrap(), [item("a", None, "&lol;")]);
        let text = "<!DOCTYPE list [<!ENTITY lol 'lol'>]><list><a id='&lol;'>x</a></list>";
        assert!(matches!(read(text), Err(FeedError::Xml(_))));
    }

    #[test]
    fn what_is_no_such_document_is_said_to_be_none() {
        let whole = "<list><a>b</a></list>";
        for (text, error) in [
            ("", "the file is empty"),
            (" \n", "the file is empty"),
            ("<!DOCTYPE html><html><p>Sign in", "the file is a web page, not a list"),
            ("<HTML>", "the file is a web page, not a list"),
            ("<feed></feed>", "the file is XML, but not a list"),
            ("{}", "the file is cut off"),
        ] {
            assert_eq!(read(text).unwrap_err().to_string(), error, "{text}");
        }
        for end in 1..whole.len() {
            assert!(matches!(read(&whole[..end]), Err(FeedError::CutOff)), "{end}");
        }
        assert!(matches!(read("<list><a></b></list>"), Err(FeedError::Xml(_))));
    }

    #[test]
    fn depth_and_size_are_bounded() {
        let deep = format!("<list>{}", "<a>".repeat(100_000));
        assert!(matches!(read(&deep), Err(FeedError::TooMuch { .. })));
        let long = format!("<list><a>{}</a></list>", "x".repeat(9 << 20));
        assert!(matches!(read(&long), Err(FeedError::TooMuch { .. })));
        let many = format!("<list><a>{}</a></list>", "xxxxxxxx&lt;".repeat(1 << 20));
        assert!(matches!(read(&many), Err(FeedError::TooMuch { .. })));
    }
}
