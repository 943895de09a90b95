//! The base image, in words.

use lazaret_core::image::{BaseExtent, BaseImage, Confidence, Image};

/// Where something is that no layer has: what the registry has attached to an image.
pub(crate) const BESIDE: &str = "in the registry";

/// What is known of the base image of an image; nothing where nothing is.
pub fn base_image_words(image: &Image) -> Option<String> {
    let base = image.base_image.as_ref()?;
    let name = name(base);
    let Some(extent) = base.extent else {
        let by = base.source.map_or_else(String::new, |by| format!(" by {}", by.words()));
        return Some(format!("base image {name}{by}; nothing tells where it ends"));
    };
    let likely = match extent.confidence {
        Confidence::Likely => "likely ",
        Confidence::Certain => "",
    };
    let layers = match image.layers.len() {
        1 => "1 layer".to_owned(),
        all => format!("{} of {all} layers", extent.layers),
    };
    Some(format!("base image {name} ({likely}{layers}, by {})", extent.source.words()))
}

/// Whether something in a layer is from the base image, and how sure that is.
pub fn origin_words(image: &Image, is_base: Option<bool>) -> String {
    let known = image.base_image.as_ref().and_then(|base| Some((name(base), base.extent?)));
    let sure =
        |extent: BaseExtent| format!("{}, by {}", extent.confidence.name(), extent.source.words());
    match (is_base, known) {
        (Some(true), Some((name, extent))) => format!("base image {name} ({})", sure(extent)),
        (Some(false), Some((name, extent))) => {
            format!("application, on base image {name} ({})", sure(extent))
        }
        (Some(true), None) => "base image".to_owned(),
        (Some(false), None) => "application".to_owned(),
        (None, _) => "unknown: nothing tells where the base image ends".to_owned(),
    }
}

/// What a base image is called.
fn name(base: &BaseImage) -> String {
    let pinned = || base.digest.as_ref().map(ToString::to_string);
    base.name.clone().or_else(pinned).unwrap_or_else(|| "of unknown name".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use lazaret_core::image::{BaseSource, LayerInfo};

    fn image(name: Option<&str>, source: Option<BaseSource>, extent: Option<BaseExtent>) -> Image {
        let layer = LayerInfo {
            blob_digest: None,
            diff_id: None,
            size_bytes: 0,
            created_by: None,
            base: None,
        };
        let mut image = Image { layers: vec![layer; 5], ..Image::default() };
        let name = name.map(str::to_owned);
        image.set_base(BaseImage { name, digest: None, source, extent });
        image
    }

    #[test]
    fn what_is_known_and_what_is_not_is_said() {
        let annotation = Some(BaseSource::Annotation);
        let extent = |source, confidence| Some(BaseExtent { layers: 2, source, confidence });
        let likely = extent(BaseSource::History, Confidence::Likely);
        let certain = extent(BaseSource::Provenance, Confidence::Certain);
        let words = |image: Image| base_image_words(&image).unwrap();
        assert_eq!(
            words(image(Some("debian:12"), annotation, certain)),
            "base image debian:12 (2 of 5 layers, by the build's provenance)"
        );
        assert_eq!(
            words(image(None, None, likely)),
            "base image of unknown name (likely 2 of 5 layers, by the history)"
        );
        assert_eq!(
            words(image(Some("debian:12"), annotation, None)),
            "base image debian:12 by an annotation; nothing tells where it ends"
        );
        assert_eq!(base_image_words(&image(None, None, None)), None);

        let known = image(Some("debian:12"), annotation, likely);
        assert_eq!(
            origin_words(&known, Some(true)),
            "base image debian:12 (likely, by the history)"
        );
        assert_eq!(
            origin_words(&known, Some(false)),
            "application, on base image debian:12 (likely, by the history)"
        );
        assert!(origin_words(&known, None).starts_with("unknown"));
    }
}
