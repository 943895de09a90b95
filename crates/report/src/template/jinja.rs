//! Templates of minijinja, over our own JSON report.

use super::TemplateError;
use super::go::harmless;
use crate::{Reports, WriteError, json};
use minijinja::value::Value;
use minijinja::{Environment, Error, ErrorKind, UndefinedBehavior};
use std::io;
use std::sync::Arc;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// Instructions of a run. A hundred thousand findings take a few hundred each; this many take a
/// minute.
const FUEL: u64 = 1_000_000_000;

/// Macros and loops that call themselves.
const DEPTH_MAX: usize = 100;

/// Bytes that a template may write.
const OUTPUT_BYTES_MAX: u64 = 2 << 30;

fn environment<'t>() -> Environment<'t> {
    let mut environment = Environment::new();
    environment.set_fuel(Some(FUEL));
    environment.set_recursion_limit(DEPTH_MAX);
    environment.set_undefined_behavior(UndefinedBehavior::Lenient);
    environment.set_debug(true);
    // Names come from strangers: nothing that a terminal acts on is written as it is.
    environment.set_formatter(|out, state, value| match value.as_str() {
        Some(text) if !value.is_safe() => {
            minijinja::escape_formatter(out, state, &Value::from(&*harmless(text)))
        }
        _ => minijinja::escape_formatter(out, state, value),
    });
    environment
}

/// Whether a text is a template.
pub(super) fn check(name: &str, text: &str) -> Result<(), TemplateError> {
    environment().template_from_named_str(name, text).map_err(|e| fault(name, text, &e))?;
    Ok(())
}

/// Writes what a template makes of reports.
pub(super) fn write(
    name: &str,
    text: &str,
    reports: &Arc<Reports>,
    now: OffsetDateTime,
    out: &mut dyn io::Write,
) -> Result<(), WriteError> {
    let mut environment = environment();
    environment.add_global("now", now.format(&Rfc3339).unwrap_or_default());
    let mut out = Bounded { out, left: OUTPUT_BYTES_MAX, error: None };
    let rendered = environment.template_from_named_str(name, text).and_then(|template| {
        template.render_captured_to(json::values(reports), &mut out).map(drop)
    });
    match (rendered, out.error) {
        (Ok(()), _) => Ok(()),
        (Err(_), Some(error)) => Err(WriteError::Io(error)),
        (Err(error), None) => Err(WriteError::Template(fault(name, text, &error))),
    }
}

fn fault(name: &str, text: &str, error: &Error) -> TemplateError {
    let message = match (error.kind(), error.detail()) {
        (ErrorKind::OutOfFuel, _) => format!("the template takes more than {FUEL} steps"),
        (kind, Some(detail)) => format!("{kind}: {detail}"),
        (kind, None) => kind.to_string(),
    };
    let column = error.range().map_or(0, |range| {
        let before = text.get(..range.start).unwrap_or_default();
        before.rsplit('\n').next().unwrap_or_default().chars().count() + 1
    });
    TemplateError { name: name.to_owned(), line: error.line().unwrap_or_default(), column, message }
}

/// An output that takes so much, and keeps the error that it met.
struct Bounded<'o> {
    out: &'o mut dyn io::Write,
    left: u64,
    error: Option<io::Error>,
}

impl io::Write for Bounded<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        let left = self.left.checked_sub(length);
        let too_much = || io::Error::other(format!("more than {} GiB", OUTPUT_BYTES_MAX >> 30));
        let written = left.ok_or_else(too_much).and_then(|left| {
            self.left = left;
            self.out.write_all(bytes)
        });
        written.map(|()| bytes.len()).map_err(|error| {
            let told = io::Error::new(error.kind(), "the output is not taken");
            self.error = Some(error);
            told
        })
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
