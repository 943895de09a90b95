//! What the registry keeps beside an image, and what of it is a bill of materials.

use crate::fail::{CommandError, Kind, Result};
use crate::settings::not_yet;
use lazaret_core::image::Image;
use lazaret_core::problem::{Problem, ProblemKind};
use lazaret_core::reference::Reference;
use lazaret_image::RegistryOptions;
use lazaret_image::artifact::{ArtifactError, Fetch as _, ManifestName, Repository};
use lazaret_image::attestation::{Attestations, Statement, attestations};
use lazaret_scan::{Attached, AttachedDocument};
use std::cell::OnceCell;

/// Predicate types and media types of bills of materials, without their versions and formats.
const SBOM_TYPES: [&str; 9] = [
    "https://cyclonedx.org/bom",
    "https://spdx.dev/Document",
    "https://syft.dev/bom",
    "application/spdx",
    "application/vnd.cyclonedx",
    "application/vnd.spdx",
    "application/vnd.syft",
    "text/spdx",
    "text/vnd.spdx",
];

/// What `--sbom-sources` names: whether the registry of the image is asked.
pub(crate) fn sbom_sources(words: &[String]) -> Result<bool> {
    for word in words {
        match word.as_str() {
            "oci" => {}
            "rekor" => return Err(not_yet("--sbom-sources rekor")),
            other => {
                let message = format!("`{other}` is no source of bills of materials: expected oci");
                return Err(CommandError::usage(message));
            }
        }
    }
    Ok(!words.is_empty())
}

/// What is attached to one image, asked for when somebody wants it, and only once.
pub(crate) struct Attachments<'a> {
    image: &'a Image,
    registry: &'a RegistryOptions,
    read: OnceCell<Attestations>,
}

impl<'a> Attachments<'a> {
    /// Nothing is asked yet.
    pub(crate) fn of(image: &'a Image, registry: &'a RegistryOptions) -> Self {
        Self { image, registry, read: OnceCell::new() }
    }

    /// Everything that is attached. `flag` is what asks for it.
    pub(crate) fn read(&self, flag: &str) -> Result<&Attestations> {
        if let Some(read) = self.read.get() {
            return Ok(read);
        }
        let found = self.fetch(flag)?;
        for other in &found.others {
            tracing::info!(attachment = %other, "attachment passed over");
        }
        Ok(self.read.get_or_init(|| found))
    }

    fn fetch(&self, flag: &str) -> Result<Attestations> {
        let name = &self.image.name;
        let reference = Reference::parse(name).ok().zip(self.image.digest.as_ref());
        let Some((reference, digest)) = reference else {
            return Err(CommandError::usage(format!("{flag}: `{name}` is no image in a registry")));
        };
        let wrong = |error: ArtifactError| {
            let context = format!("failed to look for what is attached to {reference}");
            CommandError::new(Kind::Input, anyhow::Error::new(error).context(context))
        };
        let repository = Repository::reading(&reference, self.registry).map_err(wrong)?;
        // What was asked for may be an index, to which something may be attached as well.
        let asked = repository.manifest(&ManifestName::of(&reference)).map_err(wrong)?;
        let index = asked.map(|(_, asked)| asked).filter(|asked| asked != digest);
        attestations(&repository, digest, index.as_ref()).map_err(wrong)
    }

    /// The bills of materials among it. Who asks for them wants all of them, so that what could not
    /// be read is a problem.
    pub(crate) fn into_sboms(self) -> Result<Attached> {
        self.read("--sbom-sources oci")?;
        let found = self.read.into_inner().unwrap_or_default();
        let mut attached = Attached::default();
        for Statement { predicate_type: kind, predicate: bytes, blob: digest } in found.statements {
            if SBOM_TYPES.iter().any(|known| kind.starts_with(known)) {
                tracing::info!(%digest, kind, "bill of materials beside the image");
                attached.documents.push(AttachedDocument { digest, kind, bytes });
            }
        }
        for problem in found.problems {
            let message = format!("an attachment of the image could not be read: {problem}");
            attached.problems.push(Problem::general(ProblemKind::Parse, message));
        }
        Ok(attached)
    }
}
