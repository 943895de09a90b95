//! A Windows container runs as a process of its host
//!
//! A HostProcess container sees everything a service of the Windows node sees: it is not
//! contained at all.
//!
//! # Fix
//!
//! Remove `windowsOptions.hostProcess`, or keep such pods to a namespace that only the
//! operators of the cluster can write to.
//!
//! # Bad
//!
//! ```yaml
//! apiVersion: v1
//! kind: Pod
//! metadata:
//!   name: web
//! spec:
//!   containers:
//!     - name: web
//!       image: registry.example/web:1.4
//!       securityContext:
//!         windowsOptions:
//!           hostProcess: true
//! ```
//!
//! ```yaml
//! apiVersion: v1
//! kind: Pod
//! metadata:
//!   name: web
//! spec:
//!   securityContext:
//!     windowsOptions:
//!       hostProcess: true
//!   containers:
//!     - name: web
//!       image: registry.example/web:1.4
//! ```
//!
//! # Good
//!
//! ```yaml
//! apiVersion: v1
//! kind: Pod
//! metadata:
//!   name: web
//! spec:
//!   containers:
//!     - name: web
//!       image: registry.example/web:1.4
//!       securityContext:
//!         windowsOptions:
//!           runAsUserName: ContainerUser
//! ```

use crate::kubernetes::Manifest;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Manifest> = Rule {
    id: "KS001",
    aliases: &[
        "KSV-0103",
        "KSV103",
        "AVD-KSV-0103",
        "no-hostprocess-containers",
        "kubernetes-no-hostprocess-containers",
    ],
    severity: Severity::High,
    file: include_str!("ks001_host_process.rs"),
    check,
};

fn check(manifest: &Manifest, hits: &mut Hits<'_>) {
    for container in manifest.containers() {
        let option = container.context("windowsOptions").and_then(|o| o.get("hostProcess"));
        if let Some(option) = option.filter(|option| option.is_true()) {
            hits.at(option.lines, format!("{container} is a process of its host"));
        }
    }
}
