//! How much of a burden a license is.

use super::expression::{Expression, Term};
use super::table::REPLACED;
use lazaret_core::severity::Severity;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

/// What using software under a license asks for, the heaviest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Class {
    /// It cannot be used in a product, or asks for the source of everything around it.
    Forbidden,
    /// It asks for the source of what it becomes a part of.
    Restricted,
    /// It asks for the source of changes that are made to it.
    Reciprocal,
    /// Nobody has said.
    Unknown,
    /// It asks to be named.
    Notice,
    /// It asks for nothing worth mentioning.
    Permissive,
    /// It gives up all rights.
    Unencumbered,
}

/// A word that names no class.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no class of licenses: expected forbidden, restricted, reciprocal, notice, permissive, \
     unencumbered or unknown"
)]
pub struct ClassError(String);

impl Class {
    /// Every class, the heaviest first.
    pub const ALL: [Self; 7] = [
        Self::Forbidden,
        Self::Restricted,
        Self::Reciprocal,
        Self::Unknown,
        Self::Notice,
        Self::Permissive,
        Self::Unencumbered,
    ];

    /// The word for it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Forbidden => "forbidden",
            Self::Restricted => "restricted",
            Self::Reciprocal => "reciprocal",
            Self::Unknown => "unknown",
            Self::Notice => "notice",
            Self::Permissive => "permissive",
            Self::Unencumbered => "unencumbered",
        }
    }

    /// How bad it is.
    pub const fn severity(self) -> Severity {
        match self {
            Self::Forbidden => Severity::Critical,
            Self::Restricted => Severity::High,
            Self::Reciprocal => Severity::Medium,
            Self::Notice | Self::Permissive | Self::Unencumbered => Severity::Low,
            Self::Unknown => Severity::Unknown,
        }
    }
}

impl FromStr for Class {
    type Err = ClassError;

