//! Severities as sources state them: CVSS vectors and words.

use cvss::Cvss;
use lazaret_core::advisory::Score;
use lazaret_core::severity::Severity;

/// The metrics without which a vector has no base score (CVSS v2.0 guide, 2.1; v3.1, 2; v4.0, 2).
const MANDATORY: [(&str, &[&str]); 3] = [
    ("CVSS:4.", &["AV", "AC", "AT", "PR", "UI", "VC", "VI", "VA", "SC", "SI", "SA"]),
    ("CVSS:3.", &["AV", "AC", "PR", "UI", "S", "C", "I", "A"]),
    ("", &["AV", "AC", "Au", "C", "I", "A"]),
];

/// A CVSS vector of any version with its score, if the text is a complete one.
pub(crate) fn vector(text: &str) -> Option<Score> {
    let score = text.parse::<Cvss>().ok()?.score();
    let (_, mandatory) = MANDATORY.iter().find(|(prefix, _)| text.starts_with(prefix))?;
    // The library scores an incomplete vector 0.0, which would read as harmless.
    let complete = mandatory.iter().all(|metric| {
        let mut parts = text.split('/').filter_map(|part| part.split_once(':'));
        parts.any(|(name, _)| name == *metric)
    });
    complete.then(|| Score { vector: text.to_owned(), score, source: None })
}

/// A severity in words; GitHub says `MODERATE` for medium.
pub(crate) fn word(text: &str) -> Option<Severity> {
    if text.trim().eq_ignore_ascii_case("moderate") {
        return Some(Severity::Medium);
    }
    text.parse().ok().filter(|severity| *severity != Severity::Unknown)
}

#[cfg(test)]
mod tests {
    use super::*;

    // Scores by FIRST's own calculators.
    #[test]
    fn complete_vectors_have_their_base_score() {
        for (text, expected) in [
            ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", Some(9.8)),
            ("CVSS:3.0/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N", Some(6.1)),
            ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N", Some(0.0)),
            ("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", Some(9.3)),
            ("AV:N/AC:L/Au:N/C:C/I:C/A:C", Some(10.0)),
            ("CVSS:3.1/AV:N", None),
            ("CVSS:4.0/AV:N/AC:L", None),
            ("AV:N/AC:L", None),
            ("CVSS:9.0/AV:N", None),
            ("7.5", None),
            ("", None),
        ] {
            assert_eq!(vector(text).map(|score| score.score), expected, "{text}");
        }
    }

    #[test]
    fn words_are_severities_in_any_case() {
        assert_eq!(word("MODERATE"), Some(Severity::Medium));
        assert_eq!(word("high"), Some(Severity::High));
        assert_eq!(word("unknown"), None);
        assert_eq!(word("dire"), None);
    }
}
