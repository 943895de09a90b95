//! What to do first: few steps, the most urgent first, each of which mends many findings.

use super::markup::text;
use super::place::{deleted_by, words};
use super::tally::Tally;
use super::{Subject, section};
use crate::end;
use crate::table::fix::{self, Fix};
use crate::table::group::{self, Cluster, Group};
use crate::table::{plural, thousands};
use lazaret_core::finding::{Detail, Finding, Kind, Secret};
use lazaret_core::severity::Severity;
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fmt::{self, Write as _};

/// Steps written out: who has done these scans again.
const STEPS_MAX: usize = 10;
/// Things named in one step.
const ITEMS_MAX: usize = 6;

/// One thing to do.
#[derive(Default)]
struct Step {
    /// What, as a heading.
    title: String,
    /// Why, or what it mends.
    why: String,
    /// What it is about.
    items: Vec<String>,
    /// The command that does it.
    command: String,
    /// What to know before the command is run, such as where.
    hint: String,
    /// The filter that shows what it is about: its name and its value.
    filter: Option<(&'static str, String)>,
}

/// Writes the steps.
pub(super) fn write(page: &mut String, subject: &Subject<'_>) -> fmt::Result {
    section(page, subject, "steps", "What to do first")?;
    let steps = steps(subject);
    if steps.is_empty() {
        let nothing = if subject.open.is_empty() {
            "Nothing: no finding counts."
        } else {
            "No finding has a known fix yet. Look at the findings below, and scan again with newer \
             advisories."
        };
        return writeln!(page, "<p class=\"empty\">{nothing}</p></section>");
    }
    writeln!(page, "<ol>")?;
    for step in steps.iter().take(STEPS_MAX) {
        one(page, subject, step)?;
    }
    writeln!(page, "</ol>")?;
    if steps.len() > STEPS_MAX {
        let more = plural(steps.len() - STEPS_MAX, "more step");
        writeln!(page, "<p>And {more}: the list of findings has what is left.</p>")?;
    }
    let unfixed = subject.open.iter().filter(|f| f.vulnerability().is_some() && !f.is_fixable());
    let unfixed = unfixed.count();
    if unfixed > 0 {
        let verb = if unfixed == 1 { "has" } else { "have" };
        writeln!(page, "<p>{} {verb} no fix yet.</p>", plural(unfixed, "vulnerability finding"))?;
    }
    writeln!(page, "</section>")
}

fn one(page: &mut String, subject: &Subject<'_>, step: &Step) -> fmt::Result {
    writeln!(page, "<li><h3>{}</h3>", text(&step.title))?;
    if !step.why.is_empty() {
        write!(page, "<p>{}", text(&step.why))?;
        if let Some((name, value)) = &step.filter {
            let n = subject.n;
            write!(
                page,
                " <a class=\"jump\" href=\"#findings-{n}\" data-{name}=\"{}\">Show them</a>",
                text(value)
            )?;
        }
        writeln!(page, "</p>")?;
    }
    if !step.items.is_empty() {
        writeln!(page, "<ul>")?;
        for item in step.items.iter().take(ITEMS_MAX) {
            writeln!(page, "<li><bdi>{}</bdi></li>", text(item))?;
        }
        if step.items.len() > ITEMS_MAX {
            writeln!(page, "<li>and {} more</li>", thousands(step.items.len() - ITEMS_MAX))?;
        }
        writeln!(page, "</ul>")?;
    }
    if !step.hint.is_empty() {
        writeln!(page, "<p class=\"hint\">{}</p>", text(&step.hint))?;
    }
    if !step.command.is_empty() {
        writeln!(
            page,
            "<pre class=\"command\"><code>{}</code></pre>",
            super::markup::long(&step.command)
        )?;
    }
    writeln!(page, "</li>")
}

fn steps(subject: &Subject<'_>) -> Vec<Step> {
    let mut first: Vec<Step> = Vec::new();
    if let Some(words) = end::of_support(subject.report, subject.options.table.today) {
        first.push(Step {
            title: "Move to a supported operating system".to_owned(),
            why: format!("{words}. What is found from now on is not mended in it."),
            ..Step::default()
        });
    }
    first.extend(exploited(subject));
    first.extend(secrets(subject));
    let mut others: Vec<(Severity, Step)> = Vec::new();
    for group in group::groups(subject.report, &subject.open) {
        others.extend(upgrade(&group));
    }
    others.extend(rules(subject));
    others.sort_by_key(|(worst, _)| Reverse(*worst));
    first.extend(others.into_iter().map(|(_, step)| step));
    first.extend(licenses(subject));
    first
}

/// What is attacked already.
fn exploited(subject: &Subject<'_>) -> Option<Step> {
    let inventory = &subject.report.inventory;
    let mut items: Vec<String> = Vec::new();
    for finding in subject.open.iter().filter(|finding| finding.is_exploited()) {
        let package = finding.package().and_then(|id| inventory.package(id));
        let package = package.map_or("", |package| &package.name);
        let fixed = finding.vulnerability().and_then(|v| v.fixed_versions.first());
        let fixed = fixed.map_or_else(|| "no fix yet".to_owned(), |v| format!("fixed in {v}"));
        items.push(format!("{} in {package}, {fixed}", finding.id));
    }
    (!items.is_empty()).then(|| Step {
        title: "Mend what is already attacked".to_owned(),
        why: format!("{} known to be exploited.", are(items.len(), "finding")),
        items,
        filter: Some(("exploited", "1".to_owned())),
        ..Step::default()
    })
}

/// A number, its noun and a verb that suits them.
fn are(n: usize, noun: &str) -> String {
    format!("{} {}", plural(n, noun), if n == 1 { "is" } else { "are" })
}

/// What a stranger could log in with.
fn secrets(subject: &Subject<'_>) -> Option<Step> {
    let found: Vec<(&Finding, &Secret)> =
        subject.open.iter().filter_map(|&finding| Some((finding, finding.secret()?))).collect();
    if found.is_empty() {
        return None;
    }
    let items = found.iter().map(|(finding, secret)| {
        let deleted = deleted_by(finding).map_or_else(String::new, |layer| {
            format!(", deleted in layer {} and still readable", layer.0)
        });
        format!("{} in {}{deleted}", secret.title, words(&secret.at))
    });
    Some(Step {
        title: "Withdraw secrets, and build without them".to_owned(),
        why: format!(
            "{} in the image. Whoever can pull it can read them, in deleted files too: make them \
             invalid first.",
            are(found.len(), "secret"),
        ),
        items: items.collect(),
        filter: Some(("kind", Kind::Secret.name().to_owned())),
        ..Step::default()
    })
}

/// What newer packages mend in one place.
fn upgrade(group: &Group<'_>) -> Option<(Severity, Step)> {
    let mut mended = Tally::default();
    let mut all = 0;
    let mut items = Vec::new();
    for cluster in &group.clusters {
        all += cluster.findings_total();
        let fixable = || cluster.findings.iter().filter(|(finding, _)| finding.is_fixable());
        for _ in &cluster.packages {
            fixable().for_each(|(finding, _)| mended.add(finding));
        }
        items.extend((fixable().count() > 0).then(|| change(cluster)));
    }
    let total = mended.total();
    if total == 0 {
        return None;
    }
    let worst = Severity::ALL.into_iter().rev().find(|severity| mended.of(*severity) > 0);
    let Fix { hint, command, by_others } = fix::fix(group);
    let which = match all {
        1 => "its only finding".to_owned(),
        _ if total == all => format!("all {}", plural(all, "finding")),
        _ => format!("{} of {}", thousands(total), plural(all, "finding")),
    };
    let mut why = format!("Mends {which}: {}.", mended.words());
    if !by_others.is_empty() {
        let names: Vec<String> = by_others.into_iter().collect();
        why = format!("{why} Update the packages that bring {}.", names.join(", "));
    }
    let hint = hint.map(|hint| super::chart::capitalized(&hint)).unwrap_or_default();
    let command = command.join(" ");
    let step = Step { title: group.title(), why, items, command, hint, filter: None };
    Some((worst.unwrap_or_default(), step))
}

/// The packages of a cluster, and the version that has every fix.
fn change(cluster: &Cluster<'_>) -> String {
    let names = cluster.names();
    let (shown, more) = names.split_at(names.len().min(3));
    let more = if more.is_empty() { String::new() } else { format!(" and {} more", more.len()) };
    let vulnerabilities: Vec<_> = cluster.findings.iter().map(|(_, v)| *v).collect();
    let target = fix::target(cluster.version(), &vulnerabilities);
    let target = target.map_or_else(String::new, |version| format!(" → {version}"));
    format!("{}{more} {}{target}", shown.join(", "), cluster.version())
}

/// What a rule says of settings, once for each rule.
fn rules(subject: &Subject<'_>) -> Vec<(Severity, Step)> {
    let mut by_rule: BTreeMap<&str, (Severity, Vec<String>, &str)> = BTreeMap::new();
    for finding in &subject.open {
        let Detail::Misconfiguration(broken) = &finding.detail else { continue };
        let (worst, items, _) =
            by_rule.entry(&finding.id).or_insert((finding.severity, Vec::new(), &broken.title));
        *worst = finding.severity.max(*worst);
        items.push(format!("{}: {}", words(&broken.at), broken.message));
    }
    let step = |(id, (worst, items, title)): (&str, (Severity, Vec<String>, &str))| {
        let fix = subject.report.rules.get(id).map(|rule| rule.fix.trim()).unwrap_or_default();
        // The first paragraph; the details of a finding have all of it.
        let fix = fix.split("\n\n").next().unwrap_or_default();
        let fix: Vec<&str> = fix.split_whitespace().collect();
        let fix = if fix.is_empty() {
            format!("{}.", plural(items.len(), "finding"))
        } else {
            fix.join(" ")
        };
        let step = Step {
            title: format!("{title} ({id})"),
            why: fix,
            items,
            filter: Some(("text", id.to_owned())),
            ..Step::default()
        };
        (worst, step)
    };
    by_rule.into_iter().map(step).collect()
}

/// Licenses that ask for attention, by what they are.
fn licenses(subject: &Subject<'_>) -> Option<Step> {
    let mut by_license: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for license in subject.open.iter().filter_map(|finding| finding.license()) {
        *by_license.entry((&license.license, &license.class)).or_default() += 1;
    }
    let total: usize = by_license.values().sum();
    let items = by_license
        .iter()
        .map(|((license, class), n)| format!("{license} ({class}): {}", thousands(*n)));
    (total > 0).then(|| Step {
        title: "Look at what licenses ask for".to_owned(),
        why: format!("{} asking for attention.", are(total, "license finding")),
        items: items.collect(),
        filter: Some(("kind", Kind::License.name().to_owned())),
        ..Step::default()
    })
}
