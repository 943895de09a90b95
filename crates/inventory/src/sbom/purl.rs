//! Package urls (<https://github.com/package-url/purl-spec>), read back into packages.

use super::property::source_rpm;
use lazaret_core::package::{Ecosystem, PackageFact, Presence, SourcePackage};
use std::borrow::Cow;

/// Longest package url, in bytes. Real ones have some 200.
const PURL_BYTES_MAX: usize = 4_096;

/// Longest name or version, in bytes.
const PART_BYTES_MAX: usize = 512;

/// The package that a url is about; nothing if it is none, says no version, or is of a kind that is
/// no package here, such as an image.
pub(super) fn package(url: &str) -> Option<PackageFact> {
    let url = url.trim();
    if url.len() > PURL_BYTES_MAX {
        return None;
    }
    let rest = url.strip_prefix("pkg:")?.trim_start_matches('/');
    let rest = rest.split_once('#').map_or(rest, |(rest, _)| rest);
    let (rest, qualifiers) = rest.split_once('?').unwrap_or((rest, ""));
    let (kind, rest) = rest.split_once('/')?;
    // A scope of npm that nobody encoded begins with the same sign.
    let (path, version) = rest
        .rsplit_once('@')
        .filter(|(path, version)| !path.is_empty() && !version.contains('/'))?;
    let kind = kind.to_ascii_lowercase();
    let ecosystem = Ecosystem::ALL.into_iter().find(|ecosystem| ecosystem.purl_type() == kind)?;
    let segments = path.split('/').filter(|segment| !segment.is_empty());
    let segments: Vec<Cow<'_, str>> = segments.map(decode).collect::<Option<_>>()?;
    let name = name(ecosystem, &segments)?;
    let mut version = decode(version)?.into_owned();
    let qualifier = |key: &str| value_of(qualifiers, key);
    let has_epoch = matches!(ecosystem, Ecosystem::Rpm | Ecosystem::Deb);
    if has_epoch
        && !version.contains(':')
        && let Some(epoch) = qualifier("epoch").filter(|epoch| *epoch != "0")
    {
        version = format!("{epoch}:{version}");
    }
    if !is_word(&name) || !is_word(&version) {
        return None;
    }
    let mut package = PackageFact::installed(ecosystem, name, version);
    package.presence = Presence::Described;
    if ecosystem.is_os() {
        package.arch = qualifier("arch").map(Cow::into_owned).filter(|arch| is_word(arch));
        package.source = source(&package, qualifier("upstream").as_deref());
    }
    Some(package)
}

/// A qualifier of a url.
pub(super) fn qualifier<'u>(url: &'u str, key: &str) -> Option<Cow<'u, str>> {
    let url = url.split_once('#').map_or(url, |(url, _)| url);
    value_of(url.split_once('?')?.1, key)
}

fn value_of<'u>(qualifiers: &'u str, key: &str) -> Option<Cow<'u, str>> {
    let mut pairs = qualifiers.split('&').filter_map(|pair| pair.split_once('='));
    let (_, value) = pairs.find(|(found, _)| found.eq_ignore_ascii_case(key))?;
    decode(value).filter(|value| !value.is_empty())
}

