//! Signatures of databases: made as cosign makes them with a key pair, so that cosign and Skopeo
//! verify ours and the other way around.
//!
//! What is signed is a *simple signing* document that names the digest of the artifact's manifest.
//! It is a blob of an image manifest whose tag is made of that digest; the signature is in an
//! annotation beside it (cosign, "Signature Specification"; containers/image,
//! "containers-signature").

use crate::fail::{CommandError, Kind, Result};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1, ECDSA_P256_SHA256_ASN1_SIGNING, ED25519, EcdsaKeyPair, Ed25519KeyPair,
    KeyPair as _, ParsedPublicKey,
};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use lazaret_core::digest::Digest;
use lazaret_image::artifact::{ArtifactManifest, Blob, Descriptor, Fetch, ManifestName, Store};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{PrivateKeyDer, SubjectPublicKeyInfoDer};
use serde_json::{Value, json};
use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

/// The signed document.
const PAYLOAD: &str = "application/vnd.dev.cosign.simplesigning.v1+json";
/// The annotation with the signature, in Base64.
const SIGNATURE: &str = "dev.cosignproject.cosign/signature";
/// What the signed document says that it is.
const CLAIM: &str = "cosign container image signature";
/// The configuration of a manifest with signatures. It is an image's, for registries that take no
/// other.
const CONFIG: &str = "application/vnd.oci.image.config.v1+json";

/// A file with a key; real ones are below 4 kB.
const KEY_BYTES_MAX: u64 = 64 << 10;
/// A signed document; ours have 200 bytes, those with annotations somewhat more.
const PAYLOAD_BYTES_MAX: u64 = 64 << 10;
/// Signatures of one manifest that are looked at.
const SIGNATURES_MAX: usize = 64;

/// A key to sign with.
pub(super) struct SigningKey {
    path: PathBuf,
    pair: Pair,
}

enum Pair {
    Ed25519(Ed25519KeyPair),
    P256(EcdsaKeyPair),
}

/// A key to verify with.
pub(super) struct VerifyingKey {
    path: PathBuf,
    key: ParsedPublicKey,
}

/// How a manifest came to its signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Signed {
    /// It was made.
    Now,
    /// It was there.
    Before,
}

impl SigningKey {
    /// Reads a private key.
    pub(super) fn load(path: &Path) -> Result<Self> {
        let pem = read_key(path)?;
        let wrong = || {
            let error = anyhow::anyhow!("{} holds no private key to sign with", path.display());
            CommandError::new(Kind::Config, error).hint(
                "a key is an Ed25519 or ECDSA P-256 key in PEM form that is not encrypted, such \
                 as `openssl genpkey -algorithm ed25519` makes",
            )
        };
        let pair = match PrivateKeyDer::from_pem_slice(&pem).map_err(|_| wrong())? {
            PrivateKeyDer::Pkcs8(der) => {
                let der = der.secret_pkcs8_der();
                Ed25519KeyPair::from_pkcs8(der).map(Pair::Ed25519).or_else(|_| {
                    EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, der).map(Pair::P256)
                })
            }
            PrivateKeyDer::Sec1(der) => EcdsaKeyPair::from_private_key_der(
                &ECDSA_P256_SHA256_ASN1_SIGNING,
                der.secret_sec1_der(),
            )
            .map(Pair::P256),
            _ => return Err(wrong()),
        };
        Ok(Self { path: path.to_owned(), pair: pair.map_err(|_| wrong())? })
    }

    /// The file it is from.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>> {
        let signature = match &self.pair {
            Pair::Ed25519(pair) => pair.try_sign(message),
            Pair::P256(pair) => pair.sign(&SystemRandom::new(), message),
        };
        let signature = signature.map_err(|_| {
            let error = anyhow::anyhow!("failed to sign with {}", self.path.display());
            CommandError::new(Kind::Internal, error)
        })?;
        Ok(signature.as_ref().to_vec())
    }

    /// The key that verifies what this one signs.
    fn verifying(&self) -> Option<VerifyingKey> {
        let key = match &self.pair {
            Pair::Ed25519(pair) => ParsedPublicKey::new(&ED25519, pair.public_key()),
            Pair::P256(pair) => ParsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, pair.public_key()),
        };
        Some(VerifyingKey { path: self.path.clone(), key: key.ok()? })
    }
}

impl VerifyingKey {
    /// Reads a public key.
    pub(super) fn load(path: &Path) -> Result<Self> {
        let pem = read_key(path)?;
        let wrong = || {
            let error = anyhow::anyhow!("{} holds no public key to verify with", path.display());
            CommandError::new(Kind::Config, error).hint(
                "a key is the public half of an Ed25519 or ECDSA P-256 key in PEM form, such as \
                 `openssl pkey -in KEY -pubout` makes",
            )
        };
        let der = SubjectPublicKeyInfoDer::from_pem_slice(&pem).map_err(|_| wrong())?;
        let key = ParsedPublicKey::new(&ED25519, &der)
            .or_else(|_| ParsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, &der))
            .map_err(|_| wrong())?;
        Ok(Self { path: path.to_owned(), key })
    }

    /// Reads every key that was named.
    pub(super) fn load_all(paths: &[PathBuf]) -> Result<Vec<Self>> {
        paths.iter().map(|path| Self::load(path)).collect()
    }

    /// Whether a layer of a manifest with signatures is one of this key, for `digest`.
    fn accepts(&self, layer: &Descriptor, payload: &[u8], digest: &Digest) -> bool {
        let signature = layer.annotations.get(SIGNATURE);
        let signature = signature.and_then(|text| BASE64_STANDARD.decode(text).ok());
        signature.is_some_and(|signature| self.key.verify_sig(payload, &signature).is_ok())
            && claims(payload, digest)
    }
}

