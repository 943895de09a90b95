//! Reports through a template of the user's: Go's `text/template` over Trivy's results, as Trivy has
//! it, or minijinja over our own JSON.

pub(crate) mod go;
mod jinja;

use crate::text::plain;
use crate::{Format, Reports, WriteError, WriteOptions, check, moment};
use std::fmt;
use std::io;
use std::sync::Arc;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// The longest text of a template, in bytes. Those that bring a whole page along have some hundred
/// thousand.
pub const TEMPLATE_BYTES_MAX: usize = 4 << 20;

/// A template that was read and found to be one.
#[derive(Debug)]
pub struct Template {
    name: String,
    text: String,
    language: Language,
}

#[derive(Debug)]
enum Language {
    Go(go::Tree),
    Jinja,
}

/// What is wrong with a template, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateError {
    /// The file, or `template` for one that was given as text.
    pub name: String,
    /// Its line, from 1; 0 where the place is not known.
    pub line: usize,
    /// The character of the line, from 1; 0 where it is not known.
    pub column: usize,
    /// What is wrong.
    pub message: String,
}

impl fmt::Display for TemplateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&plain(&self.name, true))?;
        if self.line > 0 {
            write!(f, ":{}", self.line)?;
        }
        if self.column > 0 {
            write!(f, ":{}", self.column)?;
        }
        write!(f, ": {}", plain(&self.message, true))
    }
}

impl std::error::Error for TemplateError {}

impl Template {
    /// Reads a template. `name` is what errors call it; its ending or `{%` in the text tell
    /// minijinja from Go.
    pub fn parse(name: &str, text: &str) -> Result<Self, TemplateError> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        if text.len() > TEMPLATE_BYTES_MAX {
            let message = format!("a template has at most {TEMPLATE_BYTES_MAX} bytes");
            return Err(TemplateError { name: name.to_owned(), line: 0, column: 0, message });
        }
        let language = if is_jinja(name, text) {
            jinja::check(name, text)?;
            Language::Jinja
        } else {
            Language::Go(go::parse(text).map_err(|fault| placed(name, text, fault))?)
        };
        Ok(Self { name: name.to_owned(), text: text.to_owned(), language })
    }
}

fn is_jinja(name: &str, text: &str) -> bool {
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending).to_ascii_lowercase();
    matches!(ending.as_str(), "j2" | "jinja" | "jinja2" | "minijinja")
        || text.contains("{% ")
        || text.contains("{%- ")
}

fn placed(name: &str, text: &str, fault: go::Fault) -> TemplateError {
    let before = text.get(..fault.at).unwrap_or_default();
    let line = before.rsplit('\n').next().unwrap_or_default();
    TemplateError {
        name: name.to_owned(),
        line: before.matches('\n').count() + 1,
        column: line.chars().count() + 1,
        message: fault.message,
    }
}

/// The format that stands in for a template Trivy brings along, by the name of its file.
#[must_use]
pub fn contrib(file: &str) -> Option<Format> {
    Some(match file {
        "asff.tpl" => Format::Asff,
        "gitlab.tpl" => Format::Gitlab,
        "gitlab-codequality.tpl" => Format::GitlabCodequality,
        "html.tpl" => Format::Html,
        "junit.tpl" => Format::Junit,
        "sarif.tpl" => Format::Sarif,
        _ => return None,
    })
}

/// Writes what a template makes of reports.
///
/// The reports are shared, as a template makes what it sees of them when it comes to it.
/// A template for Trivy gets the results of all reports in one list. The same template, reports and
/// options give the same bytes: `now` is the date of the options, else the day of the scan, else the
/// image's own.
pub fn write_template(
    template: &Template,
    reports: &Arc<Reports>,
    options: &WriteOptions,
    out: &mut dyn io::Write,
) -> Result<(), WriteError> {
    check(reports)?;
    let mut out = io::BufWriter::new(out);
    match &template.language {
        Language::Go(tree) => {
            go::write(tree, reports, options, now(reports, options), &mut out).map_err(|halt| {
                match halt {
                    go::Halt::Io(error) => WriteError::Io(error),
                    go::Halt::Fault(fault) => {
                        WriteError::Template(placed(&template.name, &template.text, fault))
                    }
                }
            })?;
        }
        Language::Jinja => {
            jinja::write(&template.name, &template.text, reports, now(reports, options), &mut out)?;
        }
    }
    io::Write::flush(&mut out).map_err(WriteError::Io)
}

/// The one moment of a run.
fn now(reports: &Reports, options: &WriteOptions) -> OffsetDateTime {
    let asked = options.source_date.and_then(|at| OffsetDateTime::from_unix_timestamp(at).ok());
    asked
        .or_else(|| options.table.today.map(|day| day.midnight().assume_utc()))
        .or_else(|| {
            let created = reports.0.first().and_then(|report| moment::created(report, options))?;
            OffsetDateTime::parse(&created, &Rfc3339).ok()
        })
        .unwrap_or(OffsetDateTime::UNIX_EPOCH)
}
