//! VEX documents and where they are from: files, repositories, the registry of the image, and what a
//! bill of materials refers to.

use crate::attached::Attachments;
use crate::fail::{CommandError, Kind, Result};
use crate::vex_repository::{self, Freshness};
use lazaret_image::fetch::{Client, FetchOptions, shown};
use lazaret_policy::vex::{self, Document, Statements};
use std::path::Path;
use std::sync::{Arc, mpsc};
use std::time::Duration;

/// The most documents of a repository that are read; the largest public one has 500.
const DOCUMENTS_MAX: usize = 20_000;

/// References of one bill of materials to documents. A product has one or a few; what is beyond could
/// say the opposite, so it is not left out.
const REFERENCES_MAX: usize = 100;

/// The largest document that is fetched for a reference, in bytes: those of whole distributions have
/// a few MB.
const REFERENCED_BYTES_MAX: u64 = 64 << 20;

/// How long one such document may take, with all that is tried again.
const REFERENCED_TIME_MAX: Duration = Duration::from_mins(1);

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
    /// Whether what a bill of materials refers to is fetched.
    pub(crate) referenced: bool,
}

/// Reads what was named: files, folders of repositories, `repo` for those that are configured, `oci`
/// for what the registry has, and `sbom-ref` for what a bill of materials refers to.
pub(crate) fn read(
    named: &[String],
    cache: Option<&Path>,
    freshness: Freshness,
) -> Result<Sources> {
    let mut documents = Vec::new();
    let (mut attached, mut referenced) = (false, false);
    for word in named {
        match word.as_str() {
            "sbom-ref" => referenced = true,
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
    Ok(Sources { statements: Arc::new(Statements::new(documents)), attached, referenced })
}

impl Sources {
    /// The statements for an image, with those its registry has where these were asked for.
    pub(crate) fn of(&self, attachments: &Attachments<'_>) -> Result<Arc<Statements>> {
        if self.referenced {
            let error = CommandError::usage("--vex sbom-ref: this is no bill of materials");
            return Err(error.hint("what one refers to is read by lazaret sbom FILE"));
        }
        if !self.attached {
            return Ok(Arc::clone(&self.statements));
        }
        let mut documents = self.statements.documents().to_vec();
        documents.extend(attached(attachments)?);
        Ok(Arc::new(Statements::new(documents)))
    }

    /// The statements for a bill of materials, with those it refers to where these were asked for.
    /// `addresses` is where it says they are; nothing where its format cannot say so.
    pub(crate) fn of_bill(
        &self,
        addresses: Option<&[String]>,
        is_offline: bool,
    ) -> Result<Arc<Statements>> {
        if !self.referenced {
            return Ok(Arc::clone(&self.statements));
        }
        let Some(addresses) = addresses else {
            let message = "--vex sbom-ref: only CycloneDX can refer to VEX documents";
            return Err(CommandError::usage(message));
        };
        let mut documents = self.statements.documents().to_vec();
        documents.extend(referenced(addresses, is_offline)?);
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

/// The documents at addresses, each once and in their order. As with Trivy, what is no address of
/// the web is passed over.
fn referenced(addresses: &[String], is_offline: bool) -> Result<Vec<Document>> {
    if addresses.len() > REFERENCES_MAX {
        let message = format!("--vex sbom-ref: there are more than {REFERENCES_MAX} references");
        return Err(CommandError::new(Kind::Input, anyhow::anyhow!(message)));
    }
    let mut wanted: Vec<&String> = Vec::new();
    for address in addresses {
        let scheme = address.split_once("://").map(|(scheme, _)| scheme.to_ascii_lowercase());
        if !matches!(scheme.as_deref(), Some("http" | "https")) {
            tracing::warn!(address, "reference passed over: no address of the web");
        } else if !wanted.contains(&address) {
            wanted.push(address);
        }
    }
    let Some(first) = wanted.first() else { return Ok(Vec::new()) };
    if is_offline {
        let first = shown(first);
        let message = format!("--vex sbom-ref: {first} is not fetched with --offline");
        return Err(
            CommandError::usage(message).hint("fetch it before, and name the file: --vex FILE")
        );
    }
    let client = Client::new(&FetchOptions::default())
        .map_err(|error| CommandError::new(Kind::Input, anyhow::Error::new(error)))?;
    let client = Arc::new(client);
    let mut documents = Vec::new();
    for address in wanted {
        let name = shown(address);
        let wrong = |error: anyhow::Error| {
            let error = error.context(format!("failed to read the VEX document {name}"));
            CommandError::new(Kind::Input, error)
        };
        let bytes = fetch_in_time(&client, address).map_err(wrong)?;
        let document = vex::read(&name, &bytes).map_err(|error| wrong(error.into()))?;
        tracing::info!(document = name, statements = document.statements.len(), "VEX");
        documents.push(document);
    }
    Ok(documents)
}

/// Fetches a document, and gives up on it when its time is over: a server may send a byte at a time.
fn fetch_in_time(client: &Arc<Client>, address: &str) -> anyhow::Result<Vec<u8>> {
    let (done, result) = mpsc::channel();
    let (client, address) = (Arc::clone(client), address.to_owned());
    std::thread::spawn(move || {
        let got = vex_repository::get(&client, &address, None, None, REFERENCED_BYTES_MAX);
        // The receiver is gone only when the time was over.
        drop(done.send(got));
    });
    let seconds = REFERENCED_TIME_MAX.as_secs();
    let got = result
        .recv_timeout(REFERENCED_TIME_MAX)
        .map_err(|_| anyhow::anyhow!("it did not come in within {seconds} s"))?;
    got?.map(|(bytes, _)| bytes).ok_or_else(|| anyhow::anyhow!("it is not there"))
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
