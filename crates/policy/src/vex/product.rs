//! Whether a statement's product is the image, a package in it, or what brought the package.

use super::{Identity, Product};
use crate::kind::Subject;
use crate::purl::Purl;
use lazaret_core::image::Image;
use lazaret_core::inventory::{Inventory, RelationKind};
use lazaret_core::location::LayerIndex;
use lazaret_core::package::{Ecosystem, Package, PackageId};
use lazaret_core::reference::{DEFAULT_REGISTRY, Reference};
use std::collections::{BTreeMap, BTreeSet};

/// Whether a statement is about a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Applies {
    /// It is, and by what.
    Yes(String),
    /// It is not, and what stands against it.
    No(String),
}

impl Applies {
    /// Whether it is.
    pub const fn is_yes(&self) -> bool {
        matches!(self, Self::Yes(_))
    }
}

/// Everything an image is called.
#[derive(Clone, Debug, Default)]
pub(crate) struct ImageNames {
    name: String,
    reference: Option<Reference>,
    /// Hexadecimal digits of the manifest's, the index's and the configuration's digest.
    digests: Vec<String>,
    architecture: Option<String>,
    os: Option<String>,
}

impl ImageNames {
    /// The names of an image.
    pub(crate) fn of(image: &Image) -> Self {
        let reference = Reference::parse(&image.name).ok();
        let named = reference.as_ref().and_then(Reference::digest);
        let digests = image.digest.iter().chain(&image.config_digest).chain(named);
        Self {
            name: image.name.clone(),
            digests: digests.map(|digest| digest.hex().to_owned()).collect(),
            architecture: image.platform.as_ref().map(|platform| platform.architecture.clone()),
            os: image.platform.as_ref().map(|platform| platform.os.clone()),
            reference,
        }
    }

    fn has_digest(&self, hex: &str) -> bool {
        self.digests.iter().any(|digest| digest.eq_ignore_ascii_case(hex))
    }

    /// Whether a name is one of the image's, or what about it is not.
    pub(super) fn is_named(&self, identity: &Identity) -> Result<(), &'static str> {
        match identity {
            Identity::Digest(hex) if self.has_digest(hex) => Ok(()),
            Identity::Digest(_) => Err("the digest is of something else"),
            Identity::Purl(purl) => match purl.kind() {
                "oci" => self.is_oci(purl),
                "docker" => self.is_docker(purl),
                _ => Err("it names a package and no image"),
            },
            Identity::Name(name) if *name == self.name && !name.is_empty() => Ok(()),
            Identity::Name(name) => self.is_reference(name),
        }
    }

    /// `pkg:oci/debian@sha256:…?repository_url=docker.io/library/debian&tag=12&arch=amd64`, where
    /// everything behind the name may be missing. The repository is named with the image, as the
    /// specification has it, or without, as OpenVEX's tools write it.
    fn is_oci(&self, purl: &Purl) -> Result<(), &'static str> {
        let Some(reference) = &self.reference else { return Err("the image has no such name") };
        let last = |path: &str| path.rsplit('/').next().unwrap_or_default().to_ascii_lowercase();
        if last(purl.name()) != last(reference.repository()) {
            return Err("the name differs");
        }
        self.is_version(purl.version(), reference)?;
        if let Some(url) = purl.qualifier("repository_url") {
            let asked = normal_repository(url);
            let whole = full_repository(reference);
            let parent = whole.rsplit_once('/').map_or("", |(parent, _)| parent);
            if asked != whole && asked != parent {
                return Err("the repository differs");
            }
        }
        if purl.qualifier("tag").is_some_and(|tag| reference.tag() != Some(tag)) {
            return Err("the tag differs");
        }
        self.is_platform(purl)
    }

    /// `pkg:docker/library/debian@12?repository_url=docker.io`
    fn is_docker(&self, purl: &Purl) -> Result<(), &'static str> {
        let Some(reference) = &self.reference else { return Err("the image has no such name") };
        let registry = purl.qualifier("repository_url").unwrap_or(DEFAULT_REGISTRY);
        let asked =
            normal_repository(&format!("{}/{}", registry.trim_end_matches('/'), purl.name()));
        if asked != full_repository(reference) {
            return Err("the repository differs");
        }
        self.is_version(purl.version(), reference)?;
        self.is_platform(purl)
    }

    fn is_platform(&self, purl: &Purl) -> Result<(), &'static str> {
        let differs = |key: &str, own: &Option<String>| {
            purl.qualifier(key).is_some_and(|asked| own.as_deref() != Some(asked))
        };
        if differs("arch", &self.architecture) || differs("os", &self.os) {
            return Err("the platform differs");
        }
        Ok(())
    }

    /// A version is a digest or, less often, a tag.
    fn is_version(&self, version: Option<&str>, image: &Reference) -> Result<(), &'static str> {
        match version.map(|version| (version, version.split_once(':'))) {
            None => Ok(()),
            Some((_, Some((_, hex)))) if self.has_digest(hex) => Ok(()),
            Some((_, Some(_))) => Err("the digest differs"),
            Some((tag, None)) if image.tag() == Some(tag) => Ok(()),
            Some((_, None)) => Err("the tag differs"),
        }
    }

    /// A reference, in which tag and digest count where they are given.
    fn is_reference(&self, text: &str) -> Result<(), &'static str> {
        let (Some(own), Ok(asked)) = (&self.reference, Reference::parse(text)) else {
            return Err("it is no name of the image");
        };
        if (own.registry(), own.repository()) != (asked.registry(), asked.repository()) {
            return Err("the repository differs");
        }
        if let Some(digest) = asked.digest() {
            return if self.has_digest(digest.hex()) { Ok(()) } else { Err("the digest differs") };
        }
        let last = text.rsplit('/').next().unwrap_or(text);
        if last.contains(':') && asked.tag() != own.tag() {
            return Err("the tag differs");
        }
        Ok(())
    }
}

