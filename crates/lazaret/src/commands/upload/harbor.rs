//! Harbor, and every other registry: a report attached to the image it is about.
//!
//! Harbor asks its scanners for findings and takes none from outside. What it does take are
//! artifacts that name an image as their subject: it shows them as accessories of the image, keeps
//! them with it and replicates them.

use super::connection::{refuse, registry};
use super::document::Document;
use super::pair;
use super::preview;
use super::secret::{Secret, variable};
use crate::args::HarborArgs;
use crate::commands::outcome::print;
use crate::fail::{CommandError, Kind as Failure, Result};
use lazaret_core::digest::Digest;
use lazaret_core::reference::Reference;
use lazaret_image::artifact::{
    ArtifactManifest, Blob, Listed, ManifestName, Repository, Store as _,
};
use lazaret_image::{Credentials, RegistryOptions};

const USERNAME: &str = "HARBOR_USERNAME";
const PASSWORD: &str = "HARBOR_PASSWORD";

/// A configuration that says nothing (OCI image specification, "Guidance for an Empty Descriptor").
const EMPTY: &str = "application/vnd.oci.empty.v1+json";
/// The annotation with the name other tools give the file.
const TITLE: &str = "org.opencontainers.image.title";

pub(super) fn run(args: &HarborArgs) -> Result<u8> {
    let secrets = format!("{USERNAME} and {PASSWORD}");
    refuse(&args.connection.refused, &secrets)?;
    let mut options = registry(&args.connection)?;
    add_credentials(&mut options)?;
    let document = Document::read(&args.report)?;
    let (reference, name) = subject(args, &document)?;
    let payload = document.payload(args.format.as_deref())?;
    let kind = payload.kind;
    let artifact_type =
        args.artifact_type.clone().unwrap_or_else(|| kind.artifact_type().to_owned());
    let place = format!("{}/{}", reference.registry(), reference.repository());
    if args.connection.dry_run {
        print(&format!(
            "attach to {place}{name}\n  artifact type: {artifact_type}\n  layer: {}\n",
            preview::document(kind.media_type(), &payload.bytes)
        ))?;
        return Ok(0);
    }
    let failed = |error: anyhow::Error| {
        let context = format!("failed to attach the report to {place}{name}");
        CommandError::new(Failure::Input, error.context(context))
    };
    let mut repository =
        Repository::writing(&reference, &options).map_err(|error| failed(error.into()))?;
    let image = repository.describe(&name).map_err(|error| failed(error.into()))?;
    let image = image.ok_or_else(|| {
        failed(anyhow::anyhow!("the repository has no such image"))
            .hint("a report is about one image: push that first, and name it with --image")
    })?;
    let digest = image.digest.clone();
    let config = Blob::from_bytes(b"{}".to_vec());
    let report = Blob::from_bytes(payload.bytes);
    for blob in [&config, &report] {
        if !repository.has_blob(blob.digest()).map_err(|error| failed(error.into()))? {
            repository.put_blob(blob).map_err(|error| failed(error.into()))?;
        }
    }
    let mut layer = report.descriptor(kind.media_type());
    layer.annotations.insert(TITLE.to_owned(), kind.file_name().to_owned());
    let mut manifest = ArtifactManifest::new(&artifact_type, config.descriptor(EMPTY), vec![layer]);
    manifest.subject = Some(image);
    for annotation in &args.annotation {
        let (name, value) = pair(annotation, "--annotation")?;
        manifest.annotations.insert(name.to_owned(), value.to_owned());
    }
    let attached = repository.attach(&manifest).map_err(|error| failed(error.into()))?;
    let listed = match attached.listed {
        Listed::ByRegistry => String::new(),
        Listed::UnderTag(tag) => format!(", listed under the tag {tag}"),
    };
    print(&format!("attached to {place}@{digest}{listed}\nartifact {}\n", attached.digest))?;
    Ok(0)
}

/// The image to attach to: where it was said to be, and by its digest if the report knows it.
fn subject(args: &HarborArgs, document: &Document) -> Result<(Reference, ManifestName)> {
    let image = document.image();
    let word = args.image.as_deref().or(image.map(|image| image.name.as_str()));
    let word = word.ok_or_else(|| CommandError::usage("which image is it about? Give --image"))?;
    let word = word.strip_prefix("registry:").unwrap_or(word);
    let reference = Reference::parse(word).map_err(|error| {
        CommandError::new(Failure::Usage, error)
            .hint("the report's image is not in a registry: name it with --image")
    })?;
    let asked = ManifestName::of(&reference);
    let known = image.and_then(|image| image.digest.clone());
    let name = match (asked, known) {
        (ManifestName::Digest(asked), Some(known)) if asked != known => {
            return Err(other_image(&asked, &known));
        }
        // A tag may mean another image by now.
        (ManifestName::Tag(_), Some(known)) => ManifestName::Digest(known),
        (asked, _) => asked,
    };
    Ok((reference, name))
}

fn other_image(asked: &Digest, known: &Digest) -> CommandError {
    let error = anyhow::anyhow!("the report is about {known}, not about {asked}");
    CommandError::new(Failure::Input, error).hint("give --image with a tag, or without either")
}

fn add_credentials(options: &mut RegistryOptions) -> Result<()> {
    match (variable(USERNAME), Secret::find(PASSWORD)?) {
        (Some(username), Some(password)) => {
            options.credentials.push(Credentials { username, password: password.alone() });
            Ok(())
        }
        (None, None) => Ok(()),
        _ => {
            let error = anyhow::anyhow!("{USERNAME} and {PASSWORD} belong together");
            Err(CommandError::new(Failure::Config, error).hint("one of them is not set"))
        }
    }
}
