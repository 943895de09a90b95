//! One license by its name, in the spellings that are around.

use super::expression::{Expression, Term};
use super::table::{EXCEPTIONS, NAMES, REPLACED};
use spdx::identifiers::LICENSES;
use std::collections::HashMap;
use std::sync::LazyLock;

/// A name's words: runs of letters, numbers without a `.0` at their end, and `+`. Words that say
/// only that it is a license are left out.
fn key(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut characters = text.chars().peekable();
    while let Some(first) = characters.next() {
        if first == '+' {
            words.push("+".to_owned());
            continue;
        }
        if !first.is_ascii_alphanumeric() {
            continue;
        }
        let is_number = first.is_ascii_digit();
        let mut word = String::from(first.to_ascii_lowercase());
        while let Some(next) = characters.next_if(|next| {
            if is_number {
                next.is_ascii_digit() || *next == '.'
            } else {
                next.is_ascii_alphabetic()
            }
        }) {
            word.push(next.to_ascii_lowercase());
        }
        if is_number {
            let bare = word.trim_end_matches('.');
            let length = bare.strip_suffix(".0").unwrap_or(bare).len();
            word.truncate(length);
        } else if characters.peek().is_some_and(char::is_ascii_digit) && word.ends_with('v') {
            // The version's `v`, as in `GPLv2`.
            word.pop();
        }
        if word.is_empty()
            || matches!(
                word.as_str(),
                "the"
                    | "license"
                    | "licence"
                    | "licenses"
                    | "licensed"
                    | "version"
                    | "v"
                    | "ver"
                    | "under"
            )
        {
            continue;
        }
        words.push(word);
    }
    words
}

/// The table and the full names of the list, by their words.
static BY_KEY: LazyLock<HashMap<String, &'static str>> = LazyLock::new(|| {
    let listed = LICENSES.iter().filter(|license| !is_absence(license.name));
    let full = listed.map(|license| (key(license.full_name).join(" "), license.name));
    let table = NAMES.iter().map(|(words, license)| ((*words).to_owned(), *license));
    full.chain(table).filter(|(words, _)| !words.is_empty()).collect()
});

/// The ids of the list, by themselves in lower case.
static BY_ID: LazyLock<HashMap<String, &'static str>> = LazyLock::new(|| {
    let listed = LICENSES.iter().filter(|license| !is_absence(license.name));
    listed.map(|license| (license.name.to_ascii_lowercase(), license.name)).collect()
});

/// Words of SPDX for the absence of a license.
fn is_absence(id: &str) -> bool {
    matches!(id, "NOASSERTION" | "NONE")
}

/// The longest text that is taken for a name, in bytes. The longest full name of the list has 100.
const NAME_BYTES_MAX: usize = 200;

/// Recognizes one license.
pub(super) fn license(text: &str) -> Option<Expression> {
    let text = text.trim().trim_matches(['"', '\'', '`']);
    if text.is_empty() || text.len() > NAME_BYTES_MAX {
        return None;
    }
    // PyPI's classifiers end in the name.
    let text = text.rsplit(" :: ").next().unwrap_or(text);
    by_id(text).or_else(|| by_name(text)).or_else(|| by_address(text)).or_else(|| {
        // `Mozilla Public License 2.0 (MPL 2.0)` says it twice.
        let (before, inside) = text.strip_suffix(')')?.split_once('(')?;
        if ends_in_joint(before) {
            return None;
        }
        let known = by_name(before)?;
        let again = by_id(inside).or_else(|| by_name(inside));
        again.is_none_or(|again| is_alike(&again, &known)).then_some(known)
    })
}

/// Whether something else follows, as in `GPL-2.0 AND (MIT OR BSD-3-Clause)`.
fn ends_in_joint(text: &str) -> bool {
    let text = text.trim_end();
    let word = text.rsplit(char::is_whitespace).next().unwrap_or(text);
    ["and", "or", "and/or", "with", "w/"].iter().any(|joint| word.eq_ignore_ascii_case(joint))
        || text.ends_with([',', ';', '&', '|', '/'])
}

/// Whether two readings name the same license, versions aside.
fn is_alike(one: &Expression, other: &Expression) -> bool {
    let family = |found: &Expression| match found {
        Expression::License(term) => term.license.split('-').next().map(str::to_owned),
        _ => None,
    };
    family(one) == family(other)
}

fn listed(license: impl Into<String>) -> Expression {
    Expression::License(Term { license: license.into(), is_listed: true, exception: None })
}

