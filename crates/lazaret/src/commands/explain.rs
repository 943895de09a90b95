//! `lazaret explain`: why an image has a finding, or why it has not.

use super::db::{self, print_json, wants_json};
use super::outcome::{Job, print, scan_reports};
use crate::args::{ExplainArgs, Global, RegistryArgs, ScanArgs};
use crate::attached::Attachments;
use crate::fail::{CommandError, Kind, Result};
use crate::settings::{ScanSettings, platform, registry};
use crate::ui;
use lazaret_advisory::{Comparison, Db, Explanation, Extent, comparisons, explain};
use lazaret_core::advisory::Reason;
use lazaret_core::finding::{Finding, State, Vulnerability};
use lazaret_core::report::{Report, TargetKind};
use lazaret_image::{OpenOptions, RegistryOptions, Target};
use lazaret_policy::{Policy, explain_vex};
use lazaret_report::{Reports, origin_words};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

/// Packages and segments named in one sentence.
const NAMED_MAX: usize = 8;

/// The version of the JSON shape.
const SCHEMA_VERSION: &str = "1";

pub(super) fn run(args: &ExplainArgs, global: &Global) -> Result<u8> {
    let wants_json = wants_json(&args.format)?;
    let settings = ScanSettings::new(&scan_args(args))?;
    let db = db::open_at(settings.db.as_deref(), settings.db_at)?;
    let matching = settings.matching.clone();
    let (policy, vex) = (settings.policy.clone(), settings.vex.clone());
    let target = Asked {
        target: &args.target,
        platform: args.platform.as_deref(),
        registry: &args.registry,
    };
    let reports = reports(&target, settings, global)?;
    let mut policies = Vec::new();
    for report in &reports.0 {
        let registry = registry(&args.registry)?;
        let statements = vex.of(&Attachments::of(&report.image, &registry))?;
        policies.push(Policy { vex: statements, ..policy.clone() });
    }
    let mut answers = Vec::new();
    for (report, policy) in reports.0.iter().zip(&policies) {
        let only = args.package.as_deref();
        let explanation = explain(&db, &report.inventory, &matching, &args.id, only)
            .map_err(|error| CommandError::new(Kind::Config, error))?;
        let same = is_same(report, &db);
        answers.push(Answer { report, explanation, same, policy });
    }
    if wants_json {
        let answers: Vec<Value> = answers.iter().map(|answer| answer.to_json(args)).collect();
        print_json(&json!({ "schema_version": SCHEMA_VERSION, "images": answers }))?;
    } else {
        let texts: Vec<String> = answers.iter().map(|answer| answer.to_text(args)).collect();
        print(&texts.join("\n"))?;
    }
    Ok(0)
}

/// The flags of a scan that an explanation needs.
fn scan_args(args: &ExplainArgs) -> ScanArgs {
    ScanArgs {
        scanners: vec!["vuln".to_owned()],
        db: args.db.clone(),
        db_at: args.db_at.clone(),
        detection_priority: args.detection_priority.clone(),
        match_kernel_headers: args.match_kernel_headers,
        no_noise_filter: args.no_noise_filter,
        vex: args.vex.clone(),
        cache_dir: args.cache_dir.clone(),
        no_cache: args.no_cache,
        ..ScanArgs::default()
    }
}

/// Something to explain: a report or an image, and how to get it.
pub(super) struct Asked<'a> {
    pub(super) target: &'a str,
    pub(super) platform: Option<&'a str>,
    pub(super) registry: &'a RegistryArgs,
}

/// The reports of the target: read where it is one, else made now.
pub(super) fn reports(
    args: &Asked<'_>,
    settings: ScanSettings,
    global: &Global,
) -> Result<Reports> {
    let path = Path::new(args.target);
    if path.is_file() && begins_as_json(path) {
        return super::convert::read_reports(path);
    }
    let (target, kind) = if path.is_dir() && !path.join("index.json").exists() {
        (Target::RootFs(path.to_owned()), TargetKind::Rootfs)
    } else if path.exists() {
        (Target::Input(path.to_owned()), TargetKind::Image)
    } else {
        let target = args.target.parse().map_err(|error| {
            let error = CommandError::new(Kind::Usage, anyhow::Error::new(error));
            error.hint(format!("there is no file or folder {} either", args.target))
        })?;
        (target, TargetKind::Image)
    };
    let registry = match target {
        Target::Registry(_) => registry(args.registry)?,
        _ => RegistryOptions::default(),
    };
    let options = OpenOptions {
        platform: platform(args.platform)?,
        limits: settings.limits.clone(),
        registry,
        progress: ui::progress(global),
        ..OpenOptions::default()
    };
    scan_reports(&Job { target, options, kind, settings })
}

/// Whether a file begins with a brace, as no image does.
pub(super) fn begins_as_json(path: &Path) -> bool {
    use std::io::Read as _;
    let mut start = [0; 64];
    let read = std::fs::File::open(path).and_then(|mut file| file.read(&mut start));
    let start = start.get(..read.unwrap_or(0)).unwrap_or_default();
    start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(start).trim_ascii_start().starts_with(b"{")
}

