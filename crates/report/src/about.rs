//! What every list says of a finding, whatever its kind.
//!
//! Nothing here is escaped: names are as an image brought them, and each format has its own way to
//! make them harmless.

use crate::link;
use lazaret_core::finding::{Detail, Finding, Kind, Place, RuleText, State};
use lazaret_core::image::LayerInfo;
use lazaret_core::location::Location;
use lazaret_core::package::Package;
use lazaret_core::report::Report;
use std::collections::BTreeMap;

/// A finding with what of its report is about it.
#[derive(Clone, Copy)]
pub(crate) struct About<'a> {
    pub(crate) report: &'a Report,
    pub(crate) finding: &'a Finding,
    pub(crate) package: Option<&'a Package>,
}

impl<'a> About<'a> {
    pub(crate) fn of(report: &'a Report, finding: &'a Finding) -> Self {
        let package = finding.package().and_then(|id| report.inventory.package(id));
        Self { report, finding, package }
    }

    pub(crate) fn kind(&self) -> Kind {
        Kind::of(self.finding)
    }

    /// What is said of its rule.
    pub(crate) fn rule(&self) -> Option<&'a RuleText> {
        self.report.rules.get(&self.finding.id)
    }

    /// The file that shows it, where one does.
    pub(crate) fn location(&self) -> Option<&'a Location> {
        self.finding.locations(&self.report.inventory).first()
    }

    /// The first line of it in that file, counted from one.
    pub(crate) fn line(&self) -> Option<u32> {
        self.location().and_then(|location| location.lines).map(|lines| lines.start.max(1))
    }

    /// The layer that brought it, where one did.
    pub(crate) fn layer(&self) -> Option<&'a LayerInfo> {
        let layer = self.finding.layer(&self.report.inventory)?;
        self.report.image.layers.get(layer.index())
    }

    /// Who wrote the layer's instruction: the base image, the application, or nobody knows.
    pub(crate) fn instruction(&self) -> Option<&'a str> {
        self.layer().and_then(|layer| layer.created_by.as_deref())
    }

    /// What it is about: a package with its version, a file, a part of the configuration.
    pub(crate) fn subject(&self) -> String {
        if let Some(package) = self.package {
            return format!("{} {}", package.name, package.version);
        }
        self.finding.place().map_or_else(|| "the image".to_owned(), place)
    }

    /// What is wrong, for everything of which the same is wrong.
    pub(crate) fn title(&self) -> String {
        let title = match &self.finding.detail {
            Detail::Vulnerability(_) => self.package.map_or_else(
                || self.finding.id.clone(),
                |package| format!("{} in {}", self.finding.id, package.name),
            ),
            Detail::Secret(secret) => secret.title.clone(),
            Detail::Misconfiguration(broken) => broken.title.clone(),
            Detail::License(license) => format!("License {} ({})", license.license, license.class),
        };
        if title.trim().is_empty() { self.finding.id.clone() } else { title }
    }

    /// What is wrong here, as a sentence without a full stop at its end.
    pub(crate) fn what(&self) -> String {
        let Finding { id, severity, detail, .. } = self.finding;
        match detail {
            Detail::Vulnerability(_) => format!("{} has {id} ({severity})", self.subject()),
            Detail::Secret(secret) => {
                let deleted = match &secret.at {
                    Place::File { deleted_by: Some(layer), .. } => {
                        format!("; layer {} deleted the file, which hides nothing", layer.0)
                    }
                    _ => String::new(),
                };
                format!("{} in {}: {}{deleted}", self.title(), self.subject(), secret.stub)
            }
            Detail::Misconfiguration(broken) if broken.message.trim().is_empty() => self.title(),
            Detail::Misconfiguration(broken) => {
                broken.message.strip_suffix('.').unwrap_or(&broken.message).to_owned()
            }
            Detail::License(license) => {
                format!("{} is under {} ({})", self.subject(), license.license, license.class)
            }
        }
    }

    /// In few words whether there is a fix, and which.
    pub(crate) fn remedy(&self) -> String {
        match &self.finding.detail {
            Detail::Vulnerability(found) => match found.fixed_versions.as_slice() {
                [] => found.status.name().replace('_', " "),
                versions => format!("fixed in {}", versions.join(", ")),
            },
            Detail::Secret(secret) => secret.stub.clone(),
            Detail::Misconfiguration(_) => self.what(),
            Detail::License(license) => license.class.clone(),
        }
    }

    /// What to do about it.
    pub(crate) fn fix(&self) -> String {
        if let Detail::Vulnerability(found) = &self.finding.detail {
            let name = self.package.map_or("the package", |package| &package.name);
            return match found.fixed_versions.as_slice() {
                [] => format!("No fixed version is known: {}", found.status).replace('_', " "),
                versions => format!("Upgrade {name} to {}", versions.join(", ")),
            };
        }
        let said = self.rule().map(|rule| rule.fix.trim()).filter(|fix| !fix.is_empty());
        let usual = match self.kind() {
            Kind::Secret => "Revoke it, and build the image without it in any layer.",
            Kind::License => "Ask whoever decides about licenses, or use something else.",
            Kind::Vulnerability | Kind::Misconfiguration => "Change what the message names.",
        };
        said.unwrap_or(usual).to_owned()
    }

    /// Why it does not count, if it does not.
    pub(crate) fn suppression(&self) -> Option<String> {
        match &self.finding.state {
            State::Open => None,
            State::Suppressed { by, reason, until } => {
                let until = until.as_ref().map(|until| format!(" (until {until})"));
                Some(format!("{by}: {reason}{}", until.unwrap_or_default()))
            }
        }
    }

    /// Pages about it, the best first.
    pub(crate) fn links(&self) -> Vec<String> {
        match &self.finding.detail {
            Detail::Vulnerability(found) => {
                link::ids(self.finding, found).into_iter().filter_map(link::of).collect()
            }
            Detail::License(license) => link::of_license(&license.license).into_iter().collect(),
            Detail::Secret(_) | Detail::Misconfiguration(_) => vec![],
        }
    }
}

