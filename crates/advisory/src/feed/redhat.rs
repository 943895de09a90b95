//! Red Hat's CSAF documents: one a vulnerability (VEX) and one an advisory
//! (<https://redhatproductsecurity.github.io/security-data-guidelines/csaf-vex/>).

use super::csaf::Part;
use super::csaf_statements::{Dialect, Located, read};
use super::purl::Purl;
use super::rpm_rows::{Key, Stream};
use super::{Feed, Gap};

const SAMPLES: Gap = Gap { weight: 4, lacking: "some of Red Hat's documents, not all of them" };
const FIXES: Gap =
    Gap { weight: 2, lacking: "Red Hat's advisories, which name only what was fixed" };
const EDITED: &str = "edited by its authors for a test";

/// One document a vulnerability.
pub(super) static VEX: Feed = Feed {
    id: "redhat-vex",
    title: "Red Hat CSAF VEX",
    url: "https://security.access.redhat.com/data/csaf/v2/vex/",
    license: "CC-BY-4.0",
    redistributable: true,
    unit: "documents",
    paths: &[
        "redhat/vex/*/*.json",
        "redhat/vex/*/*.json.gz",
        "redhat/vex/csaf_vex_*.tar.*",
        "security.access.redhat.com/data/csaf/v2/vex/*/*.json",
        "security.access.redhat.com/data/csaf/v2/vex/*/*.json.gz",
        "security.access.redhat.com/data/csaf/v2/vex/csaf_vex_*.tar.*",
    ],
    left_out: &[
        ("redhat/vex/2024/cve-2024-24786.json*", EDITED),
        ("redhat/vex/2026/cve-2026-123.json*", EDITED),
        ("redhat/vex/2026/cve-2026-456.json*", EDITED),
        ("redhat/vex/csaf_vex_*.asc", "a signature"),
        ("redhat/vex/csaf_vex_*.sha256", "a checksum"),
        ("security.access.redhat.com/data/csaf/v2/vex/csaf_vex_*.asc", "a signature"),
        ("security.access.redhat.com/data/csaf/v2/vex/csaf_vex_*.sha256", "a checksum"),
    ],
    gaps: &[("redhat/vex/*/*", SAMPLES)],
    parse: |file, gather| read(file, &DIALECT, gather),
};

/// One document an advisory.
pub(super) static ADVISORIES: Feed = Feed {
    id: "redhat-advisories",
    title: "Red Hat CSAF advisories",
    url: "https://security.access.redhat.com/data/csaf/v2/advisories/",
    license: "CC-BY-4.0",
    redistributable: true,
    unit: "documents",
    paths: &[
        "redhat/advisories/*/*.json",
        "redhat/advisories/*/*.json.gz",
        "redhat/advisories/csaf_advisories_*.tar.*",
        "security.access.redhat.com/data/csaf/v2/advisories/*/*.json",
        "security.access.redhat.com/data/csaf/v2/advisories/*/*.json.gz",
        "security.access.redhat.com/data/csaf/v2/advisories/csaf_advisories_*.tar.*",
    ],
    left_out: &[
        ("redhat/advisories/csaf_advisories_*.asc", "a signature"),
        ("redhat/advisories/csaf_advisories_*.sha256", "a checksum"),
        ("security.access.redhat.com/data/csaf/v2/advisories/csaf_advisories_*.asc", "a signature"),
        (
            "security.access.redhat.com/data/csaf/v2/advisories/csaf_advisories_*.sha256",
            "a checksum",
        ),
    ],
    gaps: &[
        ("redhat/advisories/*/*", SAMPLES),
        ("redhat/advisories/*", FIXES),
        ("security.access.redhat.com/data/csaf/v2/advisories/*", FIXES),
        ("security.access.redhat.com/data/csaf/v2/advisories/*/*", FIXES),
    ],
    parse: |file, gather| read(file, &DIALECT, gather),
};

const DIALECT: Dialect =
    Dialect { locate, either: false, nothing: "nothing affected in the distribution" };

const OTHER_PRODUCT: &str = "another product";

/// Products for those who stay on a release, after `rhel_` or `enterprise_linux_`: the channel, and
/// whether it goes on where ordinary updates have ended.
const CHANNELS: [(&str, &str, bool); 6] = [
    ("aus", "aus", false),
    ("e4s", "e4s", false),
    ("els", "els", true),
    ("eus", "eus", false),
    ("eus_long_life", "eus-long-life", false),
    ("tus", "tus", false),
];

