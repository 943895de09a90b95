//! `--base-image`: what whoever asks says an image was built on, compared with it.

use super::convert::read_reports;
use super::explain::begins_as_json;
use crate::fail::{CommandError, Kind, Result};
use crate::settings::ScanSettings;
use lazaret_core::image::Image;
use lazaret_image::{OpenOptions, PlatformChoice, Source, Target, open};
use std::path::Path;

/// Compares the images of a source with those that were named, and says where none is the base.
pub(super) fn compare(
    settings: &ScanSettings,
    target: &Target,
    options: &OpenOptions,
    source: &mut Source,
) -> Result<()> {
    let named = &settings.base_images;
    if named.is_empty() {
        return Ok(());
    }
    let mut bases = Vec::new();
    for name in named {
        bases.extend(images(name, (target, options), source)?);
    }
    let found = source.compare_bases(&bases);
    for (image, _) in source.images().iter().zip(found).filter(|(_, found)| !found) {
        let base = image.base_image.as_ref();
        let pinned = base.and_then(|base| Some((base.name.as_ref()?, base.digest.as_ref()?)));
        let told = pinned.map_or_else(String::new, |(name, digest)| {
            format!("; its own record is {name} with the digest {digest}")
        });
        tracing::warn!("{} is not built on {}{told}", image.name, named.join(" or "));
    }
    Ok(())
}

/// The images of a file, a folder, a saved report or a reference.
fn images(name: &str, asked: (&Target, &OpenOptions), source: &Source) -> Result<Vec<Image>> {
    let path = Path::new(name);
    if path.is_file() && begins_as_json(path) {
        let reports = read_reports(path)?;
        return Ok(reports.0.into_iter().map(|report| report.image).collect());
    }
    let target = if path.exists() {
        Target::Input(path.to_owned())
    } else {
        name.parse().map_err(|error| {
            let error = CommandError::new(Kind::Usage, anyhow::Error::new(error));
            error.hint(format!("there is no file or folder {name} either"))
        })?
    };
    let options = options(&target, asked, source);
    let opened = open(&target, &options).map_err(|error| {
        let context = format!("failed to open the base image {name}");
        CommandError::new(Kind::Input, anyhow::Error::new(error).context(context))
    })?;
    if let Target::RootFs(_) = target {
        let message = format!("{name} is a root file system: it has no layers to compare");
        return Err(CommandError::usage(message));
    }
    Ok(opened.images().to_vec())
}

/// How a base image is opened: for the platforms of the images, and with credentials that were
/// given for a registry only where that is the same one.
fn options(target: &Target, asked: (&Target, &OpenOptions), source: &Source) -> OpenOptions {
    let mut options = asked.1.clone();
    options.progress = None;
    let mut platforms = source.images().iter().map(|image| &image.platform);
    let first = platforms.next();
    options.platform = match first {
        Some(Some(only)) if platforms.all(|other| other.as_ref() == Some(only)) => {
            PlatformChoice::One(only.clone())
        }
        _ => PlatformChoice::All,
    };
    let same_registry = match (target, asked.0) {
        (Target::Registry(base), Target::Registry(image)) => base.registry() == image.registry(),
        _ => false,
    };
    if !same_registry {
        options.registry.credentials.clear();
        options.registry.registry_token = None;
    }
    options
}
