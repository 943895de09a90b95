//! What others say of an image and keep beside it in its registry: statements about what is in it,
//! how it was made, and which vulnerabilities matter.
//!
//! They are found the ways they are attached: as referrers (OCI distribution specification 1.1, and
//! its tag `sha256-…` for registries without the API), under cosign's tags `sha256-….att` and
//! `sha256-….sbom`, and in the index of an image that BuildKit made. Each is an in-toto statement
//! (<https://github.com/in-toto/attestation/tree/main/spec/v1>), bare, in a DSSE envelope or in a
//! Sigstore bundle, or a document that was attached as it is.
//!
//! **Signatures are not verified.** Whoever may push to the repository may attach anything.

use crate::artifact::{ArtifactError, ArtifactManifest, Descriptor, Fetch, ManifestName};
use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE};
use lazaret_core::digest::Digest;
use serde::Deserialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Attachments of one image that are read. Cosign attaches no more than this many.
const ATTACHMENTS_MAX: usize = 100;

/// The largest statement, in bytes. SBOMs of large images take some 30 MB.
const STATEMENT_BYTES_MAX: u64 = 64 << 20;

/// What all statements together may have, in bytes: they are in memory at the same time.
const STATEMENTS_BYTES_MAX: u64 = 256 << 20;

/// The annotation by which a manifest in an index says which other one it is about
/// (<https://docs.docker.com/build/metadata/attestations/attestation-storage/>).
const DOCKER_REFERENCE_DIGEST: &str = "vnd.docker.reference.digest";

/// Types of documents that are attached without a statement around them, by a word in their type.
const DOCUMENTS: [&str; 5] = ["cyclonedx", "spdx", "syft", "openvex", "csaf"];

/// The part of [`DOCUMENTS`] that are not in JSON alone: SPDX has tags and values, CycloneDX XML.
const TEXTS: [&str; 2] = ["cyclonedx", "spdx"];

/// What somebody says of an image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// What kind of thing is said: the predicate's type, such as `https://openvex.dev/ns/v0.2.0` or
    /// `https://spdx.dev/Document`; of a document without a statement its media type.
    pub predicate_type: String,
    /// What is said: the bytes of a JSON value, or of a document that was attached as it is.
    pub predicate: Vec<u8>,
    /// The digest of the blob it is from.
    pub blob: Digest,
}

/// Everything that is attached to an image.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Attestations {
    /// What could be read, in the order of the blobs' digests.
    pub statements: Vec<Statement>,
    /// What speaks of something else, such as the image of another platform, in words.
    pub others: Vec<String>,
    /// What could not be read, in words.
    pub problems: Vec<String>,
}

impl Attestations {
    /// Statements whose type begins with one of these words.
    pub fn of_type<'a>(&'a self, types: &'a [&'a str]) -> impl Iterator<Item = &'a Statement> {
        let is_wanted =
            |one: &&Statement| types.iter().any(|kind| one.predicate_type.starts_with(kind));
        self.statements.iter().filter(is_wanted)
    }
}

/// Reads what is attached to a manifest. `index` is the index the manifest was found in, if there is
/// one: something may be attached to that, or be in it.
pub fn attestations(
    place: &dyn Fetch,
    digest: &Digest,
    index: Option<&Digest>,
) -> Result<Attestations, ArtifactError> {
    let subjects: Vec<&Digest> = std::iter::once(digest).chain(index).collect();
    let mut reader = Reader {
        place,
        subjects: &subjects,
        found: BTreeMap::new(),
        left_bytes: STATEMENTS_BYTES_MAX,
        others: Vec::new(),
        problems: Vec::new(),
    };
    let mut names: Vec<ManifestName> = Vec::new();
    for subject in &subjects {
        let mut seen = BTreeSet::new();
        for one in place.referrers(subject)? {
            if is_attestation(&one.artifact_type) && seen.insert(one.digest.clone()) {
                names.push(ManifestName::Digest(one.digest));
            }
        }
        for ending in ["att", "sbom"] {
            let tag = format!("{}-{}.{ending}", subject.algorithm().name(), subject.hex());
            names.push(ManifestName::Tag(tag));
        }
    }
    if let Some(index) = index {
        names.extend(described_in(place, index, digest)?);
    }
    for name in names {
        reader.read(&name)?;
    }
    let Reader { found, others, problems, .. } = reader;
    Ok(Attestations { statements: found.into_values().flatten().collect(), others, problems })
}

