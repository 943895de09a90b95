//! The predicate of cosign's vulnerability attestations
//! (<https://github.com/sigstore/cosign/blob/main/specs/COSIGN_VULN_ATTESTATION_SPEC.md>), for
//! `cosign attest --type vuln`.
//!
//! The result of the scanner is in the form that policies for Kyverno and the policy controller are
//! written for, which is Trivy's.

use crate::pretty::{self, Style};
use crate::{WriteOptions, moment, trivy};
use lazaret_core::report::Report;
use serde::Serialize;
use std::io;

#[derive(Serialize)]
struct Predicate<'a, R> {
    invocation: Invocation,
    scanner: Scanner<'a, R>,
    metadata: Metadata,
}

/// Who called the scanner, which a report does not know: the fields are required all the same.
#[derive(Serialize)]
struct Invocation {
    parameters: Option<()>,
    uri: &'static str,
    event_id: &'static str,
    #[serde(rename = "builder.id")]
    builder_id: &'static str,
}

#[derive(Serialize)]
struct Scanner<'a, R> {
    uri: String,
    version: &'a str,
    db: Database,
    result: R,
}

#[derive(Serialize)]
struct Database {
    uri: &'static str,
    version: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Metadata {
    scan_started_on: String,
    scan_finished_on: String,
}

/// Writes one report.
pub(crate) fn write(
    report: &Report,
    options: &WriteOptions,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let provenance = &report.provenance;
    let time = moment::created(report, options).unwrap_or_else(|| moment::EPOCH.to_owned());
    let database = provenance.database.as_ref();
    let predicate = Predicate {
        invocation: Invocation { parameters: None, uri: "", event_id: "", builder_id: "" },
        scanner: Scanner {
            uri: format!("pkg:generic/{}@{}", provenance.tool, provenance.version),
            version: &provenance.version,
            db: Database {
                uri: "",
                version: database.map(|used| used.digest.to_string()).unwrap_or_default(),
            },
            result: trivy::root(report, options)?,
        },
        metadata: Metadata { scan_started_on: time.clone(), scan_finished_on: time },
    };
    pretty::write(&predicate, Style::Go, out)
}
