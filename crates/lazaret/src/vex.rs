//! VEX documents and where they are from: files, repositories, and the registry of the image.

use crate::attached::Attachments;
use crate::fail::{CommandError, Kind, Result};
use crate::settings::not_yet;
use crate::vex_repository::{self, Freshness};
use lazaret_policy::vex::{self, Document, Statements};
use std::path::Path;
use std::sync::Arc;

/// The most documents of a repository that are read; the largest public one has 500.
const DOCUMENTS_MAX: usize = 20_000;

/// Predicate types and media types of VEX documents: those of OpenVEX with and without a version,
/// of CycloneDX, and of CSAF.
const TYPES: [&str; 7] = [
    "https://openvex.dev/ns",
    "application/vnd.openvex",
    "application/openvex",
    "https://cyclonedx.org/vex",
    "https://docs.oasis-open.org/csaf",
    "application/csaf",
    "application/vnd.csaf",
];

/// What `--vex` names.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sources {
    /// The documents of files and repositories.
    pub(crate) statements: Arc<Statements>,
    /// Whether the registry of the image is asked.
    pub(crate) attached: bool,
}

/// Reads what was named: files, folders of repositories, `repo` for those that are configured, and
/// `oci` for what the registry has.
pub(crate) fn read(
    named: &[String],
    cache: Option<&Path>,
    freshness: Freshness,
) -> Result<Sources> {
    let mut documents = Vec::new();
    let mut attached = false;
    for word in named {
        match word.as_str() {
            "sbom-ref" => return Err(not_yet("--vex sbom-ref")),
            "oci" => attached = true,
            "repo" | "repository" => {
                for folder in vex_repository::folders(cache, freshness)? {
                    read_repository(&folder, &mut documents)?;
                }
            }
            word if Path::new(word).is_dir() => {
                read_repository(Path::new(word), &mut documents)?;
            }
            word => documents.push(read_document(Path::new(word))?),
        }
    }
    Ok(Sources { statements: Arc::new(Statements::new(documents)), attached })
}

impl Sources {
    /// The statements for an image, with those its registry has where these were asked for.
    pub(crate) fn of(&self, attachments: &Attachments<'_>) -> Result<Arc<Statements>> {
        if !self.attached {
            return Ok(Arc::clone(&self.statements));
        }
        let mut documents = self.statements.documents().to_vec();
        documents.extend(attached(attachments)?);
        Ok(Arc::new(Statements::new(documents)))
    }
}

/// The documents a registry has beside an image.
fn attached(attachments: &Attachments<'_>) -> Result<Vec<Document>> {
    let found = attachments.read("--vex oci")?;
    for problem in &found.problems {
        tracing::warn!(%problem, "attachment passed over");
    }
    let mut documents = Vec::new();
    for statement in found.of_type(&TYPES) {
        let name = format!("oci:{}", statement.blob);
        match vex::read(&name, &statement.predicate) {
            Ok(mut document) => {
                // Nobody named it.
                document.is_expected = false;
                tracing::info!(document = name, statements = document.statements.len(), "VEX");
                documents.push(document);
            }
            Err(error) => tracing::warn!(document = name, %error, "attachment passed over"),
        }
    }
    Ok(documents)
}

fn read_document(path: &Path) -> Result<Document> {
    let name = path.display().to_string();
    let wrong = |error: anyhow::Error| {
        CommandError::new(Kind::Config, error.context(format!("failed to read {name}")))
    };
    let bytes = std::fs::read(path).map_err(|error| wrong(error.into()))?;
    vex::read(&name, &bytes).map_err(|error| wrong(error.into()))
}

/// Reads every document a repository's index names.
fn read_repository(folder: &Path, documents: &mut Vec<Document>) -> Result<()> {
    let index = folder.join("index.json");
    let wrong = |error: anyhow::Error| {
        let context = format!("failed to read the VEX repository {}", folder.display());
        CommandError::new(Kind::Config, error.context(context))
    };
    let bytes = std::fs::read(&index).map_err(|error| {
        wrong(error.into()).hint("the folder of a VEX repository has an index.json")
    })?;
    let mut locations: Vec<String> = vex::index(&bytes)
        .map_err(|error| wrong(error.into()))?
        .into_iter()
        .map(|entry| entry.location)
        .collect();
    locations.sort();
    locations.dedup();
    if locations.len() > DOCUMENTS_MAX {
        return Err(wrong(anyhow::anyhow!("it has more than {DOCUMENTS_MAX} documents")));
    }
    for location in locations {
        let mut document = read_document(&folder.join(&location))?;
        // Of a collection, most documents are about other images.
        document.is_expected = false;
        documents.push(document);
    }
    Ok(())
}
