//! What BuildKit attests of a build: the images it read
//! (<https://github.com/moby/buildkit/blob/master/docs/attestations/slsa-definitions.md>).
//!
//! Two versions are read, SLSA 0.2 and 1. Both list the images a build was given; one of `mode=max`
//! also has each step of the build, and the layers that each image it read is made of.

use crate::manifest::null_as_default;
use lazaret_core::digest::Digest;
use lazaret_core::image::LayerInfo;
use serde::Deserialize;
use std::collections::BTreeMap;

/// The annotation by which an attestation's layers are told apart.
pub(crate) const PREDICATE_TYPE: &str = "in-toto.io/predicate-type";
/// What the predicate types that are read begin with.
pub(crate) const PROVENANCE: &str = "https://slsa.dev/provenance/";

/// Images that builders read and no image is built on: what understands Dockerfiles, and what lists
/// packages.
const TOOLS: [&str; 3] = ["docker/dockerfile", "docker/buildkit", "docker/scout"];

/// An image that a build read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Origin {
    pub(crate) name: String,
    pub(crate) digest: Option<Digest>,
}

/// The images that a build read.
#[derive(Debug, Default)]
pub(crate) struct Provenance {
    origins: Vec<Origin>,
    /// Images with the digests of their blobs, as the build knew them.
    chains: Vec<(Origin, Vec<String>)>,
}

#[derive(Deserialize)]
struct Statement {
    predicate: Predicate,
}

