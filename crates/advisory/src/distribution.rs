//! Which segment judges which packages: one line a distribution, one a registry.

use lazaret_core::inventory::Os;
use lazaret_core::package::Ecosystem;

/// A distribution whose advisories are known.
struct Distribution {
    /// `ID` of os-release.
    id: &'static str,
    /// What a person calls it.
    title: &'static str,
    /// The packages it has.
    ecosystem: Ecosystem,
    /// Whose releases it has: the first part of the segment's name.
    segment: &'static str,
    /// How `VERSION_ID` names the release.
    release: Release,
}

/// How `VERSION_ID` names a release, and so the second part of the segment's name.
#[derive(Clone, Copy)]
enum Release {
    /// `3.20` from `3.20.3`; `edge` where there is an underscore, as in `3.21_alpha20240807`, the
    /// way Alpine's edge names itself.
    Alpine,
    /// `12` from `12` or `12.5`; `sid` without a version, since os-release does not tell testing
    /// from unstable. Until sarge, which was 3.1, the part behind the point was a release.
    Debian,
    /// The first number: `9` from `9.4`.
    Major,
    /// The first two numbers: `22.04` from `22.04`, `15.5` from `15.5`, `12.0` from `12`.
    Minor,
    /// As [`Release::Minor`], with nothing behind a zero: `15` from `15` or `15.0`.
    ServicePack,
    /// Amazon's: `2`, `2023`, and `1` for the dated versions of the first, such as `2018.03`.
    Amazon,
    /// openEuler's, whose `VERSION_ID` leaves out the service pack: `22.03-LTS-SP3` from the
    /// `PRETTY_NAME` `openEuler 22.03 (LTS-SP3)`.
    Openeuler,
    /// postmarketOS's, each of which is a release of Alpine with packages of its own:
    /// [`POSTMARKETOS`].
    Postmarketos,
    /// There is only ever one.
    Rolling,
}

/// Releases of postmarketOS and the releases of Alpine they are built on
/// (<https://wiki.postmarketos.org/wiki/Releases>), sorted.
const POSTMARKETOS: [(&str, &str); 12] = [
    ("20.05", "3.12"),
    ("21.03", "3.13"),
    ("21.06", "3.14"),
    ("21.12", "3.15"),
    ("22.06", "3.16"),
    ("22.12", "3.17"),
    ("23.06", "3.18"),
    ("23.12", "3.19"),
    ("24.06", "3.20"),
    ("24.12", "3.21"),
    ("25.06", "3.22"),
    ("25.12", "3.23"),
];

