//! Modules: the same rpm package in several versions side by side, of which a system picks one.

/// Whether a version is of a module's build, as its release says: `….module_el8.5.0+150+5f0dbea0`
/// at AlmaLinux, `….module+el8.5.0+…` at Red Hat and Rocky Linux.
///
/// A module's package and the distribution's own of the same name are of different versions
/// altogether, so a fix of the one says nothing about the other.
pub(crate) fn is_modular(version: &str) -> bool {
    version.contains(".module_el") || version.contains(".module+el")
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
        assert!(!is_modular("4:5.26.3-422.el8"));
        assert!(!is_modular("1.0-1.modules.el8"));
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
