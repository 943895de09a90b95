//! What the standards for bills of materials have no field for, as named texts: properties in
//! CycloneDX, annotations in SPDX, metadata in Syft's JSON.
//!
//! They are written by one crate and read back by another, so that a bill of materials is judged as
//! its image would be. A value is text in which `\` and controls are written as in Rust, so that it
//! fits on one line of any format.

use crate::image::{BaseExtent, BaseSource, Confidence, Image, LayerInfo};
use crate::inventory::{Os, OsFound};
use crate::location::{ImagePath, LayerIndex, LineRange, Location};
use crate::package::{Ecosystem, Package, Presence, SourcePackage};
use crate::problem::{Problem, ProblemKind};
use std::borrow::Cow;

/// What every name begins with.
pub const PREFIX: &str = "lazaret:";

/// The package whose files hold this one, by what the document calls it.
pub const OWNER: &str = "lazaret:owner";

/// A license as declared, of a package whose licenses a standard has to say in another way.
pub const LICENSE: &str = "lazaret:license";

/// A name and a value that fits on one line.
pub type Property = (Cow<'static, str>, String);

/// Layers and problems one document may number: more than any image has.
const NUMBER_MAX: usize = 100_000;

/// The properties of a package, but for its owner and its licenses.
pub fn of_package(package: &Package, image: &Image) -> Vec<Property> {
    let mut list = List(Vec::new());
    list.add("lazaret:ecosystem", package.ecosystem.purl_type());
    list.add_some("lazaret:arch", package.arch.as_deref());
    if let Some(source) = &package.source {
        list.add("lazaret:source:name", &source.name);
        list.add("lazaret:source:version", &source.version);
    }
    list.add_some("lazaret:module", package.module.as_deref());
    list.add_some("lazaret:vendor", package.vendor.as_deref());
    list.add_some("lazaret:third_party", package.third_party.as_deref());
    list.add("lazaret:layer:index", &package.layer.0.to_string());
    let layer = image.layers.get(package.layer.index());
    if let Some(diff_id) = layer.and_then(|layer| layer.diff_id.as_ref()) {
        list.add("lazaret:layer:diff_id", &diff_id.to_string());
    }
    if let Some(layer) = package.removed_in {
        list.add("lazaret:removed_in", &layer.0.to_string());
    }
    match package.presence {
        Presence::Installed => {}
        Presence::Declared => list.add("lazaret:presence", "declared"),
        Presence::DeclaredDev => list.add("lazaret:presence", "declared-dev"),
        Presence::Described => list.add("lazaret:presence", "described"),
    }
    if let Some(direct) = package.direct {
        list.add("lazaret:direct", if direct { "true" } else { "false" });
    }
    if let Some(linked) = &package.linked {
        // An empty one says that nothing of it is.
        list.add("lazaret:linked", "");
        for path in linked {
            list.add("lazaret:linked", path);
        }
    }
    for location in &package.locations {
        list.add("lazaret:location", &place(location));
    }
    for extractor in &package.found_by {
        list.add("lazaret:found_by", extractor);
    }
    list.0
}

/// The licenses of a package as properties.
pub fn of_licenses(package: &Package) -> Vec<Property> {
    let mut list = List(Vec::new());
    for license in &package.licenses {
        list.add(LICENSE, license);
    }
    list.0
}

/// Takes over what a property says of a package; whether it is one of a package.
pub fn read_package(package: &mut Package, name: &str, value: &str) -> bool {
    let value = unescape(value);
    match name {
        "lazaret:ecosystem" => {
            let found = Ecosystem::ALL.into_iter().find(|one| one.purl_type() == value);
            package.ecosystem = found.unwrap_or(package.ecosystem);
        }
        "lazaret:arch" => package.arch = Some(value),
        "lazaret:source:name" => source(package).name = value,
        "lazaret:source:version" => source(package).version = value,
        "lazaret:module" => package.module = Some(value),
        "lazaret:vendor" => package.vendor = Some(value),
        "lazaret:third_party" => package.third_party = Some(value),
        "lazaret:layer:index" => package.layer = LayerIndex(value.parse().unwrap_or_default()),
        "lazaret:layer:diff_id" => {}
        "lazaret:removed_in" => package.removed_in = value.parse().ok().map(LayerIndex),
        "lazaret:presence" => {
            package.presence = match value.as_str() {
                "declared" => Presence::Declared,
                "declared-dev" => Presence::DeclaredDev,
                "described" => Presence::Described,
                _ => Presence::Installed,
            };
        }
        "lazaret:direct" => package.direct = Some(value == "true"),
        "lazaret:linked" => {
            let linked = package.linked.get_or_insert_default();
            if !value.is_empty() {
                linked.push(value);
            }
        }
        "lazaret:location" => package.locations.extend(read_place(&value)),
        "lazaret:found_by" => package.found_by.push(value),
        LICENSE => package.licenses.push(value),
        _ => return false,
    }
    true
}

fn source(package: &mut Package) -> &mut SourcePackage {
    let nothing = || SourcePackage { name: String::new(), version: String::new() };
    package.source.get_or_insert_with(nothing)
}

/// The properties of an image.
pub fn of_image(image: &Image) -> Vec<Property> {
    let mut list = List(Vec::new());
    if let Some(digest) = &image.digest {
        list.add("lazaret:image:digest", &digest.to_string());
    }
    if let Some(digest) = &image.config_digest {
        list.add("lazaret:image:id", &digest.to_string());
    }
    if let Some(platform) = &image.platform {
        list.add("lazaret:image:platform", &platform.to_string());
    }
    list.add_some("lazaret:image:created", image.config.created.as_deref());
    if let Some(base) = &image.base_image {
        list.add_some("lazaret:image:base:name", base.name.as_deref());
        if let Some(digest) = &base.digest {
            list.add("lazaret:image:base:digest", &digest.to_string());
        }
        list.add_some("lazaret:image:base:source", base.source.map(BaseSource::words));
        if let Some(extent) = base.extent {
            list.add("lazaret:image:base:layers", &extent.layers.to_string());
            list.add("lazaret:image:base:layers_source", extent.source.words());
            list.add("lazaret:image:base:confidence", extent.confidence.name());
        }
    }
    for (number, layer) in image.layers.iter().enumerate() {
        let mut add = |key: &str, value: &str| {
            list.0.push((format!("lazaret:image:layer:{number}:{key}").into(), escape(value)));
        };
        add("size", &layer.size_bytes.to_string());
        if let Some(digest) = &layer.diff_id {
            add("diff_id", &digest.to_string());
        }
        if let Some(digest) = &layer.blob_digest {
            add("digest", &digest.to_string());
        }
        if let Some(created_by) = &layer.created_by {
            add("created_by", created_by);
        }
        if let Some(base) = layer.base {
            add("base", if base { "true" } else { "false" });
        }
    }
    list.0
}

/// Takes over what a property says of an image; whether it is one of an image.
pub fn read_image(image: &mut Image, name: &str, value: &str) -> bool {
    let value = unescape(value);
    match name {
        "lazaret:image:digest" => image.digest = value.parse().ok(),
        "lazaret:image:id" => image.config_digest = value.parse().ok(),
        "lazaret:image:platform" => image.platform = value.parse().ok(),
        "lazaret:image:created" => image.config.created = Some(value),
        _ if name.starts_with("lazaret:image:base:") => return read_base(image, name, value),
        _ => {
            let numbered = name.strip_prefix("lazaret:image:layer:");
            let Some((number, key)) = numbered.and_then(|rest| rest.split_once(':')) else {
                return false;
            };
            let nothing = || LayerInfo {
                blob_digest: None,
                diff_id: None,
                size_bytes: 0,
                created_by: None,
                base: None,
            };
            let Some(layer) = numbered_in(&mut image.layers, number, nothing) else { return true };
            match key {
                "size" => layer.size_bytes = value.parse().unwrap_or_default(),
                "diff_id" => layer.diff_id = value.parse().ok(),
                "digest" => layer.blob_digest = value.parse().ok(),
                "created_by" => layer.created_by = Some(value),
                "base" => layer.base = Some(value == "true"),
                _ => return false,
            }
        }
    }
    true
}

/// Takes over what a property says of the image below; whether it is one of it.
fn read_base(image: &mut Image, name: &str, value: String) -> bool {
    let source = |words: &str| BaseSource::ALL.into_iter().find(|one| one.words() == words);
    let base = image.base_image.get_or_insert_default();
    let nothing =
        || BaseExtent { layers: 0, source: BaseSource::History, confidence: Confidence::Likely };
    match name.strip_prefix("lazaret:image:base:") {
        Some("name") => base.name = Some(value),
        Some("digest") => base.digest = value.parse().ok(),
        Some("source") => base.source = source(&value),
        Some("layers") => {
            base.extent.get_or_insert_with(nothing).layers = value.parse().unwrap_or_default();
        }
        Some("layers_source") => {
            let extent = base.extent.get_or_insert_with(nothing);
            extent.source = source(&value).unwrap_or(extent.source);
        }
        Some("confidence") => {
            let is_certain = value == Confidence::Certain.name();
            base.extent.get_or_insert_with(nothing).confidence =
                if is_certain { Confidence::Certain } else { Confidence::Likely };
        }
        _ => return false,
    }
    true
}

/// The properties of an operating system, but for its id and version.
pub fn of_os(found: &OsFound) -> Vec<Property> {
    let mut list = List(Vec::new());
    list.add_some("lazaret:os:codename", found.os.codename.as_deref());
    list.add_some("lazaret:os:pretty_name", found.os.pretty_name.as_deref());
    for id in &found.os.id_like {
        list.add("lazaret:os:id_like", id);
    }
    list.add("lazaret:os:location", &place(&found.location));
    list.0
}

/// Takes over what a property says of an operating system; whether it is one of an operating system.
pub fn read_os(found: &mut OsFound, name: &str, value: &str) -> bool {
    let value = unescape(value);
    let Os { codename, pretty_name, id_like, .. } = &mut found.os;
    match name {
        "lazaret:os:codename" => *codename = Some(value),
        "lazaret:os:pretty_name" => *pretty_name = Some(value),
        "lazaret:os:id_like" => id_like.push(value),
        "lazaret:os:location" => {
            if let Some(location) = read_place(&value) {
                found.location = location;
            }
        }
        _ => return false,
    }
    true
}

/// The properties of what could not be read.
pub fn of_problems(problems: &[Problem]) -> Vec<Property> {
    let mut list = Vec::new();
    for (number, problem) in problems.iter().enumerate() {
        let mut add = |key: &str, value: &str| {
            list.push((format!("lazaret:problem:{number}:{key}").into(), escape(value)));
        };
        add("kind", kind(problem.kind));
        add("message", &problem.message);
        if let Some(location) = &problem.location {
            add("location", &place(location));
        }
        if let Some(extractor) = &problem.extractor {
            add("extractor", extractor);
        }
    }
    list
}

/// Takes over what a property says of what could not be read; whether it is one of a problem.
pub fn read_problem(problems: &mut Vec<Problem>, name: &str, value: &str) -> bool {
    let numbered = name.strip_prefix("lazaret:problem:");
    let Some((number, key)) = numbered.and_then(|rest| rest.split_once(':')) else {
        return false;
    };
    let value = unescape(value);
    let nothing = || Problem::general(ProblemKind::Internal, "");
    let Some(problem) = numbered_in(problems, number, nothing) else { return true };
    match key {
        "kind" => {
            let found = KINDS.into_iter().find(|one| kind(*one) == value);
            problem.kind = found.unwrap_or(ProblemKind::Internal);
        }
        "message" => problem.message = value,
        "location" => problem.location = read_place(&value),
        "extractor" => problem.extractor = Some(value),
        _ => return false,
    }
    true
}

const KINDS: [ProblemKind; 6] = [
    ProblemKind::Parse,
    ProblemKind::Limit,
    ProblemKind::Layer,
    ProblemKind::Entry,
    ProblemKind::Coverage,
    ProblemKind::Internal,
];

const fn kind(kind: ProblemKind) -> &'static str {
    match kind {
        ProblemKind::Parse => "parse",
        ProblemKind::Limit => "limit",
        ProblemKind::Layer => "layer",
        ProblemKind::Entry => "entry",
        ProblemKind::Coverage => "coverage",
        ProblemKind::Internal => "internal",
    }
}

