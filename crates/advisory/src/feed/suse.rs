//! SUSE's CSAF documents: one a vulnerability (VEX) and one an announcement
//! (<https://www.suse.com/support/security/csaf/>).

use super::csaf::Part;
use super::csaf_statements::{Dialect, Located, read};
use super::rpm_rows::{Key, Stream};
use super::suse_product::Product;
use super::{Feed, Gap};

/// What SUSE's announcements lack.
pub(super) const FIXES: Gap =
    Gap { weight: 2, lacking: "SUSE's announcements, which name only what was fixed" };

/// One document a vulnerability.
pub(super) static VEX: Feed = Feed {
    id: "suse-vex",
    title: "SUSE CSAF VEX",
    url: "https://ftp.suse.com/pub/projects/security/csaf-vex/",
    license: "CC-BY-4.0",
    redistributable: true,
    unit: "documents",
    paths: &[
        "suse/csaf-vex/cve-*.json",
        "suse/csaf-vex.tar.bz2",
        "ftp.suse.com/pub/projects/security/csaf-vex/cve-*.json",
        "ftp.suse.com/pub/projects/security/csaf-vex.tar.bz2",
    ],
    left_out: &[],
    gaps: &[],
    parse: |file, gather| read(file, &DIALECT, gather),
};

/// One document an announcement.
pub(super) static CSAF: Feed = Feed {
    id: "suse-csaf",
    title: "SUSE CSAF announcements",
    url: "https://ftp.suse.com/pub/projects/security/csaf/",
    license: "CC-BY-4.0",
    redistributable: true,
    unit: "documents",
    paths: &[
        "suse/csaf/*suse-su-*.json",
        "suse/csaf.tar.bz2",
        "ftp.suse.com/pub/projects/security/csaf/*suse-su-*.json",
        "ftp.suse.com/pub/projects/security/csaf.tar.bz2",
    ],
    left_out: &[],
    gaps: &[
        ("suse/*", FIXES),
        ("suse/*/*", FIXES),
        ("ftp.suse.com/pub/projects/security/*", FIXES),
        ("ftp.suse.com/pub/projects/security/*/*", FIXES),
    ],
    parse: |file, gather| read(file, &DIALECT, gather),
};

const DIALECT: Dialect =
    Dialect { locate, either: true, nothing: "nothing affected in the distribution" };

/// Architectures that files of packages are named by.
const ARCHES: [&str; 15] = [
    "aarch64", "armv7hl", "i586", "i686", "ia64", "noarch", "nosrc", "ppc", "ppc64", "ppc64le",
    "riscv64", "s390", "s390x", "src", "x86_64",
];

fn locate(part: &Part<'_>) -> Result<Vec<Located>, &'static str> {
    located(part.product, part.component)
}

/// The packages of a product's name and a component's, `samba`, `samba-4.19.2+git.322-1.1` or
/// `libqt4-4.8.6-7.1.x86_64`: one for each segment the product belongs to.
pub(super) fn located(product: &str, component: &str) -> Result<Vec<Located>, &'static str> {
    let Product { segments, channel } = Product::named(product)?;
    // Every product there is has all architectures it has by the same version.
    let (stem, arch) = match component.rsplit_once('.') {
        Some((stem, arch)) if ARCHES.contains(&arch) => (stem, arch),
        _ => (component, ""),
    };
    let (name, version) = match evr(stem) {
        Some((name, version)) => (name, Some(version)),
        None => (component, None),
    };
    if name.is_empty() || name.contains(['/', ' ', ':']) {
        return Err("no rpm package");
    }
    let one = |segment: String| Located {
        key: Key { segment, module: None, package: name.to_owned() },
        stream: stream(channel),
        arch: String::new(),
        version: version.map(str::to_owned),
        source: matches!(arch, "src" | "nosrc"),
    };
    Ok(segments.into_iter().map(one).collect())
}

/// The line of updates of a channel. Each goes on where ordinary updates of a service pack end.
pub(super) fn stream(channel: Option<&str>) -> Stream {
    Stream { channel: channel.map(str::to_owned), minor: None, goes_on: channel.is_some() }
}

/// Name and `version-release` of a package's file name, if it is one: what ends in nothing like a
/// release (`7.1`, `150200.3.3.1`, Package Hub's `bp154.2.6.1`) is a name, `samba-client-32bit`.
fn evr(stem: &str) -> Option<(&str, &str)> {
    let (rest, release) = stem.rsplit_once('-')?;
    let (name, version) = rest.rsplit_once('-')?;
    let number = ["bp", "lp"].iter().find_map(|hub| release.strip_prefix(hub)).unwrap_or(release);
    let is_release = number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
        && number.starts_with(|first: char| first.is_ascii_digit());
    let is_version = version.bytes().any(|byte| byte.is_ascii_digit());
    let start = name.len().saturating_add(1);
    (is_release && is_version).then(|| (name, stem.get(start..).unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_package_ends_where_its_version_begins() {
        for (stem, expected) in [
            (
                "samba-4.19.2+git.322.7e9201cef5-1.1",
                Some(("samba", "4.19.2+git.322.7e9201cef5-1.1")),
            ),
            ("libqt4-32bit-4.8.6-7.1", Some(("libqt4-32bit", "4.8.6-7.1"))),
            ("libvarnishapi3-7.1.1-bp154.2.6.1", Some(("libvarnishapi3", "7.1.1-bp154.2.6.1"))),
            (
                "apache-commons-vfs2-2.10.0-150200.3.3.1",
                Some(("apache-commons-vfs2", "2.10.0-150200.3.3.1")),
            ),
            ("zsh-5.0.5-6.7.2", Some(("zsh", "5.0.5-6.7.2"))),
            (
                "kernel-default-5.14.21-150500.55.19",
                Some(("kernel-default", "5.14.21-150500.55.19")),
            ),
            ("mkfontscale-1.1.2-4", Some(("mkfontscale", "1.1.2-4"))),
            ("samba-client-32bit", None),
            ("kernel-livepatch-5_14_21-150500_11-default", None),
            ("java-1_8_0-openjdk", None),
            ("libdcerpc-binding0", None),
            ("libQt5Core-private-headers-devel", None),
            ("samba", None),
        ] {
            assert_eq!(evr(stem), expected, "{stem}");
        }
    }
}
