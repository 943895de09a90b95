//! Modules: the same rpm package in several versions side by side, of which a system picks one.

/// Whether a version is of a module's build, as its release says: `….module_el8.5.0+150+5f0dbea0`
/// at AlmaLinux, `….module+el8.5.0+…` at Red Hat and Rocky Linux.
///
/// A module's package and the distribution's own of the same name are of different versions
/// altogether, so a fix of the one says nothing about the other.
pub(crate) fn is_modular(version: &str) -> bool {
    version.contains(".module_el") || version.contains(".module+el")
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
}
