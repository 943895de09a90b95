//! What a rule asks of an image and of its scan. Everything that is given must hold.

use super::bound::{Bound, number, size_words};
use crate::Judged;
use crate::day::Day;
use crate::pattern::{Names, or};
use crate::purl::Purl;
use lazaret_core::problem::ProblemKind;
use lazaret_core::reference::Reference;
use std::collections::BTreeSet;

/// The annotation that names the base image
/// (<https://github.com/opencontainers/image-spec/blob/main/annotations.md>).
const BASE_NAME: &str = "org.opencontainers.image.base.name";

/// Images by name and label. Everything that is given must hold.
#[derive(Clone, Debug, Default)]
pub(crate) struct Selector {
    pub(crate) registry: Option<Names>,
    pub(crate) repository: Option<Names>,
    pub(crate) tag: Option<Names>,
    /// Labels and patterns of their values.
    pub(crate) labels: Vec<(String, Names)>,
}

impl Selector {
    pub(crate) fn selects(&self, judged: &Judged<'_>) -> bool {
        let reference = Reference::parse(&judged.image.name).ok();
        let labels = &judged.image.config.labels;
        let is_named = |asked: &Option<Names>, own: Option<&str>| {
            asked.as_ref().is_none_or(|names| own.is_some_and(|own| names.is_match(own)))
        };
        let registry = reference.as_ref().map(Reference::registry);
        // Docker Hub is known by a shorter name, and its official images without a folder.
        let registries =
            [registry, registry.filter(|r| *r == "index.docker.io").map(|_| "docker.io")];
        let repository = reference.as_ref().map(Reference::repository);
        let short = repository.and_then(|name| name.strip_prefix("library/"));
        self.registry
            .as_ref()
            .is_none_or(|names| registries.into_iter().flatten().any(|own| names.is_match(own)))
            && self.repository.as_ref().is_none_or(|names| {
                [repository, short].into_iter().flatten().any(|own| names.is_match(own))
            })
            && is_named(&self.tag, reference.as_ref().and_then(Reference::tag))
            && self
                .labels
                .iter()
                .all(|(name, asked)| labels.get(name).is_some_and(|own| asked.is_match(own)))
    }

    pub(crate) fn words(&self) -> String {
        let mut parts = Vec::new();
        for (names, what) in
            [(&self.registry, "registry"), (&self.repository, "repository"), (&self.tag, "tag")]
        {
            parts.extend(names.as_ref().map(|names| format!("{what} {names}")));
        }
        parts.extend(self.labels.iter().map(|(name, value)| format!("label {name}={value}")));
        parts.join(", ")
    }
}

/// A port, or a range of ports.
#[derive(Clone, Debug)]
pub(crate) enum Port {
    Named(String),
    Bound(Bound),
}

impl Port {
    fn holds(&self, exposed: &str) -> bool {
        let plain = exposed.split('/').next().unwrap_or(exposed);
        match self {
            Self::Named(asked) => asked == exposed || asked == plain,
            Self::Bound(bound) => number(plain).is_some_and(|port| bound.holds(port)),
        }
    }

    fn words(&self) -> String {
        match self {
            Self::Named(name) => name.clone(),
            Self::Bound(bound) => bound.to_string(),
        }
    }
}

/// The conditions.
#[derive(Clone, Debug, Default)]
pub(crate) struct ImageWhen {
    pub(crate) user: Option<Names>,
    pub(crate) ports: Vec<Port>,
    pub(crate) labels: Vec<(String, Names)>,
    pub(crate) labels_missing: Vec<String>,
    pub(crate) age_days: Option<Bound>,
    pub(crate) size: Option<Bound>,
    pub(crate) base: Option<Names>,
    pub(crate) digest_pinned: Option<bool>,
    pub(crate) tag: Option<Names>,
    pub(crate) os: Option<Names>,
    pub(crate) end_of_life: Option<bool>,
    pub(crate) end_of_life_within_days: Option<i64>,
    pub(crate) database_age_days: Option<Bound>,
    /// Kinds of problems; any of them.
    pub(crate) problems: BTreeSet<ProblemKind>,
    pub(crate) packages: Option<Names>,
    pub(crate) purls: Vec<Purl>,
    pub(crate) licenses: Option<Names>,
}

