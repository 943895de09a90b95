//! A page for people: one file that needs no network, no server and no other file.
//!
//! What matters most is HTML that is written here and read without a script: the verdict and why,
//! what to do first, charts, the layers, and the first findings. The rest of the findings lie in
//! the page as JSON, and a script of ours lists, filters and sorts them. The page's own policy
//! (Content-Security-Policy) lets that one script run and nothing be fetched, so that neither a
//! name in an image nor a mistake of ours can make the page talk to anyone.

mod about;
mod chart;
mod data;
mod head;
mod layer;
mod list;
mod markup;
mod place;
mod step;
mod tally;

use crate::{Reports, WriteOptions, markdown};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use lazaret_core::finding::Finding;
use lazaret_core::report::Report;
use lazaret_core::verdict::Effect;
use markup::{Text, text};
use sha2::{Digest as _, Sha256};
use std::fmt::{self, Write as _};
use std::io;
use tally::Tally;

/// How the page looks, on a screen and on paper.
const STYLE: &str = concat!(
    include_str!("html/color.css"),
    include_str!("html/page.css"),
    include_str!("html/list.css"),
    include_str!("html/narrow.css"),
    include_str!("html/print.css"),
);

/// What the page does. The files share one scope, which nothing outside can see.
const SCRIPT: &str = concat!(
    "(() => {\n\"use strict\";\n",
    include_str!("html/element.js"),
    include_str!("html/filter.js"),
    include_str!("html/detail.js"),
    include_str!("html/list.js"),
    include_str!("html/page.js"),
    "})();\n",
);

/// One report as it is being written.
struct Subject<'a> {
    report: &'a Report,
    options: &'a WriteOptions,
    /// Its position, counted from one: part of every id on the page.
    n: usize,
    /// The findings that count, those left out by the options aside.
    open: Vec<&'a Finding>,
    /// How many do not count.
    suppressed: usize,
    /// How many that count the options leave out.
    hidden: usize,
    /// What counts, by severity.
    tally: Tally,
}

impl<'a> Subject<'a> {
    fn new(report: &'a Report, options: &'a WriteOptions, n: usize) -> Self {
        let mut subject = Self {
            report,
            options,
            n,
            open: Vec::new(),
            suppressed: 0,
            hidden: 0,
            tally: Tally::default(),
        };
        for finding in &report.findings {
            match (finding.state.is_open(), options.shows(finding)) {
                (true, true) => {
                    subject.tally.add(finding);
                    subject.open.push(finding);
                }
                (true, false) => subject.hidden += 1,
                (false, shown) => subject.suppressed += usize::from(shown),
            }
        }
        subject
    }

    /// What the image is called, for a heading.
    fn name(&self) -> &'a str {
        let name = self.report.image.name.as_str();
        if name.trim().is_empty() { "image without a name" } else { name }
    }
}

/// Writes one page about all reports.
pub(crate) fn write(
    reports: &Reports,
    options: &WriteOptions,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let mut out = io::BufWriter::new(out);
    let subjects: Vec<Subject<'_>> =
        (1..).zip(&reports.0).map(|(n, report)| Subject::new(report, options, n)).collect();
    let mut page = String::new();
    // Writing to a String cannot fail.
    start(&mut page, &subjects).map_err(io::Error::other)?;
    io::Write::write_all(&mut out, page.as_bytes())?;
    for subject in &subjects {
        page.clear();
        article(&mut page, subject).map_err(io::Error::other)?;
        io::Write::write_all(&mut out, page.as_bytes())?;
    }
    page.clear();
    io::Write::write_all(&mut out, b"</main>\n<script type=\"application/json\" id=\"data\">")?;
    data::write(&subjects, &mut out)?;
    write!(page, "</script>\n<script>{SCRIPT}</script>\n</body>\n</html>\n")
        .map_err(io::Error::other)?;
    io::Write::write_all(&mut out, page.as_bytes())?;
    io::Write::flush(&mut out)
}

