//! `lazaret db pull`: a database from a registry.

use super::super::outcome::print;
use super::push::reference;
use super::receive::receive;
use super::signature::VerifyingKey;
use crate::args::DbPullArgs;
use crate::fail::{CommandError, Kind, Result};
use crate::settings::registry;
use lazaret_image::artifact::{ManifestName, Repository};

pub(super) fn pull(args: &DbPullArgs) -> Result<u8> {
    let reference = reference(&args.reference)?;
    let keys = VerifyingKey::load_all(&args.verify_key)?;
    let options = registry(&args.registry)?;
    let repository = Repository::reading(&reference, &options)
        .map_err(|error| CommandError::new(Kind::Input, error))?;
    print(&receive(&repository, &ManifestName::of(&reference), &args.db, &keys)?)?;
    Ok(0)
}