/// Registry and repository in full, with one name for Docker Hub.
fn full_repository(reference: &Reference) -> String {
    format!("{}/{}", reference.registry(), reference.repository()).to_ascii_lowercase()
}

fn normal_repository(url: &str) -> String {
    let url = url.trim_start_matches("https://").trim_start_matches("http://");
    let url = url.trim_start_matches("oci://").trim_end_matches('/').to_ascii_lowercase();
    let (host, rest) = match url.split_once('/') {
        Some((host, rest)) => (host, Some(rest)),
        None => (url.as_str(), None),
    };
    let host = match host {
        "docker.io" | "registry-1.docker.io" | "registry.hub.docker.com" => DEFAULT_REGISTRY,
        host => host,
    };
    rest.map_or_else(|| host.to_owned(), |rest| format!("{host}/{rest}"))
}

/// Whether any of a statement's products is the finding's.
pub(super) fn applies(products: &[Product], subject: Subject<'_>, scene: &Scene<'_>) -> Applies {
    let package = subject.package.and_then(|package| Purl::parse(&package.purl).ok());
    let mut why_not = None;
    for product in products {
        match product_applies(product, package.as_ref(), subject, scene) {
            Ok(by) => return Applies::Yes(by),
            // What came nearest says most: a product that is here, but for another part.
            Err((rank, why)) => {
                if why_not.as_ref().is_none_or(|(best, _)| rank > *best) {
                    why_not = Some((rank, why));
                }
            }
        }
    }
    Applies::No(why_not.map_or_else(|| "it names no product".to_owned(), |(_, why)| why))
}

/// By what a product is the finding's, or why it is not and how near it came.
fn product_applies(
    product: &Product,
    package: Option<&Purl>,
    subject: Subject<'_>,
    scene: &Scene<'_>,
) -> Result<String, (u8, String)> {
    let is_part = |part: &Identity| match (part, package) {
        (Identity::Purl(purl), Some(package)) => purl.covers(package),
        (Identity::Name(name), _) => subject.package.is_some_and(|found| found.name == *name),
        _ => false,
    };
    let part = product.parts.iter().find(|part| is_part(part));
    let mut why_not = (0, "it names no product".to_owned());
    for identity in &product.identities {
        let named = scene.image.is_named(identity);
        let whole = match (&named, identity) {
            (Ok(()), _) => Some("the image is".to_owned()),
            (Err(_), Identity::Purl(purl)) => {
                let own = package.is_some_and(|package| purl.covers(package));
                if own {
                    Some("the package is".to_owned())
                } else if product.parts.is_empty() || part.is_some() {
                    subject
                        .finding
                        .package()
                        .filter(|id| is_behind(*id, purl, scene))
                        .map(|_| "the package came with".to_owned())
                } else {
                    None
                }
            }
            _ => None,
        };
        match (whole, part) {
            (Some(whole), _) if product.parts.is_empty() => {
                return Ok(format!("{whole} {identity}"));
            }
            (Some(whole), Some(part)) => return Ok(format!("{whole} {identity}, part {part}")),
            (Some(whole), None) => {
                let why = format!("{whole} {identity}, but the package is none of the parts named");
                why_not = why_not.max((3, why));
            }
            (None, _) => {
                let difference = match (identity, package) {
                    (Identity::Purl(purl), Some(package)) if purl.kind() == package.kind() => {
                        purl.difference(package).map(|difference| difference.to_string())
                    }
                    _ => None,
                };
                let near = u8::from(difference.as_deref().is_some_and(|d| !d.contains("name")));
                let difference = difference
                    .or_else(|| named.err().map(str::to_owned))
                    .unwrap_or_else(|| "it is something else".to_owned());
                why_not = why_not.max((1 + near, format!("{identity}: {difference}")));
            }
        }
    }
    Err(why_not)
}

