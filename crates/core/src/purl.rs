//! Package urls (<https://github.com/package-url/purl-spec>): one line that names a package
//! everywhere.

use crate::inventory::Os;
use crate::package::{Ecosystem, PackageFact};
use std::fmt::Write as _;

/// Builds the package url of a package found in an image.
///
/// Operating-system packages carry the distribution as namespace and as `distro` qualifier, their
/// architecture, and their epoch inside the version as their own tools write it. `upstream` names
/// the source package where it differs.
pub fn purl(package: &PackageFact, os: Option<&Os>) -> String {
    let mut purl = format!("pkg:{}/", package.ecosystem.purl_type());
    match package.ecosystem {
        Ecosystem::Apk | Ecosystem::Deb => {
            let fallback = if package.ecosystem == Ecosystem::Apk { "alpine" } else { "debian" };
            encode(&mut purl, os.map_or(fallback, |os| &os.id));
            purl.push('/');
            encode(&mut purl, &package.name.to_ascii_lowercase());
        }
        Ecosystem::Npm => {
            if let Some((scope, name)) = package.name.split_once('/') {
                encode(&mut purl, scope);
                purl.push('/');
                encode(&mut purl, name);
            } else {
                encode(&mut purl, &package.name);
            }
        }
        // The purl spec asks for this normalization, which is also PEP 503's.
        Ecosystem::Pypi => encode(&mut purl, &pypi_name(&package.name)),
    }
    if !package.version.is_empty() {
        purl.push('@');
        encode(&mut purl, &package.version);
    }
    if package.ecosystem.is_os() {
        qualifiers(&mut purl, package, os);
    }
    purl
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
    if let Some(source) = &package.source
        && (source.name != package.name || source.version != package.version)
    {
        let upstream = if source.version == package.version || source.version.is_empty() {
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
    fn language_packages_follow_their_type_rules() {
        for (ecosystem, name, version, expected) in [
            (Ecosystem::Npm, "@babel/core", "7.0.0", "pkg:npm/%40babel/core@7.0.0"),
            (Ecosystem::Npm, "lodash", "4.17.21", "pkg:npm/lodash@4.17.21"),
            (Ecosystem::Pypi, "Django_Rest.Framework", "3.0", "pkg:pypi/django-rest-framework@3.0"),
            (Ecosystem::Pypi, "torch", "2.0+cpu", "pkg:pypi/torch@2.0%2Bcpu"),
        ] {
            assert_eq!(purl(&fact(ecosystem, name, version), None), expected);
        }
    }
}
