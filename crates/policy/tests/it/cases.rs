//! The table: a report, a policy, the verdict and the exit code it must come to, and the rule that
//! says so.

use crate::recipe::{
    Recipe, exploited, file, fixed, judge_knowing, likely, scored, today, vulnerability,
};
use lazaret_core::advisory::Status;
use lazaret_core::image::BaseImage;
use lazaret_core::package::Ecosystem;
use lazaret_core::problem::ProblemKind;
use lazaret_core::severity::Severity;
use lazaret_core::verdict::Effect;
use lazaret_policy::{FailOn, Knows, Policy};
use std::collections::BTreeSet;

/// What happens to the recipe before it is judged.
type Change = fn(&mut Recipe);

/// Rules as they stand below `rules:`, each on a line.
enum By {
    Rules(&'static str),
    Preset(&'static str),
    FailOn(&'static str),
    IgnoreUnfixed(&'static str),
    IgnoreStatus(&'static str),
    Shown(&'static [Severity]),
}

struct Case {
    what: &'static str,
    change: Change,
    by: By,
    knows: Knows,
    effect: Effect,
    /// The rule that has this effect; empty where none has.
    rule: &'static str,
}

/// The exit code of a verdict, as docs/guide/exit-codes.md has it.
fn exit_code(effect: Effect) -> u8 {
    match effect {
        Effect::Pass | Effect::Warn => 0,
        Effect::Fail => 1,
        Effect::Incomplete => 2,
    }
}

const ALL: Knows = Knows::EVERYTHING;
const NONE: Knows = Knows::NOTHING;

fn nothing(_: &mut Recipe) {}

/// One finding of HIGH in libssl3 of the base image, which is not fixed.
fn high(recipe: &mut Recipe) {
    let ssl = recipe.package(Ecosystem::Deb, "libssl3", "3.0.11-1", (0, "var/lib/dpkg/status"));
    recipe.finding("CVE-2024-0001", Severity::High, ssl);
}

fn last(recipe: &mut Recipe) -> &mut lazaret_core::finding::Finding {
    recipe.report.findings.last_mut().unwrap()
}

fn high_fixed(recipe: &mut Recipe) {
    high(recipe);
    // 45 days before the day of the judgment.
    fixed(last(recipe), Some("2024-05-01T00:00:00Z"));
}

fn high_fixed_lately(recipe: &mut Recipe) {
    high(recipe);
    fixed(last(recipe), Some("2024-06-10"));
}

fn high_fixed_sometime(recipe: &mut Recipe) {
    high(recipe);
    fixed(last(recipe), None);
}

fn low_exploited(recipe: &mut Recipe) {
    let left = recipe.package(
        Ecosystem::Npm,
        "left-pad",
        "1.0.0",
        (1, "app/node_modules/left-pad/package.json"),
    );
    recipe.finding("CVE-2024-0002", Severity::Low, left);
    exploited(last(recipe), false);
}

fn npm_medium(recipe: &mut Recipe) {
    let left = recipe.package(
        Ecosystem::Npm,
        "left-pad",
        "1.0.0",
        (1, "app/node_modules/left-pad/package.json"),
    );
    recipe.finding("CVE-2024-0003", Severity::Medium, left);
    likely(last(recipe), 0.4, 0.97);
    scored(last(recipe), 6.5);
    vulnerability(last(recipe)).published = Some("2024-06-01T00:00:00Z".into());
    vulnerability(last(recipe)).cwes = vec!["CWE-79".into()];
    vulnerability(last(recipe)).aliases = vec!["GHSA-aaaa-bbbb-cccc".into()];
}

fn of_unknown_origin(recipe: &mut Recipe) {
    let tool = recipe.package(Ecosystem::Golang, "example.org/tool", "v1.0.0", (2, "usr/bin/tool"));
    recipe.finding("CVE-2024-0004", Severity::High, tool);
}

fn gpl(recipe: &mut Recipe) {
    recipe.package(Ecosystem::Deb, "readline", "8.2", (0, "var/lib/dpkg/status"));
}

fn unread(recipe: &mut Recipe) {
    recipe.problem(ProblemKind::Parse);
}

fn uncovered(recipe: &mut Recipe) {
    recipe.problem(ProblemKind::Coverage);
}

fn over(recipe: &mut Recipe) {
    recipe.report.end_of_life.as_mut().unwrap().date = "2024-06-14".into();
}

fn last_day(recipe: &mut Recipe) {
    recipe.report.end_of_life.as_mut().unwrap().date = "2024-06-15".into();
}

fn as_root(recipe: &mut Recipe) {
    recipe.report.image.config.user = Some("0:0".into());
}

fn as_nobody_said(recipe: &mut Recipe) {
    recipe.report.image.config.user = None;
}

fn pinned(recipe: &mut Recipe) {
    recipe.report.image.name = format!("ghcr.io/shop/web@sha256:{}", "0".repeat(64));
}

fn latest(recipe: &mut Recipe) {
    recipe.report.image.name = "ghcr.io/shop/web:latest".into();
}

fn old_database(recipe: &mut Recipe) {
    recipe.report.provenance.database.as_mut().unwrap().newest = Some("2024-05-01".into());
}

fn no_database(recipe: &mut Recipe) {
    recipe.report.provenance.database = None;
}

fn no_base(recipe: &mut Recipe) {
    recipe.report.image.annotations.clear();
}

fn base_by_provenance(recipe: &mut Recipe) {
    no_base(recipe);
    let name = Some("docker.io/library/debian:12".into());
    let base = BaseImage { name, ..BaseImage::default() };
    recipe.report.image.base_image = Some(base);
}

fn made_at_no_time(recipe: &mut Recipe) {
    recipe.report.image.config.created = Some("1970-01-01T00:00:00Z".into());
}

fn no_system(recipe: &mut Recipe) {
    recipe.report.inventory.os = None;
    recipe.report.end_of_life = None;
}

#[rustfmt::skip]
fn table() -> Vec<Case> {
    use By::{FailOn, IgnoreStatus, IgnoreUnfixed, Preset, Rules, Shown};
    use Effect::{Fail, Incomplete, Pass, Warn};
    let case = |what, change, by, effect, rule| Case { what, change, by, knows: ALL, effect, rule };
    let blind = |what, change, by, effect, rule| Case { what, change, by, knows: NONE, effect, rule };
    vec![
        // The built-in policy of the gate.
        case("nothing is wrong", nothing, Preset("default"), Warn, "secrets"),
        case("a HIGH with a fix", high_fixed, Preset("default"), Fail, "fixable-high"),
        case("a HIGH without a fix", high, Preset("default"), Warn, "secrets"),
        case("a LOW that is exploited", low_exploited, Preset("default"), Fail, "known-exploited"),
        case("a MEDIUM", npm_medium, Preset("default"), Warn, "secrets"),
        case("a file that was not read", unread, Preset("default"), Incomplete, "incomplete"),
        case("packages no source covers", uncovered, Preset("default"), Incomplete, "incomplete"),
        case("support ended yesterday", over, Preset("default"), Fail, "end-of-life"),
        case("support ends today", last_day, Preset("default"), Warn, "secrets"),
        case("no operating system", no_system, Preset("default"), Warn, "secrets"),
        blind("no findings and no catalog", no_system, Preset("default"), Warn, "secrets"),
        blind("findings and no catalog", high, Preset("default"), Incomplete, "known-exploited"),
        blind("the report knows one itself", low_exploited, Preset("default"), Fail, "known-exploited"),
        // The other presets.
        case("strict: a MEDIUM", npm_medium, Preset("strict"), Fail, "medium"),
        case("strict: root", as_root, Preset("strict"), Fail, "root"),
        case("strict: an old database", old_database, Preset("strict"), Fail, "old-database"),
        case("strict: no database", no_database, Preset("strict"), Incomplete, "old-database"),
        case("cis: no user named", as_nobody_said, Preset("cis"), Fail, "cis-4.1-user"),
        case("cis: a user named", nothing, Preset("cis"), Warn, "cis-4.10-secrets"),
        case("cis: a patch is missing", high_fixed, Preset("cis"), Fail, "cis-4.4-patched"),
        case("pci: a patch of 45 days", high_fixed, Preset("pci"), Fail, "pci-6.3.3-critical"),
        case("pci: a patch of 5 days", high_fixed_lately, Preset("pci"), Warn, "pci-11.3.2-cvss"),
        case("trivy: nothing fails by itself", high_fixed, Preset("trivy"), Pass, ""),
        // Severity.
        case("at least", high, Rules("- {id: a, effect: deny, when: {severity: MEDIUM}}"), Fail, "a"),
        case("exactly these", high, Rules("- {id: a, effect: deny, when: {severity: [MEDIUM, LOW]}}"), Pass, ""),
        case("warn is no failure", high, Rules("- {id: a, effect: warn, when: {severity: HIGH}}"), Warn, "a"),
        case("any finding", high, Rules("- {id: a, effect: deny, when: {kind: vulnerability}}"), Fail, "a"),
        // Fixes and grace periods.
        case("fixable", high_fixed, Rules("- {id: a, effect: deny, when: {fixable: true}}"), Fail, "a"),
        case("not fixable", high, Rules("- {id: a, effect: deny, when: {fixable: true}}"), Pass, ""),
        case("the grace period is over", high_fixed, Rules("- {id: a, effect: deny, when: {days-since-fix: 30}}"), Fail, "a"),
        case("the last day of grace", high_fixed, Rules("- {id: a, effect: deny, when: {days-since-fix: \"> 45\"}}"), Pass, ""),
        case("the grace period runs", high_fixed_lately, Rules("- {id: a, effect: deny, when: {days-since-fix: 30}}"), Pass, ""),
        case("nobody knows since when", high_fixed_sometime, Rules("- {id: a, effect: deny, when: {days-since-fix: 30}}"), Fail, "a"),
        case("disclosed 14 days ago", npm_medium, Rules("- {id: a, effect: deny, when: {days-since-disclosure: 14}}"), Fail, "a"),
        case("disclosed less than 14 days ago", npm_medium, Rules("- {id: a, effect: deny, when: {days-since-disclosure: 15}}"), Pass, ""),
        case("by status", high, Rules("- {id: a, effect: deny, when: {status: [affected]}}"), Fail, "a"),
        case("by another status", high, Rules("- {id: a, effect: deny, when: {status: will_not_fix}}"), Pass, ""),
        // Scores.
        case("by score", npm_medium, Rules("- {id: a, effect: deny, when: {cvss: 6.5}}"), Fail, "a"),
        case("by a higher score", npm_medium, Rules("- {id: a, effect: deny, when: {cvss: 6.6}}"), Pass, ""),
        case("without a score the severity's least", high, Rules("- {id: a, effect: deny, when: {cvss: 7}}"), Fail, "a"),
        case("by probability", npm_medium, Rules("- {id: a, effect: deny, when: {epss: 0.4}}"), Fail, "a"),
        case("by percentile", npm_medium, Rules("- {id: a, effect: deny, when: {epss-percentile: \"> 0.97\"}}"), Pass, ""),
        blind("a probability nobody knows", high, Rules("- {id: a, effect: deny, when: {epss: 0.1}}"), Incomplete, "a"),
        case("no estimate is no expectation", high, Rules("- {id: a, effect: deny, when: {epss: 0.1}}"), Pass, ""),
        case("exploited, not by ransomware", low_exploited, Rules("- {id: a, effect: deny, when: {ransomware: true}}"), Pass, ""),
        blind("an unknown that was waved on", high, Rules("- {id: a, effect: deny, unanswered: pass, when: {kev: true}}"), Pass, ""),
        blind("an unknown that only warns", high, Rules("- {id: a, effect: deny, unanswered: warn, when: {kev: true}}"), Warn, "a"),
        blind("a warning cannot become worse", high, Rules("- {id: a, effect: warn, when: {kev: true}}"), Warn, "a"),
        // Names and places.
        case("by id", high, Rules("- {id: a, effect: deny, when: {id: cve-2024-0001}}"), Fail, "a"),
        case("by alias", npm_medium, Rules("- {id: a, effect: deny, when: {id: \"GHSA-aaaa-*\"}}"), Fail, "a"),
        case("by weakness", npm_medium, Rules("- {id: a, effect: deny, when: {cwe: [CWE-79, CWE-89]}}"), Fail, "a"),
        case("by the source package", high, Rules("- {id: a, effect: deny, when: {package: openssl}}"), Fail, "a"),
        case("by package url", high, Rules("- {id: a, effect: deny, when: {package: pkg:deb/debian/libssl3}}"), Fail, "a"),
        case("by package url of another version", high, Rules("- {id: a, effect: deny, when: {package: \"pkg:deb/debian/libssl3@3.0.12\"}}"), Pass, ""),
        case("by ecosystem", npm_medium, Rules("- {id: a, effect: deny, when: {ecosystem: [npm, pypi]}}"), Fail, "a"),
        case("by kind of package", high, Rules("- {id: a, effect: deny, when: {package-type: library}}"), Pass, ""),
        case("by path", npm_medium, Rules("- {id: a, effect: deny, when: {path: \"**/node_modules/**\"}}"), Fail, "a"),
        case("by all of several", npm_medium, Rules("- {id: a, effect: deny, when: {ecosystem: npm, severity: HIGH}}"), Pass, ""),
        // What is allowed.
        case("an exception", high, Rules("- {id: a, effect: deny, when: {severity: HIGH}}\n  - {id: b, effect: allow, when: {id: CVE-2024-0001}}"), Pass, ""),
        case("an exception for another", high, Rules("- {id: a, effect: deny, when: {severity: HIGH}}\n  - {id: b, effect: allow, when: {id: CVE-2024-9999}}"), Fail, "a"),
        case("an exception that is over", high, Rules("- {id: a, effect: deny, when: {severity: HIGH}}\n  - {id: b, effect: allow, until: 2024-06-14, when: {id: CVE-2024-0001}}"), Fail, "a"),
        case("an exception on its last day", high, Rules("- {id: a, effect: deny, when: {severity: HIGH}}\n  - {id: b, effect: allow, until: 2024-06-15, when: {id: CVE-2024-0001}}"), Pass, ""),
        case("an unknown date excuses nothing", high_fixed_sometime, Rules("- {id: a, effect: deny, when: {severity: HIGH}}\n  - {id: b, effect: allow, when: {days-since-fix: \"< 14\"}}"), Fail, "a"),
        case("an exception for another image", high, Rules("- {id: a, effect: deny, when: {severity: HIGH}}\n  - {id: b, effect: allow, images: {repository: other/*}, when: {severity: HIGH}}"), Fail, "a"),
        // The image.
        case("another user", nothing, Rules("- {id: a, effect: deny, when: {user: root}}"), Pass, ""),
        case("a port", nothing, Rules("- {id: a, effect: deny, when: {port: [22, 8000]}}"), Fail, "a"),
        case("a port below", nothing, Rules("- {id: a, effect: deny, when: {port: \"< 1024\"}}"), Pass, ""),
        case("a label", nothing, Rules("- {id: a, effect: deny, when: {label: {team: sh*}}}"), Fail, "a"),
        case("a missing label", nothing, Rules("- {id: a, effect: deny, when: {label-missing: [team, owner]}}"), Fail, "a"),
        case("an age", nothing, Rules("- {id: a, effect: deny, when: {age-days: 14}}"), Fail, "a"),
        case("no age", made_at_no_time, Rules("- {id: a, effect: deny, when: {age-days: 14}}"), Incomplete, "a"),
        case("a size", nothing, Rules("- {id: a, effect: deny, when: {size: \"> 299M\"}}"), Fail, "a"),
        case("a base", nothing, Rules("- {id: a, effect: deny, when: {base: \"*/debian:1?\"}}"), Fail, "a"),
        case("a base that the build attests", base_by_provenance, Rules("- {id: a, effect: deny, when: {base: \"*/debian:1?\"}}"), Fail, "a"),
        case("no base", no_base, Rules("- {id: a, effect: deny, when: {base: \"*/debian:*\"}}"), Incomplete, "a"),
        case("a floating name", nothing, Rules("- {id: a, effect: deny, when: {digest-pinned: false}}"), Fail, "a"),
        case("a pinned name", pinned, Rules("- {id: a, effect: deny, when: {digest-pinned: false}}"), Pass, ""),
        case("a tag", latest, Rules("- {id: a, effect: deny, when: {tag: latest}}"), Fail, "a"),
        case("a system", nothing, Rules("- {id: a, effect: deny, when: {os: [debian-11, debian-12]}}"), Fail, "a"),
        case("a system that ends in two years", nothing, Rules("- {id: a, effect: deny, when: {end-of-life-within-days: 725}}"), Fail, "a"),
        case("a system that ends later", nothing, Rules("- {id: a, effect: deny, when: {end-of-life-within-days: 724}}"), Pass, ""),
        case("a package that should not be there", high, Rules("- {id: a, effect: deny, when: {has-package: [telnetd, libssl*]}}"), Fail, "a"),
        case("a license that should not be there", gpl, Rules("- {id: a, effect: deny, when: {has-license: \"GPL-3.0*\"}}"), Fail, "a"),
        case("one kind of problem", uncovered, Rules("- {id: a, effect: deny, when: {incomplete: [parse, limit]}}"), Pass, ""),
        case("an incomplete scan that only warns", unread, Rules("- {id: a, effect: warn, when: {incomplete: true}}"), Warn, "a"),
        case("a finding in some images", high, Rules("- {id: a, effect: deny, when: {severity: HIGH, user: root}}"), Pass, ""),
        case("a finding in these images", high, Rules("- {id: a, effect: deny, when: {severity: HIGH, os: debian}}"), Fail, "a"),
        blind("a configuration nobody has", nothing, Rules("- {id: a, effect: deny, when: {user: root}}"), Incomplete, "a"),
        // Kinds that were not looked for.
        case("secrets nobody looked for", nothing, Rules("- {id: a, effect: deny, when: {secret: true}}"), Incomplete, "a"),
        // Flags.
        case("--fail-on", high, FailOn("HIGH"), Fail, "fail-on:HIGH"),
        case("--fail-on above", high, FailOn("critical"), Pass, ""),
        case("--fail-on kev", low_exploited, FailOn("kev"), Fail, "fail-on:kev"),
        case("--fail-on kev without one", high, FailOn("KEV"), Pass, ""),
        case("--fail-on incomplete", unread, FailOn("incomplete"), Incomplete, "fail-on:incomplete"),
        case("--fail-on eol", over, FailOn("eol"), Fail, "fail-on:eol"),
        case("--fail-on eol on the last day", last_day, FailOn("eol"), Pass, ""),
        case("--ignore-unfixed", high, IgnoreUnfixed("LOW"), Pass, ""),
        case("--ignore-unfixed with a fix", high_fixed, IgnoreUnfixed("LOW"), Fail, "fail-on:LOW"),
        case("--ignore-status", high, IgnoreStatus("affected"), Pass, ""),
        case("--ignore-status of another", high, IgnoreStatus("fixed"), Fail, "fail-on:LOW"),
        case("--exit-code with what is shown", high, Shown(&[Severity::High]), Fail, "exit-code"),
        case("--exit-code with what is not shown", high, Shown(&[Severity::Critical]), Pass, ""),
    ]
}

fn policy(by: &By) -> Policy {
    let words = |words: &str| words.split(',').map(|word| word.parse().unwrap()).collect();
    let low = vec![FailOn::Severity(Severity::Low)];
    let mut policy = Policy { today: today(), ..Policy::default() };
    match by {
        By::Rules(rules) => {
            policy.file = Some(file(&format!("version: 1\nrules:\n  {rules}\n")));
        }
        By::Preset(name) => {
            policy.file = Some(lazaret_policy::PolicyFile::preset(name).unwrap().into());
        }
        By::FailOn(list) => policy.fail_on = words(list),
        By::IgnoreUnfixed(list) => {
            policy.fail_on = words(list);
            policy.ignore_unfixed = true;
        }
        By::IgnoreStatus(word) => {
            policy.fail_on = low;
            let is_named = |status: &Status| status.name() == *word;
            policy.ignore_statuses = Status::ALL.into_iter().filter(is_named).collect();
        }
        By::Shown(shown) => policy.fail_on_shown = Some(shown.iter().copied().collect()),
    }
    policy
}

#[test]
fn every_case_comes_to_its_verdict_by_its_rule() {
    let table = table();
    assert!(table.len() >= 60, "{}", table.len());
    let mut wrong = Vec::new();
    for case in &table {
        let mut recipe = Recipe::new();
        (case.change)(&mut recipe);
        let (_, verdict) = judge_knowing(&policy(&case.by), &recipe.report, case.knows);
        let decisive: BTreeSet<&str> = verdict
            .decisions
            .iter()
            .filter(|decision| decision.effect == verdict.effect && verdict.effect != Effect::Pass)
            .map(|decision| decision.rule.as_str())
            .collect();
        let rules_agree =
            if case.rule.is_empty() { decisive.is_empty() } else { decisive.contains(case.rule) };
        let code = exit_code(verdict.effect);
        if verdict.effect != case.effect || code != exit_code(case.effect) || !rules_agree {
            wrong.push(format!(
                "{}: expected {:?} by `{}`, found {:?} by {decisive:?}: {:#?}",
                case.what, case.effect, case.rule, verdict.effect, verdict.decisions
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_base_image_and_an_application_have_rules_of_their_own() {
    let text = "version: 1
base-image: {rules: [{id: base, effect: warn, when: {severity: HIGH}}]}
application: {rules: [{id: app, effect: deny, when: {severity: HIGH}}]}
";
    for (change, base, app) in [
        (high as Change, Effect::Warn, Effect::Pass),
        (npm_medium, Effect::Pass, Effect::Pass),
        // Whoever brought it: the finding is not lost between two stools.
        (of_unknown_origin, Effect::Warn, Effect::Fail),
    ] {
        let mut recipe = Recipe::new();
        change(&mut recipe);
        let policy = Policy { file: Some(file(text)), today: today(), ..Policy::default() };
        let (_, verdict) = judge_knowing(&policy, &recipe.report, ALL);
        let effects: Vec<(&str, Effect)> =
            verdict.decisions.iter().map(|one| (one.rule.as_str(), one.effect)).collect();
        assert_eq!(effects, [("base", base), ("app", app)]);
    }
}

#[test]
fn what_has_no_day_is_not_answered() {
    for rules in [
        "- {id: a, effect: deny, when: {days-since-fix: 30}}",
        "- {id: a, effect: deny, when: {age-days: 30}}",
        "- {id: a, effect: deny, when: {end-of-life: true}}",
        "- {id: a, effect: deny, when: {database-age-days: 30}}",
    ] {
        let mut recipe = Recipe::new();
        high_fixed(&mut recipe);
        let policy = Policy { today: None, ..policy(&By::Rules(rules)) };
        let (_, verdict) = judge_knowing(&policy, &recipe.report, ALL);
        assert_eq!(verdict.effect, Effect::Incomplete, "{rules}");
    }
}

#[test]
fn a_gate_fails_on_an_incomplete_scan_no_rule_speaks_of() {
    let mut recipe = Recipe::new();
    unread(&mut recipe);
    for (rules, effect) in [
        ("- {id: a, effect: deny, when: {severity: HIGH}}", Effect::Incomplete),
        ("- {id: a, effect: warn, when: {incomplete: true}}", Effect::Warn),
    ] {
        let policy = Policy { fails_closed: true, ..policy(&By::Rules(rules)) };
        assert_eq!(judge_knowing(&policy, &recipe.report, ALL).1.effect, effect, "{rules}");
    }
}