/// The element of a number, made if it is the next one.
fn numbered_in<'l, T>(
    list: &'l mut Vec<T>,
    number: &str,
    nothing: impl Fn() -> T,
) -> Option<&'l mut T> {
    let number: usize = number.parse().ok().filter(|number| *number < NUMBER_MAX)?;
    // Whoever numbers without a gap needs one more at most.
    if number == list.len() {
        list.push(nothing());
    }
    list.get_mut(number)
}

struct List(Vec<Property>);

impl List {
    fn add(&mut self, name: &'static str, value: &str) {
        self.0.push((name.into(), escape(value)));
    }

    fn add_some(&mut self, name: &'static str, value: Option<&str>) {
        if let Some(value) = value {
            self.add(name, value);
        }
    }
}

/// A place as `LAYER LINES PATH`, such as `0 - var/lib/dpkg/status` or `3 7-9 app/yarn.lock`.
fn place(location: &Location) -> String {
    let layer = location.layer.0;
    match location.lines {
        None => format!("{layer} - {}", location.path),
        Some(lines) => format!("{layer} {}-{} {}", lines.start, lines.end, location.path),
    }
}

fn read_place(text: &str) -> Option<Location> {
    let mut parts = text.splitn(3, ' ');
    let (layer, lines, path) = (parts.next()?, parts.next()?, parts.next()?);
    let lines = match lines {
        "-" => None,
        lines => {
            let (start, end) = lines.split_once('-')?;
            Some(LineRange { start: start.parse().ok()?, end: end.parse().ok()? })
        }
    };
    let layer = LayerIndex(layer.parse().ok()?);
    Some(Location { layer, path: ImagePath::parse(path.as_bytes()).ok()?, lines })
}

