//! `lazaret vex repo`: which VEX repositories there are, and fetching them.

use super::outcome::print;
use crate::args::{VexCommand, VexRepoCommand};
use crate::fail::{CommandError, Kind, Result};
use crate::settings::cache_folder;
use crate::vex_repository::{self, Came};
use std::fmt::Write as _;

pub(super) fn run(command: VexCommand) -> Result<u8> {
    let VexCommand::Repo(command) = command;
    match command {
        VexRepoCommand::Init(args) => {
            let cache = cache_folder(args.cache_dir.as_deref());
            let (path, is_new) = vex_repository::init(cache.as_deref())?;
            let what = if is_new { "names the public repository now" } else { "is there already" };
            print(&format!("{} {what}\n", path.display()))?;
            Ok(0)
        }
        VexRepoCommand::List(args) => {
            let cache = cache_folder(args.cache_dir.as_deref());
            let mut text = String::new();
            for one in vex_repository::list(cache.as_deref())?.unwrap_or_default() {
                let off = if one.enabled { "" } else { " (disabled)" };
                // Writing to a String cannot fail.
                let _: std::fmt::Result =
                    writeln!(text, "{} {}{off}", one.name, lazaret_image::fetch::shown(&one.url));
            }
            print(&text)?;
            Ok(0)
        }
        VexRepoCommand::Download(args) => {
            let cache = cache_folder(args.cache_dir.as_deref());
            let mut failure = None;
            for (one, came) in vex_repository::download(cache.as_deref(), &args.names)? {
                match came {
                    Ok(Came::New) => print(&format!("{}: fetched\n", one.name))?,
                    Ok(Came::Same) => print(&format!("{}: as it was\n", one.name))?,
                    Err(error) => {
                        let what = format!("failed to fetch the VEX repository {}", one.name);
                        failure = failure.or(Some(error.context(what)));
                    }
                }
            }
            failure.map_or(Ok(0), |error| Err(CommandError::new(Kind::Input, error)))
        }
    }
}