    fn from_str(word: &str) -> Result<Self, ClassError> {
        let found =
            Self::ALL.into_iter().find(|class| class.name().eq_ignore_ascii_case(word.trim()));
        found.ok_or_else(|| ClassError(word.to_owned()))
    }
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// The licenses of each class, as Trivy and, before it, Google's license classifier have them. GNU
/// licenses stand without `-only` and `-or-later`, for both.
const DEFAULTS: [(Class, &[&str]); 5] = [
    (
        Class::Forbidden,
        &[
            "AGPL-1.0",
            "AGPL-3.0",
            "CC-BY-NC-1.0",
            "CC-BY-NC-2.0",
            "CC-BY-NC-2.5",
            "CC-BY-NC-3.0",
            "CC-BY-NC-4.0",
            "CC-BY-NC-ND-1.0",
            "CC-BY-NC-ND-2.0",
            "CC-BY-NC-ND-2.5",
            "CC-BY-NC-ND-3.0",
            "CC-BY-NC-ND-4.0",
            "CC-BY-NC-SA-1.0",
            "CC-BY-NC-SA-2.0",
            "CC-BY-NC-SA-2.5",
            "CC-BY-NC-SA-3.0",
            "CC-BY-NC-SA-4.0",
            "Commons-Clause",
            "Facebook-2-Clause",
            "Facebook-3-Clause",
            "Facebook-Examples",
            "WTFPL",
        ],
    ),
    (
        Class::Restricted,
        &[
            "BCL",
            "CC-BY-ND-1.0",
            "CC-BY-ND-2.0",
            "CC-BY-ND-2.5",
            "CC-BY-ND-3.0",
            "CC-BY-ND-4.0",
            "CC-BY-SA-1.0",
            "CC-BY-SA-2.0",
            "CC-BY-SA-2.5",
            "CC-BY-SA-3.0",
            "CC-BY-SA-4.0",
            "GPL-1.0",
            "GPL-2.0",
            "GPL-2.0-with-autoconf-exception",
            "GPL-2.0-with-bison-exception",
            "GPL-2.0-with-classpath-exception",
            "GPL-2.0-with-font-exception",
            "GPL-2.0-with-GCC-exception",
            "GPL-3.0",
            "GPL-3.0-with-autoconf-exception",
            "GPL-3.0-with-GCC-exception",
            "LGPL-2.0",
            "LGPL-2.1",
            "LGPL-3.0",
            "NPL-1.0",
            "NPL-1.1",
            "OSL-1.0",
            "OSL-1.1",
            "OSL-2.0",
            "OSL-2.1",
            "OSL-3.0",
            "QPL-1.0",
            "Sleepycat",
        ],
    ),
    (
        Class::Reciprocal,
        &[
            "APSL-1.0",
            "APSL-1.1",
            "APSL-1.2",
            "APSL-2.0",
            "CDDL-1.0",
            "CDDL-1.1",
            "CPL-1.0",
            "EPL-1.0",
            "EPL-2.0",
            "FreeImage",
            "IPL-1.0",
            "MPL-1.0",
            "MPL-1.1",
            "MPL-2.0",
            "Ruby",
        ],
    ),
    (
        Class::Notice,
        &[
            "AFL-1.1",
            "AFL-1.2",
            "AFL-2.0",
            "AFL-2.1",
            "AFL-3.0",
            "Apache-1.0",
            "Apache-1.1",
            "Apache-2.0",
            "Artistic-1.0-cl8",
            "Artistic-1.0-Perl",
            "Artistic-1.0",
            "Artistic-2.0",
            "BSL-1.0",
            "BSD-1-Clause",
            "BSD-2-Clause-FreeBSD",
            "BSD-2-Clause-NetBSD",
            "BSD-2-Clause",
            "BSD-3-Clause-Attribution",
            "BSD-3-Clause-Clear",
            "BSD-3-Clause-LBNL",
            "BSD-3-Clause",
            "BSD-4-Clause",
            "BSD-4-Clause-UC",
            "BSD-Protection",
            "CC-BY-1.0",
            "CC-BY-2.0",
            "CC-BY-2.5",
            "CC-BY-3.0",
            "CC-BY-4.0",
            "FTL",
            "ISC",
            "ImageMagick",
            "Libpng",
            "Lil-1.0",
            "Linux-OpenIB",
            "LPL-1.02",
            "LPL-1.0",
            "MS-PL",
            "MIT",
            "NCSA",
            "OpenSSL",
            "PHP-3.01",
            "PHP-3.0",
            "PIL",
            "Python-2.0",
            "Python-2.0-complete",
            "PostgreSQL",
            "SGI-B-1.0",
            "SGI-B-1.1",
            "SGI-B-2.0",
            "Unicode-DFS-2015",
            "Unicode-DFS-2016",
            "Unicode-TOU",
            "UPL-1.0",
            "W3C-19980720",
            "W3C-20150513",
            "W3C",
            "X11",
            "Xnet",
            "Zend-2.0",
            "zlib-acknowledgement",
            "Zlib",
            "ZPL-1.1",
            "ZPL-2.0",
            "ZPL-2.1",
        ],
    ),
    (Class::Unencumbered, &["CC0-1.0", "Unlicense", "0BSD", "LicenseRef-public-domain"]),
];

/// Which class each license is of. The default is Trivy's, with the public domain among what is
/// unencumbered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Classes {
    /// Names in lower case.
    of: BTreeMap<String, Class>,
}

impl Default for Classes {
    fn default() -> Self {
        let pairs = DEFAULTS.iter().flat_map(|(class, ids)| ids.iter().map(|id| (*id, *class)));
        Self { of: pairs.map(|(id, class)| (id.to_ascii_lowercase(), class)).collect() }
    }
}

impl Classes {
    /// Has a class hold exactly these licenses: ids of SPDX with or without `-only` and `-or-later`,
    /// `X WITH Y`, or names of licenses that are not listed. A license is of one class, the one that
    /// was set last.
    pub fn set<'n>(&mut self, class: Class, names: impl IntoIterator<Item = &'n str>) {
        self.of.retain(|_, of| *of != class);
        for name in names {
            // Ids that SPDX has replaced mean what replaced them.
            let name = name.trim();
            let replaced = REPLACED.iter().find(|(old, _, _)| old.eq_ignore_ascii_case(name));
            let name = match replaced {
                Some((_, license, with)) => format!("{license} with {with}"),
                None => name.to_owned(),
            };
            self.of.insert(name.to_ascii_lowercase(), class);
        }
    }

    /// The class of one license. With an exception it is the class of the two together if that is
    /// set, and of the license alone otherwise.
    pub fn of(&self, term: &Term) -> Class {
        let license = term.license.to_ascii_lowercase();
        let bare = license.trim_end_matches('+');
        let base = bare.strip_suffix("-only").or_else(|| bare.strip_suffix("-or-later"));
        let base = base.unwrap_or(bare);
        let names = [license.as_str(), bare, base];
        let with = term.exception.as_ref().map(|with| with.to_ascii_lowercase());
        let mut pairs =
            with.iter().flat_map(|with| names.map(|name| format!("{name} with {with}")));
        let both = pairs.find_map(|name| self.of.get(&name));
        let alone = || names.iter().find_map(|name| self.of.get(*name));
        both.or_else(alone).copied().unwrap_or(Class::Unknown)
    }
}

