//! Which segment judges which packages, and what is said when none does.

use lazaret_core::inventory::{Inventory, Os};
use lazaret_core::package::Ecosystem;

/// The name of the segment that judges packages of an ecosystem in an image with this operating
/// system, or why there is none.
///
/// - Alpine: `alpine-3.20` from `VERSION_ID=3.20.3`, `alpine-edge` when it has an underscore, as in
///   `3.21_alpha20240807`, the way edge names itself.
/// - Debian: `debian-12` from `VERSION_ID="12"`; without one it is testing or unstable, which
///   os-release does not tell apart, and `debian-sid` judges both.
/// - Derivatives are not judged by their parent's advisories: their versions differ.
pub(crate) fn segment_name(ecosystem: Ecosystem, os: Option<&Os>) -> Result<String, String> {
    match ecosystem {
        Ecosystem::Cargo => Ok("crates.io".to_owned()),
        Ecosystem::Composer => Ok("packagist".to_owned()),
        Ecosystem::Gem => Ok("rubygems".to_owned()),
        Ecosystem::Golang => Ok("go".to_owned()),
        Ecosystem::Maven => Ok("maven".to_owned()),
        Ecosystem::Npm => Ok("npm".to_owned()),
        Ecosystem::Nuget => Ok("nuget".to_owned()),
        Ecosystem::Pypi => Ok("pypi".to_owned()),
        Ecosystem::Rpm => rpm(os),
        Ecosystem::Apk => alpine(of_distribution(os, "alpine")?),
        Ecosystem::Deb => debian(of_distribution(os, "debian")?),
    }
}

/// The operating system, if it is the one distribution whose advisories are known.
fn of_distribution<'a>(os: Option<&'a Os>, id: &str) -> Result<&'a Os, String> {
    let os = os.ok_or("the image does not say which distribution it is")?;
    if os.id == id {
        return Ok(os);
    }
    let name = title(os);
    if os.id_like.iter().any(|parent| parent == id) {
        return Err(format!(
            "no advisory source covers {name}, and those of `{id}` do not fit its versions"
        ));
    }
    Err(format!("no advisory source covers {name}"))
}

/// `almalinux-9` for AlmaLinux 9.4; the other distributions with rpm packages are not covered yet.
fn rpm(os: Option<&Os>) -> Result<String, String> {
    let os = of_distribution(os, "almalinux")?;
    let version = os.version.as_deref().unwrap_or_default();
    match version.split('.').next().and_then(number) {
        Some(major) => Ok(format!("almalinux-{major}")),
        None => Err(format!("`{version}` names no release of AlmaLinux")),
    }
}

fn alpine(os: &Os) -> Result<String, String> {
    let version = os.version.as_deref().unwrap_or_default();
    if version.contains('_') || version == "edge" {
        return Ok("alpine-edge".to_owned());
    }
    let mut parts = version.split('.');
    match (parts.next().and_then(number), parts.next().and_then(number)) {
        (Some(major), Some(minor)) => Ok(format!("alpine-{major}.{minor}")),
        _ => Err(format!("`{version}` names no release of Alpine")),
    }
}

fn debian(os: &Os) -> Result<String, String> {
    let Some(version) = os.version.as_deref().filter(|version| !version.is_empty()) else {
        return Ok("debian-sid".to_owned());
    };
    let mut parts = version.split('.');
    match (parts.next().and_then(number), parts.next().and_then(number)) {
        // Until sarge, which was 3.1, the part behind the point was a release of its own.
        (Some(major @ ..4), Some(minor)) => Ok(format!("debian-{major}.{minor}")),
        (Some(major), _) => Ok(format!("debian-{major}")),
        (None, _) => Err(format!("`{version}` names no release of Debian")),
    }
}

/// A part of a version number, short enough to be one.
fn number(part: &str) -> Option<u16> {
    if part.bytes().all(|byte| byte.is_ascii_digit()) { part.parse().ok() } else { None }
}

/// A distribution as people call it.
fn title(os: &Os) -> String {
    let version = os.version.as_deref().unwrap_or_default();
    if version.is_empty() { os.id.clone() } else { format!("{} {version}", os.id) }
}

/// What the report says about packages nobody judges.
pub(crate) fn not_checked(ecosystem: Ecosystem, count: usize, why: &str) -> String {
    let (packages, were) = counted(ecosystem, count);
    format!("{packages} {were} not checked for vulnerabilities: {why}")
}