const DISTRIBUTIONS: &[Distribution] = &[
    rpm("almalinux", "AlmaLinux", "almalinux", Release::Major),
    apk("alpine", "Alpine", "alpine", Release::Alpine),
    rpm("amzn", "Amazon Linux", "amazon", Release::Amazon),
    alpm("arch", "Arch Linux", "arch"),
    alpm("archarm", "Arch Linux ARM", "arch"),
    rpm("azurelinux", "Azure Linux", "azurelinux", Release::Minor),
    rpm("bottlerocket", "Bottlerocket", "bottlerocket", Release::Rolling),
    rpm("centos", "CentOS", "rhel", Release::Major),
    apk("chainguard", "Chainguard", "chainguard", Release::Rolling),
    deb("debian", "Debian", "debian", Release::Debian),
    deb("echo", "Echo", "echo", Release::Rolling),
    rpm("fedora", "Fedora", "fedora", Release::Major),
    rpm("mageia", "Mageia", "mageia", Release::Major),
    rpm("mariner", "CBL-Mariner", "mariner", Release::Minor),
    apk("minimos", "MinimOS", "minimos", Release::Rolling),
    rpm("ol", "Oracle Linux", "oracle", Release::Major),
    rpm("openeuler", "openEuler", "openeuler", Release::Openeuler),
    // Before 15 Leap had the name of all of openSUSE.
    rpm("opensuse", "openSUSE", "opensuse-leap", Release::Minor),
    rpm("opensuse-leap", "openSUSE Leap", "opensuse-leap", Release::Minor),
    rpm("opensuse-leap-micro", "openSUSE Leap Micro", "opensuse-leap-micro", Release::Minor),
    rpm("opensuse-microos", "openSUSE MicroOS", "opensuse-tumbleweed", Release::Rolling),
    rpm("opensuse-tumbleweed", "openSUSE Tumbleweed", "opensuse-tumbleweed", Release::Rolling),
    rpm("photon", "Photon OS", "photon", Release::Minor),
    apk("postmarketos", "postmarketOS", "alpine", Release::Postmarketos),
    // Debian built for another processor; what it changes adds to the end of the version.
    deb("raspbian", "Raspbian", "debian", Release::Debian),
    rpm("rhel", "Red Hat Enterprise Linux", "rhel", Release::Major),
    rpm("rocky", "Rocky Linux", "rocky", Release::Major),
    rpm("scientific", "Scientific Linux", "rhel", Release::Major),
    apk("secureos", "SecureOS", "secureos", Release::Rolling),
    rpm("sl-micro", "SUSE Linux Micro", "sl-micro", Release::Minor),
    rpm("sle-micro", "SUSE Linux Enterprise Micro", "sle-micro", Release::Minor),
    rpm("sle-micro-rancher", "SUSE Linux Enterprise Micro", "sle-micro", Release::Minor),
    rpm("sle_hpc", "SUSE Linux Enterprise HPC", "sles", Release::ServicePack),
    rpm("sled", "SUSE Linux Enterprise Desktop", "sles", Release::ServicePack),
    rpm("sles", "SUSE Linux Enterprise Server", "sles", Release::ServicePack),
    rpm("sles_sap", "SUSE Linux Enterprise Server for SAP", "sles", Release::ServicePack),
    deb("ubuntu", "Ubuntu", "ubuntu", Release::Minor),
    apk("wolfi", "Wolfi", "wolfi", Release::Rolling),
];

const fn apk(
    id: &'static str,
    title: &'static str,
    segment: &'static str,
    release: Release,
) -> Distribution {
    Distribution { id, title, ecosystem: Ecosystem::Apk, segment, release }
}

const fn deb(
    id: &'static str,
    title: &'static str,
    segment: &'static str,
    release: Release,
) -> Distribution {
    Distribution { id, title, ecosystem: Ecosystem::Deb, segment, release }
}

const fn rpm(
    id: &'static str,
    title: &'static str,
    segment: &'static str,
    release: Release,
) -> Distribution {
    Distribution { id, title, ecosystem: Ecosystem::Rpm, segment, release }
}

const fn alpm(id: &'static str, title: &'static str, segment: &'static str) -> Distribution {
    Distribution { id, title, ecosystem: Ecosystem::Alpm, segment, release: Release::Rolling }
}

/// The name of the segment that judges packages of an ecosystem in an image with this operating
/// system, or why there is none.
///
/// Derivatives are not judged by their parent's advisories: their versions differ. Those in the table
/// with a parent's segment have its packages, or build them anew with the same versions.
pub(crate) fn segment_name(ecosystem: Ecosystem, os: Option<&Os>) -> Result<String, String> {
    let registry = match ecosystem {
        Ecosystem::Bitnami => "bitnami",
        Ecosystem::Cargo => "crates.io",
        Ecosystem::Composer => "packagist",
        Ecosystem::Conan => "conan",
        Ecosystem::Cran => "cran",
        Ecosystem::Gem => "rubygems",
        Ecosystem::Generic => "programs",
        Ecosystem::Github => "github-actions",
        Ecosystem::Golang => "go",
        Ecosystem::Hackage => "hackage",
        Ecosystem::Hex => "hex",
        Ecosystem::Julia => "julia",
        Ecosystem::Maven => "maven",
        Ecosystem::Npm => "npm",
        Ecosystem::Nuget => "nuget",
        Ecosystem::Opam => "opam",
        Ecosystem::Pub => "pub",
        Ecosystem::Pypi => "pypi",
        Ecosystem::Swift => "swift",
        Ecosystem::Vscode => "vscode",
        Ecosystem::Wordpress => "wordpress",
        Ecosystem::Apk | Ecosystem::Deb | Ecosystem::Rpm | Ecosystem::Alpm => {
            return of_distribution(ecosystem, os);
        }
        Ecosystem::Ebuild
        | Ecosystem::Opkg
        | Ecosystem::Bazel
        | Ecosystem::Bower
        | Ecosystem::Brew
        | Ecosystem::Chrome
        | Ecosystem::Cocoapods
        | Ecosystem::Conda
        | Ecosystem::Cpan
        | Ecosystem::Huggingface
        | Ecosystem::Jsr
        | Ecosystem::Luarocks
        | Ecosystem::Nim
        | Ecosystem::Nix
        | Ecosystem::Otp
        | Ecosystem::Pear
        | Ecosystem::Snap
        | Ecosystem::Swipl
        | Ecosystem::Terraform => {
            return Err(format!("no advisory source covers {ecosystem}"));
        }
    };
    Ok(registry.to_owned())
}

