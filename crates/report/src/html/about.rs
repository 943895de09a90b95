//! What could not be read, and what the report was made with.

use super::markup::text;
use super::{Subject, day, place, section};
use crate::base::BESIDE;
use crate::table::{plural, thousands};
use lazaret_core::finding::Kind;
use lazaret_core::problem::{Problem, ProblemKind};
use lazaret_core::report::DatabaseOrigin;
use std::fmt::{self, Write as _};

/// Problems written out; JSON has them all.
const PROBLEMS_MAX: usize = 200;
/// Segments of the database written out; an image needs a handful.
const SEGMENTS_MAX: usize = 200;

/// Writes the end of a report.
pub(super) fn write(page: &mut String, subject: &Subject<'_>) -> fmt::Result {
    problems(page, subject)?;
    provenance(page, subject)
}

fn problems(page: &mut String, subject: &Subject<'_>) -> fmt::Result {
    let problems = &subject.report.inventory.problems;
    if problems.is_empty() {
        return Ok(());
    }
    section(page, subject, "problems", "What could not be checked")?;
    let (uncovered, unread): (Vec<&Problem>, Vec<&Problem>) =
        problems.iter().partition(|problem| problem.kind == ProblemKind::Coverage);
    for (title, problems) in [
        ("Could not be read: findings may be missing", unread),
        ("Not covered, or in part: more may be wrong", uncovered),
    ] {
        if problems.is_empty() {
            continue;
        }
        writeln!(page, "<h3>{title}</h3><ul>")?;
        for problem in problems.iter().take(PROBLEMS_MAX) {
            write!(page, "<li>")?;
            if let Some(location) = &problem.location {
                let file = place::file(location);
                let file = text(&file);
                if subject.report.image.is_beside(location.layer) {
                    write!(page, "<code>{file}</code> {BESIDE}: ")?;
                } else if location.path.is_root() {
                    write!(page, "layer {}: ", location.layer.0)?;
                } else {
                    write!(page, "<code>{file}</code> in layer {}: ", location.layer.0)?;
                }
            }
            write!(page, "{}", text(&problem.message))?;
            if let Some(extractor) = &problem.extractor {
                write!(page, " <small>({})</small>", text(extractor))?;
            }
            writeln!(page, "</li>")?;
        }
        writeln!(page, "</ul>")?;
        if problems.len() > PROBLEMS_MAX {
            let more = thousands(problems.len() - PROBLEMS_MAX);
            writeln!(page, "<p>And {more} more; the JSON report has all.</p>")?;
        }
    }
    writeln!(page, "</section>")
}

fn provenance(page: &mut String, subject: &Subject<'_>) -> fmt::Result {
    let report = subject.report;
    let provenance = &report.provenance;
    section(page, subject, "about", "About this report")?;
    writeln!(page, "<dl class=\"facts\">")?;
    writeln!(
        page,
        "<div><dt>Made by</dt><dd>{} {}</dd></div>",
        text(&provenance.tool),
        text(&provenance.version)
    )?;
    if !provenance.looked_for.is_empty() {
        let kinds: Vec<&str> =
            provenance.looked_for.iter().map(|kind| Kind::plural(*kind)).collect();
        writeln!(page, "<div><dt>Looked for</dt><dd>{}</dd></div>", kinds.join(", "))?;
    }
    if let Some(end) = &report.end_of_life {
        writeln!(
            page,
            "<div><dt>Operating system supported until</dt><dd>{}</dd></div>",
            day(&end.date)
        )?;
    }
    if let Some(digest) = &report.image.digest {
        writeln!(
            page,
            "<div class=\"wide\"><dt>Image digest</dt><dd><code>{digest}</code></dd></div>"
        )?;
    }
    if let Some(digest) = &report.image.config_digest {
        writeln!(
            page,
            "<div class=\"wide\"><dt>Image id</dt><dd><code>{digest}</code></dd></div>"
        )?;
    }
    match &provenance.database {
        None => writeln!(page, "<div><dt>Advisories</dt><dd>none asked</dd></div>")?,
        Some(database) => {
            let origin = match database.origin {
                DatabaseOrigin::Snapshot => "snapshot in the program",
                DatabaseOrigin::Directory => "database on disk",
            };
            write!(page, "<div><dt>Advisories</dt><dd>{origin}, newest record ")?;
            match &database.newest {
                Some(newest) => writeln!(page, "{}</dd></div>", day(newest))?,
                None => writeln!(page, "of unknown date</dd></div>")?,
            }
            writeln!(
                page,
                "<div class=\"wide\"><dt>Database digest</dt><dd><code>{}</code></dd></div>",
                database.digest
            )?;
        }
    }
    for sbom in &provenance.attached {
        let (digest, kind) = (&sbom.digest, text(&sbom.kind));
        let signature = sbom.signature.words();
        writeln!(
            page,
            "<div class=\"wide\"><dt>Bill of materials {BESIDE}, {signature}</dt>\
             <dd><code>{digest}</code> {kind}</dd></div>"
        )?;
    }
    writeln!(page, "</dl>")?;
    segments(page, subject)?;
    writeln!(page, "</section>")
}

/// The sources that were asked, with how fresh each is.
fn segments(page: &mut String, subject: &Subject<'_>) -> fmt::Result {
    let Some(database) = &subject.report.provenance.database else { return Ok(()) };
    if database.segments.is_empty() {
        return writeln!(page, "<p>No advisory source covers this image.</p>");
    }
    writeln!(
        page,
        "<details><summary>{} asked</summary><ul class=\"packages\">",
        plural(database.segments.len(), "advisory source")
    )?;
    for segment in database.segments.iter().take(SEGMENTS_MAX) {
        let newest = segment.newest.as_deref().map_or_else(|| text("undated"), day);
        let records = usize::try_from(segment.records).unwrap_or(usize::MAX);
        writeln!(
            page,
            "<li>{} <small>{}, newest {newest}</small></li>",
            text(&segment.name),
            plural(records, "record")
        )?;
    }
    writeln!(page, "</ul></details>")
}