fn locate(part: &Part<'_>) -> Result<Vec<Located>, &'static str> {
    let (release, stream) = place(part.cpe.ok_or("product without a CPE")?, part.product)?;
    let segment = format!("rhel-{release}");
    let Some(purl) = part.purl else {
        // Components of old documents are named and nothing more, `nodejs:18/nodejs` or `snakeyaml`.
        let (module, name) = match part.component.rsplit_once('/') {
            Some((module, name)) => (Some(stream_of(module)?), name),
            None => (None, part.component),
        };
        let key = Key { segment, module, package: format!("src:{name}") };
        let located = Located { key, stream, arch: String::new(), version: None, source: true };
        return Ok(vec![located]);
    };
    let purl = Purl::parse(purl).ok_or("unreadable package url")?;
    match purl.kind {
        "rpm" => {}
        "oci" => return Err("a container image"),
        "rpmmod" => return Err("a module, whose packages are listed"),
        _ => return Err("no rpm package"),
    }
    if purl.namespace != "redhat" {
        return Err("not Red Hat's package");
    }
    let arch = purl.qualifier("arch").unwrap_or_default().to_owned();
    let module = match (purl.qualifier("rpmmod"), part.within.and_then(Purl::parse)) {
        (Some(label), _) => Some(stream_of(label)?),
        (None, Some(module)) => Some(stream_of(&format!("{}:{}", module.name, module.version))?),
        (None, None) => None,
    };
    let epoch = purl.qualifier("epoch").filter(|epoch| !matches!(*epoch, "" | "0"));
    let version = (!purl.version.is_empty()).then(|| match epoch {
        Some(epoch) => format!("{epoch}:{}", purl.version),
        None => purl.version.clone(),
    });
    let source = arch == "src";
    let package = if source { format!("src:{}", purl.name) } else { purl.name };
    Ok(vec![Located { key: Key { segment, module, package }, stream, arch, version, source }])
}

/// The module and stream of `ruby:2.5:8090020230627084142:b46abd14`.
fn stream_of(label: &str) -> Result<String, &'static str> {
    let mut parts = label.split(':');
    match (parts.next(), parts.next()) {
        (Some(module), Some(stream)) if !module.is_empty() && !stream.is_empty() => {
            Ok(format!("{module}:{stream}"))
        }
        _ => Err("unreadable module"),
    }
}

/// The release a product belongs to and the line of updates it is, from its CPE:
/// `cpe:/a:redhat:rhel_eus:9.2::appstream`.
fn place(cpe: &str, id: &str) -> Result<(String, Stream), &'static str> {
    let mut fields = cpe.strip_prefix("cpe:/").ok_or("unreadable CPE")?.split(':');
    let (_, vendor) = (fields.next(), fields.next());
    if vendor != Some("redhat") {
        return Err(OTHER_PRODUCT);
    }
    let product = fields.next().unwrap_or_default();
    let version = fields.next().unwrap_or_default();
    let edition = fields.nth(1).unwrap_or_default();
    let is_number = |text: &str| {
        (1..=2).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
    };
    let (major, minor) = version.split_once('.').map_or((version, None), |(a, b)| (a, Some(b)));
    let major_of = |text: &str| is_number(text).then(|| text.to_owned()).ok_or("no release");
    match product {
        "enterprise_linux" | "rhel_extras" | "rhel_extras_other" => {
            let release = major_of(major)?;
            let minor = minor.filter(|minor| is_number(minor)).map(|_| version.to_owned());
            let minor = minor.or_else(|| minor_of(id, &release));
            Ok((release, Stream { channel: None, minor, goes_on: false }))
        }
        // Their packages have names of their own, and say only here for which release they are.
        "rhel_software_collections" | "devtools" => {
            let release = major_of(edition.strip_prefix("el").unwrap_or_default())?;
            Ok((release, Stream::default()))
        }
        _ => {
            let name = product.strip_prefix("rhel_").or(product.strip_prefix("enterprise_linux_"));
            let channel = name.and_then(|name| CHANNELS.iter().find(|(known, ..)| *known == name));
            let (_, channel, goes_on) = channel.ok_or(OTHER_PRODUCT)?;
            let release = major_of(major)?;
            if minor.is_some_and(|minor| !is_number(minor)) {
                return Err("no release");
            }
            let channel = Some(format!("{channel}-{version}"));
            Ok((release, Stream { channel, minor: None, goes_on: *goes_on }))
        }
    }
}

