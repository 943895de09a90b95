//! YAML and JSON as values that know their lines.
//!
//! JSON is read by the same reader: YAML 1.2 contains it. Anchors, aliases and merge keys are
//! resolved here, so that nobody else meets them; what that may grow to has an end.

use granit_parser::{Event, Parser, ScalarStyle, Span, StructureStyle};
use lazaret_core::location::LineRange;
use std::collections::{BTreeMap, BTreeSet};

/// Values in a file, aliases counted as what they stand for. The largest generated manifests of
/// popular operators have some 100,000.
const NODES_MAX: usize = 1_000_000;

/// How deep values lie in each other. Schemas of custom resources reach 40.
const DEPTH_MAX: usize = 128;

/// The same, for each of the two ways of nesting, told to the parser before it builds anything.
const NESTING_MAX: usize = 100;

/// Names in one map. They are looked up one by one, and no real map has a tenth of that.
const NAMES_MAX: usize = 8_192;

/// Documents in a file: what a release of a large chart renders is hundreds.
const DOCUMENTS_MAX: usize = 10_000;

/// A value and the lines it stands on.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// What it is.
    pub value: Value,
    /// First and last line.
    pub lines: LineRange,
}

/// What a value can be.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Nothing, written down.
    Null,
    /// Yes or no, in any of YAML 1.1's words too: what reads manifests in a cluster takes them so.
    Bool(bool),
    /// A whole number.
    Integer(i64),
    /// Another number.
    Float(f64),
    /// Text.
    Text(String),
    /// Values in order.
    List(Vec<Node>),
    /// Values by name, in the order of the file.
    Map(Vec<Entry>),
    /// Something that is only known when the configuration is applied.
    Unknown,
}

/// A value with its name.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The name.
    pub key: String,
    /// From the name to the value's end.
    pub lines: LineRange,
    /// The value.
    pub value: Node,
}

/// Why a file could not be read, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct TreeError {
    /// What is wrong.
    pub message: String,
    /// The line it was noticed on.
    pub line: u32,
}

static NULL: Value = Value::Null;

impl Node {
    /// A value on the lines of another.
    pub const fn new(value: Value, lines: LineRange) -> Self {
        Self { value, lines }
    }

    /// The value of that name, if this is a map and has it. A null is no value.
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.entry(key).map(|entry| &entry.value)
    }

    /// The same, with its name's line.
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        // The last of two equal names counts, as in the readers of clusters.
        let found = self.entries().iter().rev().find(|entry| entry.key == key);
        found.filter(|entry| entry.value.value != NULL)
    }

    /// The value at a path of names: `node.at(&["spec", "template"])`.
    pub fn at(&self, path: &[&str]) -> Option<&Self> {
        path.iter().try_fold(self, |node, key| node.get(key))
    }

    /// The text, if it is one.
    pub fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The text at a path of names.
    pub fn text_at(&self, path: &[&str]) -> Option<&str> {
        self.at(path).and_then(Self::text)
    }

    /// Yes or no, if it is one.
    pub const fn bool(&self) -> Option<bool> {
        match self.value {
            Value::Bool(value) => Some(value),
            _ => None,
        }
    }

    /// Whether it is a yes.
    pub fn is_true(&self) -> bool {
        self.bool() == Some(true)
    }

    /// Whether it is a no.
    pub fn is_false(&self) -> bool {
        self.bool() == Some(false)
    }

    /// The whole number, if it is one.
    pub const fn integer(&self) -> Option<i64> {
        match self.value {
            Value::Integer(value) => Some(value),
            _ => None,
        }
    }

    /// The values of a list; none, where it is not one.
    pub fn items(&self) -> &[Self] {
        match &self.value {
            Value::List(items) => items,
            _ => &[],
        }
    }

    /// The values of a map; none, where it is not one.
    pub fn entries(&self) -> &[Entry] {
        match &self.value {
            Value::Map(entries) => entries,
            _ => &[],
        }
    }

    /// The texts of a list.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        self.items().iter().filter_map(Self::text)
    }

    /// Whether it is a map.
    pub const fn is_map(&self) -> bool {
        matches!(self.value, Value::Map(_))
    }

    /// Whether it cannot be known from the file.
    pub const fn is_unknown(&self) -> bool {
        matches!(self.value, Value::Unknown)
    }

    /// Whether there is nothing in it: an empty list, map or text.
    pub fn is_empty(&self) -> bool {
        match &self.value {
            Value::List(items) => items.is_empty(),
            Value::Map(entries) => entries.is_empty(),
            Value::Text(text) => text.is_empty(),
            Value::Null => true,
            _ => false,
        }
    }

    /// Calls `visit` with the lines of every value in it, itself first.
    pub fn each_range(&self, visit: &mut impl FnMut(LineRange)) {
        visit(self.lines);
        match &self.value {
            Value::List(items) => items.iter().for_each(|item| item.each_range(visit)),
            Value::Map(entries) => {
                for entry in entries {
                    visit(entry.lines);
                    entry.value.each_range(visit);
                }
            }
            _ => {}
        }
    }
}

