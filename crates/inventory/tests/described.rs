//! Bills of materials of other tools, in the words these tools use: what is taken for the image.

use lazaret_core::package::{Package, PackageId};
use lazaret_core::problem::ProblemKind;
use lazaret_inventory::{Described, describe};
use serde_json::{Value, json};

fn read(document: &Value) -> Described {
    describe(document.to_string().as_bytes()).unwrap()
}

/// The only package of a name.
fn package<'a>(described: &'a Described, name: &str) -> &'a Package {
    let mut named = described.inventory.packages.iter().filter(|package| package.name == name);
    let found = named.next().unwrap_or_else(|| panic!("there is no {name}"));
    assert!(named.next().is_none(), "{name} is there twice");
    found
}

fn source(package: &Package) -> String {
    let source = package.source.as_ref().unwrap();
    format!("{} {}", source.name, source.version)
}

fn places(package: &Package) -> Vec<&str> {
    package.locations.iter().map(|location| location.path.as_str()).collect()
}

const LAYERS: [&str; 2] = [
    "sha256:dd565ff850e7003356e2b252758f9bdc1ff2803f61e995e24c7844f6297f8fc3",
    "sha256:3c79e832b1b4891a1cb4a326ef8524e0bd14a2537150ac0e203a5677176c1ca1",
];

fn property(name: &str, value: &str) -> Value {
    json!({"name": name, "value": value})
}

/// The properties Trivy writes, under its prefix.
fn trivy(pairs: &[(&str, &str)]) -> Vec<Value> {
    let name = |key: &str| format!("aquasecurity:trivy:{key}");
    pairs.iter().map(|(key, value)| property(&name(key), value)).collect()
}

/// A document as Trivy writes it of an image of RHEL with a lock file and a program.
fn trivy_cyclonedx() -> Value {
    json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "metadata": {"component": {
            "bom-ref": "root", "type": "container", "name": "shop:1",
            "properties": trivy(&[
                ("SchemaVersion", "2"),
                ("ImageID", "sha256:49193a2310dbad4c02382da87ac624a80a92387a4f7536235f9ba590e5bcd7b5"),
                ("DiffID", LAYERS[0]),
                ("DiffID", LAYERS[1]),
            ]),
        }},
        "components": [
            {"bom-ref": "os", "type": "operating-system", "name": "redhat", "version": "9.2",
             "properties": trivy(&[("Type", "redhat"), ("Class", "os-pkgs")])},
            {"bom-ref": "libs", "type": "library", "name": "openssl-libs", "version": "1:3.0.7-27.el9",
             "supplier": {"name": "Red Hat, Inc."},
             "purl": "pkg:rpm/redhat/openssl-libs@3.0.7-27.el9?arch=x86_64&distro=redhat-9.2&epoch=1",
             "properties": trivy(&[
                 ("PkgType", "redhat"), ("SrcName", "openssl"), ("SrcVersion", "3.0.7"),
                 ("SrcRelease", "27.el9"), ("SrcEpoch", "1"),
                 ("Modularitylabel", "nodejs:18:9020020230809:rhel9"),
                 ("LayerDiffID", LAYERS[0]),
             ])},
            {"bom-ref": "lock", "type": "application", "name": "app/package-lock.json",
             "properties": trivy(&[("Type", "npm"), ("Class", "lang-pkgs")])},
            {"bom-ref": "pkg:npm/express@4.17.1", "type": "library", "name": "express",
             "version": "4.17.1", "purl": "pkg:npm/express@4.17.1",
             "properties": trivy(&[("PkgType", "npm"), ("LayerDiffID", LAYERS[1])])},
            {"bom-ref": "pkg:npm/%40x/qs@6.7.0", "type": "library", "group": "@x", "name": "qs",
             "version": "6.7.0", "purl": "pkg:npm/%40x/qs@6.7.0",
             "properties": trivy(&[("PkgType", "npm")])},
            {"bom-ref": "jar", "type": "library", "group": "org.x", "name": "y", "version": "1.0",
             "purl": "pkg:maven/org.x/y@1.0",
             "properties": trivy(&[("PkgType", "jar"), ("FilePath", "opt/y-1.0.jar")])},
            {"bom-ref": "tool", "type": "application", "name": "usr/bin/tool",
             "properties": trivy(&[("Type", "gobinary"), ("Class", "lang-pkgs")])},
            {"bom-ref": "module", "type": "library", "name": "github.com/x/tool", "version": "v1.2.0",
             "purl": "pkg:golang/github.com/x/tool@v1.2.0",
             "properties": trivy(&[("PkgType", "gobinary")])},
        ],
        "dependencies": [
            {"ref": "root", "dependsOn": ["os", "lock", "jar", "tool"]},
            {"ref": "os", "dependsOn": ["libs"]},
            {"ref": "lock", "dependsOn": ["pkg:npm/express@4.17.1"]},
            {"ref": "pkg:npm/express@4.17.1", "dependsOn": ["pkg:npm/%40x/qs@6.7.0"]},
            {"ref": "tool", "dependsOn": ["module"]},
        ],
    })
}

