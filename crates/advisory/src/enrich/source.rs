//! Who states a severity: the names reports and `--vuln-severity-source` have for sources, which
//! are Trivy's where it has one.

/// Every source. Their order decides only when neither the source that judged nor the NVD has a
/// word: the first that has one is believed, as Trivy does it. A source's place is its number in
/// the database, so new ones go to the end.
pub const SOURCES: [&str; 33] = [
    "nvd",
    "redhat",
    "debian",
    "ubuntu",
    "alpine",
    "amazon",
    "oracle-oval",
    "suse-cvrf",
    "photon",
    "arch-linux",
    "alma",
    "rocky",
    "cbl-mariner",
    "azure",
    "ruby-advisory-db",
    "php-security-advisories",
    "nodejs-security-wg",
    "ghsa",
    "glad",
    "aqua",
    "osv",
    "k8s",
    "wolfi",
    "chainguard",
    "bitnami",
    "govulndb",
    "julia",
    "bottlerocket",
    "echo",
    "minimos",
    "rootio",
    "rapidfort",
    "fedora",
];

/// The word for "choose as without the flag".
pub(crate) const AUTO: &str = "auto";

/// A word that names no source of severities.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no source of severities: expected auto or one of {names}", names = SOURCES.join(", "))]
pub struct SourceError(pub String);

/// The source a word of `--vuln-severity-source` names, or `auto`.
pub fn severity_source(word: &str) -> Result<&'static str, SourceError> {
    match word {
        AUTO => return Ok(AUTO),
        // Red Hat's two feeds say the same.
        "redhat-oval" => return Ok("redhat"),
        _ => {}
    }
    let known = SOURCES.iter().find(|source| **source == word);
    known.copied().ok_or_else(|| SourceError(word.to_owned()))
}

/// The source of a record, from the segment it is in and its id there.
pub(crate) fn of_record(segment: &str, record: &str) -> &'static str {
    if record.starts_with("GHSA-") {
        return "ghsa";
    }
    if record.starts_with("GO-") {
        return "govulndb";
    }
    if record.starts_with("MAL-") {
        return "osv";
    }
    let family = segment.split_once('-').map_or(segment, |(family, _)| family);
    match family {
        "almalinux" => "alma",
        "alpine" => "alpine",
        "amazon" => "amazon",
        "arch" => "arch-linux",
        "azurelinux" => "azure",
        "bitnami" => "bitnami",
        "bottlerocket" => "bottlerocket",
        "chainguard" => "chainguard",
        "debian" => "debian",
        "echo" => "echo",
        "fedora" => "fedora",
        "go" => "govulndb",
        "julia" => "julia",
        "mariner" => "cbl-mariner",
        "minimos" => "minimos",
        "nvd" => "nvd",
        "oracle" => "oracle-oval",
        "photon" => "photon",
        "rhel" => "redhat",
        "rocky" => "rocky",
        "opensuse" | "sl" | "sle" | "sles" => "suse-cvrf",
        "ubuntu" => "ubuntu",
        "wolfi" => "wolfi",
        "packagist" => "php-security-advisories",
        "rubygems" => "ruby-advisory-db",
        "programs" if record.starts_with("CVE-") => "nvd",
        _ => "osv",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_of_their_source() {
        for (segment, record, expected) in [
            ("ubuntu-22.04", "CVE-2024-1", "ubuntu"),
            ("rhel-9", "CVE-2024-1", "redhat"),
            ("opensuse-leap-15.5", "CVE-2024-1", "suse-cvrf"),
            ("sle-micro-5.5", "CVE-2024-1", "suse-cvrf"),
            ("almalinux-9", "CVE-2024-1", "alma"),
            ("wolfi", "CVE-2024-1", "wolfi"),
            ("npm", "GHSA-jfh8-c2jp-5v3q", "ghsa"),
            ("npm", "MAL-2024-1", "osv"),
            ("crates.io", "RUSTSEC-2024-0001", "osv"),
            ("go", "GO-2024-2687", "govulndb"),
            ("programs", "CVE-2022-0778", "nvd"),
            ("programs", "NODE-164", "osv"),
            ("fedora-40", "FEDORA-2024-1", "fedora"),
            ("rubygems", "MAL-2024-1", "osv"),
            ("packagist", "CVE-2024-1", "php-security-advisories"),
        ] {
            assert_eq!(of_record(segment, record), expected, "{segment} {record}");
            assert!(SOURCES.contains(&expected));
        }
    }

    #[test]
    fn words_of_the_flag_name_sources() {
        assert_eq!(severity_source("ghsa"), Ok("ghsa"));
        assert_eq!(severity_source("redhat-oval"), Ok("redhat"));
        assert_eq!(severity_source("auto"), Ok("auto"));
        let error = severity_source("nist").unwrap_err().to_string();
        assert!(
            error.starts_with("`nist` is no source of severities: expected auto or one of nvd")
        );
    }
}
