//! Kernel headers: packages built from the kernel's source that hold no code that runs.

use lazaret_core::finding::State;
use lazaret_core::package::{Ecosystem, Package};

/// The state of findings about packages of kernel headers, sources and documentation, which are
/// filed under the kernel though only a running kernel can be attacked.
pub(super) fn headers_state(package: &Package) -> Option<State> {
    is_headers(package).then(|| State::Suppressed {
        by: "kernel-headers".to_owned(),
        reason: "kernel headers hold no code that runs".to_owned(),
        until: None,
    })
}

/// Whether a package is one of the kernel's that no kernel is in.
fn is_headers(package: &Package) -> bool {
    let name = package.name.as_str();
    let source = package.source.as_ref().map_or(name, |source| source.name.as_str());
    let is_of = |kernel: &str| {
        source.strip_prefix(kernel).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
    };
    match package.ecosystem {
        Ecosystem::Apk => name.starts_with("linux-") && name.ends_with("-headers"),
        Ecosystem::Deb => {
            let parts = ["libc-dev", "kbuild", "doc", "source", "headers"];
            let is_part = |rest: &str| {
                parts.iter().any(|part| {
                    rest.strip_prefix(part).is_some_and(|rest| {
                        rest.is_empty() || rest.starts_with('-') || rest.starts_with('.')
                    })
                })
            };
            // Ubuntu names the flavor in front: `linux-aws-headers-5.4.0-1009`.
            let rest = name.strip_prefix("linux-");
            is_of("linux") && rest.is_some_and(|rest| is_part(rest) || rest.contains("-headers-"))
        }
        Ecosystem::Rpm => {
            let ends = ["-headers", "-devel", "-doc", "-macros", "-source", "-devel-matched"];
            is_of("kernel")
                && name.starts_with("kernel")
                && ends.iter().any(|end| name.ends_with(end))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lazaret_core::package::SourcePackage;

    fn package(ecosystem: Ecosystem, name: &str, source: &str) -> Package {
        let source = (!source.is_empty())
            .then(|| SourcePackage { name: source.to_owned(), version: String::new() });
        Package { source, ..Package::installed(ecosystem, name, "1") }
    }

    #[test]
    fn headers_are_told_from_kernels_and_from_others() {
        for (ecosystem, name, source, expected) in [
            (Ecosystem::Deb, "linux-libc-dev", "linux", true),
            (Ecosystem::Deb, "linux-libc-dev-arm64-cross", "linux", true),
            (Ecosystem::Deb, "linux-headers-6.1.0-18-amd64", "linux", true),
            (Ecosystem::Deb, "linux-aws-headers-5.4.0-1009", "linux-aws", true),
            (Ecosystem::Deb, "linux-kbuild-6.1", "linux", true),
            (Ecosystem::Deb, "linux-doc-6.1", "linux", true),
            (Ecosystem::Deb, "linux-source-6.1", "linux", true),
            (Ecosystem::Deb, "linux-image-6.1.0-18-amd64", "linux", false),
            (Ecosystem::Deb, "linux-perf", "linux", false),
            (Ecosystem::Deb, "bpftool", "linux", false),
            (Ecosystem::Deb, "linux-base", "linux-base", false),
            (Ecosystem::Deb, "linux-doc", "other", false),
            (Ecosystem::Deb, "libc6-dev", "glibc", false),
            (Ecosystem::Apk, "linux-headers", "linux-headers", true),
            (Ecosystem::Apk, "linux-lts", "linux-lts", false),
            (Ecosystem::Rpm, "kernel-headers", "kernel", true),
            (Ecosystem::Rpm, "kernel-devel", "", true),
            (Ecosystem::Rpm, "kernel-core", "kernel", false),
            (Ecosystem::Rpm, "kernel-tools", "kernel", false),
            (Ecosystem::Rpm, "kernelshark-devel", "kernelshark", false),
            (Ecosystem::Npm, "linux-headers", "", false),
        ] {
            assert_eq!(is_headers(&package(ecosystem, name, source)), expected, "{name}");
        }
    }
}
