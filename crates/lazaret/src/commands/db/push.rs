//! `lazaret db push`: a database into a registry.

use super::super::outcome::print;
use super::send::{Sent, send};
use super::signature::{self, Signed, SigningKey};
use crate::args::DbPushArgs;
use crate::fail::{CommandError, Kind, Result};
use crate::settings::registry;
use lazaret_core::reference::Reference;
use lazaret_image::artifact::{ManifestName, Repository, Store as _};

pub(super) fn push(args: &DbPushArgs) -> Result<u8> {
    let reference = reference(&args.reference)?;
    let name = ManifestName::of(&reference);
    if matches!(name, ManifestName::Digest(_)) {
        return Err(CommandError::usage("a database is pushed under a tag, not under a digest"));
    }
    let key = args.sign_key.as_deref().map(SigningKey::load).transpose()?;
    let options = registry(&args.registry)?;
    let failed = |error: anyhow::Error| {
        let context = format!("failed to push {} to {}", args.db.display(), args.reference);
        CommandError::new(Kind::Input, error.context(context))
    };
    let mut repository =
        Repository::writing(&reference, &options).map_err(|error| failed(error.into()))?;
    let sent = send(&args.db, &mut repository).map_err(failed)?;
    // The signature is there before anyone who asks for the tag could miss it.
    let signed = key.map(|key| sign(&mut repository, &reference, &sent, &key)).transpose()?;
    repository
        .put_manifest(&name, &sent.manifest, &sent.bytes)
        .map_err(|error| failed(error.into()))?;
    let mut text = sent.summary();
    if let Some(signed) = signed {
        text.push_str(&signed);
    }
    let repository = format!("{}/{}", reference.registry(), reference.repository());
    print(&format!("{text}pushed {repository}{name}\nartifact {}\n", sent.digest))?;
    Ok(0)
}

fn sign(
    repository: &mut Repository,
    reference: &Reference,
    sent: &Sent,
    key: &SigningKey,
) -> Result<String> {
    let earlier = signature::earlier(repository, &sent.digest).map_err(|error| {
        CommandError::new(
            Kind::Input,
            error.context("failed to read the signatures that are there"),
        )
    })?;
    let signed = if signature::is_signed(repository, &earlier, &sent.digest, key) {
        Signed::Before
    } else {
        let name = format!("{}/{}", reference.registry(), reference.repository());
        signature::sign(repository, earlier, &sent.digest, &name, key)?;
        Signed::Now
    };
    Ok(match signed {
        Signed::Now => format!("signed with {}\n", key.path().display()),
        Signed::Before => format!("was signed with {} before\n", key.path().display()),
    })
}

/// Parses the name of a database in a registry.
pub(super) fn reference(text: &str) -> Result<Reference> {
    Reference::parse(text.strip_prefix("registry:").unwrap_or(text))
        .map_err(|error| CommandError::new(Kind::Usage, error))
}
