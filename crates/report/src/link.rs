//! Where to read about a vulnerability or a license: the pages that their issuers keep.

use crate::license::{self, License};
use lazaret_core::finding::{Finding, Vulnerability};

/// The longest id that gets a link; real ones stay far below.
const ID_MAX: usize = 64;

/// The page about an id, if its issuer has one.
pub(crate) fn of(id: &str) -> Option<String> {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_' | b':');
    if id.len() > ID_MAX || !id.bytes().all(plain) {
        return None;
    }
    let (issuer, _) = id.split_once('-')?;
    Some(match issuer {
        "CVE" => format!("https://nvd.nist.gov/vuln/detail/{id}"),
        "GHSA" => format!("https://github.com/advisories/{id}"),
        "DSA" | "DLA" | "DTSA" | "TEMP" => {
            format!("https://security-tracker.debian.org/tracker/{id}")
        }
        "USN" => format!("https://ubuntu.com/security/notices/{id}"),
        "RUSTSEC" => format!("https://rustsec.org/advisories/{id}.html"),
        "GO" => format!("https://pkg.go.dev/vuln/{id}"),
        "RHSA" | "RHBA" | "RHEA" => format!("https://access.redhat.com/errata/{id}"),
        "ALSA" | "BIT" | "MAL" | "OSV" | "PYSEC" | "RLSA" | "UBUNTU" => {
            format!("https://osv.dev/vulnerability/{id}")
        }
        _ => return None,
    })
}

/// The page about a license, if it is one of the SPDX list.
pub(crate) fn of_license(license: &str) -> Option<String> {
    match license::recognize(license) {
        License::Id(id) => Some(format!("https://spdx.org/licenses/{id}.html")),
        License::Expression(_) | License::Name(_) => None,
    }
}

/// Every id of a finding once: its own first, then the record's and the others.
pub(crate) fn ids<'a>(finding: &'a Finding, vulnerability: &'a Vulnerability) -> Vec<&'a str> {
    let mut ids = vec![finding.id.as_str()];
    let others = vulnerability.aliases.iter().map(String::as_str);
    for id in std::iter::once(vulnerability.reason.record.as_str()).chain(others) {
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    ids
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_leads_to_its_issuer() {
        for (id, url) in [
            ("CVE-2024-5535", Some("https://nvd.nist.gov/vuln/detail/CVE-2024-5535")),
            ("GHSA-x5rq-j2xg-h7qm", Some("https://github.com/advisories/GHSA-x5rq-j2xg-h7qm")),
            ("DSA-5865-1", Some("https://security-tracker.debian.org/tracker/DSA-5865-1")),
            ("RUSTSEC-2021-0003", Some("https://rustsec.org/advisories/RUSTSEC-2021-0003.html")),
            ("GO-2023-1571", Some("https://pkg.go.dev/vuln/GO-2023-1571")),
            ("RHSA-2023:1405", Some("https://access.redhat.com/errata/RHSA-2023:1405")),
            ("CVE-2024-1/../x", None),
            ("CVE-2024-1)[x](y", None),
            ("what", None),
        ] {
            assert_eq!(of(id).as_deref(), url, "{id}");
        }
    }
}
