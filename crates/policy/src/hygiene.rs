//! What is to be said of ignore files and VEX documents themselves: an exception that nobody needs,
//! that is over or that was never one.

use crate::day::Day;
use crate::rule::{Hygiene, Remark};
use crate::suppress::Entry;
use crate::vex::Document;
use crate::{Judged, Policy};
use lazaret_core::verdict::{Decision, Effect};

/// Entries named in one sentence.
const NAMED_MAX: usize = 5;

/// Why a policy does not accept an entry.
pub(crate) fn refusal(hygiene: &Hygiene, entry: &Entry, today: Option<Day>) -> Option<String> {
    let is_given =
        |text: &Option<String>| text.as_ref().is_some_and(|text| !text.trim().is_empty());
    if hygiene.needs_reason && !is_given(&entry.reason) {
        return Some("it gives no reason".to_owned());
    }
    if hygiene.needs_owner && !is_given(&entry.owner) {
        return Some("it has no owner".to_owned());
    }
    if hygiene.needs_expiry && entry.until.is_none() {
        return Some("it has no end".to_owned());
    }
    let max = hygiene.days_max?;
    let Some(until) = entry.until else {
        return Some(format!("it has no end, and may hold for {max} days"));
    };
    let days = today?.days_until(until);
    (days > max).then(|| format!("it holds for {days} more days, and may for {max}"))
}

/// Keeps count of what was of use.
pub(crate) struct Hygienist<'a> {
    entries: Vec<&'a Entry>,
    used: Vec<bool>,
    unread: Vec<String>,
    foreign: Vec<String>,
    hygiene: Hygiene,
    today: Option<Day>,
    looked_for: Vec<crate::Kind>,
}

impl<'a> Hygienist<'a> {
    pub(crate) fn new(policy: &'a Policy, judged: &Judged<'_>) -> Self {
        let files = &policy.ignore_files;
        let entries: Vec<&Entry> = files.iter().flat_map(|file| &file.entries).collect();
        let remarks = files.iter().flat_map(|file| &file.remarks);
        Self {
            used: vec![false; entries.len()],
            entries,
            unread: remarks
                .map(|one| format!("{}:{} {}", one.file, one.line, one.message))
                .collect(),
            foreign: Vec::new(),
            hygiene: policy.hygiene(),
            today: policy.today,
            looked_for: judged.looked_for.iter().copied().collect(),
        }
    }

    pub(crate) fn is_used(&mut self, position: usize) {
        if let Some(used) = self.used.get_mut(position) {
            *used = true;
        }
    }

    pub(crate) fn look_at_vex(&mut self, foreign: Vec<&Document>) {
        self.foreign = foreign.into_iter().map(|document| document.file.clone()).collect();
    }

    /// One decision for each thing there is to say.
    pub(crate) fn decisions(self) -> Vec<Decision> {
        let (mut refused, mut expired, mut expiring, mut unused) =
            (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for (entry, used) in self.entries.iter().zip(&self.used) {
            // Nobody looked for what it is about: nobody can tell whether it is of use.
            let could_be_used = entry.kinds.is_empty()
                || entry.kinds.iter().any(|kind| self.looked_for.contains(kind));
            if !could_be_used {
                continue;
            }
            if !self.hygiene.files {
                refused.push(entry.to_string());
            } else if let Some(until) = entry.until.filter(|_| entry.is_expired(self.today)) {
                expired.push(format!("{entry} (until {until})"));
            } else if let Some(why) = refusal(&self.hygiene, entry, self.today) {
                refused.push(format!("{entry} ({why})"));
            } else if !used {
                unused.push(entry.to_string());
            } else if let Some((until, today)) = entry.until.zip(self.today)
                && today.days_until(until) <= self.hygiene.expiring_days
            {
                expiring.push(format!("{entry} (until {until})"));
            }
        }
        let hygiene = &self.hygiene;
        [
            ("ignore:refused", Remark::Warn, refused, "not accepted by the policy"),
            ("ignore:expired", hygiene.expired, expired, "over, and not applied any more"),
            ("ignore:expiring", hygiene.expiring, expiring, "soon over"),
            ("ignore:unused", hygiene.unused, unused, "about nothing in this image"),
            ("ignore:unread", hygiene.unread, self.unread, "not applied"),
            ("vex:foreign", hygiene.foreign_vex, self.foreign, "about another image"),
        ]
        .into_iter()
        .filter_map(|(rule, remark, entries, what)| decision(rule, remark, &entries, what))
        .collect()
    }
}

fn decision(rule: &str, remark: Remark, entries: &[String], what: &str) -> Option<Decision> {
    let effect = match remark {
        _ if entries.is_empty() => return None,
        Remark::Pass => return None,
        Remark::Warn => Effect::Warn,
        // What the author meant to be excused is not known.
        Remark::Deny if matches!(rule, "vex:foreign" | "ignore:unread") => Effect::Incomplete,
        Remark::Deny => Effect::Fail,
    };
    let thing = if rule == "vex:foreign" { "document" } else { "entry" };
    let things = if rule == "vex:foreign" { "documents" } else { "entries" };
    let n = entries.len();
    let named: Vec<&str> = entries.iter().take(NAMED_MAX).map(String::as_str).collect();
    let more = n.saturating_sub(NAMED_MAX);
    let more = if more == 0 { String::new() } else { format!(" and {more} more") };
    let noun = if n == 1 { format!("1 {thing} is") } else { format!("{n} {things} are") };
    let message = format!("{noun} {what}: {}{more}", named.join("; "));
    Some(Decision { rule: rule.to_owned(), effect, message, findings: Vec::new() })
}