/// Whether an artifact of a type may be a statement, or a document that is one. Types of tools are
/// many; what is not known may be one.
fn is_attestation(artifact_type: &str) -> bool {
    let known = ["sigstore.bundle", "dsse", "in-toto"];
    artifact_type.is_empty()
        || known.iter().chain(&DOCUMENTS).any(|word| artifact_type.contains(word))
}

/// The manifests of an index that only describe another one of it.
fn described_in(
    place: &dyn Fetch,
    index: &Digest,
    digest: &Digest,
) -> Result<Vec<ManifestName>, ArtifactError> {
    #[derive(Deserialize)]
    struct Index {
        #[serde(default)]
        manifests: Vec<Descriptor>,
    }
    let name = ManifestName::Digest(index.clone());
    let Some((bytes, _)) = place.manifest(&name)? else { return Ok(Vec::new()) };
    let Ok(index) = serde_json::from_slice::<Index>(&bytes) else { return Ok(Vec::new()) };
    let described = digest.to_string();
    let is_about = |one: &&Descriptor| {
        one.annotations.get(DOCKER_REFERENCE_DIGEST).is_some_and(|about| *about == described)
    };
    let manifests = index.manifests.iter().filter(is_about).take(ATTACHMENTS_MAX);
    Ok(manifests.map(|one| ManifestName::Digest(one.digest.clone())).collect())
}

struct Reader<'a> {
    place: &'a dyn Fetch,
    subjects: &'a [&'a Digest],
    /// By blob, which may be attached in several ways; nothing where it could not be read.
    found: BTreeMap<Digest, Option<Statement>>,
    /// How much may still be read.
    left_bytes: u64,
    others: Vec<String>,
    problems: Vec<String>,
}

impl Reader<'_> {
    /// Reads every statement of an artifact.
    fn read(&mut self, name: &ManifestName) -> Result<(), ArtifactError> {
        let Some((bytes, _)) = self.place.manifest(name)? else { return Ok(()) };
        let Ok(manifest) = ArtifactManifest::parse(&bytes) else {
            self.problems.push(format!("what is attached as {name} is no manifest"));
            return Ok(());
        };
        for layer in &manifest.layers {
            if self.found.contains_key(&layer.digest) {
                continue;
            }
            if self.found.len() >= ATTACHMENTS_MAX {
                let problem = format!("more than {ATTACHMENTS_MAX} statements are attached");
                if !self.problems.contains(&problem) {
                    self.problems.push(problem);
                }
                return Ok(());
            }
            let left_bytes = self.left_bytes.checked_sub(layer.size);
            let Some(left_bytes) = left_bytes.filter(|_| layer.size <= STATEMENT_BYTES_MAX) else {
                let (digest, size) = (&layer.digest, layer.size);
                let problem = format!("{digest}, attached as {name}, has {size} bytes: too many");
                self.problems.push(problem);
                self.found.insert(layer.digest.clone(), None);
                continue;
            };
            self.left_bytes = left_bytes;
            let document = is_document(&layer.media_type).then_some(layer.media_type.as_str());
            let document =
                document.or_else(|| is_document(manifest.kind()).then_some(manifest.kind()));
            let bytes = self.place.document(layer, STATEMENT_BYTES_MAX)?;
            let read = statement(&bytes, document, self.subjects);
            let read = read.map(|(predicate_type, predicate)| Statement {
                predicate_type,
                predicate,
                blob: layer.digest.clone(),
            });
            if let Err(why) = &read {
                let is_other = *why == ABOUT_OTHERS;
                let list = if is_other { &mut self.others } else { &mut self.problems };
                list.push(format!("{}, attached as {name}, {why}", layer.digest));
            }
            self.found.insert(layer.digest.clone(), read.ok());
        }
        Ok(())
    }
}