/// How much of a burden an expression is: of several that must be kept to the heaviest, of several
/// that may be chosen from the lightest. A license nobody knows is heavier than one that only asks
/// to be named, and is never chosen where another may be.
pub fn judge(expression: &Expression, classes: &Classes) -> (Class, Severity) {
    let class = class_of(expression, classes);
    (class, class.severity())
}

fn class_of(expression: &Expression, classes: &Classes) -> Class {
    // As deep as expressions are read, and no deeper.
    match expression {
        Expression::License(term) => classes.of(term),
        Expression::And(parts) => {
            let parts = parts.iter().map(|part| class_of(part, classes));
            parts.min().unwrap_or(Class::Unknown)
        }
        Expression::Or(parts) => {
            let parts = parts.iter().map(|part| class_of(part, classes));
            parts.filter(|class| *class != Class::Unknown).max().unwrap_or(Class::Unknown)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::expression;
    use super::*;

    fn class(text: &str) -> Class {
        judge(&expression(text).unwrap(), &Classes::default()).0
    }

    #[test]
    fn each_class_has_its_severity() {
        for (license, class, severity) in [
            ("AGPL-3.0-or-later", Class::Forbidden, Severity::Critical),
            ("GPL-2.0-only", Class::Restricted, Severity::High),
            ("LGPLv2+", Class::Restricted, Severity::High),
            ("MPL-2.0", Class::Reciprocal, Severity::Medium),
            ("MIT", Class::Notice, Severity::Low),
            ("CC0-1.0", Class::Unencumbered, Severity::Low),
            ("Public Domain", Class::Unencumbered, Severity::Low),
            ("BlueOak-1.0.0", Class::Unknown, Severity::Unknown),
            ("my own", Class::Unknown, Severity::Unknown),
        ] {
            let found = judge(&expression(license).unwrap(), &Classes::default());
            assert_eq!(found, (class, severity), "{license}");
        }
    }

    #[test]
    fn all_of_several_are_the_heaviest_and_any_of_several_the_lightest() {
        for (text, expected) in [
            ("MIT OR GPL-3.0-only", Class::Notice),
            ("MIT AND GPL-3.0-only", Class::Restricted),
            ("(MIT OR GPL-3.0-only) AND MPL-2.0", Class::Reciprocal),
            ("MIT OR (GPL-3.0-only AND MPL-2.0)", Class::Notice),
            ("MIT OR LicenseRef-x", Class::Notice),
            ("MIT AND LicenseRef-x", Class::Unknown),
            ("GPL-3.0-only AND LicenseRef-x", Class::Restricted),
            ("LicenseRef-x OR LicenseRef-y", Class::Unknown),
            ("GPL-2.0-only WITH Classpath-exception-2.0", Class::Restricted),
        ] {
            assert_eq!(class(text), expected, "{text}");
        }
    }

    #[test]
    fn classes_are_what_somebody_says() {
        let mut classes = Classes::default();
        classes.set(Class::Permissive, ["GPL-2.0 WITH Classpath-exception-2.0", "My Own"]);
        classes.set(Class::Forbidden, ["MIT"]);
        let class = |text| judge(&expression(text).unwrap(), &classes).0;
        assert_eq!(class("GPL-2.0-only WITH Classpath-exception-2.0"), Class::Permissive);
        assert_eq!(class("GPL-2.0-only"), Class::Restricted);
        assert_eq!(class("my own"), Class::Permissive);
        assert_eq!(class("MIT"), Class::Forbidden);
        assert_eq!(class("AGPL-3.0-only"), Class::Unknown, "the class holds exactly what was said");
        assert_eq!("Notice".parse(), Ok(Class::Notice));
        assert!("none".parse::<Class>().is_err());
    }
}
