//! The same rpm package built in several ways side by side, of which a system has one.

/// How an rpm package was built, as its release says.
///
/// Packages of one name that were built in different ways are of different versions altogether, so
/// a fix of the one says nothing about the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Build {
    /// As the distribution builds its own packages.
    Plain,
    /// In a module ([`is_modular`]).
    Module,
    /// For patching while it runs, at Oracle: `2:2.28-189.ksplice1.el8_7`.
    Ksplice,
    /// Certified, at Oracle: `10:1.1.1k-6.el8_5_fips`.
    Fips,
    /// With what patents may forbid elsewhere, at Mageia: `4.4.4-2.mga9.tainted`.
    Tainted,
}

impl Build {
    /// The way the package of this version was built.
    pub(crate) fn of(version: &str) -> Self {
        let marked = |prefix: &str| version.split('.').any(|part| part.starts_with(prefix));
        if is_modular(version) {
            Self::Module
        } else if marked("ksplice") {
            Self::Ksplice
        } else if version.ends_with("_fips") {
            Self::Fips
        } else if marked("tainted") {
            Self::Tainted
        } else {
            Self::Plain
        }
    }
}

/// Whether a version is of a module's build, as its release says: `….module_el8.5.0+150+5f0dbea0`
/// at AlmaLinux, `….module+el8.5.0+…` at Red Hat and Rocky Linux, `….module_f38+…` at Fedora.
///
/// A module's package and the distribution's own of the same name are of different versions
/// altogether, so a fix of the one says nothing about the other.
pub(crate) fn is_modular(version: &str) -> bool {
    [".module_el", ".module+el", ".module_f"].iter().any(|mark| version.contains(mark))
}

/// The minor release an rpm package was built for, as its release says: `el9_2` in
/// `3.0.7-16.el9_2.1`, or `el8.6.0` in a module's `0.78-11.module+el8.6.0+23193+53aa8c2a.1`.
pub(crate) fn minor_release(version: &str) -> Option<(u8, u8)> {
    let module = [".module+el", ".module_el"];
    if let Some((_, rest)) = module.into_iter().find_map(|mark| version.split_once(mark)) {
        let mut parts = rest.split(['.', '+']);
        return Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?));
    }
    version.split(['.', '-', '+']).find_map(|part| {
        let (major, minor) = part.strip_prefix("el")?.split_once('_')?;
        Some((major.parse().ok()?, minor.parse().ok()?))
    })
}

/// The minor release a channel is for: 9.2 of `eus-9.2`, none of `els-7` or `ltss`.
pub(crate) fn minor_of_channel(channel: &str) -> Option<(u8, u8)> {
    let (major, minor) = channel.rsplit_once('-')?.1.split_once('.')?;
    Some((major.parse().ok()?, minor.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_release_says_whether_a_package_is_of_a_module() {
        assert!(is_modular("1:10.24.0-1.module_el8.3.0+2047+b07ac28e"));
        assert!(is_modular("1:10.24.0-1.module+el8.3.0+10166+b07ac28e"));
        assert!(is_modular("1:1.25.4-1.module_f38+17943+3d6b2a8e"));
        assert!(!is_modular("4:5.26.3-422.el8"));
        assert!(!is_modular("1.0-1.modules.el8"));
    }

    #[test]
    fn the_release_says_how_a_package_was_built() {
        for (version, expected) in [
            ("1:10.24.0-1.module_el8.3.0+2047+b07ac28e", Build::Module),
            ("2:1.1.1g-15.ksplice1.el8_3", Build::Ksplice),
            ("2:2.17-326.ksplice1.el7_9.3", Build::Ksplice),
            ("10:1.1.1k-6.el8_5_fips", Build::Fips),
            ("4.4.4-2.mga9.tainted", Build::Tainted),
            ("1:1.1.1k-6.el8_5", Build::Plain),
            ("10:3.6.16-4.0.1.el8_fips.1", Build::Plain),
        ] {
            assert_eq!(Build::of(version), expected, "{version}");
        }
    }

    #[test]
    fn the_release_names_the_minor_release_it_was_built_for() {
        for (version, expected) in [
            ("1:3.0.7-16.el9_2.1", Some((9, 2))),
            ("3.0.7-16.el9_2", Some((9, 2))),
            ("4.18.0-553.el8_10", Some((8, 10))),
            ("1:0.78-11.module+el8.6.0+23193+53aa8c2a.1", Some((8, 6))),
            ("1.0-1.module_el8.3.0+2047", Some((8, 3))),
            ("3.0.7-16.el9", None),
            ("1.0-1.el9_x", None),
            ("1.0-1.module+elx", None),
        ] {
            assert_eq!(minor_release(version), expected, "{version}");
        }
        for (channel, expected) in [
            ("eus-9.2", Some((9, 2))),
            ("eus-long-life-8.4", Some((8, 4))),
            ("els-7", None),
            ("ltss", None),
        ] {
            assert_eq!(minor_of_channel(channel), expected, "{channel}");
        }
    }
}
