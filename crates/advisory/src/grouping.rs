//! One finding a vulnerability, not one an id: which records speak of the same.

use crate::format::is_cve;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

/// The ids of one record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ids {
    /// The record's own.
    pub(crate) id: String,
    /// Those it calls the same.
    pub(crate) aliases: Vec<String>,
}

impl Ids {
    /// The one CVE the record is about: itself, or its only CVE alias.
    fn cve(&self) -> Option<&str> {
        if is_cve(&self.id) {
            return Some(&self.id);
        }
        let mut cves = self.cves();
        cves.next().filter(|_| cves.next().is_none())
    }

    /// Whether the record is an announcement of several vulnerabilities at once.
    fn is_collection(&self) -> bool {
        self.cve().is_none() && self.cves().next().is_some()
    }

    fn cves(&self) -> impl Iterator<Item = &str> {
        self.aliases.iter().map(String::as_str).filter(|alias| is_cve(alias))
    }

    fn all(&self) -> impl Iterator<Item = &str> {
        self.aliases.iter().chain([&self.id]).map(String::as_str)
    }
}

/// Records that speak of one vulnerability.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Group {
    /// The id people know it by: the CVE where there is one, else the smallest record id.
    pub(crate) id: String,
    /// Positions of the records, by record id.
    pub(crate) members: Vec<usize>,
}

/// Groups records about one package, sorted by the id of each group.
///
/// Records with the same CVE belong together. A record without one belongs to the group that knows
/// one of its ids, if only one group does. An announcement of several CVEs stays by itself: it is
/// the same as none of them.
pub(crate) fn group(records: &[Ids]) -> Vec<Group> {
    let mut order: Vec<usize> = (0..records.len()).collect();
    order.sort_by_key(|position| records.get(*position).map(|ids| (ids.cve().is_none(), &ids.id)));
    let mut groups: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    // The group that knows an id; nothing where several do, so that it decides nothing.
    let mut known: BTreeMap<&str, Option<&str>> = BTreeMap::new();
    for position in order {
        let Some(ids) = records.get(position) else { continue };
        if ids.is_collection() {
            groups.entry(&ids.id).or_default().push(position);
            continue;
        }
        let key = ids.cve().unwrap_or_else(|| {
            let joined = ids.all().find_map(|id| known.get(id).copied().flatten());
            joined.unwrap_or(&ids.id)
        });
        groups.entry(key).or_default().push(position);
        for id in ids.all() {
            match known.entry(id) {
                Entry::Vacant(entry) => {
                    entry.insert(Some(key));
                }
                Entry::Occupied(mut entry) => {
                    if *entry.get() != Some(key) {
                        entry.insert(None);
                    }
                }
            }
        }
    }
    groups
        .into_iter()
        .map(|(id, mut members)| {
            members.sort_by_key(|position| records.get(*position).map(|ids| &ids.id));
            Group { id: id.to_owned(), members }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Groups records written `id = alias alias`, and writes the groups the same way.
    fn check(records: &[&str], expected: &[&str]) {
        let parse = |record: &&str| {
            let (id, aliases) = record.split_once('=').unwrap_or((record, ""));
            let aliases = aliases.split_whitespace().map(str::to_owned).collect();
            Ids { id: id.trim().to_owned(), aliases }
        };
        let mut records: Vec<Ids> = records.iter().map(parse).collect();
        for _ in 0..2 {
            let groups: Vec<String> = group(&records)
                .into_iter()
                .map(|group| {
                    let ids = group.members.iter().map(|member| records[*member].id.as_str());
                    format!("{}: {}", group.id, ids.collect::<Vec<_>>().join(" "))
                })
                .collect();
            assert_eq!(groups, expected);
            // The order of the records decides nothing.
            records.reverse();
        }
    }

    #[test]
    fn records_of_one_cve_are_one_finding() {
        check(
            &[
                "PYSEC-1 = CVE-2020-0001 GHSA-a",
                "GHSA-a = CVE-2020-0001",
                "PYSEC-2 = CVE-2020-0002",
            ],
            &["CVE-2020-0001: GHSA-a PYSEC-1", "CVE-2020-0002: PYSEC-2"],
        );
    }

    #[test]
    fn a_record_without_cve_joins_the_one_that_knows_it() {
        check(&["PYSEC-3 = CVE-2020-0003 GHSA-c", "GHSA-c"], &["CVE-2020-0003: GHSA-c PYSEC-3"]);
        check(&["PYSEC-4 = GHSA-d", "GHSA-d"], &["GHSA-d: GHSA-d PYSEC-4"]);
        check(&["MAL-1", "MAL-2"], &["MAL-1: MAL-1", "MAL-2: MAL-2"]);
    }

    #[test]
    fn an_announcement_of_several_cves_stays_by_itself() {
        check(
            &["DSA-1-1 = CVE-2020-0001 CVE-2020-0002", "CVE-2020-0001", "CVE-2020-0002"],
            &["CVE-2020-0001: CVE-2020-0001", "CVE-2020-0002: CVE-2020-0002", "DSA-1-1: DSA-1-1"],
        );
    }

    #[test]
    fn an_id_two_vulnerabilities_share_joins_neither() {
        check(
            &["CVE-2020-0001 = DSA-1-1", "CVE-2020-0002 = DSA-1-1", "DSA-1-1"],
            &["CVE-2020-0001: CVE-2020-0001", "CVE-2020-0002: CVE-2020-0002", "DSA-1-1: DSA-1-1"],
        );
    }

    #[test]
    fn a_cve_that_mentions_another_keeps_its_own_name() {
        check(
            &["CVE-2020-0001 = CVE-2020-0002", "CVE-2020-0002"],
            &["CVE-2020-0001: CVE-2020-0001", "CVE-2020-0002: CVE-2020-0002"],
        );
    }
}