/// Whether a report was made with a database, so that both say the same.
fn is_same(report: &Report, db: &Db) -> bool {
    report.provenance.database.as_ref().is_some_and(|used| used.digest == *db.digest())
}

/// What there is to say about one image.
struct Answer<'a> {
    report: &'a Report,
    explanation: Explanation,
    /// Whether the report was made with the database that explains it.
    same: bool,
    /// With the VEX documents that were named.
    policy: &'a Policy,
}

impl Answer<'_> {
    /// The findings that were asked about.
    fn findings<'a>(
        &'a self,
        args: &'a ExplainArgs,
    ) -> impl Iterator<Item = (&'a Finding, &'a Vulnerability)> {
        let has_id = |finding: &Finding, vulnerability: &Vulnerability| {
            let ids = vulnerability.aliases.iter().chain([&finding.id]);
            ids.into_iter().any(|id| id.eq_ignore_ascii_case(args.id.trim()))
        };
        let of_package = |vulnerability: &Vulnerability| {
            args.package.is_none() || self.explanation.asked.contains(&vulnerability.package)
        };
        self.report.findings.iter().filter_map(move |finding| {
            let vulnerability = finding.vulnerability()?;
            (has_id(finding, vulnerability) && of_package(vulnerability))
                .then_some((finding, vulnerability))
        })
    }

    /// `open`, `suppressed` or `absent`.
    fn verdict(&self, args: &ExplainArgs) -> &'static str {
        let mut verdict = "absent";
        for (finding, _) in self.findings(args) {
            if finding.state.is_open() {
                return "open";
            }
            verdict = "suppressed";
        }
        verdict
    }

    /// Why there is nothing, as far as no single package is the reason.
    fn absence(&self, args: &ExplainArgs) -> Vec<String> {
        let mut lines = Vec::new();
        let Explanation { records, judged, asked, .. } = &self.explanation;
        if records.is_empty() {
            lines.push(format!("The database has no record with the id {}.", args.id));
            return lines;
        }
        if let Some(package) = &args.package
            && asked.is_empty()
        {
            lines.push(format!("No package {package} is installed."));
        }
        let (judging, others): (Vec<_>, Vec<_>) = records.iter().partition(|one| one.judges);
        if judging.is_empty() {
            let segments: BTreeSet<&str> =
                others.iter().map(|record| record.segment.as_str()).collect();
            lines.push(format!(
                "No segment that judges this image has the id; it is in {}.",
                some(segments.into_iter())
            ));
        }
        if judged.is_empty() {
            for record in judging {
                let names = some(record.packages.iter().map(String::as_str));
                let about = match &args.package {
                    Some(package) if !asked.is_empty() => {
                        format!("and {package} is not among them")
                    }
                    _ => "and none is installed".to_owned(),
                };
                lines.push(format!(
                    "{} of {} names {names}, {about}.",
                    record.record, record.segment
                ));
            }
        }
        lines
    }

    fn to_text(&self, args: &ExplainArgs) -> String {
        let mut text = String::new();
        // Writing to a String cannot fail.
        let _: std::fmt::Result = self.write_text(args, &mut text);
        text
    }

    fn write_text(&self, args: &ExplainArgs, text: &mut String) -> std::fmt::Result {
        let verdict = match self.verdict(args) {
            "open" => "found",
            "suppressed" => "found, and suppressed",
            _ => "not found",
        };
        writeln!(text, "{} in {}: {verdict}", args.id, self.report.image.name)?;
        for (finding, vulnerability) in self.findings(args) {
            text.push('\n');
            self.write_finding(finding, vulnerability, text)?;
        }
        for judged in &self.explanation.judged {
            let told = judged.judged.outcome.is_affected()
                && self.findings(args).any(|(_, v)| v.package == judged.package);
            if told {
                continue;
            }
            writeln!(text, "\n{} {}: {}", judged.name, judged.installed, judged.judged.outcome)?;
            writeln!(
                text,
                "  record      {} of {}, filed under {}",
                judged.record, judged.segment, judged.filed_under
            )?;
            write_comparisons(&judged.judged.comparisons, text)?;
            if let Some(why) = &judged.suppressed {
                writeln!(text, "  suppressed  {why}")?;
            }
        }
        let absence = self.absence(args);
        if !absence.is_empty() && self.findings(args).next().is_none() {
            text.push('\n');
            for line in absence {
                writeln!(text, "{line}")?;
            }
        }
        if !self.explanation.not_covered.is_empty() {
            text.push('\n');
            for line in &self.explanation.not_covered {
                writeln!(text, "Not covered: {line}")?;
            }
        }
        if !self.same {
            let what = "The report was made with another advisory database than the one asked now.";
            writeln!(text, "\n{what}")?;
        }
        Ok(())
    }

    /// A finding, and everything it rests on.
    fn write_finding(
        &self,
        finding: &Finding,
        vulnerability: &Vulnerability,
        text: &mut String,
    ) -> std::fmt::Result {
        let inventory = &self.report.inventory;
        let reason = &vulnerability.reason;
        let package = inventory.package(vulnerability.package);
        let name = package.map_or(reason.package.as_str(), |package| package.name.as_str());
        let version = package.map_or(reason.version.as_str(), |package| package.version.as_str());
        let ground = match &reason.range {
            Some(range) => format!("affected: the version is in the range {range}"),
            None => "affected: the version is listed by itself".to_owned(),
        };
        writeln!(text, "{name} {version}: {ground}")?;
        writeln!(
            text,
            "  record      {} of {}, filed under {}",
            reason.record, reason.segment, reason.package
        )?;
        if reason.version != version {
            writeln!(text, "  version     {} is what advisories mean", reason.version)?;
        }
        write_comparisons(&compared(vulnerability), text)?;
        let fixed = match (vulnerability.fixed_versions.as_slice(), &vulnerability.fix_channel) {
            ([], _) => String::new(),
            (versions, None) => format!(", fixed in {}", versions.join(", ")),
            (versions, Some(channel)) => {
                format!(", fixed in {} of the channel {channel}", versions.join(", "))
            }
        };
        writeln!(text, "  status      {}{fixed}", vulnerability.status)?;
        let source = finding.severity_source.as_ref();
        let source = source.map_or_else(String::new, |source| format!(", by {source}"));
        writeln!(text, "  severity    {}{source}", finding.severity)?;
        for (what, time) in
            [("first seen", &vulnerability.first_seen), ("fix seen", &vulnerability.fix_first_seen)]
        {
            if let Some(time) = time {
                writeln!(text, "  {what:<11} {time}")?;
            }
        }
        if let Some(package) = package {
            if let Some(location) = package.locations.first() {
                writeln!(text, "  place       {}", location.path.as_str())?;
            }
            let layer = self.report.image.layers.get(package.layer.index());
            let by = layer.and_then(|layer| layer.created_by.as_deref()).unwrap_or_default();
            if self.report.image.is_beside(package.layer) {
                writeln!(text, "  layer       none, it is known from the registry alone")?;
            } else {
                let line = format!("  layer       {} {by}", package.layer.0);
                writeln!(text, "{}", line.trim_end())?;
            }
            if self.report.target == TargetKind::Image {
                let is_base = layer.and_then(|layer| layer.base);
                writeln!(text, "  origin      {}", origin_words(&self.report.image, is_base))?;
            }
        }
        if let State::Suppressed { by, reason, .. } = &finding.state {
            writeln!(text, "  suppressed  {reason} ({by})")?;
        }
        for line in explain_vex(self.policy, self.report, finding) {
            writeln!(text, "  vex         {line}")?;
        }
        Ok(())
    }

    fn to_json(&self, args: &ExplainArgs) -> Value {
        let findings = self.findings(args).map(|(finding, vulnerability)| {
            let package = self.report.inventory.package(vulnerability.package);
            let layer =
                package.and_then(|package| self.report.image.layers.get(package.layer.index()));
            json!({
                "id": finding.id,
                "severity": finding.severity,
                "severity_source": finding.severity_source,
                "state": finding.state,
                "status": vulnerability.status,
                "fixed_versions": vulnerability.fixed_versions,
                "fix_channel": vulnerability.fix_channel,
                "first_seen": vulnerability.first_seen,
                "fix_first_seen": vulnerability.fix_first_seen,
                "reason": reason(&vulnerability.reason),
                "comparisons": compared(vulnerability),
                "package": package,
                "layer": layer,
                "vex": explain_vex(self.policy, self.report, finding),
            })
        });
        json!({
            "image": self.report.image.name,
            "base_image": self.report.image.base_image,
            "verdict": self.verdict(args),
            "same_database": self.same,
            "findings": findings.collect::<Vec<_>>(),
            "absence": self.absence(args),
            "explanation": self.explanation,
        })
    }
}

/// A reason as the JSON report writes it.
fn reason(reason: &Reason) -> Value {
    json!({
        "segment": reason.segment,
        "record": reason.record,
        "package": reason.package,
        "version": reason.version,
        "scheme": reason.scheme,
        "conditions": reason.conditions,
        "range": reason.range.clone().map(Extent::from),
    })
}

/// The comparisons a finding rests on.
fn compared(vulnerability: &Vulnerability) -> Vec<Comparison> {
    let reason = &vulnerability.reason;
    let range = reason.range.as_ref();
    range.map_or_else(Vec::new, |range| comparisons(reason.scheme, range, &reason.version))
}

fn write_comparisons(comparisons: &[Comparison], text: &mut String) -> std::fmt::Result {
    for comparison in comparisons {
        writeln!(text, "  because     {comparison}")?;
    }
    Ok(())
}

/// The first few of some names, and how many more there are.
fn some<'a>(names: impl ExactSizeIterator<Item = &'a str>) -> String {
    let more = names.len().saturating_sub(NAMED_MAX);
    let shown: Vec<&str> = names.take(NAMED_MAX).collect();
    let shown = shown.join(", ");
    if more == 0 { shown } else { format!("{shown} and {more} more") }
}
