//! Go code that is not in the program: a module is built package by package, and function by
//! function what nothing calls is left out.

use crate::segment::{AffectedRef, Damage};
use lazaret_core::finding::State;

/// What ids of Go's own vulnerability database begin with. Its records say which packages of a
/// module are vulnerable; those of others speak of the module as a whole.
const GO_DATABASE: &str = "GO-";

/// Packages named in a reason.
const NAMED_MAX: usize = 3;

/// The state of a finding whose vulnerable packages have no code in the program.
///
/// `linked` are the packages that have, and `members` the records it is made of. Every record of
/// Go's database must say which packages it means, and at least one must be there.
pub(super) fn linked_state<'a>(
    linked: &[String],
    members: impl Iterator<Item = (&'a str, AffectedRef<'a>)>,
) -> Result<Option<State>, Damage> {
    let mut missing: Vec<&str> = Vec::new();
    for (_, affected) in members.filter(|(id, _)| id.starts_with(GO_DATABASE)) {
        let before = missing.len();
        for import in affected.imports()? {
            if linked.iter().any(|package| package == import) {
                return Ok(None);
            }
            missing.push(import);
        }
        if missing.len() == before {
            return Ok(None);
        }
    }
    missing.sort_unstable();
    missing.dedup();
    let named: Vec<&str> = missing.iter().take(NAMED_MAX).copied().collect();
    let more = match missing.len().saturating_sub(NAMED_MAX) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    Ok((!named.is_empty()).then(|| State::Suppressed {
        by: "not-linked".to_owned(),
        reason: format!("no code of {}{more} is in the program", named.join(", ")),
        until: None,
    }))
}