/// The name as the ecosystem writes it.
fn name(ecosystem: Ecosystem, segments: &[Cow<'_, str>]) -> Option<String> {
    let (last, namespace) = segments.split_last()?;
    Some(match ecosystem {
        Ecosystem::Maven if !namespace.is_empty() => format!("{}:{last}", namespace.join(".")),
        Ecosystem::Npm
        | Ecosystem::Composer
        | Ecosystem::Golang
        | Ecosystem::Ebuild
        | Ecosystem::Brew
        | Ecosystem::Cocoapods
        | Ecosystem::Cpan
        | Ecosystem::Github
        | Ecosystem::Hex
        | Ecosystem::Huggingface
        | Ecosystem::Jsr
        | Ecosystem::Pear
        | Ecosystem::Swift
        | Ecosystem::Terraform
        | Ecosystem::Vscode
        | Ecosystem::Wordpress => segments.join("/"),
        // The namespace is a distribution, a user or a company, and no part of the name.
        _ => last.to_string(),
    })
}

/// The source package: `NAME`, `NAME@VERSION`, or the file name of a source rpm. Where nothing is
/// said, that of Debian and Alpine packages has the package's own name; an rpm always has one.
fn source(package: &PackageFact, upstream: Option<&str>) -> Option<SourcePackage> {
    let own = || SourcePackage { name: package.name.clone(), version: package.version.clone() };
    let Some(upstream) = upstream else {
        return matches!(package.ecosystem, Ecosystem::Deb | Ecosystem::Apk).then(own);
    };
    if upstream.ends_with(".src.rpm") {
        return source_rpm(upstream);
    }
    let (name, version) = upstream.split_once('@').unwrap_or((upstream, &package.version));
    Some(SourcePackage { name: name.to_owned(), version: version.to_owned() })
}

fn is_word(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= PART_BYTES_MAX
        && !text.contains(|c: char| c.is_whitespace() || c.is_control())
}

/// A part without percent signs; nothing if they are wrong or hide no text.
fn decode(text: &str) -> Option<Cow<'_, str>> {
    if !text.contains('%') {
        return Some(Cow::Borrowed(text));
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let digits = [rest.next()?, rest.next()?];
        let digits = std::str::from_utf8(&digits).ok()?;
        bytes.push(u8::from_str_radix(digits, 16).ok()?);
    }
    String::from_utf8(bytes).ok().map(Cow::Owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use lazaret_core::inventory::Os;
    use lazaret_core::purl::purl;

    fn short(url: &str) -> Option<(Ecosystem, String, String)> {
        package(url).map(|package| (package.ecosystem, package.name, package.version))
    }

    // Examples of the purl specification, and of what tools write.
    #[test]
    fn urls_give_the_names_their_ecosystems_use() {
        use Ecosystem::{Bitnami, Cargo, Deb, Generic, Golang, Maven, Npm, Pypi, Rpm};
        for (url, ecosystem, name, version) in [
            ("pkg:npm/%40angular/animation@12.3.1", Npm, "@angular/animation", "12.3.1"),
            ("pkg:npm/@angular/animation@12.3.1", Npm, "@angular/animation", "12.3.1"),
            ("pkg:pypi/django@1.11.1", Pypi, "django", "1.11.1"),
            (
                "pkg:golang/google.golang.org/genproto@v0.1.0#googleapis/api",
                Golang,
                "google.golang.org/genproto",
                "v0.1.0",
            ),
            (
                "pkg:maven/org.apache.commons/io@1.3.4?type=jar",
                Maven,
                "org.apache.commons:io",
                "1.3.4",
            ),
            ("pkg:deb/debian/curl@7.50.3-1?arch=i386&distro=jessie", Deb, "curl", "7.50.3-1"),
            ("pkg:deb/debian/g%2B%2B@4%3A12.2.0-3", Deb, "g++", "4:12.2.0-3"),
            ("pkg:rpm/fedora/curl@7.50.3-1.fc25?arch=i386&epoch=1", Rpm, "curl", "1:7.50.3-1.fc25"),
            ("pkg:rpm/fedora/curl@7.50.3-1.fc25?epoch=0", Rpm, "curl", "7.50.3-1.fc25"),
            (
                "pkg:bitnami/nginx@1.25.4-0?arch=amd64&distro=debian-12",
                Bitnami,
                "nginx",
                "1.25.4-0",
            ),
            (
                "pkg:generic/openssl@1.1.10g?download_url=https://openssl.org/x@1",
                Generic,
                "openssl",
                "1.1.10g",
            ),
            ("pkg:CARGO/rand@0.7.2", Cargo, "rand", "0.7.2"),
            ("pkg://cargo/rand@0.7.2", Cargo, "rand", "0.7.2"),
        ] {
            assert_eq!(short(url), Some((ecosystem, name.to_owned(), version.to_owned())), "{url}");
        }
    }

    #[test]
    fn what_is_no_package_with_a_version_is_none() {
        for url in [
            "",
            "pkg:",
            "pkg:npm",
            "pkg:npm/",
            "pkg:npm/foo",
            "pkg:npm/foo@",
            "pkg:npm/@foo/bar",
            "pkg:npm/foo%zz@1",
            "pkg:npm/foo%ff@1",
            "pkg:npm/foo%2@1",
            "pkg:npm/foo@1%202",
            "pkg:oci/debian@sha256%3A244fd47e07d10?repository_url=docker.io/library/debian",
            "pkg:docker/cassandra@latest",
            "npm/foo@1",
        ] {
            assert_eq!(short(url), None, "{url}");
        }
    }

    #[test]
    fn sources_are_read_in_every_form() {
        let source = |url: &str| {
            package(url).unwrap().source.map(|source| format!("{} {}", source.name, source.version))
        };
        for (url, expected) in [
            ("pkg:deb/debian/libssl3@3.0.11-1?upstream=openssl", Some("openssl 3.0.11-1")),
            (
                "pkg:deb/debian/libgcc-s1@12.2.0-14?upstream=gcc-12%4012.2.0-14",
                Some("gcc-12 12.2.0-14"),
            ),
            ("pkg:deb/debian/bash@5.2-1", Some("bash 5.2-1")),
            (
                "pkg:rpm/rhel/openssl-libs@3.0.7-27.el9?epoch=1&upstream=openssl-3.0.7-27.el9.src.rpm",
                Some("openssl 3.0.7-27.el9"),
            ),
            ("pkg:rpm/rhel/bash@5.1-1", None),
            ("pkg:npm/x@1?upstream=y", None),
        ] {
            assert_eq!(source(url).as_deref(), expected, "{url}");
        }
    }

    #[test]
    fn a_package_comes_back_from_its_own_url() {
        let os = Os { id: "rocky".into(), version: Some("9.4".into()), ..Os::default() };
        let mut libs = PackageFact::installed(Ecosystem::Rpm, "openssl-libs", "1:3.0.7-27.el9");
        libs.arch = Some("x86_64".into());
        libs.source =
            Some(SourcePackage { name: "openssl".into(), version: "3.0.7-27.el9".into() });
        let url = purl(&libs, Some(&os));
        let back = package(&url).unwrap();
        assert_eq!((back.name, back.version, back.arch), (libs.name, libs.version, libs.arch));
    }
}