/// The minor release that a product's id names: `9.4` of `AppStream-9.4.0.Z.MAIN.EUS`.
fn minor_of(id: &str, release: &str) -> Option<String> {
    id.split('-').find_map(|part| {
        let rest = part.strip_prefix(release)?.strip_prefix('.')?;
        let digits: &str = rest.split('.').next()?;
        let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        (is_number && digits.len() <= 2).then(|| format!("{release}.{digits}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    // CPEs and ids of Red Hat's own documents.
    #[test]
    fn a_product_is_a_release_and_a_line_of_updates() {
        for (cpe, id, expected) in [
            ("cpe:/o:redhat:enterprise_linux:9", "red_hat_enterprise_linux_9", "9 - -"),
            (
                "cpe:/a:redhat:enterprise_linux:9::appstream",
                "AppStream-9.4.0.Z.MAIN.EUS",
                "9 - 9.4",
            ),
            ("cpe:/o:redhat:enterprise_linux:9::baseos", "BaseOS-9.5.0.GA", "9 - 9.5"),
            ("cpe:/a:redhat:enterprise_linux:8::crb", "CRB-8.10.0.Z.MAIN.EUS", "8 - 8.10"),
            ("cpe:/o:redhat:enterprise_linux:7::server", "7Server-optional-7.9.Z", "7 - 7.9"),
            ("cpe:/o:redhat:enterprise_linux:10.0", "AppStream-10.0.Z", "10 - 10.0"),
            ("cpe:/o:redhat:enterprise_linux:10.1", "BaseOS-10.1.Z", "10 - 10.1"),
            ("cpe:/o:redhat:enterprise_linux_eus:10.0", "BaseOS-10.0.Z.E2S", "10 eus-10.0 -"),
            ("cpe:/a:redhat:rhel_eus:9.2::appstream", "AppStream-9.2.0.Z.EUS", "9 eus-9.2 -"),
            ("cpe:/a:redhat:rhel_aus:8.4::appstream", "AppStream-8.4.0.Z.AUS", "8 aus-8.4 -"),
            ("cpe:/o:redhat:rhel_e4s:9.0::baseos", "BaseOS-9.0.0.Z.E4S", "9 e4s-9.0 -"),
            ("cpe:/a:redhat:rhel_tus:8.8::appstream", "AppStream-8.8.0.Z.TUS", "8 tus-8.8 -"),
            (
                "cpe:/a:redhat:rhel_eus_long_life:8.4::appstream",
                "AppStream-8.4.0.Z.EUS.EXTENSION",
                "8 eus-long-life-8.4 -",
            ),
            ("cpe:/o:redhat:rhel_els:7", "7Server-ELS", "7 els-7 - on"),
            ("cpe:/a:redhat:rhel_software_collections:3::el7", "7Server-RHSCL-3.8", "7 - -"),
            (
                "cpe:/a:redhat:rhel_software_collections:3",
                "red_hat_software_collections",
                "no release",
            ),
            ("cpe:/a:redhat:openshift:4.17::el9", "9Base-RHOSE-4.17", OTHER_PRODUCT),
            ("cpe:/a:redhat:rhel_satellite_client:6::el7", "7Server-sat", OTHER_PRODUCT),
            ("cpe:/a:redhat:enterprise_linux_ai:3", "rhel_ai", OTHER_PRODUCT),
            ("cpe:/a:redhat:hummingbird:1", "Red Hat Hardened Images 1", OTHER_PRODUCT),
            ("cpe:/o:suse:sles:15:sp5", "SLES", OTHER_PRODUCT),
            ("cpe:/o:redhat:rhel_eus:9./../x", "x", "no release"),
            ("cpe:/o:redhat:enterprise_linux:", "x", "no release"),
            ("redhat", "x", "unreadable CPE"),
        ] {
            let found = match place(cpe, id) {
                Ok((release, stream)) => {
                    let none = || "-".to_owned();
                    let on = if stream.goes_on { " on" } else { "" };
                    let channel = stream.channel.unwrap_or_else(none);
                    format!("{release} {channel} {}{on}", stream.minor.unwrap_or_else(none))
                }
                Err(why) => why.to_owned(),
            };
            assert_eq!(found, expected, "{cpe} {id}");
        }
    }
}
