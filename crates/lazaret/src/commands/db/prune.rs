//! `lazaret db prune`: what a database said long ago is forgotten.

use super::super::outcome::print;
use super::open;
use crate::args::DbPruneArgs;
use crate::database_folder;
use crate::fail::{CommandError, Kind, Result};
use crate::settings::{Day, moment};

pub(super) fn prune(args: &DbPruneArgs) -> Result<u8> {
    let before = moment(&args.before, Day::Begins)?;
    open(Some(&args.db))?;
    let (manifests, segments) = database_folder::prune(&args.db, before).map_err(|error| {
        let context = format!("failed to prune the database {}", args.db.display());
        CommandError::new(Kind::Input, error.context(context))
    })?;
    print(&format!("Removed {manifests} older databases and {segments} segment files\n"))?;
    Ok(0)
}