fn is_document(media_type: &str) -> bool {
    DOCUMENTS.iter().any(|word| media_type.contains(word))
}

/// What is wrong with a statement that is readable.
const ABOUT_OTHERS: &str = "is about something else";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Shape {
    dsse_envelope: Option<Envelope>,
    payload: Option<String>,
    #[serde(rename = "_type")]
    kind: Option<String>,
}

#[derive(Deserialize)]
struct Envelope {
    payload: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct InToto {
    #[serde(default)]
    subject: Vec<Subject>,
    predicate_type: String,
    #[serde(default)]
    predicate: Value,
}

#[derive(Deserialize)]
struct Subject {
    #[serde(default)]
    digest: BTreeMap<String, String>,
}

/// What bytes say of one of the subjects: the type, and what is said.
fn statement(
    bytes: &[u8],
    document: Option<&str>,
    subjects: &[&Digest],
) -> Result<(String, Vec<u8>), &'static str> {
    let text = document.filter(|kind| TEXTS.iter().any(|word| kind.contains(word)));
    let is_object = || bytes.trim_ascii_start().first() == Some(&b'{');
    if let Some(kind) = text.filter(|_| !is_object()) {
        return Ok((kind.to_owned(), bytes.to_vec()));
    }
    let shape: Shape = serde_json::from_slice(bytes).map_err(|_| "is no JSON object")?;
    let payload = match shape {
        Shape { dsse_envelope: Some(envelope), .. } => Some(envelope.payload),
        Shape { payload: Some(payload), .. } => Some(payload),
        Shape { kind: Some(kind), .. } if kind.starts_with("https://in-toto.io/Statement/") => None,
        _ => {
            let kind = document.ok_or("is neither a statement nor an envelope of one")?;
            return Ok((kind.to_owned(), bytes.to_vec()));
        }
    };
    let decoded = payload.map(|payload| {
        let standard = BASE64_STANDARD.decode(&payload);
        standard
            .or_else(|_| BASE64_URL_SAFE.decode(&payload))
            .map_err(|_| "has a payload that is no base64")
    });
    let decoded = decoded.transpose()?;
    let read: InToto = serde_json::from_slice(decoded.as_deref().unwrap_or(bytes))
        .map_err(|_| "holds no in-toto statement")?;
    let is_about = |one: &Subject| {
        one.digest.iter().any(|(algorithm, hex)| {
            let is_it = |subject: &&Digest| {
                subject.algorithm().name() == algorithm && subject.hex().eq_ignore_ascii_case(hex)
            };
            subjects.iter().any(is_it)
        })
    };
    if !read.subject.iter().any(is_about) {
        return Err(ABOUT_OTHERS);
    }
    let predicate = match read.predicate {
        // Cosign wraps what it does not know.
        Value::Object(mut fields) if fields.len() <= 2 && fields.contains_key("Data") => {
            match fields.remove("Data") {
                Some(Value::String(text)) => text.into_bytes(),
                Some(other) => other.to_string().into_bytes(),
                None => Vec::new(),
            }
        }
        other => other.to_string().into_bytes(),
    };
    Ok((read.predicate_type, predicate))
}

/// Pages of a list of referrers, as descriptors.
pub(crate) fn listed(pages: &[Vec<u8>]) -> Result<Vec<Descriptor>, serde_json::Error> {
    #[derive(Deserialize)]
    struct Index {
        #[serde(default, deserialize_with = "crate::manifest::null_as_default")]
        manifests: Vec<Descriptor>,
    }
    let mut all = Vec::new();
    for page in pages {
        let index: Index = serde_json::from_slice(page)?;
        all.extend(index.manifests);
    }
    all.truncate(ATTACHMENTS_MAX);
    Ok(all)
}

/// The tag under which registries without a list keep one (OCI distribution specification 1.1,
/// "Referrers Tag Schema").
pub(crate) fn tag(digest: &Digest) -> ManifestName {
    ManifestName::Tag(format!("{}-{}", digest.algorithm().name(), digest.hex()))
}
