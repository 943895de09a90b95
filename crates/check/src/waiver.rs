//! Comments in a file by which its author accepts what a rule says of it.
//!
//! Three spellings are understood, after `#` or `//`: `trivy:ignore:ID[:exp:YYYY-MM-DD]`,
//! `tfsec:ignore:ID[:exp:YYYY-MM-DD]` and `lazaret:ignore ID… reason="…" until=YYYY-MM-DD`. An id
//! is a rule's own or any of its aliases; `*` is all of them. On a line of its own a comment is
//! about the block that begins below it, behind something about the block that begins on its line.

use lazaret_core::check::RuleHit;
use lazaret_core::location::LineRange;
use std::collections::BTreeMap;
use time::Date;
use time::macros::format_description;

/// Comments of this kind in one file; more are not read, and a problem says so.
const WAIVERS_MAX: usize = 10_000;

/// A hit that a comment in the file accepts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaivedHit {
    /// What was found.
    pub hit: RuleHit,
    /// The comment's line.
    pub line: u32,
    /// The reason it gives.
    pub reason: Option<String>,
    /// The last day it holds.
    pub until: Option<Date>,
}

/// Something that was not read or not understood, and where.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct CheckProblem {
    /// The line, where it is about one.
    pub line: Option<u32>,
    /// What is wrong, for people.
    pub message: String,
}

/// A comment that accepts hits.
struct Waiver {
    line: u32,
    lines: LineRange,
    ids: Vec<String>,
    reason: Option<String>,
    until: Option<Date>,
}

/// Takes the hits that comments in the file accept out of `hits`.
///
/// `ranges` are the lines of all that the file holds, from which a block's end is known; `is_named`
/// says of a rule's id and a word whether the word is one of its names; `today` decides whether a
/// comment still holds.
pub fn take_waived(
    text: &str,
    ranges: &[LineRange],
    is_named: &dyn Fn(&str, &str) -> bool,
    today: Date,
    hits: &mut Vec<RuleHit>,
    problems: &mut Vec<CheckProblem>,
) -> Vec<WaivedHit> {
    let waivers = waivers(text, ranges, problems);
    if waivers.is_empty() {
        return Vec::new();
    }
    for waiver in &waivers {
        if waiver.until.is_some_and(|until| until < today) {
            let message = format!("the ignore of {} has expired", waiver.ids.join(", "));
            problems.push(CheckProblem { line: Some(waiver.line), message });
        }
    }
    let mut waived = Vec::new();
    hits.retain(|hit| {
        let names = |id: &String| {
            id == "*" || id.eq_ignore_ascii_case(&hit.rule) || is_named(&hit.rule, id)
        };
        let accepting = waivers.iter().find(|waiver| {
            waiver.until.is_none_or(|until| until >= today)
                && waiver.ids.iter().any(names)
                && hit.lines.is_some_and(|lines| {
                    waiver.lines.start <= lines.start && lines.end <= waiver.lines.end
                })
        });
        if let Some(waiver) = accepting {
            waived.push(WaivedHit {
                hit: hit.clone(),
                line: waiver.line,
                reason: waiver.reason.clone(),
                until: waiver.until,
            });
        }
        accepting.is_none()
    });
    waived
}

/// Where what begins on a line ends at the latest.
type Ends = BTreeMap<u32, u32>;

fn waivers(text: &str, ranges: &[LineRange], problems: &mut Vec<CheckProblem>) -> Vec<Waiver> {
    let mut ends = Ends::new();
    for range in ranges {
        let end = ends.entry(range.start).or_insert(range.end);
        *end = range.end.max(*end);
    }
    let ranges = &ends;
    if !text.contains("ignore") {
        return Vec::new();
    }
    let mut waivers: Vec<Waiver> = Vec::new();
    // Those whose block has not begun yet.
    let mut open: Vec<usize> = Vec::new();
    for (line, number) in text.lines().zip(1_u32..) {
        let code = line.trim_start();
        let is_comment = code.starts_with('#') || code.starts_with("//");
        let Some(comment) = comment_of(line) else {
            if !code.is_empty() && code.trim_end() != "---" {
                close(&mut waivers, &mut open, ranges, number);
            }
            continue;
        };
        let (words, bad) = parse(comment);
        if let Some(message) = bad {
            problems.push(CheckProblem { line: Some(number), message });
        }
        if !is_comment {
            close(&mut waivers, &mut open, ranges, number);
        }
        for (ids, reason, until) in words {
            if waivers.len() >= WAIVERS_MAX {
                let message = format!("more than {WAIVERS_MAX} ignores in the file");
                problems.push(CheckProblem { line: Some(number), message });
                return waivers;
            }
            let lines = if is_comment {
                open.push(waivers.len());
                // Until its block is found it is about its own line.
                LineRange { start: number, end: number }
            } else {
                block(ranges, number)
            };
            waivers.push(Waiver { line: number, lines, ids, reason, until });
        }
    }
    waivers
}

