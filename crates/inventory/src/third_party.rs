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
    /// The keys it signs rpm packages with, by the last 16 digits of their fingerprints, in lower
    /// case. They tell who made a package whose vendor field is empty.
    keys: &'static [&'static str],
}

/// Sorted by name.
const MAKERS: &[Maker] = &[
    Maker { name: "Amazon Corretto", vendors: &["corretto"], versions: &[], keys: &[] },
    Maker {
        name: "Docker",
        vendors: &["@docker.com", "docker, inc", "docker <"],
        versions: &[],
        keys: &["c52feb6b621e9f35"],
    },
    Maker {
        name: "Elastic",
        vendors: &["@elastic.co", "elasticsearch"],
        versions: &[],
        keys: &["d27d666cd88e42b4"],
    },
    Maker {
        name: "EPEL",
        vendors: &["fedora project"],
        versions: &[],
        keys: &["21ea45ab2f86d6a1", "33d98517e37ed158", "6a2faea2352c64e5", "8a3872bf3228467c"],
    },
    Maker { name: "GitHub", vendors: &["@github.com", "github"], versions: &[], keys: &[] },
    Maker { name: "GitLab", vendors: &["@gitlab.com", "gitlab"], versions: &[], keys: &[] },
    Maker { name: "Google", vendors: &["@google.com", "google"], versions: &[], keys: &[] },
    Maker { name: "Grafana", vendors: &["@grafana.com", "grafana"], versions: &[], keys: &[] },
    Maker { name: "HashiCorp", vendors: &["hashicorp"], versions: &[], keys: &[] },
    Maker {
        name: "MariaDB",
        vendors: &["@mariadb.", "mariadb foundation"],
        versions: &["+maria~"],
        keys: &[],
    },
    Maker {
        name: "Microsoft",
        vendors: &["@microsoft.com", "microsoft"],
        versions: &[],
        keys: &["eb3e94adbe1229cf"],
    },
    Maker { name: "MongoDB", vendors: &["@mongodb.com", "mongodb"], versions: &[], keys: &[] },
    Maker {
        name: "NGINX",
        vendors: &["@nginx.com", "@nginx.org", "nginx packaging"],
        versions: &[],
        keys: &["abf5bd827bd9bf62"],
    },
    Maker {
        name: "NodeSource",
        vendors: &["nodesource"],
        versions: &["nodesource"],
        keys: &["5ddbe8d434fa74dd"],
    },
    Maker { name: "NVIDIA", vendors: &["@nvidia.com", "nvidia"], versions: &[], keys: &[] },
    Maker {
        name: "Oracle",
        vendors: &["@oracle.com", "mysql release engineering"],
        versions: &[],
        keys: &["467b942d3a79bd29"],
    },
    Maker {
        name: "PostgreSQL",
        vendors: &["@postgresql.org"],
        versions: &[".pgdg"],
        keys: &["1f16d2e1442df0f8"],
    },
    Maker {
        name: "Remi",
        vendors: &["remi's rpm repository", "remi collet"],
        versions: &[".remi"],
        keys: &[],
    },
    Maker { name: "Sury", vendors: &[], versions: &["+0~20"], keys: &[] },
    Maker {
        name: "Temurin",
        vendors: &["@adoptium.net", "eclipse adoptium"],
        versions: &[],
        keys: &[],
    },
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

/// The maker of a package that is not the distribution's, by what the package says of itself and by
/// the key that signed it.
pub(crate) fn maker(package: &Package, signer: Option<&str>, os: Option<&Os>) -> Option<String> {
    if !matches!(package.ecosystem, Ecosystem::Deb | Ecosystem::Rpm) {
        return None;
    }
    let vendor = package.vendor.as_deref().unwrap_or_default().to_lowercase();
    let made = |maker: &&Maker| {
        maker.vendors.iter().any(|part| vendor.contains(part))
            || maker.versions.iter().any(|part| package.version.contains(part))
            || signer.is_some_and(|signer| maker.keys.contains(&signer))
    };
    let found = MAKERS.iter().find(made)?;
    let id = os.map_or("", |os| os.id.as_str());
    (!OWN.contains(&(found.name, id))).then(|| found.name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(ecosystem: Ecosystem, version: &str, vendor: &str) -> Package {
        Package { vendor: Some(vendor.to_owned()), ..Package::installed(ecosystem, "p", version) }
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
            let found = maker(&package(ecosystem, version, vendor), None, Some(os));
            assert_eq!(found.as_deref(), expected, "{version} {vendor}");
        }
    }

    #[test]
    fn a_key_tells_the_maker_of_a_package_without_vendor() {
        let rocky = Os { id: "rocky".to_owned(), ..Os::default() };
        let found = |signer| maker(&package(Ecosystem::Rpm, "1-1", ""), signer, Some(&rocky));
        assert_eq!(found(Some("8a3872bf3228467c")).as_deref(), Some("EPEL"));
        // Rocky Linux 9's own.
        assert_eq!(found(Some("702d426d350d275d")), None);
        assert_eq!(found(None), None);
        for key in MAKERS.iter().flat_map(|maker| maker.keys) {
            assert!(key.len() == 16 && key.bytes().all(|b| b"0123456789abcdef".contains(&b)));
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