#[test]
fn trivy_s_properties_are_understood() {
    let described = read(&trivy_cyclonedx());
    assert_eq!(described.image.name, "shop:1");
    assert_eq!(described.image.layers.len(), 2);
    assert!(described.image.config_digest.is_some());
    let os = &described.inventory.os.as_ref().unwrap().os;
    assert_eq!((os.id.as_str(), os.version.as_deref()), ("rhel", Some("9.2")));
    let libs = package(&described, "openssl-libs");
    assert_eq!(libs.version, "1:3.0.7-27.el9");
    assert_eq!(libs.arch.as_deref(), Some("x86_64"));
    assert_eq!(source(libs), "openssl 1:3.0.7-27.el9");
    assert_eq!(libs.module.as_deref(), Some("nodejs:18"));
    assert_eq!(libs.vendor.as_deref(), Some("Red Hat, Inc."));
    assert_eq!(libs.layer.0, 0);
    // What a lock file lists is in that file, however far down.
    let express = package(&described, "express");
    assert_eq!((places(express), express.layer.0), (vec!["app/package-lock.json"], 1));
    assert_eq!(places(package(&described, "@x/qs")), ["app/package-lock.json"]);
    assert_eq!(places(package(&described, "org.x:y")), ["opt/y-1.0.jar"]);
    let tool = package(&described, "github.com/x/tool");
    assert_eq!(places(tool), ["usr/bin/tool"]);
    assert_eq!(tool.found_by, ["go/binary"]);
    let needs: Vec<(&str, &str)> = described
        .inventory
        .relations
        .iter()
        .map(|edge| {
            let name = |id: PackageId| described.inventory.package(id).unwrap().name.as_str();
            (name(edge.from), name(edge.to))
        })
        .collect();
    assert_eq!(needs, [("express", "@x/qs")]);
    assert_eq!(described.inventory.problems, []);
}

#[test]
fn trivy_s_spdx_says_the_same_in_annotations_and_once_did_in_texts() {
    let remarks = |new: bool, lines: &[String]| {
        if !new {
            return ("attributionTexts", lines.iter().map(|line| json!(line)).collect());
        }
        let one = |line: &String| {
            json!({"annotator": "Tool: trivy-0.60.0", "annotationType": "OTHER",
                   "annotationDate": "2026-01-01T00:00:00Z", "comment": line})
        };
        ("annotations", lines.iter().map(one).collect::<Vec<_>>())
    };
    for new in [true, false] {
        let mut image = json!({"SPDXID": "SPDXRef-ContainerImage-1", "name": "shop:1"});
        let (key, lines) = remarks(new, &LAYERS.map(|layer| format!("DiffID: {layer}")));
        image[key] = lines.into();
        let mut musl = json!({
            "SPDXID": "SPDXRef-Package-1", "name": "libcrypto3", "versionInfo": "3.1.4-r5",
            "sourceInfo": "built package from: openssl 3.1.4-r5",
            "licenseDeclared": "Apache-2.0",
            "externalRefs": [{"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl",
                "referenceLocator": "pkg:apk/alpine/libcrypto3@3.1.4-r5?arch=x86_64&distro=3.18.4"}],
        });
        let (key, lines) = remarks(
            new,
            &["PkgID: libcrypto3@3.1.4-r5".to_owned(), format!("LayerDiffID: {}", LAYERS[1])],
        );
        musl[key] = lines.into();
        let described = read(&json!({
            "spdxVersion": "SPDX-2.3",
            "SPDXID": "SPDXRef-DOCUMENT",
            "packages": [
                image,
                {"SPDXID": "SPDXRef-OperatingSystem-1", "name": "alpine", "versionInfo": "3.18.4"},
                musl,
                {"SPDXID": "SPDXRef-Application-1", "name": "app/go.mod"},
                {"SPDXID": "SPDXRef-Package-2", "name": "golang.org/x/net", "versionInfo": "v0.1.0",
                 "externalRefs": [{"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl",
                     "referenceLocator": "pkg:golang/golang.org/x/net@v0.1.0"}]},
            ],
            "relationships": [
                {"spdxElementId": "SPDXRef-DOCUMENT", "relationshipType": "DESCRIBES",
                 "relatedSpdxElement": "SPDXRef-ContainerImage-1"},
                {"spdxElementId": "SPDXRef-Application-1", "relationshipType": "CONTAINS",
                 "relatedSpdxElement": "SPDXRef-Package-2"},
            ],
        }));
        assert_eq!(described.image.name, "shop:1");
        let os = &described.inventory.os.as_ref().unwrap().os;
        assert_eq!((os.id.as_str(), os.version.as_deref()), ("alpine", Some("3.18.4")));
        let libcrypto = package(&described, "libcrypto3");
        assert_eq!(source(libcrypto), "openssl 3.1.4-r5");
        assert_eq!(libcrypto.layer.0, 1);
        assert_eq!(libcrypto.licenses, ["Apache-2.0"]);
        assert_eq!(places(package(&described, "golang.org/x/net")), ["app/go.mod"]);
        assert_eq!(described.inventory.problems, []);
    }
}

