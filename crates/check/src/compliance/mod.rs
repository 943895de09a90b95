//! Catalogs of controls, and which of them the rules that were run show to be met.
//!
//! A specification is data, in the YAML form that Trivy uses for its own, so that either's files
//! can be read. A control passes only if something that speaks for it was looked at: what nobody
//! looked at is told as such, and what no program can tell is left to people.

mod result;
mod spec;

pub use result::{Evidence, Ran, evaluate};
pub use spec::{Control, Spec, SpecError, read};

/// The specifications that come with the program, by name.
const BUILT_IN: [(&str, &str); 4] = [
    ("docker-cis", include_str!("specs/docker-cis.yaml")),
    ("nsa", include_str!("specs/nsa.yaml")),
    ("pss-baseline", include_str!("specs/pss-baseline.yaml")),
    ("pss-restricted", include_str!("specs/pss-restricted.yaml")),
];

/// The names of the specifications that come with the program.
pub fn names() -> impl Iterator<Item = &'static str> {
    BUILT_IN.iter().map(|(name, _)| *name)
}

/// A specification that comes with the program. The names Trivy gives the same ones are known too,
/// such as `docker-cis-1.6.0` and `k8s-pss-baseline-0.1`.
pub fn built_in(name: &str) -> Option<Result<Spec, SpecError>> {
    let name = name.strip_prefix("k8s-").unwrap_or(name);
    let found = BUILT_IN.iter().find(|(known, _)| {
        let rest = name.strip_prefix(known);
        rest.is_some_and(|rest| {
            rest.is_empty()
                || rest.strip_prefix('-').is_some_and(|rest| {
                    !rest.is_empty() && rest.chars().all(|c| c.is_ascii_digit() || c == '.')
                })
        })
    });
    found.map(|(_, text)| read(text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kubernetes;
    use lazaret_core::compliance::ControlStatus as Status;

    fn run(spec: &str, manifest: &str) -> Vec<(String, Status)> {
        let (manifest, problems) = kubernetes::read(manifest);
        assert_eq!(problems, []);
        let hits = kubernetes::check(&manifest);
        let ran: Vec<Ran> = kubernetes::rules()
            .iter()
            .map(|rule| {
                let own = (0_u32..).zip(&hits).filter(|(_, hit)| hit.rule == rule.id);
                let found = own.map(|(finding, _)| Evidence { finding, is_open: true });
                Ran::of_rule(rule, 1, found.collect())
            })
            .collect();
        let spec = built_in(spec).unwrap().unwrap();
        let results = evaluate(&spec, &ran);
        results.controls.into_iter().map(|result| (result.id, result.status)).collect()
    }

    const HARDENED: &str = "kind: Pod\nspec:\n  securityContext:\n    runAsNonRoot: true\n    \
                            seccompProfile: {type: RuntimeDefault}\n  containers:\n    - name: a\n      \
                            image: b:1\n      securityContext:\n        \
                            allowPrivilegeEscalation: false\n        capabilities: {drop: [ALL]}\n";

    #[test]
    fn every_built_in_specification_is_read_and_names_rules_there_are() {
        for name in names() {
            let spec = built_in(name).unwrap().unwrap();
            assert!(spec.controls.len() >= 12, "{name}");
            for check in spec.controls.iter().flat_map(|control| &control.checks) {
                if check.starts_with("KS") {
                    let is_rule = kubernetes::rules().iter().any(|rule| rule.is_named(check));
                    assert!(is_rule, "{name}: {check}");
                }
            }
        }
        assert_eq!(built_in("docker-cis").unwrap().unwrap().controls.len(), 12);
        assert!(
            built_in("docker-cis-1.6.0").is_some() && built_in("k8s-pss-baseline-0.1").is_some()
        );
        assert!(built_in("pss").is_none() && built_in("nsa-x").is_none());
    }

    #[test]
    fn a_pod_the_standard_admits_passes_every_control() {
        for spec in ["pss-baseline", "pss-restricted"] {
            for (id, status) in run(spec, HARDENED) {
                assert_eq!(status, Status::Pass, "{spec} {id}");
            }
        }
    }

    #[test]
    fn a_pod_that_says_nothing_is_baseline_but_not_restricted() {
        let plain = "kind: Pod\nspec:\n  containers:\n    - name: a\n      image: b:1\n";
        assert!(run("pss-baseline", plain).iter().all(|(_, status)| *status == Status::Pass));
        let failed: Vec<String> = run("pss-restricted", plain)
            .into_iter()
            .filter(|(_, status)| *status == Status::Fail)
            .map(|(id, _)| id)
            .collect();
        // Privilege escalation, running as non-root, seccomp, capabilities.
        assert_eq!(failed, ["14", "15", "17", "18"]);
    }

    #[test]
    fn what_was_not_looked_at_is_not_passed() {
        let spec = built_in("docker-cis").unwrap().unwrap();
        let found = vec![Evidence { finding: 7, is_open: true }];
        let user = Ran { names: owned(&["DF002", "DS-0002"]), looked_at: 1, found };
        let check = Ran { names: owned(&["AVD-DS-0026"]), looked_at: 1, found: Vec::new() };
        let results = evaluate(&spec, &[user, check]).controls;
        let status = |id: &str| results.iter().find(|result| result.id == id).unwrap().status;
        assert_eq!(status("4.1"), Status::Fail);
        assert_eq!(status("4.2"), Status::Manual);
        assert_eq!(status("4.6"), Status::Pass);
        assert_eq!(status("4.9"), Status::NotChecked);
        assert_eq!(
            (&results[0].findings[..], &results[0].rules[..]),
            (&[7][..], &owned(&["DF002"])[..])
        );
    }

    #[test]
    fn what_is_accepted_does_not_fail_and_is_told() {
        let spec = built_in("docker-cis").unwrap().unwrap();
        let of_user = |looked_at: usize, is_open: bool| {
            let found = vec![Evidence { finding: 3, is_open }];
            let ran = Ran { names: owned(&["DS-0002"]), looked_at, found };
            let control = evaluate(&spec, &[ran]).controls.remove(0);
            assert_eq!(control.findings, [3]);
            control.status
        };
        assert_eq!(of_user(1, false), Status::Pass);
        // A file that could not be read to its end was not looked at, and what was found counts.
        assert_eq!(of_user(0, true), Status::Fail);
        assert_eq!(of_user(0, false), Status::NotChecked);
    }

    fn owned(words: &[&str]) -> Vec<String> {
        words.iter().map(|word| (*word).to_owned()).collect()
    }
}