/// Whether everything that brings a package is, or is brought by, a package the url stands for: no
/// way from the package up to what nothing brings leads past it.
fn is_behind(id: PackageId, purl: &Purl, scene: &Scene<'_>) -> bool {
    let is_named = |id: PackageId| {
        scene
            .inventory
            .package(id)
            .and_then(|package| Purl::parse(&package.purl).ok())
            .is_some_and(|package| purl.covers(&package))
    };
    let mut seen = BTreeSet::from([id]);
    let mut open = vec![id];
    let mut met = false;
    while let Some(next) = open.pop() {
        let Some(parents) = scene.parents.get(&next) else { return false };
        for parent in parents {
            if is_named(*parent) {
                met = true;
            } else if seen.insert(*parent) {
                open.push(*parent);
            }
        }
    }
    met
}

/// What brings each package: what needs it, what owns it, and the main module of a Go program.
fn parents(inventory: &Inventory) -> BTreeMap<PackageId, BTreeSet<PackageId>> {
    let mut parents: BTreeMap<PackageId, BTreeSet<PackageId>> = BTreeMap::new();
    for relation in inventory.relations.iter().filter(|relation| relation.from != relation.to) {
        match relation.kind {
            RelationKind::DependsOn | RelationKind::Owns => {
                parents.entry(relation.to).or_default().insert(relation.from);
            }
        }
    }
    for (at, package) in inventory.packages.iter().enumerate() {
        if let Some(owner) = package.owner {
            parents.entry(PackageId::at(at)).or_default().insert(owner);
        }
    }
    let mains = main_modules(inventory);
    for (at, package) in inventory.packages.iter().enumerate() {
        let id = PackageId::at(at);
        if let Some(main) = place(package).and_then(|place| mains.get(&place))
            && *main != id
        {
            parents.entry(id).or_default().insert(*main);
        }
    }
    parents
}

type Place<'a> = (&'a str, LayerIndex);

/// The file of a Go module.
fn place(package: &Package) -> Option<Place<'_>> {
    let location = package.locations.first().filter(|_| package.ecosystem == Ecosystem::Golang)?;
    Some((location.path.as_str(), package.layer))
}

/// The module each Go program was built from: the one that the program has the name of, or the
/// only one built from a checkout.
fn main_modules(inventory: &Inventory) -> BTreeMap<Place<'_>, PackageId> {
    let mut modules: BTreeMap<Place<'_>, Vec<(PackageId, &Package)>> = BTreeMap::new();
    for (at, package) in inventory.packages.iter().enumerate() {
        if let Some(place) = place(package) {
            modules.entry(place).or_default().push((PackageId::at(at), package));
        }
    }
    let mut mains = BTreeMap::new();
    for (place, modules) in modules {
        let program = place.0.rsplit('/').next().unwrap_or_default();
        let is_named = |package: &Package| {
            // The last part may be the major version, as in `github.com/team/tool/v2`.
            let is_version = |part: &&str| {
                part.strip_prefix('v').is_some_and(|n| n.bytes().all(|byte| byte.is_ascii_digit()))
            };
            package.name.rsplit('/').find(|part| !is_version(part)) == Some(program)
        };
        let mut named = modules.iter().filter(|(_, package)| is_named(package));
        let mut built = modules.iter().filter(|(_, package)| package.version == "(devel)");
        let main = match (named.next(), named.next(), built.next(), built.next()) {
            (Some((id, _)), None, _, _) | (_, _, Some((id, _)), None) => *id,
            _ => continue,
        };
        mains.insert(place, main);
    }
    mains
}

/// What statements are compared with: the image's names and what its packages came with.
pub(crate) struct Scene<'a> {
    pub(crate) image: ImageNames,
    pub(crate) inventory: &'a Inventory,
    parents: BTreeMap<PackageId, BTreeSet<PackageId>>,
}

impl<'a> Scene<'a> {
    pub(crate) fn new(image: &Image, inventory: &'a Inventory) -> Self {
        Self { image: ImageNames::of(image), inventory, parents: parents(inventory) }
    }
}