#[test]
fn syft_s_properties_are_understood() {
    let described = read(&json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "metadata": {"component": {"bom-ref": "1", "type": "container", "name": "shop:1",
            "version": "sha256:49193a2310dbad4c02382da87ac624a80a92387a4f7536235f9ba590e5bcd7b5"}},
        "components": [
            {"bom-ref": "a", "type": "library", "name": "libssl3", "version": "3.0.11-1~deb12u2",
             "publisher": "Debian OpenSSL Team <pkg-openssl-devel@alioth-lists.debian.net>",
             "purl": "pkg:deb/debian/libssl3@3.0.11-1~deb12u2?arch=amd64&distro=debian-12&upstream=openssl",
             "properties": [
                 property("syft:package:foundBy", "dpkg-db-cataloger"),
                 property("syft:location:0:layerID", LAYERS[0]),
                 property("syft:location:0:path", "/usr/share/doc/libssl3/copyright"),
                 property("syft:location:1:path", "/var/lib/dpkg/status"),
                 property("syft:metadata:source", "openssl"),
             ]},
            {"bom-ref": "b", "type": "library", "name": "Jinja2", "version": "2.10",
             "purl": "pkg:pypi/jinja2@2.10",
             "properties": [property("syft:location:0:path", "/usr/lib/python3/Jinja2.egg-info")]},
            {"bom-ref": "c", "type": "library", "name": "docker-ce", "version": "5:26.0.0-1",
             "publisher": "Docker <support@docker.com>",
             "purl": "pkg:deb/debian/docker-ce@5%3A26.0.0-1?arch=amd64&distro=debian-12"},
            {"bom-ref": "os:debian@12", "type": "operating-system", "name": "debian", "version": "12",
             "properties": [
                 property("syft:distro:id", "debian"),
                 property("syft:distro:prettyName", "Debian GNU/Linux 12 (bookworm)"),
                 property("syft:distro:versionCodename", "bookworm"),
             ]},
        ],
    }));
    assert!(described.image.digest.is_some());
    let os = &described.inventory.os.as_ref().unwrap().os;
    assert_eq!(os.codename.as_deref(), Some("bookworm"));
    let libssl = package(&described, "libssl3");
    assert_eq!(source(libssl), "openssl 3.0.11-1~deb12u2");
    assert_eq!(places(libssl), ["var/lib/dpkg/status"]);
    assert_eq!(libssl.third_party, None);
    // The name as its author writes it, which a package url does not know.
    assert_eq!(places(package(&described, "Jinja2")), ["usr/lib/python3/Jinja2.egg-info"]);
    assert_eq!(package(&described, "docker-ce").third_party.as_deref(), Some("Docker"));
}

