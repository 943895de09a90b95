//! The report as JSON: everything a scan found, in one versioned shape.
//!
//! The shape is described in `docs/formats/report-json.md` and, for machines, in
//! `docs/schemas/report-1.json`.

mod foreign;
mod wire;

use crate::{Reports, text};
use serde::Serialize;
use serde_json::ser::{Formatter, PrettyFormatter, Serializer};
use std::io;

/// The version of the shape written here. It changes when a reader of the old shape would
/// misunderstand the new one; a new optional field does not change it.
pub const SCHEMA_VERSION: &str = "1";

/// Why bytes are not reports of ours.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// Nothing was given.
    #[error("the report is empty")]
    Empty,
    /// Not JSON, or JSON that is cut off.
    #[error("the report is not JSON")]
    NotJson(#[source] serde_json::Error),
    /// The output of another tool or in another standard.
    #[error("this is {0}, not a report written by `--format json`")]
    Foreign(&'static str),
    /// JSON without a version.
    #[error("this JSON has no `schema_version`: it is not a report written by `--format json`")]
    NoVersion,
    /// A version this program does not know.
    #[error(
        "the report has schema version {0}, and this program reads version {SCHEMA_VERSION}: read \
         it with the version of the program that wrote it, or a newer one"
    )]
    Version(String),
    /// The version is right and the rest is not.
    #[error("the report does not have the shape of schema version {SCHEMA_VERSION}")]
    Shape(#[source] serde_json::Error),
    /// Two parts of the report contradict each other.
    #[error("the report contradicts itself: {0}")]
    Contradiction(String),
}

/// Writes reports: one as an object of its own, several as a list inside an object.
pub(crate) fn write(reports: &Reports, out: &mut dyn io::Write) -> io::Result<()> {
    let mut out = io::BufWriter::new(out);
    let mut serializer = Serializer::with_formatter(&mut out, Pretty::default());
    match reports.0.as_slice() {
        [report] => One { schema_version: SCHEMA_VERSION, report: wire::Report::of(report) }
            .serialize(&mut serializer),
        reports => Several {
            schema_version: SCHEMA_VERSION,
            reports: reports.iter().map(wire::Report::of).collect(),
        }
        .serialize(&mut serializer),
    }
    .map_err(io::Error::from)?;
    io::Write::write_all(&mut out, b"\n")?;
    io::Write::flush(&mut out)
}

#[derive(Serialize)]
struct One<'a> {
    schema_version: &'a str,
    #[serde(flatten)]
    report: wire::Report<'a>,
}

#[derive(Serialize)]
struct Several<'a> {
    schema_version: &'a str,
    reports: Vec<wire::Report<'a>>,
}

/// Reads back what was written as JSON, by this version or an older one.
///
/// Fields that are not known are ignored. Positions that point into other parts of the report are
/// checked, so that what is returned can be trusted to hang together.
pub fn read(bytes: &[u8]) -> Result<Reports, ReadError> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if bytes.trim_ascii().is_empty() {
        return Err(ReadError::Empty);
    }
    let shape = foreign::recognize(bytes)?;
    let reports = match shape {
        foreign::Shape::One => vec![serde_json::from_slice(bytes).map_err(ReadError::Shape)?],
        foreign::Shape::Several => {
            serde_json::from_slice::<List<'_>>(bytes).map_err(ReadError::Shape)?.reports
        }
    };
    let reports: Result<Vec<_>, _> = reports.into_iter().map(wire::Report::into_core).collect();
    reports.map(Reports).map_err(ReadError::Contradiction)
}

#[derive(serde::Deserialize)]
struct List<'a> {
    reports: Vec<wire::Report<'a>>,
}

/// Two spaces a level, and nothing in any string that a terminal would act on.
#[derive(Default)]
struct Pretty(PrettyFormatter<'static>);

impl Formatter for Pretty {
    fn begin_array<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_array(writer)
    }

    fn end_array<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array(writer)
    }

    fn begin_array_value<W: ?Sized + io::Write>(
        &mut self,
        writer: &mut W,
        first: bool,
    ) -> io::Result<()> {
        self.0.begin_array_value(writer, first)
    }

    fn end_array_value<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array_value(writer)
    }

    fn begin_object<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object(writer)
    }

    fn end_object<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object(writer)
    }

    fn begin_object_key<W: ?Sized + io::Write>(
        &mut self,
        writer: &mut W,
        first: bool,
    ) -> io::Result<()> {
        self.0.begin_object_key(writer, first)
    }

    fn begin_object_value<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object_value(writer)
    }

    fn end_object_value<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object_value(writer)
    }

    /// JSON escapes the controls below U+0020 only. Terminals also act on those up to U+009F, and
    /// direction marks make text read as another one.
    fn write_string_fragment<W: ?Sized + io::Write>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        let mut rest = fragment;
        while let Some(at) = rest.find(text::is_unsafe) {
            let (safe, from) = rest.split_at(at);
            writer.write_all(safe.as_bytes())?;
            let mut chars = from.chars();
            if let Some(c) = chars.next() {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    write!(writer, "\\u{unit:04x}")?;
                }
            }
            rest = chars.as_str();
        }
        writer.write_all(rest.as_bytes())
    }
}