fn of_distribution(ecosystem: Ecosystem, os: Option<&Os>) -> Result<String, String> {
    let os = os.ok_or("the image does not say which distribution it is")?;
    let here = |entry: &&Distribution| entry.ecosystem == ecosystem;
    if let Some(entry) = DISTRIBUTIONS.iter().filter(here).find(|entry| entry.id == os.id) {
        return entry.segment_of(os);
    }
    let name = title(os);
    if let Some(entry) = DISTRIBUTIONS.iter().find(|entry| entry.id == os.id) {
        let kind = entry.ecosystem.purl_type();
        return Err(format!("the advisories of {name} are about {kind} packages"));
    }
    let parent = |entry: &&Distribution| os.id_like.iter().any(|like| like == entry.id);
    Err(match DISTRIBUTIONS.iter().filter(here).find(parent) {
        Some(parent) => format!(
            "no advisory source covers {name}, and those of `{}` do not fit its versions",
            parent.id
        ),
        None => format!("no advisory source covers {name}"),
    })
}

impl Distribution {
    fn segment_of(&self, os: &Os) -> Result<String, String> {
        let version = match self.release {
            Release::Openeuler => os.pretty_name.as_deref().unwrap_or_default(),
            _ => os.version.as_deref().unwrap_or_default(),
        };
        let Some(release) = self.release.of(version) else {
            return Err(format!("`{version}` names no release of {}", self.title));
        };
        Ok(if release.is_empty() {
            self.segment.to_owned()
        } else {
            format!("{}-{release}", self.segment)
        })
    }
}

impl Release {
    /// The release a `VERSION_ID` names (openEuler: a `PRETTY_NAME`), if it names one; empty where
    /// there is only one.
    fn of(self, version: &str) -> Option<String> {
        let mut parts = version.split('.');
        let first = parts.next().and_then(number);
        let second = parts.next().map(number);
        match self {
            Self::Rolling => Some(String::new()),
            Self::Alpine if version.contains('_') || version == "edge" => Some("edge".to_owned()),
            Self::Postmarketos if version == "edge" => Some("edge".to_owned()),
            Self::Postmarketos => {
                // Before its `VERSION_ID` there is a `v`, behind it sometimes a service pack.
                let version = version.strip_prefix('v').unwrap_or(version);
                let named = |(release, _): &&(&str, &str)| {
                    version.strip_prefix(release).is_some_and(|rest| !rest.starts_with(is_digit))
                };
                POSTMARKETOS.iter().find(named).map(|(_, alpine)| (*alpine).to_owned())
            }
            Self::Alpine => Some(format!("{}.{}", first?, second??)),
            Self::Debian if version.is_empty() => Some("sid".to_owned()),
            Self::Debian => match (first?, second) {
                (major @ ..4, Some(minor)) => Some(format!("{major}.{}", minor?)),
                (major, _) => Some(major.to_string()),
            },
            Self::Major => Some(first?.to_string()),
            Self::Minor => {
                // Ubuntu's months have two digits.
                let minor = version.split('.').nth(1).unwrap_or("0");
                number(minor)?;
                Some(format!("{}.{minor}", first?))
            }
            Self::ServicePack => match (first?, second) {
                (major, None) => Some(major.to_string()),
                (major, Some(minor)) => match minor? {
                    0 => Some(major.to_string()),
                    minor => Some(format!("{major}.{minor}")),
                },
            },
            Self::Openeuler => {
                let (version, pack) = version.rsplit_once(' ')?;
                let pack = pack.strip_prefix('(')?.strip_suffix(')')?;
                let (major, minor) = version.rsplit(' ').next()?.split_once('.')?;
                number(major).and(number(minor))?;
                let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
                pack.bytes().all(plain).then(|| format!("{major}.{minor}-{pack}"))
            }
            Self::Amazon => match first? {
                2010..=2018 => Some("1".to_owned()),
                major => Some(major.to_string()),
            },
        }
    }
}

