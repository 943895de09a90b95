//! Java and .NET packages in whole images: archives in archives, projects of several files, and
//! assemblies that a file beside them speaks for.

use crate::support::{ONE, inventory, source};
use lazaret_core::inventory::{Inventory, RelationKind};
use lazaret_core::limits::Limits;
use lazaret_core::package::{Ecosystem, Presence};
use lazaret_core::problem::ProblemKind;
use lazaret_image::{OpenOptions, Target, open};
use lazaret_scan::cache::MemoryCache;
use lazaret_scan::{Engine, extract_image};
use lazaret_testkit::Layer;
use std::path::Path;

fn fixture(path: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../inventory/fixtures");
    std::fs::read(folder.join(path)).unwrap()
}

fn ear() -> Vec<u8> {
    fixture("java/archive/good-nested/srv/shop.ear")
}

/// Name, version and every place of the packages of an ecosystem.
fn rows(found: &Inventory, ecosystem: Ecosystem) -> Vec<String> {
    let packages = found.packages.iter().filter(|package| package.ecosystem == ecosystem);
    packages
        .map(|package| {
            let places: Vec<&str> = package.locations.iter().map(|l| l.path.as_str()).collect();
            format!("{} {} {}", package.name, package.version, places.join(" "))
        })
        .collect()
}

#[test]
fn what_is_in_an_inner_archive_is_at_its_place_there() {
    let found = inventory(&[Layer::new("COPY").file("srv/shop.ear", ear())]);
    let expected = [
        "com.acme:web 2.0 srv/shop.ear!web-2.0.war",
        "org.example:lib-core 1.2.0 srv/shop.ear!web-2.0.war!WEB-INF/lib/lib-core-1.2.0.jar",
        "org.yaml:snakeyaml 1.24 srv/shop.ear!web-2.0.war!WEB-INF/lib/snakeyaml-1.24.jar",
    ];
    assert_eq!(rows(&found, Ecosystem::Maven), expected);
    let gone = inventory(&[
        Layer::new("COPY").file("srv/shop.ear", ear()),
        Layer::new("RUN rm").whiteout("srv/shop.ear"),
    ]);
    assert!(gone.packages.is_empty());
}

#[test]
fn libraries_of_a_distributions_archive_belong_to_its_package() {
    let status =
        "Package: shop\nStatus: install ok installed\nArchitecture: all\nVersion: 2.0-1\n\n";
    let layer = Layer::new("ADD")
        .file("var/lib/dpkg/status", status)
        .file("var/lib/dpkg/info/shop.list", "/.\n/srv\n/srv/shop.ear\n")
        .file("srv/shop.ear", ear())
        .file("opt/shop.ear", ear());
    let found = inventory(&[layer]);
    for package in found.packages.iter().filter(|p| p.ecosystem == Ecosystem::Maven) {
        let is_owned = package.locations[0].path.as_str().starts_with("srv/");
        assert_eq!(package.owner.is_some(), is_owned, "{}", package.locations[0].path);
    }
    assert_eq!(found.packages.len(), 7);
}

#[test]
fn a_library_needs_the_nearest_that_has_the_name() {
    let jar = fixture("java/archive/good/opt/lib/lib-core-1.2.0.jar");
    let shaded = fixture("java/archive/good-shaded/opt/app-all.jar");
    let layer =
        Layer::new("COPY").file("opt/lib/lib-core-1.2.0.jar", jar).file("opt/app-all.jar", shaded);
    let found = inventory(&[layer]);
    let edges: Vec<(&str, &str)> = found
        .relations
        .iter()
        .filter(|edge| edge.kind == RelationKind::DependsOn)
        .map(|edge| (found.package(edge.from).unwrap(), found.package(edge.to).unwrap()))
        .map(|(from, to)| (from.locations[0].path.as_str(), to.name.as_str()))
        .collect();
    assert_eq!(edges, [("opt/lib/lib-core-1.2.0.jar", "org.other:other-io")]);
}

#[test]
fn an_archive_may_be_as_large_as_a_program() {
    let large = |file_bytes_max, program_bytes_max| {
        let (_, folder) = source(&[Layer::new("COPY").file("srv/shop.ear", ear())]);
        let limits = Limits { file_bytes_max, program_bytes_max, ..Limits::default() };
        let engine = Engine::with(limits.clone(), Box::new(MemoryCache::default()));
        let options = OpenOptions { limits, ..OpenOptions::default() };
        let source = open(&Target::Input(folder.path().join("image.tar")), &options).unwrap();
        extract_image(&engine, &source, 0, ONE).unwrap()
    };
    assert_eq!(large(100, 1 << 20).packages.len(), 3);
    let found = large(100, 200);
    assert!(found.packages.is_empty());
    assert_eq!(found.problems[0].kind, ProblemKind::Limit);
}

