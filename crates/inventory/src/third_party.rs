//! Operating-system packages that are not the distribution's: one line a maker.
//!
//! A repository of nodejs.org or of a hardware vendor ships packages in the distribution's format.
//! Their versions mean nothing to the distribution's advisories, so such a package is marked and
//! left to its maker's.

use lazaret_core::inventory::Os;
use lazaret_core::package::{Ecosystem, Package};

/// Who makes packages for other people's distributions.
struct Maker {
    name: &'static str,
    /// What its vendor or maintainer field contains, in lower case.
    vendors: &'static [&'static str],
    /// What its versions contain.
    versions: &'static [&'static str],
}

/// Sorted by name.
const MAKERS: &[Maker] = &[
    Maker { name: "Amazon Corretto", vendors: &["corretto"], versions: &[] },
    Maker { name: "Docker", vendors: &["@docker.com", "docker, inc", "docker <"], versions: &[] },
    Maker { name: "Elastic", vendors: &["@elastic.co", "elasticsearch"], versions: &[] },
    Maker { name: "EPEL", vendors: &["fedora project"], versions: &[] },
    Maker { name: "GitHub", vendors: &["@github.com", "github"], versions: &[] },
    Maker { name: "GitLab", vendors: &["@gitlab.com", "gitlab"], versions: &[] },
    Maker { name: "Google", vendors: &["@google.com", "google"], versions: &[] },
    Maker { name: "Grafana", vendors: &["@grafana.com", "grafana"], versions: &[] },
    Maker { name: "HashiCorp", vendors: &["hashicorp"], versions: &[] },
    Maker {
        name: "MariaDB",
        vendors: &["@mariadb.", "mariadb foundation"],
        versions: &["+maria~"],
    },
    Maker { name: "Microsoft", vendors: &["@microsoft.com", "microsoft"], versions: &[] },
    Maker { name: "MongoDB", vendors: &["@mongodb.com", "mongodb"], versions: &[] },
    Maker {
        name: "NGINX",
        vendors: &["@nginx.com", "@nginx.org", "nginx packaging"],
        versions: &[],
    },
    Maker { name: "NodeSource", vendors: &["nodesource"], versions: &["nodesource"] },
    Maker { name: "NVIDIA", vendors: &["@nvidia.com", "nvidia"], versions: &[] },
    Maker { name: "Oracle", vendors: &["@oracle.com", "mysql release engineering"], versions: &[] },
    Maker { name: "PostgreSQL", vendors: &["@postgresql.org"], versions: &[".pgdg"] },
    Maker {
        name: "Remi",
        vendors: &["remi's rpm repository", "remi collet"],
        versions: &[".remi"],
    },
    Maker { name: "Sury", vendors: &[], versions: &["+0~20"] },
    Maker { name: "Temurin", vendors: &["@adoptium.net", "eclipse adoptium"], versions: &[] },
];

/// Whose distributions are whose, so that a maker's own packages on its own distribution are the
/// distribution's: vendor and distribution id.
const OWN: &[(&str, &str)] = &[
    ("EPEL", "fedora"),
    ("Microsoft", "azurelinux"),
    ("Microsoft", "mariner"),
    ("Oracle", "ol"),
    ("Google", "cos"),
];

/// The maker of a package that is not the distribution's.
pub(crate) fn maker(package: &Package, os: Option<&Os>) -> Option<String> {
    if !matches!(package.ecosystem, Ecosystem::Deb | Ecosystem::Rpm) {
        return None;
    }
    let vendor = package.vendor.as_deref().unwrap_or_default().to_lowercase();
    let made = |maker: &&Maker| {
        maker.vendors.iter().any(|part| vendor.contains(part))
            || maker.versions.iter().any(|part| package.version.contains(part))
    };
    let found = MAKERS.iter().find(made)?;
    let id = os.map_or("", |os| os.id.as_str());
    (!OWN.contains(&(found.name, id))).then(|| found.name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use lazaret_core::location::LayerIndex;
    use lazaret_core::package::Presence;

    fn package(ecosystem: Ecosystem, version: &str, vendor: &str) -> Package {
        Package {
            ecosystem,
            name: "p".to_owned(),
            version: version.to_owned(),
            purl: String::new(),
            arch: None,
            source: None,
            module: None,
            vendor: Some(vendor.to_owned()),
            licenses: Vec::new(),
            layer: LayerIndex(0),
            locations: Vec::new(),
            owner: None,
            presence: Presence::Installed,
            direct: None,
            removed_in: None,
            third_party: None,
            found_by: Vec::new(),
        }
    }

    // Fields as the packages of these repositories have them.
    #[test]
    fn packages_of_other_makers_are_told_from_the_distributions() {
        let debian = Os { id: "debian".to_owned(), ..Os::default() };
        let oracle = Os { id: "ol".to_owned(), ..Os::default() };
        let rocky = Os { id: "rocky".to_owned(), ..Os::default() };
        for (ecosystem, os, version, vendor, expected) in [
            (
                Ecosystem::Deb,
                &debian,
                "20.11.1-1nodesource1",
                "Ivan Iguaran <ivan.iguaran@nodesource.com>",
                Some("NodeSource"),
            ),
            (
                Ecosystem::Deb,
                &debian,
                "5:26.0.0-1~debian.12~bookworm",
                "Docker <support@docker.com>",
                Some("Docker"),
            ),
            (
                Ecosystem::Deb,
                &debian,
                "16.2-1.pgdg120+2",
                "Debian PostgreSQL Maintainers <team+postgresql@tracker.debian.org>",
                Some("PostgreSQL"),
            ),
            (
                Ecosystem::Deb,
                &debian,
                "1.22.1-9",
                "Debian Nginx Maintainers <pkg-nginx-maintainers@alioth-lists.debian.net>",
                None,
            ),
            (
                Ecosystem::Deb,
                &debian,
                "15.6-0+deb12u1",
                "Debian PostgreSQL Maintainers <team+postgresql@tracker.debian.org>",
                None,
            ),
            (Ecosystem::Rpm, &rocky, "9-7.el9", "Fedora Project", Some("EPEL")),
            (Ecosystem::Rpm, &rocky, "3.0.7-16.el9", "Rocky Enterprise Software Foundation", None),
            (Ecosystem::Rpm, &oracle, "8.0.36-1.el9", "Oracle America", None),
            (Ecosystem::Npm, &debian, "1.0.0", "nvidia", None),
        ] {
            let found = maker(&package(ecosystem, version, vendor), Some(os));
            assert_eq!(found.as_deref(), expected, "{version} {vendor}");
        }
    }

    #[test]
    fn makers_are_sorted_and_written_in_lower_case() {
        let names: Vec<String> = MAKERS.iter().map(|maker| maker.name.to_lowercase()).collect();
        let mut sorted = names.clone();
        sorted.sort();
        assert_eq!(names, sorted);
        for part in MAKERS.iter().flat_map(|maker| maker.vendors) {
            assert_eq!(*part, part.to_lowercase());
        }
    }
}