/// Everything above the first report.
fn start(page: &mut String, subjects: &[Subject<'_>]) -> fmt::Result {
    let title = match subjects {
        [] => "Nothing was scanned".to_owned(),
        [only] => format!("{}: {}", head::verdict_word(&only.report.verdict), only.name()),
        several => format!("{} images", several.len()),
    };
    writeln!(page, "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">")?;
    writeln!(
        page,
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src \
         'sha256-{}'; script-src 'sha256-{}'; img-src data:; base-uri 'none'; form-action \
         'none'\">",
        hash(STYLE),
        hash(SCRIPT),
    )?;
    writeln!(
        page,
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"referrer\" content=\"no-referrer\">\n\
         <meta name=\"robots\" content=\"noindex\">\n\
         <title>{} · Lazaret</title>",
        text(&title)
    )?;
    // Browsers ask for an icon where none is named.
    writeln!(page, "<link rel=\"icon\" href=\"data:,\">\n<style>{STYLE}</style>\n</head>\n<body>")?;
    if let Some(first) = subjects.first() {
        writeln!(
            page,
            "<a class=\"skip\" href=\"#findings-{}\">Skip to the findings</a>",
            first.n
        )?;
    }
    writeln!(
        page,
        "<header class=\"bar\"><p class=\"brand\">Lazaret</p>\
         <div class=\"tools\" hidden><button type=\"button\" id=\"dark\" aria-pressed=\"false\">\
         Dark</button><button type=\"button\" id=\"print\">Print</button></div></header>"
    )?;
    if subjects.len() > 1 {
        images(page, subjects)?;
    }
    writeln!(page, "<main>")?;
    if subjects.is_empty() {
        writeln!(page, "<p class=\"empty\">Nothing was scanned.</p>")?;
    }
    Ok(())
}

/// Links to each of several images, with what they come to.
fn images(page: &mut String, subjects: &[Subject<'_>]) -> fmt::Result {
    writeln!(page, "<nav class=\"images\" aria-label=\"Images\"><ul>")?;
    for subject in subjects {
        let report = subject.report;
        let platform = report.image.platform.as_ref().map(ToString::to_string);
        let effect = report.verdict.effect;
        writeln!(
            page,
            "<li><a href=\"#image-{}\"><b>{}</b> <small>{}</small><span><span class=\"word {}\">{}\
             </span> <small>{}</small></span></a></li>",
            subject.n,
            text(subject.name()),
            text(platform.as_deref().unwrap_or_default()),
            effect_class(effect),
            head::verdict_word(&report.verdict),
            subject.tally.words(),
        )?;
    }
    writeln!(page, "</ul></nav>")
}

/// Everything about one report.
fn article(page: &mut String, subject: &Subject<'_>) -> fmt::Result {
    let n = subject.n;
    writeln!(
        page,
        "<article id=\"image-{n}\" data-image=\"{}\" aria-labelledby=\"name-{n}\">",
        n - 1
    )?;
    head::write(page, subject)?;
    step::write(page, subject)?;
    chart::write(page, subject)?;
    layer::write(page, subject)?;
    list::write(page, subject)?;
    about::write(page, subject)?;
    writeln!(page, "</article>")
}

/// The class that gives an effect its color.
const fn effect_class(effect: Effect) -> &'static str {
    match effect {
        Effect::Pass => "pass",
        Effect::Warn => "warn",
        Effect::Incomplete => "incomplete",
        Effect::Fail => "fail",
    }
}

/// A section's beginning; the caller writes what it holds, and its end.
fn section(page: &mut String, subject: &Subject<'_>, name: &str, title: &str) -> fmt::Result {
    let n = subject.n;
    writeln!(
        page,
        "<section class=\"{name}\" id=\"{name}-{n}\" aria-labelledby=\"{name}-title-{n}\">\
         <h2 id=\"{name}-title-{n}\">{title}</h2>"
    )
}

/// The day of an RFC 3339 time.
fn day(time: &str) -> Text<'_> {
    text(time.split_once('T').map_or(time, |(day, _)| day))
}

/// What the page's policy calls a style or a script: the hash of its text.
fn hash(text: &str) -> String {
    STANDARD.encode(Sha256::digest(text))
}

/// The word for a severity, and the class that gives it its color.
fn severity(finding: &Finding) -> (&'static str, &'static str) {
    (markdown::word(finding.severity), tally::class(finding.severity))
}
