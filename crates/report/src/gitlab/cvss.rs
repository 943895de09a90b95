//! CVSS vectors as GitLab takes them: one it does not take has the whole report refused.

use super::model::Vector;
use lazaret_core::finding::Vulnerability;

/// Vectors of one finding, by the schema.
const VECTORS_MAX: usize = 10;
/// Characters of a vector, by the schema; all that is required has 32 or more.
const CHARS: std::ops::RangeInclusive<usize> = 32..=128;

/// The metrics of CVSS 3 that the schema lists, each with its values.
const METRICS: [(&str, &str); 22] = [
    ("AV", "NALP"),
    ("AC", "LH"),
    ("PR", "NLH"),
    ("UI", "NR"),
    ("S", "UC"),
    ("C", "NLH"),
    ("I", "NLH"),
    ("A", "NLH"),
    ("E", "XUPFH"),
    ("RL", "XOTWU"),
    ("RC", "XURC"),
    ("CR", "XLMH"),
    ("IR", "XLMH"),
    ("AR", "XLMH"),
    ("MAV", "XNALP"),
    ("MAC", "XLH"),
    ("MPR", "XNLH"),
    ("MUI", "XNR"),
    ("MS", "XUC"),
    ("MC", "XNLH"),
    ("MI", "XNLH"),
    ("MA", "XNLH"),
];

/// The vectors of version 3 that a finding has, each with who issued it.
pub(super) fn vectors(found: &Vulnerability) -> Vec<Vector<'_>> {
    found
        .scores
        .iter()
        .filter(|score| is_taken(&score.vector))
        .map(|score| {
            let vendor = score.source.as_deref().filter(|source| !source.is_empty());
            Vector { vendor: vendor.unwrap_or("unknown"), vector: &score.vector }
        })
        .take(VECTORS_MAX)
        .collect()
}

fn is_taken(vector: &str) -> bool {
    let metrics = vector.strip_prefix("CVSS:3.0/").or_else(|| vector.strip_prefix("CVSS:3.1/"));
    let is_metric = |metric: &str| {
        metric.split_once(':').is_some_and(|(name, value)| {
            value.len() == 1
                && METRICS.iter().any(|(known, values)| *known == name && values.contains(value))
        })
    };
    CHARS.contains(&vector.len())
        && metrics.is_some_and(|metrics| metrics.split('/').all(is_metric))
}

#[cfg(test)]
mod tests {
    use super::is_taken;

    #[test]
    fn only_vectors_that_the_schema_takes_pass() {
        for (vector, taken) in [
            ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", true),
            ("CVSS:3.0/AV:P/AC:H/PR:L/UI:R/S:C/C:N/I:L/A:N/E:X/RL:O/RC:C", true),
            ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/", false),
            ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:Z", false),
            ("CVSS:3.2/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", false),
            ("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", false),
            ("AV:N/AC:L/Au:N/C:P/I:P/A:P", false),
            ("CVSS:3.1/AV:N", false),
            ("", false),
        ] {
            assert_eq!(is_taken(vector), taken, "{vector}");
        }
    }
}
