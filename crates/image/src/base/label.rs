//! What annotations and labels say of the base image.

use lazaret_core::digest::Digest;
use lazaret_core::image::{BaseImage, BaseSource};
use serde::Deserialize;
use std::collections::BTreeMap;

/// The base image's name (<https://github.com/opencontainers/image-spec/blob/main/annotations.md>).
const NAME: &str = "org.opencontainers.image.base.name";
/// The base image's digest (the same place).
const DIGEST: &str = "org.opencontainers.image.base.digest";
/// What Cloud Native Buildpacks keep of a build
/// (<https://github.com/buildpacks/spec/blob/main/platform.md#iobuildpackslifecyclemetadata-json>).
const BUILDPACKS: &str = "io.buildpacks.lifecycle.metadata";

/// The base image that annotations or labels name.
pub(super) fn named(keys: &BTreeMap<String, String>, source: BaseSource) -> Option<BaseImage> {
    let text = |key| keys.get(key).map(|value| value.trim()).filter(|value| !value.is_empty());
    let digest: Option<Digest> = text(DIGEST).and_then(|digest| digest.parse().ok());
    let name = text(NAME).map(str::to_owned);
    (name.is_some() || digest.is_some()).then_some(BaseImage {
        name,
        digest,
        source: Some(source),
        extent: None,
    })
}

/// The image that buildpacks put their layers on.
pub(super) struct RunImage {
    pub(super) name: Option<String>,
    /// The diff id of its last layer.
    pub(super) top_layer: Digest,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Metadata {
    run_image: RunImageDoc,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RunImageDoc {
    top_layer: Digest,
    image: Option<String>,
    reference: Option<String>,
}

impl RunImage {
    /// Reads the label; what is malformed says nothing.
    pub(super) fn read(labels: &BTreeMap<String, String>) -> Option<Self> {
        let metadata: Metadata = serde_json::from_str(labels.get(BUILDPACKS)?).ok()?;
        let RunImageDoc { top_layer, image, reference } = metadata.run_image;
        let name = image.or(reference).filter(|name| !name.is_empty());
        Some(Self { name, top_layer })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn a_name_or_a_digest_is_enough_and_nonsense_is_nothing() {
        let digest = format!("sha256:{}", "a".repeat(64));
        let base = named(&keys(&[(NAME, "debian:12"), (DIGEST, &digest)]), BaseSource::Label);
        let base = base.unwrap();
        assert_eq!(base.name.as_deref(), Some("debian:12"));
        assert_eq!(base.digest.unwrap().to_string(), digest);
        assert_eq!(base.source, Some(BaseSource::Label));
        let only = named(&keys(&[(DIGEST, &digest)]), BaseSource::Annotation).unwrap();
        assert_eq!((only.name, only.digest.is_some()), (None, true));
        assert_eq!(named(&keys(&[(NAME, " "), (DIGEST, "abc")]), BaseSource::Annotation), None);
        assert_eq!(named(&keys(&[]), BaseSource::Annotation), None);
    }

    #[test]
    fn buildpacks_say_what_their_run_image_is() {
        let top = format!("sha256:{}", "b".repeat(64));
        let told = format!(
            r#"{{"app":[{{"sha":"sha256:00"}}],"runImage":{{"topLayer":"{top}",
                "reference":"index.docker.io/paketo/run@sha256:11","image":"paketo/run:base"}}}}"#
        );
        let run_image = RunImage::read(&keys(&[(BUILDPACKS, &told)])).unwrap();
        assert_eq!(run_image.top_layer.to_string(), top);
        assert_eq!(run_image.name.as_deref(), Some("paketo/run:base"));
        for broken in ["", "{}", "[]", r#"{"runImage":{"topLayer":"x"}}"#] {
            assert!(RunImage::read(&keys(&[(BUILDPACKS, broken)])).is_none(), "{broken}");
        }
    }
}
