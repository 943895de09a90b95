//! Package urls (<https://github.com/package-url/purl-spec>): one line that names a package
//! everywhere.

use crate::inventory::Os;
use crate::package::{Ecosystem, PackageFact};
use std::fmt::Write as _;

/// Builds the package url of a package found in an image.
///
/// Operating-system packages carry the distribution as namespace and as `distro` qualifier and their
/// architecture. Their epoch stands inside the version as their own tools write it, except for rpm,
/// where the specification asks for a qualifier. `upstream` names the source package where it
/// differs.
pub fn purl(package: &PackageFact, os: Option<&Os>) -> String {
    let mut purl = format!("pkg:{}/", package.ecosystem.purl_type());
    match package.ecosystem {
        Ecosystem::Apk | Ecosystem::Deb | Ecosystem::Rpm | Ecosystem::Alpm | Ecosystem::Opkg => {
            let fallback = match package.ecosystem {
                Ecosystem::Apk => "alpine",
                Ecosystem::Deb => "debian",
                Ecosystem::Alpm => "arch",
                _ => "",
            };
            let namespace = os.map_or(fallback, |os| &os.id);
            if !namespace.is_empty() {
                encode(&mut purl, namespace);
                purl.push('/');
            }
            // Names of rpm packages are the only ones with letters of two cases.
            match package.ecosystem {
                Ecosystem::Rpm => encode(&mut purl, &package.name),
                _ => encode(&mut purl, &package.name.to_ascii_lowercase()),
            }
        }
        // Namespaces: scopes of npm, vendors of Packagist, module paths of Go, owners, categories.
        Ecosystem::Npm
        | Ecosystem::Composer
        | Ecosystem::Golang
        | Ecosystem::Ebuild
        | Ecosystem::Brew
        | Ecosystem::Cocoapods
        | Ecosystem::Cpan
        | Ecosystem::Huggingface
        | Ecosystem::Jsr
        | Ecosystem::Pear
        | Ecosystem::Swift
        | Ecosystem::Terraform
        | Ecosystem::Vscode
        | Ecosystem::Wordpress => {
            segments(&mut purl, package.name.split('/'));
        }
        // Names of these are the same in upper and lower case, and the specification asks for lower.
        Ecosystem::Github | Ecosystem::Hex | Ecosystem::Luarocks | Ecosystem::Pub => {
            segments(&mut purl, package.name.to_ascii_lowercase().split('/'));
        }
        // Maven's coordinates are written `group:artifact` everywhere else.
        Ecosystem::Maven => segments(&mut purl, package.name.split(':')),
        // The purl spec asks for this normalization, which is also PEP 503's.
        Ecosystem::Pypi => encode(&mut purl, &pypi_name(&package.name)),
        _ => encode(&mut purl, &package.name),
    }
    let (_, version) = epoch(package);
    if !version.is_empty() {
        purl.push('@');
        encode(&mut purl, version);
    }
    if package.ecosystem.is_os() {
        qualifiers(&mut purl, package, os);
    }
    purl
}

fn segments<'a>(purl: &mut String, segments: impl Iterator<Item = &'a str>) {
    for (position, segment) in segments.enumerate() {
        if position > 0 {
            purl.push('/');
        }
        encode(purl, segment);
    }
}

/// The epoch of an rpm package, if it has one, and the version to write behind the name.
fn epoch(package: &PackageFact) -> (Option<&str>, &str) {
    let version = package.version.as_str();
    match version.split_once(':') {
        Some((epoch, version)) if package.ecosystem == Ecosystem::Rpm => (Some(epoch), version),
        _ => (None, version),
    }
}

/// Qualifiers, sorted by key as the specification asks.
fn qualifiers(purl: &mut String, package: &PackageFact, os: Option<&Os>) {
    let mut pairs: Vec<(&str, String)> = Vec::new();
    if let Some(arch) = &package.arch {
        pairs.push(("arch", arch.clone()));
    }
    if let Some(os) = os {
        let version = os.version.as_deref().unwrap_or_default();
        let distro =
            if version.is_empty() { os.id.clone() } else { format!("{}-{version}", os.id) };
        pairs.push(("distro", distro));
    }
    let (epoch, version) = epoch(package);
    if let Some(epoch) = epoch {
        pairs.push(("epoch", epoch.to_owned()));
    }
    if let Some(source) = &package.source
        && (source.name != package.name || source.version != version)
    {
        let upstream = if source.version == version || source.version.is_empty() {
            source.name.clone()
        } else {
            format!("{}@{}", source.name, source.version)
        };
        pairs.push(("upstream", upstream));
    }
    for (position, (key, value)) in pairs.iter().enumerate() {
        purl.push(if position == 0 { '?' } else { '&' });
        purl.push_str(key);
        purl.push('=');
        encode(purl, value);
    }
}

/// A Python project name in its normal form (PEP 503): lower case, runs of `-`, `_` and `.` as one
/// `-`.
pub fn pypi_name(name: &str) -> String {
    let mut normal = String::with_capacity(name.len());
    let mut separator = false;
    let ends = |c: char| c.is_whitespace() || matches!(c, '-' | '_' | '.');
    for c in name.trim_matches(ends).chars() {
        if matches!(c, '-' | '_' | '.') {
            separator = true;
            continue;
        }
        if separator && !normal.is_empty() {
            normal.push('-');
        }
        separator = false;
        normal.extend(c.to_lowercase());
    }
    normal
}