/// The documents of a file, empty ones left out.
///
/// Where the file goes wrong, what came before is given together with the error.
pub fn read(text: &str) -> (Vec<Node>, Option<TreeError>) {
    let mut reader = Reader::default();
    let error = reader.read(text).err();
    (reader.documents, error)
}

/// A list or map that is being read.
struct Frame {
    start: u32,
    anchor: usize,
    is_flow: bool,
    end: u32,
    depth: usize,
    kind: FrameKind,
}

enum FrameKind {
    List(Vec<Node>),
    Map { entries: Vec<Entry>, key: Option<(String, u32)> },
}

/// A value with a name to repeat it by, how many values it is, and how deep.
struct Anchored {
    node: Node,
    count: usize,
    depth: usize,
}

#[derive(Default)]
struct Reader {
    documents: Vec<Node>,
    frames: Vec<Frame>,
    anchors: BTreeMap<usize, Anchored>,
    count: usize,
}

impl Reader {
    fn read(&mut self, text: &str) -> Result<(), TreeError> {
        let options = granit_parser::options! {
            emit_comments: false,
            flow_nesting_limit: NESTING_MAX,
            block_nesting_limit: NESTING_MAX,
        };
        for event in Parser::new_from_str_with_options(text, options) {
            let (event, span) = event
                .map_err(|e| TreeError { message: e.info(), line: number(e.marker().line()) })?;
            self.event(event, &span)?;
        }
        Ok(())
    }

    fn event(&mut self, event: Event<'_>, span: &Span) -> Result<(), TreeError> {
        let (start, end) = lines_of(span);
        match event {
            Event::DocumentStart(..) => self.anchors.clear(),
            Event::Scalar(text, style, anchor, tag) => {
                let is_text = tag.is_some_and(|tag| tag.core_suffix() == Some("str"));
                let value = if style == ScalarStyle::Plain && !is_text {
                    plain(&text)
                } else {
                    Value::Text(text.into_owned())
                };
                let node = Node::new(value, LineRange { start, end });
                return self.finish(node, anchor, 1);
            }
            Event::SequenceStart(style, anchor, _) => {
                self.open(start, anchor, style, FrameKind::List(Vec::new()), start)?;
            }
            Event::MappingStart(style, anchor, _) => {
                let kind = FrameKind::Map { entries: Vec::new(), key: None };
                self.open(start, anchor, style, kind, start)?;
            }
            Event::SequenceEnd | Event::MappingEnd => {
                let Some(frame) = self.frames.pop() else { return Ok(()) };
                let end = if frame.is_flow { end } else { frame.end };
                let lines = LineRange { start: frame.start, end: end.max(frame.start) };
                let value = match frame.kind {
                    FrameKind::List(items) => Value::List(items),
                    FrameKind::Map { entries, .. } => Value::Map(merged(entries)),
                };
                return self.finish(Node::new(value, lines), frame.anchor, frame.depth);
            }
            Event::Alias(id) => {
                let Some(anchored) = self.anchors.get(&id) else {
                    let message = "a value that contains itself".to_owned();
                    return Err(TreeError { message, line: start });
                };
                let (node, depth) = (anchored.node.clone(), anchored.depth);
                self.charge(anchored.count, start)?;
                return self.finish(node, 0, depth);
            }
            _ => {}
        }
        Ok(())
    }

    fn open(
        &mut self,
        start: u32,
        anchor: usize,
        style: StructureStyle,
        kind: FrameKind,
        line: u32,
    ) -> Result<(), TreeError> {
        self.charge(1, line)?;
        let is_flow = style == StructureStyle::Flow;
        self.frames.push(Frame { start, anchor, is_flow, end: start, depth: 1, kind });
        Ok(())
    }

    fn charge(&mut self, count: usize, line: u32) -> Result<(), TreeError> {
        self.count = self.count.saturating_add(count);
        if self.count > NODES_MAX {
            let message = format!("more than {NODES_MAX} values, aliases written out");
            return Err(TreeError { message, line });
        }
        Ok(())
    }

