//! Trivy's `--ignore-policy`: the rule `ignore` of the package `trivy`, asked of every finding as
//! Trivy writes it, with `Type` beside its fields
//! (<https://trivy.dev/docs/latest/configuration/filtering/#by-rego>).

use super::{View, vector};
use lazaret_rego::{Rego, RegoError};
use std::fmt;

/// The library that Trivy's policies import.
const LIBRARY: (&str, &str) = ("lib/trivy.rego", include_str!("trivy.rego"));

/// What is asked.
const RULE: &str = "data.trivy.ignore";

/// A file in Rego that says which findings do not count.
#[derive(Clone)]
pub struct IgnorePolicy {
    /// The file, as it was named.
    pub file: String,
    pub(super) rego: Rego,
    pub(super) view: View,
}

impl IgnorePolicy {
    /// Reads such a file. `view` gives findings the shape Trivy writes them in.
    pub fn read(file: &str, text: &str, view: View) -> Result<Self, RegoError> {
        let mut rego = Rego::new()?;
        let package = rego.add(file, text)?;
        let wrong = |message: String| RegoError { file: file.to_owned(), line: None, message };
        if package != "data.trivy" {
            let package = package.strip_prefix("data.").unwrap_or(&package);
            return Err(wrong(format!("its package is `{package}`: expected `package trivy`")));
        }
        if !rego.says(file, "ignore") {
            return Err(wrong("it says nothing under the name `ignore`".to_owned()));
        }
        rego.add_function("lazaret.cvss_v3", 1, vector::metrics)?;
        rego.add(LIBRARY.0, LIBRARY.1)?;
        rego.check_calls()?;
        Ok(Self { file: file.to_owned(), rego, view })
    }

    pub(super) const fn rule() -> &'static str {
        RULE
    }
}

impl fmt::Debug for IgnorePolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, rego: _, view: _ } = self;
        f.debug_struct("IgnorePolicy").field("file", file).finish_non_exhaustive()
    }
}