/// A project of two modules with a parent, and a bill of versions in the local repository.
fn project() -> Layer {
    let parent =
        "<project><groupId>com.acme</groupId><artifactId>parent</artifactId><version>7</version>
        <properties><io.version>3.1</io.version><unit.version>5.0</unit.version></properties>
        <dependencyManagement><dependencies>
          <dependency><groupId>org.test</groupId><artifactId>unit</artifactId>
            <version>${unit.version}</version><scope>test</scope></dependency>
          <dependency><groupId>org.bill</groupId><artifactId>bill</artifactId><version>9</version>
            <type>pom</type><scope>import</scope></dependency>
        </dependencies></dependencyManagement>
        <dependencies><dependency><groupId>org.every</groupId><artifactId>where</artifactId>
          <version>1.0</version></dependency></dependencies></project>";
    let app = "<project><parent><groupId>com.acme</groupId><artifactId>parent</artifactId>
        <version>7</version></parent><artifactId>app</artifactId>
        <properties><unit.version>5.1</unit.version></properties>
        <dependencies>
          <dependency><groupId>org.other</groupId><artifactId>other-io</artifactId>
            <version>${io.version}</version></dependency>
          <dependency><groupId>org.test</groupId><artifactId>unit</artifactId></dependency>
          <dependency><groupId>org.billed</groupId><artifactId>billed</artifactId></dependency>
          <dependency><groupId>${project.groupId}</groupId><artifactId>core</artifactId>
            <version>${project.version}</version></dependency>
          <dependency><groupId>org.range</groupId><artifactId>range</artifactId>
            <version>[1.0,2.0)</version></dependency>
          <dependency><groupId>org.nowhere</groupId><artifactId>nowhere</artifactId></dependency>
        </dependencies></project>";
    let bill =
        "<project><groupId>org.bill</groupId><artifactId>bill</artifactId><version>9</version>
        <properties><v>4.2</v></properties>
        <dependencyManagement><dependencies><dependency><groupId>org.billed</groupId>
          <artifactId>billed</artifactId><version>${v}</version></dependency></dependencies>
        </dependencyManagement>
        <dependencies><dependency><groupId>org.bills</groupId><artifactId>own</artifactId>
          <version>1</version></dependency></dependencies></project>";
    Layer::new("COPY")
        .file("src/pom.xml", parent)
        .file("src/app/pom.xml", app)
        .file("root/.m2/repository/org/bill/bill/9/bill-9.pom", bill)
}

#[test]
fn maven_projects_are_filled_in_from_the_image() {
    let found = inventory(&[project()]);
    // As Maven's own model builder (3.8.7) fills the two projects in; it leaves the range as it is,
    // and refuses the dependency without a version.
    let expected = [
        "com.acme:core 7 src/app/pom.xml",
        "org.billed:billed 4.2 src/app/pom.xml",
        "org.every:where 1.0 src/pom.xml",
        "org.other:other-io 3.1 src/app/pom.xml",
        "org.test:unit 5.1 src/app/pom.xml",
    ];
    assert_eq!(rows(&found, Ecosystem::Maven), expected);
    let presence = |name: &str| found.packages.iter().find(|p| p.name == name).unwrap().presence;
    assert_eq!(presence("org.test:unit"), Presence::DeclaredDev);
    assert_eq!(presence("org.billed:billed"), Presence::Declared);
    assert_eq!(found.problems.len(), 1);
    assert!(found.problems[0].message.contains("versions of 2 dependencies"));
}

#[test]
fn projects_that_are_their_own_parents_come_to_an_end() {
    let circle = |name: &str, parent: &str| {
        format!(
            "<project><parent><groupId>g</groupId><artifactId>{parent}</artifactId>
            <version>1</version><relativePath>../{parent}</relativePath></parent>
            <artifactId>{name}</artifactId><properties><a>${{b}}</a><b>${{a}}</b></properties>
            <dependencies><dependency><groupId>x</groupId><artifactId>{name}</artifactId>
            <version>1</version></dependency><dependency><groupId>x</groupId>
            <artifactId>never</artifactId><version>${{a}}</version></dependency></dependencies>
            </project>"
        )
    };
    let layer = Layer::new("COPY")
        .file("src/one/pom.xml", circle("one", "two"))
        .file("src/two/pom.xml", circle("two", "one"));
    let found = inventory(&[layer]);
    assert_eq!(
        rows(&found, Ecosystem::Maven),
        ["x:one 1 src/one/pom.xml", "x:two 1 src/two/pom.xml"]
    );
    assert_eq!(found.problems.len(), 2);
}

#[test]
fn an_assembly_is_listed_once() {
    let dll = fixture("dotnet/assembly/good/app/Example.Json.dll");
    let deps = r#"{"targets":{"net8.0":{"Example.Json/13.0.3":{"runtime":
        {"lib/net6.0/Example.Json.dll":{}}}}},"libraries":{"Example.Json/13.0.3":{"type":"package"}}}"#;
    let layer = Layer::new("COPY")
        .file("app/App.deps.json", deps)
        .file("app/Example.Json.dll", dll.clone())
        .file("plugins/Example.Json.dll", dll);
    let found = inventory(&[layer]);
    let expected =
        ["Example.Json 13.0.3 app/App.deps.json", "Example.Json 13.0.3 plugins/Example.Json.dll"];
    assert_eq!(rows(&found, Ecosystem::Nuget), expected);
}
