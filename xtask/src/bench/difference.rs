//! What two scanners say is in an image, side by side.

use super::inventory::Listed;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// The packages of one type.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub(super) struct Difference {
    /// How many both list.
    pub(super) both: usize,
    /// `name version` of those that only the scanner measured lists.
    pub(super) only_lazaret: Vec<String>,
    /// `name version` of those that only the other lists.
    pub(super) only_other: Vec<String>,
}

/// The difference for each type of package-url.
pub(super) fn differences(
    lazaret: &BTreeSet<Listed>,
    other: &BTreeSet<Listed>,
) -> BTreeMap<String, Difference> {
    let mut types: BTreeMap<String, Difference> = BTreeMap::new();
    for package in lazaret.union(other) {
        let of_type = types.entry(package.kind.clone()).or_default();
        let shown = || format!("{} {}", package.name, package.version).trim_end().to_owned();
        match (lazaret.contains(package), other.contains(package)) {
            (true, true) => of_type.both += 1,
            (true, false) => of_type.only_lazaret.push(shown()),
            _ => of_type.only_other.push(shown()),
        }
    }
    types
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(packages: &[(&str, &str, &str)]) -> BTreeSet<Listed> {
        let one = |(kind, name, version): &(&str, &str, &str)| Listed {
            kind: (*kind).to_owned(),
            name: (*name).to_owned(),
            version: (*version).to_owned(),
        };
        packages.iter().map(one).collect()
    }

    #[test]
    fn another_version_is_another_package() {
        let ours = listed(&[("deb", "a", "1"), ("npm", "b", "1"), ("npm", "c", "1")]);
        let theirs = listed(&[("npm", "b", "2"), ("npm", "c", "1"), ("npm", "d", "")]);
        let found = differences(&ours, &theirs);
        let deb = Difference { only_lazaret: vec!["a 1".to_owned()], ..Difference::default() };
        let npm = Difference {
            both: 1,
            only_lazaret: vec!["b 1".to_owned()],
            only_other: vec!["b 2".to_owned(), "d".to_owned()],
        };
        assert_eq!(found, [("deb".to_owned(), deb), ("npm".to_owned(), npm)].into());
    }
}