/// Where something is, in words.
fn place(place: &Place) -> String {
    match place {
        Place::File { location, inside, .. } => match inside {
            None => location.path.to_string(),
            Some(inside) => format!("{} ({inside})", location.path),
        },
        Place::Env { name } => format!("the variable {name}"),
        Place::Label { name } => format!("the label {name}"),
        Place::History { entry } => format!("line {} of the history", entry.saturating_add(1)),
        Place::Image => "the image".to_owned(),
    }
}

/// Ids of findings that are each given once: two versions of a package in one file have one
/// fingerprint.
#[derive(Default)]
pub(crate) struct Unique<'a>(BTreeMap<&'a str, u32>);

impl<'a> Unique<'a> {
    /// The fingerprint, with a number where it was given before.
    pub(crate) fn id(&mut self, finding: &'a Finding) -> String {
        let count = self.0.entry(&finding.fingerprint).or_default();
        *count = count.saturating_add(1);
        match count {
            1 if !finding.fingerprint.is_empty() => finding.fingerprint.clone(),
            n => format!("{}-{n}", finding.fingerprint),
        }
    }
}

/// The first characters of a text, cut where it is longer than a format takes.
pub(crate) fn limited(text: &str, chars_max: usize) -> String {
    if text.char_indices().nth(chars_max).is_none() {
        return text.to_owned();
    }
    let kept: String = text.chars().take(chars_max.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

#[cfg(test)]
mod tests {
    use super::limited;

    #[test]
    fn a_cut_text_says_so_and_is_as_long_as_allowed() {
        assert_eq!(limited("abcd", 4), "abcd");
        assert_eq!(limited("abcde", 4), "abc…");
        assert_eq!(limited("é é é", 3), "é…");
    }
}