/// What the report says when there is nothing that could be judged, though there should be.
pub(crate) fn nothing_read(inventory: &Inventory) -> Option<String> {
    if inventory.packages.iter().any(|package| package.ecosystem.is_os()) {
        return None;
    }
    if let Some(found) = &inventory.os {
        let name = title(&found.os);
        return Some(format!(
            "no package of {name} could be read: its package database is missing, or of a kind that \
             is not read yet"
        ));
    }
    let empty = inventory.packages.is_empty();
    empty.then(|| "no packages were found, so nothing was checked for vulnerabilities".to_owned())
}

/// What the report says about packages whose judge does not know everything there is to know.
pub(crate) fn partly_checked(ecosystem: Ecosystem, count: usize, gap: &str) -> String {
    let (packages, were) = counted(ecosystem, count);
    format!("{packages} {were} checked in part: the advisories are {gap}")
}

fn counted(ecosystem: Ecosystem, count: usize) -> (String, &'static str) {
    let kind = match ecosystem {
        // Their names are a distribution's, and not always this one's.
        Ecosystem::Apk => "apk",
        Ecosystem::Deb => "deb",
        Ecosystem::Rpm => "rpm",
        _ => ecosystem.name(),
    };
    let (noun, verb) = if count == 1 { ("package", "was") } else { ("packages", "were") };
    (format!("{count} {kind} {noun}"), verb)
}

#[cfg(test)]
mod tests {
    use super::*;
    use lazaret_core::inventory::OsFound;
    use lazaret_core::location::{ImagePath, LayerIndex, Location};

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
            (Ecosystem::Deb, "debian", Some("12"), "debian-12"),
            (Ecosystem::Deb, "debian", Some("10.13"), "debian-10"),
            (Ecosystem::Deb, "debian", Some("3.1"), "debian-3.1"),
            (Ecosystem::Deb, "debian", None, "debian-sid"),
            (Ecosystem::Rpm, "almalinux", Some("9.4"), "almalinux-9"),
            (Ecosystem::Rpm, "almalinux", Some("10"), "almalinux-10"),
            (Ecosystem::Npm, "ubuntu", Some("22.04"), "npm"),
            (Ecosystem::Pypi, "alpine", Some("3.20"), "pypi"),
        ] {
            let name = segment_name(ecosystem, Some(&os(id, version)));
            assert_eq!(name.as_deref(), Ok(expected), "{id} {version:?}");
        }
        assert_eq!(segment_name(Ecosystem::Npm, None).as_deref(), Ok("npm"));
    }

    #[test]
    fn other_distributions_are_not_judged_by_their_parents() {
        let mut ubuntu = os("ubuntu", Some("22.04"));
        ubuntu.id_like = vec!["debian".to_owned()];
        assert_eq!(
            segment_name(Ecosystem::Deb, Some(&ubuntu)).unwrap_err(),
            "no advisory source covers ubuntu 22.04, and those of `debian` do not fit its versions"
        );
        assert!(segment_name(Ecosystem::Apk, Some(&os("wolfi", Some("20230201")))).is_err());
        assert!(segment_name(Ecosystem::Apk, Some(&os("debian", Some("12")))).is_err());
        assert!(segment_name(Ecosystem::Deb, None).is_err());
        for sister in ["rocky", "rhel", "centos", "fedora", "amzn"] {
            let found = segment_name(Ecosystem::Rpm, Some(&os(sister, Some("9"))));
            assert_eq!(found.unwrap_err(), format!("no advisory source covers {sister} 9"));
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
        ] {
            assert!(segment_name(ecosystem, Some(&os(id, Some(version)))).is_err(), "{version}");
        }
    }

    #[test]
    fn an_image_without_readable_packages_is_not_clean() {
        let mut inventory = Inventory::default();
        assert!(nothing_read(&inventory).unwrap().contains("no packages were found"));
        inventory.os = Some(OsFound {
            os: os("rocky", Some("9.4")),
            location: Location {
                layer: LayerIndex(0),
                path: ImagePath::parse(b"etc/os-release").unwrap(),
                lines: None,
            },
        });
        assert!(nothing_read(&inventory).unwrap().contains("rocky 9.4"));
    }
}
