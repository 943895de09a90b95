//! CPE 2.3 names in their formatted form (NIST IR 7695, 6.2).

/// The attributes of a name that are looked at, without escapes and in lower case.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Cpe {
    /// `a` for programs, `o` for operating systems, `h` for hardware.
    pub(super) part: String,
    pub(super) vendor: String,
    pub(super) product: String,
    /// `*` for any version, `-` for none.
    pub(super) version: String,
    pub(super) update: String,
    /// What the program runs on.
    pub(super) target: String,
}

/// Attributes of a name behind `cpe:2.3`.
const ATTRIBUTES: usize = 11;

/// Reads a name.
pub(super) fn parse(text: &str) -> Option<Cpe> {
    let mut parts = split(text.strip_prefix("cpe:2.3:")?).into_iter();
    if parts.len() != ATTRIBUTES {
        return None;
    }
    let mut next = || parts.next().unwrap_or_default();
    let (part, vendor, product) = (next(), next(), next());
    let (version, update) = (next(), next());
    let (_edition, _language, _software_edition) = (next(), next(), next());
    let target = next();
    let is_named = !vendor.is_empty() && !product.is_empty();
    is_named.then_some(Cpe { part, vendor, product, version, update, target })
}

/// The parts between colons that no backslash stands before.
fn split(text: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        let letter = match letter {
            ':' => {
                // One more than there are, and it is no name.
                if parts.len() > ATTRIBUTES {
                    return parts;
                }
                parts.push(String::new());
                continue;
            }
            '\\' => letters.next().unwrap_or('\\'),
            letter => letter,
        };
        if let Some(part) = parts.last_mut() {
            part.extend(letter.to_lowercase());
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_taken_apart() {
        let cpe = parse(r"cpe:2.3:a:OpenSSL:openssl:1.0.2:beta1:*:*:*:linux:*:*").unwrap();
        assert_eq!((cpe.part.as_str(), cpe.vendor.as_str()), ("a", "openssl"));
        assert_eq!((cpe.version.as_str(), cpe.update.as_str()), ("1.0.2", "beta1"));
        assert_eq!(cpe.target, "linux");
        let cpe = parse(r"cpe:2.3:a:a\:b:c\+\+:1.0\-x:*:*:*:*:*:*:*").unwrap();
        assert_eq!((cpe.vendor.as_str(), cpe.product.as_str()), ("a:b", "c++"));
        assert_eq!(cpe.version, "1.0-x");
    }

    #[test]
    fn what_is_no_name_is_none() {
        for text in [
            "",
            "cpe:/a:openssl:openssl:1.0.2",
            "cpe:2.3:a:openssl:openssl:1.0.2",
            "cpe:2.3:a:::1:*:*:*:*:*:*:*",
            "cpe:2.3:a:b:c:1:*:*:*:*:*:*:*:*",
            r"cpe:2.3:a:b:c:1:*:*:*:*:*:*\",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