#[test]
fn syft_s_own_json_says_which_layer_and_which_file() {
    let place = |path: &str, layer: &str, evidence: &str| {
        json!({"path": path, "accessPath": path, "layerID": layer,
               "annotations": {"evidence": evidence}})
    };
    let described = read(&json!({
        "artifacts": [
            {"id": "1", "name": "openssl-libs", "version": "1:3.0.7-27.el9", "type": "rpm",
             "locations": [place("/var/lib/rpm/rpmdb.sqlite", LAYERS[1], "primary"),
                           place("/usr/lib64/libssl.so.3", LAYERS[0], "supporting")],
             "licenses": [{"value": "ASL 2.0"}],
             "purl": "pkg:rpm/rocky/openssl-libs@3.0.7-27.el9?arch=x86_64&distro=rocky-9.4&epoch=1",
             "metadata": {"sourceRpm": "openssl-3.0.7-27.el9.src.rpm", "vendor": "Rocky",
                          "modularityLabel": ""}},
            {"id": "2", "name": "requests", "version": "2.19.1", "type": "python",
             "locations": [], "purl": "pkg:pypi/requests@2.19.1"},
        ],
        "artifactRelationships": [
            {"parent": "1", "child": "2", "type": "ownership-by-file-overlap"},
        ],
        "source": {"id": "x", "name": "shop:1", "type": "image", "metadata": {
            "imageID": LAYERS[0], "layers": [{"digest": LAYERS[0]}, {"digest": LAYERS[1]}]}},
        "distro": {"id": "rocky", "versionID": "9.4", "idLike": ["rhel"]},
        "descriptor": {"name": "syft", "version": "1.18.1"},
        "schema": {"version": "16.0.18"},
    }));
    let libs = package(&described, "openssl-libs");
    assert_eq!(source(libs), "openssl 3.0.7-27.el9");
    assert_eq!((places(libs), libs.layer.0), (vec!["var/lib/rpm/rpmdb.sqlite"], 1));
    assert_eq!(libs.vendor.as_deref(), Some("Rocky"));
    let requests = package(&described, "requests");
    let owner = requests.owner.and_then(|owner| described.inventory.package(owner));
    assert_eq!(owner.map(|owner| owner.name.as_str()), Some("openssl-libs"));
    let os = &described.inventory.os.as_ref().unwrap().os;
    assert_eq!((os.id.as_str(), os.id_like.as_slice()), ("rocky", &["rhel".to_owned()][..]));
}

#[test]
fn tags_may_have_their_annotations_anywhere() {
    let text = format!(
        "SPDXVersion: SPDX-2.3\nDataLicense: CC0-1.0\nSPDXID: SPDXRef-DOCUMENT\n\
         Relationship: SPDXRef-DOCUMENT DESCRIBES SPDXRef-ContainerImage-1\n\
         PackageName: shop\nSPDXID: SPDXRef-ContainerImage-1\n\
         PackageName: libc6\nSPDXID: SPDXRef-Package-1\nPackageVersion: 2.36-9\n\
         PackageComment: <text>a\nPackageName: no package\nb</text>\n\
         ExternalRef: PACKAGE-MANAGER purl pkg:deb/debian/libc6@2.36-9?distro=debian-12&upstream=glibc\n\
         Annotator: Tool: trivy\nAnnotationType: OTHER\nSPDXREF: SPDXRef-ContainerImage-1\n\
         AnnotationComment: DiffID: {}\n\
         Annotator: Tool: trivy\nAnnotationType: OTHER\nSPDXREF: SPDXRef-Package-1\n\
         AnnotationComment: <text>LayerDiffID: {}</text>\n",
        LAYERS[0], LAYERS[0]
    );
    let described = describe(text.as_bytes()).unwrap();
    assert_eq!(described.image.name, "shop");
    assert_eq!(described.image.layers.len(), 1);
    assert_eq!(described.inventory.packages.len(), 1);
    assert_eq!(source(package(&described, "libc6")), "glibc 2.36-9");
    // Without an operating system among the packages their urls name it.
    let os = &described.inventory.os.as_ref().unwrap().os;
    assert_eq!((os.id.as_str(), os.version.as_deref()), ("debian", Some("12")));
    assert_eq!(described.inventory.problems, []);
}

#[test]
fn the_distribution_that_most_packages_name_is_that_of_the_image() {
    let one = |n: usize, distro: &str| {
        json!({"type": "library", "name": "x", "bom-ref": n.to_string(),
               "purl": format!("pkg:deb/debian/x{n}@1?distro={distro}")})
    };
    let described = read(&json!({
        "bomFormat": "CycloneDX", "specVersion": "1.5",
        "components": [one(1, "debian-11"), one(2, "debian-12"), one(3, "debian-12")],
    }));
    assert_eq!(described.inventory.os.unwrap().os.version.as_deref(), Some("12"));
}

