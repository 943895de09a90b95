//! `lazaret clean`: removes cached layer facts.

use crate::args::CleanArgs;
use crate::fail::{CommandError, Kind, Result};
use crate::settings::cache_folder;
use anstream::eprintln;

pub(super) fn run(args: &CleanArgs) -> Result<u8> {
    let folder = cache_folder(args.cache_dir.as_deref()).ok_or_else(|| {
        CommandError::usage("there is no cache folder: neither HOME nor XDG_CACHE_HOME is set")
    })?;
    // Only what the cache itself made: a folder given by mistake keeps everything else.
    let layers = folder.join("layers");
    match std::fs::remove_dir_all(&layers) {
        Ok(()) => eprintln!("Removed {}", layers.display()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            eprintln!("Nothing to remove in {}", folder.display());
        }
        Err(error) => {
            let error =
                anyhow::Error::new(error).context(format!("failed to remove {}", layers.display()));
            return Err(CommandError::new(Kind::Input, error));
        }
    }
    Ok(0)
}
