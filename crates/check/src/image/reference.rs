//! What the name of an image says, and the ports it exposes.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

/// The tag in a name; none where there is none.
pub(super) fn tag(reference: &str) -> Option<&str> {
    let name = reference.split('@').next().unwrap_or(reference);
    // A colon before the last slash is a port's.
    let last = name.rsplit('/').next().unwrap_or(name);
    last.split_once(':').map(|(_, tag)| tag)
}

/// Whether a name is pinned by a digest.
pub(super) fn is_pinned(reference: &str) -> bool {
    reference.split_once('@').is_some_and(|(_, digest)| digest.contains(':'))
}

/// The ports of `8080`, `8080/tcp` or `8000-8010/udp`; none where it is no such text.
pub(super) fn ports(text: &str) -> Option<RangeInclusive<u32>> {
    let (numbers, protocol) = text.split_once('/').unwrap_or((text, "tcp"));
    if !matches!(protocol, "tcp" | "udp" | "sctp" | "TCP" | "UDP" | "SCTP") {
        return None;
    }
    let (first, last) = numbers.split_once('-').unwrap_or((numbers, numbers));
    Some(first.parse().ok()?..=last.parse().ok()?)
}

/// The line of the history that exposes a port, of what the lines of `EXPOSE` name. Those of the
/// classic builder leave the protocol out as the Dockerfile did.
pub(super) fn exposed_by(lines: &BTreeMap<&str, u32>, port: &str) -> Option<u32> {
    let bare = port.strip_suffix("/tcp").unwrap_or(port);
    lines.get(port).or_else(|| lines.get(bare)).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_is_no_tag() {
        for (reference, expected) in [
            ("alpine", None),
            ("alpine:3.20", Some("3.20")),
            ("localhost:5000/alpine", None),
            ("localhost:5000/alpine:latest", Some("latest")),
            ("alpine@sha256:ab", None),
            ("alpine:3@sha256:ab", Some("3")),
        ] {
            assert_eq!(tag(reference), expected, "{reference}");
        }
        assert!(is_pinned("alpine:3@sha256:ab") && !is_pinned("alpine:3"));
    }
}
