//! Where a finding is, in words and as a layer.

use lazaret_core::finding::{Detail, Finding, Place};
use lazaret_core::image::Image;
use lazaret_core::inventory::Inventory;
use lazaret_core::location::{LayerIndex, Location};

/// A place in words, without its layer.
pub(super) fn words(place: &Place) -> String {
    match place {
        Place::File { location, inside, .. } => {
            let inside = inside.as_ref().map_or_else(String::new, |path| format!(" → {path}"));
            format!("{}{inside}", file(location))
        }
        Place::Env { name } => format!("environment variable {name}"),
        Place::Label { name } => format!("label {name}"),
        Place::History { entry } => format!("line {} of the history", u64::from(*entry) + 1),
        Place::Image => "image configuration".to_owned(),
    }
}

/// A file, with its lines where they are known.
pub(super) fn file(location: &Location) -> String {
    let lines = location.lines.map_or_else(String::new, |lines| match lines.end {
        end if end == lines.start => format!(":{end}"),
        end => format!(":{}-{end}", lines.start),
    });
    format!("/{}{lines}", location.path)
}

/// The layer whose archive still has what a later layer deleted or replaced.
pub(super) fn deleted_by(finding: &Finding) -> Option<LayerIndex> {
    match finding.place()? {
        Place::File { deleted_by, .. } => *deleted_by,
        Place::Env { .. } | Place::Label { .. } | Place::History { .. } | Place::Image => None,
    }
}

/// The layer that brought a finding: the one its bytes are in, else the one that the line of the
/// history made which it is about.
pub(super) fn layer(finding: &Finding, inventory: &Inventory, image: &Image) -> Option<LayerIndex> {
    finding.layer(inventory).or_else(|| layer_of_history(history(finding)?, image))
}

fn history(finding: &Finding) -> Option<u32> {
    match (&finding.detail, finding.place()) {
        (Detail::Misconfiguration(broken), _) if broken.history.is_some() => broken.history,
        (_, Some(Place::History { entry })) => Some(*entry),
        _ => None,
    }
}

/// The layer that a line of the history made, where the history has a line for every layer.
fn layer_of_history(entry: u32, image: &Image) -> Option<LayerIndex> {
    let history = &image.config.history;
    let makes_layer = |n: &usize| history.get(*n).is_some_and(|line| !line.empty_layer);
    let entry = usize::try_from(entry).ok()?;
    let layers = (0..history.len()).filter(makes_layer).count();
    (layers == image.layers.len() && makes_layer(&entry))
        .then(|| LayerIndex::at((0..entry).filter(makes_layer).count()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use lazaret_core::image::{HistoryEntry, LayerInfo};

    #[test]
    fn a_line_of_the_history_is_the_layer_it_made() {
        let line = |empty_layer| HistoryEntry { empty_layer, ..HistoryEntry::default() };
        let layer = LayerInfo {
            blob_digest: None,
            diff_id: None,
            size_bytes: 0,
            created_by: None,
            base: None,
        };
        let mut image = Image { layers: vec![layer.clone(), layer], ..Image::default() };
        image.config.history = vec![line(false), line(true), line(false), line(true)];
        let of = |entry, image: &Image| layer_of_history(entry, image).map(|layer| layer.0);
        assert_eq!([0, 1, 2, 3, 4].map(|n| of(n, &image)), [Some(0), None, Some(1), None, None]);
        // A history that tells of another number of layers tells nothing.
        image.layers.pop();
        assert_eq!(of(0, &image), None);
    }
}
