//! The module of a rule.

use crate::rule::RuleEffect;
use lazaret_rego::{Rego, RegoError};
use std::fmt;

/// A module, and what it is asked.
#[derive(Clone)]
pub(crate) struct Code {
    pub(crate) rego: Rego,
    /// The file it is in, for messages.
    pub(crate) file: String,
    /// The path of what is asked, such as `data.shop.deny`.
    pub(crate) path: String,
}

impl Code {
    /// Reads the module of a rule with an effect, which it must speak of by its name.
    pub(crate) fn read(file: &str, text: &str, effect: RuleEffect) -> Result<Self, RegoError> {
        let mut rego = Rego::new()?;
        let package = rego.add(file, text)?;
        rego.check_calls()?;
        let name = effect.name();
        if !rego.says(file, name) {
            let message =
                format!("a rule that comes to `{name}` asks its module for `{name}`: it has none");
            return Err(RegoError { file: file.to_owned(), line: None, message });
        }
        Ok(Self { rego, file: file.to_owned(), path: format!("{package}.{name}") })
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { rego: _, file, path } = self;
        f.debug_struct("Code").field("file", file).field("path", path).finish_non_exhaustive()
    }
}
