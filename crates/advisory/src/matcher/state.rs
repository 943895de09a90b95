//! Whether findings about a package count.

use super::MatchOptions;
use super::judge::Judge;
use super::kernel::headers_state;
use super::place::place_state;
use lazaret_core::finding::State;
use lazaret_core::inventory::Inventory;
use lazaret_core::package::{Ecosystem, Package};
use std::collections::BTreeMap;

/// Whether findings about a package count: a language package that a judged operating-system
/// package owns is that package's matter, and headers, tests and documentation do not run.
pub(super) fn state(
    inventory: &Inventory,
    package: &Package,
    judges: &BTreeMap<Ecosystem, Judge<'_>>,
    options: &MatchOptions,
) -> State {
    if !options.kernel_headers
        && let Some(state) = headers_state(package)
    {
        return state;
    }
    if !options.noise
        && let Some(state) = place_state(package)
    {
        return state;
    }
    let owner = package.owner.and_then(|owner| inventory.package(owner));
    match owner {
        Some(owner)
            if !options.comprehensive
                && !package.ecosystem.is_os()
                && owner.ecosystem.is_os()
                && judges.contains_key(&owner.ecosystem) =>
        {
            State::Suppressed {
                by: "distribution".to_owned(),
                reason: format!(
                    "installed by the operating-system package {} {}, which the distribution's \
                     advisories judge",
                    owner.name, owner.version
                ),
                until: None,
            }
        }
        _ => State::Open,
    }
}
