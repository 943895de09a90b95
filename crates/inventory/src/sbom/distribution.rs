//! The distribution a document is about, as its tool or its package urls name it.

use super::purl::qualifier;
use lazaret_core::inventory::Os;

/// What other tools and package urls call distributions, and the `ID` these have in os-release.
const IDS: &[(&str, &str)] = &[
    ("alma", "almalinux"),
    ("amazon", "amzn"),
    ("amazon linux", "amzn"),
    ("amazonlinux", "amzn"),
    ("amazonlinux2", "amzn"),
    ("cbl-mariner", "mariner"),
    ("debian gnu/linux", "debian"),
    ("opensuse.leap", "opensuse-leap"),
    ("opensuse.tumbleweed", "opensuse-tumbleweed"),
    ("oracle", "ol"),
    ("oracle linux", "ol"),
    ("oraclelinux", "ol"),
    ("redhat", "rhel"),
    ("rockylinux", "rocky"),
    ("slem", "sle-micro"),
    ("suse", "sles"),
    ("suse linux enterprise micro", "sle-micro"),
    ("suse linux enterprise server", "sles"),
];

/// The operating system of this name and version.
pub(super) fn os(name: &str, version: &str) -> Option<Os> {
    let name = name.trim().to_lowercase();
    if name.is_empty() {
        return None;
    }
    let id = IDS.iter().find(|(known, _)| *known == name).map(|(_, id)| (*id).to_owned());
    let version = Some(version.trim().to_owned()).filter(|version| !version.is_empty());
    Some(Os { id: id.unwrap_or(name), version, ..Os::default() })
}

/// The operating system that the url of one of its packages names: `distro` with or without the
/// distribution's name in front, which is also the namespace.
pub(super) fn of_purl(url: &str) -> Option<Os> {
    let distro = qualifier(url, "distro")?;
    let namespace = || url.strip_prefix("pkg:")?.split('/').nth(1);
    let is_version = |text: &str| text.starts_with(|c: char| c.is_ascii_digit());
    if is_version(&distro) || distro == "edge" {
        return os(namespace()?, &distro);
    }
    match distro.rsplit_once('-') {
        Some((name, version)) if is_version(version) => os(name, version),
        _ => os(&distro, ""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_name_their_distribution_in_several_ways() {
        for (url, expected) in [
            ("pkg:deb/debian/libc6@2.36?arch=amd64&distro=debian-12", Some(("debian", "12"))),
            ("pkg:apk/alpine/musl@1.2.3-r0?distro=3.16.0", Some(("alpine", "3.16.0"))),
            ("pkg:apk/alpine/musl@1.2.3-r0?distro=alpine-3.16.0", Some(("alpine", "3.16.0"))),
            ("pkg:rpm/redhat/bash@5?distro=redhat-9.2", Some(("rhel", "9.2"))),
            ("pkg:rpm/opensuse/x@5?distro=opensuse-leap-15.5", Some(("opensuse-leap", "15.5"))),
            ("pkg:rpm/suse/x@5?distro=sles-15.4", Some(("sles", "15.4"))),
            ("pkg:alpm/arch/bash@5?arch=x86_64&distro=arch", Some(("arch", ""))),
            ("pkg:rpm/fedora/bash@5?arch=x86_64", None),
            ("pkg:npm/x@1", None),
        ] {
            let found = of_purl(url);
            let found = found.as_ref().map(|os| (&*os.id, os.version.as_deref().unwrap_or("")));
            assert_eq!(found, expected, "{url}");
        }
    }
}
