//! The example image: built from a recipe that people can read, by code that scans nothing.

use crate::process::{root, write_or_check};
use anyhow::{Context as _, Result};
use lazaret_testkit::{Compression, parse_recipe};

/// Builds `examples/NAME.tar` from each `examples/NAME.recipe`.
pub(crate) fn run(check: bool) -> Result<()> {
    let folder = root().join("examples");
    let mut recipes: Vec<_> = std::fs::read_dir(&folder)
        .context("failed to list examples")?
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<_>>()?;
    recipes.retain(|path| path.extension().is_some_and(|extension| extension == "recipe"));
    recipes.sort();
    for recipe in recipes {
        let text = std::fs::read_to_string(&recipe)?;
        let image = parse_recipe(&text).with_context(|| format!("in {}", recipe.display()))?;
        // Plain layers: what gzip makes of the same bytes depends on the processor.
        let archive = image.compression(Compression::None).oci_archive();
        write_or_check(&recipe.with_extension("tar"), &archive, check)?;
    }
    Ok(())
}