/// The block of those comments begins here.
fn close(waivers: &mut [Waiver], open: &mut Vec<usize>, ranges: &Ends, line: u32) {
    if open.is_empty() {
        return;
    }
    let lines = block(ranges, line);
    for at in open.drain(..) {
        if let Some(waiver) = waivers.get_mut(at) {
            waiver.lines = lines;
        }
    }
}

/// The largest of what begins on a line, or the line.
fn block(ranges: &Ends, line: u32) -> LineRange {
    LineRange { start: line, end: ranges.get(&line).copied().unwrap_or(line) }
}

/// The comment on a line that holds an ignore. A `#` within a text may be taken for one, which
/// only matters if `trivy:ignore:` and the like follow.
fn comment_of(line: &str) -> Option<&str> {
    let at = ["trivy:ignore:", "tfsec:ignore:", "lazaret:ignore"]
        .iter()
        .filter_map(|word| line.find(word))
        .min()?;
    let before = line.get(..at)?.trim_end();
    let is_comment = before.ends_with('#') || before.ends_with("//") || before.ends_with("/*");
    // Several in one comment, or words before them.
    (is_comment || before.contains('#') || before.contains("//")).then(|| line.get(at..))?
}

/// Ids, a reason and a last day.
type Words = (Vec<String>, Option<String>, Option<Date>);

/// Reads a comment. The second is what is wrong with it.
fn parse(comment: &str) -> (Vec<Words>, Option<String>) {
    if let Some(rest) = comment.strip_prefix("lazaret:ignore") {
        return parse_own(rest);
    }
    let mut all = Vec::new();
    let mut bad = None;
    for word in comment.split_whitespace() {
        let rest = word
            .trim_start_matches(['#', '/'])
            .strip_prefix("trivy:ignore:")
            .or_else(|| word.trim_start_matches(['#', '/']).strip_prefix("tfsec:ignore:"));
        let Some(rest) = rest else { continue };
        let mut parts = rest.split(':');
        let Some(id) = parts.next().filter(|id| !id.is_empty()) else { continue };
        let mut until = None;
        let mut is_here = true;
        while let (Some(key), Some(value)) = (parts.next(), parts.next()) {
            match key {
                "exp" => {
                    until = date(value);
                    if until.is_none() {
                        bad = Some(format!("`{value}` is not a date: the ignore is not heeded"));
                        is_here = false;
                    }
                }
                // A Terraform workspace: the one there is without a choice is `default`.
                "ws" => is_here = is_here && (value == "*" || value == "default"),
                _ => {}
            }
        }
        if is_here {
            all.push((vec![id.to_owned()], None, until));
        }
    }
    (all, bad)
}

fn parse_own(rest: &str) -> (Vec<Words>, Option<String>) {
    let mut ids = Vec::new();
    let mut reason = None;
    let mut until = None;
    let mut rest = rest.trim_start_matches(':').trim();
    while !rest.is_empty() {
        if let Some(quoted) = rest.strip_prefix("reason=\"") {
            let (text, after) = quoted.split_once('"').unwrap_or((quoted, ""));
            reason = Some(text.to_owned());
            rest = after.trim_start();
            continue;
        }
        let (word, after) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
        rest = after.trim_start();
        if let Some(value) = word.strip_prefix("until=") {
            until = date(value.trim_matches('"'));
            if until.is_none() {
                let message = format!("`{value}` is not a date: the ignore is not heeded");
                return (Vec::new(), Some(message));
            }
        } else if let Some(value) = word.strip_prefix("reason=") {
            reason = Some(value.to_owned());
        } else {
            ids.extend(word.split(',').filter(|id| !id.is_empty()).map(str::to_owned));
        }
    }
    if ids.is_empty() {
        return (Vec::new(), Some("the ignore names no rule: it is not heeded".to_owned()));
    }
    (vec![(ids, reason, until)], None)
}