fn is_digit(c: char) -> bool {
    c.is_ascii_digit()
}

/// A part of a version number, short enough to be one.
fn number(part: &str) -> Option<u16> {
    if part.bytes().all(|byte| byte.is_ascii_digit()) { part.parse().ok() } else { None }
}

/// A distribution as people call it.
pub(crate) fn title(os: &Os) -> String {
    let version = os.version.as_deref().unwrap_or_default();
    if version.is_empty() { os.id.clone() } else { format!("{} {version}", os.id) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn os(id: &str, version: Option<&str>) -> Os {
        Os { id: id.to_owned(), version: version.map(str::to_owned), ..Os::default() }
    }

    #[test]
    fn releases_name_their_segment() {
        for (ecosystem, id, version, expected) in [
            (Ecosystem::Apk, "alpine", Some("3.20.3"), "alpine-3.20"),
            (Ecosystem::Apk, "alpine", Some("3.20"), "alpine-3.20"),
            (Ecosystem::Apk, "alpine", Some("3.21_alpha20240807"), "alpine-edge"),
            (Ecosystem::Apk, "alpine", Some("3.23.0_alpha20250612"), "alpine-edge"),
            (Ecosystem::Apk, "wolfi", Some("20230201"), "wolfi"),
            (Ecosystem::Apk, "chainguard", Some("20230214"), "chainguard"),
            (Ecosystem::Apk, "secureos", Some("1"), "secureos"),
            (Ecosystem::Deb, "echo", Some("1"), "echo"),
            (Ecosystem::Deb, "debian", Some("12"), "debian-12"),
            (Ecosystem::Deb, "debian", Some("10.13"), "debian-10"),
            (Ecosystem::Deb, "debian", Some("3.1"), "debian-3.1"),
            (Ecosystem::Deb, "debian", None, "debian-sid"),
            (Ecosystem::Deb, "ubuntu", Some("22.04"), "ubuntu-22.04"),
            (Ecosystem::Rpm, "almalinux", Some("9.4"), "almalinux-9"),
            (Ecosystem::Rpm, "almalinux", Some("10"), "almalinux-10"),
            (Ecosystem::Rpm, "amzn", Some("2018.03"), "amazon-1"),
            (Ecosystem::Rpm, "amzn", Some("2"), "amazon-2"),
            (Ecosystem::Rpm, "amzn", Some("2023"), "amazon-2023"),
            (Ecosystem::Rpm, "azurelinux", Some("3.0"), "azurelinux-3.0"),
            (Ecosystem::Rpm, "bottlerocket", Some("1.20.0"), "bottlerocket"),
            (Ecosystem::Rpm, "mageia", Some("9"), "mageia-9"),
            (Ecosystem::Rpm, "mariner", Some("2.0"), "mariner-2.0"),
            (Ecosystem::Rpm, "mariner", Some("2.0.20240123"), "mariner-2.0"),
            (Ecosystem::Rpm, "ol", Some("8.10"), "oracle-8"),
            (Ecosystem::Rpm, "opensuse-leap", Some("15.5"), "opensuse-leap-15.5"),
            (Ecosystem::Rpm, "opensuse", Some("42.3"), "opensuse-leap-42.3"),
            (Ecosystem::Rpm, "scientific", Some("7.9"), "rhel-7"),
            (Ecosystem::Apk, "postmarketos", Some("v24.06"), "alpine-3.20"),
            (Ecosystem::Apk, "postmarketos", Some("25.12"), "alpine-3.23"),
            (Ecosystem::Apk, "postmarketos", Some("v23.06.2"), "alpine-3.18"),
            (Ecosystem::Apk, "postmarketos", Some("edge"), "alpine-edge"),
            (Ecosystem::Deb, "raspbian", Some("12"), "debian-12"),
            (Ecosystem::Rpm, "opensuse-tumbleweed", Some("20240101"), "opensuse-tumbleweed"),
            (Ecosystem::Rpm, "opensuse-leap-micro", Some("5.5"), "opensuse-leap-micro-5.5"),
            (Ecosystem::Rpm, "opensuse-microos", Some("20240101"), "opensuse-tumbleweed"),
            (Ecosystem::Rpm, "photon", Some("5.0"), "photon-5.0"),
            (Ecosystem::Rpm, "rhel", Some("9.4"), "rhel-9"),
            (Ecosystem::Rpm, "centos", Some("7"), "rhel-7"),
            (Ecosystem::Rpm, "sle_hpc", Some("15.3"), "sles-15.3"),
            (Ecosystem::Rpm, "sles", Some("15.5"), "sles-15.5"),
            (Ecosystem::Rpm, "sles", Some("15"), "sles-15"),
            (Ecosystem::Rpm, "sles", Some("16.0"), "sles-16"),
            (Ecosystem::Alpm, "arch", None, "arch"),
            (Ecosystem::Npm, "ubuntu", Some("22.04"), "npm"),
            (Ecosystem::Pypi, "alpine", Some("3.20"), "pypi"),
        ] {
            let name = segment_name(ecosystem, Some(&os(id, version)));
            assert_eq!(name.as_deref(), Ok(expected), "{id} {version:?}");
        }
        assert_eq!(segment_name(Ecosystem::Npm, None).as_deref(), Ok("npm"));
    }

    #[test]
    fn openeuler_names_its_service_pack_for_people_only() {
        for (pretty_name, expected) in [
            ("openEuler 22.03 (LTS-SP3)", Some("openeuler-22.03-LTS-SP3")),
            ("openEuler 24.03 (LTS)", Some("openeuler-24.03-LTS")),
            ("openEuler 22.03", None),
            ("openEuler 22.03 (../x)", None),
            ("", None),
        ] {
            let mut openeuler = os("openeuler", Some("22.03"));
            openeuler.pretty_name = Some(pretty_name.to_owned());
            let found = segment_name(Ecosystem::Rpm, Some(&openeuler)).ok();
            assert_eq!(found.as_deref(), expected, "{pretty_name}");
        }
    }

    #[test]
    fn other_distributions_are_not_judged_by_their_parents() {
        let mut mint = os("linuxmint", Some("21.3"));
        mint.id_like = vec!["ubuntu".to_owned(), "debian".to_owned()];
        assert_eq!(
            segment_name(Ecosystem::Deb, Some(&mint)).unwrap_err(),
            "no advisory source covers linuxmint 21.3, and those of `debian` do not fit its \
             versions"
        );
        assert!(segment_name(Ecosystem::Apk, Some(&os("debian", Some("12")))).is_err());
        assert!(segment_name(Ecosystem::Deb, None).is_err());
        for stranger in ["cloudlinux", "clearlinux"] {
            let found = segment_name(Ecosystem::Rpm, Some(&os(stranger, Some("9"))));
            assert_eq!(found.unwrap_err(), format!("no advisory source covers {stranger} 9"));
        }
    }

    #[test]
    fn versions_that_name_no_release_are_not_guessed_at() {
        for (ecosystem, id, version) in [
            (Ecosystem::Apk, "alpine", ""),
            (Ecosystem::Apk, "alpine", "3"),
            (Ecosystem::Apk, "alpine", "../../etc"),
            (Ecosystem::Deb, "debian", "bookworm"),
            (Ecosystem::Deb, "debian", "99999999999"),
            (Ecosystem::Deb, "ubuntu", "22.04/x"),
            (Ecosystem::Rpm, "rhel", ""),
            (Ecosystem::Apk, "postmarketos", "v24.061"),
            (Ecosystem::Apk, "postmarketos", "v19.01"),
        ] {
            assert!(segment_name(ecosystem, Some(&os(id, Some(version)))).is_err(), "{version}");
        }
    }
}