/// Whether a condition holds for an image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    No,
    /// It does, by this fact.
    Yes(String),
    /// It depends on something nobody told.
    Unknown(String),
}

impl ImageWhen {
    /// Whether everything holds.
    pub(crate) fn answer(&self, judged: &Judged<'_>, today: Option<Day>) -> Answer {
        let mut facts = Vec::new();
        let mut unknown = None;
        for answer in self.answers(judged, today) {
            match answer {
                Answer::No => return Answer::No,
                Answer::Yes(fact) => facts.push(fact),
                Answer::Unknown(what) => unknown = Some(what),
            }
        }
        unknown.map_or_else(|| Answer::Yes(facts.join(", ")), Answer::Unknown)
    }

    fn answers(&self, judged: &Judged<'_>, today: Option<Day>) -> Vec<Answer> {
        let mut answers = Vec::new();
        self.ask_config(judged, today, &mut answers);
        let image = judged.image;
        if let Some(bound) = self.size {
            let bytes = image.layers.iter().map(|layer| layer.size_bytes).sum::<u64>();
            let bytes = number(&bytes.to_string()).unwrap_or(f64::MAX);
            let is_known = !image.layers.is_empty();
            answers.push(yes_if(is_known, bound.holds(bytes), || {
                format!("its layers take {}", size_words(bytes))
            }));
        }
        let reference = Reference::parse(&image.name).ok();
        if let Some(asked) = self.digest_pinned {
            let pinned = reference.as_ref().is_some_and(|one| one.digest().is_some());
            answers.push(yes_if(true, asked == pinned, || {
                let how = if pinned { "by digest" } else { "without a digest" };
                format!("it was asked for {how}")
            }));
        }
        if let Some(names) = &self.tag {
            let tag = reference.as_ref().and_then(Reference::tag);
            answers.push(yes_if(true, tag.is_some_and(|tag| names.is_match(tag)), || {
                format!("its tag is {}", tag.unwrap_or_default())
            }));
        }
        if let Some(names) = &self.os {
            let os = judged.inventory.os.as_ref().map(|found| &found.os);
            let full = os.map(|os| match &os.version {
                Some(version) => format!("{}-{version}", os.id),
                None => os.id.clone(),
            });
            let holds = os.is_some_and(|os| names.is_match(&os.id))
                || full.as_deref().is_some_and(|full| names.is_match(full));
            answers.push(yes_if(true, holds, || {
                format!("it is {}", full.clone().unwrap_or_default())
            }));
        }
        self.ask_end_of_life(judged, today, &mut answers);
        if let Some(bound) = self.database_age_days {
            let newest = judged.database.and_then(|used| used.newest.as_deref());
            let age = newest.and_then(Day::parse).zip(today).map(|(day, now)| day.days_until(now));
            answers.push(match age {
                None => Answer::Unknown("how old the advisory database is".to_owned()),
                Some(days) => yes_if(true, bound.holds(as_number(days)), || {
                    format!("the newest record of the advisory database is {days} days old")
                }),
            });
        }
        if !self.problems.is_empty() {
            let problems = &judged.inventory.problems;
            let n = problems.iter().filter(|one| self.problems.contains(&one.kind)).count();
            answers.push(yes_if(true, n > 0, || match n {
                1 => "1 thing could not be read or checked".to_owned(),
                n => format!("{n} things could not be read or checked"),
            }));
        }
        self.ask_packages(judged, &mut answers);
        answers
    }

