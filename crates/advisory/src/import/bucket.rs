//! What the buckets of a Trivy database are about: one line a distribution, one a registry.

use crate::feed::Segment;
use lazaret_core::package::Ecosystem;
use lazaret_core::version::Scheme;

/// A family of buckets named after releases: `debian 12`.
struct Releases {
    /// What their names begin with, in lower case.
    begins: &'static str,
    /// The first part of our segments' names.
    segment: &'static str,
    ecosystem: Ecosystem,
    scheme: Scheme,
    /// Whether statements are filed under source packages.
    by_source: bool,
}

const fn rpm(begins: &'static str, segment: &'static str, by_source: bool) -> Releases {
    Releases { begins, segment, ecosystem: Ecosystem::Rpm, scheme: Scheme::Rpm, by_source }
}

const fn apk(begins: &'static str, segment: &'static str) -> Releases {
    let (ecosystem, scheme) = (Ecosystem::Apk, Scheme::Apk);
    Releases { begins, segment, ecosystem, scheme, by_source: false }
}

const fn deb(begins: &'static str, segment: &'static str) -> Releases {
    let (ecosystem, scheme) = (Ecosystem::Deb, Scheme::Deb);
    Releases { begins, segment, ecosystem, scheme, by_source: false }
}

/// A name that begins like another's comes before it.
const RELEASES: &[Releases] = &[
    rpm("alma ", "almalinux", false),
    apk("alpine ", "alpine"),
    rpm("amazon linux ", "amazon", false),
    rpm("azure linux ", "azurelinux", true),
    rpm("cbl-mariner ", "mariner", true),
    apk("chainguard", "chainguard"),
    deb("debian ", "debian"),
    apk("minimos", "minimos"),
    rpm("opensuse leap ", "opensuse-leap", false),
    rpm("opensuse tumbleweed", "opensuse-tumbleweed", false),
    rpm("oracle linux ", "oracle", false),
    rpm("photon os ", "photon", true),
    rpm("rocky ", "rocky", false),
    rpm("suse linux enterprise micro ", "sle-micro", false),
    rpm("suse linux enterprise ", "sles", false),
    deb("ubuntu ", "ubuntu"),
    apk("wolfi", "wolfi"),
];

/// A registry: Trivy's name, our segment.
const REGISTRIES: &[(&str, &str, Ecosystem, Scheme)] = &[
    ("bitnami", "bitnami", Ecosystem::Bitnami, Scheme::Bitnami),
    ("cargo", "crates.io", Ecosystem::Cargo, Scheme::Semver),
    ("composer", "packagist", Ecosystem::Composer, Scheme::Composer),
    ("conan", "conan", Ecosystem::Conan, Scheme::Conan),
    ("erlang", "hex", Ecosystem::Hex, Scheme::Hex),
    ("go", "go", Ecosystem::Golang, Scheme::Go),
    ("julia", "julia", Ecosystem::Julia, Scheme::Julia),
    ("maven", "maven", Ecosystem::Maven, Scheme::Maven),
    ("npm", "npm", Ecosystem::Npm, Scheme::Semver),
    ("nuget", "nuget", Ecosystem::Nuget, Scheme::Nuget),
    ("pip", "pypi", Ecosystem::Pypi, Scheme::Pep440),
    ("pub", "pub", Ecosystem::Pub, Scheme::Pub),
    ("rubygems", "rubygems", Ecosystem::Gem, Scheme::Gem),
    ("swift", "swift", Ecosystem::Swift, Scheme::Swift),
];

/// What a bucket is about.
pub(super) struct About {
    pub(super) segment: Segment,
    /// Whether statements are filed under source packages of rpm.
    pub(super) by_source: bool,
    /// The channel its fixes come through.
    pub(super) channel: Option<String>,
}

/// The segment of a registry, by the name Trivy has for it.
pub(super) fn registry(name: &str) -> Option<Segment> {
    let known = REGISTRIES.iter().find(|(known, ..)| *known == name)?;
    let (_, segment, ecosystem, scheme) = *known;
    Some(Segment { name: segment.to_owned(), scheme, ecosystem })
}

/// What the bucket of this name is about; none of one that holds something else, or a source that
/// is not known.
pub(super) fn about(name: &str) -> Option<About> {
    if let Some((of, _source)) = name.split_once("::") {
        let segment = registry(of)?;
        return Some(About { segment, by_source: false, channel: None });
    }
    let lower = name.to_lowercase();
    let known = RELEASES.iter().find(|known| lower.starts_with(known.begins))?;
    let release = lower.get(known.begins.len()..)?.trim();
    // `ubuntu 16.04-ESM` has what subscribers of extended support get.
    let (release, channel) = match release.split_once('-') {
        Some((release, channel)) => (release, Some(channel.to_owned())),
        None => (release, None),
    };
    let named = release.chars().all(|c| c.is_ascii_alphanumeric() || c == '.');
    if !named || (known.begins.ends_with(' ') && release.is_empty()) {
        return None;
    }
    let suffix = if release.is_empty() { String::new() } else { format!("-{release}") };
    let segment = Segment {
        name: format!("{}{suffix}", known.segment),
        scheme: known.scheme,
        ecosystem: known.ecosystem,
    };
    Some(About { segment, by_source: known.by_source, channel })
}

#[cfg(test)]
mod tests {
    use super::*;

    // Names as Trivy's database has them.
    #[test]
    fn buckets_name_their_segment() {
        for (bucket, segment, channel) in [
            ("alpine 3.18", "alpine-3.18", None),
            ("alpine edge", "alpine-edge", None),
            ("debian 12", "debian-12", None),
            ("ubuntu 22.04", "ubuntu-22.04", None),
            ("ubuntu 16.04-ESM", "ubuntu-16.04", Some("esm")),
            ("Oracle Linux 8", "oracle-8", None),
            ("amazon linux 2023", "amazon-2023", None),
            ("SUSE Linux Enterprise 15.5", "sles-15.5", None),
            ("SUSE Linux Enterprise Micro 5.3", "sle-micro-5.3", None),
            ("openSUSE Leap 15.5", "opensuse-leap-15.5", None),
            ("openSUSE Tumbleweed", "opensuse-tumbleweed", None),
            ("Azure Linux 3.0", "azurelinux-3.0", None),
            ("wolfi", "wolfi", None),
            ("npm::GitHub Security Advisory npm", "npm", None),
            ("pip::Open Source Vulnerability", "pypi", None),
        ] {
            let about = about(bucket).unwrap();
            assert_eq!(about.segment.name, segment);
            assert_eq!(about.channel.as_deref(), channel);
        }
        for other in
            ["vulnerability", "data-source", "Red Hat CPE", "debian ", "x::y", "alpine a/b"]
        {
            assert!(about(other).is_none(), "{other}");
        }
    }
}
