//! What Ubuntu's feeds share: releases, the channels fixes come through, and how statements about
//! them become one answer.

use super::gather::{Gather, Segment};
use lazaret_core::advisory::{Affected, Conditions, Range, RangeEnd, Status};
use lazaret_core::package::Ecosystem;
use lazaret_core::severity::Severity;
use lazaret_core::version::Scheme;
use std::borrow::Cow;
use std::cmp::Ordering;

/// Ubuntu's releases: code name and version, oldest first.
pub static RELEASES: &[(&str, &str)] = &[
    ("warty", "4.10"),
    ("hoary", "5.04"),
    ("breezy", "5.10"),
    ("dapper", "6.06"),
    ("edgy", "6.10"),
    ("feisty", "7.04"),
    ("gutsy", "7.10"),
    ("hardy", "8.04"),
    ("intrepid", "8.10"),
    ("jaunty", "9.04"),
    ("karmic", "9.10"),
    ("lucid", "10.04"),
    ("maverick", "10.10"),
    ("natty", "11.04"),
    ("oneiric", "11.10"),
    ("precise", "12.04"),
    ("quantal", "12.10"),
    ("raring", "13.04"),
    ("saucy", "13.10"),
    ("trusty", "14.04"),
    ("utopic", "14.10"),
    ("vivid", "15.04"),
    ("wily", "15.10"),
    ("xenial", "16.04"),
    ("yakkety", "16.10"),
    ("zesty", "17.04"),
    ("artful", "17.10"),
    ("bionic", "18.04"),
    ("cosmic", "18.10"),
    ("disco", "19.04"),
    ("eoan", "19.10"),
    ("focal", "20.04"),
    ("groovy", "20.10"),
    ("hirsute", "21.04"),
    ("impish", "21.10"),
    ("jammy", "22.04"),
    ("kinetic", "22.10"),
    ("lunar", "23.04"),
    ("mantic", "23.10"),
    ("noble", "24.04"),
    ("oracular", "24.10"),
    ("plucky", "25.04"),
    ("questing", "25.10"),
    ("resolute", "26.04"),
];

/// Longest name of a channel; the longest real one has sixteen characters.
const CHANNEL_BYTES_MAX: usize = 32;

/// The channels whose packages are those of the release with more fixes, so that what holds of the
/// one holds of the other. Others, such as `fips`, have packages that are built differently.
const EXTENDED: [&str; 4] = ["esm-apps", "esm-infra", "esm-infra-legacy", "esm"];

/// A release, or a channel of one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    /// The release's version, such as `22.04`.
    pub(super) release: &'static str,
    /// Such as `esm-infra`; absent for the release itself.
    pub(super) channel: Option<String>,
}

impl Place {
    /// Reads a place as the tracker names it: `jammy`, `esm-infra/xenial`, `trusty/esm`.
    ///
    /// The `esm` of the two oldest releases is what is called `esm-infra` since.
    pub(super) fn of_distro(name: &str) -> Option<Self> {
        let Some((first, second)) = name.split_once('/') else {
            return Some(Self { release: version_of(name)?, channel: None });
        };
        if second == "esm" {
            return Some(Self { release: version_of(first)?, channel: Some("esm-infra".into()) });
        }
        let release = version_of(second)?;
        is_channel(first).then(|| Self { release, channel: Some(first.to_owned()) })
    }

    /// Reads a place as OSV names it: `Ubuntu:22.04:LTS`, `Ubuntu:Pro:FIPS-updates:22.04:LTS`,
    /// `Ubuntu:Pro:22.04:LTS:Realtime:Kernel`.
    ///
    /// Which channel plain `Pro` is, it does not say: that is `esm`.
    pub(super) fn of_ecosystem(name: &str) -> Option<Self> {
        let mut release = None;
        let mut words = Vec::new();
        for part in name.strip_prefix("Ubuntu:")?.split(':') {
            match part {
                "LTS" | "Pro" | "for" | "Kernel" => {}
                _ => match RELEASES.iter().find(|(_, version)| *version == part) {
                    Some((_, version)) if release.is_none() => release = Some(*version),
                    _ => words.push(part.to_ascii_lowercase()),
                },
            }
        }
        let channel = match words.join("-") {
            channel if !channel.is_empty() => Some(channel),
            _ if name.contains(":Pro:") => Some("esm".to_owned()),
            _ => None,
        };
        if channel.as_deref().is_some_and(|channel| !is_channel(channel)) {
            return None;
        }
        Some(Self { release: release?, channel })
    }
}

/// The version of a release, such as `22.04` for `jammy`.
pub fn version_of(codename: &str) -> Option<&'static str> {
    RELEASES.iter().find(|(name, _)| *name == codename).map(|(_, version)| *version)
}

fn is_channel(name: &str) -> bool {
    (1..=CHANNEL_BYTES_MAX).contains(&name.len())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

pub(super) fn segment(release: &str) -> Segment {
    let name = format!("ubuntu-{release}");
    Segment { name, scheme: Scheme::Deb, ecosystem: Ecosystem::Deb }
}

/// Ubuntu's priority of a vulnerability.
pub(super) fn severity(priority: &str) -> Option<Severity> {
    match priority {
        "negligible" | "low" => Some(Severity::Low),
        "medium" => Some(Severity::Medium),
        "high" => Some(Severity::High),
        "critical" => Some(Severity::Critical),
        _ => None,
    }
}

/// What one place says about a package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// There is no such package.
    Absent,
    /// Not affected, or, where there is a version, not from that one on.
    NotAffected(Option<String>),
    /// Fixed from this version on.
    Fixed(String),
    /// Not fixed.
    Open {
        /// Which kind of open.
        status: Status,
        /// Whether somebody has found that the package is affected; otherwise nobody has looked.
        looked_at: bool,
    },
    /// Something that cannot be read.
    Unknown,
}