    fn ask_config(&self, judged: &Judged<'_>, today: Option<Day>, answers: &mut Vec<Answer>) {
        let config = &judged.image.config;
        let knows = judged.knows.config;
        if let Some(names) = &self.user {
            let user = user(config.user.as_deref());
            answers.push(yes_if(knows, names.is_match(user), || format!("it runs as {user}")));
        }
        if !self.ports.is_empty() {
            let is_asked = |exposed: &&String| self.ports.iter().any(|port| port.holds(exposed));
            let hit: Vec<&str> =
                config.exposed_ports.iter().filter(is_asked).map(String::as_str).collect();
            answers
                .push(yes_if(knows, !hit.is_empty(), || format!("it exposes {}", hit.join(", "))));
        }
        for (name, asked) in &self.labels {
            let own = config.labels.get(name);
            answers.push(yes_if(knows, own.is_some_and(|own| asked.is_match(own)), || {
                format!("its label {name} is {}", own.map_or("", String::as_str))
            }));
        }
        if !self.labels_missing.is_empty() {
            let is_missing = |name: &&String| {
                config.labels.get(*name).is_none_or(|value| value.trim().is_empty())
            };
            let missing: Vec<&str> =
                self.labels_missing.iter().filter(is_missing).map(String::as_str).collect();
            answers.push(yes_if(knows, !missing.is_empty(), || {
                format!("it has no label {}", missing.join(", "))
            }));
        }
        if let Some(bound) = self.age_days {
            // Reproducible builds give the first days of some calendar.
            let created = config.created.as_deref().and_then(Day::parse);
            let created = created.filter(|day| day.to_string().as_str() > "1980-01-02");
            answers.push(match created.zip(today) {
                None => Answer::Unknown("when the image was made".to_owned()),
                Some((created, today)) => {
                    let days = created.days_until(today);
                    yes_if(true, bound.holds(as_number(days)), || {
                        format!("it was made {days} days ago")
                    })
                }
            });
        }
        if let Some(names) = &self.base {
            let known = judged.image.base_image.as_ref().and_then(|base| base.name.as_ref());
            // Reports of other tools have the annotation alone.
            let told = known.or_else(|| judged.image.annotations.get(BASE_NAME));
            answers.push(match told {
                None => Answer::Unknown("what the base image is".to_owned()),
                Some(base) => {
                    let holds = names.is_match(base) || is_base(names, base);
                    yes_if(true, holds, || format!("its base is {base}"))
                }
            });
        }
    }

    fn ask_end_of_life(&self, judged: &Judged<'_>, today: Option<Day>, answers: &mut Vec<Answer>) {
        let end = judged.end_of_life.and_then(|end| Some((Day::parse(&end.date)?, &end.date)));
        // An image without an operating system has none that can end.
        let has_os = judged.inventory.os.is_some();
        let is_known = !has_os || judged.knows.end_of_life;
        let unknown = || Answer::Unknown("until when operating systems are supported".to_owned());
        if let Some(asked) = self.end_of_life {
            answers.push(match (end, today) {
                (Some((end, date)), Some(today)) => yes_if(true, asked == (end < today), || {
                    format!("the support of its operating system ends on {date}")
                }),
                (None, Some(_)) if is_known => yes_if(true, !asked, String::new),
                _ => unknown(),
            });
        }
        if let Some(within) = self.end_of_life_within_days {
            answers.push(match (end, today) {
                (Some((end, date)), Some(today)) => {
                    yes_if(true, today.days_until(end) <= within, || {
                        format!("the support of its operating system ends on {date}")
                    })
                }
                (None, Some(_)) if is_known => Answer::No,
                _ => unknown(),
            });
        }
    }

