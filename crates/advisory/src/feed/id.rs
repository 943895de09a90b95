//! Vulnerability ids as people type them.

/// The ids one text names.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Ids {
    /// CVE ids, in the order of the text.
    pub(super) cves: Vec<String>,
    /// Other ids, such as `XSA-123` or `GHSA-…`, in the order of the text.
    pub(super) others: Vec<String>,
}

/// Longest text taken for an id; the longest real ones have some 40 characters.
const ID_BYTES_MAX: usize = 64;

/// Finds the ids in a text such as `CVE-2018-3639  XSA-263` or `CVE-2018-14466 (AFS/RX)`.
///
/// Remarks in parentheses are dropped, and so are placeholders for ids that were never filled in
/// (`CVE-????-?????`). What is no well-formed CVE id and cannot be mended for certain is kept as
/// it is, as long as it looks like an id at all.
pub(super) fn ids_in(text: &str) -> Ids {
    let mut ids = Ids::default();
    let plain = without_remarks(text);
    let mut words = plain
        .split(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '/' | '"'))
        .filter(|word| !word.is_empty())
        .peekable();
    while let Some(word) = words.next() {
        // "CVE 2025-48379": the hyphen was forgotten.
        let joined = (word.eq_ignore_ascii_case("CVE"))
            .then(|| words.peek().map(|next| format!("CVE-{next}")))
            .flatten()
            .and_then(|id| cve(&id));
        if let Some(id) = joined {
            words.next();
            push(&mut ids.cves, id);
        } else if let Some(id) = cve(word) {
            push(&mut ids.cves, id);
        } else if !is_placeholder(word) && looks_like_id(word) {
            push(&mut ids.others, word.to_owned());
        }
    }
    ids
}

fn push(ids: &mut Vec<String>, id: String) {
    if !ids.contains(&id) {
        ids.push(id);
    }
}

/// The text up to, between and after remarks in parentheses.
fn without_remarks(text: &str) -> String {
    let mut depth = 0_u32;
    text.chars()
        .filter(|c| match c {
            '(' => {
                depth = depth.saturating_add(1);
                false
            }
            ')' => {
                depth = depth.saturating_sub(1);
                false
            }
            _ => depth == 0,
        })
        .collect()
}

/// The CVE ids a sentence names, wherever they stand in it, in its order.
pub(super) fn cves_in_prose(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let part_of_id = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    for word in text.split(|c: char| !part_of_id(c)) {
        if let Some(id) = cve(word) {
            push(&mut found, id);
        }
    }
    found
}

/// A CVE id in its normal form, if the word is one.
///
/// Lower case, underscores, the `CAN-` of the years up to 2005 and what follows the number after
/// another sign (`CVE-2021-35940.patch`, `CVE-2017-17434-1`) leave no doubt which id is meant.
pub(super) fn cve(word: &str) -> Option<String> {
    let (prefix, rest) = word.split_at_checked(4)?;
    let normal = prefix.to_ascii_uppercase().replace('_', "-");
    if normal != "CVE-" && normal != "CAN-" {
        return None;
    }
    let (year, rest) = rest.split_at_checked(4)?;
    let rest = rest.strip_prefix(['-', '_'])?;
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let (number, tail) = rest.split_at_checked(digits)?;
    let tail_is_separate = tail.bytes().next().is_none_or(|byte| !byte.is_ascii_alphanumeric());
    let plausible = year.bytes().all(|byte| byte.is_ascii_digit())
        && (4..=19).contains(&number.len())
        && tail_is_separate
        && tail.is_ascii();
    plausible.then(|| format!("CVE-{year}-{number}"))
}

/// An id that was reserved in the text and never filled in.
fn is_placeholder(word: &str) -> bool {
    word.contains('?') || word.to_ascii_uppercase().contains("XXX") || word == "N"
}

fn looks_like_id(word: &str) -> bool {
    word.len() <= ID_BYTES_MAX
        && word.bytes().next().is_some_and(|byte| byte.is_ascii_alphabetic())
        && (word.starts_with("GHSA-") || word.bytes().any(|byte| byte.is_ascii_digit()))
        && word
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b':'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_found_whatever_surrounds_them() {
        for (text, cves, others) in [
            ("CVE-2021-30473", &["CVE-2021-30473"][..], &[][..]),
            ("CVE-2018-3639   XSA-263", &["CVE-2018-3639"], &["XSA-263"]),
            (
                "CVE-2019-17349 CVE-2019-17350 XSA-295",
                &["CVE-2019-17349", "CVE-2019-17350"],
                &["XSA-295"],
            ),
            ("CVE-2026-48785 / GHSA-cr2j-534f-mf3g", &["CVE-2026-48785"], &["GHSA-cr2j-534f-mf3g"]),
            (
                "ELEMENTSEC-2026-1071, GHSA-fp53-rw9v-hcf9",
                &[],
                &["ELEMENTSEC-2026-1071", "GHSA-fp53-rw9v-hcf9"],
            ),
            ("CVE-2018-14466 (AFS/RX)", &["CVE-2018-14466"], &[]),
            ("CVE-2019-1234 (+ some)", &["CVE-2019-1234"], &[]),
            ("CVE-2019-1234 (unclosed", &["CVE-2019-1234"], &[]),
            ("CVE_2019_1234", &["CVE-2019-1234"], &[]),
            ("cve-2019-1234", &["CVE-2019-1234"], &[]),
            ("CAN-2004-0001", &["CVE-2004-0001"], &[]),
            ("CVE 2025-48379", &["CVE-2025-48379"], &[]),
            ("CVE-2021-35940.patch", &["CVE-2021-35940"], &[]),
            ("CVE-2017-17434-1", &["CVE-2017-17434"], &[]),
            ("CVE-2017-17434-1 CVE-2017-17434-2", &["CVE-2017-17434"], &[]),
            ("CVE-????-????? XSA-312", &[], &["XSA-312"]),
            ("CVE-2025-XXXXX VSV00016", &[], &["VSV00016"]),
            ("CVE N/A ZBX-11023", &[], &["ZBX-11023"]),
            // No year: which CVE is meant cannot be told, so the text stays as it is.
            ("CVE-46838", &[], &["CVE-46838"]),
            ("CVE-2019-12ab", &[], &["CVE-2019-12ab"]),
            // Some of GitHub's have no digit.
            ("GHSA-vvjp-cfgh-mpqr", &[], &["GHSA-vvjp-cfgh-mpqr"]),
            ("not an id at all", &[], &[]),
            ("", &[], &[]),
            ("ÜÜÜ-2019-1234", &[], &[]),
        ] {
            let ids = ids_in(text);
            assert_eq!((&ids.cves[..], &ids.others[..]), (&owned(cves)[..], &owned(others)[..]));
        }
    }

    #[test]
    fn sentences_name_ids_among_other_words() {
        let text = "Fixes HTTP/3 (CVE-2024-24989, CVE-2024-24990). See [CVE-2024-24989](x).";
        assert_eq!(cves_in_prose(text), ["CVE-2024-24989", "CVE-2024-24990"]);
        assert_eq!(cves_in_prose("CVE-2022-37436 httpd: mod_proxy"), ["CVE-2022-37436"]);
        assert_eq!(cves_in_prose("no CVE here, nor CVE-20 ü"), [""; 0]);
    }

    fn owned(ids: &[&str]) -> Vec<String> {
        ids.iter().map(|id| (*id).to_owned()).collect()
    }
}