/// What a release and its channels say about one package and one vulnerability.
#[derive(Debug, Default)]
pub(super) struct Package {
    /// The release itself.
    pub(super) base: Option<State>,
    /// Its channels by name, in the order of the source.
    pub(super) channels: Vec<(String, State)>,
}

/// What follows for a package of a release.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Outcome {
    /// What is to be filed, the release's own statement first.
    pub(super) affected: Vec<Affected>,
    /// Whether the release itself says nothing, so that its statement is our conclusion.
    pub(super) inferred: bool,
}

impl Package {
    /// The statements to file.
    ///
    /// - Where nobody has looked into the release's package and an extended channel says that its
    ///   own is not affected, neither is the release's: it is the same code.
    /// - Where the release says nothing and an extended channel is affected, the release is, and
    ///   gets no fix.
    /// - A package that only a channel has is affected as the channel says.
    /// - A channel's fix is filed where it is below the release's own, or there is none. Nothing
    ///   else a channel says decides anything.
    pub(super) fn outcome(
        self,
        package: &str,
        severity: Option<Severity>,
        gather: &mut Gather,
    ) -> Outcome {
        let inferred = self.base.is_none();
        let Some((status, end)) = self.ending(gather) else { return Outcome::default() };
        let affected = |status, end, channel| Affected {
            package: package.to_owned(),
            status,
            ranges: vec![Range { introduced: None, end }],
            severity,
            conditions: Conditions { channel, ..Conditions::default() },
            ..Affected::default()
        };
        let mut all = Vec::new();
        for (channel, state) in self.channels {
            let fixed = match state {
                State::Fixed(version) => version,
                State::NotAffected(Some(version)) if is_of_channel(&version) => version,
                _ => continue,
            };
            let below = match &end {
                RangeEnd::Fixed(known) => Scheme::Deb.compare(&fixed, known) == Ok(Ordering::Less),
                RangeEnd::LastAffected(_) | RangeEnd::Open => Scheme::Deb.is_valid(&fixed),
            };
            if below {
                all.push(affected(Status::Fixed, RangeEnd::Fixed(fixed), Some(channel)));
            }
        }
        all.insert(0, affected(status, end, None));
        Outcome { affected: all, inferred }
    }

    /// The release's own status, and where its range of affected versions ends; nothing where it
    /// is not affected.
    fn ending(&self, gather: &mut Gather) -> Option<(Status, RangeEnd)> {
        match &self.base {
            Some(State::NotAffected(_) | State::Unknown) => None,
            Some(State::Fixed(version)) => Some((Status::Fixed, RangeEnd::Fixed(version.clone()))),
            Some(State::Open { looked_at: false, .. }) if self.clearance().is_some() => {
                gather.note("cleared by extended maintenance");
                let since = self.clearance()?.as_ref()?;
                Some((Status::Fixed, RangeEnd::Fixed(since.clone())))
            }
            Some(State::Open { status, .. }) => Some((*status, RangeEnd::Open)),
            Some(State::Absent) => self.of_channels(|_| true, Status::Affected),
            None => self.of_channels(is_extended, Status::WillNotFix),
        }
    }

    /// What an extended channel says whose package is not affected: nothing, or from which of the
    /// release's versions on. A version of the channel's own is a fix, which the release lacks.
    fn clearance(&self) -> Option<&Option<String>> {
        let extended = self.channels.iter().filter(|(channel, _)| is_extended(channel));
        extended.map(|(_, state)| state).find_map(|state| match state {
            State::NotAffected(Some(version)) if is_of_channel(version) => None,
            State::NotAffected(since) => Some(since),
            _ => None,
        })
    }

    /// The status of a package that is affected as some channels say.
    fn of_channels(
        &self,
        counts: impl Fn(&str) -> bool,
        fixed: Status,
    ) -> Option<(Status, RangeEnd)> {
        let mut states = self.channels.iter().filter(|(channel, _)| counts(channel));
        states.find_map(|(_, state)| match state {
            State::Open { status, .. } => Some((*status, RangeEnd::Open)),
            State::Fixed(_) => Some((fixed, RangeEnd::Open)),
            State::Absent | State::NotAffected(_) | State::Unknown => None,
        })
    }
}

/// Whether a version was built for extended maintenance: `7:3.4.11-0ubuntu0.1+esm2`.
fn is_of_channel(version: &str) -> bool {
    version.contains("esm")
}

fn is_extended(channel: &str) -> bool {
    EXTENDED.contains(&channel)
}

/// The `distro` of a purl.
pub(super) fn distro(purl: &str) -> Option<&str> {
    let (_, qualifiers) = purl.split_once('?')?;
    qualifiers.split('&').find_map(|one| one.strip_prefix("distro="))
}

/// A package's name without the escapes a purl has for it: `libstdc%2B%2B` is `libstdc++`.
pub(super) fn decoded(name: &str) -> Cow<'_, str> {
    if name.contains('%') {
        Cow::Owned(name.replace("%2B", "+").replace("%2b", "+"))
    } else {
        Cow::Borrowed(name)
    }
}
