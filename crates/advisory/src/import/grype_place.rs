//! Which segment the packages of a Grype database belong to.

use super::bucket::registry;
use crate::distribution::segment_name;
use crate::feed::Segment;
use lazaret_core::inventory::Os;
use lazaret_core::package::Ecosystem;
use lazaret_core::version::Scheme;

/// A release of a distribution, as the table `operating_systems` has it.
#[derive(Debug, Default)]
pub(super) struct Release {
    pub(super) name: String,
    /// `ID` of os-release; empty in older databases.
    pub(super) id: String,
    pub(super) major: String,
    pub(super) minor: String,
    pub(super) label: String,
    pub(super) channel: String,
}

/// Where the statements about a release belong.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) segment: Segment,
    /// The channel its fixes come through.
    pub(super) channel: Option<String>,
    /// Whether what it says of unaffected versions are announcements of fixes.
    pub(super) announces_fixes: bool,
}

/// Names of distributions that are not their `ID`.
const IDS: &[(&str, &str)] = &[
    ("amazonlinux", "amzn"),
    ("archlinux", "arch"),
    ("opensuseleap", "opensuse-leap"),
    ("oraclelinux", "ol"),
    ("redhat", "rhel"),
    ("rockylinux", "rocky"),
];

/// The kinds of packages distributions have, with their orders.
const PACKAGES: &[(Ecosystem, Scheme)] = &[
    (Ecosystem::Apk, Scheme::Apk),
    (Ecosystem::Deb, Scheme::Deb),
    (Ecosystem::Rpm, Scheme::Rpm),
    (Ecosystem::Alpm, Scheme::Pacman),
];

/// Kinds of language packages: Grype's name, and Trivy's for the same registry.
const REGISTRIES: &[(&str, &str)] = &[
    ("bitnami", "bitnami"),
    ("conan", "conan"),
    ("dart-pub", "pub"),
    ("dotnet", "nuget"),
    ("gem", "rubygems"),
    ("go-module", "go"),
    ("hex", "erlang"),
    ("java-archive", "maven"),
    ("npm", "npm"),
    ("php-composer", "composer"),
    ("python", "pip"),
    ("rust-crate", "cargo"),
    ("swift", "swift"),
];

/// The segment of a registry's packages.
pub(super) fn of_registry(ecosystem: &str) -> Option<Segment> {
    let known = REGISTRIES.iter().find(|(known, _)| known.eq_ignore_ascii_case(ecosystem))?;
    registry(known.1)
}

impl Release {
    /// Where its statements belong, or why they are left out.
    pub(super) fn place(&self) -> Result<Place, &'static str> {
        let name = if self.id.is_empty() { self.name.as_str() } else { self.id.as_str() };
        let id = IDS.iter().find(|(known, _)| *known == name).map_or(name, |(_, id)| *id);
        let channel = match self.channel.as_str() {
            "" => None,
            // Extended support of Red Hat is of a minor release.
            channel if id == "rhel" && !self.minor.is_empty() => {
                Some(format!("{channel}-{}.{}", self.major, self.minor))
            }
            channel => Some(channel.to_owned()),
        };
        // The release as a whole has the same statements, or those for its last minor release,
        // which is what a release that is kept up to date is judged by.
        if id == "rhel" && !self.minor.is_empty() && channel.is_none() {
            return Err("statement about a minor release of Red Hat");
        }
        let os = Os { id: id.to_owned(), version: self.version(id), ..Os::default() };
        let found = PACKAGES.iter().find_map(|(ecosystem, scheme)| {
            let name = segment_name(*ecosystem, Some(&os)).ok()?;
            Some(Segment { name, scheme: *scheme, ecosystem: *ecosystem })
        });
        let segment = found.ok_or("statement about a distribution that is not read")?;
        Ok(Place { segment, channel, announces_fixes: id == "almalinux" })
    }

    /// What `VERSION_ID` says there. Leading zeros are cut off in the table, and Ubuntu has them.
    fn version(&self, id: &str) -> Option<String> {
        match (self.label.as_str(), self.major.as_str(), self.minor.as_str()) {
            ("", "", _) => None,
            ("", major, "") => Some(major.to_owned()),
            ("", major, minor) if id == "ubuntu" => Some(format!("{major}.{minor:0>2}")),
            ("", major, minor) => Some(format!("{major}.{minor}")),
            // Debian's own name for what has no number yet.
            ("sid" | "unstable", ..) if id == "debian" => None,
            (label, ..) => Some(label.to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn release(name: &str, major: &str, minor: &str, label: &str, channel: &str) -> Release {
        let [name, major, minor, label, channel] =
            [name, major, minor, label, channel].map(str::to_owned);
        Release { name, id: String::new(), major, minor, label, channel }
    }

    // Rows as Grype's database has them.
    #[test]
    fn releases_name_their_segment() {
        for (name, major, minor, label, channel, segment, condition) in [
            ("alpine", "3", "20", "", "", "alpine-3.20", None),
            ("alpine", "", "", "edge", "", "alpine-edge", None),
            ("debian", "12", "", "", "", "debian-12", None),
            ("debian", "", "", "unstable", "", "debian-sid", None),
            ("ubuntu", "22", "4", "", "", "ubuntu-22.04", None),
            ("ubuntu", "24", "10", "", "", "ubuntu-24.10", None),
            ("redhat", "9", "", "", "", "rhel-9", None),
            ("redhat", "9", "4", "", "eus", "rhel-9", Some("eus-9.4")),
            ("amazonlinux", "2023", "", "", "", "amazon-2023", None),
            ("oraclelinux", "8", "", "", "", "oracle-8", None),
            ("sles", "15", "5", "", "", "sles-15.5", None),
            ("photon", "5", "", "", "", "photon-5.0", None),
            ("azurelinux", "3", "", "", "", "azurelinux-3.0", None),
            ("archlinux", "", "", "rolling", "", "arch", None),
            ("wolfi", "", "", "rolling", "", "wolfi", None),
        ] {
            let place = release(name, major, minor, label, channel).place().unwrap();
            assert_eq!(place.segment.name, segment, "{name} {major}.{minor}");
            assert_eq!(place.channel.as_deref(), condition, "{name} {major}.{minor}");
        }
        for (name, major, minor) in
            [("windows", "10", ""), ("redhat", "9", "4"), ("alpine", "3", ""), ("gentoo", "", "")]
        {
            assert!(release(name, major, minor, "", "").place().is_err(), "{name}");
        }
        assert!(release("almalinux", "9", "", "", "").place().unwrap().announces_fixes);
    }

    #[test]
    fn packages_name_their_registry() {
        for (ecosystem, segment) in [
            ("npm", "npm"),
            ("python", "pypi"),
            ("java-archive", "maven"),
            ("go-module", "go"),
            ("rust-crate", "crates.io"),
            ("php-composer", "packagist"),
            ("dotnet", "nuget"),
            ("gem", "rubygems"),
        ] {
            assert_eq!(of_registry(ecosystem).unwrap().name, segment);
        }
        assert!(of_registry("msrc-kb").is_none());
    }
}
