//! Go's `text/template`, as far as templates for Trivy use it.
//!
//! Text is split (`lex`), read into a tree (`parse`) and run (`eval`) over values shaped as Trivy's
//! own structures (`types`, with values from `trivy::values`). What a run may take is bounded: steps, depth, what it makes and
//! what it writes. The answers of Go itself are in `fixtures/template/`.

mod eval;
mod functions;
mod lex;
mod moment;
#[cfg(test)]
mod oracle;
mod parse;
mod print;
mod serialize;
mod tree;
mod types;
mod value;

use crate::{Reports, WriteOptions};
use std::io;
use time::OffsetDateTime;

pub(super) use eval::Halt;
pub(super) use parse::parse;
pub(crate) use serialize::{harmless, value as value_of};
pub(super) use tree::{Fault, Tree};
pub(crate) use types::{PACKAGE_KIND, RESULT, VULNERABILITY_KIND};
pub(crate) use value::{List, Many, Value};

/// Writes what a template makes of the results of all reports.
pub(super) fn write(
    tree: &Tree,
    reports: &Reports,
    options: &WriteOptions,
    now: OffsetDateTime,
    out: &mut dyn io::Write,
) -> Result<(), Halt> {
    let version = reports.0.first().map_or("", |report| report.provenance.version.as_str());
    let context = functions::Context::new(now, version, options.aws.clone());
    let mut results = Vec::new();
    for report in &reports.0 {
        results.extend(crate::trivy::values(report, options));
    }
    let root =
        List::new(&types::RESULT_KIND, results).map_err(|message| Fault { at: 0, message })?;
    eval::run(tree, Value::List(root), context, out)
}
