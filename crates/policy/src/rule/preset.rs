//! Policies in the program, each a policy file as people write them.

/// Names and texts.
const PRESETS: [(&str, &str); 5] = [
    ("cis", include_str!("../../presets/cis.yaml")),
    ("default", include_str!("../../presets/default.yaml")),
    ("pci", include_str!("../../presets/pci.yaml")),
    ("strict", include_str!("../../presets/strict.yaml")),
    ("trivy", include_str!("../../presets/trivy.yaml")),
];

/// The names of all presets.
pub fn names() -> impl Iterator<Item = &'static str> {
    PRESETS.iter().map(|(name, _)| *name)
}

/// The text of a preset.
pub fn text(name: &str) -> Option<&'static str> {
    PRESETS.iter().find(|(known, _)| *known == name).map(|(_, text)| *text)
}