fn by_id(text: &str) -> Option<Expression> {
    if let Some(own) =
        text.strip_prefix("LicenseRef-").or_else(|| text.strip_prefix("DocumentRef-"))
    {
        let is_plain = own.bytes().all(|b| b.is_ascii_alphanumeric() || b"-.:+".contains(&b));
        let license = text.to_owned();
        let term = Term { license, is_listed: false, exception: None };
        return is_plain.then_some(Expression::License(term));
    }
    let bare = text.trim_end_matches('+');
    let is_later = bare.len() < text.len();
    BY_ID.get(&bare.to_ascii_lowercase()).map(|id| canonical(id, is_later))
}

/// A license of the list under the id that is used today.
fn canonical(id: &str, is_later: bool) -> Expression {
    if let Some((_, license, with)) = REPLACED.iter().find(|(old, _, _)| *old == id) {
        let term = Term {
            license: (*license).to_owned(),
            is_listed: true,
            exception: Some((*with).to_owned()),
        };
        return Expression::License(term);
    }
    let is_gnu = ["GPL-", "LGPL-", "AGPL-", "GFDL-"].iter().any(|family| id.starts_with(family));
    let base = id.strip_suffix("-only").unwrap_or(id);
    let base = base.strip_suffix("-or-later").unwrap_or(base).trim_end_matches('+');
    let is_later = is_later || id.ends_with("-or-later") || id.ends_with('+');
    match (is_gnu, is_later) {
        (true, true) => listed(format!("{base}-or-later")),
        (true, false) => listed(format!("{base}-only")),
        (false, true) => listed(format!("{id}+")),
        (false, false) => listed(id),
    }
}

fn by_name(text: &str) -> Option<Expression> {
    let words = key(text);
    if let Some(found) = gnu(&words).or_else(|| creative_commons(&words)) {
        return Some(found);
    }
    let (words, is_later) = match words.as_slice() {
        [words @ .., last] if last == "+" => (words, true),
        [words @ .., or, later] if or == "or" && later == "later" => (words, true),
        words => (words, false),
    };
    let id = BY_KEY.get(&words.join(" "))?;
    Some(match *id {
        "public domain" => Expression::License(Term {
            license: "LicenseRef-public-domain".to_owned(),
            is_listed: false,
            exception: None,
        }),
        "perl" => Expression::Or(vec![listed("Artistic-1.0-Perl"), listed("GPL-1.0-or-later")]),
        id => canonical(id, is_later),
    })
}

/// The GNU licenses, with their versions.
fn gnu(words: &[String]) -> Option<Expression> {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let rest = words.strip_prefix(&["gnu"]).unwrap_or(&words);
    let families: [(&[&str], &str); 14] = [
        (&["general", "public"], "GPL"),
        (&["gpl"], "GPL"),
        (&["lesser", "general", "public"], "LGPL"),
        (&["library", "general", "public"], "LGPL"),
        (&["library", "or", "lesser", "general", "public"], "LGPL"),
        (&["lesser", "public"], "LGPL"),
        (&["lesser"], "LGPL"),
        (&["lgpl"], "LGPL"),
        (&["affero", "general", "public"], "AGPL"),
        (&["affero", "gpl"], "AGPL"),
        (&["agpl"], "AGPL"),
        (&["free", "documentation"], "GFDL"),
        (&["gfdl"], "GFDL"),
        (&["fdl"], "GFDL"),
    ];
    let (rest, family) =
        families.iter().find_map(|(name, family)| Some((rest.strip_prefix(*name)?, *family)))?;
    let mut version = None;
    let mut is_later = false;
    for word in rest {
        match *word {
            "+" | "later" | "newer" | "greater" | "above" | "higher" => is_later = true,
            "or" | "and" | "any" | "at" | "your" | "option" | "only" | "public" | "general" => {}
            again if again.eq_ignore_ascii_case(family) => {}
            number if number.starts_with(|c: char| c.is_ascii_digit()) => {
                if version.is_some_and(|known| known != number) {
                    return None;
                }
                version = Some(number);
            }
            _ => return None,
        }
    }
    let (base, is_later) = match (family, version) {
        // Without a version, any that was ever published may be chosen, as the licenses say.
        ("GPL", None) => ("GPL-1.0", true),
        ("GPL", Some("1")) => ("GPL-1.0", is_later),
        ("GPL", Some("2")) => ("GPL-2.0", is_later),
        ("GPL", Some("3")) => ("GPL-3.0", is_later),
        ("LGPL", None) => ("LGPL-2.0", true),
        ("LGPL", Some("2")) => ("LGPL-2.0", is_later),
        ("LGPL", Some("2.1")) => ("LGPL-2.1", is_later),
        ("LGPL", Some("3")) => ("LGPL-3.0", is_later),
        ("AGPL", None) => ("AGPL-3.0", true),
        ("AGPL", Some("1")) => ("AGPL-1.0", is_later),
        ("AGPL", Some("3")) => ("AGPL-3.0", is_later),
        ("GFDL", None) => ("GFDL-1.1", true),
        ("GFDL", Some("1.1")) => ("GFDL-1.1", is_later),
        ("GFDL", Some("1.2")) => ("GFDL-1.2", is_later),
        ("GFDL", Some("1.3")) => ("GFDL-1.3", is_later),
        _ => return None,
    };
    Some(canonical(base, is_later))
}

