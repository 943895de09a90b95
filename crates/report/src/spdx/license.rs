//! Declared licenses as SPDX expressions. What is not on the SPDX list gets an id of this document,
//! with the declared text beside it (clause 10, "Other licensing information detected").

use super::ExtractedLicense;
use crate::license::{self, License};
use crate::sbom::NOASSERTION;
use std::collections::BTreeMap;

/// The licenses of one document that are not on the SPDX list.
#[derive(Default)]
pub(crate) struct Licenses<'a> {
    /// Their numbers, by text.
    numbers: BTreeMap<&'a str, usize>,
}

impl<'a> Licenses<'a> {
    /// All licenses of a package: each of them holds for some part of it.
    pub(crate) fn declared(&mut self, declared: &'a [String]) -> String {
        let mut terms: Vec<String> = Vec::new();
        for text in declared {
            let term = match license::recognize(text) {
                License::Name("" | NOASSERTION | "NONE") => continue,
                License::Id(id) => id.to_owned(),
                License::Expression(expression) if declared.len() > 1 => format!("({expression})"),
                License::Expression(expression) => expression.to_owned(),
                License::Name(name) => {
                    let next = self.numbers.len() + 1;
                    reference(*self.numbers.entry(name).or_insert(next))
                }
            };
            if !terms.contains(&term) {
                terms.push(term);
            }
        }
        if terms.is_empty() { NOASSERTION.to_owned() } else { terms.join(" AND ") }
    }

    /// What the ids of this document stand for.
    pub(crate) fn extracted(self) -> Vec<ExtractedLicense<'a>> {
        let mut extracted: Vec<_> = self.numbers.into_iter().collect();
        extracted.sort_by_key(|(_, number)| *number);
        extracted
            .into_iter()
            .map(|(name, number)| ExtractedLicense {
                license_id: reference(number),
                extracted_text: format!("The package declares the license `{name}`."),
                name,
            })
            .collect()
    }
}

fn reference(number: usize) -> String {
    format!("LicenseRef-{number}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn declared_licenses_become_one_expression() {
        let texts = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect::<Vec<_>>();
        let cases = [
            (texts(&[]), "NOASSERTION"),
            (texts(&["MIT"]), "MIT"),
            (texts(&["MIT OR Apache-2.0"]), "MIT OR Apache-2.0"),
            (texts(&["MIT OR Apache-2.0", "Zlib"]), "(MIT OR Apache-2.0) AND Zlib"),
            (texts(&["public-domain", "MIT", "MIT"]), "LicenseRef-1 AND MIT"),
            (texts(&["Expat", "public-domain"]), "LicenseRef-2 AND LicenseRef-1"),
        ];
        let mut licenses = Licenses::default();
        for (declared, expression) in &cases {
            assert_eq!(licenses.declared(declared), *expression, "{declared:?}");
        }
        let names: Vec<&str> = licenses.extracted().iter().map(|license| license.name).collect();
        assert_eq!(names, ["public-domain", "Expat"]);
    }
}