fn read_key(path: &Path) -> Result<Vec<u8>> {
    let mut pem = Vec::new();
    let read = File::open(path).and_then(|file| file.take(KEY_BYTES_MAX).read_to_end(&mut pem));
    read.map(|_| pem).map_err(|error: io::Error| {
        let context = format!("failed to read the key {}", path.display());
        CommandError::new(Kind::Config, anyhow::Error::new(error).context(context))
    })
}

/// Whether a signed document is about `digest`.
fn claims(payload: &[u8], digest: &Digest) -> bool {
    let Ok(payload) = serde_json::from_slice::<Value>(payload) else { return false };
    let says = |place: &str, text: &str| {
        payload.pointer(place).and_then(Value::as_str).is_some_and(|said| said == text)
    };
    says("/critical/type", CLAIM)
        && says("/critical/image/docker-manifest-digest", &digest.to_string())
}

/// The tag under which the signatures of a manifest are.
fn tag_of(digest: &Digest) -> ManifestName {
    ManifestName::Tag(format!("{}-{}.sig", digest.algorithm().name(), digest.hex()))
}

/// The signatures that a manifest has already; they stay when one is added.
pub(super) fn earlier(fetch: &dyn Fetch, digest: &Digest) -> anyhow::Result<Vec<Descriptor>> {
    let Some((bytes, _)) = fetch.manifest(&tag_of(digest))? else { return Ok(Vec::new()) };
    let mut layers = ArtifactManifest::parse(&bytes)?.layers;
    layers.truncate(SIGNATURES_MAX);
    Ok(layers)
}

/// Whether one of these signatures is of this key.
pub(super) fn is_signed(
    fetch: &dyn Fetch,
    layers: &[Descriptor],
    digest: &Digest,
    key: &SigningKey,
) -> bool {
    let Some(key) = key.verifying() else { return false };
    layers.iter().any(|layer| {
        let payload = fetch.document(layer, PAYLOAD_BYTES_MAX);
        payload.is_ok_and(|payload| key.accepts(layer, &payload, digest))
    })
}

/// Signs a manifest of the repository `name`, beside the signatures that are there.
pub(super) fn sign(
    store: &mut dyn Store,
    mut layers: Vec<Descriptor>,
    digest: &Digest,
    name: &str,
    key: &SigningKey,
) -> Result<()> {
    let payload = json!({
        "critical": {
            "identity": {"docker-reference": name},
            "image": {"docker-manifest-digest": digest},
            "type": CLAIM,
        },
        "optional": null,
    });
    let payload = payload.to_string().into_bytes();
    let signature = BASE64_STANDARD.encode(key.sign(&payload)?);
    let payload = Blob::from_bytes(payload);
    let mut layer = payload.descriptor(PAYLOAD);
    layer.annotations.insert(SIGNATURE.to_owned(), signature);
    layers.push(layer);
    // What image tools want to see of a configuration: as many diff ids as there are layers.
    let diff_ids: Vec<&Digest> = layers.iter().map(|layer| &layer.digest).collect();
    let config = json!({
        "architecture": "",
        "os": "",
        "config": {},
        "rootfs": {"type": "layers", "diff_ids": diff_ids},
    });
    let config = Blob::from_bytes(config.to_string().into_bytes());
    let manifest = ArtifactManifest::new("", config.descriptor(CONFIG), layers);
    let put = || -> anyhow::Result<()> {
        for blob in [&payload, &config] {
            store.put_blob(blob)?;
        }
        store.put_manifest(&tag_of(digest), &manifest, &manifest.to_json()?)?;
        Ok(())
    };
    let mut put = put;
    put().map_err(|error| {
        CommandError::new(Kind::Input, error.context("failed to write the signature"))
    })
}

/// Refuses a manifest that none of the keys has signed. Without keys everything passes.
pub(super) fn verify(fetch: &dyn Fetch, digest: &Digest, keys: &[VerifyingKey]) -> Result<()> {
    if keys.is_empty() {
        return Ok(());
    }
    let failed = |error: anyhow::Error| {
        let context = format!("failed to verify the signature of {digest}");
        CommandError::new(Kind::Input, error.context(context))
    };
    let tag = tag_of(digest);
    let found = fetch.manifest(&tag).map_err(|error| failed(error.into()))?;
    let Some((bytes, _)) = found else {
        let place = fetch.place();
        let error = anyhow::anyhow!("it is not signed: there is no {place}{tag}");
        return Err(failed(error).hint("without --verify-key a database needs no signature"));
    };
    let manifest = ArtifactManifest::parse(&bytes).map_err(|error| failed(error.into()))?;
    let mut unread = None;
    for layer in manifest.layers.iter().take(SIGNATURES_MAX) {
        match fetch.document(layer, PAYLOAD_BYTES_MAX) {
            Ok(payload) if keys.iter().any(|key| key.accepts(layer, &payload, digest)) => {
                return Ok(());
            }
            Ok(_) => {}
            Err(error) => unread = Some(error),
        }
    }
    let files: Vec<String> = keys.iter().map(|key| key.path.display().to_string()).collect();
    let wrong = format!("it has no signature of the key in {}", files.join(" or "));
    Err(failed(match unread {
        Some(error) => anyhow::Error::new(error).context(wrong),
        None => anyhow::anyhow!(wrong),
    }))
}
