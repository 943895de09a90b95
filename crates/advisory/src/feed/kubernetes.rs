//! Kubernetes's own advisories in the form of OSV: its official feed enriched with versions, as
//! Aqua Security collects it (<https://github.com/aquasecurity/vuln-list-k8s>), and OSV's export.
//!
//! A component is named by its Go module, but with the versions of Kubernetes: `k8s.io/kubelet`
//! 1.24.15 is the program `kubelet`, where the module of that name is 0.24.15. So components are
//! filed as the programs they are, and only what has a repository, and so versions, of its own is
//! filed as a module.

use super::gather::{Gather, Segment};
use super::osv::{Target, archive, record};
use super::{Feed, FeedError, FeedFile, Gap, bundle, program};
use lazaret_core::package::Ecosystem;
use lazaret_core::version::Scheme;

/// The collection.
pub(super) static FEED: Feed = Feed {
    id: "kubernetes",
    title: "Kubernetes",
    url: "https://codeload.github.com/aquasecurity/vuln-list-k8s/tar.gz/refs/heads/main",
    license: "Apache-2.0",
    redistributable: true,
    unit: "files",
    paths: &["vuln-list-k8s*.tar.gz", "k8s/vuln-list-k8s*.tar.gz", "vuln-list-k8s*.zip"],
    left_out: &[],
    gaps: &[],
    parse,
};

/// OSV's name of the ecosystem, in the case the collection writes it.
const ECOSYSTEM: &str = "kubernetes";

fn parse(file: &FeedFile<'_>, gather: &mut Gather) -> Result<(), FeedError> {
    let targets = targets();
    bundle::files(file.bytes, &is_document, &mut |path, bytes| {
        // What remembers when the collection was made, not an advisory.
        if path.ends_with("last_updated.json") {
            gather.count();
            gather.skip("no advisory");
        } else if let Err(error) = record(bytes, file, &targets, gather) {
            gather.refuse_record(file.path, path, &error);
        }
    })?;
    if gather.records() == 0 {
        return Err(FeedError::NoRecords);
    }
    say_what_is_lacking(gather);
    Ok(())
}

/// Reads OSV's export.
pub(super) fn export(file: &FeedFile<'_>, gather: &mut Gather) -> Result<(), FeedError> {
    archive(file, gather, &targets())?;
    say_what_is_lacking(gather);
    Ok(())
}

fn is_document(path: &str) -> bool {
    path.rsplit_once('.').is_some_and(|(_, extension)| extension.eq_ignore_ascii_case("json"))
}

fn say_what_is_lacking(gather: &mut Gather) {
    program::say_which(gather);
    gather.partial(&modules(), Gap { weight: 3, lacking: "about Kubernetes only" });
}

fn targets() -> [Target; 2] {
    [
        Target { osv: ECOSYSTEM, segment: program::segment(), name: component },
        Target { osv: ECOSYSTEM, segment: modules(), name: module },
    ]
}

fn modules() -> Segment {
    Segment { name: "go".to_owned(), scheme: Scheme::Go, ecosystem: Ecosystem::Golang }
}

/// The program a component of Kubernetes is.
fn component(name: &str) -> Option<String> {
    let program = match name.strip_prefix("k8s.io/")? {
        "apiserver" => "kube-apiserver",
        "controller-manager" => "kube-controller-manager",
        "scheduler" => "kube-scheduler",
        // kubelet, kubectl, kube-proxy, and kubernetes for all of it.
        other => other,
    };
    Some(program.to_owned())
}

/// A module with versions of its own.
fn module(name: &str) -> Option<String> {
    (!name.starts_with("k8s.io/")).then(|| name.to_owned())
}
