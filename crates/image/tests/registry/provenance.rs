//! What a builder attested, beside its image in a registry.

use crate::fake::{Fake, Reply, honest};
use crate::sample::{Sample, digest, index};
use crate::{assert_holds, open, options};
use lazaret_core::image::{BaseSource, Confidence};
use serde_json::json;

#[test]
fn provenance_beside_an_image_is_read() {
    let sample = Sample::with_noise("amd64", 10);
    let identifier = "docker-image://docker.io/library/debian:12";
    let statement = json!({"predicate": {
        "buildConfig": {"llbDefinition": [
            {"id": "step0", "op": {"Op": {"source": {"identifier": identifier}}}},
        ]},
        "metadata": {"https://mobyproject.org/buildkit@v1#metadata": {
            "layers": {"step0:0": [[{"digest": digest(&sample.layers[0])}]]},
        }},
    }})
    .to_string()
    .into_bytes();
    let attestation = json!({
        "schemaVersion": 2,
        "config": {
            "mediaType": "application/vnd.oci.image.config.v1+json",
            "digest": digest(b"{}"), "size": 2,
        },
        "layers": [{
            "mediaType": "application/vnd.in-toto+json",
            "digest": digest(&statement), "size": statement.len(),
            "annotations": {"in-toto.io/predicate-type": "https://slsa.dev/provenance/v0.2"},
        }],
    })
    .to_string()
    .into_bytes();
    let beside = json!({
        "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "digest": digest(&attestation), "size": attestation.len(),
        "platform": {"os": "unknown", "architecture": "unknown"},
        "annotations": {
            "vnd.docker.reference.type": "attestation-manifest",
            "vnd.docker.reference.digest": digest(&sample.manifest),
        },
    });
    let index = index(&[sample.entry(), beside]);
    // With the statement, and where it is gone.
    for is_there in [true, false] {
        let (index, attestation) = (index.clone(), attestation.clone());
        let (statement, sample) = (statement.clone(), Sample::with_noise("amd64", 10));
        let blob = format!("/v2/app/blobs/{}", digest(&statement));
        let fake = Fake::serve(move |request, _| match &*request.path {
            "/v2/app/manifests/1" => Reply::new(200, index.clone())
                .header("Content-Type", "application/vnd.oci.image.index.v1+json"),
            path if path == format!("/v2/app/manifests/{}", digest(&attestation)) => {
                Reply::new(200, attestation.clone())
                    .header("Content-Type", "application/vnd.oci.image.manifest.v1+json")
            }
            path if path == blob && is_there => Reply::part(request, &statement),
            _ => honest(&sample, request),
        });
        let source = open(&format!("{}/app:1", fake.address), options()).unwrap();
        let base = source.images()[0].base_image.as_ref();
        assert_eq!(base.is_some(), is_there);
        if let Some(base) = base {
            let extent = base.extent.unwrap();
            assert_eq!(base.name.as_deref(), Some("debian:12"));
            assert_eq!((extent.layers, extent.source), (1, BaseSource::Provenance));
            assert_eq!(extent.confidence, Confidence::Certain);
        }
        assert_holds(&source, 0, &Sample::with_noise("amd64", 10));
    }
}