    /// A value is complete: it goes into what it is in.
    fn finish(&mut self, node: Node, anchor: usize, depth: usize) -> Result<(), TreeError> {
        let line = node.lines.start;
        self.charge(1, line)?;
        if depth.saturating_add(self.frames.len()) > DEPTH_MAX {
            let message = format!("values lie more than {DEPTH_MAX} deep in each other");
            return Err(TreeError { message, line });
        }
        if anchor != 0 {
            let count = count(&node);
            self.charge(count, line)?;
            self.anchors.insert(anchor, Anchored { node: node.clone(), count, depth });
        }
        let Some(frame) = self.frames.last_mut() else {
            if self.documents.len() >= DOCUMENTS_MAX {
                let message = format!("more than {DOCUMENTS_MAX} documents");
                return Err(TreeError { message, line });
            }
            if node.value != NULL {
                self.documents.push(node);
            }
            return Ok(());
        };
        frame.depth = frame.depth.max(depth.saturating_add(1));
        // An alias stands on lines above: those do not stretch what repeats it.
        if node.lines.start >= frame.start {
            frame.end = frame.end.max(node.lines.end);
        }
        match &mut frame.kind {
            FrameKind::List(items) => items.push(node),
            FrameKind::Map { entries, key } => match key.take() {
                None => *key = Some((key_text(&node), line)),
                Some((key, key_line)) => {
                    let end = node.lines.end.max(key_line);
                    let lines = LineRange { start: key_line, end };
                    if entries.len() >= NAMES_MAX {
                        let message = format!("more than {NAMES_MAX} names in one map");
                        return Err(TreeError { message, line });
                    }
                    entries.push(Entry { key, lines, value: node });
                }
            },
        }
        Ok(())
    }
}

fn count(node: &Node) -> usize {
    let mut count = 0_usize;
    node.each_range(&mut |_| count = count.saturating_add(1));
    count
}

/// Names that are lists or maps exist in YAML and nowhere else; nobody asks for them.
fn key_text(node: &Node) -> String {
    match &node.value {
        Value::Text(text) => text.clone(),
        Value::Integer(value) => value.to_string(),
        Value::Float(value) => value.to_string(),
        Value::Bool(value) => value.to_string(),
        _ => String::new(),
    }
}

/// Lays `<<` under the other names of a map (<https://yaml.org/type/merge.html>).
fn merged(entries: Vec<Entry>) -> Vec<Entry> {
    if !entries.iter().any(|entry| entry.key == "<<") {
        return entries;
    }
    let (merges, mut own): (Vec<Entry>, Vec<Entry>) =
        entries.into_iter().partition(|entry| entry.key == "<<");
    let mut names: BTreeSet<String> = own.iter().map(|entry| entry.key.clone()).collect();
    for merge in merges {
        let sources = match merge.value.value {
            Value::List(items) => items,
            _ => vec![merge.value],
        };
        for source in sources {
            let Value::Map(entries) = source.value else { continue };
            for entry in entries {
                if names.insert(entry.key.clone()) {
                    own.push(entry);
                }
            }
        }
    }
    own
}

fn number(line: usize) -> u32 {
    u32::try_from(line).unwrap_or(u32::MAX).max(1)
}

/// First and last line of a piece of text. One that ends before the first column of a line ends on
/// the line above.
fn lines_of(span: &Span) -> (u32, u32) {
    let start = number(span.start.line());
    let end = number(span.end.line());
    let end = if span.end.col() == 0 && end > start { end.saturating_sub(1) } else { end };
    (start, end.max(start))
}