    fn ask_packages(&self, judged: &Judged<'_>, answers: &mut Vec<Answer>) {
        let packages = &judged.inventory.packages;
        if self.packages.is_some() || !self.purls.is_empty() {
            let is_asked = |package: &&lazaret_core::package::Package| {
                let by_name = self.packages.as_ref().is_some_and(|n| n.is_match(&package.name));
                let by_purl = || {
                    let purl = Purl::parse(&package.purl).ok();
                    purl.is_some_and(|purl| self.purls.iter().any(|asked| asked.covers(&purl)))
                };
                by_name || (!self.purls.is_empty() && by_purl())
            };
            let found = packages.iter().find(is_asked);
            answers.push(yes_if(true, found.is_some(), || {
                found.map_or_else(String::new, |one| {
                    format!("it holds {} {}", one.name, one.version)
                })
            }));
        }
        if let Some(names) = &self.licenses {
            let found = packages.iter().find_map(|package| {
                let licenses = package.licenses.iter().map(String::as_str);
                names.first(licenses).map(|license| (package, license))
            });
            answers.push(yes_if(true, found.is_some(), || {
                found.map_or_else(String::new, |(package, license)| {
                    format!("{} {} is under {license}", package.name, package.version)
                })
            }));
        }
    }

    /// What it asks for, in words.
    pub(crate) fn words(&self) -> Vec<String> {
        let mut parts = Vec::new();
        parts.extend(self.user.as_ref().map(|names| format!("runs as {names}")));
        if !self.ports.is_empty() {
            let ports: Vec<String> = self.ports.iter().map(Port::words).collect();
            parts.push(format!("exposes the port {}", or(&ports)));
        }
        parts.extend(
            self.labels.iter().map(|(name, value)| format!("has the label {name}={value}")),
        );
        if !self.labels_missing.is_empty() {
            parts.push(format!("lacks the label {}", or(&self.labels_missing)));
        }
        parts.extend(self.age_days.map(|bound| format!("is {bound} days old")));
        parts.extend(self.size.map(|bound| format!("takes {}", bound.words(size_words))));
        parts.extend(self.base.as_ref().map(|names| format!("is based on {names}")));
        parts.extend(self.digest_pinned.map(|pinned| {
            if pinned { "is asked for by digest" } else { "is not asked for by digest" }.to_owned()
        }));
        parts.extend(self.tag.as_ref().map(|names| format!("has the tag {names}")));
        parts.extend(self.os.as_ref().map(|names| format!("is {names}")));
        parts.extend(self.end_of_life.map(|over| {
            if over {
                "has an operating system past its end of life"
            } else {
                "has an operating system that is supported"
            }
            .to_owned()
        }));
        parts.extend(
            self.end_of_life_within_days.map(|days| {
                format!("has an operating system whose support ends within {days} days")
            }),
        );
        parts.extend(
            self.database_age_days
                .map(|bound| format!("was checked with a database {bound} days old")),
        );
        if !self.problems.is_empty() {
            parts.push("could not be read and checked whole".to_owned());
        }
        if let Some(names) = &self.packages {
            parts.push(format!("holds the package {names}"));
        }
        if !self.purls.is_empty() {
            parts.push(format!("holds {}", or(&self.purls)));
        }
        parts.extend(self.licenses.as_ref().map(|names| format!("holds a package under {names}")));
        parts
    }
}

fn yes_if(is_known: bool, holds: bool, fact: impl FnOnce() -> String) -> Answer {
    match (is_known, holds) {
        (false, _) => Answer::Unknown("the configuration of the image".to_owned()),
        (true, false) => Answer::No,
        (true, true) => Answer::Yes(fact()),
    }
}

/// The user an image runs as: root where it names none.
fn user(configured: Option<&str>) -> &str {
    let name = configured.unwrap_or_default().split(':').next().unwrap_or_default().trim();
    match name {
        "" | "0" => "root",
        name => name,
    }
}

/// A base by its full name, where the pattern is of a short one.
fn is_base(names: &Names, base: &str) -> bool {
    Reference::parse(base).is_ok_and(|reference| names.is_match(&reference.to_string()))
}

fn as_number(days: i64) -> f64 {
    i32::try_from(days).map_or(f64::NAN, f64::from)
}
