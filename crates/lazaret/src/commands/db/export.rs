//! `lazaret db export`: a database in one file, to be carried where no network is.

use super::super::outcome::print;
use super::send::send;
use super::signature::{self, SigningKey};
use crate::args::DbExportArgs;
use crate::fail::{CommandError, Kind, Result};
use lazaret_image::artifact::{LayoutArchive, ManifestName, Store as _};

/// The name of the database in the file, for tools that copy one by its name.
const TAG: &str = "latest";

pub(super) fn export(args: &DbExportArgs) -> Result<u8> {
    let key = args.sign_key.as_deref().map(SigningKey::load).transpose()?;
    let failed = |error: anyhow::Error| {
        let context = format!("failed to export {} to {}", args.db.display(), args.file.display());
        CommandError::new(Kind::Input, error.context(context))
    };
    let mut archive = LayoutArchive::create(&args.file).map_err(|error| failed(error.into()))?;
    let sent = send(&args.db, &mut archive).map_err(failed)?;
    let mut signed = String::new();
    if let Some(key) = key {
        // It is not known which repository the file will be copied to, if any.
        signature::sign(&mut archive, Vec::new(), &sent.digest, "", &key)?;
        signed = format!("signed with {}\n", key.path().display());
    }
    archive
        .put_manifest(&ManifestName::Tag(TAG.to_owned()), &sent.manifest, &sent.bytes)
        .and_then(|()| archive.finish())
        .map_err(|error| failed(error.into()))?;
    print(&format!("{}{signed}artifact {}\n", sent.summary(), sent.digest))?;
    Ok(0)
}
