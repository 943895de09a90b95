//! A bill of materials that stands for what it is about: an inventory made of what it says.
//!
//! Ours say everything an inventory has. Of others is taken what judging a package needs: Trivy and
//! Syft say most of it in properties, and package urls some more.

use super::component::{Component, Edge, Kind, Take};
use super::{cyclonedx_xml, distribution, document, property, purl, spdx_text};
use crate::third_party::maker;
use lazaret_core::extract::ParseError;
use lazaret_core::image::{Image, LayerInfo};
use lazaret_core::inventory::{Inventory, Os, OsFound, Relation, RelationKind};
use lazaret_core::location::{ImagePath, LayerIndex, Location};
use lazaret_core::package::{Ecosystem, Package, PackageId};
use lazaret_core::problem::{Problem, ProblemKind};
use lazaret_core::property::{OWNER, PREFIX, read_image, read_os, read_package, read_problem};
use lazaret_core::purl::pypi_name;
use std::collections::{BTreeMap, HashMap};

/// Largest document, in bytes. One of 100,000 packages has some 100 MB.
const DOCUMENT_BYTES_MAX: usize = 512 << 20;

/// Elements of a document in XML: 100,000 packages with some forty each.
const ELEMENTS_MAX: usize = 20_000_000;

/// Packages of one document. Each takes up to a kilobyte, however small the document is.
const PACKAGES_MAX: usize = 500_000;

/// Dependencies of one document. The largest documents have some 100,000.
const EDGES_MAX: usize = 4_000_000;

/// Files and applications of one document that packages may be in.
const PLACES_MAX: usize = 500_000;

/// What a bill of materials says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Described {
    /// What it is about.
    pub image: Image,
    /// What that holds.
    pub inventory: Inventory,
    /// Where it says statements about exploitability are; nothing where its format cannot say so.
    pub statements: Option<Vec<String>>,
}

/// Reads a bill of materials of any format that is known: CycloneDX in JSON or XML, SPDX 2 in JSON or
/// tags and values, SPDX 3 in JSON-LD, Syft's JSON, and attestations that hold one of these.
///
/// What could not be checked when it was made is no problem of the inventory; what could not be read
/// is. Components that nobody could judge, because the document says too little, are counted.
pub fn describe(bytes: &[u8]) -> Result<Described, ParseError> {
    if bytes.len() > DOCUMENT_BYTES_MAX {
        let message = format!("the document has more than {DOCUMENT_BYTES_MAX} bytes");
        return Err(ParseError::new(message));
    }
    let start = crate::lines::without_mark(bytes).trim_ascii_start();
    let is_xml = start.first() == Some(&b'<');
    let mut draft = Draft::new(if is_xml { "sbom/xml" } else { "sbom/json" });
    let is_known = if is_xml {
        cyclonedx_xml::read(bytes, ELEMENTS_MAX, &mut draft)?
    } else {
        let text = document::text(bytes)?;
        if start.first() == Some(&b'{') {
            document::read(text, &mut draft)?
        } else {
            draft.extractor = "sbom/spdx";
            spdx_text::read(text, &mut draft)
        }
    };
    if is_known {
        return Ok(draft.finish());
    }
    Err(ParseError::new(
        "the file is no bill of materials of a known format: expected CycloneDX, SPDX or Syft's JSON",
    ))
}

/// What a reference of a document stands for.
#[derive(Clone, Copy)]
enum Named {
    Package(usize),
    /// A file, or an application that is one.
    Place(usize),
}

/// A package, and what can only be said when everything was read.
struct Found {
    package: Package,
    /// Digest of the layer it came with.
    layer: Option<String>,
    /// What the document calls its owner.
    owner: Option<String>,
    /// Whether the document is ours: nothing is left to guess.
    is_ours: bool,
}

/// What was read so far.
struct Draft {
    extractor: &'static str,
    image: Image,
    os: Option<OsFound>,
    /// What package urls say of the operating system, each with how many say it.
    guesses: BTreeMap<Os, usize>,
    found: Vec<Found>,
    places: Vec<String>,
    names: HashMap<String, Named>,
    edges: Vec<(Named, Edge, Named)>,
    problems: Vec<Problem>,
    statements: Option<Vec<String>>,
    unknown: usize,
    left_out: usize,
}

impl Draft {
    fn new(extractor: &'static str) -> Self {
        Self {
            extractor,
            image: Image::default(),
            os: None,
            guesses: BTreeMap::new(),
            found: Vec::new(),
            places: Vec::new(),
            names: HashMap::new(),
            edges: Vec::new(),
            problems: Vec::new(),
            statements: None,
            unknown: 0,
            left_out: 0,
        }
    }