#[test]
fn what_says_too_little_is_counted() {
    let described = read(&json!({
        "bomFormat": "CycloneDX", "specVersion": "1.5",
        "metadata": {"component": {"type": "application", "name": "app"}},
        "components": [
            {"type": "library", "name": "left-pad", "version": "1.0.0"},
            {"type": "framework", "name": "x", "purl": "pkg:unheard/of@1"},
            {"type": "file", "name": "a.js"},
            {"type": "application", "name": "app/yarn.lock"},
        ],
    }));
    assert_eq!(described.inventory.packages, []);
    let [problem] = described.inventory.problems.as_slice() else { panic!("one problem") };
    assert_eq!(problem.kind, ProblemKind::Coverage);
    assert!(problem.message.starts_with("2 components could not be checked"), "{problem:?}");
}

#[test]
fn broken_and_hostile_documents_are_errors_or_empty() {
    for text in ["", "{", "[]", "null", "<bom", "<a/>", "{}", "SPDXVersion", "\u{feff}{\"x\":1}"] {
        assert!(describe(text.as_bytes()).is_err(), "{text}");
    }
    assert!(describe(b"\xff\xfe\xfd").is_err());
    // Components in each other, deeper than anybody writes them.
    let mut inner = json!({"type": "library", "purl": "pkg:npm/deep@1"});
    for _ in 0..40 {
        inner = json!({"type": "library", "purl": "pkg:npm/x@1", "components": [inner]});
    }
    let document = json!({"bomFormat": "CycloneDX", "specVersion": "1.6", "components": [inner]});
    let described = read(&document);
    assert_eq!(described.inventory.packages.len(), 1);
    // Owners and needs that go round in circles, and refer to nothing.
    let described = read(&json!({
        "spdxVersion": "SPDX-2.3", "SPDXID": "SPDXRef-DOCUMENT",
        "packages": [{"SPDXID": "a", "name": "a", "externalRefs": [
            {"referenceType": "purl", "referenceLocator": "pkg:deb/debian/a@1"}]}],
        "relationships": [
            {"spdxElementId": "a", "relationshipType": "CONTAINS", "relatedSpdxElement": "a"},
            {"spdxElementId": "a", "relationshipType": "DEPENDS_ON", "relatedSpdxElement": "a"},
            {"spdxElementId": "a", "relationshipType": "CONTAINS", "relatedSpdxElement": "z"},
        ],
    }));
    assert_eq!(described.inventory.relations, []);
    assert_eq!(described.inventory.packages[0].owner, None);
}

#[test]
fn no_cut_and_no_changed_byte_is_a_panic() {
    let whole = trivy_cyclonedx().to_string().into_bytes();
    for end in (0..whole.len()).step_by(7) {
        drop(describe(&whole[..end]));
    }
    for at in (0..whole.len()).step_by(5) {
        for byte in [b'"', b'{', b']', b'9', 0, 0xff] {
            let mut changed = whole.clone();
            changed[at] = byte;
            drop(describe(&changed));
        }
    }
}

#[test]
fn where_statements_about_exploitability_are_is_read_off_the_document_itself() {
    let reference = |kind: &str, url: &str| json!({"type": kind, "url": url});
    let one = "https://vex.example.org/1";
    let document = json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "externalReferences": [
            reference("website", "https://example.org"),
            reference("exploitability-statement", one),
            reference("exploitability-statement", "urn:cdx:f08a6ccd-4dce-4759-bd84-c626675d60a7/1"),
            json!({"type": "exploitability-statement"}),
        ],
        // What a part refers to is about the part.
        "components": [{
            "type": "library", "name": "a", "version": "1",
            "externalReferences": [reference("exploitability-statement", "https://a.example")],
        }],
    });
    let urn = "urn:cdx:f08a6ccd-4dce-4759-bd84-c626675d60a7/1";
    assert_eq!(read(&document).statements.unwrap(), [one, urn]);
    let xml = "<bom xmlns=\"http://cyclonedx.org/schema/bom/1.6\"><components><component \
               type=\"library\"><name>a</name><externalReferences><reference \
               type=\"exploitability-statement\"><url>https://a.example</url></reference>\
               </externalReferences></component></components><externalReferences><reference \
               type=\"vcs\"><url>https://example.org</url></reference><reference \
               type=\"exploitability-statement\"><url>https://vex.example.org/1</url></reference>\
               </externalReferences></bom>";
    assert_eq!(describe(xml.as_bytes()).unwrap().statements.unwrap(), [one]);
    let none = json!({"bomFormat": "CycloneDX", "specVersion": "1.4"});
    assert_eq!(read(&none).statements, Some(Vec::new()));
    let spdx = json!({"spdxVersion": "SPDX-2.3", "SPDXID": "SPDXRef-DOCUMENT", "packages": []});
    assert_eq!(read(&spdx).statements, None);
}