fn date(text: &str) -> Option<Date> {
    Date::parse(text, format_description!("[year]-[month]-[day]")).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::RuleInfo;
    use lazaret_core::severity::Severity;
    use time::macros::date;

    fn hit(rule: &str, start: u32, end: u32) -> RuleHit {
        let lines = Some(LineRange { start, end });
        RuleHit { rule: rule.to_owned(), message: String::new(), lines, about: None, history: None }
    }

    fn run(text: &str) -> (Vec<String>, Vec<Option<String>>, Vec<String>) {
        let aliases: &[&str] = &["AVD-KSV-0017", "no-privileged-containers"];
        let rules = [RuleInfo::for_test("KS004", aliases, Severity::High)];
        let ranges = [LineRange { start: 2, end: 4 }, LineRange { start: 3, end: 3 }];
        let mut hits = vec![hit("KS004", 3, 3), hit("KS005", 3, 4), hit("KS004", 5, 5)];
        let mut problems = Vec::new();
        let day = date!(2026 - 06 - 15);
        let is_named = |id: &str, word: &str| rules.iter().any(|r| r.id == id && r.is_named(word));
        let waived = take_waived(text, &ranges, &is_named, day, &mut hits, &mut problems);
        let left = hits.into_iter().map(|hit| hit.rule + &hit.lines.unwrap().start.to_string());
        let reasons = waived.into_iter().map(|waived| waived.reason).collect();
        (left.collect(), reasons, problems.into_iter().map(|p| p.message).collect())
    }

    #[test]
    fn a_comment_is_about_the_block_below_it() {
        for comment in [
            "# trivy:ignore:AVD-KSV-0017",
            "#trivy:ignore:avd-ksv-0017:exp:2026-06-15",
            "# tfsec:ignore:no-privileged-containers",
            "// trivy:ignore:KS004",
            "# lazaret:ignore KS004 until=2026-06-15",
            "# because #trivy:ignore:KS004:ws:default",
        ] {
            let (left, _, problems) = run(&format!("{comment}\na:\n  b: 1\n  c: 2\nd: 1\n"));
            assert_eq!(left, ["KS0053", "KS0045"], "{comment}");
            assert_eq!(problems, [""; 0], "{comment}");
        }
        let (left, reasons, _) =
            run("# lazaret:ignore KS004,KS005 reason=\"it is a test\"\na:\n  b: 1\n");
        assert_eq!(left, ["KS0045"]);
        assert_eq!(reasons, [Some("it is a test".to_owned()), Some("it is a test".to_owned())]);
        assert_eq!(run("# trivy:ignore:*\na:\n  b: 1\n").0, ["KS0045"]);
    }

    #[test]
    fn a_comment_behind_something_is_about_that() {
        let (left, ..) = run("x: 1\na:\n  b: 1 # trivy:ignore:KS004\n");
        assert_eq!(left, ["KS0053", "KS0045"]);
        let (left, ..) = run("x: 1 # trivy:ignore:KS004\na:\n  b: 1\n");
        assert_eq!(left, ["KS0043", "KS0053", "KS0045"]);
    }

    #[test]
    fn what_has_expired_or_is_unclear_is_told_and_not_heeded() {
        for (comment, problem) in [
            ("# trivy:ignore:KS004:exp:2026-06-14", "the ignore of KS004 has expired"),
            ("# trivy:ignore:KS004:exp:soon", "`soon` is not a date: the ignore is not heeded"),
            ("# lazaret:ignore KS004 until=x", "`x` is not a date: the ignore is not heeded"),
            ("# lazaret:ignore", "the ignore names no rule: it is not heeded"),
        ] {
            let (left, _, problems) = run(&format!("{comment}\na:\n  b: 1\n"));
            assert_eq!(left.len(), 3, "{comment}");
            assert_eq!(problems, [problem]);
        }
        assert_eq!(run("# trivy:ignore:KS004:ws:other\na:\n").0.len(), 3);
        assert_eq!(run("a: trivy:ignore:KS004\nb:\n").0.len(), 3);
    }
}
