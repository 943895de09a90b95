//! What image another one was built on, and which layers are that image's.
//!
//! Who names the base image and what tells where it ends are two questions. An annotation names it;
//! its layers, compared, end it. Of several answers the surer one is kept, and where there is none
//! the origin of a layer stays unknown.

mod history;
mod label;
pub(crate) mod provenance;

use lazaret_core::digest::Digest;
use lazaret_core::image::{BaseExtent, BaseImage, BaseSource, Confidence, Image};
use provenance::Provenance;

/// Asks what an image says of itself: its annotations, its labels and its history.
pub(crate) fn find(image: &mut Image) {
    let labels = &image.config.labels;
    let mut base = label::named(&image.annotations, BaseSource::Annotation)
        .or_else(|| label::named(labels, BaseSource::Label))
        .unwrap_or_default();
    if let Some(run_image) = label::RunImage::read(labels) {
        base.extent = position_of(image, &run_image.top_layer)
            .and_then(|position| extent(position + 1, BaseSource::Label, Confidence::Certain));
        if base.name.is_none() {
            let source = run_image.name.as_ref().map(|_| BaseSource::Label);
            base = BaseImage { name: run_image.name, source, ..base };
        }
    }
    // A history of the wrong length cannot be told which layer a line belongs to.
    let history = &image.config.history;
    let lines = history.iter().filter(|entry| !entry.empty_layer).count();
    if base.extent.is_none() && lines == image.layers.len() {
        base.extent = history::boundary(history)
            .and_then(|layers| extent(layers, BaseSource::History, Confidence::Likely));
    }
    image.set_base(base);
}

/// Adds what the builder attested of the build.
///
/// Compared layers decide. A build without them names every image it read, of which the base is one
/// only where the history shows that there is a base at all.
pub(crate) fn attest(image: &mut Image, provenance: &Provenance) {
    let mut base = image.base_image.clone().unwrap_or_default();
    let is_certain = |base: &BaseImage| {
        base.extent.is_some_and(|extent| extent.confidence == Confidence::Certain)
    };
    let named = if let Some((origin, layers)) = provenance.beginning(&image.layers) {
        if !is_certain(&base) {
            base.extent = extent(layers, BaseSource::Provenance, Confidence::Certain);
        }
        Some(origin)
    } else {
        provenance.only_image().filter(|_| base.extent.is_some())
    };
    // A label may be one of the base image itself.
    if let Some(origin) = named
        && (base.name.is_none() || base.source == Some(BaseSource::Label))
    {
        base.name = Some(origin.name.clone());
        base.digest.clone_from(&origin.digest);
        base.source = Some(BaseSource::Provenance);
    }
    image.set_base(base);
}

/// Compares an image with others that it may have been built on: one whose layers are the first
/// ones of the image is its base, and of several the one with most layers. Says whether there is
/// one.
pub(crate) fn compare(image: &mut Image, others: &[Image]) -> bool {
    let begins = |other: &&Image| {
        !other.layers.is_empty()
            && other.layers.len() <= image.layers.len()
            && other
                .layers
                .iter()
                .zip(&image.layers)
                .all(|(other, own)| other.diff_id.is_some() && other.diff_id == own.diff_id)
    };
    let Some(found) = others.iter().filter(begins).max_by_key(|other| other.layers.len()) else {
        return false;
    };
    let base = BaseImage {
        name: Some(found.name.clone()),
        digest: found.digest.clone(),
        source: Some(BaseSource::Comparison),
        extent: extent(found.layers.len(), BaseSource::Comparison, Confidence::Certain),
    };
    image.set_base(base);
    true
}

fn extent(layers: usize, source: BaseSource, confidence: Confidence) -> Option<BaseExtent> {
    Some(BaseExtent { layers: u32::try_from(layers).ok()?, source, confidence })
}

/// The last layer with a diff id.
fn position_of(image: &Image, diff_id: &Digest) -> Option<usize> {
    image.layers.iter().rposition(|layer| layer.diff_id.as_ref() == Some(diff_id))
}