/// The fields of both versions.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Predicate {
    #[serde(default, deserialize_with = "null_as_default")]
    materials: Vec<Material>,
    #[serde(default, deserialize_with = "null_as_default")]
    build_config: BuildConfig,
    #[serde(default, deserialize_with = "null_as_default")]
    metadata: Metadata,
    #[serde(default, deserialize_with = "null_as_default")]
    build_definition: BuildDefinition,
    #[serde(default, deserialize_with = "null_as_default")]
    run_details: RunDetails,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct BuildDefinition {
    #[serde(deserialize_with = "null_as_default")]
    resolved_dependencies: Vec<Material>,
    #[serde(deserialize_with = "null_as_default")]
    internal_parameters: InternalParameters,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct InternalParameters {
    #[serde(deserialize_with = "null_as_default")]
    build_config: BuildConfig,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct RunDetails {
    #[serde(deserialize_with = "null_as_default")]
    metadata: Metadata,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Metadata {
    #[serde(
        rename = "https://mobyproject.org/buildkit@v1#metadata",
        alias = "buildkit_metadata",
        deserialize_with = "null_as_default"
    )]
    buildkit: BuildKit,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct BuildKit {
    /// By the output of a step, such as `step0:0`: the layers of what it gives.
    #[serde(deserialize_with = "null_as_default")]
    layers: BTreeMap<String, Vec<Vec<Blob>>>,
}

#[derive(Deserialize)]
struct Blob {
    digest: String,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct BuildConfig {
    #[serde(deserialize_with = "null_as_default")]
    llb_definition: Vec<Step>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Step {
    id: String,
    #[serde(deserialize_with = "null_as_default")]
    op: Operation,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Operation {
    #[serde(rename = "Op", deserialize_with = "null_as_default")]
    kind: OperationKind,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct OperationKind {
    #[serde(alias = "Source", deserialize_with = "null_as_default")]
    source: Source,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Source {
    #[serde(deserialize_with = "null_as_default")]
    identifier: String,
}

#[derive(Deserialize)]
struct Material {
    #[serde(default, deserialize_with = "null_as_default")]
    uri: String,
    #[serde(default, deserialize_with = "null_as_default")]
    digest: BTreeMap<String, String>,
}

impl Provenance {
    /// Reads a statement; nothing if it is no provenance.
    pub(crate) fn read(bytes: &[u8]) -> Option<Self> {
        let Statement { predicate } = serde_json::from_slice(bytes).ok()?;
        let Predicate { materials, build_config, metadata, build_definition, run_details } =
            predicate;
        let mut origins: Vec<Origin> = materials
            .iter()
            .chain(&build_definition.resolved_dependencies)
            .filter_map(Material::origin)
            .filter(|origin| !TOOLS.iter().any(|tool| origin.name.starts_with(tool)))
            .collect();
        origins.sort();
        origins.dedup();
        let layers = [metadata.buildkit.layers, run_details.metadata.buildkit.layers];
        let steps = build_config
            .llb_definition
            .into_iter()
            .chain(build_definition.internal_parameters.build_config.llb_definition);
        let mut chains = Vec::new();
        for step in steps {
            let Some(origin) = of_identifier(&step.op.kind.source.identifier) else { continue };
            let output = format!("{}:0", step.id);
            let found = layers.iter().filter_map(|layers| layers.get(&output)).flatten();
            for chain in found.filter(|chain| !chain.is_empty()) {
                let digests = chain.iter().map(|blob| blob.digest.clone()).collect();
                chains.push((origin.clone(), digests));
            }
        }
        Some(Self { origins, chains })
    }

    /// The image whose layers are the first ones of these, and how many it has; of several the one
    /// with most.
    pub(crate) fn beginning(&self, layers: &[LayerInfo]) -> Option<(&Origin, usize)> {
        let own: Vec<String> = layers
            .iter()
            .map_while(|layer| layer.blob_digest.as_ref().map(ToString::to_string))
            .collect();
        let begins = |(_, chain): &&(Origin, Vec<String>)| own.starts_with(chain);
        let found = self.chains.iter().filter(begins).max_by_key(|(_, chain)| chain.len());
        found.map(|(origin, chain)| (origin, chain.len()))
    }

    /// The only image that the build read, where layers could not have told better.
    pub(crate) fn only_image(&self) -> Option<&Origin> {
        match self.origins.as_slice() {
            [only] if self.chains.is_empty() => Some(only),
            _ => None,
        }
    }
}

impl Material {
    /// The image it is, if it is one: `pkg:docker/debian@12?platform=linux%2Famd64`.
    fn origin(&self) -> Option<Origin> {
        let purl = self.uri.strip_prefix("pkg:docker/")?;
        let purl = purl.split(['?', '#']).next().unwrap_or(purl);
        let (name, version) = match purl.rsplit_once('@') {
            Some((name, version)) => (decoded(name)?, decoded(version)?),
            None => (decoded(purl)?, String::new()),
        };
        let told = self.digest.get("sha256").and_then(|hex| format!("sha256:{hex}").parse().ok());
        let (name, digest) = match version.parse::<Digest>() {
            Ok(digest) => (name, Some(digest)),
            Err(_) if version.is_empty() => (name, told),
            Err(_) => (format!("{name}:{version}"), told),
        };
        (!name.is_empty()).then_some(Origin { name, digest })
    }
}

/// The image a step reads: `docker-image://docker.io/library/debian:12@sha256:…`.
fn of_identifier(identifier: &str) -> Option<Origin> {
    let reference = identifier.strip_prefix("docker-image://")?;
    let (name, digest) = reference.split_once('@').unwrap_or((reference, ""));
    let hub = name.strip_prefix("docker.io/").unwrap_or(name);
    let name = hub.strip_prefix("library/").unwrap_or(hub);
    (!name.is_empty()).then(|| Origin { name: name.to_owned(), digest: digest.parse().ok() })
}

/// A part of a package url without its percent signs; nothing if they are wrong.
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        rest = tail;
        if *first != b'%' {
            bytes.push(*first);
            continue;
        }
        let (digits, tail) = rest.split_at_checked(2)?;
        bytes.extend(hex::decode(digits).ok()?);
        rest = tail;
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin(uri: &str) -> Option<(String, bool)> {
        let digest = BTreeMap::from([("sha256".to_owned(), "a".repeat(64))]);
        let origin = Material { uri: uri.to_owned(), digest }.origin()?;
        Some((origin.name, origin.digest.is_some()))
    }

    #[test]
    fn package_urls_are_read_as_buildkit_writes_them() {
        let named = |name: &str| Some((name.to_owned(), true));
        assert_eq!(origin("pkg:docker/debian@12?platform=linux%2Famd64"), named("debian:12"));
        assert_eq!(origin("pkg:docker/shop/base@1.0"), named("shop/base:1.0"));
        assert_eq!(origin("pkg:docker/localhost%3A5000/base@1"), named("localhost:5000/base:1"));
        assert_eq!(origin("pkg:docker/debian"), named("debian"));
        let pinned = format!("pkg:docker/debian@sha256%3A{}", "b".repeat(64));
        assert_eq!(origin(&pinned), named("debian"));
        for other in ["pkg:github/a/b@1", "https://x", "", "pkg:docker/", "pkg:docker/a%2@1"] {
            assert_eq!(origin(other), None, "{other}");
        }
    }

    #[test]
    fn steps_name_images_as_people_do() {
        let name = |identifier| of_identifier(identifier).map(|origin| origin.name);
        assert_eq!(name("docker-image://docker.io/library/debian:12"), Some("debian:12".into()));
        assert_eq!(name("docker-image://docker.io/shop/base:1"), Some("shop/base:1".into()));
        assert_eq!(name("docker-image://ghcr.io/a/b:1@sha256:00"), Some("ghcr.io/a/b:1".into()));
        assert_eq!(name("git://github.com/a/b"), None);
    }

    #[test]
    fn tools_are_no_base_and_two_images_are_no_answer() {
        let read = |uris: &[&str]| {
            let materials: Vec<_> =
                uris.iter().map(|uri| serde_json::json!({"uri": uri})).collect();
            let statement = serde_json::json!({"predicate": {"materials": materials}});
            let provenance = Provenance::read(statement.to_string().as_bytes()).unwrap();
            provenance.only_image().map(|origin| origin.name.clone())
        };
        let frontend = "pkg:docker/docker/dockerfile@1";
        assert_eq!(read(&[frontend, "pkg:docker/debian@12"]), Some("debian:12".into()));
        assert_eq!(
            read(&["pkg:docker/debian@12", "pkg:docker/debian@12"]),
            Some("debian:12".into())
        );
        assert_eq!(read(&["pkg:docker/debian@12", "pkg:docker/golang@1.24"]), None);
        assert_eq!(read(&[frontend]), None);
    }

    #[test]
    fn what_is_no_provenance_is_nothing() {
        for text in ["", "{}", "[]", r#"{"predicate":1}"#, r#"{"predicate":{"materials":7}}"#] {
            assert!(Provenance::read(text.as_bytes()).is_none(), "{text}");
        }
        let nulls = r#"{"predicate":{"materials":null,"buildConfig":null,"metadata":null,
            "buildDefinition":null,"runDetails":null}}"#;
        assert!(Provenance::read(nulls.as_bytes()).unwrap().only_image().is_none());
    }
}
