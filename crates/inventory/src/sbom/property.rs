//! What other tools say in properties of their own: Trivy's `aquasecurity:trivy:…` and Syft's
//! `syft:…`, which hold what the formats have no field for.

use super::component::Component;
use lazaret_core::package::{Ecosystem, Package, SourcePackage};

/// What Trivy's names begin with. In SPDX it leaves that out.
pub(super) const TRIVY: &str = "aquasecurity:trivy:";

/// The source package: where the format has a field for it, or in Trivy's or Syft's parts.
pub(super) fn source(component: &Component) -> Option<SourcePackage> {
    let trivy = |key: &str| component.value(&format!("{TRIVY}{key}"));
    if let (Some(name), Some(version)) = (trivy("SrcName"), trivy("SrcVersion")) {
        let mut version = version.to_owned();
        if let Some(epoch) = trivy("SrcEpoch").filter(|epoch| *epoch != "0") {
            version = format!("{epoch}:{version}");
        }
        if let Some(release) = trivy("SrcRelease") {
            version = format!("{version}-{release}");
        }
        return Some(SourcePackage { name: name.to_owned(), version });
    }
    if let Some(file) = component.value("syft:metadata:sourceRpm") {
        return source_rpm(file);
    }
    let name = component.value("syft:metadata:source");
    if let Some(name) = name.or_else(|| component.value("syft:metadata:originPackage")) {
        let version = component.value("syft:metadata:sourceVersion").unwrap_or(&component.version);
        return Some(SourcePackage { name: name.to_owned(), version: version.to_owned() });
    }
    component.source.clone()
}

/// The name and version in the file name of a source rpm.
pub(super) fn source_rpm(file: &str) -> Option<SourcePackage> {
    let file = file.strip_suffix(".src.rpm").or_else(|| file.strip_suffix(".nosrc.rpm"))?;
    let (rest, release) = file.rsplit_once('-')?;
    let (name, version) = rest.rsplit_once('-')?;
    Some(SourcePackage { name: name.to_owned(), version: format!("{version}-{release}") })
}

/// The digest of the layer that a component came with.
pub(super) fn layer(component: &Component) -> Option<&str> {
    component
        .value("aquasecurity:trivy:LayerDiffID")
        .or_else(|| component.value("aquasecurity:trivy:LayerDigest"))
        .or_else(|| component.value("syft:location:0:layerID"))
}

/// Takes over what the properties of another tool say of a package.
pub(super) fn apply(component: &mut Component, package: &mut Package) {
    if package.ecosystem.is_os()
        && let Some(source) = source(component)
    {
        package.source = Some(source);
    }
    if package.ecosystem == Ecosystem::Rpm {
        let label = component
            .value("aquasecurity:trivy:Modularitylabel")
            .or_else(|| component.value("syft:metadata:modularityLabel"));
        package.module = label.and_then(stream);
    }
    let binary = component.value("aquasecurity:trivy:PkgType") == Some("gobinary")
        || component.value("syft:package:foundBy") == Some("go-module-binary-cataloger");
    if binary && package.ecosystem == Ecosystem::Golang {
        package.found_by = vec!["go/binary".to_owned()];
    }
    if let Some(path) = component.value("aquasecurity:trivy:FilePath") {
        let path = path.to_owned();
        component.place(path);
    }
    let paths: Vec<String> = component
        .properties
        .iter()
        .filter(|(name, _)| name.starts_with("syft:location:") && name.ends_with(":path"))
        .map(|(_, path)| path.clone())
        .collect();
    component.places.extend(paths);
    keep_primary(package.ecosystem, &mut component.places);
}

/// Module and stream of a label, such as `nodejs:18`.
fn stream(label: &str) -> Option<String> {
    let mut parts = label.split(':');
    let (module, stream) = (parts.next()?, parts.next()?);
    (!module.is_empty() && !stream.is_empty()).then(|| format!("{module}:{stream}"))
}

/// Leaves out files that only go with a package, such as its documentation, where the one that says
/// that it is there is known as well.
fn keep_primary(ecosystem: Ecosystem, places: &mut Vec<String>) {
    let is_primary = |path: &str| {
        let name = path.rsplit('/').next().unwrap_or(path);
        match ecosystem {
            Ecosystem::Deb => {
                name == "status" || path.contains("/status.d/") && !name.ends_with(".md5sums")
            }
            Ecosystem::Pypi => {
                matches!(name, "METADATA" | "PKG-INFO") || name.ends_with(".egg-info")
            }
            _ => true,
        }
    };
    if places.iter().any(|path| is_primary(path)) {
        places.retain(|path| is_primary(path));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn component(properties: &[(&str, &str)]) -> Component {
        let mut component = Component { version: "1.0-1".to_owned(), ..Component::default() };
        for (name, value) in properties {
            component.property(*name, *value);
        }
        component
    }

    #[test]
    fn sources_are_read_in_every_tool_s_words() {
        let trivy = |key: &str| format!("{TRIVY}{key}");
        let parts = [
            (trivy("SrcName"), "openssl"),
            (trivy("SrcEpoch"), "1"),
            (trivy("SrcVersion"), "3.0.7"),
            (trivy("SrcRelease"), "27.el9"),
        ];
        let parts: Vec<(&str, &str)> = parts.iter().map(|(name, v)| (&**name, *v)).collect();
        for (properties, expected) in [
            (parts.as_slice(), Some("openssl 1:3.0.7-27.el9")),
            (&[("syft:metadata:sourceRpm", "acl-2.3.1-4.el9.src.rpm")], Some("acl 2.3.1-4.el9")),
            (
                &[("syft:metadata:source", "gcc-12"), ("syft:metadata:sourceVersion", "12.2")],
                Some("gcc-12 12.2"),
            ),
            (&[("syft:metadata:originPackage", "openssl")], Some("openssl 1.0-1")),
            (&[("syft:metadata:source", "")], None),
        ] {
            let source = source(&component(properties));
            let source = source.map(|source| format!("{} {}", source.name, source.version));
            assert_eq!(source.as_deref(), expected);
        }
    }

    #[test]
    fn the_file_that_says_it_is_the_place() {
        let mut places: Vec<String> =
            ["usr/share/doc/x/copyright", "var/lib/dpkg/info/x.list", "var/lib/dpkg/status"]
                .map(str::to_owned)
                .into();
        keep_primary(Ecosystem::Deb, &mut places);
        assert_eq!(places, ["var/lib/dpkg/status"]);
        let mut places = vec!["a/RECORD".to_owned()];
        keep_primary(Ecosystem::Pypi, &mut places);
        assert_eq!(places, ["a/RECORD"]);
    }
}
