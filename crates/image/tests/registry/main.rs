//! Images in a registry: a real one for what registries do, a fake one for what they should not.

mod attestation;
mod broken;
mod fake;
mod login;
mod provenance;
mod push;
mod real;
mod sample;
mod served;

use lazaret_core::problem::Problem;
use lazaret_image::{
    EntryHeader, LayerError, OpenError, OpenOptions, PlatformChoice, RegistryOptions, Source,
    Target, Visit, Want,
};
use sample::Sample;
use std::collections::BTreeMap;
use std::time::Duration;

/// Impatient, so that tests of failures are fast.
fn options() -> RegistryOptions {
    RegistryOptions {
        plain_http: true,
        retries: 3,
        backoff: Duration::from_millis(5),
        timeout: Duration::from_secs(5),
        ..RegistryOptions::default()
    }
}

/// Opens an image for `linux/amd64`.
fn open(reference: &str, registry: RegistryOptions) -> Result<Source, OpenError> {
    open_for(PlatformChoice::One("linux/amd64".parse().unwrap()), reference, registry)
}

fn open_for(
    platform: PlatformChoice,
    reference: &str,
    registry: RegistryOptions,
) -> Result<Source, OpenError> {
    let target: Target = format!("registry:{reference}").parse().unwrap();
    let options = OpenOptions { platform, registry, ..OpenOptions::default() };
    lazaret_image::open(&target, &options)
}

/// Keeps every file.
#[derive(Default)]
struct Files(BTreeMap<String, Vec<u8>>);

impl Visit for Files {
    fn entry(&mut self, _header: &EntryHeader) -> Want {
        Want::Body
    }

    fn body(&mut self, header: &EntryHeader, bytes: &[u8]) {
        self.0.insert(header.path.to_string(), bytes.to_vec());
    }

    fn problem(&mut self, problem: Problem) {
        panic!("{problem:?}");
    }
}

fn files(source: &Source, image: usize, layer: usize) -> Result<Files, LayerError> {
    let mut files = Files::default();
    source.walk(image, layer, &mut files).map(|_| files)
}

/// Reads every layer of an image and compares it with what was put in.
#[track_caller]
fn assert_holds(source: &Source, image: usize, sample: &Sample) {
    assert_eq!(source.images()[image].layers.len(), sample.files.len());
    for (layer, (path, body)) in sample.files.iter().enumerate() {
        let files = files(source, image, layer).unwrap().0;
        assert_eq!(files.keys().collect::<Vec<_>>(), [path]);
        assert!(files[*path] == *body, "{path} differs");
    }
}

/// An error with its causes, as a user sees it.
fn told(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}

/// The message of an image that must not open.
#[track_caller]
fn refused(opened: Result<Source, OpenError>) -> String {
    match opened {
        Ok(source) => panic!("opened: {:?}", source.images()),
        Err(error) => told(&error),
    }
}

#[track_caller]
fn assert_says(message: &str, parts: &[&str]) {
    for part in parts {
        assert!(message.contains(part), "`{part}` is not in: {message}");
    }
}