/// What a word without quotes is, by YAML 1.2's core schema and the words for yes and no of 1.1.
fn plain(text: &str) -> Value {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Value::Null,
        "true" | "True" | "TRUE" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" => {
            return Value::Bool(true);
        }
        "false" | "False" | "FALSE" | "no" | "No" | "NO" | "off" | "Off" | "OFF" => {
            return Value::Bool(false);
        }
        _ => {}
    }
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    if !digits.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
        return Value::Text(text.to_owned());
    }
    let based = |prefix: &str, radix| {
        digits.strip_prefix(prefix).and_then(|rest| i64::from_str_radix(rest, radix).ok())
    };
    // YAML 1.1 writes octal with a leading zero, and file modes in manifests are written so.
    let number = based("0x", 16).or_else(|| based("0o", 8)).or_else(|| {
        let is_octal = digits.len() > 1 && digits.starts_with('0');
        if is_octal { i64::from_str_radix(digits, 8).ok() } else { text.parse().ok() }
    });
    if let Some(number) = number {
        return Value::Integer(number);
    }
    match text.parse::<f64>() {
        Ok(number) if number.is_finite() => Value::Float(number),
        _ => Value::Text(text.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(text: &str) -> Node {
        let (mut documents, error) = read(text);
        assert_eq!(error, None);
        assert_eq!(documents.len(), 1);
        documents.remove(0)
    }

    fn lines(node: &Node) -> (u32, u32) {
        (node.lines.start, node.lines.end)
    }

    #[test]
    fn values_know_their_lines() {
        let node = one(
            "a:\n  b: 1\n  c:\n    - x\n    - y: 2\n      z: 3\n\n# end\nd: |\n  t\n  u\ne: 1\n",
        );
        assert_eq!(lines(&node), (1, 12));
        assert_eq!(lines(node.get("a").unwrap()), (2, 6));
        let entry = node.entry("a").unwrap().lines;
        assert_eq!((entry.start, entry.end), (1, 6));
        let list = node.at(&["a", "c"]).unwrap();
        assert_eq!(lines(&list.items()[1]), (5, 6));
        let block = node.entry("d").unwrap().lines;
        assert_eq!((block.start, block.end), (9, 11));
        assert_eq!(node.text_at(&["d"]), Some("t\nu\n"));
    }

    #[test]
    fn json_is_read_with_its_lines() {
        let node = one("{\n\t\"a\": {\n\t\t\"b\": [1, true, null, \"x\"]\n\t}\n}\n");
        assert_eq!(lines(&node), (1, 5));
        let entry = node.entry("a").unwrap().lines;
        assert_eq!((entry.start, entry.end), (2, 4));
        let items = node.at(&["a", "b"]).unwrap().items();
        assert_eq!(items[0].integer(), Some(1));
        assert!(items[1].is_true());
        assert_eq!(items[2].value, Value::Null);
        assert_eq!(items[3].text(), Some("x"));
    }

    #[test]
    fn words_are_what_the_schema_says() {
        for (text, value) in [
            ("yes", Value::Bool(true)),
            ("Off", Value::Bool(false)),
            ("\"yes\"", Value::Text("yes".to_owned())),
            ("!!str 12", Value::Text("12".to_owned())),
            ("0755", Value::Integer(493)),
            ("0o17", Value::Integer(15)),
            ("0x1f", Value::Integer(31)),
            ("-5", Value::Integer(-5)),
            ("1.5", Value::Float(1.5)),
            ("1.2.3", Value::Text("1.2.3".to_owned())),
            ("100m", Value::Text("100m".to_owned())),
        ] {
            let node = one(&format!("k: {text}"));
            assert_eq!(node.get("k").unwrap().value, value, "{text}");
        }
        assert_eq!(one("k: ~\nl: 1").get("k"), None);
    }

    #[test]
    fn documents_before_an_error_are_kept() {
        let (documents, error) = read("a: 1\n---\n---\nb: [1\nc: 2\n");
        assert_eq!(documents.len(), 1);
        assert!(error.unwrap().line >= 4);
    }

    #[test]
    fn aliases_and_merges_are_written_out() {
        let node = one("x: &x {a: 1, b: 2}\ny:\n  <<: *x\n  b: 3\nz: *x\n");
        assert_eq!(node.at(&["y", "a"]).unwrap().integer(), Some(1));
        assert_eq!(node.at(&["y", "b"]).unwrap().integer(), Some(3));
        assert_eq!(node.at(&["z", "b"]).unwrap().integer(), Some(2));
    }

    #[test]
    fn a_billion_laughs_are_not_laughed() {
        let line = |i: usize| {
            let list = vec![format!("*a{}", i - 1); 10].join(",");
            format!("a{i}: &a{i} [{list}]\n")
        };
        let lines: Vec<String> = (1..12).map(line).collect();
        let (_, error) = read(&format!("a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n{}", lines.concat()));
        assert!(error.unwrap().message.starts_with("more than 1000000 values"));
    }

    #[test]
    fn aliases_do_not_pile_up_to_any_depth() {
        let line = |i: usize| format!("a{i}: &a{i} [*a{}]\n", i - 1);
        let lines: Vec<String> = (1..1_000).map(line).collect();
        let (_, error) = read(&format!("a0: &a0 [x]\n{}", lines.concat()));
        assert!(error.unwrap().message.starts_with("values lie more than 128 deep"));
        assert!(read(&"[".repeat(100_000)).1.is_some());
        assert!(read("a: &a [*a]").1.is_some());
    }
}
