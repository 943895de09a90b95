//! What Trivy's report says beside packages: misconfigurations, secrets and licenses.

use super::super::build::{Builder, Other, severity};
use super::Layer;
use lazaret_core::finding::{self, Checked, Detail, Place, RuleText};
use lazaret_core::location::{ImagePath, LayerIndex, LineRange, Location};
use serde::Deserialize;
use std::collections::BTreeMap;

/// Characters of a secret that are kept to recognize it by, asterisks among them.
const STUB_MAX: usize = 80;

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Misconfiguration {
    r#type: String,
    #[serde(rename = "ID")]
    id: String,
    #[serde(rename = "AVDID")]
    avd_id: String,
    title: String,
    description: String,
    message: String,
    resolution: String,
    severity: String,
    status: String,
    layer: Layer,
    cause_metadata: Cause,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Cause {
    start_line: u32,
    end_line: u32,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Secret {
    #[serde(rename = "RuleID")]
    rule_id: String,
    category: String,
    severity: String,
    title: String,
    start_line: u32,
    end_line: u32,
    r#match: String,
    layer: Layer,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct License {
    severity: String,
    category: String,
    pkg_name: String,
    file_path: String,
    name: String,
    confidence: f64,
}

/// By whom a finding was suppressed, and why.
type Suppressed = Option<(String, String)>;

/// What a result says of all it holds.
pub(super) struct Result<'r> {
    pub(super) image: &'r str,
    pub(super) target: &'r str,
    pub(super) kind: &'r str,
    /// Positions of layers by diff id.
    pub(super) layers: &'r BTreeMap<String, usize>,
}

impl Result<'_> {
    pub(super) fn misconfiguration(
        &self,
        builder: &mut Builder,
        found: Misconfiguration,
        suppressed: Suppressed,
    ) {
        // The others are rules that found nothing, or that someone excepted.
        if found.status != "FAIL" {
            return;
        }
        let cause = &found.cause_metadata;
        let at = self.place(self.target, &found.layer, cause.start_line, cause.end_line);
        let kind = if self.kind.is_empty() { found.r#type.as_str() } else { self.kind };
        let checked = match (kind, &at) {
            ("dockerfile", Place::Image) => Checked::Image,
            ("dockerfile", _) => Checked::Dockerfile,
            ("kubernetes" | "helm", _) => Checked::Kubernetes,
            ("terraform" | "terraformplan" | "terraformplan-snapshot", _) => Checked::Terraform,
            _ => Checked::Custom,
        };
        let id = if found.id.is_empty() { found.avd_id.clone() } else { found.id };
        let aliases: Vec<String> =
            [found.avd_id].into_iter().filter(|alias| !alias.is_empty() && *alias != id).collect();
        builder.other(Other {
            id,
            severity: severity(&found.severity),
            rule: RuleText {
                title: found.title.clone(),
                why: found.description,
                fix: found.resolution,
                aliases: aliases.clone(),
            },
            detail: Detail::Misconfiguration(Box::new(finding::Misconfiguration {
                title: found.title,
                message: found.message,
                checked,
                aliases,
                at,
                history: None,
            })),
            suppressed,
        });
    }

    pub(super) fn secret(&self, builder: &mut Builder, found: Secret, suppressed: Suppressed) {
        let at = self.place(self.target, &found.layer, found.start_line, found.end_line);
        builder.other(Other {
            id: found.rule_id,
            severity: severity(&found.severity),
            rule: RuleText::default(),
            detail: Detail::Secret(Box::new(finding::Secret {
                title: found.title,
                category: found.category,
                aliases: vec![],
                stub: stub(&found.r#match),
                at,
            })),
            suppressed,
        });
    }

    pub(super) fn license(&self, builder: &mut Builder, found: License, suppressed: Suppressed) {
        let package = Some(found.pkg_name.as_str())
            .filter(|name| !name.is_empty())
            .and_then(|name| builder.package_named(name));
        let is_file = package.is_none() && !found.file_path.is_empty();
        let at = is_file.then(|| self.place(&found.file_path, &Layer::default(), 0, 0));
        builder.other(Other {
            id: found.name.clone(),
            severity: severity(&found.severity),
            rule: RuleText::default(),
            detail: Detail::License(Box::new(finding::License {
                license: found.name,
                class: found.category,
                package,
                at: at.or_else(|| package.is_none().then_some(Place::Image)),
                confidence: percent(found.confidence),
            })),
            suppressed,
        });
    }

    /// Takes over a finding that does not count, by Trivy's word for its kind; an error where it
    /// does not have the shape of its kind.
    pub(super) fn suppressed(
        &self,
        builder: &mut Builder,
        kind: &str,
        found: serde_json::Value,
        why: (String, String),
    ) -> serde_json::Result<()> {
        match kind {
            "misconfiguration" => {
                let found: Misconfiguration = serde_json::from_value(found)?;
                // Trivy writes the status it would have had.
                let found = Misconfiguration { status: "FAIL".to_owned(), ..found };
                self.misconfiguration(builder, found, Some(why));
            }
            "secret" => self.secret(builder, serde_json::from_value(found)?, Some(why)),
            "license" => self.license(builder, serde_json::from_value(found)?, Some(why)),
            other => {
                builder.problem(format!("the report has a suppressed finding of kind `{other}`"));
            }
        }
        Ok(())
    }

    /// A file, or the image where the target is its name.
    fn place(&self, target: &str, layer: &Layer, start: u32, end: u32) -> Place {
        if target.is_empty() || target == self.image {
            return Place::Image;
        }
        let layer = layer.diff_id.as_ref().and_then(|id| self.layers.get(id)).copied();
        Place::File {
            location: Location {
                layer: LayerIndex::at(layer.unwrap_or(0)),
                path: ImagePath::parse(target.as_bytes()).unwrap_or_default(),
                lines: (start > 0).then(|| LineRange { start, end: end.max(start) }),
            },
            inside: None,
            deleted_by: None,
        }
    }
}

/// What of a censored line can be shown: the word with the asterisks. A line without any is not
/// trusted to be censored.
fn stub(line: &str) -> String {
    let word = line.split([' ', '\t', '"', '\'', '=', ':', ',']).find(|word| word.contains("**"));
    word.map_or_else(|| "********".to_owned(), |word| word.chars().take(STUB_MAX).collect())
}

/// A share of one in percent.
fn percent(share: f64) -> u8 {
    (0..=100).rev().find(|percent| f64::from(*percent) <= share * 100.0 + 0.5).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::{percent, stub};

    #[test]
    fn only_what_is_censored_is_kept_of_a_secret() {
        for (line, kept) in [
            ("export AWS_KEY=AKIA****************", "AKIA****************"),
            ("  \"token\": \"****\",", "****"),
            ("password=hunter2", "********"),
            ("a * b", "********"),
        ] {
            assert_eq!(stub(line), kept);
        }
    }

    #[test]
    fn shares_are_percent() {
        for (share, expected) in [(1.0, 100), (0.97, 97), (0.0, 0), (-1.0, 0), (7.0, 100)] {
            assert_eq!(percent(share), expected);
        }
    }
}