/// The licenses of Creative Commons: `CC BY-NC 4.0`, `Creative Commons Attribution 3.0`.
fn creative_commons(words: &[String]) -> Option<Expression> {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let rest =
        words.strip_prefix(&["cc"]).or_else(|| words.strip_prefix(&["creative", "commons"]))?;
    let mut id = String::from("CC");
    let mut version = None;
    for word in rest {
        let part = match *word {
            "by" | "attribution" => "-BY",
            "nc" | "noncommercial" => "-NC",
            "nd" | "noderivatives" | "noderivs" => "-ND",
            "sa" | "sharealike" => "-SA",
            "international" | "unported" | "generic" | "public" | "non" | "commercial"
            | "share" | "alike" => continue,
            number if number.starts_with(|c: char| c.is_ascii_digit()) && version.is_none() => {
                version = Some(number);
                continue;
            }
            _ => return None,
        };
        if !id.ends_with(part) {
            id.push_str(part);
        }
    }
    let version = version?;
    let tail = if version.contains('.') { "" } else { ".0" };
    by_id(&format!("{id}-{version}{tail}")).filter(|_| id.contains("-BY"))
}

/// Licenses by the address of their text.
fn by_address(text: &str) -> Option<Expression> {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"))?;
    let rest = rest.strip_prefix("www.").unwrap_or(rest).trim_end_matches('/');
    let lower = rest.to_ascii_lowercase();
    let (host, path) = lower.split_once('/')?;
    if host == "creativecommons.org" {
        let words = path.strip_prefix("licenses/").map(|rest| format!("cc {rest}"));
        return match words {
            Some(words) => by_name(&words),
            None => path.starts_with("publicdomain/zero/").then(|| listed("CC0-1.0")),
        };
    }
    let last = path.rsplit('/').next().unwrap_or(path);
    let last = [".html", ".txt", ".php", ".md", ".en"]
        .iter()
        .fold(last, |last, ending| last.strip_suffix(ending).unwrap_or(last));
    match (host, last) {
        ("apache.org", "license-2.0") => Some(listed("Apache-2.0")),
        ("apache.org", "license-1.1") => Some(listed("Apache-1.1")),
        ("eclipse.org", "epl-v10") => Some(listed("EPL-1.0")),
        ("eclipse.org", "epl-v20" | "epl-2.0") => Some(listed("EPL-2.0")),
        ("eclipse.org", "edl-v10") => Some(listed("BSD-3-Clause")),
        ("mozilla.org", "2.0") => Some(listed("MPL-2.0")),
        ("mozilla.org", "1.1" | "mpl-1.1") => Some(listed("MPL-1.1")),
        ("boost.org", "license_1_0") => Some(listed("BSL-1.0")),
        ("unlicense.org", _) => Some(listed("Unlicense")),
        (
            "opensource.org" | "spdx.org" | "gnu.org" | "choosealicense.com" | "licenses.nuget.org"
            | "fsf.org",
            name,
        ) => by_id(name).or_else(|| by_name(name)),
        _ => None,
    }
}

/// Recognizes an exception: its id.
pub(super) fn exception(text: &str) -> Option<&'static str> {
    let listed = spdx::identifiers::EXCEPTIONS.iter().find(|e| e.name.eq_ignore_ascii_case(text));
    listed.map(|exception| exception.name).or_else(|| {
        let words = key(text).join(" ");
        EXCEPTIONS.iter().find(|(name, _)| *name == words).map(|(_, id)| *id)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_name_what_spdx_lists() {
        for (words, id) in NAMES {
            assert_eq!(key(words).join(" "), *words, "{id}");
            assert!(
                spdx::license_id(id).is_some() || matches!(*id, "perl" | "public domain"),
                "{id}"
            );
        }
        for (words, id) in EXCEPTIONS {
            assert_eq!(key(words).join(" "), *words, "{id}");
            assert!(spdx::exception_id(id).is_some(), "{id}");
        }
        for (old, license, with) in REPLACED {
            for id in [old, license] {
                assert!(spdx::license_id(id).is_some(), "{id}");
            }
            assert!(spdx::exception_id(with).is_some(), "{with}");
        }
    }

    #[test]
    fn two_names_that_differ_are_not_one() {
        for text in ["GPL 2 3", "Mozilla Public License 2.0 (GPL)", "GPL 4", "CC 4.0", "Apache MIT"]
        {
            assert_eq!(license(text), None, "{text}");
        }
    }
}