    fn name(&mut self, reference: String, named: Named) {
        if !reference.is_empty() {
            self.names.entry(reference).or_insert(named);
        }
    }

    /// What the document is about.
    fn subject(&mut self, component: &Component) {
        if self.image.name.is_empty() {
            self.image.name.clone_from(&component.name);
        }
        let image = &mut self.image;
        let layer = |digest: &str| LayerInfo {
            blob_digest: None,
            diff_id: digest.parse().ok(),
            size_bytes: 0,
            created_by: None,
            base: None,
        };
        let is_ours = component.properties.iter().any(|(name, _)| name.starts_with(PREFIX));
        for (name, value) in &component.properties {
            match name.as_str() {
                "aquasecurity:trivy:ImageID" | "syft:image:id" => {
                    image.config_digest = value.parse().ok();
                }
                "aquasecurity:trivy:RepoDigest" => {
                    let digest = value.rsplit_once('@').map(|(_, digest)| digest);
                    image.digest = digest.and_then(|digest| digest.parse().ok());
                }
                "aquasecurity:trivy:DiffID" | "syft:image:layer" if !is_ours => {
                    image.layers.push(layer(value));
                }
                _ => {
                    read_image(image, name, value);
                }
            }
        }
        if image.digest.is_none() && !is_ours {
            image.digest = component.version.parse().ok();
        }
    }

    fn operating_system(&mut self, component: &Component) {
        if self.os.is_some() {
            return;
        }
        let is_ours = component.value("lazaret:os:location").is_some();
        let version = Some(component.version.clone()).filter(|version| !version.is_empty());
        let os = if is_ours {
            Some(Os { id: component.name.clone(), version, ..Os::default() })
        } else {
            distribution::os(&component.name, &component.version)
        };
        let Some(mut os) = os else { return };
        for (name, value) in component.properties.iter().filter(|_| !is_ours) {
            match name.as_str() {
                "syft:distro:id" => os.id.clone_from(value),
                "syft:distro:versionCodename" => os.codename = Some(value.clone()),
                "syft:distro:prettyName" => os.pretty_name = Some(value.clone()),
                name if name.starts_with("syft:distro:idLike") => os.id_like.push(value.clone()),
                _ => {}
            }
        }
        let mut found = assumed(os);
        for (name, value) in &component.properties {
            read_os(&mut found, name, value);
        }
        self.os = Some(found);
    }

    /// A component that is a package; whether it is.
    fn package(&mut self, component: &mut Component) -> bool {
        let Some(mut found) = self.found(component) else { return false };
        if self.found.len() >= PACKAGES_MAX {
            self.left_out = self.left_out.saturating_add(1);
            return true;
        }
        if found.package.found_by.is_empty() && !found.is_ours {
            found.package.found_by = vec![self.extractor.to_owned()];
        }
        self.name(std::mem::take(&mut component.reference), Named::Package(self.found.len()));
        self.found.push(found);
        true
    }

    fn found(&mut self, component: &mut Component) -> Option<Found> {
        if component.value("lazaret:ecosystem").is_some() {
            return Some(ours(component));
        }
        let url = component.purl.clone()?;
        let fact = purl::package(&url)?;
        if fact.ecosystem.is_os()
            && let Some(os) = distribution::of_purl(&url)
        {
            let count = self.guesses.entry(os).or_default();
            *count = count.saturating_add(1);
        }
        let mut package = Package::installed(fact.ecosystem, fact.name, fact.version);
        package.arch = fact.arch;
        package.source = fact.source;
        package.purl = url;
        if package.ecosystem == Ecosystem::Pypi && pypi_name(&component.name) == package.name {
            // A url has the name in its normal form only.
            package.name = std::mem::take(&mut component.name);
        }
        property::apply(component, &mut package);
        package.licenses = std::mem::take(&mut component.licenses);
        package.vendor = component.supplier.take().filter(|_| package.ecosystem.is_os());
        let mut places: Vec<Location> =
            component.places.iter().filter_map(|path| location(path)).collect();
        places.sort();
        places.dedup();
        package.locations = places;
        let layer = property::layer(component).map(str::to_owned);
        Some(Found { package, layer, owner: None, is_ours: false })
    }