/// Percent-encodes everything the specification does not leave alone.
fn encode(out: &mut String, text: &str) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b'~' | b':') {
            out.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _: std::fmt::Result = write!(out, "%{byte:02X}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::package::SourcePackage;

    fn fact(ecosystem: Ecosystem, name: &str, version: &str) -> PackageFact {
        PackageFact::installed(ecosystem, name, version)
    }

    #[test]
    fn distribution_packages_name_their_distribution_and_source() {
        let os = Os { id: "debian".into(), version: Some("12".into()), ..Os::default() };
        let mut bash = fact(Ecosystem::Deb, "libssl3", "3.0.11-1~deb12u2");
        bash.arch = Some("amd64".into());
        bash.source =
            Some(SourcePackage { name: "openssl".into(), version: "3.0.11-1~deb12u2".into() });
        assert_eq!(
            purl(&bash, Some(&os)),
            "pkg:deb/debian/libssl3@3.0.11-1~deb12u2?arch=amd64&distro=debian-12&upstream=openssl"
        );
        let plus = fact(Ecosystem::Deb, "g++", "4:12.2.0-3");
        assert_eq!(purl(&plus, None), "pkg:deb/debian/g%2B%2B@4:12.2.0-3");
    }

    #[test]
    fn the_epoch_of_an_rpm_is_a_qualifier() {
        let os = Os { id: "almalinux".into(), version: Some("9.4".into()), ..Os::default() };
        let mut libs = fact(Ecosystem::Rpm, "openssl-libs", "1:3.0.7-27.el9");
        libs.arch = Some("x86_64".into());
        libs.source =
            Some(SourcePackage { name: "openssl".into(), version: "3.0.7-27.el9".into() });
        assert_eq!(
            purl(&libs, Some(&os)),
            "pkg:rpm/almalinux/openssl-libs@3.0.7-27.el9\
             ?arch=x86_64&distro=almalinux-9.4&epoch=1&upstream=openssl"
        );
        let mut same = fact(Ecosystem::Rpm, "NetworkManager", "1:1.46.0-1.el9");
        same.source =
            Some(SourcePackage { name: "NetworkManager".into(), version: "1.46.0-1.el9".into() });
        assert_eq!(purl(&same, None), "pkg:rpm/NetworkManager@1.46.0-1.el9?epoch=1");
        // Without an operating system nobody knows the namespace, and without an epoch there is no
        // qualifier.
        assert_eq!(purl(&fact(Ecosystem::Rpm, "bash", "5.1-1"), None), "pkg:rpm/bash@5.1-1");
    }

    #[test]
    fn language_packages_follow_their_type_rules() {
        for (ecosystem, name, version, expected) in [
            (Ecosystem::Npm, "@babel/core", "7.0.0", "pkg:npm/%40babel/core@7.0.0"),
            (Ecosystem::Npm, "lodash", "4.17.21", "pkg:npm/lodash@4.17.21"),
            (Ecosystem::Pypi, "Django_Rest.Framework", "3.0", "pkg:pypi/django-rest-framework@3.0"),
            (Ecosystem::Pypi, "torch", "2.0+cpu", "pkg:pypi/torch@2.0%2Bcpu"),
            (Ecosystem::Bazel, "rules_go", "0.50.1", "pkg:bazel/rules_go@0.50.1"),
            (Ecosystem::Cocoapods, "AFNetworking", "4.0.1", "pkg:cocoapods/AFNetworking@4.0.1"),
            (Ecosystem::Cran, "A3", "1.0.0", "pkg:cran/A3@1.0.0"),
            (Ecosystem::Github, "Actions/Checkout", "v4", "pkg:github/actions/checkout@v4"),
            (Ecosystem::Hackage, "AC-HalfInteger", "1.2.1", "pkg:hackage/AC-HalfInteger@1.2.1"),
            (Ecosystem::Hex, "jason", "1.1.2", "pkg:hex/jason@1.1.2"),
            (Ecosystem::Luarocks, "LPeg", "1.0.2-1", "pkg:luarocks/lpeg@1.0.2-1"),
            (Ecosystem::Opam, "ocaml-base-compiler", "5.2.0", "pkg:opam/ocaml-base-compiler@5.2.0"),
            (
                Ecosystem::Pear,
                "pear.php.net/XML_Util",
                "1.4.5",
                "pkg:pear/pear.php.net/XML_Util@1.4.5",
            ),
            (
                Ecosystem::Huggingface,
                "microsoft/deberta-v3-base",
                "559062ad13d311b87b2c455e67dcd5f1c8f65111",
                "pkg:huggingface/microsoft/deberta-v3-base@559062ad13d311b87b2c455e67dcd5f1c8f65111",
            ),
            (
                Ecosystem::Swift,
                "github.com/Alamofire/Alamofire",
                "5.4.3",
                "pkg:swift/github.com/Alamofire/Alamofire@5.4.3",
            ),
            (
                Ecosystem::Vscode,
                "ms-python/python",
                "2024.22.2",
                "pkg:vscode-extension/ms-python/python@2024.22.2",
            ),
            // A model without a version.
            (Ecosystem::Huggingface, "Tiny Llama", "", "pkg:huggingface/Tiny%20Llama"),
        ] {
            assert_eq!(purl(&fact(ecosystem, name, version), None), expected);
        }
    }
}
