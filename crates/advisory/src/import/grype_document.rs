//! The documents of a Grype database: JSON in the table `blobs`.

use super::constraint::Constraint;
use super::draft::Tally;
use crate::feed::score::{vector, word};
use lazaret_core::advisory::{Range, RangeEnd, Score, Status};
use lazaret_core::severity::Severity;
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// What a source says of a vulnerability, whatever package it is in.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Vulnerability {
    pub(super) aliases: Vec<String>,
    severities: Vec<Stated>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Stated {
    value: Value,
}

/// What a source says of a package.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Statement {
    pub(super) cves: Vec<String>,
    /// What must hold besides the version.
    qualifiers: Option<BTreeMap<String, Value>>,
    ranges: Vec<Ranged>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Ranged {
    version: Version,
    fix: Option<Fix>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Version {
    #[serde(rename = "type")]
    kind: String,
    constraint: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Fix {
    version: String,
    state: String,
}

/// What a statement comes to.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Extent {
    pub(super) status: Status,
    pub(super) ranges: Vec<Range>,
    pub(super) versions: Vec<String>,
}

impl Vulnerability {
    /// The severity in words, the first that is one.
    pub(super) fn severity(&self) -> Option<Severity> {
        self.severities.iter().find_map(|stated| match stated.value.as_str()? {
            text if text.eq_ignore_ascii_case("negligible") => Some(Severity::Low),
            text => word(text),
        })
    }

    /// The scores. Those in the database are often left out, so they are computed.
    pub(super) fn scores(&self) -> Vec<Score> {
        let given = self.severities.iter().filter_map(|stated| {
            let text = stated.value.get("vector").unwrap_or(&stated.value);
            vector(text.as_str()?)
        });
        let mut scores: Vec<Score> = Vec::new();
        for score in given {
            if !scores.iter().any(|known| known.vector == score.vector) {
                scores.push(score);
            }
        }
        scores
    }
}

impl Statement {
    /// The module it is limited to. One that is about packages of no module says so with an empty
    /// text.
    pub(super) fn module(&self) -> Option<String> {
        let module = self.qualifiers.as_ref()?.get("rpm_modularity")?.as_str()?;
        (!module.is_empty()).then(|| module.to_owned())
    }

    /// Whether it is limited to platforms, which are given as CPE names.
    pub(super) fn is_of_a_platform(&self) -> bool {
        let platforms = self.qualifiers.as_ref().and_then(|found| found.get("platform_cpes"));
        platforms.and_then(Value::as_array).is_some_and(|platforms| !platforms.is_empty())
    }

    /// Whether it is limited by something else.
    pub(super) fn has_other_conditions(&self) -> bool {
        self.qualifiers.as_ref().is_some_and(|found| {
            found.iter().any(|(name, value)| {
                !matches!(name.as_str(), "rpm_modularity" | "platform_cpes") && !is_empty(value)
            })
        })
    }

    /// The versions it says are affected; nothing, with a word in the tally, where it names none
    /// that are understood.
    pub(super) fn affected(&self, tally: &mut Tally) -> Option<Extent> {
        let mut extent = Extent::default();
        let mut states = Vec::new();
        for ranged in &self.ranges {
            if ranged.version.kind.eq_ignore_ascii_case("git") {
                tally.note("range of commits");
                continue;
            }
            let fix = ranged.fix.as_ref();
            states.extend(fix.map(|fix| fix.state.as_str()));
            // Nothing is every version.
            let text = match ranged.version.constraint.trim() {
                "" => "*",
                text => text,
            };
            let Some(constraint) = Constraint::parse(text) else {
                tally.note("constraint that is not understood");
                continue;
            };
            if constraint.widened {
                tally.note("bound taken one version too wide");
            }
            let fixed = fix.filter(|fix| fix.state == "fixed" && !fix.version.is_empty());
            extent.add(constraint, fixed.map(|fix| fix.version.as_str()), tally);
        }
        if extent.ranges.is_empty() && extent.versions.is_empty() {
            tally.skip("no versions");
            return None;
        }
        let has_fix = extent.ranges.iter().any(|range| matches!(range.end, RangeEnd::Fixed(_)));
        extent.status = if has_fix {
            Status::Fixed
        } else if states.contains(&"not-affected") {
            Status::NotAffected
        } else if !states.is_empty() && states.iter().all(|state| *state == "wont-fix") {
            Status::WillNotFix
        } else {
            Status::Affected
        };
        if extent.status == Status::NotAffected {
            extent.ranges.clear();
            extent.versions.clear();
        }
        Some(extent)
    }

    /// What a statement about versions that are *not* affected says of those that are: none, or,
    /// where it announces a fix, all before it.
    pub(super) fn unaffected(&self, announces_fixes: bool, tally: &mut Tally) -> Option<Extent> {
        let mut extent = Extent { status: Status::NotAffected, ..Extent::default() };
        for ranged in &self.ranges {
            let text = match ranged.version.constraint.trim() {
                "" => "*",
                text => text,
            };
            let constraint = Constraint::parse(text).filter(|found| found.versions.is_empty());
            let fix = ranged.fix.as_ref();
            let ranges = constraint.as_ref().map(|constraint| constraint.ranges.as_slice());
            match ranges {
                Some([Range { introduced: None, end: RangeEnd::Open }]) => {}
                Some([Range { introduced: Some(from), end: RangeEnd::Open }])
                    if announces_fixes
                        && fix.is_some_and(|fix| fix.state == "fixed" && fix.version == *from) =>
                {
                    let end = RangeEnd::Fixed(from.clone());
                    extent.ranges.push(Range { introduced: None, end });
                    extent.status = Status::Fixed;
                }
                _ => {
                    tally.skip("only says which versions are not affected");
                    return None;
                }
            }
        }
        if self.ranges.is_empty() {
            tally.skip("no versions");
            return None;
        }
        Some(extent)
    }
}

impl Extent {
    /// Adds a constraint. Where it ends with the last affected version and a fix is named, the fix
    /// ends it, as the sources have it in the form of OSV.
    fn add(&mut self, constraint: Constraint, fixed: Option<&str>, tally: &mut Tally) {
        let count = constraint.ranges.len();
        for mut range in constraint.ranges {
            if let (RangeEnd::LastAffected(_), Some(fixed), 1) = (&range.end, fixed, count) {
                tally.note("end taken from the fix");
                range.end = RangeEnd::Fixed(fixed.to_owned());
            }
            self.ranges.push(range);
        }
        self.versions.extend(constraint.versions);
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::String(text) => text.is_empty(),
        Value::Array(values) => values.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        Value::Bool(true) | Value::Number(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn extent(json: &str) -> (Option<Extent>, Tally) {
        let mut tally = Tally::new("grype-db");
        let statement: Statement = serde_json::from_str(json).unwrap();
        (statement.affected(&mut tally), tally)
    }

    fn check(json: &str, status: Status, ranges: &[&str], versions: &[&str]) {
        let found = extent(json).0.unwrap();
        let words: Vec<String> = found.ranges.iter().map(ToString::to_string).collect();
        assert_eq!(
            (found.status, words, found.versions),
            {
                let ranges = ranges.iter().map(ToString::to_string).collect();
                (status, ranges, versions.iter().map(ToString::to_string).collect())
            },
            "{json}"
        );
    }

    #[test]
    fn constraints_and_fixes_become_ranges_and_a_status() {
        check(
            r#"{"ranges":[{"version":{"type":"rpm","constraint":"< 0:1.2-3.el9"},"fix":{"version":"0:1.2-3.el9","state":"fixed"}}]}"#,
            Status::Fixed,
            &["< 0:1.2-3.el9"],
            &[],
        );
        check(
            r#"{"ranges":[{"version":{"type":"rpm","constraint":""},"fix":{"version":"","state":"wont-fix"}}]}"#,
            Status::WillNotFix,
            &["every version"],
            &[],
        );
        check(
            r#"{"ranges":[{"version":{"type":"dpkg"},"fix":{"state":"not-fixed"}}]}"#,
            Status::Affected,
            &["every version"],
            &[],
        );
        check(
            r#"{"ranges":[{"version":{"type":"npm","constraint":">=1.0,<2.0 || =3"},"fix":{"version":"2.0","state":"fixed"}}]}"#,
            Status::Fixed,
            &[">= 1.0, < 2.0"],
            &["3"],
        );
        check(
            r#"{"ranges":[{"version":{"type":"python","constraint":">=1.0,<=1.4"},"fix":{"version":"1.5","state":"fixed"}},
                          {"version":{"type":"python","constraint":"<=0.9"}}]}"#,
            Status::Fixed,
            &[">= 1.0, < 1.5", "<= 0.9"],
            &[],
        );
        check(
            r#"{"ranges":[{"version":{"constraint":""},"fix":{"state":"not-affected"}}]}"#,
            Status::NotAffected,
            &[],
            &[],
        );
    }

    #[test]
    fn what_names_no_version_is_counted() {
        for (json, note) in [
            (
                r#"{"ranges":[{"version":{"type":"git","constraint":"<abc"}}]}"#,
                Some("range of commits"),
            ),
            (
                r#"{"ranges":[{"version":{"constraint":"~> 1"}}]}"#,
                Some("constraint that is not understood"),
            ),
            ("{}", None),
        ] {
            let (found, tally) = extent(json);
            assert_eq!(found, None);
            let (_, counts, _) = tally.finish();
            assert_eq!(counts.skipped["no versions"], 1);
            assert_eq!(counts.notes.keys().next().map(String::as_str), note);
        }
    }

    #[test]
    fn announcements_of_fixes_say_what_is_affected() {
        let json = r#"{"ranges":[{"version":{"type":"rpm","constraint":">= 1.2-3.el9"},"fix":{"version":"1.2-3.el9","state":"fixed"}}]}"#;
        let statement: Statement = serde_json::from_str(json).unwrap();
        let mut tally = Tally::new("grype-db");
        let extent = statement.unaffected(true, &mut tally).unwrap();
        assert_eq!(
            (extent.status, extent.ranges[0].to_string()),
            (Status::Fixed, "< 1.2-3.el9".to_owned())
        );
        assert_eq!(statement.unaffected(false, &mut tally), None);
        let json =
            r#"{"ranges":[{"version":{"constraint":">= 0"},"fix":{"state":"not-affected"}}]}"#;
        let statement: Statement = serde_json::from_str(json).unwrap();
        assert_eq!(statement.unaffected(false, &mut tally).unwrap().status, Status::NotAffected);
    }

    #[test]
    fn severities_are_words_and_vectors() {
        let json = r#"{"severities":[
            {"scheme":"CVSS","value":{"vector":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H","version":"3.1"}},
            {"scheme":"CHMLN","value":"negligible","rank":1},
            {"scheme":"CVSS","value":{"vector":"CVSS:3.1/AV:N","version":"3.1"}}]}"#;
        let vulnerability: Vulnerability = serde_json::from_str(json).unwrap();
        assert_eq!(vulnerability.severity(), Some(Severity::Low));
        let scores = vulnerability.scores();
        assert_eq!(scores.len(), 1);
        // By FIRST's calculator.
        assert_eq!(scores[0].score.to_bits(), 9.8_f64.to_bits());
    }
}