    /// Gives packages that say no place of their own that of the application they are needed by.
    fn spread_places(&mut self) {
        let mut needs: HashMap<usize, Vec<usize>> = HashMap::new();
        let mut open: Vec<(usize, usize)> = Vec::new();
        for (from, edge, to) in &self.edges {
            match (from, edge, to) {
                (Named::Package(from), Edge::Needs, Named::Package(to)) => {
                    needs.entry(*from).or_default().push(*to);
                }
                (Named::Place(place), _, Named::Package(package))
                | (Named::Package(package), Edge::Contains, Named::Place(place)) => {
                    open.push((*package, *place));
                }
                _ => {}
            }
        }
        // First come, first served, in the order of the document.
        open.reverse();
        while let Some((package, place)) = open.pop() {
            let Some(found) = self.found.get_mut(package) else { continue };
            let is_without = found.package.locations.is_empty() && !found.is_ours;
            let place_of = self.places.get(place).and_then(|path| location(path));
            let Some(location) = place_of.filter(|_| is_without) else { continue };
            found.package.locations.push(location);
            if !found.package.ecosystem.is_os() {
                let next = needs.get(&package).map(Vec::as_slice).unwrap_or_default();
                open.extend(next.iter().map(|next| (*next, place)));
            }
        }
    }

    /// The position of a layer of this digest.
    fn layers(&self) -> HashMap<String, LayerIndex> {
        let layers = self.image.layers.iter().enumerate();
        layers
            .filter_map(|(at, layer)| {
                Some((layer.diff_id.as_ref()?.to_string(), LayerIndex::at(at)))
            })
            .collect()
    }

    fn finish(mut self) -> Described {
        self.spread_places();
        if self.os.is_none() {
            // The one that most packages name, the first by name where two are named as often.
            let best = self.guesses.iter().rev().max_by_key(|(_, count)| **count);
            self.os = best.map(|(os, _)| assumed(os.clone()));
        }
        let os = self.os.as_ref().map(|found| &found.os);
        let layers = self.layers();
        for found in self.found.iter_mut().filter(|found| !found.is_ours) {
            let layer = found.layer.as_ref().and_then(|digest| layers.get(digest)).copied();
            found.package.layer = layer.unwrap_or_default();
            for location in &mut found.package.locations {
                location.layer = found.package.layer;
            }
            found.package.third_party = maker(&found.package, None, os);
        }
        let (mut packages, ids) = sorted(&mut self.found);
        let id = |named: &Named| match named {
            Named::Package(index) => ids.get(*index).copied(),
            Named::Place(_) => None,
        };
        let mut relations = Vec::new();
        for (found, of) in self.found.iter().zip(&ids) {
            let owner = found.owner.as_ref().and_then(|owner| id(self.names.get(owner)?));
            if let (Some(owner), Some(package)) = (owner, packages.get_mut(of.index())) {
                package.owner = Some(owner);
            }
        }
        for (from, edge, to) in &self.edges {
            let (Some(from), Some(to)) = (id(from), id(to)) else { continue };
            if from == to {
                continue;
            }
            let is_os = packages.get(from.index()).is_some_and(|one| one.ecosystem.is_os());
            match (edge, packages.get_mut(to.index())) {
                (Edge::Contains, Some(owned)) if is_os && owned.owner.is_none() => {
                    owned.owner = Some(from);
                }
                // What is owned is needed, where a format knows one kind of edge only.
                (Edge::Needs, Some(needed)) if needed.owner != Some(from) => {
                    relations.push(Relation { from, to, kind: RelationKind::DependsOn });
                }
                _ => {}
            }
        }
        for (index, package) in packages.iter().enumerate() {
            if let Some(from) = package.owner {
                let to = PackageId::at(index);
                relations.push(Relation { from, to, kind: RelationKind::Owns });
            }
        }
        relations.sort();
        relations.dedup();
        // What the database of that day did not cover is asked again.
        self.problems.retain(|problem| problem.kind != ProblemKind::Coverage);
        self.count();
        self.problems.sort();
        self.problems.dedup();
        let inventory = Inventory { os: self.os, packages, relations, problems: self.problems };
        Described { image: self.image, inventory, statements: self.statements }
    }

    /// Says what was not taken over.
    fn count(&mut self) {
        let nouns = |count| if count == 1 { "component" } else { "components" };
        if self.unknown > 0 {
            let (count, noun) = (self.unknown, nouns(self.unknown));
            let message = format!(
                "{count} {noun} could not be checked for vulnerabilities: the bill of materials does \
                 not say which package of which version"
            );
            self.problems.push(Problem::general(ProblemKind::Coverage, message));
        }
        if self.left_out > 0 {
            let (count, noun) = (self.left_out, nouns(self.left_out));
            let message = format!("{count} {noun} beyond the first {PACKAGES_MAX} were left out");
            self.problems.push(Problem::general(ProblemKind::Limit, message));
        }
    }
}