/// A text on one line: `\`, controls, and space at its ends are written as in Rust.
pub fn escape(text: &str) -> String {
    let is_plain = |c: char| c != '\\' && !c.is_control();
    let trimmed = text.trim();
    if trimmed.len() == text.len() && text.chars().all(is_plain) {
        return text.to_owned();
    }
    let end = text.trim_end().len();
    let start = end.saturating_sub(trimmed.len());
    let mut escaped = String::with_capacity(text.len().saturating_add(16));
    for (at, c) in text.char_indices() {
        if at < start || at >= end {
            escaped.extend(c.escape_unicode());
        } else if is_plain(c) {
            escaped.push(c);
        } else {
            escaped.extend(c.escape_default());
        }
    }
    escaped
}

/// The text that was written so. What is no escape is left as it is.
pub fn unescape(text: &str) -> String {
    if !text.contains('\\') {
        return text.to_owned();
    }
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once('\\') {
        plain.push_str(before);
        let (c, behind) = escaped_char(behind).unwrap_or(('\\', behind));
        plain.push(c);
        rest = behind;
    }
    plain.push_str(rest);
    plain
}

/// The character behind a backslash, and what follows.
fn escaped_char(text: &str) -> Option<(char, &str)> {
    for (word, c) in [("\\", '\\'), ("n", '\n'), ("r", '\r'), ("t", '\t')] {
        if let Some(rest) = text.strip_prefix(word) {
            return Some((c, rest));
        }
    }
    let (digits, rest) = text.strip_prefix("u{")?.split_once('}')?;
    let c = u32::from_str_radix(digits, 16).ok().and_then(char::from_u32)?;
    Some((c, rest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::package::PackageId;

    #[test]
    fn values_fit_on_one_line_and_come_back() {
        for (text, escaped) in [
            ("libssl3", "libssl3"),
            ("C:\\x", "C:\\\\x"),
            ("a\nb\tc", "a\\nb\\tc"),
            ("\u{1b}[2J", "\\u{1b}[2J"),
            ("\\n", "\\\\n"),
            (" a b\n", "\\u{20}a b\\u{a}"),
            ("  ", "\\u{20}\\u{20}"),
            ("名前", "名前"),
            ("", ""),
        ] {
            assert_eq!(escape(text), escaped);
            assert_eq!(unescape(escaped), text);
        }
        // Not ours, and not to be spoiled.
        assert_eq!(unescape("a\\q\\u{zz}\\"), "a\\q\\u{zz}\\");
    }

    #[test]
    fn a_package_comes_back_from_its_properties() {
        let mut package = Package::installed(Ecosystem::Deb, "libssl3", "3.0.11-1");
        package.arch = Some("amd64".into());
        package.source = Some(SourcePackage { name: "openssl".into(), version: String::new() });
        package.module = Some("nodejs:18".into());
        package.vendor = Some("Somebody \\ <a@b>".into());
        package.third_party = Some("NVIDIA".into());
        package.layer = LayerIndex(3);
        package.removed_in = Some(LayerIndex(5));
        package.presence = Presence::DeclaredDev;
        package.direct = Some(false);
        package.licenses = vec!["MIT".into(), " odd\nlicense".into()];
        package.found_by = vec!["dpkg/status".into(), "x".into()];
        for (path, lines) in [("a b/c:1-2", None), ("y", Some(LineRange { start: 3, end: 9 }))] {
            let path = ImagePath::parse(path.as_bytes()).unwrap();
            package.locations.push(Location { layer: LayerIndex(2), path, lines });
        }
        package.owner = Some(PackageId(1));
        let mut back = Package::installed(Ecosystem::Npm, "libssl3", "3.0.11-1");
        let properties = of_package(&package, &Image::default());
        for (name, value) in properties.into_iter().chain(of_licenses(&package)) {
            assert!(name.starts_with(PREFIX));
            assert!(read_package(&mut back, &name, &value), "{name}");
        }
        // Whose it is says the document in its own way.
        back.owner = Some(PackageId(1));
        assert_eq!(back, package);
        assert!(!read_package(&mut back, "lazaret:os:codename", "x"));
    }

    #[test]
    fn an_image_and_its_problems_come_back() {
        let layer = |base| LayerInfo {
            blob_digest: None,
            diff_id: format!("sha256:{}", "a".repeat(64)).parse().ok(),
            size_bytes: 7,
            created_by: Some("RUN a\nb".into()),
            base,
        };
        let image = Image {
            digest: format!("sha256:{}", "b".repeat(64)).parse().ok(),
            platform: "linux/arm64/v8".parse().ok(),
            layers: vec![layer(None), layer(Some(true))],
            ..Image::default()
        };
        let mut back = Image::default();
        for (name, value) in of_image(&image) {
            assert!(read_image(&mut back, &name, &value), "{name}");
        }
        assert_eq!(back, image);
        let location = Location { layer: LayerIndex(1), path: ImagePath::default(), lines: None };
        let problems = vec![
            Problem::general(ProblemKind::Limit, "too much"),
            Problem {
                location: Some(location),
                extractor: Some("npm/package-lock".into()),
                ..Problem::general(ProblemKind::Parse, "not JSON: at 3")
            },
        ];
        let mut read = Vec::new();
        for (name, value) in of_problems(&problems) {
            assert!(read_problem(&mut read, &name, &value), "{name}");
        }
        assert_eq!(read, problems);
    }

    #[test]
    fn numbers_with_gaps_take_no_memory() {
        let mut image = Image::default();
        assert!(read_image(&mut image, "lazaret:image:layer:99999999:size", "1"));
        assert!(image.layers.is_empty());
    }
}