impl Take for Draft {
    fn component(&mut self, mut component: Component) {
        if component.is_subject {
            self.subject(&component);
        }
        match component.kind {
            Kind::Os if !component.is_subject => self.operating_system(&component),
            Kind::File => {
                if self.places.len() < PLACES_MAX {
                    let place = Named::Place(self.places.len());
                    self.places.push(component.name);
                    self.name(component.reference, place);
                }
            }
            Kind::Package | Kind::Application => {
                if self.package(&mut component) || component.is_subject {
                    return;
                }
                if component.kind == Kind::Package {
                    self.unknown = self.unknown.saturating_add(1);
                } else if is_path(&component.name) && self.places.len() < PLACES_MAX {
                    let place = Named::Place(self.places.len());
                    self.places.push(component.name);
                    self.name(component.reference, place);
                }
            }
            Kind::Os | Kind::Other => {}
        }
    }

    fn statements(&mut self, addresses: Vec<String>) {
        self.statements = Some(addresses);
    }

    fn relation(&mut self, from: &str, edge: Edge, to: &str) {
        if self.edges.len() >= EDGES_MAX {
            return;
        }
        // Every format has its elements before what they have to do with each other.
        if let (Some(from), Some(to)) = (self.names.get(from), self.names.get(to)) {
            self.edges.push((*from, edge, *to));
        }
    }

    fn property(&mut self, name: &str, value: &str) {
        read_problem(&mut self.problems, name, value);
    }
}

/// The operating system, where nobody says which file tells of it.
fn assumed(os: Os) -> OsFound {
    let path = ImagePath::parse(b"etc/os-release").unwrap_or_default();
    OsFound { os, location: Location { layer: LayerIndex(0), path, lines: None } }
}

/// A package of a document of ours.
fn ours(component: &mut Component) -> Found {
    let mut package = Package::installed(Ecosystem::Generic, "", "");
    let mut owner = None;
    for (name, value) in &component.properties {
        if name == OWNER {
            owner = Some(lazaret_core::property::unescape(value));
        } else {
            read_package(&mut package, name, value);
        }
    }
    let name = std::mem::take(&mut component.name);
    package.name = match (component.group.as_str(), package.ecosystem) {
        ("", _) => name,
        (group, Ecosystem::Maven) => format!("{group}:{name}"),
        (group, _) => format!("{group}/{name}"),
    };
    package.version = std::mem::take(&mut component.version);
    package.purl = component.purl.take().unwrap_or_default();
    if package.licenses.is_empty() {
        package.licenses = std::mem::take(&mut component.licenses);
    }
    Found { package, layer: None, owner, is_ours: true }
}

/// The packages in the order of inventories, each once, and where each of the document's is among
/// them.
fn sorted(found: &mut [Found]) -> (Vec<Package>, Vec<PackageId>) {
    let mut order: Vec<usize> = (0..found.len()).collect();
    order.sort_by(|a, b| {
        let key = |index: &usize| {
            let package = found.get(*index).map(|found| &found.package);
            package.map(|one| (one.ecosystem, &one.name, &one.version, &one.locations, &one.arch))
        };
        key(a).cmp(&key(b))
    });
    let mut packages: Vec<Package> = Vec::with_capacity(found.len());
    let mut ids = vec![PackageId(0); found.len()];
    for index in order {
        let Some(one) = found.get_mut(index) else { continue };
        let nothing = Package::installed(one.package.ecosystem, "", "");
        let package = std::mem::replace(&mut one.package, nothing);
        let is_again = packages.last() == Some(&package) && !one.is_ours;
        if !is_again {
            packages.push(package);
        }
        if let Some(id) = ids.get_mut(index) {
            *id = PackageId::at(packages.len().saturating_sub(1));
        }
    }
    (packages, ids)
}

/// Whether the name of an application is that of a file; Trivy puts packages that have none under the
/// name of a language.
fn is_path(name: &str) -> bool {
    !matches!(name, "" | "Java" | "Node.js" | "Python" | "Ruby" | "Conda")
}

fn location(path: &str) -> Option<Location> {
    let path = ImagePath::parse(path.as_bytes()).ok().filter(|path| !path.is_root())?;
    Some(Location { layer: LayerIndex(0), path, lines: None })
}
